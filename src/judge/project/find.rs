//! From facts to findings. Each rule says nothing where its fact was not read.

use jiff::{Timestamp, tz::TimeZone};

use super::{
    Evidence, Finding, Kind, Severity,
    deprecated::{Outdated, outdated, rules},
    draft::Draft,
    runs,
};
use crate::domain::{
    facts::{Document, ProjectFacts, WorkflowState},
    size::Size,
    text::{Foreign, safe_fit},
};

/// Widest name in a sentence, columns.
const NAME: usize = 60;
/// Words of a document below which it counts as empty.
const EMPTY: u32 = 20;
/// Days without a push after which a project is not asked for what keeps an active one going.
const ASLEEP_DAYS: i64 = 365;
/// Pull requests of a bot from which on they pile up.
const PILE: u32 = 5;
/// Days after which even fewer do.
const PILE_DAYS: i64 = 30;
/// Open tasks from which on they should carry labels.
const MANY_TASKS: u32 = 10;
/// Days red from which on it is serious.
const RED_DAYS: i64 = 3;

/// All findings of a project, what hurts most first, then by id.
pub fn findings(facts: &ProjectFacts) -> Vec<Finding> {
    let mut found = Vec::new();
    found.extend(red_branch(facts));
    found.extend(flaky(facts));
    found.extend(no_ci(facts));
    found.extend(disabled(facts));
    found.extend(old_actions(facts));
    found.extend(bot_pulls(facts));
    found.extend(documents(facts));
    found.extend(blind_spots(facts));
    found.sort_by(|a, b| b.severity.cmp(&a.severity).then_with(|| a.id.cmp(&b.id)));
    found
}

fn days(facts: &ProjectFacts, since: Timestamp) -> i64 {
    (facts.looked_at.as_second().saturating_sub(since.as_second()) / 86_400).max(0)
}

fn name(raw: &str) -> String {
    format!("`{}`", safe_fit(raw, NAME).replace('`', "'"))
}

fn counted(n: i64, what: &str) -> String {
    if n == 1 { format!("1 {what}") } else { format!("{n} {what}s") }
}

/// True for a project that somebody still pushes to, or of which that is not known.
fn is_awake(facts: &ProjectFacts) -> bool {
    facts.pushed_at.is_none_or(|at| days(facts, at) <= ASLEEP_DAYS)
}

fn red_branch(facts: &ProjectFacts) -> Option<Finding> {
    let red = runs::red(facts.runs.as_deref()?);
    let first = red.first()?;
    let n = days(facts, first.since);
    let least = if first.green.is_some() { "" } else { "at least " };
    let branch = if facts.branch.is_empty() { "the default branch".to_owned() } else { name(facts.branch.raw()) };
    let mut evidence: Vec<Evidence> = first
        .green
        .map(|at| Evidence { words: format!("{} was green for the last time", name(first.workflow)), at })
        .into_iter()
        .collect();
    for r in &red {
        let how = if r.scheduled { " on its schedule" } else { "" };
        evidence.push(Evidence {
            words: format!("{} failed{how}, the first of {}", name(r.workflow), r.times),
            at: r.since,
        });
        if r.times > 1 {
            evidence.push(Evidence { words: format!("{} failed last", name(r.workflow)), at: r.last });
        }
    }
    evidence.sort_by_key(|e| e.at);
    let finding = Draft {
        kind: Kind::RedBranch,
        of: "",
        sentence: format!("{branch} has been red for {least}{}", counted(n, "day")),
        evidence,
        severity: if n >= RED_DAYS { Severity::Major } else { Severity::Minor },
        size: if red.len() > 1 { Size::M } else { Size::S },
        title: format!("{branch} is red: {}", name(first.workflow)),
        why: "While the default branch is red, nobody can tell whether their own change is right, and real failures \
                  hide behind the known one.",
        done: &[
            "The cause is named in a comment here.",
            "The failing workflows pass on the default branch.",
            "If a check is not worth keeping, it is removed rather than ignored.",
        ],
        covers: &[
            &["red", "branch"],
            &["ci", "broken"],
            &["ci", "failing"],
            &["ci", "red"],
            &["build", "broken"],
            &["build", "failing"],
        ],
    }
    .finding(&facts.project);
    // What was seen last before it says nothing of how long it lasts.
    Some(Finding { since: first.since, ..finding })
}

