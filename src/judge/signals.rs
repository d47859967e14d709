//! Signals from labels, title and age. Each says what it saw. Knows no comments: what needs a conversation to be
//! judged (`ignored`, `deprioritised`) is not here.

use super::label::{Dictionary, LabelClass};
use crate::domain::{
    signal::{Signal, SignalKind},
    task::{Task, TaskState},
    time::Now,
};

/// Days without any movement after which a task counts as stale.
pub const STALE_DAYS: u32 = 90;

/// Title prefixes, as in `docs: …`, `docs(api): …` or `[docs] …`, and what they say.
const PREFIXES: &[(&str, SignalKind)] = &[
    ("doc", SignalKind::Docs),
    ("docs", SignalKind::Docs),
    ("documentation", SignalKind::Docs),
    ("ci", SignalKind::Ci),
    ("build", SignalKind::Ci),
    ("flaky", SignalKind::Ci),
    ("flake", SignalKind::Ci),
    ("flaky test", SignalKind::Ci),
    ("test", SignalKind::Tests),
    ("tests", SignalKind::Tests),
    ("deps", SignalKind::Deps),
    ("refactor", SignalKind::CodeDebt),
    ("cleanup", SignalKind::CodeDebt),
];

/// All signals of a task, in the order of [`SignalKind::ALL`]. A task that is not open has none.
pub fn signals(task: &Task, now: Now) -> Vec<Signal> {
    signals_with(task, now, &mut Dictionary::new())
}

/// [`signals`] for many tasks, sharing one memory of labels.
pub fn signals_with(task: &Task, now: Now, dictionary: &mut Dictionary) -> Vec<Signal> {
    if task.state != TaskState::Open {
        return Vec::new();
    }
    let mut found: Vec<Signal> = Vec::new();
    let mut add = |kind: SignalKind, evidence: String| {
        if found.iter().all(|s| s.kind != kind) {
            found.push(Signal { kind, evidence });
        }
    };
    let quiet = now.days_since(task.updated_at);
    if quiet >= STALE_DAYS {
        add(SignalKind::Stale, format!("nothing moved for {quiet} days"));
    }
    for label in &task.labels {
        for kind in dictionary.class(label.raw()).map(kinds).unwrap_or_default() {
            add(*kind, format!("label '{}'", label.fit(60)));
        }
    }
    if let Some((prefix, kind)) = title_prefix(task.title.raw()) {
        add(kind, format!("title begins with '{prefix}'"));
    }
    found.sort_by_key(|s| s.kind);
    found
}

/// True when a label says that the task should not be picked up as it is: blocked, undecided, a question.
pub fn is_held_back(task: &Task, dictionary: &mut Dictionary) -> bool {
    task.labels.iter().any(|l| dictionary.class(l.raw()) == Some(LabelClass::Negative))
}

fn kinds(class: LabelClass) -> &'static [SignalKind] {
    match class {
        LabelClass::Newcomer => &[SignalKind::GoodFirst],
        // A mentor is an offer of help to whoever helps: the host wants it done, by somebody new.
        LabelClass::Mentored => &[SignalKind::HelpWanted, SignalKind::GoodFirst],
        LabelClass::Help => &[SignalKind::HelpWanted],
        LabelClass::Docs => &[SignalKind::Docs],
        LabelClass::Ci => &[SignalKind::Ci],
        LabelClass::Tests => &[SignalKind::Tests],
        LabelClass::Deps => &[SignalKind::Deps],
        LabelClass::CodeDebt => &[SignalKind::CodeDebt],
        LabelClass::Negative => &[],
    }
}

/// The prefix of a title that names its kind of debt: `docs`, from `docs:`, `docs(api)!:` or `[docs]`.
fn title_prefix(title: &str) -> Option<(&'static str, SignalKind)> {
    let title = title.trim_start();
    let head = match title.strip_prefix('[') {
        Some(rest) => rest.split_once(']')?.0,
        None => title.split_once(':')?.0.trim_end_matches('!'),
    };
    let head = match head.split_once('(') {
        Some((kind, scope)) if scope.ends_with(')') => kind,
        _ => head,
    };
    PREFIXES.iter().find(|(word, _)| word.eq_ignore_ascii_case(head.trim())).copied()
}
