//! Searching beside the loop: no key waits for a search and none is dropped; what is found last is what is shown.

use std::{
    collections::VecDeque,
    sync::{Arc, mpsc},
    time::Duration,
};

use floorwalk::{
    app::Event,
    index::{Query, Snapshot, filter::search, rank::Sort},
    judge::score::Weights,
    keymap::{self, Chord},
    store::Everything,
    tui::{
        room::Room,
        seek::{Ask, Seeker},
        state::{Msg, Options, State, update},
    },
};

use crate::tui_world::{Screen, build, everything, key, now, snapshot, task};

/// A screen on which every answer is late.
fn late() -> Screen {
    let mut screen = Screen::new(120, 30);
    screen.turns.world.asks = Some(Vec::new());
    screen
}

fn asked(screen: &Screen) -> &[Ask] {
    screen.turns.world.asks.as_deref().unwrap()
}

/// Gives the answer to a question.
fn answer(screen: &mut Screen, at: usize) {
    let answer = asked(screen)[at].answer();
    screen.send(Msg::Found(Box::new(answer)));
}

fn answer_last(screen: &mut Screen) {
    answer(screen, asked(screen).len() - 1);
}

#[test]
fn each_key_is_seen_at_once_while_the_old_rows_stay() {
    let mut screen = late();
    let all = screen.turns.state.discover.hits.rows.len();
    screen.keys("/");
    for typed in ["d", "do", "doc", "docs"] {
        screen.text(typed.get(typed.len() - 1..).unwrap());
        assert_eq!(screen.turns.state.discover.query.text(), typed);
        assert_eq!(screen.turns.state.discover.hits.rows.len(), all, "old rows until the new ones are here");
        screen.shows(typed).shows("Remove the old retry");
    }
    screen.keys("enter");
    assert_eq!(asked(&screen).len(), 4);
    answer_last(&mut screen);
    let expected = search(&snapshot(), &Query::parse("docs").unwrap(), Sort::Best);
    assert_eq!(screen.turns.state.discover.hits.rows, expected.rows);
    screen.lacks("Remove the old retry");
}

#[test]
fn moves_made_meanwhile_count_from_the_top_of_the_new_list() {
    let mut screen = late();
    screen.keys("j j j");
    screen.keys("/").text("nothing at all").keys("enter");
    answer_last(&mut screen);
    assert!(screen.turns.state.discover.hits.rows.is_empty());
    screen.keys("esc j j j");
    assert!(screen.turns.state.discover.hits.rows.is_empty(), "not answered yet");
    answer_last(&mut screen);
    assert_eq!(screen.turns.state.discover.query.text(), "");
    assert!(!screen.turns.state.discover.hits.rows.is_empty());
    screen.keys("/").text("e").keys("enter j j");
    answer_last(&mut screen);
    assert_eq!(screen.turns.state.discover.cursor.at, 2);
}

#[test]
fn what_is_done_to_a_task_waits_for_the_list_that_was_asked_for() {
    let mut screen = late();
    let shown = screen.turns.state.selected();
    screen.keys("/").text("shim").keys("enter v enter");
    assert!(screen.turns.state.rooms.is_empty(), "the row that is still shown is not the one that was meant");
    assert_eq!(screen.turns.state.selected(), shown);
    answer_last(&mut screen);
    let meant = key("vision/dataloader", 31);
    assert_ne!(shown.as_ref(), Some(&meant));
    assert!(screen.turns.state.discover.marks.contains(&meant), "the keys go on in their order");
    assert!(matches!(screen.turns.state.room(), Some(Room::Detail(open, _)) if *open == meant));
    // Where the cursor stays on its task, nothing has to wait.
    screen.keys("esc esc esc v");
    assert_eq!(screen.turns.state.discover.marks.iter().collect::<Vec<_>>(), [&meant]);
}