fn flaky(facts: &ProjectFacts) -> Vec<Finding> {
    let all = runs::flaky(facts.runs.as_deref().unwrap_or_default(), facts.looked_at);
    let one = |f: runs::Flaky<'_>| {
        let workflow = name(f.workflow);
        let times = counted(i64::try_from(f.seen.len()).unwrap_or(i64::MAX), "time");
        Draft {
            kind: Kind::Flaky,
            of: f.workflow,
            sentence: format!("{workflow} failed and passed on the same commit {times} in 30 days"),
            evidence: f
                .seen
                .iter()
                .map(|at| Evidence { words: format!("{workflow} passed at a further try"), at: *at })
                .collect(),
            severity: if f.seen.len() >= 5 { Severity::Major } else { Severity::Minor },
            size: Size::M,
            title: format!("{workflow} is flaky"),
            why: "A check that fails by chance is run again by habit, and a real failure is then run again as well.",
            done: &[
                "The step or test that wavers is named in a comment here.",
                "Its cause is removed, or it is set aside with a task of its own.",
                "Twenty runs of the same commit end the same way.",
            ],
            covers: &[&["flaky"], &["flake"], &["intermittent"]],
        }
        .finding(&facts.project)
    };
    all.into_iter().map(one).collect()
}

fn no_ci(facts: &ProjectFacts) -> Option<Finding> {
    let none = facts.ci_files.as_ref()?.is_empty() && facts.runs.as_ref().is_none_or(Vec::is_empty);
    (none && is_awake(facts)).then(|| {
        Draft {
            kind: Kind::NoCi,
            of: "",
            sentence: "nothing checks the default branch".into(),
            evidence: vec![Evidence { words: "no workflow and no file of another pipeline".into(), at: facts.looked_at }],
            severity: Severity::Minor,
            size: Size::M,
            title: "Check changes automatically".into(),
            why: "Without a check a helper cannot tell whether a change is safe, and the host has to try everything by hand.",
            done: &["Every pull request is built and its tests are run.", "The guide for contributors says how to run the same at home."],
            covers: &[&["add", "ci"], &["setup", "ci"], &["continuou", "integration"], &["github", "action"]],
        }
        .finding(&facts.project)
    })
}

fn disabled(facts: &ProjectFacts) -> Vec<Finding> {
    let all = facts.workflows.as_deref().unwrap_or_default().iter();
    // What somebody switched off by hand was meant.
    let asleep = all.filter(|w| w.state == WorkflowState::DisabledByInactivity);
    let one = |w: &crate::domain::facts::Workflow| {
        let at = w.changed_at.unwrap_or(facts.looked_at);
        let file = w.path.raw().rsplit('/').next().unwrap_or_default();
        Draft {
            kind: Kind::DisabledWorkflow,
            of: file,
            sentence: format!(
                "the schedule of {} was switched off because nobody pushed for sixty days",
                name(w.name.raw())
            ),
            evidence: vec![Evidence { words: format!("{} is switched off by inactivity", name(w.path.raw())), at }],
            severity: Severity::Minor,
            size: Size::XS,
            title: format!("Switch {} on again, or remove its schedule", name(w.name.raw())),
            why: "A scheduled check that no longer runs looks as if all were well.",
            done: &["The workflow is switched on and has run once, or its schedule is removed."],
            covers: &[&["workflow", "disabled"], &["schedule", "disabled"], &["nightly", "disabled"]],
        }
        .finding(&facts.project)
    };
    asleep.map(one).collect()
}

