//! Reads real issues from files, so that they can be served instead of the made-up organisation. One file name
//! says the repository (`OWNER__NAME.*.jsonl[.gz]`), one line is one issue; Jira's files lie beside them and are read
//! by the Jira half. Knows no server.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    fs::File,
    io::{BufRead, BufReader, Read},
    path::{Path, PathBuf},
    sync::Arc,
};

use jiff::Timestamp;
use serde_json::Value;

use super::{
    DemoError, jira,
    world::{Comment, Detail, Event, Issue, Kind, Label, Milestone, Permission, Pull, Repo, RepoIx, UserIx, World},
};

/// What stands for a comment that the dump counts but does not hold, so that list and count agree.
const ABSENT: &str = "*(this comment is not part of the data that is served)*";

/// Adds every repository and every Jira project found at `path`, a file or a folder.
///
/// # Errors
/// A sentence naming the file, and the line where one is to blame.
pub(crate) fn load(world: &mut World, path: &Path) -> Result<(), DemoError> {
    let projects = jira_files(path)?;
    let files = if path.is_file() && !projects.is_empty() { Vec::new() } else { files(path)? };
    if files.is_empty() && projects.is_empty() {
        let names = "no file is named OWNER__NAME.*.jsonl, NAME.KEY.cloud-v2.jsonl or NAME.KEY.server-v2.jsonl (or the same with .gz)";
        return Err(DemoError::data(path, names));
    }
    for (key, file) in projects {
        jira::load(world, &file, &key)?;
    }
    let absent: Arc<str> = ABSENT.into();
    for (owner, name, file) in files {
        let repo = world.find_repo(&owner, &name).unwrap_or_else(|| found(world, &owner, &name));
        read(world, repo, &file, &absent)?;
    }
    for repo in &mut world.repos {
        let oldest = repo.issues.values().map(|i| i.created_at).min();
        let newest = repo.issues.values().map(|i| i.updated_at).max();
        repo.created_at = oldest.unwrap_or(repo.created_at);
        repo.pushed_at = newest.unwrap_or(repo.pushed_at);
    }
    Ok(())
}

fn jira_files(path: &Path) -> Result<Vec<(String, PathBuf)>, DemoError> {
    let whole = |e: std::io::Error| DemoError::data(path, &e.to_string());
    if path.is_file() {
        return Ok(jira::dump_named(path).map(|key| (key, path.to_owned())).into_iter().collect());
    }
    let mut found = Vec::new();
    for entry in std::fs::read_dir(path).map_err(whole)? {
        let file = entry.map_err(whole)?.path();
        found.extend(jira::dump_named(&file).map(|key| (key, file)));
    }
    found.sort();
    Ok(found)
}

fn files(path: &Path) -> Result<Vec<(String, String, PathBuf)>, DemoError> {
    let whole = |e: std::io::Error| DemoError::data(path, &e.to_string());
    if path.is_file() {
        let (owner, name) = named(path)
            .ok_or_else(|| DemoError::data(path, "its name must be OWNER__NAME.*.jsonl or OWNER__NAME.*.jsonl.gz"))?;
        return Ok(vec![(owner, name, path.to_owned())]);
    }
    let mut found = Vec::new();
    for entry in std::fs::read_dir(path).map_err(whole)? {
        let file = entry.map_err(whole)?.path();
        if let Some((owner, name)) = named(&file) {
            found.push((owner, name, file));
        }
    }
    found.sort();
    Ok(found)
}

fn named(path: &Path) -> Option<(String, String)> {
    let file = path.file_name()?.to_str()?;
    let stem = file.strip_suffix(".gz").unwrap_or(file).strip_suffix(".jsonl")?;
    let (owner, name) = stem.split('.').next()?.split_once("__")?;
    (!owner.is_empty() && !name.is_empty()).then(|| (owner.to_owned(), name.to_owned()))
}

fn found(world: &mut World, owner: &str, name: &str) -> RepoIx {
    let owner = world.intern(owner, Kind::Organization, None);
    let id = world.id();
    // Real repositories have this label only where somebody made it; here everybody may try a claim.
    let label = Label { id: world.id(), name: "floating-help".into(), color: "5319e7".into(), description: None };
    world.add_repo(Repo {
        id,
        node_id: format!("R_kgDO{id:x}"),
        owner,
        name: name.into(),
        description: None,
        language: None,
        default_branch: "main".into(),
        topics: Vec::new(),
        archived: false,
        has_issues: true,
        private: false,
        created_at: Timestamp::UNIX_EPOCH,
        pushed_at: Timestamp::UNIX_EPOCH,
        stars: 0,
        ci: None,
        labels: vec![label],
        milestones: Vec::new(),
        issues: BTreeMap::new(),
        by_updated: BTreeSet::new(),
        open: 0,
        everyone: Permission::Write,
        grants: HashMap::new(),
        files: BTreeMap::new(),
        workflows: Vec::new(),
    })
}

