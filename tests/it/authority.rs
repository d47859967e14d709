//! Who speaks for a host and who decides for it: every cell of people by what the tracker attests by what they do, with
//! and without a team that the registry knows.

use floorwalk::domain::{
    commitment::{Act, ClaimId, CommitmentState, HostReason},
    evidence::{History, Pull, PullAct, PullHappening, PullKey, PullState, Verdict},
    key::TrackerName,
    lease::{self, Evidence, Fold},
    marker::{self, Marker, MarkerBy, MarkerKind},
    permit::Deed,
    person::{Association, Person},
    policy::{Mentor, Policy},
    roster::{Account, Member, Roster, Team},
    task::{Comment, Task},
    time::Now,
};
use proptest::prelude::*;
use ulid::Ulid;

use crate::store_world::{at, project, task};

const HELPER: u64 = 1;
/// Everybody who might say something: their id and their handle. The last is in no registry.
const CAST: [(u64, &str); 8] =
    [(2, "lead"), (3, "mentor"), (4, "pat"), (5, "mate"), (6, "gone"), (7, "colleague"), (8, "both"), (9, "stranger")];
const ATTESTED: [Association; 4] =
    [Association::Owner, Association::Collaborator, Association::Member, Association::Other];

fn handle(id: u64) -> &'static str {
    CAST.iter().find(|(other, _)| *other == id).map_or("sam", |(_, handle)| handle)
}

fn member(id: u64, team: &str) -> Member {
    let account = Account { host: "github.com".into(), login: handle(id).into(), id, account_id: String::new() };
    Member {
        handle: handle(id).into(),
        team: Some(team.into()),
        accounts: vec![account],
        active: handle(id) != "gone",
        ..Member::default()
    }
}

/// `acme/*` belongs to the team `app` when it is known.
fn roster(known: bool) -> Roster {
    let of = |id: u64| if matches!(id, 5 | 6) { "app" } else { "search" };
    let mentors = vec![Mentor { handle: "mentor".into(), capacity: 2, on: true }];
    let projects = if known { vec!["acme/*".into()] } else { vec!["else/*".into()] };
    Roster {
        teams: vec![
            Team { id: "app".into(), leads: vec!["lead".into(), "both".into()], projects, ..Team::default() },
            Team { id: "search".into(), ..Team::default() },
        ],
        people: CAST.iter().filter(|(_, h)| *h != "stranger").map(|(id, _)| member(*id, of(*id))).collect(),
        policies: [("app".to_owned(), Policy { mentors, ..Policy::default() })].into(),
        programme: vec!["pat".into(), "both".into()],
        hosts: [(TrackerName::parse("gh").unwrap(), "github.com".to_owned())].into(),
        ..Roster::default()
    }
}

fn said(seconds: i64, by: u64, association: Association, body: &str) -> Comment {
    Comment {
        id: 1_000 + u64::try_from(seconds).unwrap(),
        author: Some(Person::human(handle(by), by)),
        association,
        created_at: at(seconds),
        updated_at: at(seconds),
        body: body.into(),
    }
}

fn written(kind: MarkerKind, by: u64) -> Marker {
    let by = MarkerBy { login: handle(by).into(), id: by, name: None };
    let mut marker = Marker::new(kind, ClaimId(Ulid(7)), by, at(0));
    if matches!(kind, MarkerKind::Claim | MarkerKind::Request) {
        marker.until = Some("2026-10-05".parse().unwrap());
    }
    if kind == MarkerKind::Release {
        marker.extra.insert("forced".into(), true.into());
        marker.why = Some(HostReason::Other);
    }
    marker
}

fn fold(first: MarkerKind, second: Comment, known: bool) -> Fold {
    let comments = [said(0, HELPER, Association::Member, &marker::comment(&written(first, HELPER), "words")), second];
    let task = Task { assignees: Vec::new(), ..task("acme/app", 1, 0) };
    let evidence = Evidence { task: &task, comments: &comments, history: &History::default() };
    lease::fold(evidence, &roster(known), Now(at(60)))
}

/// Who is what, as the cells below expect it: (speaks, answers requests, takes away and reopens).
fn expected(id: u64, association: Association, known: bool) -> (bool, bool, bool) {
    let attested = match association {
        Association::Owner | Association::Collaborator => true,
        Association::Member => !known,
        Association::Other => false,
    };
    let by_registry = match (handle(id), known) {
        ("lead", true) | ("both", true) => (true, true, true),
        ("mentor", true) => (true, true, false),
        ("pat", _) | ("both", false) => (true, false, true),
        ("mate", true) => (true, false, false),
        _ => (false, false, false),
    };
    (by_registry.0 || attested, by_registry.1 || attested, by_registry.2 || attested)
}

