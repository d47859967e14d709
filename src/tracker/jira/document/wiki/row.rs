//! A row of a table in wiki markup: `||head||head||` and `|cell|cell|`. Bars inside links, pictures and code do not
//! part cells.

use super::inline;
use crate::tracker::jira::document::tree::{Block, paragraphs};

/// Most cells of a row; what follows stays in the last one.
const MAX_CELLS: usize = 64;

/// The cells of a row that begins with a bar.
pub(super) fn cells(row: &str) -> Vec<Vec<Block>> {
    let mut cells: Vec<String> = Vec::new();
    let mut cell = String::new();
    let mut at = bars(row);
    // Next square bracket that closes, once looked for.
    let mut close: Option<Option<usize>> = None;
    while let Some(c) = row.get(at..).and_then(|rest| rest.chars().next()) {
        let rest = row.get(at..).unwrap_or_default();
        let step = match c {
            '\\' => c.len_utf8() + rest.chars().nth(1).map_or(0, char::len_utf8),
            '[' => {
                if close.is_none_or(|found| found.is_some_and(|end| end < at)) {
                    close = Some(rest.find(']').map(|end| at + end));
                }
                close.flatten().filter(|end| link(row.get(at..*end))).map_or(1, |end| end + 1 - at)
            }
            '!' => inline::picture(rest).unwrap_or(1),
            '{' if rest.starts_with("{{") => mono(rest).unwrap_or(2),
            '|' if cells.len() < MAX_CELLS => {
                cells.push(std::mem::take(&mut cell));
                at += bars(rest);
                continue;
            }
            c => c.len_utf8(),
        };
        cell.push_str(row.get(at..at + step).unwrap_or_default());
        at += step;
    }
    if !cell.trim_ascii().is_empty() {
        cells.push(cell);
    }
    cells.into_iter().map(|cell| paragraphs(inline::pieces(cell.trim_ascii()))).collect()
}

/// True when a bar between the brackets belongs to a link.
fn link(inside: Option<&str>) -> bool {
    let nested = |text: &str| text.get(1..).is_some_and(|rest| rest.contains('['));
    inside.is_some_and(|text| text.len() <= 5_000 && !nested(text) && !text.contains('\n'))
}

/// One bar or two.
fn bars(text: &str) -> usize {
    if text.starts_with("||") { 2 } else { 1 }
}

/// Length of code in a line, when it is closed near by.
fn mono(rest: &str) -> Option<usize> {
    let near = rest.get(..rest.floor_char_boundary(500)).unwrap_or_default();
    let end = near.find("}}")?;
    (!near.get(..end).unwrap_or_default().contains('\n')).then_some(end + 2)
}
