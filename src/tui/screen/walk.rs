//! Walk: a round over the hosts, one card at a time: the task, why its host now, how the host works and what taking it
//! would cost it. What is answered is remembered on this machine; the round keeps its stops, whatever a sync brings.

mod end;
pub mod round;

use ratatui::{buffer::Buffer, layout::Rect};

use self::round::{Round, Standing, Visit};
use super::{
    super::{
        dialog, layout,
        paint::{Piece, TextLine, fit, put_line, safe, to_u16, width, wrap, wrap_text},
        room::Tab,
        state::{Cursor, Out, State},
        theme::Ink,
        toast::Toast,
        widget::{empty, host},
    },
    detail,
};
use crate::{
    app::Command,
    domain::{commitment::CommitmentState, key::TaskKey, walk::answer_words},
    index::{
        Row,
        walk::{place_name, why},
    },
    keymap::Action,
};

/// Rows of the room from which more than one of them may stand above the card.
const ROOMY: u16 = 10;

/// The Walk screen.
#[derive(Clone, Debug, Default)]
pub struct Walk {
    /// The round; `None` while there is nothing to stop at.
    pub round: Option<Round>,
    /// How far the card is scrolled.
    pub cursor: Cursor,
    /// The snapshot, by its number, in which nothing was found.
    nothing_in: Option<u64>,
}

/// The stop that is shown.
pub fn here(state: &State) -> Option<&Visit> {
    state.walk.round.as_ref()?.here()
}

/// The task of the stop that is shown.
pub fn key(state: &State) -> Option<TaskKey> {
    here(state).map(|visit| visit.stop.key.clone())
}

/// True while the card of a task is what is seen.
pub fn shows_card(state: &State) -> bool {
    state.tab == Tab::Walk && state.room().is_none() && here(state).is_some()
}

/// Begins a round where there is none yet; remembers what is shown and what was claimed.
pub fn settle(state: &mut State, out: &mut Vec<Out>) {
    let (facts, now) = (state.facts, state.now);
    let walk = &mut state.walk;
    if state.tab == Tab::Walk && walk.round.is_none() && walk.nothing_in != Some(facts) {
        walk.round = Round::plan(&state.snapshot, None, now);
        walk.nothing_in = walk.round.is_none().then_some(facts);
        walk.cursor = Cursor::default();
    }
    if let Some(round) = walk.round.as_mut().filter(|_| state.tab == Tab::Walk) {
        let new = round.tell(&state.snapshot, now);
        out.extend((!new.is_empty()).then_some(Out::Command(Command::Walk(new))));
    }
}

/// Does what is special to this screen.
pub fn act(state: &mut State, action: Action) -> Option<Vec<Out>> {
    match action {
        Action::Next => go(state, true),
        Action::Previous => go(state, false),
        Action::Skip | Action::SnoozeUntil => {
            if let Some(key) = key(state) {
                dialog::open_walk(state, action, key);
            }
        }
        Action::Open if here(state).is_none() => again(state),
        Action::Surprise => surprise(state),
        _ => return None,
    }
    Some(Vec::new())
}

/// Opens a task that is drawn of all, and leaves the round where it is.
fn surprise(state: &mut State) {
    let all: Vec<u32> = (0..state.snapshot.rows.len()).filter_map(|at| u32::try_from(at).ok()).collect();
    match state.snapshot.surprise(&all, &[]).map(|row| row.task.key.clone()) {
        Some(key) => super::open(state, key),
        None => super::refuse(state, "nothing can be taken now", ""),
    }
}

/// Goes to the stop after this one or back to the one before.
pub fn go(state: &mut State, forward: bool) {
    let Some(round) = state.walk.round.as_mut() else { return };
    if !forward {
        if round.go_back() {
            state.walk.cursor = Cursor::default();
        } else {
            super::refuse(state, "this is the first stop of the round", "");
        }
        return;
    }
    let passed = round.go_on(&state.snapshot);
    state.walk.cursor = Cursor::default();
    let words = |key: &TaskKey| format!("{}, {}", state.shown_key(key), lost_words(state, key));
    let passed: Vec<String> = passed.iter().map(words).collect();
    if !passed.is_empty() {
        state.toasts.push(Toast::said(state.now, format!("passed over {}", passed.join("; "))));
    }
}

