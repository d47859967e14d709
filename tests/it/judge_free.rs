//! Signs that somebody works on a task that the tracker calls free.

use floorwalk::{
    domain::{
        evidence::{Checks, History, Pull, PullKey, PullState},
        key::{ProjectRef, TaskKey, TrackerName},
        person::{Association, Login, Person},
        task::{Comment, Task, TaskState},
        time::Now,
    },
    judge::{
        free::{Sign, Surroundings, Word, names_task, says, signs},
        signal::Reading,
    },
};
use jiff::Timestamp;

fn project(path: &str) -> ProjectRef {
    ProjectRef::parse(&TrackerName::parse("gh").unwrap(), path).unwrap()
}

fn at(raw: &str) -> Timestamp {
    raw.parse().unwrap()
}

fn now() -> Now {
    Now(at("2026-11-23T09:00:00Z"))
}

pub(super) fn task(title: &str) -> Task {
    Task {
        key: TaskKey::new(project("acme/app"), 12),
        id: 12,
        node_id: None,
        title: title.into(),
        state: TaskState::Open,
        labels: Vec::new(),
        assignees: Vec::new(),
        author: Some(Person::human("rae", 1)),
        association: Association::Other,
        created_at: at("2026-01-10T09:00:00Z"),
        updated_at: at("2026-11-20T09:00:00Z"),
        closed_at: None,
        comments: 0,
        reactions: 0,
        milestone: None,
        locked: false,
        planning: None,
    }
}

pub(super) fn comment(id: u64, by: &str, when: &str, body: &str) -> Comment {
    let author = Some(Person::human(by, 100 + u64::from(by.as_bytes()[0])));
    Comment {
        id,
        author,
        association: Association::Other,
        created_at: at(when),
        updated_at: at(when),
        body: body.into(),
    }
}

fn pull(number: u64, title: &str, state: PullState) -> Pull {
    Pull {
        key: PullKey { project: project("acme/app"), number },
        title: title.into(),
        author: Some(Person::human("lee", 3)),
        created_at: at("2026-11-13T09:00:00Z"),
        state,
        checks: Checks::None,
        happenings: Vec::new(),
    }
}

#[test]
fn people_say_that_they_are_on_it_in_many_ways() {
    let on = [
        "I'm working on this.",
        "I’ll take this one",
        "i'd like to work on this issue",
        "Can I take this?",
        "/assign",
        ".take",
        "Working on a fix",
        "Please assign this to me",
        "could you assign me?",
        "Hi! I have a PR ready for this.",
        "Let me take a stab at it",
        "If nobody is working on this, I'd like to pick it up.",
        "We're working on it.",
        "Will take this over the weekend",
        "Thanks!\n\nI will submit a PR shortly.",
        "on it!",
        "@rustbot claim",
    ];
    for text in on {
        assert!(matches!(says(text), Some(Word::OnIt(_))), "{text:?} is {:?}", says(text));
    }
    let nothing = [
        "Is anyone working on this?",
        "Are you still working on this?",
        "> I'm working on this\n\nAny news?",
        "```\nI'm working on this\n```",
        "I don't know how to work on this",
        "This works on my machine.",
        "Someone should fix this.",
        "I was working on this, once",
        "You can take this if you like",
        "`I'll take this` is printed",
        "How would I fix this?",
        "+1",
        "",
    ];
    for text in nothing {
        assert_eq!(says(text), None, "{text:?}");
    }
    let over = [
        "I'm no longer working on this",
        "/unassign",
        "Sorry, I won't have time for this.",
        "Feel free to take it!",
        "I'm working on it. Update: I am not able to finish.",
    ];
    for text in over {
        assert_eq!(says(text), Some(Word::NotAnyMore), "{text:?}");
    }
}

