//! Tables of a document: cells that reach over several columns or rows leave empty ones beside and below them.

use serde_json::Value;

use super::{Reader, attr, children, kind, number};
use crate::tracker::jira::document::tree::Block;

/// Most columns and rows that one cell reaches over, and most columns of a row.
const MAX_SPAN: u64 = 64;

fn span(cell: &Value, name: &str) -> u64 {
    attr(cell, name).and_then(number).unwrap_or(1).clamp(1, MAX_SPAN)
}

impl Reader {
    pub(super) fn table(&mut self, node: &Value, depth: usize) -> Block {
        let mut rows = Vec::new();
        // For each column how many more rows a cell from above covers.
        let mut covered: Vec<u64> = Vec::new();
        for row in children(node) {
            if !self.counts() {
                break;
            }
            if kind(row) == "tableRow" {
                rows.push(self.cells(row, &mut covered, depth));
            } else {
                rows.push(vec![self.row([row].into_iter(), depth)]);
            }
        }
        rows.retain(|row| !row.is_empty());
        Block::Table(rows)
    }

    fn cells(&mut self, row: &Value, covered: &mut Vec<u64>, depth: usize) -> Vec<Vec<Block>> {
        let mut cells: Vec<Vec<Block>> = Vec::new();
        let most = usize::try_from(MAX_SPAN).unwrap_or_default();
        let under = |cells: &mut Vec<Vec<Block>>, covered: &mut Vec<u64>| {
            while let Some(left) = covered.get_mut(cells.len()).filter(|left| **left > 0) {
                *left -= 1;
                cells.push(Vec::new());
            }
        };
        for cell in children(row) {
            if !self.counts() {
                break;
            }
            under(&mut cells, covered);
            let (wide, high) = (span(cell, "colspan"), span(cell, "rowspan"));
            let content = match kind(cell) {
                "tableCell" | "tableHeader" => self.inner(cell, depth),
                _ => self.row([cell].into_iter(), depth),
            };
            let mut content = Some(content);
            for _ in 0..wide {
                let at = cells.len();
                if at < most && self.counts() {
                    covered.resize(covered.len().max(at + 1), 0);
                    covered[at] = high - 1;
                    cells.push(content.take().unwrap_or_default());
                } else if let (Some(last), Some(content)) = (cells.last_mut(), content.take()) {
                    last.extend(content);
                }
            }
        }
        under(&mut cells, covered);
        cells
    }
}
