//! Markers and the fold: everybody who reads the same comments, in any order and with repetitions, computes the same
//! holder; what is forged, quoted or edited by others counts for nothing.

use floorwalk::domain::{
    commitment::{ClaimId, CommitmentState},
    evidence::History,
    lease::{self, Evidence, Fold, Lease},
    marker::{self, Marker, MarkerBy, MarkerError, MarkerEvent, MarkerKind, ReleaseReason},
    person::{Association, Person},
    roster::Roster,
    task::{Comment, Task, TaskState},
    time::Now,
};
use jiff::{Timestamp, civil::Date};
use proptest::prelude::*;
use serde_json::{Map, Value, json};
use ulid::Ulid;

use crate::store_world::{at, task};

const UNTIL: &str = "2026-10-05";

fn fold(task: &Task, comments: &[Comment], now: Now) -> Fold {
    lease::fold(Evidence { task, comments, history: &History::default() }, &Roster::default(), now)
}

fn date(text: &str) -> Date {
    text.parse().unwrap()
}

fn now(text: &str) -> Now {
    Now(text.parse().unwrap())
}

/// While the leases of these tests run: half an hour after [`at`]`(0)`.
fn today() -> Now {
    now("2026-09-21T14:03:00Z")
}

fn marker(k: MarkerKind, claim: u128, by: u64) -> Marker {
    Marker {
        k,
        c: ClaimId(Ulid(claim)),
        by: MarkerBy { login: format!("user{by}"), id: by, name: None },
        at: at(0),
        until: (k == MarkerKind::Claim).then(|| date(UNTIL)),
        reason: (k == MarkerKind::Release).then_some(ReleaseReason::NoTime),
        size: None,
        to: None,
        taken: None,
        mentor: None,
        why: None,
        ev: Vec::new(),
        extra: Map::new(),
    }
}

fn said(id: u64, by: u64, body: String) -> Comment {
    Comment {
        id,
        author: Some(Person::human(format!("user{by}"), by)),
        association: Association::Other,
        created_at: at(i64::try_from(id).unwrap()),
        updated_at: at(i64::try_from(id).unwrap()),
        body: body.into(),
    }
}

fn post(id: u64, by: u64, marker: &Marker) -> Comment {
    said(id, by, marker::comment(marker, "words for people"))
}

fn claim(id: u64, by: u64, claim: u128) -> Comment {
    post(id, by, &marker(MarkerKind::Claim, claim, by))
}

fn issue() -> Task {
    task("acme/app", 1, 0)
}

fn folded(comments: &[Comment]) -> Fold {
    fold(&issue(), comments, today())
}

fn states(fold: &Fold) -> Vec<(u128, CommitmentState)> {
    fold.leases.iter().map(|l| (l.claim.0.0, l.state)).collect()
}

fn only(fold: &Fold) -> &Lease {
    assert_eq!(fold.leases.len(), 1, "{fold:?}");
    &fold.leases[0]
}

#[test]
fn the_first_claim_holds_and_later_ones_concede() {
    let fold = folded(&[claim(30, 3, 103), claim(10, 1, 101), claim(20, 2, 102)]);
    let expected = [(101, CommitmentState::Active), (102, CommitmentState::Conceded), (103, CommitmentState::Conceded)];
    assert_eq!(states(&fold), expected);
    assert_eq!(fold.holder().unwrap().who.id, 1);
    assert_eq!(fold.claim(ClaimId(Ulid(103))).unwrap().comment, 30);
}

#[test]
fn server_time_decides_before_the_comment_s_id_and_the_writer_s_clock_never() {
    let mut early = post(20, 2, &Marker { at: at(99_999), ..marker(MarkerKind::Claim, 102, 2) });
    early.created_at = at(1);
    let late = post(10, 1, &Marker { at: at(-99_999), ..marker(MarkerKind::Claim, 101, 1) });
    assert_eq!(folded(&[late.clone(), early.clone()]).holder().unwrap().claim.0.0, 102);
    early.created_at = late.created_at;
    assert_eq!(folded(&[early, late]).holder().unwrap().claim.0.0, 101, "same second: the smaller id");
}

