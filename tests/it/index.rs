//! The snapshot and what is found in it.

use std::collections::HashMap;

use floorwalk::{
    domain::{
        commitment::{ClaimId, Commitment, CommitmentState, Projection},
        key::{ProjectRef, TaskKey, TrackerName},
        person::{Login, Person},
        project::{Permission, Project},
        task::{Task, TaskState},
        text::Foreign,
        time::Now,
    },
    index::{
        BuildContext, Query, Row, Snapshot,
        filter::search,
        fuzzy::{CharSet, Matcher, Pattern, positions},
        rank::Sort,
    },
    store::{Everything, Mark, MarkKind},
};
use fuzzy_matcher::{FuzzyMatcher, skim::SkimMatcherV2};
use jiff::Timestamp;
use proptest::prelude::*;

pub(crate) fn now() -> Now {
    Now("2026-06-01T00:00:00Z".parse().unwrap())
}

fn project(path: &str) -> ProjectRef {
    ProjectRef::parse(&TrackerName::parse("gh").unwrap(), path).unwrap()
}

fn days_ago(days: i64) -> Timestamp {
    Timestamp::from_second(now().0.as_second() - days * 86_400).unwrap()
}

pub(crate) fn task(path: &str, number: u64, title: &str) -> Task {
    Task {
        key: TaskKey::new(project(path), number),
        id: number,
        node_id: None,
        title: title.into(),
        state: TaskState::Open,
        labels: Vec::new(),
        assignees: Vec::new(),
        author: Some(Person::human("ana", 1)),
        association: Default::default(),
        created_at: days_ago(400),
        updated_at: days_ago(5),
        closed_at: None,
        comments: 0,
        reactions: 0,
        milestone: None,
        locked: false,
        planning: None,
    }
}

fn repository(path: &str, language: &str) -> Project {
    Project {
        project: project(path),
        id: 1,
        node_id: None,
        description: "".into(),
        topics: Vec::new(),
        language: Some(language.into()),
        default_branch: None,
        archived: false,
        disabled: false,
        has_issues: true,
        fork: false,
        private: false,
        pushed_at: None,
        permission: Permission::Read,
    }
}

