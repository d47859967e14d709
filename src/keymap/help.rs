//! What is generated from the table of actions and the bindings: rows of the help screen, the hint line, and the
//! tables of `floorwalk keys`. Knows no screen.

use super::{
    action::{ACTIONS, Action, Context},
    trie::Keymap,
};

/// One row of help.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HelpRow {
    /// The action.
    pub action: Action,
    /// Its keys in this context, joined by ` / `.
    pub keys: String,
}

/// The keys of an action in some contexts, joined by ` / `; empty when it has none.
pub fn keys_of(keymap: &Keymap, contexts: &[Context], action: Action) -> String {
    keymap.keys(contexts, action).iter().map(|s| s.to_string()).collect::<Vec<_>>().join(" / ")
}

/// Help for a screen: one group a context, the most special first; actions without a key are left out.
pub fn rows(keymap: &Keymap, contexts: &[Context]) -> Vec<(Context, Vec<HelpRow>)> {
    contexts
        .iter()
        .map(|context| {
            let group = ACTIONS
                .iter()
                .filter(|info| keymap.bindings().any(|(c, _, a)| c == *context && a == info.action))
                .map(|info| HelpRow { action: info.action, keys: own_keys(keymap, contexts, *context, info.action) })
                .filter(|row| !row.keys.is_empty())
                .collect();
            (*context, group)
        })
        .filter(|(_, group): &(_, Vec<HelpRow>)| !group.is_empty())
        .collect()
}

/// The keys that `context` itself gives to an action, as far as no more special context takes them.
fn own_keys(keymap: &Keymap, contexts: &[Context], context: Context, action: Action) -> String {
    let reachable = keymap.keys(contexts, action);
    keymap
        .bindings()
        .filter(|(c, s, a)| *c == context && *a == action && reachable.contains(s))
        .map(|(_, s, _)| s.to_string())
        .collect::<Vec<_>>()
        .join(" / ")
}

/// Hints of the screen itself that go before those that hold everywhere.
const FIRST: usize = 3;

/// The hint line: first key and action for each hinted action, most useful first. The way to help and palette
/// comes early, so that it is there in narrow windows too.
pub fn hints(keymap: &Keymap, contexts: &[Context]) -> Vec<(String, Action)> {
    let own = contexts.first().map(|own| own.hints()).unwrap_or_default();
    hints_of(keymap, contexts, own)
}

/// As [`hints`], with other actions of the screen's own in front.
pub fn hints_of(keymap: &Keymap, contexts: &[Context], own: &[Action]) -> Vec<(String, Action)> {
    let general: &[Action] = contexts.get(1).map(|general| general.hints()).unwrap_or_default();
    let (first, rest) = own.split_at(own.len().min(FIRST));
    let in_help = contexts.contains(&Context::Help);
    let mut out: Vec<(String, Action)> = Vec::new();
    for action in first.iter().chain(general).chain(rest) {
        let seen = out.iter().any(|(_, a)| a == action) || (in_help && *action == Action::Help);
        if let Some(key) = keymap.keys(contexts, *action).first()
            && !seen
        {
            out.push((key.to_string(), *action));
        }
    }
    out
}

/// All bindings, one group a context.
pub fn groups(keymap: &Keymap) -> Vec<(Context, Vec<HelpRow>)> {
    Context::ALL.into_iter().flat_map(|context| rows(keymap, &[context])).collect()
}

/// All bindings as aligned lines for a terminal, one block a context.
pub fn text(keymap: &Keymap) -> String {
    let groups = groups(keymap);
    let all = groups.iter().flat_map(|(_, rows)| rows);
    let widest = all.map(|row| row.keys.chars().count()).max().unwrap_or_default();
    let mut out = String::new();
    for (context, rows) in &groups {
        out += &format!("{}\n", context.title());
        for row in rows {
            out += &format!("  {:widest$}  {}\n", row.keys, row.action.info().about);
        }
        out.push('\n');
    }
    out
}

/// All bindings as Markdown, one table a context.
pub fn markdown(keymap: &Keymap) -> String {
    let mut out = String::new();
    for context in Context::ALL {
        let mut table = String::new();
        for info in ACTIONS {
            let keys: Vec<_> = keymap
                .bindings()
                .filter(|(c, _, a)| *c == context && *a == info.action)
                .map(|(_, s, _)| format!("`{s}`"))
                .collect();
            if !keys.is_empty() {
                let verb = info.verb.map(|v| format!("`floorwalk {v}`")).unwrap_or_default();
                table += &format!("| {} | `{}` | {} | {verb} |\n", keys.join(" "), info.name, info.about);
            }
        }
        if !table.is_empty() {
            out += &format!(
                "## {}\n\n| keys | action | what it does | verb |\n| --- | --- | --- | --- |\n",
                context.title()
            );
            out += &table;
            out.push('\n');
        }
    }
    out
}

/// Several keymaps side by side as Markdown, one table a context: what differs is seen in one row.
pub fn side_by_side(keymaps: &[(&str, Keymap)]) -> String {
    let names: Vec<_> = keymaps.iter().map(|(name, _)| *name).collect();
    let mut out = String::new();
    for context in Context::ALL {
        let mut table = String::new();
        for info in ACTIONS {
            let keys_in = |keymap: &Keymap| {
                let own = keymap.bindings().filter(|(c, _, a)| *c == context && *a == info.action);
                own.map(|(_, keys, _)| format!("`{keys}`")).collect::<Vec<_>>().join(" ")
            };
            let cells: Vec<_> = keymaps.iter().map(|(_, keymap)| keys_in(keymap)).collect();
            if cells.iter().any(|cell| !cell.is_empty()) {
                table += &format!("| {} | {} | {} |\n", info.title, cells.join(" | "), info.about);
            }
        }
        if !table.is_empty() {
            let rule = "| --- ".repeat(names.len());
            out += &format!("## {}\n\n| | {} | |\n| --- {rule}| --- |\n", context.title(), names.join(" | "));
            out += &table;
            out.push('\n');
        }
    }
    out
}

/// All bindings as JSON: `[{"context","keys","action","title","about","verb"}]`.
pub fn json(keymap: &Keymap) -> serde_json::Value {
    keymap
        .bindings()
        .map(|(context, keys, action)| {
            let info = action.info();
            serde_json::json!({
                "context": context.word(), "keys": keys.to_string(), "action": info.name,
                "title": info.title, "about": info.about, "verb": info.verb,
            })
        })
        .collect()
}
