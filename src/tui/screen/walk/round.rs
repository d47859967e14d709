//! A round while it is walked: its stops, where the walker is, what was said of them. Plain data; what became of a task
//! meanwhile is asked of the snapshot. Knows no screen and no key.

use std::collections::HashSet;

use crate::{
    domain::{
        commitment::Commitment,
        key::TaskKey,
        text::Foreign,
        time::Now,
        walk::{Answer, Answered, Memory},
    },
    index::{
        Snapshot,
        walk::{STOPS, Stop, plan},
    },
    judge::free::Free,
};

/// A round. It is planned once and keeps its stops, whatever a sync brings meanwhile.
#[derive(Clone, Debug)]
pub struct Round {
    /// The stops, in order; at least one.
    pub visits: Vec<Visit>,
    /// Which one is shown; their number when the round is over.
    pub at: usize,
}

/// One stop of a round.
#[derive(Clone, Debug)]
pub struct Visit {
    /// Task, host, last visit.
    pub stop: Stop,
    /// The title when the round was planned: the task may leave the store before the round is over.
    pub title: Foreign,
    /// That it was seen, later that it was claimed; `None` until it is shown.
    pub told: Option<Answered>,
    /// That it was not wanted, or put off.
    pub said: Option<Answered>,
}

/// What became of a stop.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing<'a> {
    /// Nothing yet.
    Open,
    /// Not wanted, or put off.
    Said(&'a Answer),
    /// The user's own now.
    Mine(&'a Commitment),
    /// Somebody has it meanwhile, or it cannot be taken any more.
    Taken(&'a Free),
    /// The store has it no more.
    Gone,
}

impl Visit {
    /// The same as it is remembered.
    pub fn answered(&self, answer: Answer, now: Now) -> Answered {
        Answered { key: self.stop.key.clone(), place: self.stop.place.clone(), at: now.0, answer }
    }

    /// What became of it.
    pub fn standing<'a>(&'a self, snapshot: &'a Snapshot) -> Standing<'a> {
        if let Some(said) = &self.said {
            return Standing::Said(&said.answer);
        }
        if let Some(own) = own(snapshot).find(|c| c.key == self.stop.key) {
            return Standing::Mine(own);
        }
        match snapshot.get(&self.stop.key) {
            None => Standing::Gone,
            Some(row) if row.free.is_free() => Standing::Open,
            Some(row) => Standing::Taken(&row.free),
        }
    }

    /// True for one that cannot be taken any more, and that nobody has to look at.
    fn is_lost(&self, snapshot: &Snapshot) -> bool {
        matches!(self.standing(snapshot), Standing::Taken(_) | Standing::Gone)
    }
}

/// The user's live commitments and requests.
fn own(snapshot: &Snapshot) -> impl Iterator<Item = &Commitment> {
    snapshot.commitments.iter().filter(|c| c.mine && c.state.is_live())
}

impl Round {
    /// Plans a round after another one, whose answers may not have reached the snapshot yet. `None` with nothing to
    /// stop at.
    pub fn plan(snapshot: &Snapshot, former: Option<&Self>, now: Now) -> Option<Self> {
        let memory = memory(snapshot, former);
        let answered = |visit: &&Visit| !matches!(visit.standing(snapshot), Standing::Open);
        let without: HashSet<TaskKey> =
            former.iter().flat_map(|round| &round.visits).filter(answered).map(|v| v.stop.key.clone()).collect();
        let visit = |stop: Stop| {
            let title = snapshot.get(&stop.key).map(|row| row.task.title.clone()).unwrap_or_default();
            Visit { stop, title, told: None, said: None }
        };
        let visits: Vec<Visit> = plan(snapshot, &memory, &without, now, STOPS).into_iter().map(visit).collect();
        (!visits.is_empty()).then_some(Self { visits, at: 0 })
    }

    /// The stop that is shown; `None` when the round is over.
    pub fn here(&self) -> Option<&Visit> {
        self.visits.get(self.at)
    }

    /// Goes on, past what was lost meanwhile; gives back what was passed over.
    pub fn go_on(&mut self, snapshot: &Snapshot) -> Vec<TaskKey> {
        let after = self.visits.iter().skip(self.at + 1);
        let passed: Vec<TaskKey> =
            after.take_while(|visit| visit.is_lost(snapshot)).map(|visit| visit.stop.key.clone()).collect();
        self.at = (self.at + 1 + passed.len()).min(self.visits.len());
        passed
    }

    /// Goes back to the last stop before this one that was shown; false where there is none.
    pub fn go_back(&mut self) -> bool {
        let before = self.visits.get(..self.at).unwrap_or_default().iter().rposition(|visit| visit.told.is_some());
        self.at = before.unwrap_or(self.at);
        before.is_some()
    }

    /// The stops that were shown.
    pub fn shown(&self) -> impl Iterator<Item = &Visit> {
        self.visits.iter().filter(|visit| visit.told.is_some())
    }

    /// Remembers that the stop is on the screen, and that stops were claimed; gives back what is new, to be kept.
    pub fn tell(&mut self, snapshot: &Snapshot, now: Now) -> Vec<(TaskKey, Answer)> {
        let mut new = Vec::new();
        for (i, visit) in self.visits.iter_mut().enumerate() {
            let answer = match (&visit.told, visit.standing(snapshot)) {
                (_, Standing::Said(_)) => continue,
                (None, Standing::Open) if i == self.at => Answer::Seen,
                (None, _) if i == self.at => {
                    // Shown all the same, and nothing that a later round should know.
                    visit.told = Some(visit.answered(Answer::Seen, now));
                    continue;
                }
                (Some(told), Standing::Mine(_)) if told.answer != Answer::Claimed => Answer::Claimed,
                _ => continue,
            };
            visit.told = Some(visit.answered(answer.clone(), now));
            new.push((visit.stop.key.clone(), answer));
        }
        new
    }

    /// Takes back what was said of tasks, or that they were claimed: they were seen, and are open again. Gives back
    /// what is to be remembered instead.
    pub fn take_back(&mut self, keys: &[TaskKey], now: Now) -> Vec<(TaskKey, Answer)> {
        let mut new = Vec::new();
        for visit in self.visits.iter_mut().filter(|visit| keys.contains(&visit.stop.key)) {
            visit.said = None;
            visit.told = Some(visit.answered(Answer::Seen, now));
            new.push((visit.stop.key.clone(), Answer::Seen));
        }
        new
    }

    /// Where a task is in the round.
    pub fn position(&self, key: &TaskKey) -> Option<usize> {
        self.visits.iter().position(|visit| visit.stop.key == *key)
    }
}

/// What is remembered, with what a round has said beside it.
pub fn memory(snapshot: &Snapshot, round: Option<&Round>) -> Memory {
    let mut memory = snapshot.walks.clone();
    for visit in round.iter().flat_map(|round| &round.visits) {
        visit.told.iter().chain(&visit.said).cloned().for_each(|answered| memory.note(answered));
    }
    memory
}