fn read(world: &mut World, repo: RepoIx, path: &Path, absent: &Arc<str>) -> Result<(), DemoError> {
    let file = File::open(path).map_err(|e| DemoError::data(path, &e.to_string()))?;
    let zipped = path.extension().is_some_and(|e| e == "gz");
    let source: Box<dyn Read> = if zipped { Box::new(flate2::read::MultiGzDecoder::new(file)) } else { Box::new(file) };
    for (line, text) in (1..).zip(BufReader::with_capacity(1 << 17, source).lines()) {
        let at_line = |why: &str| DemoError::data(path, &format!("line {line}: {why}"));
        let text = text.map_err(|e| at_line(&e.to_string()))?;
        if text.trim().is_empty() {
            continue;
        }
        let mut row: Value = serde_json::from_str(&text).map_err(|e| at_line(&e.to_string()))?;
        let events = row.get_mut("events").map(Value::take).unwrap_or_default();
        let wrapper = ["issue", "pull"].into_iter().find(|key| row.get(*key).is_some_and(Value::is_object));
        if let Some(inner) = wrapper.and_then(|key| row.get_mut(key)) {
            row = inner.take();
        }
        add(world, repo, &row, &events, absent).ok_or_else(|| at_line("no issue: `number` and `title` are needed"))?;
    }
    Ok(())
}

fn add(world: &mut World, repo: RepoIx, row: &Value, events: &Value, absent: &Arc<str>) -> Option<()> {
    let number = row.get("number")?.as_u64()?;
    let text = |key: &str| row.get(key).and_then(Value::as_str).map(str::to_owned);
    let title = text("title")?;
    let created_at = moment(row, "created_at").unwrap_or(Timestamp::UNIX_EPOCH);
    let id = row.get("id").and_then(Value::as_u64).unwrap_or_else(|| world.id());
    let pull = pull(row);
    let author = account(world, row.get("user"));
    let open = row.get("state").and_then(Value::as_str) != Some("closed");
    let said = said(world, events);
    let counted = row.get("comments").and_then(Value::as_u64).unwrap_or(said.len() as u64);
    let association = association(row);
    let mut assignees = accounts(world, row.get("assignees"));
    if assignees.is_empty() {
        assignees.extend(account(world, row.get("assignee")));
    }
    let issue = Issue {
        id,
        node_id: text("node_id").unwrap_or_else(|| format!("{}_kwDO{id:x}", if pull.is_some() { "PR" } else { "I" })),
        number,
        title,
        body: text("body"),
        open,
        state_reason: text("state_reason").or_else(|| (!open && pull.is_none()).then(|| "completed".into())),
        author,
        labels: labels(world, repo, row.get("labels")),
        assignees,
        milestone: milestone(world, repo, row.get("milestone"), created_at),
        comments: comments(world, said, counted, created_at, absent),
        created_at,
        updated_at: moment(row, "updated_at").unwrap_or(created_at).max(created_at),
        closed_at: moment(row, "closed_at"),
        locked: row.get("locked").and_then(Value::as_bool).unwrap_or(false),
        reactions: reactions(row.get("reactions")),
        association,
        pull,
        events: happened(world, events),
    };
    world.add_issue(repo, issue);
    Some(())
}

fn moment(row: &Value, key: &str) -> Option<Timestamp> {
    row.get(key)?.as_str()?.parse().ok().map(super::world::whole_seconds)
}

fn account(world: &mut World, user: Option<&Value>) -> Option<UserIx> {
    let user = user?;
    let login = user.get("login")?.as_str()?;
    let kind = match user.get("type").and_then(Value::as_str) {
        Some("Bot") => Kind::Bot,
        Some("Organization") => Kind::Organization,
        _ if login.ends_with("[bot]") => Kind::Bot,
        _ => Kind::User,
    };
    Some(world.intern(login, kind, user.get("id").and_then(Value::as_u64)))
}

fn accounts(world: &mut World, users: Option<&Value>) -> Vec<UserIx> {
    users.and_then(Value::as_array).into_iter().flatten().filter_map(|user| account(world, Some(user))).collect()
}

/// A row is a pull request when it says so, or when it is a pull object itself.
fn pull(row: &Value) -> Option<Pull> {
    let part = row.get("pull_request").filter(|p| p.is_object());
    if part.is_none() && row.get("merge_commit_sha").is_none() && row.get("diff_url").is_none() {
        return None;
    }
    let head = row.pointer("/head/ref").and_then(Value::as_str).unwrap_or("topic").to_owned();
    let sha = row.pointer("/head/sha").and_then(Value::as_str).map(str::to_owned);
    let id = row.get("id").and_then(Value::as_u64).unwrap_or(0);
    Some(Pull {
        merged_at: moment(row, "merged_at").or_else(|| part.and_then(|p| moment(p, "merged_at"))),
        draft: row.get("draft").and_then(Value::as_bool).unwrap_or(false),
        head,
        sha: sha.unwrap_or_else(|| format!("{id:040x}")),
        commits: 1,
        ..Pull::default()
    })
}

/// GitHub's words for how an author stands to a repository.
const ASSOCIATIONS: [&str; 7] =
    ["OWNER", "MEMBER", "COLLABORATOR", "CONTRIBUTOR", "FIRST_TIMER", "FIRST_TIME_CONTRIBUTOR", "NONE"];

