//! Jira issues from files: what a line becomes on either site, and (where they are at hand) the real dumps, complete.

use std::{fs::File, io::Write, path::PathBuf, time::Instant};

use floorwalk::demo::{Demo, DemoOptions};
use serde_json::{Value, json};

use crate::{
    demo_world::{NOW, shared, unzip},
    jira_demo_world::ground,
};

const LINES: [&str; 3] = [
    r#"{"id":"7","key":"TINY-2","fields":{"summary":"Second","status":{"name":"Open","id":"1","statusCategory":{"key":"new"}},"issuetype":{"id":"1","name":"Bug"},"created":"2016-01-02T03:04:05.678-0600","updated":"2016-02-01T00:00:00.000+0000","labels":["docs"],"assignee":{"name":"bob","key":"bob","accountId":"557058:bob","displayName":"Bob B"},"votes":{"votes":3},"customfield_10104":["com.atlassian.greenhopper.service.sprint.Sprint@1[id=5,rapidViewId=2,state=CLOSED,name=Sprint, one=two,goal=<null>,startDate=2013-05-15T22:11:05.921Z,endDate=<null>,completeDate=<null>,sequence=5]"],"comment":{"comments":[{"id":"3","author":{"name":"ann","displayName":"Ann"},"body":"hi","created":"2016-01-03T00:00:00.000+0000","updated":"2016-01-03T00:00:00.000+0000"}]}}}"#,
    "",
    r#"{"id":"8","key":"TINY-10","fields":{"summary":"Tenth","status":{"name":"Closed","id":"6","statusCategory":{"key":"done"}},"resolution":{"id":"1","name":"Fixed"},"created":"2016-01-01T00:00:00.000+0000","updated":"2016-01-01T00:00:00.000+0000","closedSprints":[{"id":9,"name":"Old","state":"closed"}],"flagged":true,"assignee":null}}"#,
];

fn folder(name: &str, lines: &[&str]) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    let file = File::create(dir.path().join(name)).unwrap();
    let mut gz = flate2::write::GzEncoder::new(file, flate2::Compression::fast());
    lines.iter().for_each(|line| writeln!(gz, "{line}").unwrap());
    gz.finish().unwrap();
    dir
}

#[tokio::test]
async fn a_line_is_an_issue_on_both_sites() {
    let dir = folder("some.TINY.server-v2.jsonl.gz", &LINES);
    let ground = ground(Some(dir.path().to_owned())).await;
    for (site, sprint) in [("cloud/rest/api/3", "customfield_10020"), ("dc/rest/api/2", "customfield_10105")] {
        let issue = ground.get(&format!("/{site}/issue/TINY-2")).await.json;
        assert_eq!(issue["id"], "7");
        assert_eq!(issue["fields"]["created"], "2016-01-02T09:04:05.678+0000");
        assert_eq!(issue["fields"]["assignee"]["displayName"], "Bob B");
        assert_eq!(issue["fields"]["votes"]["votes"], 3);
        assert_eq!(issue["fields"]["comment"]["total"], 1);
        let sprint = issue["fields"][sprint][0].to_string();
        assert!(sprint.contains("Sprint, one=two"), "{sprint}");
    }
    let tenth = ground.get("/cloud/rest/api/3/issue/8").await.json;
    assert_eq!(tenth["fields"]["customfield_10020"][0]["name"], "Old");
    assert_eq!(tenth["fields"]["customfield_10021"][0]["value"], "Impediment");
    let assignee = ground.get("/cloud/rest/api/3/issue/TINY-2").await.json["fields"]["assignee"]["accountId"].clone();
    assert_eq!(assignee, "557058:bob");
    assert_eq!(ground.keys("sam", "cloud", "assignee = '557058:bob'").await, ["TINY-2"]);
    assert_eq!(ground.keys("sam", "dc", "assignee = bob order by key").await, ["TINY-2"]);
    assert_eq!(ground.keys("sam", "dc", "project = TINY order by key").await, ["TINY-2", "TINY-10"]);
    // What one site writes, the other reads.
    let put = ground.put("sam", "/dc/rest/api/2/issue/TINY-10/assignee", json!({"name": "sam"})).await;
    assert_eq!(put.status, 204);
    let seen = ground.get("/cloud/rest/api/3/issue/TINY-10?fields=assignee").await.json;
    assert_eq!(seen["fields"]["assignee"]["displayName"], "Sam Okonjo");
}

