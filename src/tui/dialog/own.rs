//! What a helper says about the own commitment: hand back, done, renew, pause, blocked, need help, hand over; and taking
//! over what somebody offers. What needs no words is wished at once.

use jiff::civil::Date;

use super::{Dialog, Kind, claim, own, show};
use crate::{
    app::{
        Command,
        decide::{needs_note, renewal_end},
        note::ClosingNote,
        plan::{self, Plan},
        words::working_days,
    },
    domain::{
        calendar::Calendar,
        commitment::{Commitment, CommitmentState, DoneKind},
        key::TaskKey,
        marker::ReleaseReason,
        outbox::{Amendment, Answer},
        person::Login,
        policy::Timers,
    },
    keymap::Action,
    tui::{
        screen,
        state::{Out, State},
        theme::Ink,
        widget::{form::Form, host},
    },
};

const REASONS: [(ReleaseReason, &str); 4] = [
    (ReleaseReason::NoTime, "no time"),
    (ReleaseReason::Blocked, "blocked"),
    (ReleaseReason::Moved, "moved to other work"),
    (ReleaseReason::Done, "done"),
];

/// Labels of the parts of a plan.
const PLAN_LABELS: [&str; 4] = ["goal", "steps", "check", "unsure"];

/// Renewals of one commitment; the second needs the host's yes.
const RENEWALS: u32 = 2;

/// How a task was finished, in words.
fn done_words(kind: DoneKind) -> &'static str {
    match kind {
        DoneKind::Merged => "merged",
        DoneKind::Resolved => "resolved without code",
        DoneKind::Docs => "docs written",
        DoneKind::Triaged => "made ready for others",
        DoneKind::Obsolete => "found obsolete",
    }
}

/// The commitment that its holder offers to me.
pub fn offered_to_me<'a>(state: &'a State, key: &TaskKey) -> Option<&'a Commitment> {
    state.snapshot.commitments.iter().find(|c| c.key == *key && is_offered_to_me(state, c))
}

/// True for somebody else's commitment that is offered to me.
pub fn is_offered_to_me(state: &State, c: &Commitment) -> bool {
    let me = state.snapshot.me.get(&c.key.project.tracker);
    let to = c.life.as_ref().and_then(|life| life.offer.as_ref()).map(|offer| Login::from(offer.to.clone()));
    !c.mine && c.state.holds() && to.is_some() && to.as_ref() == me
}

/// Does an act of a helper on the task: opens its dialog, or wishes at once what needs no words.
pub fn open(state: &mut State, action: Action, key: TaskKey) -> Vec<Out> {
    if action == Action::Agree {
        return take_over(state, key);
    }
    let Some(c) = own(state, &key) else {
        let sentence = format!("{} is not yours: there is nothing to {}", state.shown_key(&key), verb(action));
        screen::refuse(state, sentence, "Mine lists what you have claimed");
        return Vec::new();
    };
    let amend = |amendment| vec![Out::Command(Command::Amend { key: key.clone(), amendment })];
    let shown = state.shown_key(&key);
    let sentence = match (action, c.state) {
        (Action::Withdraw | Action::HandBack, CommitmentState::Requested) => return amend(Amendment::Withdraw),
        (Action::Withdraw, _) => format!("{shown} is no request any more; hand it back instead"),
        (Action::Pause, CommitmentState::Paused) | (Action::Block, CommitmentState::Blocked) => {
            return amend(Amendment::Resume);
        }
        (Action::StillOnIt, CommitmentState::AtRisk) => return amend(Amendment::Still),
        (Action::StillOnIt, _) => format!("{shown} is {}: nobody asked whether you still work on it", c.state.word()),
        (Action::HandBack, _) => String::new(),
        (_, CommitmentState::Requested) => format!("{shown} is not yours yet: the host has not answered"),
        (_, CommitmentState::Pending) => format!("{shown} is not yours yet: the claim is not confirmed"),
        _ => String::new(),
    };
    if !sentence.is_empty() {
        screen::refuse(state, sentence, "");
        return Vec::new();
    }
    let claim = Some(c.claim);
    let (kind, form) = match action {
        Action::HandBack => (Kind::HandBack, closing(Form::default()).choice("reason", reasons(), 0)),
        Action::Done => (Kind::Done, closing(Form::default().choice("kind", kinds(), first_kind(c)))),
        Action::Renew => {
            let until = renewal_end(&state.snapshot.roster, c, state.now);
            (Kind::Renew, Form::default().day("until", until).line("why", "what it still needs"))
        }
        Action::Pause => (Kind::Pause, Form::default().day("until", in_days(state, c, 5))),
        Action::Block => {
            let form = Form::default().line("by", "who or what stops you, with a link if there is one");
            (Kind::Block, form.day("review", in_days(state, c, 5)))
        }
        Action::NeedHelp => {
            (Kind::Help, Form::default().note("ask", "what you tried, where you are stuck, what would help"))
        }
        Action::Plan => (Kind::Plan, plan_form()),
        Action::HandOver => {
            let form = Form::default().line("to", "login of who takes it on");
            (Kind::HandOver, form.note("note", "what is done, what comes next, where your branch is"))
        }
        _ => return Vec::new(),
    };
    show(state, Dialog::new(kind, key, claim, form));
    Vec::new()
}