#[test]
fn an_answer_to_an_older_question_is_not_shown() {
    let mut screen = late();
    screen.keys("/").text("d").text("o");
    answer(&mut screen, 0);
    let all = snapshot().rows.len();
    assert!(screen.view().contains(&format!("of {all}")));
    assert_eq!(
        screen.turns.state.discover.hits.rows.len(),
        search(&snapshot(), &Query::default(), Sort::Best).rows.len()
    );
    answer(&mut screen, 1);
    let expected = search(&snapshot(), &Query::parse("do").unwrap(), Sort::Best);
    assert_eq!(screen.turns.state.discover.hits.rows, expected.rows);
    answer(&mut screen, 0);
    assert_eq!(screen.turns.state.discover.hits.rows, expected.rows);
}

#[test]
fn new_facts_are_shown_together_with_what_is_found_in_them() {
    let mut screen = late();
    screen.keys("j j");
    let held = screen.turns.state.selected();
    let mut more = everything();
    more.tasks.insert(0, task(key("search/cli", 900), "A newcomer at the top", &["docs", "help wanted"], 900, 800));
    screen.told(Event::Snapshot(build(more)));
    screen.lacks("A newcomer at the top");
    screen.keys("/").text("o").keys("enter");
    screen.lacks("A newcomer at the top");
    answer_last(&mut screen);
    screen.shows("A newcomer at the top");
    assert_eq!(screen.turns.state.snapshot.rows.len(), snapshot().rows.len() + 1);
    screen.keys("esc");
    answer_last(&mut screen);
    screen.go_to(&held.unwrap());
}

#[test]
fn the_cursor_stays_on_its_task_wherever_it_was_moved_meanwhile() {
    let mut screen = late();
    screen.keys("j j");
    let mut more = everything();
    more.tasks.insert(0, task(key("search/cli", 900), "A newcomer at the top", &["docs", "help wanted"], 900, 800));
    screen.told(Event::Snapshot(build(more)));
    screen.keys("j j");
    let held = screen.turns.state.selected();
    answer_last(&mut screen);
    assert_eq!(screen.turns.state.selected(), held);
}

#[test]
fn each_press_on_a_weight_counts_while_the_list_is_weighed() {
    let mut screen = late();
    let before: u32 = screen.turns.state.weights().sum();
    screen
        .turns
        .state
        .rooms
        .push(Room::Why(floorwalk::tui::room::About::Weights, floorwalk::tui::state::Cursor::default()));
    let keys =
        keymap::help::keys_of(&screen.turns.state.keymap, &screen.turns.state.room_contexts(), keymap::Action::Heavier);
    let first = keys.split([',', ' ']).next().unwrap().to_owned();
    for n in 1..=5 {
        screen.keys(&first);
        assert_eq!(screen.turns.state.weights().sum(), before + n);
    }
    answer_last(&mut screen);
    assert_eq!(screen.turns.state.snapshot.weights(), screen.turns.state.weights());
    assert_eq!(screen.turns.state.snapshot.weights().sum(), before + 5);
}

/// A hundred thousand tasks in twenty projects.
fn many() -> Arc<Snapshot> {
    let words = ["flaky test", "memory leak", "docs typo", "slow build", "error when the cache is empty"];
    let one = |n: u64| {
        let title = format!("{} in part {}", words[(n % 5) as usize], n % 977);
        let moved = i64::try_from(n % 400).unwrap();
        task(key(&format!("vision/part{}", n % 20), n + 1), &title, &["docs"], moved + 10, moved)
    };
    build(Everything { tasks: (0..100_000).map(one).collect(), ..Everything::default() })
}

