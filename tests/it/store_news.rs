//! What a store tells of what changed since a reading: every task that may be another, and never less than that.

use floorwalk::{
    domain::{gist::Gist, task::TaskState},
    store::{Batch, News, Store},
};

use crate::store_world::{commitment, key, open, run, task, tasks, world};

/// Numbers of the tasks that are told of, and of those that are gone.
fn numbers(news: Option<News>) -> Option<(Vec<u64>, Vec<u64>)> {
    let News { everything, gone } = news?;
    Some((everything.tasks.iter().map(|t| t.key.number).collect(), gone.iter().map(|k| k.number).collect()))
}

#[test]
fn what_was_written_or_forgotten_since_is_told_of_and_nothing_else() {
    let dir = world();
    let store = open(dir.path());
    run(async {
        store.apply(tasks((1..=9).map(|n| (task("a/b", n, 1), None)).collect())).await.unwrap();
        let since = store.everything().await.unwrap().position.unwrap();
        let news = async || numbers(store.news(since).await.unwrap()).unwrap();
        assert_eq!(news().await, (vec![], vec![]));
        store.apply(tasks(vec![(task("a/b", 3, 2), None), (task("a/b", 4, 0), None)])).await.unwrap();
        assert_eq!(news().await, (vec![3], vec![]), "an older row was not taken");
        store.apply(Batch { gone: vec![key("a/b", 5)], ..Batch::default() }).await.unwrap();
        let mut closed = task("a/b", 6, 3);
        closed.state = TaskState::Closed;
        store.apply(tasks(vec![(closed, None), (task("c/d", 1, 1), None)])).await.unwrap();
        assert_eq!(news().await, (vec![3, 1], vec![5, 6]));
        // Whoever is committed to it sees it still, now and whenever.
        store.journal(Vec::new(), vec![commitment("a/b", 6, 3)]).await.unwrap();
        assert_eq!(news().await, (vec![3, 6, 1], vec![5]));
        let since = store.everything().await.unwrap().position.unwrap();
        assert_eq!(numbers(store.news(since).await.unwrap()).unwrap(), (vec![6], vec![]));
    });
}

#[test]
fn a_gist_that_was_made_is_news_of_its_task() {
    let dir = world();
    let store = open(dir.path());
    run(async {
        store.apply(tasks((1..=3).map(|n| (task("a/b", n, 1), None)).collect())).await.unwrap();
        let since = store.everything().await.unwrap().position.unwrap();
        let due = store.ungisted(9).await.unwrap();
        let second = due.iter().find(|u| u.detail.task.key.number == 2).unwrap();
        store.keep_gists(vec![(key("a/b", 2), second.stamp, Gist::default())]).await.unwrap();
        let news = store.news(since).await.unwrap().unwrap();
        assert!(news.everything.gists.contains_key(&key("a/b", 2)));
        assert_eq!(numbers(Some(news)).unwrap(), (vec![2], vec![]));
    });
}

#[test]
fn what_cannot_be_told_task_by_task_is_read_anew() {
    let dir = world();
    let store = open(dir.path());
    run(async {
        store.apply(tasks(vec![(task("a/b", 1, 1), None)])).await.unwrap();
        let since = store.everything().await.unwrap().position.unwrap();
        let renamed = vec![(key("a/b", 1).project, key("a/new", 1).project)];
        store.apply(Batch { renamed, ..Batch::default() }).await.unwrap();
        assert!(store.news(since).await.unwrap().is_none(), "a project has another name");
        let since = store.everything().await.unwrap().position.unwrap();
        assert!(store.news(since + 1).await.unwrap().is_none(), "of another store");
        store.apply(tasks((1..=20_000).map(|n| (task("c/d", n, 1), None)).collect())).await.unwrap();
        assert!(store.news(since).await.unwrap().is_none(), "very much");
        // What is told of does not grow without end.
        let now = store.everything().await.unwrap();
        assert_eq!(numbers(store.news(now.position.unwrap()).await.unwrap()).unwrap(), (vec![], vec![]));
        assert!(numbers(store.news(now.position.unwrap() - 16_000).await.unwrap()).is_some());
        assert!(store.news(now.position.unwrap() - 17_000).await.unwrap().is_none());
    });
    drop(store);
    let again = open(dir.path());
    run(async {
        let position = again.everything().await.unwrap().position.unwrap();
        again.apply(tasks(vec![(task("c/d", 7, 2), None)])).await.unwrap();
        assert_eq!(numbers(again.news(position).await.unwrap()).unwrap(), (vec![7], vec![]), "also at the next start");
    });
}
