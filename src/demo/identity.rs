//! Who a token is, and how many requests that leaves. Keeps fingerprints of tokens, never tokens.

use std::{
    collections::HashMap,
    hash::{DefaultHasher, Hash, Hasher},
};

use jiff::{SignedDuration, Timestamp};

use super::world::{Kind, UserIx, World};

/// Requests an hour with a token.
const SIGNED_LIMIT: u32 = 5_000;
/// Requests an hour without one.
const ANONYMOUS_LIMIT: u32 = 60;
/// Searches a minute.
const SEARCH_LIMIT: u32 = 30;

/// Which token becomes whom.
#[derive(Debug, Default)]
pub(crate) struct Identities {
    known: HashMap<u64, UserIx>,
    given: usize,
}

/// The token is not accepted.
#[derive(Clone, Copy, Debug)]
pub(crate) struct BadToken;

impl Identities {
    /// The account behind an `Authorization` header; `None` without one.
    pub(crate) fn of(&mut self, world: &mut World, header: Option<&str>) -> Result<Option<UserIx>, BadToken> {
        let Some(header) = header else { return Ok(None) };
        let (scheme, token) = header.split_once(' ').ok_or(BadToken)?;
        let known_scheme = scheme.eq_ignore_ascii_case("bearer") || scheme.eq_ignore_ascii_case("token");
        if !known_scheme || token.trim().is_empty() || token == "bad-token" {
            return Err(BadToken);
        }
        if let Some(login) = token.strip_prefix("demo-").filter(|login| !login.is_empty()) {
            return Ok(Some(world.intern(login, Kind::User, None)));
        }
        let mut hasher = DefaultHasher::new();
        token.hash(&mut hasher);
        let print = hasher.finish();
        if let Some(user) = self.known.get(&print) {
            return Ok(Some(*user));
        }
        let login = world.people.get(self.given).cloned().unwrap_or_else(|| format!("guest-{}", self.given));
        self.given += 1;
        let user = world.intern(&login, Kind::User, None);
        self.known.insert(print, user);
        Ok(Some(user))
    }
}

/// A budget as the headers tell it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Budget {
    pub limit: u32,
    pub used: u32,
    pub reset: Timestamp,
}

impl Budget {
    pub(crate) fn remaining(&self) -> u32 {
        self.limit.saturating_sub(self.used)
    }
}

/// Budgets of everybody. Windows start with the first request in them.
#[derive(Debug, Default)]
pub(crate) struct Budgets(HashMap<(Option<UserIx>, &'static str), Budget>);

impl Budgets {
    /// The budget now; a window that is over has been refilled.
    pub(crate) fn now(&mut self, who: Option<UserIx>, resource: &'static str, now: Timestamp) -> Budget {
        let (limit, length) = match (resource, who) {
            ("search", _) => (SEARCH_LIMIT, SignedDuration::from_mins(1)),
            (_, None) => (ANONYMOUS_LIMIT, SignedDuration::from_hours(1)),
            _ => (SIGNED_LIMIT, SignedDuration::from_hours(1)),
        };
        let fresh = Budget { limit, used: 0, reset: now.checked_add(length).unwrap_or(now) };
        let budget = self.0.entry((who, resource)).or_insert(fresh);
        if budget.reset <= now {
            *budget = fresh;
        }
        *budget
    }

    /// Takes `cost` from the budget and tells what is left.
    pub(crate) fn spend(&mut self, who: Option<UserIx>, resource: &'static str, now: Timestamp, cost: u32) -> Budget {
        self.now(who, resource, now);
        if let Some(budget) = self.0.get_mut(&(who, resource)) {
            budget.used = budget.used.saturating_add(cost).min(budget.limit);
        }
        self.now(who, resource, now)
    }
}
