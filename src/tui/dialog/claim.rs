//! Claiming: what it promises, what it costs the host, and why it may be refused, all before anything is sent. Taking
//! over an offer shows the same.

use jiff::civil::Date;

use super::{Dialog, Kind, me, preview, show};
use crate::{
    app::{Command, decide::lease_end, words::working_days},
    domain::{commitment::Commitment, key::TaskKey, policy::Terms, size::Size},
    judge::free::{Free, Sign},
    tui::{
        paint::safe,
        room::Overlay,
        screen,
        state::{Out, State},
        theme::Ink,
        widget::{form::Form, host, refused},
    },
};

const SIZES: [Option<Size>; 5] = [None, Some(Size::XS), Some(Size::S), Some(Size::M), Some(Size::L)];

/// Opens the claim dialog for the tasks that can be claimed; says why where none can.
pub fn open(state: &mut State, keys: Vec<TaskKey>) {
    let (mut takable, mut left_out, mut beside) = (Vec::new(), Vec::new(), Vec::new());
    let single = keys.len() == 1;
    let mut pair = None;
    for key in keys {
        let Some(row) = state.snapshot.get(&key) else { continue };
        let shown = state.shown_key(&key);
        match &row.free {
            Free::Yes => takable.push(key),
            // Alone, the dialog says in full why it is refused.
            Free::Reserved { .. } | Free::Lacks { .. } if single => takable.push(key),
            Free::Assigned { to } => {
                let names: Vec<_> = to.iter().map(|l| format!("@{}", l.line())).collect();
                beside.push(format!("{shown} is assigned by hand to {}", names.join(", ")));
                takable.push(key);
                pair = Some(1);
            }
            Free::Held { mine: true, until, .. } => left_out.push(format!("{shown} is yours already, until {until}")),
            // Alone, it can be taken as a pair; among others it is left out.
            Free::Held { mine: false, .. } if single => {
                takable.push(key);
                pair = Some(0);
            }
            Free::Held { by, until, .. } => {
                left_out.push(format!("{shown} is claimed by @{} until {until}", by.line()));
            }
            Free::Closed { why } => left_out.push(format!("{shown} cannot be claimed: {why}")),
            Free::Reserved { .. } | Free::Lacks { .. } => {
                left_out.push(format!("{shown}: {}", row.free.barred().unwrap_or_default()));
            }
        }
    }
    let Some(first) = takable.first().cloned() else {
        if let Some(why) = left_out.into_iter().next() {
            screen::refuse(state, why, "");
        }
        return;
    };
    let words = SIZES.iter().map(|s| s.map_or("any", Size::word).to_owned()).collect();
    let end = default_end(state, &first, None);
    // As it was proposed, where it was.
    let named = state.snapshot.proposed_to_me(&first).and_then(|p| p.proposal.size);
    let at = SIZES.iter().position(|size| *size == named).unwrap_or(0);
    let mut form = Form::default().choice("size", words, at).maybe_day("until", "by size", end);
    form = form.line("plan", "one line for the host, if you like").choice("ask", no_yes(), 0);
    if let Some(pair) = pair.filter(|_| takable.len() == 1) {
        form = form.choice("beside", no_yes(), pair);
    }
    let mut dialog = Dialog::new(Kind::Claim, first, None, form);
    (dialog.keys, dialog.left_out, dialog.beside) = (takable, left_out, beside);
    show(state, dialog);
}

/// Asks, each time a dialog opens for one task, whether somebody is at it already.
pub(super) fn settle(state: &mut State) -> Vec<Out> {
    let wanted = match &state.overlay {
        Some(Overlay::Dialog(d)) if d.kind == Kind::Claim && d.keys.len() == 1 => d.keys.first().cloned(),
        _ => None,
    };
    if wanted == state.details.signs_asked {
        return Vec::new();
    }
    state.details.signs = None;
    state.details.signs_asked.clone_from(&wanted);
    wanted.map(|key| Out::Command(Command::Signs(key))).into_iter().collect()
}

fn no_yes() -> Vec<String> {
    vec!["no".into(), "yes".into()]
}

/// The host's terms for the user.
fn terms(state: &State, key: &TaskKey) -> Terms {
    state.snapshot.roster.terms(&key.project, Some(&me(state, &key.project.tracker)))
}

