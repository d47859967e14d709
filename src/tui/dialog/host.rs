//! What a host says about help in its house: accept, decline, revoke, thank, reopen. Works wherever a task is under the
//! cursor, for those who speak for its host.

use super::{Dialog, Kind, preview, show};
use crate::{
    app::{Command, thanks},
    domain::{
        commitment::{ClaimId, Commitment, CommitmentState, HostReason, Timer},
        key::TaskKey,
        outbox::Answer,
        permit::Deed,
        policy::Mentor,
        refusal::Rule,
    },
    keymap::Action,
    tui::{
        paint::safe,
        screen,
        state::{Out, State},
        theme::Ink,
        toast::Toast,
        widget::{form::Form, host},
    },
};

/// True for what only waits for the host's word.
pub fn waits_for_host(c: &Commitment) -> bool {
    let asks = matches!(c.state, CommitmentState::Requested | CommitmentState::WaitingHost);
    asks || (c.state == CommitmentState::Warranty && c.life.as_ref().is_some_and(|life| life.done.is_some()))
}

/// True when somebody else waits for the host's word on a task.
pub fn is_asked_for(state: &State, key: &TaskKey) -> bool {
    state.snapshot.commitments.iter().any(|c| c.key == *key && !c.mine && waits_for_host(c))
}

/// True when an act of the host makes sense for a commitment.
fn fits(action: Action, c: &Commitment) -> bool {
    let said_done = c.life.as_ref().is_some_and(|life| life.done.is_some());
    match action {
        Action::Agree => c.state == CommitmentState::Requested || c.state.holds(),
        Action::Thank => c.state.is_done() || (said_done && !c.state.is_over()),
        Action::Decline => c.state == CommitmentState::Requested,
        Action::Revoke => c.state.holds(),
        Action::Reopen => c.state.is_done(),
        _ => false,
    }
}

fn deed(action: Action) -> Deed {
    match action {
        Action::Revoke => Deed::Revoke,
        Action::Reopen => Deed::Reopen,
        _ => Deed::AnswerRequest,
    }
}

/// The acts that a commitment of somebody else calls for and that the user may do, the most useful first.
pub fn wanted(state: &State, c: &Commitment) -> Vec<Action> {
    let life = c.life.as_deref();
    let said_done = life.is_some_and(|life| life.done.is_some()) && c.state.is_live();
    let last_renewal = life.is_some_and(|life| life.risk == Some(Timer::LeaseWarn) && life.renewals == 1);
    let calls = |action: &Action| match action {
        Action::Agree => c.state == CommitmentState::Requested || said_done || last_renewal,
        _ => true,
    };
    let all = [Action::Agree, Action::Decline, Action::Thank, Action::Reopen, Action::Revoke];
    all.into_iter()
        .filter(|a| state.snapshot.reader_may(&c.key.project, deed(*a)) && fits(*a, c))
        .filter(calls)
        .collect()
}

/// The commitment an act is about: the one named, else the first in the order of asking that it makes sense for.
fn subject<'a>(state: &'a State, action: Action, key: &TaskKey, claim: Option<ClaimId>) -> Option<&'a Commitment> {
    let asked = |c: &&Commitment| {
        (!waits_for_host(c), c.life.as_ref().map_or(c.since, |life| life.asked.unwrap_or(c.since)), c.claim)
    };
    let of_task = state.snapshot.commitments.iter().filter(|c| c.key == *key && !c.mine);
    of_task.filter(|c| claim.is_none_or(|id| c.claim == id)).filter(|c| fits(action, c)).min_by_key(asked)
}

