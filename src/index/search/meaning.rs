//! What each qualifier means for a row.

use super::{
    super::{
        fuzzy::looked_at,
        query::{Bounds, Field, Value},
        snapshot::{Row, Snapshot},
    },
    probes,
};
use crate::{
    domain::{key::ProjectRef, person::Login, signal::SignalKind, task::TaskState},
    store::MarkKind,
};

pub(super) type Probe<'a> = Box<dyn Fn(&Row) -> bool + Sync + 'a>;

/// What a value of a field means for a row.
pub(super) fn probe<'a>(field: Field, value: &'a Value, snapshot: &'a Snapshot) -> Probe<'a> {
    match value {
        Value::Text(text) => text_probe(field, text, snapshot),
        Value::Range(bounds) => range_probe(field, *bounds, snapshot),
        Value::Dates(dates) => probes::dates(field, *dates, snapshot),
    }
}

fn range_probe<'a>(field: Field, bounds: Bounds, snapshot: &'a Snapshot) -> Probe<'a> {
    let number: fn(&Row) -> u32 = match field {
        Field::Quiet => |row| row.quiet_days,
        Field::Age => |row| row.age_days,
        Field::Comments => |row| row.task.comments,
        Field::Reactions => |row| row.task.reactions,
        _ => return probes::range(field, bounds, snapshot),
    };
    Box::new(move |row| bounds.contains(number(row)))
}

fn text_probe<'a>(field: Field, text: &'a str, snapshot: &'a Snapshot) -> Probe<'a> {
    match field {
        Field::Signal => {
            let kind = SignalKind::ALL.into_iter().find(|k| k.word() == text);
            Box::new(move |row| row.signals.iter().any(|s| Some(s.kind) == kind))
        }
        Field::Is => is_probe(text, snapshot),
        Field::State => state_probe(text),
        Field::Label => {
            let wanted = Wanted::new(text);
            Box::new(move |row| row.task.labels.iter().any(|l| wanted.is(l.raw())))
        }
        Field::Tag => {
            let wanted = Wanted::new(text.strip_prefix('#').unwrap_or(text));
            Box::new(move |row| snapshot.tags.get(&row.task.key).iter().any(|word| wanted.is(word)))
        }
        Field::Filter => filter_probe(text, snapshot),
        Field::Project => {
            let wanted = Wanted::new(text);
            let whole = text.contains('/');
            Box::new(move |row| project_is(&row.task.key.project, &wanted, whole))
        }
        Field::Org => {
            let wanted = Wanted::new(text);
            Box::new(move |row| row.task.key.project.owner_and_name().is_some_and(|(owner, _)| wanted.is(owner)))
        }
        Field::Team if text.eq_ignore_ascii_case("@none") => Box::new(|row| row.team.is_none()),
        Field::Team => {
            let wanted = Wanted::new(text);
            Box::new(move |row| row.team.as_deref().is_some_and(|t| wanted.is(t)))
        }
        Field::Tracker => Box::new(move |row| row.task.key.project.tracker.as_str().eq_ignore_ascii_case(text)),
        Field::Language => {
            let wanted = Wanted::new(text);
            Box::new(move |row| row.language.as_deref().is_some_and(|l| wanted.is(l)))
        }
        Field::Author => {
            let who = Who::new(text, snapshot);
            Box::new(move |row| row.task.author.as_ref().is_some_and(|a| who.is(&a.login, row)))
        }
        Field::Assignee => {
            let who = Who::new(text, snapshot);
            Box::new(move |row| row.task.assignees.iter().any(|a| who.is(a, row)))
        }
        Field::Title => {
            let wanted = text.to_lowercase();
            Box::new(move |row| contains_folded(row.task.title.raw(), &wanted))
        }
        Field::Key => Box::new(move |row| {
            let key = &row.task.key;
            let number = text.bytes().all(|b| b.is_ascii_digit()).then(|| text.parse() == Ok(key.number));
            number.unwrap_or_else(|| {
                key.to_string().eq_ignore_ascii_case(text) || key.qualified().eq_ignore_ascii_case(text)
            })
        }),
        _ => probes::text(field, text, snapshot),
    }
}

/// True for what a tracker found for the filter of a view.
fn filter_probe<'a>(view: &str, snapshot: &'a Snapshot) -> Probe<'a> {
    let wanted = Wanted::new(view);
    Box::new(move |row| snapshot.answers.get(&row.task.key).iter().any(|view| wanted.is(view)))
}

