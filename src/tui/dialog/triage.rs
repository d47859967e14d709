//! Sorting tasks: which act, what it needs, and, before anything is done, what would happen to each task and why not.

use jiff::{Timestamp, ToSpan};

use super::{Dialog, Kind, Values, show, world_of};
use crate::{
    app::{Command, UserError, decide::plan_triage},
    domain::{
        key::TaskKey,
        time::end_of_day,
        triage::{ASK_INFO, MOST_COMMENTS, OBSOLETE, Triage},
    },
    index::duplicates::{Twin, why},
    tui::{
        keyed::keyed,
        paint::{safe, wrap_text},
        room::Overlay,
        state::{Out, State},
        theme::Ink,
        widget::form::Form,
    },
};

/// The acts, in the order of the choice; the first four stay on this machine.
const ACTS: [&str; 9] = ["snooze", "hide", "tag", "untag", "label", "unlabel", "ask", "obsolete", "duplicate"];

/// Tasks whose fate is shown one by one.
const SHOWN: usize = 8;

/// Columns of the box of a dialog at most, and what of them is no room for words.
const BOX: u16 = 72;
const MARGIN: usize = 15;

/// Labels of the project that are named.
const LABELS: usize = 12;

/// Choice among found duplicates that lets another task be typed.
const ANOTHER: &str = "another";

/// Opens the dialog for some tasks.
pub fn open(state: &mut State, keys: Vec<TaskKey>) {
    let Some(first) = keys.first().cloned() else { return };
    let mut dialog = Dialog::new(Kind::Triage, first, None, form(0, state, &[]));
    dialog.keys = keys;
    show(state, dialog);
}

/// The form of an act.
fn form(act: usize, state: &State, twins: &[Twin]) -> Form {
    let form = Form::default().choice("act", ACTS.map(str::to_owned).to_vec(), act);
    let week = state.now.date().saturating_add(7.days());
    match ACTS.get(act) {
        Some(&"snooze") => form.maybe_day("until", "until something changes; → names a day", week),
        Some(&"tag" | &"untag") => form.line("tag", "one word of your own"),
        Some(&"label" | &"unlabel") => form.line("label", "as the project spells it"),
        Some(&"ask") => filled(form, "ask", ASK_INFO, state),
        Some(&"obsolete") => filled(form, "host", OBSOLETE, state),
        Some(&"duplicate") => {
            let mut names: Vec<String> = twins.iter().map(|twin| state.shown_key(&twin.key)).collect();
            if !names.is_empty() {
                names.push(ANOTHER.into());
            }
            let form = if names.is_empty() { form } else { form.choice("twin", names, 0) };
            form.line("of", "another task, as owner/name#12").line("words", "more for the host, if you like")
        }
        _ => form,
    }
}

/// With the usual words to begin from, in rows that the box can show.
fn filled(form: Form, label: &'static str, text: &str, state: &State) -> Form {
    let mut form = form.note(label, "say what you want to know");
    let columns = usize::from(state.size.0.min(BOX)).saturating_sub(MARGIN).max(10);
    let rows: Vec<String> =
        wrap_text(text, Ink::Plain, columns).iter().map(|row| row.text().trim_end().to_owned()).collect();
    form.restore(&[(label, rows.join("\n"))]);
    form
}

/// Rows of a note as paragraphs: a row goes on in the next one, unless that begins a list, a quote or code.
fn unwrapped(text: &str) -> String {
    let begins = |row: &str| row.is_empty() || row.starts_with(['-', '*', '>', '`', '#', '|', ' ']);
    let mut out = String::new();
    let mut open = false;
    for row in text.lines().map(str::trim_end) {
        let goes_on = open && !begins(row);
        if !out.is_empty() {
            out.push(if goes_on { ' ' } else { '\n' });
        }
        out.push_str(row);
        open = !begins(row);
    }
    out
}