#[test]
fn past_its_last_day_a_lease_is_at_risk_and_holds_nothing() {
    let comments = [claim(10, 1, 101), claim(20, 2, 102)];
    let before = fold(&issue(), &comments, now("2026-10-05T23:59:59.999999999Z"));
    assert_eq!(before.holder().unwrap().claim.0.0, 101);
    assert_eq!(only_state(&before, 102), CommitmentState::Conceded);
    let after = fold(&issue(), &comments[..1], now("2026-10-06T00:00:00Z"));
    assert_eq!((only(&after).state, only(&after).is_overdue()), (CommitmentState::AtRisk, true));
    assert!(after.holder().is_none(), "nobody was reminded, so it did not end; but others may take the task");
    // Somebody who takes it then ends it.
    let mut next = post(30, 3, &Marker { until: Some(date("2026-10-20")), ..marker(MarkerKind::Claim, 103, 3) });
    next.created_at = "2026-10-06T08:00:00Z".parse().unwrap();
    let over = fold(&issue(), &[claim(10, 1, 101), next], now("2026-10-06T09:00:00Z"));
    assert_eq!(over.holder().unwrap().claim.0.0, 103);
    assert_eq!(only_state(&over, 101), CommitmentState::Expired);
}

fn only_state(fold: &Fold, claim: u128) -> CommitmentState {
    fold.claim(ClaimId(Ulid(claim))).unwrap().state
}

/// The claim of person 1 with events written at these times, read at `now`.
fn with_events(events: &[(&str, &str, Option<&str>)], now: Now) -> Lease {
    let ev = events
        .iter()
        .map(|(e, at, until)| MarkerEvent { until: until.map(date), ..MarkerEvent::new(e, at.parse().unwrap()) });
    let marker = Marker { ev: ev.collect(), ..marker(MarkerKind::Claim, 101, 1) };
    let last = marker.ev.last().map_or(at(10), |e| e.at);
    let comment = Comment { updated_at: last.max(at(10)), ..post(10, 1, &marker) };
    only(&fold(&issue(), &[comment], now)).clone()
}

#[test]
fn a_reminder_and_its_grace_end_a_lease_and_nothing_else_of_the_clock_does() {
    // Nothing to see for three working days: at risk since Thursday.
    let reminded = [("remind", "2026-09-25T08:00:00Z", None)];
    let during = with_events(&reminded, now("2026-09-29T08:00:00Z"));
    assert_eq!(during.state, CommitmentState::AtRisk);
    assert_eq!(with_events(&reminded, now("2026-10-01T00:00:00Z")).state, CommitmentState::Expired);
    let still = [reminded[0], ("still", "2026-09-28T08:00:00Z", None)];
    assert_eq!(with_events(&still, now("2026-10-01T00:00:00Z")).state, CommitmentState::Active);
    assert_eq!(with_events(&[], now("2027-10-01T00:00:00Z")).state, CommitmentState::AtRisk, "nobody was asked");
}

#[test]
fn events_in_the_own_marker_extend_concede_and_expire() {
    let with = |e: &str, at: &str, until: Option<&str>| {
        let lease = with_events(&[(e, at, until)], now("2026-10-08T00:00:00Z"));
        (lease.holds_task(), lease.state, lease.until.to_string())
    };
    let early = "2026-09-22T08:00:00Z";
    let long = with("extend", early, Some("2026-10-12"));
    assert!(long.0 && long.2 == "2026-10-12", "{long:?}");
    let over = (false, CommitmentState::AtRisk, UNTIL.to_owned());
    assert_eq!(with("extend", early, Some("2026-09-30")), over, "never shorter");
    assert_eq!(with("progress", early, Some("2026-10-30")), over);
    assert_eq!(with("concede", early, None).1, CommitmentState::Conceded);
    for word in ["lapsed", "expire"] {
        assert_eq!(with(word, "2026-10-06T08:00:00Z", None).1, CommitmentState::Expired, "{word}");
        assert_eq!(with(word, early, None).1, CommitmentState::AtRisk, "{word}: the clock had nothing to end");
    }
}

