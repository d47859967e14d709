//! Why a task may not be taken now, or does not stand in the list: the gates, asked as a claim asks them. Decides nothing
//! and queues nothing.

use ulid::Ulid;

use super::{
    command::Command,
    decide::{World, decide},
    error::UserError,
};
use crate::{
    domain::{key::TaskKey, person::Person, refusal::Lifter, time::Now},
    index::{Miss, Row, Snapshot},
    judge::why::{Gate, WhyNot},
    store::MarkKind,
};

/// The claim that is asked about.
pub fn wish(key: &TaskKey) -> Command {
    Command::Claim {
        keys: vec![key.clone()],
        until: None,
        size: None,
        plan: String::new(),
        alongside: false,
        ask: false,
    }
}

/// The gates of a task, by what a screen has at hand. `None` when the snapshot does not know it.
pub fn at_hand(snapshot: &Snapshot, now: Now, key: &TaskKey, body: Option<&str>) -> Option<WhyNot> {
    let world = World {
        snapshot,
        now,
        // Nothing is queued, so nothing needs a name.
        fresh_id: &Ulid::nil,
        me: &|key| snapshot.me.get(&key.project.tracker).map(|login| Person::human(login.raw(), 0)),
        url: &|_| None,
        body: &|_| body.map(str::to_owned),
        last: None,
        did: &[],
    };
    let refused = decide(&world, &wish(key)).err();
    Some(of(snapshot, snapshot.get(key)?, refused.as_ref()))
}

/// The gates of a row, with the refusal of a claim.
pub fn of(snapshot: &Snapshot, row: &Row, refused: Option<&UserError>) -> WhyNot {
    let mut gates: Vec<Gate> = refused.map(gate).into_iter().collect();
    match row.mark {
        Some(MarkKind::Hidden) => gates.push(own("hidden", "you hid it; `is:hidden` lists it")),
        Some(MarkKind::Snoozed) => gates.push(own("snoozed", "you snoozed it; `is:snoozed` lists it")),
        Some(MarkKind::Bookmark) | None => {}
    }
    if row.avoided {
        let what = snapshot.avoided(row).join(", ");
        gates.push(own("avoided", &format!("it needs {what}, which your profile avoids; `is:avoided` lists it")));
    }
    if snapshot.is_for_interns() {
        gates.extend(snapshot.intern_misses(row).into_iter().map(for_interns));
    }
    if let Some(other) = &row.folded {
        let sentence = format!("it is the same work as {}, which stands in the list for it", snapshot.shown_key(other));
        gates.push(own("mirror", &sentence));
    }
    WhyNot::of(&row.task.key, &row.task.title, gates, snapshot.score(row))
}

fn own(rule: &str, sentence: &str) -> Gate {
    Gate::own(rule, sentence.to_owned())
}

/// What keeps a task from the first page of an intern, who may claim it all the same.
fn for_interns(miss: Miss) -> Gate {
    let sentence = format!("not on an intern's first page: {}", miss.sentence);
    let lifter = Lifter::Host(Vec::new()).words();
    Gate { lifter, instead: vec![miss.line()], ..own(miss.wants, &sentence) }
}

fn gate(error: &UserError) -> Gate {
    match &error.refusal {
        Some(refusal) => Gate::of(refusal),
        None => Gate { instead: error.hints.clone(), ..own("claim", &error.sentence) },
    }
}
