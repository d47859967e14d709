//! A dialog as questions: each field in turn, then what follows from the answers, then yes or no. Answers go into the
//! form by the same actions as keys; the form is sent by the same Enter.

use std::io::{self, Write};

use super::{
    super::{
        paint::{isolated, safe},
        room::Overlay,
        state::{ExitReason, Msg, State, act, update},
    },
    Plain, say,
};
use crate::{app::Command, domain::time::Now, keymap::Action};

/// How far the questions of a dialog got.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Asking {
    /// The field that is asked for; past the last one it is whether to do it.
    at: usize,
    /// The dialog was introduced.
    introduced: bool,
    /// The question was put and waits for its answer.
    put: bool,
}

fn label(state: &State, at: usize) -> Option<&'static str> {
    match &state.overlay {
        Some(Overlay::Dialog(dialog)) => dialog.form.values().get(at).map(|(label, _)| *label),
        _ => None,
    }
}

impl<W: Write> Plain<W> {
    /// Puts the next question, unless it was put.
    pub(super) fn question(&mut self) -> io::Result<Option<ExitReason>> {
        let mut asking = self.asking.unwrap_or_default();
        let Some(Overlay::Dialog(dialog)) = &self.state.overlay else { return Ok(None) };
        let mut lines = Vec::new();
        if !asking.introduced {
            lines.push(format!("{}. Say cancel to leave it.", dialog.title()));
            lines.extend(dialog.above(&self.state, 76).iter().map(|line| say::spoken(&line.text())));
            asking.introduced = true;
        }
        if let Some(mistake) = dialog.form.mistake.as_ref().filter(|_| !asking.put) {
            lines.push(format!("This cannot be sent: {}", safe(mistake)));
        }
        if !asking.put {
            asking.put = true;
            let values = dialog.form.values();
            match values.get(asking.at) {
                Some((label, value)) => {
                    let words = dialog.form.words(label);
                    let what = if words.is_empty() {
                        format!(" ({})", dialog.form.hint(label))
                    } else {
                        format!(", one of {}", words.join(", "))
                    };
                    let what = if what == " ()" { String::new() } else { what };
                    let now = match value.is_empty() {
                        true => "empty".to_owned(),
                        false => isolated(&safe(value)).into_owned(),
                    };
                    lines.push(format!("{label}{what}? Now {now}; an empty line keeps it."));
                }
                None => {
                    lines.extend(dialog.outcome(&self.state).iter().map(|line| say::spoken(line)));
                    lines.push(format!("{}? Say yes or no.", capital(dialog.kind.hint())));
                }
            }
        }
        self.asking = Some(asking);
        lines.retain(|line| !line.is_empty());
        for line in lines {
            self.say(&line)?;
        }
        Ok(None)
    }

    /// Takes the answer to the question that was put.
    pub(super) fn answer(&mut self, line: &str, now: Now, wishes: &mut Vec<Command>) -> io::Result<Option<ExitReason>> {
        let Some(asking) = self.asking else { return Ok(None) };
        if line.eq_ignore_ascii_case("cancel") {
            return self.leave(wishes);
        }
        let Some(label) = label(&self.state, asking.at) else {
            return match line.to_lowercase().as_str() {
                "yes" | "y" => self.send(now, wishes),
                _ => self.leave(wishes),
            };
        };
        if !line.is_empty()
            && let Err(sentence) = fill(&mut self.state, label, line, now)
        {
            self.say(&sentence)?;
            return Ok(None);
        }
        self.asking = Some(Asking { at: asking.at + 1, put: false, ..asking });
        Ok(None)
    }

    fn leave(&mut self, wishes: &mut Vec<Command>) -> io::Result<Option<ExitReason>> {
        self.asking = None;
        let outs = act(&mut self.state, Action::Back);
        self.say("Nothing was done; what you wrote is kept.")?;
        self.take(outs, wishes)
    }

    fn send(&mut self, now: Now, wishes: &mut Vec<Command>) -> io::Result<Option<ExitReason>> {
        let outs = act(&mut self.state, Action::Accept);
        let exit = self.take(outs, wishes)?;
        let outs = update(&mut self.state, Msg::Wake, now);
        self.take(outs, wishes)?;
        self.asking = match &self.state.overlay {
            // Something is missing: the fields are asked for once more.
            Some(Overlay::Dialog(_)) => Some(Asking { introduced: true, ..Asking::default() }),
            _ => None,
        };
        Ok(exit)
    }

    /// Tells a refusal and what to take instead.
    pub(super) fn refused(&mut self) -> io::Result<Option<ExitReason>> {
        let Some(Overlay::Refused(panel)) = &self.state.overlay else { return Ok(None) };
        for line in panel.told(&self.state) {
            self.say(&say::spoken(&line))?;
        }
        if !self.has_alternatives() {
            self.state.overlay = None;
        }
        Ok(None)
    }

    fn has_alternatives(&self) -> bool {
        matches!(&self.state.overlay, Some(Overlay::Refused(panel)) if panel.has_alternatives())
    }

    /// Opens the alternative that a line numbers. False where the line is about something else.
    pub(super) fn alternative(&mut self, line: &str, wishes: &mut Vec<Command>) -> io::Result<bool> {
        let Some(Overlay::Refused(panel)) = &mut self.state.overlay else { return Ok(false) };
        let chosen = line.parse::<usize>().is_ok_and(|n| panel.choose(n));
        let outs = act(&mut self.state, if chosen { Action::Accept } else { Action::Back });
        self.take(outs, wishes)?;
        Ok(chosen)
    }
}

/// Puts an answer into a field, as keys would: a choice is turned until it stands on the word, a text is typed.
fn fill(state: &mut State, label: &'static str, line: &str, now: Now) -> Result<(), String> {
    let Some(Overlay::Dialog(dialog)) = &mut state.overlay else { return Ok(()) };
    dialog.form.focus(label);
    let words = dialog.form.words(label).to_vec();
    if words.is_empty() {
        act(state, Action::ClearField);
        if line != "-" {
            update(state, Msg::Paste(line.replace("\\n", "\n")), now);
        }
        return Ok(());
    }
    let same = |word: &&String| word.eq_ignore_ascii_case(line);
    let begins = |word: &&String| word.to_lowercase().starts_with(&line.to_lowercase());
    let Some(wanted) = words.iter().find(same).or_else(|| words.iter().find(begins)) else {
        return Err(format!("{label} is one of {}.", words.join(", ")));
    };
    for _ in 0..words.len() {
        let Some(Overlay::Dialog(dialog)) = &state.overlay else { break };
        if words.get(dialog.form.chosen(label)) == Some(wanted) {
            break;
        }
        act(state, Action::ChoiceNext);
    }
    Ok(())
}

pub(super) fn capital(word: &str) -> String {
    let mut chars = word.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}
