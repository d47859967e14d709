//! Making an issue of a finding: the draft stands in the form, as a title and a text that can be changed; Enter sends it.

use super::{Dialog, Draft, Kind, show};
use crate::{
    app::Command,
    domain::key::{ProjectRef, TaskKey},
    judge::project::Finding,
    tui::{
        screen,
        state::State,
        theme::Ink,
        widget::{form::Form, host},
    },
};

/// Opens the dialog for the finding under the cursor; says why where no issue can be made of it.
pub fn open(state: &mut State) {
    let Some((finding, row)) = state.discover.finding(&state.snapshot) else { return };
    let (project, id) = (row.task.key.project.clone(), finding.id.clone());
    open_of(state, &project, &id);
}

/// The same for a finding that stands in no list.
pub(super) fn open_of(state: &mut State, project: &ProjectRef, id: &str) {
    let Some((finding, row)) = state.snapshot.findings.find(project, id) else { return };
    if let crate::judge::free::Free::Closed { why } = &row.free {
        let sentence = format!("no issue can be made in {}: {why}", row.task.key.project);
        return screen::refuse(state, sentence, "tell the people of the project in another way");
    }
    let mut form = Form::default().line("title", "one line").note("text", "what was seen, and when it is done");
    form.restore(&[("title", finding.title.clone()), ("text", finding.body.clone())]);
    let mut dialog = Dialog::new(Kind::Raise, row.task.key.clone(), None, form);
    dialog.finding = Some(finding.id.clone());
    show(state, dialog);
}

/// The finding that a dialog is about, while it is there.
fn finding<'a>(state: &'a State, key: &TaskKey, id: Option<&String>) -> Option<&'a Finding> {
    state.snapshot.findings.find(&key.project, id?).map(|(finding, _)| finding)
}

impl Draft {
    /// True while the finding that it was written about is there.
    pub(super) fn has_finding(&self, state: &State) -> bool {
        finding(state, &self.key, self.finding.as_ref()).is_some()
    }
}

impl Dialog {
    pub(super) fn raise_command(&self) -> Result<Command, String> {
        let (Some(key), Some(finding)) = (self.keys.first(), self.finding.clone()) else {
            return Err("the finding is gone".into());
        };
        let title = Some(self.form.text("title").to_owned());
        let body = Some(self.form.text("text").to_owned());
        Ok(Command::Raise { project: key.project.clone(), finding, title, body })
    }

    /// What stands above the form instead of a task.
    pub(super) fn raise_head(&self, state: &State) -> Vec<(Ink, String)> {
        let Some(key) = self.keys.first() else { return Vec::new() };
        let mut lines = vec![(Ink::Strong, format!("An issue of {}", key.project))];
        let host = host::name(state, &key.project);
        if host != key.project.path() {
            lines.push((Ink::Dim, format!("hosted by {host}")));
        }
        if let Some(finding) = finding(state, key, self.finding.as_ref()) {
            lines.push((Ink::Plain, finding.sentence.clone()));
        }
        lines.push((Ink::Dim, "Everybody there can read it, and anybody can claim it.".into()));
        lines
    }
}