#[test]
fn a_hand_back_ends_the_lease_and_keeps_its_note() {
    let release = Marker { reason: Some(ReleaseReason::Blocked), ..marker(MarkerKind::Release, 101, 1) };
    let back = said(20, 1, marker::comment(&release, "The fix is on branch x.\r\nTests are missing. "));
    let fold = folded(&[claim(10, 1, 101), back]);
    let lease = only(&fold);
    assert_eq!((lease.state, lease.reason), (CommitmentState::Released, Some(ReleaseReason::Blocked)));
    assert_eq!(lease.note.as_deref(), Some("The fix is on branch x.\r\nTests are missing."));
    let fold = folded(&[claim(10, 1, 101), post(20, 1, &release), claim(30, 2, 102)]);
    assert_eq!(fold.holder().unwrap().claim.0.0, 102, "free for the next");
}

#[test]
fn only_the_claimer_or_the_host_ends_a_lease() {
    let by = |who: u64, named: u64, forced: Option<Value>, association: Association| {
        let mut release = marker(MarkerKind::Release, 101, named);
        release.extra.extend(forced.map(|v| ("forced".to_owned(), v)));
        let comment = Comment { association, ..post(20, who, &release) };
        let fold = folded(&[claim(10, 1, 101), comment]);
        (only(&fold).state, fold.ignored.len())
    };
    let (revoked, kept) = ((CommitmentState::Revoked, 0), (CommitmentState::Active, 1));
    for host in [Association::Owner, Association::Member, Association::Collaborator] {
        assert_eq!(by(2, 2, Some(json!(true)), host), revoked);
        assert_eq!(by(2, 2, None, host), kept, "a member who helps elsewhere is no host by accident");
        assert_eq!(by(2, 2, Some(json!("true")), host), kept);
    }
    assert_eq!(by(2, 2, Some(json!(true)), Association::Other), kept);
    assert_eq!(by(2, 1, None, Association::Other), kept, "names the claimer, is somebody else");
    assert_eq!(by(1, 2, None, Association::Other), kept, "the claimer's account, another name inside");
    assert_eq!(by(1, 1, None, Association::Other).0, CommitmentState::Released);
}

#[test]
fn closing_ends_a_lease_as_completed_or_superseded() {
    let closed = |state, closed_at: &str| {
        let task = Task { state, closed_at: Some(closed_at.parse().unwrap()), ..issue() };
        only(&fold(&task, &[claim(10, 1, 101)], now("2026-12-24T00:00:00Z"))).state
    };
    let (during, before, after) = ("2026-09-23T00:00:00Z", "2026-01-01T00:00:00Z", "2026-10-20T00:00:00Z");
    assert_eq!(closed(TaskState::Closed, during), CommitmentState::Completed);
    assert_eq!(closed(TaskState::NotPlanned, during), CommitmentState::Superseded);
    assert_eq!(closed(TaskState::Closed, before), CommitmentState::Superseded, "was closed when it was claimed");
    assert_eq!(closed(TaskState::Closed, after), CommitmentState::Completed, "nothing had ended it");
    assert_eq!(closed(TaskState::NotPlanned, after), CommitmentState::Superseded);
    let task = Task { state: TaskState::Closed, closed_at: Some(during.parse().unwrap()), ..issue() };
    let handed_back = [claim(10, 1, 101), post(20, 1, &marker(MarkerKind::Release, 101, 1))];
    assert_eq!(only(&fold(&task, &handed_back, today())).state, CommitmentState::Released, "an end stays an end");
}