#[test]
fn the_screens_never_drop_a_key_while_a_hundred_thousand_rows_are_searched_and_weighed() {
    let first = many();
    let (keys, _) = keymap::shipped();
    let mut state = State::new(first.clone(), Arc::new(keys), Options::default(), now(), (120, 30));
    let (queue, messages) = mpsc::channel();
    let seeker = Seeker::patient(queue, Duration::ZERO).unwrap();
    let mut late = 0;
    let mut take = |state: &mut State, msg: Msg| {
        let mut todo = VecDeque::from([msg]);
        while let Some(msg) = todo.pop_front() {
            for out in update(state, msg, now()) {
                if let floorwalk::tui::state::Out::Search(ask) = out {
                    let at_once = seeker.ask(ask);
                    late += usize::from(at_once.is_none());
                    todo.extend(at_once);
                }
            }
        }
    };
    let press = |word: &str| Msg::Key(word.parse::<Chord>().unwrap());
    take(&mut state, press("/"));
    let mut typed = String::new();
    for letter in "memory leak part".chars() {
        typed.push(letter);
        take(&mut state, Msg::Key(Chord::plain(keymap::Key::Char(letter))));
        assert_eq!(state.discover.query.text(), typed, "the key is seen before anything is found");
    }
    take(&mut state, press("enter"));
    let mut weights = Weights::default();
    for n in 0..3 {
        weights = weights.with(floorwalk::judge::score::Part::Limbo, 30 + n);
        state.weights = Some(weights);
        state.discover.search_again();
        take(&mut state, press("j"));
    }
    while state.discover.is_seeking() {
        take(&mut state, messages.recv_timeout(Duration::from_secs(120)).unwrap());
    }
    let weighed = first.weighed(weights);
    let expected = search(&weighed, &Query::parse("memory leak part").unwrap(), Sort::Best);
    assert_eq!(state.discover.hits.rows, expected.rows);
    assert_eq!(state.discover.cursor.at, 3);
    assert!(late > 0, "everything was answered at once: this showed nothing");
}

#[test]
fn values_are_offered_when_they_come_and_no_key_waits_for_them() {
    let mut screen = late();
    screen.keys("/").text("g").text("o");
    screen.lacks("language:Go");
    assert!(asked(&screen).iter().last().is_some_and(|ask| !ask.naming.is_empty()));
    answer_last(&mut screen);
    screen.shows("language:Go");
    // Once known they are there at once, and nobody asks again.
    screen.keys("ctrl-u").text("g").text("o");
    screen.shows("language:Go");
    assert!(asked(&screen).iter().last().is_some_and(|ask| ask.naming.is_empty()));
    // A box that was taken away stays away when they come late.
    screen.keys("ctrl-u").text("author:").keys("esc");
    answer_last(&mut screen);
    screen.lacks("you");
    // A question that a newer one made void is asked again with it.
    screen.keys("ctrl-u").text("label:");
    screen.told(Event::Snapshot(build(everything())));
    answer_last(&mut screen);
    screen.shows("help wanted");
}

/// Four thousand titles, of which all that is found of a word is more than is put in order at once.
#[test]
#[expect(clippy::disallowed_methods, reason = "polls for what another thread does")]
fn what_is_found_is_put_in_order_to_its_end_while_nobody_asks() {
    let world = crate::bench_world::everything(4_000, 3);
    let snapshot = Arc::new(Snapshot::build(world, &crate::bench_world::context()));
    let (queue, messages) = mpsc::channel();
    let seeker = Seeker::patient(queue, Duration::ZERO).unwrap();
    let ask = |turn, query: &str| Ask {
        turn,
        snapshot: snapshot.clone(),
        weights: None,
        query: Query::parse(query).unwrap(),
        sort: Sort::Best,
        naming: Vec::new(),
    };
    // The first is made void at once; only of the second anything is put in order.
    seeker.ask(ask(1, "e"));
    let mut next = seeker.ask(ask(2, "a"));
    let answer = loop {
        match next.take().unwrap_or_else(|| messages.recv_timeout(Duration::from_secs(120)).unwrap()) {
            Msg::Found(answer) if answer.turn == 2 => break answer,
            _ => {}
        }
    };
    assert!(answer.hits.rows.len() > 1_000);
    let begin = std::time::Instant::now();
    while !answer.hits.rows.is_complete() {
        assert!(begin.elapsed() < Duration::from_secs(120), "never put in order");
        std::thread::sleep(Duration::from_millis(5));
    }
    assert_eq!(answer.hits.rows, search(&snapshot, &Query::parse("a").unwrap(), Sort::Best).rows);
}
