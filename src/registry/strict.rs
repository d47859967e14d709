//! The stricter of two policies. Numbers are limits, so the smaller one counts (of a least readiness the larger);
//! closed beats everything; lists that forbid are joined, lists that allow are narrowed.

use std::ops::RangeInclusive;

use crate::domain::{
    policy::{Mentor, Policy, Timers},
    roster::glob,
};

/// One timer: its key in files, its place, and what it may be.
pub(super) struct Timer {
    pub(super) key: &'static str,
    pub(super) of: fn(&mut Timers) -> &mut u32,
    pub(super) range: RangeInclusive<u32>,
}

const fn timer(key: &'static str, of: fn(&mut Timers) -> &mut u32, range: RangeInclusive<u32>) -> Timer {
    Timer { key, of, range }
}

/// Number of timers.
pub(super) const COUNT: usize = 11;

/// All timers. The last two stand beside the limits of a host, not under its `timers`.
pub(super) const TIMERS: [Timer; COUNT] = [
    timer("start_by_wd", |t| &mut t.start_by, 1..=20),
    timer("idle_remind_wd", |t| &mut t.idle_remind, 1..=40),
    timer("grace_wd", |t| &mut t.grace, 1..=20),
    timer("consent_slo_wd", |t| &mut t.consent_slo, 1..=20),
    timer("consent_max_wd", |t| &mut t.consent_max, 1..=40),
    timer("review_escalate_wd", |t| &mut t.review_escalate, 1..=40),
    timer("pause_max_wd", |t| &mut t.pause_max, 0..=40),
    timer("block_max_wd", |t| &mut t.block_max, 0..=40),
    timer("lease_cap_wd", |t| &mut t.lease_cap, 1..=60),
    timer("warranty_days", |t| &mut t.warranty_days, 0..=100),
    timer("review_slo_wd", |t| &mut t.review_slo, 1..=20),
];

/// The stricter of two policies in every part, so that it is never looser than either. Both orders give the same.
///
/// Labels that are allowed are narrowed to patterns which one side allows and the other covers; where nothing is left,
/// the empty pattern stands, which fits no label. Quiet periods and lists come out sorted.
pub fn stricter(a: &Policy, b: &Policy) -> Policy {
    let mut timers = a.timers;
    let mut other = b.timers;
    for timer in &TIMERS {
        let least = (*(timer.of)(&mut timers)).min(*(timer.of)(&mut other));
        *(timer.of)(&mut timers) = least;
    }
    let mut burden_min = a.burden_min.clone();
    for (size, minutes) in &b.burden_min {
        burden_min.entry(*size).and_modify(|m| *m = (*m).max(*minutes)).or_insert(*minutes);
    }
    let mut quiet: Vec<_> = a.quiet.iter().chain(&b.quiet).cloned().collect();
    quiet.sort_by(|x, y| (x.from, x.to, &x.why).cmp(&(y.from, y.to, &y.why)));
    quiet.dedup();
    Policy {
        consent: a.consent.max(b.consent),
        governance_level: least(a.governance_level, b.governance_level),
        max_helpers: least(a.max_helpers, b.max_helpers),
        max_new_per_week: least(a.max_new_per_week, b.max_new_per_week),
        review_budget_min: least(a.review_budget_min, b.review_budget_min),
        adhoc_review_max: least(a.adhoc_review_max, b.adhoc_review_max),
        min_readiness: a.min_readiness.max(b.min_readiness),
        quiet,
        labels_allow: narrowed(&a.labels_allow, &b.labels_allow),
        labels_deny: joined(&a.labels_deny, &b.labels_deny),
        labels_closed: joined(&a.labels_closed, &b.labels_closed),
        paths_deny: joined(&a.paths_deny, &b.paths_deny),
        mentors: mentors(&a.mentors, &b.mentors),
        contact: either(&a.contact, &b.contact),
        hours_utc: either(&a.hours_utc, &b.hours_utc),
        newcomer: a.newcomer.max(b.newcomer),
        newcomer_labels: joined(&a.newcomer_labels, &b.newcomer_labels),
        burden_min,
        closed_since: least(a.closed_since, b.closed_since),
        timers,
    }
}

/// The smaller where both say something.
fn least<T: Ord>(a: Option<T>, b: Option<T>) -> Option<T> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    }
}

fn joined(a: &[String], b: &[String]) -> Vec<String> {
    let mut all: Vec<String> = a.iter().chain(b).cloned().collect();
    all.sort();
    all.dedup();
    all
}

fn narrowed(a: &[String], b: &[String]) -> Vec<String> {
    if a.is_empty() || b.is_empty() {
        return joined(a, b);
    }
    // As labels are compared: without regard to case and to the difference of `-`, `_` and space.
    let folded = |p: &str| p.to_lowercase().replace(['-', '_'], " ");
    let covered = |one: &str, by: &[String]| by.iter().any(|p| glob(&folded(p), &folded(one)));
    let kept = |of: &[String], by: &[String]| of.iter().filter(|p| covered(p, by)).cloned().collect::<Vec<_>>();
    let both = joined(&kept(a, b), &kept(b, a));
    if both.is_empty() { vec![String::new()] } else { both }
}

fn mentors(a: &[Mentor], b: &[Mentor]) -> Vec<Mentor> {
    let mut all: Vec<Mentor> = a.iter().chain(b).cloned().collect();
    all.sort_by(|x, y| (&x.handle, x.capacity).cmp(&(&y.handle, y.capacity)));
    let off: Vec<String> = all.iter().filter(|m| !m.on).map(|m| m.handle.clone()).collect();
    all.dedup_by(|later, first| later.handle == first.handle);
    all.iter_mut().filter(|m| off.contains(&m.handle)).for_each(|m| m.on = false);
    all
}

/// Words, not limits: both where they differ.
fn either(a: &str, b: &str) -> String {
    let mut both = [a, b];
    both.sort_unstable();
    match both {
        [same, other] if same == other || same.is_empty() => other.to_owned(),
        [one, other] => format!("{one}, {other}"),
    }
}
