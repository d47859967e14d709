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

/// A screen as a picture.
fn svg(screen: &vt100::Screen) -> String {
    let lines: String = lines(screen).concat();
    format!("{}{lines}</svg>\n", head(0.0))
}

/// How a picture begins, with room below its screen.
fn head(below: f32) -> String {
    let (width, height) = (f32::from(COLUMNS) * CELL.0 + 24.0, f32::from(ROWS) * CELL.1 + 24.0 + below);
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width:.0} {height:.0}\" font-family=\"ui-monospace, \
         'DejaVu Sans Mono', 'Cascadia Mono', Menlo, Consolas, monospace\" font-size=\"14\">\n\
         <rect width=\"100%\" height=\"100%\" rx=\"8\" fill=\"#1e2127\"/>\n"
    )
}

/// The lines of a screen: one text element a run of equal cells, each placed by its column.
fn lines(screen: &vt100::Screen) -> Vec<String> {
    (0..ROWS).map(|row| line(screen, row)).collect()
}

fn line(screen: &vt100::Screen, row: u16) -> String {
    let (mut out, mut column) = (String::new(), 0);
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
    out
}

/// A film of screens, each with the keys that led to it. It moves by style sheet alone, so that a page may show it as an
/// image; whoever asked their system for less motion sees its first screen.
#[derive(Default)]
struct Film {
    frames: Vec<Frame>,
}

struct Frame {
    seconds: f32,
    keys: &'static str,
    words: &'static str,
    lines: Vec<String>,
}

/// Room for keys and words below a film.
const CAPTION: f32 = 44.0;

impl Film {
    fn take(&mut self, screen: &Terminal, seconds: f32, keys: &'static str, words: &'static str) {
        self.frames.push(Frame { seconds, keys, words, lines: screen.with_screen(lines) });
    }

    fn svg(&self) -> String {
        let (mut out, mut spans) = (head(CAPTION), Vec::new());
        let mut rows: Vec<Vec<String>> = self.frames.iter().map(|f| f.lines.clone()).collect();
        for (row, frame) in rows.iter_mut().zip(&self.frames) {
            row.push(caption(frame.keys, frame.words));
        }
        for row in 0..=usize::from(ROWS) {
            let mut at = 0;
            while at < rows.len() {
                let same = rows[at..].iter().take_while(|lines| lines[row] == rows[at][row]).count();
                let span = (at, at + same);
                if !rows[at][row].is_empty() {
                    spans.push(span);
                    writeln!(out, "<g class=\"f{}-{}\">\n{}</g>", span.0, span.1, rows[at][row]).unwrap();
                }
                at = span.1;
            }
        }
        spans.sort_unstable();
        spans.dedup();
        format!("{out}<style>\n{}</style>\n</svg>\n", self.sheet(&spans))
    }

    /// Shows what stands in the frames from one to another while they are shown.
    fn sheet(&self, spans: &[(usize, usize)]) -> String {
        let whole: f32 = self.frames.iter().map(|f| f.seconds).sum();
        let begins = |at: usize| self.frames.iter().take(at).map(|f| f.seconds).sum::<f32>() * 100.0 / whole;
        let mut sheet = String::new();
        for (from, to) in spans.iter().filter(|span| **span != (0, self.frames.len())) {
            let name = format!("f{from}-{to}");
            let first = if *from == 0 { "visible" } else { "hidden" };
            writeln!(sheet, ".{name} {{ visibility: {first}; animation: {name} {whole:.1}s step-end infinite }}")
                .unwrap();
            write!(sheet, "@keyframes {name} {{ 0% {{ visibility: {first} }}").unwrap();
            if *from > 0 {
                write!(sheet, " {:.2}% {{ visibility: visible }}", begins(*from)).unwrap();
            }
            if *to < self.frames.len() {
                write!(sheet, " {:.2}% {{ visibility: hidden }}", begins(*to)).unwrap();
            }
            sheet.push_str(" }\n");
        }
        sheet.push_str("@media (prefers-reduced-motion: reduce) { g { animation: none !important } }\n");
        sheet
    }
}

/// The keys that were pressed, as caps, and what they are for.
fn caption(keys: &str, words: &str) -> String {
    let (mut out, mut x) = (String::new(), 24.0);
    let y = 12.0 + f32::from(ROWS) * CELL.1 + 18.0;
    for key in keys.split(' ').filter(|key| !key.is_empty()) {
        let width = key.chars().count() as f32 * CELL.0 + 14.0;
        writeln!(
            out,
            "<rect x=\"{x:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"24\" rx=\"4\" fill=\"none\" stroke=\"#abb2bf\"/>\n\
             <text x=\"{:.1}\" y=\"{:.1}\" fill=\"#ffffff\">{}</text>",
            x + 7.0,
            y + 17.0,
            escape(key)
        )
        .unwrap();
        x += width + 6.0;
    }
    writeln!(out, "<text x=\"{:.1}\" y=\"{:.1}\" fill=\"#e5c07b\">{}</text>", x + 8.0, y + 17.0, escape(words))
        .unwrap();
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
    agree(name, &screen.with_screen(svg), &screen.text());
}

fn agree(name: &str, now: &str, text: &str) {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("assets").join(name);
    if std::env::var_os("UPDATE_PICTURES").is_some() {
        std::fs::write(&path, now).unwrap();
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(kept == now, "{name} no longer shows what the program shows; run assets/pictures.sh\n{text}");
}

#[test]
fn the_pictures_show_the_program() {
    let (mut screen, mut film) = (Terminal::open(&["demo"], COLUMNS, ROWS), Film::default());
    screen.shows("15 of 15 fresh");
    screen.press("G");
    screen.settles();
    screen.press("g");
    screen.settles();
    film.take(&screen, 4.0, "", "What waits in all repositories and Jira projects, and why it is worth picking up");
    screen.press("/signal:docs,ci -is:stale\r");
    screen.shows("signal:docs,ci").shows("Why it is here").lacks("syncing");
    screen.press("jj");
    screen.settles();
    compare("discover.svg", &screen);
    film.take(&screen, 3.0, "/", "ask for what you can do: documentation or builds, nothing stale");

    screen.press("/");
    screen.press("\u{15}project:quillfern/locker-gateway is:free\r");
    screen.settles();
    screen.press("w");
    screen.settles();
    film.take(&screen, 4.0, "w", "why it is here: the score, part by part, and what would raise it");
    screen.press("\u{1b}");
    screen.settles();
    screen.press("c");
    screen.shows("working days");
    screen.settles();
    film.take(&screen, 4.0, "c", "claim it: what the host expects, what it costs them, until when");
    screen.press("\r");
    screen.shows("is yours until");
    screen.press("3");
    screen.shows("days left");
    // The cursor stays on its card when the new claim arrives: which of the two comes first is chance.
    screen.press("g");
    screen.settles();
    compare("mine.svg", &screen);
    film.take(&screen, 3.5, "3", "what you hold, until when, and the one next step");

    screen.press("4");
    screen.shows("places taken");
    screen.settles();
    compare("floor.svg", &screen);
    film.take(&screen, 3.5, "4", "who helps which team, as its lead sees it");
    agree("tour.svg", &film.svg(), "the film");
    screen.press("q");
}
