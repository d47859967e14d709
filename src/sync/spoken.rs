//! What an owner's feed tells of comments: which tasks were spoken of as claimed, and whether that is all there was to hear.
//! So nobody is asked for the comments of one project after the other.

use std::sync::PoisonError;

use jiff::Timestamp;

use super::run::Reader;
use crate::{
    domain::{
        key::{ProjectRef, TaskKey},
        marker,
    },
    tracker::Talk,
};

/// What was heard of one project.
#[derive(Debug, Default)]
pub(super) struct Heard {
    /// Tasks with a comment that speaks of a claim.
    claimed: Vec<TaskKey>,
    /// Comments that were written before this moment may have been missed.
    whole_since: Option<Timestamp>,
}

impl Reader<'_> {
    /// Takes down what a page of the feed tells of comments.
    pub(super) fn listen(&self, talks: &[Talk]) {
        let mut heard = self.heard.lock().unwrap_or_else(PoisonError::into_inner);
        for talk in talks {
            let of = heard.entry(talk.key.project.clone()).or_default();
            if talk.last.iter().any(|comment| marker::parse(comment.raw()).is_some()) {
                of.claimed.push(talk.key.clone());
            }
            of.whole_since = of.whole_since.max(talk.whole_since);
        }
    }

    /// Tasks of a project that were spoken of as claimed since a moment, when the feed told all of it. A project whose own
    /// list was read in this sync may have moved without the feed.
    pub(super) fn heard_since(&self, project: &ProjectRef, since: Timestamp) -> Option<Vec<TaskKey>> {
        if self.answered.lock().unwrap_or_else(PoisonError::into_inner).contains(project) {
            return None;
        }
        let heard = self.heard.lock().unwrap_or_else(PoisonError::into_inner);
        let of = heard.get(project)?;
        of.whole_since.is_none_or(|at| at <= since).then(|| of.claimed.clone())
    }
}