/// Keeps the fields in step with the act that is chosen, and asks for duplicates once they are wanted.
pub(super) fn settle(state: &mut State) -> Vec<Out> {
    if !matches!(&state.overlay, Some(Overlay::Dialog(dialog)) if dialog.kind == Kind::Triage) {
        return Vec::new();
    }
    let Some(Overlay::Dialog(mut dialog)) = state.overlay.take() else { return Vec::new() };
    let mut out = Vec::new();
    let act = dialog.form.chosen("act");
    let single = <[TaskKey; 1]>::try_from(dialog.keys.clone()).ok();
    let wanted = single.filter(|_| ACTS.get(act) == Some(&"duplicate")).map(|[key]| key);
    if let Some(key) = wanted.filter(|key| state.details.twins_asked.as_ref() != Some(key)) {
        state.details.twins_asked = Some(key.clone());
        state.details.twins = None;
        out.push(Out::Command(Command::Duplicates(key)));
    }
    let shape = (act, dialog.twins(state).len());
    if dialog.shape != Some(shape) {
        dialog.reshape(state, shape);
    }
    state.overlay = Some(Overlay::Dialog(dialog));
    out
}

/// The day on whose beginning a snooze ends, by UTC.
fn begin_of(day: jiff::civil::Date) -> Timestamp {
    day.yesterday().map_or(Timestamp::MIN, end_of_day)
}

