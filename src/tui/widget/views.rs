//! Saved views as tabs above the list. A view puts its query into the line, where it can be changed for the moment; the
//! first tab is what was typed without any.

use ratatui::{buffer::Buffer, layout::Rect};

use super::super::{
    paint::{put, put_fit, safe, width},
    screen,
    state::State,
};
use crate::{
    index::query::{Field, Query},
    keymap::Action,
};

/// A saved view.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct View {
    /// Its name.
    pub name: String,
    /// Its query line.
    pub query: String,
}

/// The first tab.
const ALL: &str = "All";

/// Goes to the next view, or the one before; round at the ends.
pub fn step(state: &mut State, action: Action) {
    let len = state.options.views.len() + 1;
    if len == 1 {
        return screen::refuse(
            state,
            "there are no saved views",
            "a [[view]] with name and query in the configuration is one",
        );
    }
    let here = state.discover.view.map_or(0, |at| at + 1);
    let next = if action == Action::NextView { here + 1 } else { here + len - 1 } % len;
    go(state, next.checked_sub(1));
}

fn go(state: &mut State, to: Option<usize>) {
    let discover = &mut state.discover;
    if discover.view.is_none() {
        discover.own = discover.query.text().to_owned();
    }
    let line = match to.and_then(|at| state.options.views.get(at)) {
        Some(view) => view.query.clone(),
        None => std::mem::take(&mut discover.own),
    };
    discover.view = to;
    discover.query.set(&line);
    discover.marks.clear();
    discover.search();
}

/// Paints the tabs; those left of the one that is open make way where they do not fit.
pub fn draw(state: &State, area: Rect, buf: &mut Buffer) {
    let (theme, discover) = (&state.theme, &state.discover);
    let changed = |view: &View| Query::parse(&view.query) != Query::parse(discover.query.text());
    let label = |at: Option<usize>, name: &str, changed: bool| {
        let here = discover.view == at;
        let name = safe(name);
        (here, if here { format!("[{name}{}]", if changed { ", changed" } else { "" }) } else { format!(" {name} ") })
    };
    let views = state.options.views.iter().enumerate().map(|(at, view)| label(Some(at), &view.name, changed(view)));
    let mut labels: Vec<(bool, String)> = std::iter::once(label(None, ALL, false)).chain(views).collect();
    let room = area.width.saturating_sub(2) as usize;
    let is_seen = |labels: &[(bool, String)]| {
        let until = labels.iter().position(|(here, _)| *here).unwrap_or(0);
        labels.iter().take(until + 1).map(|(_, label)| width(label) + 1).sum::<usize>() <= room
    };
    while labels.len() > 1 && !is_seen(&labels) && !labels.iter().take(1).any(|(here, _)| *here) {
        labels.remove(0);
    }
    let told = asked(state);
    let mut x = 1;
    for (here, label) in &labels {
        if (x as usize) + width(label) > room + 1 {
            put_fit(buf, area, x, 0, area.width.saturating_sub(x), "…", theme.dim);
            break;
        }
        x = put(buf, area, x, 0, label, if *here { theme.strong } else { theme.dim }) + 1;
    }
    if let Some(told) = told.filter(|told| (x as usize) + width(told) < room) {
        put_fit(buf, area, x + 1, 0, area.width.saturating_sub(x + 2), &told, theme.dim);
    }
}

/// How old what the trackers found for the open view is, where they are asked for it.
fn asked(state: &State) -> Option<String> {
    let view = state.options.views.get(state.discover.view?)?;
    let query = Query::parse(&view.query).ok()?;
    let filtered = query.terms.iter().any(|term| term.field == Field::Filter);
    filtered.then(|| safe(&state.snapshot.answers.brief(&view.name, state.now)).into_owned())
}
