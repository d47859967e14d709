//! Taking tasks: claims, requests, and taking over what somebody offers. The guards decide; this file asks them and
//! says what they said.

use jiff::civil::Date;

use super::{Decision, World, one_line};
use crate::{
    app::{
        effect::Effect,
        error::{ExitCode, UserError},
    },
    domain::{
        commitment::{ClaimId, Commitment, CommitmentState, offered},
        key::{ProjectRef, TaskKey},
        outbox::{Op, Wish},
        person::Person,
        policy::Terms,
        refusal::{Lifter, Refusal, Rule},
        roster::{Roster, Team},
        size::Size,
        text::safe_line,
        time::Now,
    },
    index::{Row, Snapshot, alternatives_to},
    judge::{
        burden::minutes as words_of,
        free::Free,
        guard::{self, Around, Pass, Proposal},
    },
    sync::outbox::pending_commitment,
};

/// Tasks named with a refusal.
const ALTERNATIVES: usize = 3;

/// How a task is wished for.
pub(super) struct Wished<'a> {
    pub(super) until: Option<Date>,
    pub(super) size: Option<Size>,
    pub(super) plan: &'a str,
    pub(super) alongside: bool,
    pub(super) ask: bool,
}

/// The last day of a lease on the host's calendar: as asked, else by size; never in the past, never beyond the cap.
/// Quiet periods do not make it later: they stop its clock.
///
/// # Errors
/// The refusal, naming the latest day that is allowed.
pub fn lease_end(terms: &Terms, now: Now, until: Option<Date>, size: Option<Size>) -> Result<Date, UserError> {
    let calendar = terms.calendar.plain();
    let (today, cap) = (calendar.date(now.0), terms.timers.lease_cap);
    let latest = calendar.add(today, cap);
    let end = until.unwrap_or_else(|| calendar.add(today, Size::lease_wd(size).min(cap)));
    if end < today {
        let hint = format!("name a day from {today} to {latest}");
        return Err(UserError::new(ExitCode::Usage, format!("{end} has passed"), hint));
    }
    if end > latest {
        let hint = format!("the latest day is {latest}; renew it then, or hand it back");
        return Err(UserError::refused(format!("a commitment lasts at most {cap} working days"), hint));
    }
    Ok(end)
}

