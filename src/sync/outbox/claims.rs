//! The steps of a claim after its comment: who was first, what the host's limits allow, and stepping back.

use super::{
    End,
    amend::{Concede, conceded},
    is_final,
    limits::{self, Standing},
    preflight::Seen,
    steps::{Driver, Stepped, Stop},
};
use crate::{
    domain::{
        commitment::{Act, ClaimId, Commitment, CommitmentState, Entry, Projection, judge, offered},
        outbox::{Answer, Step, Wish},
        person::Person,
        refusal::{Lifter, Refusal, Rule},
        task::TaskState,
        text::safe_line,
        time::{Now, short_age},
    },
    judge::guard::{Around, Proposal, check},
    store,
    tracker::{ClaimNote, ErrorClass},
};

impl Driver<'_> {
    /// The guards G1–G12 once more, for whoever is about to hold the task.
    pub(super) async fn guards(&mut self, seen: &Seen) -> Stepped {
        let claim = self.claim;
        let asked = seen.claim(claim).filter(|c| c.state == CommitmentState::Requested);
        let (who, until, size, alongside, ask, waive, taken) = match &self.op.wish {
            Wish::Claim { until, size, alongside, ask, taken, .. } => {
                (self.me.clone(), *until, *size, *alongside, *ask, false, *taken)
            }
            Wish::Answer { answer: Answer::Consent { waive, .. }, .. } => match asked {
                Some(c) => (c.who.clone(), c.until, c.size, false, false, *waive, None),
                None => return Ok(()),
            },
            _ => return Ok(()),
        };
        let now = self.present();
        let everything = self.context.store.around().await?;
        let mut commitments = everything.commitments;
        // What was just read is newer than what is stored.
        commitments.retain(|c| c.key != self.op.key || seen.claim(c.claim).is_none());
        commitments.extend(seen.commitments.iter().cloned());
        judge(&mut commitments, self.context.roster, now);
        let detail = self.context.store.detail(&self.op.key).await?;
        let body = detail.as_ref().and_then(|d| d.body.as_ref()).map(|b| b.raw());
        let project = everything.projects.iter().find(|p| p.project == self.op.key.project);
        let claim = Some(claim);
        // Whoever was offered the task and asked the host takes it over with the host's yes.
        let by_helper = matches!(self.op.wish, Wish::Claim { .. });
        let passed_on = offered(&commitments, &self.op.key, &who.login).filter(|_| !by_helper).map(|c| c.claim);
        let taken = taken.or(passed_on);
        let task = &seen.reading.task;
        let proposal = Proposal { task, body, project, who: &who, claim, size, until, alongside, ask, waive, taken };
        let around = Around { commitments: &commitments, roster: self.context.roster, now };
        let pass = check(&proposal, around).map_err(Stop::Refused)?;
        if pass.ask && !ask && by_helper && taken.is_none() {
            let because = if pass.ask_because.is_empty() { String::new() } else { format!(": {}", pass.ask_because) };
            let sentence = format!("the host wants to be asked before{because}");
            let refusal = Refusal::new(Rule::HostOpen, sentence, Lifter::You);
            let instead = format!("ask for it: `floorwalk claim {} --ask`", self.op.key);
            return Err(Stop::Refused(Box::new(refusal.instead(instead))));
        }
        Ok(())
    }

    /// Waits until reads are fresh, reads back and sees who was first.
    pub(super) async fn settle_claim(&mut self, comment: u64, id: ClaimId) -> Stepped {
        let seen = self.read_back(comment).await?;
        let Some(lease) = seen.fold.claim(id) else {
            return Err(Stop::Attention("the claim comment was removed or edited on the tracker".into()));
        };
        if lease.comment != comment {
            // The first of several is kept, and is the one to look for once the others are gone.
            self.advance(Step::Posted { comment: lease.comment, at: lease.since }).await?;
        }
        for duplicate in &lease.duplicates {
            self.context.tracker.delete_comment(&self.op.key, *duplicate).await?;
        }
        let comment = lease.comment;
        let known = self.commitment.clone();
        self.adopt(&seen);
        match self.state {
            state if state.holds() => {
                let over = self.limited(&seen, id).await?;
                self.still_pending(known.as_ref());
                if let Some(over) = over {
                    self.lost = Some(over);
                    return self.advance(Step::Losing { comment, winner: id }).await;
                }
                self.advance(Step::Confirmed { comment }).await
            }
            CommitmentState::Conceded => {
                let winner = seen.holder(id).map_or(id, |c| c.claim);
                // What this claim has not set was set by somebody else, and stays.
                let (label, assignee) = known.map(|k| (k.label, k.assignee)).unwrap_or_default();
                if let Some(c) = &mut self.commitment {
                    (c.label, c.assignee) = (label, assignee);
                }
                self.advance(Step::Losing { comment, winner }).await
            }
            _ => self.advance(Step::Finished).await,
        }
    }

    /// Until its marks are set, the commitment is shown as before.
    fn still_pending(&mut self, known: Option<&Commitment>) {
        if let Some(c) = &mut self.commitment {
            c.state = known.map_or(CommitmentState::Pending, |k| k.state);
        }
    }

    /// The host's limits, when several claims on different tasks of one host raced: whoever came later and is over the
    /// limit steps back. Every client computes the same from the servers' times.
    async fn limited(&mut self, seen: &Seen, id: ClaimId) -> Stepped<Option<(String, Box<Refusal>)>> {
        let policy = self.context.roster.policy(&self.op.key.project);
        let fresh = matches!(self.op.wish, Wish::Claim { ask: false, taken: None, .. });
        let unlimited = policy.max_helpers.is_none() && policy.max_new_per_week.is_none();
        let (Some(own), false, true) = (seen.claim(id), unlimited, fresh) else { return Ok(None) };
        if is_welcome(seen, id) {
            return Ok(None);
        }
        let others = limits::others(self.context, &self.op.key, own, self.me, self.present()).await?;
        let all: Vec<&Commitment> = others.iter().chain(&seen.commitments).collect();
        let terms = self.context.roster.terms(&self.op.key.project, None);
        Ok(match limits::standing(own, &all, &policy, &terms.calendar) {
            Standing::Within => None,
            Standing::Over { first, sentence } => {
                let refusal = Refusal::new(Rule::HostConcurrency, sentence, self.host());
                Some((first, Box::new(refusal.instead("ask for it, so that the host can weigh it (`--ask`)"))))
            }
        })
    }

    /// Claims and the host's yes add the label; what ends takes it off unless somebody else's claim lives.
    pub(super) async fn label(&mut self, comment: u64) -> Stepped {
        let label = self.context.settings.label.clone();
        let key = self.op.key.clone();
        if let Some(_holder) = self.marked().await? {
            let set = match self.context.tracker.add_label(&key, &label).await {
                Ok(set) => set,
                Err(error) if is_final(&error.class) => false,
                Err(error) => return Err(error.into()),
            };
            if let Some(c) = &mut self.commitment {
                c.label = if set { Projection::Set } else { Projection::Refused };
            }
        } else {
            let seen = self.read().await?;
            if super::claim::has_label(&seen.reading.task, &label) && !seen.is_held() {
                match self.context.tracker.remove_label(&key, &label).await {
                    Ok(_) => {}
                    Err(error) if is_final(&error.class) => {}
                    Err(error) => return Err(error.into()),
                }
            }
        }
        self.advance(Step::Labelled { comment }).await
    }

    /// Who is to be marked on the task by this row; `None` when marks are to be taken away.
    async fn marked(&mut self) -> Stepped<Option<Person>> {
        match &self.op.wish {
            Wish::Claim { .. } => Ok(Some(self.me.clone())),
            Wish::Answer { claim, answer: Answer::Consent { .. } | Answer::Regress { .. }, .. } => {
                let claim = *claim;
                let seen = self.read().await?;
                self.adopt(&seen);
                Ok(seen.claim(claim).filter(|c| c.state.holds()).map(|c| c.who.clone()))
            }
            _ => Ok(None),
        }
    }

    /// Tells other tools on the tracker who holds the task now, where it has a place for that.
    async fn note(&self, helper: Option<&Person>) -> Stepped {
        let c = self.commitment.as_ref();
        let note = helper.zip(c).and_then(|(helper, c)| {
            let (claim, until, by) = (c.claim, c.until, helper.login.clone());
            Some(ClaimNote { claim, by, until, comment: c.comment_id? })
        });
        match self.context.tracker.keep_note(&self.op.key, note.as_ref()).await {
            Err(error) if is_final(&error.class) => Ok(()),
            other => other.map_err(Into::into),
        }
    }

    /// Claims assign and compare the answer; what ends unassigns nobody but the helper it is about.
    pub(super) async fn assignee(&mut self) -> Stepped {
        match self.marked().await? {
            Some(helper) => {
                let set = self.assign(&helper).await?;
                let state = self.state;
                if let Some(c) = &mut self.commitment {
                    c.assignee = if set { Projection::Set } else { Projection::Refused };
                    c.state = state;
                }
                self.note(Some(&helper)).await?;
                if helper.id != self.me.id {
                    // Meanwhile the helper may have handed it back, and found nothing to take away.
                    let seen = self.read().await?;
                    self.unassign(&seen, self.claim).await?;
                    let over = |c: &&Commitment| c.state == CommitmentState::Transferred;
                    for old in seen.commitments.iter().filter(over).map(|c| c.claim).collect::<Vec<_>>() {
                        self.unassign(&seen, old).await?;
                    }
                }
                if let Wish::Claim { taken: Some(old), .. } = self.op.wish {
                    let seen = self.read().await?;
                    self.unassign(&seen, old).await?;
                }
            }
            None => {
                let seen = self.read().await?;
                self.unassign(&seen, self.claim).await?;
                if !seen.is_held() {
                    self.note(None).await?;
                }
            }
        }
        self.advance(Step::Finished).await
    }

    async fn assign(&mut self, helper: &Person) -> Stepped<bool> {
        match self.context.tracker.assign(&self.op.key, &helper.login).await {
            Ok(assigned) => Ok(assigned.contains(&helper.login)),
            Err(error) if error.class == ErrorClass::Invalid && helper.id == self.me.id => {
                // Not a matter of rights: the user hears what the server said. The claim itself stands.
                let state = self.state;
                if let Some(c) = &mut self.commitment {
                    c.assignee = Projection::Refused;
                    c.state = state;
                }
                Err(Stop::Attention(format!("{}; {}", error.sentence(), error.hint())))
            }
            Err(error) if is_final(&error.class) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// Unassigns the helper of a claim that does not hold any more, unless another claim of theirs does. A refusal is
    /// no failure: the maintainers will see that the claim is over.
    async fn unassign(&mut self, seen: &Seen, claim: ClaimId) -> Stepped {
        let closed = seen.reading.task.state != TaskState::Open;
        let helper = match seen.claim(claim) {
            Some(c) if c.state.holds() => return Ok(()),
            // On a closed task it tells who did it. And the host may open it again in this very moment, for the same helper.
            Some(c) if closed && c.state.is_done() => return Ok(()),
            Some(c) => c.who.clone(),
            // The claim comment is gone; what is left of an own claim is tidied up all the same.
            None if claim == self.claim && matches!(self.op.wish, Wish::Release { .. }) => self.me.clone(),
            None => return Ok(()),
        };
        let believed = self.commitment.as_ref().is_some_and(|c| c.claim == claim && c.assignee == Projection::Set);
        let assigned = seen.reading.task.assignees.contains(&helper.login);
        if seen.holds_otherwise(&helper, claim) || !(assigned || believed) {
            return Ok(());
        }
        match self.context.tracker.unassign(&self.op.key, &helper.login).await {
            Ok(_) => Ok(()),
            Err(error) if is_final(&error.class) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// The loser says so in the own comment and takes back what only it put there. False where the host took it all the same.
    pub(super) async fn step_back(&mut self, comment: u64, winner: ClaimId) -> Stepped<bool> {
        let claim = self.claim;
        let mut seen = self.read().await?;
        if winner == claim {
            seen = self.concede_a_place(comment, seen).await?;
            if is_welcome(&seen, claim) {
                self.adopt(&seen);
                self.advance(Step::Confirmed { comment }).await?;
                return Ok(false);
            }
        } else if let Some(own) = seen.comment(comment)
            && let Some(body) = conceded(own, Concede::Earlier, seen.now.0)
        {
            self.context.tracker.edit_comment(&self.op.key, comment, &body).await?;
        }
        let set = |projection: fn(&Commitment) -> Projection| {
            self.commitment.as_ref().is_none_or(|c| projection(c) == Projection::Set)
        };
        let (labelled, assigned) = (set(|c| c.label), set(|c| c.assignee));
        if assigned && seen.reading.task.assignees.contains(&self.me.login) && !seen.holds_otherwise(self.me, claim) {
            self.context.tracker.unassign(&self.op.key, &self.me.login).await?;
        }
        let held = seen.commitments.iter().any(|c| c.claim != claim && c.state.holds());
        let label = &self.context.settings.label;
        if labelled && !held && super::claim::has_label(&seen.reading.task, label) {
            self.context.tracker.remove_label(&self.op.key, label).await?;
        }
        Ok(true)
    }

    /// Writes into the own comment that it steps back for a limit of the host, until that is read there: somebody else may
    /// edit the comment in the same moment, and only one edit stays. Of who was first on a task everybody judges by the
    /// comments alone; this nobody would know.
    async fn concede_a_place(&mut self, comment: u64, mut seen: Seen) -> Stepped<Seen> {
        while !is_welcome(&seen, self.claim)
            && let Some(body) = seen.comment(comment).and_then(|own| conceded(own, Concede::Limit, seen.now.0))
        {
            self.spend_an_edit()?;
            self.context.tracker.edit_comment(&self.op.key, comment, &body).await?;
            seen = self.read_back(comment).await?;
        }
        Ok(seen)
    }

    pub(super) async fn lost(mut self, winner: ClaimId) -> store::Result<End> {
        let seen = self.read().await.ok();
        if let Some(seen) = &seen {
            self.adopt(seen);
        }
        let (at, by) = (self.now(), self.me.clone());
        if let Some(c) = &mut self.commitment {
            c.state = CommitmentState::Conceded;
            // Lives are replayed from logs: without the word in it, the claim would still be shown as held.
            if !c.log.is_empty() && !c.log.iter().any(|e| e.act == Act::Concede) {
                c.log.push(Entry { at, seq: u64::MAX, by: Some(by), host: false, pull: None, act: Act::Concede });
            }
        }
        let own = self.claim;
        let (to, refusal) = match self.lost.take() {
            Some(known) => known,
            None if winner == own => {
                let sentence = "the host takes no more helpers at the moment; somebody else was first";
                ("somebody else".into(), Box::new(Refusal::new(Rule::HostConcurrency, sentence, self.host())))
            }
            None => self.beaten_by(winner, seen.as_ref()),
        };
        self.context.store.settle(vec![self.op.id], self.commitment.into_iter().collect()).await?;
        Ok(End::Lost { to, refusal })
    }

    /// Whoever could lift a limit of the host: its leads by name, where the registry names them.
    fn host(&self) -> Lifter {
        let team = self.context.roster.host_of(&self.op.key.project);
        let leads = team.into_iter().flat_map(|t| &t.leads);
        Lifter::Host(leads.map(|handle| format!("{} (lead)", safe_line(handle))).collect())
    }

    /// Who was first, and by how much.
    fn beaten_by(&self, winner: ClaimId, seen: Option<&Seen>) -> (String, Box<Refusal>) {
        let since = |id| seen.and_then(|s| s.fold.claim(id)).map(|l| (l.who.clone(), l.since));
        let (Some((who, first)), own) = (since(winner), since(self.claim)) else {
            let refusal = Refusal::new(Rule::Held, "somebody else was first", Lifter::Nobody);
            return ("somebody else".into(), Box::new(refusal));
        };
        let to = who.login.line().into_owned();
        let own = own.map_or(first, |(_, at)| at);
        let by = match own.duration_since(first).as_secs() {
            ..=0 => "first, in the same second".to_owned(),
            seconds @ 1..60 => format!("{seconds} s earlier"),
            _ => format!("{} earlier", short_age(Now(own), first)),
        };
        let sentence = format!("taken by {to} {by}");
        (to.clone(), Box::new(Refusal::new(Rule::Held, sentence, Lifter::Holder(to))))
    }
}

/// True when the host said yes to a claim that holds: limits keep nobody away whom the host takes all the same.
fn is_welcome(seen: &Seen, claim: ClaimId) -> bool {
    let said = |e: &Entry| e.host && matches!(e.act, Act::Consent { .. });
    seen.fold.claim(claim).is_some_and(|lease| lease.state.holds() && lease.log.iter().any(said))
}
