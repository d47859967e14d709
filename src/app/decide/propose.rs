//! Proposing a task to somebody, and what that person says to it other than by claiming it. Nothing here assigns anybody:
//! accepting is an ordinary claim, with all its guards.

use super::{Decision, NOTE_MOST, World, answer::account_name, lease_end, not_too_long};
use crate::{
    app::{
        effect::Effect,
        error::{ExitCode, UserError},
    },
    domain::{
        commitment::HostReason,
        id::ClaimId,
        key::TaskKey,
        outbox::Wish,
        permit::Deed,
        person::{Login, Person},
        proposal::{Reply, on_its_way},
        refusal::{Lifter, Refusal, Rule},
        size::Size,
        text::safe_line,
    },
    index::Row,
    judge::{
        free::Free,
        guard::{self, Around, Proposal, may_speak},
    },
};

pub(super) fn propose(
    world: &World<'_>,
    key: &TaskKey,
    to: &str,
    size: Option<Size>,
    text: &str,
) -> Result<Decision, UserError> {
    not_too_long(text, NOTE_MOST, "text")?;
    let shown = world.shown(key);
    let row = world.snapshot.get(key).ok_or_else(|| {
        UserError::refused(format!("{shown} is not in the store"), "`floorwalk sync` reads what is configured")
    })?;
    let Some(me) = (world.me)(key) else {
        let sentence = format!("who you are on {} is not known yet", key.project.tracker);
        return Err(UserError::new(ExitCode::Auth, sentence, "`floorwalk sync` asks the tracker"));
    };
    permitted(world, key, &me)?;
    let to = account_name(world, key, to)?;
    let login = Login::new(to.clone());
    if login == me.login {
        let refusal = Refusal::new(Rule::State, format!("{shown} cannot be proposed to yourself"), Lifter::You);
        return Err(world.refuse(refusal.instead(format!("take it: `floorwalk claim {shown}`"))));
    }
    still_free(world, row)?;
    not_twice(world, key)?;
    let around = Around { commitments: &world.snapshot.commitments, roster: world.roster(), now: world.now };
    may_speak(&row.task, &me, around).map_err(|refusal| world.refuse(*refusal))?;
    let know = in_their_way(world, row, &login, size, around).into_iter().collect();
    let said = vec![format!("propose {shown} to @{to}; nobody is assigned until they take it")];
    let wish = Wish::Propose { id: ClaimId((world.fresh_id)()), to, size, text: text.trim().to_owned() };
    let effects = vec![Effect::Journal(vec![world.op(key, wish)], Vec::new()), Effect::Send];
    Ok(Decision { effects, know, said })
}

fn permitted(world: &World<'_>, key: &TaskKey, me: &Person) -> Result<(), UserError> {
    if world.snapshot.may(me, &key.project, Deed::Propose) {
        return Ok(());
    }
    let host = world.roster().host_of(&key.project).map(|team| safe_line(&team.id).into_owned());
    let host = host.unwrap_or_else(|| key.project.path().to_owned());
    let sentence = format!("only a mentor or lead of {host}, or the programme's lead, proposes its tasks to people");
    let refusal = Refusal::new(Rule::Permission, sentence, Lifter::Host(world.leads(key)));
    Err(world.refuse(refusal.instead("tell them of the task: its key and address are enough")))
}

/// What somebody has is proposed to nobody.
fn still_free(world: &World<'_>, row: &Row) -> Result<(), UserError> {
    let shown = world.shown(&row.task.key);
    let (sentence, lifter) = match &row.free {
        // What keeps the proposer from it says nothing of the other person; their claim is judged as theirs.
        Free::Yes | Free::Reserved { .. } | Free::Lacks { .. } => return Ok(()),
        Free::Held { by, until, .. } => {
            let who = by.line().into_owned();
            (format!("@{who} has {shown}, until {until}"), Lifter::Holder(who))
        }
        Free::Assigned { to } => {
            let names: Vec<String> = to.iter().map(|l| l.line().into_owned()).collect();
            let names = names.join(", @");
            (format!("@{names} is assigned to {shown} by hand"), Lifter::Holder(names))
        }
        Free::Closed { why } => (format!("{shown} cannot be taken: {why}"), Lifter::Nobody),
    };
    Err(world.refuse(Refusal::new(Rule::Held, sentence, lifter)))
}

