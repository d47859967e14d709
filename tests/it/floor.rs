//! A floor to walk on: the demo organisation in this process, and the real program in a world of its own.

use std::{
    path::PathBuf,
    process::{Command, Output, Stdio},
    sync::{Arc, Mutex, PoisonError},
};

use floorwalk::demo::{Demo, DemoOptions, Dialect, Hand, NewPull, ORG};
use jiff::Timestamp;

/// The present of every story.
pub(crate) const TODAY: &str = "2026-11-20T09:00:00Z";

/// Somebody who owns everything there.
const HOST: &str = "Bearer demo-tobias-h";

/// A served organisation. Runs on a runtime of its own, so that tests may block.
pub(crate) struct Floor {
    pub(crate) demo: Demo,
    runtime: tokio::runtime::Runtime,
}

/// One person's machine: configuration, data folder, token.
pub(crate) struct Desk {
    dir: tempfile::TempDir,
    token: String,
    /// What this machine's clock says.
    now: Mutex<String>,
}

impl Floor {
    pub(crate) fn open() -> Self {
        Self::with(None)
    }

    /// A floor on which the teams help each other already: commitments in every state.
    pub(crate) fn alive() -> Self {
        Self::alive_on(TODAY)
    }

    /// The same on another day.
    pub(crate) fn alive_on(now: &str) -> Self {
        Self::start(None, true, now)
    }

    pub(crate) fn with(data: Option<PathBuf>) -> Self {
        Self::start(data, false, TODAY)
    }