#[test]
fn done_and_concede_comments_concern_only_the_own_lease() {
    let ended = |k, by| only_state(&folded(&[claim(10, 1, 101), post(20, by, &marker(k, 101, by))]), 101);
    assert_eq!(ended(MarkerKind::Done, 1), CommitmentState::WaitingHost, "until the host sees it so");
    assert_eq!(ended(MarkerKind::Concede, 1), CommitmentState::Conceded);
    assert_eq!(ended(MarkerKind::Done, 2), CommitmentState::Active);
    assert_eq!(ended(MarkerKind::Concede, 2), CommitmentState::Active);
}

#[test]
fn a_claim_beside_another_holds_too_but_is_not_the_holder() {
    let mut beside = marker(MarkerKind::Claim, 102, 2);
    beside.extra.insert("alongside".into(), json!(true));
    let fold = folded(&[claim(10, 1, 101), post(20, 2, &beside), claim(30, 3, 103)]);
    let expected = [(101, CommitmentState::Active), (102, CommitmentState::Active), (103, CommitmentState::Conceded)];
    assert_eq!(states(&fold), expected);
    assert_eq!(fold.holder().unwrap().claim.0.0, 101);
}

#[test]
fn one_claim_posted_twice_is_one_claim() {
    let fold = folded(&[claim(20, 1, 101), claim(10, 1, 101), claim(30, 1, 101)]);
    assert_eq!((only(&fold).comment, only(&fold).duplicates.as_slice()), (10, [20, 30].as_slice()));
    let stolen = folded(&[claim(10, 1, 101), claim(20, 2, 101)]);
    assert_eq!(only(&stolen).who.id, 1);
    assert_eq!(stolen.ignored, [(20, "repeats the claim id of another person".to_owned())]);
}

#[test]
fn an_edited_comment_counts_as_its_latest_version() {
    let event = MarkerEvent { e: "concede".into(), at: at(50), until: None, by: None, kind: None, extra: Map::new() };
    let edited = Marker { ev: vec![event], ..marker(MarkerKind::Claim, 101, 1) };
    let edited = Comment { updated_at: at(50), ..post(10, 1, &edited) };
    for both in [[claim(10, 1, 101), edited.clone()], [edited.clone(), claim(10, 1, 101)]] {
        assert_eq!(only(&folded(&both)).state, CommitmentState::Conceded);
    }
}

#[test]
fn what_is_forged_quoted_or_hidden_in_text_counts_for_nothing() {
    let real = marker::line(&marker(MarkerKind::Claim, 101, 1));
    let silent = [
        format!("> {real}"),
        format!("```\n{real}\n```"),
        format!(" {real}"),
        format!("\u{feff}{real}"),
        format!("Working on it {real}"),
        real.replace("<!--", "&lt;!--"),
        real.replace("floorwalk", "Floorwalk"),
        "Working on it <!-- floorwalk:op=00000000-0000-4000-8000-000000000001 --> <!-- /floorwalk -->".into(),
    ];
    for body in silent {
        let fold = folded(&[said(10, 1, body.clone())]);
        assert_eq!(fold, Fold::default(), "{body}");
    }
    let forged = folded(&[post(10, 2, &marker(MarkerKind::Claim, 101, 1))]);
    assert_eq!((forged.leases.len(), forged.ignored.len()), (0, 1), "posted by 2 in the name of 1");
    let nobody = Comment { author: None, ..claim(10, 1, 101) };
    assert_eq!(folded(&[nobody]).leases, []);
    let unnumbered = post(10, 0, &marker(MarkerKind::Claim, 101, 0));
    assert_eq!(folded(&[unnumbered]).leases, [], "id 0 means that the tracker did not say who");
    let endless = Marker { until: None, ..marker(MarkerKind::Claim, 101, 1) };
    assert_eq!(folded(&[post(10, 1, &endless)]).leases, []);
}

#[test]
fn the_spoofed_comment_of_the_corpus_counts_for_nothing() {
    let Some(body) = crate::hostile::corpus::file("text/marker-spoof.txt") else { return };
    let body = String::from_utf8(body).unwrap();
    assert_eq!(marker::parse(&body), None);
    assert_eq!(folded(&[said(10, 1, body)]), Fold::default());
}

