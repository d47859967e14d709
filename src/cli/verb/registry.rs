//! `registry check|show|who|example`.

use std::path::Path;

use serde::Serialize;
use serde_json::{Value, json};

use crate::{
    app::{
        ExitCode, UserError,
        registry::{Known, load},
    },
    cli::{
        args::RegistryAct,
        context::Context,
        failure::Result,
        json::SCHEMA,
        open::{self, Need},
        wiring,
    },
    config::{Config, RegistryPlace, address},
    domain::{
        key::{TrackerName, is_github_owner},
        person::{Login, Person},
        policy::Policy,
        roster::{Member, Roster, Standing, Team},
        text::safe_line,
    },
    registry::{self, EXAMPLE, Finding, OVERLAY, folder, identity},
    store::Everything,
    sync::registry::{Place, fetch},
};

pub(super) async fn run(cx: &Context, act: RegistryAct) -> Result<ExitCode> {
    match act {
        RegistryAct::Check { path } => check(cx, path.as_deref()).await,
        RegistryAct::Show => show(cx).await,
        RegistryAct::Who { login } => who(cx, &login).await,
        RegistryAct::Example => {
            cx.out.say(EXAMPLE.trim_end());
            Ok(ExitCode::Done)
        }
    }
}

fn count(n: usize, one: &str, many: &str) -> String {
    format!("{n} {}", if n == 1 { one } else { many })
}

/// What was checked.
struct Checked {
    place: String,
    files: usize,
    roster: Roster,
    findings: Vec<Finding>,
}

async fn check(cx: &Context, path: Option<&Path>) -> Result<ExitCode> {
    let checked = match path {
        Some(path) if path.ends_with(Path::new(OVERLAY).file_name().unwrap_or_default()) => own_rules(cx, path).await?,
        Some(path) => from_folder(path),
        None => configured(cx).await?,
    };
    let errors = checked.findings.iter().filter(|f| f.is_error()).count();
    let hints = checked.findings.len() - errors;
    if cx.args.json {
        cx.out.document(&json!({
            "schema": SCHEMA, "ok": errors == 0, "place": checked.place, "files": checked.files,
            "teams": checked.roster.teams.len(), "people": checked.roster.people.len(), "findings": checked.findings,
        }));
    } else {
        for finding in &checked.findings {
            cx.out.say(&safe_line(&finding.to_string()));
            if !finding.hint.is_empty() {
                cx.out.say(&format!("  {}", safe_line(&finding.hint)));
            }
        }
        let content = format!(
            "{}, {}, {}",
            count(checked.files, "file", "files"),
            count(checked.roster.teams.len(), "team", "teams"),
            count(checked.roster.people.len(), "person", "people"),
        );
        let verdict = match (errors, hints) {
            (0, 0) => "is right".to_owned(),
            (0, hints) => format!("is right, with {}", count(hints, "hint", "hints")),
            (errors, 0) => format!("has {}", count(errors, "mistake", "mistakes")),
            (errors, hints) => {
                format!("has {} and {}", count(errors, "mistake", "mistakes"), count(hints, "hint", "hints"))
            }
        };
        cx.out.say(&format!("{} {verdict}: {content}", checked.place));
    }
    Ok(if errors == 0 { ExitCode::Done } else { ExitCode::Config })
}

fn from_folder(path: &Path) -> Checked {
    let (sources, mut findings) = folder::read(path);
    let read = registry::read(&sources);
    findings.extend(read.findings);
    findings.sort_by(|a, b| (&a.file, a.line).cmp(&(&b.file, b.line)));
    let place = safe_line(&path.to_string_lossy()).into_owned();
    Checked { place, files: sources.len(), roster: read.roster, findings }
}

