//! Odd rows: none loses its page, each is counted and named.

use std::io::BufRead;

use floorwalk::tracker::{
    Conditional, ErrorClass, Lane, Listing, TaskPage, Tracker, TrackerError,
    http::{
        base::{Base, checked_url},
        page::{LinkFault, Pages, pages},
    },
};
use proptest::prelude::*;
use serde_json::json;
use wiremock::{Mock, MockServer, ResponseTemplate, matchers::any};

use crate::{github_world::*, hostile::corpus::file};

async fn read(body: Vec<u8>) -> Result<TaskPage, TrackerError> {
    let server = MockServer::start().await;
    let answer = ResponseTemplate::new(200)
        .set_body_raw(body, "application/json; charset=utf-8")
        .insert_header("date", "Sat, 21 Nov 2026 07:28:00 GMT");
    Mock::given(any()).respond_with(answer).mount(&server).await;
    match github(&server.uri()).tasks(&widgets(), Lane::Open, 1, None).await? {
        Conditional::Changed { value, .. } => Ok(value),
        Conditional::Unchanged => panic!("unchanged"),
    }
}

async fn corpus(name: &str) -> Option<Result<TaskPage, TrackerError>> {
    let body = file(&format!("json/github/{name}.json"))?;
    Some(read(body).await)
}

fn numbers(page: &TaskPage) -> Vec<u64> {
    page.tasks.iter().map(|(task, _)| task.key.number).collect()
}

#[tokio::test]
async fn one_odd_row_never_loses_the_page() {
    for (file, kept, odd, why) in [
        ("title-null", vec![2], 1, "the title of #1"),
        ("fields-missing", vec![2], 1, "its number is missing"),
        ("types-wrong", vec![2], 1, "its number is missing or no number"),
        ("int-overflow", vec![2], 1, "its number is missing or no number"),
        ("lone-surrogate", vec![], 1, "no valid JSON"),
        ("duplicate-keys", vec![], 1, "created_at is missing"),
        ("dates-odd", vec![1, 4], 3, "#3: its created_at '2026-02-30T00:00:00Z' is no usable date"),
    ] {
        let Some(page) = corpus(file).await else { return };
        let page = page.unwrap();
        assert_eq!((numbers(&page), page.odd.len()), (kept, odd), "{file}: {:?}", page.odd);
        assert!(page.odd.iter().any(|o| o.why.contains(why)), "{file}: {:?}", page.odd);
        assert!(page.odd.iter().all(|o| o.place.starts_with("acme/widgets page 1 row ")), "{file}");
    }
}

#[tokio::test]
async fn whole_rows_survive_hostile_content() {
    for (file, kept) in [
        ("user-null-ghost", vec![1, 2]),
        ("assignees-many", vec![1]),
        ("html-url-hostile", vec![1, 2, 3]),
        ("esc-split-fields", vec![1]),
        ("empty-array-after-full", vec![]),
    ] {
        let Some(page) = corpus(file).await else { return };
        let page = page.unwrap();
        assert_eq!((numbers(&page), page.odd.len()), (kept, 0), "{file}: {:?}", page.odd);
    }
    let Some(ghost) = corpus("user-null-ghost").await else { return };
    assert!(ghost.unwrap().tasks[0].0.author.is_none());
    let Some(esc) = corpus("esc-split-fields").await else { return };
    assert_eq!(esc.unwrap().tasks[0].0.title.raw(), "ends\u{1b}", "raw text is kept");
    let Some(many) = corpus("assignees-many").await else { return };
    assert!(many.unwrap().tasks[0].0.assignees.len() >= 10);
    let Some(labels) = corpus("label-hostile").await else { return };
    let labels = labels.unwrap();
    assert!(!labels.tasks[0].0.labels.is_empty() && labels.odd.is_empty());
}

#[tokio::test]
async fn pull_requests_and_duplicates() {
    let Some(page) = corpus("pr-in-list").await else { return };
    let page = page.unwrap();
    assert_eq!((page.tasks.len(), page.odd.len()), (1, 0));
    let Some(page) = corpus("duplicate-numbers").await else { return };
    let page = page.unwrap();
    let mut unique = numbers(&page);
    unique.dedup();
    assert_eq!(numbers(&page), unique);
    let mut older = issue(1);
    older["updated_at"] = json!("2026-01-01T00:00:00Z");
    older["title"] = json!("old");
    let page = read(json!([older, issue(2), issue(1), older]).to_string().into()).await.unwrap();
    assert_eq!(numbers(&page), [1, 2]);
    assert_eq!(page.tasks[0].0.title.raw(), "Issue 1", "the newest wins wherever it stands");
}

