//! Pictures made of several characters (a family, a shade of skin): some terminals draw one picture, others draw all of them
//! side by side, and nobody can ask which. What stands behind them is drawn anew with each frame, over whatever they spilled.
//! Knows no screen.

use ratatui::buffer::{Buffer, CellDiffOption};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Joins two pictures to one.
const JOINER: char = '\u{200d}';
/// Bytes up to which a cell holds one picture at most.
const ONE: usize = 4;

/// Lets what stands behind such pictures be drawn with every frame. One that could spill over the end of its row is cut
/// down to its first part: the next row would not be drawn anew.
pub(super) fn keep_in_line(buf: &mut Buffer) {
    let area = buf.area;
    for y in area.top()..area.bottom() {
        for x in area.left()..area.right() {
            let Some(cell) = buf.cell((x, y)) else { continue };
            if cell.symbol().len() <= ONE {
                continue;
            }
            let (taken, spilled) = widths(cell.symbol());
            if spilled <= taken {
                continue;
            }
            if x.saturating_add(spilled) > area.right() {
                let (first, style) = (first_of(cell.symbol()).to_owned(), cell.style());
                buf.set_string(x, y, first, style);
                continue;
            }
            for behind in x + taken..x + spilled {
                if let Some(cell) = buf.cell_mut((behind, y)) {
                    cell.set_diff_option(CellDiffOption::AlwaysUpdate);
                }
            }
        }
    }
}

/// Columns of a cell, and of its characters side by side.
fn widths(symbol: &str) -> (u16, u16) {
    let each: usize = symbol.chars().map(|c| c.width().unwrap_or(0)).sum();
    let number = |columns: usize| u16::try_from(columns).unwrap_or(u16::MAX);
    (number(symbol.width()), number(each))
}

/// A picture without what is joined to it.
fn first_of(symbol: &str) -> &str {
    let joined = |(at, c): (usize, char)| (at > 0 && (c == JOINER || c.width() > Some(0))).then_some(at);
    let end = symbol.char_indices().find_map(joined).unwrap_or(symbol.len());
    symbol.get(..end).unwrap_or(symbol)
}

#[cfg(test)]
mod tests {
    use ratatui::{layout::Rect, style::Style};

    use super::*;

    fn row(text: &str, columns: u16) -> Buffer {
        let mut buf = Buffer::empty(Rect::new(0, 0, columns, 1));
        buf.set_string(0, 0, text, Style::default());
        keep_in_line(&mut buf);
        buf
    }

    fn anew(buf: &Buffer) -> Vec<usize> {
        let always = |option: CellDiffOption| matches!(option, CellDiffOption::AlwaysUpdate);
        buf.content.iter().enumerate().filter(|(_, cell)| always(cell.diff_option)).map(|(at, _)| at).collect()
    }

    #[test]
    fn what_stands_behind_a_joined_picture_is_drawn_anew() {
        let family = "\u{1f468}\u{200d}\u{1f469}\u{200d}\u{1f467}";
        assert_eq!(anew(&row(&format!("a{family} bcdefg"), 12)), [3, 4, 5, 6]);
        assert_eq!(anew(&row("\u{1f44d}\u{1f3fd} ok", 12)), [2, 3]);
        assert_eq!(anew(&row("größe 日本 \u{1f44d} e\u{301}\u{302}\u{303}", 20)), [0_usize; 0]);
    }

    #[test]
    fn at_the_end_of_a_row_the_first_picture_stands_for_all() {
        let buf = row("abcd\u{1f468}\u{200d}\u{1f469}", 6);
        assert_eq!((buf[(4, 0)].symbol(), anew(&buf).len()), ("\u{1f468}", 0));
        assert_eq!(row("a\u{1f44d}\u{1f3fd}", 3)[(1, 0)].symbol(), "\u{1f44d}");
    }
}
