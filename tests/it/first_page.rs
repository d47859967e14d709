//! The first page of the list: kept from one start to the next, shown before the rest is read, and never more than it is.

use std::sync::Arc;

use floorwalk::{
    app::Event,
    domain::{key::TaskKey, planning::Planning, task::TaskState},
    index::{
        BuildContext, Query, Snapshot, Taste,
        filter::search,
        page::{PAGE, Page},
        rank::Sort,
    },
    judge::score::{Part, Weights},
    store::{Batch, Everything, Store, facts_name, links_name},
    tui::{Options, place},
};

use super::{store_world, tui_world::*};

fn context() -> BuildContext {
    BuildContext {
        now: now(),
        me: [(tracker(), floorwalk::domain::person::Login::new("sam"))].into_iter().collect(),
        roster: Arc::default(),
        scope: None,
        homes: Default::default(),
        taste: Default::default(),
    }
}

/// Keys and points of the list as it is shown.
fn listed(snapshot: &Snapshot) -> Vec<(String, Option<u32>)> {
    let hits = search(snapshot, &Query::default(), Sort::Best);
    let rows = hits.rows.iter().map(|at| snapshot.rows.get(*at as usize).unwrap());
    rows.map(|row| (row.task.key.to_string(), snapshot.score(row))).collect()
}

fn many() -> Everything {
    let mut all = everything();
    let more = (1..=400).map(|n| task(key("acme/many", n), &format!("Task {n}"), &["docs"], 500 + n as i64, n as i64));
    all.tasks.extend(more);
    all
}

/// What a store that holds `all` gives for a page.
fn page_of(all: &Everything, page: &Page) -> Everything {
    let dir = store_world::world();
    let store = store_world::open(dir.path());
    let batch = Batch {
        projects: all.projects.clone(),
        tasks: all.tasks.iter().map(|task| (task.clone(), None)).collect(),
        commitments: all.commitments.clone(),
        coverage: all.coverage.clone(),
        values: all.values.clone(),
        ..Batch::default()
    };
    store_world::run(async {
        store.apply(batch).await.unwrap();
        // What the reader holds is asked for beside the page, and is in it too.
        store.page(page.keys().into_iter().chain(page.keys().into_iter().take(3)).collect()).await.unwrap()
    })
}

#[test]
fn a_page_shows_the_first_rows_of_the_whole_list_in_its_order_and_with_its_points() {
    let all = many();
    let whole = Snapshot::build(all.clone(), &context());
    let page = Page::read(&Page::of(&whole).written()).unwrap();
    let first = Snapshot::of_page(page_of(&all, &page), &context(), &page);
    assert!(first.is_page() && !whole.is_page());
    let (shown, wanted) = (listed(&first), listed(&whole));
    assert_eq!((shown.len(), wanted.len() > 400), (200, true));
    assert_eq!(shown, wanted[..200]);
    let hits = search(&first, &Query::default(), Sort::Best);
    assert!(hits.facets.signals.is_empty() && hits.debt == 0, "of a page nothing is counted");
    assert_eq!(first.commitments.len(), whole.commitments.len());
}

#[test]
fn what_was_closed_meanwhile_is_not_shown_again() {
    let mut all = many();
    let whole = Snapshot::build(all.clone(), &context());
    let page = Page::of(&whole);
    let gone = page.keys()[0].clone();
    let task = all.tasks.iter_mut().find(|task| task.key == gone).unwrap();
    (task.state, task.updated_at) = (TaskState::Closed, now().0);
    let first = Snapshot::of_page(page_of(&all, &page), &context(), &page);
    assert_eq!(listed(&first)[..], listed(&whole)[1..200]);
}

#[test]
fn the_store_gives_what_belongs_to_the_tasks_and_of_values_only_theirs() {
    let mut all = everything();
    let page = Page::of(&Snapshot::build(all.clone(), &context()));
    let (on, off) = (&page.keys()[0], key("acme/other", 7));
    all.tasks.push(task(off.clone(), "Elsewhere", &[], 9, 9));
    all.tasks.iter_mut().find(|t| t.key == *on).unwrap().planning = Some(Box::new(Planning::default()));
    let value = |name: String| (name, "x".to_owned());
    all.values.extend([links_name(on), facts_name(&on.project), links_name(&off), facts_name(&off.project)].map(value));
    all.values.extend([value("zebra".into()), value("abacus".into())]);
    let read = page_of(&all, &page);
    let mut keys: Vec<_> = read.tasks.iter().map(|task| task.key.clone()).collect();
    let mut wanted = page.keys();
    keys.sort();
    wanted.sort();
    assert_eq!(keys, wanted);
    let task = |key: &TaskKey| read.tasks.iter().find(|task| task.key == *key);
    assert_eq!(task(on), all.tasks.iter().find(|task| task.key == *on), "as it stands in the store");
    let has = |name: &str| read.values.iter().any(|(n, _)| n == name);
    for name in ["synced_at", "zebra", "abacus", &links_name(on), &facts_name(&on.project)] {
        assert!(has(name), "{name}");
    }
    assert!(!has(&links_name(&off)) && !has(&facts_name(&off.project)));
    assert!(read.projects.iter().all(|p| wanted.iter().any(|key| key.project == p.project)));
}

