//! `triage`: sort tasks, many at once: for oneself, or on their trackers; and find what looks like the same work.

use std::sync::Arc;

use crate::{
    app::{
        Command, ExitCode, UserError,
        decide::{Planned, Will},
    },
    cli::{
        args::TriageArgs,
        context::Context,
        failure::{Failure, Result},
        json::{DuplicatesOut, ErrorOut, SCHEMA, TriageOut, TriagedOut, TwinOut},
        open::{Need, Opened, open},
    },
    domain::{
        key::TaskKey,
        outbox::Wish,
        text::safe_block,
        time::start_of_day,
        triage::{ASK_INFO, OBSOLETE, Triage, row_of},
    },
    index::{Snapshot, duplicates::why},
    store::MarkKind,
};

pub(super) async fn run(cx: &Context, args: &TriageArgs) -> Result<ExitCode> {
    let private =
        args.snooze.is_some() || args.until_changed || args.hide || args.tag.is_some() || args.untag.is_some();
    let reads = private || args.duplicates || args.dry_run;
    let opened = open(cx, if reads { Need::of_reading(cx) } else { Need::Trackers }).await?;
    let mut snapshot = opened.session.snapshot().await?;
    let mut keys: Vec<TaskKey> = Vec::new();
    for typed in &args.keys {
        let key = opened.find(cx, &mut snapshot, typed).await?;
        if !keys.contains(&key) {
            keys.push(key);
        }
    }
    if args.duplicates {
        return duplicates(cx, &opened, &snapshot, &keys).await;
    }
    let act = act(cx, args, &opened, &mut snapshot).await?;
    let plan = opened.session.plan_triage(&keys, &act).await?;
    if args.dry_run {
        return dry_run(cx, &act, &plan, &snapshot);
    }
    if !act.is_private() && keys.len() > 1 {
        cx.confirm(&format!("{}?", act.phrase(&format!("{} tasks", plan.iter().filter(|p| p.will.is_ok()).count()))))?;
    }
    perform(cx, &opened, act, &plan).await
}

async fn act(cx: &Context, args: &TriageArgs, opened: &Opened, snapshot: &mut Arc<Snapshot>) -> Result<Triage> {
    let text = |usual: &str| args.text.clone().unwrap_or_else(|| usual.to_owned());
    Ok(match args {
        TriageArgs { hide: true, .. } => Triage::Hide,
        TriageArgs { tag: Some(word), .. } => Triage::Tag(word.clone()),
        TriageArgs { untag: Some(word), .. } => Triage::Untag(word.clone()),
        TriageArgs { label: Some(name), .. } => Triage::Label(name.clone()),
        TriageArgs { unlabel: Some(name), .. } => Triage::Unlabel(name.clone()),
        TriageArgs { ask_info: true, .. } => Triage::AskInfo { text: text(ASK_INFO) },
        TriageArgs { obsolete: true, .. } => Triage::Obsolete { text: text(OBSOLETE) },
        TriageArgs { duplicate_of: Some(other), .. } => {
            Triage::Duplicate { of: opened.find(cx, snapshot, other).await?, text: text("") }
        }
        _ => Triage::Snooze { until: args.snooze.map(start_of_day) },
    })
}

async fn duplicates(cx: &Context, opened: &Opened, snapshot: &Snapshot, keys: &[TaskKey]) -> Result<ExitCode> {
    let [key] = keys else {
        let sentence = "duplicates are looked for of one task at a time";
        return Err(UserError::new(ExitCode::Usage, sentence, "name one task").into());
    };
    let twins = opened.session.duplicates(key).await?;
    let title = |key: &TaskKey| snapshot.get(key).map(|row| &row.task.title);
    if cx.args.json {
        let out = |twin| TwinOut::new(twin, snapshot, &|key| opened.url(key));
        let duplicates = twins.iter().map(out).collect();
        cx.out.document(&DuplicatesOut { schema: SCHEMA, key: snapshot.shown_key(key), duplicates });
    } else {
        for twin in &twins {
            let title = title(&twin.key).map(|title| title.line().into_owned()).unwrap_or_default();
            cx.out.say(&format!("{}  {title}", snapshot.shown_key(&twin.key)));
            cx.out.say(&format!("  {}", why(twin)));
        }
        if twins.is_empty() {
            cx.out.note("no open task looks like the same work");
        }
    }
    Ok(if twins.is_empty() { ExitCode::Refused } else { ExitCode::Done })
}

