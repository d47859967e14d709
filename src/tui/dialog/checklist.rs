//! The first days in a project: a tick for each point, kept on this machine; and the note to the host on what its
//! documents leave out, which opens as the draft of an issue.

use super::{Dialog, Kind, raise, show};
use crate::{
    app::Command,
    domain::{key::TaskKey, ledger::Point, outbox::Wish},
    keymap::Action,
    tui::{screen, state::State, theme::Ink, widget::form::Form},
};

/// Opens the list, or the draft of a note on the first gap of which no task speaks yet.
pub fn open(state: &mut State, action: Action, key: TaskKey) {
    let steps = state.snapshot.findings.checklist(&key.project);
    if steps.is_empty() {
        let sentence = format!("you have claimed nothing in {} yet", key.project);
        return screen::refuse(state, sentence, "the list of first days begins with a claim there");
    }
    if action == Action::Friction {
        return note(state, &key);
    }
    let ticks = state.snapshot.ticks.get(&key.project);
    let ticked = |point: Point| ticks.is_some_and(|ticks| ticks.contains_key(&point));
    let mut form = Form::default();
    for point in Point::ALL {
        let words = vec!["to do".to_owned(), point.words().to_owned()];
        form = form.choice(point.word(), words, usize::from(ticked(point)));
    }
    show(state, Dialog::new(Kind::Checklist, key, None, form));
}

fn note(state: &mut State, key: &TaskKey) {
    let (project, snapshot) = (&key.project, &state.snapshot);
    let made = |id: &String| {
        let on_its_way = |wish: &Wish| matches!(wish, Wish::Raise { finding, .. } if finding == id);
        snapshot.outbox.iter().any(|op| op.key.project == *project && on_its_way(&op.wish))
    };
    let gaps: Vec<&String> = snapshot.findings.checklist(project).iter().filter_map(|step| step.gap.as_ref()).collect();
    let open = gaps.iter().find(|id| !made(id) && snapshot.findings.find(project, id).is_some());
    match (open.map(|id| (*id).clone()), gaps.is_empty()) {
        (Some(id), _) => raise::open_of(state, project, &id),
        (None, true) => screen::refuse(state, format!("the documents of {project} leave out nothing of the list"), ""),
        (None, false) => screen::refuse(state, format!("what is missing in {project} has its tasks already"), ""),
    }
}

/// What stands above the form.
pub(super) fn before() -> Vec<(Ink, String)> {
    vec![(Ink::Plain, "What you got through here. Nobody else sees it.".into())]
}

impl Dialog {
    pub(super) fn checklist_command(&self) -> Result<Command, String> {
        let project = self.keys.first().map(|key| key.project.clone()).ok_or("the task is gone")?;
        let points = Point::ALL.map(|point| (point, self.form.chosen(point.word()) == 1)).to_vec();
        Ok(Command::Tick { project, points })
    }

    /// How a point is done.
    pub(super) fn checklist_below(&self, state: &State, label: &str) -> Vec<(Ink, String)> {
        let Some(key) = self.keys.first() else { return Vec::new() };
        let steps = state.snapshot.findings.checklist(&key.project).iter();
        steps.filter(|step| step.point.word() == label).map(|step| (Ink::Dim, step.how.clone())).collect()
    }
}
