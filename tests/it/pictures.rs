//! The README's pictures, made from the real program on the demo organisation. `assets/pictures.sh` makes them
//! anew; this test fails when they no longer show what the program shows.

use std::{fmt::Write, path::PathBuf};

use crate::pty::Terminal;

const COLUMNS: u16 = 126;
const ROWS: u16 = 30;
/// Width and height of a cell, pixels.
const CELL: (f32, f32) = (8.4, 18.0);

fn colour(colour: vt100::Color, default: &str) -> String {
    const SIXTEEN: [&str; 16] = [
        "#282c34", "#e06c75", "#98c379", "#e5c07b", "#61afef", "#c678dd", "#56b6c2", "#abb2bf", "#5c6370", "#e06c75",
        "#98c379", "#e5c07b", "#61afef", "#c678dd", "#56b6c2", "#ffffff",
    ];
    match colour {
        vt100::Color::Default => default.into(),
        vt100::Color::Idx(i @ 0..=15) => SIXTEEN[usize::from(i)].into(),
        vt100::Color::Idx(i @ 232..) => format!("#{0:02x}{0:02x}{0:02x}", 8 + (i - 232) * 10),
        vt100::Color::Idx(i) => {
            let step = |n: u8| if n == 0 { 0 } else { 55 + n * 40 };
            let i = i - 16;
            format!("#{:02x}{:02x}{:02x}", step(i / 36), step(i / 6 % 6), step(i % 6))
        }
        vt100::Color::Rgb(r, g, b) => format!("#{r:02x}{g:02x}{b:02x}"),
    }
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// A screen as a picture: one text element a run of equal cells, each placed by its column.
fn svg(screen: &vt100::Screen) -> String {
    let (width, height) = (f32::from(COLUMNS) * CELL.0 + 24.0, f32::from(ROWS) * CELL.1 + 24.0);
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width:.0} {height:.0}\" font-family=\"ui-monospace, \
         'DejaVu Sans Mono', 'Cascadia Mono', Menlo, Consolas, monospace\" font-size=\"14\">\n\
         <rect width=\"100%\" height=\"100%\" rx=\"8\" fill=\"#1e2127\"/>\n"
    );
    for row in 0..ROWS {
        let mut column = 0;
        while column < COLUMNS {
            let Some(first) = screen.cell(row, column) else { break };
            let style = |c: &vt100::Cell| (c.fgcolor(), c.bgcolor(), c.bold(), c.dim(), c.inverse(), c.underline());
            let (start, look) = (column, style(first));
            let mut text = String::new();
            while let Some(cell) = screen.cell(row, column).filter(|c| style(c) == look && column < COLUMNS) {
                if !cell.is_wide_continuation() {
                    text.push_str(if cell.has_contents() { cell.contents() } else { " " });
                }
                column += 1;
            }
            run(&mut out, row, start, column - start, &text, first);
        }
    }
    out.push_str("</svg>\n");
    out
}

fn run(out: &mut String, row: u16, start: u16, cells: u16, text: &str, cell: &vt100::Cell) {
    let (mut front, mut back) = (colour(cell.fgcolor(), "#d7dae0"), colour(cell.bgcolor(), "#1e2127"));
    if cell.inverse() {
        std::mem::swap(&mut front, &mut back);
    }
    let (x, y) = (12.0 + f32::from(start) * CELL.0, 12.0 + f32::from(row) * CELL.1);
    let width = f32::from(cells) * CELL.0;
    if back != "#1e2127" {
        writeln!(
            out,
            "<rect x=\"{x:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"{:.1}\" fill=\"{back}\"/>",
            CELL.1
        )
        .unwrap();
    }
    if text.trim().is_empty() {
        return;
    }
    let mut style = String::new();
    if cell.bold() {
        style.push_str(" font-weight=\"bold\"");
    }
    if cell.dim() {
        style.push_str(" opacity=\"0.65\"");
    }
    if cell.underline() {
        style.push_str(" text-decoration=\"underline\"");
    }
    writeln!(
        out,
        "<text x=\"{x:.1}\" y=\"{:.1}\" textLength=\"{width:.1}\" lengthAdjust=\"spacingAndGlyphs\" xml:space=\"preserve\" fill=\"{front}\"{style}>{}</text>",
        y + 13.5,
        escape(text)
    )
    .unwrap();
}

fn compare(name: &str, screen: &Terminal) {
    let now = screen.with_screen(svg);
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("assets").join(name);
    if std::env::var_os("UPDATE_PICTURES").is_some() {
        std::fs::write(&path, &now).unwrap();
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(kept == now, "{name} no longer shows what the program shows; run assets/pictures.sh\n{}", screen.text());
}

#[test]
fn the_pictures_show_the_program() {
    let mut screen = Terminal::open(&["demo"], COLUMNS, ROWS);
    screen.shows("15 of 15 fresh");
    screen.press("/signal:docs,ci -is:stale\r");
    screen.shows("signal:docs,ci").shows("Why it is here").lacks("syncing");
    screen.press("jj");
    screen.settles();
    compare("discover.svg", &screen);

    screen.press("/");
    screen.press("\u{15}project:quillfern/locker-gateway is:free\r");
    screen.settles();
    screen.press("c");
    screen.shows("working days");
    screen.press("\r");
    screen.shows("is yours until");
    screen.press("3");
    screen.shows("days left");
    // The cursor stays on its card when the new claim arrives: which of the two comes first is chance.
    screen.press("g");
    screen.settles();
    compare("mine.svg", &screen);

    screen.press("4");
    screen.shows("places taken");
    screen.settles();
    compare("floor.svg", &screen);
    screen.press("q");
}