pub(super) fn claim(world: &World<'_>, keys: &[TaskKey], wished: &Wished<'_>) -> Result<Decision, UserError> {
    one_line(wished.plan, "plan")?;
    let mut decision = Decision::default();
    let mut ops = Vec::new();
    let mut commitments = Vec::new();
    let mut refusal = None;
    for key in keys {
        match propose(world, key, wished, None) {
            Err(error) => {
                decision.said.push(error.sentence.clone());
                refusal.get_or_insert(error);
            }
            Ok((op, pending, know)) => {
                decision.said.push(will(&op, &world.shown(key)));
                decision.know.extend(know);
                commitments.extend(pending);
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

pub(super) fn take_over(
    world: &World<'_>,
    key: &TaskKey,
    until: Option<Date>,
    size: Option<Size>,
) -> Result<Decision, UserError> {
    let Some(theirs) = offered_to_me(world.snapshot, key) else {
        let sentence = format!("nobody offers you {}", world.shown(key));
        let refusal = Refusal::new(Rule::State, sentence, Lifter::You);
        return Err(world.refuse(refusal.instead("an offer is made by the holder: `floorwalk handover TASK --to YOU`")));
    };
    let wished = Wished { until, size: size.or(theirs.size), plan: "", alongside: false, ask: false };
    let (op, pending, know) = propose(world, key, &wished, Some(theirs.claim))?;
    let said = vec![will(&op, &world.shown(key))];
    let effects = vec![Effect::Journal(vec![op], pending.into_iter().collect()), Effect::Send];
    Ok(Decision { effects, know, said })
}

/// The commitment on a task that its holder offers to the user.
pub fn offered_to_me<'a>(snapshot: &'a Snapshot, key: &TaskKey) -> Option<&'a Commitment> {
    offered(&snapshot.commitments, key, snapshot.me.get(&key.project.tracker)?).filter(|c| !c.mine)
}

/// One wish for one task, asked of the guards; with what should be known before.
type Proposed = (Op, Option<Commitment>, Vec<String>);

fn propose(
    world: &World<'_>,
    key: &TaskKey,
    wished: &Wished<'_>,
    taken: Option<ClaimId>,
) -> Result<Proposed, UserError> {
    let shown = world.shown(key);
    let row = world.snapshot.get(key).ok_or_else(|| {
        UserError::refused(format!("{shown} is not in the store"), "`floorwalk sync` reads what is configured")
    })?;
    if world.snapshot.outbox.iter().any(|op| op.key == *key && matches!(op.wish, Wish::Claim { .. })) {
        let hint = "`floorwalk outbox` shows it";
        return Err(UserError::refused(format!("a claim of {shown} is on its way already"), hint));
    }
    if let Some(error) = already_mine(world, key) {
        return Err(error);
    }
    let me = (world.me)(key).unwrap_or_else(|| Person::human("", 0));
    let terms = world.roster().terms(&key.project, Some(&me));
    let until = lease_end(&terms, world.now, wished.until, wished.size)?;
    let body = (world.body)(key);
    let proposal = Proposal {
        task: &row.task,
        body: body.as_deref(),
        project: world.snapshot.projects.iter().find(|p| p.project == key.project),
        who: &me,
        claim: None,
        size: wished.size,
        until,
        alongside: wished.alongside,
        ask: wished.ask,
        waive: false,
        taken,
    };
    let pass = may_take(world, row, &proposal)?;
    let know = before(world.roster(), key, &pass, wished.ask);
    let op = world.op(
        key,
        Wish::Claim {
            claim: ClaimId((world.fresh_id)()),
            until,
            size: wished.size,
            plan: wished.plan.trim().to_owned(),
            alongside: wished.alongside,
            ask: wished.ask || pass.ask,
            taken,
            tell: logins(world.roster(), &key.project, &pass.tell),
            model: Some(world.snapshot.weights().mark()),
        },
    );
    let pending = pending_commitment(&op, me);
    Ok((op, pending, know))
}

/// Asks the guards, and what only the list knows.
fn may_take(world: &World<'_>, row: &Row, proposal: &Proposal<'_>) -> Result<Pass, UserError> {
    let around = Around { commitments: &world.snapshot.commitments, roster: world.roster(), now: world.now };
    let refusal = match guard::check(proposal, around) {
        Err(refusal) => *refusal,
        Ok(pass) => match by_hand(world, row, proposal).or_else(|| lacks(world, row)) {
            None => return Ok(pass),
            Some(refusal) => refusal,
        },
    };
    let others = alternatives_to(world.snapshot, row, refusal.rule, ALTERNATIVES);
    Err(world.refuse(refusal.or_take(others)))
}

/// Why the user may not take a second time what is theirs already, or asked for.
fn already_mine(world: &World<'_>, key: &TaskKey) -> Option<UserError> {
    let own = world.snapshot.commitments.iter().filter(|c| c.key == *key && c.mine && c.state.is_live());
    let c = own.max_by_key(|c| (c.since, c.claim))?;
    let shown = world.shown(key);
    let (sentence, instead) = match c.state {
        CommitmentState::Requested => {
            (format!("you asked for {shown} already"), format!("`floorwalk withdraw {shown}` takes the request back"))
        }
        CommitmentState::Pending => {
            (format!("a claim of {shown} is on its way already"), "`floorwalk outbox` shows it".to_owned())
        }
        _ => (
            format!("you hold {shown} already, until {}", c.until),
            format!("`floorwalk renew {shown}` gives it more time; `floorwalk release {shown}` hands it back"),
        ),
    };
    Some(world.refuse(Refusal::new(Rule::Held, sentence, Lifter::You).instead(instead)))
}

/// Somebody assigned by hand made no claim that a guard could see: only the list knows of them.
fn by_hand(world: &World<'_>, row: &Row, proposal: &Proposal<'_>) -> Option<Refusal> {
    let Free::Assigned { to } = &row.free else { return None };
    if proposal.alongside || proposal.taken.is_some() {
        return None;
    }
    let shown = world.shown(&row.task.key);
    let names: Vec<String> = to.iter().map(|l| safe_line(l.raw()).into_owned()).collect();
    let names = names.join(", @");
    let refusal = Refusal::new(Rule::Held, format!("@{names} is assigned to {shown} by hand"), Lifter::Holder(names));
    Some(refusal.instead(format!("ask them, or claim alongside them: `floorwalk claim {shown} --alongside`")))
}

/// G5: something required of which the person's own profile has nothing. Only the list knows profiles.
fn lacks(world: &World<'_>, row: &Row) -> Option<Refusal> {
    let Free::Lacks { skills } = &row.free else { return None };
    let all: Vec<_> = skills.iter().map(|s| safe_line(s)).collect();
    let (shown, all) = (world.shown(&row.task.key), all.join(", "));
    let sentence = format!("{shown} cannot be done without {all}, and your profile has nothing of that");
    let refusal = Refusal::new(Rule::Access, sentence, Lifter::You)
        .instead("say in profile.toml what you know of it, if you do")
        .instead("an intern may learn it there while a mentor of the host has room");
    Some(refusal)
}

/// What should be known before a task is taken: why it must be asked for, what it costs the host, warnings.
fn before(roster: &Roster, key: &TaskKey, pass: &Pass, wished: bool) -> Vec<String> {
    let mut know = Vec::new();
    if pass.ask && !wished && !pass.ask_because.is_empty() {
        know.push(format!("asked for instead of taken: {}", pass.ask_because));
    }
    know.extend(expected_review(roster, &key.project, pass.burden_min));
    know.extend(pass.warnings.iter().cloned());
    know
}

/// What taking a task costs its host, `minutes` being the forecast of the review: `expected review: about 48 min, of the 3 h
/// a week that Vision has`; nothing where nothing is expected.
pub fn expected_review(roster: &Roster, project: &ProjectRef, minutes: u32) -> Option<String> {
    if minutes == 0 {
        return None;
    }
    let name = |team: &Team| if team.name.is_empty() { team.id.clone() } else { team.name.clone() };
    let team = roster.host_of(project).map_or_else(|| "the host".to_owned(), name);
    let (team, about) = (safe_line(&team), words_of(minutes));
    Some(match roster.policy(project).review_budget_min {
        Some(budget) => format!("expected review: about {about}, of the {} a week that {team} has", words_of(budget)),
        None => format!("expected review: about {about} for {team}"),
    })
}

/// Accounts on this tracker of people named in the registry; who has none here cannot be told here.
pub(super) fn logins(roster: &Roster, project: &ProjectRef, handles: &[String]) -> Vec<String> {
    let mut logins: Vec<String> =
        handles.iter().filter_map(|h| roster.account(&project.tracker, h)).map(|a| a.address().to_owned()).collect();
    logins.dedup();
    logins
}

/// What a claim will do, in words.
fn will(op: &Op, shown: &str) -> String {
    match &op.wish {
        Wish::Claim { ask: true, until, .. } => format!("ask the host for {shown}, for as long as until {until}"),
        Wish::Claim { taken: Some(_), until, .. } => format!("take {shown} over until {until}"),
        Wish::Claim { until, .. } => format!("claim {shown} until {until}"),
        other => format!("{} {shown}", other.word()),
    }
}
