//! The host's limits under races (G7): which claims of one host came before an own one, and whether there was a place
//! left. Ordered by servers' times and comment ids, so that every client decides the same.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};

use super::{OutboxContext, is_final, preflight::Seen, steps::Stepped};
use crate::domain::{
    calendar::Calendar,
    commitment::{Commitment, CommitmentState},
    coverage::Freshness,
    key::{ProjectRef, TaskKey},
    marker,
    person::Person,
    policy::Policy,
    time::Now,
};

/// Most projects of a host that are looked at.
const MOST_PROJECTS: usize = 30;
/// Most tasks of a host that are read.
const MOST_TASKS: usize = 40;
/// Days that a claim lives at most, pauses and blocks included, as far as this looks back.
const LONGEST_DAYS: i64 = 60;
/// About as many comments as a tracker gives at once; when there are as many, the newest may be missing.
const MANY_COMMENTS: usize = 900;

/// Where an own claim stands among those of the same host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    /// There was a place.
    Within,
    /// There was none.
    Over {
        /// Login of whoever took the last place.
        first: String,
        /// What happened, one harmless sentence.
        sentence: String,
    },
}

/// When a claim began to count, and its comment.
fn order(c: &Commitment) -> (Timestamp, u64) {
    (c.life.as_ref().map_or(c.since, |life| life.start), c.comment_id.unwrap_or(u64::MAX))
}

/// Judges the own claim against all others of the host.
pub(super) fn standing(own: &Commitment, all: &[&Commitment], policy: &Policy, calendar: &Calendar) -> Standing {
    let mut earlier: Vec<&&Commitment> = all.iter().filter(|c| c.claim != own.claim && order(c) < order(own)).collect();
    earlier.sort_by_key(|c| (order(c), c.claim));
    earlier.dedup_by_key(|c| c.claim);
    let names = |of: &[&&Commitment]| {
        let logins: Vec<String> = of.iter().map(|c| format!("@{}", c.who.login.line())).collect();
        logins.join(", ")
    };
    let last = |of: &[&&Commitment]| of.last().map(|c| c.who.login.line().into_owned()).unwrap_or_default();
    // What is past its last day holds no place, as for the guards.
    let live: Vec<&&Commitment> = earlier.iter().filter(|c| c.holds_task()).copied().collect();
    if let Some(most) = policy.max_helpers
        && live.len() >= most as usize
    {
        let helpers = if most == 1 { "1 helper".to_owned() } else { format!("{most} helpers") };
        let sentence = format!("the host takes {helpers} at once, and somebody was earlier: {}", names(&live));
        return Standing::Over { first: last(&live), sentence };
    }
    let week = |c: &Commitment| calendar.monday(calendar.date(order(c).0));
    let never_began = [
        CommitmentState::Conceded,
        CommitmentState::Requested,
        CommitmentState::Declined,
        CommitmentState::Withdrawn,
        CommitmentState::Lapsed,
        CommitmentState::Pending,
    ];
    let fresh: Vec<&&Commitment> =
        earlier.iter().filter(|c| week(c) == week(own) && !never_began.contains(&c.state)).copied().collect();
    if let Some(most) = policy.max_new_per_week
        && fresh.len() >= most as usize
    {
        let sentence = format!("the host takes {most} new claims a week, and this week had: {}", names(&fresh));
        return Standing::Over { first: last(&fresh), sentence };
    }
    Standing::Within
}

/// The commitments on other tasks of the host: those the store knows and those that recent comments show, each read
/// again. A task that may not be read counts as the store knows it.
pub(super) async fn others(
    context: &OutboxContext<'_>,
    key: &TaskKey,
    own: &Commitment,
    me: &Person,
    now: Now,
) -> Stepped<Vec<Commitment>> {
    let everything = context.store.around().await?;
    let host = context.roster.host_of(&key.project).map(|team| team.id.as_str());
    let same = |p: &ProjectRef| {
        let theirs = context.roster.host_of(p).map(|team| team.id.as_str());
        p.tracker == key.project.tracker && (*p == key.project || (host.is_some() && theirs == host))
    };
    let mut projects: BTreeSet<&ProjectRef> = BTreeSet::from([&key.project]);
    // Nothing can be claimed where there are no issues, or where nothing is written any more.
    let taken_part = everything.projects.iter().filter(|p| p.skip_reason().is_none()).map(|p| &p.project);
    projects.extend(taken_part.filter(|p| same(p)).take(MOST_PROJECTS));
    let mut stored: Vec<Commitment> =
        everything.commitments.iter().filter(|c| c.key != *key && same(&c.key.project)).cloned().collect();
    crate::domain::commitment::judge(&mut stored, context.roster, now);
    let mut keys: BTreeSet<TaskKey> = stored.iter().filter(|c| c.state.is_live()).map(|c| c.key.clone()).collect();
    for project in projects {
        let row = everything.coverage.iter().find(|c| c.project == *project);
        let read = row.and_then(|c| match c.freshness {
            Freshness::Fresh { at, .. } => Some(at),
            _ => None,
        });
        keys.extend(claimed_lately(context, project, own, read).await?);
    }
    keys.remove(key);
    let mut found = Vec::new();
    for key in keys.iter().take(MOST_TASKS) {
        let reading = match context.tracker.read(key).await {
            Ok(reading) => reading,
            Err(error) if is_final(&error.class) => continue,
            Err(error) => return Err(error.into()),
        };
        let history = match context.tracker.history(key).await {
            Ok(history) => history,
            Err(error) if is_final(&error.class) => continue,
            Err(error) => return Err(error.into()),
        };
        let seen = Seen::of(reading, &history, &context.settings.label, me, context.roster, now);
        stored.retain(|c| c.key != *key);
        found.extend(seen.commitments);
    }
    found.extend(stored);
    Ok(found)
}

/// Tasks of a project with a claim written or edited since it was read last, or since the beginning of the week of an
/// own claim.
async fn claimed_lately(
    context: &OutboxContext<'_>,
    project: &ProjectRef,
    own: &Commitment,
    read: Option<Timestamp>,
) -> Stepped<BTreeSet<TaskKey>> {
    let calendar = context.roster.terms(project, None).calendar;
    let monday = calendar.monday(calendar.date(own.since));
    let hour_before = own.since.checked_sub(SignedDuration::from_hours(1)).unwrap_or(own.since);
    let week = monday.to_zoned(calendar.zone.clone()).map_or(hour_before, |z| z.timestamp()).min(hour_before);
    let long_ago = own.since.checked_sub(SignedDuration::from_hours(24 * LONGEST_DAYS)).unwrap_or(week);
    let since = week.min(read.unwrap_or(long_ago)).max(long_ago);
    let mut comments = match context.tracker.recent_comments(project, since).await {
        Ok(comments) => comments,
        // A project that is gone or hidden keeps nobody from helping in another one.
        Err(error) if is_final(&error.class) => return Ok(BTreeSet::new()),
        Err(error) => return Err(error.into()),
    };
    if comments.len() >= MANY_COMMENTS {
        comments.extend(context.tracker.recent_comments(project, hour_before).await?);
    }
    let claims = comments.into_iter().filter(|(_, c)| matches!(marker::parse(c.body.raw()), Some(Ok(_))));
    Ok(claims.map(|(key, _)| key).collect())
}