fn verb(action: Action) -> &'static str {
    match action {
        Action::Done => "say done",
        Action::Block => "say blocked",
        Action::NeedHelp => "ask about",
        Action::StillOnIt => "answer",
        other => other.info().hint,
    }
}

fn take_over(state: &mut State, key: TaskKey) -> Vec<Out> {
    let Some(c) = offered_to_me(state, &key) else {
        let sentence = format!("{} is not offered to you", state.shown_key(&key));
        screen::refuse(state, sentence, "");
        return Vec::new();
    };
    let (claim, size) = (Some(c.claim), c.size);
    let form = Form::default().maybe_day("until", "by size", claim::default_end(state, &key, size));
    show(state, Dialog::new(Kind::TakeOver, key, claim, form));
    Vec::new()
}

/// The four parts of a closing note.
fn closing(form: Form) -> Form {
    form.note("done", "what is done so far, and how one can see it")
        .note("next", "what whoever comes next should do first")
        .note("links", "branches, pull requests, documents")
        .note("gotchas", "what to beware of")
}

fn plan_form() -> Form {
    let form = Form::default().note(PLAN_LABELS[0], plan::ASKS[0]).note(PLAN_LABELS[1], plan::ASKS[1]);
    form.note(PLAN_LABELS[2], plan::ASKS[2]).note(PLAN_LABELS[3], plan::ASKS[3])
}

fn reasons() -> Vec<String> {
    REASONS.iter().map(|(_, words)| (*words).to_owned()).collect()
}

fn kinds() -> Vec<String> {
    DoneKind::ALL.iter().map(|kind| done_words(*kind).to_owned()).collect()
}

/// With a pull request it was probably merged; without one it was resolved without code.
fn first_kind(c: &Commitment) -> usize {
    usize::from(c.pulls.is_empty())
}

fn calendar(state: &State, c: &Commitment) -> (Calendar, Timers) {
    let terms = state.snapshot.roster.terms(&c.key.project, Some(&c.who));
    (terms.calendar, terms.timers)
}

fn in_days(state: &State, c: &Commitment, days: u32) -> Date {
    let (calendar, _) = calendar(state, c);
    calendar.add(calendar.date(state.now.0), days)
}

impl Dialog {
    fn note(&self) -> ClosingNote {
        let part = |label| self.form.text(label).to_owned();
        ClosingNote { done: part("done"), next: part("next"), links: part("links"), gotchas: part("gotchas") }
    }

    fn plan(&self) -> Plan {
        Plan { parts: PLAN_LABELS.map(|label| self.form.text(label).to_owned()) }
    }

    /// A day of the form.
    pub(super) fn day(&self, label: &str) -> Result<Date, String> {
        self.form.date(label)?.ok_or_else(|| format!("{label}: name a day, such as 2026-11-30"))
    }