#[test]
fn unknown_versions_and_kinds_are_ignored_and_reported() {
    let real = marker::line(&marker(MarkerKind::Claim, 101, 1));
    let other = real.replace("floorwalk/1 ", "floorwalk/2 ");
    assert_eq!(marker::parse(&other), Some(Err(MarkerError::Version("2".into()))));
    let kind = real.replace("\"claim\"", "\"brand-new\"");
    let hostile = "<!-- floorwalk/\u{1b}[2J\u{202e}x {} -->".to_owned();
    let fold = folded(&[said(1, 1, other), said(2, 1, kind), said(3, 1, hostile)]);
    assert_eq!(fold.leases, []);
    let ids: Vec<u64> = fold.ignored.iter().map(|(id, _)| *id).collect();
    assert_eq!(ids, [1, 2, 3]);
    assert!(fold.ignored[0].1.contains("version 2"));
    assert!(fold.ignored.iter().all(|(_, why)| !why.contains('\u{1b}')), "{:?}", fold.ignored);
}

#[test]
fn broken_markers_are_reported_not_believed() {
    let real = marker::line(&marker(MarkerKind::Claim, 101, 1));
    let long = real.replace("user1", &"x".repeat(marker::MAX_JSON));
    let deep = format!("<!-- floorwalk/1 {}{} -->", "[".repeat(1000), "]".repeat(1000));
    let bodies = [
        real.replace(" -->", ""),
        real.replace("floorwalk/1 ", "floorwalk/1"),
        real.replace("\"c\":", "\"d\":"),
        real.replace(&Ulid(101).to_string(), "not an id"),
        long,
        deep,
        "<!-- floorwalk/".into(),
        "<!-- floorwalk/1  -->".into(),
    ];
    for body in bodies {
        assert!(matches!(marker::parse(&body), Some(Err(_))), "{body}");
        assert_eq!(folded(&[said(10, 1, body)]).ignored.len(), 1);
    }
}

#[test]
fn keys_of_newer_versions_survive_an_edit() {
    let body = concat!(
        r#"<!-- floorwalk/1 {"k":"claim","c":"0000000000000000000000001A","by":{"login":"a","id":1},"#,
        r#""at":"2026-11-21T09:00:00Z","until":"2026-12-05","team":"payments","new":{"deep":[1,null]},"#,
        r#""ev":[{"e":"wave","at":"2026-11-22T09:00:00Z","pr":7}]} -->"#
    );
    let read = marker::parse(body).unwrap().unwrap();
    let again = marker::parse(&marker::line(&read)).unwrap().unwrap();
    assert_eq!(again, read);
    assert_eq!((&again.extra["team"], &again.extra["new"]), (&json!("payments"), &json!({"deep": [1, null]})));
    assert_eq!((again.ev[0].e.as_str(), &again.ev[0].extra["pr"]), ("wave", &json!(7)));
}

/// Text with what could end a comment, a string or a line.
fn nasty() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("-->".to_owned()),
        Just("--".to_owned()),
        Just("--!>".to_owned()),
        Just("<!--".to_owned()),
        Just("\\".to_owned()),
        Just("\\u003c".to_owned()),
        Just("\"".to_owned()),
        Just("\r\n".to_owned()),
        Just("\u{0}\u{1b}\u{2028}".to_owned()),
        any::<String>(),
    ];
    proptest::collection::vec(piece, 0..5).prop_map(|pieces| pieces.concat())
}

