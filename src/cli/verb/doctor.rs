//! `doctor`: looks at configuration, tokens, trackers and store one by one, and goes on when one of them is broken.

use serde::Serialize;

use super::init;
use crate::{
    app::{
        ExitCode, UserError,
        registry::{load, summary},
    },
    cli::{
        context::Context,
        failure::{Failure, Result},
        json::SCHEMA,
        open::{self, Need},
        table::ago,
        wiring,
    },
    config::{Loaded, TrackerConfig, TrackerKind},
    domain::{
        coverage::{Coverage, Freshness},
        text::safe_line,
        time::Now,
    },
    store::{Everything, Health},
    tracker::{ErrorClass, Facts, Tracker},
};

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
}

/// All that was found; the first problem decides the exit code.
struct Report {
    findings: Vec<Finding>,
    code: ExitCode,
}

impl Report {
    fn add(&mut self, area: &str, level: Level, what: impl Into<String>) {
        self.findings.push(Finding { area: area.into(), level, what: what.into(), hints: Vec::new() });
    }

    fn fail(&mut self, area: &str, failure: Failure) {
        for UserError { code, sentence, hints, .. } in failure.0 {
            if self.code == ExitCode::Done {
                self.code = code;
            }
            self.findings.push(Finding { area: area.into(), level: Level::Problem, what: sentence, hints });
        }
    }
}

pub(super) async fn run(cx: &Context) -> Result<ExitCode> {
    let mut report = Report { findings: Vec::new(), code: ExitCode::Done };
    let version = concat!("floorwalk ", env!("CARGO_PKG_VERSION"));
    report.add("program", Level::Fine, version);
    let place = safe_line(&cx.paths.config.path.display().to_string()).into_owned();
    match open::plan(cx).and_then(|plan| open::check_token_file(cx, &plan.config).map(|()| plan)) {
        Ok(plan) => {
            report.add("configuration", Level::Fine, format!("{place} ({})", cx.paths.config.origin));
            for config in &plan.config.trackers {
                let area = format!("tracker {}", config.name);
                match open::tracker(cx, config, Need::Trackers).await {
                    Ok(tracker) => look_at(&mut report, &area, config, tracker.as_ref()).await,
                    Err(failure) => report.fail(&area, failure),
                }
            }
        }
        Err(failure) => report.fail("configuration", failure),
    }
    match store(cx).await {
        Ok((health, everything)) => {
            registry(cx, &mut report, &everything).await;
            store_health(&mut report, &health);
            freshness(&mut report, &everything, cx.host.now());
        }
        Err(failure) => report.fail("store", failure),
    }
    print(cx, &report);
    Ok(report.code)
}

async fn look_at(report: &mut Report, area: &str, config: &TrackerConfig, tracker: &dyn Tracker) {
    match tracker.me().await {
        Ok(_) => may_read(report, area, config, tracker).await,
        Err(error) => report.fail(area, error.into()),
    }
    let facts = tracker.facts().await;
    match (&facts.me, facts.token_kind.as_str()) {
        (Some(me), _) => report.add(area, Level::Fine, format!("you are @{}", me.login.line())),
        (None, "none" | "") => {
            let how = match config.kind {
                TrackerKind::GitHub => "`gh auth login`, or set FLOORWALK_GITHUB_TOKEN: claiming needs a token",
                TrackerKind::Jira => {
                    "set FLOORWALK_JIRA_TOKEN, or the variable named by token_env: claiming needs a token"
                }
            };
            let hints = vec![how.to_owned()];
            let what = "no token: public projects only, and slowly".to_owned();
            report.findings.push(Finding { area: area.into(), level: Level::Warning, what, hints });
        }
        (None, _) => report.add(area, Level::Warning, "the tracker did not say who you are"),
    }
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
        report.findings.push(Finding { area: "registry".into(), level: Level::Warning, what, hints });
    }
}

async fn store(cx: &Context) -> Result<(Health, Everything)> {
    let store = wiring::store(&cx.paths.data.path)?;
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
    if !everything.outbox.is_empty() {
        let count = match everything.outbox.len() {
            1 => "1 wish waits".to_owned(),
            n => format!("{n} wishes wait"),
        };
        report.add("outbox", Level::Warning, format!("{count} to be sent; `floorwalk outbox` shows more"));
    }
}

fn print(cx: &Context, report: &Report) {
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
}
