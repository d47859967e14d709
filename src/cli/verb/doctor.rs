//! `doctor`: looks at configuration, tokens, trackers and store one by one, and goes on when one of them is broken. What it can
//! mend it offers; `--mend` asks about each, and looks again.

mod files;
mod mend;
mod report;
mod state;

use std::path::Path;

use serde::Serialize;

use super::init;
use crate::{
    app::{
        ExitCode, UserError,
        registry::{load, summary},
    },
    cli::{
        args::DoctorArgs,
        context::Context,
        failure::{Failure, Result},
        json::SCHEMA,
        open::{self, Need},
        table::ago,
    },
    config::{Loaded, TrackerConfig, TrackerKind, secret},
    domain::{
        coverage::{Coverage, Freshness},
        text::safe_line,
        time::Now,
    },
    store::{self, Everything, Health, StoreError},
    tracker::{ErrorClass, Facts, Tracker},
};
use mend::Mend;

/// How a finding is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum Level {
    Fine,
    Warning,
    Problem,
}

/// One thing that was looked at.
#[derive(Debug, Serialize)]
struct Finding {
    area: String,
    level: Level,
    what: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    hints: Vec<String>,
    /// What `--mend` would do about it, as it asks.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "asked")]
    mend: Option<Mend>,
}

fn asked<S: serde::Serializer>(mend: &Option<Mend>, out: S) -> std::result::Result<S::Ok, S::Error> {
    mend.as_ref().map(Mend::question).serialize(out)
}

/// All that was found; the first problem decides the exit code.
struct Report {
    findings: Vec<Finding>,
    code: ExitCode,
}

impl Report {
    fn add(&mut self, area: &str, level: Level, what: impl Into<String>) {
        self.offer(area, level, what, Vec::new(), None);
    }

    /// With what helps, and what can be done about it here.
    fn offer(&mut self, area: &str, level: Level, what: impl Into<String>, hints: Vec<String>, mend: Option<Mend>) {
        self.findings.push(Finding { area: area.into(), level, what: what.into(), hints, mend });
    }

    fn fail(&mut self, area: &str, failure: Failure) {
        for UserError { code, sentence, hints, .. } in failure.0 {
            if self.code == ExitCode::Done {
                self.code = code;
            }
            self.offer(area, Level::Problem, sentence, hints, None);
        }
    }

    /// Offers to mend what was added last.
    fn mended_by(&mut self, mend: Mend) {
        if let Some(last) = self.findings.last_mut() {
            last.mend = Some(mend);
        }
    }
}

/// What was found in the store.
type Inside = Option<(Health, Everything)>;

pub(super) async fn run(cx: &Context, args: &DoctorArgs) -> Result<ExitCode> {
    let (mut report, mut inside) = look(cx).await;
    if args.mend && mend_all(cx, &report).await? {
        cx.out.note("looking again:");
        (report, inside) = look(cx).await;
    }
    print(cx, &report, args.mend);
    if let Some(file) = &args.report {
        report::write(cx, file, &report, inside.as_ref())?;
    }
    Ok(report.code)
}

/// Asks about everything that can be mended. True when something was.
async fn mend_all(cx: &Context, report: &Report) -> Result<bool> {
    let mut did = false;
    for finding in &report.findings {
        let Some(mend) = &finding.mend else { continue };
        cx.out.note(&format!("{}: {}", finding.area, safe_line(&finding.what)));
        match cx.confirm(&mend.question()) {
            Ok(()) => {}
            // Nobody is there to be asked about the others either.
            Err(nobody) if !cx.may_ask => return Err(nobody),
            Err(_) => continue,
        }
        match mend.perform(cx).await {
            Ok(done) => cx.out.note(&done),
            Err(Failure(errors)) => errors.iter().for_each(|error| cx.out.problem(error)),
        }
        did = true;
    }
    Ok(did)
}