/// The same from the task in full: the one after it or before it is opened.
pub fn step(state: &mut State, forward: bool) {
    go(state, forward);
    if let Some(key) = key(state) {
        super::open(state, key);
    }
}

/// Why a task cannot be taken any more.
fn lost_words(state: &State, key: &TaskKey) -> String {
    state.snapshot.get(key).map_or_else(|| "which is not open any more".into(), |row| detail::free_words(&row.free).1)
}

/// Another round after the one that is over.
fn again(state: &mut State) {
    let Some(former) = &state.walk.round else { return };
    match Round::plan(&state.snapshot, Some(former), state.now) {
        Some(round) => {
            state.walk.round = Some(round);
            state.walk.cursor = Cursor::default();
        }
        None => super::refuse(state, "there is nothing more to stop at", "Discover lists every task"),
    }
}

/// Takes in what a dialog wished: an answer about the stop that is shown leads on.
pub fn answered(state: &mut State, command: &Command) {
    let Command::Walk(answers) = command else { return };
    let here = key(state);
    let Some(round) = state.walk.round.as_mut() else { return };
    for visit in &mut round.visits {
        let answer = answers.iter().find(|(key, _)| *key == visit.stop.key);
        visit.said = answer.map(|(_, answer)| visit.answered(answer.clone(), state.now)).or(visit.said.take());
    }
    if here.is_some_and(|here| answers.iter().any(|(key, _)| *key == here)) {
        go(state, true);
    }
}

/// Takes in that a wish was taken back: an answer leads back to its stop.
pub fn undone(state: &mut State, command: &Command) -> Vec<Out> {
    let Some(round) = state.walk.round.as_mut() else { return Vec::new() };
    let keys: Vec<TaskKey> = match command {
        Command::Walk(answers) => {
            let keys: Vec<TaskKey> = answers.iter().map(|(key, _)| key.clone()).collect();
            if let Some(at) = keys.iter().find_map(|key| round.position(key)) {
                round.at = at;
                state.walk.cursor = Cursor::default();
            }
            keys
        }
        Command::Claim { keys, .. } => keys.clone(),
        _ => return Vec::new(),
    };
    let new = round.take_back(&keys, state.now);
    let known: Vec<_> = new.into_iter().filter(|(key, _)| state.snapshot.get(key).is_some()).collect();
    (!known.is_empty()).then_some(Out::Command(Command::Walk(known))).into_iter().collect()
}

/// The actions the hint line offers, most useful first.
pub fn useful(state: &State) -> Vec<Action> {
    use Action as A;
    let Some(round) = &state.walk.round else { return vec![A::TabDiscover, A::RefreshAll] };
    let back = round.at > 0;
    let mut hints = match round.here().map(|visit| visit.standing(&state.snapshot)) {
        None => vec![A::Open],
        Some(Standing::Open) => vec![A::Claim, A::Next, A::Skip, A::SnoozeUntil],
        Some(_) => vec![A::Next],
    };
    hints.extend(back.then_some(A::Previous));
    if round.here().is_some() {
        hints.extend([A::Open, A::OpenBrowser, A::Copy]);
    }
    hints
}

/// The word of the hint line for opening, where it does something else.
pub fn open_hint(state: &State) -> Option<&'static str> {
    let over = state.tab == Tab::Walk && state.room().is_none() && state.walk.round.is_some();
    (over && here(state).is_none()).then_some("another round")
}

