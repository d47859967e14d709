//! Rows stay in line whatever a terminal makes of a text: in the strict terminal of the other tests, which gives each character
//! its own columns, and in tmux, which joins them. Machines may lack tmux, so the second runs on request:
//! `cargo test --test it in_line:: -- --ignored --nocapture`.

use std::{
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use unicode_width::UnicodeWidthChar;

use crate::{
    floor::Desk,
    hostile::{
        synced,
        world::{serve, texts},
    },
    pty::Terminal,
};

const SIZE: (u16, u16) = (120, 40);
/// How long tmux may take to show what the other terminal shows.
const PATIENCE: Duration = Duration::from_secs(5);

/// What stands in each row, and in which column.
type Rows = Vec<Vec<(usize, char)>>;

/// A server of its own with one pane; ends with its owner.
struct Tmux {
    socket: std::path::PathBuf,
}

impl Tmux {
    /// The program in a pane.
    fn of(program: &Command, desk: &Desk) -> Self {
        let tmux = Self { socket: desk.folder().join("tmux") };
        let mut start = tmux.command(&["-f", "/dev/null", "new-session", "-d", "-x", "120", "-y", "40"]);
        start.env_clear().env("PATH", std::env::var_os("PATH").unwrap()).env("LC_ALL", "C.UTF-8");
        start.envs(program.get_envs().filter_map(|(name, value)| Some((name, value?))));
        start.arg(program.get_program()).args(program.get_args());
        start.args([";", "set-option", "-g", "status", "off"]);
        assert!(start.status().expect("tmux is installed").success());
        tmux
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new("tmux");
        command.arg("-u").arg("-S").arg(&self.socket).args(arguments).stdin(Stdio::null());
        command
    }

    fn press(&self, key: &str) {
        assert!(self.command(&["send-keys", key]).status().unwrap().success());
    }

    fn rows(&self) -> Rows {
        let shown = self.command(&["capture-pane", "-p"]).output().unwrap();
        rows(&String::from_utf8(shown.stdout).unwrap())
    }

    /// What it shows, once it is this or nothing comes any more.
    fn rows_like(&self, wanted: &Rows) -> Rows {
        let start = Instant::now();
        loop {
            let rows = self.rows();
            if alike(wanted, &rows) || start.elapsed() > PATIENCE {
                return rows;
            }
            std::thread::park_timeout(Duration::from_millis(10));
        }
    }
}

impl Drop for Tmux {
    fn drop(&mut self) {
        let _ = self.command(&["kill-server"]).status();
    }
}

/// Where pictures begin. Terminals join different ones, so that their own places differ; what is behind them is compared.
const PICTURES: char = '\u{1f000}';
const JOINER: char = '\u{200d}';

/// What stands where in a row, but for pictures. Of joined ones tmux keeps so many bytes for two columns, and what it gives of
/// them tells no columns: what comes behind counts as standing in the first.
fn places(row: &str) -> Vec<(usize, char)> {
    let mut placed = Vec::new();
    let (before, rest) = row.split_once(JOINER).unwrap_or((row, ""));
    put(&mut placed, 0, before);
    let mut behind = Vec::new();
    put(&mut behind, 0, rest);
    placed.extend(behind.into_iter().map(|(_, c)| (0, c)));
    placed
}

/// Adds the characters that take columns, from a column on. Gives the column behind them.
fn put(placed: &mut Vec<(usize, char)>, mut at: usize, text: &str) -> usize {
    for c in text.chars() {
        let columns = c.width().unwrap_or(0);
        if columns > 0 && c != ' ' && c < PICTURES {
            placed.push((at, c));
        }
        at += columns;
    }
    at
}

/// True for the same rows, where tmux tells columns in the same places.
fn alike(wanted: &Rows, shown: &Rows) -> bool {
    wanted.iter().zip(shown).all(|(wanted, shown)| is_like(wanted, shown))
}

fn is_like(wanted: &[(usize, char)], shown: &[(usize, char)]) -> bool {
    let same = |((at, wanted), (place, shown)): (&(usize, char), &(usize, char))| {
        wanted == shown && (at == place || *place == 0)
    };
    wanted.len() == shown.len() && wanted.iter().zip(shown).all(same)
}

fn rows(text: &str) -> Rows {
    let mut rows: Rows = text.lines().map(places).collect();
    rows.resize(usize::from(SIZE.1), Vec::new());
    rows
}

/// The rows of a terminal that gives each character its own columns.
fn cells(screen: &Terminal) -> Rows {
    screen.with_screen(|screen| {
        let row = |row| {
            let mut placed = Vec::new();
            for column in 0..SIZE.0 {
                let cell = screen.cell(row, column);
                if let Some(cell) = cell {
                    put(&mut placed, usize::from(column), cell.contents());
                }
            }
            placed
        };
        (0..SIZE.1).map(row).collect()
    })
}

#[test]
fn what_stands_behind_joined_pictures_stays_in_line() {
    let family = "\u{1f468}\u{200d}\u{1f469}\u{200d}\u{1f467}\u{200d}\u{1f466}";
    let title = |n: u64| if n.is_multiple_of(3) { family.repeat(5) } else { format!("plain {n}") };
    let issue = |n: u64| {
        serde_json::json!({"number": n, "title": title(n), "body": family.repeat(30), "state": "open",
            "user": {"login": "ann"}, "labels": [{"name": "help wanted"}],
            "created_at": "2026-01-01T00:00:00Z", "updated_at": "2026-02-01T00:00:00Z"})
    };
    let (_floor, desk) = serve(&(1..=60).map(issue).collect::<Vec<_>>());
    desk.fine(&["sync"]);
    let mut screen = Terminal::of(&desk.command(&["--afresh"]), SIZE.0, SIZE.1);
    screen.shows("widgets#").settles();
    // Where the key stands in each row of the list.
    let keys = |screen: &Terminal| {
        let key = |row: &Vec<(usize, char)>| {
            let text: String = row.iter().map(|(_, c)| *c).collect();
            let at = text.find("widgets#")?;
            row.get(text.get(..at)?.chars().count()).map(|(column, _)| *column)
        };
        cells(screen).iter().filter_map(key).collect::<Vec<usize>>()
    };
    let before = keys(&screen);
    assert!(before.len() > 20, "{before:?}");
    for _ in 0..45 {
        screen.press("j");
        screen.settles_for(Duration::from_millis(40));
        let places = keys(&screen);
        assert_eq!(places, vec![before[0]; before.len()], "{}", screen.text());
    }
}

#[test]
#[ignore = "needs tmux; runs on request"]
fn each_text_stands_in_line_under_the_cursor() {
    let texts = texts();
    let (_floor, desk) = synced(&texts);
    let mut program = desk.command(&["--afresh"]);
    program.env("TERM", "screen");
    let mut screen = Terminal::with_term(&program, SIZE.0, SIZE.1, "screen");
    screen.settles();
    let mut shown = vec![cells(&screen)];
    for _ in 1..texts.len() {
        screen.press("j");
        screen.settles();
        shown.push(cells(&screen));
    }
    screen.press("q");
    screen.ends();
    let tmux = Tmux::of(&program, &desk);
    let mut apart = Vec::new();
    for (n, wanted) in shown.iter().enumerate() {
        if n > 0 {
            tmux.press("j");
        }
        let rows = tmux.rows_like(wanted);
        let different = wanted.iter().zip(&rows).filter(|(wanted, shown)| !is_like(wanted, shown));
        apart.extend(different.map(|(wanted, shown)| format!("{n}: {wanted:?}\n{n}: {shown:?}")));
    }
    let looks: std::collections::BTreeSet<&Rows> = shown.iter().collect();
    println!("{} screens, {} of them different, {} texts", shown.len(), looks.len(), texts.len());
    assert!(looks.len() > texts.len() / 2, "the cursor moves");
    assert!(apart.is_empty(), "{} rows, the first:\n{}", apart.len(), apart[0]);
}