#[tokio::test]
async fn a_change_in_the_future_never_moves_the_span() {
    let Some(page) = corpus("dates-odd").await else { return };
    let page = page.unwrap();
    let (newest, oldest) = page.span.unwrap();
    assert_eq!(
        (newest.to_string(), oldest.to_string()),
        ("2026-01-02T00:00:00Z".into(), "2026-01-02T00:00:00Z".into())
    );
    assert_eq!(page.tasks[0].0.updated_at.to_string(), "2026-11-21T07:28:00Z");
    assert!(page.odd.iter().any(|o| o.why.contains("#1 was changed in the future")), "{:?}", page.odd);
}

#[tokio::test]
async fn bytes_that_are_no_text_become_marks() {
    let Some(body) = file("json/github/invalid-utf8.json") else { return };
    let page = read(body).await.unwrap();
    assert_eq!(page.odd.len(), 1, "it lacks its dates");
    let mut bytes = json!([issue(1)]).to_string().into_bytes();
    let at = bytes.windows(7).position(|w| w == b"Issue 1").unwrap();
    bytes[at] = 0xff;
    let page = read(bytes).await.unwrap();
    assert_eq!(page.tasks[0].0.title.raw(), "\u{fffd}ssue 1");
}

#[tokio::test]
async fn an_unusable_page_is_an_error_with_the_servers_words() {
    let Some(page) = corpus("truncated").await else { return };
    assert_eq!(page.unwrap_err().class, ErrorClass::Truncated);
    let Some(page) = corpus("array-vs-object").await else { return };
    let error = page.unwrap_err();
    assert_eq!(error.class, ErrorClass::Unexpected { status: 200 });
    assert!(error.sentence().contains("Not what you think"), "{error}");
    assert_eq!(read(b"[[[[".to_vec()).await.unwrap_err().class, ErrorClass::Truncated);
    assert_eq!(read(b"[] []".to_vec()).await.unwrap_err().class, ErrorClass::Truncated);
    let deep = [vec![b'['; 100_000], vec![b']'; 100_000]].concat();
    let page = read(deep).await.unwrap();
    assert_eq!((page.tasks.len(), page.odd.len()), (0, 1), "depth costs one row, no stack");
}

#[tokio::test]
async fn a_field_of_the_wrong_type_costs_only_that_field() {
    let mut odd = issue(1);
    odd["comments"] = json!(-3);
    odd["labels"] = json!("bug");
    odd["user"] = json!("x");
    odd["id"] = json!(1.5);
    odd["milestone"] = json!(7);
    odd["author_association"] = json!("EMPEROR");
    odd["state_reason"] = json!("evaporated");
    let page = read(json!([odd, null, 7, "x", [], issue(2)]).to_string().into()).await.unwrap();
    assert_eq!((numbers(&page), page.odd.len()), (vec![1, 2], 4));
    let task = &page.tasks[0].0;
    assert_eq!((task.id, task.comments, task.labels.len(), task.author.is_none()), (0, 0, 0, true));
    assert_eq!((task.title.raw(), task.assignees.len(), task.reactions), ("Issue 1", 1, 5));
}

/// The issue objects of a real dump, one line each.
fn dump(file: &str, most: usize) -> Option<Vec<serde_json::Value>> {
    let path = std::path::Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/data/github")).join(file);
    let Ok(packed) = std::fs::File::open(&path) else {
        println!("skipped: no file {}", path.display());
        return None;
    };
    let lines = std::io::BufReader::new(flate2::read::MultiGzDecoder::new(packed)).lines();
    let rows = lines.take(most).map(|line| serde_json::from_str::<serde_json::Value>(&line.unwrap()).unwrap());
    Some(rows.map(|mut row| row.get_mut("issue").map(serde_json::Value::take).unwrap_or(row)).collect())
}

