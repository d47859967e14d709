//! Findings in a snapshot: debt of projects that is no task yet, judged from the facts that a sync kept. Each stands beside
//! the row of the task that it would become, so that the query language, the order and the counts of tasks hold for it as
//! well; the rows are kept apart from those of tasks, and their keys name nothing that a tracker has.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use jiff::Timestamp;

use super::{
    side::Side,
    snapshot::{BuildContext, Row},
    team::Teams,
    terms::Known,
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
    store::{FACTS, facts_name, raised_name},
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
    side: Arc<Side>,
    known: Arc<Known>,
}

/// What is known around a project beside its facts.
#[derive(Default)]
struct Tasks<'a> {
    /// Open tasks with their titles, each with the finding it was made of, if any.
    open: Vec<(&'a TaskKey, &'a str, Option<&'a str>)>,
    labels: HashSet<&'a str>,
}

impl Findings {
    /// Judges what the values hold. O(tasks) where there are facts at all.
    pub(super) fn of(
        values: &[(String, String)],
        projects: &[Project],
        rows: &[Row],
        commitments: &[Commitment],
        context: &BuildContext,
    ) -> Self {
        let mut all = Self { checklists: unread(projects, commitments, context), ..Self::default() };
        let known: HashMap<&str, &str> = values.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        if !values.iter().any(|(name, _)| name.starts_with(FACTS)) {
            return all;
        }
        let mut tasks: HashMap<&ProjectRef, Tasks<'_>> = HashMap::new();
        for row in rows.iter().filter(|row| row.task.state == TaskState::Open) {
            let of = tasks.entry(&row.task.key.project).or_default();
            let made_of = known.get(raised_name(&row.task.key).as_str()).copied().filter(|id| !id.is_empty());
            of.open.push((&row.task.key, row.task.title.raw(), made_of));
            of.labels.extend(row.task.labels.iter().map(Foreign::raw));
        }
        let teams = Teams::of(&context.roster);
        let none = Tasks::default();
        let mut sorted: Vec<&Project> = projects.iter().filter(|p| !p.archived && !p.disabled).collect();
        sorted.sort_by(|a, b| a.project.cmp(&b.project));
        for project in sorted {
            let facts =
                known.get(facts_name(&project.project).as_str()).and_then(|text| serde_json::from_str(text).ok());
            let Some(facts) = facts else { continue };
            let tasks = tasks.get(&project.project).unwrap_or(&none);
            let facts = completed(facts, tasks, commitments, context);
            all.onboarding.insert(project.project.clone(), Onboarding::of(&facts));
            if let Some(steps) = all.checklists.get_mut(&project.project) {
                *steps = checklist(Some(project), Some(&facts), &context.roster.policy(&project.project));
                for friction in frictions(&facts) {
                    if let Some(key) = covering(&friction, tasks) {
                        all.covered.push((project.project.clone(), friction.id.clone(), key.clone()));
                        continue;
                    }
                    let row = row(project, &friction, &facts, &teams, context);
                    all.frictions.push((friction, row));
                }
            }
            for finding in findings(&facts) {
                if let Some(key) = covering(&finding, tasks) {
                    all.covered.push((project.project.clone(), finding.id.clone(), key.clone()));
                    continue;
                }
                all.rows.push(row(project, &finding, &facts, &teams, context));
                all.found.push(finding);
            }
        }
        all.side = Arc::new(Side::of(&all.rows, &mut Dictionary::new()));
        all
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

/// The open task that is about a finding: made of it, or with a title that speaks of the same.
fn covering<'a>(finding: &Finding, tasks: &Tasks<'a>) -> Option<&'a TaskKey> {
    let made = tasks.open.iter().find(|(_, _, id)| *id == Some(finding.id.as_str()));
    let says = || tasks.open.iter().find(|(_, title, _)| finding.is_covered_by([(*title, "")]));
    made.or_else(says).map(|(key, ..)| *key)
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
