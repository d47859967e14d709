//! From keys to actions: sequences that wait for their rest, numbers in front of a key, and what was done last. Does
//! nothing itself; knows no room.

use jiff::SignedDuration;

use super::{
    dialog, repeat,
    repeat::Last,
    room::{Overlay, Tab},
    screen,
    state::{ExitReason, Out, State, act, typed},
    widget::tour,
};
use crate::keymap::{Action, Chord, Found, Key, action::Counted, trie::Counts};

/// How long a begun sequence waits before a box says what can follow. It is not forgotten then: whoever reads the box
/// has the time it takes.
pub const CHORD_WAIT: SignedDuration = SignedDuration::from_millis(500);

/// Largest number in front of a key; what is typed beyond stays at it.
pub const MOST: usize = 999;

/// What the hands did up to now.
#[derive(Clone, Debug, Default)]
pub struct Hands {
    /// The number in front of the next key.
    pub count: Option<usize>,
    /// The last act, for the key that does it once more.
    pub last: Option<Last>,
    /// The act whose dialog is open.
    pub trying: Option<Action>,
    /// What was chosen in the palette, the newest last.
    pub chosen: Vec<Action>,
    /// Keys that wait for the list which the first of them is about.
    pub waiting: Vec<Chord>,
}

/// A key was pressed.
pub fn key(state: &mut State, chord: Chord) -> Vec<Out> {
    // Whatever the keymap says: this one always leaves.
    if chord.ctrl && chord.key == Key::Char('c') {
        return vec![Out::Exit(ExitReason::Quit)];
    }
    if !state.hands.waiting.is_empty() {
        state.hands.waiting.push(chord);
        return Vec::new();
    }
    tour::makes_way(state, chord);
    if counted(state, chord) {
        return Vec::new();
    }
    let is_read = !state.pending.is_empty() && state.pending_until.is_none();
    state.pending.push(chord);
    match state.keymap.lookup(&state.contexts(), &state.pending) {
        Found::Action(action) if waits(state, action) => {
            state.hands.waiting = std::mem::take(&mut state.pending);
            forget(state);
            Vec::new()
        }
        Found::Action(action) => {
            forget(state);
            many_times(state, action)
        }
        Found::Pending => {
            // A box that is there already stays for the next key.
            state.pending_until = state.now.0.checked_add(CHORD_WAIT).ok().filter(|_| !is_read);
            Vec::new()
        }
        Found::Nothing => {
            let alone = state.pending.len() == 1 && state.hands.count.is_none();
            forget(state);
            state.hands.count = None;
            if alone { typed(state, chord) } else { Vec::new() }
        }
    }
}

/// True for what is done to a task of a list that is still searched: the task that was meant is in the list to come, not in
/// the old one that is shown until then.
fn waits(state: &State, action: Action) -> bool {
    use Action as A;
    let looks = matches!(action, A::Open | A::Mark | A::MarkRange | A::Why | A::WhyNot | A::Compare | A::Focus);
    let others = matches!(action, A::Propose | A::Repeat | A::Refresh | A::Surprise);
    let on_list = state.overlay.is_none() && state.room().is_none() && state.tab == Tab::Discover;
    on_list && state.discover.is_from_top() && (looks || others || repeat::is_act(action))
}

/// Forgets a begun sequence.
pub fn forget(state: &mut State) {
    state.pending.clear();
    state.pending_until = None;
}

/// True for a digit of a number in front of a key, and for the key that takes the number back.
fn counted(state: &mut State, chord: Chord) -> bool {
    let counts = state.keymap.counts;
    if counts == Counts::None || state.overlay.is_some() || !state.pending.is_empty() {
        return false;
    }
    let begun = state.hands.count;
    let digit = match chord.key {
        Key::Char(c) if counts.begins(chord) || (begun.is_some() && counts.goes_on(chord)) => c.to_digit(10),
        _ => None,
    };
    match (digit, begun) {
        (Some(digit), _) => {
            let count = begun.unwrap_or(0).saturating_mul(10).saturating_add(digit as usize);
            state.hands.count = Some(count.min(MOST));
            true
        }
        // What goes back takes the number back first.
        (None, Some(_))
            if chord == Chord::plain(Key::Esc)
                || state.keymap.lookup(&state.contexts(), &[chord]) == Found::Action(Action::Back) =>
        {
            state.hands.count = None;
            true
        }
        (None, _) => false,
    }
}

fn many_times(state: &mut State, action: Action) -> Vec<Out> {
    let out = match action.counted() {
        // The move itself asks for the number.
        Some(Counted::Far) => perform(state, action),
        Some(Counted::Times) => {
            let times = state.hands.count.take().unwrap_or(1);
            (0..times).flat_map(|_| perform(state, action)).collect()
        }
        None => {
            state.hands.count = None;
            perform(state, action)
        }
    };
    state.hands.count = None;
    out
}

/// Does an action where the user is, and remembers it as the last one if it is an act.
pub fn perform(state: &mut State, action: Action) -> Vec<Out> {
    if action == Action::Repeat && state.overlay.is_none() {
        return repeat::again(state);
    }
    match &state.overlay {
        None if repeat::is_act(action) => {
            let keys = screen::targets_of(state);
            let out = act(state, action);
            state.hands.trying = None;
            match &state.overlay {
                Some(Overlay::Dialog(_)) => state.hands.trying = Some(action),
                _ => repeat::done(state, action, &keys, &out),
            }
            out
        }
        Some(Overlay::Dialog(open)) if action == Action::Accept => {
            let filled = dialog::Filled::of(open);
            let out = act(state, action);
            repeat::answered(state, filled, &out);
            out
        }
        _ => act(state, action),
    }
}
