//! Reads the made-up organisation from its data files. Knows no server; ages become dates before `now`.

use std::collections::{BTreeMap, HashMap};

use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use serde::Deserialize;

use crate::domain::marker::{self, MarkerKind};

use super::{
    DemoError, help, registry,
    world::{Ci, Comment, Detail, Event, Issue, Kind, Label, Milestone, Permission, Pull, Repo, RepoIx, UserIx, World},
};

const ORGANISATION: &str = include_str!("../../assets/demo/organisation.toml");
const ISSUES: [(&str, &str); 6] = [
    ("lockers", include_str!("../../assets/demo/issues/lockers.toml")),
    ("routing", include_str!("../../assets/demo/issues/routing.toml")),
    ("storefront", include_str!("../../assets/demo/issues/storefront.toml")),
    ("money", include_str!("../../assets/demo/issues/money.toml")),
    ("platform", include_str!("../../assets/demo/issues/platform.toml")),
    ("pulls", include_str!("../../assets/demo/issues/pulls.toml")),
];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Organisation {
    pub organisation: Named,
    pub team: Vec<Team>,
    pub person: Vec<PersonSeed>,
    repo: Vec<RepoSeed>,
    label: Vec<LabelSeed>,
    milestone: Vec<MilestoneSeed>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Named {
    pub login: String,
    name: String,
    description: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Team {
    pub slug: String,
    name: String,
    lead: String,
    pub people: Vec<String>,
    /// What the person at the keyboard may do in this team's repositories.
    sam: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PersonSeed {
    pub login: String,
    pub name: Option<String>,
    #[serde(default)]
    pub bot: bool,
    /// `newcomer` or `intern`.
    pub standing: Option<String>,
    /// Hours a week for helping.
    pub hours: Option<f64>,
    /// Leave: first and last day from the present, and why.
    pub away: Option<(i64, i64, String)>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RepoSeed {
    name: String,
    team: String,
    description: String,
    language: Option<String>,
    default_branch: Option<String>,
    topics: Vec<String>,
    age: f64,
    pushed: f64,
    #[serde(default)]
    archived: bool,
    #[serde(default = "yes")]
    has_issues: bool,
    #[serde(default)]
    private: bool,
    #[serde(default)]
    no_label: Vec<String>,
    /// Name before a renaming.
    former: Option<String>,
    ci: Option<String>,
    red_for: Option<f64>,
}

fn yes() -> bool {
    true
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LabelSeed {
    name: String,
    color: String,
    description: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MilestoneSeed {
    title: String,
    description: String,
    due: Option<f64>,
}

/// An issue or pull request; ages in days.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct IssueSeed {
    t: String,
    by: String,
    age: f64,
    #[serde(default)]
    b: Option<String>,
    #[serde(default)]
    l: Vec<String>,
    #[serde(default)]
    to: Vec<String>,
    m: Option<String>,
    #[serde(default)]
    up: u64,
    /// Last change, when it is not the newest comment's.
    touched: Option<f64>,
    /// Closed that many days ago.
    closed: Option<f64>,
    reason: Option<String>,
    #[serde(default)]
    locked: bool,
    #[serde(default)]
    pull: bool,
    #[serde(default)]
    draft: bool,
    /// `[who, days ago, words]`.
    #[serde(default)]
    c: Vec<(String, f64, String)>,
    /// A colleague's claim: who, days ago, days left (negative when the lease has lapsed).
    claim: Option<(String, f64, f64)>,
}

/// How much of the organisation is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Extent {
    /// Only its people.
    People,
    /// Its repositories as well.
    Repositories,
    /// And the help that is under way between its teams.
    Helping,
}

/// Fills a world with the organisation, as of `now`.
pub(crate) fn plant(world: &mut World, now: Timestamp, extent: Extent) -> Result<(), DemoError> {
    let seed: Organisation =
        toml::from_str(ORGANISATION).map_err(|e| DemoError::seed("organisation.toml", &e.to_string()))?;
    let bots = seed.person.iter().filter(|p| p.bot).map(|p| (p, Kind::Bot));
    for (person, kind) in seed.person.iter().filter(|p| !p.bot).map(|p| (p, Kind::User)).chain(bots) {
        let ix = world.intern(&person.login, kind, None);
        world.users[ix].name = person.name.clone();
        if kind == Kind::User {
            world.people.push(person.login.clone());
        }
    }
    if extent == Extent::People {
        return Ok(());
    }
    world.members = seed.person.iter().filter(|p| !p.bot).filter_map(|p| world.find_user(&p.login)).collect();
    let org = world.intern(&seed.organisation.login, Kind::Organization, None);
    world.users[org].name = Some(seed.organisation.name.clone());
    world.users[org].description = Some(seed.organisation.description.clone());
    for repo in &seed.repo {
        plant_repo(world, &seed, org, repo, now)?;
    }
    for (file, text) in ISSUES {
        let by_repo: BTreeMap<String, Vec<IssueSeed>> =
            toml::from_str(text).map_err(|e| DemoError::seed(file, &e.to_string()))?;
        plant_issues(world, &seed.organisation.login, by_repo, now).map_err(|why| DemoError::seed(file, &why))?;
    }
    number(world);
    registry::plant(world, &seed, now)?;
    if extent == Extent::Helping {
        help::plant(world, &seed.organisation.login, now).map_err(|why| DemoError::seed("help.toml", &why))?;
    }
    Ok(())
}

fn ago(now: Timestamp, days: f64) -> Timestamp {
    #[expect(clippy::cast_possible_truncation, reason = "ages are a few years at most")]
    let seconds = (days * 86_400.0) as i64;
    super::world::whole_seconds(now.checked_sub(SignedDuration::from_secs(seconds)).unwrap_or(now))
}

fn plant_repo(
    world: &mut World,
    seed: &Organisation,
    owner: UserIx,
    repo: &RepoSeed,
    now: Timestamp,
) -> Result<(), DemoError> {
    let team = seed
        .team
        .iter()
        .find(|t| t.slug == repo.team)
        .ok_or_else(|| DemoError::seed("organisation.toml", &format!("no team {}", repo.team)))?;
    let mut grants = HashMap::new();
    for login in &team.people {
        let user = world.intern(login, Kind::User, None);
        grants.insert(user, if *login == team.lead { Permission::Admin } else { Permission::Write });
    }
    if team.sam.as_deref() == Some("triage") {
        grants.insert(world.intern(super::YOU, Kind::User, None), Permission::Triage);
    }
    let id = world.id();
    let state = match repo.ci.as_deref() {
        Some("failure") => Some("FAILURE"),
        Some("pending") => Some("PENDING"),
        Some(_) => Some("SUCCESS"),
        None => None,
    };
    let topics = repo.topics.iter().cloned().chain([format!("team-{}", team.slug)]).collect();
    let planted = Repo {
        id,
        node_id: format!("R_kgDO{id:x}"),
        owner,
        name: repo.name.clone(),
        description: Some(format!("{} ({})", repo.description, team.name)),
        language: repo.language.clone(),
        default_branch: repo.default_branch.clone().unwrap_or_else(|| "main".into()),
        topics,
        archived: repo.archived,
        has_issues: repo.has_issues,
        private: repo.private,
        created_at: ago(now, repo.age),
        pushed_at: ago(now, repo.pushed),
        stars: 3 + id % 17,
        ci: state.map(|state| Ci { state, red_since: repo.red_for.map(|days| ago(now, days)) }),
        labels: plant_labels(world, seed, repo),
        milestones: plant_milestones(world, seed, repo, now),
        issues: BTreeMap::new(),
        by_updated: std::collections::BTreeSet::new(),
        open: 0,
        everyone: Permission::Read,
        grants,
        files: BTreeMap::new(),
        workflows: Vec::new(),
    };
    let planted = world.add_repo(planted);
    if let Some(former) = &repo.former {
        world.rename(&seed.organisation.login, former, planted);
    }
    Ok(())
}

fn plant_labels(world: &mut World, seed: &Organisation, repo: &RepoSeed) -> Vec<Label> {
    let wanted = seed.label.iter().filter(|l| !repo.no_label.contains(&l.name));
    wanted
        .map(|l| Label {
            id: world.id(),
            name: l.name.clone(),
            color: l.color.clone(),
            description: Some(l.description.clone()).filter(|d| !d.is_empty()),
        })
        .collect()
}

fn plant_milestones(world: &mut World, seed: &Organisation, repo: &RepoSeed, now: Timestamp) -> Vec<Milestone> {
    (1..)
        .zip(&seed.milestone)
        .map(|(number, m)| Milestone {
            id: world.id(),
            number,
            title: m.title.clone(),
            description: Some(m.description.clone()),
            due_on: m.due.map(|days| ago(now, -days)),
            created_at: ago(now, repo.age.min(400.0)),
            open: 0,
            closed: 0,
        })
        .collect()
}

fn plant_issues(
    world: &mut World,
    org: &str,
    by_repo: BTreeMap<String, Vec<IssueSeed>>,
    now: Timestamp,
) -> Result<(), String> {
    for (name, seeds) in by_repo {
        let repo = world.find_repo(org, &name).ok_or_else(|| format!("no repository {name}"))?;
        for seed in seeds {
            let title = seed.t.clone();
            let claimed = seed.claim.clone();
            let issue = plant_issue(world, repo, seed, now).map_err(|why| format!("{name}, \"{title}\": {why}"))?;
            let number = issue.number;
            world.add_issue(repo, issue);
            if let Some((helper, (_, days, _))) = claimed.and_then(|c| Some((world.find_user(&c.0)?, c))) {
                help::project(world, (repo, number), helper, ago(now, days));
            }
        }
    }
    Ok(())
}

fn plant_issue(world: &mut World, repo: RepoIx, mut seed: IssueSeed, now: Timestamp) -> Result<Issue, String> {
    if let Some((login, days, left)) = seed.claim.clone() {
        let words = claim(world, &login, ago(now, days), ago(now, -left))?;
        seed.c.push((login, days, words));
        seed.c.sort_by(|a, b| b.1.total_cmp(&a.1));
    }
    let who = |world: &World, login: &str| world.find_user(login).ok_or_else(|| format!("nobody is called {login}"));
    let author = who(world, &seed.by)?;
    let assignees = seed.to.iter().map(|login| who(world, login)).collect::<Result<Vec<_>, _>>()?;
    let home = world.repo(repo);
    let label = |name: &String| home.label_named(name).ok_or_else(|| format!("no label {name}"));
    let labels = seed.l.iter().map(label).collect::<Result<Vec<_>, _>>()?;
    let milestone = |title: &String| {
        home.milestones.iter().position(|m| m.title == *title).ok_or_else(|| format!("no milestone {title}"))
    };
    let milestone = seed.m.as_ref().map(milestone).transpose()?;
    let mut comments = Vec::with_capacity(seed.c.len());
    for (login, days, words) in &seed.c {
        let (author, at) = (who(world, login)?, ago(now, *days));
        let association = world.association(repo, author);
        let body = words.as_str().into();
        let id = world.comment_id();
        comments.push(Comment { id, author: Some(author), body, created_at: at, updated_at: at, association });
    }
    let created_at = ago(now, seed.age);
    let closed_at = seed.closed.map(|days| ago(now, days));
    let newest = comments.iter().map(|c| c.created_at).chain(closed_at).max().unwrap_or(created_at);
    let updated_at = seed.touched.map_or(newest, |days| ago(now, days).max(newest));
    let id = world.id();
    let pull = pull(&seed, id, closed_at);
    Ok(Issue {
        id,
        node_id: format!("{}_kwDO{id:x}", if seed.pull { "PR" } else { "I" }),
        // Temporary: numbers follow age and are given when all issues are known.
        number: id,
        title: seed.t,
        body: seed.b.map(|b| b.trim_matches('\n').to_owned()),
        open: closed_at.is_none(),
        state_reason: closed_at.map(|_| seed.reason.unwrap_or_else(|| "completed".into())),
        author: Some(author),
        events: first_events(world, repo, author, &labels, &assignees, created_at),
        labels,
        assignees,
        milestone,
        comments,
        created_at,
        updated_at,
        closed_at,
        locked: seed.locked,
        reactions: [seed.up, 0, 0, 0, seed.up / 5, 0, seed.up / 7, 0],
        association: world.association(repo, author),
        pull,
    })
}

/// The part that only pull requests have.
fn pull(seed: &IssueSeed, id: u64, closed_at: Option<Timestamp>) -> Option<Pull> {
    seed.pull.then(|| Pull {
        merged_at: closed_at.filter(|_| seed.reason.as_deref() != Some("not_planned")),
        draft: seed.draft,
        head: seed.t.to_lowercase().split_whitespace().take(3).collect::<Vec<_>>().join("-"),
        sha: format!("{id:040x}"),
        commits: 1,
        ..Pull::default()
    })
}

/// The comment with which a colleague claimed a task.
fn claim(world: &World, login: &str, at: Timestamp, end: Timestamp) -> Result<String, String> {
    let user = world.find_user(login).ok_or_else(|| format!("nobody is called {login}"))?;
    let mut claim = help::first(world, user, MarkerKind::Claim, at);
    claim.until = Some(end.to_zoned(TimeZone::UTC).date());
    Ok(marker::comment(&claim, &help::prose(&claim, &[])))
}

fn first_events(
    world: &mut World,
    repo: RepoIx,
    actor: UserIx,
    labels: &[usize],
    assignees: &[UserIx],
    at: Timestamp,
) -> Vec<Event> {
    let mut events = Vec::new();
    for label in labels {
        let id = world.id();
        let label = world.repo(repo).labels.get(*label).map(|l| (l.name.clone(), l.color.clone()));
        let detail = label.map_or(Detail::Plain, |(name, color)| Detail::Label(name, color));
        events.push(Event { id, kind: "labeled", actor: Some(actor), at, detail });
    }
    for assignee in assignees {
        let id = world.id();
        let detail = Detail::Assignee(*assignee);
        events.push(Event { id, kind: "assigned", actor: Some(actor), at, detail });
    }
    events
}

/// Gives issues their numbers: oldest first, with the gaps that closed issues leave behind.
fn number(world: &mut World) {
    for repo in 0..world.repos.len() {
        let issues = std::mem::take(&mut world.repo_mut(repo).issues);
        world.repo_mut(repo).forget_counts();
        let mut issues: Vec<Issue> = issues.into_values().collect();
        issues.sort_by_key(|i| (i.created_at, i.id));
        let mut number = 0;
        for mut issue in issues {
            number += 1 + issue.title.len() as u64 % 7;
            issue.number = number;
            world.add_issue(repo, issue);
        }
    }
}
