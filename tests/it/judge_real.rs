//! Signals on real tasks, for comparing with what people say of them. Needs data that is not part of the project, so it
//! runs only when asked:
//!
//! `JUDGE_DUMPS=a.jsonl:b.jsonl JUDGE_IDS=ids.txt cargo test --test it -- --ignored --nocapture judge_real`
//!
//! Each dump is one JSON object a line: what REST gives for an issue, or a row with `repo`, `title` and `body`. The name of
//! the repository is taken from the row, else from the file name (`owner__name.anything`), the number from the row, else
//! from the line. `JUDGE_IDS` names the tasks as `owner/name#12`, one a line; without it all are printed. With
//! `JUDGE_LABELS=off` labels are not looked at, so that the rules alone are seen.

use std::{collections::HashSet, env, fs, path::Path};

use floorwalk::{
    domain::{
        key::{ProjectRef, TaskKey, TrackerName},
        person::Association,
        signal::SignalKind,
        task::{Task, TaskState},
        text::Foreign,
        time::Now,
    },
    judge::signal::{Known, label::Dictionary, read},
};
use serde_json::Value;

/// A row of a dump.
struct Row {
    repo: String,
    number: u64,
    task: Task,
    body: String,
}

fn rows(path: &Path) -> Vec<Row> {
    let name = path.file_name().unwrap().to_string_lossy().into_owned();
    let of_file = name.split('.').find(|part| part.contains("__")).map(|part| part.replacen("__", "/", 1));
    let text = fs::read_to_string(path).unwrap();
    let mut rows = Vec::new();
    for (line, raw) in (1_u64..).zip(text.lines()) {
        let row: Value = serde_json::from_str(raw).unwrap();
        let row = if row["issue"].is_object() { &row["issue"] } else { &row };
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
            let known = Known { body: Some(&row.body), ..Known::of(&row.task) };
            let found = read(&known, now, &mut dictionary);
            let words: Vec<&str> = found.iter().map(|f| f.kind.word()).collect();
            let why: Vec<String> = found.iter().map(|f| f.signal().evidence).collect();
            assert!(found.iter().all(|f| f.kind != SignalKind::Stale), "nothing is a day old and stale");
            println!("{id}\t{}\t{}\t{}", words.join(","), why.join("; "), row.task.title.line());
            printed += 1;
        }
    }
    assert!(printed > 0, "no task of the dumps was asked for");
}