#[test]
fn points_of_other_weights_and_odd_texts_are_no_page() {
    let whole = Snapshot::build(many(), &context());
    let page = Page::of(&whole);
    assert!(page.fits(&context()));
    let taste = Taste { weights: Weights::default().with(Part::Skills, 50), ..Taste::default() };
    assert!(!page.fits(&BuildContext { taste: Arc::new(taste), ..context() }));
    for odd in ["", "[]", "{\"weights\":\"\",\"rows\":[]}", "\u{1b}[2J", "{\"weights\":1}"] {
        assert_eq!(Page::read(odd), None, "{odd:?}");
    }
}

#[test]
fn the_screen_says_that_it_reads_on_and_stays_on_its_task() {
    let page = Page::of(&snapshot());
    let first = Arc::new(Snapshot::of_page(page_of(&everything(), &page), &context(), &page));
    let mut screen = Screen::with(first, Options { bell: true, ..Options::default() }, 120, 40);
    screen.shows("reading the rest …").lacks(" of 1").lacks("Signals").lacks("fresh").shows("synced 09:42 UTC");
    screen.keys("j j");
    let at = screen.turns.state.selected().unwrap();
    screen.told(Event::Snapshot(snapshot())).shows("10 of 12").shows("Signals").lacks("reading the rest");
    assert_eq!(screen.turns.state.selected(), Some(at));
    assert!(screen.turns.state.toasts.is_empty(), "nothing new happened");
}

#[test]
fn what_was_read_earlier_never_takes_the_place_of_what_was_read_later() {
    let read = |reading: u64, tasks: usize| {
        let mut all = everything();
        all.tasks.truncate(tasks);
        Event::Snapshot(Arc::new((*build(all)).clone().of_reading(reading)))
    };
    let mut screen = Screen::new(100, 30);
    screen.told(read(2, 5)).shows(" of 5");
    screen.told(read(1, 12)).shows(" of 5");
    screen.told(read(3, 12)).shows("10 of 12");
}

#[test]
fn where_the_list_was_left_by_words_or_order_a_page_is_not_enough() {
    let page = Page::of(&snapshot());
    let first = Snapshot::of_page(page_of(&everything(), &page), &context(), &page);
    let place = place::of(&Screen::with(snapshot(), Options::default(), 80, 24).turns.state);
    assert!(place::is_on(&place, &first));
    let other = |change: fn(&mut floorwalk::config::memory::Place)| {
        let mut place = place.clone();
        change(&mut place);
        place::is_on(&place, &first)
    };
    assert!(other(|p| p.tab = "mine".into()));
    assert!(!other(|p| p.tab = "floor".into()));
    assert!(!other(|p| p.query = "docs".into()));
    assert!(!other(|p| p.view = "mine".into()));
    assert!(!other(|p| p.sort = "quiet".into()));
    assert!(!other(|p| p.task = "gh:acme/other#1".into()));
}

#[test]
fn the_second_start_has_a_page() {
    let floor = crate::floor::Floor::alive();
    let sam = floor.desk("sam");
    sam.fine(&["sync"]);
    let start = || crate::pty::Terminal::of(&sam.command(&[]), 100, 30);
    let mut screen = start();
    screen.shows("by best");
    screen.settles();
    screen.press("q");
    assert_eq!(screen.ends(), 0);
    let kept = store_world::run(store_world::open(&sam.folder().join("data")).value(PAGE)).unwrap().unwrap();
    let page = Page::read(&kept).unwrap();
    assert_eq!(page.keys().len(), 200);
    let mut screen = start();
    screen.shows("by best").lacks("reading the rest");
    screen.press("q");
    assert_eq!(screen.ends(), 0);
}
