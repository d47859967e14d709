//! Errands of triage on their way: labels and comments, each once, through lost answers and crashes; what changed
//! meanwhile is dropped with its reason; and the way back.

use std::{sync::Arc, time::Duration};

use floorwalk::{
    domain::{
        calendar::Quiet,
        id::OpId,
        outbox::{Op, OpStatus, Step, Wish},
        person::{Association, Person},
        policy::{Consent, Policy},
        roster::{Roster, Team},
        task::TaskState,
        triage::{Errand, Topic, row_of},
    },
    sync::outbox::{End, OutboxContext, send},
    tracker::{
        ErrorClass,
        memory::{Fault, MemoryWorld, Verb},
    },
};

use crate::outbox_world::{Client, START, key, now, task};

const SERVER: ErrorClass = ErrorClass::Server { status: 502 };

fn world() -> MemoryWorld {
    let world = MemoryWorld::new(START.parse().unwrap());
    world.put_task(task());
    world
}

fn ask() -> Errand {
    Errand::Say {
        topic: Topic::AskInfo,
        tell: Some("maya".into()),
        link: None,
        text: "Which shard, @bob? See #3".into(),
    }
}

fn obsolete() -> Errand {
    Errand::Say { topic: Topic::Obsolete, tell: None, link: None, text: "Still wanted?".into() }
}

fn label(name: &str) -> Errand {
    Errand::Label { name: name.into(), undo: false }
}

/// Wishes and sends; gives back the row's id and how it ended.
async fn run(client: &Client, errand: Errand) -> (OpId, End) {
    let id = wish(client, errand).await;
    (id, client.send().await.remove(0).end)
}

async fn wish(client: &Client, errand: Errand) -> OpId {
    client.wish(Wish::Triage { errand }).await;
    client.store.outbox().await.unwrap().last().unwrap().id
}

fn said(end: &End) -> &str {
    match end {
        End::Sorted { said } => said,
        other => panic!("{other:?}"),
    }
}

fn refused(end: &End) -> &str {
    match end {
        End::Refused { why, .. } => why,
        other => panic!("{other:?}"),
    }
}

fn comments(world: &MemoryWorld) -> Vec<String> {
    world.comments(&key()).iter().map(|c| c.body.raw().to_owned()).collect()
}

fn labels(world: &MemoryWorld) -> Vec<String> {
    world.task(&key()).unwrap().labels.iter().map(|l| l.raw().to_owned()).collect()
}

async fn empty(client: &Client) -> bool {
    client.store.outbox().await.unwrap().is_empty()
}

#[tokio::test(start_paused = true)]
async fn a_label_is_added_and_taken_off_and_what_is_so_already_is_done() {
    let world = world();
    let ana = Client::new(&world, "ana", 50, true);
    assert_eq!(said(&run(&ana, label("needs info")).await.1), "labelled with 'needs info'");
    assert_eq!(labels(&world), ["flaky", "needs info"]);
    let kept = ana.store.everything().await.unwrap().tasks;
    assert_eq!(kept[0].labels.len(), 2, "the list shows it without a sync: {kept:?}");
    assert_eq!(said(&run(&ana, label("Needs Info")).await.1), "it has the label 'Needs Info'");
    let off = Errand::Unlabel { name: "flaky".into(), undo: false };
    assert_eq!(said(&run(&ana, off).await.1), "took the label 'flaky' off");
    assert_eq!(labels(&world), ["needs info"]);
    assert!(empty(&ana).await);
}

#[tokio::test(start_paused = true)]
async fn a_label_that_the_project_lacks_is_never_made_and_without_rights_nothing_is_pretended() {
    let world = world();
    world.only_labels(&["flaky", "triaged"]);
    let ana = Client::new(&world, "ana", 50, true);
    assert!(refused(&run(&ana, label("traiged")).await.1).contains("has no label 'traiged'"));
    let sam = Client::new(&world, "sam", 7, false);
    let why = run(&sam, label("triaged")).await.1;
    assert!(refused(&why).contains("does not let you change the label 'triaged'"), "{why:?}");
    assert_eq!(labels(&world), ["flaky"]);
    assert!(empty(&ana).await && empty(&sam).await);
}

