//! Reading a registry that lives in a repository, and the rules that repositories keep themselves. What was read is kept
//! as named values, so that a start without network has it. Without a registry nothing here sends a request.

use std::collections::HashSet;

use futures_util::{StreamExt, stream};
use jiff::{SignedDuration, Timestamp};

use super::discover::stops_all;
use crate::{
    domain::{
        key::{ProjectRef, TaskKey},
        project::{Project, SkipReason},
        roster::Roster,
        time::Now,
    },
    registry::{
        Finding, MAX_BYTES, OVERLAY, Source,
        folder::{MAX_FILES, MAX_TOTAL, PARTS, is_part},
        is_whole,
        kept::{Kept, KeptOverlay, VALUE},
    },
    store::{self, Batch, Everything, Store},
    tracker::{self, ErrorClass, Tracker, TrackerError},
};

/// A registry that did not move is read again after this long.
const AGAIN: SignedDuration = SignedDuration::from_hours(1);
/// Clocks of a server and of this machine may differ by this much.
const SKEW: SignedDuration = SignedDuration::from_mins(2);
/// Files that are asked for at once.
const AT_ONCE: usize = 4;
/// Repositories whose own rules are looked for in one sync.
const LOOKS: usize = 200;
/// Largest file of a repository's own rules, bytes: every one is kept in the store.
const MAX_OVERLAY: usize = 64 * 1024;

/// What went wrong, and what to do.
pub type Problem = (String, String);

/// Where a registry lies on a tracker.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    /// The repository.
    pub project: &'a ProjectRef,
    /// A folder in it; empty for all of it.
    pub folder: &'a str,
    /// As configured, and as messages begin: `gh:acme/floor`.
    pub shown: &'a str,
}

/// Name of the value that keeps what is known of a repository's own rules.
pub fn overlay_value(project: &ProjectRef) -> String {
    format!("overlay {}:{project}", project.tracker)
}

/// Reads all files of a registry, as they are now.
///
/// # Errors
/// The first call that failed: half a registry is none.
pub async fn fetch(tracker: &dyn Tracker, place: Place<'_>) -> tracker::Result<(Vec<Source>, Vec<Finding>)> {
    let mut troubles = Vec::new();
    let mut paths = Vec::new();
    for part in PARTS {
        let folder: Vec<&str> = [place.folder, part].into_iter().filter(|p| !p.is_empty()).collect();
        let folder = folder.join("/");
        for name in tracker.folder(place.project, &folder).await? {
            let within = if part.is_empty() { name.clone() } else { format!("{part}/{name}") };
            if !is_part(&name) {
                continue;
            }
            // A name goes into an address: what could climb or cut it stays out.
            if !name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-')) {
                let sentence = "is left out: its name has other characters than letters, digits, '.', '_' and '-'";
                troubles.push(Finding::whole(&format!("{}/{within}", place.shown), sentence, "rename the file"));
                continue;
            }
            let path = if folder.is_empty() { name } else { format!("{folder}/{name}") };
            paths.push((path, format!("{}/{within}", place.shown)));
        }
    }
    if paths.len() > MAX_FILES {
        let sentence = format!("a registry has at most {MAX_FILES} files; the rest is left out");
        troubles.push(Finding::whole(place.shown, sentence, "check the folder of the registry"));
        paths.truncate(MAX_FILES);
    }
    let mut reads = stream::iter(paths)
        .map(|(path, name)| async move { (tracker.file(place.project, &path).await, name) })
        .buffered(AT_ONCE);
    let mut sources = Vec::new();
    let mut total = 0;
    while let Some((text, name)) = reads.next().await {
        let text = match text {
            Ok(Some(text)) => text,
            // Removed between the two questions.
            Ok(None) => continue,
            // About this one file; the rest is still read.
            Err(e) if matches!(e.class, ErrorClass::TooLarge | ErrorClass::Unexpected { .. } | ErrorClass::Invalid) => {
                troubles.push(Finding::whole(&name, format!("cannot be read: {}", e.sentence()), e.hint()));
                continue;
            }
            Err(e) => return Err(e),
        };
        total += text.len();
        if text.len() > MAX_BYTES || total > MAX_TOTAL {
            let sentence = "is left out: a file has at most 1 MiB, and a registry 16 MiB";
            troubles.push(Finding::whole(&name, sentence, "split it, or check the folder of the registry"));
        } else {
            sources.push(Source { name, text });
        }
    }
    if sources.is_empty() && troubles.is_empty() {
        let sentence = "the registry has no file that ends with .toml, or cannot be seen with this token";
        troubles.push(Finding::whole(place.shown, sentence, "`floorwalk registry example` prints one to begin with"));
    }
    Ok((sources, troubles))
}

/// Reads the registry when its repository moved, or after an hour. What cannot be read stays as it was and is told.
///
/// # Errors
/// When the store fails.
pub async fn refresh(
    store: &dyn Store,
    tracker: &dyn Tracker,
    place: Place<'_>,
    now: Now,
) -> store::Result<Vec<Problem>> {
    let mut kept = Kept::load(store.value(VALUE).await?.as_deref(), place.shown);
    // The repository alone, and none of its tasks.
    let known = store.page(vec![TaskKey::unborn(place.project.clone())]).await?.projects;
    let pushed = known.iter().find(|p| p.project == *place.project).and_then(|p| p.pushed_at);
    if !is_due(&kept, pushed, now) {
        return Ok(Vec::new());
    }
    match fetch(tracker, place).await {
        Ok((files, troubles)) => {
            kept.take(files, troubles);
            (kept.at, kept.pushed_at) = (Some(now.0), pushed);
            store.apply(Batch { values: vec![(VALUE.into(), kept.store())], ..Batch::default() }).await?;
            Ok(Vec::new())
        }
        Err(e) => {
            let used = if kept.files.is_empty() { "nobody is known" } else { "the last good text stays in use" };
            Ok(vec![(format!("the registry {} cannot be read, {used}: {}", place.shown, e.sentence()), e.hint())])
        }
    }
}

