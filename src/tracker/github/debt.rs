//! What a repository is like beside its issues, read off its default branch by one query for several repositories, and off
//! its workflows. Says what is there; whether that is a debt is judged elsewhere.

use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    GitHub,
    graphql::{self, GqlError, Meaning, Reply},
    index::too_much,
    map,
    wire::{self, Lossy},
};
use crate::{
    domain::{
        facts::{BotPulls, Document, Owner, ProjectFacts, Text},
        key::ProjectRef,
        project::Project,
        text::Foreign,
        time::Now,
    },
    tracker::{ErrorClass, Result},
};

/// Repositories asked for at once: their documents come along.
const AT_ONCE: usize = 5;
/// Longest document or workflow that is looked at, bytes.
const LARGEST: usize = 128 * 1024;
/// Workflow files of a repository that are looked at.
const WORKFLOWS: usize = 30;
/// Names of a list that are kept.
const NAMES: usize = 50;

/// Files of other pipelines, and folders of theirs.
const PIPELINES: [&str; 11] = [
    ".gitlab-ci.yml",
    "Jenkinsfile",
    "azure-pipelines.yml",
    ".circleci",
    ".travis.yml",
    ".drone.yml",
    "bitbucket-pipelines.yml",
    ".buildkite",
    ".woodpecker.yml",
    ".cirrus.yml",
    "appveyor.yml",
];
/// What makes an environment by itself.
const ENVIRONMENTS: [&str; 9] = [
    ".devcontainer",
    ".devcontainer.json",
    "flake.nix",
    "shell.nix",
    "default.nix",
    "compose.yaml",
    "compose.yml",
    "docker-compose.yml",
    "docker-compose.yaml",
];
/// What pins versions: an environment together with a script that builds it.
const LOCKS: [&str; 12] = [
    "Cargo.lock",
    "package-lock.json",
    "yarn.lock",
    "pnpm-lock.yaml",
    "poetry.lock",
    "uv.lock",
    "Pipfile.lock",
    "go.sum",
    "Gemfile.lock",
    "composer.lock",
    "mix.lock",
    "gradle.lockfile",
];
const SCRIPTS: [&str; 10] = [
    "Makefile",
    "justfile",
    "Justfile",
    "Taskfile.yml",
    "script",
    "scripts",
    "package.json",
    "tox.ini",
    "noxfile.py",
    "Cargo.toml",
];
/// How titles begin that bots give to updates.
const UPDATES: [&str; 7] = [
    "bump ",
    "update dependency ",
    "chore(deps",
    "build(deps",
    "fix(deps",
    "pin dependencies",
    "lock file maintenance",
];
/// Logins of accounts that open nothing but such.
const BOTS: [&str; 5] = ["dependabot", "dependabot-preview", "renovate", "renovate-bot", "pyup-bot"];

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Node {
    default_branch_ref: Option<Named>,
    root: Option<Folder>,
    hub: Option<Folder>,
    docs: Option<Folder>,
    forms: Option<Folder>,
    workflows: Option<Folder>,
    readme: Option<Blob>,
    readme_rst: Option<Blob>,
    readme_adoc: Option<Blob>,
    readme_bare: Option<Blob>,
    readme_hub: Option<Blob>,
    readme_docs: Option<Blob>,
    owners: Option<Blob>,
    owners_hub: Option<Blob>,
    owners_docs: Option<Blob>,
    contributing_guidelines: Option<Guide>,
    issue_templates: Option<Vec<Lossy<Template>>>,
    pull_request_templates: Option<Vec<Lossy<Template>>>,
    waiting: Option<Pulls>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Named {
    name: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Folder {
    entries: Option<Vec<Lossy<Entry>>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Entry {
    name: Option<String>,
    object: Option<Blob>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Blob {
    text: Option<String>,
    byte_size: Option<u64>,
    is_binary: Option<bool>,
    is_truncated: Option<bool>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Guide {
    body: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Template {
    filename: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Pulls {
    nodes: Option<Vec<Lossy<Pull>>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Pull {
    title: Option<String>,
    created_at: Option<String>,
    author: Option<Author>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Author {
    #[serde(rename = "__typename")]
    kind: Option<String>,
    login: Option<String>,
}

impl Folder {
    fn names(&self) -> Vec<&str> {
        self.entries.iter().flatten().filter_map(|e| e.0.as_ref()?.name.as_deref()).collect()
    }
}

fn names(folder: Option<&Folder>) -> Vec<&str> {
    folder.map(Folder::names).unwrap_or_default()
}

impl Blob {
    /// The text, up to [`LARGEST`]; `None` where there is none to be had.
    fn text(&self) -> Option<String> {
        let whole = self.text.as_deref().filter(|_| self.is_binary != Some(true))?;
        let end = (0..=LARGEST.min(whole.len())).rev().find(|at| whole.is_char_boundary(*at))?;
        whole.get(..end).map(str::to_owned)
    }

    /// There is something, and it cannot be read as a text.
    fn is_opaque(&self) -> bool {
        self.byte_size.is_some_and(|n| n > 0) && (self.text.is_none() || self.is_truncated == Some(true))
    }
}

/// The first of these documents that is there; unread where one is there that cannot be read.
fn document(places: &[(&str, &Option<Blob>)]) -> Option<Option<Document>> {
    let Some((path, blob)) = places.iter().find_map(|(path, blob)| Some((path, blob.as_ref()?))) else {
        return Some(None);
    };
    match blob.text() {
        Some(text) => Some(Some(Document::of(path, &text))),
        None if blob.is_opaque() => None,
        None => Some(Some(Document::of(path, ""))),
    }
}

/// Owners named in a CODEOWNERS file: of everything, else any.
fn owners(text: &str) -> Vec<Owner> {
    let lines = || text.lines().map(|line| line.split(" #").next().unwrap_or_default().trim());
    let rules = || lines().filter(|line| !line.is_empty() && !line.starts_with('#') && !line.starts_with('['));
    // GitHub takes the last rule that fits.
    let of = |line: &str| -> Vec<Owner> {
        let names = line.split_whitespace().skip(1).filter(|name| name.contains('@'));
        names.take(NAMES).map(|name| Owner { name: name.chars().take(200).collect::<String>().into() }).collect()
    };
    let all = rules().rfind(|line| line.starts_with("* ")).map(of).unwrap_or_default();
    if all.is_empty() { rules().map(of).find(|names| !names.is_empty()).unwrap_or_default() } else { all }
}

fn environment(root: &[&str], hub: &[&str]) -> Vec<Foreign> {
    let has = |name: &&str| root.contains(name);
    let mut found: Vec<&str> = ENVIRONMENTS.into_iter().filter(|name| has(name)).collect();
    if SCRIPTS.iter().any(has) {
        found.extend(LOCKS.into_iter().filter(|name| has(name)));
    }
    found.extend(hub.iter().filter(|name| **name == "devcontainer.json"));
    found.into_iter().map(Foreign::from).collect()
}

/// Paths of templates: those that GitHub names, and the files where it looks for them.
fn templates(named: Option<Vec<Lossy<Template>>>, files: Vec<String>) -> Vec<Foreign> {
    let named = named.into_iter().flatten().filter_map(|t| t.0?.filename).filter(|name| !name.is_empty());
    let mut all: Vec<String> = named.chain(files).map(|n| n.chars().take(200).collect()).collect();
    all.sort();
    all.dedup();
    all.truncate(NAMES);
    all.into_iter().map(Foreign::new).collect()
}

fn bot_pulls(pulls: Pulls) -> Option<BotPulls> {
    let opened = |pull: Lossy<Pull>| {
        let pull = pull.0?;
        let author = pull.author?;
        let login = author.login?.to_ascii_lowercase();
        let title = pull.title.unwrap_or_default().to_lowercase();
        let is_bot = author.kind.as_deref() == Some("Bot") || login.ends_with("[bot]");
        let bot = BOTS.contains(&login.trim_end_matches("[bot]"))
            || is_bot && UPDATES.iter().any(|begin| title.starts_with(begin));
        map::time(pull.created_at.as_deref()).filter(|_| bot)
    };
    let all: Vec<_> = pulls.nodes.into_iter().flatten().filter_map(opened).collect();
    let oldest = *all.iter().min()?;
    Some(BotPulls { count: u32::try_from(all.len()).unwrap_or(u32::MAX), oldest })
}

/// The facts of a listed project, before anything else of it was read.
fn listed(project: &Project, now: Now) -> ProjectFacts {
    ProjectFacts {
        branch: project.default_branch.clone().unwrap_or_default(),
        description: Some(project.description.clone()),
        topics: project.topics.clone(),
        issues_on: Some(project.has_issues),
        pushed_at: project.pushed_at,
        ..ProjectFacts::unread(project.project.clone(), now.0)
    }
}

/// Puts in what the query answered. A repository without files is one that nobody began: nothing is said of it.
fn fill(facts: &mut ProjectFacts, mut node: Node) {
    if let Some(name) = node.default_branch_ref.take().and_then(|b| b.name) {
        facts.branch = name.into();
    }
    facts.bot_pulls = node.waiting.take().map(bot_pulls);
    let Some(root) = node.root.take() else { return };
    let root = root.names();
    let (hub, docs) = (names(node.hub.as_ref()), names(node.docs.as_ref()));
    let found = document(&[
        ("README.md", &node.readme),
        ("README.rst", &node.readme_rst),
        ("README.adoc", &node.readme_adoc),
        ("README", &node.readme_bare),
        (".github/README.md", &node.readme_hub),
        ("docs/README.md", &node.readme_docs),
    ]);
    // Spelled in a way that was not asked for: it is there, and was not read.
    let spelled = [&root, &hub, &docs].into_iter().flatten().any(|name| name.to_lowercase().starts_with("readme"));
    facts.readme = if found == Some(None) && spelled { None } else { found };
    let guide = node.contributing_guidelines.take();
    facts.contributing = match guide {
        Some(guide) => guide.body.map(|body| Some(Document::of("CONTRIBUTING.md", &body))),
        None => Some(None),
    };
    facts.environment = Some(environment(&root, &hub));
    let named = [&node.owners, &node.owners_hub, &node.owners_docs].into_iter().find_map(|b| b.as_ref()?.text());
    facts.owners = Some(named.map(|text| owners(&text)).unwrap_or_default());
    let of = |folder: &str, names: &[&str], begin: &str| -> Vec<String> {
        let fits = |name: &&&str| name.to_lowercase().starts_with(begin) && !name.contains("config.y");
        names.iter().filter(fits).map(|name| format!("{folder}{name}")).collect()
    };
    let forms = of(".github/ISSUE_TEMPLATE/", &names(node.forms.as_ref()), "");
    let alone = |begin: &str| [of("", &root, begin), of(".github/", &hub, begin), of("docs/", &docs, begin)].concat();
    // The folder itself stands among the names; what is in it was counted.
    let alone_of = |begin: &str| alone(begin).into_iter().filter(|n| n.contains('.') && !n.ends_with("TEMPLATE"));
    let issue_files = forms.into_iter().chain(alone_of("issue_template.")).collect();
    facts.issue_templates = Some(templates(node.issue_templates.take(), issue_files));
    let pull_files = alone_of("pull_request_template.").collect();
    facts.pull_templates = Some(templates(node.pull_request_templates.take(), pull_files));
    workflow_files(facts, &root, node.workflows.take());
}

fn workflow_files(facts: &mut ProjectFacts, root: &[&str], folder: Option<Folder>) {
    let mut ci: Vec<Foreign> = PIPELINES.into_iter().filter(|name| root.contains(name)).map(Foreign::from).collect();
    let mut texts = Vec::new();
    let entries = folder.and_then(|f| f.entries).into_iter().flatten().filter_map(|e| e.0);
    for entry in entries.take(WORKFLOWS) {
        let name: String = entry.name.unwrap_or_default().chars().take(200).collect();
        if !(name.ends_with(".yml") || name.ends_with(".yaml")) {
            continue;
        }
        let path = Foreign::new(format!(".github/workflows/{name}"));
        if let Some(text) = entry.object.as_ref().and_then(Blob::text) {
            texts.push(Text { path: path.clone(), text: text.into() });
        }
        ci.push(path);
    }
    facts.workflow_texts = Some(texts);
    facts.ci_files = Some(ci);
}

const DOING: &str = "asking what projects are like";

type Told = Vec<(ProjectRef, Result<ProjectFacts>)>;

impl GitHub {
    /// Facts of repositories: one query for a few of them, and two requests for each that has workflows. Where there is no
    /// GraphQL only what their listing told is known.
    pub(super) async fn read_facts(&self, projects: &[Project], now: Now) -> Result<Told> {
        let mut told = Vec::new();
        for batch in projects.chunks(AT_ONCE) {
            let mut answers = self.ask_facts(batch, now).await?;
            for (_, facts) in &mut answers {
                let Ok(known) = facts else { continue };
                let has_workflows = |f: &ProjectFacts| f.workflow_texts.as_ref().is_none_or(|texts| !texts.is_empty());
                if has_workflows(known) {
                    self.read_actions(known).await?;
                }
            }
            told.extend(answers);
        }
        Ok(told)
    }

    async fn ask_facts(&self, batch: &[Project], now: Now) -> Result<Told> {
        let known: Vec<&Project> = batch.iter().filter(|p| p.node_id.is_some()).collect();
        let mut told: Told = batch.iter().map(|p| (p.project.clone(), Ok(listed(p, now)))).collect();
        if known.is_empty() || self.no_queries().is_some() {
            return Ok(told);
        }
        let nodes = match self.facts_of(&known).await {
            Ok(nodes) => nodes,
            Err(error) if too_much(&error.class) && known.len() > 1 => {
                let mut nodes = Vec::new();
                for project in &known {
                    nodes.extend(self.facts_of(&[project]).await?);
                }
                nodes
            }
            Err(error) => match self.why_no_graphql(&error) {
                Some(why) => {
                    tracing::info!(why, "documents of projects cannot be read");
                    Vec::new()
                }
                None => return Err(error),
            },
        };
        for (project, node) in known.iter().zip(nodes) {
            let Some((_, facts)) = told.iter_mut().find(|(p, _)| *p == project.project) else { continue };
            match (node, facts.as_mut()) {
                (Ok(node), Ok(facts)) => fill(facts, node),
                (Err(error), _) => *facts = Err(error),
                (Ok(_), Err(_)) => {}
            }
        }
        Ok(told)
    }

    /// The answers for these repositories, in their order.
    async fn facts_of(&self, projects: &[&Project]) -> Result<Vec<Result<Node>>> {
        let ids: Vec<&str> = projects.iter().filter_map(|p| p.node_id.as_deref()).collect();
        let reply = self.ask(graphql::FACTS, json!({ "ids": ids }), true, DOING).await?;
        self.whole_facts(&reply)?;
        let nodes = reply.data.as_ref().and_then(|d| d.get("nodes")).and_then(Value::as_array).cloned();
        let mut nodes = nodes.unwrap_or_default().into_iter();
        let mut told = Vec::new();
        for (n, project) in projects.iter().enumerate() {
            let value = nodes.next().unwrap_or_default();
            let here = |e: &&GqlError| e.index(1) == Some(n);
            let named = value.get("nameWithOwner").is_some();
            told.push(match reply.errors().iter().find(here) {
                _ if named => Ok(wire::salvage::<Node>(value).unwrap_or_default()),
                error => {
                    let doing = format!("asking what {} is like", project.project);
                    let class = match error.map(GqlError::meaning) {
                        Some(Meaning::Part(class)) => class,
                        _ => ErrorClass::NotFound,
                    };
                    Err(self.fail(class, &doing, error.map_or("", |e| e.message())))
                }
            });
        }
        Ok(told)
    }

    /// The error that an answer is as a whole.
    fn whole_facts(&self, reply: &Reply) -> Result<()> {
        if let Some(error) = reply.first(&Meaning::Limit) {
            return Err(self.spent(DOING, error.message(), false));
        }
        if let Some(error) = reply.first(&Meaning::Pause) {
            return Err(self.spent(DOING, error.message(), true));
        }
        if let Some(error) = reply.first(&Meaning::Schema) {
            return Err(self.fail(ErrorClass::Invalid, DOING, &self.old_schema(error)));
        }
        let empty = reply.data.as_ref().is_none_or(Value::is_null);
        match reply.errors().first().filter(|_| empty) {
            None => Ok(()),
            Some(error) if error.meaning() == Meaning::TooMuch => {
                Err(self.fail(ErrorClass::Server { status: 504 }, DOING, error.message()))
            }
            Some(error) => {
                let class = match error.meaning() {
                    Meaning::Part(class) => class,
                    _ => ErrorClass::Unexpected { status: 200 },
                };
                Err(self.fail(class, DOING, error.message()))
            }
        }
    }
}
