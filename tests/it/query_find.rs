//! What the qualifiers, alternatives and orders find, and what is offered while a query is typed.

use std::collections::HashMap;

use floorwalk::{
    domain::{
        commitment::{ClaimId, Commitment, CommitmentState, Projection, PullCard},
        evidence::{Checks, PullKey, PullState},
        gist::{Described, Gist, Wanted},
        key::{ProjectRef, TaskKey, TrackerName},
        person::{Login, Person},
        planning::{Planning, Points, Sprint, SprintState},
        task::{Milestone, Task, TaskState},
        text::Foreign,
    },
    index::{
        BuildContext, Query, Snapshot,
        complete::{Completion, MOST, complete, field_at, meant},
        filter::search,
        query::{FIELDS, Field, Shape},
        rank::Sort,
        values::Values,
    },
    store::{Everything, Mark, MarkKind},
};
use jiff::{Timestamp, civil::date};
use proptest::prelude::*;

use super::index::{now, task};

fn at(day: &str) -> Timestamp {
    format!("{day}T12:00:00Z").parse().unwrap()
}

fn commitment(key: &TaskKey, who: &str) -> Commitment {
    let pull = PullCard {
        key: PullKey { project: key.project.clone(), number: 90 },
        title: "Fix it".into(),
        state: PullState::Open,
        checks: Checks::default(),
    };
    Commitment {
        key: key.clone(),
        claim: ClaimId(7_u128.into()),
        who: Person::human(who, 9),
        mine: false,
        state: CommitmentState::Active,
        since: at("2026-05-30"),
        until: date(2026, 6, 9),
        size: None,
        comment_id: None,
        label: Projection::Open,
        assignee: Projection::Open,
        note: None,
        plan: Foreign::default(),
        log: Vec::new(),
        pulls: vec![pull],
        life: None,
    }
}

fn labelled(mut task: Task, labels: &[&str]) -> Task {
    task.labels = labels.iter().map(|l| Foreign::from(*l)).collect();
    task
}

/// Five tasks; today is 1 June 2026.
fn office() -> Snapshot {
    office_with(true)
}

/// The same with or without an impediment and a lock on the third task, which keep it from being taken.
fn office_with(flagged: bool) -> Snapshot {
    let mut one = labelled(task("acme/app", 1, "Flaky shard test"), &["size/S", "ci"]);
    (one.created_at, one.updated_at) = (at("2026-01-15"), at("2026-05-31"));
    one.milestone = Some(Milestone { title: "v2.1".into(), due: Some(at("2026-06-10")) });
    one.comments = 4;
    let mut two = labelled(task("acme/app", 2, "Slow start of the shell"), &["bug", "L"]);
    (two.created_at, two.updated_at) = (at("2026-03-31"), at("2026-05-20"));
    (two.assignees, two.reactions) = (vec![Login::new("bob")], 9);
    let mut three = task("acme/tools", 3, "Say how to log in");
    (three.created_at, three.updated_at) = (at("2025-12-31"), at("2026-01-02"));
    three.planning = Some(Box::new(Planning {
        status: "In Review".into(),
        kind: Some("Bug".into()),
        priority: Some("High".into()),
        components: vec!["ingest".into(), "Web UI".into()],
        sprint: Some(Sprint { name: "Sprint 12".into(), state: SprintState::Active }),
        due: Some(date(2026, 5, 30)),
        points: Some(Points(250)),
        votes: 3,
        flagged,
        ..Planning::default()
    }));
    three.locked = flagged;
    let four = task("acme/tools", 4, "Replace the parser");
    let mut closed = task("acme/tools", 5, "Old and done");
    (closed.state, closed.closed_at) = (TaskState::Closed, Some(at("2026-05-25")));
    let gist = Gist {
        described: Some(Described { met: 0b111, words: 80 }),
        needs: vec![Wanted { tag: "lang:rust".into(), sure: 90, hard: false, seen: "a path".into() }],
        ..Gist::default()
    };
    let mut done = commitment(&closed.key, "cy");
    (done.state, done.mine, done.pulls) = (CommitmentState::Completed, true, Vec::new());
    let everything = Everything {
        commitments: vec![commitment(&four.key, "kim"), done],
        gists: HashMap::from([(one.key.clone(), gist)]),
        marks: vec![Mark { key: two.key.clone(), kind: MarkKind::Hidden, until: None, changed: None }],
        tasks: vec![one, two, three, four, closed],
        ..Everything::default()
    };
    let context = BuildContext {
        now: now(),
        me: HashMap::from([(TrackerName::parse("gh").unwrap(), Login::new("Ana"))]),
        roster: Default::default(),
        scope: None,
        homes: Default::default(),
        taste: Default::default(),
    };
    Snapshot::build(everything, &context)
}

