//! Making a task of a finding: what it will say, and when that is refused. Whether an open task is about the same is looked
//! at once more just before it is sent.

use super::{Decision, NOTE_MOST, World, not_too_long};
use crate::{
    app::{
        effect::Effect,
        error::{ExitCode, UserError},
    },
    domain::{
        key::{ProjectRef, TaskKey},
        outbox::Wish,
        signal::SignalKind,
        text::safe_line,
    },
    index::Snapshot,
    judge::{
        free::Free,
        project::Finding,
        signal::label::{LabelClass, class},
    },
};

/// Longest title of a task, characters: what GitHub takes.
const TITLE_MOST: usize = 256;

/// What a person wrote instead of the draft.
pub(super) struct Wished<'a> {
    pub(super) title: Option<&'a str>,
    pub(super) body: Option<&'a str>,
}

pub(super) fn raise(
    world: &World<'_>,
    project: &ProjectRef,
    id: &str,
    wished: Wished<'_>,
) -> Result<Decision, UserError> {
    if let Some(key) = world.snapshot.findings.covered_by(project, id) {
        let shown = world.shown(key);
        let sentence = format!("{shown} is about '{}' in {project} already", safe_line(id));
        return Err(UserError::refused(sentence, format!("`floorwalk claim {shown}` takes it")));
    }
    let Some((finding, row)) = world.snapshot.findings.find(project, id) else {
        let sentence = format!("nothing called '{}' was found on {project}", safe_line(id));
        return Err(UserError::refused(sentence, format!("`floorwalk findings {project}` lists what was found")));
    };
    if let Free::Closed { why } = &row.free {
        let hint = "tell the people of the project in another way";
        return Err(UserError::refused(format!("no task can be made in {project}: {why}"), hint));
    }
    if row.shut {
        let hint = "tell its host in another way, or come back later";
        return Err(UserError::refused(format!("{project} takes no help now"), hint));
    }
    let key = TaskKey::unborn(project.clone());
    let same = |wish: &Wish| matches!(wish, Wish::Raise { finding, .. } if finding == id);
    if world.snapshot.outbox.iter().any(|op| op.key == key && same(&op.wish)) {
        let sentence = format!("a task about '{id}' in {project} is on its way already");
        return Err(UserError::refused(sentence, "`floorwalk outbox` shows it"));
    }
    let title = wished.title.unwrap_or(&finding.title).trim();
    if title.is_empty() || title.contains(['\n', '\r']) {
        let sentence = "the title is one line that says something";
        return Err(UserError::new(ExitCode::Usage, sentence, "leave it out to take that of the draft"));
    }
    not_too_long(title, TITLE_MOST, "title")?;
    let body = wished.body.unwrap_or(&finding.body);
    not_too_long(body, NOTE_MOST, "description")?;
    let body = with_key(body, &Finding::key_line(project.path(), id));
    let labels = labels(world.snapshot, project, finding);
    let with = if labels.is_empty() { String::new() } else { format!(", with the label {}", labels.join(", ")) };
    let said = vec![format!("make a task in {project}: {}{}", safe_line(title), safe_line(&with))];
    let wish = Wish::Raise { finding: id.to_owned(), title: title.to_owned(), body, labels };
    Ok(Decision {
        effects: vec![Effect::Journal(vec![world.op(&key, wish)], Vec::new()), Effect::Send],
        said,
        ..Decision::default()
    })
}

/// The description with the line that keeps the task from being made twice, also where that was edited away.
fn with_key(body: &str, line: &str) -> String {
    let body = body.trim();
    if body.lines().any(|l| l.trim() == line) { body.to_owned() } else { format!("{body}\n\n{line}") }
}

/// A label for the kind of the finding, out of those that open tasks of the project carry: none is ever made.
fn labels(snapshot: &Snapshot, project: &ProjectRef, finding: &Finding) -> Vec<String> {
    let wanted = match finding.kind.signal() {
        Some(SignalKind::Docs) => LabelClass::Docs,
        Some(SignalKind::Ci) => LabelClass::Ci,
        Some(SignalKind::Deps) => LabelClass::Deps,
        _ => return Vec::new(),
    };
    let labels = snapshot.rows.of_project(project).flat_map(|row| row.task.labels);
    labels.map(|l| l.raw().to_owned()).filter(|l| class(l) == Some(wanted)).min().into_iter().collect()
}
