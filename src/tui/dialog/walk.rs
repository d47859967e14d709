//! Answers on a walk: why a task is not for the user, and until when it is put off. Both stay on this machine.

use jiff::ToSpan;

use super::{Dialog, Kind, show};
use crate::{
    app::Command,
    domain::{
        key::TaskKey,
        time::start_of_day,
        walk::{Answer, FEWEST, REST_DAYS, Reason},
    },
    keymap::Action,
    tui::{state::State, theme::Ink, widget::form::Form},
};

/// Days of a snooze by default.
const SNOOZE_DAYS: i64 = 7;
/// Which of the two ends of a snooze is a day.
const ON_A_DAY: usize = 0;

/// Opens the dialog of an answer.
pub fn open(state: &mut State, action: Action, key: TaskKey) {
    let (kind, form) = if action == Action::Skip {
        let words = Reason::ALL.iter().map(|reason| reason.words().to_owned()).collect();
        (Kind::Skip, Form::default().choice("reason", words, 0).line("note", "a few words, if you like"))
    } else {
        let ends = vec!["a day".to_owned(), "something changes".to_owned()];
        let day = state.now.date().saturating_add(SNOOZE_DAYS.days());
        (Kind::Snooze, Form::default().choice("until", ends, ON_A_DAY).day("day", day))
    };
    show(state, Dialog::new(kind, key, None, form));
}

impl Dialog {
    fn reason(&self) -> Reason {
        Reason::ALL.get(self.form.chosen("reason")).copied().unwrap_or(Reason::Other)
    }

    pub(super) fn walk_command(&self) -> Result<Command, String> {
        let key = self.keys.first().cloned().ok_or("the task is gone")?;
        let answer = match self.kind {
            Kind::Skip => Answer::Skipped { reason: self.reason(), note: self.form.text("note").to_owned() },
            _ if self.form.chosen("until") == ON_A_DAY => {
                Answer::Snoozed { until: Some(start_of_day(self.day("day")?)) }
            }
            _ => Answer::Snoozed { until: None },
        };
        Ok(Command::Walk(vec![(key, answer)]))
    }

    pub(super) fn walk_before(&self) -> Vec<(Ink, String)> {
        let private = match self.kind {
            Kind::Skip => format!("Nobody reads this. Hosts may hear reasons as counts of {FEWEST} or more."),
            _ => "Nobody else sees that.".into(),
        };
        vec![(Ink::Plain, private)]
    }

    pub(super) fn walk_below(&self, state: &State, label: &str) -> Vec<(Ink, String)> {
        match (label, self.reason()) {
            ("reason", reason) => {
                let all: Vec<&str> = Reason::ALL.iter().map(|reason| reason.words()).collect();
                let rest = match reason {
                    Reason::Unclear => format!("rests for {REST_DAYS} days, or until something about it changes"),
                    _ => format!("rests for {REST_DAYS} days"),
                };
                vec![(Ink::Dim, all.join(" · ")), (Ink::Plain, rest)]
            }
            ("note", Reason::Other) if self.form.text("note").is_empty() => {
                vec![(Ink::Plain, "needed for something else".into())]
            }
            ("day", _) if self.form.chosen("until") != ON_A_DAY => vec![(Ink::Dim, "not asked for then".into())],
            ("day", _) => match self.form.date("day") {
                Ok(Some(day)) => {
                    let days = (day - state.now.date()).get_days();
                    vec![(
                        Ink::Plain,
                        format!("{}, in {days} day{}", day.strftime("%A"), if days == 1 { "" } else { "s" }),
                    )]
                }
                _ => Vec::new(),
            },
            _ => Vec::new(),
        }
    }
}
