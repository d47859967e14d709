//! One room, one file. This file sends an action to the room the user is in, and does what is the same in all of
//! them. Draws nothing itself.

pub mod detail;
pub mod discover;
mod finding;
pub mod floor;
pub mod help;
pub mod mine;
pub mod outbox;
mod proposed;
pub mod resume;
pub mod walk;
pub mod why;

use jiff::SignedDuration;

use super::{
    dialog, layout,
    room::{About, Overlay, Room, Tab},
    state::{Cursor, ExitReason, Out, State, refresh},
    toast::Toast,
    widget::palette::Palette,
};
use crate::{
    app::Command,
    domain::{key::TaskKey, permit::Deed},
    keymap::Action,
    store::MarkKind,
};

/// How long a snoozed task stays out of sight.
pub const SNOOZE: SignedDuration = SignedDuration::from_hours(7 * 24);

/// Does an action in the room that is seen.
pub fn act(state: &mut State, action: Action) -> Vec<Out> {
    let done = match (state.room(), state.tab) {
        (Some(Room::Detail(..)), _) => detail::act(state, action),
        (Some(Room::Why(..)), _) => why::act(state, action),
        (Some(Room::Outbox), _) => outbox::act(state, action),
        (Some(Room::Help(..)), _) => help::act(state, action),
        (None, Tab::Discover) => discover::act(state, action),
        (Some(Room::Resume(..)), _) => resume::act(state, action),
        (None, Tab::Walk) => walk::act(state, action),
        (None, Tab::Mine) => mine::act(state, action),
        (None, Tab::Floor) => floor::act(state, action),
    };
    done.or_else(|| why::open(state, action)).unwrap_or_else(|| anywhere(state, action))
}

fn anywhere(state: &mut State, action: Action) -> Vec<Out> {
    match action {
        Action::TabDiscover | Action::TabWalk | Action::TabMine | Action::TabFloor => go(state, action),
        Action::Outbox if state.room() != Some(&Room::Outbox) => state.rooms.push(Room::Outbox),
        Action::Help if !matches!(state.room(), Some(Room::Help(..))) => {
            let contexts = state.room_contexts();
            state.rooms.push(Room::Help(contexts, None, Cursor::default()));
        }
        Action::Palette => state.overlay = Some(Overlay::Palette(Palette::new(state))),
        Action::Tour => state.overlay = Some(Overlay::Tour(0)),
        Action::Back => {
            state.focus = false;
            if state.rooms.pop().is_none() {
                state.toasts.clear();
            }
        }
        Action::Undo => return vec![Out::Command(Command::Undo)],
        Action::Refresh => return vec![refresh(state.selected().map(|key| key.project))],
        Action::RefreshAll => return vec![refresh(None)],
        Action::Open => state.selected().into_iter().for_each(|key| open(state, key)),
        Action::Focus => focus(state),
        Action::OpenBrowser => return about_selected(state, Command::Open),
        Action::Copy => return about_selected(state, |key| Command::Copy(key, false)),
        Action::CopyUrl => return about_selected(state, |key| Command::Copy(key, true)),
        Action::Claim => {
            let keys = state.selected().into_iter().collect();
            dialog::open_claim(state, keys);
        }
        Action::HandBack
        | Action::Done
        | Action::Renew
        | Action::StillOnIt
        | Action::NeedHelp
        | Action::Plan
        | Action::Pause
        | Action::Block
        | Action::HandOver
        | Action::Withdraw
        | Action::Agree
        | Action::Decline
        | Action::Revoke
        | Action::Thank
        | Action::Reopen => return commitment_act(state, action),
        Action::Checklist | Action::Friction | Action::Propose => about_new(state, action),
        Action::Triage => {
            let keys = discover::targets(state);
            dialog::open_triage(state, keys);
        }
        Action::Bookmark => return mark(state, MarkKind::Bookmark),
        Action::Snooze => return mark(state, MarkKind::Snoozed),
        Action::Hide => return mark(state, MarkKind::Hidden),
        Action::Redraw => return vec![Out::Redraw],
        Action::Suspend => return vec![Out::Suspend],
        Action::Quit => return vec![Out::Exit(ExitReason::Quit)],
        _ => motion(state, action),
    }
    Vec::new()
}

/// What is done for whoever is new: a proposal, the list of the first days, a note on a gap.
fn about_new(state: &mut State, action: Action) {
    let Some(key) = state.selected() else { return };
    match action {
        Action::Propose => dialog::open_proposal(state, key),
        _ => dialog::open_checklist(state, action, key),
    }
}

/// An act on the commitment under the cursor: the helper's own, an offer to the user, or one the host answers.
fn commitment_act(state: &mut State, action: Action) -> Vec<Out> {
    let Some(key) = state.selected() else { return Vec::new() };
    // On the Floor one answers for the team.
    let asked = state.snapshot.is_asked_of_me(&key) && state.tab != Tab::Floor;
    match action {
        Action::Agree if asked => {
            dialog::open_claim(state, vec![key]);
            return Vec::new();
        }
        Action::Decline | Action::NeedHelp if asked => {
            dialog::open_reply(state, action, key);
            return Vec::new();
        }
        _ => {}
    }
    let hosts = matches!(action, Action::Decline | Action::Revoke | Action::Thank | Action::Reopen);
    let offered = dialog::offered_to_me(state, &key).is_some();
    let answers = || state.snapshot.reader_may(&key.project, Deed::AnswerRequest) || dialog::is_asked_for(state, &key);
    if hosts || (action == Action::Agree && !offered && answers()) {
        // Also in a task opened from there: two may ask for the same one.
        let meant = match (state.room(), state.tab) {
            (None | Some(Room::Detail(..)), Tab::Floor) => floor::commitment(state),
            _ => None,
        };
        let claim = meant.filter(|c| c.key == key).map(|c| c.claim);
        return dialog::open_host(state, action, key, claim);
    }
    dialog::open_own(state, action, key)
}

