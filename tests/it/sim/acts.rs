//! What people do in a simulated case: what fits what they know, and now and then what does not.

use std::time::Duration;

use floorwalk::{
    domain::{
        commitment::{ClaimId, Commitment, CommitmentState as State, DoneKind, HostReason},
        key::TaskKey,
        marker::ReleaseReason,
        outbox::{Amendment, Answer, OpStatus, Wish},
        person::{Login, Person},
        policy::Consent,
        task::TaskState,
    },
    store::Store,
};
use jiff::ToSpan;

use super::world::{Case, HAND, HELPERS, OTHER, Peer};

impl Case {
    /// One turn of somebody: look, act, send; perhaps the program dies in the middle.
    pub(crate) async fn turn(&self, peer: &Peer) {
        tokio::time::sleep(self.dice.millis(2_500)).await;
        if self.dice.one_in(3) {
            self.refold(peer).await;
        }
        if peer.host {
            self.host_act(peer).await;
        } else {
            self.helper_act(peer).await;
        }
        self.trouble(peer);
        if self.deal.faults && self.dice.one_in(4) {
            // Dropping the future in the middle is what a kill does: no code runs any more.
            let killed = tokio::time::timeout(self.dice.millis(6_000), self.send(peer)).await.is_err();
            if killed {
                self.say(|| format!("{} is killed after {} writes", peer.me.login.raw(), peer.store.writes()));
            }
        } else {
            self.send(peer).await;
        }
    }

    async fn wish(&self, peer: &Peer, key: &TaskKey, wish: Wish) {
        self.say(|| format!("{} wishes {} {key} {:?}", peer.me.login.raw(), wish.word(), wish));
        peer.wish(key, wish, self.now()).await;
    }

    async fn helper_act(&self, peer: &Peer) {
        let known = peer.known(&self.roster, self.now()).await;
        let own: Vec<&Commitment> = known.iter().filter(|c| c.mine && c.state.is_live()).collect();
        if self.deal.whole_life
            && let Some(offer) = known.iter().find(|c| !c.mine && self.is_offered(c, peer))
            && !self.dice.one_in(3)
        {
            return self.claim(peer, &offer.key, Some(offer.claim)).await;
        }
        match self.dice.pick(&own) {
            Some(c) if !self.dice.one_in(4) => self.keep(peer, c).await,
            _ => {
                let key = self.dice.pick(&self.keys).unwrap().clone();
                if !own.iter().any(|c| c.key == key) || self.dice.one_in(8) {
                    self.claim(peer, &key, None).await;
                }
            }
        }
    }

    fn is_offered(&self, c: &Commitment, peer: &Peer) -> bool {
        let offer = c.life.as_ref().and_then(|life| life.offer.as_ref());
        offer.is_some_and(|o| o.to.raw() == peer.me.login.raw())
    }

    async fn claim(&self, peer: &Peer, key: &TaskKey, taken: Option<ClaimId>) {
        let now = self.now();
        let until = now.date().checked_add(i32::try_from(self.dice.roll(12)).unwrap().days()).unwrap();
        let wish = Wish::Claim {
            claim: ClaimId(peer.fresh_id(now)),
            until,
            size: None,
            plan: "look into it".into(),
            alongside: self.deal.whole_life && self.dice.one_in(12),
            ask: taken.is_none() && self.policy.consent == Consent::Ask,
            taken,
            tell: Vec::new(),
            model: None,
        };
        self.wish(peer, key, wish).await;
    }

    async fn keep(&self, peer: &Peer, c: &Commitment) {
        if !self.deal.whole_life || self.dice.one_in(4) {
            let wish = Wish::Release { claim: c.claim, note: "notes".into(), reason: ReleaseReason::NoTime };
            return self.wish(peer, &c.key, wish).await;
        }
        let today = self.now().date();
        let later = |days: u64| today.checked_add(i32::try_from(days).unwrap().days()).unwrap();
        let amend = |amendment| Wish::Amend { claim: c.claim, amendment };
        let answer =
            |answer| Wish::Answer { claim: c.claim, helper: peer.me.login.raw().into(), answer, text: "words".into() };
        let fits = match c.state {
            State::Requested => amend(Amendment::Withdraw),
            State::AtRisk if !self.dice.one_in(3) => amend(Amendment::Still),
            State::Paused | State::Blocked if !self.dice.one_in(3) => amend(Amendment::Resume),
            _ => match self.dice.roll(9) {
                0 => amend(Amendment::Renew { until: later(1 + self.dice.roll(20)), why: "more to do".into() }),
                1 | 2 => amend(Amendment::Pause { until: later(self.dice.roll(6)) }),
                3 => amend(Amendment::Block { by: "the vendor".into(), review: later(self.dice.roll(9)) }),
                4 => amend(Amendment::Done {
                    kind: *self.dice.pick(&DoneKind::ALL).unwrap(),
                    note: "see the log".into(),
                }),
                5 => answer(Answer::Help { tell: vec!["ana".into()] }),
                6 | 7 => {
                    let (to, _) = self.dice.pick(&HELPERS[..self.deal.helpers]).unwrap();
                    answer(Answer::Offer { to: (*to).into() })
                }
                _ => return peer.comment(&c.key, "Found something.").await,
            },
        };
        self.wish(peer, &c.key, fits).await;
    }

