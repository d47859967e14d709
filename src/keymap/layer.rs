//! One layer of bindings on top of another: what it adds, changes and takes away, and which of its lines cannot hold.
//! Knows no file: a row has a line only to say where it stands.

use super::{
    action::{Action, Context},
    chord::Sequence,
    trie::{Clash, Counts, Keymap},
};

/// One line of a keymap file.
pub(super) struct Row {
    pub(super) context: Context,
    pub(super) sequence: Sequence,
    /// `None` takes away what is bound underneath.
    pub(super) action: Option<Action>,
    /// From 1.
    pub(super) line: usize,
}

/// A line and what is wrong with it.
type Wrong = Vec<(usize, String)>;

/// Without these nobody gets out of a room, or to what has no key.
const NEVER_WITHOUT: [Action; 3] = [Action::Back, Action::Accept, Action::Palette];

/// Lays rows on top of a keymap. A row that cannot hold is left out.
pub(super) fn lay(under: Option<Keymap>, counts: Option<Counts>, rows: &[Row]) -> (Keymap, Wrong) {
    let mut wrong = Wrong::new();
    let mut keymap = under.clone().unwrap_or_default();
    keymap.counts = counts.unwrap_or(keymap.counts);
    for row in rows.iter().filter(|row| row.action.is_none()) {
        if keymap.unbind(row.context, &row.sequence).is_none() {
            let place = row.context.word();
            wrong.push((
                row.line,
                format!("'{}' is not bound in [{place}]: there is nothing to take away", row.sequence),
            ));
        }
    }
    let mut own: Vec<&Row> = Vec::new();
    for row in rows {
        let Some(action) = row.action else { continue };
        let is_own = own.iter().any(|o| o.context == row.context && o.sequence == row.sequence);
        if !is_own {
            // A key that is bound underneath gets another meaning.
            keymap.unbind(row.context, &row.sequence);
        }
        match keymap.bind(row.context, row.sequence.clone(), action) {
            Ok(()) => own.push(row),
            Err(clash) => {
                wrong.push((row.line, clash_words(row, &clash, &own, &keymap)));
                put_back(&mut keymap, under.as_ref(), row, is_own);
            }
        }
    }
    hidden(&keymap, &own, &mut wrong);
    digits(&keymap, counts, &own, &mut wrong);
    if let Some(under) = &under {
        lockout(under, &keymap, rows, &mut wrong);
    }
    (keymap, wrong)
}

fn put_back(keymap: &mut Keymap, under: Option<&Keymap>, row: &Row, is_own: bool) {
    if let Some(before) = under.and_then(|under| under.bound(row.context, &row.sequence)).filter(|_| !is_own) {
        // It fitted there before.
        let _ = keymap.bind(row.context, row.sequence.clone(), before);
    }
}

fn clash_words(row: &Row, clash: &Clash, own: &[&Row], keymap: &Keymap) -> String {
    let sequence = &row.sequence;
    let (Clash::Same(other) | Clash::Prefix(other)) = clash;
    let line = own.iter().find(|o| o.context == row.context && o.sequence == *other).map(|o| o.line);
    match (clash, line) {
        (Clash::Same(_), Some(line)) => format!("'{sequence}' is bound already in line {line}; the first one holds"),
        (Clash::Prefix(_), Some(line)) => {
            format!("'{sequence}' hides or is hidden by '{other}' in line {line}; the first one holds")
        }
        (_, None) => {
            let title = keymap.bound(row.context, other).map(|action| action.info().title).unwrap_or_default();
            let place = row.context.word();
            format!(
                "'{sequence}' hides or is hidden by '{other}' ({title}) of the keymap underneath; take that away with \
                 \"{other}\" = \"none\" in [{place}]"
            )
        }
    }
}

fn is_beginning(short: &Sequence, long: &Sequence) -> bool {
    short.0.len() < long.0.len() && long.0.starts_with(&short.0)
}

/// A room's key that begins a general one, or the other way round, leaves the general one dead in that room.
fn hidden(keymap: &Keymap, own: &[&Row], wrong: &mut Wrong) {
    let all: Vec<_> = keymap.bindings().collect();
    for (context, sequence, _) in all.iter().filter(|(context, ..)| context.is_room()) {
        let lost: Vec<_> = all
            .iter()
            .filter(|(c, other, _)| {
                *c == Context::Global && (is_beginning(sequence, other) || is_beginning(other, sequence))
            })
            .collect();
        let Some((_, first, action)) = lost.first() else { continue };
        let line_of =
            |c: Context, s: &Sequence| own.iter().find(|o| o.context == c && o.sequence == *s).map(|o| o.line);
        let line = line_of(*context, sequence).or_else(|| lost.iter().find_map(|(c, s, _)| line_of(*c, s)));
        // One key may be hidden by many, in many rooms: one of them is enough to see it.
        if line.is_none_or(|line| wrong.iter().any(|(l, said)| *l == line && said.contains("] hides '"))) {
            continue;
        }
        let more = if lost.len() > 1 { format!(" and {} more", lost.len() - 1) } else { String::new() };
        let message = format!(
            "'{sequence}' in [{}] hides '{first}' ({}){more} of [global] there; choose another key for one of them",
            context.word(),
            action.info().title
        );
        wrong.extend(line.map(|line| (line, message)));
    }
}

/// Where digits say how often, none begins a binding.
fn digits(keymap: &Keymap, counts: Option<Counts>, own: &[&Row], wrong: &mut Wrong) {
    let counts_here = counts.is_some_and(|counts| counts != Counts::None);
    for (context, sequence, action) in keymap.bindings().filter(|(context, ..)| !context.is_text()) {
        let begins = sequence.0.first().is_some_and(|chord| keymap.counts.begins(*chord));
        let line = own.iter().find(|o| o.context == context && o.sequence == *sequence).map(|o| o.line);
        if !begins || (line.is_none() && !counts_here) {
            continue;
        }
        let title = action.info().title;
        let other = match sequence.to_string().strip_prefix("alt-") {
            Some(digit) => digit.to_owned(),
            None => format!("alt-{sequence}"),
        };
        let message = format!(
            "'{sequence}' ({title}) in [{}] cannot begin with a digit, which begins a count in this keymap; use \
             '{other}', or \"{sequence}\" = \"none\"",
            context.word()
        );
        wrong.push((line.unwrap_or(1), message));
    }
}

/// What took away the last key of an action that nobody can do without.
fn lockout(under: &Keymap, keymap: &Keymap, rows: &[Row], wrong: &mut Wrong) {
    for context in Context::ALL {
        let scope = context.scope();
        for action in NEVER_WITHOUT.into_iter().filter(|action| action.works_in(context)) {
            let before = under.keys(&scope, action);
            if before.is_empty() || !keymap.keys(&scope, action).is_empty() {
                continue;
            }
            let taker = rows.iter().rev().find(|r| scope.contains(&r.context) && before.contains(&&r.sequence));
            let line = taker.map_or(1, |row| row.line);
            let name = action.info().name;
            let message =
                format!("this takes the last key of '{name}' in [{}]; bind another one to it", context.word());
            if !wrong.iter().any(|(l, said)| *l == line && said.contains(&format!("key of '{name}'"))) {
                wrong.push((line, message));
            }
        }
    }
}