/// A repository's own file: checked over an open policy; mentors against the configured registry, where there is one.
async fn own_rules(cx: &Context, path: &Path) -> Result<Checked> {
    let (sources, mut findings) = folder::read(path);
    let config = cx.load()?.config;
    let known = if config.registry.is_some() { known(cx, &config).await?.0 } else { Known::default() };
    for source in &sources {
        findings.extend(registry::overlay(source, &Policy::default(), &known.roster).1);
    }
    let place = safe_line(&path.to_string_lossy()).into_owned();
    Ok(Checked { place, files: sources.len(), roster: Roster::default(), findings })
}

async fn configured(cx: &Context) -> Result<Checked> {
    let config = cx.load()?.config;
    let (project, inside) = match &config.registry {
        None => return Err(no_registry(cx).into()),
        Some(RegistryPlace::Folder(path)) => return Ok(from_folder(path)),
        Some(RegistryPlace::Repository { project, folder }) => (project, folder),
    };
    let shown = config.registry.as_ref().map(ToString::to_string).unwrap_or_default();
    let Some(tracker) = config.trackers.iter().find(|t| t.name == project.tracker) else {
        return Err(no_registry(cx).into());
    };
    open::check_token_file(cx, &config)?;
    let tracker = open::tracker(cx, tracker, Need::Trackers).await?;
    let (sources, mut findings) = fetch(tracker.as_ref(), Place { project, folder: inside, shown: &shown }).await?;
    let read = registry::read(&sources);
    findings.extend(read.findings);
    Ok(Checked { place: shown, files: sources.len(), roster: read.roster, findings })
}

fn no_registry(cx: &Context) -> UserError {
    let mut error = UserError::new(ExitCode::Config, "no registry is configured", "");
    let file = safe_line(&cx.paths.config.path.to_string_lossy()).into_owned();
    error.hints = vec![
        format!("add registry = \"registry\" or registry = \"gh:owner/name\" to the top of {file}"),
        "`floorwalk registry example` prints one to begin with; `floorwalk registry check PATH` checks it".into(),
    ];
    error
}

/// The configured registry as last read, with all that the store knows.
async fn known(cx: &Context, config: &Config) -> Result<(Known, Everything)> {
    let everything = wiring::store(cx, &cx.paths.data.path)?.everything().await?;
    Ok((load(config, everything.values.clone()).await, everything))
}

/// A team with its policy, as JSON and text show it.
#[derive(Serialize)]
struct TeamOut<'a> {
    id: &'a str,
    name: &'a str,
    leads: &'a [String],
    projects: &'a [String],
    calendar: Option<&'a str>,
    people: usize,
    policy: PolicyOut<'a>,
}

#[derive(Serialize)]
struct PolicyOut<'a> {
    consent: &'static str,
    governance_level: Option<u32>,
    max_helpers: Option<u32>,
    max_new_per_week: Option<u32>,
    review_budget_minutes_per_week: Option<u32>,
    adhoc_review_max: Option<&'static str>,
    min_readiness: Option<u32>,
    quiet: &'a [crate::domain::calendar::Quiet],
    labels_allow: &'a [String],
    labels_deny: &'a [String],
    labels_closed: &'a [String],
    paths_deny: &'a [String],
    mentors: Vec<&'a str>,
    contact: &'a str,
    hours_utc: &'a str,
    newcomer: &'static str,
    timers: crate::domain::policy::Timers,
}

impl<'a> From<&'a Policy> for PolicyOut<'a> {
    fn from(p: &'a Policy) -> Self {
        Self {
            consent: p.consent.word(),
            governance_level: p.governance_level,
            max_helpers: p.max_helpers,
            max_new_per_week: p.max_new_per_week,
            review_budget_minutes_per_week: p.review_budget_min,
            adhoc_review_max: p.adhoc_review_max.map(|s| s.word()),
            min_readiness: p.min_readiness,
            quiet: &p.quiet,
            labels_allow: &p.labels_allow,
            labels_deny: &p.labels_deny,
            labels_closed: &p.labels_closed,
            paths_deny: &p.paths_deny,
            mentors: p.mentors.iter().map(|m| m.handle.as_str()).collect(),
            contact: &p.contact,
            hours_utc: &p.hours_utc,
            newcomer: p.newcomer.word(),
            timers: p.timers,
        }
    }
}

