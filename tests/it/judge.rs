//! Verdicts from labels, titles and age.

use floorwalk::{
    domain::{
        commitment::{ClaimId, Commitment, CommitmentState, Projection},
        key::{ProjectRef, TaskKey, TrackerName},
        person::{Login, Person},
        project::{Permission, Project},
        signal::SignalKind,
        task::{Task, TaskState},
        text::Foreign,
        time::Now,
    },
    judge::{
        free::Free,
        signal::{
            is_held_back,
            label::{Dictionary, LabelClass, class, normalise, spellings},
            listed,
        },
    },
};
use jiff::Timestamp;

fn task(title: &str, labels: &[&str], updated: &str) -> Task {
    let project = ProjectRef::parse(&TrackerName::parse("gh").unwrap(), "acme/app").unwrap();
    let updated_at: Timestamp = updated.parse().unwrap();
    Task {
        key: TaskKey::new(project, 7),
        id: 7,
        node_id: None,
        title: title.into(),
        state: TaskState::Open,
        labels: labels.iter().map(|l| Foreign::from(*l)).collect(),
        assignees: Vec::new(),
        author: None,
        association: Default::default(),
        created_at: updated_at,
        updated_at,
        closed_at: None,
        comments: 0,
        reactions: 0,
        milestone: None,
        locked: false,
        planning: None,
    }
}

fn now() -> Now {
    Now("2026-06-01T00:00:00Z".parse().unwrap())
}

fn signals(task: &Task, now: Now) -> Vec<floorwalk::domain::signal::Signal> {
    listed(task, None, now, &mut Dictionary::new())
}

fn seen(title: &str, labels: &[&str]) -> Vec<(SignalKind, String)> {
    signals(&task(title, labels, "2026-05-30T00:00:00Z"), now()).into_iter().map(|s| (s.kind, s.evidence)).collect()
}

#[test]
fn labels_are_compared_by_their_meaning_not_their_dress() {
    let cases = [
        ("Good First Issue", "good first issue"),
        ("good-first-issue", "good first issue"),
        ("good_first_issue", "good first issue"),
        ("GoodFirstIssue", "good first issue"),
        (":beginner: good first issue", "good first issue"),
        ("good first issue :+1:", "good first issue"),
        ("🐣 good first issue", "good first issue"),
        ("E-easy", "easy"),
        ("difficulty:easy", "easy"),
        ("difficulty: easy", "easy"),
        ("Difficulty/Easy", "easy"),
        ("kind/failing-test", "failing test"),
        ("A-docs", "docs"),
        ("type: docs", "docs"),
        ("status: needs-info", "needs info"),
        ("won't fix", "wont fix"),
        ("CI/CD", "ci cd"),
        ("e-commerce", "commerce"),
        ("up-for-grabs", "up for grabs"),
        ("type:", "type"),
        ("a", "a"),
        ("", ""),
        ("🎉", ""),
        (":", ""),
        ("help wanted :octocat:", "help wanted"),
        ("NeedsDecision", "needs decision"),
    ];
    for (raw, normal) in cases {
        assert_eq!(normalise(raw), normal, "{raw:?}");
    }
}

