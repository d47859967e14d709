//! Findings on projects, and how easy a project is to enter.

use floorwalk::{
    domain::key::{ProjectRef, TrackerName},
    judge::project::{
        BotPulls, Conclusion, Document, Finding, Heading, Kind, Onboarding, ProjectFacts, Run, Severity, Text,
        Workflow, WorkflowState, findings, outdated, parse_rules, rules,
    },
};
use jiff::Timestamp;

fn at(raw: &str) -> Timestamp {
    raw.parse().unwrap()
}

fn unread() -> ProjectFacts {
    let project = ProjectRef::parse(&TrackerName::parse("gh").unwrap(), "acme/app").unwrap();
    ProjectFacts::unread(project, at("2026-11-23T09:00:00Z"))
}

fn run(workflow: &str, commit: &str, day: &str, conclusion: Conclusion, attempt: u32) -> Run {
    let at = at(&format!("2026-11-{day}T09:00:00Z"));
    Run { workflow: workflow.into(), commit: commit.into(), at, conclusion, attempt, scheduled: false }
}

fn only(facts: &ProjectFacts) -> Finding {
    let mut all = findings(facts);
    assert_eq!(all.len(), 1, "{all:?}");
    all.remove(0)
}

#[test]
fn nothing_is_found_where_nothing_was_read() {
    assert_eq!(findings(&unread()), []);
    let onboarding = Onboarding::of(&unread());
    assert_eq!((onboarding.points, onboarding.unread), (0, 92));
    assert_eq!(onboarding.component().k(), 0.0);
}

#[test]
fn a_red_branch_is_told_with_its_days_and_ignores_what_was_cancelled() {
    let mut facts = unread();
    facts.branch = "main".into();
    use Conclusion::{Failure, Neutral, Success};
    facts.runs = Some(vec![
        run("ci", "d", "22", Neutral, 1),
        run("ci", "c", "20", Failure, 1),
        run("ci", "a", "10", Success, 1),
        run("ci", "b", "14", Failure, 1),
        run("lint", "c", "20", Success, 1),
    ]);
    let found = only(&facts);
    assert_eq!((found.id.as_str(), found.severity), ("red-branch", Severity::Major));
    assert_eq!(found.sentence, "`main` has been red for 9 days");
    insta::assert_snapshot!(found.body);
    assert!(found.is_covered_by([("Main branch is red again", "")]));
    assert!(found.is_covered_by([("Something", found.body.as_str())]), "by its key");
    assert!(!found.is_covered_by(
        [("Red button on the branch page", "main is fine"), ("Colour of ci page", "")].into_iter().skip(1)
    ));
    facts.runs = Some(vec![run("ci", "b", "14", Failure, 1)]);
    assert_eq!(only(&facts).sentence, "`main` has been red for at least 9 days");
    facts.runs = Some(vec![run("ci", "b", "14", Failure, 1), run("ci", "c", "15", Success, 1)]);
    assert_eq!(findings(&facts), []);
}

#[test]
fn flaky_is_what_ends_both_ways_on_one_commit_twice() {
    let mut facts = unread();
    use Conclusion::{Failure, Success};
    let once = vec![run("e2e", "a", "10", Failure, 1), run("e2e", "a", "11", Success, 2)];
    facts.runs = Some(once.clone());
    assert_eq!(findings(&facts), []);
    facts.runs = Some([once, vec![run("e2e", "b", "12", Success, 3)]].concat());
    let found = only(&facts);
    assert_eq!(
        (found.id.as_str(), found.sentence.as_str()),
        ("flaky:e2e", "`e2e` failed and passed on the same commit 2 times in 30 days")
    );
}

#[test]
fn workflows_that_sleep_and_parts_that_stop_are_found() {
    let mut facts = unread();
    let flow = |name: &str, state| Workflow {
        name: name.into(),
        path: format!(".github/workflows/{name}.yml").into(),
        state,
        changed_at: None,
    };
    facts.workflows = Some(vec![
        flow("nightly", WorkflowState::DisabledByInactivity),
        flow("old", WorkflowState::DisabledByHand),
        flow("ci", WorkflowState::Active),
    ]);
    assert_eq!(only(&facts).id, "disabled-workflow:nightly.yml");
    facts.workflows = None;
    let text = "jobs:\n  a:\n    runs-on: ubuntu-20.04\n    steps:\n      - uses: actions/checkout@v4\n      # - uses: actions/cache@v1\n      \
                - uses: \"actions/upload-artifact@v3.1\"\n      - uses: actions/cache@1bd1e32a3bdc45362d1e726936510720a7c30a57\n      \
                - run: echo \"::set-output name=x::1\"\n";
    facts.workflow_texts = Some(vec![Text { path: ".github/workflows/ci.yml".into(), text: text.into() }]);
    let all = outdated(facts.workflow_texts.as_deref().unwrap(), rules(), "2026-11-23".parse().unwrap());
    assert_eq!(
        all.iter().map(|o| (o.rule.as_str(), o.line)).collect::<Vec<_>>(),
        [("ubuntu-20.04", 3), ("artifact-v3", 7), ("set-output", 9)]
    );
    let before = outdated(facts.workflow_texts.as_deref().unwrap(), rules(), "2024-01-01".parse().unwrap());
    assert_eq!(before.len(), 1, "on that day only the command was deprecated");
    assert_eq!(only(&facts).kind, Kind::DeprecatedActions);
}

