//! Keeping or ending an own commitment: renew, pause, resume, block, still on it, withdraw, done, hand back. Whether an
//! act is allowed is the machine's answer ([`crate::domain::commitment::step`]); this file adds what words need.

use jiff::civil::Date;

use super::{Decision, NOTE_MOST, World, amended, not_too_long, one_line, withdraw};
use crate::{
    app::{effect::Effect, error::UserError, words},
    domain::{
        commitment::{Act, Commitment, CommitmentState, Life},
        key::TaskKey,
        marker::ReleaseReason,
        outbox::{Amendment, Op, OpId, OpStatus, Wish},
        permit::{Actor, Deed, may},
        refusal::{Lifter, Refusal, Rule},
        roster::Roster,
        size::Size,
        time::Now,
    },
};

/// The last day of a renewal by default: the lease of its size again, counted from its last day or from today,
/// whichever is later; never beyond the cap.
pub fn renewal_end(roster: &Roster, c: &Commitment, now: Now) -> Date {
    renewed_by(roster, c, now, None)
}

/// The last day of a renewal by `days` working days; by the lease of its size without a number.
pub fn renewed_by(roster: &Roster, c: &Commitment, now: Now, days: Option<u32>) -> Date {
    let terms = roster.terms(&c.key.project, Some(&c.who));
    let calendar = terms.calendar.plain();
    let today = calendar.date(now.0);
    let promised = c.life.as_deref().map_or(c.until, |life| life.promised);
    let start = c.life.as_deref().map_or(c.since, |life| life.start);
    let latest = calendar.add(calendar.date(start), terms.timers.lease_cap);
    match days {
        // A number is a wish: when it goes too far, the machine says so.
        Some(days) => calendar.add(promised.max(today), days),
        None => calendar.add(promised.max(today), Size::lease_wd(c.size)).min(latest),
    }
}

pub(super) fn amend(world: &World<'_>, key: &TaskKey, amendment: &Amendment) -> Result<Decision, UserError> {
    if matches!(amendment, Amendment::Remind | Amendment::Expire) && !may(Actor::Helper, Deed::Expire) {
        let sentence = "reminders and endings are written by `floorwalk sync` when their time comes";
        return Err(world.refuse(Refusal::new(Rule::Permission, sentence, Lifter::Nobody)));
    }
    let amendment = with_words(world, amendment)?;
    if amendment == Amendment::Withdraw
        && let Some(decision) = unsent_claim(world, key)
    {
        return Ok(decision);
    }
    let (c, life) = world.own(key, word(&amendment))?;
    let refused = |refusal: Box<Refusal>| {
        let by_host = matches!((&amendment, &refusal.lifter), (Amendment::Renew { .. }, Lifter::Host(_)));
        let hint = format!("ask them on the task; they agree by `floorwalk accept {}`", world.shown(key));
        world.refuse(if by_host { refusal.instead(hint) } else { *refusal })
    };
    world.try_step(c, life, amended(&amendment), false).map_err(refused)?;
    let said = vec![will(&amendment, &world.shown(key), life)];
    let op = world.op(key, Wish::Amend { claim: c.claim, amendment });
    Ok(Decision { effects: vec![Effect::Journal(vec![op], Vec::new()), Effect::Send], said, ..Decision::default() })
}

/// The amendment with its words trimmed; refused when they are missing or too long.
fn with_words(world: &World<'_>, amendment: &Amendment) -> Result<Amendment, UserError> {
    let missing = |sentence: &str, instead: &str| {
        Err(world.refuse(Refusal::new(Rule::Words, sentence, Lifter::You).instead(instead)))
    };
    Ok(match amendment {
        Amendment::Renew { until, why } => {
            let why = one_line(why, "reason")?;
            if why.is_empty() {
                return missing("a renewal says why", "one line is enough: `--why TEXT`");
            }
            Amendment::Renew { until: *until, why }
        }
        Amendment::Block { by, review } => {
            let by = one_line(by, "name of what blocks")?;
            if by.is_empty() {
                return missing("a block names who or what is waited for", "`--by TEXT`");
            }
            Amendment::Block { by, review: *review }
        }
        Amendment::Done { kind, note } => {
            not_too_long(note, NOTE_MOST, "note")?;
            Amendment::Done { kind: *kind, note: note.trim().to_owned() }
        }
        other => other.clone(),
    })
}

/// The act in words, for refusals.
fn word(amendment: &Amendment) -> &'static str {
    match amendment {
        Amendment::Renew { .. } => "renew",
        Amendment::Pause { .. } => "pause",
        Amendment::Resume => "resume",
        Amendment::Block { .. } => "block",
        Amendment::Still => "say that they are on it",
        Amendment::Withdraw => "withdraw",
        Amendment::Done { .. } => "say that it is done",
        Amendment::Remind | Amendment::Expire => "end",
    }
}

