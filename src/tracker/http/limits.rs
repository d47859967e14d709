//! What a host allows: live budgets from its headers, pauses it asked for, and our own manners (pace, writes one
//! after another). Decides whether a request may go now; sends nothing.

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use http::HeaderMap;
use jiff::{Timestamp, fmt::rfc2822::DateTimeParser};
use tokio::time::Instant;

use super::super::{Budget, ErrorClass};

/// Wait when a server asks for a pause without a usable length.
const DEFAULT_PAUSE: Duration = Duration::from_secs(60);
/// No wait a server asks for is believed beyond this.
const LONGEST_PAUSE: Duration = Duration::from_secs(3_600);

/// A pause that a read waits for instead of failing, where the tracker's manners are such.
const SHORT_PAUSE: Duration = Duration::from_secs(10);

/// Whether a request may use the tenth of a budget that is left to the user's other tools.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Reserve {
    /// Reads stop above it.
    Keep,
    /// Writes may use it.
    Use,
}

struct Seen {
    budget: Budget,
    refills: Instant,
}

#[derive(Default)]
struct State {
    budgets: BTreeMap<String, Seen>,
    pause: Option<(Instant, Timestamp)>,
    /// Pauses in a row for which the server named no length; each doubles the next.
    unnamed: u32,
}

/// Budgets and pauses of one host, shared by everything that talks to it.
#[derive(Default)]
pub(super) struct Limits(Mutex<State>);

/// Seconds after which Data Center hands out new tokens.
const INTERVAL: &str = "x-ratelimit-interval-seconds";

fn number<T: std::str::FromStr>(headers: &HeaderMap, name: &str) -> Option<T> {
    headers.get(name)?.to_str().ok()?.trim().parse().ok()
}

#[expect(clippy::disallowed_methods, reason = "limits are moments of the server's clock, compared with this machine's")]
fn after(wait: Duration) -> (Instant, Timestamp) {
    let until = Timestamp::now().checked_add(wait).unwrap_or(Timestamp::MAX);
    (Instant::now() + wait, until)
}

/// The server's clock in an answer; this machine's when it sent none.
#[expect(clippy::disallowed_methods, reason = "limits are moments of the server's clock, compared with this machine's")]
pub(super) fn server_time(headers: &HeaderMap) -> Timestamp {
    header_date(headers, "date").unwrap_or_else(Timestamp::now)
}

fn header_date(headers: &HeaderMap, name: &str) -> Option<Timestamp> {
    http_date(headers.get(name)?.to_str().ok()?)
}

fn http_date(raw: &str) -> Option<Timestamp> {
    static PARSER: DateTimeParser = DateTimeParser::new();
    PARSER.parse_timestamp(raw.trim()).ok()
}

/// `Retry-After`: seconds or an HTTP date; `Some(None)` when it is there but makes no sense. Without it, what a Jira
/// site says in its place: the moment at which its allowance refills, or the length of its interval.
fn retry_after(headers: &HeaderMap) -> Option<Option<Duration>> {
    let text = |name: &str| headers.get(name).and_then(|v| v.to_str().ok());
    let Some(raw) = headers.get("retry-after").map(|raw| raw.to_str().unwrap_or_default().trim()) else {
        let refills = text("x-ratelimit-reset").and_then(|raw| raw.trim().parse::<Timestamp>().ok());
        let seconds = refills.map(|at| at.as_second().saturating_sub(server_time(headers).as_second()));
        let seconds = seconds.and_then(|s| u64::try_from(s).ok()).or_else(|| number(headers, INTERVAL));
        return seconds.map(|s| Some(Duration::from_secs(s.max(1)).min(LONGEST_PAUSE)));
    };
    if let Ok(seconds) = raw.parse::<u64>() {
        return Some(Some(Duration::from_secs(seconds).min(LONGEST_PAUSE)));
    }
    let wait = http_date(raw).map(|at| {
        let seconds = at.as_second().saturating_sub(server_time(headers).as_second());
        Duration::from_secs(u64::try_from(seconds).unwrap_or(0).max(1)).min(LONGEST_PAUSE)
    });
    Some(wait)
}

impl Limits {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether a request for `resource` may be sent now.
    pub(super) fn admit(&self, resource: &str, reserve: Reserve) -> Result<(), ErrorClass> {
        let now = Instant::now();
        let state = self.state();
        if let Some((instant, until)) = state.pause
            && now < instant
        {
            return Err(ErrorClass::SecondaryLimit { until });
        }
        let Some(seen) = state.budgets.get(resource).filter(|seen| now < seen.refills) else { return Ok(()) };
        let kept = if reserve == Reserve::Keep { seen.budget.limit / 10 } else { 0 };
        if seen.budget.remaining <= kept {
            return Err(ErrorClass::RateLimit { until: seen.budget.reset });
        }
        Ok(())
    }