    pub(super) fn own_command(&self, state: &State) -> Result<Command, String> {
        let key = self.keys.first().cloned().ok_or("the task is gone")?;
        let text = |label| self.form.text(label).to_owned();
        let amend = |amendment| Ok(Command::Amend { key: key.clone(), amendment });
        let answer = |answer, text| Ok(Command::Answer { key: key.clone(), helper: None, answer, text });
        match self.kind {
            Kind::HandBack => {
                let reason = REASONS.get(self.form.chosen("reason")).map(|(reason, _)| *reason).unwrap_or_default();
                Ok(Command::Release { key, note: self.note().markdown(), reason })
            }
            Kind::Done => {
                let kind = DoneKind::ALL.get(self.form.chosen("kind")).copied().unwrap_or(DoneKind::Resolved);
                amend(Amendment::Done { kind, note: self.note().markdown() })
            }
            Kind::Renew => amend(Amendment::Renew { until: self.day("until")?, why: text("why") }),
            Kind::Pause => amend(Amendment::Pause { until: self.day("until")? }),
            Kind::Block => amend(Amendment::Block { by: text("by"), review: self.day("review")? }),
            Kind::Plan => answer(Answer::Plan { ask: None }, self.plan().markdown()),
            Kind::Help => answer(Answer::Help { tell: Vec::new() }, text("ask")),
            Kind::HandOver => answer(Answer::Offer { to: text("to").trim_start_matches('@').to_owned() }, text("note")),
            _ => self.take_over_command(state),
        }
    }

    pub(super) fn own_before(&self, state: &State) -> Vec<(Ink, String)> {
        let Some(c) = self.commitment(state) else { return vec![(Ink::Warning, "It is gone meanwhile.".into())] };
        let (_, timers) = calendar(state, c);
        let plain = |text: String| vec![(Ink::Plain, text)];
        match (self.kind, c.life.as_deref()) {
            (Kind::TakeOver, _) => claim::offer_words(c),
            (Kind::HandBack, _) if needs_note(c) => {
                plain("Handing back is a good ending. Say at least one of the four to whoever comes next.".into())
            }
            (Kind::HandBack, _) => plain("Handing back is a good ending; a note helps whoever comes next.".into()),
            (Kind::Renew, Some(life)) => {
                let second = life.renewals + 1 >= RENEWALS && !life.renewal_granted;
                let host = if second { "; this one needs the host's yes" } else { "" };
                let so_far = match life.renewals {
                    0 => "Not renewed yet".to_owned(),
                    1 => "Renewed once".to_owned(),
                    times => format!("Renewed {times} times"),
                };
                plain(format!("{so_far}; {RENEWALS} renewals are the most{host}."))
            }
            (Kind::Pause, Some(life)) => plain(format!(
                "The clock stands while you are away: {} of {} used.",
                life.pause_wd,
                working_days(timers.pause_max)
            )),
            (Kind::Block, _) => plain(format!(
                "The clock stands until the day you name, at most {} from now.",
                working_days(timers.block_max)
            )),
            (Kind::Help, _) => {
                let mut lines = plain("The host is asked on the task; your clock stands until they answer.".into());
                lines.extend(host::card(state, &c.key.project).into_iter().skip(1));
                lines
            }
            (Kind::Plan, _) => plain(
                "Short is good. Everybody reads it on the task, and a mentor is asked for a word within two working days."
                    .into(),
            ),
            (Kind::HandOver, _) => plain("It stays yours until they accept it; they read your note.".into()),
            _ => Vec::new(),
        }
    }

    pub(super) fn own_below(&self, state: &State, label: &str) -> Vec<(Ink, String)> {
        if self.kind == Kind::TakeOver {
            return self.claim_below(state, label);
        }
        let Some(c) = self.commitment(state).filter(|_| matches!(label, "until" | "review")) else { return Vec::new() };
        let (calendar, _) = calendar(state, c);
        match self.form.date(label) {
            Ok(Some(day)) => {
                let days = working_days(calendar.between(calendar.date(state.now.0), day));
                vec![(Ink::Plain, format!("{}, {days} from now", day.strftime("%A")))]
            }
            _ => Vec::new(),
        }
    }
}
