//! What must hold in every simulated case (domain.md §4.7).

use std::collections::BTreeMap;

use floorwalk::{
    domain::{
        commitment::{Act, ClaimId, Commitment, CommitmentState as State, Timer, judge},
        evidence::What,
        key::TaskKey,
        lease::{Evidence, Fold, Lease, fold},
        marker::MarkerKind,
        task::TaskState,
        time::Now,
    },
    store::Store,
};
use jiff::SignedDuration;

use super::world::{Case, HAND};

/// States in which a claim never took one of the host's places.
const NEVER_BEGAN: [State; 5] = [State::Conceded, State::Requested, State::Declined, State::Withdrawn, State::Lapsed];

impl Case {
    /// Looks at the tracker while things move: nothing leaves a terminal state.
    pub(crate) fn observe(&self) -> Result<(), String> {
        for key in &self.keys {
            for lease in self.truth(key).leases {
                if let Some(before) = self.over.borrow().get(&lease.claim)
                    && *before != lease.state
                {
                    return Err(format!("{key} {} went from {before:?} to {:?}", lease.claim, lease.state));
                }
                if lease.state.is_over() {
                    self.over.borrow_mut().insert(lease.claim, lease.state);
                }
            }
        }
        Ok(())
    }

    /// Everything that must hold once all came to rest.
    pub(crate) async fn check(&self) -> Result<(), String> {
        self.observe()?;
        let mut leases: Vec<Lease> = Vec::new();
        for key in &self.keys {
            let fold = self.truth(key);
            self.one_holds(key, &fold)?;
            self.marks(key, &fold)?;
            self.replays(key, &fold)?;
            for lease in &fold.leases {
                self.clock_was_fair(key, lease)?;
                self.accounts_add_up(lease)?;
            }
            leases.extend(fold.leases);
        }
        self.limits(&leases)?;
        self.all_agree(&leases).await
    }

    fn one_holds(&self, key: &TaskKey, fold: &Fold) -> Result<(), String> {
        let alongside = |l: &&Lease| !l.marker.extra.contains_key("alongside");
        let exclusive: Vec<_> = fold.leases.iter().filter(|l| l.state.holds()).filter(alongside).collect();
        // One whose last day passed holds nothing against others.
        let holding = exclusive.iter().filter(|l| l.holds_task()).count();
        if holding > 1 {
            return Err(format!("{key} is held by {holding}: {exclusive:#?}"));
        }
        Ok(())
    }

    /// Only helpers are assigned by the tool, each after an own claim; only a claim that is over is unassigned.
    fn marks(&self, key: &TaskKey, fold: &Fold) -> Result<(), String> {
        for h in self.world.history(key).happenings {
            let Some(by) = h.by.as_ref().filter(|p| p.id != HAND.1) else { continue };
            let (who, on) = match &h.what {
                What::Assigned { to } => (to, true),
                What::Unassigned { from } => (from, false),
                _ => continue,
            };
            let own: Vec<&Lease> = fold.leases.iter().filter(|l| l.who.id == who.id && l.since <= h.at).collect();
            if own.is_empty() {
                let verb = if on { "assigned" } else { "unassigned" };
                let (by, who) = (by.login.raw(), who.login.raw());
                return Err(format!("{key}: {by} {verb} {who}, who did nothing for it"));
            }
            let at = self.truth_at(key, Now(h.at));
            let holds =
                |l: &Lease| l.who.id == who.id && l.state.holds() && l.life.as_ref().is_some_and(|f| f.since < h.at);
            if !on && at.leases.iter().any(holds) && fold.leases.iter().any(holds) {
                return Err(format!("{key}: {} was unassigned at {} while holding", who.login.raw(), h.at));
            }
        }
        let task = self.world.task(key).unwrap();
        for login in &task.assignees {
            let last = fold.leases.iter().rfind(|l| l.who.login == *login);
            let by_own_client = [State::Released, State::Conceded, State::Expired];
            let trusted = self.peers.iter().any(|p| p.me.login == *login && p.trusted);
            // An earlier claim that came back from its warranty keeps its helper assigned.
            let holds = fold.leases.iter().any(|l| l.who.login == *login && l.state.holds());
            if trusted
                && !holds
                && task.state == TaskState::Open
                && last.is_some_and(|l| by_own_client.contains(&l.state))
            {
                return Err(format!("{key}: {} is left assigned: {:?}", login.raw(), fold.leases));
            }
        }
        Ok(())
    }

    /// Order and repetition of what is read change nothing, nor does the way through the store.
    fn replays(&self, key: &TaskKey, first: &Fold) -> Result<(), String> {
        let (task, mut comments, mut history) =
            (self.world.task(key).unwrap(), self.world.comments(key), self.world.history(key));
        comments.reverse();
        comments.extend(comments.clone());
        history.happenings.reverse();
        let again = fold(Evidence { task: &task, comments: &comments, history: &history }, &self.roster, self.now());
        let lives = |f: &Fold| f.leases.iter().map(|l| (l.claim, l.life.clone())).collect::<BTreeMap<_, _>>();
        if lives(first) == lives(&again) { Ok(()) } else { Err(format!("{key}: {:#?}\nis not {:#?}", first, again)) }
    }

