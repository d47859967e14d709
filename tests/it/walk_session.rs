//! Answers of a walk on a real session and a real store: what undo takes back, what is told, and in which order answers
//! count.

use std::sync::Arc;

use floorwalk::{
    app::{Command, Event, Session, host::FixedHost, session::Parts},
    config::load::parse,
    domain::{
        key::TaskKey,
        walk::{Answer, Reason},
    },
    store::{self, Batch, MarkKind},
    sync::outbox::OutboxSettings,
};
use tokio::sync::mpsc::unbounded_channel;

use crate::{
    cli_world::CliWorld,
    tui_world::{days_ago, everything, key, now},
};

/// A session over the twelve tasks, without any tracker.
async fn session(cli: &CliWorld) -> Session {
    let file = cli.config("[[tracker]]\nname = \"gh\"\napi_url = \"http://127.0.0.1:1\"\nrepos = [\"search/cli\"]\n");
    let store = store::open(&cli.path(".local/share/floorwalk")).unwrap();
    let all = everything();
    let tasks = all.tasks.into_iter().map(|task| (task, None)).collect();
    store.apply(Batch { projects: all.projects, tasks, ..Batch::default() }).await.unwrap();
    Session::new(Parts {
        config: parse(&file, &std::fs::read_to_string(&file).unwrap()).unwrap().config,
        store,
        trackers: Vec::new(),
        host: Arc::new(FixedHost::new(now().0, 1)),
        data_dir: None,
        outbox: OutboxSettings::for_loopback(),
    })
}

/// Performs a command; gives back the wishes that were told to be taken back.
async fn done(session: &Session, command: Command) -> Vec<Command> {
    let (sender, mut events) = unbounded_channel();
    session.execute(command, &sender).await.unwrap();
    drop(sender);
    let mut undone = Vec::new();
    while let Some(event) = events.recv().await {
        undone.extend(if let Event::Undone(command) = event { Some(*command) } else { None });
    }
    undone
}

fn said(key: &TaskKey, answer: Answer) -> Command {
    Command::Walk(vec![(key.clone(), answer)])
}

#[tokio::test]
async fn undo_takes_a_skip_and_a_snooze_back_and_says_which() {
    let cli = CliWorld::new();
    let session = session(&cli).await;
    let one = key("search/cli", 98);
    let answers = [
        Answer::Skipped { reason: Reason::TooBig, note: String::new() },
        Answer::Snoozed { until: None },
        Answer::Snoozed { until: Some(days_ago(-7)) },
    ];
    for answer in answers {
        let command = said(&one, answer.clone());
        assert_eq!(done(&session, command.clone()).await, []);
        let snapshot = session.snapshot().await.unwrap();
        assert_eq!(snapshot.walks.answer(&one).unwrap().answer, answer);
        let snoozed = matches!(answer, Answer::Snoozed { .. }).then_some(MarkKind::Snoozed);
        assert_eq!(snapshot.get(&one).unwrap().mark, snoozed, "{answer:?}");
        // A stop that is only looked at in between is nothing to be undone.
        done(&session, said(&key("docs/handbook", 5), Answer::Seen)).await;

        assert_eq!(done(&session, Command::Undo).await, [command]);
        let snapshot = session.snapshot().await.unwrap();
        assert_eq!((snapshot.walks.answer(&one), snapshot.get(&one).unwrap().mark), (None, None), "{answer:?}");
        let (sender, _events) = unbounded_channel();
        let again = session.execute(Command::Undo, &sender).await.unwrap_err();
        assert!(again.sentence.contains("nothing to undo"), "{again}");
    }
}

#[tokio::test]
async fn answers_that_are_given_at_once_count_in_their_order() {
    let cli = CliWorld::new();
    let session = session(&cli).await;
    let one = key("search/cli", 98);
    let skip = said(&one, Answer::Skipped { reason: Reason::Unclear, note: String::new() });
    let (sender, mut events) = unbounded_channel();
    let (seen, skipped) =
        tokio::join!(session.execute(said(&one, Answer::Seen), &sender), session.execute(skip.clone(), &sender));
    assert!(seen.is_ok() && skipped.is_ok());
    let snapshot = session.snapshot().await.unwrap();
    let kept = &snapshot.walks.answer(&one).unwrap().answer;
    assert!(matches!(kept, Answer::Skipped { .. }), "{kept:?}");
    // Undo in the same breath is about the answer before it.
    let (answered, undone) =
        tokio::join!(session.execute(skip.clone(), &sender), session.execute(Command::Undo, &sender));
    assert!(answered.is_ok() && undone.is_ok());
    assert_eq!(session.snapshot().await.unwrap().walks.answer(&one), None);
    drop(sender);
    let mut told = Vec::new();
    while let Some(event) = events.recv().await {
        told.extend(if let Event::Undone(command) = event { Some(*command) } else { None });
    }
    assert_eq!(told, [skip]);
}
