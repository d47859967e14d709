//! What a host protects (G9): labels that it gives out, labels and paths that it wants to be asked for. Patterns are the
//! host's, labels and texts are strangers'.

use super::{
    Verdict,
    case::{Case, name},
};
use crate::domain::{
    refusal::{Refusal, Rule},
    roster::glob,
    task::Task,
};

/// Longest word of a text that is looked at as a path, bytes.
const PATH_MOST: usize = 300;

/// Only tasks with a label that the host gives out, where it names such labels.
pub(super) fn labels_allowed(case: &Case<'_>) -> Verdict {
    let allowed = &case.load.policy.labels_allow;
    let has = |pattern: &String| case.p.task.labels.iter().any(|l| fits_label(pattern, l.raw()));
    if allowed.is_empty() || allowed.iter().any(has) {
        return Ok(());
    }
    // Two lists without anything in common leave the empty pattern, which fits no label.
    let names: Vec<String> =
        allowed.iter().filter(|l| !l.is_empty()).take(4).map(|l| format!("'{}'", name(l))).collect();
    let which = if names.is_empty() { "no label".to_owned() } else { format!("the label {}", names.join(" or ")) };
    let (host, key) = (case.host(), &case.p.task.key);
    let sentence = format!("{host} gives out tasks with {which}, and {key} has none of them");
    let mut refusal = Refusal::new(Rule::Protected, sentence, case.lifter())
        .instead("ask on the task whether it may have such a label");
    let contact = case.contact();
    if !contact.is_empty() {
        refusal = refusal.instead(contact);
    }
    Err(Box::new(refusal))
}

/// The first label of a task that its host has closed to helpers, raw.
pub fn closed_label<'a>(task: &'a Task, closed: &[String]) -> Option<&'a str> {
    task.labels.iter().map(|l| l.raw()).find(|label| closed.iter().any(|pattern| fits_label(pattern, label)))
}

/// What of a task the host wants to be asked for, in words: a label or a path of its deny lists.
pub(super) fn protected(task: &Task, body: Option<&str>, labels: &[String], paths: &[String]) -> Option<String> {
    let denied = |label: &&str| labels.iter().any(|pattern| fits_label(pattern, label));
    if let Some(label) = task.labels.iter().map(|l| l.raw()).find(denied) {
        return Some(format!("it has the label '{}'", name(label)));
    }
    let texts = [task.title.raw(), body.unwrap_or_default()];
    let found = |pattern: &&String| texts.iter().any(|text| names_path(text, pattern));
    paths.iter().find(found).map(|pattern| format!("it names {}", name(pattern)))
}

/// True when a label fits a pattern, without regard to case and to the difference of `-`, `_` and space.
pub(super) fn fits_label(pattern: &str, label: &str) -> bool {
    glob(&folded(pattern), &folded(label))
}

fn folded(text: &str) -> String {
    let plain = |c| if matches!(c, '-' | '_') { ' ' } else { c };
    text.trim().chars().flat_map(char::to_lowercase).map(plain).collect()
}

/// True when a text names a path that fits a pattern: as a word, or as the end of an address.
fn names_path(text: &str, pattern: &str) -> bool {
    let pattern = pattern.trim().trim_start_matches('/').to_lowercase();
    if pattern.is_empty() {
        return false;
    }
    let folder = pattern.trim_end_matches(['*', '/']);
    let fits = |path: &str| glob(&pattern, path) || (!folder.is_empty() && !folder.contains('*') && path == folder);
    let apart =
        |c: char| c.is_whitespace() || matches!(c, '`' | '"' | '\'' | '(' | ')' | '[' | ']' | '<' | '>' | ',' | ';');
    text.split(apart).filter(|word| !word.is_empty() && word.len() <= PATH_MOST).any(|word| {
        let word = word.to_lowercase();
        let word = word.trim_end_matches(['.', ':', '/', '!', '?']);
        fits(word) || word.match_indices('/').any(|(at, _)| word.get(at + 1..).is_some_and(&fits))
    })
}
