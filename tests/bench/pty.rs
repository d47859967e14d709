//! The program itself in a terminal: from its start to the first row and to the whole list, from a key to the last byte that
//! it draws for it, and what it keeps of the machine's memory. Beside it `fzf` on the same titles, where that is installed.
//! `cargo bench --bench pty -- 1000000`. With `trouble` only keys are timed, while a sync meets a server in trouble.
#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::disallowed_methods, missing_docs, reason = "a benchmark")]

mod trouble;

use std::{
    collections::HashMap,
    io::{Read, Write},
    path::{Path, PathBuf},
    sync::mpsc::{Receiver, RecvTimeoutError, channel},
    time::{Duration, Instant},
};

use floorwalk::{
    demo::many,
    domain::{
        coverage::{Freshness, ProjectCoverage},
        key::TrackerName,
        time::Now,
    },
    store::{self, Batch},
    sync::gist,
};
use portable_pty::{CommandBuilder, PtySize, native_pty_system};

const ROWS: u16 = 50;
const COLUMNS: u16 = 200;
/// Nothing more comes after a silence of this length.
const SILENCE: Duration = Duration::from_millis(120);
/// Longest wait for what should come.
const PATIENCE: Duration = Duration::from_secs(120);
const WORDS: [&str; 4] = ["deadlock", "provider", "flaky test", "cfgprs"];
/// Stands in the row of a bookmarked task.
const STAR: &str = "☆";
/// For how long nothing is done.
const IDLE: Duration = Duration::from_secs(5);
/// As many tasks are kept from one start to the next, see `app::last_list`.
const WORTH_KEEPING: u64 = 2_000;
/// Starts and words are measured so often; the median counts.
const TIMES: usize = 5;

/// A program in a terminal.
struct Inside {
    bytes: Receiver<(Instant, Vec<u8>)>,
    screen: vt100::Parser,
    keys: Box<dyn Write + Send>,
    child: Box<dyn portable_pty::Child + Send + Sync>,
    started: Instant,
}

impl Inside {
    fn start(command: CommandBuilder) -> Self {
        let size = PtySize { rows: ROWS, cols: COLUMNS, pixel_width: 0, pixel_height: 0 };
        let pair = native_pty_system().openpty(size).unwrap();
        let started = Instant::now();
        let child = pair.slave.spawn_command(command).unwrap();
        drop(pair.slave);
        let mut reader = pair.master.try_clone_reader().unwrap();
        let keys = pair.master.take_writer().unwrap();
        let (sender, bytes) = channel();
        std::thread::spawn(move || {
            let _kept = pair.master;
            let mut buffer = vec![0; 1 << 16];
            while let Ok(n @ 1..) = reader.read(&mut buffer) {
                if sender.send((Instant::now(), buffer.get(..n).unwrap_or_default().to_vec())).is_err() {
                    break;
                }
            }
        });
        Self { bytes, screen: vt100::Parser::new(ROWS, COLUMNS, 0), keys, child, started }
    }

    /// The moment at which the screen first shows something.
    fn until(&mut self, shown: impl Fn(&str) -> bool) -> Instant {
        let begin = Instant::now();
        loop {
            let (at, bytes) = self.bytes.recv_timeout(PATIENCE).unwrap();
            self.screen.process(&bytes);
            if shown(&self.screen.screen().contents()) {
                return at;
            }
            assert!(begin.elapsed() < PATIENCE, "{}", self.screen.screen().contents());
        }
    }

    /// The moment of the last byte before a silence; `None` when nothing comes.
    fn last(&mut self) -> Option<Instant> {
        let mut last = None;
        loop {
            match self.bytes.recv_timeout(SILENCE) {
                Ok((at, bytes)) => {
                    self.screen.process(&bytes);
                    last = Some(at);
                }
                Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => return last,
            }
        }
    }

    fn press(&mut self, keys: &str) -> Instant {
        let at = Instant::now();
        self.keys.write_all(keys.as_bytes()).unwrap();
        self.keys.flush().unwrap();
        at
    }

