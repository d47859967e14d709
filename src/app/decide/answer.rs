//! Words about a commitment to those it concerns: the helper asks for help or offers it; the host accepts, declines,
//! revokes, reopens.

use super::{Decision, NOTE_MOST, World, answered, claim::logins, not_too_long, one_line};
use crate::{
    app::{
        effect::Effect,
        error::{ExitCode, UserError},
        floor_words::asks_for_help,
    },
    domain::{
        commitment::{Commitment, CommitmentState, Life, offered},
        key::TaskKey,
        outbox::{Answer, Wish},
        permit::Deed,
        person::{Login, Person},
        policy::Mentor,
        refusal::{Lifter, Refusal, Rule},
        text::safe_line,
    },
    judge::guard::{self, Around, Proposal},
};

/// Longest address of an account that trackers give out: the account ids of Jira Cloud.
const LOGIN_MOST: usize = 128;

pub(super) fn answer(
    world: &World<'_>,
    key: &TaskKey,
    helper: Option<&Login>,
    answer: &Answer,
    text: &str,
) -> Result<Decision, UserError> {
    not_too_long(text, NOTE_MOST, "text")?;
    let (c, life, answer) = match answer {
        Answer::Help { .. } | Answer::Plan { .. } | Answer::Offer { .. } => of_helper(world, key, answer, text)?,
        _ => of_host(world, key, helper, answer, text)?,
    };
    let said = vec![will(&answer, life, &world.shown(key), &shown_login(&c.who.login))];
    let wish =
        Wish::Answer { claim: c.claim, helper: c.who.login.raw().to_owned(), answer, text: text.trim().to_owned() };
    let effects = vec![Effect::Journal(vec![world.op(key, wish)], Vec::new()), Effect::Send];
    Ok(Decision { effects, said, ..Decision::default() })
}

fn shown_login(login: &Login) -> String {
    safe_line(login.raw()).into_owned()
}

/// What will happen, in words.
fn will(answer: &Answer, life: &Life, shown: &str, helper: &str) -> String {
    match answer {
        Answer::Consent { .. } if life.state != CommitmentState::Requested && life.done.is_some() => {
            format!("accept that {shown} is done by @{helper}")
        }
        Answer::Consent { .. } if life.state != CommitmentState::Requested => {
            format!("agree to one more renewal of {shown} by @{helper}")
        }
        Answer::Help { tell } if tell.is_empty() => format!("ask the host for help on {shown}; the clock stands"),
        Answer::Help { tell } => format!("ask @{} for help on {shown}; the clock stands", tell.join(", @")),
        Answer::Plan { ask: None } => format!("post your plan on {shown}, as the first sign of work"),
        Answer::Plan { ask: Some(ask) } => {
            format!("post your plan on {shown}, as the first sign of work, and ask @{ask} for a word about it")
        }
        Answer::Offer { to } => format!("offer {shown} to @{to}; it stays yours until they accept"),
        Answer::Consent { mentor: Some(mentor), .. } => {
            format!("accept @{helper} on {shown}, with @{mentor} as mentor")
        }
        Answer::Consent { mentor: None, .. } => format!("accept @{helper} on {shown}"),
        Answer::Decline { reason } => format!("decline @{helper}'s request for {shown}: {}", reason.words()),
        Answer::Revoke { reason } => format!("take {shown} away from @{helper}: {}", reason.words()),
        Answer::Regress { .. } => format!("ask @{helper} to mend what {shown} broke"),
    }
}

/// A commitment, and what is said about it.
type Addressed<'a> = (&'a Commitment, &'a Life, Answer);