fn dry_run(cx: &Context, act: &Triage, plan: &[Planned], snapshot: &Snapshot) -> Result<ExitCode> {
    if let Some(failure) = nothing(plan) {
        return Err(failure);
    }
    if cx.args.json {
        let tasks = plan.iter().map(|planned| TriagedOut::new(planned, snapshot, false)).collect();
        let (said, problems) = (Vec::new(), Vec::new());
        cx.out.document(&TriageOut { schema: SCHEMA, act: act.word(), dry_run: true, tasks, said, problems });
        return Ok(ExitCode::Done);
    }
    for planned in plan {
        match &planned.will {
            Ok(Will { phrase, .. }) => cx.out.say(&format!("would {phrase}")),
            Err(error) => cx.out.say(&format!("left out: {}", error.sentence)),
        }
    }
    let text = plan.iter().find_map(|planned| planned.will.as_ref().ok()?.text.as_deref()).unwrap_or_default();
    if !text.is_empty() {
        cx.out.say(&format!("in these words:\n\n{}", safe_block(text)));
    }
    Ok(ExitCode::Done)
}

/// The errors of a plan that does nothing.
fn nothing(plan: &[Planned]) -> Option<Failure> {
    let errors: Vec<UserError> = plan.iter().filter_map(|p| p.will.as_ref().err().cloned()).collect();
    (errors.len() == plan.len()).then_some(Failure(errors))
}

async fn perform(cx: &Context, opened: &Opened, act: Triage, plan: &[Planned]) -> Result<ExitCode> {
    if let Some(failure) = nothing(plan) {
        return Err(failure);
    }
    let keys: Vec<TaskKey> = plan.iter().map(|planned| planned.key.clone()).collect();
    let before = written(opened, &keys).await;
    let command = Command::Triage { keys: keys.clone(), act: act.clone() };
    let (said, failed) = opened.hear(command).await;
    let snapshot = opened.session.snapshot().await?;
    if cx.args.json {
        let waits = |key: &TaskKey| is_waiting(&snapshot, key);
        let tasks = plan.iter().map(|planned| TriagedOut::new(planned, &snapshot, waits(&planned.key))).collect();
        let problems = failed.iter().map(ErrorOut::from).collect();
        cx.out.document(&TriageOut { schema: SCHEMA, act: act.word(), dry_run: false, tasks, said, problems });
    } else {
        said.iter().for_each(|line| cx.out.note(line));
        failed.iter().for_each(|error| cx.out.problem(error));
        let after = written(opened, &keys).await;
        for (at, planned) in plan.iter().enumerate().filter(|(_, planned)| planned.will.is_ok()) {
            let wrote = after.get(at) > before.get(at);
            if let Some(state) = state(&act, &snapshot, &planned.key, wrote) {
                cx.out.say(&format!("{}  {state}", snapshot.shown_key(&planned.key)));
            }
        }
    }
    Ok(failed.first().map_or(ExitCode::Done, |error| error.code))
}

fn is_waiting(snapshot: &Snapshot, key: &TaskKey) -> bool {
    snapshot.outbox.iter().any(|op| op.key == *key && matches!(op.wish, Wish::Triage { .. }))
}

/// How many comments of triage are known on each task.
async fn written(opened: &Opened, keys: &[TaskKey]) -> Vec<usize> {
    let mut counts = Vec::new();
    for key in keys {
        let detail = opened.session.detail(key).await;
        let comments = detail.map(|detail| detail.comments).unwrap_or_default();
        counts.push(comments.iter().filter(|c| row_of(c.body.raw()).is_some()).count());
    }
    counts
}

/// Where a task stands after the act; `None` where nothing can be said.
fn state(act: &Triage, snapshot: &Snapshot, key: &TaskKey, wrote: bool) -> Option<String> {
    if is_waiting(snapshot, key) {
        return Some("waits in the outbox".into());
    }
    let row = snapshot.get(key)?;
    Some(match act {
        Triage::Snooze { .. } => match row.mark? {
            MarkKind::Snoozed => "snoozed".into(),
            MarkKind::Hidden => "hidden for good".into(),
            MarkKind::Bookmark => "bookmarked".into(),
        },
        Triage::Hide => "hidden".into(),
        Triage::Tag(_) | Triage::Untag(_) => match snapshot.tags.shown(key) {
            tags if tags.is_empty() => "no tags".into(),
            tags => tags,
        },
        Triage::Label(_) | Triage::Unlabel(_) => {
            let labels: Vec<_> = row.task.labels.iter().map(|l| l.line()).collect();
            if labels.is_empty() { "no labels".into() } else { format!("labels: {}", labels.join(", ")) }
        }
        Triage::Describe { .. } => "described".into(),
        Triage::AskInfo { .. } | Triage::Obsolete { .. } | Triage::Duplicate { .. } => {
            wrote.then(|| "comment written".to_owned())?
        }
    })
}
