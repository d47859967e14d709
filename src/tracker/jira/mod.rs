//! Jira behind the tracker's contract: what goes together and who does it. What texts look like there is in
//! [`document`].

pub mod document;
