//! Issues from files: the three shapes of a line, and (where they are at hand) the real dumps, complete.

use std::{fs::File, io::Write, time::Instant};

use floorwalk::demo::{Demo, DemoOptions};
use reqwest::Method;
use serde_json::{Value, json};

use crate::demo_world::{NOW, ground, shared, unzip};

const LINES: [&str; 4] = [
    r#"{"number":1,"title":"Slim row","state":"open","user":{"login":"ann","id":7},"labels":[{"name":"bug"}],"comments":3,"created_at":"2016-01-01T00:00:00Z","updated_at":"2016-02-01T00:00:00Z","assignee":{"login":"bob","id":8},"milestone":{"id":1,"number":7,"title":"M"}}"#,
    r#"{"type":"issue","issue":{"number":2,"title":"With events","state":"closed","closed_at":"2016-03-01T00:00:00Z","created_at":"2016-01-02T00:00:00Z","updated_at":"2016-03-01T00:00:00Z","comments":1,"user":null,"labels":["docs"]},"events":[{"event":"labeled","id":5,"created_at":"2016-01-03T00:00:00Z","actor":{"login":"ann"},"label":{"name":"docs","color":"ffffff"}},{"event":"commented","id":6,"user":{"login":"bob"},"body":"hi","created_at":"2016-01-04T00:00:00Z"}]}"#,
    r#"{"number":3,"title":"A pull object","state":"open","merge_commit_sha":null,"diff_url":"x","created_at":"2016-01-05T00:00:00Z","updated_at":"2016-01-05T00:00:00Z"}"#,
    "",
];

fn folder(lines: &[&str]) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    let file = File::create(dir.path().join("tiny__repo.some.words.jsonl.gz")).unwrap();
    let mut gz = flate2::write::GzEncoder::new(file, flate2::Compression::fast());
    lines.iter().for_each(|line| writeln!(gz, "{line}").unwrap());
    gz.finish().unwrap();
    std::fs::write(dir.path().join("notes.txt"), "no issues here").unwrap();
    dir
}

#[tokio::test]
async fn three_shapes_of_a_line_become_full_rows() {
    let dir = folder(&LINES);
    let ground = ground(Some(dir.path().to_owned())).await;
    assert_eq!(ground.get("/orgs/quillfern").await.status, 404);
    let repos = ground.get("/orgs/tiny/repos").await;
    assert_eq!(repos.rows()[0]["full_name"], "tiny/repo");
    let rows = ground.all("/repos/tiny/repo/issues?state=all&direction=asc").await;
    assert_eq!(rows.len(), 3);
    assert_eq!(rows[0]["assignees"][0]["login"], "bob");
    assert_eq!(rows[0]["milestone"]["title"], "M");
    assert_eq!(rows[1]["user"], Value::Null);
    assert_eq!(rows[1]["labels"][0]["name"], "docs");
    assert!(rows[2]["pull_request"]["html_url"].as_str().unwrap().ends_with("/tiny/repo/pull/3"));
    // Comments that are only counted are there as placeholders: count and list must agree.
    assert_eq!(ground.get("/repos/tiny/repo/issues/1/comments").await.rows().len(), 3);
    assert_eq!(ground.get("/repos/tiny/repo/issues/2/comments").await.rows()[0]["body"], "hi");
    assert_eq!(ground.get("/repos/tiny/repo/issues/2/events").await.rows().len(), 1);
    let labels = json!({"labels": ["floating-help", "new one"]});
    let put = ground.send(Method::POST, "any", "/repos/tiny/repo/issues/1/labels", Some(labels)).await;
    assert_eq!(put.rows().len(), 3);
    let people = json!({"assignees": ["sam"]});
    let assigned = ground.send(Method::POST, "any", "/repos/tiny/repo/issues/1/assignees", Some(people)).await;
    assert_eq!(assigned.json["assignees"][1]["login"], "sam");
}

async fn refusal(path: std::path::PathBuf) -> String {
    let now = jiff::Timestamp::from_second(NOW).unwrap();
    let options = DemoOptions { port: 0, data: Some(path), now, helping: false };
    Demo::start(options, std::sync::Arc::new(move || now)).await.unwrap_err().to_string()
}

