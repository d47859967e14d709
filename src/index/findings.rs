//! Findings in a snapshot: debt of projects that is no task yet, judged from the facts that a sync kept. Each stands beside
//! the row of the task that it would become, so that the query language, the order and the counts of tasks hold for it as
//! well; the rows are kept apart from those of tasks, and their keys name nothing that a tracker has.

use std::{
    collections::{HashMap, HashSet},
    hash::{DefaultHasher, Hash, Hasher},
    sync::Arc,
};

use jiff::Timestamp;

use super::{
    search::terms::Known,
    side::Side,
    snapshot::{BuildContext, Row},
    team::Teams,
};
use crate::{
    domain::{
        commitment::Commitment,
        facts::{Owner, ProjectFacts},
        key::{ProjectRef, TaskKey},
        person::Association,
        project::Project,
        signal::Signal,
        task::{Task, TaskState},
        text::Foreign,
    },
    judge::{
        free::Free,
        project::{Finding, Onboarding, Severity, Step, checklist, findings, frictions},
        signal::label::Dictionary,
    },
    store::{FACTS, RAISED, facts_name, raised_name},
};

/// All findings of a snapshot.
#[derive(Clone, Debug, Default)]
pub struct Findings {
    /// The task that each would become, by project, what hurts most first.
    pub rows: Vec<Row>,
    /// The findings, one for each row.
    pub found: Vec<Finding>,
    onboarding: HashMap<ProjectRef, Onboarding>,
    /// What newcomers stumble over where the reader helps, with the task that each would become. In no list.
    frictions: Vec<(Finding, Row)>,
    /// What to get through in projects where the reader helps.
    checklists: HashMap<ProjectRef, Vec<Step>>,
    /// Findings that an open task is about already.
    covered: Vec<(ProjectRef, String, TaskKey)>,
    by_project: HashMap<ProjectRef, Arc<OfProject>>,
    side: Arc<Side>,
    known: Arc<Known>,
}

/// What was found in one project, with what it was found from.
#[derive(Debug)]
struct OfProject {
    /// Fingerprint of the texts it was judged from.
    from: u64,
    onboarding: Onboarding,
    listed: Vec<(Finding, Row)>,
    checklist: Option<Vec<Step>>,
    frictions: Vec<(Finding, Row)>,
    covered: Vec<(String, TaskKey)>,
}

/// What is known around a project beside its facts.
#[derive(Default)]
pub(super) struct Tasks<'t> {
    /// Numbers of open tasks with their titles.
    open: Vec<(u64, &'t str)>,
    labels: HashSet<&'t str>,
}

impl<'t> Tasks<'t> {
    /// What numbers, titles and labels of a project's open tasks tell.
    pub(super) fn of(open: impl Iterator<Item = (u64, &'t str, &'t [Foreign])>) -> Self {
        let mut all = Self::default();
        for (number, title, labels) in open {
            all.open.push((number, title));
            all.labels.extend(labels.iter().map(Foreign::raw));
        }
        all.open.sort_by_key(|(number, _)| *number);
        all
    }
}

/// Number, title and labels of an open task.
pub(super) fn open_task(task: &Task) -> Option<(u64, &str, &[Foreign])> {
    (task.state == TaskState::Open).then(|| (task.key.number, task.title.raw(), task.labels.as_slice()))
}

/// Named values of the store that findings are made of.
struct Told<'a> {
    values: HashMap<&'a str, &'a str>,
    /// Fingerprints of what is said of the tasks of each project.
    raised: HashMap<&'a str, u64>,
}

impl<'a> Told<'a> {
    fn of(values: &'a [(String, String)]) -> Self {
        let mut raised: HashMap<&str, u64> = HashMap::new();
        for (name, value) in values.iter().filter(|(name, _)| name.starts_with(RAISED)) {
            let project = name.trim_end_matches(|c: char| c.is_ascii_digit());
            // In any order the same.
            *raised.entry(project).or_default() ^= fingerprint((name, value));
        }
        let wanted = |name: &str| name.starts_with(FACTS) || name.starts_with(RAISED);
        let values = values.iter().filter(|(name, _)| wanted(name)).map(|(n, v)| (n.as_str(), v.as_str()));
        Self { values: values.collect(), raised }
    }

    /// The facts of a project, as text.
    fn facts(&self, project: &ProjectRef) -> Option<&'a str> {
        self.values.get(facts_name(project).as_str()).copied()
    }

    /// The finding that a task was made of.
    fn made_of(&self, key: &TaskKey) -> Option<&'a str> {
        self.values.get(raised_name(key).as_str()).copied().filter(|id| !id.is_empty())
    }

    fn fingerprint(&self, project: &Project, facts: &str) -> u64 {
        let key = raised_name(&TaskKey::new(project.project.clone(), 1));
        let raised = self.raised.get(key.trim_end_matches('1')).copied().unwrap_or(0);
        fingerprint((facts, raised, project.archived, project.disabled))
    }
}

