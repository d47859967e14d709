//! Sentences from the lower floors name verbs of the command line in backticks: `` `floorwalk renew acme/app#1` ``. On
//! the screen the same act is a key, and a flag is a field of its dialog. Changes words only; decides nothing.

use super::state::State;
use crate::keymap::{
    Context,
    action::{ACTIONS, Action},
};

/// A sentence in which what is named in backticks became a key or a field. What no key does stays as it is.
pub fn keyed(state: &State, text: &str) -> String {
    let mut out = String::new();
    for (i, part) in text.split('`').enumerate() {
        if i % 2 == 0 {
            out.push_str(part);
            continue;
        }
        match spoken(state, part) {
            Some(words) => out.push_str(&words),
            None => out.push_str(&format!("`{part}`")),
        }
    }
    out
}

fn spoken(state: &State, code: &str) -> Option<String> {
    if code.starts_with("--") {
        return field(code.split_whitespace().next()?).map(str::to_owned);
    }
    let words: Vec<&str> = code.strip_prefix("floorwalk ")?.split_whitespace().collect();
    let verb = |n: usize| words.get(..n).map(|words| words.join(" "));
    let action = [2, 1].iter().find_map(|n| of_verb(&verb(*n)?))?;
    let mut said = key(state, action)?;
    if words.contains(&"--ask") {
        said.push_str(" with ask on yes");
    }
    Some(said)
}

/// The action that does what a verb does; the first of the table, which is the act itself.
fn of_verb(verb: &str) -> Option<Action> {
    // `sync` of the whole is meant, `show` opens what the cursor is on.
    if verb == "sync" {
        return Some(Action::RefreshAll);
    }
    ACTIONS.iter().find(|info| info.verb == Some(verb)).map(|info| info.action)
}

/// Its key where the user is, else the key and where it works.
fn key(state: &State, action: Action) -> Option<String> {
    let first = |contexts: &[Context]| state.keymap.keys(contexts, action).first().map(ToString::to_string);
    if let Some(key) = first(&state.room_contexts()) {
        return Some(key);
    }
    let first_place = if action == Action::Claim { Context::Discover } else { Context::Mine };
    let places = [
        first_place,
        Context::Mine,
        Context::Floor,
        Context::Discover,
        Context::Walk,
        Context::Detail,
        Context::Outbox,
    ];
    let place =
        places.into_iter().find(|place| action.info().contexts.contains(place) && first(&[*place]).is_some())?;
    Some(format!("{} in {}", first(&[place])?, place.title()))
}

/// The field of a dialog that a flag fills.
fn field(flag: &str) -> Option<&'static str> {
    Some(match flag {
        "--ask" => "ask",
        "--size" => "size",
        "--why" => "why",
        "--by" => "by",
        "--text" => "text",
        "--tag" => "tag",
        "--label" => "label",
        "--note" => "note",
        "--done" => "done",
        "--next" => "next",
        "--link" => "links",
        "--gotcha" => "gotchas",
        "--regression" => "link",
        "--waive" => "limits",
        "--alongside" => "claim it, and you work beside them",
        _ => return None,
    })
}
