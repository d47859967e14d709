//! Where everything is, as a pure function of the window and the state: what draws and what moves a cursor ask the
//! same function, so they cannot disagree. Draws nothing.

use ratatui::layout::Rect;

use super::{
    paint::to_u16,
    room::{About, Room, Tab},
    screen::{detail, floor, help, mine, resume, walk, why},
    state::State,
};

use crate::judge::score::Part;

/// Smallest window that shows more than a line saying so.
pub const SMALLEST: (u16, u16) = (20, 5);
const FACETS: u16 = 20;
/// Columns of text where nothing else is shown.
const FOCUSED: u16 = 72;

/// The window's three parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Areas {
    /// Tabs and status.
    pub tabs: Rect,
    /// The room.
    pub body: Rect,
    /// Hints.
    pub hints: Rect,
}

/// Parts of Discover.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DiscoverAreas {
    /// Saved views; empty where there are none.
    pub views: Rect,
    /// The query line.
    pub query: Rect,
    /// The line under it that explains a mistake; empty while there is none.
    pub mistake: Rect,
    /// The line that says what an intern's list leaves out; empty for any other list.
    pub note: Rect,
    /// Counts, when shown.
    pub facets: Option<Rect>,
    /// The row of column names; empty when there is no room.
    pub header: Rect,
    /// The rows.
    pub table: Rect,
    /// The preview, when shown.
    pub preview: Option<Rect>,
}

/// True when the window is too small for anything.
pub fn too_small(size: (u16, u16)) -> bool {
    size.0 < SMALLEST.0 || size.1 < SMALLEST.1
}

/// Splits the window.
pub fn areas((columns, rows): (u16, u16)) -> Areas {
    let row = |y: u16| Rect::new(0, y.min(rows), columns, u16::from(y < rows));
    Areas {
        tabs: row(0),
        body: Rect::new(0, 1.min(rows), columns, rows.saturating_sub(2)),
        hints: row(rows.saturating_sub(1).max(1)),
    }
}

/// Takes `n` rows from the top of `area`.
fn take_rows(area: &mut Rect, n: u16) -> Rect {
    let n = n.min(area.height);
    let top = Rect { height: n, ..*area };
    area.y += n;
    area.height -= n;
    top
}

/// Splits Discover's part of the window.
pub fn discover(state: &State) -> DiscoverAreas {
    let mut body = areas(state.size).body;
    let views = take_rows(&mut body, u16::from(!state.options.views.is_empty() && state.size.1 >= 10));
    let query = take_rows(&mut body, 1);
    let mistake = take_rows(&mut body, u16::from(state.discover.error.is_some()));
    let left_out = state.discover.hits.interns.as_ref().is_some_and(|i| !i.rows.is_empty());
    let note = take_rows(&mut body, u16::from(left_out && !state.discover.hits.rows.is_empty()));
    let wants_facets = match state.discover.facets_shown {
        Some(wanted) => wanted && body.width >= 64,
        None => body.width >= 100,
    };
    let facets = wants_facets.then(|| {
        let left = Rect { width: FACETS, ..body };
        body.x += FACETS;
        body.width -= FACETS;
        left
    });
    let preview = (body.width >= 92).then(|| {
        let wide = (body.width * 9 / 25).clamp(34, 90);
        body.width -= wide;
        Rect { x: body.x + body.width, width: wide, ..body }
    });
    let names = u16::from(body.height >= 5);
    let header = take_rows(&mut body, names);
    DiscoverAreas { views, query, mistake, note, facets, header, table: body, preview }
}

/// The scrolled part of Walk's part of the window, under the line that says which stop it is.
pub fn walk(state: &State) -> Rect {
    let mut body = areas(state.size).body;
    take_rows(&mut body, to_u16(walk::head(state, walk::columns(state)).len()));
    Rect { x: body.x + 1, width: body.width.saturating_sub(2), ..body }
}

/// Columns for the text of the task that preview, card or detail screen show; `None` when neither is seen.
pub fn sheet_columns(state: &State) -> Option<u16> {
    match (state.room(), state.tab) {
        (Some(Room::Detail(..)), _) => {
            let most = if state.focus { FOCUSED } else { 100 };
            Some(areas(state.size).body.width.saturating_sub(2).min(most))
        }
        (None, Tab::Walk) => walk::here(state).map(|_| to_u16(walk::columns(state))),
        (None, Tab::Discover) => discover(state).preview.map(|area| area.width.saturating_sub(3)),
        _ => None,
    }
}

/// Rows of the list or text under the cursor, and how many of them are visible at once.
pub fn extent(state: &State) -> (usize, usize) {
    let body = areas(state.size).body.height as usize;
    match (state.room(), state.tab) {
        (Some(Room::Detail(..)), _) => (state.sheet.lines.len(), body),
        (Some(Room::Resume(claim, _)), _) => (resume::lines(state, *claim).len(), body),
        (Some(Room::Why(About::Weights, _)), _) => (Part::ALL.len(), Part::ALL.len()),
        (Some(Room::Why(about, _)), _) => (why::lines(state, about).len(), body),
        (Some(Room::Outbox), _) => (state.snapshot.outbox.len(), body / 2),
        (Some(Room::Help(contexts, topic, _)), _) => (help::lines(state, contexts, *topic).len(), body),
        (None, Tab::Floor) => (floor::len(state), floor::page(state)),
        (None, Tab::Walk) => (walk::len(state), walk(state).height as usize),
        (None, Tab::Mine) => (mine::cards(state).len(), body / mine::card_rows(state) as usize),
        (None, Tab::Discover) if state.discover.facet_focus => {
            (state.discover.facet_rows().len(), discover(state).facets.map_or(0, |a| a.height as usize))
        }
        (None, Tab::Discover) => (state.discover.hits.rows.len(), discover(state).table.height as usize),
    }
}

/// Brings all cursors back inside what they point into.
pub fn clamp(state: &mut State) {
    if discover(state).facets.is_none() {
        state.discover.facet_focus = false;
    }
    detail::refresh(state);
    help::refresh(state);
    let (len, page) = extent(state);
    match (state.rooms.last_mut(), state.tab) {
        (Some(Room::Why(About::Weights, cursor)), _) => cursor.clamp(len, page),
        (
            Some(Room::Detail(_, cursor) | Room::Resume(_, cursor) | Room::Why(_, cursor) | Room::Help(_, _, cursor)),
            _,
        ) => {
            // A text scrolls as a whole: its cursor is its first visible row.
            cursor.at = cursor.at.min(len.saturating_sub(page.max(1)));
            cursor.top = cursor.at;
        }
        (Some(Room::Outbox), _) => state.outbox.clamp(len, page),
        (None, Tab::Walk) => {
            let cursor = &mut state.walk.cursor;
            cursor.at = cursor.at.min(len.saturating_sub(page.max(1)));
        }
        (None, Tab::Mine) => state.mine.clamp(len, page),
        (None, Tab::Floor) => state.floor.cursor.clamp(len, page),
        (None, Tab::Discover) if state.discover.facet_focus => {
            state.discover.leave_heading(false);
            state.discover.facet_cursor.clamp(len, page);
            if page > 1 {
                state.discover.leave_heading(false);
            }
        }
        (None, Tab::Discover) => {
            let at = state.discover.cursor.at;
            state.discover.cursor.clamp(len, page);
            // The list it will be in is on its way, and may be longer.
            if state.discover.is_from_top() {
                state.discover.cursor.at = at;
            }
        }
    }
}