/// The helper's own words: to the host, or to the person it is offered to.
fn of_helper<'a>(world: &World<'a>, key: &TaskKey, answer: &Answer, text: &str) -> Result<Addressed<'a>, UserError> {
    let what = match answer {
        Answer::Help { .. } => "ask for help",
        Answer::Plan { .. } => "post a plan",
        _ => "hand over",
    };
    let (c, life) = world.own(key, what)?;
    let answer = match answer {
        Answer::Help { tell } if tell.is_empty() => {
            asked_already(world, c, life)?;
            Answer::Help { tell: whom_to_ask(world, c, life) }
        }
        Answer::Plan { .. } if text.trim().is_empty() => {
            let refusal = Refusal::new(Rule::Words, "a plan has words", Lifter::You);
            return Err(world.refuse(refusal.instead("two or three steps are enough: `--text TEXT`, or an editor")));
        }
        Answer::Plan { ask: None } => Answer::Plan { ask: whom_to_ask(world, c, life).into_iter().next() },
        Answer::Plan { ask: Some(name) } => Answer::Plan { ask: Some(account_name(world, key, name)?) },
        Answer::Help { tell } => Answer::Help { tell: account_names(world, key, tell)? },
        Answer::Offer { to } => Answer::Offer { to: receiver(world, c, to)? },
        other => other.clone(),
    };
    let (act, host) = answered(&answer);
    world.try_step(c, life, act, host).map_err(|refusal| world.refuse(*refusal))?;
    Ok((c, life, answer))
}

/// Who is asked when nobody was named, one person where a mentor has time: the mentor of this commitment, else the next
/// on rotation with room for one more helper, the least busy first. Else the leads.
fn whom_to_ask(world: &World<'_>, c: &Commitment, life: &Life) -> Vec<String> {
    let project = &c.key.project;
    let roster = world.roster();
    let mentors = roster.policy(project).mentors;
    let account = |m: &Mentor| roster.account(&project.tracker, &m.handle).map(|a| a.address().to_owned());
    let named = life.mentor.as_ref().and_then(|mentor| account_name(world, &c.key, mentor.raw()).ok());
    let is_named = |login: &str| named.as_ref().is_some_and(|named| named.eq_ignore_ascii_case(login));
    let known: Vec<(String, &Mentor)> = mentors.iter().filter_map(|m| Some((account(m)?, m))).collect();
    // Whoever the host named without listing them as a mentor has no rotation and no limit.
    if let Some(named) = named.as_ref().filter(|_| !known.iter().any(|(login, _)| is_named(login))) {
        return vec![named.clone()];
    }
    let free = known.iter().filter(|(_, m)| m.on).map(|(login, m)| (guided(world, login, c), login, m.capacity));
    let free = free.filter(|(busy, _, capacity)| busy < capacity);
    if let Some((_, login, _)) = free.min_by_key(|(busy, login, _)| (!is_named(login), *busy)) {
        return vec![login.clone()];
    }
    let leads = roster.host_of(project).map(|t| t.leads.clone()).unwrap_or_default();
    logins(roster, project, &leads)
}

/// Live commitments beside this one that a mentor guides.
fn guided(world: &World<'_>, login: &str, but: &Commitment) -> u32 {
    let guides = |c: &&Commitment| {
        let named = c.life.as_ref().and_then(|life| life.mentor.as_ref());
        c.claim != but.claim && c.state.is_live() && named.is_some_and(|m| m.raw().eq_ignore_ascii_case(login))
    };
    let count = world.snapshot.commitments.iter().filter(guides).count();
    u32::try_from(count).unwrap_or(u32::MAX)
}

/// One question is one message: a second one waits for the answer to the first, unless it is for somebody else.
fn asked_already(world: &World<'_>, c: &Commitment, life: &Life) -> Result<(), UserError> {
    let shown = world.shown(&c.key);
    let waits =
        |wish: &Wish| matches!(wish, Wish::Answer { claim, answer: Answer::Help { .. }, .. } if *claim == c.claim);
    if world.snapshot.outbox.iter().any(|op| waits(&op.wish)) {
        let sentence = format!("a call for help on {shown} is on its way already");
        return Err(UserError::refused(sentence, "`floorwalk outbox` shows it"));
    }
    if !(life.waits && asks_for_help(c)) {
        return Ok(());
    }
    let sentence = format!("you asked for help on {shown} already; the clock stands until somebody answers");
    let refusal = Refusal::new(Rule::State, sentence, Lifter::Host(world.leads(&c.key)));
    let instead = "write on the task what came up since, or ask somebody else by name (`--ask LOGIN`)";
    Err(world.refuse(refusal.instead(instead)))
}