async fn look(cx: &Context) -> (Report, Inside) {
    let mut report = Report { findings: Vec::new(), code: ExitCode::Done };
    let version = concat!("floorwalk ", env!("CARGO_PKG_VERSION"));
    report.add("program", Level::Fine, version);
    let place = safe_line(&cx.paths.config.path.display().to_string()).into_owned();
    match open::plan(cx).and_then(|plan| open::check_token_file(cx, &plan.config).map(|()| plan)) {
        Ok(plan) => {
            report.add("configuration", Level::Fine, format!("{place} ({})", cx.paths.config.origin));
            for key in &plan.unknown {
                let hints = key.hint.iter().cloned().collect();
                report.offer("configuration", Level::Warning, key.sentence(), hints, None);
            }
            for config in &plan.config.trackers {
                let area = format!("tracker {}", config.name);
                match open::tracker(cx, config, Need::Trackers).await {
                    Ok(tracker) => look_at(cx, &mut report, &area, config, tracker.as_ref()).await,
                    Err(failure) => report.fail(&area, failure),
                }
            }
        }
        Err(failure) => {
            report.fail("configuration", failure);
            if cx.load().is_err() && cx.paths.config.path.is_file() {
                report.mended_by(Mend::Aside(cx.paths.config.path.clone()));
            }
        }
    }
    files::look(cx, &mut report);
    let mut inside = None;
    match store(&cx.paths.data.path).await {
        Ok((health, everything)) => {
            registry(cx, &mut report, &everything).await;
            store_health(&mut report, &health);
            freshness(&mut report, &everything, cx.host.now());
            inside = Some((health, everything));
        }
        Err(error) => {
            let mend = match &error {
                StoreError::Foreign { path } => Some(Mend::Aside(path.clone())),
                StoreError::Loss { path, .. } => Some(Mend::NewStore(path.clone())),
                _ => None,
            };
            report.fail("store", error.into());
            mend.into_iter().for_each(|mend| report.mended_by(mend));
        }
    }
    (report, inside)
}

async fn look_at(cx: &Context, report: &mut Report, area: &str, config: &TrackerConfig, tracker: &dyn Tracker) {
    match tracker.me().await {
        Ok(_) => may_read(report, area, config, tracker).await,
        Err(error) => report.fail(area, error.into()),
    }
    let facts = tracker.facts().await;
    match (&facts.me, facts.token_kind.as_str()) {
        (Some(me), _) => report.add(area, Level::Fine, format!("you are @{}", me.login.line())),
        (None, "none" | "") => {
            let how = match config.kind {
                TrackerKind::GitHub if !secret::has_gh(&cx.env) => {
                    "set FLOORWALK_GITHUB_TOKEN, or install `gh` (it is not on your PATH) and run `gh auth login`: claiming \
                     needs a token"
                }
                TrackerKind::GitHub => "`gh auth login`, or set FLOORWALK_GITHUB_TOKEN: claiming needs a token",
                TrackerKind::Jira => {
                    "set FLOORWALK_JIRA_TOKEN, or the variable named by token_env: claiming needs a token"
                }
            };
            let hints = vec![how.to_owned()];
            let what = "no token: public projects only, and slowly".to_owned();
            report.offer(area, Level::Warning, what, hints, None);
        }
        (None, _) => report.add(area, Level::Warning, "the tracker did not say who you are"),
    }
    state::clock(report, area, facts.server_time, cx.host.now());
    tell_facts(report, area, &facts);
}

/// Asks once for each organisation, user and repository that is configured.
async fn may_read(report: &mut Report, area: &str, config: &TrackerConfig, tracker: &dyn Tracker) {
    let mut readable = Vec::new();
    for listing in init::listings(config) {
        match tracker.listing(&listing, 1, None).await {
            Ok(_) => readable.push(safe_line(&init::listing_name(&listing)).into_owned()),
            Err(error) => {
                let stops = matches!(error.class, ErrorClass::Connect | ErrorClass::Dns | ErrorClass::Timeout);
                report.fail(area, error.into());
                if stops {
                    break;
                }
            }
        }
    }
    if !readable.is_empty() {
        report.add(area, Level::Fine, format!("can read {}", readable.join(", ")));
    }
}

fn tell_facts(report: &mut Report, area: &str, facts: &Facts) {
    if !matches!(facts.token_kind.as_str(), "none" | "") {
        let scopes = if facts.scopes.is_empty() { "none named".into() } else { facts.scopes.join(", ") };
        let what = format!("token: {}, from {}, scopes: {scopes}", facts.token_kind, facts.token_source);
        report.add(area, Level::Fine, what);
    }
    if let Some(version) = &facts.server_version {
        report.add(area, Level::Fine, format!("server version {version}"));
    }
    if !facts.graphql.is_empty() {
        report.add(area, Level::Fine, format!("index query: {}", facts.graphql));
    }
    for budget in &facts.budgets {
        // A tenth is left for the user's other tools.
        let level = if budget.remaining <= budget.limit / 10 { Level::Warning } else { Level::Fine };
        let reset = budget.reset.strftime("%H:%M UTC");
        let what = format!("budget {}: {} of {}, refills {reset}", budget.resource, budget.remaining, budget.limit);
        report.add(area, level, what);
    }
    report.add(area, Level::Fine, format!("requests of this check: {}", facts.requests));
}

