//! What a screen says when there is nothing to show: why, and what to do.

use ratatui::{buffer::Buffer, layout::Rect};

use super::super::{
    paint::{TextLine, put_line, safe, to_u16, wrap_text},
    state::State,
    theme::Ink,
};
use crate::{
    index::{LeftOut, NOTHING_FOR_INTERNS},
    keymap::{Action, Context, help},
};

fn key(state: &State, action: Action) -> String {
    state.keymap.keys(&[Context::Discover, Context::Global], action).first().map(|s| s.to_string()).unwrap_or_default()
}

/// The floor without rooms.
pub fn floor(state: &State) -> Vec<(Ink, String)> {
    let sync = format!("{} reads who claimed what", key(state, Action::RefreshAll));
    vec![
        (Ink::Strong, "Nobody is helping anywhere yet.".into()),
        (Ink::Plain, sync),
        (Ink::Dim, "With a registry every team has a room here: floorwalk registry example".into()),
    ]
}

/// Discover without rows.
pub fn discover(state: &State) -> Vec<(Ink, String)> {
    let query = state.discover.query.text();
    if state.discover.error.is_some() {
        return vec![
            (Ink::Strong, "The query cannot be understood yet.".into()),
            (Ink::Plain, "What is wrong stands under the line.".into()),
        ];
    }
    if let Some(interns) = state.discover.hits.interns.as_ref().filter(|i| !i.rows.is_empty()) {
        return nothing_for_interns(state, interns);
    }
    if !state.snapshot.rows.is_empty() {
        let back = help::keys_of(&state.keymap, &[Context::Discover, Context::Global], Action::Back);
        let why = if query.is_empty() {
            "Everything is hidden or snoozed.".to_owned()
        } else {
            format!("Nothing matches  {}", safe(query))
        };
        let what = if query.is_empty() {
            String::new()
        } else {
            format!("{back} clears the query, {} edits it", key(state, Action::EditQuery))
        };
        let meant = state
            .discover
            .meant
            .as_deref()
            .map(|m| format!("{}{}", capital(m), if m.ends_with('?') { "" } else { "." }));
        return vec![(Ink::Strong, why), (Ink::Plain, meant.unwrap_or_default()), (Ink::Plain, what)];
    }
    no_rows(state)
}

/// What the list of an intern leaves out, in a line.
pub fn left_out(state: &State) -> String {
    let count = state.discover.hits.interns.as_ref().map_or(0, |i| i.rows.len());
    let tasks = if count == 1 { "1 other task is" } else { &format!("{count} other tasks are") };
    format!("What fits an intern; {tasks} left out. -is:intern lists them, {} says why.", key(state, Action::WhyNot))
}

/// An intern's list with nothing that fits: which task is closest, and what it lacks.
fn nothing_for_interns(state: &State, interns: &LeftOut) -> Vec<(Ink, String)> {
    let snapshot = &state.snapshot;
    let rows = || interns.rows.iter().filter_map(|at| snapshot.rows.get(*at as usize));
    let count = interns.rows.len();
    let tasks = if count == 1 { "the 1 task" } else { &format!("the {count} tasks") };
    let mut lines = vec![(Ink::Strong, NOTHING_FOR_INTERNS.into())];
    if let Some(row) = snapshot.closest_for_intern(rows()) {
        let told = snapshot.closest_lines(row);
        let ink = |at: usize| if at == 0 { Ink::Accent } else { Ink::Plain };
        lines.extend(told.into_iter().enumerate().map(|(at, line)| (ink(at), safe(&line).into_owned())));
    }
    lines
        .push((Ink::Dim, format!("-is:intern lists {tasks} left out; {} there says why.", key(state, Action::WhyNot))));
    lines
}

fn capital(sentence: &str) -> String {
    let mut chars = sentence.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

/// Why there is no task at all.
fn no_rows(state: &State) -> Vec<(Ink, String)> {
    let coverage = &state.snapshot.coverage;
    if !state.options.configured {
        return vec![
            (Ink::Strong, "No tracker is configured yet.".into()),
            (Ink::Plain, "floorwalk demo: look around in a made-up organisation".into()),
            (Ink::Plain, "floorwalk --repo owner/name: read one public repository, no set-up".into()),
            (Ink::Plain, "floorwalk init: write a configuration for your own".into()),
        ];
    }
    if let Some(progress) = &state.progress {
        let line =
            format!("Reading: {} of {} projects, {} tasks so far.", progress.done, progress.total, progress.tasks);
        return vec![(Ink::Strong, line), (Ink::Dim, safe(&progress.doing).into_owned())];
    }
    if coverage.synced_at.is_none() && coverage.fresh == 0 {
        let sync = format!("{} reads the configured projects", key(state, Action::RefreshAll));
        return vec![(Ink::Strong, "Nothing has been read yet.".into()), (Ink::Plain, sync)];
    }
    vec![
        (Ink::Strong, "No open tasks in what has been read.".into()),
        (Ink::Plain, coverage.sentence()),
        (Ink::Plain, "floorwalk doctor says what could not be read".into()),
    ]
}

/// Walk without a stop.
pub fn walk(state: &State) -> Vec<(Ink, String)> {
    if state.snapshot.rows.is_empty() {
        return no_rows(state);
    }
    let list = format!("{} shows the list", key(state, Action::TabDiscover));
    let sync = format!("{} reads all projects again", key(state, Action::RefreshAll));
    let why = match state.snapshot.is_for_interns() {
        true => "No task that fits an intern is free, or those that do are put off or not wanted.",
        false => "Every task is taken, put off or not wanted, or its host takes no help now.",
    };
    vec![
        (Ink::Strong, "There is nothing to stop at.".into()),
        (Ink::Plain, why.into()),
        (Ink::Plain, format!("{list}, {sync}.")),
    ]
}

/// Mine without cards.
pub fn mine(state: &State) -> Vec<(Ink, String)> {
    let how = format!(
        "{} shows the list; {} there claims a task",
        key(state, Action::TabDiscover),
        key(state, Action::Claim)
    );
    vec![(Ink::Strong, "You have claimed nothing.".into()), (Ink::Plain, how)]
}

/// The outbox without rows.
pub fn outbox() -> Vec<(Ink, String)> {
    vec![(Ink::Strong, "The outbox is empty.".into()), (Ink::Plain, "Everything you wished for has been sent.".into())]
}

/// Paints the sentences in the upper part of `area`.
pub fn draw(state: &State, sentences: &[(Ink, String)], area: Rect, buf: &mut Buffer) {
    let columns = area.width.saturating_sub(4) as usize;
    let mut lines: Vec<TextLine> = Vec::new();
    for (ink, text) in sentences.iter().filter(|(_, text)| !text.is_empty()) {
        lines.extend(wrap_text(text, *ink, columns));
    }
    let top = area.height.saturating_sub(to_u16(lines.len())) / 3;
    let inner = Rect { x: area.x + 2.min(area.width), width: area.width.saturating_sub(2), ..area };
    for (i, line) in lines.iter().enumerate() {
        put_line(buf, inner, top + to_u16(i), line, &state.theme);
    }
}
