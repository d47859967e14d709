//! Answers of a walk: what is remembered of them, on this machine only. Nothing here reaches a tracker.

use super::{Decision, World, one_line};
use crate::{
    app::{
        effect::Effect,
        error::{ExitCode, UserError},
    },
    domain::{
        key::TaskKey,
        text::safe_line,
        walk::{Answer, Answered, Reason, answer_words, forgotten},
    },
    index::walk::place,
    store::{Mark, MarkKind},
};

/// Remembers answers. A snooze is a private mark as well, so that it holds in every list.
pub(super) fn answer(world: &World<'_>, answers: &[(TaskKey, Answer)]) -> Result<Decision, UserError> {
    let mut decision = Decision::default();
    let (mut values, mut marks) = (Vec::new(), Vec::new());
    for (key, answer) in answers {
        let Some(row) = world.snapshot.get(key) else {
            let sentence = format!("{} is not in the store", safe_line(&key.to_string()));
            return Err(UserError::refused(sentence, "`floorwalk sync` reads it"));
        };
        let answer = checked(world, answer)?;
        let shown = world.shown(key);
        match &answer {
            Answer::Seen | Answer::Claimed => {}
            Answer::Skipped { .. } => {
                decision.said.push(format!("{shown} {}; nobody else sees that", answer_words(&answer)));
            }
            Answer::Snoozed { until } => {
                let changed = until.is_none().then_some(row.task.updated_at);
                marks.push(Mark { key: key.clone(), kind: MarkKind::Snoozed, until: *until, changed });
                decision.said.push(format!("{shown} {}; is:snoozed lists it", answer_words(&answer)));
            }
        }
        let answered = Answered { key: key.clone(), place: place(row), at: world.now.0, answer };
        values.extend(answered.values());
    }
    if !marks.is_empty() {
        decision.effects.push(Effect::Mark(marks, true));
    }
    decision.effects.push(Effect::Remember(values));
    Ok(decision)
}

/// The answer with its words trimmed; refused where something is missing or a day is over.
fn checked(world: &World<'_>, answer: &Answer) -> Result<Answer, UserError> {
    match answer {
        Answer::Skipped { reason, note } => {
            let note = one_line(note, "reason")?;
            if *reason == Reason::Other && note.is_empty() {
                let sentence = "another reason is said in words";
                return Err(UserError::new(ExitCode::Usage, sentence, "one line is enough: `--note TEXT`"));
            }
            Ok(Answer::Skipped { reason: *reason, note })
        }
        Answer::Snoozed { until: Some(until) } if *until <= world.now.0 => {
            let sentence = "a snooze ends on a day to come";
            Err(UserError::new(ExitCode::Usage, sentence, "name a later day, or snooze it until something changes"))
        }
        other => Ok(other.clone()),
    }
}

/// Takes answers back. That a host was visited stays true.
pub(super) fn forget(world: &World<'_>, answers: &[(TaskKey, Answer)]) -> Decision {
    let mut decision = Decision::default();
    let snoozed = |answer: &Answer| matches!(answer, Answer::Snoozed { .. });
    let marks: Vec<Mark> = answers
        .iter()
        .filter(|(_, answer)| snoozed(answer))
        .map(|(key, _)| Mark { key: key.clone(), kind: MarkKind::Snoozed, until: None, changed: None })
        .collect();
    if !marks.is_empty() {
        decision.effects.push(Effect::Mark(marks, false));
    }
    decision.effects.push(Effect::Remember(answers.iter().map(|(key, _)| forgotten(key)).collect()));
    decision.said.extend(answers.iter().map(|(key, _)| format!("took back what you said of {}", world.shown(key))));
    decision
}
