//! Jira Cloud and Data Center behind the tracker's contract: what goes together and who does it. The site tells what it
//! is ([`site`]); reading is in [`search`], [`tasks`], [`projects`] and [`read`], writing in [`write`]; shapes are in
//! [`wire`], meanings in [`map`] and [`plan`], texts in [`document`]. gouqi builds addresses and credentials; sending,
//! paging and reading answers are ours.

pub mod address;
pub mod document;
mod map;
mod plan;
mod projects;
mod read;
mod search;
mod site;
mod tasks;
mod wire;
mod write;

use std::{
    collections::HashMap,
    path::PathBuf,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use secrecy::SecretString;
use tokio::sync::OnceCell;

use super::{
    Budget, ClaimNote, Conditional, ErrorClass, Facts, FeedPage, Hits, Index, Lane, Listing, ListingPage, Reading,
    Result, Sources, TaskPage, Tracker, TrackerError, Validator,
    http::{Answer, Credentials, Http, HttpSettings, Manners, Timing, print_of},
    rows,
};
use crate::domain::{
    evidence::History,
    facts::{Owner, ProjectFacts},
    key::{ProjectRef, TaskKey, TrackerName},
    person::{Login, Person},
    project::Project,
    task::Comment,
    text::Foreign,
    time::Now,
};
use address::Address;
use search::{Place, Search};
use site::{Shop, Site};

/// Property of a comment that carries its marker.
const PROPERTY: &str = "floorwalk";

/// What a Jira tracker is made of.
pub struct JiraSettings {
    /// Its configured name.
    pub name: TrackerName,
    /// Address people open: `https://acme.atlassian.net`.
    pub url: String,
    /// Address of the interface, where it is another (scoped tokens of Cloud).
    pub api_url: Option<String>,
    /// E-mail address that goes with an API token of Cloud; without it the token stands alone.
    pub email: Option<String>,
    /// The token, if any.
    pub token: Option<SecretString>,
    /// Where the token came from, in words; never the token.
    pub token_source: String,
    /// Certificates trusted besides the system's, PEM.
    pub ca_file: Option<PathBuf>,
    /// Only what this search finds, JQL without an order.
    pub slice: Option<String>,
    /// Move a claimed task to work in progress, and back when it is handed back.
    pub moves: bool,
}

/// A Jira site.
pub struct Jira {
    name: TrackerName,
    address: Address,
    by_email: bool,
    token_source: String,
    token_print: String,
    slice: Option<String>,
    moves: bool,
    http: Http,
    site: OnceCell<Site>,
    state: Mutex<State>,
}

/// What is remembered between calls.
#[derive(Default)]
struct State {
    /// Where pages begin.
    places: HashMap<(Search, u32), Place>,
    /// Projects, by key.
    shops: HashMap<String, Arc<Shop>>,
    /// The lists of what moved that are being read.
    moved: HashMap<ProjectRef, tasks::Moved>,
    /// Names behind addresses of accounts.
    people: HashMap<String, Foreign>,
    /// How far the site's clock is ahead of this machine's.
    ahead: SignedDuration,
}

impl std::fmt::Debug for Jira {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Jira").field("name", &self.name).field("http", &self.http).finish_non_exhaustive()
    }
}

impl Jira {
    /// A client for the site. Sends nothing.
    ///
    /// # Errors
    /// [`ErrorClass::InsecureUrl`] for plain http beyond loopback, other classes for an address, a token or a CA
    /// file that cannot be used.
    pub fn new(settings: JiraSettings) -> Result<Self> {
        Self::with_timing(settings, Timing { write_gap: std::time::Duration::from_millis(300), ..Timing::default() })
    }