fn commitment(key: &TaskKey, who: &str, mine: bool, state: CommitmentState) -> Commitment {
    Commitment {
        key: key.clone(),
        claim: ClaimId(if mine { 1_u128 } else { 2 }.into()),
        who: Person::human(who, 9),
        mine,
        state,
        since: days_ago(1),
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

fn context() -> BuildContext {
    let me = HashMap::from([(TrackerName::parse("gh").unwrap(), Login::new("Sam"))]);
    BuildContext {
        now: now(),
        me,
        roster: std::sync::Arc::default(),
        scope: None,
        homes: Default::default(),
        taste: Default::default(),
    }
}

/// A small office: five tasks in two repositories, one of each kind of state.
fn office() -> Everything {
    let labelled = |mut t: Task, labels: &[&str]| {
        t.labels = labels.iter().map(|l| Foreign::from(*l)).collect();
        t
    };
    let mut assigned = labelled(task("acme/app", 2, "Memory leak in the cache"), &["bug"]);
    assigned.assignees = vec![Login::new("bob")];
    assigned.updated_at = days_ago(200);
    assigned.comments = 7;
    let mut mine = task("acme/app", 3, "Flaky shard test");
    mine.assignees = vec![Login::new("sam")];
    let mut closed = task("acme/tools", 4, "Old and done");
    closed.state = TaskState::Closed;
    let mut blocked = labelled(task("acme/tools", 5, "Replace the parser"), &["help wanted", "blocked", "docs"]);
    blocked.updated_at = days_ago(300);
    let keys = [&mine.key, &closed.key].map(Clone::clone);
    Everything {
        projects: vec![repository("acme/app", "Rust"), repository("acme/tools", "Go")],
        tasks: vec![
            labelled(task("acme/app", 1, "docs: say how to log in"), &["Good First Issue", "area/login"]),
            assigned,
            mine,
            closed,
            blocked,
            task("acme/tools", 6, "Hidden for good"),
            task("acme/tools", 7, "Snoozed for now"),
            task("acme/tools", 8, "Awake again"),
        ],
        commitments: vec![
            commitment(&keys[0], "sam", true, CommitmentState::Active),
            commitment(&keys[1], "sam", true, CommitmentState::Completed),
        ],
        marks: vec![
            Mark { key: TaskKey::new(project("acme/tools"), 6), kind: MarkKind::Bookmark, until: None, changed: None },
            Mark { key: TaskKey::new(project("acme/tools"), 6), kind: MarkKind::Hidden, until: None, changed: None },
            Mark {
                key: TaskKey::new(project("acme/tools"), 7),
                kind: MarkKind::Snoozed,
                until: Some(days_ago(-2)),
                changed: None,
            },
            Mark {
                key: TaskKey::new(project("acme/tools"), 8),
                kind: MarkKind::Snoozed,
                until: Some(days_ago(2)),
                changed: None,
            },
        ],
        ..Everything::default()
    }
}

fn snapshot() -> Snapshot {
    Snapshot::build(office(), &context())
}

fn numbers(snapshot: &Snapshot, query: &str) -> Vec<u64> {
    let query = Query::parse(query).unwrap_or_else(|e| panic!("{query}: {}", e.sentence()));
    let hits = search(snapshot, &query, Sort::Key);
    hits.rows.iter().map(|at| snapshot.rows.get(*at as usize).unwrap().task.key.number).collect()
}

#[test]
fn each_qualifier_means_what_it_says() {
    let office = snapshot();
    let cases: &[(&str, &[u64])] = &[
        ("", &[1, 3, 5, 8]),
        ("signal:docs", &[1, 5]),
        ("signal:docs,stale", &[1, 5]),
        ("-signal:docs", &[3, 8]),
        ("signal:docs signal:stale", &[5]),
        ("label:\"good first issue\"", &[1]),
        ("label:good-first-issue", &[1]),
        ("label:good", &[]),
        ("label:good*", &[1]),
        ("label:area/*,bug", &[1]),
        ("repo:acme/app", &[1, 3]),
        ("project:TOOLS", &[5, 8]),
        ("-repo:acme/*", &[]),
        ("org:acme", &[1, 3, 5, 8]),
        ("org:other", &[]),
        ("tracker:gh", &[1, 3, 5, 8]),
        ("tracker:jira", &[]),
        ("lang:go", &[5, 8]),
        ("author:Ana", &[1, 3, 5, 8]),
        ("-author:@ana", &[]),
        ("assignee:bob", &[2]),
        ("assignee:@me", &[3]),
        ("no:assignee", &[1, 5, 8]),
        ("no:label", &[3, 8]),
        ("no:label,comment", &[1, 3, 5, 8]),
        ("state:closed", &[4]),
        ("state:open,closed", &[1, 2, 3, 4, 5, 8]),
        ("state:not-planned", &[]),
        ("is:free", &[1, 5, 8]),
        ("is:mine", &[3]),
        ("is:claimed", &[3]),
        ("-is:claimed", &[1, 5, 8]),
        ("is:assigned", &[2, 3]),
        ("is:taken", &[2]),
        ("is:stale", &[5]),
        ("is:stale is:free,taken", &[2, 5]),
        ("is:hidden", &[6]),
        ("is:snoozed", &[7]),
        ("is:hidden,snoozed,free", &[1, 5, 6, 7, 8]),
        ("-is:hidden", &[1, 3, 5, 8]),
        ("is:closed", &[4]),
        ("title:LEAK", &[2]),
        ("title:\"in the\"", &[2]),
        ("key:acme/app#2", &[2]),
        ("gh:acme/app#2", &[2]),
        ("key:4", &[4]),
        ("quiet:>100d", &[5]),
        ("limbo:<1w", &[1, 3, 8]),
        ("quiet:200d..300d is:free,taken", &[2, 5]),
        ("age:>1y", &[1, 3, 5, 8]),
        ("comments:>=7", &[]),
        ("comments:>=7 is:taken", &[2]),
        ("comments:0 reactions:0 is:free lang:rust", &[1]),
        ("-leak -flaky", &[1, 5, 8]),
        ("memleak", &[2]),
        ("cache leak", &[2]),
        ("leak cache", &[2]),
        ("tools#8", &[8]),
        ("awake tools", &[8]),
        ("zzz", &[]),
        ("sort:quiet is:stale is:free,taken", &[5, 2]),
    ];
    for (query, found) in cases {
        assert_eq!(&numbers(&office, query), found, "{query}");
    }
}

#[test]
fn orders_are_stable_and_blocked_comes_last() {
    let office = snapshot();
    let order = |sort| {
        let hits = search(&office, &Query::default(), sort);
        hits.rows.iter().map(|at| office.rows.get(*at as usize).unwrap().task.key.number).collect::<Vec<_>>()
    };
    // Three is the reader's own, five is blocked, two is somebody else's and counted beside the list.
    assert_eq!(order(Sort::Best), [8, 1, 5, 3]);
    assert_eq!(order(Sort::Quiet), [5, 1, 3, 8]);
    assert_eq!(order(Sort::Newest), [1, 3, 5, 8]);
    assert_eq!(order(Sort::Updated), [1, 3, 8, 5]);
    assert_eq!(order(Sort::Key), [1, 3, 5, 8]);
    let taken = search(&office, &Query::default(), Sort::Best).taken;
    assert_eq!(taken.iter().map(|at| office.rows.get(*at as usize).unwrap().task.key.number).collect::<Vec<_>>(), [2]);
}

#[test]
fn facets_count_what_was_found() {
    let office = snapshot();
    let all = search(&office, &Query::default(), Sort::Best).facets;
    let count = |name: &str| all.signals.iter().find(|(word, _)| *word == name).map(|(_, n)| *n);
    assert_eq!((count("stale"), count("docs"), count("ci")), (Some(1), Some(2), Some(0)));
    assert_eq!(all.projects, [("acme/app".into(), 2), ("acme/tools".into(), 2)]);
    assert_eq!(all.languages, [("Go".into(), 2), ("Rust".into(), 2)]);
    let some = search(&office, &Query::parse("lang:go").unwrap(), Sort::Best).facets;
    assert_eq!(some.projects, [("acme/tools".into(), 2)]);
}

#[test]
fn what_the_tracker_confirmed_counts_before_an_own_wish() {
    let mut world = office();
    let key = TaskKey::new(project("acme/app"), 1);
    world.commitments.push(commitment(&key, "sam", true, CommitmentState::Pending));
    world.commitments.push(commitment(&key, "bob", false, CommitmentState::Active));
    for _ in 0..2 {
        world.commitments.reverse();
        let snapshot = Snapshot::build(world.clone(), &context());
        let claim = snapshot.get(&key).and_then(|row| row.claim.clone()).unwrap();
        assert_eq!(claim.who.login.raw(), "bob");
        assert!(snapshot.commitments.windows(2).all(|w| w[0].mine >= w[1].mine), "mine come first");
    }
}

#[test]
fn a_key_is_found_however_it_is_typed() {
    let mut world = office();
    let snapshot = Snapshot::build(world.clone(), &context());
    let key = snapshot.find("acme/app#2").unwrap().task.key.clone();
    assert_eq!(snapshot.find("gh:acme/app#2").unwrap().task.key, key);
    assert_eq!(snapshot.shown_key(&key), "acme/app#2");
    for wrong in ["acme/app#99", "ghe:acme/app#2", "nonsense"] {
        assert!(snapshot.find(wrong).is_err(), "{wrong}");
    }
    let mut twin = world.tasks[1].clone();
    let ghe = TrackerName::parse("ghe").unwrap();
    twin.key = TaskKey::new(ProjectRef::parse(&ghe, "acme/app").unwrap(), 2);
    world.tasks.push(twin);
    let snapshot = Snapshot::build(world, &context());
    let error = snapshot.find("acme/app#2").unwrap_err().to_string();
    assert!(error.contains("gh:acme/app#2 or ghe:acme/app#2"), "{error}");
    assert_eq!(snapshot.shown_key(&key), "gh:acme/app#2");
    assert_eq!(snapshot.find("ghe:acme/app#2").unwrap().task.key.project.tracker, ghe);
}

#[test]
fn a_snapshot_of_nothing_is_searched() {
    assert_eq!(numbers(&Snapshot::default(), "leak"), Vec::<u64>::new());
}

#[test]
fn highlights_stand_where_the_word_matches() {
    assert_eq!(positions("Memory leak", "leak"), [7, 8, 9, 10]);
    assert_eq!(positions("日本 leak", "lk"), [3, 6]);
    assert_eq!(positions("abc", "x"), Vec::<usize>::new());
    assert_eq!(positions("", "x"), Vec::<usize>::new());
}

#[test]
fn an_endless_title_costs_no_memory_and_no_time() {
    let mut world = office();
    world.tasks[0].title = "a\u{1b}é".repeat(400_000).into();
    let snapshot = Snapshot::build(world, &context());
    assert_eq!(numbers(&snapshot, "aaaaaaaa"), [1]);
    assert!(positions(snapshot.rows.get(0).unwrap().task.title.raw(), "aéaé").iter().all(|p| *p < 1024));
}

/// The definition: a matcher that was never used before.
fn oracle(text: &str, word: &str) -> Option<i64> {
    SkimMatcherV2::default().fuzzy_indices(text, word).map(|(score, _)| score)
}

fn brute_force(snapshot: &Snapshot, words: &[String]) -> Vec<u32> {
    let score = |row: &Row| -> Option<i64> {
        let key = row.task.key.to_string();
        words.iter().map(|w| oracle(row.task.title.raw(), w).or_else(|| oracle(&key, w))).sum()
    };
    let mut found: Vec<_> = (0_u32..)
        .zip(snapshot.rows.iter())
        .filter_map(|(at, row)| Some((-score(row)?, row.task.key.clone(), at)))
        .collect();
    found.sort();
    found.into_iter().map(|(_, _, at)| at).collect()
}

#[test]
fn a_list_of_many_matches_is_in_order_to_its_end() {
    let parts = ["memory leak", "Memory", "a leak in memory", "moment or yes", "unrelated"];
    let title = |n: u64| format!("{} {}", parts[n as usize % 5], n % 7);
    let tasks = (1..=900).map(|n| task("acme/app", n, &title(n))).collect();
    let snapshot = Snapshot::build(Everything { tasks, ..Everything::default() }, &context());
    for line in ["memory", "m", "me 3", "leak app"] {
        let words: Vec<String> = line.split(' ').map(str::to_owned).collect();
        let (query, wanted) = (Query { words: words.clone(), ..Query::default() }, brute_force(&snapshot, &words));
        let found = search(&snapshot, &query, Sort::Best).rows;
        assert_eq!((found.len(), found.get(0)), (wanted.len(), wanted.first()), "{line}");
        assert_eq!(wanted.last().and_then(|row| found.place(*row)), wanted.len().checked_sub(1), "{line}");
        assert_eq!(found, wanted, "{line}");
    }
}

fn title() -> impl Strategy<Value = String> {
    let word = prop_oneof![
        "[a-z]{1,7}",
        "[A-Za-z0-9_./()-]{1,9}",
        proptest::sample::select(vec![
            "session",
            "access",
            "error",
            "Error:",
            "typo",
            "HTTPServer",
            "fooBar",
            "süß",
            "日本",
            "[docs]",
            "ssss",
            "aab",
            "\u{1b}[2J",
            "e",
            "E",
            "\0x",
        ])
        .prop_map(str::to_owned),
    ];
    proptest::collection::vec(word, 0..6).prop_map(|w| w.join(" "))
}

fn search_word() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-z]{1,4}",
        "[A-Z]",
        "[ -~]",
        "\\PC{1,3}",
        proptest::sample::select(vec![
            "ss", "rr", "session", "error", "typo", "Er", "aa", "ee", "sS", "s", "acc", "#1", "é", "ß", "本"
        ])
        .prop_map(str::to_owned),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn fuzzy_search_equals_brute_force(
        titles in proptest::collection::vec(title(), 1..40),
        words in proptest::collection::vec(search_word(), 1..3),
    ) {
        let tasks: Vec<Task> = (1..).zip(&titles).map(|(n, t)| task("acme/app", n, t)).collect();
        let snapshot = Snapshot::build(Everything { tasks, ..Everything::default() }, &context());
        let query = Query { words: words.clone(), ..Query::default() };
        prop_assert_eq!(search(&snapshot, &query, Sort::Best).rows, brute_force(&snapshot, &words));
    }

    #[test]
    fn a_used_matcher_scores_as_a_new_one(titles in proptest::collection::vec(title(), 1..60), word in search_word()) {
        let (matcher, pattern) = (Matcher::default(), Pattern::new(&word));
        for title in &titles {
            let wanted = oracle(title, &word);
            prop_assert_eq!(matcher.score(&pattern, title), wanted, "{:?} in {:?}", word, title);
            if wanted.is_some() {
                prop_assert!(CharSet::of(title).covers(pattern.set()), "{:?} in {:?}", word, title);
                prop_assert_eq!(positions(title, &word).len(), word.chars().count());
            }
        }
    }
}

