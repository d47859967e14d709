//! GitHub and GitHub Enterprise behind the tracker's contract: what goes together and who does it. Reading is in
//! [`rest`], [`index`] and [`feed`], evidence in [`history`], [`connected`], [`pulls`], [`checks`], [`recent`],
//! [`search`], [`naming`] and [`files`], facts of projects in [`debt`] and [`actions`], writing in [`write`]; shapes are in [`wire`] and [`timeline`], meanings in [`map`].

mod actions;
pub mod address;
mod checks;
mod connected;
mod debt;
mod feed;
mod files;
pub mod graphql;
mod history;
mod index;
mod map;
mod naming;
mod pulls;
mod recent;
mod rest;
mod search;
mod timeline;
mod whoami;
mod wire;
mod write;

use std::{
    collections::HashMap,
    path::PathBuf,
    sync::{Mutex, MutexGuard, PoisonError},
};

use async_trait::async_trait;
use jiff::Timestamp;
use secrecy::SecretString;
use serde_json::Value;

use super::{
    Budget, Conditional, ErrorClass, Facts, FeedPage, Hits, Index, Lane, Listing, ListingPage, Reading, Result,
    Sources, TaskPage, Tracker, TrackerError, Validator,
    http::{Credentials, Http, HttpSettings, Manners, Timing, print_of},
};
use crate::domain::{
    evidence::{History, Pull},
    facts::ProjectFacts,
    key::{ProjectRef, TaskKey, TrackerName},
    person::{Login, Person},
    project::Project,
    task::{Comment, Task},
    text::Foreign,
    time::Now,
};
use address::Address;
use index::Batches;

/// What a GitHub tracker is made of.
pub struct GitHubSettings {
    /// Its configured name.
    pub name: TrackerName,
    /// Address people open: `https://github.com`.
    pub url: String,
    /// Address of the interface, where it cannot be derived.
    pub api_url: Option<String>,
    /// The token, if any.
    pub token: Option<SecretString>,
    /// Where the token came from, in words; never the token.
    pub token_source: String,
    /// Certificates trusted besides the system's, PEM.
    pub ca_file: Option<PathBuf>,
}

/// A GitHub server.
pub struct GitHub {
    name: TrackerName,
    address: Address,
    token_source: String,
    token_print: String,
    http: Http,
    state: Mutex<State>,
}

/// What is remembered between calls.
#[derive(Default)]
struct State {
    /// Cursors of next pages, by path before the page: large lists refuse plain page numbers.
    cursors: HashMap<(String, u32), String>,
    /// How much to ask of one index query.
    batches: Batches,
    /// Rows to ask of one feed page; 0 before the first.
    feed_rows: u32,
    /// The login the token belongs to, once asked.
    me: Option<String>,
}

impl std::fmt::Debug for GitHub {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("GitHub").field("name", &self.name).field("http", &self.http).finish_non_exhaustive()
    }
}

impl GitHub {
    /// A client for the server. Sends nothing.
    ///
    /// # Errors
    /// [`ErrorClass::InsecureUrl`] for plain http beyond loopback, other classes for an address, a token or a CA
    /// file that cannot be used.
    pub fn new(settings: GitHubSettings) -> Result<Self> {
        Self::with_timing(settings, Timing::default())
    }