/// The registry as last read. Its mistakes are warnings: everything works without it.
async fn registry(cx: &Context, report: &mut Report, everything: &Everything) {
    let Ok(Loaded { config, .. }) = cx.load() else { return };
    let Some(place) = &config.registry else { return };
    let known = load(&config, everything.values.clone()).await;
    let (teams, people) = (known.roster.teams.len(), known.roster.people.len());
    report.add("registry", Level::Fine, format!("{place}: teams {teams}, people {people}"));
    for (what, hint) in summary(&known.findings) {
        let hints = if hint.is_empty() { Vec::new() } else { vec![hint] };
        report.offer("registry", Level::Warning, what, hints, None);
    }
}

async fn store(data: &Path) -> store::Result<(Health, Everything)> {
    let store = store::open(data)?;
    Ok((store.health().await?, store.everything().await?))
}

fn store_health(report: &mut Report, health: &Health) {
    let what = format!("{}, {} KiB, schema {}", health.place, health.bytes.div_ceil(1024), health.schema);
    report.add("store", Level::Fine, what);
    if health.integrity != "ok" {
        let hint = "move the file away and run `floorwalk sync`: everything but the outbox is read again";
        let sentence = format!("integrity: {}", health.integrity);
        report.fail("store", Failure(vec![UserError::new(ExitCode::Store, sentence, hint)]));
    }
    if health.read_only {
        report.add("store", Level::Warning, "only reading works here; claims cannot be queued");
    }
    for notice in &health.notices {
        report.add("store", Level::Warning, notice.clone());
    }
}

fn freshness(report: &mut Report, everything: &Everything, now: Now) {
    let coverage = Coverage::of(everything.coverage.iter().map(|row| &row.freshness));
    let read = everything.coverage.iter().filter_map(|row| match row.freshness {
        Freshness::Fresh { at } => Some(at),
        _ => None,
    });
    let counts = format!("{}, {} tasks", coverage.sentence(), everything.tasks.len());
    match read.max() {
        Some(at) => report.add("projects", Level::Fine, format!("{counts}, last read {}", ago(now, at))),
        None => report.add("projects", Level::Warning, "nothing has been read yet; `floorwalk sync` reads them"),
    }
    for row in &everything.coverage {
        let area = format!("project {}", row.project);
        match &row.freshness {
            Freshness::Fresh { .. } => {}
            Freshness::Never => report.add(&area, Level::Warning, "not read yet; `floorwalk sync` reads it"),
            Freshness::Partial { next_page } => {
                report.add(&area, Level::Warning, format!("read in part; goes on at page {next_page}"));
            }
            Freshness::Skipped { reason } => report.add(&area, Level::Fine, format!("left out: {}", reason.words())),
            Freshness::NoAccess { why } => report.add(&area, Level::Warning, format!("no access: {why}")),
            Freshness::Waiting { until } => {
                report.add(&area, Level::Warning, format!("waits for the rate limit until {until}"));
            }
            Freshness::Failed { why } => report.add(&area, Level::Warning, format!("failed: {why}")),
        }
    }
    let odd = everything.values.iter().find(|(name, _)| name == "odd_rows").map_or("0", |(_, value)| value);
    if odd != "0" {
        report.add("store", Level::Warning, format!("{odd} rows of the last sync could not be read and were left out"));
    }
    state::not_yet(report, everything, now);
    state::outbox(report, &everything.outbox);
}

fn print(cx: &Context, report: &Report, mending: bool) {
    if cx.args.json {
        let ok = report.code == ExitCode::Done;
        cx.out.document(&serde_json::json!({ "schema": SCHEMA, "ok": ok, "findings": report.findings }));
        return;
    }
    for finding in &report.findings {
        let mark = match finding.level {
            Level::Fine => "ok     ",
            Level::Warning => "warning",
            Level::Problem => "problem",
        };
        cx.out.say(&format!("{mark}  {}: {}", finding.area, safe_line(&finding.what)));
        for hint in &finding.hints {
            cx.out.say(&format!("         {}", safe_line(hint)));
        }
    }
    let offers = report.findings.iter().filter(|finding| finding.mend.is_some()).count();
    if offers > 0 && !mending {
        let things = if offers == 1 { "one of these things" } else { "some of these things" };
        cx.out.note(&format!("`floorwalk doctor --mend` can mend {things}; it asks about each, and deletes nothing"));
    }
}
