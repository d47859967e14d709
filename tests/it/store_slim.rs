//! Parts of everything are what everything would give of them.

use std::collections::HashMap;

use floorwalk::{
    domain::{key::TaskKey, task::TaskState},
    store::{Batch, Mark, MarkKind, Numbers, Store},
};

use crate::store_world::{at, commitment, key, open, run, task, world};

#[test]
fn parts_of_everything_are_read_alone() {
    let dir = world();
    let store = open(dir.path());
    let mut tasks: Vec<_> = (1..=40).map(|n| task(["acme/app", "acme/web"][n % 2], n as u64, n as i64)).collect();
    let labels = ["Floating-Help", "floating-help", "floating-helpers", "a \"quoted\" one", "süß", "back\\slash"];
    for (n, task) in tasks.iter_mut().enumerate() {
        task.labels = vec![labels[n % labels.len()].into(), "docs".into()];
        if n % 5 == 0 {
            task.state = TaskState::Closed;
        }
    }
    // Of closed tasks lists show those that somebody is committed to.
    let held = tasks[5].key.clone();
    let commitments = vec![commitment(held.project.path(), held.number, 9)];
    let all = run(async {
        let batch = Batch {
            tasks: tasks.iter().map(|task| (task.clone(), None)).collect(),
            commitments,
            values: vec![("synced_at".into(), "x".into())],
            ..Batch::default()
        };
        store.apply(batch).await.unwrap();
        let mark = Mark { key: key("acme/app", 2), kind: MarkKind::Hidden, until: Some(at(9)), changed: None };
        store.mark(vec![mark], true).await.unwrap();
        store.everything().await.unwrap()
    });
    let around = run(store.around()).unwrap();
    assert!(around.tasks.is_empty() && around.gists.is_empty());
    let seen = |all: &floorwalk::store::Everything| {
        format!("{:?}", (&all.projects, &all.commitments, &all.marks, &all.coverage, &all.outbox, &all.values))
    };
    assert_eq!(seen(&around), seen(&all));

    let mut wanted: Numbers = HashMap::new();
    for task in &all.tasks {
        let of = wanted.entry(task.key.project.clone()).or_default();
        of.push((task.key.number, task.state == TaskState::Open));
    }
    assert_eq!(run(store.numbers()).unwrap(), wanted);
    assert_eq!(wanted.values().flatten().filter(|(_, open)| !open).count(), 1, "the closed one somebody holds");

    for label in ["floating-help", "FLOATING-HELP", "a \"quoted\" one", "süß", "back\\slash", "floating", "docs"] {
        let wears = |n: &&floorwalk::domain::task::Task| n.labels.iter().any(|l| l.raw().eq_ignore_ascii_case(label));
        let wanted: Vec<TaskKey> = tasks.iter().filter(wears).map(|task| task.key.clone()).collect();
        let mut found: Vec<_> = run(store.labelled(label)).unwrap();
        found.sort_by_key(|task| task.key.number);
        assert_eq!(found.iter().map(|task| task.key.clone()).collect::<Vec<_>>(), wanted, "{label}");
        assert!(found.iter().all(|found| tasks.contains(found)), "as they stand in the store");
    }
}
