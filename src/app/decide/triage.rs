//! Sorting tasks: what each act would do to each task, or why it does nothing there. Private acts become marks and named
//! values of this machine; the others become rows of the outbox, which asks the tracker and the host's policy once more.

use std::collections::HashMap;

use super::{Decision, NOTE_MOST, World, not_too_long};
use crate::{
    app::{
        effect::Effect,
        error::{ExitCode, UserError},
    },
    domain::{
        key::{ProjectRef, TaskKey},
        outbox::{Op, Wish},
        person::Person,
        project::{Permission, Project},
        refusal::{Lifter, Refusal, Rule},
        task::TaskState,
        text::{safe_fit, safe_line},
        triage::{Errand, LABEL_MOST, MOST_COMMENTS, Topic, Triage, is_same_text, tag_back, tag_value, tag_word},
    },
    index::Row,
    judge::{
        guard::{Around, may_speak},
        signal::STALE_DAYS,
    },
    store::{Mark, MarkKind},
};

/// Lines about single tasks that are said; of more tasks one line tells all.
const LINES: usize = 3;

/// Longest description, characters: what trackers take, less a little.
const DESCRIPTION_MOST: usize = 60_000;

/// What an act does to one task.
#[derive(Clone, Debug)]
pub struct Planned {
    /// The task.
    pub key: TaskKey,
    /// What will happen, or why nothing does.
    pub will: Result<Will, UserError>,
}

/// What will happen to one task.
#[derive(Clone, Debug)]
pub struct Will {
    /// One harmless phrase: `label acme/app#12 with 'docs'`.
    pub phrase: String,
    /// The user's part of the comment, raw; `None` for an act without one.
    pub text: Option<String>,
    act: Act,
}

#[derive(Clone, Debug)]
enum Act {
    Mark(Mark),
    Value((String, String)),
    Send(Errand),
}

/// What is said of many tasks at once.
fn told(act: &Triage, what: &str) -> String {
    if act.is_private() { act.past(what) } else { act.phrase(what) }
}

/// What an act would do to each task, in the order given.
///
/// # Errors
/// When the act itself cannot be: no word for a tag, a day that has passed, words that no comment holds.
pub fn plan(world: &World<'_>, keys: &[TaskKey], act: &Triage) -> Result<Vec<Planned>, UserError> {
    let act = checked(world, act)?;
    let mut comments = 0;
    let mut spelled = Spelled::new();
    let one = |key: &TaskKey| {
        let mut will = planned(world, key, &act, &mut spelled);
        if will.is_ok() && act.is_comment() {
            comments += 1;
            if comments > MOST_COMMENTS {
                let sentence =
                    format!("{} is left out: one act writes {MOST_COMMENTS} comments at most", world.shown(key));
                will = Err(UserError::refused(sentence, "look at these first, and mark the others again"));
            }
        }
        Planned { key: key.clone(), will }
    };
    Ok(keys.iter().map(one).collect())
}

pub(super) fn triage(world: &World<'_>, keys: &[TaskKey], act: &Triage) -> Result<Decision, UserError> {
    let mut decision = Decision::default();
    let (mut marks, mut values, mut ops) = (Vec::new(), Vec::new(), Vec::new());
    let (mut done, mut left_out) = (Vec::new(), Vec::new());
    let act = &checked(world, act)?;
    for Planned { key, will } in plan(world, keys, act)? {
        match will {
            Ok(Will { phrase, act: one, .. }) => {
                done.push(if act.is_private() { act.past(&world.shown(&key)) } else { phrase });
                match one {
                    Act::Mark(mark) => marks.push(mark),
                    Act::Value(value) => values.push(value),
                    Act::Send(errand) => ops.push(world.op(&key, Wish::Triage { errand })),
                }
            }
            Err(error) => left_out.push(error),
        }
    }
    if done.is_empty() {
        let mut errors = left_out.into_iter();
        let nothing = || UserError::new(ExitCode::Usage, "no task was named", "");
        let mut first = errors.next().unwrap_or_else(nothing);
        first.hints.extend(errors.map(|error| error.sentence));
        return Err(first);
    }
    decision.said = if done.len() > LINES { vec![told(act, &format!("{} tasks", done.len()))] } else { done };
    decision.know = left_out.into_iter().map(|error| format!("left out: {}", error.sentence)).collect();
    if !marks.is_empty() {
        decision.effects.push(Effect::Mark(marks, true));
    }
    if !values.is_empty() {
        decision.effects.push(Effect::Remember(values));
    }
    if !ops.is_empty() {
        decision.effects.extend([Effect::Journal(ops, Vec::new()), Effect::Send]);
    }
    Ok(decision)
}