fn ordered(snapshot: &Snapshot, line: &str) -> Vec<u64> {
    let query = Query::parse(line).unwrap_or_else(|e| panic!("{line}: {}", e.sentence()));
    let hits = search(snapshot, &query, Sort::Key);
    hits.rows.iter().map(|at| snapshot.rows.get(*at as usize).unwrap().task.key.number).collect()
}

/// Numbers of all rows that match, in order: of those too that are counted only, because somebody is at them.
fn matching(snapshot: &Snapshot, line: &str) -> Vec<u64> {
    let query = Query::parse(line).unwrap_or_else(|e| panic!("{line}: {}", e.sentence()));
    let hits = search(snapshot, &query, Sort::Key);
    let all = hits.rows.iter().chain(&hits.taken);
    let mut numbers: Vec<u64> = all.map(|at| snapshot.rows.get(*at as usize).unwrap().task.key.number).collect();
    numbers.sort_unstable();
    numbers
}

#[test]
fn each_new_qualifier_means_what_it_says() {
    let office = office();
    let cases: &[(&str, &[u64])] = &[
        ("created:2026-01-01..2026-03-31", &[1]),
        ("created:>=2026-01-01", &[1]),
        ("created:<2026-01-01", &[3, 4]),
        ("created:2026-01-15", &[1]),
        ("updated:<-7d", &[3]),
        ("updated:-1d", &[1]),
        ("updated:yesterday", &[1]),
        ("due:+2w", &[1, 3]),
        ("due:today..+2w", &[1]),
        ("due:<today", &[3]),
        ("is:overdue", &[3]),
        ("has:due", &[1, 3]),
        ("closed:-30d", &[5]),
        ("closed:>=2026-06-01", &[]),
        ("milestone:V2*", &[1]),
        ("no:milestone", &[3, 4]),
        ("has:milestone", &[1]),
        ("size:s", &[1, 3]),
        ("size:xs,l is:hidden", &[2]),
        ("no:size", &[4]),
        ("pts:2.5", &[3]),
        ("pts:<2.5", &[]),
        ("points:>2", &[3]),
        ("votes:>=3", &[3]),
        ("status:\"in review\"", &[3]),
        ("type:bug", &[3]),
        ("priority:high", &[3]),
        ("component:web-ui", &[3]),
        ("sprint:\"Sprint 12\"", &[3]),
        ("is:flagged", &[3]),
        ("is:locked", &[3]),
        ("is:in-progress", &[]),
        ("is:issue", &[1, 3, 4]),
        ("skill:rust", &[1]),
        ("skill:lang:rust", &[1]),
        ("skill:practice:rust", &[]),
        ("skill:go", &[]),
        ("has:skill", &[1]),
        ("has:gist", &[1]),
        ("readiness:>0", &[1]),
        ("-readiness:>0", &[3, 4]),
        ("has:pr", &[4]),
        ("linked:pr", &[4]),
        ("has:claim", &[4]),
        ("no:claim", &[1, 3]),
        ("helper:kim", &[4]),
        ("helper:@me", &[]),
        ("involves:kim", &[4]),
        ("involves:@me", &[1, 3, 4]),
        ("has:score", &[1]),
        ("score:0..100", &[1]),
        ("score:>100", &[]),
        ("has:reaction is:hidden", &[2]),
        ("has:comment", &[1]),
        ("has:team,language", &[]),
        ("no:team", &[1, 3, 4]),
        ("comments:3..10", &[1]),
    ];
    for (query, found) in cases {
        assert_eq!(matching(&office, query), *found, "{query}");
    }
}

