//! The registry of a session: when it is read, and what is made of what was kept. The roster that everybody asks comes
//! from here.

use std::sync::{Arc, PoisonError};

use super::{error::UserError, session::Session};
use crate::{
    config::{Config, RegistryPlace, address},
    domain::{
        key::{ProjectRef, TrackerName},
        roster::Roster,
    },
    registry::{
        self, Finding, OVERLAY, Source, folder,
        kept::{Kept, KeptOverlay, VALUE},
    },
    store::Batch,
    sync::{
        SyncReport,
        registry::{Place, Problem, overlays, refresh},
    },
    tracker::Tracker,
};

/// Named values of the store.
type Values = Vec<(String, String)>;

/// A registry as a session knows it.
#[derive(Clone, Debug, Default)]
pub struct Known {
    /// People, teams and policies, with the trackers' host names and the repositories' own rules.
    pub roster: Arc<Roster>,
    /// Mistakes and hints, of the registry and of repositories' own rules.
    pub findings: Vec<Finding>,
    /// Texts of a folder that are not kept yet.
    unkept: Option<Kept>,
}

/// Makes the registry of a configuration: a folder is read, texts of a tracker are those kept among `values`. Without a
/// registry only the trackers' host names are known.
pub async fn load(config: &Config, values: Values) -> Known {
    let config = config.clone();
    // Reading a folder blocks, and a large registry is work: not on a thread that serves keys or sockets.
    let read = tokio::task::spawn_blocking(move || assemble(&config, &values)).await;
    read.unwrap_or_default()
}

fn assemble(config: &Config, values: &Values) -> Known {
    let mut known = Known::default();
    let mut roster = Roster::default();
    if let Some(place) = &config.registry {
        let value = |name: &str| values.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str());
        let before = Kept::load(value(VALUE), &place.to_string());
        let mut kept = before.clone();
        match place {
            RegistryPlace::Folder(path) => {
                let (files, troubles) = folder::read(path);
                kept.take(files, troubles);
            }
            RegistryPlace::Repository { .. } if kept.at.is_none() => {
                let sentence = "the registry has not been read yet";
                kept.troubles = vec![Finding::whole(&place.to_string(), sentence, "`floorwalk sync` reads it")];
            }
            RegistryPlace::Repository { .. } => {}
        }
        let read = registry::read(&kept.files);
        roster = read.roster;
        known.findings.clone_from(&kept.troubles);
        known.findings.extend(read.findings);
        known.unkept = (kept != before && matches!(place, RegistryPlace::Folder(_))).then_some(kept);
    }
    roster.hosts = config.trackers.iter().map(|t| (t.name.clone(), address::host_of(&t.url))).collect();
    if config.registry.is_some() {
        lay_over(&mut roster, values, &mut known.findings);
    }
    known.roster = Arc::new(roster);
    known
}

/// Lays the repositories' own rules over their teams'.
fn lay_over(roster: &mut Roster, values: &Values, findings: &mut Vec<Finding>) {
    let mut rules = Vec::new();
    for (name, value) in values {
        let Some((tracker, path)) = name.strip_prefix("overlay ").and_then(|n| n.split_once(':')) else { continue };
        let project = TrackerName::parse(tracker).and_then(|tracker| ProjectRef::parse(&tracker, path));
        let kept: Option<KeptOverlay> = serde_json::from_str(value).ok();
        if let (Ok(project), Some(KeptOverlay { text: Some(text), .. })) = (project, kept) {
            let name = format!("{}:{project}/{OVERLAY}", project.tracker);
            let (policy, said) = registry::overlay(&Source { name, text }, &roster.policy(&project), roster);
            findings.extend(said);
            rules.push((project, policy));
        }
    }
    roster.overlays.extend(rules);
}

impl Session {
    /// The registry as last read.
    ///
    /// # Errors
    /// When it was not read yet and the store fails.
    pub async fn registry(&self) -> Result<Arc<Known>, UserError> {
        match self.known() {
            Some(known) => Ok(known),
            None => self.reload(self.parts.store.values().await?).await,
        }
    }

    /// Makes sure that the registry is known, from values that were read already.
    pub(super) async fn ready_registry(&self, values: &Values) -> Result<(), UserError> {
        if self.known().is_none() {
            let wanted = |name: &str| name == VALUE || name.starts_with("overlay ");
            self.reload(values.iter().filter(|(name, _)| wanted(name)).cloned().collect()).await?;
        }
        Ok(())
    }