fn any_marker() -> impl Strategy<Value = Marker> {
    let key = nasty().prop_map(|s| format!("x{s}"));
    let event = (nasty(), nasty(), nasty()).prop_map(|(e, key, value)| MarkerEvent {
        e,
        at: at(3),
        until: None,
        by: None,
        kind: None,
        extra: Map::from_iter([(format!("x{key}"), Value::String(value))]),
    });
    let extra = proptest::collection::btree_map(key, nasty(), 0..4);
    (nasty(), any::<u128>(), any::<u64>(), extra, proptest::option::of(event)).prop_map(
        |(login, c, id, extra, event)| Marker {
            c: ClaimId(Ulid(c)),
            by: MarkerBy { login, id, name: None },
            extra: extra.into_iter().map(|(k, v)| (k, Value::String(v))).collect(),
            ev: event.into_iter().collect(),
            ..marker(MarkerKind::Claim, 0, 0)
        },
    )
}

fn any_event() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "concede", "lapsed", "expire", "extend", "pause", "resume", "block", "still", "withdraw", "done", "remind", "x",
    ])
}

/// A world of few people, claims and moments, so that everything collides.
fn any_comment() -> impl Strategy<Value = Comment> {
    let kind = prop_oneof![
        4 => Just(MarkerKind::Claim),
        2 => Just(MarkerKind::Release),
        1 => Just(MarkerKind::Concede),
        1 => Just(MarkerKind::Done),
        1 => Just(MarkerKind::Accept),
        1 => Just(MarkerKind::Offer),
        1 => Just(MarkerKind::Request),
        1 => Just(MarkerKind::Help),
        1 => Just(MarkerKind::Consent),
        1 => Just(MarkerKind::Decline),
        1 => Just(MarkerKind::Regress),
        1 => Just(MarkerKind::Unknown),
    ];
    let association = prop_oneof![Just(Association::Other), Just(Association::Member)];
    let until = proptest::option::weighted(0.9, prop_oneof![Just(date("2026-09-20")), Just(date(UNTIL))]);
    let event = proptest::option::weighted(0.3, any_event());
    (
        (kind, 0..4_u128, 0..4_u64, proptest::option::weighted(0.8, 0..4_u64)),
        (0..8_u64, 0..4_i64, 0..3_i64, association, until, event),
        (any::<bool>(), any::<bool>()),
    )
        .prop_map(|((k, c, author, named), (id, created, edited, association, until, event), (forced, beside))| {
            let event = event.map(|e| MarkerEvent {
                e: e.into(),
                at: at(1),
                until: matches!(e, "extend" | "pause" | "block").then(|| date("2026-10-01")),
                by: Some("x".into()),
                kind: None,
                extra: Map::new(),
            });
            let extra = [("forced", forced), ("alongside", beside)];
            let marker = Marker {
                until,
                ev: event.into_iter().collect(),
                extra: extra.into_iter().map(|(k, v)| (k.to_owned(), Value::Bool(v))).collect(),
                ..marker(k, c, named.unwrap_or(author))
            };
            let times = (at(created), at(created + edited));
            Comment { association, created_at: times.0, updated_at: times.1, ..post(id, author, &marker) }
        })
}