    /// As [`GitHub::new`], with other time limits and pauses.
    ///
    /// # Errors
    /// As [`GitHub::new`].
    pub fn with_timing(settings: GitHubSettings, timing: Timing) -> Result<Self> {
        let GitHubSettings { name, url, api_url, token, token_source, ca_file } = settings;
        let address = Address::derive(&url, api_url.as_deref()).map_err(|(class, said)| TrackerError {
            class,
            host: name.to_string(),
            doing: "reading its address".into(),
            said,
        })?;
        let token_print = token.as_ref().map(print_of).unwrap_or_default();
        let (base, web_host) = (address.base.clone(), address.web_host.clone());
        let credentials = token.map_or(Credentials::None, Credentials::Token);
        let manners = Manners::GitHub;
        let http = Http::new(HttpSettings { manners, base, web_host, credentials, ca_file, timing })?;
        Ok(Self { name, address, token_source, token_print, http, state: Mutex::default() })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Path of a REST route.
    fn rest(&self, route: &str) -> String {
        format!("{}{route}", self.address.rest)
    }

    fn fail(&self, class: ErrorClass, doing: &str, said: &str) -> TrackerError {
        self.http.error(class, doing, said)
    }

    /// An error for a body that cannot be used.
    fn unusable(&self, fault: &wire::Unusable, doing: &str) -> TrackerError {
        match fault {
            wire::Unusable::Broken => self.fail(ErrorClass::Truncated, doing, ""),
            wire::Unusable::Shape(said) => self.fail(ErrorClass::Unexpected { status: 200 }, doing, said),
        }
    }

    /// Sends a GraphQL document and reads data and errors.
    async fn ask(&self, document: &str, variables: Value, repeat_gateway: bool, doing: &str) -> Result<graphql::Reply> {
        let body = serde_json::json!({ "query": document, "variables": variables });
        let answer = self.http.query(&self.address.graphql, &body, repeat_gateway, doing).await?;
        graphql::Reply::read(&answer, |class, said| self.fail(class, doing, said))
    }

    /// The error for a used-up allowance that came inside a GraphQL answer.
    fn spent(&self, doing: &str, said: &str, pause: bool) -> TrackerError {
        let class = if pause {
            ErrorClass::SecondaryLimit { until: self.http.pause() }
        } else {
            ErrorClass::RateLimit { until: self.http.exhausted("graphql") }
        };
        self.fail(class, doing, said)
    }
}

/// A text as one step of a path or one value of a query.
fn encode(raw: &str) -> String {
    use std::fmt::Write;
    let mut out = String::with_capacity(raw.len());
    for byte in raw.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~') {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

/// True for failures that concern one thing alone and may stay: what cannot be had is left out. Limits, outages and
/// refused tokens are not: they would make everything look as if it were not there.
fn left_out(class: &ErrorClass) -> bool {
    matches!(
        class,
        ErrorClass::Sso { .. }
            | ErrorClass::MissingScope { .. }
            | ErrorClass::Forbidden
            | ErrorClass::NotFound
            | ErrorClass::Moved { .. }
            | ErrorClass::Gone
            | ErrorClass::Blocked
            | ErrorClass::Invalid
            | ErrorClass::Server { .. }
            | ErrorClass::Truncated
            | ErrorClass::TooLarge
            | ErrorClass::ForeignRedirect
            | ErrorClass::ReadOnly
            | ErrorClass::Unexpected { .. }
    )
}

#[async_trait]
impl Tracker for GitHub {
    fn name(&self) -> &TrackerName {
        &self.name
    }

    fn token_print(&self) -> String {
        self.token_print.clone()
    }

    fn task_url(&self, key: &TaskKey) -> String {
        format!("{}/{}/issues/{}", self.address.web, key.project.path(), key.number)
    }

    async fn me(&self) -> Result<Option<Person>> {
        self.read_me().await
    }

    async fn facts(&self) -> Facts {
        self.gather_facts().await
    }

    fn budgets(&self) -> Vec<Budget> {
        self.http.budgets()
    }

    fn counters(&self) -> (u64, u64) {
        self.http.counters()
    }

    async fn listing(
        &self,
        listing: &Listing,
        page: u32,
        known: Option<&Validator>,
    ) -> Result<Conditional<ListingPage>> {
        self.read_listing(listing, page, known).await
    }

    async fn index(&self, projects: &[Project]) -> Result<Index> {
        self.read_index(projects).await
    }

    async fn tasks(
        &self,
        project: &ProjectRef,
        lane: Lane,
        page: u32,
        known: Option<&Validator>,
    ) -> Result<Conditional<TaskPage>> {
        self.read_tasks(project, lane, page, known).await
    }

    async fn feed(&self, owner: &Listing, since: Timestamp, cursor: Option<&str>) -> Result<Option<FeedPage>> {
        self.read_feed(owner, since, cursor).await
    }

    async fn read(&self, key: &TaskKey) -> Result<Reading> {
        self.read_task(key).await
    }

    async fn history(&self, key: &TaskKey) -> Result<History> {
        self.read_history(key).await
    }

    async fn recent_comments(&self, project: &ProjectRef, since: Timestamp) -> Result<Vec<(TaskKey, Comment)>> {
        self.read_recent(project, since).await
    }

    async fn marked(&self, sources: &Sources) -> Result<Vec<TaskKey>> {
        Ok(self.find_marked(sources).await)
    }

    async fn filtered(&self, sources: &Sources, filter: &str) -> Result<Hits> {
        self.find_filtered(sources, filter).await
    }

    async fn naming(&self, sources: &Sources, key: &TaskKey) -> Result<Vec<(Pull, String)>> {
        self.find_naming(sources, key).await
    }

    async fn project_facts(&self, projects: &[Project], now: Now) -> Result<Vec<(ProjectRef, Result<ProjectFacts>)>> {
        self.read_facts(projects, now).await
    }

    async fn file(&self, project: &ProjectRef, path: &str) -> Result<Option<String>> {
        self.read_file(project, path).await
    }

    async fn folder(&self, project: &ProjectRef, path: &str) -> Result<Vec<String>> {
        self.read_folder(project, path).await
    }

    async fn create_task(&self, project: &ProjectRef, title: &str, body: &str, labels: &[String]) -> Result<Task> {
        self.write_issue(project, title, body, labels).await
    }

    async fn description(&self, key: &TaskKey) -> Result<Foreign> {
        self.read_description(key).await
    }

    async fn describe(&self, key: &TaskKey, _: &str, body: &str) -> Result<()> {
        self.write_description(key, body).await
    }

    async fn post_comment(&self, key: &TaskKey, body: &str) -> Result<Comment> {
        self.write_comment(key, body).await
    }

    async fn edit_comment(&self, key: &TaskKey, comment: u64, body: &str) -> Result<()> {
        self.rewrite_comment(key, comment, body).await
    }

    async fn delete_comment(&self, key: &TaskKey, comment: u64) -> Result<()> {
        self.remove_comment(key, comment).await
    }

    async fn knows_label(&self, project: &ProjectRef, label: &str) -> Result<Option<bool>> {
        self.has_label(project, label).await.map(Some)
    }

    async fn add_label(&self, key: &TaskKey, label: &str) -> Result<bool> {
        self.put_label(key, label).await
    }

    async fn remove_label(&self, key: &TaskKey, label: &str) -> Result<bool> {
        self.drop_label(key, label).await
    }

    async fn assign(&self, key: &TaskKey, login: &Login) -> Result<Vec<Login>> {
        self.put_assignee(key, login).await
    }

    async fn unassign(&self, key: &TaskKey, login: &Login) -> Result<bool> {
        self.drop_assignee(key, login).await
    }
}