    pub(super) fn known(&self) -> Option<Arc<Known>> {
        self.registry.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    async fn reload(&self, values: Values) -> Result<Arc<Known>, UserError> {
        let known = Arc::new(load(&self.parts.config, values).await);
        *self.registry.lock().unwrap_or_else(PoisonError::into_inner) = Some(known.clone());
        Ok(known)
    }

    /// Reads the registry before a sync, and keeps its texts.
    pub(super) async fn registry_before_sync(&self, report: &mut SyncReport) -> Result<(), UserError> {
        let Some(place) = &self.parts.config.registry else { return self.registry().await.map(|_| ()) };
        if let RegistryPlace::Repository { project, .. } = place {
            self.refresh(project.tracker.clone(), report).await?;
        }
        let known = self.reload(self.parts.store.values().await?).await?;
        if let Some(kept) = &known.unkept {
            let values = vec![(VALUE.to_owned(), kept.store())];
            self.parts.store.apply(Batch { values, ..Batch::default() }).await?;
        }
        Ok(())
    }

    /// After a sync of `trackers` their repositories are known as they are now: reads what moved, and says what is wrong.
    pub(super) async fn registry_after_sync(
        &self,
        trackers: &[TrackerName],
        report: &mut SyncReport,
    ) -> Result<(), UserError> {
        let Some(place) = &self.parts.config.registry else { return Ok(()) };
        if let RegistryPlace::Repository { project, .. } = place
            && trackers.contains(&project.tracker)
        {
            self.refresh(project.tracker.clone(), report).await?;
            self.reload(self.parts.store.values().await?).await?;
        }
        let roster = self.roster();
        for tracker in self.parts.trackers.iter().filter(|t| trackers.contains(t.name())) {
            let before = tracker.counters();
            let problems = overlays(self.parts.store.as_ref(), tracker.as_ref(), &roster).await?;
            count(report, tracker.as_ref(), before);
            report.problems.extend(told(problems));
        }
        let known = self.reload(self.parts.store.values().await?).await?;
        report.problems.extend(told(summary(&known.findings)));
        Ok(())
    }

    async fn refresh(&self, name: TrackerName, report: &mut SyncReport) -> Result<(), UserError> {
        let Some(place @ RegistryPlace::Repository { project, folder }) = &self.parts.config.registry else {
            return Ok(());
        };
        let Some(tracker) = self.tracker(&name) else { return Ok(()) };
        let before = tracker.counters();
        let shown = place.to_string();
        let place = Place { project, folder, shown: &shown };
        let problems = refresh(self.parts.store.as_ref(), tracker.as_ref(), place, self.parts.host.now()).await?;
        count(report, tracker.as_ref(), before);
        for problem in told(problems) {
            if !report.problems.contains(&problem) {
                report.problems.push(problem);
            }
        }
        Ok(())
    }
}

fn count(report: &mut SyncReport, tracker: &dyn Tracker, before: (u64, u64)) {
    let after = tracker.counters();
    report.requests.0 += after.0.saturating_sub(before.0);
    report.requests.1 += after.1.saturating_sub(before.1);
}

/// Problems as a sync reports them, under the name `registry`.
fn told(problems: Vec<Problem>) -> Vec<(TrackerName, String, String)> {
    let Ok(name) = TrackerName::parse("registry") else { return Vec::new() };
    problems.into_iter().map(|(what, hint)| (name.clone(), what, hint)).collect()
}

/// One line for all mistakes: `floorwalk registry check` names each.
pub fn summary(findings: &[Finding]) -> Vec<Problem> {
    let mut errors = findings.iter().filter(|f| f.is_error());
    let Some(first) = errors.next() else { return Vec::new() };
    let (place, sentence) = (first.place(), &first.sentence);
    match errors.count() {
        0 => vec![(format!("{place}: {sentence}"), first.hint.clone())],
        more => {
            let plural = if more == 1 { "mistake" } else { "mistakes" };
            let hint = "`floorwalk registry check` names them all".to_owned();
            vec![(format!("{place}: {sentence}; and {more} {plural} more"), hint)]
        }
    }
}
