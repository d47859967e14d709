//! JQL on the demo's Jiras: which issues a query finds, in which order, and how a wrong one is refused.

use std::{fs, io::Write};

use serde_json::{Value, json};

use crate::{
    demo_world::NOW,
    jira_demo_world::{Ground, ground},
};

/// A moment so many hours before the present, as Jira writes it.
fn ago(hours: i64) -> String {
    let at = jiff::Timestamp::from_second(NOW - hours * 3600).unwrap();
    at.strftime("%Y-%m-%dT%H:%M:%S.000+0000").to_string()
}

fn named(id: u64, name: &str) -> Value {
    json!({"id": id.to_string(), "name": name})
}

/// Ten issues that differ in what queries ask for.
async fn ten() -> (tempfile::TempDir, Ground) {
    let dir = tempfile::tempdir().unwrap();
    let mut file = fs::File::create(dir.path().join("t.TEN.server-v2.jsonl")).unwrap();
    for n in 1..=10_u64 {
        let done = n > 7;
        let status = if done {
            ("Closed", "6", "done")
        } else if n > 5 {
            ("In Progress", "3", "indeterminate")
        } else {
            ("Open", "1", "new")
        };
        let hours = i64::try_from(n).unwrap();
        let fields = json!({
            "summary": format!("Issue number {n} about {}", if n % 2 == 0 { "lockers" } else { "routes" }),
            "description": (n == 3).then_some("The flaky latch_test fails"),
            "status": {"id": status.1, "name": status.0, "statusCategory": {"key": status.2}},
            "issuetype": named(n % 3 + 1, ["Bug", "Task", "Story"][usize::try_from(n % 3).unwrap()]),
            "priority": named(n % 5 + 1, ["Highest", "High", "Medium", "Low", "Lowest"][usize::try_from(n % 5).unwrap()]),
            "resolution": done.then(|| named(1, "Fixed")),
            "created": ago(hours * 24), "updated": ago(hours),
            "duedate": (n == 2).then_some("2025-11-01"),
            "labels": match n { 1 => json!(["help-wanted"]), 2 => json!(["help-wanted", "docs"]), 3 => json!(["Docs"]), _ => json!([]) },
            "components": if n < 3 { json!([named(5, "Door")]) } else { json!([]) },
            "fixVersions": if n == 4 { json!([named(6, "1.0")]) } else { json!([]) },
            "assignee": (n % 4 == 0).then(|| json!({"name": "sam", "displayName": "Sam Okonjo"})),
            "reporter": {"name": "ylva", "displayName": "Ylva Strandberg"},
            "votes": {"votes": n}, "watches": {"watchCount": n * 2},
            "sprint": (n == 6).then(|| json!({"id": 5, "name": "Now", "state": "active"})),
            "closedSprints": (n == 7).then(|| json!([{"id": 4, "name": "Then", "state": "closed"}])),
            "flagged": n == 6,
            "parent": (n == 5).then(|| json!({"id": "101", "key": "TEN-1"})),
            "comment": {"comments": if n == 4 { json!([{"id": "1", "author": {"name": "ylva"}, "body": "floorwalk was here"}]) } else { json!([]) }},
        });
        writeln!(file, "{}", json!({"id": (100 + n).to_string(), "key": format!("TEN-{n}"), "fields": fields}))
            .unwrap();
    }
    let ground = ground(Some(dir.path().to_owned())).await;
    (dir, ground)
}

/// The numbers that a query finds, in ascending order unless it says how.
async fn found(ground: &Ground, site: &str, jql: &str) -> Vec<u64> {
    let ordered = jql.to_lowercase().contains("order by");
    let jql = if ordered { jql.to_owned() } else { format!("{jql} ORDER BY key") };
    let keys = ground.keys("sam", site, &jql).await;
    keys.iter().map(|k| k.rsplit_once('-').unwrap().1.parse().unwrap()).collect()
}

