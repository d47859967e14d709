//! At rest nobody wakes: no thread of the program runs while nothing happens. Counted by the system, not measured.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use crate::{hostile::world::plain, pty::Terminal};

/// How often each thread gave up or lost the processor: it was awake before each of these.
fn turns(process: u32) -> BTreeMap<String, u64> {
    let tasks = std::fs::read_dir(format!("/proc/{process}/task")).unwrap();
    let turns = tasks.map(|task| {
        let task = task.unwrap().path();
        let name = std::fs::read_to_string(task.join("comm")).unwrap_or_default().trim().to_owned();
        let status = std::fs::read_to_string(task.join("status")).unwrap_or_default();
        let counts = status.lines().filter(|line| line.contains("ctxt_switches:"));
        let count = counts.filter_map(|line| line.split_whitespace().nth(1)?.parse::<u64>().ok()).sum();
        (format!("{name} {}", task.file_name().unwrap().to_string_lossy()), count)
    });
    turns.collect()
}

fn pass(time: Duration) {
    let start = Instant::now();
    while start.elapsed() < time {
        std::thread::park_timeout(time);
    }
}

#[test]
fn at_rest_no_thread_wakes() {
    let (_floor, desk) = plain(3);
    desk.fine(&["sync"]);
    // What was read a moment ago is not read again, so that there is nothing to do.
    let mut screen = Terminal::of(&desk.command(&[]), 100, 30);
    screen.shows("1/1 fresh");
    let process = screen.process_id();
    // The first page is kept and what happened is written down, a few seconds after the start.
    let start = Instant::now();
    // Threads that worked for the start and have nothing to do any more go after ten seconds.
    pass(Duration::from_secs(12));
    loop {
        let before = turns(process);
        pass(Duration::from_secs(4));
        if turns(process) == before {
            break;
        }
        assert!(start.elapsed() < Duration::from_secs(60), "it never comes to rest: {before:?} {:?}", turns(process));
    }
    let before = turns(process);
    assert!(before.len() > 4 && before.values().all(|count| *count > 0), "{before:?}");
    pass(Duration::from_secs(5));
    assert_eq!(turns(process), before, "somebody woke");
    // It was asleep, and not stuck.
    screen.press("?");
    screen.shows("› Help");
    assert_ne!(turns(process), before, "the count can tell");
    screen.press("qq");
    assert_eq!(screen.ends(), 0);
}