    /// Takes the budget out of an answer's headers.
    pub(super) fn observe(&self, resource: &str, headers: &HeaderMap) {
        let (Some(limit), Some(remaining), Some(reset)) = (
            number::<u32>(headers, "x-ratelimit-limit").filter(|l| *l > 0),
            number::<u32>(headers, "x-ratelimit-remaining"),
            number::<i64>(headers, "x-ratelimit-reset").and_then(|s| Timestamp::from_second(s).ok()),
        ) else {
            return;
        };
        let named = headers.get("x-ratelimit-resource").and_then(|v| v.to_str().ok());
        let known = named.filter(|n| n.len() <= 40 && n.bytes().all(|b| b.is_ascii_lowercase() || b == b'_'));
        let resource = known.unwrap_or(resource);
        let wait = reset.as_second().saturating_sub(server_time(headers).as_second());
        let wait = Duration::from_secs(u64::try_from(wait).unwrap_or(0)).min(LONGEST_PAUSE);
        let (refills, capped) = after(wait);
        let reset = reset.min(capped);
        let mut state = self.state();
        // Answers overtake each other: within one window the smallest number is the newest.
        let remaining = match state.budgets.get(resource) {
            Some(old) if (old.budget.reset.as_second() - reset.as_second()).abs() <= 2 => {
                remaining.min(old.budget.remaining)
            }
            _ => remaining,
        };
        let budget = Budget { resource: resource.to_owned(), limit, remaining, reset };
        state.budgets.insert(resource.to_owned(), Seen { budget, refills });
    }

    /// An answer came that is no limit: forgets the doubling.
    pub(super) fn relax(&self) {
        self.state().unnamed = 0;
    }

    /// The primary limit is used up: when it refills.
    pub(super) fn exhausted(&self, resource: &str) -> Timestamp {
        let mut state = self.state();
        let (refills, until) = after(DEFAULT_PAUSE);
        if let Some(seen) = state.budgets.get_mut(resource)
            && Instant::now() < seen.refills
        {
            seen.budget.remaining = 0;
            return seen.budget.reset;
        }
        let budget = Budget { resource: resource.to_owned(), limit: 1, remaining: 0, reset: until };
        state.budgets.insert(resource.to_owned(), Seen { budget, refills });
        until
    }

    /// The server asked for a pause: nothing goes to this host before the returned time.
    pub(super) fn pause(&self, headers: &HeaderMap) -> Timestamp {
        let mut state = self.state();
        let wait = match retry_after(headers) {
            Some(Some(wait)) => wait,
            Some(None) => DEFAULT_PAUSE,
            None => {
                let doubled = DEFAULT_PAUSE.saturating_mul(1 << state.unnamed.min(6)).min(LONGEST_PAUSE);
                state.unnamed += 1;
                doubled
            }
        };
        let new = after(wait);
        let kept = state.pause.filter(|old| old.0 > new.0).unwrap_or(new);
        state.pause = Some(kept);
        kept.1
    }

    /// How long the pause that was asked for still lasts, when it is short enough to be waited for: 10 s.
    pub(super) fn short_pause(&self) -> Option<Duration> {
        let (until, _) = self.state().pause?;
        let wait = until.saturating_duration_since(Instant::now()) + Duration::from_millis(1);
        (wait <= SHORT_PAUSE).then_some(wait)
    }

    /// Budgets seen last.
    pub(super) fn budgets(&self) -> Vec<Budget> {
        self.state().budgets.values().map(|seen| seen.budget.clone()).collect()
    }
}

/// True when an answer names a time to come back.
pub(super) fn asks_to_wait(headers: &HeaderMap) -> bool {
    headers.contains_key("retry-after")
}

/// Lets requests start at most every `gap` on average, `burst` of them at once after a rest.
pub(super) struct Pace {
    gap: Duration,
    burst: u32,
    next: Mutex<Instant>,
}

impl Pace {
    pub(super) fn new(gap: Duration, burst: u32) -> Self {
        Self { gap, burst, next: Mutex::new(Instant::now()) }
    }

    /// Waits for the next free place.
    pub(super) async fn wait(&self) {
        if self.gap.is_zero() {
            return;
        }
        let start = {
            let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
            let now = Instant::now();
            let slack = self.gap.saturating_mul(self.burst);
            let earliest = now.checked_sub(slack).unwrap_or(now);
            let start = (*next).max(earliest);
            *next = start + self.gap;
            start
        };
        tokio::time::sleep_until(start).await;
    }
}
