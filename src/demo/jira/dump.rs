//! Reads real Jira issues from files, so that they can be served instead of the made-up organisation. One file name
//! says the project (`ANYTHING.KEY.cloud-v2.jsonl[.gz]` or `….server-v2.…`), one line is one issue in REST 2's shape.
//! Knows no server.

use std::{
    collections::{BTreeMap, HashMap},
    fs::File,
    io::{BufRead, BufReader, Read},
    path::Path,
    sync::Arc,
};

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;

use super::{
    super::{
        DemoError,
        world::{Kind, UserIx, World},
    },
    model::{
        Category, Comment, Component, Issue, Link, Named, Project, ProjectIx, Sprint, SprintState, Step, Text, Version,
    },
    permission::{MEMBER, READER},
    store::split_key,
};

/// The project that a file name says.
pub(crate) fn named(path: &Path) -> Option<String> {
    let file = path.file_name()?.to_str()?;
    let stem = file.strip_suffix(".gz").unwrap_or(file).strip_suffix(".jsonl")?;
    let stem = stem.strip_suffix(".cloud-v2").or_else(|| stem.strip_suffix(".server-v2"))?;
    let (_, key) = stem.rsplit_once('.')?;
    let good = key.starts_with(|c: char| c.is_ascii_uppercase())
        && key.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_');
    good.then(|| key.to_owned())
}

