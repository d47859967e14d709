//! What triage decides: private acts on many at once, what is left out and why, the host's policy, and undo.

use std::collections::HashMap;

use floorwalk::{
    app::{
        Command, ExitCode,
        decide::{Decision, World, decide},
        effect::Effect,
    },
    domain::{
        outbox::{Op, Step, Wish},
        policy::Consent,
        project::Permission,
        task::Task,
        triage::{
            ASK_INFO, Errand, MOST_COMMENTS, OBSOLETE, Tags, Topic, Triage, comment, row_of, tag_value, tag_word,
        },
    },
    index::{BuildContext, Query, Snapshot, filter::search, rank::Sort},
    store::{Everything, MarkKind},
};

use crate::decide_world::*;

fn triage(numbers: &[u64], act: Triage) -> Command {
    Command::Triage { keys: numbers.iter().map(|n| key(*n)).collect(), act }
}

fn ask(numbers: &[u64]) -> Command {
    triage(numbers, Triage::AskInfo { text: ASK_INFO.into() })
}

fn errands(decision: &Decision) -> Vec<(u64, Errand)> {
    ops(decision)
        .into_iter()
        .map(|op| match op.wish {
            Wish::Triage { errand } => (op.key.number, errand),
            other => panic!("{other:?}"),
        })
        .collect()
}

fn ops(decision: &Decision) -> Vec<Op> {
    let ops =
        decision.effects.iter().filter_map(|e| if let Effect::Journal(ops, _) = e { Some(ops.clone()) } else { None });
    ops.flatten().collect()
}

/// The scene after a command, with what it did.
fn after(scene: Scene, command: &Command) -> Scene {
    let did = scene.decide(command).unwrap().effects;
    Scene { last: Some(command.clone()), did, ..scene }
}

#[test]
fn private_acts_never_leave_the_machine_and_work_on_many() {
    let until = Some("2026-12-05T00:00:00Z".parse().unwrap());
    for act in [Triage::Snooze { until }, Triage::Snooze { until: None }, Triage::Hide, Triage::Tag("Mentor".into())] {
        let decision = Scene::new().decide(&triage(&[1, 2, 3, 4], act.clone())).unwrap();
        assert_eq!(decision.effects.len(), 1, "{decision:?}");
        match &decision.effects[0] {
            Effect::Mark(marks, true) => {
                assert_eq!(marks.len(), 4);
                let kind = if act == Triage::Hide { MarkKind::Hidden } else { MarkKind::Snoozed };
                let changes = act == Triage::Snooze { until: None };
                assert!(marks.iter().all(|m| m.kind == kind && m.changed.is_some() == changes), "{marks:?}");
            }
            Effect::Remember(values) => assert_eq!(values.len(), 4),
            other => panic!("{other:?}"),
        }
        assert_eq!(decision.said.len(), 1, "of many one line is enough: {:?}", decision.said);
        assert!(decision.said[0].contains("4 tasks"), "{:?}", decision.said);
    }
    let past = Triage::Snooze { until: Some("2020-01-01T00:00:00Z".parse().unwrap()) };
    assert_eq!(Scene::new().decide(&triage(&[1], past)).unwrap_err().code, ExitCode::Usage);
}

#[test]
fn a_tag_is_one_word() {
    for good in ["later", "#Später", "area/ci", "v2.1+", "日本"] {
        assert!(tag_word(good).is_ok(), "{good}");
    }
    assert_eq!(tag_word(" #Later ").unwrap(), "later");
    for bad in ["", "#", "two words", "a,b", "x:y", "\u{202e}abc", "a\u{1b}[31m", &"x".repeat(33)] {
        let why = tag_word(bad).unwrap_err();
        assert!(why.contains("is no tag") && !why.contains(|c: char| c.is_control()), "{why}");
    }
}

fn tagged(values: Vec<(String, String)>) -> Snapshot {
    office(3, values)
}

fn office(most: u64, values: Vec<(String, String)>) -> Snapshot {
    let tasks = (1..=most).map(|n| Task { key: key(n), id: n, ..crate::outbox_world::task() }).collect();
    let context = BuildContext {
        now: now(),
        me: HashMap::new(),
        roster: std::sync::Arc::default(),
        scope: None,
        homes: Default::default(),
        taste: Default::default(),
    };
    Snapshot::build(Everything { tasks, values, ..Everything::default() }, &context)
}

fn found(snapshot: &Snapshot, query: &str) -> Vec<u64> {
    let rows = search(snapshot, &Query::parse(query).unwrap(), Sort::Key).rows;
    rows.into_iter().map(|at| snapshot.rows.get(at as usize).unwrap().task.key.number).collect()
}

