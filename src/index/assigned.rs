//! People whom a tracker shows as assigned though no claim of theirs lives: implicit commitments, made by hand. Pure;
//! knows no log: there is none.

use std::collections::{HashMap, HashSet};

use crate::domain::{
    commitment::{Commitment, CommitmentState},
    key::{TaskKey, TrackerName},
    person::Login,
    task::{Task, TaskState},
};

/// Somebody assigned by hand to an open task.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assigned {
    /// The task.
    pub key: TaskKey,
    /// Who.
    pub who: Login,
    /// True for the user of this installation.
    pub mine: bool,
}

/// What claims say about the assignees of each task.
pub(super) struct Assignees<'a> {
    /// Those who hold nothing any more, though the tracker may still show them.
    left_over: HashMap<&'a TaskKey, Vec<&'a Login>>,
    /// Those with a live claim or request of their own.
    live: HashMap<&'a TaskKey, Vec<&'a Login>>,
}

impl<'a> Assignees<'a> {
    pub(super) fn of(commitments: &'a [Commitment]) -> Self {
        let mut all = Self { left_over: HashMap::new(), live: HashMap::new() };
        for c in commitments {
            let of = if c.state.is_live() && !c.is_overdue() {
                &mut all.live
            } else if is_left_over(c) {
                &mut all.left_over
            } else {
                continue;
            };
            of.entry(&c.key).or_default().push(&c.who.login);
        }
        all
    }

    /// True when this assignment is only what an ended claim left behind.
    pub(super) fn is_left_over(&self, key: &TaskKey, login: &Login) -> bool {
        let has = |of: &HashMap<&TaskKey, Vec<&Login>>| of.get(key).is_some_and(|all| all.contains(&login));
        has(&self.left_over) && !has(&self.live)
    }

    /// The implicit commitments of open tasks with these assignees, in the order of their keys.
    pub(super) fn by_hand<'t>(
        &self,
        open: impl Iterator<Item = (TaskKey, &'t [Login])>,
        me: &HashMap<TrackerName, Login>,
    ) -> Vec<Assigned> {
        let mut found = Vec::new();
        for (key, assignees) in open {
            let claimed: HashSet<&str> = self.live.get(&key).into_iter().flatten().map(|l| l.raw()).collect();
            let mine = me.get(&key.project.tracker);
            for who in assignees {
                let live = claimed.iter().any(|login| login.eq_ignore_ascii_case(who.raw()));
                if !live && !self.is_left_over(&key, who) {
                    found.push(Assigned { key: key.clone(), who: who.clone(), mine: mine == Some(who) });
                }
            }
        }
        found.sort_by(|a: &Assigned, b: &Assigned| a.key.cmp(&b.key));
        found
    }
}

/// Key and assignees of an open task that has some.
pub(super) fn with_assignees(task: &Task) -> Option<(TaskKey, &[Login])> {
    (task.state == TaskState::Open && !task.assignees.is_empty()).then(|| (task.key.clone(), task.assignees.as_slice()))
}

/// Ended after it may have been assigned for the claim: the tracker may still show it.
fn is_left_over(c: &Commitment) -> bool {
    use CommitmentState as S;
    let ended = matches!(
        c.state,
        S::Expired | S::Released | S::Transferred | S::Revoked | S::Superseded | S::Completed | S::Warranty
    );
    ended || c.is_overdue()
}