fn usage(sentence: &str, hint: &str) -> UserError {
    UserError::new(ExitCode::Usage, sentence, hint)
}

/// The act with its words in order; refused where something is missing.
fn checked(world: &World<'_>, act: &Triage) -> Result<Triage, UserError> {
    let tag = |word: &String| tag_word(word).map_err(|why| UserError::new(ExitCode::Usage, why, ""));
    let label = |name: &String| match name.trim() {
        "" => Err(usage("a label has a name", "`--label NAME`")),
        name => not_too_long(name, LABEL_MOST, "label").map(|()| name.to_owned()),
    };
    let words = |text: &String| not_too_long(text, NOTE_MOST, "text").map(|()| text.trim().to_owned());
    Ok(match act {
        Triage::Describe { body, .. } if body.trim().is_empty() => {
            return Err(usage("a description says something", "nothing was changed"));
        }
        Triage::Describe { body, .. } => {
            not_too_long(body, DESCRIPTION_MOST, "description")?;
            act.clone()
        }
        Triage::Snooze { until: Some(until) } if *until <= world.now.0 => {
            let hint = "name a later day, or snooze it until something changes";
            return Err(usage("a snooze ends on a day to come", hint));
        }
        Triage::Snooze { .. } | Triage::Hide => act.clone(),
        Triage::Tag(word) => Triage::Tag(tag(word)?),
        Triage::Untag(word) => Triage::Untag(tag(word)?),
        Triage::Label(name) => Triage::Label(label(name)?),
        Triage::Unlabel(name) => Triage::Unlabel(label(name)?),
        Triage::AskInfo { text } | Triage::Obsolete { text } if text.trim().is_empty() => {
            return Err(usage("a question needs words", "leave `--text` out to ask in the usual words"));
        }
        Triage::AskInfo { text } => Triage::AskInfo { text: words(text)? },
        Triage::Obsolete { text } => Triage::Obsolete { text: words(text)? },
        Triage::Duplicate { of, text } => Triage::Duplicate { of: of.clone(), text: words(text)? },
    })
}

/// How each project spells the label of the act, where some task wears it.
type Spelled = HashMap<ProjectRef, Option<String>>;

fn planned(world: &World<'_>, key: &TaskKey, act: &Triage, spelled: &mut Spelled) -> Result<Will, UserError> {
    let shown = world.shown(key);
    let Some(row) = world.snapshot.get(key) else {
        let sentence = format!("{} is not in the store", safe_line(&key.to_string()));
        return Err(UserError::refused(sentence, "`floorwalk sync` reads it"));
    };
    let so_already = |what: String| Err(UserError::refused(format!("{shown} {what} already"), ""));
    let tags = world.snapshot.tags.get(key);
    let private = |act: Act, triage: &Triage| Ok(Will { phrase: triage.phrase(&shown), text: None, act });
    match act {
        Triage::Snooze { until } => {
            let changed = until.is_none().then_some(row.task.updated_at);
            let mark = Mark { key: key.clone(), kind: MarkKind::Snoozed, until: *until, changed };
            private(Act::Mark(mark), act)
        }
        Triage::Hide if row.mark == Some(MarkKind::Hidden) => so_already("is hidden".into()),
        Triage::Hide => {
            let mark = Mark { key: key.clone(), kind: MarkKind::Hidden, until: None, changed: None };
            private(Act::Mark(mark), act)
        }
        Triage::Tag(word) if tags.contains(word) => so_already(format!("has the tag #{word}")),
        Triage::Untag(word) if !tags.contains(word) => so_already(format!("is without the tag #{word}")),
        Triage::Tag(word) => private(Act::Value(tag_value(key, word, true)), act),
        Triage::Untag(word) => private(Act::Value(tag_value(key, word, false)), act),
        Triage::Label(_) | Triage::Unlabel(_) => label(world, row, act, spelled),
        Triage::Describe { was, body } => describe(world, row, was, body),
        Triage::AskInfo { .. } | Triage::Obsolete { .. } | Triage::Duplicate { .. } => say(world, row, act),
    }
}

