//! The triage dialog: what each act asks for, what is shown before anything is done, and what is wished.

use std::sync::Arc;

use floorwalk::{
    app::{Command, Event},
    domain::{
        key::TaskKey,
        project::Permission,
        triage::{ASK_INFO, OBSOLETE, Triage, tag_value},
    },
    index::duplicates::{by_title, with_bodies},
    tui::state::Options,
};

use super::tui_world::*;

fn flaky() -> TaskKey {
    key("vision/dataloader", 412)
}

/// The world of the screens, in which the user may sort the tasks of one project.
fn screen(columns: u16, rows: u16) -> Screen {
    let mut everything = everything();
    everything.projects[0].permission = Permission::Triage;
    everything.values.push(tag_value(&flaky(), "mentor", true));
    everything.values.push(tag_value(&flaky(), "later", true));
    Screen::with(build(everything), Options::default(), columns, rows)
}

fn wished(screen: &mut Screen, keys: &[TaskKey], act: Triage) {
    assert_eq!(screen.wishes(), [Command::Triage { keys: keys.to_vec(), act }]);
}

#[test]
fn tags_stand_before_the_title_and_in_the_preview() {
    let mut screen = screen(120, 40);
    screen.go_to(&flaky());
    screen.shows("#later #mentor").shows("your tags #later #mentor");
    insta::assert_snapshot!("triage_tags_120x40", screen.view());
    screen.keys("/").text("tag:mentor").keys("enter").shows("1 of 12").shows("Flaky shard");
}

#[test]
fn every_act_shows_what_it_does_at_three_sizes() {
    for (columns, rows) in [(80, 24), (40, 15), (120, 40)] {
        for act in ["snooze", "tag", "label", "ask", "obsolete"] {
            let mut screen = screen(columns, rows);
            screen.go_to(&flaky()).keys("t").text(act.get(..1).unwrap());
            if act == "label" {
                screen.keys("tab").text("help");
            }
            if act == "tag" {
                screen.keys("tab").text("slow");
            }
            screen.shows(&format!("[{act}]"));
            insta::assert_snapshot!(format!("triage_{act}_{columns}x{rows}"), screen.view());
        }
    }
}

#[test]
fn a_snooze_lasts_until_something_changes_or_until_a_day() {
    let mut screen = screen(80, 24);
    screen.go_to(&flaky()).keys("t enter");
    wished(&mut screen, &[flaky()], Triage::Snooze { until: None });
    screen.keys("t tab right").shows("2026-11-27").keys("enter");
    let until = Some("2026-11-27T00:00:00Z".parse().unwrap());
    wished(&mut screen, &[flaky()], Triage::Snooze { until });
}

#[test]
fn marked_tasks_are_sorted_together_and_the_marks_go() {
    let mut screen = screen(80, 24);
    let (a, b) = (key("docs/handbook", 5), key("docs/handbook", 14));
    screen.go_to(&b).keys("v").go_to(&a).keys("v t").text("hh").shows("Triage 2 tasks").keys("t").text("t");
    screen.keys("tab").text("Later").shows("2 will be done, 0 left out").keys("enter");
    wished(&mut screen, &[a, b], Triage::Tag("Later".into()));
    assert!(screen.turns.state.discover.marks.is_empty());
}

#[test]
fn what_may_not_be_is_told_before_anything_is_sent() {
    let mut screen = screen(80, 24);
    screen.go_to(&key("search/cli", 98)).keys("t l tab").text("docs");
    screen.shows("you may not change labels in search/cli").keys("enter");
    assert!(screen.wishes().is_empty());
    insta::assert_snapshot!("triage_refused_80x24", screen.view());
    screen.keys("esc").go_to(&key("vision/dataloader", 500)).keys("t").text("o");
    screen.shows("moved 12 days ago").keys("enter");
    assert!(screen.wishes().is_empty());
}

#[test]
fn the_usual_words_are_sent_as_they_are_and_can_be_changed() {
    let mut screen = screen(80, 24);
    screen.go_to(&flaky()).keys("t a").shows("ask @ana for information on vision/dataloader#412").keys("enter");
    wished(&mut screen, &[flaky()], Triage::AskInfo { text: ASK_INFO.into() });
    screen.keys("t o enter");
    wished(&mut screen, &[flaky()], Triage::Obsolete { text: OBSOLETE.into() });
    screen.keys("t a tab ctrl-u").text("Which shard?").keys("ctrl-j").text("- on which machine").keys("enter");
    wished(&mut screen, &[flaky()], Triage::AskInfo { text: "Which shard?\n- on which machine".into() });
}

#[test]
fn what_was_typed_is_kept_while_the_act_changes_and_when_the_dialog_is_left() {
    let mut screen = screen(80, 24);
    screen.go_to(&flaky()).keys("t t tab").text("slow").keys("shift-tab left right").shows("slow");
    screen.keys("esc t").shows("[tag]").shows("slow").keys("enter");
    wished(&mut screen, &[flaky()], Triage::Tag("slow".into()));
    // It was done: the next begins anew.
    screen.keys("t").shows("[snooze]").keys("t").lacks("slow");
}

#[test]
fn duplicates_are_looked_for_and_offered() {
    for (columns, rows) in [(80, 24), (40, 15)] {
        let mut everything = everything();
        let (twin, other) = (key("search/cli", 900), key("docs/handbook", 5));
        everything.tasks.push(task(twin.clone(), "Nightly build blocked by a flaky shard test", &[], 9, 9));
        let snapshot = build(everything);
        let twins = with_bodies(by_title(&snapshot, &flaky()), None, &|_| None);
        let mut screen = Screen::with(Arc::clone(&snapshot), Options::default(), columns, rows);
        screen.go_to(&flaky()).keys("t d");
        assert_eq!(screen.wishes(), [Command::Duplicates(flaky())], "asked for once");
        screen.told(Event::Duplicates(flaky(), twins)).keys("tab");
        insta::assert_snapshot!(format!("triage_duplicate_{columns}x{rows}"), screen.view());
        screen.keys("enter");
        wished(&mut screen, &[flaky()], Triage::Duplicate { of: twin, text: String::new() });
        // Another one can be named.
        screen.keys("t d tab tab").text("docs/handbook#5").keys("enter");
        wished(&mut screen, &[flaky()], Triage::Duplicate { of: other, text: String::new() });
    }
}

#[test]
fn without_a_duplicate_one_is_named_or_nothing_is_wished() {
    let mut screen = screen(80, 24);
    screen.go_to(&flaky()).keys("t d").shows("Looking for tasks that are alike");
    screen.wishes();
    screen.told(Event::Duplicates(flaky(), Vec::new())).shows("No open task looks like the same work").keys("enter");
    assert!(screen.wishes().is_empty());
    screen.shows("name the other task").keys("tab").text("nonsense").keys("enter");
    assert!(screen.wishes().is_empty());
}

#[test]
fn one_task_in_full_is_sorted_too() {
    let mut screen = screen(80, 24);
    screen.go_to(&flaky()).keys("enter T").shows("[snooze]").keys("h enter");
    wished(&mut screen, &[flaky()], Triage::Hide);
}
