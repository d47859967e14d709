//! Help that is under way when the demo begins: genuine markers, comments and timeline rows, as the program and people
//! would have left them, dated in working days before the present.

use jiff::{SignedDuration, Timestamp, ToSpan, civil::Date, tz::TimeZone};
use serde::Deserialize;
use ulid::Ulid;

use super::{
    acts::{By, Opening},
    world::{Permission, RepoIx, UserIx, World, whole_seconds},
};
use crate::domain::{
    calendar::Calendar,
    commitment::{ClaimId, DoneKind},
    evidence::Checks,
    marker::{self, Marker, MarkerBy, MarkerEvent, MarkerKind},
    size::Size,
};

/// The label of tasks that somebody helps with.
pub(super) const HELPING: &str = "floating-help";
const HELP: &str = include_str!("../../assets/demo/help.toml");
/// Hours of one working day, for parts of it.
const DAY_HOURS: f64 = 8.0;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Seeds {
    help: Vec<HelpSeed>,
    assigned: Vec<AssignedSeed>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct HelpSeed {
    task: String,
    who: String,
    size: Size,
    #[serde(default)]
    ask: bool,
    wd: f64,
    plan: String,
    #[serde(default)]
    then: Vec<ActSeed>,
}

#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct ActSeed {
    wd: f64,
    by: Option<String>,
    #[serde(rename = "do")]
    what: String,
    #[serde(default)]
    to: String,
    #[serde(default)]
    words: String,
    #[serde(default)]
    days: u32,
    #[serde(default)]
    draft: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AssignedSeed {
    task: String,
    who: String,
    by: String,
    wd: f64,
}

/// One commitment being told.
struct Told {
    repo: RepoIx,
    number: u64,
    helper: UserIx,
    claim: ClaimId,
    marker: Marker,
    /// Lines of the claim comment that every edit keeps.
    kept: Vec<String>,
    comment: u64,
    pull: Option<u64>,
}

/// Adds everything that is under way, in the order in which it happened.
pub(super) fn plant(world: &mut World, org: &str, now: Timestamp) -> Result<(), String> {
    let seeds: Seeds = toml::from_str(HELP).map_err(|e| e.to_string())?;
    for seed in &seeds.assigned {
        let (repo, number) = task(world, org, &seed.task)?;
        let (by, who) = (user(world, &seed.by)?, user(world, &seed.who)?);
        world.assign(repo, number, By { who: by, at: ago(now, seed.wd) }, who, true);
    }
    let mut told: Vec<Option<Told>> = seeds.help.iter().map(|_| None).collect();
    // Negative places stand for the beginning, so that one order of time holds for all.
    let mut steps: Vec<(f64, usize, Option<&ActSeed>)> = Vec::new();
    for (place, seed) in seeds.help.iter().enumerate() {
        steps.push((seed.wd, place, None));
        steps.extend(seed.then.iter().map(|act| (act.wd, place, Some(act))));
    }
    steps.sort_by(|a, b| b.0.total_cmp(&a.0));
    for (wd, place, act) in steps {
        let (Some(seed), Some(slot)) = (seeds.help.get(place), told.get_mut(place)) else { continue };
        let at = ago(now, wd);
        let done = match (act, slot.as_mut()) {
            (None, _) => begin(world, org, seed, at).map(|told| *slot = Some(told)),
            (Some(act), Some(told)) => happen(world, told, act, (at, now)),
            (Some(_), None) => Err("something happens before the claim".into()),
        };
        done.map_err(|why| format!("{}: {why}", seed.task))?;
    }
    Ok(())
}

/// The moment so many working days ago; parts of a day are parts of eight hours.
pub(super) fn ago(now: Timestamp, wd: f64) -> Timestamp {
    let calendar = Calendar::default();
    let zoned = now.to_zoned(TimeZone::UTC);
    let (mut day, mut time) = (zoned.date(), zoned.time());
    while !calendar.is_working(day) {
        day = day.saturating_sub(1.day());
        time = jiff::civil::time(15, 0, 0, 0);
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a few weeks at most")]
    let (whole, seconds) = (wd.floor() as u32, (wd.fract() * DAY_HOURS * 3_600.0) as i64);
    for _ in 0..whole {
        day = day.saturating_sub(1.day());
        while !calendar.is_working(day) {
            day = day.saturating_sub(1.day());
        }
    }
    let at = day.to_datetime(time).to_zoned(TimeZone::UTC).map_or(now, |z| z.timestamp());
    whole_seconds(at.checked_sub(SignedDuration::from_secs(seconds)).unwrap_or(at))
}

/// The day so many working days after a moment.
fn ahead(from: Timestamp, wd: u32) -> Date {
    let calendar = Calendar::default();
    calendar.add(calendar.date(from), wd)
}

fn user(world: &World, login: &str) -> Result<UserIx, String> {
    world.find_user(login).ok_or_else(|| format!("nobody is called {login}"))
}

/// The open issue whose title begins as named after `repository: `.
fn task(world: &World, org: &str, named: &str) -> Result<(RepoIx, u64), String> {
    let (name, title) = named.split_once(": ").ok_or("no repository in front of the title")?;
    let repo = world.find_repo(org, name).ok_or_else(|| format!("no repository {name}"))?;
    let mut found = world.repo(repo).issues.values().filter(|i| i.open && i.title.starts_with(title));
    let issue = found.next().ok_or_else(|| format!("no open issue begins with '{title}'"))?;
    Ok((repo, issue.number))
}

fn begin(world: &mut World, org: &str, seed: &HelpSeed, at: Timestamp) -> Result<Told, String> {
    let (repo, number) = task(world, org, &seed.task)?;
    let helper = user(world, &seed.who)?;
    let until = ahead(at, Size::lease_wd(Some(seed.size)));
    let kind = if seed.ask { MarkerKind::Request } else { MarkerKind::Claim };
    let mut marker = first(world, helper, kind, at);
    (marker.until, marker.size) = (Some(until), Some(seed.size));
    let kept = vec![format!("Plan: {}", seed.plan)];
    let words = prose(&marker, &kept);
    let by = By { who: helper, at };
    let comment = world.comment(repo, number, by, &marker::comment(&marker, &words)).ok_or("no such issue")?;
    if !seed.ask {
        project(world, (repo, number), helper, at);
    }
    Ok(Told { repo, number, helper, claim: marker.c, marker, kept, comment, pull: None })
}

/// A marker of somebody, with a claim id of its own.
pub(super) fn first(world: &World, who: UserIx, kind: MarkerKind, at: Timestamp) -> Marker {
    let user = world.user(who);
    let millis = u64::try_from(at.as_millisecond()).unwrap_or(0);
    let claim = ClaimId(Ulid::from_parts(millis, u128::from(user.id)));
    Marker::new(kind, claim, MarkerBy { login: user.login.clone(), id: user.id, name: None }, at)
}

/// What people read in a claim comment, made from its marker and the lines that stay.
pub(super) fn prose(marker: &Marker, kept: &[String]) -> String {
    let words = |day: Option<Date>| day.unwrap_or_default().strftime("%-d %b %Y").to_string();
    let (who, until) = (format!("**{}**", marker.by.login), words(marker.until));
    let lends = format!("🧭 {who} is lending a hand here until **{until}**.");
    let last = marker.ev.last();
    let day = words(last.and_then(|e| e.until));
    let by = last.and_then(|e| e.by.as_deref()).unwrap_or_default();
    let first = match last.map(|e| e.e.as_str()) {
        Some("pause") => format!("🧭 {who} is away: paused until **{day}**. The lease: until **{until}**."),
        Some("block") => {
            format!("🧭 {who} cannot go on: blocked by {by}. Looked at again on **{day}**; lease until **{until}**.")
        }
        Some("done") => format!("🧭 {who} says that this is done. If something is missing, just say so."),
        Some("remind") => format!("{lends}\n⏳ It has been quiet here. {who}, how is it going?"),
        _ if marker.k == MarkerKind::Request => {
            format!("🧭 {who} would like to lend a hand here until **{until}** and asks the team for a yes.")
        }
        _ => lends,
    };
    let footer = format!("<sub>Posted with floorwalk · claim {}</sub>", marker.c);
    std::iter::once(first).chain(kept.iter().cloned()).chain([footer]).collect::<Vec<_>>().join("\n")
}

/// Label and assignee, set by the helper where they may, else by the team's lead.
pub(super) fn project(world: &mut World, (repo, number): (RepoIx, u64), helper: UserIx, at: Timestamp) {
    let home = world.repo(repo);
    let lead = home.grants.iter().filter(|(_, p)| **p == Permission::Admin).map(|(user, _)| *user).min();
    let may = home.permission(Some(helper)) >= Permission::Triage;
    let by = By { who: if may { helper } else { lead.unwrap_or(helper) }, at };
    world.assign(repo, number, by, helper, true);
    if world.repo(repo).label_named(HELPING).is_some() {
        world.label(repo, number, by, HELPING, true);
    }
}

fn happen(world: &mut World, told: &mut Told, act: &ActSeed, (at, now): (Timestamp, Timestamp)) -> Result<(), String> {
    let who = act.by.as_deref().map_or(Ok(told.helper), |login| user(world, login))?;
    let by = By { who, at };
    let day = |from| Some(ahead(from, act.days));
    match act.what.as_str() {
        "comment" => {
            world.comment(told.repo, told.number, by, &act.words);
        }
        "remind" => amend(world, told, MarkerEvent::new("remind", at)),
        "pause" => amend(world, told, MarkerEvent { until: day(now), ..MarkerEvent::new("pause", at) }),
        "block" => {
            let by = Some(act.words.clone());
            amend(world, told, MarkerEvent { until: day(now), by, ..MarkerEvent::new("block", at) });
        }
        "done" => {
            let kind = DoneKind::ALL.into_iter().find(|k| k.word() == act.to).ok_or("no such kind of done")?;
            told.kept.extend([format!("> {}", act.words), String::new()]);
            amend(world, told, MarkerEvent { kind: Some(kind), ..MarkerEvent::new("done", at) });
        }
        "consent" | "offer" | "help" => answer(world, told, act, by)?,
        _ => on_pull(world, told, act, by)?,
    }
    Ok(())
}

/// Edits the claim's own comment.
fn amend(world: &mut World, told: &mut Told, event: MarkerEvent) {
    let at = event.at;
    told.marker.ev.push(event);
    let words = prose(&told.marker, &told.kept);
    world.edit_comment(told.comment, &marker::comment(&told.marker, &words), at);
}

/// A comment of its own about the claim.
fn answer(world: &mut World, told: &mut Told, act: &ActSeed, by: By) -> Result<(), String> {
    let kind = match act.what.as_str() {
        "consent" => MarkerKind::Consent,
        "offer" => MarkerKind::Offer,
        _ => MarkerKind::Help,
    };
    let mut marker = Marker { c: told.claim, ..first(world, by.who, kind, by.at) };
    let to = Some(act.to.clone()).filter(|to| !to.is_empty());
    let login = world.user(told.helper).login.clone();
    let first_words = match kind {
        MarkerKind::Consent => {
            marker.mentor = to;
            format!("🧭 Welcome, **{login}**.")
        }
        MarkerKind::Offer => {
            marker.to = to;
            format!("🧭 **{login}** offers this to @{}.", act.to)
        }
        _ => format!("🧭 **{login}** asks for help here."),
    };
    let words = format!("{first_words}\n\n{}\n<sub>Posted with floorwalk</sub>", act.words);
    world.comment(told.repo, told.number, by, &marker::comment(&marker, &words)).ok_or("no such issue")?;
    if kind == MarkerKind::Consent {
        project(world, (told.repo, told.number), told.helper, by.at);
    }
    Ok(())
}

fn on_pull(world: &mut World, told: &mut Told, act: &ActSeed, by: By) -> Result<(), String> {
    let repo = told.repo;
    if act.what == "pull" {
        let body = format!("Closes #{}", told.number);
        told.pull = Some(world.open_pull(repo, by, &Opening { title: &act.words, body: &body, draft: act.draft }));
        return Ok(());
    }
    let number = told.pull.ok_or("there is no pull request yet")?;
    match act.what.as_str() {
        "push" => world.push(repo, number, by, &act.words),
        "ready" => world.set_draft(repo, number, by, false),
        "merge" => world.merge(repo, number, by),
        "request" => {
            let of = user(world, &act.to)?;
            world.request_review(repo, number, by, of);
        }
        "review" => {
            let states = ["approved", "changes_requested", "commented"];
            let state = states.into_iter().find(|s| *s == act.to).ok_or("no such review")?;
            world.review(repo, number, by, state, &act.words);
        }
        "checks" => {
            let checks = match act.to.as_str() {
                "passed" => Checks::Passed,
                "failed" => Checks::Failed,
                _ => Checks::Running,
            };
            world.set_checks(repo, number, checks, by.at);
        }
        other => return Err(format!("nobody can {other}")),
    }
    Ok(())
}
