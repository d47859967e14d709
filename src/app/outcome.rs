//! How a row of the outbox ended, in words: the refusals of the outbox read as those of a decision do. Pure.

use super::{ExitCode, UserError, words};
use crate::{
    domain::{key::TaskKey, refusal::Refusal},
    index::{Snapshot, alternatives_to},
    sync::outbox::{End, Outcome},
};

/// Tasks named with a refusal.
const ALTERNATIVES: usize = 3;

/// What is said about an outcome; `None` where nobody has to hear of it. `snapshot` was built afterwards; `label` marks
/// claimed tasks.
///
/// # Errors
/// What went wrong, or waits for the user.
pub fn told(outcome: &Outcome, snapshot: &Snapshot, label: &str) -> Result<Option<String>, UserError> {
    let Outcome { key, verb, end } = outcome;
    let shown = snapshot.shown_key(key);
    match end {
        End::Done(c) => {
            let judged = snapshot.commitments.iter().find(|known| known.claim == c.claim);
            Ok(Some(words::written(verb, &shown, judged.unwrap_or(c), label)))
        }
        End::Sorted { said } => Ok(Some(format!("{shown}: {said}"))),
        End::Raised { key } => {
            Ok(Some(format!("{} is made of the finding; anybody can claim it", snapshot.shown_key(key))))
        }
        End::Lost { refusal, .. } => {
            let sentence = format!("{shown}: {}; your claim stepped back", refusal.sentence);
            Err(refused(key, sentence, refusal, snapshot))
        }
        End::Refused { why, refusal: Some(refusal) } => {
            Err(refused(key, format!("{verb} {shown}: {why}"), refusal, snapshot))
        }
        End::Refused { why, refusal: None } => {
            let waits = if snapshot.outbox.is_empty() { "" } else { "`floorwalk outbox` shows what still waits" };
            Err(UserError::refused(format!("{verb} {shown}: {why}"), waits))
        }
        End::Vain { why } => Err(UserError::refused(format!("{verb} {shown}: {why}"), "")),
        End::Later { why, auth: true, .. } => Err(UserError::new(
            ExitCode::Auth,
            format!("{verb} {shown} waits in the outbox: {why}"),
            "fix the login (`floorwalk doctor`), then `floorwalk outbox retry`",
        )),
        End::Later { why, .. } => Ok(Some(format!("{verb} {shown} waits in the outbox and will be sent later: {why}"))),
        // A run's own business: nobody asked for it, and nothing is missing without it.
        End::Moot { .. } => Ok(None),
        End::Attention { why } => {
            let hint = "`floorwalk outbox` shows it: retry it when that is mended, or drop it";
            Err(UserError::refused(format!("{verb} {shown} needs you: {why}"), hint))
        }
    }
}

/// A refusal with what is free and alike, as a decision would give it.
fn refused(key: &TaskKey, sentence: String, refusal: &Refusal, snapshot: &Snapshot) -> UserError {
    let mut refusal = refusal.clone();
    if let Some(row) = snapshot.get(key).filter(|_| refusal.alternatives.is_empty()) {
        refusal.alternatives = alternatives_to(snapshot, row, refusal.rule, ALTERNATIVES);
    }
    let hints = refusal.lines(&|key| snapshot.shown_key(key));
    UserError { code: ExitCode::Refused, sentence, hints, refusal: Some(Box::new(refusal)) }
}
