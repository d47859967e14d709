//! The last act once more, on the next task. What asked before asks again, with the same choices filled in, so that it
//! is seen before it is done. Wishes nothing that a key of its own would not wish.

use super::{
    dialog::{self, Filled},
    hands,
    room::{Room, Tab},
    screen,
    state::{Out, State, act},
    toast::Toast,
};
use crate::{domain::key::TaskKey, keymap::Action, store::MarkKind};

/// The last act.
#[derive(Clone, Debug)]
pub struct Last {
    action: Action,
    /// The tasks it was about.
    keys: Vec<TaskKey>,
    /// What stood in its dialog, where it had one.
    filled: Option<Filled>,
    /// For a private mark: true when it was set, false when it was taken off.
    on: bool,
}

/// True for what is done to a task, and not for moving about, looking and undoing.
pub fn is_act(action: Action) -> bool {
    use Action as A;
    let helpers = matches!(
        action,
        A::Claim
            | A::HandBack
            | A::Done
            | A::Renew
            | A::StillOnIt
            | A::NeedHelp
            | A::Pause
            | A::Block
            | A::HandOver
            | A::Withdraw
    );
    let hosts = matches!(action, A::Agree | A::Decline | A::Revoke | A::Thank | A::Reopen);
    let sorting = matches!(action, A::Triage | A::Skip | A::SnoozeUntil) || mark_of(action).is_some();
    helpers || hosts || sorting || matches!(action, A::OpenBrowser | A::Copy | A::CopyUrl)
}

fn mark_of(action: Action) -> Option<MarkKind> {
    match action {
        Action::Bookmark => Some(MarkKind::Bookmark),
        Action::Snooze => Some(MarkKind::Snoozed),
        Action::Hide => Some(MarkKind::Hidden),
        _ => None,
    }
}

fn wished(out: &[Out]) -> bool {
    out.iter().any(|out| matches!(out, Out::Command(_)))
}

/// True when all of `keys` have a mark.
fn have(state: &State, keys: &[TaskKey], kind: MarkKind) -> bool {
    keys.iter().all(|key| state.snapshot.get(key).is_some_and(|row| row.mark == Some(kind)))
}

/// An act that asks nothing was done.
pub fn done(state: &mut State, action: Action, keys: &[TaskKey], out: &[Out]) {
    if wished(out) {
        // The snapshot does not know the new mark yet.
        let on = mark_of(action).is_some_and(|kind| !have(state, keys, kind));
        state.hands.last = Some(Last { action, keys: keys.to_vec(), filled: None, on });
    }
}

/// A dialog was answered.
pub fn answered(state: &mut State, filled: Filled, out: &[Out]) {
    if let Some(action) = state.hands.trying.filter(|_| wished(out)) {
        let keys = filled.keys.clone();
        state.hands.last = Some(Last { action, keys, filled: Some(filled), on: false });
        state.hands.trying = None;
    }
}

/// Does the last act once more: on the marked tasks, else on the one under the cursor; from where it was done last, on
/// the one after.
pub fn again(state: &mut State) -> Vec<Out> {
    let refuse = |state: &mut State, sentence: String| {
        screen::refuse(state, sentence, "");
        Vec::new()
    };
    let Some(last) = state.hands.last.clone() else {
        return refuse(state, "there is nothing yet to do once more".into());
    };
    let title = last.action.info().title;
    if !state.room_contexts().iter().any(|context| last.action.info().contexts.contains(context)) {
        return refuse(state, format!("the last act was '{title}', and that does nothing here"));
    }
    let mut out = Vec::new();
    let marked = state.rooms.is_empty() && state.tab == Tab::Discover && !state.discover.marks.is_empty();
    if !marked && state.selected().is_some_and(|key| last.keys.contains(&key)) {
        let from = state.selected();
        let in_task = matches!((state.room(), state.tab), (Some(Room::Detail(..)), _) | (None, Tab::Walk));
        out.extend(act(state, if in_task { Action::Next } else { Action::MoveDown }));
        if state.selected() == from {
            return refuse(state, format!("'{title}' was done here last, and no task comes after"));
        }
    }
    let keys = screen::targets_of(state);
    if keys.is_empty() {
        return refuse(state, format!("'{title}' needs a task under the cursor"));
    }
    let shown = if let [one] = keys.as_slice() { state.shown_key(one) } else { format!("{} tasks", keys.len()) };
    if let Some(kind) = mark_of(last.action)
        // Such an act goes back and forth: only where it would do the same is it the same.
        && have(state, &keys, kind) == last.on
    {
        return refuse(state, format!("'{title}' would change nothing about {shown}"));
    }
    let before = state.toasts.len();
    out.extend(hands::perform(state, last.action));
    match &last.filled {
        Some(filled) => dialog::fill(state, filled),
        None if state.overlay.is_none() && wished(&out) && state.toasts.len() == before => {
            state.toasts.push(Toast::said(state.now, format!("{title}: {shown}")));
        }
        None => {}
    }
    out
}
