//! Plain data and the rules that need nothing else. Knows no network, no disk, no terminal and no clock:
//! whatever depends on the present takes a [`time::Now`].

pub mod authority;
pub mod calendar;
pub mod commitment;
pub mod coverage;
pub mod evidence;
pub mod facts;
pub mod filter;
pub mod gist;
pub mod id;
pub mod key;
pub mod lease;
pub mod ledger;
pub mod marker;
pub mod outbox;
pub mod permit;
pub mod person;
pub mod planning;
pub mod policy;
pub mod project;
pub mod proposal;
pub mod refusal;
pub mod roster;
pub mod signal;
pub mod size;
pub mod task;
pub mod text;
pub mod time;
pub mod triage;
pub mod walk;