#[tokio::test]
async fn bad_files_are_named_with_their_line() {
    let dir = folder(&[LINES[0], "{\"number\":"]);
    let said = refusal(dir.path().to_owned()).await;
    assert!(said.contains("tiny__repo.some.words.jsonl.gz") && said.contains("line 2"), "{said}");
    let dir = folder(&["{\"number\": 4}"]);
    assert!(refusal(dir.path().to_owned()).await.contains("`number` and `title` are needed"));
    let empty = tempfile::tempdir().unwrap();
    assert!(refusal(empty.path().to_owned()).await.contains("OWNER__NAME"));
    assert!(refusal(empty.path().join("absent")).await.contains("absent"));
    let odd = empty.path().join("odd.jsonl");
    std::fs::write(&odd, "").unwrap();
    assert!(refusal(odd).await.contains("its name must be"));
}

#[tokio::test]
async fn the_port_can_be_taken() {
    let ground = ground(None).await;
    let port = ground.demo.url().rsplit(':').next().unwrap().parse().unwrap();
    let now = jiff::Timestamp::from_second(NOW).unwrap();
    let options = DemoOptions { port, data: None, now, helping: false };
    let said = Demo::start(options, std::sync::Arc::new(move || now)).await.unwrap_err().to_string();
    assert!(said.contains(&port.to_string()) && said.contains("--port"), "{said}");
}

/// Open issues and open rows (pull requests included) of dumps, counted without the server.
fn counted(files: &[std::path::PathBuf]) -> (usize, usize) {
    let mut rows = std::collections::BTreeMap::new();
    for line in files.iter().map(unzip).collect::<String>().lines() {
        let row: Value = serde_json::from_str(line).unwrap();
        let row = row.get("issue").unwrap_or(&row).clone();
        let pull = row.get("pull_request").is_some_and(Value::is_object) || row.get("diff_url").is_some();
        rows.insert(row["number"].as_u64().unwrap(), (row["state"] == "open", pull));
    }
    let open = rows.values().filter(|(open, _)| *open);
    (open.clone().filter(|(_, pull)| !pull).count(), open.count())
}

async fn served(names: &[&str], owner: &str, repo: &str) {
    let files: Vec<_> = names.iter().filter_map(|n| shared(&format!("data/github/{n}"))).collect();
    if files.len() < names.len() {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    for (file, name) in files.iter().zip(names) {
        std::fs::copy(file, dir.path().join(name)).unwrap();
    }
    let start = Instant::now();
    let ground = ground(Some(dir.path().to_owned())).await;
    println!("{owner}/{repo}: loaded in {:?}", start.elapsed());
    let rows = ground.all(&format!("/repos/{owner}/{repo}/issues?state=open&per_page=100&sort=created")).await;
    let (issues, all) = counted(&files);
    let shown = rows.iter().filter(|r| r.get("pull_request").is_none()).count();
    assert_eq!((shown, rows.len()), (issues, all));
    let text = format!(
        "{{ repository(owner: \"{owner}\", name: \"{repo}\") {{ issues(states: OPEN, first: 1) {{ totalCount }} }} }}"
    );
    let got = ground.query("demo-sam", &text, json!({})).await;
    assert_eq!(got["data"]["repository"]["issues"]["totalCount"], issues);
}

#[tokio::test]
async fn golang_is_served_whole() {
    served(&["golang__go.issues.rest-slim.jsonl.gz"], "golang", "go").await;
}

#[tokio::test]
async fn bitcoin_core_gui_is_served_whole() {
    let files =
        ["bitcoin-core__gui.issues.rest-backup.jsonl.gz", "bitcoin-core__gui.pulls.rest-pull-object-only.jsonl.gz"];
    served(&files, "bitcoin-core", "gui").await;
}

#[tokio::test]
async fn rails_is_served_whole() {
    served(&["rails__rails.500.rest.jsonl.gz"], "rails", "rails").await;
}
