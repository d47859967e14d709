//! The table of tasks. Only visible rows are touched, straight into the frame: score, badges, title, key, quiet days,
//! who has it. A mark in the first column stands beside every highlight.

use std::fmt::Write as _;

use ratatui::{buffer::Buffer, layout::Rect};

use super::super::{
    layout::DiscoverAreas,
    paint::{cut, put, put_fit, tint, to_u16, width},
    state::State,
};
use crate::{index::Row, judge::score::bars::whole, store::MarkKind};

/// Where the score stands, two digits.
const SCORE_AT: u16 = 3;
/// Where the badges stand.
const BADGES_AT: u16 = SCORE_AT + 3;
const BADGES: u16 = 4;

/// Columns from left to right; a width of 0 leaves a column out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Columns {
    title: (u16, u16),
    key: (u16, u16),
    quiet: (u16, u16),
    free: (u16, u16),
}

fn columns(total: u16) -> Columns {
    let free = match total {
        76.. => 14,
        58..76 => 8,
        _ => 0,
    };
    let quiet = if total >= 36 { 6 } else { 0 };
    let key = match total {
        76.. => (total / 4).min(34),
        50..76 => 12,
        _ => 0,
    };
    let gaps = [free, quiet, key].iter().filter(|w| **w > 0).count();
    let title_at = BADGES_AT + BADGES + 1;
    let title = total.saturating_sub(title_at + free + quiet + key + to_u16(gaps));
    let mut at = title_at + title + 1;
    let mut next = |w: u16| {
        let here = (at, w);
        at += if w > 0 { w + 1 } else { 0 };
        here
    };
    Columns { title: (title_at, title), key: next(key), quiet: next(quiet), free: next(free) }
}

/// Paints names and visible rows.
pub fn draw(state: &State, areas: &DiscoverAreas, buf: &mut Buffer) {
    let columns = columns(areas.table.width);
    if areas.header.height > 0 {
        let dim = state.theme.dim;
        let names = if state.discover.hits.findings { ["project", "for", "hurts"] } else { ["task", "quiet", "who"] };
        put(buf, areas.header, SCORE_AT, 0, "pt", dim);
        put(buf, areas.header, BADGES_AT, 0, "why", dim);
        for ((x, w), name) in
            [(columns.title, "title"), (columns.key, names[0]), (columns.quiet, names[1]), (columns.free, names[2])]
        {
            put_fit(buf, areas.header, x, 0, w, name, dim);
        }
    }
    let discover = &state.discover;
    for y in 0..areas.table.height {
        let at = discover.cursor.top + y as usize;
        let Some(row) = discover.row_at(&state.snapshot, at) else { break };
        let selected = at == discover.cursor.at;
        draw_row(state, row, selected, columns, y, areas.table, buf);
        if let (Some(finding), (x, w @ 1..)) = (discover.finding_at(&state.snapshot, at), columns.free) {
            let cell = format!("{:<5} {}", finding.severity.word(), finding.size.word());
            put_fit(buf, areas.table, x, y, w, &cell, state.theme.plain);
        }
    }
}

fn draw_row(state: &State, row: &Row, selected: bool, columns: Columns, y: u16, area: Rect, buf: &mut Buffer) {
    let theme = &state.theme;
    let here = selected && !state.discover.facet_focus;
    put(buf, area, 0, y, if selected { "▸" } else { " " }, theme.accent);
    let marked = state.discover.marks.contains(&row.task.key);
    let sign = match (marked, row.mark) {
        (true, _) => "●",
        (false, Some(MarkKind::Bookmark)) => "☆",
        (false, Some(MarkKind::Hidden | MarkKind::Snoozed)) => "z",
        (false, None) => " ",
    };
    put(buf, area, 1, y, sign, theme.accent);
    if let Some(score) = state.snapshot.score(row) {
        let mut text = String::with_capacity(4);
        // Writing into a String cannot fail.
        let _ = write!(text, "{:>2}", whole(score));
        put(buf, area, SCORE_AT, y, &text, theme.strong);
    }
    let mut badge = [0; 4];
    for (i, signal) in row.signals.iter().take(BADGES as usize).enumerate() {
        put(buf, area, BADGES_AT + to_u16(i), y, signal.kind.badge().encode_utf8(&mut badge), theme.badge(signal.kind));
    }
    let (x, w) = columns.title;
    let tags = state.snapshot.tags.shown(&row.task.key);
    let end = if tags.is_empty() { x } else { put_fit(buf, area, x, y, w / 3, &tags, theme.accent) + 1 };
    put_fit(buf, area, end, y, (x + w).saturating_sub(end), &row.task.title.line(), theme.plain);
    if let (x, w @ 1..) = columns.key {
        let key = &row.task.key;
        let key = if key.is_unborn() { key.project.to_string() } else { state.shown_key(key) };
        put(buf, area, x, y, &short_key(&key, w as usize), theme.dim);
    }
    if let (x, w @ 1..) = columns.quiet {
        let mut quiet = String::with_capacity(8);
        // Writing into a String cannot fail.
        let _ = write!(quiet, "{:>4}d", row.quiet_days.min(9_999));
        put_fit(buf, area, x, y, w, &quiet, theme.plain);
    }
    if let (x, w @ 1..) = columns.free {
        let style = if row.free.is_free() { theme.good } else { theme.dim };
        put_fit(buf, area, x, y, w, &row.free.cell(), style);
    }
    if selected {
        tint(buf, area, y, if here { theme.selected } else { theme.selected_away });
    }
}

/// A key in at most `columns`: the owner goes first, because most lists have few of them; then the name is cut;
/// the number stays. The full key stands in preview and detail.
pub fn short_key(key: &str, columns: usize) -> String {
    if width(key) <= columns {
        return key.to_owned();
    }
    let key = short_path(key);
    if width(key) <= columns {
        return key.to_owned();
    }
    let at = key.rfind(['#', '-']).unwrap_or(key.len());
    let (path, number) = key.split_at_checked(at).unwrap_or((key, ""));
    let room = columns.saturating_sub(width(number) + 1);
    format!("{}…{number}", cut(path, room))
}

/// A project's name without its owner.
pub fn short_path(path: &str) -> &str {
    path.split_once('/').map_or(path, |(_, name)| name)
}
