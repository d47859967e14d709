//! What the qualifiers mean that look at one row alone and need no column of their own. Beside [`super::meaning`], which
//! compiles a query and asks here for the rest.

use std::{collections::HashSet, sync::Arc};

use jiff::{Timestamp, civil::Date};

use super::{
    super::{
        query::{Bounds, Dates, Field},
        snapshot::{Row, Snapshot},
    },
    meaning::{Probe, Wanted, Who},
};
use crate::{
    domain::{key::TaskKey, planning::Planning, size::Size, text::Foreign, time::Now},
    judge::{
        score::{bars::whole, estimate},
        skills::{Facet, Tag},
    },
};

/// A field with a text.
pub(super) fn text<'a>(field: Field, text: &'a str, snapshot: &'a Snapshot) -> Probe<'a> {
    match field {
        Field::Has => has(text, snapshot),
        Field::No => {
            let has = has(text, snapshot);
            Box::new(move |row| !has(row))
        }
        Field::Helper => {
            let who = Who::new(text, snapshot);
            Box::new(move |row| helper(&who, row))
        }
        Field::Involves => {
            let who = Who::new(text, snapshot);
            Box::new(move |row| {
                let author = row.task.author.as_ref().is_some_and(|a| who.is(&a.login, row));
                author || row.task.assignees.iter().any(|a| who.is(a, row)) || helper(&who, row)
            })
        }
        Field::Milestone => {
            let wanted = Wanted::new(text);
            Box::new(move |row| row.task.milestone.as_ref().is_some_and(|m| wanted.is(m.title.raw())))
        }
        Field::Size => {
            let wanted: Option<Size> = text.parse().ok();
            Box::new(move |row| size(row).is_some() && size(row) == wanted)
        }
        Field::Skill => {
            let is = skill(text);
            Box::new(move |row| snapshot.needs(row, &is))
        }
        // The parser gives texts to no other field than those of planning trackers.
        _ => planned(text, names(field)),
    }
}

/// A field with a number.
pub(super) fn range<'a>(field: Field, bounds: Bounds, snapshot: &'a Snapshot) -> Probe<'a> {
    let is = move |number: Option<u32>| number.is_some_and(|n| bounds.contains(n));
    match field {
        Field::Votes => Box::new(move |row| is(row.task.planning.as_ref().map(|p| p.votes))),
        Field::Points => Box::new(move |row| is(points(row))),
        // As it is shown: whole points.
        Field::Score => Box::new(move |row| is(snapshot.score(row).map(whole))),
        Field::Readiness => Box::new(move |row| is(snapshot.readiness(row))),
        // The parser gives numbers to no other field.
        _ => Box::new(|_| false),
    }
}

/// A field with days of the calendar.
pub(super) fn dates<'a>(field: Field, dates: Dates, snapshot: &'a Snapshot) -> Probe<'a> {
    let day: fn(&Row) -> Option<Date> = match field {
        Field::Created => |row| Some(Now(row.task.created_at).date()),
        Field::Updated => |row| Some(Now(row.task.updated_at).date()),
        Field::Closed => |row| row.task.closed_at.map(|at| Now(at).date()),
        Field::Due => due,
        // The parser gives days to no other field.
        _ => |_| None,
    };
    let today = today(snapshot);
    let ends = dates.ends(today);
    Box::new(move |row| {
        day(row).is_some_and(|day| ends.start.is_none_or(|from| day >= from) && ends.end.is_none_or(|to| day <= to))
    })
}

/// A property, of those that `is:` does not look up otherwise.
pub(in crate::index) fn is<'a>(word: &str, snapshot: &'a Snapshot) -> Probe<'a> {
    let planned = |has: fn(&Planning) -> bool| -> Probe<'a> {
        Box::new(move |row| row.task.planning.as_deref().is_some_and(has))
    };
    match word {
        "task" => Box::new(|row| !row.task.key.is_unborn()),
        "locked" => Box::new(|row| row.task.locked),
        "overdue" => {
            let today = today(snapshot);
            Box::new(move |row| due(row).is_some_and(|day| day < today))
        }
        "flagged" => planned(|p| p.flagged),
        "in-progress" => planned(|p| p.in_progress),
        _ => Box::new(|_| false),
    }
}