#[test]
fn alternatives_find_what_one_of_them_finds() {
    let office = office();
    let cases: &[(&str, &[u64])] = &[
        ("label:ci or locked:x", &[]),
        ("flaky or parser", &[1, 4]),
        ("(flaky or parser) has:pr", &[4]),
        ("flaky or has:pr or type:bug", &[1, 3, 4]),
        ("-(flaky or parser)", &[3]),
        ("-(repo:tools has:pr)", &[1, 3]),
        ("repo:tools -(has:pr or type:story)", &[3]),
        ("(repo:tools (is:flagged or flaky)) or label:ci", &[1, 3]),
        ("-(-(flaky))", &[1]),
        ("is:hidden (slow or flaky)", &[2]),
        ("is:hidden or flaky", &[1, 2]),
        ("state:closed or flaky", &[1, 5]),
        ("\"acme/tools#4\" or nothing-like-it", &[4]),
        ("(-shard or label:ci) repo:app", &[1]),
    ];
    for (query, found) in cases.iter().skip(1) {
        assert_eq!(matching(&office, query), *found, "{query}");
    }
    assert!(Query::parse(cases[0].0).is_err(), "an unknown field is one inside of alternatives too");
}

#[test]
fn what_matches_better_comes_first_among_alternatives() {
    let office = office();
    let best = |line: &str| {
        let hits = search(&office, &Query::parse(line).unwrap(), Sort::Best);
        hits.rows.iter().map(|at| office.rows.get(*at as usize).unwrap().task.key.number).collect::<Vec<_>>()
    };
    assert_eq!(best("flaky or log"), [1, 3], "a whole word of five letters beats one of three");
    assert_eq!(best("login or shard"), [1, 3], "letters in a row beat scattered ones");
}

#[test]
fn orders_can_be_turned_round() {
    let office = office_with(false);
    for sort in [Sort::Quiet, Sort::Newest, Sort::Updated, Sort::Comments, Sort::Reactions, Sort::Key] {
        let usual = ordered(&office, &format!("sort:{} is:taken,open (is:hidden or is:task)", sort.word()));
        let mut turned =
            ordered(&office, &format!("sort:{} is:taken,open (is:hidden or is:task)", sort.word_for(true)));
        assert_eq!((usual.len(), turned.len()), (4, 4));
        if !matches!(sort, Sort::Comments | Sort::Reactions) {
            turned.reverse();
            assert_eq!(usual, turned, "{sort:?}");
        }
    }
    assert_eq!(ordered(&office, "sort:comments is:taken,open"), [1, 3, 4], "ties are ordered by key");
    assert_eq!(ordered(&office, "sort:comments-asc is:taken,open"), [3, 4, 1], "either way");
    assert_eq!(ordered(&office, "sort:key-desc is:taken,open"), [4, 3, 1]);
    let (best, worst) =
        (ordered(&office, "sort:score is:taken,open"), ordered(&office, "sort:score-asc is:taken,open"));
    assert_eq!((best.last(), worst.last()), (Some(&4), Some(&4)), "what is taken comes last in both");
    assert_eq!((best[0], best[1]), (worst[1], worst[0]));
}

fn offered(line: &str, snapshot: &Snapshot) -> Completion {
    let (head, tail) = line.split_once('|').unwrap();
    let (line, mut values) = (format!("{head}{tail}"), Values::default());
    if let Some(field) = field_at(&line, head.len()) {
        values.gather(field, snapshot);
    }
    complete(&line, head.len(), &values)
}