    fn start(data: Option<PathBuf>, helping: bool, now: &str) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        let now: Timestamp = now.parse().unwrap();
        let ticks = std::sync::atomic::AtomicI64::new(0);
        // The server's clock goes on by a second with each request: its times are its own, never the client's.
        let clock =
            move || now + jiff::SignedDuration::from_secs(ticks.fetch_add(1, std::sync::atomic::Ordering::SeqCst));
        let options = DemoOptions { port: 0, data, now, helping };
        let demo = runtime.block_on(Demo::start(options, Arc::new(clock))).unwrap();
        Self { demo, runtime }
    }

    /// A desk for somebody, configured for the whole organisation.
    pub(crate) fn desk(&self, login: &str) -> Desk {
        self.desk_reading(login, &format!("orgs = [\"{ORG}\"]"))
    }

    pub(crate) fn desk_reading(&self, login: &str, sources: &str) -> Desk {
        let dir = tempfile::tempdir().unwrap();
        let url = self.demo.url();
        let config = format!(
            "[[tracker]]\nname = \"gh\"\nkind = \"github\"\nurl = \"https://github.com\"\napi_url = \"{url}\"\n{sources}\n"
        );
        std::fs::write(dir.path().join("config.toml"), config).unwrap();
        Desk { dir, token: format!("demo-{login}"), now: Mutex::new(TODAY.into()) }
    }

    /// A desk for the whole organisation, with more lines at the top of its configuration: `registry = "gh:…"`.
    pub(crate) fn desk_with(&self, login: &str, lines: &str) -> Desk {
        let desk = self.desk(login);
        let file = desk.dir.path().join("config.toml");
        let config = std::fs::read_to_string(&file).unwrap();
        std::fs::write(file, format!("{lines}\n{config}")).unwrap();
        desk
    }

    /// The table of one of the demo's Jira sites for somebody's configuration.
    pub(crate) fn jira_table(&self, login: &str, dialect: Dialect, sources: &str) -> String {
        let (name, url) = match dialect {
            Dialect::Cloud => ("cloud", self.demo.jira_cloud_url()),
            Dialect::DataCenter => ("dc", self.demo.jira_dc_url()),
        };
        let email = match dialect {
            Dialect::Cloud => format!("email = \"{login}@quillfern.example\"\n"),
            Dialect::DataCenter => String::new(),
        };
        let token = "token_env = \"FLOORWALK_JIRA_TOKEN\"";
        format!("[[tracker]]\nname = \"{name}\"\nkind = \"jira\"\nurl = \"{url}\"\n{email}{token}\n{sources}\n")
    }

    /// A desk for somebody who reads one Jira site.
    pub(crate) fn jira_desk(&self, login: &str, dialect: Dialect, sources: &str) -> Desk {
        self.desk_of(login, &self.jira_table(login, dialect, sources))
    }

    /// A desk with this configuration.
    pub(crate) fn desk_of(&self, login: &str, config: &str) -> Desk {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("config.toml"), config).unwrap();
        Desk { dir, token: format!("demo-{login}"), now: Mutex::new(TODAY.into()) }
    }

    /// Moves the server's clock, which goes on by a second with each request.
    pub(crate) fn at(&self, now: &str) {
        self.demo.set_now(now.parse().unwrap());
    }

    /// Moves the clocks of the server and of these desks.
    pub(crate) fn day(&self, now: &str, desks: &[&Desk]) {
        self.at(now);
        desks.iter().for_each(|desk| desk.at(now));
    }

    /// Somebody's hand on the tracker: comment, assign, label, close, pull requests.
    pub(crate) fn by(&self, login: &str) -> Hand<'_> {
        self.demo.by(login)
    }

    /// Somebody opens a pull request that closes a task, in the task's repository. Gives its key.
    pub(crate) fn pull(&self, login: &str, task: &str, draft: bool) -> String {
        let (project, number) = task.split_once('#').unwrap();
        let (title, body) = (format!("Work on {number}"), format!("Closes #{number}"));
        self.by(login).open_pull(NewPull { project, title: &title, body: &body, draft }).unwrap()
    }

    /// The timeline of an issue or a pull request as the server has it now.
    pub(crate) fn timeline(&self, key: &str) -> Vec<serde_json::Value> {
        let (path, number) = key.split_once('#').unwrap();
        let rows = self.get(&format!("/repos/{path}/issues/{number}/timeline?per_page=100"));
        rows.as_array().unwrap().clone()
    }

    /// Writes a file of a repository, as for a change of policy; an empty text removes it.
    pub(crate) fn write_file(&self, project: &str, path: &str, text: &str) {
        self.demo.write_file(project, path, text).unwrap();
    }

    /// An issue as the server has it now.
    pub(crate) fn issue(&self, key: &str) -> serde_json::Value {
        let (path, number) = key.split_once('#').unwrap();
        self.get(&format!("/repos/{path}/issues/{number}"))
    }

    pub(crate) fn comments(&self, key: &str) -> Vec<String> {
        let (path, number) = key.split_once('#').unwrap();
        let all = self.get(&format!("/repos/{path}/issues/{number}/comments?per_page=100"));
        all.as_array().unwrap().iter().map(|c| c["body"].as_str().unwrap().to_owned()).collect()
    }

    /// Comments that begin with a marker of this kind.
    pub(crate) fn markers(&self, key: &str, kind: &str) -> usize {
        let start = format!("<!-- floorwalk/1 {{\"k\":\"{kind}\"");
        self.comments(key).iter().filter(|c| c.starts_with(&start)).count()
    }

    fn get(&self, path: &str) -> serde_json::Value {
        let url = format!("{}{path}", self.demo.url());
        self.runtime.block_on(async move {
            let client = client();
            let answer = client.get(url).header("authorization", HOST).send().await.unwrap();
            serde_json::from_str(&answer.text().await.unwrap()).unwrap()
        })
    }

    /// Deletes, as the host, the first comment that begins like this.
    pub(crate) fn delete_comment(&self, key: &str, start: &str) {
        let (path, number) = key.split_once('#').unwrap();
        let all = self.get(&format!("/repos/{path}/issues/{number}/comments?per_page=100"));
        let found = all.as_array().unwrap().iter().find(|c| c["body"].as_str().unwrap().starts_with(start)).unwrap();
        let url = format!("{}/repos/{path}/issues/comments/{}", self.demo.url(), found["id"]);
        self.runtime.block_on(async move {
            let answer = client().delete(url).header("authorization", HOST).send().await.unwrap();
            assert!(answer.status().is_success(), "{}", answer.status());
        });
    }

    /// Closes an issue as the host.
    pub(crate) fn close(&self, key: &str) {
        let (path, number) = key.split_once('#').unwrap();
        let url = format!("{}/repos/{path}/issues/{number}", self.demo.url());
        self.runtime.block_on(async move {
            let request = client().patch(url).header("authorization", HOST).body(r#"{"state":"closed"}"#);
            let answer = request.send().await.unwrap();
            assert!(answer.status().is_success(), "{}", answer.status());
        });
    }

    /// Opens an issue as the host, on the server's day. Gives its key.
    pub(crate) fn open_issue(&self, project: &str, title: &str, body: &str, labels: &[&str]) -> String {
        let url = format!("{}/repos/{project}/issues", self.demo.url());
        let text = serde_json::json!({ "title": title, "body": body, "labels": labels }).to_string();
        let answer = self.runtime.block_on(async move {
            let answer = client().post(url).header("authorization", HOST).body(text).send().await.unwrap();
            assert!(answer.status().is_success(), "{}", answer.status());
            serde_json::from_str::<serde_json::Value>(&answer.text().await.unwrap()).unwrap()
        });
        format!("{project}#{}", answer["number"])
    }

    /// Writes another description as the host.
    pub(crate) fn describe(&self, key: &str, body: &str) {
        let (path, number) = key.split_once('#').unwrap();
        let url = format!("{}/repos/{path}/issues/{number}", self.demo.url());
        let body = serde_json::json!({ "body": body }).to_string();
        self.runtime.block_on(async move {
            let answer = client().patch(url).header("authorization", HOST).body(body).send().await.unwrap();
            assert!(answer.status().is_success(), "{}", answer.status());
        });
    }

    /// Comments as the host.
    pub(crate) fn comment(&self, key: &str, body: &str) {
        let (path, number) = key.split_once('#').unwrap();
        let url = format!("{}/repos/{path}/issues/{number}/comments", self.demo.url());
        let body = serde_json::json!({ "body": body }).to_string();
        self.runtime.block_on(async move {
            let client = client();
            let answer = client.post(url).header("authorization", HOST).body(body).send().await.unwrap();
            assert!(answer.status().is_success(), "{}", answer.status());
        });
    }

    /// Waits until a condition holds, without sleeping longer than it takes.
    pub(crate) fn wait_until(&self, what: &str, condition: impl Fn() -> bool) {
        for _ in 0..2_000 {
            if condition() {
                return;
            }
            self.runtime.block_on(async { tokio::time::sleep(std::time::Duration::from_millis(5)).await });
        }
        panic!("waited in vain until {what}");
    }
}

