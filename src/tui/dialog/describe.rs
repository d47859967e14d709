//! Describing a task better: its description with the missing sections stands in the form; below it what that would make
//! of readiness and score. Enter sends it, and nothing before.

use super::{Dialog, Kind, preview, show};
use crate::{
    app::Command,
    domain::{key::TaskKey, triage::Triage},
    judge::score::raise::filled,
    tui::{
        paint::safe,
        screen,
        state::State,
        theme::Ink,
        widget::{form::Form, refused},
    },
};

/// Opens the dialog; says why where nothing is known to be missing.
pub fn open(state: &mut State, key: TaskKey) {
    let detail = state.details.get(&key).cloned();
    let Some(row) = state.snapshot.get(&key) else { return };
    let draft = state.snapshot.explain(row, detail.as_deref(), None).draft;
    let was = detail.and_then(|d| d.body.as_ref().map(|body| body.raw().to_owned())).unwrap_or_default();
    if draft.is_empty() {
        return screen::refuse(state, "nothing is known to be missing there", "");
    }
    let mut form = Form::default().note("text", "what is missing, in your words");
    form.restore(&[("text", draft)]);
    let mut dialog = Dialog::new(Kind::Describe, key, None, form);
    dialog.was = was;
    show(state, dialog);
}

impl Dialog {
    /// The description as it would be sent.
    fn described(&self) -> String {
        filled(&self.was, self.form.text("text"))
    }

    pub(super) fn describe_command(&self) -> Command {
        let act = Triage::Describe { was: self.was.clone(), body: self.described() };
        Command::Triage { keys: self.keys.clone(), act }
    }

    /// What it makes of the task as it stands, and why it may be refused.
    pub(super) fn describe_after(&self, state: &State) -> Vec<(Ink, String)> {
        let Some(row) = self.keys.first().and_then(|key| state.snapshot.get(key)) else { return Vec::new() };
        let mut lines = vec![(Ink::Strong, state.snapshot.described(row, &self.was, &self.described()).words())];
        match preview(state, &self.describe_command()) {
            Ok(_) => lines.push((Ink::Dim, "Enter changes the description on the tracker; everybody reads it.".into())),
            Err(error) if error.refusal.is_some() => lines.extend(refused::words(state, &error)),
            Err(error) => lines.push((Ink::Dim, safe(&error.sentence).into_owned())),
        }
        lines
    }
}
