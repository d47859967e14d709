//! The machine the program runs on: clock, randomness, browser.

use jiff::Timestamp;
use ulid::Ulid;

use crate::domain::time::Now;

/// Clock and randomness, passed in so that tests can fix both.
pub trait Host: Send + Sync {
    /// The present.
    fn now(&self) -> Now;
    /// A new identity, ascending with time.
    fn fresh_id(&self) -> Ulid;
}

/// A host that always says the same time and counts its identities: for tests and pictures.
pub struct FixedHost {
    at: Timestamp,
    next: std::sync::Mutex<u128>,
}

impl FixedHost {
    /// A host at `at`; `seed` keeps the identities of two hosts apart.
    pub fn new(at: Timestamp, seed: u64) -> Self {
        Self { at, next: std::sync::Mutex::new(u128::from(seed) << 32) }
    }
}

impl Host for FixedHost {
    fn now(&self) -> Now {
        Now(self.at)
    }

    fn fresh_id(&self) -> Ulid {
        let mut next = self.next.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        *next += 1;
        Ulid::from_parts(u64::try_from(self.at.as_millisecond()).unwrap_or(0), *next)
    }
}
