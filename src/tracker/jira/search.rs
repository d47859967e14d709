//! Reading issues by JQL, page by page. Cloud hands out a token for each next page and tells no total; Data Center
//! counts rows and shows no more than 10,000 of a search, so that a longer one goes on behind the last date it showed.

use jiff::Timestamp;
use serde_json::{Value, json, value::RawValue};

use super::{Jira, address::Dialect, wire};
use crate::tracker::{ErrorClass, Result, http::Answer, rows};

/// Rows of one page.
pub(super) const PAGE: u32 = 100;
/// Rows of one search that Data Center shows.
const WINDOW: u32 = 10_000;

/// Order of a search, and with it how a search goes on behind the last row that was shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Order {
    /// Oldest first.
    Created,
    /// Last changed first.
    Updated,
}

impl Order {
    fn clause(self) -> &'static str {
        match self {
            Self::Created => "ORDER BY created ASC, key ASC",
            Self::Updated => "ORDER BY updated DESC, key DESC",
        }
    }

    /// A condition that leaves out what lies before `at`. Dates are relative: absolute ones are read in the time zone of
    /// the asking account.
    fn beyond(self, at: Timestamp, now: Timestamp) -> String {
        let minutes = now.as_second().saturating_sub(at.as_second()).max(0) / 60;
        match self {
            Self::Created => format!("created >= -{}m", minutes + 1),
            Self::Updated => format!("updated <= -{minutes}m"),
        }
    }
}

/// A search: conditions and an order.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Search {
    /// Conditions, joined by AND.
    pub(super) conditions: Vec<String>,
    pub(super) order: Order,
    /// What is asked of each row.
    pub(super) fields: Vec<String>,
    /// Issues whose newest state must be in the answer (Cloud's index lags).
    pub(super) reconcile: Vec<u64>,
}

impl Search {
    fn jql(&self, beyond: Option<&str>) -> String {
        let all: Vec<&str> = self.conditions.iter().map(String::as_str).chain(beyond).collect();
        format!("{} {}", all.join(" AND "), self.order.clause())
    }
}

/// Where a page begins.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Place {
    /// Cloud's token.
    token: Option<String>,
    /// Rows before it (Data Center).
    start: u32,
    /// The search goes on behind this date.
    behind: Option<Timestamp>,
}

/// A page.
pub(super) struct Page {
    pub(super) issues: Vec<Box<RawValue>>,
    /// Where the next one begins.
    next: Option<Place>,
    /// Pages after this one, where the server counts.
    pub(super) after: Option<u32>,
    pub(super) time: Timestamp,
}

impl Page {
    /// True when there is another page.
    pub(super) fn goes_on(&self) -> bool {
        self.next.is_some()
    }
}

/// The moment that decides the order of a row.
fn moment(raw: &RawValue, order: Order) -> Option<Timestamp> {
    let issue: wire::Issue = rows::row(raw).ok()?;
    let text = match order {
        Order::Created => issue.fields.created.0,
        Order::Updated => issue.fields.updated.0,
    };
    super::map::time(text.as_deref())
}

impl Jira {
    /// Reads page `number`, counted from 1. Where it begins is known when the page before was read; else the pages
    /// before are walked again. `None`: the list is shorter.
    pub(super) async fn page(&self, search: &Search, number: u32, doing: &str) -> Result<Option<Page>> {
        let known = self.place(search, number);
        if number <= 1 || known.is_some() {
            let page = self.page_at(search, known.unwrap_or_default(), doing).await?;
            self.remember(search, number, &page);
            return Ok(Some(page));
        }
        let mut at = Place::default();
        for walked in 1..=number {
            let page = self.page_at(search, at, doing).await?;
            self.remember(search, walked, &page);
            match page.next.clone() {
                _ if walked == number => return Ok(Some(page)),
                Some(next) => at = next,
                None => return Ok(None),
            }
        }
        Ok(None)
    }

    /// Where a page begins: as the page before told, else counted from the size of the first page (Data Center).
    fn place(&self, search: &Search, number: u32) -> Option<Place> {
        let state = self.state();
        let told = state.places.get(&(search.clone(), number)).cloned();
        told.or_else(|| {
            let second = state.places.get(&(search.clone(), 2)).filter(|p| p.token.is_none() && p.behind.is_none())?;
            let start = second.start.checked_mul(number.checked_sub(1)?)?;
            (start > 0 && start.saturating_add(second.start) <= WINDOW).then(|| Place { start, ..Place::default() })
        })
    }