fn association(row: &Value) -> &'static str {
    let said = row.get("author_association").and_then(Value::as_str).unwrap_or("NONE");
    ASSOCIATIONS.iter().copied().find(|known| *known == said).unwrap_or("NONE")
}

fn labels(world: &mut World, repo: RepoIx, labels: Option<&Value>) -> Vec<usize> {
    let mut places = Vec::new();
    for label in labels.and_then(Value::as_array).into_iter().flatten() {
        let Some(name) = label.as_str().or_else(|| label.get("name").and_then(Value::as_str)) else { continue };
        let place = world.repo(repo).label_named(name).unwrap_or_else(|| {
            let text = |key: &str| label.get(key).and_then(Value::as_str).map(str::to_owned);
            let id = label.get("id").and_then(Value::as_u64).unwrap_or_else(|| world.id());
            let color = text("color").unwrap_or_else(|| "ededed".into());
            let labels = &mut world.repo_mut(repo).labels;
            labels.push(Label { id, name: name.into(), color, description: text("description") });
            labels.len() - 1
        });
        places.push(place);
    }
    places
}

fn milestone(world: &mut World, repo: RepoIx, row: Option<&Value>, created_at: Timestamp) -> Option<usize> {
    let row = row.filter(|m| m.is_object())?;
    let title = row.get("title")?.as_str()?;
    let known = world.repo(repo).milestones.iter().position(|m| m.title == title);
    Some(known.unwrap_or_else(|| {
        let id = row.get("id").and_then(Value::as_u64).unwrap_or_else(|| world.id());
        let milestones = &mut world.repo_mut(repo).milestones;
        milestones.push(Milestone {
            id,
            number: row.get("number").and_then(Value::as_u64).unwrap_or(milestones.len() as u64 + 1),
            title: title.into(),
            description: row.get("description").and_then(Value::as_str).map(str::to_owned),
            due_on: moment(row, "due_on"),
            created_at: moment(row, "created_at").unwrap_or(created_at),
            open: 0,
            closed: 0,
        });
        milestones.len() - 1
    }))
}

/// Comments that are told as events: author, words, when, how the author stands.
fn said(world: &mut World, events: &Value) -> Vec<(Option<UserIx>, Arc<str>, Timestamp, &'static str)> {
    let rows = events.as_array().into_iter().flatten();
    let rows = rows.filter(|e| e.get("event").and_then(Value::as_str) == Some("commented"));
    let mut said: Vec<_> = rows
        .filter_map(|e| {
            let author = account(world, e.get("user").or_else(|| e.get("actor")));
            Some((author, e.get("body")?.as_str()?.into(), moment(e, "created_at")?, association(e)))
        })
        .collect();
    said.sort_by_key(|(_, _, at, _)| *at);
    said
}

fn comments(
    world: &mut World,
    said: Vec<(Option<UserIx>, Arc<str>, Timestamp, &'static str)>,
    counted: u64,
    created_at: Timestamp,
    absent: &Arc<str>,
) -> Vec<Comment> {
    let missing = usize::try_from(counted).unwrap_or(0).saturating_sub(said.len());
    let blank = std::iter::repeat_with(|| (None, absent.clone(), created_at, "NONE")).take(missing);
    blank
        .chain(said)
        .map(|(author, body, at, association)| Comment {
            id: world.comment_id(),
            author,
            body,
            created_at: at,
            updated_at: at,
            association,
        })
        .collect()
}

/// Names of the reactions in the order [`Issue::reactions`] keeps them.
pub(crate) const REACTIONS: [&str; 8] = ["+1", "-1", "laugh", "confused", "heart", "hooray", "eyes", "rocket"];

fn reactions(row: Option<&Value>) -> [u64; 8] {
    REACTIONS.map(|name| row.and_then(|r| r.get(name)).and_then(Value::as_u64).unwrap_or(0))
}

/// Kinds of events that are served again.
const KINDS: [&str; 6] = ["labeled", "unlabeled", "assigned", "unassigned", "closed", "reopened"];

fn happened(world: &mut World, events: &Value) -> Vec<Event> {
    let mut told = Vec::new();
    for row in events.as_array().into_iter().flatten() {
        let kind = row.get("event").and_then(Value::as_str).unwrap_or_default();
        let Some(kind) = KINDS.iter().copied().find(|k| *k == kind) else { continue };
        let Some(at) = moment(row, "created_at") else { continue };
        let actor = account(world, row.get("actor"));
        let assignee = account(world, row.get("assignee"));
        let word = |key: &str| row.pointer(key).and_then(Value::as_str).map(str::to_owned);
        let label = word("/label/name").map(|name| (name, word("/label/color").unwrap_or_else(|| "ededed".into())));
        let id = row.get("id").and_then(Value::as_u64).unwrap_or_else(|| world.id());
        let detail = match (kind, label, assignee) {
            ("labeled" | "unlabeled", Some((name, color)), _) => Detail::Label(name, color),
            ("assigned" | "unassigned", _, Some(user)) => Detail::Assignee(user),
            _ => Detail::Plain,
        };
        told.push(Event { id, kind, actor, at, detail });
    }
    told
}
