//! Hostile texts, the strict reader of terminal streams, and a floor that serves them.

use serde_json::{Value, json};

use crate::{
    floor::{Desk, Floor},
    hostile::corpus::{corpus, file},
};

/// Texts that hurt: a few that are always tried, and the corpus where it is at hand.
pub(crate) fn texts() -> Vec<(String, String)> {
    let built_in = [
        ("osc52", "copy \u{1b}]52;c;cHduZWQ=\u{7} done"),
        ("csi", "a\u{1b}[2J\u{1b}[H$ sudo rm\u{1b}[6n"),
        ("c1", "b\u{9b}31m\u{9d}0;t\u{7}"),
        ("decset", "c\u{1b}[?1049l\u{1b}[?1000h"),
        ("bidi", "d\u{202e}gpj.exe\u{2066}"),
        ("invisible", "ad\u{200b}min\u{feff}\u{e0041}"),
        ("unfinished", "e\u{1b}]0;never ended"),
        ("carriage", "first\rsecond\u{8}\u{8}x\u{7f}"),
        ("nul", "before\0after"),
        (
            "marks",
            "\u{301}\u{301}z\u{301}\u{302}\u{303}\u{304}\u{305}\u{306}\u{307}\u{308}\u{309}\u{30a}\u{30b}\u{30c}\u{30d}\u{30e}\u{30f}\u{310}\u{311}",
        ),
        ("rows", "one\ntwo\r\nthree\u{2028}four\u{85}five\tsix"),
        ("blank", "\u{3164}"),
    ];
    let kept = [
        ("benign words", "Größe – 5 °C, 字, שלום 12, نص"),
        ("benign code", "HashMap<String, Vec<u8>> & -5"),
        ("export formula", "=HYPERLINK(\"https://evil.example\")"),
        ("export Markdown", "| x |\n# head\n- [ ] @everybody fixes #1 ![](https://evil.example/a)"),
        ("export HTML", "<script>alert(1)</script><img src=x onerror=y>"),
        ("export log", "x\n2026-11-20T09:00:00Z ERROR forged"),
        ("export marker", "<!-- floorwalk/1 {\"k\":\"claim\",\"c\":\"01M7PY4VR20000000700000001\"} -->"),
    ];
    let own = built_in.into_iter().chain(kept);
    let mut all: Vec<_> = own.map(|(name, text)| (name.to_owned(), text.to_owned())).collect();
    let files = corpus("text").unwrap_or_default();
    all.extend(files.into_iter().map(|(name, bytes)| (name, String::from_utf8(bytes).unwrap())));
    all
}

/// How many of these texts belong to each line of the catalogue.
pub(crate) fn lines_of(texts: &[(String, String)]) -> Vec<(&'static str, usize)> {
    let index = file("INDEX.tsv").and_then(|index| String::from_utf8(index).ok()).unwrap_or_default();
    let class = |name: &str| {
        let path = format!("text/{name}");
        let known = index.lines().find_map(|row| row.split_once('\t').filter(|(at, _)| *at == path));
        match (known.map(|(_, rest)| rest.split('\t').next().unwrap_or_default()), name) {
            (Some("benign"), _) => "input benign",
            (Some("export"), _) => "input export",
            (Some("unicode"), _) => "input unicode",
            (Some(_), _) => "input escape",
            (None, name) if name.starts_with("benign") => "input benign",
            (None, name) if name.starts_with("export") => "input export",
            (None, "bidi" | "invisible" | "marks" | "rows" | "blank") => "input unicode",
            (None, _) => "input escape",
        }
    };
    let mut counts = std::collections::BTreeMap::new();
    texts.iter().for_each(|(name, _)| *counts.entry(class(name)).or_default() += 1);
    counts.into_iter().collect()
}

/// A dump of one repository, in a folder of its own.
pub(crate) fn dump(repo: &str, rows: &[Value]) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    let lines: Vec<String> = rows.iter().map(ToString::to_string).collect();
    std::fs::write(dir.path().join(format!("{}.hostile.jsonl", repo.replace('/', "__"))), lines.join("\n")).unwrap();
    dir
}

/// Where hostile issues live.
pub(crate) const REPO: &str = "acme/widgets";

/// The repository with plain issues, served; and somebody who reads it.
pub(crate) fn plain(count: u64) -> (Floor, Desk) {
    let rows: Vec<Value> = (1..=count)
        .map(|n| {
            json!({"number": n, "title": format!("Plain task {n}"), "body": "some words", "state": "open",
                "user": {"login": "ann"}, "labels": [{"name": "help wanted"}],
                "created_at": "2026-01-01T00:00:00Z", "updated_at": "2026-02-01T00:00:00Z"})
        })
        .collect();
    serve(&rows)
}

/// These rows, served; and somebody who reads them.
pub(crate) fn serve(rows: &[Value]) -> (Floor, Desk) {
    let dir = dump(REPO, rows);
    let floor = Floor::with(Some(dir.path().to_owned()));
    let desk = floor.desk_reading("sam", &format!("repos = [\"{REPO}\"]"));
    (floor, desk)
}

/// What may stand in a stream besides text.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum May {
    /// Lines of text and nothing else: what is piped.
    Text,
    /// Lines of text with colours and attributes, or a line written anew: what a terminal gets line by line.
    Colour,
    /// A screen program: places, colours, its own modes.
    Screen,
}