#[derive(Deserialize)]
struct Row {
    id: String,
    key: String,
    fields: Fields,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Fields {
    summary: Option<String>,
    description: Option<String>,
    environment: Option<String>,
    issuetype: Option<NameRow>,
    status: Option<NameRow>,
    priority: Option<NameRow>,
    resolution: Option<NameRow>,
    resolutiondate: Option<String>,
    project: Option<NameRow>,
    labels: Option<Vec<String>>,
    components: Option<Vec<NameRow>>,
    #[serde(rename = "fixVersions")]
    fix_versions: Option<Vec<NameRow>>,
    versions: Option<Vec<NameRow>>,
    assignee: Option<UserRow>,
    reporter: Option<UserRow>,
    creator: Option<UserRow>,
    created: Option<String>,
    updated: Option<String>,
    duedate: Option<String>,
    votes: Option<CountRow>,
    watches: Option<CountRow>,
    issuelinks: Option<Vec<LinkRow>>,
    parent: Option<OtherRow>,
    subtasks: Option<Vec<OtherRow>>,
    comment: Option<CommentsRow>,
    flagged: Option<bool>,
    sprint: Option<SprintRow>,
    #[serde(rename = "closedSprints")]
    closed_sprints: Option<Vec<SprintRow>>,
    epic: Option<OtherRow>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct NameRow {
    id: Option<String>,
    name: Option<String>,
    description: Option<String>,
    subtask: bool,
    #[serde(rename = "statusCategory")]
    category: Option<CategoryRow>,
    released: bool,
    archived: bool,
    #[serde(rename = "releaseDate")]
    release_date: Option<String>,
}

#[derive(Deserialize)]
struct CategoryRow {
    key: String,
}

#[derive(Deserialize)]
struct UserRow {
    name: Option<String>,
    key: Option<String>,
    #[serde(rename = "accountId")]
    account_id: Option<String>,
    #[serde(rename = "displayName")]
    display_name: Option<String>,
    active: Option<bool>,
    #[serde(rename = "timeZone")]
    zone: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct CountRow {
    votes: u64,
    #[serde(rename = "watchCount")]
    watches: u64,
}

#[derive(Deserialize)]
struct LinkRow {
    id: Option<String>,
    #[serde(rename = "type")]
    kind: LinkKind,
    #[serde(rename = "inwardIssue")]
    inward: Option<OtherRow>,
    #[serde(rename = "outwardIssue")]
    outward: Option<OtherRow>,
}

#[derive(Deserialize)]
struct LinkKind {
    name: String,
    inward: String,
    outward: String,
}

#[derive(Deserialize)]
struct OtherRow {
    key: Option<String>,
    fields: Option<OtherFields>,
}

#[derive(Deserialize)]
struct OtherFields {
    summary: Option<String>,
}

#[derive(Deserialize)]
struct CommentsRow {
    #[serde(default)]
    comments: Vec<CommentRow>,
}

#[derive(Deserialize)]
struct CommentRow {
    id: String,
    author: Option<UserRow>,
    #[serde(rename = "updateAuthor")]
    editor: Option<UserRow>,
    body: Option<String>,
    created: Option<String>,
    updated: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct SprintRow {
    id: u64,
    name: String,
    state: String,
    #[serde(default)]
    goal: Option<String>,
    origin_board_id: Option<u64>,
    start_date: Option<String>,
    end_date: Option<String>,
    complete_date: Option<String>,
}

/// A moment as Jira writes it: `2012-04-23T20:30:04.693-0500`.
fn moment(text: &str) -> Option<Timestamp> {
    if text.ends_with('Z') {
        return text.parse().ok();
    }
    let end = text.len().checked_sub(2)?;
    format!("{}:{}", text.get(..end)?, text.get(end..)?).parse().ok()
}

/// Adds the project of a file to the world.
///
/// # Errors
/// A sentence naming the file, and the line where one is to blame.
pub(crate) fn load(world: &mut World, path: &Path, key: &str) -> Result<(), DemoError> {
    let file = File::open(path).map_err(|e| DemoError::data(path, &e.to_string()))?;
    let zipped = path.extension().is_some_and(|e| e == "gz");
    let source: Box<dyn Read> = if zipped { Box::new(flate2::read::MultiGzDecoder::new(file)) } else { Box::new(file) };
    let mut loader = Loader { project: project(world, key), people: HashMap::new() };
    let mut text = String::new();
    let mut lines = BufReader::with_capacity(1 << 17, source);
    for line in 1.. {
        let at_line = |why: &str| DemoError::data(path, &format!("line {line}: {why}"));
        text.clear();
        if lines.read_line(&mut text).map_err(|e| at_line(&e.to_string()))? == 0 {
            break;
        }
        if text.trim().is_empty() {
            continue;
        }
        let mut row: Row = serde_json::from_str(&text).map_err(|e| at_line(&e.to_string()))?;
        // Their number differs from site to site, so they are known by their words.
        if text.contains("greenhopper.service.sprint") {
            row.fields.closed_sprints = Some(sprint_words(&text));
        }
        let number = split_key(&row.key).filter(|(p, _)| *p == key).map(|(_, n)| n);
        let number = number.ok_or_else(|| at_line(&format!("the key is not one of the project {key}")))?;
        loader.add(world, number, row);
    }
    steps(world, loader.project);
    Ok(())
}

fn project(world: &mut World, key: &str) -> ProjectIx {
    let known = (0..world.jira.projects.len()).find(|p| world.jira.project(*p).key == key);
    known.unwrap_or_else(|| {
        let id = world.jira.id();
        world.jira.add_project(Project {
            id,
            key: key.into(),
            name: key.into(),
            description: String::new(),
            lead: None,
            kind: "software",
            only: None,
            components: Vec::new(),
            versions: Vec::new(),
            issues: BTreeMap::new(),
            steps: Vec::new(),
            everyone: MEMBER,
            anonymous: READER,
            grants: HashMap::new(),
        })
    })
}

/// Real projects have a workflow that no dump tells: here every status can be reached from every other.
fn steps(world: &mut World, project: ProjectIx) {
    let jira = &world.jira;
    let mut used: Vec<usize> =
        jira.project(project).issues.values().filter_map(|ix| jira.issue(*ix)).map(|i| i.status).collect();
    used.sort_unstable();
    used.dedup();
    let step = |(id, to): (u64, usize)| {
        let name = jira.statuses.get(to).map(|s| s.named.name.clone()).unwrap_or_default();
        Step { id, name, to, from: Vec::new(), resolves: false }
    };
    let steps = (1..).map(|n| n * 10 + 1).zip(used).map(step).collect();
    world.jira.project_mut(project).steps = steps;
}

/// The sprints of a line, which are the words of Java objects.
fn sprint_words(line: &str) -> Vec<SprintRow> {
    let row: Value = serde_json::from_str(line).unwrap_or_default();
    let fields = row.get("fields").and_then(Value::as_object).into_iter().flatten();
    let lists = fields.filter_map(|(_, v)| v.as_array()).flatten().filter_map(Value::as_str);
    lists
        .filter(|text| text.starts_with("com.atlassian.greenhopper.service.sprint.Sprint@"))
        .filter_map(one_sprint)
        .collect()
}

fn one_sprint(text: &str) -> Option<SprintRow> {
    let inside = text.split_once('[')?.1.strip_suffix(']')?;
    // A name may hold commas and equals signs: a value ends where the next known key begins.
    let value = |key: &str| -> Option<String> {
        let start = inside.find(&format!("{key}="))? + key.len() + 1;
        let rest = inside.get(start..)?;
        let next =
            ["id=", "rapidViewId=", "state=", "name=", "goal=", "startDate=", "endDate=", "completeDate=", "sequence="];
        let end = next.iter().filter_map(|k| rest.find(&format!(",{k}"))).min().unwrap_or(rest.len());
        rest.get(..end).filter(|v| *v != "<null>").map(str::to_owned)
    };
    Some(SprintRow {
        id: value("id")?.parse().ok()?,
        name: value("name")?,
        state: value("state")?.to_lowercase(),
        goal: value("goal"),
        origin_board_id: value("rapidViewId").and_then(|v| v.parse().ok()),
        start_date: value("startDate"),
        end_date: value("endDate"),
        complete_date: value("completeDate"),
    })
}

struct Loader {
    project: ProjectIx,
    people: HashMap<String, UserIx>,
}

fn number(id: Option<&String>) -> Option<u64> {
    id.and_then(|id| id.parse().ok())
}

impl Loader {
    fn person(&mut self, world: &mut World, row: Option<UserRow>) -> Option<UserIx> {
        let row = row?;
        let login = row.name.clone().or_else(|| row.account_id.clone()).or_else(|| row.display_name.clone())?;
        if let Some(known) = self.people.get(&login) {
            return Some(*known);
        }
        let user = world.intern(&login, Kind::User, None);
        if world.users[user].name.is_none() {
            world.users[user].name = row.display_name;
        }
        let known = world.jira.people.known.entry(user).or_default();
        known.key = row.key;
        known.zone = row.zone;
        known.inactive = row.active == Some(false);
        if let Some(id) = row.account_id {
            known.account_id = Some(id.clone());
            world.jira.people.by_account.insert(id, user);
        }
        self.people.insert(login, user);
        Some(user)
    }

    fn add(&mut self, world: &mut World, key: u64, row: Row) {
        let id = row.id.parse().unwrap_or_else(|_| world.jira.id());
        let mut fields = row.fields;
        let at = |text: &Option<String>| text.as_deref().and_then(moment);
        let created = at(&fields.created).unwrap_or(Timestamp::UNIX_EPOCH);
        let summary = fields.summary.take().unwrap_or_default();
        let mut issue = Issue::bare(id, (self.project, key), &summary, created);
        issue.updated = at(&fields.updated).unwrap_or(created);
        issue.resolved = at(&fields.resolutiondate);
        issue.due = fields.duedate.as_deref().and_then(|d| d.parse().ok());
        issue.description = fields.description.take().filter(|d| !d.is_empty()).map(|d| Text::wiki(&d));
        issue.environment = fields.environment.take().filter(|d| !d.is_empty()).map(|d| Text::wiki(&d));
        issue.labels = fields.labels.take().unwrap_or_default();
        issue.more_votes = fields.votes.take().unwrap_or_default().votes;
        issue.more_watchers = fields.watches.take().unwrap_or_default().watches;
        issue.flagged = fields.flagged.unwrap_or(false);
        issue.assignee = self.person(world, fields.assignee.take());
        issue.reporter = self.person(world, fields.reporter.take());
        issue.creator = self.person(world, fields.creator.take());
        issue.parent = fields.parent.take().and_then(|p| p.key);
        issue.epic = fields.epic.take().and_then(|p| p.key);
        issue.subtasks = fields.subtasks.take().into_iter().flatten().filter_map(|p| p.key).collect();
        self.tables(world, &mut issue, &mut fields);
        issue.links = fields.issuelinks.take().into_iter().flatten().filter_map(|l| link(world, l)).collect();
        for comment in fields.comment.map(|c| c.comments).unwrap_or_default() {
            issue.comments.push(self.comment(world, comment, created));
        }
        issue.comments.sort_by_key(|c| (c.created, c.id));
        world.jira.add(issue);
    }

    fn tables(&mut self, world: &mut World, issue: &mut Issue, fields: &mut Fields) {
        let text = |row: &NameRow| {
            (number(row.id.as_ref()), row.name.clone().unwrap_or_default(), row.description.clone().unwrap_or_default())
        };
        if let Some(row) = fields.status.take() {
            let (id, name, description) = text(&row);
            let category = match row.category.as_ref().map(|c| c.key.as_str()) {
                Some("done") => Category::Done,
                Some("indeterminate") => Category::Indeterminate,
                _ => Category::New,
            };
            issue.status = world.jira.status_named(id, &name, &description, category);
        }
        if let Some(row) = fields.issuetype.take() {
            let (id, name, description) = text(&row);
            issue.kind = world.jira.type_named(id, &name, &description, row.subtask);
        }
        if let Some(row) = fields.priority.take() {
            let (id, name, _) = text(&row);
            issue.priority = Some(world.jira.priority_named(id, &name));
        }
        if let Some(row) = fields.resolution.take() {
            let (id, name, description) = text(&row);
            issue.resolution = Some(world.jira.resolution_named(id, &name, &description));
        }
        let project = &mut world.jira.projects[self.project];
        if let Some(name) = fields.project.take().and_then(|p| p.name) {
            project.name = name;
        }
        for row in fields.components.take().into_iter().flatten() {
            let (id, name, description) = text(&row);
            issue.components.push(component(project, id, name, description));
        }
        for row in fields.fix_versions.take().into_iter().flatten() {
            issue.versions.push(version(project, row));
        }
        for row in fields.versions.take().into_iter().flatten() {
            issue.affects.push(version(project, row));
        }
        for row in fields.closed_sprints.take().into_iter().flatten().chain(fields.sprint.take()) {
            issue.sprints.push(sprint(world, row));
        }
    }

    fn comment(&mut self, world: &mut World, row: CommentRow, created: Timestamp) -> Comment {
        let id = row.id.parse().unwrap_or_else(|_| world.comment_id());
        let created = row.created.as_deref().and_then(moment).unwrap_or(created);
        Comment {
            id,
            author: self.person(world, row.author),
            editor: self.person(world, row.editor),
            body: Text::Wiki(Arc::from(row.body.unwrap_or_default())),
            created,
            updated: row.updated.as_deref().and_then(moment).unwrap_or(created),
            properties: BTreeMap::new(),
            visibility: None,
        }
    }
}

fn component(project: &mut Project, id: Option<u64>, name: String, description: String) -> usize {
    if let Some(known) = project.components.iter().position(|c| c.named.name == name) {
        return known;
    }
    let named = Named { id: id.unwrap_or(0), name, description };
    project.components.push(Component { named, lead: None });
    project.components.len() - 1
}

fn version(project: &mut Project, row: NameRow) -> usize {
    let name = row.name.unwrap_or_default();
    if let Some(known) = project.versions.iter().position(|v| v.named.name == name) {
        return known;
    }
    let named =
        Named { id: number(row.id.as_ref()).unwrap_or(0), name, description: row.description.unwrap_or_default() };
    let date = row.release_date.and_then(|d| d.parse().ok());
    project.versions.push(Version { named, released: row.released, archived: row.archived, date });
    project.versions.len() - 1
}

fn sprint(world: &mut World, row: SprintRow) -> usize {
    let sprints = &mut world.jira.sprints;
    if let Some(known) = sprints.iter().position(|s| s.id == row.id && s.name == row.name) {
        return known;
    }
    let at = |text: Option<String>| text.and_then(|t| moment(&t));
    sprints.push(Sprint {
        id: row.id,
        name: row.name,
        state: match row.state.as_str() {
            "active" => SprintState::Active,
            "future" => SprintState::Future,
            _ => SprintState::Closed,
        },
        board: row.origin_board_id.unwrap_or(1),
        goal: row.goal.unwrap_or_default(),
        start: at(row.start_date),
        end: at(row.end_date),
        complete: at(row.complete_date),
    });
    sprints.len() - 1
}

fn link(world: &mut World, row: LinkRow) -> Option<Link> {
    let outward = row.outward.is_some();
    let other = row.outward.or(row.inward)?;
    let summary = other.fields.and_then(|f| f.summary).unwrap_or_default();
    let id = number(row.id.as_ref()).unwrap_or_else(|| world.jira.id());
    Some(Link {
        id,
        kind: (row.kind.name, row.kind.inward, row.kind.outward),
        outward,
        key: other.key?,
        summary,
        status: None,
    })
}