/// The last day of a lease by size.
pub(super) fn default_end(state: &State, key: &TaskKey, size: Option<Size>) -> Date {
    lease_end(&terms(state, key), state.now, None, size).unwrap_or_else(|_| state.now.date())
}

impl Dialog {
    fn size(&self, state: &State) -> Option<Size> {
        match self.kind {
            Kind::TakeOver => self.commitment(state).and_then(|c| c.size),
            _ => SIZES.get(self.form.chosen("size")).copied().flatten(),
        }
    }

    /// The last day as it stands in the form.
    fn end(&self, state: &State, key: &TaskKey) -> Result<Date, String> {
        let typed = self.form.date("until")?;
        lease_end(&terms(state, key), state.now, typed, self.size(state)).map_err(|error| error.sentence)
    }

    fn alongside(&self) -> bool {
        if self.keys.len() == 1 { self.form.chosen("beside") == 1 } else { !self.beside.is_empty() }
    }

    pub(super) fn claim_command(&self, state: &State) -> Result<Command, String> {
        let mut until = self.form.date("until")?;
        // Of one task the day that was shown; of several each by its host's calendar.
        if let [key] = self.keys.as_slice() {
            until = Some(self.end(state, key)?);
        }
        Ok(Command::Claim {
            keys: self.keys.clone(),
            until,
            size: self.size(state),
            plan: self.form.text("plan").to_owned(),
            alongside: self.alongside(),
            ask: self.form.chosen("ask") == 1,
        })
    }

    pub(super) fn take_over_command(&self, state: &State) -> Result<Command, String> {
        let key = self.keys.first().cloned().ok_or("the offer is gone")?;
        let until = Some(self.end(state, &key)?);
        Ok(Command::TakeOver { key, until, size: self.size(state) })
    }

    pub(super) fn claim_before(&self) -> Vec<(Ink, String)> {
        let beside = self.beside.iter().map(|who| format!("Note: {who}."));
        let left_out = self.left_out.iter().map(|why| format!("Left out: {why}."));
        beside.chain(left_out).map(|text| (Ink::Warning, text)).collect()
    }

    pub(super) fn claim_below(&self, state: &State, label: &str) -> Vec<(Ink, String)> {
        let Some(key) = self.keys.first() else { return Vec::new() };
        match label {
            "until" => match self.end(state, key) {
                Ok(end) => {
                    let calendar = terms(state, key).calendar.plain();
                    let days = calendar.between(calendar.date(state.now.0), end);
                    vec![(Ink::Plain, format!("until {end}, {}", working_days(days)))]
                }
                Err(why) => vec![(Ink::Warning, why)],
            },
            _ => Vec::new(),
        }
    }

    /// What the rules say to it as it stands: the refusal, or what should be known before; then the host.
    pub(super) fn claim_after(&self, state: &State) -> Vec<(Ink, String)> {
        let mut lines = Vec::new();
        let Some(key) = self.keys.first() else { return lines };
        if let Some((_, signs)) = state.details.signs.as_ref().filter(|(of, _)| of == key && self.kind == Kind::Claim) {
            let words = |sign: &Sign| format!("Somebody may be at it: {}.", safe(&sign.words(state.now)));
            lines.extend(signs.iter().map(|sign| (Ink::Warning, words(sign))));
        }
        match self.command(state).map(|command| preview(state, &command)) {
            // A day that cannot be read is told under its field.
            Err(_) => {}
            Ok(Err(error)) => lines.extend(refused::words(state, &error)),
            Ok(Ok(decision)) => {
                if self.keys.len() > 1 {
                    lines.extend(decision.said.into_iter().map(|said| (Ink::Plain, safe(&said).into_owned())));
                }
                lines.extend(decision.know.into_iter().map(|known| (Ink::Warning, safe(&known).into_owned())));
            }
        }
        lines.extend(host::card(state, &key.project));
        lines
    }
}

/// What is said of an offer above the form.
pub(super) fn offer_words(c: &Commitment) -> Vec<(Ink, String)> {
    let mut lines = vec![(Ink::Plain, format!("@{} offers it to you.", c.who.login.line()))];
    let note = c.note.as_deref().map(|note| safe(note).into_owned());
    let plan = Some(c.plan.line().into_owned()).filter(|plan| !c.plan.raw().is_empty() && !plan.is_empty());
    lines.extend(note.or(plan).map(|words| (Ink::Plain, format!("They say: {words}"))));
    lines
}
