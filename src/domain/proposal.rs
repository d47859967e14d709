//! A task proposed to somebody (domain.md §4.7): an invitation, never an assignment. It holds nothing, counts against
//! nobody, and ends by itself like a request. Owns what was said about it; who may propose is decided in [`super::lease`].

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{
    commitment::HostReason,
    id::{ClaimId, OpId},
    key::TaskKey,
    outbox::{Op, Wish},
    person::{Login, Person},
    policy::Terms,
    size::Size,
    text::Foreign,
    time::Now,
};

/// Most proposals of one task that are kept: the newest.
const MOST: usize = 20;
/// Begin of the names under which proposals are kept.
const NAME: &str = "proposed ";

/// One proposal with what became of it, as the tracker shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proposal {
    /// Its id.
    pub id: ClaimId,
    /// The task.
    pub key: TaskKey,
    /// Who proposes it, as the tracker attests.
    pub by: Person,
    /// Login of the person it is proposed to.
    pub to: Foreign,
    /// Server time of its comment.
    pub at: Timestamp,
    /// Id of its comment.
    pub comment: u64,
    /// Effort class named.
    pub size: Option<Size>,
    /// Why this task and this person, in the proposer's words.
    pub words: Foreign,
    /// The last question of the person it is proposed to.
    pub asked: Option<Question>,
    /// When somebody of the host wrote something after that question.
    pub answered: Option<Timestamp>,
    /// How it ended, where somebody's act ended it.
    pub ended: Option<Ended>,
}

/// A question about a proposal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Question {
    /// Server time.
    pub at: Timestamp,
    /// In their words.
    pub words: Foreign,
}

/// The end of a proposal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ended {
    /// Server time.
    pub at: Timestamp,
    /// How.
    pub how: How,
}

/// How a proposal ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum How {
    /// The person claimed the task, or asked for it.
    Accepted,
    /// The person said no; it costs nothing.
    Declined {
        /// Why.
        reason: HostReason,
        /// In their words; may be empty.
        words: Foreign,
    },
    /// The task was closed.
    Closed,
    /// Somebody else has the task now; free again, it is open again.
    Taken {
        /// Login.
        by: Foreign,
    },
}

/// Where a proposal stands at a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// Waits for the person it is proposed to.
    Open,
    /// The person asked something; the proposer's turn.
    Asked,
    /// Taken.
    Accepted,
    /// Not taken, with a reason.
    Declined,
    /// Nobody answered in time.
    Lapsed,
    /// The task is closed, or somebody else has it.
    Moot,
}

impl Standing {
    /// In a word or two.
    pub fn word(self) -> &'static str {
        match self {
            Self::Open => "proposed",
            Self::Asked => "asked about",
            Self::Accepted => "accepted",
            Self::Declined => "declined",
            Self::Lapsed => "no answer",
            Self::Moot => "not free any more",
        }
    }

    /// True while it can be accepted.
    pub fn is_open(self) -> bool {
        matches!(self, Self::Open | Self::Asked)
    }
}

/// What the person a task is proposed to says, other than by claiming it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "reply")]
pub enum Reply {
    /// No, and why.
    Decline {
        /// Why.
        reason: HostReason,
    },
    /// A question first.
    Ask,
}

impl Proposal {
    /// Where it stands at a moment.
    pub fn standing(&self, terms: &Terms, now: Now) -> Standing {
        match self.ended.as_ref().map(|ended| &ended.how) {
            Some(How::Accepted) => Standing::Accepted,
            Some(How::Declined { .. }) => Standing::Declined,
            Some(How::Closed | How::Taken { .. }) => Standing::Moot,
            None if self.until(terms) <= now.0 => Standing::Lapsed,
            None if self.asked.is_some() && self.answered.is_none() => Standing::Asked,
            None => Standing::Open,
        }
    }

    /// When it ends by itself: as many working days after the last word about it as a request has for its answer.
    pub fn until(&self, terms: &Terms) -> Timestamp {
        let asked = self.asked.as_ref().map(|q| q.at);
        let last = [asked, self.answered].into_iter().flatten().fold(self.at, Ord::max);
        terms.calendar.after(last, terms.timers.consent_max)
    }

    /// True when it is proposed to this account.
    pub fn is_to(&self, login: &Login) -> bool {
        Login::from(self.to.clone()) == *login
    }

    /// True when nothing that happens to the task can change it any more.
    pub fn is_settled(&self) -> bool {
        self.ended.as_ref().is_some_and(|ended| !matches!(ended.how, How::Taken { .. }))
    }
}

/// The named value that keeps all proposals of a task; empty where there are none.
pub fn value(key: &TaskKey, proposals: &[Proposal]) -> (String, String) {
    let kept = proposals.get(proposals.len().saturating_sub(MOST)..).unwrap_or_default();
    // Cannot fail: plain structs with text keys.
    let text = if kept.is_empty() { String::new() } else { serde_json::to_string(kept).unwrap_or_default() };
    (name(key), text)
}

/// The name of that value.
pub fn name(key: &TaskKey) -> String {
    format!("{NAME}{}", key.qualified())
}

/// All proposals that named values keep, in the order of their time; what cannot be read is left out.
pub fn of(values: &[(String, String)]) -> Vec<Proposal> {
    let kept = values.iter().filter(|(name, value)| name.starts_with(NAME) && !value.is_empty());
    let mut all: Vec<Proposal> =
        kept.filter_map(|(_, value)| serde_json::from_str::<Vec<Proposal>>(value).ok()).flatten().collect();
    all.sort_by_key(|p| (p.at, p.id));
    all
}

/// The row of the outbox that is about a proposal and of which nothing is known on the tracker yet.
pub fn on_its_way(outbox: &[Op], id: ClaimId) -> Option<OpId> {
    let about = |op: &&Op| matches!(&op.wish, Wish::Propose { id: of, .. } | Wish::Reply { id: of, .. } if *of == id);
    outbox.iter().find(about).map(|op| op.id)
}
