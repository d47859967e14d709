//! What the screens show somebody who is new, and whoever guides them: proposals, the plan, the first days.

use std::sync::Arc;

use floorwalk::{
    app::Command,
    domain::{
        commitment::{ClaimId, HostReason},
        facts::{Document, Heading, ProjectFacts},
        key::TaskKey,
        ledger::Point,
        outbox::Answer,
        person::{Login, Person},
        proposal::{Proposal, Question, Reply, value},
    },
    index::{BuildContext, Snapshot},
    store::{Everything, facts_name},
    tui::state::Options,
};
use ulid::Ulid;

use super::{tui_lives::*, tui_world::*};

fn task() -> TaskKey {
    key("vision/dataloader", 412)
}

/// A proposal of milo, the mentor, made on Thursday.
fn proposed(to: &str) -> Proposal {
    Proposal {
        id: ClaimId(Ulid(77)),
        key: task(),
        by: Person::human("milo", 8),
        to: to.into(),
        at: at("11-19T09:00"),
        comment: 40,
        size: None,
        words: "small, and I sit next to it".into(),
        asked: None,
        answered: None,
        ended: None,
    }
}

fn with(values: Vec<(String, String)>, me: &str, all: Everything) -> Screen {
    let mut all = all;
    all.values.extend(values);
    let roster = roster();
    floorwalk::domain::commitment::judge(&mut all.commitments, &roster, now());
    let context = BuildContext {
        now: now(),
        me: [(tracker(), Login::new(me))].into_iter().collect(),
        roster: Arc::new(roster),
        scope: None,
        homes: Default::default(),
        taste: Default::default(),
    };
    Screen::with(Arc::new(Snapshot::build(all, &context)), Options::default(), 100, 30)
}

#[test]
fn a_proposal_stands_first_on_mine_with_its_three_answers() {
    let mut screen = with(vec![value(&task(), &[proposed("sam")])], "sam", everything());
    screen.keys("3").shows("proposed to you by @milo, until 2026-11-26").shows("small, and I sit next to it");
    screen.shows("a accept").shows("x decline").shows("n ask");
    insta::assert_snapshot!("proposal_on_mine", screen.view());
    screen
        .keys("a")
        .shows("Claim")
        .keys("esc x")
        .shows("A no costs nothing")
        .keys("tab")
        .text("next month")
        .keys("enter");
    let reply = Reply::Decline { reason: HostReason::NotNow };
    assert_eq!(screen.wishes(), [Command::Reply { key: task(), reply, text: "next month".into() }]);
    screen.keys("n").text("which shard?").keys("enter");
    assert_eq!(screen.wishes(), [Command::Reply { key: task(), reply: Reply::Ask, text: "which shard?".into() }]);
}

#[test]
fn a_mentor_proposes_with_one_key_and_answers_the_question_in_the_room() {
    let mut screen = with(Vec::new(), "milo", Everything { commitments: Vec::new(), ..everything() });
    screen.go_to(&task()).keys("P").shows("Nobody is assigned").text("lee").keys("tab tab").text("it fits you");
    insta::assert_snapshot!("propose", screen.view());
    screen.keys("enter");
    let wish = Command::Propose { key: task(), to: "lee".into(), size: None, text: "it fits you".into() };
    assert_eq!(screen.wishes(), [wish]);
    let mut asked = proposed("lee");
    asked.asked = Some(Question { at: at("11-19T15:00"), words: "which shard?".into() });
    let mut screen = with(vec![value(&task(), &[asked])], "milo", everything());
    screen.keys("4").shows("! vision/dataloader#412 @lee asked about what is proposed to them");
    screen.keys("3").shows("@lee asks: which shard?");
}

#[test]
fn whoever_is_no_mentor_is_told_who_proposes() {
    let mut screen = with(Vec::new(), "kim", everything());
    screen.go_to(&task()).keys("P").shows("for the mentors and leads of Vision");
    assert_eq!(screen.wishes(), []);
}

#[test]
fn a_plan_is_posted_from_four_short_answers() {
    let log = vec![claimed("11-19T09:00", &sam(), "11-26")];
    let mut screen = screen(vec![commitment(1, key("vision/dataloader", 31), sam(), log)], 100, 30);
    screen.keys("3 P").text("retry less").keys("tab").text("test first").keys("enter");
    let text = "**What it is about:** retry less\n\n**Steps:** test first".into();
    let key = key("vision/dataloader", 31);
    assert_eq!(screen.wishes(), [Command::Answer { key, helper: None, answer: Answer::Plan { ask: None }, text }]);
}

/// A guide that tells how to build and leaves the tests out.
fn facts() -> (String, String) {
    let project = key("vision/dataloader", 31).project;
    let heading = Heading { words: "Build".into(), length: 40, has_code: true };
    let guide = Document { path: "CONTRIBUTING.md".into(), words: 60, opening: 20, headings: vec![heading] };
    let facts = ProjectFacts {
        contributing: Some(Some(guide)),
        readme: Some(None),
        ..ProjectFacts::unread(project.clone(), at("11-20T08:00"))
    };
    (facts_name(&project), serde_json::to_string(&facts).unwrap())
}

#[test]
fn the_first_days_stand_on_the_opened_card_with_ticks_and_a_note_on_the_gap() {
    let log = vec![claimed("11-19T09:00", &sam(), "11-26")];
    let commitments = vec![commitment(1, key("vision/dataloader", 31), sam(), log)];
    let mut screen = with(vec![facts()], "sam", Everything { commitments, ..everything() });
    screen.keys("3").shows("first days here: 0 of 4 points done").keys("enter");
    screen.shows("[ ] build, it builds here: CONTRIBUTING.md, 'Build'");
    screen.shows("[ ] tests, the tests run here: its documents do not say (you can tell the host)");
    insta::assert_snapshot!("first_days", screen.view());
    screen.keys("l tab right").shows("it builds here").keys("enter");
    let points = Point::ALL.map(|point| (point, point == Point::Build)).to_vec();
    let project = key("vision/dataloader", 31).project;
    assert_eq!(screen.wishes(), [Command::Tick { project: project.clone(), points }]);
    screen.keys("f").shows("Say how to run the tests").shows("Everybody there can read it").keys("enter");
    match screen.wishes().as_slice() {
        [Command::Raise { project: of, finding, body: Some(body), .. }] => {
            assert_eq!((of, finding.as_str()), (&project, "contributing:tests"));
            assert!(
                body.contains("a newcomer finds no words on how to run the tests") || body.contains("A newcomer"),
                "{body}"
            );
        }
        other => panic!("{other:?}"),
    }
}
