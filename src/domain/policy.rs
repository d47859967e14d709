//! What a host allows (domain.md §4.6, §4.7): consent, limits, quiet periods, mentors, timers. Pure values and the rule
//! that the stricter number wins. Where they are written down is the registry's business.

use std::collections::BTreeMap;

use jiff::{ToSpan, civil::Date};
use serde::{Deserialize, Serialize};

use super::{
    calendar::{Calendar, Quiet},
    size::{LEASE_CAP_WD, Size},
};

/// How a host wants to be asked; from the most open to the strictest.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Consent {
    /// A claim holds at once.
    #[default]
    Auto,
    /// A claim holds at once, and the leads are told once.
    Notify,
    /// A claim is a request until somebody of the host accepts it.
    Ask,
    /// No help now. Free of charge: no reason needed, nothing is counted against the team.
    Closed,
}

impl Consent {
    /// As written in policies.
    pub fn word(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Notify => "notify",
            Self::Ask => "ask",
            Self::Closed => "closed",
        }
    }
}

/// Somebody of the host who guides helpers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mentor {
    /// Handle in the roster.
    pub handle: String,
    /// Helpers at once.
    pub capacity: u32,
    /// On rotation.
    pub on: bool,
}

/// Timers in working days of the host, but for the warranty.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Timers {
    /// First sign of work expected after the start.
    pub start_by: u32,
    /// Quiet of the helper until the reminder.
    pub idle_remind: u32,
    /// From the reminder to the end.
    pub grace: u32,
    /// The host should answer a request.
    pub consent_slo: u32,
    /// A request without an answer ends.
    pub consent_max: u32,
    /// First feedback of the host on what waits for it.
    pub review_slo: u32,
    /// Waiting for the host is taken to the lead.
    pub review_escalate: u32,
    /// All pauses of one commitment together.
    pub pause_max: u32,
    /// Until a block must be looked at again.
    pub block_max: u32,
    /// Days, not working days: how long the helper answers for regressions; 0 for none.
    pub warranty_days: u32,
    /// Longest lease.
    pub lease_cap: u32,
}

impl Default for Timers {
    fn default() -> Self {
        Self {
            start_by: 3,
            idle_remind: 5,
            grace: 3,
            consent_slo: 2,
            consent_max: 5,
            review_slo: 2,
            review_escalate: 5,
            pause_max: 10,
            block_max: 10,
            warranty_days: 30,
            lease_cap: LEASE_CAP_WD,
        }
    }
}

/// A host's policy. `None` and empty lists do not limit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    /// How to be asked.
    pub consent: Consent,
    /// Governance level 0–5; code needs 2. `None`: not stated, nothing is refused for it.
    pub governance_level: Option<u32>,
    /// Helpers at once.
    pub max_helpers: Option<u32>,
    /// New helpers in one week.
    pub max_new_per_week: Option<u32>,
    /// Minutes of review the team gives in one week.
    pub review_budget_min: Option<u32>,
    /// Larger tasks are asked for, whatever the consent.
    pub adhoc_review_max: Option<Size>,
    /// Least readiness of a task, 0–100.
    pub min_readiness: Option<u32>,
    /// Quiet periods.
    pub quiet: Vec<Quiet>,
    /// Only tasks with one of these labels; `*` matches any text.
    pub labels_allow: Vec<String>,
    /// Tasks with one of these labels are asked for.
    pub labels_deny: Vec<String>,
    /// Tasks with one of these labels are closed to helpers.
    pub labels_closed: Vec<String>,
    /// Paths that helpers do not touch; shown, and asked for where a task names one.
    pub paths_deny: Vec<String>,
    /// Mentors.
    pub mentors: Vec<Mentor>,
    /// Where to ask, one line.
    pub contact: String,
    /// When somebody is there to ask, as `08:00-16:00` in UTC; empty when not stated.
    pub hours_utc: String,
    /// How newcomers come in.
    pub newcomer: Consent,
    /// Labels of tasks reserved for newcomers in their first ten working days, beside those that are known to be theirs.
    pub newcomer_labels: Vec<String>,
    /// Minutes of review that a task of a size is expected to cost; the model's own prior where absent.
    pub burden_min: BTreeMap<Size, u32>,
    /// Since when the host is closed, where it says so.
    pub closed_since: Option<Date>,
    /// Timers.
    pub timers: Timers,
}

impl Default for Policy {
    /// Without a host in a registry: everybody may help, nothing is limited, the timers run.
    fn default() -> Self {
        Self {
            consent: Consent::Auto,
            governance_level: None,
            max_helpers: None,
            max_new_per_week: None,
            review_budget_min: None,
            adhoc_review_max: None,
            min_readiness: None,
            quiet: Vec::new(),
            labels_allow: Vec::new(),
            labels_deny: Vec::new(),
            labels_closed: Vec::new(),
            paths_deny: Vec::new(),
            mentors: Vec::new(),
            contact: String::new(),
            hours_utc: String::new(),
            newcomer: Consent::Auto,
            newcomer_labels: Vec::new(),
            burden_min: BTreeMap::new(),
            closed_since: None,
            timers: Timers::default(),
        }
    }
}

/// Days after which a closed host is asked whether that is still wanted.
pub const ASK_CLOSED_DAYS: i64 = 90;

impl Policy {
    /// True when a closed host should be asked whether it still wants to be: ninety days after it said so. It stays
    /// closed until it answers.
    pub fn asks_whether_closed(&self, today: Date) -> bool {
        self.consent == Consent::Closed
            && self.closed_since.is_some_and(|since| since.saturating_add(ASK_CLOSED_DAYS.days()) <= today)
    }

    /// How this host wants to be asked by somebody: newcomers meet the stricter of the two answers.
    pub fn consent_for(&self, newcomer: bool) -> Consent {
        if newcomer { self.consent.max(self.newcomer) } else { self.consent }
    }
}

/// What the life of one commitment is judged by: the host's timers and calendar. The context of
/// [`super::commitment::step`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Terms {
    /// Timers.
    pub timers: Timers,
    /// The host's calendar with its quiet periods and, where it is about one helper, the helper's leave.
    pub calendar: Calendar,
}
