//! From the logs of all claims on one task to their lives at one moment: entries and clock in one order of time, and
//! what the claims do to each other.

use std::{cell::RefCell, collections::HashMap, rc::Rc};

use jiff::Timestamp;

use super::{
    Act, ClaimId, Commitment, Entry, Life, Timer,
    clock::{Ends, due, not_before},
    lease,
    step::{Event, Rival, step},
};
use crate::domain::{
    key::{ProjectRef, TaskKey},
    person::Person,
    policy::Terms,
    roster::Roster,
    time::Now,
};

/// Steps of the clock between two entries that are believed; more would be a circle.
const MOST_TICKS: usize = 64;

/// One claim with its log.
#[derive(Clone, Copy, Debug)]
pub struct Logged<'a> {
    /// Its id.
    pub claim: ClaimId,
    /// The helper.
    pub who: &'a Person,
    /// What was done about it.
    pub log: &'a [Entry],
}

struct Running<'a> {
    claim: ClaimId,
    who: &'a Person,
    terms: Rc<Terms>,
    life: Option<Life>,
    /// Nothing is due before.
    quiet_until: Timestamp,
    ends: Ends,
}

impl Running<'_> {
    fn live(&mut self, life: Life) {
        self.quiet_until = not_before(&life, &self.terms, &mut self.ends);
        self.life = Some(life);
    }
}

/// The lives of all claims of one task at a moment. `terms` gives the terms for each helper. Pure: the same logs, terms
/// and moment give the same lives, in whatever order the claims come. Entries that do not fit the state they meet change
/// nothing. What a server dates later than the reader's clock has happened all the same: the servers' time counts.
pub fn replay(claims: &[Logged<'_>], terms: &dyn Fn(&Person) -> Terms, now: Now) -> HashMap<ClaimId, Life> {
    replay_by(claims, &|who| Rc::new(terms(who)), now)
}

fn replay_by<'a>(claims: &[Logged<'a>], terms: &dyn Fn(&Person) -> Rc<Terms>, now: Now) -> HashMap<ClaimId, Life> {
    let begin = |c: &Logged<'a>| Running {
        claim: c.claim,
        who: c.who,
        terms: terms(c.who),
        life: None,
        quiet_until: Timestamp::MAX,
        ends: Ends::default(),
    };
    let mut running: Vec<Running<'_>> = claims.iter().map(begin).collect();
    let mut entries: Vec<(usize, &Entry)> =
        claims.iter().enumerate().flat_map(|(i, c)| c.log.iter().map(move |e| (i, e))).collect();
    let order = |(i, e): &(usize, &Entry)| (e.at, e.seq, claims.get(*i).map(|c| c.claim));
    entries.sort_by_key(order);
    let now = entries.last().map_or(now.0, |(_, last)| last.at.max(now.0));
    for (i, entry) in entries {
        tick_all(&mut running, entry.at);
        apply(&mut running, i, entry);
    }
    tick_all(&mut running, now);
    running.into_iter().filter_map(|r| Some((r.claim, present(r.life?, &r.terms, now)))).collect()
}

/// The terms of each person in each project, by id and login.
type KnownTerms<'a> = HashMap<(&'a ProjectRef, u64, &'a str), Rc<Terms>>;

/// Judges commitments of any tasks for a moment: those with a log get their life, state, start and last day from it.
/// Those on their way (no log) stay as they are.
pub fn judge(commitments: &mut [Commitment], roster: &Roster, now: Now) {
    let mut by_task: HashMap<&TaskKey, Vec<&Commitment>> = HashMap::new();
    for c in commitments.iter().filter(|c| !c.log.is_empty()) {
        by_task.entry(&c.key).or_default().push(c);
    }
    // Terms are the same for all commitments of a person in a project, and large.
    let known: RefCell<KnownTerms<'_>> = RefCell::default();
    let mut lives: HashMap<(TaskKey, ClaimId), Life> = HashMap::new();
    for (key, of_task) in by_task {
        let logged: Vec<Logged<'_>> =
            of_task.iter().map(|c| Logged { claim: c.claim, who: &c.who, log: &c.log }).collect();
        let terms = |who: &Person| {
            let same = |c: &&&Commitment| c.who == *who;
            let Some(who) = of_task.iter().find(same).map(|c| &c.who) else { return Rc::default() };
            let named = (&key.project, who.id, who.login.raw());
            known.borrow_mut().entry(named).or_insert_with(|| Rc::new(roster.terms(&key.project, Some(who)))).clone()
        };
        let of_key = replay_by(&logged, &terms, now);
        lives.extend(of_key.into_iter().map(|(claim, life)| ((key.clone(), claim), life)));
    }
    for c in commitments.iter_mut().filter(|c| !c.log.is_empty()) {
        let Some(life) = lives.remove(&(c.key.clone(), c.claim)) else { continue };
        c.state = life.state;
        c.since = life.start;
        c.until = life.until;
        c.life = Some(Box::new(life));
    }
}

