//! Floor: all teams as rooms, own rooms first with what waits for an answer, then who helps where. Three views on the same
//! facts: the rooms, who helps whom, and a timeline of commitments.

mod told;

pub use told::told;

use std::sync::Arc;

use jiff::{ToSpan, civil::Date};
use ratatui::{buffer::Buffer, layout::Rect, style::Style};

use super::super::{
    dialog, layout,
    paint::{put, put_fit, safe, tint, to_u16, width},
    room::Room as Place,
    state::{Cursor, Out, State},
    theme::Ink,
    widget::empty,
};
use crate::{
    app::{floor_words, proposal_words},
    domain::{
        commitment::{ClaimId, Commitment, CommitmentState},
        key::TaskKey,
        text::fit,
    },
    index::{
        Proposed, Snapshot,
        floor::{Ask, Floor, Room},
    },
    keymap::Action,
};

/// Days of the timeline before today.
const PAST_DAYS: i32 = 7;
/// Columns in front of the bars of the timeline.
const NAME_COLUMNS: u16 = 38;
/// Columns that a login keeps.
const LOGIN_LEAST: usize = 5;

/// What the screen shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum View {
    /// Rooms with helpers.
    #[default]
    Rooms,
    /// Who helps whom.
    Matrix,
    /// Commitments over the coming weeks.
    Timeline,
}

/// The Floor screen.
#[derive(Clone, Debug, Default)]
pub struct FloorRoom {
    /// What is shown.
    pub view: View,
    /// Cursor of the view.
    pub cursor: Cursor,
    /// The floor of the snapshot that is shown.
    pub floor: Arc<Floor>,
}

impl FloorRoom {
    /// Takes a new snapshot.
    pub fn refresh(&mut self, snapshot: &Snapshot) {
        self.floor = snapshot.floor();
    }
}