fn has<'a>(word: &str, snapshot: &'a Snapshot) -> Probe<'a> {
    match word {
        "assignee" => Box::new(|row| !row.task.assignees.is_empty()),
        "label" => Box::new(|row| !row.task.labels.is_empty()),
        "signal" => Box::new(|row| !row.signals.is_empty()),
        "milestone" => Box::new(|row| row.task.milestone.is_some()),
        "comment" => Box::new(|row| row.task.comments > 0),
        "reaction" => Box::new(|row| row.task.reactions > 0),
        "tag" => Box::new(|row| !snapshot.tags.get(&row.task.key).is_empty()),
        "team" => Box::new(|row| row.team.is_some()),
        "language" => Box::new(|row| row.language.is_some()),
        "author" => Box::new(|row| row.task.author.is_some()),
        "claim" => Box::new(|row| row.claim.is_some()),
        "pr" => {
            let with = snapshot.commitments.iter().filter(|c| !c.pulls.is_empty());
            let keys: HashSet<&'a TaskKey> = with.map(|c| &c.key).collect();
            Box::new(move |row| keys.contains(&row.task.key))
        }
        "mirror" => Box::new(|row| !row.mirrors.is_empty() || row.folded.is_some()),
        "due" => Box::new(|row| due(row).is_some()),
        "size" => Box::new(|row| size(row).is_some()),
        "points" => Box::new(|row| points(row).is_some()),
        "skill" => Box::new(|row| snapshot.needs(row, |_, _| true)),
        "component" => Box::new(|row| row.task.planning.as_ref().is_some_and(|p| !p.components.is_empty())),
        "sprint" => Box::new(|row| row.task.planning.as_ref().is_some_and(|p| p.sprint.is_some())),
        "score" => Box::new(|row| snapshot.score(row).is_some()),
        "gist" => Box::new(|row| row.gist.as_ref().is_some_and(|g| g.described.is_some())),
        _ => Box::new(|_| false),
    }
}

/// The day of the snapshot.
pub(super) fn today(snapshot: &Snapshot) -> Date {
    Now(snapshot.built_at.unwrap_or(Timestamp::UNIX_EPOCH)).date()
}

fn helper(who: &Who<'_>, row: &Row) -> bool {
    row.claim.as_ref().is_some_and(|claim| who.is(&claim.who.login, row))
}

fn size(row: &Row) -> Option<Size> {
    estimate::of(&row.task).map(|(size, _)| size)
}

/// Hundredths of a point.
fn points(row: &Row) -> Option<u32> {
    row.task.planning.as_ref()?.points.map(|points| points.0)
}

/// The day it is due, or else its milestone is.
fn due(row: &Row) -> Option<Date> {
    let own = row.task.planning.as_ref().and_then(|p| p.due);
    own.or_else(|| Some(Now(row.task.milestone.as_ref()?.due?).date()))
}

type Names = for<'p> fn(&'p Planning) -> &'p [Foreign];

/// The texts that a field of a planning tracker is compared with.
pub(in crate::index) fn names(field: Field) -> Names {
    match field {
        Field::Status => |p| std::slice::from_ref(&p.status),
        Field::Type => |p| p.kind.as_slice(),
        Field::Priority => |p| p.priority.as_slice(),
        Field::Component => |p| &p.components,
        Field::Sprint => |p| p.sprint.as_ref().map_or(&[], |s| std::slice::from_ref(&s.name)),
        _ => |_| &[],
    }
}

fn planned<'a>(text: &str, names: Names) -> Probe<'a> {
    let wanted = Wanted::new(text);
    Box::new(move |row| {
        let planning = row.task.planning.as_deref();
        planning.is_some_and(|p| names(p).iter().any(|name| wanted.is(name.raw())))
    })
}

/// True for the facet and name of a skill that is meant by its name, with or without its facet; other names for one that is
/// known mean the same.
pub(super) fn skill(text: &str) -> impl Fn(&str, &str) -> bool + use<> {
    let known = Tag::parse(text).map(|tag| tag.to_string());
    let whole = known.as_deref().unwrap_or(text);
    let parts = whole.split_once(':').filter(|(facet, _)| Facet::ALL.iter().any(|f| f.word() == *facet));
    let facet: Option<Arc<str>> = parts.map(|(facet, _)| facet.into());
    let name = Wanted::new(parts.map_or(whole, |(_, name)| name));
    move |f, n| facet.as_deref().is_none_or(|facet| facet == f) && name.is(n)
}
