//! From the logs of all claims on one task to their lives at one moment: entries and clock in one order of time.

use std::collections::HashMap;

use super::{ClaimId, Entry, Life};
use crate::domain::{person::Person, policy::Terms, time::Now};

/// One claim with its log.
#[derive(Clone, Copy, Debug)]
pub struct Logged<'a> {
    /// Its id.
    pub claim: ClaimId,
    /// The helper.
    pub who: &'a Person,
    /// What was done about it.
    pub log: &'a [Entry],
}

/// The lives of all claims of one task at a moment. `terms` gives the terms for each helper. Pure: the same logs, terms
/// and moment give the same lives, in whatever order the claims come.
pub fn replay(claims: &[Logged<'_>], terms: &dyn Fn(&Person) -> Terms, now: Now) -> HashMap<ClaimId, Life> {
    let _ = (claims, terms, now);
    HashMap::new()
}