    /// The clock ends nothing that waits for the host, is paused or blocked, and nothing without a reminder.
    fn clock_was_fair(&self, key: &TaskKey, lease: &Lease) -> Result<(), String> {
        let Some(ended) = lease.life.as_ref().filter(|l| l.state == State::Expired).and_then(|l| l.ended) else {
            return Ok(());
        };
        let before = Now(ended.checked_sub(SignedDuration::from_millis(1)).unwrap());
        if let Some(c) = self.as_it_was(lease.claim, before) {
            let life = c.life.as_ref().unwrap();
            let fair = life.state == State::AtRisk && (life.reminded.is_some() || life.risk == Some(Timer::Overdue));
            if !fair {
                return Err(format!("{key}: the clock ended {:?} at {ended}: {life:#?}\n{:#?}", life.state, lease.log));
            }
        }
        Ok(())
    }

    /// What was known of a claim at some moment before now.
    fn as_it_was(&self, claim: ClaimId, at: Now) -> Option<Commitment> {
        let on = |key: &TaskKey| self.truth_at(key, self.now()).leases.into_iter().find(|l| l.claim == claim);
        let (key, lease) = self.keys.iter().find_map(|key| Some((key, on(key)?)))?;
        let task = self.world.task(key).unwrap();
        let mut c =
            lease.tell(floorwalk::sync::outbox::claim::commitment_of(&lease, &task, "floating-help", false, None));
        c.log.retain(|e| e.at <= at.0);
        let mut then = [c];
        judge(&mut then, &self.roster, at);
        then.into_iter().next()
    }

    fn accounts_add_up(&self, lease: &Lease) -> Result<(), String> {
        let life = lease.life.as_ref().ok_or("a lease without a life")?;
        let end = life.ended.unwrap_or(self.now().0).as_second();
        let (sum, span) = (life.account.total().as_secs(), end - life.began().as_second());
        if sum == span {
            Ok(())
        } else {
            Err(format!("{sum} s on the account of {span} s: {life:#?}\n{:#?}", lease.log))
        }
    }

    /// Whoever took a place without the host's own yes found one free.
    fn limits(&self, leases: &[Lease]) -> Result<(), String> {
        let order = |l: &&Lease| (l.life.as_ref().unwrap().start, l.comment);
        let mut sorted: Vec<&Lease> = leases.iter().collect();
        sorted.sort_by_key(order);
        let welcome = |l: &Lease| l.log.iter().any(|e| e.host && matches!(e.act, Act::Consent { .. }));
        let own_way = |l: &Lease| l.marker.k == MarkerKind::Claim && !l.life.as_ref().unwrap().regressed && !welcome(l);
        for (i, lease) in sorted.iter().enumerate().filter(|(_, l)| own_way(l)) {
            let earlier = || sorted.iter().take(i).filter(|l| !l.life.as_ref().unwrap().regressed);
            // One whose last day passed has no place any more; one that was overdue when it began, or when its client looked
            // for a place, may have come back since.
            let began = Now(lease.life.as_ref().unwrap().start);
            // Perhaps days after it was posted.
            let looked = self.peers.iter().find_map(|peer| peer.store.looked(lease.claim)).unwrap_or(began);
            let held = |l: &Lease, at| self.as_it_was(l.claim, at).is_some_and(|c| c.holds_task());
            let live = earlier().filter(|l| l.holds_task() && held(l, began) && held(l, looked)).count();
            if let Some(most) = self.policy.max_helpers
                && lease.state.holds()
                && live >= most as usize
            {
                return Err(format!("{live} before {} of {most} places: {sorted:#?}", lease.claim));
            }
            let calendar = &self.roster.terms(&self.keys[0].project, None).calendar;
            let week = |l: &Lease| calendar.monday(calendar.date(l.life.as_ref().unwrap().start));
            let fresh = earlier().filter(|l| week(l) == week(lease) && !NEVER_BEGAN.contains(&l.state)).count();
            if let Some(most) = self.policy.max_new_per_week
                && lease.state.holds()
                && fresh >= most as usize
            {
                return Err(format!("{fresh} new before {} of {most} a week: {sorted:#?}", lease.claim));
            }
        }
        Ok(())
    }

    /// Every client knows the same, and what it knows is what the tracker shows.
    async fn all_agree(&self, leases: &[Lease]) -> Result<(), String> {
        let truth: BTreeMap<ClaimId, State> = leases.iter().map(|l| (l.claim, l.state)).collect();
        for peer in &self.peers {
            for c in peer.store.commitments().await.unwrap() {
                let row = serde_json::to_string(&c).unwrap();
                let back: Commitment = serde_json::from_str(&row).map_err(|e| format!("{e}: {row}"))?;
                if back != c {
                    return Err(format!("{row} is read as {back:#?}"));
                }
            }
            let known = peer.known(&self.roster, self.now()).await;
            let known: BTreeMap<ClaimId, State> = known.iter().map(|c| (c.claim, c.state)).collect();
            if known != truth {
                let name = peer.me.login.raw();
                let rows = peer.store.outbox().await.unwrap();
                return Err(format!("{name} knows {known:#?}\nthe tracker shows {truth:#?}\n{rows:#?}"));
            }
        }
        Ok(())
    }
}