fn any_task() -> impl Strategy<Value = Task> {
    let state = prop_oneof![3 => Just(TaskState::Open), 1 => Just(TaskState::Closed), 1 => Just(TaskState::NotPlanned)];
    (state, 0..5_i64).prop_map(|(state, seconds)| Task {
        closed_at: (state != TaskState::Open).then(|| at(seconds)),
        state,
        ..issue()
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_marker_survives_any_text_and_nothing_ends_it_early(marker in any_marker(), prose in nasty()) {
        let line = marker::line(&marker);
        prop_assert_eq!(line.find("-->"), Some(line.len() - 3));
        prop_assert_eq!(line.matches("--").count(), 2);
        prop_assert_eq!(line.matches('<').count() + line.matches('>').count(), 2);
        prop_assert!(!line.contains(char::is_control), "controls");
        let json = line.len() - "<!-- floorwalk/1 ".len() - " -->".len();
        match marker::parse(&marker::comment(&marker, &prose)).unwrap() {
            Ok(read) => prop_assert_eq!(read, marker),
            Err(_) => prop_assert!(json > marker::MAX_JSON),
        }
    }

    #[test]
    fn no_text_makes_the_parser_panic(text in nasty()) {
        let bodies = [text.clone(), format!("<!-- floorwalk/{text}"), format!("<!-- floorwalk/1 {text} -->")];
        for body in bodies {
            let fold = folded(&[said(1, 1, body)]);
            prop_assert!(fold.leases.is_empty());
        }
    }

    #[test]
    fn any_order_and_any_repetition_give_the_same_fold(
        (task, comments, shuffled) in (any_task(), proptest::collection::vec(any_comment(), 0..12)).prop_flat_map(
            |(task, comments)| {
                let mut twice = comments.clone();
                twice.extend(comments.iter().take(3).cloned());
                (Just(task), Just(comments), Just(twice).prop_shuffle())
            }
        )
    ) {
        prop_assert_eq!(fold(&task, &comments, today()), fold(&task, &shuffled, today()));
    }

    #[test]
    fn at_most_one_exclusive_lease_is_active_and_only_its_author_s(
        task in any_task(),
        comments in proptest::collection::vec(any_comment(), 0..16),
    ) {
        let fold = fold(&task, &comments, today());
        let active: Vec<&Lease> = fold.leases.iter().filter(|l| l.holds_task()).collect();
        let exclusive = active.iter().filter(|l| l.marker.extra.get("alongside") != Some(&Value::Bool(true))).count();
        prop_assert!(exclusive <= 1, "{:?}", fold);
        // Work that broke something is taken up again on a task that stays closed.
        let again = |l: &&Lease| l.has(&floorwalk::domain::commitment::Act::Regress);
        prop_assert!(task.state == TaskState::Open || active.iter().all(again), "{:?}", fold);
        prop_assert_eq!(fold.holder().map(|l| l.claim), active.first().map(|l| l.claim));
        for lease in &fold.leases {
            prop_assert!(lease.who.id != 0 && lease.who.id == lease.marker.by.id);
            prop_assert!(comments.iter().any(|c| c.id == lease.comment && c.author.as_ref().unwrap().id == lease.who.id));
            prop_assert!(lease.life.as_ref().is_some_and(|life| life.state == lease.state), "each has a life");
            let running = matches!(lease.state, CommitmentState::Active | CommitmentState::AtRisk);
            if lease.holds_task() && running {
                prop_assert!(today().0 < floorwalk::domain::time::end_of_day(lease.until));
            }
        }
        let mut claims: Vec<_> = fold.leases.iter().map(|l| l.claim).collect();
        claims.sort();
        claims.dedup();
        prop_assert_eq!(claims.len(), fold.leases.len(), "one lease a claim");
    }

    #[test]
    fn comments_of_strangers_never_change_a_claimer_s_lease(
        strangers in proptest::collection::vec(any_comment(), 0..10),
    ) {
        // Nobody below has person 9's account, nor a voice of the host, and all come after the claim.
        let strangers = strangers.into_iter().map(|c| Comment {
            id: c.id + 100,
            created_at: at(100),
            updated_at: at(100),
            association: Association::Other,
            ..c
        });
        let mut comments = vec![claim(1, 9, 2)];
        comments.extend(strangers);
        let fold = folded(&comments);
        prop_assert_eq!(only_state(&fold, 2), CommitmentState::Active);
        prop_assert_eq!(fold.holder().unwrap().who.id, 9);
        prop_assert_eq!(&fold.claim(ClaimId(Ulid(2))).unwrap().duplicates, &Vec::<u64>::new());
    }
}

#[test]
fn the_end_of_the_calendar_is_no_panic() {
    let far = Marker { until: Some(Date::MAX), ..marker(MarkerKind::Claim, 101, 1) };
    for at in [Timestamp::MIN, Timestamp::MAX, today().0] {
        let fold = fold(&issue(), &[post(10, 1, &far)], Now(at));
        assert_eq!(fold.leases.len(), 1);
    }
}
