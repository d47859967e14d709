//! Plants the Jira half of the made-up organisation from its data files. Knows no server; ages become dates before
//! `now`, and issues of the GitHub half are found by their titles.

use std::collections::{BTreeMap, HashMap};

use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use serde_json::json;

use super::{
    super::{
        DemoError, ORG,
        world::{Kind, UserIx, World},
    },
    adf,
    model::{
        Category, Change, Comment, Component, Dialect, Issue, Item, Link, Named, Project, ProjectIx, Remote, Sprint,
        SprintState, Step, Text, Version,
    },
    people,
    permission::{COMMENTER, LEAD, MEMBER, READER},
    seed_rows::{IssueSeed, ProjectSeed, Site},
};

const SITE: &str = include_str!("../../../assets/demo/jira/site.toml");
/// Projects with their issues.
const ISSUES: [(&str, &str, &str); 3] = [
    ("OPS", "ops.toml", include_str!("../../../assets/demo/jira/ops.toml")),
    ("HELP", "desk.toml", include_str!("../../../assets/demo/jira/desk.toml")),
    ("LEDGER", "ledger.toml", include_str!("../../../assets/demo/jira/ledger.toml")),
];

type Planted<T = ()> = Result<T, String>;

fn site() -> Result<Site, DemoError> {
    toml::from_str(SITE).map_err(|e| DemoError::seed("site.toml", &e.to_string()))
}

/// Gives people what only Jira knows of them.
pub(crate) fn people(world: &mut World) -> Result<(), DemoError> {
    for (login, zone) in site()?.zone {
        if let Some(user) = world.find_user(&login) {
            world.jira.people.known.entry(user).or_default().zone = Some(zone);
        }
    }
    Ok(())
}

/// Fills the Jira half, as of `now`; `origin` is where the GitHub half is.
pub(crate) fn plant(world: &mut World, now: Timestamp, origin: &str) -> Result<(), DemoError> {
    let site = site()?;
    tables(world, &site);
    for project in &site.project {
        plant_project(world, project, now).map_err(|why| DemoError::seed("site.toml", &why))?;
    }
    for (key, file, text) in ISSUES {
        let wrong = |why: &str| DemoError::seed(file, why);
        let mut parsed: BTreeMap<String, Vec<IssueSeed>> = toml::from_str(text).map_err(|e| wrong(&e.to_string()))?;
        let project = world.jira.projects.iter().position(|p| p.key == key).ok_or_else(|| wrong("no such project"))?;
        for seed in parsed.remove("issue").unwrap_or_default() {
            let number = seed.n;
            let issue = Planter { world, project, now, origin }.issue(seed);
            let issue = issue.map_err(|why| wrong(&format!("{key}-{number}: {why}")))?;
            world.jira.add(issue);
        }
    }
    families(world);
    Ok(())
}

fn tables(world: &mut World, site: &Site) {
    let jira = &mut world.jira;
    for (id, name) in (1..).zip(&site.priority) {
        jira.priority_named(Some(id), name);
    }
    for (id, name) in (10_000..).zip(&site.resolution) {
        jira.resolution_named(Some(id), name, "");
    }
    for (id, (name, category)) in (10_000..).zip(&site.status) {
        let category = match category.as_str() {
            "done" => Category::Done,
            "indeterminate" => Category::Indeterminate,
            _ => Category::New,
        };
        jira.status_named(Some(id), name, "", category);
    }
    for (id, (name, description)) in (10_000..).zip(&site.kind) {
        jira.type_named(Some(id), name, description, name == "Sub-task");
    }
}

/// Issues know their parents; parents are told of their sub-tasks here, and links get their other end.
fn families(world: &mut World) {
    let jira = &world.jira;
    let all: Vec<_> = jira.projects.iter().flat_map(|p| p.issues.values().copied()).collect();
    let mut children = Vec::new();
    let mut ends = Vec::new();
    for issue in all.iter().filter_map(|ix| jira.issue(*ix)) {
        let is_subtask = jira.types.get(issue.kind).is_some_and(|t| t.subtask);
        children.extend(issue.parent.clone().filter(|_| is_subtask).map(|p| (p, jira.key(issue))));
        for link in &issue.links {
            let end = Link { outward: !link.outward, key: jira.key(issue), summary: String::new(), ..link.clone() };
            ends.push((link.key.clone(), end));
        }
    }
    for (parent, child) in children {
        if let Some(ix) = world.jira.find(&parent) {
            world.jira.change(ix, |issue| issue.subtasks.push(child));
        }
    }
    for (key, end) in ends {
        if let Some(ix) = world.jira.find(&key) {
            world.jira.change(ix, |issue| issue.links.push(end));
        }
    }
}