/// Reads a stream as the strictest of terminals; one line for each thing that must not be there.
pub(crate) fn faults(stream: &[u8], may: May) -> Vec<String> {
    let Ok(text) = std::str::from_utf8(stream) else { return vec!["not UTF-8".into()] };
    let mut found = Vec::new();
    let mut marks = 0;
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        marks = if is_mark(c) { marks + 1 } else { 0 };
        match c {
            '\u{1b}' => {
                let sequence = sequence(&mut rest);
                if !is_own(&sequence, may) {
                    found.push(format!("sequence ESC{}", sequence.escape_debug()));
                }
            }
            '\n' if may != May::Screen => {}
            '\t' if may == May::Text => {}
            '\r' if may != May::Text && (may == May::Colour || rest.peek() == Some(&'\n')) => {}
            '\n' => {}
            _ if is_forbidden(c) => found.push(format!("character U+{:04X}", u32::from(c))),
            _ if marks == 17 => found.push("more than 16 marks on one character".into()),
            _ => {}
        }
    }
    found.sort();
    found.dedup();
    found
}

/// Everything that belongs to the sequence after ESC.
fn sequence(rest: &mut std::iter::Peekable<std::str::Chars<'_>>) -> String {
    let mut all = String::new();
    let Some(first) = rest.next() else { return all };
    all.push(first);
    match first {
        '[' => {
            for c in rest.by_ref() {
                all.push(c);
                if ('@'..='~').contains(&c) || c.is_control() {
                    break;
                }
            }
        }
        ']' | 'P' | '_' | '^' | 'X' => {
            for c in rest.by_ref().take(200) {
                all.push(c);
                if matches!(c, '\u{7}' | '\u{9c}' | '\u{1b}') {
                    break;
                }
            }
        }
        _ => {}
    }
    all
}

fn is_own(sequence: &str, may: May) -> bool {
    // The question which ground the terminal has; a backslash ends it.
    if may == May::Screen && sequence == "]11;?\u{1b}" {
        return true;
    }
    let Some(csi) = sequence.strip_prefix('[') else { return false };
    let numbers = |text: &str| text.len() < 64 && text.chars().all(|c| c.is_ascii_digit() || ";:".contains(c));
    match may {
        May::Text => false,
        May::Colour => csi.strip_suffix('m').is_some_and(numbers) || csi == "K" || csi == "2K",
        // Exactly what the program says about itself in `tui::terminal`, and what ratatui draws with.
        May::Screen => {
            csi.strip_suffix('m').or_else(|| csi.strip_suffix('H')).is_some_and(numbers)
                || matches!(csi, "K" | "J" | "2J" | "<u")
                || csi.strip_prefix('?').is_some_and(|mode| {
                    matches!(mode.trim_end_matches(['h', 'l']), "25" | "1049" | "2004" | "2026")
                        || matches!(mode, "1000l" | "1002l" | "1003l" | "1006l")
                })
        }
    }
}

fn is_mark(c: char) -> bool {
    matches!(u32::from(c), 0x300..=0x36f | 0x483..=0x489 | 0x1ab0..=0x1aff | 0x1dc0..=0x1dff | 0x20d0..=0x20ff)
}

/// What must never reach a terminal, told independently of the sanitiser.
fn is_forbidden(c: char) -> bool {
    c.is_control()
        || matches!(u32::from(c),
            0xad | 0x61c | 0x115f | 0x1160 | 0x180e | 0x200b | 0x200e | 0x200f | 0x2028..=0x202e | 0x2060..=0x206f
            | 0x3164 | 0xfeff | 0xffa0 | 0xfff9..=0xfffb | 0xe0000..=0xe01ef)
}

/// Fails with everything wrong in a stream.
pub(crate) fn clean(stream: &[u8], may: May, what: &str) {
    let found = faults(stream, may);
    assert!(found.is_empty(), "{what}: {}\n{}", found.join(", "), String::from_utf8_lossy(stream).escape_debug());
}

#[test]
fn the_strict_reader_finds_what_hurts() {
    let sheet = crate::ledger::sheet!();
    for (name, text) in texts().iter().take(12) {
        assert!(!faults(text.as_bytes(), May::Text).is_empty() || name == "rows", "{name} was let through as text");
        let screen = faults(text.as_bytes(), May::Screen);
        assert!(!screen.is_empty() || matches!(name.as_str(), "decset"), "{name} was let through as a screen");
    }
    // Texts as they are, without the sanitiser.
    let found = texts().iter().take(12).filter(|(_, text)| !faults(text.as_bytes(), May::Text).is_empty()).count();
    assert!(found >= 11, "{found}");
    sheet.unharmed("control sanitiser", found);
    assert_eq!(faults("plain ✓ 字\n".as_bytes(), May::Text), Vec::<String>::new());
    assert_eq!(faults(b"\x1b[1;31mred\x1b[0m\r\n", May::Colour), Vec::<String>::new());
    assert_eq!(faults(b"\x1b[?1049h\x1b[2J\x1b[3;4Hx\x1b[?2026l", May::Screen), Vec::<String>::new());
}