#[test]
fn a_word_holds_two_weeks_and_until_it_is_taken_back() {
    let seen = |comments: &[Comment], me: Option<&Login>| {
        let around = Surroundings {
            reading: Reading { comments: Some(comments), ..Reading::default() },
            me,
            ..Surroundings::default()
        };
        signs(&task("x"), &around, now())
    };
    let fresh = comment(1, "kim", "2026-11-09T09:00:00Z", "I'm on it");
    let found = seen(std::slice::from_ref(&fresh), None);
    assert_eq!(found[0].words(now()), "@kim said 14 days ago: 'I'm on it'");
    assert_eq!(seen(std::slice::from_ref(&fresh), Some(&Login::new("Kim"))), [], "one's own word holds nobody off");
    assert_eq!(seen(&[comment(1, "kim", "2026-11-08T08:00:00Z", "I'm on it")], None), []);
    let back = comment(2, "kim", "2026-11-10T09:00:00Z", "I won't have time after all");
    assert_eq!(seen(&[fresh.clone(), back], None), []);
    let other = comment(2, "bo", "2026-11-10T09:00:00Z", "I won't have time to help");
    assert_eq!(seen(&[fresh, other], None).len(), 1, "somebody else takes nothing back");
    let mut bot = comment(1, "stale[bot]", "2026-11-20T09:00:00Z", "I'm working on this");
    assert_eq!(seen(std::slice::from_ref(&bot), None), []);
    bot.body = "<!-- floorwalk/9 {} -->\nI'm working on this".into();
    assert_eq!(seen(&[bot], None), []);
}

#[test]
fn pulls_count_when_they_are_open_and_name_the_task() {
    let history = History {
        happenings: Vec::new(),
        pulls: vec![pull(30, "Fix it", PullState::Draft), pull(31, "Old", PullState::Closed)],
    };
    let others = vec![
        (pull(40, "Unrelated", PullState::Open), "fixes #123".to_owned()),
        (pull(41, "Repair the cache (#12)", PullState::Open), String::new()),
        (pull(30, "Fix it", PullState::Draft), "closes #12".into()),
    ];
    let mut own = pull(42, "Mine", PullState::Open);
    own.author = Some(Person::human("sam", 7));
    let (others, me) = ([others, vec![(own, "closes #12".into())]].concat(), Login::new("sam"));
    let around = Surroundings {
        reading: Reading { history: Some(&history), ..Reading::default() },
        others: &others,
        me: Some(&me),
        ..Surroundings::default()
    };
    let words: Vec<String> = signs(&task("x"), &around, now()).iter().map(|s| s.words(now())).collect();
    assert_eq!(
        words,
        [
            "draft pull request acme/app#30 by @lee is linked: 'Fix it', last touched 10 days ago",
            "open pull request acme/app#41 by @lee names it: 'Repair the cache (#12)', last touched 10 days ago",
        ]
    );
}

#[test]
fn a_task_is_named_only_by_its_own_number() {
    let key = TaskKey::new(project("acme/app"), 12);
    let (own, other) = (project("acme/app"), project("acme/lib"));
    for text in ["#12", "fixes #12.", "(#12)", "GH-12", "acme/app#12", "see https://github.com/Acme/App/issues/12#x"] {
        assert!(names_task(text, &key, &own), "{text}");
    }
    for text in ["#123", "#1", "x#12", "acme/lib#12", "issues/12", "12", "acme/app#120", "acme/lib/#12x"] {
        assert!(!names_task(text, &key, &own), "{text}");
    }
    assert!(!names_task("#12", &key, &other) && names_task("acme/app#12", &key, &other));
    let jira = TaskKey::new(ProjectRef::parse(&TrackerName::parse("jira").unwrap(), "ABC").unwrap(), 12);
    assert!(names_task("abc-12: repair", &jira, &own) && !names_task("ABC-123 XABC-12", &jira, &own));
}

#[test]
fn assignees_are_a_sign_unless_they_are_left_over() {
    let mut held = task("x");
    held.assignees = vec![Login::new("ana"), Login::new("old")];
    let left = [Login::new("old")];
    let around = Surroundings { left_over: &left, ..Surroundings::default() };
    let found = signs(&held, &around, now());
    assert_eq!(found, [Sign::Assigned { to: vec![Login::new("ana")] }]);
    assert_eq!(found[0].words(now()), "assigned to @ana");
}