/// One row of the rooms.
enum Row<'a> {
    /// A room.
    Room(&'a Room),
    /// Something about the room above.
    About(String),
    /// Something that waits.
    Ask(&'a Ask),
    /// Somebody who helps.
    Helper(&'a Commitment),
    /// What stands behind the row above.
    Facts(&'a Commitment, String),
}

fn rows(state: &State) -> Vec<Row<'_>> {
    let mut rows = Vec::new();
    for room in &state.floor.floor.rooms {
        rows.push(Row::Room(room));
        rows.extend(about(room).into_iter().map(Row::About));
        let proposed = room.proposed.iter();
        let line = |p: &Proposed| format!("{} {}", state.shown_key(&p.proposal.key), proposal_words::standing(p));
        rows.extend(proposed.map(|p| Row::About(line(p))));
        rows.extend(room.asks.iter().map(Row::Ask));
        for (helper, c) in room.commitments(&state.snapshot) {
            rows.push(Row::Helper(c));
            let facts = floor_words::standing(helper, c, &state.snapshot, state.now);
            rows.push(Row::Facts(c, format!("{} · {facts}", floor_words::helper(helper, c))));
        }
    }
    rows
}

/// What a row is about: by this it is found again in another snapshot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    home: String,
    claim: Option<ClaimId>,
    nth: usize,
}

fn held_rows(state: &State) -> Vec<Held> {
    let of = |claim, nth| Held { home: String::new(), claim: Some(claim), nth };
    match state.floor.view {
        View::Timeline => return bars(state).into_iter().map(|c| of(c.claim, 0)).collect(),
        View::Matrix => {
            let homes = state.floor.floor.matrix.homes.iter();
            return homes.map(|home| Held { home: home.clone(), claim: None, nth: 0 }).collect();
        }
        View::Rooms => {}
    }
    let (mut home, mut nth) = (String::new(), 0);
    let mut held = Vec::new();
    for row in rows(state) {
        let claim = match row {
            Row::Room(room) => {
                (home, nth) = (format!("{:?}", room.place), 0);
                None
            }
            Row::About(_) => None,
            Row::Ask(ask) => ask.about.as_ref().map(|(_, claim)| (*claim, 0)),
            Row::Helper(c) => Some((c.claim, 1)),
            Row::Facts(c, _) => Some((c.claim, 2)),
        };
        held.push(claim.map_or_else(|| Held { home: home.clone(), claim: None, nth }, |(claim, kind)| of(claim, kind)));
        nth += 1;
    }
    held
}

/// The row under the cursor.
pub fn held(state: &State) -> Option<Held> {
    held_rows(state).into_iter().nth(state.floor.cursor.at)
}

/// Puts the cursor back on a row, where there still is such a one. From the top of the rooms it does not move: the
/// user's own room may have come first meanwhile.
pub fn hold(state: &mut State, row: Option<&Held>) {
    if state.floor.view == View::Rooms && state.floor.cursor.at == 0 {
        return;
    }
    if let Some(at) = held_rows(state).iter().position(|r| Some(r) == row) {
        state.floor.cursor.at = at;
    }
}

/// What a room says about itself under its name.
fn about(room: &Room) -> Vec<String> {
    let mut lines = Vec::new();
    let people = floor_words::people(room);
    if !people.is_empty() && (room.own || !room.helpers.is_empty()) {
        lines.push(format!("ask {people}"));
    }
    if room.own {
        lines.extend(room.load.as_ref().map(floor_words::load));
        let mentors: Vec<String> = room.mentors.iter().map(floor_words::mentor).collect();
        if !mentors.is_empty() {
            lines.push(format!("mentors: {}", mentors.join(", ")));
        }
    }
    lines
}

/// Commitments of the timeline, first to end first.
fn bars(state: &State) -> Vec<&Commitment> {
    let rooms = state.floor.floor.rooms.iter();
    let mut all: Vec<&Commitment> =
        rooms.flat_map(|r| r.commitments(&state.snapshot)).map(|(_, c)| c).filter(|c| c.state.holds()).collect();
    all.sort_by_key(|c| (c.until, c.claim));
    all
}

/// Rows of the view that is shown.
pub fn len(state: &State) -> usize {
    match state.floor.view {
        View::Rooms => rows(state).len(),
        View::Matrix => state.floor.floor.matrix.homes.len(),
        View::Timeline => bars(state).len(),
    }
}

/// Rows of the body that the view's list has.
pub fn page(state: &State) -> usize {
    let body = layout::areas(state.size).body.height as usize;
    match state.floor.view {
        View::Rooms => body.saturating_sub(1),
        View::Matrix | View::Timeline => body.saturating_sub(2),
    }
}

/// The commitment under the cursor.
pub fn commitment(state: &State) -> Option<&Commitment> {
    match state.floor.view {
        View::Matrix => None,
        View::Timeline => bars(state).get(state.floor.cursor.at).copied(),
        View::Rooms => match rows(state).into_iter().nth(state.floor.cursor.at)? {
            Row::Helper(c) | Row::Facts(c, _) => Some(c),
            Row::Ask(ask) => state.snapshot.commitments.get(ask.at?),
            Row::Room(_) | Row::About(_) => None,
        },
    }
}

/// The task under the cursor: of a commitment, or of what waits about a proposal.
pub fn task(state: &State) -> Option<TaskKey> {
    if let Some(c) = commitment(state) {
        return Some(c.key.clone());
    }
    match rows(state).into_iter().nth(state.floor.cursor.at).filter(|_| state.floor.view == View::Rooms)? {
        Row::Ask(ask) => ask.about.as_ref().map(|(key, _)| key.clone()),
        _ => None,
    }
}

/// What the hint line offers for the row under the cursor: only what the reader may say about it.
pub fn useful(state: &State) -> Vec<Action> {
    use Action as A;
    let Some(c) = commitment(state) else {
        let about_a_task = task(state).is_some();
        return if about_a_task { vec![A::Open, A::SwitchPane, A::OpenBrowser] } else { vec![A::SwitchPane] };
    };
    let mut hints = if dialog::offered_to_me(state, &c.key).is_some_and(|offer| offer.claim == c.claim) {
        vec![A::Agree]
    } else if !c.mine {
        dialog::wanted_of_host(state, c)
    } else {
        Vec::new()
    };
    hints.extend([A::Open, A::SwitchPane, A::OpenBrowser]);
    hints
}

/// From a task in full to the one of the next commitment, in the order of the view.
pub fn step(state: &mut State, forward: bool) {
    let here = commitment(state).map(|c| c.claim);
    let (start, len) = (state.floor.cursor.at, len(state));
    let mut at = start;
    for _ in 0..len {
        at = if forward { (at + 1).min(len.saturating_sub(1)) } else { at.saturating_sub(1) };
        state.floor.cursor.at = at;
        if commitment(state).is_some_and(|c| Some(c.claim) != here) {
            break;
        }
    }
    if commitment(state).is_none() {
        state.floor.cursor.at = start;
    }
    if let Some(key) = state.selected() {
        state.rooms.push(Place::Detail(key, Cursor::default()));
    }
}

/// How much waits for an answer of the user's own rooms.
pub fn waiting(state: &State) -> usize {
    state.floor.floor.mine().map(|room| room.asks.len()).sum()
}

/// Does what is special to this screen.
pub fn act(state: &mut State, action: Action) -> Option<Vec<Out>> {
    if action != Action::SwitchPane {
        return None;
    }
    state.floor.view = match state.floor.view {
        View::Rooms => View::Timeline,
        View::Timeline => View::Matrix,
        View::Matrix => View::Rooms,
    };
    state.floor.cursor = Cursor::default();
    Some(Vec::new())
}

/// Paints the screen.
pub fn draw(state: &State, area: Rect, buf: &mut Buffer) {
    if state.floor.floor.rooms.is_empty() {
        return empty::draw(state, &empty::floor(state), area, buf);
    }
    let mut x = 1;
    for (view, name) in [(View::Rooms, "rooms"), (View::Timeline, "timeline"), (View::Matrix, "who helps whom")] {
        let style = if state.floor.view == view { state.theme.ink(Ink::Strong) } else { state.theme.dim };
        let sign = if state.floor.view == view { "▸" } else { " " };
        x = put(buf, area, x, 0, &format!("{sign}{name}"), style) + 2;
    }
    let below = Rect { y: area.y + 1, height: area.height.saturating_sub(1), ..area };
    match state.floor.view {
        View::Rooms => draw_rooms(state, below, buf),
        View::Matrix => draw_matrix(state, below, buf),
        View::Timeline => draw_timeline(state, below, buf),
    }
}

fn draw_rooms(state: &State, area: Rect, buf: &mut Buffer) {
    let cursor = state.floor.cursor;
    for (i, row) in rows(state).into_iter().enumerate().skip(cursor.top).take(area.height as usize) {
        let y = to_u16(i - cursor.top);
        draw_row(state, &row, y, area, buf);
        if i == cursor.at {
            put(buf, area, 0, y, "▸", state.theme.accent);
            tint(buf, area, y, state.theme.selected);
        }
    }
}

fn draw_row(state: &State, row: &Row<'_>, y: u16, area: Rect, buf: &mut Buffer) {
    let theme = &state.theme;
    let rest = |x: u16| area.width.saturating_sub(x);
    match row {
        Row::Room(room) => {
            let own = if room.own { " (yours)" } else { "" };
            // How it stands is worth more than the end of a long name.
            let name = fit(&safe(&room.name), (area.width as usize * 3 / 5).max(12)).into_owned();
            let x = put_cut(buf, area, 1, y, &format!("{name}{own}"), theme.ink(Ink::Strong));
            put_fit(buf, area, x + 2, y, rest(x + 2), &floor_words::room(room), theme.plain);
        }
        Row::About(text) => {
            put_fit(buf, area, 3, y, rest(3), text, theme.dim);
        }
        Row::Ask(ask) => {
            let key = ask.about.as_ref().map(|(key, _)| format!("{} ", state.shown_key(key))).unwrap_or_default();
            let text = format!("! {key}{}", floor_words::ask(ask, &state.snapshot, state.now));
            put_fit(buf, area, 3, y, rest(3), &text, theme.ink(Ink::Warning));
        }
        Row::Helper(c) => {
            let title = state.snapshot.get(&c.key).map(|row| row.task.title.line().into_owned()).unwrap_or_default();
            put(buf, area, 3, y, c.state.word(), theme.ink(ink(c)));
            let x = put_cut(buf, area, 16, y, &state.shown_key(&c.key), theme.accent);
            put_fit(buf, area, x + 2, y, rest(x + 2), &title, theme.plain);
        }
        Row::Facts(_, text) => {
            put_fit(buf, area, 16, y, rest(16), text, theme.dim);
        }
    }
}

/// Puts a text cut to the row; gives the column after it.
fn put_cut(buf: &mut Buffer, area: Rect, x: u16, y: u16, text: &str, style: Style) -> u16 {
    let cut = fit(text, area.width.saturating_sub(x) as usize);
    put(buf, area, x, y, &cut, style)
}

fn ink(c: &Commitment) -> Ink {
    match c.state {
        CommitmentState::AtRisk => Ink::Warning,
        CommitmentState::Active => Ink::Good,
        CommitmentState::Requested | CommitmentState::WaitingHost => Ink::Accent,
        _ => Ink::Plain,
    }
}

fn draw_matrix(state: &State, area: Rect, buf: &mut Buffer) {
    let matrix = &state.floor.floor.matrix;
    let theme = &state.theme;
    if matrix.homes.is_empty() {
        put(buf, area, 1, 0, "nobody helps another team now", theme.dim);
        return;
    }
    let longest = matrix.homes.iter().map(|h| width(&safe(h))).max().unwrap_or(0);
    let left = to_u16(longest).clamp(8, (area.width / 3).max(8)) + 3;
    put_fit(buf, area, 1, 0, left, "from \\ to", theme.dim);
    let cursor = state.floor.cursor;
    let mut x = left;
    for (column, host) in matrix.hosts.iter().enumerate() {
        let wide = to_u16(width(&safe(host))).clamp(3, 16);
        let more = matrix.hosts.len() - column;
        let kept = if more > 1 { to_u16(format!("+{more}").len() + 1) } else { 0 };
        if x + wide + kept > area.width {
            put_fit(buf, area, x, 0, area.width.saturating_sub(x), &format!("+{more}"), theme.dim);
            break;
        }
        put_fit(buf, area, x, 0, wide, &safe(host), theme.ink(Ink::Strong));
        for (i, cells) in matrix.cells.iter().enumerate().skip(cursor.top).take(area.height.saturating_sub(1) as usize)
        {
            let y = to_u16(i - cursor.top) + 1;
            let n = cells.get(column).copied().unwrap_or(0);
            let (text, style) = if n == 0 { ("·".to_owned(), theme.dim) } else { (n.to_string(), theme.plain) };
            put(buf, area, x, y, &text, style);
        }
        x += wide + 2;
    }
    for (i, home) in matrix.homes.iter().enumerate().skip(cursor.top).take(area.height.saturating_sub(1) as usize) {
        let y = to_u16(i - cursor.top) + 1;
        put_fit(buf, area, 1, y, left.saturating_sub(2), &safe(home), theme.plain);
        if i == cursor.at {
            put(buf, area, 0, y, "▸", theme.accent);
            tint(buf, area, y, theme.selected);
        }
    }
}

/// Days from the left edge of the bars.
fn offset(start: Date, day: Date) -> i32 {
    start.until(day).map_or(0, |span| span.get_days())
}

fn draw_timeline(state: &State, area: Rect, buf: &mut Buffer) {
    let theme = &state.theme;
    let bars = bars(state);
    if bars.is_empty() {
        put(buf, area, 1, 0, "nobody holds a task now", theme.dim);
        return;
    }
    let today = state.now.date();
    let start = today.saturating_sub(PAST_DAYS.days());
    let names = NAME_COLUMNS.min(area.width / 2);
    let columns = i32::from(area.width.saturating_sub(names + 1));
    draw_days(state, start, names, columns, area, buf);
    let cursor = state.floor.cursor;
    for (i, c) in bars.iter().enumerate().skip(cursor.top).take(area.height.saturating_sub(1) as usize) {
        let y = to_u16(i - cursor.top) + 1;
        put_fit(buf, area, 1, y, names.saturating_sub(2), &name(state, c, names.saturating_sub(2)), theme.plain);
        let since = c.since.to_zoned(jiff::tz::TimeZone::UTC).date();
        let (from, to) = (offset(start, since).max(0), offset(start, c.until).min(columns - 1));
        for day in from..=to {
            let sign = if day < PAST_DAYS { "▒" } else { "█" };
            put(buf, area, names + day_column(day), y, sign, theme.ink(ink(c)));
        }
        let after = names + day_column((to + 2).clamp(0, columns));
        put_fit(
            buf,
            area,
            after,
            y,
            area.width.saturating_sub(after),
            &floor_words::end(c, &state.snapshot, state.now),
            theme.dim,
        );
        if i == cursor.at {
            put(buf, area, 0, y, "▸", theme.accent);
            tint(buf, area, y, theme.selected);
        }
    }
}

/// Who has which task, in so many columns: the number of the task is worth more than its owner or a long login.
fn name(state: &State, c: &Commitment, columns: u16) -> String {
    let columns = columns as usize;
    let long = state.shown_key(&c.key);
    let short = long.rsplit('/').next().unwrap_or(&long);
    let login = c.who.login.fit(columns);
    let key = if width(&login) + width(&long) + 2 > columns { short } else { &long };
    let login = c.who.login.fit(columns.saturating_sub(width(key) + 2).max(LOGIN_LEAST));
    format!("@{login} {key}")
}

fn day_column(day: i32) -> u16 {
    u16::try_from(day.max(0)).unwrap_or(u16::MAX)
}

/// The line of days: today and every Monday.
fn draw_days(state: &State, start: Date, names: u16, columns: i32, area: Rect, buf: &mut Buffer) {
    let mut free_from = 0;
    for day in 0..columns {
        let date = start.saturating_add(day.days());
        let text = match (day == PAST_DAYS, date.weekday() == jiff::civil::Weekday::Monday) {
            (true, _) => "today".to_owned(),
            (false, true) => date.strftime("%-d %b").to_string(),
            _ => continue,
        };
        let crowds_today = day < PAST_DAYS && day + to_i32(&text) >= PAST_DAYS;
        if day < free_from || crowds_today || day + to_i32(&text) > columns {
            continue;
        }
        put(buf, area, names + day_column(day), 0, &text, state.theme.dim);
        free_from = day + to_i32(&text) + 1;
    }
}

fn to_i32(text: &str) -> i32 {
    i32::try_from(width(text)).unwrap_or(i32::MAX / 2)
}