#[test]
fn what_could_stand_at_the_cursor_is_offered() {
    let office = office();
    let texts = |line: &str| offered(line, &office).candidates.into_iter().map(|c| c.text).collect::<Vec<_>>();
    let cases: &[(&str, &[&str])] = &[
        ("|", &[]),
        ("sig|", &["signal:"]),
        ("flaky -mil|", &["milestone:"]),
        ("(lab|", &["label:"]),
        ("zzz|", &[]),
        ("\"sig|", &[]),
        ("sig|nal:docs", &[]),
        ("si|gnal:docs", &["signal:", "size:"]),
        ("signal:d|", &["docs", "deprioritised", "deps"]),
        ("signal:docs,c|", &["ci", "code-debt"]),
        ("signal:docs|", &[]),
        ("is:fr|", &["free"]),
        ("sort:upd|", &["updated", "updated-asc"]),
        ("label:|", &["L", "bug", "ci", "size/S"]),
        ("label:bug,|", &["L", "bug", "ci", "size/S"]),
        ("label:SI|", &["size/S"]),
        ("label:\"si|", &["size/S"]),
        ("component:|", &["\"Web UI\"", "ingest"]),
        ("component:ui|", &["\"Web UI\""]),
        ("sprint:\"Spr|int\" x", &["\"Sprint 12\""]),
        ("author:|", &["@me", "ana"]),
        ("helper:|", &["@me", "kim"]),
        ("skill:|", &["lang:rust"]),
        ("milestone:|", &["v2.1"]),
        ("project:t|", &["acme/tools"]),
        ("due:|", &["+2w", "<today", "today..+7d"]),
        ("title:|", &[]),
        ("nosuch:|", &[]),
    ];
    for (line, expected) in cases {
        let mut found = texts(line);
        if line.starts_with("project:") {
            found.truncate(1);
        }
        assert_eq!(found, *expected, "{line}");
    }
    let found = offered("label:bug,s| is:free", &office);
    let (line, cursor) = found.applied("label:bug,s is:free", &found.candidates[0]);
    assert_eq!((line.as_str(), cursor), ("label:bug,size/S is:free", 16));
    assert_eq!(found.candidates[0].about, "1 task");
}

#[test]
fn a_value_that_no_task_has_is_told_with_the_nearest() {
    let office = office();
    let meant = |line: &str| meant(&Query::parse(line).unwrap(), &office);
    assert_eq!(meant("label:bgu").as_deref(), Some("no task has label:bgu; did you mean bug?"));
    assert_eq!(
        meant("is:free component:\"web uo\"").as_deref(),
        Some("no task has component:\"web uo\"; did you mean \"Web UI\"?")
    );
    assert_eq!(meant("assignee:zzzzzz").as_deref(), Some("no task has assignee:zzzzzz"));
    for known in [
        "label:BUG",
        "label:nothing*",
        "repo:tools",
        "skill:rust",
        "author:@me",
        "-label:bgu",
        "title:nothing",
        "flaky",
    ] {
        assert_eq!(meant(known), None, "{known}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_is_offered_can_be_taken(
        line in proptest::collection::vec(proptest::sample::select(vec![
            "signal:", "-", "\"", ",", ":", "label:", "\\", " ", "d", "é", "comp", "onent:", "(", ")", "or", "Web", "author:@", "sort:",
        ]), 0..9).prop_map(|p| p.concat()),
        cursor in 0..40_usize,
    ) {
        let mut values = Values::default();
        let snapshot = Snapshot::default();
        let cursor = cursor.min(line.len());
        if let Some(field) = field_at(&line, cursor) {
            values.gather(field, &snapshot);
        }
        let found = complete(&line, cursor, &values);
        prop_assert!(found.candidates.len() <= MOST);
        for candidate in &found.candidates {
            prop_assert!(line.get(found.span.clone()).is_some() && found.span.start <= cursor && cursor <= found.span.end);
            let (after, at) = found.applied(&line, candidate);
            prop_assert!(after.is_char_boundary(at) && after.get(..at).is_some_and(|head| head.ends_with(&candidate.text)));
        }
    }
}

#[test]
fn every_field_offers_something_to_begin_with_that_parses() {
    let office = office();
    for info in FIELDS {
        let line = format!("{}:", info.name);
        let found = offered(&format!("{line}|"), &office);
        for candidate in &found.candidates {
            let (text, _) = found.applied(&line, candidate);
            Query::parse(&text).unwrap_or_else(|e| panic!("{text}: {e}"));
        }
        let any = matches!(info.field, Field::Title | Field::Key | Field::Tag | Field::Team | Field::Language);
        assert!(any || !found.candidates.is_empty() || info.shape == Shape::Text, "{line}");
    }
    let project = ProjectRef::parse(&TrackerName::parse("gh").unwrap(), "acme/app").unwrap();
    assert_eq!(office.rows.get(0).unwrap().task.key, TaskKey::new(project, 1));
}