async fn refusal(path: PathBuf) -> String {
    let now = jiff::Timestamp::from_second(NOW).unwrap();
    let options = DemoOptions { port: 0, data: Some(path), now, helping: false };
    Demo::start(options, std::sync::Arc::new(move || now)).await.unwrap_err().to_string()
}

#[tokio::test]
async fn bad_jira_files_are_named_with_their_line() {
    let dir = folder("x.TINY.cloud-v2.jsonl.gz", &[LINES[0], "{\"id\":"]);
    let said = refusal(dir.path().to_owned()).await;
    assert!(said.contains("x.TINY.cloud-v2.jsonl.gz") && said.contains("line 2"), "{said}");
    let dir = folder("x.OTHER.cloud-v2.jsonl.gz", &[LINES[0]]);
    let said = refusal(dir.path().join("x.OTHER.cloud-v2.jsonl.gz")).await;
    assert!(said.contains("not one of the project OTHER"), "{said}");
    let empty = tempfile::tempdir().unwrap();
    assert!(refusal(empty.path().to_owned()).await.contains("NAME.KEY.cloud-v2.jsonl"));
}

/// Serves a dump and walks it on both sites; every key must come once.
async fn served(name: &str, project: &str) {
    let Some(file) = shared(&format!("data/jira/{name}")) else { return };
    let mut expected: Vec<String> = Vec::new();
    let mut open = 0;
    for line in unzip(&file).lines() {
        let row: Value = serde_json::from_str(line).unwrap();
        expected.push(row["key"].as_str().unwrap().to_owned());
        open += usize::from(row["fields"]["status"]["statusCategory"]["key"] != "done");
    }
    expected.sort();
    let start = Instant::now();
    let ground = ground(Some(file)).await;
    println!("{project}: loaded in {:?}", start.elapsed());
    let start = Instant::now();
    let jql = format!("project = {project} ORDER BY updated DESC");
    let mut keys = ground.keys("sam", "cloud", &jql).await;
    println!("{project}: {} keys by token in {:?}", keys.len(), start.elapsed());
    keys.sort();
    assert_eq!(keys, expected);
    // Data Center's window ends at 10 000: slices by key get past it.
    let start = Instant::now();
    let (mut sliced, mut low) = (Vec::new(), 0);
    let highest = expected.iter().map(|k| k.rsplit_once('-').unwrap().1.parse::<u64>().unwrap()).max().unwrap();
    let known = |n: u64| expected.binary_search(&format!("{project}-{n}")).is_ok();
    while low < highest {
        let mut high = (low + 9_000).min(highest);
        while !known(high) {
            high -= 1;
        }
        let after = if low == 0 { String::new() } else { format!("AND key > {project}-{low}") };
        sliced.extend(
            ground.keys("sam", "dc", &format!("project = {project} AND key <= {project}-{high} {after}")).await,
        );
        low = high;
    }
    println!("{project}: {} keys by offset in {:?}", sliced.len(), start.elapsed());
    sliced.sort();
    assert_eq!(sliced, expected);
    let count = json!({"jql": format!("project = {project} AND statusCategory != Done")});
    let count = ground.post("sam", "/cloud/rest/api/3/search/approximate-count", count).await;
    assert_eq!(count.json["count"], open);
    let fields = ["summary", "status", "assignee", "labels", "comment", "description", "customfield_10020"];
    let page = json!({"jql": jql, "maxResults": 500, "fields": fields});
    let page = ground.post("sam", "/cloud/rest/api/3/search/jql", page).await.json;
    assert_eq!(page["issues"].as_array().unwrap().len(), expected.len().min(100));
    let all =
        ground.post("sam", "/dc/rest/api/2/search", json!({"jql": jql, "maxResults": 200, "fields": ["*all"]})).await;
    assert_eq!(all.json["total"], expected.len());
}

#[tokio::test]
async fn eucalyptus_tools_is_served_whole() {
    served("eucalyptus.TOOLS.cloud-v2.jsonl.gz", "TOOLS").await;
}

#[tokio::test]
async fn eucalyptus_doc_is_served_whole() {
    served("eucalyptus.DOC.cloud-v2.jsonl.gz", "DOC").await;
}

#[tokio::test]
async fn tidev_timob_is_served_whole() {
    served("tidev.TIMOB.server-v2.jsonl.gz", "TIMOB").await;
}
