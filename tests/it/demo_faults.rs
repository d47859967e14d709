//! Troubles on demand: each does what it says to the world and to the answer, as often as it was asked to.

use floorwalk::demo::{Fault, FaultKind, ORG};
use reqwest::Method;
use serde_json::{Value, json};

use crate::demo_world::{Got, Ground, ground};

struct Desk {
    ground: Ground,
    home: String,
}

async fn desk() -> Desk {
    let ground = ground(None).await;
    let rows = ground.get(&format!("/repos/{ORG}/quill/issues?per_page=1")).await;
    let home = format!("/repos/{ORG}/quill/issues/{}", rows.rows()[0]["number"]);
    Desk { ground, home }
}

impl Desk {
    fn set(&self, method: &str, path: &str, kind: FaultKind) {
        self.ground.demo.faults().add(Fault::new(method, path, kind));
    }

    async fn say(&self, body: &str) -> Result<Got, reqwest::Error> {
        let path = format!("{}/comments", self.home);
        self.ground.try_send(Method::POST, "demo-sam", &path, Some(json!({"body": body})), &[]).await
    }

    async fn said(&self, body: &str) -> usize {
        let rows = self.ground.all(&format!("{}/comments?per_page=100", self.home)).await;
        rows.iter().filter(|r| r["body"] == body).count()
    }
}

#[tokio::test]
async fn an_answer_can_fail_before_or_after_the_write() {
    let desk = desk().await;
    let fake = FaultKind::Status {
        code: 403,
        headers: vec![("retry-after".into(), "7".into())],
        body: "{\"message\":\"You have exceeded a secondary rate limit\"}".into(),
    };
    desk.set("POST", "/comments", fake);
    let refused = desk.say("one").await.unwrap();
    assert_eq!((refused.status, refused.header("retry-after")), (403, "7"));
    assert_eq!(desk.said("one").await, 0);

    desk.set("POST", "/comments", FaultKind::CommitThenStatus { code: 502 });
    assert_eq!(desk.say("two").await.unwrap().status, 502);
    assert_eq!(desk.said("two").await, 1);

    desk.set("POST", "/comments", FaultKind::CommitThenDrop);
    assert!(desk.say("three").await.is_err());
    assert_eq!(desk.said("three").await, 1);

    desk.set("POST", "/comments", FaultKind::DropBefore);
    assert!(desk.say("four").await.is_err());
    assert_eq!(desk.said("four").await, 0);

    desk.set("POST", "/comments", FaultKind::DuplicateWrite);
    assert_eq!(desk.say("five").await.unwrap().status, 201);
    assert_eq!(desk.said("five").await, 2);

    assert!(desk.ground.demo.faults().pending().is_empty());
    assert_eq!(desk.say("six").await.unwrap().status, 201);
    let posts: Vec<u16> = desk.ground.demo.requests().iter().filter(|r| r.method == "POST").map(|r| r.status).collect();
    assert_eq!(posts, [403, 502, 0, 0, 201, 201]);
}

#[tokio::test]
async fn reads_can_lag_behind_writes() {
    let desk = desk().await;
    let faults = desk.ground.demo.faults();
    desk.say("old").await.unwrap();
    faults.add(Fault::new("GET", "/comments", FaultKind::StaleReads { count_too: false }).times(2));
    desk.say("new").await.unwrap();
    assert_eq!((desk.said("old").await, desk.said("new").await), (1, 0));
    assert_eq!((desk.said("old").await, desk.said("new").await), (1, 1));
    let counted = desk.ground.get(&desk.home).await.json["comments"].as_u64().unwrap();
    faults.add(Fault::new("GET", &desk.home, FaultKind::StaleReads { count_too: true }));
    desk.say("newer").await.unwrap();
    assert_eq!(desk.ground.get(&desk.home).await.json["comments"].as_u64(), Some(counted));
    assert_eq!(desk.ground.get(&desk.home).await.json["comments"].as_u64(), Some(counted + 1));
    faults.add(Fault::new("POST", "/graphql", FaultKind::StaleReads { count_too: false }));
    desk.say("newest").await.unwrap();
    let number = desk.home.rsplit('/').next().unwrap();
    let text = format!(
        "{{ repository(owner: \"{ORG}\", name: \"quill\") {{ issue(number: {number}) {{ comments(last: 1) {{ nodes {{ body }} }} }} }} }}"
    );
    let last = |got: Value| got["data"]["repository"]["issue"]["comments"]["nodes"][0]["body"].clone();
    assert_eq!(last(desk.ground.query("demo-sam", &text, json!({})).await), "newer");
    assert_eq!(last(desk.ground.query("demo-sam", &text, json!({})).await), "newest");
}

