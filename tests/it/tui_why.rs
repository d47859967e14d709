//! Why, Why not, two tasks compared, and the weights, on the real loop: what they show, and what their keys wish.

use floorwalk::{
    app::{Command, Event},
    domain::{
        task::{Comment, TaskDetail},
        triage::Triage,
    },
    index::Snapshot,
    judge::{
        free::{Sign, signs::WORD_DAYS},
        score::{Part, Preset, Weights},
    },
    tui::state::Options,
};

use super::tui_world::*;

const SIZES: [(u16, u16); 3] = [(80, 24), (120, 40), (40, 15)];

fn flaky() -> floorwalk::domain::key::TaskKey {
    key("vision/dataloader", 412)
}

fn loaded(columns: u16, rows: u16) -> Screen {
    let mut screen = Screen::new(columns, rows);
    screen.told(Event::Detail(Box::new(detail(flaky(), BODY)))).go_to(&flaky());
    screen
}

fn pictures(name: &str, prepare: impl Fn(&mut Screen)) {
    for (columns, rows) in SIZES {
        let mut screen = loaded(columns, rows);
        prepare(&mut screen);
        insta::assert_snapshot!(format!("{name}_{columns}x{rows}"), screen.view());
    }
}

#[test]
fn pictures_of_why() {
    pictures("why", |screen| {
        screen.keys("w");
    });
}

#[test]
fn pictures_of_why_not() {
    pictures("why_not", |screen| {
        screen.with_taken().go_to(&key("docs/handbook", 9)).keys("W");
    });
}

#[test]
fn pictures_of_two_compared() {
    pictures("than", |screen| {
        screen.keys("v").go_to(&key("docs/handbook", 5)).keys("=");
    });
}

#[test]
fn pictures_of_the_weights() {
    pictures("weights", |screen| {
        screen.keys("+ j + + - p");
    });
}

/// Points of the bars that a screen shows, and the score above them, hundredths.
fn shown(view: &str) -> (u32, Vec<(Part, u32)>) {
    let hundredths = |text: &str| text.replace('.', "").parse::<u32>().ok();
    let mut score = None;
    let mut bars = Vec::new();
    for line in view.lines() {
        let words: Vec<&str> = line.split_whitespace().collect();
        match (words.first(), words.iter().position(|w| *w == "of")) {
            (Some(first), Some(at)) if Part::parse(first).is_some() => {
                bars.push((Part::parse(first).unwrap(), hundredths(words[at - 1]).unwrap()));
            }
            (Some(first), _) if score.is_none() && first.contains('.') => score = hundredths(first),
            _ => {}
        }
    }
    (score.unwrap(), bars)
}

#[test]
fn the_bars_on_the_screen_add_up_to_the_score_and_say_what_is_assumed() {
    let mut screen = loaded(120, 40);
    screen.keys("w");
    let (score, bars) = shown(&screen.view());
    assert_eq!(bars.len(), 9, "{}", screen.view());
    let sum: u32 = bars.iter().map(|(_, points)| points).sum();
    assert!(sum.abs_diff(score) <= 1, "{sum} of {score}\n{}", screen.view());
    let snapshot = screen.turns.state.snapshot.clone();
    let row = snapshot.get(&flaky()).unwrap();
    assert_eq!(snapshot.score(row), Some(score), "the list shows the same");
    let told = snapshot.explain(row, None, None);
    for reason in &told.why.parts {
        assert_eq!(bars.iter().find(|(part, _)| *part == reason.bar.part).unwrap().1, reason.bar.points);
    }
    assert!(told.why.parts.iter().any(|r| r.assumed));
    screen.shows("(assumed, ").shows("░");
}

#[test]
fn weights_change_the_list_at_once_and_are_kept_by_name() {
    let mut screen = loaded(120, 40);
    screen.keys("+").shows("Weights of the score: default").keys("j + +").shows("your own");
    let changed = Weights::default().with(Part::ALL[1], Weights::default().get(Part::ALL[1]) + 2);
    assert_eq!(screen.turns.state.snapshot.weights(), changed);
    screen.keys("-");
    assert_eq!(screen.turns.state.snapshot.weights().get(Part::ALL[1]), changed.get(Part::ALL[1]) - 1);
    screen.keys("p").shows(&format!("Weights of the score: {}", Preset::ALL[0].word())).keys("p s");
    let kept = Weights::of(Preset::ALL[1]);
    assert_eq!(screen.wishes(), [Command::KeepWeights("mine".into(), kept)]);
    // A sync brings facts, not other weights.
    screen.told(Event::Snapshot(snapshot()));
    assert_eq!(screen.turns.state.snapshot.weights(), kept);
}