/// Opens the dialog of an act of the host; says why where it is not the user's to do.
pub fn open(state: &mut State, action: Action, key: TaskKey, claim: Option<ClaimId>) -> Vec<Out> {
    let shown = state.shown_key(&key);
    let deed = deed(action);
    if !state.snapshot.reader_may(&key.project, deed) {
        let host = host::name(state, &key.project);
        let who = if deed == Deed::AnswerRequest { "leads and mentors" } else { "leads" };
        screen::refuse(state, format!("this is for the {who} of {host}"), "ask them on the task: o opens it");
        return Vec::new();
    }
    let Some(c) = subject(state, action, &key, claim) else {
        let named = claim.and_then(|claim| state.commitment(claim)).filter(|c| !c.mine);
        let sentence = match named {
            Some(c) => format!("{shown}: @{} {}", c.who.login.line(), not_theirs(action)),
            None => format!("{shown}: {}", nobodys(action)),
        };
        screen::refuse(state, sentence, "");
        return Vec::new();
    };
    if action == Action::Thank && c.state.is_done() {
        return thank(state, c.claim);
    }
    let (kind, form) = match action {
        Action::Agree => (Kind::Accept, accept(state, c)),
        Action::Thank => (Kind::Thank, Form::default().note("thanks", "a word of thanks, which the helper reads")),
        Action::Decline => (Kind::Decline, reason_form()),
        Action::Revoke => (Kind::Revoke, reason_form()),
        _ => (Kind::Reopen, Form::default().line("link", "address of where it shows").note("text", "what broke")),
    };
    let dialog = Dialog::new(kind, key, Some(c.claim), form);
    show(state, dialog);
    Vec::new()
}

/// Why an act does not fit the commitment under the cursor.
fn not_theirs(action: Action) -> &'static str {
    match action {
        Action::Agree => "waits for no word of yours",
        Action::Thank => "has not finished anything here",
        Action::Decline => "does not ask for it",
        Action::Revoke => "does not have it",
        _ => "has no finished work in warranty here",
    }
}

/// Why an act fits no commitment on the task.
fn nobodys(action: Action) -> &'static str {
    match action {
        Action::Agree => "nobody asks for it, and no work waits for your word",
        Action::Thank => "no work of somebody else is finished",
        Action::Decline => "nobody asks for it",
        Action::Revoke => "nobody has it",
        _ => "no finished work is in warranty",
    }
}

/// Puts a draft of thanks on the clipboard: nobody sends it but the person who reads it.
fn thank(state: &mut State, claim: ClaimId) -> Vec<Out> {
    let Some(c) = state.commitment(claim) else { return Vec::new() };
    let comments = state.details.get(&c.key).map(|detail| detail.comments.as_slice()).unwrap_or_default();
    match thanks::draft(&state.snapshot, c, comments) {
        Ok(draft) => {
            let place = if draft.channel.is_empty() { "their channel" } else { &draft.channel };
            let hints = vec![draft.to_channel.clone(), "`floorwalk thanks` has one for their manager too".into()];
            let text = format!("copied a word of thanks for {place}; paste it there, or change it first");
            state.toasts.push(Toast { hints, ..Toast::said(state.now, text) });
            vec![Out::Clipboard(draft.to_channel)]
        }
        Err(refusal) => {
            screen::refuse(state, refusal.sentence, "");
            Vec::new()
        }
    }
}

fn reason_form() -> Form {
    let words = HostReason::ALL.iter().map(|reason| reason.words().to_owned()).collect();
    Form::default().choice("reason", words, 0).note("text", "words for the helper")
}

fn accept(state: &State, c: &Commitment) -> Form {
    let mut form = Form::default();
    let policy = state.snapshot.roster.policy(&c.key.project);
    if c.state == CommitmentState::Requested && !policy.mentors.is_empty() {
        let mut words = vec!["nobody".to_owned()];
        words.extend(policy.mentors.iter().map(|m| mentor_words(state, c, m)));
        let free = |m: &&Mentor| m.on && load(state, c, m) < m.capacity;
        let least = policy.mentors.iter().filter(free).min_by_key(|m| load(state, c, m));
        let at = least.and_then(|best| policy.mentors.iter().position(|m| m == best)).map_or(0, |at| at + 1);
        form = form.choice("mentor", words, at);
    }
    if over_limit(state, c).is_some() {
        form = form.choice("limits", vec!["keep them".into(), "go over them".into()], 0);
    }
    form.note("text", "words for the helper, if you like")
}

