//! Guards about the task: open (G1), access (G5), described well enough (G10), kept for newcomers (G11), held (G12).

use super::{
    Pass, Verdict,
    case::{Case, login, name},
    newcomers::{NEWCOMER_WD, Reserve},
};
use crate::{
    domain::{
        commitment::{Commitment, CommitmentState},
        project::{Permission, Project},
        refusal::{Lifter, Refusal, Rule},
        task::TaskState,
    },
    judge::{
        hold,
        readiness::{Beside, Readiness},
        signal::label::Dictionary,
    },
};

/// G1: open, not locked, in a project that takes comments.
pub(super) fn open(case: &Case<'_>) -> Verdict {
    let task = case.p.task;
    let refuse = |why: String, instead: &str| {
        let refusal = Refusal::new(Rule::Open, format!("{} cannot be claimed: {why}", task.key), case.lifter());
        Err(Box::new(if instead.is_empty() { refusal } else { refusal.instead(instead) }))
    };
    if let Some(reason) = case.p.project.and_then(Project::skip_reason) {
        return refuse(format!("its project is left out: {}", reason.words()), "");
    }
    match task.state {
        TaskState::Open if task.locked => {
            refuse("the conversation is locked".into(), "somebody of the host can unlock it on the tracker")
        }
        TaskState::Open => Ok(()),
        TaskState::Closed | TaskState::NotPlanned => {
            refuse("the task is closed".into(), "if it is still wanted, the host can open it again on the tracker")
        }
    }
}

/// G5: nothing says that the person may not; where nothing is said of a private project, that is told.
pub(super) fn access(case: &Case<'_>, pass: &mut Pass) {
    if case.p.project.is_some_and(|p| p.private && p.permission == Permission::Unknown) {
        let project = &case.p.task.key.project;
        pass.warnings.push(format!("{project} is private, and what you may do there is not known yet"));
    }
}

/// G10: described well enough, where the host states how well. The host may take less when it is asked.
pub(super) fn readiness(case: &Case<'_>, pass: &mut Pass) -> Verdict {
    let Some(least) = case.load.policy.min_readiness.filter(|least| *least > 0) else { return Ok(()) };
    if case.is_asked() {
        return Ok(());
    }
    let Some(body) = case.p.body else {
        pass.warnings
            .push(format!("{} asks for tasks described to {least} of 100; this one was not read yet", case.host()));
        return Ok(());
    };
    let found = Readiness::of(case.p.task, body, Beside::of(&case.load.policy, None));
    if found.points >= least {
        return Ok(());
    }
    let key = &case.p.task.key;
    let sentence = format!(
        "{key} is described to {} of 100, and {} asks for {least} before somebody takes it",
        found.points,
        case.host()
    );
    let missing: Vec<String> = found.missing().take(3).map(|c| format!("{} (+{})", c.name, c.points)).collect();
    Err(Box::new(
        Refusal::new(Rule::Readiness, sentence, case.lifter())
            .instead(format!("what would raise it: {}", missing.join(", ")))
            .instead(case.ask_line(", for instance to describe it yourself first")),
    ))
}

/// G11: kept for newcomers in its first ten working days.
pub(super) fn newcomers_first(case: &Case<'_>) -> Verdict {
    if case.is_newcomer() {
        return Ok(());
    }
    let task = case.p.task;
    let reserve = Reserve::of(case.around.roster, &task.key.project);
    let Some(kept) = reserve.as_ref().and_then(|r| r.kept(task, case.around.now, &mut Dictionary::new())) else {
        return Ok(());
    };
    let sentence = format!(
        "{} has the label '{}', and {} keeps those for newcomers in their first {NEWCOMER_WD} working days",
        task.key,
        name(kept.label),
        case.host()
    );
    let refusal = Refusal::new(Rule::Newcomers, sentence, case.lifter())
        .instead("bookmark it and come back then: `is:bookmarked` finds it")
        .instead("the host gives it to everybody when it takes that label off on the tracker");
    Err(Box::new(match kept.opens {
        Some(day) => refusal.until(day),
        None => refusal,
    }))
}

/// G12: not held by another live claim.
pub(super) fn held(case: &Case<'_>) -> Verdict {
    let key = &case.p.task.key;
    let other = |c: &&Commitment| c.key == *key && Some(c.claim) != case.p.claim && Some(c.claim) != case.p.taken;
    let holders: Vec<&Commitment> = case.around.commitments.iter().filter(other).filter(|c| c.holds_task()).collect();
    let is_own = |c: &&&Commitment| case.is_same(&c.key.project.tracker, &c.who);
    if let Some(own) = holders.iter().find(is_own) {
        let sentence = format!("{} holds {key} already, until {}", case.who(), own.until);
        return Err(Box::new(
            Refusal::new(Rule::Held, sentence, Lifter::You).instead(format!(
                "`floorwalk renew {key}` gives it more time; `floorwalk release {key}` hands it back"
            )),
        ));
    }
    let Some(first) = holders.first().filter(|_| !case.p.alongside) else { return Ok(()) };
    let who = login(&first.who);
    let sentence = match first.state {
        CommitmentState::WaitingHost => format!("{who} holds {key} and waits for the host's answer"),
        _ => format!("{who} holds {key} until {}", first.until),
    };
    let ends = holders.iter().map(|c| hold::ends(c, case.around.roster, case.around.now)).collect();
    let refusal = Refusal::new(Rule::Held, sentence, Lifter::Holder(first.who.login.fit(39).into_owned()))
        .instead(format!("work on it as a pair: `floorwalk claim {key} --alongside`"));
    Err(Box::new(match hold::free_after(ends, 1) {
        Some(end) => refusal.until(case.day(end)),
        None => refusal,
    }))
}
