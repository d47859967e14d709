//! Proposals as the reader sees them: what is proposed to them, and what they proposed. Made from what a sync kept, judged
//! for one moment; a task that is not in the lists any more has none.

use std::collections::HashMap;

use jiff::civil::Date;

use super::snapshot::{BuildContext, Snapshot};
use crate::domain::{
    commitment::Commitment,
    id::ClaimId,
    key::{ProjectRef, TaskKey},
    permit::Deed,
    policy::Terms,
    proposal::{self, Proposal, Standing},
};

/// Days for which the proposer is told of a proposal that was not taken.
const NEWS_DAYS: u32 = 14;

/// A proposal as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposed {
    /// It.
    pub proposal: Proposal,
    /// Where it stands.
    pub standing: Standing,
    /// The last day on which it can be answered.
    pub until: Date,
    /// True when it is proposed to the reader.
    pub to_me: bool,
    /// True when the reader proposed it.
    pub by_me: bool,
}

/// All proposals of tasks that `known` knows, in the order of their time.
pub(super) fn all(
    values: &[(String, String)],
    commitments: &[Commitment],
    context: &BuildContext,
    known: impl Fn(&TaskKey) -> bool,
) -> Vec<Proposed> {
    let mut terms: HashMap<ProjectRef, Terms> = HashMap::new();
    let judged = |p: Proposal| {
        let project = &p.key.project;
        let terms = terms.entry(project.clone()).or_insert_with(|| context.roster.terms(project, None));
        let me = context.me.get(&project.tracker);
        Proposed {
            standing: overtaken(&p, commitments).unwrap_or_else(|| p.standing(terms, context.now)),
            until: terms.calendar.date(p.until(terms)),
            to_me: me.is_some_and(|me| p.is_to(me)),
            by_me: me.is_some_and(|me| p.by.login == *me),
            proposal: p,
        }
    };
    let here: Vec<Proposal> = proposal::of(values).into_iter().filter(|p| known(&p.key)).collect();
    here.into_iter().map(judged).collect()
}

/// What the commitments say that the last look at its comments could not know: the person has claimed it, or somebody
/// else has it.
fn overtaken(p: &Proposal, commitments: &[Commitment]) -> Option<Standing> {
    if p.ended.is_some() {
        return None;
    }
    let on_it = || commitments.iter().filter(|c| c.key == p.key);
    let took = |c: &Commitment| p.is_to(&c.who.login) && c.since >= p.at;
    if on_it().any(took) {
        return Some(Standing::Accepted);
    }
    on_it().any(|c| c.holds_task() && !p.is_to(&c.who.login)).then_some(Standing::Moot)
}

impl Snapshot {
    /// The open proposal of a task to the reader.
    pub fn proposed_to_me(&self, key: &TaskKey) -> Option<&Proposed> {
        self.proposals.iter().rev().find(|p| p.to_me && p.standing.is_open() && p.proposal.key == *key)
    }

    /// True when a task waits for the reader's answer to a proposal: they have not taken it.
    pub fn is_asked_of_me(&self, key: &TaskKey) -> bool {
        let mine = || self.commitments.iter().any(|c| c.mine && c.key == *key && c.state.is_live());
        self.proposed_to_me(key).is_some() && !mine()
    }

    /// A proposal by its id.
    pub fn proposal(&self, id: ClaimId) -> Option<&Proposed> {
        self.proposals.iter().find(|p| p.proposal.id == id)
    }

    /// What the reader is shown among their own: proposals that wait for their answer, then those of theirs that wait or
    /// were not taken lately.
    pub fn own_proposals(&self) -> Vec<&Proposed> {
        let to_me = self.proposals.iter().filter(|p| p.to_me && p.standing.is_open());
        let now = crate::domain::time::Now(self.built_at.unwrap_or_default());
        let news = |p: &&Proposed| {
            let ended = p.proposal.ended.as_ref().map(|e| e.at);
            let day = p.until.to_zoned(jiff::tz::TimeZone::UTC).map(|z| z.timestamp()).unwrap_or_default();
            let lately = now.days_since(ended.unwrap_or(day)) <= NEWS_DAYS;
            p.standing.is_open() || (matches!(p.standing, Standing::Declined | Standing::Lapsed) && lately)
        };
        to_me.chain(self.proposals.iter().filter(|p| p.by_me).filter(news)).collect()
    }

    /// Open proposals of projects that the reader speaks for.
    pub(super) fn proposals_in<'a>(
        &'a self,
        here: impl Fn(&ProjectRef) -> bool + 'a,
    ) -> impl Iterator<Item = &'a Proposed> {
        self.proposals.iter().filter(move |p| p.standing.is_open() && here(&p.proposal.key.project))
    }

    /// True when the reader may propose tasks of a project to others.
    pub fn may_propose(&self, project: &ProjectRef) -> bool {
        self.reader_may(project, Deed::Propose)
    }
}