/// A description is its author's, and the host's.
fn describe(world: &World<'_>, row: &Row, was: &str, body: &str) -> Result<Will, UserError> {
    let (key, shown) = (&row.task.key, world.shown(&row.task.key));
    if is_same_text(was, body) {
        let hint = "write something below the headings, and save";
        return Err(UserError::refused(format!("the description of {shown} stays as it is"), hint));
    }
    let me = (world.me)(key);
    let own = row.task.author.as_ref().is_some_and(|author| me.is_some_and(|me| me.id == author.id));
    let permission = project(world, row).map(|p| p.permission).unwrap_or_default();
    if permission == Permission::Read && !own {
        let sentence = format!("{shown}: only its author and the people of {} may change its description", key.project);
        let refusal = Refusal::new(Rule::Permission, sentence, Lifter::Host(world.leads(key)));
        return Err(world.refuse(refusal.instead(format!("`floorwalk why {shown} --ask` prints words to ask them"))));
    }
    let errand = Errand::Describe { was: was.to_owned(), body: body.trim_end().to_owned() };
    in_place(world, row, &errand)?;
    let phrase = format!("change the description of {shown}");
    Ok(Will { phrase, text: Some(body.to_owned()), act: Act::Send(errand) })
}

fn project<'a>(world: &World<'a>, row: &Row) -> Option<&'a Project> {
    world.snapshot.projects.iter().find(|p| p.project == row.task.key.project)
}

/// What is closed or not read any more is left alone, and nothing is wished twice.
fn in_place(world: &World<'_>, row: &Row, errand: &Errand) -> Result<(), UserError> {
    let (task, shown) = (&row.task, world.shown(&row.task.key));
    let refuse = |why: &str| {
        let refusal = Refusal::new(Rule::Open, format!("{shown}: {why}"), Lifter::Nobody);
        Err(UserError { hints: Vec::new(), ..world.refuse(refusal) })
    };
    if let Some(reason) = project(world, row).and_then(Project::skip_reason) {
        return refuse(&format!("its project is left out: {}", reason.words()));
    }
    if task.state != TaskState::Open {
        return refuse("it is closed");
    }
    let same = |op: &&Op| {
        op.key == task.key
            && matches!(&op.wish, Wish::Triage { errand: e } if match (e, errand) {
                (Errand::Say { topic: a, .. }, Errand::Say { topic: b, .. }) => a == b,
                (Errand::Describe { .. }, Errand::Describe { .. }) => true,
                (a, b) => a == b,
            })
    };
    match world.snapshot.outbox.iter().find(same) {
        Some(_) => Err(UserError::refused(
            format!("'{}' for {shown} waits in the outbox already", errand.word()),
            "`floorwalk outbox` shows it",
        )),
        None => Ok(()),
    }
}

