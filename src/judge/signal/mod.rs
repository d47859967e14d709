//! Why a task is on the list: ten signals, each with what was seen and when. Owns the order in which sources are asked;
//! what each source says stands in its own file. What was not read says nothing: no signal is guessed.

mod body;
mod ci;
mod debt;
mod docs;
mod editorial;
pub mod evidence;
mod failing;
pub mod label;
pub mod limbo;
mod machinery;
mod plans;
mod product;
mod title;
mod words;

use serde::Serialize;

use self::label::{Dictionary, LabelClass};
pub use self::{
    evidence::Seen,
    limbo::{Limbo, Reading},
    product::Product,
};
use crate::domain::{
    gist::Gist,
    signal::{Signal, SignalKind},
    task::{Task, TaskState},
    time::Now,
};

/// Days without any movement after which a task counts as stale.
pub const STALE_DAYS: u32 = 90;

/// Days after which a task that nobody answered counts as ignored.
pub const IGNORED_DAYS: u32 = 14;

/// What is known of a task. What was not read is `None`.
#[derive(Clone, Copy, Debug)]
pub struct Known<'a> {
    /// The task.
    pub task: &'a Task,
    /// Its description, Markdown.
    pub body: Option<&'a str>,
    /// Its conversation and history, as far as read.
    pub reading: Reading<'a>,
    /// Components (Jira), by name.
    pub components: &'a [String],
    /// Type of the task: `Documentation`, `Technical Debt`; empty when the tracker has none.
    pub issue_type: &'a str,
    /// What the project makes. In a project that makes a document, work on its words is work on documentation; nothing else
    /// depends on it.
    pub product: Product,
}

impl<'a> Known<'a> {
    /// A task of which only the list columns are known.
    pub fn of(task: &'a Task) -> Self {
        Self {
            task,
            body: None,
            reading: Reading::default(),
            components: &[],
            issue_type: "",
            product: Product::Program,
        }
    }
}

/// A signal with everything that was seen for it, the most telling first. Never without anything seen.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Found {
    /// Which kind.
    pub kind: SignalKind,
    /// What was seen.
    pub seen: Vec<Seen>,
}

impl Found {
    /// The signal with its first evidence in words, as lists keep it.
    pub fn signal(&self) -> Signal {
        Signal { kind: self.kind, evidence: self.seen.first().map(Seen::words).unwrap_or_default() }
    }
}

/// All signals of a task from everything that is known of it, in the order of [`SignalKind::ALL`]. A task that is not
/// open has none.
pub fn read(known: &Known<'_>, now: Now, dictionary: &mut Dictionary) -> Vec<Found> {
    let task = known.task;
    let mut found = at_a_glance(known, &Limbo::of(task, known.reading, now), dictionary);
    if task.state != TaskState::Open {
        return found.0;
    }
    if let Some(seen) = plans::ignored(task, known.reading, now) {
        found.add(SignalKind::Ignored, seen);
    }
    for seen in plans::deprioritised(task, known.reading) {
        found.add(SignalKind::Deprioritised, seen);
    }
    sentences(known, dictionary, &mut found);
    found.sorted()
}

fn sentences(known: &Known<'_>, dictionary: &mut Dictionary, found: &mut Collected) {
    title::sentences(known.task.title.raw(), known.product, found);
    if let Some(body) = known.body {
        body::read(known, body, dictionary, found);
    }
}

/// The signals that the sentences of title and description give, and nothing else: what does not change until somebody
/// writes, so that it need not be read again for every list.
pub fn of_texts(known: &Known<'_>, dictionary: &mut Dictionary) -> Vec<Found> {
    let mut found = Collected::default();
    sentences(known, dictionary, &mut found);
    found.sorted()
}

/// What age, labels, components, the type and the first word of the title tell: no sentence is read for it.
fn at_a_glance(known: &Known<'_>, limbo: &Limbo, dictionary: &mut Dictionary) -> Collected {
    let mut found = Collected::default();
    let task = known.task;
    if task.state != TaskState::Open {
        return found;
    }
    let is_kept = task.labels.iter().any(|l| limbo::is_kept_open(l.raw()));
    if !is_kept && limbo.days >= STALE_DAYS {
        found.add(SignalKind::Stale, limbo.seen());
    }
    labels(known, dictionary, &mut found);
    title::prefix(task.title.raw(), &mut found);
    found
}