fn old_actions(facts: &ProjectFacts) -> Option<Finding> {
    let today = facts.looked_at.to_zoned(TimeZone::UTC).date();
    let all = outdated(facts.workflow_texts.as_deref()?, rules(), today);
    let first = all.iter().min_by_key(|o| o.since)?;
    let at = |o: &Outdated| o.since.to_zoned(TimeZone::UTC).map_or(facts.looked_at, |z| z.timestamp());
    let mut evidence: Vec<Evidence> = all
        .iter()
        .map(|o| Evidence {
            words: format!("{} line {}: {}; use {}", name(&o.path), o.line, o.says, o.instead),
            at: at(o),
        })
        .collect();
    evidence.sort_by_key(|e| e.at);
    let places = counted(i64::try_from(all.len()).unwrap_or(i64::MAX), "place");
    Some(
        Draft {
            kind: Kind::DeprecatedActions,
            of: "",
            sentence: format!("workflows use what stops working in {places}, such as: {}", first.says),
            evidence,
            severity: if all.iter().any(|o| o.says.contains("deprecated")) && all.len() == 1 {
                Severity::Minor
            } else {
                Severity::Major
            },
            size: if all.len() > 6 { Size::S } else { Size::XS },
            title: "Replace parts of workflows that stop working".into(),
            why: "Parts that are switched off make a workflow fail at a moment that nobody chose.",
            done: &["Each place above uses what replaces it.", "The workflows pass."],
            covers: &[
                &["deprecated", "action"],
                &["update", "action"],
                &["upgrade", "action"],
                &["bump", "action"],
                &["update", "workflow"],
                &["upgrade", "workflow"],
                &["replace", "workflow"],
            ],
        }
        .finding(&facts.project),
    )
}

fn bot_pulls(facts: &ProjectFacts) -> Option<Finding> {
    let pulls = facts.bot_pulls??;
    let n = days(facts, pulls.oldest);
    let piles = pulls.count >= PILE || (pulls.count >= 2 && n >= PILE_DAYS);
    piles.then(|| {
        let what = counted(pulls.count.into(), "pull request");
        Draft {
            kind: Kind::DependencyPulls,
            of: "",
            sentence: format!("{what} of a dependency bot wait, the oldest for {}", counted(n, "day")),
            evidence: vec![
                Evidence { words: "the oldest was opened".into(), at: pulls.oldest },
                Evidence { words: format!("{what} are open"), at: facts.looked_at },
            ],
            severity: if n >= 90 || pulls.count >= 20 { Severity::Major } else { Severity::Minor },
            size: if pulls.count > 10 { Size::M } else { Size::S },
            title: "Work through the waiting dependency updates".into(),
            why: "Updates that wait grow together: each month makes the next one harder to tell apart.",
            done: &[
                "Each of them is merged, or closed with a reason.",
                "Updates that can be merged without a look are grouped or merged by themselves.",
            ],
            covers: &[&["dependency", "update"], &["update", "dependencie"], &["dependabot"], &["renovate"]],
        }
        .finding(&facts.project)
    })
}

/// What is missing where a document belongs: `None` when it was not read or is there.
fn lacks(document: Option<&Option<Document>>) -> Option<&'static str> {
    match document? {
        None => Some("is missing"),
        Some(d) if d.words < EMPTY => Some("is nearly empty"),
        Some(_) => None,
    }
}

fn documents(facts: &ProjectFacts) -> Vec<Finding> {
    let seen = |words: &str| vec![Evidence { words: words.to_owned(), at: facts.looked_at }];
    let mut found = Vec::new();
    if let Some(how) = lacks(facts.readme.as_ref()) {
        found.push(Draft {
            kind: Kind::Readme,
            of: "",
            sentence: format!("the README {how}"),
            evidence: seen("looked for a README in the top folder, .github and docs"),
            severity: Severity::Major,
            size: Size::S,
            title: "Write a README that says what this is for".into(),
            why: "Whoever finds the project cannot tell what it is for, whether it is alive, and how to start.",
            done: &[
                "It says in a paragraph what the project does and for whom.",
                "It names the commands to build and to run it.",
                "It names a contact.",
            ],
            covers: &[&["readme"]],
        });
    }
    if let Some(how) = lacks(facts.contributing.as_ref()).filter(|_| is_awake(facts)) {
        found.push(Draft {
            kind: Kind::Contributing,
            of: "",
            sentence: format!("the guide for contributors {how}"),
            evidence: seen("looked for CONTRIBUTING in the top folder, .github and docs"),
            severity: Severity::Minor,
            size: Size::S,
            title: "Write a guide for contributors".into(),
            why: "A helper from another team asks the same questions that the last one asked, and the host answers them again.",
            done: &["It says how to build, how to test and how to submit a change.", "It says how soon somebody answers, and where to ask."],
            covers: &[&["contributing"], &["guide", "contributor"], &["contribution", "guide"]],
        });
    }
    let templates = facts.issue_templates.as_ref().filter(|t| t.is_empty() && facts.issues_on != Some(false));
    if templates.is_some() && is_awake(facts) {
        found.push(Draft {
            kind: Kind::Templates,
            of: "",
            sentence: "there are no templates for issues".into(),
            evidence: seen("looked for templates in .github and docs"),
            severity: Severity::Note,
            size: Size::XS,
            title: "Add templates for issues".into(),
            why: "A template asks for what makes a task possible to take: what is wrong, how to see it, when it is done.",
            done: &["There is a template for bugs and one for tasks, each with a section for acceptance criteria."],
            covers: &[&["issue", "template"], &["template"]],
        });
    }
    found.into_iter().map(|d| d.finding(&facts.project)).collect()
}

