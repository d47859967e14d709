//! A table of text laid out in columns: as wide as its cells where that fits, else the widest columns give way and their cells
//! are wrapped. Knows where no text is from.

use super::super::{
    paint::{Piece, TextLine, width, wrap},
    theme::Ink,
};

/// One cell.
pub type Cell = Vec<Piece>;

/// Columns between two columns.
const GAP: usize = 2;
/// Columns that a cell keeps.
const LEAST: usize = 8;

/// Lays a table out in rows of at most `columns`; each cell on rows of its own where the columns do not all fit side by side.
pub fn lay_out(rows: &[Vec<Cell>], columns: usize) -> Vec<TextLine> {
    let count = rows.iter().map(Vec::len).max().unwrap_or_default();
    let Some(widths) = widths(rows, count, columns) else {
        let cells = rows.iter().flatten().filter(|cell| !cell.is_empty());
        return cells.flat_map(|cell| wrap(cell, columns, "", "  ")).collect();
    };
    let mut lines = Vec::new();
    for row in rows {
        let cells: Vec<Vec<TextLine>> =
            row.iter().zip(&widths).map(|(cell, columns)| wrap(cell, *columns, "", "")).collect();
        let height = cells.iter().map(Vec::len).max().unwrap_or_default();
        for y in 0..height {
            let mut pieces = Vec::new();
            let mut owed = 0;
            for (cell, wide) in cells.iter().zip(&widths) {
                let line = cell.get(y).map(|line| line.0.as_slice()).unwrap_or_default();
                let used: usize = line.iter().map(|piece| width(&piece.text)).sum();
                // Blanks are owed until something stands behind them, so that no row ends in blanks.
                if used > 0 {
                    pieces.extend((owed > 0).then(|| Piece { text: " ".repeat(owed), ink: Ink::Plain }));
                    pieces.extend(line.iter().cloned());
                    owed = 0;
                }
                owed += wide.saturating_sub(used) + GAP;
            }
            lines.push(TextLine(pieces));
        }
    }
    lines
}

/// The width of each column; `None` where they do not fit side by side.
fn widths(rows: &[Vec<Cell>], count: usize, columns: usize) -> Option<Vec<usize>> {
    let room = columns.checked_sub(GAP * count.saturating_sub(1))?;
    let natural = |at: usize| {
        let cells = rows.iter().filter_map(|row| row.get(at));
        cells.map(|cell| cell.iter().map(|piece| width(&piece.text)).sum()).max().unwrap_or(0usize)
    };
    let mut widths: Vec<usize> = (0..count).map(natural).collect();
    if widths.iter().map(|wide| (*wide).min(LEAST)).sum::<usize>() > room {
        return None;
    }
    let mut surplus = widths.iter().sum::<usize>().saturating_sub(room);
    while surplus > 0 {
        // The widest gives way to the next widest, or as far as it has to.
        let widest = widths.iter().copied().max().unwrap_or_default();
        let next = widths.iter().copied().filter(|wide| *wide < widest).max().unwrap_or(0).max(LEAST);
        let equals = widths.iter().filter(|wide| **wide == widest).count();
        let first = widths.iter_mut().find(|wide| **wide == widest)?;
        let step = (widest - next.min(widest - 1)).min(surplus.div_ceil(equals));
        *first -= step;
        surplus -= step;
    }
    Some(widths)
}