fn not_twice(world: &World<'_>, key: &TaskKey) -> Result<(), UserError> {
    let shown = world.shown(key);
    if world.snapshot.outbox.iter().any(|op| op.key == *key && matches!(op.wish, Wish::Propose { .. })) {
        let sentence = format!("a proposal of {shown} is on its way already");
        return Err(UserError::refused(sentence, "`floorwalk outbox` shows it"));
    }
    let open = world.snapshot.proposals.iter().find(|p| p.proposal.key == *key && p.standing.is_open());
    let Some(open) = open else { return Ok(()) };
    let to = open.proposal.to.line().into_owned();
    let sentence = format!("{shown} is proposed to @{to} already; their answer is waited for until {}", open.until);
    let refusal = Refusal::new(Rule::Held, sentence, Lifter::Holder(to)).until(open.until);
    Err(world.refuse(refusal.instead("propose another task, or ask them on the task")))
}

/// Why the person could not take it now: no reason to refuse, for that may change until they answer.
fn in_their_way(world: &World<'_>, row: &Row, login: &Login, size: Option<Size>, around: Around<'_>) -> Option<String> {
    let key = &row.task.key;
    let asked = Person { login: login.clone(), ..Person::human("", 0) };
    let id = world.roster().member(&key.project.tracker, &asked).and_then(|member| {
        let accounts = member.accounts.iter();
        accounts.filter(|a| a.address().eq_ignore_ascii_case(login.raw())).map(|a| a.id).next()
    });
    let who = Person { id: id.unwrap_or_default(), ..asked };
    let terms = world.roster().terms(&key.project, Some(&who));
    let until = lease_end(&terms, world.now, None, size).ok()?;
    let body = (world.body)(key);
    let proposal = Proposal {
        task: &row.task,
        body: body.as_deref(),
        project: None,
        who: &who,
        claim: None,
        size,
        until,
        alongside: false,
        ask: true,
        waive: false,
        taken: None,
    };
    let refusal = guard::check(&proposal, around).err()?;
    let lifts = refusal.lifts_on.map(|day| format!("; that lifts on {day}")).unwrap_or_default();
    Some(format!("they could not take it now: {}{lifts}", refusal.sentence))
}

pub(super) fn reply(world: &World<'_>, key: &TaskKey, reply: &Reply, text: &str) -> Result<Decision, UserError> {
    not_too_long(text, NOTE_MOST, "text")?;
    let (shown, text) = (world.shown(key), text.trim().to_owned());
    let Some(open) = world.snapshot.proposed_to_me(key) else {
        let refusal =
            Refusal::new(Rule::State, format!("{shown} is not proposed to you, or not any more"), Lifter::You);
        return Err(world.refuse(refusal.instead("`floorwalk mine` lists what is proposed to you")));
    };
    let missing = match reply {
        Reply::Ask if text.is_empty() => Some("a question has words"),
        Reply::Decline { reason: HostReason::Other } if text.is_empty() => Some("another reason is said in words"),
        _ => None,
    };
    if let Some(sentence) = missing {
        let refusal = Refusal::new(Rule::Words, sentence, Lifter::You);
        return Err(world.refuse(refusal.instead("a sentence is enough")));
    }
    let id = open.proposal.id;
    if on_its_way(&world.snapshot.outbox, id).is_some() {
        let sentence = format!("an answer about {shown} is on its way already");
        return Err(UserError::refused(sentence, "`floorwalk outbox` shows it"));
    }
    let by = open.proposal.by.login.raw().to_owned();
    let shown_by = open.proposal.by.login.line();
    let said = vec![match reply {
        Reply::Ask => format!("ask @{shown_by} about {shown}; it stays free meanwhile"),
        Reply::Decline { reason } => {
            format!("decline {shown}, which @{shown_by} proposed: {}; it costs nothing", reason.words())
        }
    }];
    let wish = Wish::Reply { id, by, reply: reply.clone(), text };
    let effects = vec![Effect::Journal(vec![world.op(key, wish)], Vec::new()), Effect::Send];
    Ok(Decision { effects, said, ..Decision::default() })
}