async fn show(cx: &Context) -> Result<ExitCode> {
    let config = cx.load()?.config;
    let Some(place) = &config.registry else { return Err(no_registry(cx).into()) };
    let (known, _) = known(cx, &config).await?;
    let roster = &known.roster;
    let errors = known.findings.iter().filter(|f| f.is_error()).count();
    let teams: Vec<TeamOut<'_>> = roster.teams.iter().map(|team| team_out(roster, team)).collect();
    if cx.args.json {
        let mut overlays: Vec<String> = roster.overlays.keys().map(|p| format!("{}:{p}", p.tracker)).collect();
        overlays.sort();
        cx.out.document(&json!({
            "schema": SCHEMA, "place": place.to_string(), "people": roster.people.len(), "programme": roster.programme,
            "teams": teams, "repositories_with_own_rules": overlays, "mistakes": errors,
        }));
        return Ok(ExitCode::Done);
    }
    let (people, number) = (count(roster.people.len(), "person", "people"), count(teams.len(), "team", "teams"));
    cx.out.say(&format!("{place}: {number}, {people}"));
    if !roster.programme.is_empty() {
        cx.out.say(&format!("programme: {}", roster.programme.join(", ")));
    }
    for team in &teams {
        cx.out.say(&safe_line(&team_line(team)));
    }
    if !roster.overlays.is_empty() {
        cx.out.say(&count(roster.overlays.len(), "repository with own rules", "repositories with own rules"));
    }
    if errors > 0 {
        let hint = "`floorwalk registry check` names them";
        cx.out.note(&format!("{}; {hint}", count(errors, "mistake", "mistakes")));
    }
    Ok(ExitCode::Done)
}

fn team_out<'a>(roster: &'a Roster, team: &'a Team) -> TeamOut<'a> {
    TeamOut {
        id: &team.id,
        name: &team.name,
        leads: &team.leads,
        projects: &team.projects,
        calendar: team.calendar.as_deref(),
        people: roster.people.iter().filter(|m| m.team.as_ref() == Some(&team.id)).count(),
        policy: roster.policies.get(&team.id).unwrap_or(&roster.common).into(),
    }
}

fn team_line(team: &TeamOut<'_>) -> String {
    let policy = &team.policy;
    let mut parts = vec![policy.consent.to_owned()];
    let mut add = |part: Option<String>| parts.extend(part);
    add(policy.max_helpers.map(|n| format!("{} at once", count(n as usize, "helper", "helpers"))));
    add(policy.max_new_per_week.map(|n| format!("{n} new a week")));
    add(policy.review_budget_minutes_per_week.map(|m| format!("{}.{} h of review a week", m / 60, m % 60 / 6)));
    add(policy.min_readiness.map(|n| format!("readiness {n}")));
    add(policy.quiet.first().map(|q| format!("quiet {} to {}", q.from, q.to)));
    let names = |list: &[String]| if list.is_empty() { "nobody".to_owned() } else { list.join(", ") };
    let projects = if team.projects.is_empty() { "no projects".to_owned() } else { team.projects.join(", ") };
    format!(
        "{}  {}, led by {}, {}: {}  [{projects}]",
        team.id,
        team.name,
        names(team.leads),
        count(team.people, "person", "people"),
        parts.join(", ")
    )
}

/// An account somebody asks about, on one tracker.
struct Asked<'a> {
    tracker: &'a TrackerName,
    host: String,
    person: Person,
}

