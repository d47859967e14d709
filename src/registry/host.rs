//! Tables of hosts: `[host."…"]`, `[programme.caps]` and a repository's own file. All have the same keys.

use super::{
    fields::Fields,
    finding::{Findings, Spotted, shown},
    strict::{COUNT, TIMERS, stricter},
};
use crate::domain::{
    policy::{Consent, Mentor, Policy, Timers},
    size::Size,
};

const CONSENTS: [(&str, Consent); 4] =
    [("auto", Consent::Auto), ("notify", Consent::Notify), ("ask", Consent::Ask), ("closed", Consent::Closed)];
const SIZES: [(&str, Size); 4] = [("XS", Size::XS), ("S", Size::S), ("M", Size::M), ("L", Size::L)];
const TURNS: [(&str, bool); 2] = [("on", true), ("off", false)];

/// Keys of a host.
const KEYS: [&str; 22] = [
    "consent",
    "governance_level",
    "max_helpers",
    "max_new_per_week",
    "review_budget_h_per_week",
    "adhoc_review_max",
    "min_readiness",
    "quiet",
    "labels_allow",
    "labels_deny",
    "paths_deny",
    "mentors",
    "contact",
    "hours_utc",
    "newcomer",
    "newcomer_labels",
    "warranty_days",
    "review_slo_wd",
    "burden_minutes",
    "closed_since",
    "timers",
    "label",
];

/// Timers that stand beside the limits.
const BESIDE: [&str; 2] = ["warranty_days", "review_slo_wd"];

/// A policy as one table states it: what it leaves out is left to others.
#[derive(Clone, Debug, Default)]
pub(super) struct Draft {
    pub(super) policy: Policy,
    timers: [Option<u32>; COUNT],
    /// Where each mentor is named, so that an unknown one can be told.
    pub(super) mentors: Vec<Spotted<String>>,
}

impl Draft {
    /// The policy, with `base` for the timers that are not stated.
    pub(super) fn with_timers(&self, base: &Timers) -> Policy {
        let mut timers = *base;
        for (timer, stated) in TIMERS.iter().zip(self.timers) {
            if let Some(days) = stated {
                *(timer.of)(&mut timers) = days;
            }
        }
        Policy { timers, ..self.policy.clone() }
    }

    /// This laid over another policy: the stricter of both, with this one's words for people.
    pub(super) fn over(&self, base: &Policy) -> Policy {
        let mut both = stricter(base, &self.with_timers(&base.timers));
        let own = |own: &str, base: &str| if own.is_empty() { base.to_owned() } else { own.to_owned() };
        both.contact = own(&self.policy.contact, &base.contact);
        both.hours_utc = own(&self.policy.hours_utc, &base.hours_utc);
        both
    }

    /// Asks at least.
    pub(super) fn ask(&mut self) {
        self.policy.consent = self.policy.consent.max(Consent::Ask);
    }

    /// States the longest lease where nothing else does.
    pub(super) fn cap_lease(&mut self, days: u32) {
        for (timer, stated) in TIMERS.iter().zip(&mut self.timers) {
            if timer.key == "lease_cap_wd" {
                *stated = Some(stated.map_or(days, |own| own.min(days)));
            }
        }
    }
}

/// Reads a table. One with a mistake asks until it is mended: a limit that was misspelt must not be none.
pub(super) fn read(fields: &Fields<'_>, out: &mut Findings) -> Draft {
    let before = out.errors();
    let homes: Vec<(&str, &str)> =
        TIMERS.iter().filter(|t| !BESIDE.contains(&t.key)).map(|t| (t.key, "the table 'timers'")).collect();
    fields.only(&KEYS, &homes, out);
    let mut draft = Draft::default();
    limits(fields, &mut draft.policy, out);
    lists(fields, &mut draft, out);
    timers(fields, &mut draft, out);
    labels(fields, &mut draft.policy, out);
    if out.errors() > before {
        draft.ask();
    }
    draft
}

fn limits(fields: &Fields<'_>, policy: &mut Policy, out: &mut Findings) {
    policy.consent = fields.word("consent", &CONSENTS, out).unwrap_or_default();
    policy.governance_level = fields.number("governance_level", 0..=5, out);
    policy.max_helpers = fields.number("max_helpers", 0..=100, out);
    policy.max_new_per_week = fields.number("max_new_per_week", 0..=100, out);
    policy.review_budget_min = fields.hours("review_budget_h_per_week", 168, out);
    policy.adhoc_review_max = fields.word("adhoc_review_max", &SIZES, out);
    policy.min_readiness = fields.number("min_readiness", 0..=100, out);
    policy.newcomer = fields.word("newcomer", &CONSENTS, out).unwrap_or_default();
    policy.contact = fields.text("contact", out).unwrap_or_default();
    policy.quiet = fields.periods("quiet", out);
    if let Some(hours) = fields.spotted("hours_utc", out) {
        if is_hours(&hours.value) {
            policy.hours_utc = hours.value;
        } else {
            let sentence = format!("'{}' in 'hours_utc' is no span of hours", shown(&hours.value));
            out.wrong(&hours.spot, sentence, "it is written as \"08:00-16:00\"");
        }
    }
    if let Some(since) = fields.day("closed_since", out) {
        if policy.consent == Consent::Closed {
            policy.closed_since = Some(since.value);
        } else {
            out.hint(&since.spot, "'closed_since' has no meaning while consent is not \"closed\"", "remove it");
        }
    }
}

