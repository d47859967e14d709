//! What happened to an issue, as timeline items.

use jiff::Timestamp;

use super::{
    objects::leaf,
    run::{Node, Out, Run},
};
use crate::demo::{
    rest::shape::at,
    world::{Detail, Issue, RepoIx},
};

/// Kinds of events that the schema has a type for.
const TOLD: [&str; 7] = ["labeled", "unlabeled", "assigned", "unassigned", "closed", "reopened", "cross-referenced"];

impl Run<'_> {
    pub(super) fn timeline(&self, ix: RepoIx, issue: &Issue) -> Vec<Node> {
        let shape = self.call.shape(self.world);
        // What belongs to pull requests alone has no place in the schema here.
        let told = issue.events.iter().enumerate().filter(|(_, e)| TOLD.contains(&e.kind));
        let events = told.map(|(i, e)| (e.at, Node::Event(ix, issue.number, i)));
        let comments = shape.visible(issue).map(|c| (c.created_at, Node::Comment(ix, issue.number, c.id)));
        let mut rows: Vec<(Timestamp, Node)> = events.chain(comments).collect();
        rows.sort_by_key(|(at, _)| *at);
        rows.into_iter().map(|(_, node)| node).collect()
    }

    pub(super) fn event_type(&self, ix: RepoIx, number: u64, place: usize) -> &'static str {
        let event = self.world.repo(ix).issues.get(&number).and_then(|i| i.events.get(place));
        match event.map_or("", |e| e.kind) {
            "labeled" => "LabeledEvent",
            "unlabeled" => "UnlabeledEvent",
            "assigned" => "AssignedEvent",
            "unassigned" => "UnassignedEvent",
            "reopened" => "ReopenedEvent",
            "cross-referenced" => "CrossReferencedEvent",
            _ => "ClosedEvent",
        }
    }

    pub(super) fn of_event(&self, ix: RepoIx, number: u64, place: usize, field: &str) -> Out {
        let repo = self.world.repo(ix);
        let Some(event) = repo.issues.get(&number).and_then(|i| i.events.get(place)) else { return Out::Null };
        match field {
            "id" => leaf(format!("EV_lADO{:x}", event.id)),
            "createdAt" => leaf(at(event.at)),
            "actor" => Out::maybe(event.actor.map(Node::User)),
            "assignee" | "user" => match event.detail {
                Detail::Assignee(user) => Out::One(Node::User(user)),
                _ => Out::Null,
            },
            "source" => match event.detail {
                Detail::Source(repo, number) => Out::One(Node::Issue(repo, number)),
                _ => Out::Null,
            },
            "isCrossRepository" => leaf(matches!(event.detail, Detail::Source(repo, _) if repo != ix)),
            "stateReason" => match &event.detail {
                Detail::Reason(reason) => leaf(reason.as_ref().map(|r| r.to_uppercase())),
                _ => Out::Null,
            },
            "label" => {
                let Detail::Label(name, _) = &event.detail else { return Out::Null };
                Out::maybe(repo.label_named(name).map(|l| Node::Label(ix, l)))
            }
            _ => Out::Null,
        }
    }
}

/// `LabeledEvent` as the enum of timeline items says it.
pub(super) fn item_type(name: &str) -> String {
    let mut out = String::new();
    for letter in name.chars() {
        if letter.is_ascii_uppercase() && !out.is_empty() {
            out.push('_');
        }
        out.push(letter.to_ascii_uppercase());
    }
    out
}
