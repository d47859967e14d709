//! What the made-up projects are like beside their issues: files, workflows with their runs, updates that wait. Read from
//! one data file; ages become dates before `now`.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;

use super::{
    DemoError,
    acts::{By, Opening},
    world::{RepoIx, Run, Workflow, World, whole_seconds},
};

const FILE: &str = include_str!("../../assets/demo/debt.toml");

/// Days for which runs are kept, one a day.
const RUNS: u64 = 28;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Seed {
    usual: BTreeMap<String, String>,
    checked: BTreeMap<String, String>,
    repo: BTreeMap<String, Own>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Own {
    without: Vec<String>,
    files: BTreeMap<String, String>,
    workflow: Vec<WorkflowSeed>,
    update: Vec<Update>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WorkflowSeed {
    name: String,
    file: String,
    /// Switched off by inactivity that many days ago.
    asleep: Option<u64>,
    /// Days ago on which only a further try passed.
    #[serde(default)]
    again: Vec<u64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Update {
    title: String,
    age: u64,
}

fn ago(now: Timestamp, days: u64) -> Timestamp {
    let hours = i64::try_from(days.saturating_mul(24)).unwrap_or(0);
    whole_seconds(now.checked_sub(SignedDuration::from_hours(hours)).unwrap_or(now))
}

/// Fills in all projects of the organisation.
pub(super) fn plant(world: &mut World, org: &str, now: Timestamp) -> Result<(), DemoError> {
    let broken = |why: &str| DemoError::seed("debt.toml", why);
    let mut seed: Seed = toml::from_str(FILE).map_err(|e| broken(&e.to_string()))?;
    for ix in 0..world.repos.len() {
        let repo = world.repo(ix);
        // The registry's own repository has files enough.
        if repo.archived || !world.user(repo.owner).login.eq_ignore_ascii_case(org) || repo.name == "floor" {
            continue;
        }
        let own = seed.repo.remove(&repo.name).unwrap_or_default();
        plant_files(world, ix, &seed, &own);
        if world.repo(ix).ci.is_some() {
            plant_workflows(world, ix, &own, now);
        }
        plant_updates(world, ix, &own, now).ok_or_else(|| broken("the bot is missing"))?;
    }
    match seed.repo.keys().next() {
        Some(name) => Err(broken(&format!("no repository {name}"))),
        None => Ok(()),
    }
}

fn plant_files(world: &mut World, ix: RepoIx, seed: &Seed, own: &Own) {
    let repo = world.repo_mut(ix);
    let team = repo.topics.iter().find_map(|t| t.strip_prefix("team-")).unwrap_or("platform").to_owned();
    let checked = repo.ci.as_ref().map(|_| &seed.checked).into_iter().flatten();
    let usual = seed.usual.iter().filter(|(path, _)| !own.without.contains(path)).chain(checked);
    for (path, text) in usual.chain(&own.files) {
        let text = text.replace("{name}", &repo.name).replace("{team}", &team);
        repo.files.insert(path.clone(), text.trim_start().to_owned());
    }
}

fn plant_workflows(world: &mut World, ix: RepoIx, own: &Own, now: Timestamp) {
    let red = world.repo(ix).ci.as_ref().and_then(|ci| ci.red_since);
    let ci = WorkflowSeed { name: "ci".into(), file: "ci.yml".into(), asleep: None, again: Vec::new() };
    for (place, seed) in std::iter::once(&ci).chain(&own.workflow).enumerate() {
        let id = world.id();
        // Only the usual checks are what keeps a branch green or red.
        let red = red.filter(|_| place == 0);
        let began = seed.asleep.unwrap_or(0) + 1;
        let runs = (began..began + RUNS).map(|day| run(world, ix, seed, red, day, now)).collect();
        let changed = seed.asleep.map_or(world.repo(ix).created_at, |days| ago(now, days));
        world.repo_mut(ix).workflows.push(Workflow {
            id,
            name: seed.name.clone(),
            path: format!(".github/workflows/{}", seed.file),
            state: if seed.asleep.is_some() { "disabled_inactivity" } else { "active" },
            changed_at: changed,
            runs,
        });
    }
}

fn run(world: &mut World, ix: RepoIx, seed: &WorkflowSeed, red: Option<Timestamp>, day: u64, now: Timestamp) -> Run {
    let at = ago(now, day);
    let failed = red.is_some_and(|since| at >= since);
    Run {
        id: world.id(),
        number: RUNS + 1 - day.min(RUNS),
        sha: format!("{:032x}{day:08x}", world.repo(ix).id),
        event: if seed.asleep.is_some() { "schedule" } else { "push" },
        conclusion: if failed { "failure" } else { "success" },
        attempt: if seed.again.contains(&day) { 2 } else { 1 },
        at,
    }
}

/// Pull requests of the bot, after everything else that was opened.
fn plant_updates(world: &mut World, ix: RepoIx, own: &Own, now: Timestamp) -> Option<()> {
    for update in &own.update {
        let by = By { who: world.find_user("renewbot[bot]")?, at: ago(now, update.age) };
        let body = "A newer version is out. Its notes are quiet.";
        world.open_pull(ix, by, &Opening { title: &update.title, body, draft: false });
    }
    Some(())
}