async fn who(cx: &Context, typed: &str) -> Result<ExitCode> {
    let config = cx.load()?.config;
    if config.registry.is_none() {
        return Err(no_registry(cx).into());
    }
    let (only, login) = match typed.split_once(':') {
        Some((tracker, login)) => (Some(tracker), login),
        None => (None, typed),
    };
    let login = login.strip_prefix('@').unwrap_or(login);
    let trackers: Vec<_> = config.trackers.iter().filter(|t| only.is_none_or(|o| t.name.as_str() == o)).collect();
    if !is_github_owner(login) || trackers.is_empty() {
        let sentence = format!("'{}' is no login of a configured tracker", safe_line(typed));
        return Err(UserError::new(ExitCode::Usage, sentence, "write LOGIN or tracker:LOGIN").into());
    }
    let (known, everything) = known(cx, &config).await?;
    let mut answers = Vec::new();
    let mut found = false;
    for tracker in trackers {
        let id = id_of(&everything, &tracker.name, login);
        let asked =
            Asked { tracker: &tracker.name, host: address::host_of(&tracker.url), person: Person::human(login, id) };
        let member = known.roster.member(asked.tracker, &asked.person);
        found |= member.is_some();
        answers.push(match member {
            Some(member) => told(cx, &asked, member),
            None => guessed(cx, &asked, &known.roster),
        });
    }
    if cx.args.json {
        cx.out.document(&json!({ "schema": SCHEMA, "login": login, "answers": answers }));
    }
    Ok(if found { ExitCode::Done } else { ExitCode::Refused })
}

/// The id of a login, where a task or a commitment showed it; 0 elsewhere.
fn id_of(everything: &Everything, tracker: &TrackerName, login: &str) -> u64 {
    let login = Login::new(login);
    let authors =
        everything.tasks.iter().filter(|t| t.key.project.tracker == *tracker).filter_map(|t| t.author.as_ref());
    let helpers = everything.commitments.iter().filter(|c| c.key.project.tracker == *tracker).map(|c| &c.who);
    authors.chain(helpers).find(|p| p.login == login && p.id != 0).map_or(0, |p| p.id)
}

fn told(cx: &Context, asked: &Asked<'_>, member: &Member) -> Value {
    let standing = match member.standing {
        Standing::Regular => "regular",
        Standing::Newcomer => "newcomer",
        Standing::Intern => "intern",
    };
    let team = member.team.as_deref();
    if !cx.args.json {
        let home = team.map_or("no team".to_owned(), |t| format!("team {t}"));
        let gone = if member.active { "" } else { ", not active" };
        let login = asked.person.login.line();
        let line =
            format!("{login} on {} is {} ({}), {home}, {standing}{gone}", asked.host, member.name, member.handle);
        cx.out.say(&safe_line(&line));
    }
    json!({
        "tracker": asked.tracker.as_str(), "host": asked.host, "handle": member.handle, "name": member.name,
        "team": team, "standing": standing, "active": member.active, "hints": [],
    })
}

fn guessed(cx: &Context, asked: &Asked<'_>, roster: &Roster) -> Value {
    let login = asked.person.login.raw();
    let entry = identity::entry(&asked.host, login, asked.person.id);
    let hints = identity::hints(roster, &asked.host, login);
    if !cx.args.json {
        cx.out.say(&format!("nobody in the registry has the account {} on {}", safe_line(login), asked.host));
        for (member, why) in &hints {
            let line = format!("  {} ({}) {}; if this is the same person,", member.handle, member.name, why.words());
            cx.out.say(&safe_line(&line));
            cx.out.say(&format!("  add to the list `github` of that entry: {entry}"));
        }
        if hints.is_empty() {
            cx.out.say(&format!("  a new entry: [[person]] handle = \"…\" and github = [{entry}]"));
        }
    }
    let hints: Vec<Value> = hints
        .iter()
        .map(|(m, why)| json!({ "handle": m.handle, "name": m.name, "why": why.words(), "add": entry }))
        .collect();
    json!({ "tracker": asked.tracker.as_str(), "host": asked.host, "handle": null, "hints": hints })
}
