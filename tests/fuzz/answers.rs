//! Properties of the answers of trackers. The only door to what reads them is a tracker itself, so a server on loopback
//! gives whatever the input is as its answer, and everything on the way is a part of what is tried.

use std::{
    cell::RefCell,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use floorwalk::{
    domain::{
        key::{ProjectRef, TrackerName},
        project::Project,
        task::Task,
        text::Foreign,
    },
    tracker::{
        Conditional, ErrorClass, Lane, OddRow, Result, TaskPage, Tracker, TrackerError,
        github::{GitHub, GitHubSettings},
        http::Timing,
        jira::{Jira, JiraSettings},
    },
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    runtime::{Builder, Runtime},
};

use super::{clean, same};

const TOKEN: &str = "ghp_canaryCanaryCanary0123456789abcdef";

/// A server, and who asks it. All in one thread, so that a run is the same every time.
struct House {
    runtime: Runtime,
    answer: Arc<Mutex<Vec<u8>>>,
    url: String,
    github: GitHub,
    cloud: Jira,
    center: Jira,
}

thread_local! {
    static HOUSE: RefCell<Option<House>> = const { RefCell::new(None) };
}

fn name(name: &str) -> TrackerName {
    TrackerName::parse(name).expect("a name")
}

fn timing() -> Timing {
    Timing { backoff: Duration::ZERO, ..Timing::default() }
}

fn github(url: &str) -> GitHub {
    let settings = GitHubSettings {
        name: name("gh"),
        url: url.into(),
        api_url: None,
        token: Some(TOKEN.to_owned().into()),
        token_source: "here".into(),
        ca_file: None,
    };
    GitHub::with_timing(settings, timing()).expect("a client")
}

fn jira(url: &str, email: Option<&str>) -> Jira {
    let settings = JiraSettings {
        name: name("jira"),
        url: url.into(),
        api_url: None,
        email: email.map(str::to_owned),
        token: Some(TOKEN.to_owned().into()),
        token_source: "here".into(),
        ca_file: None,
        slice: None,
        moves: false,
    };
    Jira::with_timing(settings, timing()).expect("a client")
}

impl House {
    fn open() -> Self {
        let runtime = Builder::new_current_thread().enable_all().build().expect("a runtime");
        let answer = Arc::new(Mutex::new(Vec::new()));
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let served = Arc::clone(&answer);
        runtime.spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(converse(stream, Arc::clone(&served)));
            }
        });
        let inside = runtime.enter();
        let (cloud, center) = (jira(&format!("{url}/cloud"), Some("sam@acme.example")), jira(&url, None));
        let github = github(&url);
        drop(inside);
        Self { runtime, answer, url, github, cloud, center }
    }

    /// A client that was told to wait would ask nothing more: the next input gets a new one.
    fn forget(&mut self) {
        let _inside = self.runtime.enter();
        self.github = github(&self.url);
    }
}

/// Runs with the server, which answers `bytes` to everything but the questions of a site about itself.
fn with<T>(bytes: &[u8], run: impl FnOnce(&mut House) -> T) -> T {
    HOUSE.with_borrow_mut(|house| {
        let house = house.get_or_insert_with(House::open);
        *house.answer.lock().unwrap_or_else(PoisonError::into_inner) = bytes.to_vec();
        run(house)
    })
}

/// Answers requests of one connection until it closes.
async fn converse(mut stream: TcpStream, answer: Arc<Mutex<Vec<u8>>>) {
    let mut had: Vec<u8> = Vec::new();
    let mut chunk = [0; 8192];
    while let Ok(read @ 1..) = stream.read(&mut chunk).await {
        had.extend(chunk.iter().take(read));
        let Some(end) = had.windows(4).position(|w| w == b"\r\n\r\n") else { continue };
        let head = String::from_utf8_lossy(&had[..end]).to_ascii_lowercase();
        let length = head.lines().find_map(|l| l.strip_prefix("content-length:")).and_then(|l| l.trim().parse().ok());
        let whole = end + 4 + length.unwrap_or(0_usize);
        if had.len() < whole {
            continue;
        }
        let path = head.split(' ').nth(1).unwrap_or_default();
        let body = match path.rsplit('/').next().unwrap_or_default() {
            "serverinfo" if path.starts_with("/cloud") => {
                br#"{"deploymentType":"Cloud","version":"1001.0.0"}"#.to_vec()
            }
            "serverinfo" => br#"{"deploymentType":"Server","version":"9.12.0"}"#.to_vec(),
            "field" => br#"[{"id":"customfield_1","name":"Story Points","schema":{"custom":"x:float"}},
                {"id":"customfield_2","name":"Sprint","schema":{"custom":"x:gh-sprint"}}]"#
                .to_vec(),
            _ => answer.lock().unwrap_or_else(PoisonError::into_inner).clone(),
        };
        let lines = format!("content-type: application/json\r\ncontent-length: {}\r\n", body.len());
        let reply = [format!("HTTP/1.1 200 OK\r\n{lines}\r\n").into_bytes(), body].concat();
        had.drain(..whole);
        if stream.write_all(&reply).await.is_err() {
            return;
        }
    }
}

