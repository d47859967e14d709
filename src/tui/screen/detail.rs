//! One task laid out for reading: title, why it is here, who has it, description as Markdown, comments. The same
//! laid-out text serves the preview of Discover and the full screen; it is made when something changes, never
//! while drawing.

use std::sync::Arc;

use ratatui::{buffer::Buffer, layout::Rect};

use super::super::{
    layout,
    paint::{Piece, TextLine, put_line, to_u16, wrap, wrap_text},
    room::{Room, Tab},
    state::{Cursor, Out, State},
    theme::Ink,
    widget::markdown,
};
use crate::{
    domain::{
        key::{ProjectRef, TaskKey},
        task::TaskDetail,
        text::Foreign,
    },
    index::Row,
    judge::free::Free,
    keymap::Action,
};

/// A laid-out task.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sheet {
    /// Whose, how wide, of which state of knowledge, and whether as the card of a walk; `None` while there is none.
    made_for: Option<(Subject, u16, u64, u64, bool)>,
    /// The rows.
    pub lines: Arc<Vec<TextLine>>,
}

/// What is laid out: a task, or a finding by project and id.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Subject {
    Task(TaskKey),
    Finding(ProjectRef, String),
}

fn subject(state: &State) -> Option<Subject> {
    let here = state.rooms.is_empty() && state.tab == Tab::Discover;
    match state.discover.finding(&state.snapshot).filter(|_| here) {
        Some((finding, row)) => Some(Subject::Finding(row.task.key.project.clone(), finding.id.clone())),
        None => state.selected().map(Subject::Task),
    }
}

/// The task that preview or detail screen show now.
pub fn wanted(state: &State) -> Option<TaskKey> {
    if !matches!(state.room(), Some(Room::Why(..))) {
        layout::sheet_columns(state)?;
    }
    state.selected()
}

/// Lays the wanted task out again where something about it changed.
pub fn refresh(state: &mut State) {
    let wanted = layout::sheet_columns(state).zip(subject(state));
    let card = super::walk::shows_card(state);
    let made_for = wanted.map(|(columns, subject)| (subject, columns, state.facts, state.details.stamp, card));
    if made_for == state.sheet.made_for {
        return;
    }
    let lines = made_for.as_ref().map(|(subject, columns, ..)| match subject {
        Subject::Task(key) => lay_out(state, key, *columns as usize),
        Subject::Finding(project, id) => super::finding::lay_out(state, project, id, *columns as usize),
    });
    let lines = lines.unwrap_or_default();
    state.sheet = Sheet { made_for, lines: Arc::new(lines) };
}

fn lay_out(state: &State, key: &TaskKey, columns: usize) -> Vec<TextLine> {
    let Some(row) = state.snapshot.get(key) else {
        let title = super::walk::here(state).filter(|_| super::walk::shows_card(state)).map(|visit| visit.title.line());
        let mut lines = title.map(|title| wrap_text(&title, Ink::Strong, columns)).unwrap_or_default();
        lines.extend(wrap_text(&format!("{key} is not in the store any more."), Ink::Warning, columns));
        return lines;
    };
    let detail = state.details.get(key);
    let mut lines = wrap_text(&row.task.title.line(), Ink::Strong, columns);
    lines.extend(wrap_text(&origin(state, row), Ink::Dim, columns));
    // Every stop of a walk is free, and where one was taken meanwhile that is worth a line.
    if !(super::walk::shows_card(state) && row.free.is_free()) {
        lines.push(TextLine::blank());
        let (ink, words) = free_words(&row.free);
        lines.extend(wrap_text(&words, ink, columns));
    }
    let own = || state.snapshot.commitments.iter().find(|c| c.mine && c.key == *key);
    if let Some(claim) = row.claim.as_ref().filter(|c| c.mine).or_else(own) {
        lines.extend(wrap_text(&format!("your commitment: {}", claim.state.word()), super::mine::ink(claim), columns));
        for remark in super::mine::remarks(state, claim) {
            lines.extend(wrap_text(&remark, Ink::Dim, columns));
        }
    }
    if !row.signals.is_empty() {
        lines.push(TextLine::blank());
        lines.push(TextLine::of(Ink::Accent, "Why it is here"));
        for signal in &row.signals {
            let head = signal.kind.word();
            let badge = piece(Ink::Badge(signal.kind), &format!("{} ", signal.kind.badge()));
            let pieces = [badge, piece(Ink::Strong, head), piece(Ink::Plain, &format!(": {}", signal.evidence))];
            lines.extend(wrap(&pieces, columns, "", "  "));
        }
    }
    if super::walk::shows_card(state) {
        super::walk::host_lines(state, row, columns, &mut lines);
    }
    let before_facts = lines.len();
    facts(row, &state.snapshot.tags.shown(key), columns, &mut lines);
    if lines.len() > before_facts {
        lines.insert(before_facts, TextLine::blank());
    }
    lines.push(TextLine::blank());
    body(state, detail.map(AsRef::as_ref), columns, &mut lines);
    lines
}

pub(super) fn piece(ink: Ink, text: &str) -> Piece {
    Piece { text: text.to_owned(), ink }
}

fn origin(state: &State, row: &Row) -> String {
    let mut parts = vec![state.shown_key(&row.task.key)];
    let by = row.task.author.as_ref().map(|a| format!(" by @{}", a.login.line())).unwrap_or_default();
    parts.push(format!("opened {} days ago{by}", row.age_days));
    parts.push(format!("quiet for {} days", row.quiet_days));
    parts.extend(row.language.clone());
    parts.join(" · ")
}

