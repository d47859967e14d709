//! The one error users meet: a sentence, what to do next, an exit code.

use crate::{
    config::ConfigError, domain::refusal::Refusal, index::FindError, store::StoreError, tracker::TrackerError,
};

/// Stable exit codes of every verb.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum ExitCode {
    /// Done.
    Done = 0,
    /// Refused by a rule, or nothing found.
    Refused = 1,
    /// Wrong use.
    Usage = 2,
    /// Configuration.
    Config = 3,
    /// Authentication.
    Auth = 4,
    /// Network or tracker.
    Network = 5,
    /// Store.
    Store = 6,
    /// A bug.
    Internal = 70,
}

/// What a user is told: harmless text only.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{sentence}")]
pub struct UserError {
    /// Exit code.
    pub code: ExitCode,
    /// What happened.
    pub sentence: String,
    /// What to do next, most useful first.
    pub hints: Vec<String>,
    /// The rule behind it, where a rule refused; its words are in the sentence and the hints already.
    pub refusal: Option<Box<Refusal>>,
}

impl UserError {
    /// An error with one hint; an empty hint is left out.
    pub fn new(code: ExitCode, sentence: impl Into<String>, hint: impl Into<String>) -> Self {
        let hint = hint.into();
        let hints = if hint.is_empty() { Vec::new() } else { vec![hint] };
        Self { code, sentence: sentence.into(), hints, refusal: None }
    }

    /// Refused by a rule, or nothing found.
    pub fn refused(sentence: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::new(ExitCode::Refused, sentence, hint)
    }
}

impl From<Refusal> for UserError {
    fn from(refusal: Refusal) -> Self {
        Box::new(refusal).into()
    }
}

impl From<Box<Refusal>> for UserError {
    fn from(refusal: Box<Refusal>) -> Self {
        let hints = refusal.lines(&ToString::to_string);
        Self { code: ExitCode::Refused, sentence: refusal.sentence.clone(), hints, refusal: Some(refusal) }
    }
}

impl From<TrackerError> for UserError {
    fn from(e: TrackerError) -> Self {
        let code = if e.is_auth() { ExitCode::Auth } else { ExitCode::Network };
        Self::new(code, e.sentence(), e.hint())
    }
}

impl From<StoreError> for UserError {
    fn from(e: StoreError) -> Self {
        Self::new(ExitCode::Store, e.to_string(), e.hint())
    }
}

impl From<ConfigError> for UserError {
    fn from(e: ConfigError) -> Self {
        Self::new(ExitCode::Config, e.sentence(), e.hint.clone().unwrap_or_default())
    }
}

impl From<FindError> for UserError {
    fn from(e: FindError) -> Self {
        let code = if matches!(e, FindError::Key(_)) { ExitCode::Usage } else { ExitCode::Refused };
        Self::new(code, e.to_string(), "`floorwalk list` prints the keys that are known")
    }
}
