//! What waits for an answer of those who speak for a room, the longest first.

use jiff::Timestamp;

use super::Place;
use crate::{
    domain::{
        commitment::{ClaimId, Commitment, CommitmentState, DoneKind, Nudge, Timer},
        key::TaskKey,
        policy::{Consent, Policy},
        proposal::Standing,
        time::Now,
    },
    index::{Proposed, Snapshot},
};

/// After how many days a closed room is asked whether it still wants to be (domain.md §4.7).
const CLOSED_DAYS: i32 = 90;
/// How many days a request that got no answer stays on the card of the room.
const NO_ANSWER_DAYS: u32 = 14;
/// How many days after the end thanks are offered.
const THANKS_DAYS: u32 = 7;

/// What is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum AskKind {
    /// Somebody asks for a task.
    Request,
    /// Somebody asks about what was proposed to them.
    Question,
    /// Work is said to be done; the room accepts it.
    Accept,
    /// A plan waits for a word about it.
    Plan,
    /// A pull request or a question waits.
    Review,
    /// One renewal was used; a second needs a yes, and the end is near.
    Renewal,
    /// A commitment is at risk and nobody answered the reminder.
    AtRisk,
    /// A request ended without an answer.
    NoAnswer,
    /// Work was completed: a word of thanks.
    Thanks,
    /// The room has been closed for long: is it still wanted?
    StillClosed,
}

impl AskKind {
    /// In words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Request => "asks for it",
            Self::Question => "asks about your proposal",
            Self::Accept => "says it is done",
            Self::Plan => "posted a plan",
            Self::Review => "waits for you",
            Self::Renewal => "may need more time",
            Self::AtRisk => "at risk",
            Self::NoAnswer => "no answer given",
            Self::Thanks => "done: say thanks",
            Self::StillClosed => "closed for long: still wanted?",
        }
    }
}

/// One thing that waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ask {
    /// What.
    pub kind: AskKind,
    /// About which task and claim or proposal; `None` for the room itself.
    pub about: Option<(TaskKey, ClaimId)>,
    /// Place of the commitment in the snapshot.
    pub at: Option<usize>,
    /// Since when.
    pub since: Timestamp,
    /// Who was told by the clock that it waits too long.
    pub nudged: Option<Nudge>,
}

impl Ask {
    pub(super) fn all(
        snapshot: &Snapshot,
        place: &Place,
        here: &[(usize, &Commitment)],
        policy: &Policy,
        now: Now,
    ) -> Vec<Self> {
        let mut asks: Vec<Self> = here.iter().filter_map(|(at, c)| Self::of(*at, c)).collect();
        let ended = snapshot.commitments.iter().enumerate();
        let ended = ended.filter(|(_, c)| super::place_of(snapshot, &c.key.project) == *place);
        asks.extend(ended.filter_map(|(at, c)| Self::of_ended(at, c, now)));
        let proposed = snapshot.proposals_in(|project| super::place_of(snapshot, project) == *place);
        asks.extend(proposed.filter_map(Self::question));
        asks.extend(Self::still_closed(policy, now));
        asks.sort_by_key(|a| (a.kind, a.since, a.at));
        asks
    }

    fn of(at: usize, c: &Commitment) -> Option<Self> {
        let life = c.life.as_deref()?;
        let kind = match c.state {
            CommitmentState::Requested => AskKind::Request,
            CommitmentState::WaitingHost if life.done.is_some() => AskKind::Accept,
            CommitmentState::WaitingHost => AskKind::Review,
            CommitmentState::AtRisk if life.risk == Some(Timer::LeaseWarn) && life.renewals == 1 => AskKind::Renewal,
            CommitmentState::AtRisk => AskKind::AtRisk,
            state if state.holds() && life.plan.is_some() => AskKind::Plan,
            _ => return None,
        };
        let since = life.plan.as_ref().filter(|_| kind == AskKind::Plan).map_or(life.since, |plan| plan.at);
        Some(Self::about(kind, at, c, since, life.nudged))
    }

    /// What has just ended and still concerns the room: never a history of a person.
    fn of_ended(at: usize, c: &Commitment, now: Now) -> Option<Self> {
        let life = c.life.as_deref()?;
        let ended = life.ended?;
        let days = now.days_since(ended);
        let thanks =
            matches!(life.done, Some(DoneKind::Merged | DoneKind::Resolved | DoneKind::Docs | DoneKind::Triaged));
        let done = c.state.is_done();
        let kind = match c.state {
            CommitmentState::Lapsed if days <= NO_ANSWER_DAYS => AskKind::NoAnswer,
            _ if done && thanks && days <= THANKS_DAYS => AskKind::Thanks,
            _ => return None,
        };
        Some(Self::about(kind, at, c, ended, None))
    }

    fn question(p: &Proposed) -> Option<Self> {
        let asked = p.proposal.asked.as_ref().filter(|_| p.standing == Standing::Asked)?;
        let about = Some((p.proposal.key.clone(), p.proposal.id));
        Some(Self { kind: AskKind::Question, about, at: None, since: asked.at, nudged: None })
    }

    fn about(kind: AskKind, at: usize, c: &Commitment, since: Timestamp, nudged: Option<Nudge>) -> Self {
        Self { kind, about: Some((c.key.clone(), c.claim)), at: Some(at), since, nudged }
    }

    fn still_closed(policy: &Policy, now: Now) -> Option<Self> {
        let since = policy.closed_since.filter(|_| policy.consent == Consent::Closed)?;
        let days = since.until(now.date()).map_or(0, |span| span.get_days());
        let since = since.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp();
        let ask = Self { kind: AskKind::StillClosed, about: None, at: None, since, nudged: None };
        (days >= CLOSED_DAYS).then_some(ask)
    }
}