    /// From a key to the first and to the last byte that is drawn for it, milliseconds.
    fn key(&mut self, key: &str) -> (f64, f64) {
        let pressed = self.press(key);
        let Ok((first, bytes)) = self.bytes.recv_timeout(SILENCE) else { return (0.0, 0.0) };
        self.screen.process(&bytes);
        let last = self.last().unwrap_or(first);
        (milliseconds(first - pressed), milliseconds(last - pressed))
    }

    /// How often each of its threads was woken and the milliseconds that the program worked, so far.
    fn woken(&self) -> (HashMap<PathBuf, u64>, u64) {
        let process = format!("/proc/{}", self.child.process_id().unwrap());
        let threads = std::fs::read_dir(format!("{process}/task")).unwrap();
        let status = threads.filter_map(|thread| {
            let thread = thread.ok()?.path();
            Some((std::fs::read_to_string(thread.join("status")).ok()?, thread))
        });
        let number = |line: &str| line.split_whitespace().nth(1).and_then(|n| n.parse::<u64>().ok());
        let switches =
            |status: String| status.lines().filter(|l| l.contains("ctxt_switches")).filter_map(number).sum::<u64>();
        let stat = std::fs::read_to_string(format!("{process}/stat")).unwrap();
        let behind = stat.rsplit_once(')').unwrap().1;
        // Ticks of ten milliseconds in the program and in the kernel (proc(5), fields 14 and 15).
        let ticks: u64 = behind.split_whitespace().skip(11).take(2).filter_map(|n| n.parse::<u64>().ok()).sum();
        (status.map(|(status, thread)| (thread, switches(status))).collect(), ticks * 10)
    }

    /// What it does while nobody does anything, over some seconds.
    fn idle(&mut self) -> String {
        self.last();
        // What begins behind the first screen is over by then.
        std::thread::sleep(IDLE);
        let before = self.woken();
        std::thread::sleep(IDLE);
        let after = self.woken();
        let seconds = IDLE.as_secs();
        // Threads that ended meanwhile are woken no more.
        let new = |(thread, count): (PathBuf, u64)| count - before.0.get(&thread).copied().unwrap_or(0);
        let woken: u64 = after.0.into_iter().map(new).sum();
        format!("{woken} wake-ups and {} ms of work in {seconds} s", after.1 - before.1)
    }

    /// Resident memory, megabytes.
    fn memory(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.process_id().unwrap())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
        line.split_whitespace().next().unwrap().parse::<u64>().unwrap() / 1_000
    }
}