    fn remember(&self, search: &Search, number: u32, page: &Page) {
        let Some(next) = page.next.clone() else { return };
        let mut state = self.state();
        if state.places.len() > 20_000 {
            state.places.clear();
        }
        state.places.insert((search.clone(), number.saturating_add(1)), next);
    }

    async fn page_at(&self, search: &Search, at: Place, doing: &str) -> Result<Page> {
        let dialect = self.site().await?.dialect;
        let beyond = at.behind.map(|behind| search.order.beyond(behind, self.server_now()));
        let jql = search.jql(beyond.as_deref());
        let (route, body) = match dialect {
            Dialect::Cloud => ("/search/jql", cloud_body(search, &jql, at.token.as_deref())),
            Dialect::DataCenter => {
                ("/search", json!({ "jql": jql, "startAt": at.start, "maxResults": PAGE, "fields": search.fields }))
            }
        };
        let answer = self.http.search(&self.route(route, doing).await?, &body, doing).await?;
        let found: wire::Found = rows::one(&answer.body).map_err(|f| self.unusable(&f, doing))?;
        self.took(&answer);
        match dialect {
            Dialect::Cloud => self.cloud_page(found, &at, &answer, doing),
            Dialect::DataCenter => self.counted_page(found, &at, search.order, &answer, doing),
        }
    }

    fn rows_of(&self, found: Option<Vec<Box<RawValue>>>, answer: &Answer, doing: &str) -> Result<Vec<Box<RawValue>>> {
        let said = "its answer holds no list of issues";
        found.ok_or_else(|| self.fail(ErrorClass::Unexpected { status: answer.status }, doing, said))
    }

    fn cloud_page(&self, found: wire::Found, at: &Place, answer: &Answer, doing: &str) -> Result<Page> {
        let token = found.next_page_token.0.filter(|token| !token.is_empty());
        if token.is_some() && token == at.token {
            let said = "its next page leads back to itself";
            return Err(self.fail(ErrorClass::Unexpected { status: answer.status }, doing, said));
        }
        // An empty page may have a next one: rows that may not be seen are taken out of pages. The end is where no token
        // comes along; a token beside "is last" is none that should be followed.
        let token = token.filter(|_| found.is_last.0 != Some(true));
        let issues = self.rows_of(found.issues, answer, doing)?;
        let next = token.map(|token| Place { token: Some(token), ..Place::default() });
        Ok(Page { issues, next, after: None, time: answer.time() })
    }

    fn counted_page(&self, found: wire::Found, at: &Place, order: Order, answer: &Answer, doing: &str) -> Result<Page> {
        let issues = self.rows_of(found.issues, answer, doing)?;
        let came = u32::try_from(issues.len()).unwrap_or(u32::MAX);
        let shown = at.start.saturating_add(came);
        let total = u32::try_from(found.total.0.unwrap_or(u64::from(shown))).unwrap_or(u32::MAX);
        let goes_on = came > 0 && shown < total;
        // A server may give fewer rows than asked: what came counts.
        let mut next = goes_on.then(|| Place { start: shown, ..at.clone() });
        let mut after = goes_on.then(|| (total - shown).div_ceil(came));
        if goes_on && shown.saturating_add(came) > WINDOW {
            let last = issues.last().and_then(|raw| moment(raw, order)).filter(|last| at.behind != Some(*last));
            let Some(last) = last else {
                let said = "more than 10,000 issues share one date, which cannot be told apart by its search";
                return Err(self.fail(ErrorClass::TooLarge, doing, said));
            };
            next = Some(Place { token: None, start: 0, behind: Some(last) });
            after = None;
        } else if total > WINDOW {
            after = None;
        }
        Ok(Page { issues, next, after, time: answer.time() })
    }
}

fn cloud_body(search: &Search, jql: &str, token: Option<&str>) -> Value {
    let mut body = json!({ "jql": jql, "maxResults": PAGE, "fields": search.fields });
    if let Some(token) = token {
        body["nextPageToken"] = token.into();
    }
    if !search.reconcile.is_empty() {
        body["reconcileIssues"] = json!(search.reconcile);
    }
    body
}
