//! What a snapshot keeps of the machine's memory: resident before, after building, and after the first list. `cargo bench
//! --bench memory -- 1000000`. Linux only, where the kernel tells.
#![allow(clippy::unwrap_used, clippy::print_stdout, missing_docs, reason = "a benchmark")]

mod world;

use floorwalk::index::{Query, Snapshot, filter::search, rank::Sort};

/// Megabytes resident, now and at most so far.
fn resident() -> (u64, u64) {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let of = |name: &str| {
        let line = status.lines().find_map(|l| l.strip_prefix(name));
        line.and_then(|l| l.split_whitespace().next()?.parse::<u64>().ok()).unwrap_or(0) / 1_000
    };
    (of("VmRSS:"), of("VmHWM:"))
}

fn main() {
    let tasks = std::env::args().find_map(|a| a.parse().ok()).unwrap_or(1_000_000);
    let before = resident().0;
    let snapshot = {
        let everything = world::everything(tasks, 7);
        println!("{tasks} tasks as the store gives them: {} MB", resident().0 - before);
        Snapshot::build(everything, &world::context())
    };
    println!("snapshot built: {} MB", resident().0 - before);
    let hits = search(&snapshot, &Query::default(), Sort::Best);
    println!("{} rows listed: {} MB, at most {} MB", hits.rows.len(), resident().0 - before, resident().1 - before);
}
