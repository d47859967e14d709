//! Findings on the screen: the same list, a preview with what was seen, and a dialog that shows the draft.

use floorwalk::{
    app::Command,
    domain::facts::{Conclusion, ProjectFacts, Run},
    store::facts_name,
    tui::state::Options,
};

use crate::tui_world::{Screen, build, days_ago, everything, key};

fn screen(columns: u16, rows: u16) -> Screen {
    let mut all = everything();
    let project = key("vision/dataloader", 1).project;
    let run = |days: i64, conclusion| Run {
        workflow: "ci".into(),
        commit: format!("c{days}"),
        at: days_ago(days),
        conclusion,
        attempt: 1,
        scheduled: false,
    };
    let facts = ProjectFacts {
        branch: "main".into(),
        runs: Some(vec![run(12, Conclusion::Success), run(9, Conclusion::Failure), run(1, Conclusion::Failure)]),
        contributing: Some(None),
        issues_on: Some(true),
        ..ProjectFacts::unread(project.clone(), days_ago(0))
    };
    all.values.push((facts_name(&project), serde_json::to_string(&facts).unwrap()));
    Screen::with(build(all), Options::default(), columns, rows)
}

#[test]
fn findings_stand_in_the_same_table_with_their_evidence_beside() {
    let mut screen = screen(120, 40);
    screen.shows("finding");
    screen.keys("/").text("is:finding").keys("enter");
    insta::assert_snapshot!(screen.view());
}

#[test]
fn a_narrow_screen_shows_them_too() {
    let mut screen = screen(80, 24);
    screen.keys("/").text("is:finding").keys("enter");
    insta::assert_snapshot!(screen.view());
}

#[test]
fn enter_shows_the_draft_and_sends_what_stands_there() {
    let mut screen = screen(100, 40);
    screen.keys("/").text("is:finding").keys("enter").keys("enter");
    insta::assert_snapshot!(screen.view());
    screen.text(" again").keys("enter");
    let raised = screen.wishes().into_iter().find_map(|wish| match wish {
        Command::Raise { project, finding, title, body } => Some((project, finding, title.unwrap(), body.unwrap())),
        _ => None,
    });
    let (project, finding, title, body) = raised.expect("it was wished");
    assert_eq!((project.path(), finding.as_str()), ("vision/dataloader", "red-branch"));
    assert_eq!(title, "`main` is red: `ci` again");
    assert!(body.contains("## Done when") && body.ends_with("red-branch -->"), "{body}");
}

#[test]
fn what_is_written_for_one_finding_stays_with_it() {
    let mut screen = screen(100, 40);
    screen.keys("/").text("is:finding").keys("enter").keys("enter").text(" mine").keys("esc");
    screen.keys("j").keys("enter").lacks("mine").shows("Write a guide for contributors").keys("esc");
    screen.keys("k").keys("enter").shows("is red: `ci` mine");
}

#[test]
fn a_finding_is_no_task_and_says_so() {
    let mut screen = screen(120, 40);
    screen.keys("/").text("is:finding").keys("enter");
    for key in ["v", "s", "o", "y"] {
        screen.keys(key).shows("a finding is no task yet").pass(std::time::Duration::from_secs(60));
        screen.lacks("a finding is no task yet");
    }
    assert!(
        screen.wishes().iter().all(|w| !matches!(w, Command::Detail(k) if k.is_unborn())),
        "nothing is read for it"
    );
}