/// Texts made of few letters, where the crate's scratch memory betrays itself most often.
#[test]
fn doubled_letters_score_the_same_however_often_one_asks() {
    let letters = ['s', 's', ' ', 's', 'S', 'a', 'x', '/', 'é'];
    let words = ["ss", "sss", "aa", "ssa", "éé", "sS"];
    let mut state = 88_172_645_463_325_252_u64;
    let mut random = |n: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state >> 11).unwrap() % n
    };
    let (matcher, used) = (Matcher::default(), SkimMatcherV2::default());
    let mut betrayals = 0;
    for _ in 0..10_000 {
        let text: String = (0..random(14)).map(|_| letters[random(letters.len())]).collect();
        let word = words[random(words.len())];
        let wanted = oracle(&text, word);
        assert_eq!(matcher.score(&Pattern::new(word), &text), wanted, "{word:?} in {text:?}");
        betrayals += usize::from(used.fuzzy_indices(&text, word).map(|f| f.0) != wanted);
    }
    assert!(betrayals > 0, "a used matcher is right by now: the detour in skim.rs can go");
}

#[test]
fn many_rows_are_searched_by_several_threads_to_the_same_end() {
    let tasks: Vec<Task> =
        (1..9_001).map(|n| task("acme/app", n, ["session access", "flaky error", "e"][(n % 3) as usize])).collect();
    let snapshot = Snapshot::build(Everything { tasks, ..Everything::default() }, &context());
    let words = vec!["ss".to_owned(), "a".to_owned()];
    let query = Query { words: words.clone(), ..Query::default() };
    let hits = search(&snapshot, &query, Sort::Best);
    assert_eq!(hits.rows.len(), 3000);
    assert_eq!(hits.rows, brute_force(&snapshot, &words));
}
