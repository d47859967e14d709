//! From a command and what is known to effects, or to a refusal. Pure.

use jiff::civil::Date;
use ulid::Ulid;

use super::{command::Command, effect::Effect, error::UserError};
use crate::{
    domain::{
        commitment::{ClaimId, Commitment},
        id::OpId,
        key::TaskKey,
        marker::ReleaseReason,
        outbox::{Op, OpStatus, Step, Wish},
        person::{Login, Person},
        size::{LEASE_CAP_WD, Size},
        time::{Now, add_working_days},
    },
    index::{Row, Snapshot},
    judge::free::Free,
    store::Mark,
    sync::outbox::pending_commitment,
};

/// Longest plan of a claim, characters.
const PLAN_MOST: usize = 500;

/// Longest note of a hand-back, characters; trackers take comments of 65,536 with all that is around it.
const NOTE_MOST: usize = 20_000;

/// What a decision may look at.
pub struct World<'a> {
    /// What is known.
    pub snapshot: &'a Snapshot,
    /// The present.
    pub now: Now,
    /// Makes identities.
    pub fresh_id: &'a dyn Fn() -> Ulid,
    /// The user's account on a tracker, as far as known.
    pub me: &'a dyn Fn(&TaskKey) -> Option<Person>,
    /// Address of a task, built from configuration.
    pub url: &'a dyn Fn(&TaskKey) -> Option<String>,
    /// The last command of this session, for undo.
    pub last: Option<&'a Command>,
}

/// What is to be done, and what is to be said about it.
#[derive(Debug, Default)]
pub struct Decision {
    /// Acts, in order.
    pub effects: Vec<Effect>,
    /// Harmless sentences: what will happen, and which parts were left out and why.
    pub said: Vec<String>,
}

impl Decision {
    fn of(effects: Vec<Effect>) -> Self {
        Self { effects, said: Vec::new() }
    }
}

/// Decides a command.
///
/// # Errors
/// The refusal, with what to do instead.
pub fn decide(world: &World<'_>, command: &Command) -> Result<Decision, UserError> {
    match command {
        Command::Sync { only, full } => {
            Ok(Decision::of(vec![Effect::Sync { only: only.clone(), full: *full }, Effect::Send]))
        }
        Command::Claim { keys, until, size, plan, alongside, ask: _ } => {
            claim(world, keys, ClaimTerms { until: *until, size: *size, plan, alongside: *alongside })
        }
        Command::Release { key, note, reason } => release(world, key, note, *reason),
        Command::TakeOver { .. } | Command::Amend { .. } | Command::Answer { .. } => {
            Err(UserError::refused("not known", ""))
        }
        Command::Undo => undo(world),
        Command::OutboxRetry(id) => retry(world, *id),
        Command::OutboxDrop(id) => drop_row(world, *id),
        Command::Mark { keys, kind, on, until } => {
            let marks = keys.iter().map(|key| Mark { key: key.clone(), kind: *kind, until: *until }).collect();
            Ok(Decision::of(vec![Effect::Mark(marks, *on)]))
        }
        Command::Open(key) => Ok(Decision::of(vec![Effect::Open(address(world, key)?)])),
        Command::Copy(key, true) => Ok(Decision::of(vec![Effect::Copy(address(world, key)?)])),
        Command::Copy(key, false) => Ok(Decision::of(vec![Effect::Copy(world.snapshot.shown_key(key))])),
        Command::Detail(key) => Ok(Decision::of(vec![Effect::Detail(key.clone())])),
        Command::Comments(key) => Ok(Decision::of(vec![Effect::Comments(key.clone())])),
    }
}

fn address(world: &World<'_>, key: &TaskKey) -> Result<String, UserError> {
    (world.url)(key).ok_or_else(|| {
        UserError::refused(format!("{key} belongs to no configured tracker"), "`floorwalk config check` shows them")
    })
}

struct ClaimTerms<'a> {
    until: Option<Date>,
    size: Option<Size>,
    plan: &'a str,
    alongside: bool,
}