fn cells() -> impl Iterator<Item = (u64, Association, bool)> {
    let people = CAST.iter().map(|(id, _)| *id);
    people.flat_map(|id| ATTESTED.map(|a| (id, a))).flat_map(|(id, a)| [(id, a, true), (id, a, false)])
}

#[test]
fn words_and_decisions_count_in_each_cell_as_the_table_says() {
    for (id, association, known) in cells() {
        let (speaks, answers, decides) = expected(id, association, known);
        let cell = format!("{} as {association:?}, team known: {known}", handle(id));
        let plain = fold(MarkerKind::Claim, said(10, id, association, "Please go on"), known);
        let heard = plain.leases[0].log.iter().any(|e| matches!(e.act, Act::Host { .. }) && e.host);
        assert_eq!(heard, speaks, "words of {cell}");
        for (first, kind, counts) in [
            (MarkerKind::Request, MarkerKind::Consent, answers),
            (MarkerKind::Request, MarkerKind::Decline, answers),
            (MarkerKind::Claim, MarkerKind::Release, decides),
            (MarkerKind::Claim, MarkerKind::Regress, decides),
        ] {
            let comment = said(10, id, association, &marker::comment(&written(kind, id), "words"));
            let folded = fold(first, comment, known);
            let lease = &folded.leases[0];
            assert_eq!((lease.log.len() == 2, folded.ignored.is_empty()), (counts, counts), "{kind:?} of {cell}");
            let ended = matches!(lease.state, CommitmentState::Declined | CommitmentState::Revoked);
            assert_eq!(
                ended,
                counts && matches!(kind, MarkerKind::Decline | MarkerKind::Release),
                "{kind:?} of {cell}"
            );
        }
    }
}

#[test]
fn a_review_counts_for_people_of_the_team_and_for_whom_the_tracker_attests() {
    let reviewed = |id: u64, association: Option<Association>, known: bool| {
        let by = Some(Person::human(handle(id), id));
        let review = PullHappening { at: at(20), by, association, act: PullAct::Review(Verdict::Changes) };
        let pull = Pull {
            key: PullKey { project: project("acme/app"), number: 40 },
            title: "Fix it".into(),
            author: Some(Person::human("sam", HELPER)),
            created_at: at(10),
            state: PullState::Open,
            checks: floorwalk::domain::evidence::Checks::Passed,
            happenings: vec![review],
        };
        let comments =
            [said(0, HELPER, Association::Member, &marker::comment(&written(MarkerKind::Claim, HELPER), "words"))];
        let task = Task { assignees: Vec::new(), ..task("acme/app", 1, 0) };
        let history = History { pulls: vec![pull], ..History::default() };
        let evidence = Evidence { task: &task, comments: &comments, history: &history };
        let fold = lease::fold(evidence, &roster(known), Now(at(60)));
        fold.leases[0].state == CommitmentState::Active
    };
    for (id, association, known) in cells() {
        let cell = format!("{} as {association:?}, team known: {known}", handle(id));
        assert_eq!(reviewed(id, Some(association), known), expected(id, association, known).0, "{cell}");
    }
    assert!(!reviewed(7, None, true), "a colleague is not the team");
    assert!(reviewed(5, None, true), "the team is, whatever the tracker says");
    assert!(reviewed(9, None, false), "where nobody says who the team is, every reviewer answers for it");
}

#[test]
fn nobody_answers_for_the_host_to_themselves() {
    for kind in [MarkerKind::Consent, MarkerKind::Decline, MarkerKind::Regress] {
        let comment = said(10, HELPER, Association::Owner, &marker::comment(&written(kind, HELPER), "words"));
        let folded = fold(MarkerKind::Request, comment, false);
        assert_eq!((folded.leases[0].log.len(), folded.ignored.len()), (1, 1), "{kind:?}");
    }
    let words = fold(MarkerKind::Claim, said(10, HELPER, Association::Owner, "on it"), true);
    assert!(words.leases[0].log.iter().all(|e| !matches!(e.act, Act::Host { .. })), "own words are signs of work");
}

proptest! {
    /// A login that merely looks like a lead's is nobody's where the account is known by its number.
    #[test]
    fn a_name_without_its_number_decides_nothing(login in "(lead|LEAD|lead-|mentor|pat)", id in 50_u64..99) {
        let project = project("acme/app");
        let roster = roster(true);
        let authority = roster.authority(&project);
        let who = Person::human(login, id);
        prop_assert!(!authority.speaks(&who, Association::Member));
        for deed in [Deed::AnswerRequest, Deed::Revoke, Deed::Reopen] {
            prop_assert!(!authority.may(&who, Association::Member, deed));
        }
    }
}
