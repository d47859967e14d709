//! Guards about the person: listed and here (G2), commitments at once (G3), hours of the agreement (G4), and the pause
//! before the same task again (T24). Without a registry only the default limit of two is known.

use jiff::{SignedDuration, Timestamp};

use super::{
    Pass, Verdict,
    case::{Case, count, login},
};
use crate::{
    domain::{
        commitment::{Commitment, CommitmentState as S},
        refusal::{Lifter, Refusal, Rule},
        size::Size,
    },
    judge::{burden, hold},
};

/// Commitments at once, where nothing else was agreed.
const WORK_DEFAULT: u32 = 2;
/// The most that somebody may agree to.
const WORK_MOST: u32 = 4;
/// Pause before the same person takes the same task again, when somebody else has asked for it.
const COOL_OFF: SignedDuration = SignedDuration::from_hours(24);

/// G2: active on the roster; away is only told.
pub(super) fn listed(case: &Case<'_>, pass: &mut Pass) -> Verdict {
    let Some(member) = case.member else { return Ok(()) };
    if !member.active {
        let sentence = format!("{} is in the registry as not active, so commitments cannot be made now", case.who());
        return Err(Box::new(
            Refusal::new(Rule::Roster, sentence, Lifter::Programme)
                .instead("the entry is in the registry's list of people; `active = true` opens it again"),
        ));
    }
    if let Some(leave) = member.leave.iter().find(|q| q.covers(case.today)) {
        pass.warnings.push(format!(
            "{} is away until {}: the lease starts now, its days do not count",
            case.who(),
            leave.to
        ));
    }
    Ok(())
}

/// Own commitments that count as work: what ran out holds nothing and counts no more. A wish that waits in the outbox
/// counts against later ones only, so that two of them never block each other.
fn working<'a>(case: &Case<'a>) -> Vec<&'a Commitment> {
    let earlier = |c: &&Commitment| c.state != S::Pending || case.p.claim.is_none_or(|own| c.claim < own);
    case.own().filter(|c| c.state.counts_as_work() && !c.is_overdue()).filter(earlier).collect()
}

/// The same with those that the clock brings back: pauses and blocks end.
fn coming<'a>(case: &Case<'a>) -> Vec<&'a Commitment> {
    let back = case.own().filter(|c| matches!(c.state, S::Paused | S::Blocked));
    working(case).into_iter().chain(back).collect()
}

/// G3: commitments at once, everywhere and in a project that is new to the person.
pub(super) fn work(case: &Case<'_>) -> Verdict {
    let limit = match case.member {
        _ if case.is_newcomer() => 1,
        Some(member) => member.wip.unwrap_or(WORK_DEFAULT).clamp(1, WORK_MOST),
        None => WORK_DEFAULT,
    } as usize;
    let live = working(case);
    if let Some(first) = live.first().filter(|_| case.is_newcomer()) {
        let sentence = format!("newcomers take one task at a time, and {} is at {} now", case.who(), first.key);
        let refusal = full(case, sentence, &live, coming(case), limit);
        let asks = !matches!(first.state, S::Pending | S::Requested);
        let help = format!("stuck there? `floorwalk need-help {}` tells your mentor, and the clock waits", first.key);
        return Err(Box::new(if asks { refusal.instead(help) } else { refusal }));
    }
    if live.len() >= limit {
        let what = format!("{} at once", count(limit, "commitment"));
        let sentence = format!("{what} are agreed for {}, and {} live", case.who(), is_live(live.len()));
        let sentence = if limit == 1 { sentence.replacen(" are agreed", " is agreed", 1) } else { sentence };
        return Err(Box::new(full(case, sentence, &live, coming(case), limit)));
    }
    let project = &case.p.task.key.project;
    let here = |c: &&Commitment| c.key.project == *project;
    let has_ended = |c: &Commitment| matches!(c.state, S::Completed | S::Released | S::Warranty);
    let live: Vec<_> = live.into_iter().filter(here).collect();
    if live.is_empty() || case.own().filter(here).any(has_ended) {
        return Ok(());
    }
    let sentence = format!("the first commitment in {project} stands alone, and {} has one there", case.who());
    let coming = coming(case).into_iter().filter(here).collect();
    Err(Box::new(full(case, sentence, &live, coming, 1)))
}

fn is_live(n: usize) -> String {
    if n == 1 { "1 is".into() } else { format!("{n} are") }
}