impl Dialog {
    /// What was found for the one task of the dialog.
    fn twins<'a>(&self, state: &'a State) -> &'a [Twin] {
        match (&state.details.twins, self.keys.as_slice()) {
            (Some((of, twins)), [key]) if of == key => twins,
            _ => &[],
        }
    }

    /// Makes the fields of the chosen act; what was typed into others is kept for when they are back.
    fn reshape(&mut self, state: &State, shape: (usize, usize)) {
        let before: Values = self.form.values().into_iter().filter(|(label, _)| *label != "act").collect();
        // A choice that begins anew, with more in it, is nobody's word.
        let typed = before.into_iter().filter(|(label, _)| *label != "twin");
        for (label, value) in typed {
            self.kept.retain(|(l, _)| *l != label);
            self.kept.push((label, value));
        }
        let at = self.form.label();
        self.form = form(shape.0, state, self.twins(state));
        self.form.restore(&self.kept);
        self.form.focus(at);
        self.shape = Some(shape);
    }

    fn act(&self, state: &State) -> Result<Triage, String> {
        let text = |label| self.form.text(label).to_owned();
        Ok(match ACTS.get(self.form.chosen("act")).copied().unwrap_or_default() {
            "snooze" => Triage::Snooze { until: self.form.date("until")?.map(begin_of) },
            "hide" => Triage::Hide,
            "tag" => Triage::Tag(text("tag")),
            "untag" => Triage::Untag(text("tag")),
            "label" => Triage::Label(text("label")),
            "unlabel" => Triage::Unlabel(text("label")),
            "ask" => Triage::AskInfo { text: unwrapped(&text("ask")) },
            "obsolete" => Triage::Obsolete { text: unwrapped(&text("host")) },
            _ => Triage::Duplicate { of: self.other(state)?, text: text("words") },
        })
    }

    /// The task that this one is the same as: the one typed, else the one chosen.
    fn other(&self, state: &State) -> Result<TaskKey, String> {
        match (self.form.text("of"), self.chosen_twin(state)) {
            ("", Some(twin)) => Ok(twin.key.clone()),
            ("", None) => Err("of: name the other task, as owner/name#12".into()),
            (typed, _) => state.snapshot.find(typed).map(|row| row.task.key.clone()).map_err(|e| e.to_string()),
        }
    }

    fn chosen_twin<'a>(&self, state: &'a State) -> Option<&'a Twin> {
        self.twins(state).get(self.form.chosen("twin")).filter(|_| self.form.has("twin"))
    }

    pub(super) fn triage_command(&self, state: &State) -> Result<Command, String> {
        Ok(Command::Triage { keys: self.keys.clone(), act: self.act(state)? })
    }

    pub(super) fn triage_before(&self, state: &State) -> Vec<(Ink, String)> {
        match self.keys.as_slice() {
            [one] => {
                let tags = state.snapshot.tags.shown(one);
                if tags.is_empty() { Vec::new() } else { vec![(Ink::Accent, tags)] }
            }
            many => vec![(Ink::Strong, format!("{} tasks are marked.", many.len()))],
        }
    }

    pub(super) fn triage_below(&self, state: &State, label: &str) -> Vec<(Ink, String)> {
        let act = ACTS.get(self.form.chosen("act")).copied().unwrap_or_default();
        match label {
            "act" => {
                // Small windows have no row to spare; left and right show the acts one by one.
                let roomy = state.size.0 >= BOX && state.size.1 >= 20;
                if roomy { vec![(Ink::Dim, ACTS.join(" ")), (Ink::Plain, about(act).into())] } else { Vec::new() }
            }
            "label" => self.labels(state),
            "twin" => self.twin_words(state),
            "of" if !self.form.has("twin") => {
                let searched = state.details.twins.as_ref().is_some_and(|(of, _)| self.keys.first() == Some(of));
                let words = match (self.keys.len(), searched) {
                    (1, true) => "No open task looks like the same work.",
                    (1, false) => "Looking for tasks that are alike …",
                    _ => "",
                };
                if words.is_empty() { Vec::new() } else { vec![(Ink::Dim, words.into())] }
            }
            _ => Vec::new(),
        }
    }

    fn twin_words(&self, state: &State) -> Vec<(Ink, String)> {
        let Some(twin) = self.chosen_twin(state) else { return Vec::new() };
        let title = state.snapshot.get(&twin.key).map(|row| row.task.title.line().into_owned()).unwrap_or_default();
        vec![(Ink::Strong, title), (Ink::Dim, why(twin))]
    }

    /// Labels of the project that begin as what was typed, the ones worn most first.
    fn labels(&self, state: &State) -> Vec<(Ink, String)> {
        let Some(key) = self.keys.first() else { return Vec::new() };
        let typed = self.form.text("label").to_lowercase();
        let mut counts: std::collections::BTreeMap<String, u32> = std::collections::BTreeMap::new();
        for label in state.snapshot.rows.of_project(&key.project).flat_map(|row| row.task.labels) {
            *counts.entry(label.line().into_owned()).or_default() += 1;
        }
        let mut names: Vec<(u32, String)> =
            counts.into_iter().filter(|(l, _)| l.to_lowercase().starts_with(&typed)).map(|(l, n)| (n, l)).collect();
        names.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
        let names: Vec<String> = names.into_iter().take(LABELS).map(|(_, name)| name).collect();
        if names.is_empty() { Vec::new() } else { vec![(Ink::Dim, names.join(", "))] }
    }

    /// What would happen to each task, or why not.
    pub(super) fn triage_after(&self, state: &State) -> Vec<(Ink, String)> {
        let act = match self.act(state) {
            // What is still missing is told on Enter.
            Err(_) => return Vec::new(),
            Ok(Triage::Tag(text) | Triage::Untag(text) | Triage::Label(text) | Triage::Unlabel(text))
                if text.is_empty() =>
            {
                return Vec::new();
            }
            Ok(act) => act,
        };
        let planned = match world_of(state, |world| plan_triage(world, &self.keys, &act)) {
            Ok(planned) => planned,
            Err(error) => return vec![(Ink::Warning, safe(&error.sentence).into_owned())],
        };
        let mut lines = Vec::new();
        let out = planned.iter().filter(|p| p.will.is_err()).count();
        if planned.len() > 1 {
            let done = planned.len() - out;
            let most =
                if act.is_comment() { format!(" (at most {MOST_COMMENTS} comments at once)") } else { String::new() };
            lines.push((Ink::Strong, format!("{done} will be done, {out} left out{most}:")));
        }
        for planned in planned.iter().take(SHOWN) {
            lines.push(match &planned.will {
                Ok(will) => (Ink::Good, format!("✓ {}", safe(&will.phrase))),
                Err(UserError { sentence, hints, .. }) => {
                    let hint = hints.first().filter(|_| self.keys.len() == 1);
                    let hint = hint.map(|hint| format!("; {}", keyed(state, hint))).unwrap_or_default();
                    (Ink::Warning, format!("– {}", safe(&format!("{sentence}{hint}"))))
                }
            });
        }
        if planned.len() > SHOWN {
            lines.push((Ink::Dim, format!("and {} more", planned.len() - SHOWN)));
        }
        lines
    }
}

/// What an act is, in one sentence.
fn about(act: &str) -> &'static str {
    match act {
        "snooze" => "Out of your list until a day, or until something changes. Nobody else sees it.",
        "hide" => "Out of your list for good; is:hidden finds it. Nobody else sees it.",
        "tag" => "A word of your own; tag:word finds it. Nobody else sees it.",
        "untag" => "Take a word of your own off again.",
        "label" => "On the tracker: a label that the project has.",
        "unlabel" => "On the tracker: take a label off.",
        "ask" => "On the tracker: ask the author, in a comment, for what is missing.",
        "obsolete" => "On the tracker: ask the host, in a comment, whether it can be closed. Nothing is closed.",
        _ => "On the tracker: point the host, in a comment, to the same work elsewhere.",
    }
}