/// Lets the clock act up to a moment, the earliest deadline of all claims first. At its very moment the clock comes
/// first: whoever read at that moment saw what it did.
fn tick_all(running: &mut [Running<'_>], to: Timestamp) {
    for _ in 0..MOST_TICKS * running.len().max(1) {
        let next = running
            .iter()
            .enumerate()
            .filter(|(_, r)| r.quiet_until <= to)
            .filter_map(|(i, r)| Some((due(r.life.as_ref()?, &r.terms)?, r.claim, i)))
            .filter(|(d, ..)| d.at <= to)
            .min_by_key(|(d, claim, _)| (d.at, *claim));
        let Some((deadline, _, i)) = next else { break };
        let Some(r) = running.get_mut(i) else { break };
        // A deadline that lies before what was counted already (a calendar that changed) acts now.
        let at = r.life.as_ref().map_or(deadline.at, |l| deadline.at.max(l.counted_to));
        if let Ok(step) = step(r.life.as_ref(), &Event::Clock(deadline.timer, at), &r.terms) {
            r.live(step.life);
        }
    }
}

fn apply(running: &mut [Running<'_>], i: usize, entry: &Entry) {
    let Some(own) = running.get(i) else { return };
    let Ok(stepped) = step(own.life.as_ref(), &Event::Act(entry), &own.terms) else { return };
    let mut life = stepped.life;
    let begins = match &entry.act {
        Act::Claim { .. } => own.life.is_none(),
        // Nobody comes in by a consent, or back by a regression, while somebody else holds the task.
        Act::Consent { .. } | Act::Regress | Act::Reopened => {
            own.life.as_ref().is_some_and(|l| !l.state.holds()) && life.state.holds()
        }
        _ => false,
    };
    if begins && !make_room(running, i, entry) {
        if !matches!(entry.act, Act::Claim { .. }) {
            return;
        }
        if let Some(own) = running.get(i)
            && let Ok(beaten) = step(Some(&life), &Event::Rival(Rival::First, entry.at), &own.terms)
        {
            life = beaten.life;
        }
    }
    if let Some(own) = running.get_mut(i) {
        own.live(life);
    }
}

/// True when a claim that begins now may hold the task: nobody holds it, it was offered to the claimer, it is meant to
/// stand beside, or the last day of whoever held it has passed. Servers count whole seconds: one whose turn came back only
/// in the second of the rival's claim (the host answered, a pause ended) was not yet overdue before it, and stays.
fn make_room(running: &mut [Running<'_>], i: usize, entry: &Entry) -> bool {
    let (alongside, taken) = match &entry.act {
        Act::Claim { alongside, taken, .. } => (*alongside, *taken),
        _ => (false, None),
    };
    // Where the host wants to be asked, an offer is taken over by a request and the host's yes.
    let agreed = matches!(entry.act, Act::Consent { .. });
    let Some(login) = running.get(i).map(|r| r.who.login.clone()) else { return false };
    let mut free = true;
    for (_, other) in running.iter_mut().enumerate().filter(|(j, _)| *j != i) {
        let Some(life) = other.life.as_ref().filter(|l| l.state.holds()) else { continue };
        let offered = life.offer.as_ref().is_some_and(|o| o.to.raw().eq_ignore_ascii_case(login.raw()));
        let rival = if (agreed || taken == Some(other.claim)) && offered {
            Rival::Took
        } else if life.risk == Some(Timer::Overdue) && life.since < entry.at {
            Rival::Followed
        } else {
            free &= alongside;
            continue;
        };
        if let Ok(step) = step(Some(life), &Event::Rival(rival, entry.at), &other.terms) {
            other.live(step.life);
        }
    }
    free
}

/// The life as it is read at a moment.
fn present(mut life: Life, terms: &Terms, now: Timestamp) -> Life {
    life.count_to(now);
    life.until = lease::end(&life, life.ended.unwrap_or(now), &terms.calendar);
    life.next = due(&life, terms);
    life
}
