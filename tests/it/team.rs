//! Tasks by team: the qualifier, the facet, teams that take no help now, and what else could be taken.

use std::sync::Arc;

use floorwalk::{
    domain::{
        key::TaskKey,
        person::Login,
        policy::{Consent, Policy},
        roster::{Roster, Team},
    },
    index::{BuildContext, Query, Snapshot, alternatives, filter::search, rank::Sort},
    store::{Everything, Mark, MarkKind},
};

use crate::guards::{TODAY, at, key, live, roster, task, tracker};

/// Vision with two projects, web with one, and a project of nobody.
fn two_teams(vision: Consent) -> Roster {
    let mut roster = roster(Policy { consent: vision, ..Policy::default() });
    roster.teams.push(Team { id: "web".into(), projects: vec!["github.com:web/*".into()], ..Team::default() });
    roster
}

fn snapshot(roster: Roster, change: impl FnOnce(&mut Everything)) -> Snapshot {
    let docs = |path, number| task(key(path, number), &["docs", "help wanted"]);
    let mut everything = Everything {
        tasks: vec![
            docs("vision/app", 1),
            docs("vision/app", 2),
            docs("vision/lib", 3),
            docs("web/site", 4),
            docs("alone/x", 5),
        ],
        ..Everything::default()
    };
    change(&mut everything);
    let me = [(tracker(), Login::new("sam"))].into();
    let now = floorwalk::domain::time::Now(at(TODAY));
    Snapshot::build(
        everything,
        &BuildContext {
            now,
            me,
            roster: Arc::new(roster),
            scope: None,
            homes: Default::default(),
            taste: Default::default(),
        },
    )
}

fn found(snapshot: &Snapshot, query: &str) -> Vec<u64> {
    let hits = search(snapshot, &Query::parse(query).unwrap(), Sort::Key);
    let mut numbers: Vec<u64> =
        hits.rows.iter().map(|at| snapshot.rows.get(*at as usize).unwrap().task.key.number).collect();
    numbers.sort_unstable();
    numbers
}

#[test]
fn a_team_is_a_qualifier_and_a_facet() {
    let snapshot = snapshot(two_teams(Consent::Auto), |_| {});
    assert_eq!(found(&snapshot, "team:vision"), [1, 2, 3]);
    assert_eq!(found(&snapshot, "host:VISION,web"), [1, 2, 3, 4]);
    assert_eq!(found(&snapshot, "team:v*"), [1, 2, 3]);
    assert_eq!(found(&snapshot, "-team:vision"), [4, 5]);
    assert_eq!(found(&snapshot, "team:@none"), [5]);
    let teams = search(&snapshot, &Query::default(), Sort::Key).facets.teams;
    assert_eq!(teams, [("vision".into(), 3), ("web".into(), 1)]);
    let without = self::snapshot(Roster::default(), |_| {});
    assert_eq!(search(&without, &Query::default(), Sort::Key).facets.teams, []);
    assert_eq!(found(&without, ""), [1, 2, 3, 4, 5]);
}

#[test]
fn tl4_the_tasks_of_a_closed_team_leave_every_list_at_once() {
    let mine = |e: &mut Everything| {
        e.commitments = vec![floorwalk::domain::commitment::Commitment {
            mine: true,
            state: floorwalk::domain::commitment::CommitmentState::Active,
            ..live(1, key("vision/app", 2), "sam", "2026-11-30")
        }];
    };
    let snapshot = snapshot(two_teams(Consent::Closed), mine);
    for query in ["", "docs", "signal:docs", "team:v*", "is:free", "-team:web", "state:open"] {
        assert!(found(&snapshot, query).iter().all(|n| *n > 3), "{query}: {:?}", found(&snapshot, query));
    }
    assert_eq!(found(&snapshot, "is:shut"), [1, 2, 3]);
    assert_eq!(found(&snapshot, "team:vision"), [1, 2, 3], "asked for by name");
    assert_eq!(found(&snapshot, "key:vision/app#1"), [1]);
    assert_eq!(found(&snapshot, "is:mine"), [2], "what is under way stays in sight");
    let facets = search(&snapshot, &Query::default(), Sort::Key).facets;
    assert_eq!(facets.teams, [("web".into(), 1)]);
}

#[test]
fn a_closed_label_leaves_the_lists_alone() {
    let mut roster = two_teams(Consent::Auto);
    roster.policies.get_mut("vision").unwrap().labels_closed = vec!["billing".into()];
    let snapshot = snapshot(roster, |e| e.tasks[0].labels.push("Billing".into()));
    assert_eq!((found(&snapshot, ""), found(&snapshot, "is:shut")), (vec![2, 3, 4, 5], vec![1]));
}

#[test]
fn what_else_could_be_taken_is_near_free_and_wanted() {
    let first = |s: &Snapshot, most| -> Vec<u64> {
        let row = s.get(&key("vision/app", 1)).unwrap();
        alternatives(s, row, most).iter().map(|k: &TaskKey| k.number).collect()
    };
    let open = snapshot(two_teams(Consent::Auto), |_| {});
    assert_eq!(first(&open, 3), [2, 3, 5], "the same project, the same team, then by key");
    assert_eq!(first(&open, 0), [0; 0]);
    let shut = snapshot(two_teams(Consent::Closed), |_| {});
    assert_eq!(first(&shut, 3), [5, 4]);
    let some = snapshot(two_teams(Consent::Auto), |e| {
        e.tasks[1].assignees = vec![Login::new("lee")];
        e.tasks[3].labels.push("blocked".into());
        e.tasks[4].labels = vec!["unheard of".into()];
        e.tasks[4].updated_at = at(TODAY);
        e.marks = vec![Mark { key: key("vision/lib", 3), kind: MarkKind::Hidden, until: None, changed: None }];
    });
    assert_eq!(first(&some, 3), [0; 0], "assigned, put aside, blocked, not alike");
}