#[tokio::test]
async fn bodies_can_be_broken_in_several_ways() {
    let desk = desk().await;
    let raw = |path: String| {
        let request = desk.ground.client.get(format!("{}{path}", desk.ground.demo.url())).bearer_auth("demo-sam");
        async move { request.send().await }
    };
    desk.set("GET", "/issues", FaultKind::TruncateBody { keep: 100 });
    let cut = raw(desk.home.clone()).await.unwrap().text().await.unwrap();
    assert_eq!(cut.len(), 100);
    assert!(serde_json::from_str::<Value>(&cut).is_err());

    desk.set("GET", "/issues", FaultKind::CutBody { keep: 100 });
    let broken = match raw(desk.home.clone()).await {
        Ok(response) => response.text().await.is_err(),
        Err(_) => true,
    };
    assert!(broken);

    desk.set("GET", "/issues", FaultKind::Html);
    let page = raw(desk.home.clone()).await.unwrap();
    assert_eq!(page.headers()["content-type"], "text/html; charset=utf-8");
    assert!(page.text().await.unwrap().starts_with("<!DOCTYPE"));

    let low = vec![("x-ratelimit-remaining".to_owned(), "3".to_owned())];
    desk.set("GET", "/issues", FaultKind::Headers { headers: low });
    assert_eq!(raw(desk.home.clone()).await.unwrap().headers()["x-ratelimit-remaining"], "3");
    desk.set("GET", "/issues", FaultKind::Delay { ms: 20 });
    assert_eq!(raw(desk.home.clone()).await.unwrap().status(), 200);
}

#[tokio::test]
async fn an_assignee_can_be_ignored() {
    let desk = desk().await;
    desk.set("POST", "/assignees", FaultKind::IgnoreAssignee);
    let path = format!("{}/assignees", desk.home);
    let body = json!({"assignees": ["sam"]});
    let send = || desk.ground.send(Method::POST, "demo-sam", &path, Some(body.clone()));
    let ignored = send().await;
    assert_eq!((ignored.status, &ignored.json["assignees"]), (201, &json!([])));
    assert_eq!(send().await.json["assignees"][0]["login"], "sam");
}

#[tokio::test]
async fn troubles_can_be_set_from_outside() {
    let desk = desk().await;
    let url = format!("{}/_demo/faults", desk.ground.demo.url());
    let post = |body: &'static str| desk.ground.client.post(&url).body(body).send();
    let fault = r#"{"path":"/user","after":1,"times":2,"kind":{"status":{"code":503}}}"#;
    assert_eq!(post(fault).await.unwrap().status(), 201);
    assert_eq!(post(r#"{"kind":"drop_before","path":"/rate_limit"}"#).await.unwrap().status(), 201);
    assert_eq!(post("{}").await.unwrap().status(), 422);
    let mut seen = Vec::new();
    for _ in 0..4 {
        seen.push(desk.ground.get("/user").await.status);
    }
    assert_eq!(seen, [200, 503, 503, 200]);
    assert!(desk.ground.try_send(Method::GET, "demo-sam", "/rate_limit", None, &[]).await.is_err());
    assert_eq!(desk.ground.get("/rate_limit").await.status, 200);
    post(r#"{"kind":"html","times":9}"#).await.unwrap();
    desk.ground.client.delete(&url).send().await.unwrap();
    assert_eq!(desk.ground.get("/user").await.json["login"], "sam");
    let log = desk.ground.client.get(format!("{}/_demo/requests", desk.ground.demo.url())).send().await.unwrap();
    let log: Vec<Value> = serde_json::from_str(&log.text().await.unwrap()).unwrap();
    assert_eq!(log.last().unwrap()["path"], "/user");
    assert!(log.iter().all(|r| !r["path"].as_str().unwrap().starts_with("/_demo")));
}

#[tokio::test]
async fn two_writers_at_once_are_put_in_one_order() {
    let desk = desk().await;
    let path = format!("{}/comments", desk.home);
    let say = |who: &'static str| desk.ground.send(Method::POST, who, &path, Some(json!({"body": "race"})));
    let (a, b, c) = tokio::join!(say("demo-sam"), say("demo-hanne"), say("demo-teo"));
    let mut ids: Vec<u64> = [&a, &b, &c].iter().map(|g| g.json["id"].as_u64().unwrap()).collect();
    let listed = desk.ground.all(&format!("{path}?per_page=100")).await;
    ids.sort_unstable();
    let raced = listed.iter().filter(|r| r["body"] == "race").map(|r| r["id"].as_u64().unwrap());
    assert_eq!(raced.collect::<Vec<_>>(), ids);
}