/// The last day of a lease: as asked, else by size; never in the past, never beyond the cap.
///
/// # Errors
/// The refusal, naming the latest day that is allowed.
pub fn lease_end(now: Now, until: Option<Date>, size: Option<Size>) -> Result<Date, UserError> {
    let today = now.date();
    let latest = add_working_days(today, LEASE_CAP_WD);
    let end = until.unwrap_or_else(|| add_working_days(today, Size::lease_wd(size)));
    if end < today {
        let hint = format!("name a day from {today} to {latest}");
        return Err(UserError::new(super::ExitCode::Usage, format!("{end} has passed"), hint));
    }
    if end > latest {
        let hint = format!("the latest day is {latest}; hand it back then, and claim it again to go on");
        return Err(UserError::refused(format!("a commitment lasts at most {LEASE_CAP_WD} working days"), hint));
    }
    Ok(end)
}

fn claim(world: &World<'_>, keys: &[TaskKey], terms: ClaimTerms<'_>) -> Result<Decision, UserError> {
    let until = lease_end(world.now, terms.until, terms.size)?;
    not_too_long(terms.plan, PLAN_MOST, "plan")?;
    let mut decision = Decision::default();
    let mut ops = Vec::new();
    let mut commitments = Vec::new();
    let mut refusal = None;
    for key in keys {
        match claimable(world, key, terms.alongside) {
            Err(error) => {
                decision.said.push(error.sentence.clone());
                refusal.get_or_insert(error);
            }
            Ok(()) => {
                let op = Op {
                    id: OpId((world.fresh_id)()),
                    key: key.clone(),
                    wish: Wish::Claim {
                        claim: ClaimId((world.fresh_id)()),
                        until,
                        size: terms.size,
                        plan: terms.plan.trim().to_owned(),
                        alongside: terms.alongside,
                        ask: false,
                        taken: None,
                        tell: Vec::new(),
                    },
                    step: Step::Queued,
                    status: OpStatus::Ready,
                    attempts: 0,
                    created_at: world.now.0,
                    last_error: None,
                };
                let me = (world.me)(key).unwrap_or_else(|| Person::human("", 0));
                decision.said.push(format!("claim {} until {until}", world.snapshot.shown_key(key)));
                commitments.extend(pending_commitment(&op, me));
                ops.push(op);
            }
        }
    }
    match refusal {
        Some(error) if ops.is_empty() => Err(error),
        _ => {
            decision.effects = vec![Effect::Journal(ops, commitments), Effect::Send];
            Ok(decision)
        }
    }
}

fn claimable(world: &World<'_>, key: &TaskKey, alongside: bool) -> Result<(), UserError> {
    let shown = world.snapshot.shown_key(key);
    let row = world.snapshot.get(key).ok_or_else(|| {
        UserError::refused(format!("{shown} is not in the store"), "`floorwalk sync` reads what is configured")
    })?;
    if world.snapshot.outbox.iter().any(|op| op.key == *key && matches!(op.wish, Wish::Claim { .. })) {
        let hint = "`floorwalk outbox` shows it";
        return Err(UserError::refused(format!("a claim of {shown} is on its way already"), hint));
    }
    let refuse = |sentence: String, hint: String| {
        let mut error = UserError::refused(sentence, hint);
        let others = alternatives(world.snapshot, row);
        if !others.is_empty() {
            error.hints.push(format!("free and alike: {others}"));
        }
        Err(error)
    };
    match &row.free {
        Free::Yes => Ok(()),
        Free::Held { mine: true, until, .. } => {
            let hint = format!("`floorwalk release {shown}` hands it back");
            Err(UserError::refused(format!("you hold {shown} already, until {until}"), hint))
        }
        Free::Held { .. } | Free::Assigned { .. } if alongside => Ok(()),
        Free::Held { by, until, .. } => refuse(
            format!("@{} holds {shown} until {until}", by.0.line()),
            format!("it is free when they hand it back, or by itself after {until}; `--alongside` to pair with them"),
        ),
        Free::Assigned { to } => {
            let names: Vec<String> = to.iter().map(|l: &Login| format!("@{}", l.0.line())).collect();
            refuse(
                format!("{} is assigned to {shown} by hand", names.join(", ")),
                "ask them, or claim alongside them (`--alongside`)".into(),
            )
        }
        Free::Closed { why } => refuse(format!("{shown} cannot be claimed: {why}"), String::new()),
    }
}

