//! What a line means: words of the table of actions or a key of the keymap, then a row or a task. Changes nothing.

use super::super::{
    layout,
    room::{About, Room, Tab},
    state::State,
};
use super::ask::capital;
use crate::{
    app::Topic,
    domain::{
        key::TaskKey,
        text::{nearest, safe_fit},
    },
    keymap::{Action, ActionInfo, Chord, Found, action::ACTIONS},
};

/// What a line means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Meant {
    /// Tell again where one is.
    Again,
    /// Tell what can be said.
    Words,
    /// Explain this.
    Topic(Topic),
    /// Tell the counts beside the list.
    Counts,
    /// List what this query finds.
    Query(String),
    /// Do this, there.
    Act(Action, Option<Target>),
    /// Nothing; the sentence says why.
    Unknown(String),
}

/// What a line points at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Target {
    /// A row of the list, from 0.
    Row(usize),
    /// A task.
    Task(TaskKey),
}

/// The actions that can be said where the user is, in the order of the table.
pub(super) fn sayable(state: &State) -> impl Iterator<Item = &'static ActionInfo> {
    let contexts = state.room_contexts();
    ACTIONS.iter().filter(move |info| info.contexts.iter().any(|c| contexts.contains(c)))
}

/// What a line means where the user is.
pub(super) fn meant(state: &State, line: &str) -> Meant {
    let words: Vec<&str> = line.split_whitespace().collect();
    let Some(first) = words.first() else { return Meant::Again };
    if rows(state) > 0 && first.bytes().all(|b| b.is_ascii_digit()) && words.len() == 1 {
        return match row(state, first) {
            Ok(target) => Meant::Act(Action::Open, Some(target)),
            Err(sentence) => Meant::Unknown(sentence),
        };
    }
    let Some((action, used)) = action(state, &words) else {
        let names = || sayable(state).flat_map(|info| [info.name, info.hint]);
        let near = nearest(first, names()).map(|near| format!("did you mean {near}? ")).unwrap_or_default();
        return Meant::Unknown(format!("'{}' says nothing here; {near}help lists what does.", safe_fit(first, 40)));
    };
    let rest = words.get(used..).unwrap_or_default();
    match action {
        Action::Help | Action::Palette => match rest.first().map(|word| Topic::of(word)) {
            None => Meant::Words,
            Some(Ok(topic)) => Meant::Topic(topic),
            Some(Err(sentence)) => Meant::Unknown(format!("{}.", capital(&sentence))),
        },
        Action::Facets => Meant::Counts,
        Action::EditQuery => Meant::Query(rest.join(" ")),
        Action::TabDiscover if !rest.is_empty() => Meant::Query(rest.join(" ")),
        _ if rest.is_empty() => Meant::Act(action, None),
        _ => match target(state, rest) {
            Ok(target) => Meant::Act(action, Some(target)),
            Err(sentence) => Meant::Unknown(sentence),
        },
    }
}

/// The action that the first words name, and how many words that took. The longest name holds.
fn action(state: &State, words: &[&str]) -> Option<(Action, usize)> {
    for used in (1..=words.len().min(4)).rev() {
        let said = words.get(..used)?.join(" ").to_lowercase();
        // `list` is the list, as everywhere: the table has its tab and its query line under that verb.
        if said == "list" {
            return Some((Action::TabDiscover, used));
        }
        let named = |name: &dyn Fn(&ActionInfo) -> bool| sayable(state).find(|info| name(info)).map(|info| info.action);
        let found = named(&|info| info.name == said || info.title.to_lowercase() == said)
            .or_else(|| named(&|info| info.hint == said))
            .or_else(|| named(&|info| info.verb == Some(said.as_str())));
        if let Some(action) = found {
            return Some((action, used));
        }
    }
    // Sentences of the screens name keys: those hold here as well.
    for used in (1..=words.len().min(2)).rev() {
        let keys: Option<Vec<Chord>> = words.get(..used)?.iter().map(|word| word.parse().ok()).collect();
        if let Found::Action(action) = state.keymap.lookup(&state.room_contexts(), &keys?) {
            return Some((action, used));
        }
    }
    None
}

/// Rows that have numbers where the user is.
pub(super) fn rows(state: &State) -> usize {
    let listed = match (state.room(), state.tab) {
        (Some(Room::Outbox | Room::Why(About::Weights, _)), _) => true,
        (Some(_), _) | (None, Tab::Walk) => false,
        (None, _) => true,
    };
    if listed { layout::extent(state).0 } else { 0 }
}

fn row(state: &State, number: &str) -> Result<Target, String> {
    let rows = rows(state);
    match number.parse::<usize>() {
        Ok(n @ 1..) if n <= rows => Ok(Target::Row(n - 1)),
        _ if rows == 0 => Err("There are no numbered rows here.".into()),
        _ => Err(format!("There is no row {}; the last is {rows}.", safe_fit(number, 20))),
    }
}

fn target(state: &State, rest: &[&str]) -> Result<Target, String> {
    match rest {
        [one] if one.bytes().all(|b| b.is_ascii_digit()) => row(state, one),
        [one] => match state.snapshot.find(one) {
            Ok(row) => Ok(Target::Task(row.task.key.clone())),
            Err(e) => Err(crate::app::UserError::from(e).sentence),
        },
        _ => Err("After the words comes the number of a row, or the key of a task.".into()),
    }
}