#[test]
fn the_dictionary_knows_the_spellings_in_use() {
    use LabelClass::*;
    let cases = [
        // Spellings that projects list as their label for contributors, most frequent first.
        ("good first issue", Some(Newcomer)),
        ("help wanted", Some(Help)),
        ("up-for-grabs", Some(Help)),
        ("up for grabs", Some(Help)),
        ("hacktoberfest", Some(Help)),
        ("easy", Some(Newcomer)),
        ("first-timers-only", Some(Newcomer)),
        ("help-wanted", Some(Help)),
        ("jump in", Some(Help)),
        ("jump-in", Some(Help)),
        ("enhancement", None),
        ("good-first-issue", Some(Newcomer)),
        ("beginner", Some(Newcomer)),
        ("beginner friendly", Some(Newcomer)),
        ("bitesize", Some(Newcomer)),
        ("low-hanging fruit", Some(Newcomer)),
        ("low-hanging-fruit", Some(Newcomer)),
        ("newcomers", Some(Newcomer)),
        ("e-easy", Some(Newcomer)),
        ("contribution-starter", Some(Newcomer)),
        ("good first bug", Some(Newcomer)),
        ("good first task", Some(Newcomer)),
        ("newbie", Some(Newcomer)),
        ("easyfix", Some(Newcomer)),
        ("trivial", Some(Newcomer)),
        ("difficulty:easy", Some(Newcomer)),
        ("E-help-wanted", Some(Help)),
        ("please help", Some(Help)),
        ("contributions welcome", Some(Help)),
        ("community", Some(Help)),
        ("you take it", Some(Help)),
        ("pr-welcome", Some(Help)),
        ("HelpWanted", Some(Help)),
        ("E-mentor", Some(Mentored)),
        ("mentored", Some(Mentored)),
        ("has mentor", Some(Mentored)),
        ("docs", Some(Docs)),
        ("Documentation", Some(Docs)),
        ("A-docs", Some(Docs)),
        ("kind/documentation", Some(Docs)),
        ("area:docs", Some(Docs)),
        ("type:docs", Some(Docs)),
        ("Doc", Some(Docs)),
        (":memo: documentation", Some(Docs)),
        ("flaky", Some(Ci)),
        ("kind/flake", Some(Ci)),
        ("kind/failing-test", Some(Ci)),
        ("a-ci", Some(Ci)),
        ("build", Some(Ci)),
        ("infra", Some(Ci)),
        ("test-failure", Some(Ci)),
        ("ci issues", Some(Ci)),
        ("CI failed", Some(Ci)),
        ("Builders", Some(Ci)),
        ("Testing", Some(Tests)),
        ("Tests", Some(Tests)),
        ("dependencies", Some(Deps)),
        ("tech-debt", Some(CodeDebt)),
        ("kind/cleanup", Some(CodeDebt)),
        ("C-cleanup", Some(CodeDebt)),
        ("Refactoring", Some(CodeDebt)),
        ("blocked", Some(Negative)),
        ("S-blocked", Some(Negative)),
        ("needs info", Some(Negative)),
        ("needs-decision", Some(Negative)),
        ("wontfix", Some(Negative)),
        ("invalid", Some(Negative)),
        ("question", Some(Negative)),
        ("discussion", Some(Negative)),
        ("stale-exempt", Some(Negative)),
        ("Security", Some(Negative)),
        ("WaitingForInfo", Some(Negative)),
        ("on hold", Some(Negative)),
        ("bug", None),
        ("activerecord", None),
        ("OS-Windows", None),
        ("not documentation", None),
        ("", None),
    ];
    let mut dictionary = Dictionary::new();
    for (raw, meaning) in cases {
        assert_eq!(class(raw), meaning, "{raw:?}");
        assert_eq!(dictionary.class(raw), meaning, "{raw:?}, first look");
        assert_eq!(dictionary.class(raw), meaning, "{raw:?}, remembered");
    }
}

#[test]
fn no_spelling_has_two_meanings_and_each_is_in_normal_form() {
    let mut met = std::collections::HashSet::new();
    for (spelling, _) in spellings() {
        assert_eq!(normalise(spelling), spelling);
        assert!(met.insert(spelling), "{spelling:?} twice");
    }
    assert!(met.len() > 200);
}

#[test]
fn a_signal_says_what_was_seen() {
    assert_eq!(
        seen("x", &["bug", "Good First Issue", "docs", "documentation"]),
        [(SignalKind::GoodFirst, "label 'Good First Issue'".into()), (SignalKind::Docs, "label 'docs'".into()),]
    );
    assert_eq!(
        seen("x", &["E-mentor"]),
        [(SignalKind::HelpWanted, "label 'E-mentor'".into()), (SignalKind::GoodFirst, "label 'E-mentor'".into())]
    );
    assert_eq!(seen("x", &["question"]), []);
    assert_eq!(seen("docs: say more", &[]), [(SignalKind::Docs, "title begins with 'docs'".into())]);
}

#[test]
fn evidence_is_harmless() {
    let found = seen("x", &["docs\u{1b}\u{200b}"]);
    assert_eq!(found, [(SignalKind::Docs, "label 'docs␛·'".into())]);
    let long = format!("{}docs", "🎉".repeat(500));
    let found = seen("x", &[&long]);
    let [(SignalKind::Docs, evidence)] = &found[..] else { panic!("one docs signal, not {found:?}") };
    assert!(evidence.chars().count() < 70, "{evidence}");
}

#[test]
fn titles_name_their_debt() {
    let cases = [
        ("docs: fix link", Some(SignalKind::Docs)),
        ("[docs] fix link", Some(SignalKind::Docs)),
        ("[Docs]: fix link", Some(SignalKind::Docs)),
        ("Docs(api)!: fix link", Some(SignalKind::Docs)),
        ("  Documentation : x", Some(SignalKind::Docs)),
        ("ci: pin runner", Some(SignalKind::Ci)),
        ("[Flaky Test] shard 3", Some(SignalKind::Ci)),
        ("tests: cover y", Some(SignalKind::Tests)),
        ("deps: bump z", Some(SignalKind::Deps)),
        ("refactor(core): split", Some(SignalKind::CodeDebt)),
        ("docs are missing", None),
        ("cmd/doc: crash", None),
        ("docker: crash", None),
        ("[docs fix link", None),
        (":", None),
        ("", None),
    ];
    for (title, kind) in cases {
        assert_eq!(seen(title, &[]).first().map(|s| s.0), kind, "{title:?}");
    }
}