fn project(tracker: &str, path: &str) -> ProjectRef {
    ProjectRef::parse(&name(tracker), path).expect("a project")
}

/// One page of issues as GitHub's REST interface sends it.
pub fn github_issues(bytes: &[u8]) {
    with(bytes, |house| {
        for (lane, number) in [(Lane::Open, 1), (Lane::Moved, 3)] {
            let asked = project("gh", "acme/app");
            let page = house.runtime.block_on(house.github.tasks(&asked, lane, number, None));
            if holds_up(paged(page, &asked, number)) {
                house.forget();
            }
        }
    });
}

/// The heads of two repositories as GitHub's GraphQL interface sends them.
pub fn github_heads(bytes: &[u8]) {
    let asked: Vec<Project> = ["acme/app", "acme/web"].iter().enumerate().map(|(n, path)| known(path, n)).collect();
    with(bytes, |house| {
        let index = match house.runtime.block_on(house.github.index(&asked)) {
            Ok(index) => index,
            Err(error) => {
                if holds_up(Some(error)) {
                    house.forget();
                }
                return;
            }
        };
        if let Some(why) = &index.unavailable {
            told(why);
        }
        let mut limited = false;
        for (of, error) in index.failed {
            assert!(asked.iter().any(|p| p.project == of), "{of} was not asked for");
            limited |= holds_up(Some(error));
        }
        for head in &index.heads {
            let json = serde_json::to_string(&head.project).expect("a project is plain data");
            same("a project in the store", &serde_json::from_str(&json).ok(), &Some(head.project.clone()));
        }
        assert!(index.heads.len() <= asked.len(), "{} heads of {}", index.heads.len(), asked.len());
        if limited {
            house.forget();
        }
    });
}

/// One page of a search as both kinds of Jira send it.
pub fn jira_issues(bytes: &[u8]) {
    with(bytes, |house| {
        for jira in [&house.cloud, &house.center] {
            let asked = project("jira", "OPS");
            let page = house.runtime.block_on(jira.tasks(&asked, Lane::Open, 1, None));
            let _ = holds_up(paged(page, &asked, 1));
        }
    });
}

fn known(path: &str, at: usize) -> Project {
    Project {
        project: project("gh", path),
        id: at as u64,
        node_id: Some(format!("R_{at}")),
        description: Foreign::default(),
        topics: Vec::new(),
        language: None,
        default_branch: None,
        archived: false,
        disabled: false,
        has_issues: true,
        fork: false,
        private: false,
        pushed_at: None,
        permission: floorwalk::domain::project::Permission::Read,
    }
}

/// Checks a page; gives its error back.
fn paged(page: Result<Conditional<TaskPage>>, asked: &ProjectRef, number: u32) -> Option<TrackerError> {
    let page = match page {
        Ok(Conditional::Changed { value, .. }) => value,
        Ok(Conditional::Unchanged) => return None,
        Err(error) => return Some(error),
    };
    for (task, _) in &page.tasks {
        sound(task, asked);
    }
    for (key, _) in &page.threads {
        assert!(page.tasks.iter().any(|(task, _)| task.key == *key), "a thread of {key}, which did not come");
    }
    for OddRow { place, why } in &page.odd {
        told(place);
        told(why);
    }
    assert!(page.next.is_none_or(|next| next > number), "page {number} is followed by {:?}", page.next);
    if let Some((newest, oldest)) = page.span {
        assert!(newest >= oldest, "{newest} is before {oldest}");
    }
    None
}

/// A task belongs to the project that was asked for, and survives the store.
fn sound(task: &Task, asked: &ProjectRef) {
    same("the project of a task", &task.key.project, asked);
    let json = serde_json::to_string(task).expect("a task is plain data");
    same("a task in the store", &serde_json::from_str(&json).ok(), &Some(task.clone()));
    clean("a key", &task.key.to_string());
}

/// Checks the words of an error, if there is one; true when it makes the client wait.
fn holds_up(error: Option<TrackerError>) -> bool {
    let Some(error) = error else { return false };
    told(&error.sentence());
    told(&error.to_string());
    told(&format!("{error:?}"));
    matches!(error.class, ErrorClass::RateLimit { .. } | ErrorClass::SecondaryLimit { .. })
}

fn told(words: &str) {
    clean("the words of an error", words);
    assert!(!words.contains(TOKEN), "the token is repeated: {words}");
    assert!(words.len() <= 4096, "{} bytes of words", words.len());
}