fn label(world: &World<'_>, row: &Row, act: &Triage, spelled: &mut Spelled) -> Result<Will, UserError> {
    let (task, shown) = (&row.task, world.shown(&row.task.key));
    let (typed, on) = match act {
        Triage::Label(name) => (name, true),
        Triage::Unlabel(name) => (name, false),
        _ => return Err(UserError::refused("this is no label", "")),
    };
    let known = || known_label(world, row, typed);
    let worn = spelled.entry(task.key.project.clone()).or_insert_with(known).clone();
    let is_worn = worn.is_some() || !on;
    let name = worn.unwrap_or_else(|| typed.clone());
    let words = safe_fit(&name, 60).into_owned();
    if task.labels.iter().any(|l| l.raw().eq_ignore_ascii_case(&name)) == on {
        let what = if on { "has the label" } else { "is without the label" };
        return Err(UserError::refused(format!("{shown} {what} '{words}' already"), ""));
    }
    let permission = project(world, row).map(|p| p.permission).unwrap_or_default();
    if permission == Permission::Read {
        let sentence =
            format!("{shown}: you may not change labels in {}; that takes triage rights there", task.key.project);
        let refusal = Refusal::new(Rule::Permission, sentence, Lifter::Host(world.leads(&task.key)));
        return Err(world.refuse(refusal.instead("tag it for yourself: `floorwalk triage TASK --tag WORD`")));
    }
    // A tracker without a list of labels would make a new one of every slip.
    if !is_worn && task.key.project.owner_and_name().is_none() {
        let sentence = format!("{shown}: no task of {} has the label '{words}', and none is made", task.key.project);
        return Err(UserError::refused(sentence, ""));
    }
    let errand = if on { Errand::Label { name, undo: false } } else { Errand::Unlabel { name, undo: false } };
    in_place(world, row, &errand)?;
    let named = if on { Triage::Label(words) } else { Triage::Unlabel(words) };
    let unsure = if is_worn { String::new() } else { format!(", if {} has it", task.key.project) };
    Ok(Will { phrase: named.phrase(&shown) + &unsure, text: None, act: Act::Send(errand) })
}

/// A label as the project spells it, where some task wears it.
fn known_label(world: &World<'_>, row: &Row, typed: &str) -> Option<String> {
    let labels = world.snapshot.rows.of_project(&row.task.key.project).flat_map(|r| r.task.labels);
    labels.map(|l| l.raw().to_owned()).find(|l| l.eq_ignore_ascii_case(typed))
}

fn say(world: &World<'_>, row: &Row, act: &Triage) -> Result<Will, UserError> {
    let (task, shown) = (&row.task, world.shown(&row.task.key));
    let (topic, mut link, text) = match act {
        Triage::AskInfo { text } => (Topic::AskInfo, None, text),
        Triage::Obsolete { text } => (Topic::Obsolete, None, text),
        Triage::Duplicate { of, text } => (Topic::Duplicate, Some(of), text),
        _ => return Err(UserError::refused("this is no comment", "")),
    };
    let me = (world.me)(&task.key);
    let author = task.author.as_ref().filter(|author| topic == Topic::AskInfo && is_asked(author));
    if me.as_ref().is_some_and(|me| author.is_some_and(|author| author.login == me.login)) {
        return Err(UserError::refused(format!("{shown} was opened by you: there is nobody to ask"), ""));
    }
    if link.is_some_and(|of| *of == task.key) {
        return Err(UserError::refused(format!("{shown} is the task itself, not another one"), ""));
    }
    let errand = Errand::Say {
        topic,
        tell: author.map(|author| author.login.raw().to_owned()),
        link: link.take().map(|of| reference(world, &task.key, of)),
        text: text.clone(),
    };
    in_place(world, row, &errand)?;
    if task.locked {
        return Err(UserError::refused(format!("{shown}: the conversation is locked"), ""));
    }
    if topic == Topic::Obsolete && row.quiet_days < STALE_DAYS {
        let days = row.quiet_days;
        let sentence =
            format!("{shown} moved {days} days ago; nobody is asked to close what is younger than {STALE_DAYS} days");
        return Err(UserError::refused(sentence, "if it is done, say so in a comment of your own"));
    }
    let nobody = Person::human("", 0);
    let around = Around { commitments: &[], roster: world.roster(), now: world.now };
    may_speak(task, me.as_ref().unwrap_or(&nobody), around).map_err(|refusal| {
        let mut refusal = *refusal;
        refusal.sentence = format!("{shown}: {}, so nothing is written there", refusal.sentence);
        refusal.instead.retain(|line| !line.contains("bookmark"));
        world.refuse(refusal)
    })?;
    let mut phrase = match (act, author) {
        (Triage::AskInfo { .. }, Some(author)) => format!("ask @{} for information on {shown}", author.login.fit(39)),
        (Triage::Duplicate { of, .. }, _) => format!("point from {shown} to {} as the same work", world.shown(of)),
        _ => act.phrase(&shown),
    };
    if topic == Topic::Obsolete {
        phrase.push_str(&format!(", as nothing moved for {} days", row.quiet_days));
    }
    // The tracker's client decides: only it knows which projects are service desks.
    if task.key.project.owner_and_name().is_none() {
        phrase.push_str(" (in a service desk only its agents read it)");
    }
    Ok(Will { phrase, text: Some(text.clone()), act: Act::Send(errand) })
}

