//! What a round covered, when it is over: hosts, what was claimed, not wanted, put off, passed over; and what hosts may
//! hear of the reasons. Draws from what is known; decides nothing.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    super::super::{
        paint::{Piece, TextLine, safe, wrap, wrap_text},
        state::State,
        theme::Ink,
    },
    lost_words,
    round::{Round, Standing, Visit, memory},
    unconfirmed,
};
use crate::{
    domain::walk::{Answer, Place, Reason, answer_words, reasons},
    index::walk::place_name,
    keymap::Action,
};

/// Columns of the names in front of facts.
const NAME: usize = 13;

/// The laid-out rows of the page.
pub(super) fn lines(state: &State, round: &Round, columns: usize) -> Vec<TextLine> {
    let places: BTreeSet<&Place> = round.shown().map(|visit| &visit.stop.place).collect();
    let (tasks, hosts) = (counted(round.shown().count(), "task"), counted(places.len(), "host"));
    let mut lines = wrap_text("The round is over.", Ink::Strong, columns);
    lines.extend(wrap_text(&format!("You looked at {tasks} of {hosts}."), Ink::Plain, columns));
    lines.push(TextLine::blank());
    for (name, value) in facts(state, round, &places) {
        let pieces = [Piece { text: value, ink: Ink::Plain }];
        let mut wrapped = wrap(&pieces, columns.saturating_sub(NAME).max(4), "", "");
        for (i, line) in wrapped.iter_mut().enumerate() {
            let name = if i == 0 { name } else { "" };
            line.0.insert(0, Piece { text: format!("{name:<NAME$}"), ink: Ink::Dim });
        }
        lines.extend(wrapped);
    }
    lines.push(TextLine::blank());
    lines.push(TextLine::of(Ink::Accent, "What hosts may hear of it"));
    for text in told(state, round, &places) {
        lines.extend(wrap_text(&text, Ink::Plain, columns));
    }
    let private = "Reasons are told as counts of three or more only. Everything else stays on this machine.";
    lines.extend(wrap_text(private, Ink::Dim, columns));
    lines.push(TextLine::blank());
    let key = state.keymap.keys(&state.room_contexts(), Action::Open).first().map(ToString::to_string);
    lines.extend(key.iter().flat_map(|key| wrap_text(&format!("{key} begins another round."), Ink::Strong, columns)));
    lines
}

fn counted(n: usize, what: &str) -> String {
    format!("{n} {what}{}", if n == 1 { "" } else { "s" })
}

/// What happened, by kind, with a name in front of the first of each.
fn facts(state: &State, round: &Round, places: &BTreeSet<&Place>) -> Vec<(&'static str, String)> {
    let (mut claimed, mut snoozed, mut passed, mut open) = (Vec::new(), Vec::new(), Vec::new(), 0);
    let mut skipped: BTreeMap<Reason, u32> = BTreeMap::new();
    for visit in &round.visits {
        match visit.standing(&state.snapshot) {
            Standing::Mine(c) => {
                let far = unconfirmed(c.state).map(|words| format!(", {words}")).unwrap_or_default();
                claimed.push(format!("{}{far}", title(state, visit)));
            }
            Standing::Said(Answer::Skipped { reason, .. }) => *skipped.entry(*reason).or_default() += 1,
            Standing::Said(answer) => {
                let words = answer_words(answer);
                snoozed.push(format!("{}, {}", title(state, visit), words.trim_start_matches("snoozed ")));
            }
            Standing::Taken(_) | Standing::Gone if visit.told.is_none() => {
                passed.push(format!("{}, {}", title(state, visit), lost_words(state, &visit.stop.key)));
            }
            Standing::Open | Standing::Taken(_) | Standing::Gone => open += usize::from(visit.told.is_some()),
        }
    }
    let hosts: Vec<String> =
        places.iter().map(|place| safe(&place_name(&state.snapshot, place)).into_owned()).collect();
    let skipped: Vec<String> = skipped.iter().map(|(reason, n)| format!("{} {n}", reason.words())).collect();
    let mut facts = vec![("hosts", hosts.join(", "))];
    let named = |name: &'static str, values: Vec<String>| {
        values.into_iter().enumerate().map(move |(i, value)| (if i == 0 { name } else { "" }, value))
    };
    facts.extend(named("claimed", claimed));
    facts.extend((!skipped.is_empty()).then(|| ("not for you", skipped.join(", "))));
    facts.extend(named("snoozed", snoozed));
    facts.extend((open > 0).then(|| ("no answer", counted(open, "task"))));
    facts.extend(named("passed over", passed));
    facts
}

fn title(state: &State, visit: &Visit) -> String {
    format!("{} {}", state.shown_key(&visit.stop.key), visit.title.line())
}

/// Counts of reasons about the hosts of the round, over all rounds so far.
fn told(state: &State, round: &Round, places: &BTreeSet<&Place>) -> Vec<String> {
    let counts = reasons(memory(&state.snapshot, Some(round)).answers());
    let here = counts.iter().filter(|count| places.contains(&count.place));
    let told: Vec<String> = here
        .map(|count| {
            let name = place_name(&state.snapshot, &count.place);
            format!("{}: {}, {} times", safe(&name), count.reason.words(), count.count)
        })
        .collect();
    if told.is_empty() {
        vec!["Nothing: no reason was given three times about one of these hosts.".into()]
    } else {
        told
    }
}
