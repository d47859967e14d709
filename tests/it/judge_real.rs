//! Signals on real tasks, for comparing with what people say of them. Needs data that is not part of the project, so it
//! runs only when asked:
//!
//! `JUDGE_DUMPS=a.jsonl:b.jsonl JUDGE_IDS=ids.txt cargo test --test it -- --ignored --nocapture judge_real`
//!
//! Each dump is one JSON object a line: what REST gives for an issue, or a row with `repo`, `title` and `body`; or, when
//! its name has `.json` but not `.jsonl`, one object with `repo` and all `issues`. It may be packed with gzip. The name of
//! the repository is taken from the row, else from the file name (`owner__name.anything`), the number from the row, else
//! from the line. `JUDGE_IDS` names the tasks as `owner/name#12`, one a line; without it all are printed. With
//! `JUDGE_LABELS=off` labels are not looked at, so that the rules alone are seen.
//!
//! `signals_are_scored_against_the_truth` compares with `judge-truth.tsv`. Rules were written by looking at the issues
//! with odd numbers only; those with even numbers are held out.

use std::{
    collections::{BTreeMap, BTreeSet, HashSet},
    env, fs,
    io::Read,
    path::Path,
    time::{Duration, Instant},
};

use flate2::read::GzDecoder;

use floorwalk::{
    domain::{
        key::{ProjectRef, TaskKey, TrackerName},
        person::Association,
        signal::SignalKind,
        task::{Task, TaskState},
        text::Foreign,
        time::Now,
    },
    judge::signal::{Known, Product, label::Dictionary, read},
};
use serde_json::Value;

/// A row of a dump.
struct Row {
    repo: String,
    number: u64,
    task: Task,
    body: String,
}

impl Row {
    /// All that a dump tells. Of the project only its name is known.
    fn known(&self) -> Known<'_> {
        Known { body: Some(&self.body), product: Product::of(&self.repo, None, [], ""), ..Known::of(&self.task) }
    }
}

fn rows(path: &Path) -> Vec<Row> {
    let name = path.file_name().unwrap().to_string_lossy().into_owned();
    let of_file = name.split('.').find(|part| part.contains("__")).map(|part| part.replacen("__", "/", 1));
    let mut text = String::new();
    if name.ends_with(".gz") {
        GzDecoder::new(fs::File::open(path).unwrap()).read_to_string(&mut text).unwrap();
    } else {
        text = fs::read_to_string(path).unwrap();
    }
    let of = |text: &str| serde_json::from_str::<Value>(text).unwrap();
    let all: Vec<Value> = if name.contains(".json") && !name.contains(".jsonl") {
        of(&text)["issues"].as_array().unwrap().clone()
    } else {
        text.lines().map(of).collect()
    };
    let mut rows = Vec::new();
    for (line, row) in (1_u64..).zip(&all) {
        let row = if row["issue"].is_object() { &row["issue"] } else { row };
        if row["pull_request"].is_object() {
            continue;
        }
        let repo = row["repo"].as_str().map(str::to_owned).or_else(|| of_file.clone()).unwrap_or("a/b".into());
        let number = row["number"].as_u64().or_else(|| row["number"].as_str()?.parse().ok()).unwrap_or(line);
        let labels = row["labels"].as_array().cloned().unwrap_or_default();
        let labels = labels.iter().filter_map(|l| l["name"].as_str().or(l.as_str())).map(Foreign::from).collect();
        rows.push(Row {
            task: task(&repo, number, row["title"].as_str().unwrap_or_default(), labels),
            body: row["body"].as_str().unwrap_or_default().to_owned(),
            repo,
            number,
        });
    }
    rows
}

fn task(repo: &str, number: u64, title: &str, labels: Vec<Foreign>) -> Task {
    let project = ProjectRef::parse(&TrackerName::parse("gh").unwrap(), repo).unwrap();
    let at = "2026-01-01T00:00:00Z".parse().unwrap();
    let labels = if env::var("JUDGE_LABELS").as_deref() == Ok("off") { Vec::new() } else { labels };
    Task {
        key: TaskKey::new(project, number),
        id: 0,
        node_id: None,
        title: title.into(),
        state: TaskState::Open,
        labels,
        assignees: Vec::new(),
        author: None,
        association: Association::Other,
        created_at: at,
        updated_at: at,
        closed_at: None,
        comments: 0,
        reactions: 0,
        milestone: None,
        locked: false,
        planning: None,
    }
}