fn is_due(kept: &Kept, pushed: Option<Timestamp>, now: Now) -> bool {
    let Some(at) = kept.at else { return true };
    let age = now.0.duration_since(at);
    let moved = match (pushed, kept.pushed_at) {
        (Some(pushed), Some(known)) => pushed != known,
        (Some(pushed), None) => pushed.duration_since(at) > -SKEW,
        (None, _) => false,
    };
    moved || age >= AGAIN || age < SignedDuration::ZERO
}

/// Looks for the own rules of repositories that were pushed to since the last look: those of teams of the registry, and
/// those somebody is or was committed in.
///
/// # Errors
/// When the store fails.
pub async fn overlays(store: &dyn Store, tracker: &dyn Tracker, roster: &Roster) -> store::Result<Vec<Problem>> {
    let everything = store.around().await?;
    let due = due(&everything, tracker, roster);
    let mut reads = stream::iter(due)
        .map(|(project, old)| async move { (tracker.file(&project.project, OVERLAY).await, project, old) })
        .buffer_unordered(AT_ONCE);
    let (mut values, mut problems) = (Vec::new(), Vec::new());
    while let Some((text, project, old)) = reads.next().await {
        match kept_overlay(text, project, old) {
            Ok((kept, problem)) => {
                problems.extend(problem);
                let text = serde_json::to_string(&kept).unwrap_or_default();
                values.push((overlay_value(&project.project), text));
            }
            Err(error) => {
                let sentence = format!("{}/{OVERLAY} cannot be read: {}", project.project, error.sentence());
                problems.push((sentence, error.hint()));
                if stops_all(&error.class) || matches!(error.class, ErrorClass::Connect | ErrorClass::Timeout) {
                    break;
                }
            }
        }
    }
    drop(reads);
    if !values.is_empty() {
        store.apply(Batch { values, ..Batch::default() }).await?;
    }
    Ok(problems)
}

/// Projects to look at, with what is known: live commitments first, then those never looked at.
fn due<'a>(everything: &'a Everything, tracker: &dyn Tracker, roster: &Roster) -> Vec<(&'a Project, KeptOverlay)> {
    let values: std::collections::HashMap<&str, &str> =
        everything.values.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let helped: HashSet<&ProjectRef> = everything.commitments.iter().map(|c| &c.key.project).collect();
    let mut due: Vec<(bool, bool, &Project, KeptOverlay)> = everything
        .projects
        .iter()
        .filter(|p| p.project.tracker == *tracker.name())
        .filter(|p| !matches!(p.skip_reason(), Some(SkipReason::Disabled | SkipReason::Archived)))
        .filter(|p| helped.contains(&p.project) || roster.host_of(&p.project).is_some())
        .filter_map(|p| {
            let known = values.get(overlay_value(&p.project).as_str());
            let known: Option<KeptOverlay> = known.and_then(|v| serde_json::from_str(v).ok());
            let moved = known.as_ref().is_none_or(|k| k.pushed_at != p.pushed_at);
            moved.then(|| (!helped.contains(&p.project), known.is_some(), p, known.unwrap_or_default()))
        })
        .collect();
    due.sort_by(|a, b| (a.0, a.1, &a.2.project).cmp(&(b.0, b.1, &b.2.project)));
    due.into_iter().take(LOOKS).map(|(_, _, project, known)| (project, known)).collect()
}

/// What is kept after a look; `Err` where the next sync looks again.
fn kept_overlay(
    text: tracker::Result<Option<String>>,
    project: &Project,
    old: KeptOverlay,
) -> Result<(KeptOverlay, Option<Problem>), TrackerError> {
    let pushed_at = project.pushed_at;
    let text = match text {
        Ok(text) => text,
        Err(e) if matches!(e.class, ErrorClass::NotFound | ErrorClass::Gone) => None,
        Err(e) if e.class == ErrorClass::TooLarge => Some("#".repeat(MAX_OVERLAY + 1)),
        Err(e) => return Err(e),
    };
    let Some(text) = text else { return Ok((KeptOverlay { pushed_at, text: None, broken: false }, None)) };
    let file = format!("{}/{OVERLAY}", project.project);
    if text.len() > MAX_OVERLAY {
        let problem = (format!("{file} is larger than 64 KiB and is not used"), "shorten it".to_owned());
        return Ok((KeptOverlay { pushed_at, broken: true, ..old }, Some(problem)));
    }
    if is_whole(&text) || old.text.is_none() {
        return Ok((KeptOverlay { pushed_at, text: Some(text), broken: false }, None));
    }
    let hint = "`floorwalk registry check FILE` names the mistakes".to_owned();
    let problem = (format!("{file} is broken; its last good text stays in use"), hint);
    Ok((KeptOverlay { pushed_at, broken: true, ..old }, Some(problem)))
}