/// The rows above the card: which stop it is, whose, why now, and what became of it.
pub fn head(state: &State, columns: usize) -> Vec<TextLine> {
    let Some((round, visit)) = state.walk.round.as_ref().and_then(|round| Some((round, round.here()?))) else {
        return Vec::new();
    };
    let low = layout::areas(state.size).body.height < ROOMY;
    let piece = |ink, text: String| Piece { text, ink };
    let stop = piece(Ink::Strong, format!("Stop {} of {}", round.at + 1, round.visits.len()));
    let name = place_name(&state.snapshot, &visit.stop.place);
    let second = round.shown().take_while(|former| former.stop != visit.stop).any(|v| v.stop.place == visit.stop.place);
    let because = if second { "your second stop there".into() } else { why(&visit.stop, state.now) };
    let because = piece(Ink::Plain, format!(" · {}: {because}", safe(&name)));
    let became = became(state, visit).map(|(ink, words)| piece(ink, words));
    if low {
        let rest = became.map(|became| Piece { text: format!(" · {}", became.text), ..became }).unwrap_or(because);
        let text = fit(&rest.text, columns.saturating_sub(width(&stop.text))).into_owned();
        return vec![TextLine(vec![stop, Piece { text, ..rest }])];
    }
    let mut lines = wrap(&[stop, because], columns, "", "");
    lines.extend(became.iter().flat_map(|became| wrap(std::slice::from_ref(became), columns, "", "")));
    lines.push(TextLine::blank());
    lines
}

/// What became of the stop, in words; `None` while it is open.
fn became(state: &State, visit: &Visit) -> Option<(Ink, String)> {
    let next = state.keymap.keys(&state.room_contexts(), Action::Next).first().map(ToString::to_string);
    let next = next.map(|key| format!("; {key} goes on")).unwrap_or_default();
    match visit.standing(&state.snapshot) {
        Standing::Open => None,
        Standing::Said(answer) => Some((Ink::Accent, format!("{}{next}", answer_words(answer)))),
        Standing::Mine(c) => {
            let far = unconfirmed(c.state).map(|words| format!(", {words}")).unwrap_or_default();
            Some((Ink::Good, format!("claimed{far}{next}")))
        }
        Standing::Taken(_) => Some((Ink::Warning, format!("taken meanwhile{next}"))),
        Standing::Gone => Some((Ink::Warning, format!("not open any more{next}"))),
    }
}

/// How far the user's own claim of a stop got; `None` when it holds.
fn unconfirmed(state: CommitmentState) -> Option<&'static str> {
    match state {
        CommitmentState::Pending => Some("not confirmed yet"),
        CommitmentState::Requested => Some("asked for"),
        _ => None,
    }
}

/// What the card says of the host: how it takes help, and what taking the task would cost it.
pub fn host_lines(state: &State, row: &Row, columns: usize, lines: &mut Vec<TextLine>) {
    let project = &row.task.key.project;
    lines.push(TextLine::blank());
    lines.push(TextLine::of(Ink::Accent, "Who you would help"));
    for (ink, text) in host::card(state, project) {
        lines.extend(wrap_text(&text, ink, columns));
    }
    if let Some(cost) = host::cost(state, project) {
        lines.extend(wrap_text(&cost, Ink::Plain, columns));
    }
}

/// The rows that can be scrolled: those of the card, or of what the round covered.
pub fn lines(state: &State) -> std::sync::Arc<Vec<TextLine>> {
    match &state.walk.round {
        Some(round) if round.here().is_none() => end::lines(state, round, columns(state)).into(),
        _ => state.sheet.lines.clone(),
    }
}

/// How many they are.
pub fn len(state: &State) -> usize {
    if state.walk.round.is_some() { lines(state).len() } else { 0 }
}

/// Columns of the text.
pub fn columns(state: &State) -> usize {
    layout::areas(state.size).body.width.saturating_sub(2).min(100) as usize
}

/// Paints the screen.
pub fn draw(state: &State, area: Rect, buf: &mut Buffer) {
    if state.walk.round.is_none() {
        return empty::draw(state, &empty::walk(state), area, buf);
    }
    let inner = Rect { x: area.x + 1, width: area.width.saturating_sub(2), ..area };
    for (i, line) in head(state, columns(state)).iter().enumerate() {
        put_line(buf, inner, to_u16(i), line, &state.theme);
    }
    let text = layout::walk(state);
    for (i, line) in lines(state).iter().skip(state.walk.cursor.at).take(text.height as usize).enumerate() {
        put_line(buf, text, to_u16(i), line, &state.theme);
    }
}
