//! `demo --tasks`: the screen on a made-up store of any size, to see the program with many tasks. Nothing is behind it that
//! could be asked: what would be sent waits in the outbox, and goes with the store.

use std::{fmt::Write as _, path::Path};

use super::demo::at_work;
use crate::{
    app::{ExitCode, UserError},
    cli::{context::Context, failure::Result, open::bare_tracker, wiring},
    config::{Config, RegistryPlace},
    demo::many::{self, TEAMS},
    domain::{
        coverage::{Freshness, ProjectCoverage},
        person::Login,
        text::Foreign,
    },
    store::{Batch, Store},
    tui::Options,
};

/// Tasks that are written in one transaction.
const AT_ONCE: usize = 10_000;
/// The same seed makes the same tasks.
const SEED: u64 = 7;
/// Who reads the list.
const YOU: &str = "person7";
/// Where the tasks would be; nothing answers there, and nothing is asked.
const NOWHERE: &str = "https://many.invalid";

/// Fills a store in `folder` and runs the screen on it.
pub(super) async fn run(cx: &Context, count: u64, folder: &Path, look: Options) -> Result<u8> {
    let store = wiring::store(cx, folder)?;
    cx.out.note(&format!("making {count} tasks; they go when you leave"));
    fill(cx, store.as_ref(), count).await?;
    let registry = folder.join("registry");
    write_registry(&registry).map_err(|e| {
        UserError::new(ExitCode::Store, format!("cannot write to {}: {e}", folder.display()), "make room there")
    })?;
    let config = Config {
        handle: Some(Login::new(YOU)),
        registry: Some(RegistryPlace::Folder(registry)),
        trackers: vec![bare_tracker(NOWHERE)?],
        ..Config::default()
    };
    at_work(cx, config, Vec::new(), store, folder, look).await
}

async fn fill(cx: &Context, store: &dyn Store, count: u64) -> Result<()> {
    let now = cx.host.now();
    let projects = many::projects(&bare_tracker(NOWHERE)?.name);
    let fresh = |project: &crate::domain::project::Project| ProjectCoverage {
        project: project.project.clone(),
        freshness: Freshness::Fresh { at: now.0 },
    };
    let coverage = projects.iter().map(fresh).collect();
    store.apply(Batch { projects: projects.clone(), coverage, ..Batch::default() }).await?;
    let text = || Some(Foreign::from("Made up, to see floorwalk with many tasks."));
    let mut tasks = many::tasks(&projects, count, now, SEED).map(|task| (task, text()));
    loop {
        let tasks: Vec<_> = tasks.by_ref().take(AT_ONCE).collect();
        if tasks.is_empty() {
            return Ok(());
        }
        store.apply(Batch { tasks, ..Batch::default() }).await?;
    }
}

fn write_registry(folder: &Path) -> std::io::Result<()> {
    let mut text = String::new();
    // Every tenth team is not registered: its projects stand for themselves.
    for n in (0..TEAMS).filter(|n| n % 10 != 9) {
        // Writing into a String cannot fail.
        let _ = write!(text, "[team.team{n}]\nname = \"Team {n}\"\nprojects = [\"{}\"]\n\n", many::projects_of_team(n));
    }
    std::fs::create_dir_all(folder)?;
    std::fs::write(folder.join("teams.toml"), text)
}
