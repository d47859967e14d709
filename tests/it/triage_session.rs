//! The whole way of an act of triage through a running session: wished, sent, seen in the list, and taken back.

use std::sync::Arc;

use floorwalk::{
    app::{Command, Event, Session, UserError, host::FixedHost, session::Parts},
    config::load::parse,
    domain::{
        person::Person,
        triage::{ASK_INFO, Triage, row_of},
    },
    store::{self, Batch},
    sync::outbox::OutboxSettings,
    tracker::{
        ErrorClass,
        memory::{Fault, MemoryTracker, MemoryWorld, Verb},
    },
};

use crate::outbox_world::{START, key, task};

struct Desk {
    world: MemoryWorld,
    session: Session,
    _dir: tempfile::TempDir,
}

impl Desk {
    async fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let world = MemoryWorld::new(START.parse().unwrap());
        world.put_task(task());
        let me = Person::human("sam", 7);
        let text = "[[tracker]]\nname = \"gh\"\napi_url = \"http://127.0.0.1:1\"\nrepos = [\"acme/app\"]\n";
        let store = store::open(dir.path()).unwrap();
        let values = vec![("me gh".to_owned(), serde_json::to_string(&me).unwrap())];
        store.apply(Batch { tasks: vec![(task(), None)], values, ..Batch::default() }).await.unwrap();
        let session = Session::new(Parts {
            config: parse(&dir.path().join("config.toml"), text).unwrap().config,
            store,
            trackers: vec![Arc::new(MemoryTracker::new(world.clone(), key().project.tracker, me, true))],
            host: Arc::new(FixedHost::new(START.parse().unwrap(), 1)),
            data_dir: None,
            outbox: OutboxSettings::for_loopback(),
        });
        Self { world, session, _dir: dir }
    }

    async fn does(&self, command: Command) -> (Result<(), UserError>, Vec<String>) {
        let (sender, mut events) = tokio::sync::mpsc::unbounded_channel();
        let end = self.session.execute(command, &sender).await;
        let mut said = Vec::new();
        while let Ok(event) = events.try_recv() {
            if let Event::Said(line) = event {
                said.push(line);
            }
        }
        (end, said)
    }

    async fn act(&self, act: Triage) -> Vec<String> {
        let (end, said) = self.does(Command::Triage { keys: vec![key()], act }).await;
        end.unwrap();
        said
    }

    fn questions(&self) -> usize {
        self.world.comments(&key()).iter().filter(|c| row_of(c.body.raw()).is_some()).count()
    }

    fn labels(&self) -> usize {
        self.world.task(&key()).unwrap().labels.len()
    }
}

#[tokio::test]
async fn a_question_that_was_sent_is_deleted_by_undo_and_one_that_waits_is_never_sent() {
    let desk = Desk::new().await;
    let said = desk.act(Triage::AskInfo { text: ASK_INFO.into() }).await;
    assert!(said.iter().any(|line| line == "acme/app#12: asked @maya for information"), "{said:?}");
    assert_eq!(desk.questions(), 1);
    let (end, said) = desk.does(Command::Undo).await;
    end.unwrap();
    assert!(said.iter().any(|line| line.contains("deleted your comment again")), "{said:?}");
    assert_eq!(desk.questions(), 0);

    let until = "2026-11-20T10:00:00Z".parse().unwrap();
    desk.world.fault(7, Verb::Post, Fault::Before(ErrorClass::RateLimit { until }));
    desk.act(Triage::AskInfo { text: ASK_INFO.into() }).await;
    assert_eq!(desk.session.snapshot().await.unwrap().outbox.len(), 1, "it waits");
    let (end, said) = desk.does(Command::Undo).await;
    end.unwrap();
    assert!(said.iter().any(|line| line.contains("unsent")), "{said:?}");
    assert!(desk.session.snapshot().await.unwrap().outbox.is_empty());
    assert_eq!(desk.questions(), 0);
    // Undone is undone: there is nothing more.
    assert!(desk.does(Command::Undo).await.0.unwrap_err().sentence.contains("nothing to undo"));
}

#[tokio::test]
async fn a_label_that_was_set_is_taken_off_by_undo_and_the_list_follows() {
    let desk = Desk::new().await;
    desk.act(Triage::Label("triaged".into())).await;
    let row_labels = async || desk.session.snapshot().await.unwrap().get(&key()).unwrap().task.labels.len();
    assert_eq!((desk.labels(), row_labels().await), (2, 2));
    desk.does(Command::Undo).await.0.unwrap();
    assert_eq!((desk.labels(), row_labels().await), (1, 1));
}

#[tokio::test]
async fn private_acts_reach_the_list_and_never_the_tracker() {
    let desk = Desk::new().await;
    let tags = async || desk.session.snapshot().await.unwrap().tags.shown(&key());
    desk.act(Triage::Tag("mentor".into())).await;
    desk.act(Triage::Tag("later".into())).await;
    assert_eq!(tags().await, "#later #mentor");
    desk.does(Command::Undo).await.0.unwrap();
    assert_eq!(tags().await, "#mentor");
    desk.act(Triage::Untag("mentor".into())).await;
    desk.does(Command::Undo).await.0.unwrap();
    assert_eq!(tags().await, "#mentor");
    assert_eq!((desk.world.posts(), desk.labels()), (0, 1));
}

#[tokio::test]
async fn nothing_is_done_by_a_plan() {
    let desk = Desk::new().await;
    for act in [Triage::Hide, Triage::Label("triaged".into()), Triage::AskInfo { text: ASK_INFO.into() }] {
        let plan = desk.session.plan_triage(&[key()], &act).await.unwrap();
        assert!(plan[0].will.is_ok(), "{plan:?}");
    }
    let snapshot = desk.session.snapshot().await.unwrap();
    assert!(snapshot.outbox.is_empty() && snapshot.get(&key()).unwrap().mark.is_none());
    assert_eq!((desk.world.posts(), desk.labels()), (0, 1));
}