/// Live commitments that a mentor guides.
fn load(state: &State, c: &Commitment, mentor: &Mentor) -> u32 {
    let Some(account) = state.snapshot.roster.account(&c.key.project.tracker, &mentor.handle) else { return 0 };
    let guided = |other: &&Commitment| {
        let named = other.life.as_ref().and_then(|life| life.mentor.as_ref());
        other.state.is_live() && named.is_some_and(|login| login.raw().eq_ignore_ascii_case(account.address()))
    };
    u32::try_from(state.snapshot.commitments.iter().filter(guided).count()).unwrap_or(u32::MAX)
}

fn mentor_words(state: &State, c: &Commitment, mentor: &Mentor) -> String {
    let away = if mentor.on { "" } else { ", off rotation" };
    format!("{} {}/{}{away}", safe(&mentor.handle), load(state, c, mentor), mentor.capacity)
}

/// The limit of the host that accepting a request would go over.
fn over_limit(state: &State, c: &Commitment) -> Option<String> {
    let answer = Answer::Consent { mentor: None, waive: false };
    let (key, helper) = (c.key.clone(), Some(c.who.login.clone()));
    let error = preview(state, &Command::Answer { key, helper, answer, text: String::new() }).err()?;
    let limit = matches!(error.refusal?.rule, Rule::HostConcurrency | Rule::BurdenBudget);
    limit.then_some(error.sentence)
}

impl Dialog {
    /// Login of the mentor chosen.
    fn mentor(&self, state: &State, c: &Commitment) -> Option<String> {
        let mentors = state.snapshot.roster.policy(&c.key.project).mentors;
        let chosen = mentors.get(self.form.chosen("mentor").checked_sub(1)?)?;
        let account = state.snapshot.roster.account(&c.key.project.tracker, &chosen.handle)?;
        Some(account.address().to_owned())
    }

    pub(super) fn host_command(&self, state: &State) -> Result<Command, String> {
        let c = self.commitment(state).ok_or("the commitment is gone")?;
        let reason = HostReason::ALL.get(self.form.chosen("reason")).copied().unwrap_or(HostReason::Other);
        let mut text = self.form.text("text").to_owned();
        let answer = match self.kind {
            Kind::Decline if reason == HostReason::Other && text.is_empty() => {
                return Err("another reason needs words".into());
            }
            Kind::Decline => Answer::Decline { reason },
            Kind::Revoke => Answer::Revoke { reason },
            Kind::Reopen => Answer::Regress { link: self.form.text("link").to_owned() },
            Kind::Thank => {
                text = self.form.text("thanks").to_owned();
                Answer::Consent { mentor: None, waive: false }
            }
            _ => {
                let waive = self.form.chosen("limits") == 1;
                Answer::Consent { mentor: self.mentor(state, c), waive }
            }
        };
        Ok(Command::Answer { key: c.key.clone(), helper: Some(c.who.login.clone()), answer, text })
    }

    pub(super) fn host_before(&self, state: &State) -> Vec<(Ink, String)> {
        let Some(c) = self.commitment(state) else { return vec![(Ink::Warning, "It is gone meanwhile.".into())] };
        let mut lines = Vec::new();
        if !c.plan.raw().trim().is_empty() {
            lines.push((Ink::Plain, format!("Their words: {}", c.plan.line())));
        }
        let size = c.size.map_or("not said", |size| size.word());
        lines.push((Ink::Plain, format!("Size {size}, wished until {}.", c.until)));
        match self.kind {
            Kind::Revoke => {
                let text = "It is taken away and free again. The helper reads your reason and may turn to the programme office.";
                lines.push((Ink::Plain, text.into()));
            }
            Kind::Decline => lines.push((Ink::Plain, "The helper reads your reason and is shown other tasks.".into())),
            Kind::Reopen => lines.push((Ink::Plain, "Once, the helper gets a short lease to mend it.".into())),
            Kind::Accept | Kind::Thank => {
                let said = c.life.as_ref().and_then(|life| life.done);
                lines.extend(said.map(|kind| (Ink::Plain, format!("They say it is done: {}.", kind.word()))));
            }
            _ => {}
        }
        lines
    }

    pub(super) fn host_below(&self, state: &State, label: &str) -> Vec<(Ink, String)> {
        let over = || over_limit(state, self.commitment(state)?);
        match label {
            "limits" => over().map(|limit| (Ink::Warning, limit)).into_iter().collect(),
            _ => Vec::new(),
        }
    }
}
