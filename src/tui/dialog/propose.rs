//! Proposing a task to somebody, and declining or asking about what was proposed. Accepting is the dialog of a claim.

use super::{Dialog, Draft, Kind, preview, show};
use crate::{
    app::{Command, proposal_words},
    domain::{
        commitment::HostReason,
        key::TaskKey,
        outbox::Wish,
        proposal::{Reply, Standing},
        size::Size,
    },
    keymap::Action,
    tui::{
        paint::safe,
        screen,
        state::State,
        theme::Ink,
        widget::{form::Form, host, refused},
    },
};

const SIZES: [Option<Size>; 5] = [None, Some(Size::XS), Some(Size::S), Some(Size::M), Some(Size::L)];

/// Opens the dialog that proposes a task; says why where that is not the user's to do.
pub fn open(state: &mut State, key: TaskKey) {
    if !state.snapshot.may_propose(&key.project) {
        let host = host::name(state, &key.project);
        let sentence = format!("proposing its tasks is for the mentors and leads of {host}");
        return screen::refuse(state, sentence, "tell somebody of the task: y copies its key");
    }
    let words = SIZES.iter().map(|s| s.map_or("any", Size::word).to_owned()).collect();
    let form = Form::default().line("to", "login of who might take it").choice("size", words, 0);
    let form = form.note("text", "why this task, and why them; who will help");
    show(state, Dialog::new(Kind::Propose, key, None, form));
}

/// Opens the dialog that declines a proposal to the user, or asks about it.
pub fn reply(state: &mut State, action: Action, key: TaskKey) {
    let (kind, form) = if action == Action::Decline {
        let words = HostReason::ALL.iter().map(|reason| reason.words().to_owned()).collect();
        (Kind::Pass, Form::default().choice("reason", words, 0).note("text", "a word for them, if you like"))
    } else {
        (Kind::Question, Form::default().note("ask", "what you would like to know first"))
    };
    show(state, Dialog::new(kind, key, None, form));
}

impl Draft {
    /// True while what it wished has not come true.
    pub(super) fn has_proposal(&self, state: &State) -> bool {
        let on_its_way = |wish: &Wish| matches!(wish, Wish::Propose { .. } | Wish::Reply { .. });
        let (snapshot, key) = (&state.snapshot, &self.key);
        let waits = snapshot.outbox.iter().any(|op| op.key == *key && on_its_way(&op.wish));
        let to_me = snapshot.proposed_to_me(key);
        !waits
            && match self.kind {
                Kind::Propose => !snapshot.proposals.iter().any(|p| p.proposal.key == *key && p.standing.is_open()),
                Kind::Pass => to_me.is_some(),
                _ => to_me.is_some_and(|p| p.standing == Standing::Open),
            }
    }
}

impl Dialog {
    pub(super) fn proposal_command(&self) -> Result<Command, String> {
        let key = self.keys.first().cloned().ok_or("the task is gone")?;
        let text = |label| self.form.text(label).to_owned();
        Ok(match self.kind {
            Kind::Propose => {
                let to = text("to");
                if to.trim().is_empty() {
                    return Err("to: name somebody by their login".into());
                }
                let size = SIZES.get(self.form.chosen("size")).copied().flatten();
                Command::Propose { key, to, size, text: text("text") }
            }
            Kind::Pass => {
                let reason = HostReason::ALL.get(self.form.chosen("reason")).copied().unwrap_or(HostReason::Other);
                Command::Reply { key, reply: Reply::Decline { reason }, text: text("text") }
            }
            _ => Command::Reply { key, reply: Reply::Ask, text: text("ask") },
        })
    }

    pub(super) fn proposal_before(&self, state: &State) -> Vec<(Ink, String)> {
        if self.kind == Kind::Propose {
            let text = "Nobody is assigned: they accept, decline or ask, and without an answer it ends by itself.";
            return vec![(Ink::Plain, text.into())];
        }
        let Some(p) = self.keys.first().and_then(|key| state.snapshot.proposed_to_me(key)) else {
            return vec![(Ink::Warning, "It is gone meanwhile.".into())];
        };
        let mut lines: Vec<(Ink, String)> = vec![(Ink::Plain, format!("{}.", capital(&proposal_words::standing(p))))];
        lines.extend(proposal_words::said(p).into_iter().map(|line| (Ink::Plain, capital(&line))));
        let text = match self.kind {
            Kind::Pass => "A no costs nothing: the task stays free, and nothing is counted.",
            _ => "They answer on the task; it stays free meanwhile.",
        };
        lines.push((Ink::Dim, text.into()));
        lines
    }

    /// What the rules say to a proposal as it stands.
    pub(super) fn proposal_after(&self, state: &State) -> Vec<(Ink, String)> {
        let Ok(command) = self.proposal_command() else { return Vec::new() };
        match preview(state, &command) {
            Err(error) => refused::words(state, &error),
            Ok(decision) => decision.know.into_iter().map(|known| (Ink::Warning, safe(&known).into_owned())).collect(),
        }
    }
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}
