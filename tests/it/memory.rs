//! The tracker in memory answers the evidence calls as a real one does.

use std::time::Duration;

use floorwalk::{
    domain::{
        evidence::{Checks, Pull, PullKey, PullState, What},
        key::{ProjectRef, TaskKey},
        person::{Association, Login, Person},
        task::TaskState,
        text::Foreign,
    },
    tracker::{
        ErrorClass, Sources, Tracker,
        memory::{Fault, MemoryTracker, MemoryWorld, Verb},
    },
};

use crate::outbox_world::{START, key, task};

fn world() -> MemoryWorld {
    let world = MemoryWorld::new(START.parse().unwrap());
    world.put_task(task());
    world
}

fn client(world: &MemoryWorld, login: &str, id: u64, trusted: bool) -> MemoryTracker {
    MemoryTracker::new(world.clone(), key().project.tracker, Person::human(login, id), trusted)
}

fn pull(number: u64, at: &str) -> Pull {
    Pull {
        key: PullKey { project: key().project, number },
        title: Foreign::new("Quiet the shard"),
        author: Some(Person::human("sam", 7)),
        created_at: at.parse().unwrap(),
        state: PullState::Open,
        checks: Checks::Running,
        happenings: Vec::new(),
    }
}

#[tokio::test]
async fn what_happens_to_a_task_becomes_its_history() {
    let world = world();
    let (maya, sam) = (Person::human("maya", 90), Person::human("sam", 7));
    let trusted = client(&world, "sam", 7, true);
    assert!(trusted.add_label(&key(), "floating-help").await.unwrap());
    trusted.assign(&key(), &sam.login).await.unwrap();
    trusted.assign(&key(), &Login::new("SAM")).await.unwrap();
    trusted.assign(&key(), &Login::new("nobody-knows")).await.unwrap();
    world.advance(Duration::from_secs(3_600));
    assert!(world.unassign_as(&maya, &key(), &sam.login));
    assert!(world.unlabel_as(&maya, &key(), "Floating-Help"));
    assert!(world.close_as(&maya, &key(), TaskState::NotPlanned));
    assert!(world.close_as(&maya, &key(), TaskState::NotPlanned), "twice is no second row");
    assert!(world.task(&key()).unwrap().closed_at.is_some());
    assert!(world.reopen_as(&maya, &key()));
    world.put_task(task());
    let history = client(&world, "lee", 3, false).history(&key()).await.unwrap();
    let told: Vec<(String, u64)> = history
        .happenings
        .iter()
        .map(|h| {
            let what = match &h.what {
                What::Assigned { to } => format!("+{}/{}", to.login.raw(), to.id),
                What::Unassigned { from } => format!("-{}/{}", from.login.raw(), from.id),
                What::Labelled { label } => format!("+{}", label.raw()),
                What::Unlabelled { label } => format!("-{}", label.raw()),
                What::Closed { state } => format!("{state:?}"),
                other => format!("{other:?}"),
            };
            (what, h.by.as_ref().unwrap().id)
        })
        .collect();
    let expected = [
        ("+floating-help", 7),
        ("+sam/7", 7),
        ("+nobody-knows/0", 7),
        ("-sam/7", 90),
        ("-floating-help", 90),
        ("NotPlanned", 90),
        ("Reopened", 90),
    ];
    assert_eq!(told, expected.map(|(what, by)| (what.to_owned(), by)));
    let hour = history.happenings[3].at.as_second() - history.happenings[2].at.as_second();
    assert_eq!(hour, 3_600);
    assert!(world.task(&key()).unwrap().closed_at.is_none());
}

#[tokio::test]
async fn nobody_without_rights_leaves_a_trace() {
    let world = world();
    let stranger = client(&world, "lee", 3, false);
    assert!(!stranger.add_label(&key(), "x").await.unwrap());
    stranger.assign(&key(), &Login::new("lee")).await.unwrap();
    assert!(!stranger.unassign(&key(), &Login::new("lee")).await.unwrap());
    assert!(stranger.history(&key()).await.unwrap().happenings.is_empty());
    let own = stranger.post_comment(&key(), "mine").await.unwrap();
    assert_eq!(own.association, Association::Other);
    let member = client(&world, "maya", 90, true).with_association(Association::Member);
    let hers = member.post_comment(&key(), "hers").await.unwrap();
    assert_eq!(hers.association, Association::Member);
    let refused = stranger.edit_comment(&key(), hers.id, "x").await.unwrap_err();
    assert_eq!(refused.class, ErrorClass::Forbidden);
    assert_eq!(stranger.delete_comment(&key(), hers.id).await.unwrap_err().class, ErrorClass::Forbidden);
    member.edit_comment(&key(), own.id, "reminded").await.unwrap();
    assert_eq!(world.comments(&key())[0].body.raw(), "reminded");
    stranger.edit_comment(&key(), own.id, "mine again").await.unwrap();
    assert_eq!(stranger.edit_comment(&key(), 5, "x").await.unwrap_err().class, ErrorClass::NotFound);
    stranger.delete_comment(&key(), own.id).await.unwrap();
    stranger.delete_comment(&key(), own.id).await.expect("gone already is done");
}

