//! The tour: five small boxes for whoever sees the screens for the first time. It holds nobody up: Enter goes on, Escape
//! leaves, and any other key does what it always does, without the box.

use ratatui::layout::Rect;

use super::{
    super::{
        paint::wrap_text,
        room::Overlay,
        state::{Out, State},
        theme::Ink,
    },
    boxed::{Content, inner_columns},
};
use crate::keymap::{Action, Chord, Context, Found, Key, help};

/// Number of steps.
pub const STEPS: usize = 5;

/// Title and sentences of a step, with the keys that hold.
pub fn step(state: &State, at: usize) -> (&'static str, String) {
    let key = |context, action| {
        let keys = help::keys_of(&state.keymap, &[context, Context::Global], action);
        keys.split(" / ").next().unwrap_or_default().to_owned()
    };
    let here = |action| key(Context::Discover, action);
    match at {
        0 => (
            "what waits for help",
            format!(
                "The list holds work that teams never get round to, what is worth most to you first. The signs before a title \
                 say why it is there; {} says it in full, {} opens the task.",
                here(Action::Why),
                here(Action::Open)
            ),
        ),
        1 => (
            "find yours",
            format!(
                "{} narrows the list while you type: words, or a signal, a language, a team. {} goes to the counts beside it.",
                here(Action::EditQuery),
                here(Action::SwitchPane)
            ),
        ),
        2 => (
            "take it, and give it back",
            format!(
                "{} claims a task for a few days, after you saw what its team asks. {} shows what you hold; {} there hands it \
                 back with a note, which is a good ending.",
                here(Action::Claim),
                here(Action::TabMine),
                key(Context::Mine, Action::HandBack)
            ),
        ),
        3 => (
            "look around",
            format!(
                "{} takes you round the teams, one task at a time. {} shows who is helping where, your own team first.",
                here(Action::TabWalk),
                here(Action::TabFloor)
            ),
        ),
        _ => (
            "whatever you forget",
            format!(
                "{} shows the keys of a screen and explains the rest, {} finds any command by its name, {} leads back, {} undoes. \
                 This tour comes again with {}.",
                here(Action::Help),
                here(Action::Palette),
                here(Action::Back),
                here(Action::Undo),
                here(Action::Tour)
            ),
        ),
    }
}

/// The rows of the box.
pub fn content(state: &State, at: usize, area: Rect) -> Content {
    let (title, text) = step(state, at);
    let columns = inner_columns(area);
    let head = format!("{} of {STEPS}: {title}", at + 1);
    // Without a border the title has to stand among the rows.
    let mut lines = if area.height < 6 { wrap_text(&head, Ink::Accent, columns) } else { Vec::new() };
    lines.extend(wrap_text(&text, Ink::Plain, columns));
    Content { title: head, lines, cursor: None, typing: false, tail: false }
}

/// Takes the box away for a key that is none of its own; the key then does what it always does.
pub fn makes_way(state: &mut State, chord: Chord) {
    if !matches!(state.overlay, Some(Overlay::Tour(_))) || chord == Chord::plain(Key::Char(' ')) {
        return;
    }
    let own = match state.keymap.lookup(&[Context::Dialog], &[chord]) {
        Found::Action(action) => is_own(action),
        _ => false,
    };
    if !own {
        state.overlay = None;
    }
}

fn is_own(action: Action) -> bool {
    use Action as A;
    matches!(action, A::Accept | A::Back | A::NextField | A::PreviousField | A::ChoiceNext | A::ChoicePrevious)
}

/// Actions while the box is open.
pub fn act(state: &mut State, action: Action) -> Vec<Out> {
    let Some(Overlay::Tour(at)) = &mut state.overlay else { return Vec::new() };
    match action {
        Action::Accept | Action::NextField | Action::ChoiceNext if *at + 1 < STEPS => *at += 1,
        Action::PreviousField | Action::ChoicePrevious => *at = at.saturating_sub(1),
        _ => state.overlay = None,
    }
    Vec::new()
}
