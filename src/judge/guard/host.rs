//! Guards about the host: open (G6), helpers at once and new ones a week (G7), the review budget (G8), and how it wants to
//! be asked. A host that is closed is never blamed for it.

use jiff::ToSpan;

use super::{
    Pass, Verdict,
    case::{Case, count, login, name},
    protect,
};
use crate::{
    domain::{
        policy::Consent,
        refusal::{Refusal, Rule},
        size::Size,
    },
    judge::{
        burden, hold,
        signal::label::{LabelClass, class},
    },
};

/// Governance that help with code needs.
const CODE_LEVEL: u32 = 2;

fn refused(case: &Case<'_>, sentence: String) -> Verdict {
    let refusal = Refusal::new(Rule::HostOpen, sentence, case.lifter());
    let contact = case.contact();
    Err(Box::new(if contact.is_empty() { refusal } else { refusal.instead(contact) }))
}

/// The part of G6 that holds for words as well: the host is not closed, and the task has no label that is.
pub(super) fn open_to_words(case: &Case<'_>) -> Verdict {
    let policy = &case.load.policy;
    if policy.consent == Consent::Closed {
        return refused(case, format!("{} takes no help at the moment", case.host()));
    }
    match protect::closed_label(case.p.task, &policy.labels_closed) {
        Some(label) => {
            refused(case, format!("{} takes no help with the label '{}' at the moment", case.host(), name(label)))
        }
        None => Ok(()),
    }
}

/// G6 without its quiet periods: the host takes help now, from this person, of this kind.
pub(super) fn open(case: &Case<'_>) -> Verdict {
    open_to_words(case)?;
    let policy = &case.load.policy;
    let refuse = |sentence: String| refused(case, sentence);
    if policy.consent_for(case.is_newcomer()) == Consent::Closed {
        return refuse(format!("{} takes no newcomers at the moment", case.host()));
    }
    let is_docs = || case.p.task.labels.iter().any(|l| class(l.raw()) == Some(LabelClass::Docs));
    match policy.governance_level {
        Some(level) if level < CODE_LEVEL && !is_docs() => refuse(format!(
            "{} is not set up for help with code yet (level {level}, it takes {CODE_LEVEL}); its documentation is open",
            case.host()
        )),
        _ => Ok(()),
    }
}

/// G6: no lease begins in a quiet period, and a lease begins today.
pub(super) fn quiet(case: &Case<'_>) -> Verdict {
    let calendar = &case.load.calendar;
    let Some(quiet) = calendar.quiet_on(case.today) else { return Ok(()) };
    let why = if quiet.why.trim().is_empty() { String::new() } else { format!(" ({})", name(&quiet.why)) };
    let sentence = format!("{} has a quiet time until {}{why}", case.host(), quiet.to);
    let opens = calendar.add(case.today, 1);
    let refusal = Refusal::new(Rule::HostOpen, sentence, case.lifter())
        .instead("bookmark it and come back then: `is:bookmarked` finds it");
    // A calendar may have no working day at all.
    Err(Box::new(if calendar.is_working(opens) { refusal.until(opens) } else { refusal }))
}

/// G7: helpers at once, and new ones this week.
pub(super) fn concurrency(case: &Case<'_>) -> Verdict {
    let policy = &case.load.policy;
    if let Some(most) = policy.max_helpers {
        let live: Vec<_> = case.load.live().collect();
        if live.len() >= most as usize {
            let ends = live.iter().map(|c| hold::ends(c, case.around.roster, case.around.now)).collect();
            let free = hold::free_after(ends, most as usize);
            let soonest = live.iter().min_by_key(|c| (c.until, c.claim));
            let until = soonest.map(|c| format!("; the soonest to end is {}, on {}", login(&c.who), c.until));
            let here =
                if most == 0 { "no helpers now".into() } else { format!("{} at once", count(most as usize, "helper")) };
            let sentence =
                format!("{} takes {here}, and {} here{}", case.host(), are(live.len()), until.unwrap_or_default());
            let refusal = Refusal::new(Rule::HostConcurrency, sentence, case.lifter())
                .instead(case.ask_line(", for when there is room"));
            return Err(Box::new(match free {
                Some(end) => refusal.until(case.day(end)),
                None => refusal,
            }));
        }
    }
    let Some(most) = policy.max_new_per_week else { return Ok(()) };
    let begun = case.load.new_this_week(case.around.now).count();
    if begun < most as usize {
        return Ok(());
    }
    let sentence = format!(
        "{} takes {} a week, and {begun} began since {}",
        case.host(),
        count(most as usize, "new commitment"),
        case.load.monday(case.around.now)
    );
    let refusal =
        Refusal::new(Rule::HostConcurrency, sentence, case.lifter()).instead(case.ask_line(", for when there is room"));
    Err(Box::new(if most > 0 { refusal.until(next_monday(case)) } else { refusal }))
}

fn are(n: usize) -> String {
    match n {
        0 => "none is".into(),
        1 => "1 is".into(),
        n => format!("{n} are"),
    }
}

fn next_monday(case: &Case<'_>) -> jiff::civil::Date {
    case.load.monday(case.around.now).saturating_add(7.days())
}

/// G8: the minutes of review that the host gives in a week.
pub(super) fn budget(case: &Case<'_>, forecast: u32) -> Verdict {
    let Some(budget) = case.load.policy.review_budget_min else { return Ok(()) };
    let committed = case.load.committed_min(case.around.now);
    if committed.saturating_add(forecast) <= budget {
        return Ok(());
    }
    let words = burden::minutes;
    let sentence = format!(
        "{} gives {} of review this week, {} are committed, and this would need about {}",
        case.host(),
        words(budget),
        words(committed),
        words(forecast)
    );
    let refusal = Refusal::new(Rule::BurdenBudget, sentence, case.lifter())
        .instead("the lead may accept it once anyway")
        .instead(case.ask_line(""));
    Err(Box::new(if forecast <= budget { refusal.until(next_monday(case)) } else { refusal }))
}

/// How the host wants to be asked, by this person and for this task; and who is told.
pub(super) fn consent(case: &Case<'_>, pass: &mut Pass) {
    let policy = &case.load.policy;
    let consent = policy.consent_for(case.is_newcomer());
    let size = case.p.size.unwrap_or(Size::S);
    let host = case.host();
    let why = if consent == Consent::Ask {
        Some(if policy.consent == Consent::Ask {
            format!("{host} wants to be asked first")
        } else {
            format!("{host} wants to be asked by newcomers first")
        })
    } else if let Some(what) = protect::protected(case.p.task, case.p.body, &policy.labels_deny, &policy.paths_deny) {
        Some(format!("{host} wants to be asked for this one: {what}"))
    } else {
        let most = policy.adhoc_review_max.filter(|most| size > *most);
        most.map(|most| format!("{host} wants to be asked for more than size {}", most.word()))
    };
    pass.ask = case.p.ask || why.is_some();
    pass.ask_because = why.unwrap_or_else(|| if case.p.ask { "you ask the host first".into() } else { String::new() });
    if pass.ask || consent == Consent::Notify {
        pass.tell = case.team.map(|t| t.leads.clone()).unwrap_or_default();
    }
}