#[tokio::test(start_paused = true)]
async fn a_label_survives_lost_answers() {
    for fault in [Fault::Before(SERVER), Fault::After(SERVER), Fault::After(ErrorClass::Timeout), Fault::Twice] {
        let world = world();
        let ana = Client::new(&world, "ana", 50, true);
        // The first call looks whether the project has the label.
        world.fault(50, Verb::Label, Fault::Delay(Duration::from_millis(1)));
        world.fault(50, Verb::Label, fault.clone());
        wish(&ana, label("triaged")).await;
        ana.send().await;
        ana.send().await;
        assert_eq!(labels(&world), ["flaky", "triaged"], "{fault:?}");
        assert!(empty(&ana).await, "{fault:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn information_is_asked_for_once_and_tells_nobody_but_the_author() {
    let world = world();
    let sam = Client::new(&world, "sam", 7, false);
    let (id, end) = run(&sam, ask()).await;
    assert_eq!(said(&end), "asked @maya for information");
    let all = comments(&world);
    let [text] = all.as_slice() else { panic!("{all:?}") };
    assert!(text.starts_with(&format!("<!-- floorwalk-triage: {id} -->\n")), "{text}");
    assert!(text.contains("@maya") && !text.contains("@bob") && !text.contains("#3"), "{text}");
    assert_eq!(row_of(text), Some(id));
    assert!(sam.store.detail(&key()).await.unwrap().unwrap().comments.len() == 1, "shown without a sync");
}

#[tokio::test(start_paused = true)]
async fn a_comment_is_written_once_whatever_happens_to_its_answer() {
    for fault in [
        Fault::Before(SERVER),
        Fault::After(SERVER),
        Fault::After(ErrorClass::Timeout),
        Fault::Before(ErrorClass::Connect),
        Fault::After(ErrorClass::Truncated),
    ] {
        let world = world();
        let sam = Client::new(&world, "sam", 7, false);
        world.fault(7, Verb::Post, fault.clone());
        wish(&sam, ask()).await;
        sam.send().await;
        sam.send().await;
        assert_eq!(world.written(), 1, "{fault:?}");
        assert!(empty(&sam).await, "{fault:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn after_a_crash_the_comment_is_looked_for_before_it_is_sent() {
    for there in [true, false] {
        let world = world();
        let sam = Client::new(&world, "sam", 7, false);
        let id = wish(&sam, ask()).await;
        // The program died after the row said "being sent".
        let op = sam.store.outbox().await.unwrap().remove(0);
        let dead = Op { step: Step::Posting { since: now().0 }, status: OpStatus::Ready, ..op };
        sam.store.journal(vec![dead], Vec::new()).await.unwrap();
        if there {
            let text = format!("<!-- floorwalk-triage: {id} -->\nsent before the crash");
            world.comment_as(&key(), &sam.me, Association::Other, &text).unwrap();
        }
        sam.send().await;
        assert_eq!((world.written(), world.posts()), (1, u64::from(!there)), "there: {there}");
        assert!(empty(&sam).await);
    }
}

#[tokio::test(start_paused = true)]
async fn a_line_that_somebody_else_wrote_is_not_taken_for_the_own_comment() {
    let world = world();
    let sam = Client::new(&world, "sam", 7, false);
    let id = wish(&sam, ask()).await;
    let text = format!("<!-- floorwalk-triage: {id} -->\nnot yours");
    world.comment_as(&key(), &Person::human("eve", 66), Association::Other, &text).unwrap();
    let end = sam.send().await.remove(0).end;
    assert!(refused(&end).contains("still waits for an answer"), "{end:?}");
    world.comment_as(&key(), &Person::human("maya", 90), Association::Member, "The third shard.").unwrap();
    let (_, end) = run(&sam, ask()).await;
    assert_eq!(said(&end), "asked @maya for information");
    assert_eq!(world.posts(), 1);
}

#[tokio::test(start_paused = true)]
async fn what_was_closed_or_locked_meanwhile_is_dropped_with_the_reason() {
    for errand in [ask(), obsolete(), label("triaged")] {
        let world = world();
        let ana = Client::new(&world, "ana", 50, true);
        world.close_as(&Person::human("maya", 90), &key(), TaskState::Closed);
        let end = run(&ana, errand).await.1;
        assert_eq!(refused(&end), "the task was closed meanwhile");
        assert!(world.written() == 0 && empty(&ana).await);
    }
    let world = world();
    world.put_task(floorwalk::domain::task::Task { locked: true, ..task() });
    let sam = Client::new(&world, "sam", 7, false);
    assert!(refused(&run(&sam, ask()).await.1).contains("locked"));
}

#[tokio::test(start_paused = true)]
async fn proposing_as_obsolete_says_what_was_seen_and_closes_nothing() {
    let world = world();
    let sam = Client::new(&world, "sam", 7, false);
    assert_eq!(said(&run(&sam, obsolete()).await.1), "asked the host whether it can be closed");
    let text = comments(&world).remove(0);
    assert!(text.contains("quiet for 318 days") && text.contains("Still wanted?"), "{text}");
    assert_eq!(world.task(&key()).unwrap().state, TaskState::Open);
    // A question of ours is no sign of life, and it is not asked again at once.
    let end = run(&sam, obsolete()).await.1;
    assert!(refused(&end).contains("still waits for an answer"), "{end:?}");
    // Somebody's word is one.
    world.comment_as(&key(), &Person::human("maya", 90), Association::Member, "We plan it for spring.").unwrap();
    let end = run(&sam, obsolete()).await.1;
    assert!(refused(&end).contains("nobody is asked to close it"), "{end:?}");
    assert_eq!(world.posts(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_duplicate_is_pointed_to() {
    let world = world();
    let sam = Client::new(&world, "sam", 7, false);
    let to = |link: &str| Errand::Say {
        topic: Topic::Duplicate,
        tell: None,
        link: Some(link.into()),
        text: "Same log.".into(),
    };
    assert_eq!(said(&run(&sam, to("acme/app#15")).await.1), "pointed to the other task");
    assert!(refused(&run(&sam, to("acme/app#15")).await.1).contains("points there already"));
    assert_eq!(said(&run(&sam, to("acme/app#1")).await.1), "pointed to the other task");
    let text = comments(&world).remove(0);
    assert!(text.contains("the same work as acme/app#15") && text.contains("Same log."), "{text}");
}

#[tokio::test]
async fn a_wish_that_is_taken_back_while_the_task_is_read_is_not_sent() {
    let world = world();
    let sam = Client::new(&world, "sam", 7, false);
    let id = wish(&sam, ask()).await;
    world.fault(7, Verb::Read, Fault::Delay(Duration::from_millis(800)));
    let sending = sam.send();
    let undone = async {
        tokio::time::sleep(Duration::from_millis(50)).await;
        sam.store.settle(vec![id], Vec::new()).await.unwrap();
    };
    let (ends, ()) = tokio::join!(sending, undone);
    assert!(refused(&ends[0].end).contains("taken back"), "{ends:?}");
    assert_eq!(world.posts(), 0);
}

#[tokio::test(start_paused = true)]
async fn what_was_sent_is_turned_round_as_far_as_it_was_ours() {
    let world = world();
    let ana = Client::new(&world, "ana", 50, true);
    let (id, _) = run(&ana, ask()).await;
    assert_eq!(said(&run(&ana, Errand::Unsay { said: id }).await.1), "deleted your comment again");
    assert!(comments(&world).is_empty());
    assert!(said(&run(&ana, Errand::Unsay { said: id }).await.1).contains("nothing of the comment"));

    run(&ana, label("triaged")).await;
    let back = || Errand::Unlabel { name: "triaged".into(), undo: true };
    assert_eq!(said(&run(&ana, back()).await.1), "took the label 'triaged' off");
    // Set by somebody else since, it is theirs.
    world.label_as(&Person::human("maya", 90), &key(), "triaged");
    assert!(refused(&run(&ana, back()).await.1).contains("somebody else"));
    assert_eq!(labels(&world), ["flaky", "triaged"]);
}

/// Sends under a registry that knows the team of the task.
async fn send_to(client: &Client, change: impl Fn(&mut Policy)) -> End {
    let mut policy = Policy::default();
    change(&mut policy);
    let team = Team { id: "vision".into(), name: "Vision".into(), projects: vec!["acme/*".into()], ..Team::default() };
    let roster = Roster { teams: vec![team], policies: [("vision".to_owned(), policy)].into(), ..Roster::default() };
    let context = OutboxContext {
        store: client.store.as_ref(),
        tracker: client.tracker.as_ref(),
        settings: &client.settings,
        clock: Arc::new(now),
        roster: &roster,
        impatient: true,
    };
    send(&context).await.unwrap().remove(0).end
}

#[tokio::test(start_paused = true)]
async fn a_team_that_closed_or_went_quiet_meanwhile_is_left_in_peace() {
    let world = world();
    let sam = Client::new(&world, "sam", 7, true);
    wish(&sam, ask()).await;
    let end = send_to(&sam, |policy| policy.consent = Consent::Closed).await;
    assert!(refused(&end).contains("Vision takes no help at the moment"), "{end:?}");
    wish(&sam, ask()).await;
    let quiet = Quiet { from: "2026-11-18".parse().unwrap(), to: "2026-11-24".parse().unwrap(), why: "release".into() };
    let end = send_to(&sam, |policy| policy.quiet = vec![quiet.clone()]).await;
    assert!(refused(&end).contains("quiet time until 2026-11-24"), "{end:?}");
    // A label notifies nobody who did not ask for it, and whoever may set it is trusted by the team.
    wish(&sam, label("triaged")).await;
    let end = send_to(&sam, |policy| policy.consent = Consent::Closed).await;
    assert_eq!(said(&end), "labelled with 'triaged'");
    assert_eq!(world.posts(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_pause_that_the_server_asks_for_is_kept() {
    let world = world();
    let sam = Client::new(&world, "sam", 7, false);
    let until = "2026-11-20T09:10:00Z".parse().unwrap();
    world.fault(7, Verb::Post, Fault::Before(ErrorClass::SecondaryLimit { until }));
    let (_, end) = run(&sam, ask()).await;
    assert!(matches!(&end, End::Later { until: at, .. } if *at == until), "{end:?}");
    let waiting = sam.store.outbox().await.unwrap();
    assert!(waiting[0].is_unsent(), "it can still be undone without a trace: {waiting:?}");
    assert_eq!(said(&sam.send().await[0].end), "asked @maya for information");
    assert_eq!(world.written(), 1);
}