#[tokio::test]
async fn pull_requests_are_linked_once_and_replaced_afterwards() {
    let world = world();
    assert!(world.put_pull(&key(), pull(31, "2026-11-21T10:00:00Z")));
    assert!(world.put_pull(&key(), pull(30, "2026-11-20T10:00:00Z")));
    let merged = Pull { state: PullState::Merged, ..pull(31, "2026-11-21T10:00:00Z") };
    assert!(world.put_pull(&key(), merged));
    assert!(!world.put_pull(&TaskKey::new(key().project, 99), pull(1, "2026-11-20T10:00:00Z")));
    let history = client(&world, "sam", 7, false).history(&key()).await.unwrap();
    let pulls: Vec<_> = history.pulls.iter().map(|p| (p.key.number, p.state)).collect();
    assert_eq!(pulls, [(30, PullState::Open), (31, PullState::Merged)]);
    let linked = history.happenings.iter().filter(|h| matches!(h.what, What::Linked { .. })).count();
    assert_eq!(linked, 2);
}

#[tokio::test]
async fn recent_comments_come_with_their_tasks_oldest_first() {
    let world = world();
    let mut other = task();
    other.key.number = 13;
    world.put_task(other.clone());
    let sam = client(&world, "sam", 7, false);
    let old = sam.post_comment(&key(), "old").await.unwrap();
    world.advance(Duration::from_secs(60));
    let since = world.now();
    let between = sam.post_comment(&other.key, "between").await.unwrap();
    sam.edit_comment(&key(), old.id, "edited").await.unwrap();
    let lee = client(&world, "lee", 3, false);
    let recent = lee.recent_comments(&key().project, since).await.unwrap();
    let told: Vec<_> = recent.iter().map(|(k, c)| (k.number, c.id, c.body.raw())).collect();
    assert_eq!(told, [(12, old.id, "edited"), (13, between.id, "between")]);
    let later = since + Duration::from_secs(3_600);
    assert!(lee.recent_comments(&key().project, later).await.unwrap().is_empty());
    world.stale_reads(Duration::from_secs(3_600));
    assert!(lee.recent_comments(&key().project, since).await.unwrap().is_empty(), "not visible to others yet");
    assert_eq!(sam.recent_comments(&key().project, since).await.unwrap().len(), 2);
}

#[tokio::test]
async fn marked_tasks_files_and_folders_are_found() {
    let world = world();
    let sam = client(&world, "sam", 7, false);
    let sources = Sources { orgs: vec!["ACME".into()], ..Sources::default() };
    assert!(sam.marked(&sources).await.unwrap().is_empty());
    sam.post_comment(&key(), "<!-- floorwalk/1 {} -->\nclaimed").await.unwrap();
    assert_eq!(sam.marked(&sources).await.unwrap(), [key()]);
    assert!(sam.marked(&Sources { orgs: vec!["else".into()], ..Sources::default() }).await.unwrap().is_empty());
    let floor = ProjectRef::parse(&key().project.tracker, "acme/floor").unwrap();
    world.put_file(&floor, "teams/build.toml", "name = 'Build'");
    world.put_file(&floor, "teams/old/gone.toml", "");
    world.put_file(&floor, "floor.toml", "");
    assert_eq!(sam.file(&floor, "teams/build.toml").await.unwrap().as_deref(), Some("name = 'Build'"));
    assert_eq!(sam.file(&floor, "teams/none.toml").await.unwrap(), None);
    assert_eq!(sam.folder(&floor, "teams").await.unwrap(), ["build.toml"]);
    assert_eq!(sam.folder(&floor, "").await.unwrap(), ["floor.toml"]);
    assert!(sam.folder(&floor, "people").await.unwrap().is_empty());
    for bad in ["../x", "/etc/passwd", "a//b", "a/./b", "a\\b", "a/"] {
        assert_eq!(sam.file(&floor, bad).await.unwrap_err().class, ErrorClass::Invalid, "{bad}");
    }
    assert!(world.remove_file(&floor, "teams/build.toml"));
    assert_eq!(sam.file(&floor, "teams/build.toml").await.unwrap(), None);
}

#[tokio::test]
async fn reading_the_history_can_fail_on_its_own() {
    let world = world();
    let sam = client(&world, "sam", 7, false);
    world.fault(7, Verb::History, Fault::Before(ErrorClass::Timeout));
    sam.read(&key()).await.expect("the task itself is read");
    assert_eq!(sam.history(&key()).await.unwrap_err().class, ErrorClass::Timeout);
    sam.history(&key()).await.expect("a fault is used once");
    let nowhere = TaskKey::new(key().project, 99);
    assert_eq!(sam.history(&nowhere).await.unwrap_err().class, ErrorClass::NotFound);
    assert_eq!(world.faults_left(), 0);
}