#[test]
fn one_marked_task_or_two_are_compared_and_else_it_is_said_how() {
    let mut screen = loaded(80, 24);
    screen.keys("=").shows("Mark one task, go to another");
    let mut screen = loaded(80, 24);
    screen.keys("v").go_to(&key("docs/handbook", 5)).keys("=").lacks("Mark one task").keys("esc");
    screen.keys("v").go_to(&flaky()).keys("=").lacks("Mark one task");
}

#[test]
fn words_to_the_host_are_copied_and_better_words_are_written_and_sent_only_with_enter() {
    let mut screen = loaded(120, 40);
    screen.keys("w y");
    assert_eq!(screen.turns.world.clipboard.len(), 1);
    assert!(screen.turns.world.clipboard[0].contains("It would be easier to pick up with"));
    screen
        .keys("e")
        .shows("Describe it better")
        .shows("readiness ")
        .text("x")
        .shows("only its author and the people of");
    screen.keys("enter");
    assert_eq!(screen.wishes(), [], "who may not change it sends nothing");

    let mut all = everything();
    all.projects.iter_mut().for_each(|p| p.permission = floorwalk::domain::project::Permission::Write);
    let mut screen = Screen::with(build(all), Options::default(), 120, 40);
    screen.told(Event::Detail(Box::new(detail(flaky(), BODY)))).go_to(&flaky()).keys("w e");
    screen.shows("stays as it is").keys("enter").shows("stays as it is");
    assert_eq!(screen.wishes(), [], "headings alone are nothing");
    screen.keys("ctrl-j").text("Ask @kim.").shows("Enter changes the description").keys("esc");
    assert_eq!(screen.wishes(), [], "without Enter nothing is sent");
    screen.keys("e").shows("Ask @kim.").keys("enter");
    let wishes = screen.wishes();
    let [Command::Triage { keys, act: Triage::Describe { was, body } }] = wishes.as_slice() else {
        panic!("{wishes:?}")
    };
    assert_eq!((keys.as_slice(), was.as_str()), (&[flaky()][..], BODY));
    assert!(body.starts_with(BODY.trim_end()) && body.ends_with("Ask @kim."), "{body}");
    assert_eq!(body.matches("<!--").count(), 0, "{body}");
}

#[test]
fn a_claim_tells_who_seems_to_be_at_it_before_it_is_sent() {
    let mut screen = loaded(80, 40);
    let task = key("docs/handbook", 21);
    screen.go_to(&task).keys("c").lacks("Somebody may be at it");
    assert!(screen.turns.world.commands.contains(&Command::Signs(task.clone())));
    let by = floorwalk::domain::person::Login::new("kim");
    let sign = Sign::Word { by, at: days_ago(i64::from(WORD_DAYS) - 10), words: "I'm on it".into() };
    screen.told(Event::Signs(task, vec![sign])).shows("Somebody may be at it: @kim said 4 days ago: 'I'm on it'");
    screen.keys("enter");
    let wishes = screen.wishes();
    assert!(
        matches!(wishes.as_slice(), [Command::Claim { .. }]),
        "it is a warning, and no more: {wishes:?} {}",
        screen.view()
    );
}

fn surprising(snapshot: &Snapshot, screen: &Screen) -> bool {
    let key = screen.turns.state.selected().unwrap();
    !snapshot.get(&key).unwrap().is_gated()
}

#[test]
fn a_surprise_can_be_taken_and_is_another_each_time_until_all_were_shown() {
    let mut screen = loaded(80, 24);
    let first = snapshot();
    let mut seen = Vec::new();
    let free = first.rows.iter().filter(|row| !row.is_gated()).count();
    loop {
        screen.keys("!");
        assert!(surprising(&first, &screen));
        let key = screen.turns.state.selected().unwrap();
        if seen.contains(&key) {
            break;
        }
        seen.push(key);
    }
    assert!(seen.len() > 5 && seen.len() <= free, "{} of {free}", seen.len());
    let again = Screen::new(80, 24).keys("!").turns.state.selected();
    assert_eq!(again.as_ref(), seen.first(), "the same all day");
    screen.keys("2 !").shows("Why it is here").keys("esc").shows("Stop 1 of");
    let mut empty = Screen::with(bare(Default::default()), Options::default(), 80, 24);
    empty.keys("!").shows("nothing in this list can be taken now");
}

#[test]
fn what_somebody_said_stands_under_the_bars() {
    let mut screen = Screen::new(120, 40);
    let said = Comment {
        id: 2,
        author: Some(floorwalk::domain::person::Person::human("kim", 2)),
        association: floorwalk::domain::person::Association::Other,
        created_at: days_ago(2),
        updated_at: days_ago(2),
        body: "I'm working on this.".into(),
    };
    let known = TaskDetail { comments: vec![said], ..detail(flaky(), BODY) };
    screen.told(Event::Detail(Box::new(known))).go_to(&flaky()).keys("w");
    screen.shows("Signs that somebody is at it").shows("@kim said 2 days ago");
}
