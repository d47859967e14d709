//! What help costs the host: minutes of review, as forecast and as spent (metric 20 of domain.md, assumption v1). Pure;
//! knows no person, only the claims on one host's projects.

use std::collections::HashMap;

use jiff::civil::Date;

use super::hold;
use crate::domain::{
    calendar::Calendar,
    commitment::{ClaimId, Commitment, CommitmentState, Life},
    key::ProjectRef,
    policy::Policy,
    roster::Roster,
    size::Size,
    time::Now,
};

/// How many imagined claims of the prior stand beside those that were seen.
const PRIOR_WEIGHT: u64 = 5;
/// Minutes of the host for one comment.
const COMMENT_MIN: u64 = 4;
/// Minutes of the host for one review.
const REVIEW_MIN: u64 = 12;

/// Minutes that a claim of a size is expected to cost before any was seen: XS 20, S 48, M 100, L 200.
pub fn prior(size: Size) -> u32 {
    match size {
        Size::XS => 20,
        Size::S => 48,
        Size::M => 100,
        Size::L => 200,
    }
}

/// Minutes that a claim has cost the host so far: 4 for a comment, 12 for a review or an approval.
pub fn spent(life: &Life) -> u32 {
    let minutes = u64::from(life.host_comments) * COMMENT_MIN + u64::from(life.host_reviews) * REVIEW_MIN;
    u32::try_from(minutes).unwrap_or(u32::MAX)
}

/// All claims on the projects of one host, and what they cost it.
#[derive(Clone, Debug)]
pub struct HostLoad<'a> {
    /// The host's policy for the project asked about, or the team's.
    pub policy: Policy,
    /// The host's calendar with its quiet periods.
    pub calendar: Calendar,
    claims: Vec<&'a Commitment>,
}

impl<'a> HostLoad<'a> {
    /// The host of a project: its team with all its projects; the project alone where no team owns it.
    pub fn of_project(roster: &Roster, project: &ProjectRef, commitments: &'a [Commitment]) -> Self {
        let team = roster.host_of(project).map(|t| t.id.as_str());
        let claims = match team {
            Some(team) => of_team(roster, team, commitments),
            None => commitments.iter().filter(|c| c.key.project == *project).collect(),
        };
        Self { policy: roster.policy(project), calendar: roster.terms(project, None).calendar, claims }
    }

    /// A team with all its projects.
    pub fn of_team(roster: &Roster, team: &str, commitments: &'a [Commitment]) -> Self {
        let policy = roster.policies.get(team).unwrap_or(&roster.common).clone();
        let named = roster.team(team).and_then(|t| t.calendar.as_ref()).and_then(|name| roster.calendars.get(name));
        let mut calendar = named.cloned().unwrap_or_default();
        calendar.quiet.extend(policy.quiet.iter().cloned());
        Self { policy, calendar, claims: of_team(roster, team, commitments) }
    }

    /// The same without some claims: one is not counted against itself, nor beside the one it takes over.
    #[must_use]
    pub fn without(mut self, claims: &[Option<ClaimId>]) -> Self {
        self.claims.retain(|c| !claims.contains(&Some(c.claim)));
        self
    }

    /// Claims that hold a task now: helpers at once.
    pub fn live(&self) -> impl Iterator<Item = &'a Commitment> {
        self.claims.iter().copied().filter(|c| c.holds_task())
    }

    /// Requests that wait for an answer.
    pub fn requests(&self) -> impl Iterator<Item = &'a Commitment> {
        self.claims.iter().copied().filter(|c| c.state == CommitmentState::Requested)
    }

    /// The Monday on which the host's week began.
    pub fn monday(&self, now: Now) -> Date {
        self.calendar.monday(self.calendar.date(now.0))
    }

    /// Claims that began in the host's week, those that ended since among them; requests count from their consent on.
    pub fn new_this_week(&self, now: Now) -> impl Iterator<Item = &'a Commitment> {
        let monday = self.calendar.start_of(self.monday(now));
        let claims: Vec<&'a Commitment> = self.claims.clone();
        claims.into_iter().filter(move |c| hold::has_begun(c) && hold::start(c) >= monday)
    }

    /// Minutes of review that a claim of a size will cost: the policy's own number or the [`prior`], drawn towards what
    /// the host's ended claims of that size have cost. An unknown size counts as S.
    pub fn forecast(&self, size: Option<Size>) -> u32 {
        let size = size.unwrap_or(Size::S);
        let prior = self.policy.burden_min.get(&size).copied().unwrap_or_else(|| prior(size));
        let ended = |c: &&&Commitment| c.size.unwrap_or(Size::S) == size && hold::has_begun(c);
        let costs = self.claims.iter().filter(ended).filter_map(|c| c.life.as_deref());
        let (mut count, mut sum) = (PRIOR_WEIGHT, PRIOR_WEIGHT * u64::from(prior));
        for life in costs.filter(|life| life.ended.is_some()) {
            count += 1;
            sum += u64::from(spent(life));
        }
        u32::try_from((sum + count / 2) / count).unwrap_or(u32::MAX)
    }

    /// Minutes of review committed in the host's week: the forecast of what began in it and goes on, and what those that
    /// began in it and ended have cost.
    pub fn committed_min(&self, now: Now) -> u32 {
        let mut forecasts: HashMap<Option<Size>, u32> = HashMap::new();
        let mut minutes = 0_u32;
        for c in self.new_this_week(now) {
            let cost = match c.life.as_deref().filter(|life| life.ended.is_some()) {
                Some(life) => spent(life),
                None => *forecasts.entry(c.size).or_insert_with(|| self.forecast(c.size)),
            };
            minutes = minutes.saturating_add(cost);
        }
        minutes
    }
}

fn of_team<'a>(roster: &Roster, team: &str, commitments: &'a [Commitment]) -> Vec<&'a Commitment> {
    let mut known: HashMap<&ProjectRef, bool> = HashMap::new();
    let mut is_theirs = |project: &'a ProjectRef| {
        *known.entry(project).or_insert_with(|| roster.host_of(project).is_some_and(|t| t.id == team))
    };
    commitments.iter().filter(|c| is_theirs(&c.key.project)).collect()
}

/// Minutes in words: `48 min`, `3 h`, `2 h 24 min`.
pub fn minutes(min: u32) -> String {
    match (min / 60, min % 60) {
        (0, rest) => format!("{rest} min"),
        (hours, 0) => format!("{hours} h"),
        (hours, rest) => format!("{hours} h {rest} min"),
    }
}