/// The signals of a list: what columns tell at a glance, and what the gist of the texts says beside them. History is not
/// read for it, so of what was dropped from plans only what is in the columns is seen.
pub fn listed(task: &Task, gist: Option<&Gist>, now: Now, dictionary: &mut Dictionary) -> Vec<Signal> {
    let planning = task.planning.as_deref();
    let names: Vec<String> = planning.iter().flat_map(|p| &p.components).map(|c| c.raw().to_owned()).collect();
    let issue_type = planning.and_then(|p| p.kind.as_ref()).map_or("", |kind| kind.raw());
    let said = gist.and_then(|g| g.said.as_ref());
    let known = Known { components: &names, issue_type, ..Known::of(task) };
    let mut found = at_a_glance(&known, &Limbo::of_said(task, said, now), dictionary);
    if task.state != TaskState::Open {
        return Vec::new();
    }
    if let Some(seen) = said.and_then(|said| plans::unanswered(task, said, now)) {
        found.add(SignalKind::Ignored, seen);
    }
    for seen in plans::deprioritised(task, Reading::default()) {
        found.add(SignalKind::Deprioritised, seen);
    }
    let mut signals: Vec<Signal> = found.0.iter().map(Found::signal).collect();
    let texts = gist.map(|g| g.signals.as_slice()).unwrap_or_default();
    signals.extend(texts.iter().filter(|s| !found.has(s.kind)).cloned());
    signals.sort_by_key(|s| s.kind);
    signals
}

/// True when a label says that the task should not be picked up as it is: blocked, undecided, a question.
pub fn is_held_back(task: &Task, dictionary: &mut Dictionary) -> bool {
    task.labels.iter().any(|l| dictionary.class(l.raw()) == Some(LabelClass::Negative))
}

/// What was found so far: each kind once.
#[derive(Default)]
struct Collected(Vec<Found>);

impl Collected {
    fn add(&mut self, kind: SignalKind, seen: Seen) {
        match self.0.iter_mut().find(|f| f.kind == kind) {
            Some(found) if found.seen.contains(&seen) => {}
            Some(found) => found.seen.push(seen),
            None => self.0.push(Found { kind, seen: vec![seen] }),
        }
    }

    /// In the order of lists.
    fn sorted(mut self) -> Vec<Found> {
        self.0.sort_by_key(|f| f.kind);
        self.0
    }

    fn has(&self, kind: SignalKind) -> bool {
        self.0.iter().any(|f| f.kind == kind)
    }
}

fn labels(known: &Known<'_>, dictionary: &mut Dictionary, found: &mut Collected) {
    for label in &known.task.labels {
        for kind in dictionary.class(label.raw()).map(kinds).unwrap_or_default() {
            let (at, by) = limbo::labelled(known.reading, label).unzip();
            found.add(*kind, Seen::Label { label: label.clone(), at, by: by.flatten() });
        }
    }
    for component in known.components {
        for kind in plain_class(component, dictionary).map(kinds).unwrap_or_default() {
            found.add(*kind, Seen::Component { name: component.as_str().into() });
        }
    }
    for kind in plain_class(known.issue_type, dictionary).map(kinds).unwrap_or_default() {
        found.add(*kind, Seen::IssueType { name: known.issue_type.into() });
    }
}

/// The class of a name that is written for people: `Docs - API`, `CI / CD`, `Documentation (website)`. As a whole, else
/// by its first part.
fn plain_class(name: &str, dictionary: &mut Dictionary) -> Option<LabelClass> {
    let first = || name.split([':', '/', '(', '-', ',', '&']).next().map(str::trim).unwrap_or_default();
    let class = dictionary.class(name).or_else(|| dictionary.class(first()))?;
    let is_debt = matches!(
        class,
        LabelClass::Docs | LabelClass::Ci | LabelClass::Tests | LabelClass::Deps | LabelClass::CodeDebt
    );
    is_debt.then_some(class)
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