#[tokio::test]
async fn queries_find_what_they_say() {
    let (_dir, ground) = ten().await;
    let table: &[(&str, &[u64])] = &[
        ("project = TEN", &[1, 2, 3, 4, 5, 6, 7, 8, 9, 10]),
        ("project = ten and key = ten-3", &[3]),
        ("key in (TEN-10, 'TEN-2', 103)", &[2, 3, 10]),
        ("key > TEN-8 and project = TEN", &[9, 10]),
        ("key >= TEN-2 and key < TEN-4", &[2, 3]),
        ("status = open", &[1, 2, 3, 4, 5]),
        ("status not in (Open, 'In Progress')", &[8, 9, 10]),
        ("statusCategory = \"In Progress\"", &[6, 7]),
        ("statusCategory != Done", &[1, 2, 3, 4, 5, 6, 7]),
        ("statusCategory = done or status = Open and key = TEN-1", &[1, 8, 9, 10]),
        ("(statusCategory = done or status = Open) and assignee is not empty", &[4, 8]),
        ("resolution is EMPTY", &[1, 2, 3, 4, 5, 6, 7]),
        ("resolution = Unresolved and status != Open", &[6, 7]),
        ("resolution != Unresolved", &[8, 9, 10]),
        ("assignee = currentUser()", &[4, 8]),
        ("assignee != currentUser()", &[]),
        ("assignee is null and status = Open", &[1, 2, 3, 5]),
        ("assignee in (currentUser(), EMPTY) and key <= TEN-4", &[1, 2, 3, 4]),
        ("project = TEN and not assignee is empty", &[4, 8]),
        ("not (status = Open or statusCategory = Done)", &[6, 7]),
        ("reporter = \"Ylva Strandberg\" and key = TEN-1", &[1]),
        ("labels = help-wanted", &[1, 2]),
        ("labels in (help-wanted, Docs)", &[1, 2, 3]),
        ("labels = docs", &[2]),
        ("labels != docs", &[1, 3]),
        ("labels is empty and statusCategory = new", &[4, 5]),
        ("component = Door", &[1, 2]),
        ("project = TEN and component is not empty", &[1, 2]),
        ("issuetype = Bug", &[3, 6, 9]),
        ("type in (Task, Story) and key < TEN-4", &[1, 2]),
        ("priority = Highest", &[5, 10]),
        ("priority > Medium", &[1, 5, 6, 10]),
        ("fixVersion = '1.0'", &[4]),
        ("votes >= 9", &[9, 10]),
        ("watchers <= 4 and project = TEN", &[1, 2]),
        ("due < now()", &[2]),
        ("project = TEN and due is not empty", &[2]),
        ("sprint in openSprints()", &[6]),
        ("sprint = Then", &[7]),
        ("project = TEN and sprint is not empty", &[6, 7]),
        ("project = TEN and Flagged is not EMPTY", &[6]),
        ("Flagged = Impediment", &[6]),
        ("parent = TEN-1", &[5]),
        ("created >= -3d", &[1, 2, 3]),
        ("created < \"-1w 1d\"", &[9, 10]),
        ("updated >= -150m", &[1, 2]),
        ("updated > \"-2h\"", &[1]),
        ("updated >= startOfDay()", &[1, 2, 3, 4]),
        ("updated < startOfDay() and updated > startOfDay(-1)", &[5, 6, 7, 8, 9, 10]),
        ("created > \"2025-11-19\"", &[1, 2]),
        ("created > '2025/11/18 04:39' and created <= '2025-11-19 04:40'", &[2, 3]),
        ("text ~ latch_test", &[3]),
        ("text ~ 'flaky fails'", &[3]),
        ("text ~ 'flak*'", &[3]),
        ("text ~ flak", &[]),
        ("summary ~ lockers and summary ~ 'number 10'", &[10]),
        ("summary !~ routes", &[2, 4, 6, 8, 10]),
        ("description ~ FLAKY", &[3]),
        ("comment ~ \"floorwalk\"", &[4]),
        ("project = TEN order by priority desc, key asc", &[5, 10, 1, 6, 2, 7, 3, 8, 4, 9]),
        ("project = TEN and key <= TEN-3 order by updated", &[1, 2, 3]),
        ("project = TEN and key <= TEN-3 order by created asc", &[3, 2, 1]),
        ("project = TEN and key >= TEN-9 order by key desc", &[10, 9]),
    ];
    for (jql, expected) in table {
        for site in ["cloud", "dc"] {
            assert_eq!(found(&ground, site, jql).await, *expected, "{site}: {jql}");
        }
    }
    for (site, points) in [("cloud", "\"Story point estimate\""), ("dc", "\"Story Points\"")] {
        assert_eq!(found(&ground, site, &format!("{points} is empty and key = TEN-1")).await, [1]);
    }
    assert_eq!(found(&ground, "cloud", "cf[10020] = Now").await, [6]);
    assert_eq!(found(&ground, "dc", "cf[10105] = Now").await, [6]);
    assert_eq!(found(&ground, "dc", "").await.len(), 10);
}