#[test]
fn the_rules_that_come_with_the_program_are_whole() {
    assert!(rules().len() >= 20);
    let mut ids: Vec<&str> = rules().iter().map(|r| r.id.as_str()).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), rules().len());
    assert!(parse_rules("[[rule]]\nid = \"x\"\nsince = 2024-01-01\nsays = \"\"\ninstead = \"\"\n").is_err());
}

#[test]
fn waiting_updates_pile_up_by_number_or_by_age() {
    let mut facts = unread();
    let piles = |facts: &mut ProjectFacts, count, oldest: &str| {
        facts.bot_pulls = Some(Some(BotPulls { count, oldest: at(oldest) }));
        findings(facts).first().map(|f| f.sentence.clone())
    };
    assert_eq!(piles(&mut facts, 4, "2026-11-01T00:00:00Z"), None);
    assert_eq!(piles(&mut facts, 1, "2025-11-01T00:00:00Z"), None);
    assert_eq!(
        piles(&mut facts, 7, "2026-11-21T00:00:00Z").unwrap(),
        "7 pull requests of a dependency bot wait, the oldest for 2 days"
    );
    assert!(piles(&mut facts, 2, "2026-10-01T00:00:00Z").is_some());
}

fn document(words: u32, headings: &[(&str, u32, bool)]) -> Document {
    let heading = |(words, length, has_code): &(&str, u32, bool)| Heading {
        words: (*words).into(),
        length: *length,
        has_code: *has_code,
    };
    Document {
        path: "README.md".into(),
        words,
        opening: words.min(40),
        headings: headings.iter().map(heading).collect(),
    }
}

#[test]
fn missing_files_and_blind_spots_are_found_when_they_were_looked_for() {
    let mut facts = unread();
    facts.readme = Some(None);
    facts.contributing = Some(Some(document(3, &[])));
    facts.issue_templates = Some(Vec::new());
    facts.owners = Some(Vec::new());
    facts.description = Some(" ".into());
    facts.ci_files = Some(Vec::new());
    facts.labels_in_use = Some(Vec::new());
    facts.open_tasks = Some(40);
    let ids = |facts: &ProjectFacts| findings(facts).into_iter().map(|f| f.id).collect::<Vec<_>>();
    assert_eq!(ids(&facts), ["readme", "contributing", "no-ci", "owners", "description", "no-labels", "templates"]);
    assert!(findings(&facts).iter().filter(|f| f.kind.is_blind_spot()).count() == 3);
    facts.pushed_at = Some(at("2024-01-01T00:00:00Z"));
    assert_eq!(ids(&facts), ["readme", "owners", "description", "no-labels"], "a project asleep is not asked for more");
    facts.issues_on = Some(false);
    assert!(ids(&facts).contains(&"no-issues".to_owned()));
    facts.has_jira = true;
    assert!(!ids(&facts).contains(&"no-issues".to_owned()));
}

#[test]
fn a_project_that_has_everything_is_easy_to_enter() {
    let mut facts = unread();
    facts.readme = Some(Some(document(300, &[("Getting started", 20, true), ("Support", 20, false)])));
    facts.contributing = Some(Some(document(
        300,
        &[
            ("Build", 20, true),
            ("Running tests", 20, true),
            ("Submitting a change", 30, false),
            ("When we answer", 20, false),
        ],
    )));
    facts.issue_templates = Some(vec!["bug.yml".into()]);
    facts.pull_templates = Some(vec!["pull.md".into()]);
    facts.owners = Some(vec![floorwalk::judge::project::Owner { name: "@acme/app".into() }]);
    facts.runs = Some(vec![run("ci", "a", "20", Conclusion::Success, 1)]);
    facts.environment = Some(vec!["flake.nix".into()]);
    facts.last_onboarded = Some(at("2026-10-01T00:00:00Z"));
    let full = Onboarding::of(&facts);
    assert_eq!((full.points, full.docs(), full.unread), (100, 100, 0), "{:?}", full.missing());
    facts.contributing = Some(Some(document(300, &[("Build", 2, false)])));
    let less = Onboarding::of(&facts);
    assert_eq!(less.missing().first().unwrap().points, 8, "an empty heading earns nothing");
    assert!(less.docs() < 70 && less.component().k() == 1.0);
}