/// Up to three free tasks that share a signal with `row`, the same project first.
fn alternatives(snapshot: &Snapshot, row: &Row) -> String {
    let alike = |other: &&Row| {
        other.free.is_free()
            && other.task.key != row.task.key
            && other.signals.iter().any(|s| row.signals.iter().any(|r| r.kind == s.kind))
    };
    let mut found: Vec<&Row> = snapshot.rows.iter().filter(alike).collect();
    found.sort_by_key(|r| (r.task.key.project != row.task.key.project, r.task.key.clone()));
    found.iter().take(3).map(|r| snapshot.shown_key(&r.task.key)).collect::<Vec<_>>().join(", ")
}

fn release(world: &World<'_>, key: &TaskKey, note: &str, reason: ReleaseReason) -> Result<Decision, UserError> {
    not_too_long(note, NOTE_MOST, "note")?;
    let shown = world.snapshot.shown_key(key);
    let unsent: Vec<&Op> = world
        .snapshot
        .outbox
        .iter()
        .filter(|op| op.key == *key && op.is_unsent() && matches!(op.wish, Wish::Claim { .. }))
        .collect();
    if !unsent.is_empty() {
        let mut decision = withdraw(world, &unsent);
        decision.said.push(format!("{shown} was not claimed on the tracker yet: the wish is taken back"));
        return Ok(decision);
    }
    let held = |c: &&Commitment| c.key == *key && c.mine && c.state.is_live();
    let Some(commitment) = world.snapshot.commitments.iter().find(held) else {
        return Err(UserError::refused(format!("you do not hold {shown}"), "`floorwalk mine` lists what you hold"));
    };
    let op = Op {
        id: OpId((world.fresh_id)()),
        key: key.clone(),
        wish: Wish::Release { claim: commitment.claim, note: note.trim().to_owned(), reason },
        step: Step::Queued,
        status: OpStatus::Ready,
        attempts: 0,
        created_at: world.now.0,
        last_error: None,
    };
    // Rows of one task go in order: a claim that is stuck behind its comment would hold its own hand-back up.
    let stuck =
        |row: &&Op| row.wish.claim() == commitment.claim && matches!(row.status, OpStatus::NeedsAttention { .. });
    let stuck: Vec<OpId> = world.snapshot.outbox.iter().filter(stuck).map(|row| row.id).collect();
    let mut effects = vec![Effect::Journal(vec![op], Vec::new())];
    if !stuck.is_empty() {
        effects.push(Effect::Withdraw(stuck, Vec::new(), Vec::new()));
    }
    effects.push(Effect::Send);
    Ok(Decision { effects, said: vec![format!("hand back {shown}")] })
}

/// Refuses words that a tracker would not take, instead of cutting them.
fn not_too_long(text: &str, most: usize, what: &str) -> Result<(), UserError> {
    let count = text.chars().count();
    if count <= most {
        return Ok(());
    }
    let sentence = format!("the {what} has {count} characters; a comment has room for {most}");
    Err(UserError::new(super::ExitCode::Usage, sentence, "say it shorter, or link to where it is written"))
}

fn withdraw(world: &World<'_>, ops: &[&Op]) -> Decision {
    let claims = ops.iter().filter(|op| matches!(op.wish, Wish::Claim { .. })).map(|op| op.wish.claim()).collect();
    let said = ops.iter().map(|op| format!("took back: {} {}", op.wish.word(), world.snapshot.shown_key(&op.key)));
    Decision {
        said: said.collect(),
        effects: vec![Effect::Withdraw(ops.iter().map(|op| op.id).collect(), claims, Vec::new())],
    }
}