/// True for an author who can answer.
fn is_asked(author: &Person) -> bool {
    author.kind == crate::domain::person::PersonKind::Human && !author.login.raw().is_empty()
}

/// How a task is named in a comment on another: by its key on the same tracker, else by its address.
fn reference(world: &World<'_>, from: &TaskKey, to: &TaskKey) -> String {
    if from.project.tracker == to.project.tracker {
        return to.to_string();
    }
    (world.url)(to).unwrap_or_else(|| to.to_string())
}

/// Takes the last act back: marks and tags at once; what was not sent vanishes; what was sent by its inverse.
pub(super) fn undo(world: &World<'_>, keys: &[TaskKey]) -> Result<Decision, UserError> {
    let mut decision = Decision::default();
    let (mut ids, mut ops, mut count) = (Vec::new(), Vec::new(), 0);
    for effect in world.did {
        match effect {
            Effect::Mark(marks, on) => {
                count += marks.len();
                decision.effects.push(Effect::Mark(marks.clone(), !on));
            }
            Effect::Remember(values) => {
                let back: Vec<_> = values.iter().filter_map(|(name, value)| tag_back(name, value, keys)).collect();
                count += back.len();
                decision.effects.push(Effect::Remember(back));
            }
            Effect::Journal(rows, _) => {
                for row in rows {
                    match world.snapshot.outbox.iter().find(|op| op.id == row.id) {
                        Some(op) if op.is_unsent() => ids.push(op.id),
                        Some(op) => {
                            let shown = world.shown(&op.key);
                            decision.know.push(format!("'{}' for {shown} is being sent; undo it then", op.wish.word()));
                        }
                        None => ops.extend(inverse(row).map(|errand| world.op(&row.key, Wish::Triage { errand }))),
                    }
                }
            }
            _ => {}
        }
    }
    if !ids.is_empty() {
        decision.said.push(format!("took back {}, unsent", count_words(ids.len())));
        decision.effects.push(Effect::Withdraw(ids, Vec::new(), Vec::new()));
    }
    if count > 0 {
        decision.said.push(format!("took it back on {}", count_words(count)));
    }
    if !ops.is_empty() {
        decision.said.extend(ops.iter().map(|op| format!("{} {}", op.wish.word(), world.shown(&op.key))));
        decision.effects.extend([Effect::Journal(ops, Vec::new()), Effect::Send]);
    }
    if decision.effects.is_empty() {
        let sentence = decision.know.pop().unwrap_or_else(|| "there is nothing to undo".into());
        return Err(UserError::refused(sentence, ""));
    }
    Ok(decision)
}

fn count_words(count: usize) -> String {
    if count == 1 { "1 task".into() } else { format!("{count} tasks") }
}

/// What turns a row that was sent round. Where it changed nothing, neither does this.
fn inverse(row: &Op) -> Option<Errand> {
    let Wish::Triage { errand } = &row.wish else { return None };
    Some(match errand {
        Errand::Label { name, .. } => Errand::Unlabel { name: name.clone(), undo: true },
        Errand::Unlabel { name, .. } => Errand::Label { name: name.clone(), undo: true },
        Errand::Describe { was, body } => Errand::Describe { was: body.clone(), body: was.clone() },
        Errand::Say { .. } => Errand::Unsay { said: row.id },
        Errand::Unsay { .. } => return None,
    })
}