/// What will happen, in words.
fn will(amendment: &Amendment, shown: &str, life: &Life) -> String {
    match amendment {
        Amendment::Renew { until, .. } if life.frozen_wd > 0 => {
            let longer = words::working_days(life.frozen_wd);
            format!("renew {shown} until {until} (was {}), and {longer} more in which the clock stood", life.promised)
        }
        Amendment::Renew { until, .. } => format!("renew {shown} until {until} (was {})", life.promised),
        Amendment::Pause { until } => format!("pause {shown} until {until}"),
        Amendment::Resume => format!("resume {shown}"),
        Amendment::Block { by, review } => {
            format!("say that {} blocks {shown}, to be looked at again on {review}", crate::domain::text::safe_line(by))
        }
        Amendment::Still => format!("say that you are still on {shown}"),
        Amendment::Withdraw => format!("take the request for {shown} back"),
        Amendment::Done { kind, .. } => format!("say that {shown} is done ({})", kind.word()),
        Amendment::Remind | Amendment::Expire => format!("end {shown}"),
    }
}

/// A claim of which nothing was sent is taken back without a trace, with all that was wished for it since.
fn unsent_claim(world: &World<'_>, key: &TaskKey) -> Option<Decision> {
    let of_key = || world.snapshot.outbox.iter().filter(|op| op.key == *key);
    let unsent = |op: &&Op| op.is_unsent() && matches!(op.wish, Wish::Claim { .. });
    let claims: Vec<_> = of_key().filter(unsent).filter_map(|op| op.wish.claim()).collect();
    if claims.is_empty() {
        return None;
    }
    let ops: Vec<&Op> = of_key().filter(|op| op.wish.claim().is_some_and(|claim| claims.contains(&claim))).collect();
    let mut decision = withdraw(world, &ops);
    let shown = world.shown(key);
    decision.said.push(format!("{shown} was not claimed on the tracker yet: the wish is taken back"));
    Some(decision)
}

pub(super) fn release(
    world: &World<'_>,
    key: &TaskKey,
    note: &str,
    reason: ReleaseReason,
) -> Result<Decision, UserError> {
    not_too_long(note, NOTE_MOST, "note")?;
    if let Some(decision) = unsent_claim(world, key) {
        return Ok(decision);
    }
    let shown = world.shown(key);
    let held = |c: &&Commitment| c.key == *key && c.mine && c.state.is_live();
    let Some(c) = world.snapshot.commitments.iter().filter(held).max_by_key(|c| (c.since, c.claim)) else {
        // The same words as for every other act on what one does not hold.
        return Err(world.own(key, "hand back").err().unwrap_or_else(|| in_warranty(world, &shown)));
    };
    if c.state == CommitmentState::Requested {
        return amend(world, key, &Amendment::Withdraw);
    }
    // A claim whose comment was never read back has no life yet: it can always be given up.
    if let Some(life) = c.life.as_deref() {
        if life.artefact && note.trim().is_empty() {
            return Err(note_missing(world, &shown));
        }
        world.try_step(c, life, Act::Release, false).map_err(|refusal| world.refuse(*refusal))?;
    }
    let op = world.op(key, Wish::Release { claim: c.claim, note: note.trim().to_owned(), reason });
    // Rows of one task go in order: a claim that is stuck behind its comment would hold its own hand-back up.
    let stuck = |row: &&Op| row.wish.claim() == Some(c.claim) && matches!(row.status, OpStatus::NeedsAttention { .. });
    let stuck: Vec<OpId> = world.snapshot.outbox.iter().filter(stuck).map(|row| row.id).collect();
    let mut effects = vec![Effect::Journal(vec![op], Vec::new())];
    if !stuck.is_empty() {
        effects.push(Effect::Withdraw(stuck, Vec::new(), Vec::new()));
    }
    effects.push(Effect::Send);
    Ok(Decision { effects, said: vec![format!("hand back {shown}")], ..Decision::default() })
}

/// T16: whoever comes next must learn what is there already.
fn note_missing(world: &World<'_>, shown: &str) -> UserError {
    let sentence = format!("something was done on {shown}: say what the next person should know");
    let refusal = Refusal::new(Rule::Words, sentence, Lifter::You);
    world.refuse(
        refusal
            .instead("one of: what is done, the next step, links, gotchas (`--done`, `--next`, `--link`, `--gotcha`)"),
    )
}

fn in_warranty(world: &World<'_>, shown: &str) -> UserError {
    let sentence = format!("{shown} is done and in warranty: there is nothing to hand back");
    world.refuse(Refusal::new(Rule::State, sentence, Lifter::Nobody))
}

/// True when handing a commitment back needs a note (T16).
pub fn needs_note(c: &Commitment) -> bool {
    c.life.as_deref().is_some_and(|life| life.artefact)
}