#[tokio::test]
async fn wrong_queries_are_refused_in_words() {
    let (_dir, ground) = ten().await;
    let table = [
        ("foo = 1", "Field 'foo' does not exist or you do not have permission to view it."),
        ("project = XYZ", "The value 'XYZ' does not exist for the field 'project'."),
        ("status = Foo", "The value 'Foo' does not exist for the field 'status'."),
        ("assignee = nobody-here", "The value 'nobody-here' does not exist for the field 'assignee'."),
        ("key = TEN-99", "An issue with key 'TEN-99' does not exist for field 'key'."),
        ("key = nonsense", "The issue key 'nonsense' for field 'key' is invalid."),
        ("status ~ Open", "The operator '~' is not supported by the 'status' field."),
        ("summary = x", "The operator '=' is not supported by the 'summary' field."),
        ("labels < x", "The operator '<' is not supported by the 'labels' field."),
        ("updated > soon", "Date value 'soon' for field 'updated' is invalid."),
        ("assignee = nobodysFunction()", "Unable to find JQL function 'nobodysFunction()'"),
        (
            "project = TEN labels = x",
            "Error in the JQL Query: Expecting either 'OR' or 'AND' but got 'labels'. (line 1, character 15)",
        ),
        (
            "project =",
            "Error in the JQL Query: Expecting either a value, list or function before the end of the query.",
        ),
        ("project TEN", "Error in the JQL Query: Expecting operator but got 'TEN'."),
        ("project = \"TEN", "Error in the JQL Query: The quoted string 'TEN' has not been completed."),
        ("assignee = a@b", "Error in the JQL Query: The character '@' is a reserved JQL character."),
        ("project = select", "Error in the JQL Query: 'select' is a reserved JQL word."),
        ("(project = TEN", "Error in the JQL Query: Expecting ')' before the end of the query."),
        ("project = TEN order by nothing", "Field 'nothing' does not exist"),
    ];
    for (jql, words) in table {
        for path in ["/cloud/rest/api/3/search/jql", "/dc/rest/api/2/search"] {
            let got = ground.post("sam", path, json!({"jql": jql})).await;
            assert_eq!(got.status, 400, "{jql}: {}", got.json);
            assert!(got.said().starts_with(words), "{jql}: {}", got.said());
        }
    }
    let deep = format!("{}project = TEN{}", "(".repeat(5_000), ")".repeat(5_000));
    assert_eq!(ground.post("sam", "/dc/rest/api/2/search", json!({"jql": deep})).await.status, 400);
}

#[tokio::test]
async fn absolute_moments_are_in_the_zone_of_who_asks() {
    let (_dir, ground) = ten().await;
    ground.demo.set_jira_zone("fumiko", "Asia/Tokyo");
    // TEN-3 was updated at 01:40 in London, 10:40 in Tokyo.
    let jql = "updated >= '2025-11-21 10:00' ORDER BY key";
    let london = ground.keys("sam", "dc", jql).await;
    let tokyo = ground.keys("fumiko", "dc", jql).await;
    assert_eq!((london.len(), tokyo.len()), (0, 3), "{tokyo:?}");
}

#[tokio::test]
async fn a_token_belongs_to_its_query() {
    let (_dir, ground) = ten().await;
    let ask = async |jql: &str, token: Option<&str>| {
        let mut body = json!({"jql": jql, "maxResults": 4, "fields": ["summary"]});
        if let Some(token) = token {
            body["nextPageToken"] = token.into();
        }
        ground.post("sam", "/cloud/rest/api/3/search/jql", body).await
    };
    let first = ask("project = TEN", None).await.json;
    assert_eq!((first["isLast"].as_bool(), first["issues"].as_array().unwrap().len()), (Some(false), 4));
    let token = first["nextPageToken"].as_str().unwrap();
    assert_eq!(ask("project = TEN", Some(token)).await.json["issues"].as_array().unwrap().len(), 4);
    assert_eq!(ask("project = TEN and votes > 1", Some(token)).await.status, 400);
    assert_eq!(ask("project = TEN", Some("rubbish")).await.status, 400);
}
