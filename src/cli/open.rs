//! From flags and configuration to a running session: which trackers, with which tokens, on which store.

use std::sync::Arc;

use tokio::sync::mpsc::unbounded_channel;

use super::{
    context::Context,
    failure::{Failure, Result},
    wiring,
};
use crate::{
    app::{Command, Event, ExitCode, Session, UserError, session::Parts},
    config::{Config, ConfigError, Loaded, TrackerConfig, TrackerKind, UiConfig, address, secret, taste, theme},
    domain::{
        key::{ProjectRef, TaskKey, TrackerName},
        project::Project,
    },
    index::{FindError, Row, Snapshot, Taste},
    judge::{score::Preset, skills::Role},
    sync::outbox::OutboxSettings,
    tracker::Tracker,
    tui::{Options, notice::Form, theme::Skin},
};

/// What a verb is going to do with the trackers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Need {
    /// Read the store only: no token is looked for, no request is sent.
    Store,
    /// Talk to the trackers.
    Trackers,
}

/// A running session and what the flags narrowed it to.
pub(crate) struct Opened {
    /// The session.
    pub(crate) session: Session,
    /// Projects named by `--repo`; empty for everything configured.
    pub(crate) only: Vec<ProjectRef>,
    /// Of them those the configuration does not name.
    pub(crate) unconfigured: Vec<ProjectRef>,
}

impl Need {
    /// For verbs that read the store: a project named by `--repo` may have to be read first.
    pub(crate) fn of_reading(cx: &Context) -> Self {
        if cx.args.repo.is_empty() { Self::Store } else { Self::Trackers }
    }
}

impl Opened {
    /// True when `--repo` leaves this project in.
    pub(crate) fn shows(&self, project: &ProjectRef) -> bool {
        self.only.is_empty() || self.only.iter().any(|p| same_project(p, project))
    }

    /// Address of a task, where its tracker is configured.
    pub(crate) fn url(&self, key: &TaskKey) -> Option<String> {
        self.session.url(key)
    }

    /// Runs a command to its end; `on_event` hears what happens meanwhile.
    pub(crate) async fn drive(
        &self,
        command: Command,
        mut on_event: impl FnMut(Event),
    ) -> std::result::Result<(), UserError> {
        let (sender, mut events) = unbounded_channel();
        let run = self.session.execute(command, &sender);
        tokio::pin!(run);
        let end = loop {
            tokio::select! {
                biased;
                Some(event) = events.recv() => on_event(event),
                end = &mut run => break end,
            }
        };
        while let Ok(event) = events.try_recv() {
            on_event(event);
        }
        end
    }

    /// Runs a command to its end: what was said on the way, and what failed.
    pub(crate) async fn hear(&self, command: Command) -> (Vec<String>, Vec<UserError>) {
        let (mut said, mut failed) = (Vec::new(), Vec::new());
        let end = self
            .drive(command, |event| match event {
                Event::Said(line) => said.push(line),
                Event::Failed(error) => failed.push(error),
                _ => {}
            })
            .await;
        failed.extend(end.err());
        (said, failed)
    }

    /// The task a user means. A project named by `--repo` that was never read is read first.
    pub(crate) async fn find(&self, cx: &Context, snapshot: &mut Arc<Snapshot>, typed: &str) -> Result<TaskKey> {
        match snapshot.find(typed) {
            Ok(Row { task, .. }) => return Ok(task.key.clone()),
            Err(FindError::Absent(_)) if !self.only.is_empty() => {}
            Err(e) => return Err(e.into()),
        }
        super::verb::sync::quietly(cx, self).await?;
        *snapshot = self.session.snapshot().await?;
        Ok(snapshot.find(typed)?.task.key.clone())
    }
}

/// Compares as GitHub does: without regard to ASCII case.
pub(crate) fn same_project(a: &ProjectRef, b: &ProjectRef) -> bool {
    a.tracker == b.tracker && a.path().eq_ignore_ascii_case(b.path())
}

/// Configuration as `--repo` narrows it.
pub(crate) struct Plan {
    /// What the session reads.
    pub(crate) config: Config,
    /// Keys of the file that are not known.
    pub(crate) unknown: Vec<ConfigError>,
    only: Vec<ProjectRef>,
    unconfigured: Vec<ProjectRef>,
}

/// Reads the configuration and applies `--repo`.
pub(crate) fn plan(cx: &Context) -> Result<Plan> {
    let Loaded { mut config, unknown, .. } = cx.load()?;
    if cx.args.repo.is_empty() {
        if config.trackers.is_empty() {
            cx.warn(&unknown);
            return Err(no_configuration(cx));
        }
        return Ok(Plan { config, unknown, only: Vec::new(), unconfigured: Vec::new() });
    }
    let mut tracker = match config.trackers.iter().find(|t| t.kind == TrackerKind::GitHub) {
        Some(first) => first.clone(),
        None => bare_tracker("https://github.com")?,
    };
    let mut only = Vec::new();
    for path in &cx.args.repo {
        let project = ProjectRef::parse(&tracker.name, path).ok().filter(|p| p.owner_and_name().is_some());
        only.push(project.ok_or_else(|| {
            let shown = crate::domain::text::safe_line(path).into_owned();
            UserError::new(ExitCode::Usage, format!("'{shown}' is no repository"), "--repo takes owner/name")
        })?);
    }
    let unconfigured = only.iter().filter(|p| !names(&tracker, p)).cloned().collect();
    tracker.repos = only.iter().map(|p| p.path().to_owned()).collect();
    (tracker.orgs, tracker.users, tracker.topics) = Default::default();
    config.trackers = vec![tracker];
    Ok(Plan { config, unknown, only, unconfigured })
}