    /// As [`Jira::new`], with other time limits and pauses.
    ///
    /// # Errors
    /// As [`Jira::new`].
    pub fn with_timing(settings: JiraSettings, timing: Timing) -> Result<Self> {
        let JiraSettings { name, url, api_url, email, token, token_source, ca_file, slice, moves } = settings;
        let refused = |(class, said)| TrackerError {
            class,
            host: name.to_string(),
            doing: "reading its address and token".into(),
            said,
        };
        let address = Address::derive(&url, api_url.as_deref()).map_err(refused)?;
        let email = email.filter(|email| !email.trim().is_empty());
        let token_print = token.as_ref().map(print_of).unwrap_or_default();
        let credentials = match &token {
            None => Credentials::None,
            Some(token) => address.credentials(email.as_deref(), token).map_err(refused)?,
        };
        let (base, web_host) = (address.base.clone(), address.web_host.clone());
        let http = Http::new(HttpSettings { manners: Manners::Jira, base, web_host, credentials, ca_file, timing })?;
        let slice = slice.filter(|slice| !slice.trim().is_empty());
        Ok(Self {
            name,
            address,
            by_email: email.is_some(),
            token_source,
            token_print,
            slice,
            moves,
            http,
            site: OnceCell::new(),
            state: Mutex::default(),
        })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn fail(&self, class: ErrorClass, doing: &str, said: &str) -> TrackerError {
        self.http.error(class, doing, said)
    }

    /// An error for a body that cannot be used.
    fn unusable(&self, fault: &rows::Unusable, doing: &str) -> TrackerError {
        match fault {
            rows::Unusable::Broken => self.fail(ErrorClass::Truncated, doing, ""),
            rows::Unusable::Shape(said) => self.fail(ErrorClass::Unexpected { status: 200 }, doing, said),
        }
    }

    /// Path of a route in the site's own version of the interface.
    async fn route(&self, endpoint: &str, doing: &str) -> Result<String> {
        let version = self.site().await?.dialect.version();
        self.route_of(version, endpoint, doing)
    }

    fn route_of(&self, version: &str, endpoint: &str, doing: &str) -> Result<String> {
        let said = "nothing was sent: the address would lead out of the interface";
        self.address.route(version, endpoint).ok_or_else(|| self.fail(ErrorClass::Invalid, doing, said))
    }

    /// Learns the site's clock from an answer: relative dates in searches are counted from it.
    #[expect(clippy::disallowed_methods, reason = "the site's clock is compared with this machine's")]
    fn took(&self, answer: &Answer) {
        self.state().ahead = answer.time().duration_since(Timestamp::now());
    }

    /// The site's present, as far as its last answer told.
    #[expect(clippy::disallowed_methods, reason = "the site's clock is compared with this machine's")]
    fn server_now(&self) -> Timestamp {
        let ahead = self.state().ahead;
        Timestamp::now().checked_add(ahead).unwrap_or(Timestamp::MAX)
    }
}

/// True for failures that concern one thing alone and may stay: what cannot be had is left out.
fn left_out(error: &TrackerError) -> bool {
    error.is_refusal() || matches!(error.class, ErrorClass::TooLarge | ErrorClass::Unexpected { .. })
}

#[async_trait]
impl Tracker for Jira {
    fn name(&self) -> &TrackerName {
        &self.name
    }

    fn token_print(&self) -> String {
        self.token_print.clone()
    }

    fn task_url(&self, key: &TaskKey) -> String {
        format!("{}/browse/{key}", self.address.web)
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

    async fn listing(&self, listing: &Listing, page: u32, _: Option<&Validator>) -> Result<Conditional<ListingPage>> {
        self.read_listing(listing, page).await
    }

    async fn index(&self, _: &[Project]) -> Result<Index> {
        Ok(Index { unavailable: Some("Jira needs none: its search tells what is open".into()), ..Index::default() })
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

    async fn feed(&self, _: &Listing, _: Timestamp, _: Option<&str>) -> Result<Option<FeedPage>> {
        Ok(None)
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

    /// What the list of projects told: no request.
    async fn project_facts(&self, projects: &[Project], now: Now) -> Result<Vec<(ProjectRef, Result<ProjectFacts>)>> {
        let facts = |p: &Project| {
            let shop = self.state().shops.get(p.project.path()).cloned();
            let lead = |shop: Arc<Shop>| shop.lead.map(|_| Owner { name: "its lead".into() }).into_iter().collect();
            ProjectFacts {
                owners: shop.map(lead),
                issues_on: Some(true),
                has_jira: true,
                ..ProjectFacts::unread(p.project.clone(), now.0)
            }
        };
        Ok(projects.iter().map(|p| (p.project.clone(), Ok(facts(p)))).collect())
    }

    async fn marked(&self, sources: &Sources) -> Result<Vec<TaskKey>> {
        self.find_marked(sources).await
    }

    async fn filtered(&self, sources: &Sources, filter: &str) -> Result<Hits> {
        self.find_filtered(sources, filter).await
    }

    fn has_links(&self) -> bool {
        true
    }

    async fn remote_links(&self, key: &TaskKey) -> Result<Vec<Foreign>> {
        self.read_remote_links(key).await
    }

    async fn file(&self, _: &ProjectRef, _: &str) -> Result<Option<String>> {
        Ok(None)
    }

    async fn folder(&self, _: &ProjectRef, _: &str) -> Result<Vec<String>> {
        Ok(Vec::new())
    }

    async fn description(&self, key: &TaskKey) -> Result<Foreign> {
        self.read_description(key).await
    }

    async fn describe(&self, key: &TaskKey, was: &str, body: &str) -> Result<()> {
        self.write_description(key, was, body).await
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

    async fn keep_note(&self, key: &TaskKey, note: Option<&ClaimNote>) -> Result<()> {
        self.put_note(key, note).await
    }
}