#[tokio::test]
async fn real_issues_of_all_ages_are_read_without_an_odd_row() {
    for file in [
        "rails__rails.500.rest.jsonl.gz",
        "bitcoin-core__gui.issues.rest-backup.jsonl.gz",
        "golang__go.issues.rest-slim.jsonl.gz",
    ] {
        let Some(rows) = dump(file, 2_000) else { return };
        let issues: Vec<_> = rows.iter().filter(|r| r.get("pull_request").is_none_or(|p| p.is_null())).collect();
        let page = read(serde_json::to_vec(&rows).unwrap()).await.unwrap();
        assert_eq!((page.tasks.len(), page.odd.len()), (issues.len(), 0), "{file}: {:?}", page.odd.first());
        for ((task, body), row) in page.tasks.iter().zip(issues) {
            assert_eq!(Some(task.title.raw()), row["title"].as_str());
            assert_eq!(Some(task.key.number), row["number"].as_u64());
            assert_eq!(task.labels.len(), row["labels"].as_array().map_or(0, Vec::len), "{task:?}");
            assert_eq!(body.as_ref().unwrap().raw(), row["body"].as_str().unwrap_or_default());
            assert_eq!(task.comments, row["comments"].as_u64().map_or(0, |n| u32::try_from(n).unwrap()));
            let gone = row["user"].is_null() || row["user"]["login"] == "ghost";
            assert_eq!(task.author.is_none(), gone, "{task:?}");
        }
    }
}

#[tokio::test]
async fn odd_repositories_are_named_too() {
    let server = MockServer::start().await;
    let body = json!([{"full_name": "acme/ok"}, {"full_name": 7}, {"full_name": "a/b/c"}, null]);
    Mock::given(any()).respond_with(ResponseTemplate::new(200).set_body_json(body)).mount(&server).await;
    let github = github(&server.uri());
    let Conditional::Changed { value, .. } = github.listing(&Listing::Org("acme".into()), 1, None).await.unwrap()
    else {
        panic!("unchanged")
    };
    assert_eq!((value.projects.len(), value.odd.len()), (1, 3));
    assert!(value.projects[0].has_issues, "what is not said is assumed harmless");
}

fn link(header: &str, page: u32) -> Result<Pages, LinkFault> {
    let base = Base::of(&checked_url("https://api.github.com").unwrap());
    pages(header, &base, "/repos/acme/app/issues?page=1", page)
}

#[test]
fn links_give_numbers_and_cursors() {
    let header = "<https://api.github.com/repositories/7/issues?per_page=100&after=Y3Vy%3D&page=2>; rel=\"next\", \
                  <https://api.github.com/repositories/7/issues?page=9>; rel=\"last\"";
    assert_eq!(link(header, 1), Ok(Pages { next: Some(2), after: Some("Y3Vy=".into()), last: Some(9) }));
    assert_eq!(link("", 1), Ok(Pages::default()));
    assert_eq!(link("<x>; rel=\"strange\", nonsense <<>", 1), Ok(Pages::default()));
    assert_eq!(link("</x?page=4>; rel=\"prev next\"", 3).map(|p| p.next), Ok(Some(4)));
    assert_eq!(link("</x?after=Zm9v>; rel=next", 3).map(|p| p.next), Ok(Some(4)), "a cursor alone goes on by one");
}

#[test]
fn links_to_other_origins_and_loops_are_refused() {
    for foreign in ["http://api.github.com/x", "https://api.github.com.evil.example/x", "https://api.github.com:444/x"]
    {
        assert_eq!(link(&format!("<{foreign}?page=2>; rel=next"), 1), Err(LinkFault::Foreign), "{foreign}");
    }
    assert_eq!(link("<https://u:p@api.github.com/x?page=2>; rel=next", 1), Err(LinkFault::Foreign));
    assert_eq!(link("<//evil.example/x?page=2>; rel=next", 1), Err(LinkFault::Foreign));
    assert_eq!(link("<https://api.github.com/x>; rel=\"next\"", 1), Err(LinkFault::Loop));
    assert_eq!(link("</x?page=3>; rel=\"next\"", 3), Err(LinkFault::Loop));
    assert_eq!(link("</x?page=4000000000>; rel=\"next\"", 3), Err(LinkFault::TooMany));
}

proptest! {
    #[test]
    fn no_link_header_panics_or_goes_backwards(header in "[<>;,=\"a-z:/?&0-9 ]{0,80}", page in 1_u32..50) {
        if let Ok(pages) = link(&header, page) {
            prop_assert!(pages.next.is_none_or(|next| next > page));
        }
    }
}