fn after(now: Timestamp, days: f64) -> Timestamp {
    #[expect(clippy::cast_possible_truncation, reason = "ages are a few years at most")]
    let seconds = (days * 86_400.0) as i64;
    let at = now.checked_add(SignedDuration::from_secs(seconds)).unwrap_or(now);
    super::super::world::whole_seconds(at)
}

fn who(world: &World, login: &str) -> Planted<UserIx> {
    world.find_user(login).ok_or_else(|| format!("nobody is called {login}"))
}

fn status(world: &World, name: &str) -> Planted<usize> {
    let found = world.jira.statuses.iter().position(|s| s.named.name == name);
    found.ok_or_else(|| format!("no status {name}"))
}

fn plant_project(world: &mut World, seed: &ProjectSeed, now: Timestamp) -> Planted {
    let lead = who(world, &seed.lead)?;
    let mut grants = HashMap::new();
    for login in &seed.members {
        grants.insert(who(world, login)?, MEMBER);
    }
    for login in &seed.readers {
        grants.insert(who(world, login)?, READER);
    }
    grants.insert(lead, LEAD);
    let mut steps = Vec::new();
    for (id, (name, to, resolves)) in (1..).map(|n| n * 10 + 1).zip(&seed.step) {
        steps.push(Step { id, name: name.clone(), to: status(world, to)?, from: Vec::new(), resolves: *resolves });
    }
    let mut components = Vec::new();
    for (name, description, lead) in &seed.component {
        let named = Named { id: world.jira.id(), name: name.clone(), description: description.clone() };
        components.push(Component { named, lead: world.find_user(lead) });
    }
    let mut versions = Vec::new();
    for (name, released, days) in &seed.version {
        let named = Named { id: world.jira.id(), name: name.clone(), description: String::new() };
        let date = Some(after(now, *days).to_zoned(TimeZone::UTC).date());
        versions.push(Version { named, released: *released, archived: false, date });
    }
    let id = world.jira.id();
    for sprint in &seed.sprint {
        plant_sprint(world, sprint, id, now);
    }
    world.jira.add_project(Project {
        id,
        key: seed.key.clone(),
        name: seed.name.clone(),
        description: seed.description.clone(),
        lead: Some(lead),
        kind: if seed.kind == "service_desk" { "service_desk" } else { "software" },
        only: Some(if seed.site == "cloud" { Dialect::Cloud } else { Dialect::DataCenter }),
        components,
        versions,
        issues: BTreeMap::new(),
        steps,
        everyone: match seed.others.as_str() {
            "member" => MEMBER,
            "commenter" => COMMENTER,
            "reader" => READER,
            _ => 0,
        },
        anonymous: if seed.public { READER } else { 0 },
        grants,
    });
    Ok(())
}

fn plant_sprint(world: &mut World, seed: &(String, String, f64, f64, String), board: u64, now: Timestamp) {
    let (name, state, start, end, goal) = seed;
    let state = match state.as_str() {
        "active" => SprintState::Active,
        "future" => SprintState::Future,
        _ => SprintState::Closed,
    };
    let dated = state != SprintState::Future;
    let sprint = Sprint {
        id: world.jira.sprints.len() as u64 + 41,
        name: name.clone(),
        state,
        board,
        goal: goal.clone(),
        start: dated.then(|| after(now, *start)),
        end: dated.then(|| after(now, *end)),
        complete: (state == SprintState::Closed).then(|| after(now, *end + 0.1)),
    };
    world.jira.sprints.push(sprint);
}

struct Planter<'a> {
    world: &'a mut World,
    project: ProjectIx,
    now: Timestamp,
    origin: &'a str,
}

