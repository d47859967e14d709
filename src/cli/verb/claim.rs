//! `claim`: take tasks for a while, or ask for them.

use std::time::Duration;

use super::wrote::{self, Whose};
use crate::{
    app::{Command, ExitCode},
    cli::{
        args::ClaimArgs,
        context::Context,
        failure::Result,
        json::HostOut,
        open::{Need, Opened, open, same_project},
    },
    domain::{key::TaskKey, text::safe_line, time::Now},
    index::Snapshot,
};

/// How long the tracker is waited for before a claim is sent without its word.
const PATIENCE: Duration = Duration::from_secs(5);

pub(super) async fn run(cx: &Context, args: &ClaimArgs) -> Result<ExitCode> {
    let opened = open(cx, Need::Trackers).await?;
    let mut snapshot = opened.session.snapshot().await?;
    let mut keys: Vec<TaskKey> = Vec::new();
    for typed in &args.keys {
        let key = opened.find(cx, &mut snapshot, typed).await?;
        if !keys.contains(&key) {
            keys.push(key);
        }
    }
    let command = Command::Claim {
        keys: keys.clone(),
        until: args.until,
        size: args.size,
        plan: args.plan.clone(),
        alongside: args.alongside,
        ask: args.ask,
    };
    tell_signs(cx, &opened, &snapshot, &keys).await;
    if args.dry_run {
        return wrote::preview(cx, &opened, &command, hosts(&snapshot, &keys, cx.host.now())).await;
    }
    if let Some(question) = question(&opened, &snapshot, &keys) {
        cx.confirm(&question)?;
    }
    wrote::perform(cx, &opened, command, &keys, &Whose::Mine).await
}

/// Says, before anything is sent, who seems to be at a task although it looks free. What cannot be read says nothing: it
/// is looked at again when the claim is sent.
async fn tell_signs(cx: &Context, opened: &Opened, snapshot: &Snapshot, keys: &[TaskKey]) {
    for key in keys {
        let asked = tokio::time::timeout(PATIENCE, opened.session.signs(key)).await;
        for sign in asked.ok().and_then(std::result::Result::ok).unwrap_or_default() {
            let words = safe_line(&sign.words(cx.host.now())).into_owned();
            cx.out.note(&format!("somebody may be at {}: {words}", snapshot.shown_key(key)));
        }
    }
}

/// The host of each project once, where a registry names it.
fn hosts(snapshot: &Snapshot, keys: &[TaskKey], now: Now) -> Vec<HostOut> {
    let mut projects: Vec<_> = keys.iter().map(|key| &key.project).collect();
    projects.sort();
    projects.dedup();
    projects.into_iter().filter_map(|project| HostOut::of(&snapshot.roster, project, now)).collect()
}

/// What is asked before claiming: several tasks at once, or a project nobody configured.
fn question(opened: &Opened, snapshot: &Snapshot, keys: &[TaskKey]) -> Option<String> {
    let names: Vec<String> = keys.iter().map(|k| snapshot.shown_key(k)).collect();
    let unknown = |k: &TaskKey| opened.unconfigured.iter().any(|p| same_project(p, &k.project));
    if keys.len() > 1 {
        return Some(format!("claim {} tasks: {}?", keys.len(), names.join(", ")));
    }
    let outside = keys.iter().any(unknown);
    outside.then(|| format!("claim {}? Its project is not in your configuration.", names.join(", ")))
}