/// A GitHub tracker named `gh` that reads nothing yet.
pub(crate) fn bare_tracker(url: &str) -> Result<TrackerConfig> {
    let name = TrackerName::parse("gh").map_err(|e| UserError::new(ExitCode::Internal, e.to_string(), ""))?;
    Ok(TrackerConfig::new(name, TrackerKind::GitHub, url))
}

fn names(tracker: &TrackerConfig, project: &ProjectRef) -> bool {
    let owner = project.owner_and_name().map_or("", |(owner, _)| owner);
    let has = |list: &[String], what: &str| list.iter().any(|entry| entry.eq_ignore_ascii_case(what));
    has(&tracker.repos, project.path()) || has(&tracker.orgs, owner) || has(&tracker.users, owner)
}

/// What to do without a configuration.
pub(crate) fn no_configuration(cx: &Context) -> Failure {
    let place = cx.paths.config.path.display().to_string();
    let what = if cx.paths.config.path.exists() { "names no tracker" } else { "is not there" };
    let sentence = format!("floorwalk is not set up yet: {place} {what}");
    Failure(vec![UserError {
        code: ExitCode::Config,
        sentence,
        hints: vec![
            "`floorwalk demo` shows everything with made-up data and needs nothing".into(),
            "`floorwalk --repo owner/name` reads one public repository without any set-up".into(),
            "`floorwalk init` finds your token, asks what to read, and writes a configuration".into(),
        ],
        refusal: None,
    }])
}

/// Builds one tracker, with its token when it is going to be talked to.
pub(crate) async fn tracker(cx: &Context, config: &TrackerConfig, need: Need) -> Result<Arc<dyn Tracker>> {
    let token = match need {
        Need::Store => None,
        Need::Trackers => secret::find(config, cx.args.token_file.as_deref(), &cx.env).await?,
    };
    Ok(wiring::tracker(config, token, &cx.env)?)
}

/// Refuses one token file for several hosts: a token goes only where it belongs.
pub(crate) fn check_token_file(cx: &Context, config: &Config) -> Result<()> {
    let mut hosts: Vec<String> = config.trackers.iter().map(|t| address::host_of(&t.url)).collect();
    hosts.sort();
    hosts.dedup();
    if cx.args.token_file.is_some() && hosts.len() > 1 {
        let sentence = format!("--token-file is for one tracker, and {} are configured", hosts.join(", "));
        return Err(UserError::new(ExitCode::Config, sentence, "give each tracker its own token_env").into());
    }
    Ok(())
}

/// Waiting times of the outbox: short when every tracker is on this machine.
pub(crate) fn outbox_settings(config: &Config) -> OutboxSettings {
    let local = |t: &TrackerConfig| address::is_loopback(&address::host_of(t.api_url.as_deref().unwrap_or(&t.url)));
    if config.trackers.iter().all(local) { OutboxSettings::for_loopback() } else { OutboxSettings::default() }
}

/// Opens the session of this command line.
pub(crate) async fn open(cx: &Context, need: Need) -> Result<Opened> {
    let plan = plan(cx)?;
    cx.warn(&plan.unknown);
    check_token_file(cx, &plan.config)?;
    let mut trackers = Vec::new();
    for config in &plan.config.trackers {
        trackers.push(tracker(cx, config, need).await?);
    }
    let taste = taste(cx, &plan.config)?;
    let store = wiring::store(cx, &cx.paths.data.path)?;
    for notice in store.notices() {
        cx.out.note(&notice);
    }
    let outbox = outbox_settings(&plan.config);
    let parts = Parts {
        config: plan.config,
        store,
        trackers,
        host: cx.host.clone(),
        data_dir: Some(cx.paths.data.path.clone()),
        outbox,
    };
    let session = Session::new(parts).with_taste(taste, taste::presets_file(&cx.paths.config.path));
    Ok(Opened { session, only: plan.only, unconfigured: plan.unconfigured })
}

/// What the reader knows, wishes and weighs: their profile, and the weights that `--preset` or the configuration names;
/// for an intern, whose profile says so, those for interns.
pub(crate) fn taste(cx: &Context, config: &Config) -> Result<Taste> {
    let file = &cx.paths.config.path;
    let profile = taste::profile(&taste::profile_file(file))?;
    let usual = if profile.role == Role::Intern { Preset::Intern } else { Preset::Default };
    let named = cx.args.preset.as_deref().or(config.preset.as_deref()).unwrap_or(usual.word());
    let weights = taste::weights(named, &taste::presets(&taste::presets_file(file))?).map_err(|sentence| {
        UserError::new(ExitCode::Usage, sentence, "`--preset NAME` or [me] preset names the weights")
    })?;
    let weights = if profile.surprise { weights } else { weights.without_curiosity() };
    Ok(Taste { profile, weights })
}

/// How the screens look and listen: what flags say goes before the configuration.
pub(crate) fn look(cx: &Context, ui: &UiConfig) -> Result<Options> {
    let name = cx.args.theme.as_deref().or(ui.theme.as_deref()).unwrap_or(theme::AUTO);
    let skin = Skin { design: theme::find(&cx.paths.config.path, name)?, depth: cx.out.depth };
    let notice = Form::of(ui.notify, |name| cx.env.get(name));
    Ok(Options { skin, mouse: cx.args.mouse || ui.mouse, bell: ui.bell, notice, ..Options::default() })
}

/// True when all of `only` have been read once.
pub(crate) fn all_known(only: &[ProjectRef], projects: &[Project]) -> bool {
    only.iter().all(|wanted| projects.iter().any(|p| same_project(&p.project, wanted)))
}