#[test]
fn stale_starts_after_ninety_whole_days() {
    let quiet = |updated: &str| signals(&task("x", &[], updated), now());
    assert_eq!(quiet("2026-03-03T00:00:01Z"), []);
    let [stale] = &quiet("2026-03-03T00:00:00Z")[..] else { panic!("one signal") };
    assert_eq!((stale.kind, stale.evidence.as_str()), (SignalKind::Stale, "nothing moved for 90 days"));
    assert_eq!(quiet("2031-01-01T00:00:00Z"), [], "a clock that runs ahead makes nothing stale");
}

#[test]
fn what_is_closed_has_no_signal() {
    let mut closed = task("docs: x", &["help wanted"], "2020-01-01T00:00:00Z");
    assert_eq!(signals(&closed, now()).len(), 3);
    closed.state = TaskState::Closed;
    assert_eq!(signals(&closed, now()), []);
}

#[test]
fn a_blocked_task_is_held_back() {
    let mut dictionary = Dictionary::new();
    assert!(is_held_back(&task("x", &["help wanted", "status/blocked"], "2026-01-01T00:00:00Z"), &mut dictionary));
    assert!(!is_held_back(&task("x", &["help wanted"], "2026-01-01T00:00:00Z"), &mut dictionary));
}

fn held(by: &str, mine: bool) -> Commitment {
    Commitment {
        key: task("x", &[], "2026-05-30T00:00:00Z").key,
        claim: ClaimId(1_u128.into()),
        who: Person::human(by, 3),
        mine,
        state: CommitmentState::Active,
        since: now().0,
        until: "2026-06-09".parse().unwrap(),
        size: None,
        comment_id: None,
        label: Projection::Open,
        assignee: Projection::Open,
        note: None,
        plan: Foreign::default(),
        log: Vec::new(),
        pulls: Vec::new(),
        life: None,
    }
}

#[test]
fn free_says_who_or_why() {
    let me = Login::new("Sam");
    let base = task("x", &[], "2026-05-30T00:00:00Z");
    let with = |change: fn(&mut Task)| {
        let mut t = base.clone();
        change(&mut t);
        t
    };
    let cell = |t: &Task, live: Option<&Commitment>| Free::of(t, None, live, Some(&me)).cell();
    assert_eq!(cell(&base, None), "free");
    assert_eq!(cell(&with(|t| t.assignees = vec![Login::new("sam")]), None), "free", "assigned to oneself, unclaimed");
    assert_eq!(cell(&with(|t| t.assignees = vec![Login::new("sam"), Login::new("bob")]), None), "@bob");
    assert_eq!(cell(&base, Some(&held("ana", false))), "@ana to 06-09");
    assert_eq!(cell(&base, Some(&held("sam", true))), "mine to 06-09");
    assert_eq!(cell(&with(|t| t.locked = true), None), "closed");
    assert_eq!(cell(&with(|t| t.locked = true), Some(&held("sam", true))), "mine to 06-09");
    assert_eq!(cell(&with(|t| t.state = TaskState::NotPlanned), Some(&held("ana", false))), "closed");
    let wild = Free::Assigned { to: vec![Login::new(format!("a\u{202e}{}", "x".repeat(500)))] }.cell();
    assert!(wild.starts_with("@a·x") && wild.ends_with('…') && wild.chars().count() == 40, "{wild}");
}

#[test]
fn a_project_that_is_left_out_has_nothing_free() {
    let open = task("x", &[], "2026-05-30T00:00:00Z");
    let mut project = Project {
        project: open.key.project.clone(),
        id: 1,
        node_id: None,
        description: "".into(),
        topics: Vec::new(),
        language: None,
        default_branch: None,
        archived: false,
        disabled: false,
        has_issues: true,
        fork: false,
        private: false,
        pushed_at: None,
        permission: Permission::Unknown,
    };
    assert!(Free::of(&open, Some(&project), None, None).is_free());
    project.has_issues = false;
    let Free::Closed { why } = Free::of(&open, Some(&project), None, None) else { panic!("closed") };
    assert_eq!(why, "its project is left out: issues are switched off");
}