fn full(case: &Case<'_>, sentence: String, live: &[&Commitment], coming: Vec<&Commitment>, limit: usize) -> Refusal {
    let ends = coming.iter().map(|c| hold::ends(c, case.around.roster, case.around.now)).collect();
    let refusal = Refusal::new(Rule::WorkInProgress, sentence, Lifter::You);
    let refusal = match hold::free_after(ends, limit) {
        Some(end) => refusal.until(case.day(end)),
        None => refusal,
    };
    match live.iter().min_by_key(|c| (c.until, c.claim)) {
        Some(c) if c.state == S::Pending => {
            refusal.instead("`floorwalk outbox` shows what was not sent yet, and drops it")
        }
        Some(c) if c.state == S::Requested => {
            refusal.instead(format!("take a request back: `floorwalk withdraw {}`", c.key))
        }
        Some(c) => refusal.instead(format!("finish one or hand one back: `floorwalk release {}`", c.key)),
        None => refusal,
    }
}

/// Minutes a week that a task of a size takes, spread over its lease.
fn weekly(size: Option<Size>) -> u32 {
    let weeks = Size::lease_wd(size).div_ceil(5).max(1);
    Size::hours(size) * 60 / weeks
}

/// G4: the hours of the agreement, with what else is being worked on.
pub(super) fn hours(case: &Case<'_>, pass: &mut Pass) -> Verdict {
    let Some((member, given)) = case.member.and_then(|m| Some((m, m.minutes_a_week?))) else { return Ok(()) };
    let sum = |of: &[&Commitment]| of.iter().map(|c| weekly(c.size)).fold(0_u32, u32::saturating_add);
    let (own, others) = (weekly(case.p.size), sum(&working(case)));
    if own.saturating_add(others) <= given {
        return Ok(());
    }
    let words = burden::minutes;
    let sentence = format!(
        "this would take about {} a week beside {} already taken, and {} are agreed for {}",
        words(own),
        words(others),
        words(given),
        case.who()
    );
    if !member.minutes_are_max {
        pass.warnings.push(sentence);
        return Ok(());
    }
    let home = member.team.as_deref().and_then(|id| case.around.roster.team(id));
    let leads: Vec<String> = home.into_iter().flat_map(|t| &t.leads).map(|h| case.named(h, "home lead")).collect();
    let lifter = if leads.is_empty() { Lifter::You } else { Lifter::Host(leads) };
    let refusal =
        Refusal::new(Rule::Hours, sentence, lifter).instead("a smaller task, or a part of this one (`--size`)");
    Err(Box::new(match fits_after(case, own, given) {
        Some(end) => refusal.until(case.day(end)),
        None => refusal,
    }))
}

/// When enough of the other commitments have ended for `own` minutes a week to fit into `given`.
fn fits_after(case: &Case<'_>, own: u32, given: u32) -> Option<Timestamp> {
    let end = |c: &&Commitment| hold::ends(c, case.around.roster, case.around.now);
    let mut others: Vec<(Option<Timestamp>, u32)> = coming(case).iter().map(|c| (end(c), weekly(c.size))).collect();
    others.sort_by_key(|(end, _)| end.unwrap_or(Timestamp::MAX));
    let mut left = others.iter().fold(own, |sum, (_, minutes)| sum.saturating_add(*minutes));
    let mut last = None;
    for (end, minutes) in others {
        if left <= given {
            break;
        }
        left = left.saturating_sub(minutes);
        last = Some(end?);
    }
    if left <= given { last } else { None }
}

/// T24: whoever let a task go leaves it to somebody else who has asked for it since, for a day. Nobody else, no pause.
pub(super) fn cool_off(case: &Case<'_>) -> Verdict {
    // Beside somebody, or by their own offer, nobody is kept from anything.
    if case.p.alongside || case.p.taken.is_some() {
        return Ok(());
    }
    let key = &case.p.task.key;
    let ended = |c: &Commitment| {
        let over = matches!(c.state, S::Released | S::Expired) && c.key == *key;
        c.life.as_ref().filter(|_| over).and_then(|life| life.ended)
    };
    let Some(ended) = case.own().filter_map(ended).max() else { return Ok(()) };
    let over = ended.saturating_add(COOL_OFF).unwrap_or(Timestamp::MAX);
    if case.around.now.0 >= over {
        return Ok(());
    }
    let since = |c: &&Commitment| {
        c.key == *key
            && !case.is_same(&c.key.project.tracker, &c.who)
            && (c.state == S::Requested || hold::start(c) >= ended)
    };
    let waits = |c: &&Commitment| c.state.is_live();
    let Some(other) = case.around.commitments.iter().filter(waits).find(since) else { return Ok(()) };
    let sentence = format!(
        "{} let {key} go less than 24 hours ago, and {} has asked for it since: theirs is the first chance",
        case.who(),
        login(&other.who)
    );
    Err(Box::new(
        Refusal::new(Rule::CoolOff, sentence, Lifter::Holder(other.who.login.fit(39).into_owned()))
            .until(case.day(over))
            .instead(format!("work on it as a pair: `floorwalk claim {key} --alongside`")),
    ))
}