#[test]
fn tags_are_found_by_query_and_several_stand_on_one_task() {
    let values = vec![
        tag_value(&key(1), "mentor", true),
        tag_value(&key(1), "later", true),
        tag_value(&key(2), "later", true),
        tag_value(&key(3), "later", false),
        ("tag broken".into(), "{".into()),
    ];
    let snapshot = tagged(values);
    assert_eq!(snapshot.tags.get(&key(1)), ["later", "mentor"]);
    assert_eq!(snapshot.tags.shown(&key(1)), "#later #mentor");
    for (query, numbers) in [
        ("tag:later", &[1, 2][..]),
        ("tag:#later", &[1, 2]),
        ("tag:LATER", &[1, 2]),
        ("tag:men*", &[1]),
        ("tag:mentor,later", &[1, 2]),
        ("-tag:mentor", &[2, 3]),
        ("no:tag", &[3]),
        ("-no:tag", &[1, 2]),
        ("tag:nothing", &[]),
    ] {
        assert_eq!(found(&snapshot, query), numbers, "{query}");
    }
    let again = [tag_value(&key(1), "later", true), tag_value(&key(1), "later", false)];
    assert!(Tags::of(&again[1..]).get(&key(1)).is_empty());
}

#[test]
fn labels_need_rights_and_are_spelled_as_the_project_does() {
    let refused = Scene::new().refusal(&triage(&[1], Triage::Label("docs".into())));
    assert!(refused.1.contains("you may not change labels in acme/app"), "{refused:?}");
    assert!(refused.2.contains("--tag"), "there is something to do all the same: {refused:?}");
    let may = || {
        let mut scene = Scene::new();
        scene.permission = Permission::Triage;
        scene
    };
    let decision = may().decide(&triage(&[1, 2], Triage::Label("triaged".into()))).unwrap();
    let label = Errand::Label { name: "triaged".into(), undo: false };
    assert_eq!(errands(&decision), [(1, label.clone()), (2, label)]);
    // All tasks of the scene wear it.
    let off = may().decide(&triage(&[1], Triage::Unlabel("HELP WANTED".into()))).unwrap();
    assert_eq!(errands(&off), [(1, Errand::Unlabel { name: "help wanted".into(), undo: false })]);
    let twice = may().decide(&triage(&[1], Triage::Label("Help Wanted".into()))).unwrap_err();
    assert!(twice.sentence.contains("has the label 'help wanted' already"), "{twice}");
    for empty in ["", "  "] {
        assert_eq!(may().decide(&triage(&[1], Triage::Label(empty.into()))).unwrap_err().code, ExitCode::Usage);
    }
}

#[test]
fn one_act_writes_ten_comments_at_most_and_says_which_are_left_out() {
    let numbers: Vec<u64> = (1..=13).collect();
    let snapshot = office(13, Vec::new());
    let world = World {
        snapshot: &snapshot,
        now: now(),
        fresh_id: &ulid::Ulid::nil,
        me: &|_| Some(person("sam")),
        url: &|_| None,
        body: &|_| None,
        last: None,
        did: &[],
    };
    let decision = decide(&world, &ask(&numbers)).unwrap();
    assert_eq!(errands(&decision).len(), MOST_COMMENTS);
    assert_eq!(decision.know.len(), 3, "{:?}", decision.know);
    assert!(decision.know[0].contains("acme/app#11 is left out: one act writes 10 comments at most"));
    assert_eq!(decision.said, ["ask for information on 10 tasks"]);
}

#[test]
fn a_team_that_is_closed_or_quiet_gets_no_comments_but_its_own_people_do_as_they_like() {
    let closed = || Scene::new().policy(|p| p.consent = Consent::Closed);
    for command in [ask(&[1]), triage(&[1], Triage::Obsolete { text: OBSOLETE.into() })] {
        let error = closed().decide(&command).unwrap_err();
        assert!(error.sentence.contains("vision takes no help at the moment"), "{error}");
        assert!(error.hints.join(" ").contains("#vision-help"), "{error:?}");
        assert!(!closed().as_("ana").decide(&command).unwrap().effects.is_empty(), "the team itself may");
    }
    let quiet = floorwalk::domain::calendar::Quiet {
        from: "2026-11-18".parse().unwrap(),
        to: "2026-11-24".parse().unwrap(),
        why: "release week".into(),
    };
    let scene = Scene::new().policy(|p| p.quiet = vec![quiet.clone()]);
    let error = scene.decide(&ask(&[1])).unwrap_err();
    assert!(error.sentence.contains("quiet time until 2026-11-24 (release week)"), "{error}");
    assert!(error.hints.join(" ").contains("2026-11-25"), "it says when: {error:?}");
    assert!(closed().decide(&triage(&[1], Triage::Hide)).is_ok(), "private acts are nobody's business");
}