fn account_names(world: &World<'_>, key: &TaskKey, names: &[String]) -> Result<Vec<String>, UserError> {
    names.iter().map(|name| account_name(world, key, name)).collect()
}

/// The login on this tracker of a handle of the registry, or of a login as typed, with or without `@`.
pub(super) fn account_name(world: &World<'_>, key: &TaskKey, typed: &str) -> Result<String, UserError> {
    let name = typed.trim().trim_start_matches('@');
    if let Some(account) = world.roster().account(&key.project.tracker, name) {
        return Ok(account.address().to_owned());
    }
    let plain = name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | ':'));
    if name.is_empty() || !plain || name.len() > LOGIN_MOST {
        let sentence = format!("'{}' is no login", safe_line(typed));
        return Err(UserError::new(
            ExitCode::Usage,
            sentence,
            "a login has letters, digits and dashes, as on the tracker",
        ));
    }
    Ok(name.to_owned())
}

fn receiver(world: &World<'_>, c: &Commitment, to: &str) -> Result<String, UserError> {
    let login = account_name(world, &c.key, to)?;
    if Login::new(login.clone()) == c.who.login {
        let sentence = format!("{} is yours already", world.shown(&c.key));
        return Err(world.refuse(Refusal::new(Rule::State, sentence, Lifter::You).instead("name somebody else")));
    }
    Ok(login)
}

/// The host's words about somebody's commitment.
fn of_host<'a>(
    world: &World<'a>,
    key: &TaskKey,
    helper: Option<&Login>,
    answer: &Answer,
    text: &str,
) -> Result<Addressed<'a>, UserError> {
    let Some(me) = (world.me)(key) else {
        let sentence = format!("who you are on {} is not known yet", key.project.tracker);
        return Err(UserError::new(ExitCode::Auth, sentence, "`floorwalk sync` asks the tracker"));
    };
    permitted(world, key, &me, answer)?;
    let answer = match answer {
        Answer::Consent { mentor: Some(mentor), waive } => {
            Answer::Consent { mentor: Some(account_name(world, key, mentor)?), waive: *waive }
        }
        Answer::Regress { link } => Answer::Regress { link: one_line(link, "address")? },
        other => other.clone(),
    };
    said_why(world, &answer, text)?;
    let (c, life) = meant(world, key, helper, &answer)?;
    let (act, host) = answered(&answer);
    world.try_step(c, life, act, host).map_err(|refusal| world.refuse(*refusal))?;
    if let Answer::Consent { waive, .. } = answer
        && c.state == CommitmentState::Requested
    {
        within_limits(world, c, life, waive)?;
    }
    Ok((c, life, answer))
}

fn permitted(world: &World<'_>, key: &TaskKey, me: &Person, answer: &Answer) -> Result<(), UserError> {
    let deed = answer.deed();
    if world.snapshot.may(me, &key.project, deed) {
        return Ok(());
    }
    let team = world.roster().host_of(&key.project);
    let project = key.project.path();
    let who = if deed == Deed::AnswerRequest { "a lead or mentor" } else { "a lead" };
    let sentence = match team {
        Some(team) => format!("only {who} of {} may do this on {project}", safe_line(&team.id)),
        None => format!("only {who} of the host may do this: on {project} you may not sort tasks"),
    };
    Err(world.refuse(Refusal::new(Rule::Permission, sentence, Lifter::Host(world.leads(key)))))
}