/// Leaves as people do: whoever is killed has their store checked at the next start.
impl Drop for Inside {
    fn drop(&mut self) {
        let begin = Instant::now();
        while begin.elapsed() < PATIENCE && matches!(self.child.try_wait(), Ok(None)) {
            // In one piece they would be another key.
            for key in [b"\x1b", b"q"] {
                let _ = self.keys.write_all(key);
                let _ = self.keys.flush();
                self.last();
            }
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

fn median(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times.get(times.len() / 2).copied().unwrap_or_default()
}

/// Half of the keys, 99 of 100, the slowest; milliseconds.
fn spread(mut times: Vec<f64>) -> String {
    times.sort_by(f64::total_cmp);
    let at = |part: usize| times.get((times.len() * part / 100).min(times.len() - 1)).copied().unwrap_or_default();
    format!("p50 {:.1} p99 {:.1} worst {:.1} ms, {} keys", at(50), at(99), at(100), times.len())
}

/// Where nobody answers.
const NOBODY: &str = "https://many.invalid";

/// A store of so many tasks, read a moment ago from a server. Gives the titles.
fn fill(folder: &Path, count: u64, server: &str) -> Vec<String> {
    let tracker = TrackerName::parse("gh").unwrap();
    // Trackers tell whole seconds.
    let now = Now(jiff::Timestamp::from_second(jiff::Timestamp::now().as_second()).unwrap());
    let (projects, mut titles) = (many::projects(&tracker), Vec::new());
    let store = store::open(&folder.join("data")).unwrap();
    let fresh = |project: &floorwalk::domain::project::Project| ProjectCoverage {
        project: project.project.clone(),
        freshness: Freshness::Fresh { at: now.0 },
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let values = vec![("synced_at".to_owned(), now.0.to_string())];
        let coverage = projects.iter().map(fresh).collect();
        store.apply(Batch { projects: projects.clone(), coverage, values, ..Batch::default() }).await.unwrap();
        let mut tasks = many::tasks(&projects, count, now, 7);
        loop {
            let part: Vec<_> = tasks.by_ref().take(10_000).map(|task| (task, None)).collect();
            if part.is_empty() {
                break;
            }
            titles.extend(part.iter().map(|(task, _)| format!("{} {}", task.title.raw(), task.key)));
            store.apply(Batch { tasks: part, ..Batch::default() }).await.unwrap();
        }
        // As a sync leaves it.
        gist::follow_rules(store.as_ref()).await.unwrap();
        gist::catch_up(store.as_ref(), u32::MAX).await.unwrap();
    });
    let config = format!(
        "[me]\nhandle = \"person7\"\n[[tracker]]\nname = \"gh\"\nkind = \"github\"\nurl = \"{server}\"\norgs = [\"org0\"]\n"
    );
    std::fs::write(folder.join("config.toml"), config).unwrap();
    std::fs::write(folder.join("data/screens.toml"), "version = 1\ntour = true\n").unwrap();
    titles
}

fn floorwalk(folder: &Path) -> CommandBuilder {
    let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_floorwalk"));
    command.env_clear();
    for (name, value) in [("TERM", "xterm-256color"), ("COLORTERM", "truecolor")] {
        command.env(name, value);
    }
    command.args(["--afresh"]);
    command.env("HOME", folder);
    command.env("FLOORWALK_DATA_DIR", folder.join("data"));
    command.env("FLOORWALK_CONFIG", folder.join("config.toml"));
    command
}

/// Waits until the list is kept for the next start: whoever leaves before has all judged anew. Few tasks are not kept.
fn is_kept(folder: &Path, count: u64) -> bool {
    let (file, begin) = (folder.join("data/list.cache"), Instant::now());
    while count >= WORTH_KEEPING && begin.elapsed() < PATIENCE {
        if file.exists() {
            return true;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    false
}

/// Words typed letter by letter, and taken away again at once: times to the first and to the last byte, and the slowest keys.
fn typing(program: &mut Inside, clear: &str) -> (Vec<f64>, Vec<f64>, String) {
    let mut times = Vec::new();
    for word in WORDS.iter().cycle().take(WORDS.len() * 2) {
        for (end, letter) in word.char_indices() {
            let typed = format!("{}{letter}", word.get(..end).unwrap_or_default());
            times.push((program.key(&letter.to_string()), typed));
        }
        program.press(clear);
        program.last();
    }
    times.sort_by(|a, b| b.0.1.total_cmp(&a.0.1));
    let slow = times.iter().take(3).map(|((first, last), typed)| format!("{typed} {first:.0} to {last:.0} ms"));
    let slow = slow.collect::<Vec<_>>().join(", ");
    let (first, last) = times.into_iter().map(|(time, _)| time).unzip();
    (first, last, slow)
}

/// Keys while one sync after another meets trouble.
fn in_trouble(folder: &Path, count: u64) {
    fill(folder, count, &trouble::start());
    let mut command = floorwalk(folder);
    command.env("GITHUB_TOKEN", "ghp_bench");
    let mut program = Inside::start(command);
    program.until(|text| text.contains(" taken"));
    program.last();
    let mut times = Vec::new();
    for _ in 0..TIMES {
        program.press("R");
        for key in ["j", "k", "G", "g", "/", "d", "e", "a", "d", "\u{15}", "\u{1b}"].repeat(2) {
            times.push(program.key(key).0);
        }
    }
    let asked = trouble::ASKED.load(std::sync::atomic::Ordering::Relaxed);
    println!("while syncs meet trouble ({asked} requests), key to first byte: {}", spread(times));
}

fn main() {
    let count = std::env::args().find_map(|a| a.parse().ok()).unwrap_or(100_000);
    // A store to try commands on by hand.
    if let Some(folder) = std::env::args().find_map(|a| a.strip_prefix("fill=").map(PathBuf::from)) {
        std::fs::create_dir_all(&folder).unwrap();
        return println!("{} tasks", fill(&folder, count, NOBODY).len());
    }
    let folder = tempfile::tempdir().unwrap();
    if std::env::args().any(|a| a == "trouble") {
        return in_trouble(folder.path(), count);
    }
    let begun = Instant::now();
    let titles = fill(folder.path(), count, NOBODY);
    println!("{} tasks written in {:.1} s", titles.len(), begun.elapsed().as_secs_f64());

    // The first start makes what is kept for the next one.
    let mut cold = Inside::start(floorwalk(folder.path()));
    let whole = cold.until(|text| text.contains(" taken"));
    println!("without a page: the whole list after {:.1} ms", milliseconds(whole - cold.started));
    if is_kept(folder.path(), count) {
        println!("the list was kept for the next start after {:.1} ms", milliseconds(cold.started.elapsed()));
    }
    cold.last();
    drop(cold);

    let (mut first, mut complete) = (Vec::new(), Vec::new());
    for _ in 0..TIMES {
        let mut program = Inside::start(floorwalk(folder.path()));
        let row = program.until(|text| text.contains("reading the rest") || text.contains(" taken"));
        first.push(milliseconds(row - program.started));
        let whole = program.until(|text| text.contains(" taken"));
        complete.push(milliseconds(whole - program.started));
    }
    println!("with a page: first row after {:.1} ms, the whole list after {:.1} ms", median(first), median(complete));

    let mut program = Inside::start(floorwalk(folder.path()));
    program.until(|text| text.contains(" taken"));
    program.last();
    println!("at the list: {} MB", program.memory());
    let marked = |text: &str| text.lines().skip(1).any(|line| line.contains(STAR));
    let mut acts = Vec::new();
    for there in [true, false].into_iter().cycle().take(TIMES * 2) {
        let pressed = program.press("b");
        acts.push(milliseconds(program.until(|text| marked(text) == there) - pressed));
        program.last();
    }
    println!("bookmark to its star in the list: {}", spread(acts));
    // What was said about the acts is gone by then: else its end would be taken for what a key draws.
    println!("idle: {}", program.idle());
    program.press("/");
    program.last();
    let (first, last, slow) = typing(&mut program, "\u{15}");
    println!("key to first byte: {}", spread(first));
    println!("key to last byte: {}; slowest: {slow}", spread(last));
    drop(program);

    let list = folder.path().join("titles");
    std::fs::write(&list, titles.join("\n")).unwrap();
    if std::process::Command::new("fzf").arg("--version").output().is_err() {
        return println!("fzf is not installed: nothing beside");
    }
    let mut command = CommandBuilder::new("sh");
    command.args(["-c", "exec fzf < \"$0\""]);
    command.arg(&list);
    command.env("TERM", "xterm-256color");
    let mut fzf = Inside::start(command);
    let digits = |text: &str| text.contains(&format!("{count}/{count}", count = titles.len()));
    let whole = fzf.until(digits);
    fzf.last();
    println!("fzf: all read after {:.1} ms, {} MB", milliseconds(whole - fzf.started), fzf.memory());
    let (first, last, slow) = typing(&mut fzf, "\u{15}");
    println!("fzf: key to first byte: {}", spread(first));
    println!("fzf: key to last byte: {}; slowest: {slow}", spread(last));
}