fn fingerprint(of: impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    of.hash(&mut hasher);
    hasher.finish()
}

impl Findings {
    /// Judges what the values hold. `tasks` tells of those of a project. Where `before` knows a project that is not among
    /// those that changed, by the same texts, that stays.
    pub(super) fn of<'t>(
        values: &[(String, String)],
        (projects, commitments): (&[Project], &[Commitment]),
        tasks: impl Fn(&ProjectRef) -> Tasks<'t>,
        context: &BuildContext,
        before: Option<(&Self, &HashSet<ProjectRef>)>,
    ) -> Self {
        let mut all = Self { checklists: unread(projects, commitments, context), ..Self::default() };
        let told = Told::of(values);
        let teams = Teams::of(&context.roster);
        let mut sorted: Vec<&Project> = projects.iter().filter(|p| !p.archived && !p.disabled).collect();
        sorted.sort_by(|a, b| a.project.cmp(&b.project));
        for project in sorted {
            let Some(facts) = told.facts(&project.project) else { continue };
            let from = told.fingerprint(project, facts);
            let known = before.and_then(|(before, changed)| {
                let kept = before.by_project.get(&project.project).filter(|kept| kept.from == from);
                kept.filter(|_| !changed.contains(&project.project))
            });
            let found = known.cloned().or_else(|| {
                let facts = serde_json::from_str(facts).ok()?;
                let helps = all.checklists.contains_key(&project.project);
                let of = Judged { project, told: &told, tasks: tasks(&project.project), commitments, context, helps };
                Some(Arc::new(of.found(facts, from, &teams)))
            });
            if let Some(found) = found {
                all.take(&project.project, found);
            }
        }
        all.side = Arc::new(Side::of(&all.rows, &mut Dictionary::new()));
        all
    }

    fn take(&mut self, project: &ProjectRef, of: Arc<OfProject>) {
        self.onboarding.insert(project.clone(), of.onboarding.clone());
        if let (Some(steps), Some(found)) = (self.checklists.get_mut(project), &of.checklist) {
            steps.clone_from(found);
        }
        self.frictions.extend(of.frictions.iter().cloned());
        for (finding, row) in &of.listed {
            self.rows.push(row.clone());
            self.found.push(finding.clone());
        }
        self.covered.extend(of.covered.iter().map(|(id, key)| (project.clone(), id.clone(), key.clone())));
        self.by_project.insert(project.clone(), of);
    }

    pub(super) fn side(&self) -> &Side {
        &self.side
    }

    pub(super) fn known(&self) -> &Known {
        &self.known
    }

    /// How easy a project is to enter; `None` where nothing is known of it.
    pub fn onboarding(&self, project: &ProjectRef) -> Option<&Onboarding> {
        self.onboarding.get(project)
    }

    /// The finding of a project with an id, and the task that it would become.
    pub fn find(&self, project: &ProjectRef, id: &str) -> Option<(&Finding, &Row)> {
        let listed = self.found.iter().zip(&self.rows);
        let mut pairs = listed.chain(self.frictions.iter().map(|(finding, row)| (finding, row)));
        pairs.find(|(finding, row)| row.task.key.project == *project && finding.id == id)
    }

    /// What to get through in a project, where the reader helps or helped there; empty elsewhere.
    pub fn checklist(&self, project: &ProjectRef) -> &[Step] {
        self.checklists.get(project).map(Vec::as_slice).unwrap_or_default()
    }

    /// The open task that is about a finding already.
    pub fn covered_by(&self, project: &ProjectRef, id: &str) -> Option<&TaskKey> {
        self.covered.iter().find(|(p, i, _)| p == project && i == id).map(|(.., key)| key)
    }

    /// How many there are, without those of teams that take no help now.
    pub(super) fn count(&self) -> u32 {
        u32::try_from(self.rows.iter().filter(|row| !row.shut).count()).unwrap_or(u32::MAX)
    }

    /// How much the finding of a row hurts.
    pub(super) fn severity(&self, at: u32) -> Option<Severity> {
        Some(self.found.get(at as usize)?.severity)
    }
}

/// A project that is judged.
struct Judged<'a> {
    project: &'a Project,
    told: &'a Told<'a>,
    tasks: Tasks<'a>,
    commitments: &'a [Commitment],
    context: &'a BuildContext,
    /// True where the reader helps or helped.
    helps: bool,
}