impl Planter<'_> {
    fn ago(&self, days: f64) -> Timestamp {
        after(self.now, -days)
    }

    /// Words in the form of the project's site: a document on Cloud, wiki markup on Data Center.
    fn words(&self, text: &str) -> Text {
        if self.world.jira.project(self.project).only == Some(Dialect::DataCenter) {
            return Text::wiki(text.trim_matches('\n'));
        }
        let world = &*self.world;
        let find = |login: &str| {
            let user = world.find_user(login).filter(|u| world.user(*u).kind == Kind::User)?;
            Some((world.jira.people.account_id(world, user), people::display_name(world, user)))
        };
        Text::adf(adf::document(text.trim_matches('\n'), &find))
    }

    /// The number of an issue on the GitHub half.
    fn on_github(&self, (repo, title): &(String, String)) -> Planted<u64> {
        let home = self.world.find_repo(ORG, repo).ok_or_else(|| format!("no repository {repo}"))?;
        let found = self.world.repo(home).issues.values().find(|i| i.title == *title).map(|i| i.number);
        found.ok_or_else(|| format!("no issue \"{title}\" in {repo}"))
    }

    fn issue(&mut self, mut seed: IssueSeed) -> Planted<Issue> {
        if let Some(named) = &seed.named {
            let name = format!("{ORG}/{}#{}", named.0, self.on_github(named)?);
            seed.t = seed.t.replace("{gh}", &name);
        }
        let (id, created) = (self.world.jira.id(), self.ago(seed.age));
        let mut issue = Issue::bare(id, (self.project, seed.n), &seed.t, created);
        let reporter = who(self.world, &seed.by)?;
        (issue.reporter, issue.creator) = (Some(reporter), Some(reporter));
        issue.assignee = seed.to.as_deref().map(|l| who(self.world, l)).transpose()?;
        issue.description = seed.b.as_deref().map(|b| self.words(b));
        self.places(&mut issue, &seed)?;
        issue.labels = std::mem::take(&mut seed.l);
        issue.due = seed.due.map(|days| after(self.now, days).to_zoned(TimeZone::UTC).date());
        (issue.points, issue.flagged, issue.epic) = (seed.pts, seed.flag, seed.epic.take());
        issue.parent = seed.parent.take();
        for login in &seed.voters {
            issue.voters.insert(who(self.world, login)?);
        }
        issue.watchers.insert(reporter);
        for login in &seed.watchers {
            issue.watchers.insert(who(self.world, login)?);
        }
        for (words, key) in &seed.links {
            issue.links.push(self.link(words, key)?);
        }
        self.talk(&mut issue, &seed)?;
        self.history(&mut issue, &seed)?;
        if let Some(mirror) = &seed.mirror {
            let remote = self.remote(mirror)?;
            issue.remotes.push(remote);
        }
        let newest = issue.comments.iter().map(|c| c.created).chain(issue.changes.iter().map(|c| c.at)).max();
        issue.updated = newest.unwrap_or(created).max(seed.touched.map_or(created, |days| self.ago(days)));
        Ok(issue)
    }

    fn places(&mut self, issue: &mut Issue, seed: &IssueSeed) -> Planted {
        let jira = &self.world.jira;
        let none = |what: &str, name: &str| format!("no {what} {name}");
        issue.status = status(self.world, &seed.status)?;
        let kind = jira.types.iter().position(|t| t.named.name == seed.kind);
        issue.kind = kind.ok_or_else(|| none("type", &seed.kind))?;
        let priority = jira.priorities.iter().position(|p| p.name == seed.p);
        issue.priority = Some(priority.ok_or_else(|| none("priority", &seed.p))?);
        let project = jira.project(self.project);
        for name in &seed.part {
            let place = project.components.iter().position(|c| c.named.name == *name);
            issue.components.push(place.ok_or_else(|| none("component", name))?);
        }
        for name in &seed.fix {
            let place = project.versions.iter().position(|c| c.named.name == *name);
            issue.versions.push(place.ok_or_else(|| none("version", name))?);
        }
        for name in &seed.sprints {
            let place = jira.sprints.iter().position(|s| s.name == *name);
            issue.sprints.push(place.ok_or_else(|| none("sprint", name))?);
        }
        if let Some((days, name)) = &seed.resolved {
            let place = jira.resolutions.iter().position(|r| r.name == *name);
            issue.resolution = Some(place.ok_or_else(|| none("resolution", name))?);
            issue.resolved = Some(self.ago(*days));
        }
        Ok(())
    }

    fn link(&mut self, words: &str, key: &str) -> Planted<Link> {
        let (name, inward, outward, out) = match words {
            "blocks" => ("Blocks", "is blocked by", "blocks", true),
            "is blocked by" => ("Blocks", "is blocked by", "blocks", false),
            "duplicates" => ("Duplicate", "is duplicated by", "duplicates", true),
            "relates to" => ("Relates", "relates to", "relates to", true),
            other => return Err(format!("no link {other}")),
        };
        let kind = (name.to_owned(), inward.to_owned(), outward.to_owned());
        Ok(Link { id: self.world.jira.id(), kind, outward: out, key: key.into(), summary: String::new(), status: None })
    }

    fn talk(&mut self, issue: &mut Issue, seed: &IssueSeed) -> Planted {
        for (login, days, words) in &seed.c {
            let (author, at) = (Some(who(self.world, login)?), self.ago(*days));
            let internal = words.starts_with('!');
            let mut properties = BTreeMap::new();
            if internal {
                properties.insert("sd.public.comment".to_owned(), json!({"internal": true}));
            }
            let body = self.words(words.trim_start_matches('!'));
            let id = self.world.comment_id();
            issue.comments.push(Comment {
                id,
                author,
                editor: author,
                body,
                created: at,
                updated: at,
                properties,
                visibility: None,
            });
        }
        Ok(())
    }

    fn history(&mut self, issue: &mut Issue, seed: &IssueSeed) -> Planted {
        for (login, days, field, from, to) in &seed.h {
            const FIELDS: [&str; 9] =
                ["assignee", "status", "priority", "labels", "Sprint", "resolution", "duedate", "Flagged", "summary"];
            let field = FIELDS.into_iter().find(|f| f == field).ok_or_else(|| format!("no field {field}"))?;
            let item = self.item(field, from, to)?;
            let (id, author) = (self.world.jira.id(), Some(who(self.world, login)?));
            issue.changes.push(Change { id, author, at: self.ago(*days), items: vec![item] });
        }
        issue.changes.sort_by_key(|c| c.at);
        Ok(())
    }

    fn item(&self, field: &'static str, from: &str, to: &str) -> Planted<Item> {
        let world = &*self.world;
        let jira = &world.jira;
        let some = |text: &str| Some(text.to_owned()).filter(|t| !t.is_empty());
        let id = |name: &str| match field {
            "status" => jira.statuses.iter().find(|s| s.named.name == name).map(|s| s.named.id.to_string()),
            "priority" => jira.priorities.iter().find(|p| p.name == name).map(|p| p.id.to_string()),
            "resolution" => jira.resolutions.iter().find(|r| r.name == name).map(|r| r.id.to_string()),
            "Sprint" => {
                let one = |name: &str| jira.sprints.iter().find(|s| s.name == name).map(|s| s.id.to_string());
                some(&name.split(", ").filter_map(one).collect::<Vec<_>>().join(", "))
            }
            "labels" => Some(String::new()),
            "duedate" => some(name),
            _ => None,
        };
        if field != "assignee" {
            return Ok(Item {
                field,
                from: id(from),
                from_words: some(from),
                to: id(to),
                to_words: some(to),
                people: None,
            });
        }
        let person = |login: &str| some(login).map(|l| who(world, &l)).transpose();
        let (from, to) = (person(from)?, person(to)?);
        let name = |u: Option<UserIx>| u.map(|u| people::display_name(world, u));
        Ok(Item { field, from_words: name(from), to_words: name(to), people: Some((from, to)), ..Item::default() })
    }

    fn remote(&mut self, mirror: &(String, String)) -> Planted<Remote> {
        let url = format!("{}/{ORG}/{}/issues/{}", self.origin, mirror.0, self.on_github(mirror)?);
        Ok(Remote {
            id: self.world.jira.id(),
            global_id: Some(url.clone()),
            relationship: Some("mirrors".into()),
            application: json!({"type": "com.github", "name": "GitHub"}),
            object: json!({
                "url": url, "title": format!("{ORG}/{}: {}", mirror.0, mirror.1), "summary": mirror.1,
                "icon": {"url16x16": format!("{}/favicon.ico", self.origin), "title": "GitHub"},
                "status": {"resolved": false, "icon": {}},
            }),
        })
    }
}
