//! Descriptions and comments that were read, a few at hand. Knows no screen.

use std::{collections::VecDeque, sync::Arc};

use crate::{
    domain::{key::TaskKey, task::TaskDetail},
    index::duplicates::Twin,
    judge::free::Sign,
};

/// Tasks whose descriptions are kept at hand.
const DETAILS_KEPT: usize = 32;

/// Descriptions at hand, newest last.
#[derive(Clone, Debug, Default)]
pub struct Details {
    kept: VecDeque<(TaskKey, Arc<TaskDetail>)>,
    /// The task whose description was asked for last.
    pub asked: Option<TaskKey>,
    /// The task whose comments were asked for last: asked once, so that an answer that stays short ends there.
    pub comments_asked: Option<TaskKey>,
    /// Tasks that look like the same work as this one.
    pub twins: Option<(TaskKey, Vec<Twin>)>,
    /// The task whose duplicates were asked for last.
    pub twins_asked: Option<TaskKey>,
    /// Signs that somebody is at this task already, as its tracker said last.
    pub signs: Option<(TaskKey, Vec<Sign>)>,
    /// The task that was asked about last.
    pub signs_asked: Option<TaskKey>,
    /// Counts arrivals, so that laid-out text knows when it is out of date.
    pub stamp: u64,
}

impl Details {
    /// The description of a task, when it has been read.
    pub fn get(&self, key: &TaskKey) -> Option<&Arc<TaskDetail>> {
        self.kept.iter().find(|(k, _)| k == key).map(|(_, d)| d)
    }

    /// Keeps one that was read; the oldest goes where there are too many.
    pub fn keep(&mut self, detail: TaskDetail) {
        self.kept.retain(|(k, _)| *k != detail.task.key);
        if self.kept.len() >= DETAILS_KEPT {
            self.kept.pop_front();
        }
        self.kept.push_back((detail.task.key.clone(), Arc::new(detail)));
        self.stamp += 1;
    }
}