/// Prints `owner/name#12`, the signals, the evidence of each and the title, parted by tabs.
#[test]
#[ignore = "needs dumps that are named in JUDGE_DUMPS"]
fn signals_of_real_tasks_are_printed() {
    let dumps = env::var("JUDGE_DUMPS").expect("JUDGE_DUMPS names the dumps, parted by colons");
    let wanted: Option<HashSet<String>> = env::var("JUDGE_IDS")
        .ok()
        .map(|path| fs::read_to_string(path).unwrap().split_whitespace().map(str::to_owned).collect());
    let mut dictionary = Dictionary::new();
    let now = Now("2026-01-02T00:00:00Z".parse().unwrap());
    let mut printed = 0;
    for dump in dumps.split(':') {
        for row in rows(Path::new(dump)) {
            let id = format!("{}#{}", row.repo, row.number);
            if wanted.as_ref().is_some_and(|ids| !ids.contains(&id)) {
                continue;
            }
            let found = read(&row.known(), now, &mut dictionary);
            let words: Vec<&str> = found.iter().map(|f| f.kind.word()).collect();
            let why: Vec<String> = found.iter().map(|f| f.signal().evidence).collect();
            assert!(found.iter().all(|f| f.kind != SignalKind::Stale), "nothing is a day old and stale");
            println!("{id}\t{}\t{}\t{}", words.join(","), why.join("; "), row.task.title.line());
            printed += 1;
        }
    }
    assert!(printed > 0, "no task of the dumps was asked for");
}

/// How many tasks have a signal by the truth, by the rules, and by both.
#[derive(Clone, Copy, Default)]
struct Count {
    truth: u32,
    found: u32,
    both: u32,
}

impl Count {
    fn precision(self) -> f64 {
        f64::from(self.both) / f64::from(self.found)
    }

    fn words(self) -> String {
        let share =
            |of: u32| if of == 0 { "–".to_owned() } else { format!("{:.2}", f64::from(self.both) / f64::from(of)) };
        format!("{} of {}, {} found: {} / {}", self.both, self.truth, self.found, share(self.found), share(self.truth))
    }
}

/// The issues of the truth with their labels.
fn truth() -> BTreeMap<String, BTreeSet<String>> {
    let text = include_str!("judge-truth.tsv");
    let lines = text.lines().filter(|l| !l.starts_with('#') && !l.is_empty());
    lines
        .map(|line| {
            let (id, labels) = line.split_once('\t').unwrap();
            (id.to_owned(), labels.split(',').filter(|l| *l != "-").map(str::to_owned).collect())
        })
        .collect()
}

/// Prints precision / recall of each signal of the truth, for all issues, for those with odd numbers (which were looked at
/// while the rules were written) and for those with even numbers (which were not).
#[test]
#[ignore = "needs dumps that are named in JUDGE_DUMPS"]
fn signals_are_scored_against_the_truth() {
    let dumps = env::var("JUDGE_DUMPS").expect("JUDGE_DUMPS names the dumps, parted by colons");
    let mut truth = truth();
    let mut dictionary = Dictionary::new();
    let now = Now("2026-01-02T00:00:00Z".parse().unwrap());
    let mut counts: BTreeMap<(String, &str), Count> = BTreeMap::new();
    let mut took = Duration::ZERO;
    let mut read_at_all = 0;
    for row in dumps.split(':').flat_map(|dump| rows(Path::new(dump))) {
        let known = row.known();
        let start = Instant::now();
        let found = read(&known, now, &mut dictionary);
        took += start.elapsed();
        read_at_all += 1;
        let Some(labels) = truth.remove(&format!("{}#{}", row.repo, row.number)) else { continue };
        let found: BTreeSet<String> = found.iter().map(|f| f.kind.word().to_owned()).collect();
        let half = if row.number % 2 == 1 { "looked at" } else { "held out" };
        let text = known.product == Product::Document;
        for kind in ["docs", "ci", "tests", "deps", "code-debt", "help-wanted", "good-first"] {
            let beside = (kind == "docs" && !text).then(|| "docs but for specifications".to_owned());
            for name in [Some(kind.to_owned()), beside].into_iter().flatten() {
                for part in ["all", half] {
                    let count = counts.entry((name.clone(), part)).or_default();
                    let (is, was) = (labels.contains(kind), found.contains(kind));
                    count.truth += u32::from(is);
                    count.found += u32::from(was);
                    count.both += u32::from(is && was);
                }
            }
        }
    }
    assert!(truth.is_empty(), "not in the dumps: {:?}", truth.keys().collect::<Vec<_>>());
    println!("| signal | all: precision / recall | looked at | held out |\n|---|---|---|---|");
    let names: BTreeSet<&String> = counts.keys().map(|(name, _)| name).collect();
    for name in names {
        let of = |part| counts.get(&(name.clone(), part)).copied().unwrap_or_default().words();
        println!("| {name} | {} | {} | {} |", of("all"), of("looked at"), of("held out"));
    }
    println!("{read_at_all} tasks read, {:.1} microseconds each", took.as_secs_f64() * 1e6 / f64::from(read_at_all));
    for kind in ["docs", "ci"] {
        let precision = counts[&(kind.to_owned(), "all")].precision();
        assert!(precision >= 0.85, "a {kind} that is seen is one: {precision:.2}");
    }
}