/// The tasks that an act would be about.
pub fn targets_of(state: &State) -> Vec<TaskKey> {
    discover::targets(state)
}

/// Opens a task in full.
pub fn open(state: &mut State, key: TaskKey) {
    if !matches!(state.room(), Some(Room::Detail(open, _)) if *open == key) {
        state.rooms.push(Room::Detail(key, Cursor::default()));
    }
}

/// Shows the task under the cursor and nothing else, or everything again.
fn focus(state: &mut State) {
    let on = state.is_focused();
    if let Some(key) = state.selected().filter(|_| !on) {
        open(state, key);
    }
    state.focus = !on;
}

fn go(state: &mut State, action: Action) {
    if let Some(tab) = Tab::ALL.into_iter().find(|tab| tab.action() == action) {
        state.tab = tab;
    }
    state.focus = false;
    state.rooms.clear();
}

fn about_selected(state: &State, wish: impl FnOnce(TaskKey) -> Command) -> Vec<Out> {
    state.selected().map(|key| Out::Command(wish(key))).into_iter().collect()
}

/// Sets a private mark on the marked tasks, or on the one under the cursor; where all have it already, it goes.
fn mark(state: &mut State, kind: MarkKind) -> Vec<Out> {
    let keys = discover::targets(state);
    if keys.is_empty() {
        return Vec::new();
    }
    let all_have_it = keys.iter().all(|key| state.snapshot.get(key).is_some_and(|row| row.mark == Some(kind)));
    let on = !all_have_it;
    let until = (on && kind == MarkKind::Snoozed).then(|| state.now.0.checked_add(SNOOZE).ok()).flatten();
    state.discover.marks.clear();
    let what = match keys.as_slice() {
        [one] => state.shown_key(one),
        more => format!("{} tasks", more.len()),
    };
    state.toasts.push(Toast::said(state.now, mark_words(kind, on, &what)));
    vec![Out::Command(Command::Mark { keys, kind, on, until })]
}

/// What a private mark means for the list, and how it is found again.
fn mark_words(kind: MarkKind, on: bool, what: &str) -> String {
    match (kind, on) {
        (MarkKind::Bookmark, true) => format!("bookmarked {what}; is:bookmarked lists it"),
        (MarkKind::Bookmark, false) => format!("took the bookmark off {what}"),
        (MarkKind::Snoozed, true) => format!("snoozed {what} for seven days; is:snoozed lists it"),
        (MarkKind::Hidden, true) => format!("hid {what}; is:hidden lists it"),
        (MarkKind::Snoozed | MarkKind::Hidden, false) => format!("{what} is on the list again"),
    }
}

/// Says why something was not done.
pub fn refuse(state: &mut State, sentence: impl Into<String>, hint: &str) {
    let hints = if hint.is_empty() { Vec::new() } else { vec![hint.to_owned()] };
    state.toasts.push(Toast::failed(state.now, sentence, hints));
}

fn motion(state: &mut State, action: Action) {
    let count = state.hands.count.take();
    let times = count.unwrap_or(1);
    let row = count.map(|n| n.saturating_sub(1));
    let (len, page) = layout::extent(state);
    let page = page.max(1);
    let walks = state.room().is_none() && state.tab == Tab::Walk;
    let text = walks
        || matches!(state.room(), Some(Room::Detail(..) | Room::Resume(..) | Room::Help(..)))
        || matches!(state.room(), Some(Room::Why(about, _)) if *about != About::Weights);
    let last = if text { len.saturating_sub(page) } else { len.saturating_sub(1) };
    let cursor = match (state.rooms.last_mut(), state.tab) {
        (
            Some(Room::Detail(_, cursor) | Room::Resume(_, cursor) | Room::Why(_, cursor) | Room::Help(_, _, cursor)),
            _,
        ) => cursor,
        (Some(Room::Outbox), _) => &mut state.outbox,
        (None, Tab::Walk) => &mut state.walk.cursor,
        (None, Tab::Mine) => &mut state.mine,
        (None, Tab::Floor) => &mut state.floor.cursor,
        (None, Tab::Discover) if state.discover.facet_focus => &mut state.discover.facet_cursor,
        (None, Tab::Discover) => &mut state.discover.cursor,
    };
    let half = (page / 2).max(1);
    cursor.at = match action {
        Action::MoveDown => cursor.at.saturating_add(times),
        Action::MoveUp => cursor.at.saturating_sub(times),
        Action::HalfDown => cursor.at.saturating_add(half.saturating_mul(times)),
        Action::HalfUp => cursor.at.saturating_sub(half.saturating_mul(times)),
        Action::PageDown => cursor.at.saturating_add(page.saturating_mul(times)),
        Action::PageUp => cursor.at.saturating_sub(page.saturating_mul(times)),
        Action::Top => row.unwrap_or(0),
        Action::Bottom => row.unwrap_or(last),
        _ => return,
    }
    .min(last);
    if state.rooms.is_empty() && state.tab == Tab::Discover && state.discover.facet_focus {
        state.discover.leave_heading(matches!(action, Action::MoveUp | Action::HalfUp | Action::PageUp));
    }
}