fn is_probe<'a>(word: &str, snapshot: &'a Snapshot) -> Probe<'a> {
    match word {
        "free" => Box::new(|row| row.free.is_free()),
        "mine" => Box::new(|row| row.claim.as_ref().is_some_and(|c| c.mine)),
        "claimed" => Box::new(|row| row.claim.is_some()),
        "assigned" => Box::new(|row| !row.task.assignees.is_empty()),
        "taken" => Box::new(Row::is_taken),
        "stale" => Box::new(|row| row.signals.iter().any(|s| s.kind == SignalKind::Stale)),
        "hidden" => Box::new(|row| row.mark == Some(MarkKind::Hidden)),
        "snoozed" => Box::new(|row| row.mark == Some(MarkKind::Snoozed)),
        "shut" => Box::new(|row| row.shut),
        "avoided" => Box::new(|row| row.avoided),
        "intern" => Box::new(|row| snapshot.fits_intern(row)),
        "finding" => Box::new(|row| row.task.key.is_unborn()),
        "bookmarked" => Box::new(|row| row.mark == Some(MarkKind::Bookmark)),
        "open" | "closed" => state_probe(word),
        word => probes::is(word, snapshot),
    }
}

fn state_probe<'a>(word: &str) -> Probe<'a> {
    match word {
        "open" => Box::new(|row| row.task.state == TaskState::Open),
        "closed" => Box::new(|row| row.task.state != TaskState::Open),
        "not-planned" => Box::new(|row| row.task.state == TaskState::NotPlanned),
        _ => Box::new(|_| false),
    }
}

/// `owner/name` whole, or the name alone, or a Jira project.
pub(super) fn project_is(project: &ProjectRef, wanted: &Wanted, whole: bool) -> bool {
    match project.owner_and_name() {
        Some((_, name)) if !whole => wanted.is(name),
        _ => wanted.is(project.path()),
    }
}

/// A text compared without regard to case and to the difference of `-`, `_` and space; `*` at its end stands for
/// anything.
pub(in crate::index) struct Wanted {
    folded: Vec<char>,
    open_end: bool,
}

impl Wanted {
    pub(in crate::index) fn new(text: &str) -> Self {
        let stem = text.strip_suffix('*');
        Self { folded: fold(stem.unwrap_or(text)).collect(), open_end: stem.is_some() }
    }

    pub(in crate::index) fn is(&self, text: &str) -> bool {
        let mut rest = fold(text);
        self.folded.iter().all(|c| rest.next() == Some(*c)) && (self.open_end || rest.next().is_none())
    }
}

fn fold(text: &str) -> impl Iterator<Item = char> + '_ {
    text.chars().flat_map(char::to_lowercase).map(|c| if matches!(c, '-' | '_') { ' ' } else { c })
}

/// A login, or whoever the user is on the tracker of a row.
pub(super) struct Who<'a> {
    login: Option<Login>,
    snapshot: &'a Snapshot,
}

impl<'a> Who<'a> {
    pub(in crate::index) fn new(text: &str, snapshot: &'a Snapshot) -> Self {
        let name = text.strip_prefix('@').unwrap_or(text);
        let me = text.eq_ignore_ascii_case("@me");
        Self { login: (!me).then(|| Login::new(name)), snapshot }
    }

    pub(in crate::index) fn is(&self, login: &Login, row: &Row) -> bool {
        let meant = self.login.as_ref().or_else(|| self.snapshot.me.get(&row.task.key.project.tracker));
        meant == Some(login)
    }
}

/// True when the part of a title that searches look at has `wanted`, which is lower case already, without regard to case.
pub(super) fn contains_folded(title: &str, wanted: &str) -> bool {
    let text = looked_at(title);
    if !text.is_ascii() || !wanted.is_ascii() {
        return text.to_lowercase().contains(wanted);
    }
    let Some(first) = wanted.as_bytes().first() else { return true };
    let (upper, mut text) = (first.to_ascii_uppercase(), text.as_bytes());
    while let Some(at) = text.iter().position(|b| b == first || *b == upper) {
        let rest = text.get(at..).unwrap_or_default();
        if rest.get(..wanted.len()).is_some_and(|w| w.eq_ignore_ascii_case(wanted.as_bytes())) {
            return true;
        }
        text = rest.get(1..).unwrap_or_default();
    }
    false
}