impl Desk {
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_floorwalk"));
        command
            .args(arguments)
            .env_clear()
            .env("HOME", self.dir.path())
            .env("FLOORWALK_CONFIG", self.dir.path().join("config.toml"))
            .env("FLOORWALK_DATA_DIR", self.dir.path().join("data"))
            .env("FLOORWALK_GITHUB_TOKEN", &self.token)
            .env("FLOORWALK_JIRA_TOKEN", &self.token)
            .env("FLOORWALK_NOW", self.now.lock().unwrap_or_else(PoisonError::into_inner).as_str())
            .current_dir(self.dir.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    /// Moves this machine's clock.
    pub(crate) fn at(&self, now: &str) {
        now.parse::<Timestamp>().unwrap();
        now.clone_into(&mut self.now.lock().unwrap_or_else(PoisonError::into_inner));
    }

    /// The folder of this desk: configuration, data, home.
    pub(crate) fn folder(&self) -> &std::path::Path {
        self.dir.path()
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Ran {
        Ran(self.command(arguments).output().unwrap())
    }

    /// Runs and must succeed.
    pub(crate) fn fine(&self, arguments: &[&str]) -> Ran {
        let ran = self.run(arguments);
        assert_eq!(ran.code(), 0, "{arguments:?}\n{}\n{}", ran.out(), ran.err());
        ran
    }
}

fn client() -> reqwest::Client {
    // The second caller finds the provider of the first.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::new()
}

/// What a run printed.
pub(crate) struct Ran(pub(crate) Output);

impl Ran {
    pub(crate) fn code(&self) -> i32 {
        self.0.status.code().unwrap_or(-1)
    }

    pub(crate) fn out(&self) -> String {
        String::from_utf8_lossy(&self.0.stdout).into_owned()
    }

    pub(crate) fn err(&self) -> String {
        String::from_utf8_lossy(&self.0.stderr).into_owned()
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.0.stdout).unwrap_or_else(|e| panic!("{e}: {}\n{}", self.out(), self.err()))
    }
}
