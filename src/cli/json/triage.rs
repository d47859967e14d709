//! What `triage --json` prints.

use serde::Serialize;

use super::{ErrorOut, UrlOf};
use crate::{
    app::decide::Planned,
    index::{Snapshot, duplicates::Twin},
};

/// `triage`, also with `--dry-run`.
#[derive(Debug, Serialize)]
pub struct TriageOut {
    /// Always [`super::SCHEMA`].
    pub schema: &'static str,
    /// `snooze`, `hide`, `tag`, `untag`, `label`, `unlabel`, `ask-info`, `obsolete` or `duplicate`.
    pub act: &'static str,
    /// True when nothing was done.
    pub dry_run: bool,
    /// The tasks, in the order given.
    pub tasks: Vec<TriagedOut>,
    /// What was said on the way.
    pub said: Vec<String>,
    /// What failed.
    pub problems: Vec<ErrorOut>,
}

/// One task of `triage`.
#[derive(Debug, Serialize)]
pub struct TriagedOut {
    /// Its key.
    pub key: String,
    /// What is done; null for a task that is left out.
    pub does: Option<String>,
    /// The user's words in the comment, raw; absent for acts without a comment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// Why it is left out; absent where it is not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub left_out: Option<ErrorOut>,
    /// True while it waits in the outbox.
    pub waiting: bool,
    /// Its private tags now.
    pub tags: Vec<String>,
}

impl TriagedOut {
    /// One task of a plan, as the snapshot shows it.
    pub fn new(planned: &Planned, snapshot: &Snapshot, waiting: bool) -> Self {
        let will = planned.will.as_ref().ok();
        Self {
            key: snapshot.shown_key(&planned.key),
            does: will.map(|will| will.phrase.clone()),
            text: will.and_then(|will| will.text.clone()),
            left_out: planned.will.as_ref().err().map(ErrorOut::from),
            waiting,
            tags: snapshot.tags.get(&planned.key).to_vec(),
        }
    }
}

/// `triage --duplicates`.
#[derive(Debug, Serialize)]
pub struct DuplicatesOut {
    /// Always [`super::SCHEMA`].
    pub schema: &'static str,
    /// The task that was asked about.
    pub key: String,
    /// What looks like the same work, most alike first.
    pub duplicates: Vec<TwinOut>,
}

/// A task that looks like the same work.
#[derive(Debug, Serialize)]
pub struct TwinOut {
    /// Its key.
    pub key: String,
    /// Its title, raw.
    pub title: String,
    /// Address for a browser; null when the tracker is not configured.
    pub url: Option<String>,
    /// How alike, 0–1.
    pub likeness: f64,
    /// Words of the titles in common, the rarest first.
    pub words: Vec<String>,
    /// True when the descriptions were compared, too.
    pub descriptions_compared: bool,
}

impl TwinOut {
    /// A twin with its title.
    pub fn new(twin: &Twin, snapshot: &Snapshot, url: UrlOf<'_>) -> Self {
        Self {
            key: snapshot.shown_key(&twin.key),
            title: snapshot.get(&twin.key).map(|row| row.task.title.raw().to_owned()).unwrap_or_default(),
            url: url(&twin.key),
            likeness: twin.likeness,
            words: twin.words.clone(),
            descriptions_compared: twin.read,
        }
    }
}
