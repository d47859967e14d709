//! One question with everything that several guards need to answer it, and the words they share.

use jiff::{Timestamp, civil::Date};

use super::{Around, Proposal};
use crate::{
    domain::{
        commitment::Commitment,
        key::TrackerName,
        person::Person,
        refusal::Lifter,
        roster::{Member, Team},
        text::safe_fit,
    },
    judge::burden::HostLoad,
};

/// Widest foreign name or label in a sentence, columns.
const NAME_COLUMNS: usize = 60;

/// A proposal with what is known around it.
pub(super) struct Case<'a> {
    pub(super) p: &'a Proposal<'a>,
    pub(super) around: Around<'a>,
    /// The host's claims without the one proposed and the one taken over; its policy and calendar.
    pub(super) load: HostLoad<'a>,
    /// Today in the host's zone.
    pub(super) today: Date,
    pub(super) member: Option<&'a Member>,
    pub(super) team: Option<&'a Team>,
}

impl<'a> Case<'a> {
    pub(super) fn new(p: &'a Proposal<'a>, around: Around<'a>) -> Self {
        let project = &p.task.key.project;
        let load = HostLoad::of_project(around.roster, project, around.commitments).without(&[p.claim, p.taken]);
        Self {
            p,
            around,
            today: load.calendar.date(around.now.0),
            load,
            member: around.roster.member(&project.tracker, p.who),
            team: around.roster.host_of(project),
        }
    }

    /// True for newcomers and interns.
    pub(super) fn is_newcomer(&self) -> bool {
        self.member.is_some_and(Member::is_newcomer)
    }

    /// True when the host decides, or has decided, about this claim by hand.
    pub(super) fn is_asked(&self) -> bool {
        use crate::domain::commitment::CommitmentState::Requested;
        let was_asked = |c: &Commitment| Some(c.claim) == self.p.claim && c.state == Requested;
        self.p.ask || self.p.waive || self.around.commitments.iter().any(was_asked)
    }

    /// Commitments of the same person, on whichever tracker, without the one proposed and the one taken over.
    pub(super) fn own(&self) -> impl Iterator<Item = &'a Commitment> {
        let (claim, taken) = (self.p.claim, self.p.taken);
        let other = move |c: &&Commitment| Some(c.claim) != claim && Some(c.claim) != taken;
        self.around.commitments.iter().filter(other).filter(|c| self.is_same(&c.key.project.tracker, &c.who))
    }

    /// True when an account belongs to the person who proposes.
    pub(super) fn is_same(&self, tracker: &TrackerName, who: &Person) -> bool {
        let own_tracker = *tracker == self.p.task.key.project.tracker;
        if own_tracker && same_account(who, self.p.who) {
            return true;
        }
        self.member.is_some_and(|me| self.around.roster.member(tracker, who).is_some_and(|m| m.handle == me.handle))
    }

    /// The person in a sentence: `@sam`, or `you` while the account is not known.
    pub(super) fn who(&self) -> String {
        if self.p.who.login.raw().is_empty() { "you".into() } else { login(self.p.who) }
    }

    /// The host in a sentence: its team's name, else the project.
    pub(super) fn host(&self) -> String {
        match self.team {
            Some(team) => name(if team.name.is_empty() { &team.id } else { &team.name }).into_owned(),
            None => self.p.task.key.project.to_string(),
        }
    }

    /// The leads of the host, else its mentors, by name.
    pub(super) fn lifter(&self) -> Lifter {
        let leads = self.team.map(|t| t.leads.as_slice()).unwrap_or_default();
        let mut names: Vec<String> = leads.iter().map(|h| self.named(h, "lead")).collect();
        if names.is_empty() {
            names = self.load.policy.mentors.iter().map(|m| self.named(&m.handle, "mentor")).collect();
        }
        Lifter::Host(names)
    }

    /// `ana (lead)`.
    pub(super) fn named(&self, handle: &str, what: &str) -> String {
        let known = self.around.roster.by_handle(handle).map(|m| m.name.as_str()).filter(|n| !n.is_empty());
        format!("{} ({what})", name(known.unwrap_or(handle)))
    }

    /// Where the host can be spoken to; empty when it does not say.
    pub(super) fn contact(&self) -> String {
        let contact = &self.load.policy.contact;
        if contact.is_empty() { String::new() } else { format!("{} is reached at {}", self.host(), name(contact)) }
    }

    /// The line that says how to ask.
    pub(super) fn ask_line(&self, why: &str) -> String {
        format!("ask for it{why}: `floorwalk claim {} --ask`", self.p.task.key)
    }

    /// The day of a moment in the host's zone.
    pub(super) fn day(&self, at: Timestamp) -> Date {
        self.load.calendar.date(at)
    }
}

fn same_account(a: &Person, b: &Person) -> bool {
    if a.id != 0 && b.id != 0 { a.id == b.id } else { !a.login.raw().is_empty() && a.login == b.login }
}

/// A login for a sentence.
pub(super) fn login(person: &Person) -> String {
    format!("@{}", person.login.fit(39))
}

/// A name that somebody else wrote, for a sentence.
pub(super) fn name(raw: &str) -> std::borrow::Cow<'_, str> {
    safe_fit(raw, NAME_COLUMNS)
}

/// `1 commitment`, `2 commitments`.
pub(super) fn count(n: usize, what: &str) -> String {
    if n == 1 { format!("1 {what}") } else { format!("{n} {what}s") }
}