/// What hides a project and its work from everybody else.
fn spot<'a>(facts: &ProjectFacts, kind: Kind, sentence: &str, words: &str, title: &str) -> Draft<'a> {
    Draft {
        kind,
        of: "",
        sentence: sentence.to_owned(),
        evidence: vec![Evidence { words: words.to_owned(), at: facts.looked_at }],
        severity: Severity::Note,
        size: Size::XS,
        title: title.to_owned(),
        why: "",
        done: &[],
        covers: &[],
    }
}

fn blind_spots(facts: &ProjectFacts) -> Vec<Finding> {
    let found = [unowned(facts), undescribed(facts), unlisted(facts), unlabelled(facts)];
    found.into_iter().flatten().map(|d| d.finding(&facts.project)).collect()
}

fn unowned(facts: &ProjectFacts) -> Option<Draft<'static>> {
    let nobody = facts.owners.as_ref().is_some_and(Vec::is_empty);
    let words = "no CODEOWNERS, and no team in the registry or catalogue";
    nobody.then(|| Draft {
        severity: Severity::Minor,
        why: "Nobody knows whom to ask, and nobody is asked for a review.",
        done: &["A CODEOWNERS file or the registry names a team."],
        covers: &[&["codeowner"], &["name", "owner"]],
        ..spot(facts, Kind::Owners, "nobody is named as owner", words, "Name the owners")
    })
}

fn undescribed(facts: &ProjectFacts) -> Option<Draft<'static>> {
    let blank = facts.description.as_ref().is_some_and(|text: &Foreign| text.raw().trim().is_empty());
    let words = if facts.topics.is_empty() { "no description and no topics" } else { "no description" };
    blank.then(|| Draft {
        why: "In lists and searches the project is only a name.",
        done: &["The description says in one line what it does."],
        covers: &[&["project", "description"], &["repository", "description"], &["describe", "project"]],
        ..spot(facts, Kind::Description, "the project has no description", words, "Describe the project in one line")
    })
}

fn unlisted(facts: &ProjectFacts) -> Option<Draft<'static>> {
    let sentence = "issues are switched off and no Jira project is mapped";
    let nowhere = facts.issues_on == Some(false) && !facts.has_jira;
    nowhere.then(|| Draft {
        why: "Nobody outside of the team can see what there is to do.",
        done: &["Issues are switched on, or the registry maps a Jira project."],
        ..spot(facts, Kind::NoIssues, sentence, "issues are off", "Say where work on this project is listed")
    })
}

fn unlabelled(facts: &ProjectFacts) -> Option<Draft<'static>> {
    let tasks = facts.open_tasks.filter(|n| *n >= MANY_TASKS)?;
    let none = facts.labels_in_use.as_ref().is_some_and(Vec::is_empty);
    let words = format!("{tasks} open tasks, none with a label");
    none.then(|| Draft {
        size: Size::S,
        why: "Whoever looks for work to help with finds none here, though there is some.",
        done: &["Each open task has a label for its kind.", "Tasks that helpers may take are marked as such."],
        covers: &[&["label", "task"], &["label", "issue"], &["triage"]],
        ..spot(facts, Kind::NoLabels, "no open task carries a label", &words, "Label the open tasks")
    })
}