/// Who has a task, in words.
pub fn free_words(free: &Free) -> (Ink, String) {
    match free {
        Free::Yes => (Ink::Good, "free: nobody works on it".into()),
        Free::Held { mine: true, until, .. } => (Ink::Accent, format!("yours until {until}")),
        Free::Held { by, until, .. } => (Ink::Warning, format!("claimed by @{} until {until}", by.line())),
        Free::Assigned { to } => {
            let names: Vec<_> = to.iter().map(|l| format!("@{}", l.line())).collect();
            (Ink::Warning, format!("assigned by hand to {}, without a claim", names.join(", ")))
        }
        Free::Closed { why } => (Ink::Warning, format!("cannot be claimed: {why}")),
        Free::Reserved { .. } | Free::Lacks { .. } => (Ink::Warning, free.barred().unwrap_or_default()),
    }
}

fn facts(row: &Row, tags: &str, columns: usize, lines: &mut Vec<TextLine>) {
    let mut fact = |name: &str, value: String| {
        if !value.is_empty() {
            let pieces = [piece(Ink::Dim, &format!("{name} ")), piece(Ink::Plain, &value)];
            lines.extend(wrap(&pieces, columns, "", "  "));
        }
    };
    let names = |list: &[Foreign]| list.iter().map(Foreign::line).collect::<Vec<_>>().join(", ");
    fact("your tags", tags.to_owned());
    fact("labels", names(&row.task.labels));
    fact("assigned", row.task.assignees.iter().map(|l| format!("@{}", l.line())).collect::<Vec<_>>().join(", "));
    fact("milestone", row.task.milestone.as_ref().map(|m| m.title.line().into_owned()).unwrap_or_default());
    fact("also at", row.mirrors.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "));
    fact("same work as", row.folded.as_ref().map(ToString::to_string).unwrap_or_default());
    for (name, value) in row.task.planning.iter().flat_map(|planning| planning.facts()) {
        fact(name, value);
    }
}

fn body(state: &State, detail: Option<&TaskDetail>, columns: usize, lines: &mut Vec<TextLine>) {
    let Some(detail) = detail else {
        lines.push(TextLine::of(Ink::Dim, "…"));
        return;
    };
    match &detail.body {
        None => {
            lines.extend(wrap_text("The description has not been read yet; the browser has it.", Ink::Dim, columns))
        }
        Some(text) if text.raw().trim().is_empty() => lines.push(TextLine::of(Ink::Dim, "(no description)")),
        Some(text) => lines.extend(markdown::lay_out(text, columns)),
    }
    for comment in &detail.comments {
        lines.push(TextLine::blank());
        let who =
            comment.author.as_ref().map_or_else(|| "a deleted account".into(), |a| format!("@{}", a.login.line()));
        let days = state.now.days_since(comment.created_at);
        let when = comment.created_at.to_zoned(state.options.zone.clone()).strftime("%-d %b %Y").to_string();
        let pieces = [piece(Ink::Accent, &who), piece(Ink::Dim, &format!(" · {when}, {days} days ago"))];
        lines.extend(wrap(&pieces, columns, "", ""));
        lines.extend(markdown::lay_out(&comment.body, columns));
    }
    if let Some(text) = unread_words(detail) {
        lines.push(TextLine::blank());
        lines.extend(wrap_text(&text, Ink::Dim, columns));
    }
}

/// What is said of comments that were not read yet.
fn unread_words(detail: &TaskDetail) -> Option<String> {
    match (detail.unread(), detail.task.comments) {
        (0, _) => None,
        (1, 1) => Some("1 comment, not read yet".into()),
        (unread, all) if unread == all => Some(format!("{all} comments, not read yet")),
        (unread, all) => Some(format!("{unread} of {all} comments not read yet")),
    }
}

/// Does what is special to the full screen.
pub fn act(state: &mut State, action: Action) -> Option<Vec<Out>> {
    match action {
        Action::Next => step(state, true),
        Action::Previous => step(state, false),
        _ => return None,
    }
    Some(Vec::new())
}

/// Goes to the neighbour in the list one came from.
fn step(state: &mut State, forward: bool) {
    let Some(Room::Detail(..)) = state.rooms.pop() else { return };
    if state.rooms.is_empty() {
        let (len, cursor) = match state.tab {
            Tab::Floor => return super::floor::step(state, forward),
            Tab::Walk => return super::walk::step(state, forward),
            Tab::Discover => (state.discover.hits.rows.len(), &mut state.discover.cursor),
            Tab::Mine => (super::mine::cards(state).len(), &mut state.mine),
        };
        let next = if forward { cursor.at + 1 } else { cursor.at.saturating_sub(1) };
        cursor.at = next.min(len.saturating_sub(1));
    }
    if let Some(key) = state.selected() {
        state.rooms.push(Room::Detail(key, Cursor::default()));
    }
}

/// Paints the full screen.
pub fn draw(state: &State, area: Rect, buf: &mut Buffer) {
    let Some(Room::Detail(_, cursor)) = state.room() else { return };
    let columns = layout::sheet_columns(state).filter(|_| state.focus).unwrap_or_default();
    // Alone it stands in the middle.
    let left = if state.focus { (area.width.saturating_sub(columns) / 2).max(1) } else { 1 };
    let text = Rect { x: area.x + left, width: area.width.saturating_sub(left + 1), ..area };
    paint(state, cursor.at, text, buf);
}

/// Paints the laid-out task from row `from`.
pub fn paint(state: &State, from: usize, area: Rect, buf: &mut Buffer) {
    for (i, line) in state.sheet.lines.iter().skip(from).take(area.height as usize).enumerate() {
        put_line(buf, area, to_u16(i), line, &state.theme);
    }
}