    async fn host_act(&self, peer: &Peer) {
        self.refold(peer).await;
        let known = peer.known(&self.roster, self.now()).await;
        let open: Vec<&Commitment> =
            known.iter().filter(|c| !c.mine && (c.state.is_live() || c.state == State::Warranty)).collect();
        let Some(c) = self.dice.pick(&open) else { return };
        let reason = *self.dice.pick(&HostReason::ALL).unwrap();
        let consent = Answer::Consent { mentor: None, waive: false };
        let answer = match c.state {
            State::Requested if self.dice.one_in(4) => Answer::Decline { reason },
            State::Requested => consent,
            State::Warranty => Answer::Regress { link: "https://example.org/broken".into() },
            _ if self.dice.one_in(4) => Answer::Revoke { reason },
            _ if self.dice.one_in(2) => consent,
            _ => return peer.comment(&c.key, "Looks good so far.").await,
        };
        let helper = c.who.login.raw().to_owned();
        self.wish(peer, &c.key, Wish::Answer { claim: c.claim, helper, answer, text: String::new() }).await;
    }

    /// Somebody does something on the tracker itself.
    pub(crate) async fn by_hand(&self) {
        tokio::time::sleep(self.dice.millis(6_000)).await;
        let maya = Person::human(HAND.0, HAND.1);
        let key = self.dice.pick(&self.keys).unwrap();
        let did = match self.dice.roll(6) {
            0 => self.world.close_as(&maya, key, TaskState::Closed),
            1 => self.world.close_as(&maya, key, TaskState::NotPlanned),
            2 | 3 => self.world.reopen_as(&maya, key),
            4 => self.world.assign_as(&maya, key, &Login::new(OTHER.0)),
            _ => {
                let (login, _) = self.dice.pick(&HELPERS).unwrap();
                self.world.unassign_as(&maya, key, &Login::new(*login))
            }
        };
        self.say(|| format!("by hand on {key}: {did}"));
    }

    /// Time between two rounds: mostly seconds, sometimes days.
    pub(crate) fn pass_time(&self) {
        let long = if self.deal.whole_life { 3 } else { 12 };
        let by = match self.dice.roll(long) {
            0 => Duration::from_secs(3_600 * self.dice.roll(24 * 6)),
            _ => self.dice.millis(20_000),
        };
        self.world.advance(by);
    }

    /// Lets everybody finish: no new faults, everybody sends and reads until nothing moves any more.
    pub(crate) async fn settle(&self) -> Result<(), String> {
        for _ in 0..30 {
            // Longer than any reading lags behind.
            tokio::time::sleep(Duration::from_secs(3)).await;
            let mut moves = false;
            for peer in &self.peers {
                let sent = self.send(peer).await;
                // What needs the user is looked at, and dropped.
                let rows = peer.store.outbox().await.unwrap().into_iter();
                let stuck = rows.filter(|op| matches!(op.status, OpStatus::NeedsAttention { .. })).map(|op| op.id);
                peer.store.settle(stuck.collect(), Vec::new()).await.unwrap();
                let read = self.refold(peer).await;
                moves |= !read || !sent.is_empty() || !peer.store.outbox().await.unwrap().is_empty();
            }
            if !moves {
                return Ok(());
            }
        }
        let mut rows = Vec::new();
        for peer in &self.peers {
            rows.extend(peer.store.outbox().await.unwrap().into_iter().map(|op| format!("{:?}", op)));
        }
        Err(format!("does not come to rest: {rows:#?}"))
    }
}