/// Takes back what is unsent, else does the inverse of the last command.
fn undo(world: &World<'_>) -> Result<Decision, UserError> {
    let nothing = || UserError::refused("there is nothing to undo", "");
    let last = world.last.ok_or_else(nothing)?;
    let keys: Vec<TaskKey> = match last {
        Command::Claim { keys, .. } => keys.clone(),
        Command::Release { key, .. } => vec![key.clone()],
        Command::Mark { keys, kind, on, .. } => {
            let inverse = Command::Mark { keys: keys.clone(), kind: *kind, on: !*on, until: None };
            return decide(world, &inverse);
        }
        _ => return Err(nothing()),
    };
    let claimed = matches!(last, Command::Claim { .. });
    let mut all = Decision::default();
    let mut refusal = None;
    for key in &keys {
        let wished = |op: &&Op| op.key == *key && matches!(op.wish, Wish::Claim { .. }) == claimed;
        let unsent: Vec<&Op> = world.snapshot.outbox.iter().filter(wished).filter(|op| op.is_unsent()).collect();
        let one = match last {
            _ if !unsent.is_empty() => Ok(withdraw(world, &unsent)),
            Command::Claim { .. } => release(world, key, "", ReleaseReason::Moved),
            _ => reclaim(world, key),
        };
        match one {
            Ok(one) => {
                all.effects.extend(one.effects);
                all.said.extend(one.said);
            }
            // One of several that was refused when it was wished has nothing to be undone.
            Err(error) => {
                refusal.get_or_insert(error);
            }
        }
    }
    match refusal {
        Some(error) if all.effects.is_empty() => Err(error),
        _ => Ok(all),
    }
}

/// Takes back what was handed back, on the terms it was held on while they still hold.
fn reclaim(world: &World<'_>, key: &TaskKey) -> Result<Decision, UserError> {
    let held = world.snapshot.commitments.iter().filter(|c| c.mine && c.key == *key).max_by_key(|c| (c.since, c.claim));
    let until = held.map(|c| c.until).filter(|until| *until >= world.now.date());
    let size = held.and_then(|c| c.size);
    claim(world, std::slice::from_ref(key), ClaimTerms { until, size, plan: "", alongside: false })
}

fn row(world: &World<'_>, id: OpId) -> Result<Op, UserError> {
    let found = world.snapshot.outbox.iter().find(|op| op.id == id).cloned();
    found.ok_or_else(|| UserError::refused(format!("no row {id} in the outbox"), "`floorwalk outbox` lists them"))
}

fn retry(world: &World<'_>, id: Option<OpId>) -> Result<Decision, UserError> {
    let rows = match id {
        Some(id) => vec![row(world, id)?],
        None => world.snapshot.outbox.clone(),
    };
    if rows.is_empty() {
        return Ok(Decision { effects: Vec::new(), said: vec!["the outbox is empty".into()] });
    }
    Ok(Decision::of(vec![Effect::Retry(id), Effect::Send]))
}

fn drop_row(world: &World<'_>, id: OpId) -> Result<Decision, UserError> {
    let op = row(world, id)?;
    if op.is_unsent() {
        return Ok(withdraw(world, &[&op]));
    }
    if !matches!(op.status, OpStatus::NeedsAttention { .. }) {
        let sentence = format!("{} {} is under way: its comment may be on the tracker already", op.wish.word(), op.key);
        let hint = "`floorwalk outbox retry` finishes it; then hand the task back";
        return Err(UserError::refused(sentence, hint));
    }
    // The comment may be there. The next sync reads the truth from the tracker.
    let said = vec![format!("dropped: {} {}; the next sync reads what the tracker shows", op.wish.word(), op.key)];
    Ok(Decision { effects: vec![Effect::Withdraw(vec![op.id], Vec::new(), Vec::new())], said })
}
