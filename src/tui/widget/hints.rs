//! The bottom line: keys that work here, from the keymap; on the right what waits in the outbox.

use ratatui::{buffer::Buffer, layout::Rect};

use super::super::{
    layout,
    paint::{put, put_right, to_u16, width},
    room::{Overlay, Tab},
    screen::{floor, mine, walk},
    state::State,
    widget::tour,
};
use crate::keymap::{Action, Context, help};

/// Paints the line.
pub fn draw(state: &State, area: Rect, buf: &mut Buffer) {
    let theme = &state.theme;
    let waiting = state.snapshot.outbox.iter().filter(|op| op.step != crate::domain::outbox::Step::Finished).count();
    let count = state.hands.count.map(|n| n.to_string());
    let begun: Vec<_> = count.into_iter().chain(state.pending.iter().map(ToString::to_string)).collect();
    let right = match (begun.as_slice(), waiting) {
        ([], 0) => String::new(),
        ([], n) => format!("outbox {n} pending"),
        (keys, _) => format!("{} …", keys.join(" ")),
    };
    let inner = Rect { width: area.width.saturating_sub(1), ..area };
    let mut end = inner.width;
    if !right.is_empty() && area.width >= 30 {
        end = put_right(buf, inner, 0, &right, theme.strong).saturating_sub(1);
    }
    let mut x = 1;
    for (key, action) in hinted(state) {
        let Some(word) = word(state, action) else { continue };
        // Where both keys do not fit, the first one says at least that there is a choice.
        let fits = |key: &String| x + to_u16(width(key) + 1 + width(word)) <= end;
        let Some(key) = [shown(state, key.clone(), action), key].into_iter().find(fits) else { continue };
        x = put(buf, inner, x, 0, &key, theme.accent);
        x = put(buf, inner, x + 1, 0, word, theme.plain) + 2;
    }
}

/// The word for what an action does where the user is; `None` where it does nothing.
fn word(state: &State, action: Action) -> Option<&'static str> {
    let on_discover = state.rooms.is_empty() && state.tab == Tab::Discover;
    let on_counts = on_discover && state.discover.facet_focus;
    let on_finding = on_discover && !on_counts && state.discover.finding(&state.snapshot).is_some();
    Some(match (&state.overlay, action) {
        (Some(Overlay::Dialog(dialog)), Action::NewLine) if !dialog.form.in_note() => return None,
        (Some(Overlay::Dialog(dialog)), Action::NextField) if dialog.form.is_single() => return None,
        (Some(Overlay::Dialog(dialog)), Action::ChoiceNext) if !dialog.form.can_choose() => return None,
        (Some(Overlay::Dialog(dialog)), Action::Accept) => dialog.kind.hint(),
        (Some(Overlay::Dialog(_)), Action::Back) => "cancel",
        (Some(Overlay::Refused(_) | Overlay::Tour(_)), Action::NewLine | Action::NextField | Action::ChoiceNext) => {
            return None;
        }
        (Some(Overlay::Refused(panel)), Action::Accept) if panel.has_alternatives() => "open it",
        (Some(Overlay::Refused(_)), Action::Accept | Action::Back) => "back",
        (Some(Overlay::Tour(at)), Action::Accept) if *at + 1 < tour::STEPS => "next",
        (Some(Overlay::Tour(_)), Action::Accept) => "done",
        (Some(Overlay::Tour(_)), Action::Back) => "leave the tour",
        (None, action) if on_finding && is_of_tasks(action) => return None,
        (None, Action::Open) if on_finding => "make an issue",
        (None, Action::SwitchPane) if state.tab == Tab::Floor => "next view",
        (None, Action::SwitchPane) if on_counts => "list",
        (None, Action::SwitchPane) => "counts",
        (None, Action::Open) if on_counts => "choose",
        (None, Action::Open) => walk::open_hint(state).unwrap_or(action.info().hint),
        (None, Action::Pause | Action::Block | Action::NeedHelp) => mine::toggle_hint(state, action),
        _ => action.info().hint,
    })
}

/// The key as it is shown. Whoever sees only the way to later days would not find the earlier ones.
fn shown(state: &State, key: String, action: Action) -> String {
    let goes_both_ways = matches!(state.overlay, Some(Overlay::Dialog(_))) && action == Action::ChoiceNext;
    let back = state.keymap.keys(&state.contexts(), Action::ChoicePrevious).into_iter().next();
    match back.filter(|_| goes_both_ways) {
        Some(back) => format!("{back} {key}"),
        None => key,
    }
}

/// What can be done with a task and not with a finding.
fn is_of_tasks(action: Action) -> bool {
    use Action::{
        Bookmark, Claim, Compare, Copy, CopyUrl, Hide, Mark, MarkRange, OpenBrowser, Snooze, Triage, Why, WhyNot,
    };
    let marks = matches!(action, Mark | MarkRange | Bookmark | Snooze | Hide | Triage);
    marks || matches!(action, Claim | OpenBrowser | Copy | CopyUrl | Why | WhyNot | Compare)
}

/// The hinted actions: on the user's own commitments by what the one under the cursor needs, elsewhere as the table says.
fn hinted(state: &State) -> Vec<(String, Action)> {
    let contexts = state.contexts();
    if contexts.contains(&Context::Discover) && state.discover.facet_focus {
        let own = [Action::Open, Action::MoveDown, Action::SwitchPane, Action::Bottom, Action::Back];
        return help::hints_of(&state.keymap, &contexts, &own);
    }
    match mine::useful(state) {
        Some(own) if contexts.contains(&Context::Mine) => moving(state, help::hints_of(&state.keymap, &contexts, &own)),
        _ if contexts.contains(&Context::Floor) => {
            moving(state, help::hints_of(&state.keymap, &contexts, &floor::useful(state)))
        }
        _ if contexts.contains(&Context::Walk) => help::hints_of(&state.keymap, &contexts, &walk::useful(state)),
        _ => help::hints(&state.keymap, &contexts),
    }
}

/// The same with the way to the next row behind what holds everywhere, where there is one.
fn moving(state: &State, mut hints: Vec<(String, Action)>) -> Vec<(String, Action)> {
    let down = state.keymap.keys(&state.contexts(), Action::MoveDown).first().map(ToString::to_string);
    if let Some(key) = down.filter(|_| state.room().is_none() && layout::extent(state).0 > 1) {
        let at = hints.iter().position(|(_, action)| *action == Action::Quit).map_or(hints.len(), |at| at + 1);
        hints.insert(at, (key, Action::MoveDown));
    }
    hints
}