impl Judged<'_> {
    fn found(&self, facts: ProjectFacts, from: u64, teams: &Teams<'_>) -> OfProject {
        let (project, context) = (self.project, self.context);
        let facts = completed(facts, &self.tasks, self.commitments, context);
        let mut of = OfProject {
            from,
            onboarding: Onboarding::of(&facts),
            listed: Vec::new(),
            checklist: None,
            frictions: Vec::new(),
            covered: Vec::new(),
        };
        if self.helps {
            of.checklist = Some(checklist(Some(project), Some(&facts), &context.roster.policy(&project.project)));
            for friction in frictions(&facts) {
                match self.covering(&friction) {
                    Some(key) => of.covered.push((friction.id.clone(), key)),
                    None => of.frictions.push((friction.clone(), row(project, &friction, &facts, teams, context))),
                }
            }
        }
        for finding in findings(&facts) {
            match self.covering(&finding) {
                Some(key) => of.covered.push((finding.id.clone(), key)),
                None => of.listed.push((finding.clone(), row(project, &finding, &facts, teams, context))),
            }
        }
        of
    }

    /// The open task that is about a finding: made of it, or with a title that speaks of the same.
    fn covering(&self, finding: &Finding) -> Option<TaskKey> {
        let open = &self.tasks.open;
        let key = |number: u64| TaskKey { project: self.project.project.clone(), number };
        let made = open.iter().find(|(number, _)| self.told.made_of(&key(*number)) == Some(finding.id.as_str()));
        let says = || open.iter().find(|(_, title)| finding.is_covered_by([(*title, "")]));
        made.or_else(says).map(|(number, _)| key(*number))
    }
}

/// The checklists of projects where the reader helps, as long as nothing was read of them.
fn unread(projects: &[Project], commitments: &[Commitment], context: &BuildContext) -> HashMap<ProjectRef, Vec<Step>> {
    let mine: HashSet<&ProjectRef> = commitments.iter().filter(|c| c.mine).map(|c| &c.key.project).collect();
    let of = |project: &&ProjectRef| {
        let known = projects.iter().find(|p| p.project == **project);
        checklist(known, None, &context.roster.policy(project))
    };
    mine.iter().map(|project| ((*project).clone(), of(project))).collect()
}

/// The facts together with what tasks, registry and commitments tell.
fn completed(
    mut facts: ProjectFacts,
    tasks: &Tasks<'_>,
    commitments: &[Commitment],
    context: &BuildContext,
) -> ProjectFacts {
    facts.open_tasks = u32::try_from(tasks.open.len()).ok();
    facts.labels_in_use = Some(tasks.labels.iter().map(|label| Foreign::from(*label)).collect());
    if let Some(team) = context.roster.host_of(&facts.project) {
        // A Jira project has no slash in its name.
        facts.has_jira |= team.projects.iter().any(|pattern| !pattern.contains(['/', '*']));
        if let Some(owners) = facts.owners.as_mut().filter(|owners| owners.is_empty()) {
            owners.push(Owner { name: team.id.as_str().into() });
        }
    }
    let helped = commitments.iter().filter(|c| c.key.project == facts.project && c.life.is_some());
    facts.last_onboarded = helped.map(|c| c.since).max();
    facts
}

/// The task that a finding would become.
fn row(project: &Project, finding: &Finding, facts: &ProjectFacts, teams: &Teams<'_>, context: &BuildContext) -> Row {
    let since: Timestamp = finding.since.min(context.now.0);
    let task = Task {
        key: TaskKey::unborn(project.project.clone()),
        id: 0,
        node_id: None,
        title: finding.title.as_str().into(),
        state: TaskState::Open,
        labels: Vec::new(),
        assignees: Vec::new(),
        author: None,
        association: Association::Other,
        created_at: since,
        updated_at: facts.looked_at,
        closed_at: None,
        comments: 0,
        reactions: 0,
        milestone: None,
        locked: false,
        planning: None,
    };
    let (team, shut) = teams.of_task(&task);
    let signal = |kind| Signal { kind, evidence: finding.sentence.clone() };
    let days = context.now.days_since(since);
    Row {
        signals: finding.kind.signal().map(signal).into_iter().collect(),
        free: Free::of(&task, Some(project), None, None),
        quiet_days: days,
        age_days: days,
        language: project.language.as_ref().map(|l| l.line().into_owned()),
        team,
        shut,
        avoided: false,
        mark: None,
        mirrors: Vec::new(),
        folded: None,
        claim: None,
        gist: None,
        task,
    }
}