/// Taking away and sending back need words for the helper.
fn said_why(world: &World<'_>, answer: &Answer, text: &str) -> Result<(), UserError> {
    let (sentence, instead) = match answer {
        Answer::Revoke { .. } if text.trim().is_empty() => {
            ("taking a task away is explained to the helper", "a sentence is enough: `--text TEXT`")
        }
        Answer::Regress { link } if link.is_empty() => {
            ("a regression is shown by its address", "link the issue or the run: `--regression URL`")
        }
        _ => return Ok(()),
    };
    Err(world.refuse(Refusal::new(Rule::Words, sentence, Lifter::You).instead(instead)))
}

/// Whose commitment is meant: the one named, else the only one that the answer fits.
fn meant<'a>(
    world: &World<'a>,
    key: &TaskKey,
    helper: Option<&Login>,
    answer: &Answer,
) -> Result<(&'a Commitment, &'a Life), UserError> {
    let shown = world.shown(key);
    let on_it = |c: &&Commitment| c.key == *key && helper.is_none_or(|h| *h == c.who.login);
    let open = |c: &&'a Commitment| on_it(c) && !c.mine && !c.state.is_over();
    let all: Vec<(&Commitment, &Life)> =
        world.snapshot.commitments.iter().filter(open).filter_map(|c| Some((c, c.life.as_deref()?))).collect();
    let (act, host) = answered(answer);
    let mut fitting: Vec<_> =
        all.iter().filter(|(c, life)| world.try_step(c, life, act.clone(), host).is_ok()).copied().collect();
    if matches!(answer, Answer::Consent { .. }) && fitting.iter().any(|(_, life)| asks(life)) {
        fitting.retain(|(_, life)| asks(life));
    }
    match (fitting.as_slice(), all.as_slice()) {
        // One that does not fit is named all the same: the machine says why it does not.
        ([one], _) | ([], [one]) => Ok(*one),
        ([], _) => {
            let own = world.snapshot.commitments.iter().filter(on_it).any(|c| c.mine && !c.state.is_over());
            let sentence = match (helper, own) {
                (_, true) => format!("{shown} is your own: nobody answers for the host to themselves"),
                (Some(login), _) => format!("@{} has nothing on {shown} to answer", shown_login(login)),
                (None, _) => format!("nobody has anything on {shown} to answer"),
            };
            let refusal = Refusal::new(Rule::State, sentence, Lifter::Nobody);
            Err(world.refuse(refusal.instead("`floorwalk sync` reads what is new")))
        }
        (several, _) => {
            let names: Vec<String> = several.iter().map(|(c, _)| shown_login(&c.who.login)).collect();
            let sentence = format!("several people are meant on {shown}: {}", names.join(", "));
            Err(UserError::new(ExitCode::Usage, sentence, "name one: `--for LOGIN`"))
        }
    }
}

/// True when something waits for the host's yes: a request, work said to be done, a second renewal.
fn asks(life: &Life) -> bool {
    life.state == CommitmentState::Requested || life.done.is_some() || (life.renewals == 1 && !life.renewal_granted)
}

/// Between the request and now others may have come: the host's own limits are asked again (T4).
fn within_limits(world: &World<'_>, c: &Commitment, life: &Life, waive: bool) -> Result<(), UserError> {
    let Some(row) = world.snapshot.get(&c.key) else { return Ok(()) };
    let body = (world.body)(&c.key);
    let proposal = Proposal {
        task: &row.task,
        body: body.as_deref(),
        project: world.snapshot.projects.iter().find(|p| p.project == c.key.project),
        who: &c.who,
        claim: Some(c.claim),
        size: c.size,
        until: life.promised,
        alongside: false,
        ask: false,
        waive,
        taken: offered(&world.snapshot.commitments, &c.key, &c.who.login).map(|c| c.claim),
    };
    let around = Around { commitments: &world.snapshot.commitments, roster: world.roster(), now: world.now };
    let refusal = guard::check_accepting(&proposal, around).err();
    let Some(refusal) = refusal else { return Ok(()) };
    let limits = matches!(refusal.rule, Rule::HostConcurrency | Rule::BurdenBudget);
    Err(world.refuse(if limits { refusal.instead("go over your own limit once: `--waive`") } else { *refusal }))
}