fn is_hours(text: &str) -> bool {
    let time = |t: &str| t.len() == 5 && t.parse::<jiff::civil::Time>().is_ok();
    text.split_once('-').is_some_and(|(from, to)| time(from) && time(to) && from != to)
}

fn lists(fields: &Fields<'_>, draft: &mut Draft, out: &mut Findings) {
    let mut list = |key: &str| {
        let mut values: Vec<String> = fields.texts(key, out).into_iter().map(|t| t.value).collect();
        values.sort();
        values
    };
    let policy = &mut draft.policy;
    policy.labels_allow = list("labels_allow");
    policy.labels_deny = list("labels_deny");
    policy.paths_deny = list("paths_deny");
    policy.newcomer_labels = list("newcomer_labels");
    for row in fields.rows("mentors", "[{ handle = \"ana\", capacity = 2, rotation = \"on\" }]", out) {
        row.only(&["handle", "capacity", "rotation"], &[], out);
        let capacity = row.number("capacity", 0..=20, out).unwrap_or(1);
        let on = row.word("rotation", &TURNS, out).unwrap_or(true);
        let Some(handle) = row.spotted("handle", out) else {
            out.wrong(&row.spot, "a mentor has no handle", "add handle = \"…\"");
            continue;
        };
        if draft.policy.mentors.iter().any(|m| m.handle == handle.value) {
            out.wrong(&handle.spot, format!("'{}' is a mentor twice", shown(&handle.value)), "remove one of them");
            continue;
        }
        draft.policy.mentors.push(Mentor { handle: handle.value.clone(), capacity, on });
        draft.mentors.push(handle);
    }
    draft.policy.mentors.sort_by(|a, b| a.handle.cmp(&b.handle));
    if let Some(sizes) = fields.table("burden_minutes", "'burden_minutes'", out) {
        sizes.only(&SIZES.map(|(word, _)| word), &[], out);
        for (word, size) in SIZES {
            if let Some(minutes) = sizes.number(word, 1..=10_000, out) {
                draft.policy.burden_min.insert(size, minutes);
            }
        }
    }
}

fn timers(fields: &Fields<'_>, draft: &mut Draft, out: &mut Findings) {
    let table = fields.table("timers", format!("the timers of {}", fields.what), out);
    if let Some(table) = &table {
        let known: Vec<&str> = TIMERS.iter().map(|t| t.key).filter(|k| !BESIDE.contains(k)).collect();
        table.only(&known, &BESIDE.map(|key| (key, "the table above, beside the limits")), out);
    }
    for (timer, stated) in TIMERS.iter().zip(&mut draft.timers) {
        let home = if BESIDE.contains(&timer.key) { Some(fields) } else { table.as_ref() };
        *stated = home.and_then(|h| h.number(timer.key, timer.range.clone(), out));
    }
    let all = draft.with_timers(&Timers::default()).timers;
    let spot = table.as_ref().map_or(&fields.spot, |t| &t.spot);
    let mut order = |first: u32, then: u32, words: &str| {
        if first > then {
            out.hint(spot, format!("{words}: {first} comes after {then}"), "exchange them, or raise the second");
        }
    };
    order(all.consent_slo, all.consent_max, "consent_slo_wd is longer than consent_max_wd");
    order(all.review_slo, all.review_escalate, "review_slo_wd is longer than review_escalate_wd");
}

/// `[label."security"] consent = "ask"`: a label can only be stricter than its host.
fn labels(fields: &Fields<'_>, policy: &mut Policy, out: &mut Findings) {
    if !fields.has("label") {
        return;
    }
    for (label, table) in fields.named("label", out) {
        table.only(&["consent"], &[], out);
        match table.word("consent", &CONSENTS, out) {
            Some(Consent::Ask) => policy.labels_deny.push(label.value),
            Some(Consent::Closed) => policy.labels_closed.push(label.value),
            Some(open) => {
                let sentence = format!("\"{}\" for a label changes nothing", open.word());
                out.hint(&label.spot, sentence, "a label can only be stricter: \"ask\" or \"closed\"");
            }
            None if !table.has("consent") => {
                let sentence = format!("{} states nothing", table.what);
                out.wrong(&label.spot, sentence, "add consent = \"ask\" or \"closed\"");
            }
            None => {}
        }
    }
    for list in [&mut policy.labels_deny, &mut policy.labels_closed] {
        list.sort();
        list.dedup();
    }
}