#[test]
fn what_makes_no_sense_is_refused_with_a_sentence() {
    let scene = Scene::new();
    let duplicate = |of: u64| Triage::Duplicate { of: key(of), text: String::new() };
    let itself = scene.decide(&triage(&[1], duplicate(1))).unwrap_err();
    assert!(itself.sentence.contains("is the task itself"), "{itself}");
    let wordless = scene.decide(&triage(&[1], Triage::AskInfo { text: " ".into() })).unwrap_err();
    assert_eq!(wordless.code, ExitCode::Usage);
    let absent = scene.decide(&triage(&[999], Triage::Hide)).unwrap_err();
    assert!(absent.sentence.contains("not in the store"), "{absent}");
    let long = scene.decide(&triage(&[1], Triage::AskInfo { text: "x".repeat(20_001) })).unwrap_err();
    assert!(long.sentence.contains("20001"), "{long}");
    // Of several, those that can be are done; the others are told.
    let some = scene.decide(&triage(&[1, 999], Triage::Hide)).unwrap();
    assert_eq!((some.said.len(), some.know.len()), (1, 1), "{some:?}");
}

#[test]
fn a_question_goes_to_the_author_and_a_duplicate_names_the_other() {
    let decision = Scene::new().decide(&ask(&[1])).unwrap();
    let (_, Errand::Say { topic, tell, .. }) = &errands(&decision)[0] else { panic!("{decision:?}") };
    assert_eq!((*topic, tell.as_deref()), (Topic::AskInfo, Some("maya")));
    let act = Triage::Duplicate { of: key(2), text: "Same log.".into() };
    let decision = Scene::new().decide(&triage(&[1], act)).unwrap();
    let (_, Errand::Say { link, text, tell, .. }) = &errands(&decision)[0] else { panic!("{decision:?}") };
    assert_eq!((link.as_deref(), text.as_str(), tell), (Some("acme/app#2"), "Same log.", &None));
}

#[test]
fn the_same_is_not_wished_twice_while_it_waits() {
    let mut scene = Scene::new();
    scene.outbox = ops(&scene.decide(&ask(&[1])).unwrap());
    let again = scene.decide(&ask(&[1])).unwrap_err();
    assert!(again.sentence.contains("waits in the outbox already"), "{again}");
    assert!(scene.decide(&ask(&[2])).is_ok());
}

#[test]
fn undo_takes_out_what_is_unsent_and_turns_round_what_was_sent() {
    let command = ask(&[1, 2, 3]);
    let mut scene = after(Scene::new(), &command);
    let all: Vec<Op> = scene
        .did
        .iter()
        .filter_map(|e| if let Effect::Journal(o, _) = e { Some(o.clone()) } else { None })
        .flatten()
        .collect();
    // The first was sent and is gone from the outbox, the second is being sent, the third still waits.
    let busy = Op { step: Step::Posting { since: now().0 }, ..all[1].clone() };
    scene.outbox = vec![busy, all[2].clone()];
    let undone = scene.decide(&Command::Undo).unwrap();
    let withdrawn =
        undone.effects.iter().find_map(|e| if let Effect::Withdraw(ids, ..) = e { Some(ids.clone()) } else { None });
    assert_eq!(withdrawn, Some(vec![all[2].id]));
    assert_eq!(errands(&undone), [(1, Errand::Unsay { said: all[0].id })]);
    assert!(undone.know.iter().any(|line| line.contains("is being sent")), "{undone:?}");
}

#[test]
fn private_acts_are_undone_exactly() {
    let hid = after(Scene::new(), &triage(&[1, 2], Triage::Hide));
    let undone = hid.decide(&Command::Undo).unwrap();
    let [Effect::Mark(marks, false)] = undone.effects.as_slice() else { panic!("{undone:?}") };
    assert_eq!(marks.len(), 2);
    let tagged = after(Scene::new(), &triage(&[1, 2], Triage::Tag("later".into())));
    let undone = tagged.decide(&Command::Undo).unwrap();
    assert_eq!(
        undone.effects,
        [Effect::Remember(vec![tag_value(&key(1), "later", false), tag_value(&key(2), "later", false)])]
    );
}

#[test]
fn labels_are_turned_round_only_where_they_were_set() {
    let mut scene = Scene::new();
    scene.permission = Permission::Triage;
    let scene = after(scene, &triage(&[1], Triage::Label("triaged".into())));
    let undone = scene.decide(&Command::Undo).unwrap();
    assert_eq!(errands(&undone), [(1, Errand::Unlabel { name: "triaged".into(), undo: true })]);
}

#[test]
fn a_comment_is_known_by_its_row_with_and_without_the_hidden_line() {
    let row = ops(&Scene::new().decide(&ask(&[1])).unwrap())[0].id;
    let text = comment(row, "🧭 words");
    assert_eq!(row_of(&text), Some(row));
    // As a tracker shows it that keeps no hidden line.
    let visible = format!("🧭 words\n\nPosted with floorwalk · triage {row}");
    assert_eq!(row_of(&visible), Some(row));
    for none in [
        "",
        "words",
        "<!-- floorwalk-triage: nonsense -->",
        "Posted with floorwalk · triage ",
        "> <!-- floorwalk-triage",
    ] {
        assert_eq!(row_of(none), None, "{none}");
    }
}
