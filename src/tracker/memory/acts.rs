//! What people do to tasks besides commenting, and what a [`MemoryWorld`] remembers of it: assignees, labels, closing,
//! pull requests, files. Knows no faults and no permissions.

use super::world::{Inner, MemoryWorld};
use crate::domain::{
    evidence::{Happening, History, Pull, What},
    key::{ProjectRef, TaskKey},
    person::{Login, Person},
    task::TaskState,
    text::Foreign,
};

impl MemoryWorld {
    /// Assigns `login` by hand, past all faults. False when there is no such task.
    pub fn assign_as(&self, actor: &Person, key: &TaskKey, login: &Login) -> bool {
        let mut inner = self.lock();
        inner.know(actor);
        inner.assign(actor, key, login).is_some()
    }

    /// Unassigns `login` by hand, past all faults. False when there is no such task.
    pub fn unassign_as(&self, actor: &Person, key: &TaskKey, login: &Login) -> bool {
        let mut inner = self.lock();
        inner.know(actor);
        inner.unassign(actor, key, login).is_some()
    }

    /// Adds a label by hand, past all faults. False when there is no such task.
    pub fn label_as(&self, actor: &Person, key: &TaskKey, label: &str) -> bool {
        self.lock().label(actor, key, label).is_some()
    }

    /// Removes a label by hand, past all faults. False when there is no such task.
    pub fn unlabel_as(&self, actor: &Person, key: &TaskKey, label: &str) -> bool {
        self.lock().unlabel(actor, key, label).is_some()
    }

    /// Closes a task as `state` (for [`TaskState::Open`] see [`Self::reopen_as`]). False when there is no such task.
    pub fn close_as(&self, actor: &Person, key: &TaskKey, state: TaskState) -> bool {
        match state {
            TaskState::Open => self.reopen_as(actor, key),
            TaskState::Closed | TaskState::NotPlanned => self.lock().turn(actor, key, state).is_some(),
        }
    }

    /// Opens a closed task again. False when there is no such task.
    pub fn reopen_as(&self, actor: &Person, key: &TaskKey) -> bool {
        self.lock().turn(actor, key, TaskState::Open).is_some()
    }

    /// Links a pull request to a task, or replaces what is known of it. The first time it is a row of the history, at
    /// the time the pull request was opened. False when there is no such task.
    pub fn put_pull(&self, key: &TaskKey, pull: Pull) -> bool {
        let mut inner = self.lock();
        let id = inner.fresh_id();
        let Some(entry) = inner.tasks.get_mut(key) else { return false };
        if let Some(known) = entry.pulls.iter_mut().find(|p| p.key == pull.key) {
            *known = pull;
            return true;
        }
        let what = What::Linked { pull: pull.key.clone() };
        entry.happenings.push(Happening { id, at: pull.created_at, by: pull.author.clone(), what });
        entry.pulls.push(pull);
        true
    }

    /// Writes a file on the default branch: `path` as `.github/floorwalk.toml`.
    pub fn put_file(&self, project: &ProjectRef, path: &str, text: &str) {
        self.lock().files.insert((project.clone(), path.to_owned()), text.to_owned());
    }

    /// Deletes a file. False when there was none.
    pub fn remove_file(&self, project: &ProjectRef, path: &str) -> bool {
        self.lock().files.remove(&(project.clone(), path.to_owned())).is_some()
    }

    /// What happened to a task so far, past all faults; nothing for an unknown one.
    pub fn history(&self, key: &TaskKey) -> History {
        self.lock().history(key).unwrap_or_default()
    }
}

impl Inner {
    pub(super) fn assign(&mut self, by: &Person, key: &TaskKey, login: &Login) -> Option<Vec<Login>> {
        let entry = self.tasks.get_mut(key)?;
        if !entry.task.assignees.contains(login) {
            entry.task.assignees.push(login.clone());
            let to = self.person(login);
            self.happened(key, Some(by), What::Assigned { to });
        }
        Some(self.tasks.get(key)?.task.assignees.clone())
    }

    pub(super) fn unassign(&mut self, by: &Person, key: &TaskKey, login: &Login) -> Option<()> {
        let assignees = &mut self.tasks.get_mut(key)?.task.assignees;
        let before = assignees.len();
        assignees.retain(|a| a != login);
        if assignees.len() < before {
            let from = self.person(login);
            self.happened(key, Some(by), What::Unassigned { from });
        }
        Some(())
    }

    pub(super) fn label(&mut self, by: &Person, key: &TaskKey, label: &str) -> Option<()> {
        let labels = &mut self.tasks.get_mut(key)?.task.labels;
        if !labels.iter().any(|l| l.raw().eq_ignore_ascii_case(label)) {
            labels.push(Foreign::new(label));
            self.happened(key, Some(by), What::Labelled { label: Foreign::new(label) });
        }
        Some(())
    }

    pub(super) fn unlabel(&mut self, by: &Person, key: &TaskKey, label: &str) -> Option<()> {
        let labels = &mut self.tasks.get_mut(key)?.task.labels;
        let at = labels.iter().position(|l| l.raw().eq_ignore_ascii_case(label));
        if let Some(at) = at {
            let label = labels.remove(at);
            self.happened(key, Some(by), What::Unlabelled { label });
        }
        Some(())
    }

    /// Opens or closes. What already is so is no happening.
    fn turn(&mut self, by: &Person, key: &TaskKey, state: TaskState) -> Option<()> {
        self.know(by);
        let at = self.second();
        let task = &mut self.tasks.get_mut(key)?.task;
        if task.state == state {
            return Some(());
        }
        task.state = state;
        task.closed_at = (state != TaskState::Open).then_some(at);
        let what = if state == TaskState::Open { What::Reopened } else { What::Closed { state } };
        self.happened(key, Some(by), what);
        Some(())
    }

    pub(super) fn history(&self, key: &TaskKey) -> Option<History> {
        let entry = self.tasks.get(key)?;
        let mut history = History { happenings: entry.happenings.clone(), pulls: entry.pulls.clone() };
        history.happenings.sort_by_key(|h| (h.at, h.id));
        history.pulls.sort_by(|a, b| (a.created_at, &a.key).cmp(&(b.created_at, &b.key)));
        Some(history)
    }
}
