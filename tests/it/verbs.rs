//! The words of the command line about commitments: closing notes, cards, thanks, the pace of a watch, and what the verbs
//! say and refuse.

use std::{os::unix::fs::PermissionsExt, time::Duration};

use floorwalk::{
    app::{host, note::ClosingNote, outcome::told, thanks, watch::pause, words},
    cli::json::{CommitmentOut, HostOut},
    domain::{
        calendar::Quiet,
        commitment::{Act, Commitment, DoneKind, HostReason, HostSign, PullCard, Sign},
        evidence::{Checks, PullState},
        refusal::{Lifter, Refusal, Rule},
        task::Comment,
    },
    index::Snapshot,
    sync::outbox::{End, Outcome},
};

use crate::{
    cli_world::CliWorld,
    decide_world::{Scene, ago, card, entry, key, now, person},
    floor::Floor,
};

/// A commitment of sam on task 1 with what a reader sees of it.
fn seen(scene: &Scene) -> (Snapshot, Commitment) {
    let snapshot = scene.snapshot();
    let c = snapshot.commitments.iter().find(|c| c.key == key(1)).unwrap().clone();
    (snapshot, c)
}

#[test]
fn a_closing_note_survives_its_template_and_drops_what_the_template_says() {
    let note = ClosingNote {
        done: "the test\n\n- fails now".into(),
        next: "find the leak".into(),
        links: "#34 is the draft".into(),
        gotchas: String::new(),
    };
    assert_eq!(ClosingNote::read(&note.template("Handing back acme/app#1")), note);
    assert_eq!(ClosingNote::read(&ClosingNote::default().template("x")), ClosingNote::default());
    assert_eq!(
        note.markdown(),
        "**Done so far:**\n\nthe test\n\n- fails now\n\n**Next step:** find the leak\n\n**Links:** #34 is the draft"
    );
    assert!(ClosingNote::default().is_empty() && ClosingNote::default().markdown().is_empty());
    assert_eq!(ClosingNote::read("just words\nNEXT STEP:\ngo on\n").next, "go on");
}

#[test]
fn the_editor_gets_a_private_file_that_is_gone_afterwards() {
    let folder = tempfile::tempdir().unwrap();
    let script = folder.path().join("editor.sh");
    let text = "#!/bin/sh\nstat -c %a \"$2\" > \"$0.mode\"\nprintf 'Next step:\\n%s\\n' \"$1\" >> \"$2\"\n";
    std::fs::write(&script, text).unwrap();
    std::fs::set_permissions(&script, std::fs::Permissions::from_mode(0o755)).unwrap();
    let editor = format!("{} word", script.display());
    let written = host::edit(&editor, folder.path(), ulid::Ulid::nil(), "Done so far:\nall\n").unwrap();
    assert_eq!(ClosingNote::read(written.text()).markdown(), "**Done so far:** all\n\n**Next step:** word");
    drop(written);
    assert_eq!(std::fs::read_to_string(folder.path().join("editor.sh.mode")).unwrap(), "600\n");
    let left: Vec<_> = std::fs::read_dir(folder.path()).unwrap().map(|f| f.unwrap().file_name()).collect();
    assert!(left.iter().all(|f| !f.to_string_lossy().starts_with("note-")), "{left:?}");
    for wrong in ["", "/no/such/editor", "false"] {
        let error = host::edit(wrong, folder.path(), ulid::Ulid::nil(), "").unwrap_err();
        assert!(error.hints[0].contains("flags"), "{wrong}: {error:?}");
    }
}

#[test]
fn a_watch_goes_slower_after_failures_and_never_faster_than_a_limit() {
    let minutes = |every, failures, limit| pause(every, failures, limit).as_secs() / 60;
    assert_eq!(pause(1, 0, -5), Duration::from_secs(60));
    assert_eq!([minutes(10, 0, 0), minutes(10, 1, 0), minutes(10, 2, 0), minutes(10, 9, 0)], [10, 20, 40, 60]);
    assert_eq!(minutes(120, 3, 0), 120, "who asks for more than an hour gets it");
    assert_eq!(pause(1, 0, 3_600), Duration::from_secs(3_600));
    assert_eq!(minutes(u32::MAX, u32::MAX, 0), u64::from(u32::MAX));
}

#[test]
fn time_is_told_in_working_days_and_a_stopped_clock_is_said() {
    let told = |scene: &Scene| {
        let (snapshot, c) = seen(scene);
        (words::time_left(&c, &snapshot.roster, now()), words::turn(&c), words::last_sign(&c, now()))
    };
    let scene = Scene::new().claim(1, "sam", 1, &[]);
    assert_eq!(told(&scene), ("4 working days left".into(), "your turn", "no sign yet".into()));
    let (_, turn, _) = told(&Scene::new().claim(1, "lee", 1, &[]));
    assert_eq!(turn, "helper's turn");
    let asked = Scene::new().claim(1, "sam", 3, &[entry(ago(1), "sam", Act::Help)]);
    let (left, turn, sign) = told(&asked);
    assert!(left.ends_with("working days left, the clock stands"), "{left}");
    assert_eq!((turn, sign.as_str()), ("host's turn", "last sign 1 d ago"));
    let (left, turn, _) = told(&Scene::new().request(1, "sam", 2));
    assert_eq!((left.as_str(), turn), ("asked 2 working days ago", "host's turn"));
    let (left, turn, _) = told(&Scene::new().claim(1, "sam", 3, &[entry(ago(1), "sam", Act::Release)]));
    assert_eq!((left.as_str(), turn), ("", ""));
}

#[test]
fn the_next_action_follows_the_pull_request() {
    let sign = |sign| entry(ago(1), "sam", Act::Sign { sign });
    let next = |since: &[_], pulls: Vec<PullCard>| {
        let (_, mut c) = seen(&Scene::new().claim(1, "sam", 2, since));
        c.pulls = pulls;
        words::next_action(&c).unwrap()
    };
    assert!(next(&[], vec![]).starts_with("show a first sign"));
    let pull = [sign(Sign::Pull)];
    assert!(next(&pull, vec![]).contains("draft pull request"));
    assert!(next(&pull, vec![card(PullState::Draft, Checks::Passed)]).contains("mark it as ready"));
    assert!(next(&pull, vec![card(PullState::Open, Checks::Failed)]).contains("mend the checks"));
    assert!(next(&pull, vec![card(PullState::Open, Checks::Passed)]).contains("answer the review"));
    assert!(next(&pull, vec![card(PullState::Closed, Checks::None)]).contains("open a new pull request"));
    let given = entry(ago(0), "ana", Act::Reassigned { to: "\u{1b}bob".into() });
    let next = next(&[given], vec![]);
    assert!(next.contains("bob was assigned") && !next.contains('\u{1b}'), "{next:?}");
}

#[test]
fn a_card_tells_its_pull_request_and_what_the_clock_does() {
    assert_eq!(words::pull(&card(PullState::Draft, Checks::Failed)), "acme/app#34 draft, checks failed");
    assert_eq!(words::pull(&card(PullState::Merged, Checks::Passed)), "acme/app#34 merged");
    let (snapshot, c) = seen(&Scene::new().claim(1, "sam", 1, &[]));
    let clock = words::clock(&c, &snapshot.roster).unwrap();
    assert!(clock.starts_with("2026-11-2") && clock.contains("first sign of work is due"), "{clock}");
}

#[test]
fn json_of_a_commitment_has_its_whole_life() {
    let review = entry(ago(1), "ana", Act::Host { sign: HostSign::Review });
    let (snapshot, mut c) = seen(&Scene::new().claim(1, "sam", 3, &[entry(ago(2), "sam", Act::Ready), review]));
    c.pulls = vec![card(PullState::Open, Checks::Passed)];
    let json = serde_json::to_value(CommitmentOut::new(&c, &snapshot, &|_| None)).unwrap();
    assert_eq!((&json["state"], &json["turn"]), (&"active".into(), &"your turn".into()), "{json}");
    assert_eq!(json["life"]["host_reviews"], 1);
    assert_eq!(json["life"]["account"]["host"], 86_400);
    assert_eq!((&json["pulls"][0]["state"], &json["pulls"][0]["checks"]), (&"open".into(), &"passed".into()));
    assert!(json["clock"].as_str().unwrap().starts_with("2026-"), "{json}");
}

#[test]
fn tl6_whoever_is_declined_sees_why_and_what_else_is_free() {
    let declined = entry(ago(1), "ana", Act::Decline { reason: HostReason::NotNow });
    let mut scene = Scene::new().request(1, "sam", 2);
    scene.commitments[0].log.push(declined);
    let (snapshot, c) = seen(&scene);
    assert_eq!(words::ended(&c).as_deref(), Some("declined: not now"));
    let json = serde_json::to_value(CommitmentOut::new(&c, &snapshot, &|_| None)).unwrap();
    assert_eq!(json["alternatives"], serde_json::json!(["acme/app#2", "acme/app#3", "acme/app#4"]), "{json}");
    let (snapshot, other) = seen(&scene.as_("lee"));
    let json = serde_json::to_value(CommitmentOut::new(&other, &snapshot, &|_| None)).unwrap();
    assert_eq!(json["alternatives"], serde_json::json!([]), "it is nobody else's business");
}

#[test]
fn fd4_a_lost_race_names_the_winner_and_what_else_is_free() {
    let scene = Scene::new().claim(1, "lee", 1, &[]);
    let sentence = "@lee claimed it 2 s earlier";
    let refusal = Refusal::new(Rule::Held, sentence, Lifter::Holder("lee".into()));
    let end = End::Lost { to: "lee".into(), refusal: Box::new(refusal) };
    let outcome = Outcome { key: key(1), verb: "claim", end };
    let error = told(&outcome, &scene.snapshot(), "floating-help").unwrap_err();
    assert_eq!(error.sentence, format!("acme/app#1: {sentence}; your claim stepped back"));
    assert!(error.hints.contains(&"free and alike: acme/app#2, acme/app#3, acme/app#4".to_owned()), "{error:?}");
    assert_eq!(error.refusal.unwrap().alternatives.len(), 3);
    let moot = Outcome { key: key(1), verb: "remind", end: End::Moot { why: "answered".into() } };
    assert_eq!(told(&moot, &scene.snapshot(), "floating-help"), Ok(None));
}

#[test]
fn a_host_is_shown_with_what_is_still_to_come() {
    let quiet =
        |from: &str, to: &str| Quiet { from: from.parse().unwrap(), to: to.parse().unwrap(), why: "freeze".into() };
    let scene = Scene::new().policy(|p| {
        p.quiet = vec![quiet("2026-01-01", "2026-01-06"), quiet("2026-12-15", "2027-01-05")];
    });
    let host = HostOut::of(&scene.roster, &key(1).project, now()).unwrap();
    assert_eq!(
        host.lines(),
        [
            "host: vision, consent: auto",
            "leads: ana",
            "mentors: mo",
            "contact: #vision-help",
            "quiet from 2026-12-15 to 2027-01-05 (freeze)"
        ]
    );
    assert!(HostOut::of(&Scene::bare().roster, &key(1).project, now()).is_none());
}

#[test]
fn tl9_thanks_name_the_effect_and_only_of_what_is_finished() {
    let said = entry(ago(1), "sam", Act::Done { kind: DoneKind::Triaged });
    let (snapshot, c) = seen(&Scene::new().as_("ana").claim(1, "sam", 3, &[said]));
    let drafts = thanks::draft(&snapshot, &c, &[]).unwrap();
    assert_eq!(drafts.channel, "#vision-help");
    let open = "It had been open for 315 days.";
    assert_eq!(
        drafts.to_channel,
        format!(
            "Thank you @sam for acme/app#1 (Flaky shard test blocks nightly)! {open} It is now described well enough for \
             anybody to take it. It is the first that @sam finished here. It took 2 working days."
        )
    );
    assert!(drafts.to_manager.starts_with("@sam helped vision with acme/app#1"), "{}", drafts.to_manager);
    let comment = Comment {
        id: 1,
        author: Some(person("lee")),
        association: floorwalk::domain::person::Association::Other,
        body: "me too".into(),
        created_at: ago(100),
        updated_at: ago(100),
    };
    let silent = thanks::draft(&snapshot, &c, &[comment]).unwrap();
    assert!(silent.to_channel.contains("Nobody had said anything about it for 97 days."), "{}", silent.to_channel);
    let merged = Commitment { pulls: vec![card(PullState::Merged, Checks::Passed)], ..c };
    let text = thanks::draft(&snapshot, &merged, &[]).unwrap().to_channel;
    assert!(text.contains("acme/app#34 merged with all checks passed."), "{text}");
    let (snapshot, running) = seen(&Scene::new().claim(1, "sam", 3, &[]));
    assert!(thanks::draft(&snapshot, &running, &[]).unwrap_err().sentence.contains("not finished"));
}

#[test]
fn every_verb_says_what_is_wrong_without_a_commitment_and_sends_nothing() {
    let floor = Floor::open();
    let sam = floor.desk("sam");
    sam.fine(&["sync"]);
    let list = sam.fine(&["list", "is:free", "--json", "--limit", "1"]).json();
    let key = list["tasks"][0]["key"].as_str().unwrap().to_owned();
    let before = floor.comments(&key).len();
    let key = key.as_str();
    let verbs: [&[&str]; 11] = [
        &["renew", key, "--why", "more", "--days", "2"],
        &["pause", key, "--until", "2026-11-25"],
        &["resume", key],
        &["block", key, "--by", "them", "--review", "2026-11-25"],
        &["need-help", key, "how?"],
        &["still-on-it", key],
        &["handover", key, "--to", "ngozi"],
        &["done", key, "--kind", "docs"],
        &["release", key],
        &["withdraw", key],
        &["thanks", key],
    ];
    for verb in verbs {
        let refused = sam.run(verb);
        assert_eq!(refused.code(), 1, "{verb:?} {}{}", refused.out(), refused.err());
        assert!(refused.out().is_empty() && refused.err().contains("hint: "), "{verb:?} {}", refused.err());
        if verb[0] != "thanks" {
            let dry = sam.run(&[verb, &["--dry-run", "--json"]].concat()).json();
            assert_eq!(
                (&dry["error"]["code"], &dry["error"]["refusal"]["rule"]),
                (&1.into(), &"State".into()),
                "{dry}"
            );
        }
    }
    let permission = sam.run(&["revoke", key, "--reason", "other", "--text", "no", "--json"]).json();
    assert!(permission["error"]["refusal"]["rule"].is_string(), "{permission}");
    assert_eq!(floor.comments(key).len(), before);
    let none = sam.fine(&["warranty", "--json"]).json();
    assert_eq!(none["commitments"].as_array().map(Vec::len), Some(0));
}

#[test]
fn a_watch_ends_with_a_signal_and_says_so() {
    let world = CliWorld::new();
    world.config("[[tracker]]\nurl = \"http://127.0.0.1:9\"\nrepos = [\"acme/app\"]\n");
    let mut command = world.command();
    command.args(["sync", "--watch"]).stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut err = std::io::BufReader::new(child.stderr.take().unwrap());
    let mut line = String::new();
    while !line.starts_with("next round in 20 min") {
        line.clear();
        assert_ne!(std::io::BufRead::read_line(&mut err, &mut line).unwrap(), 0, "the watch ended by itself");
    }
    let pid = rustix::process::Pid::from_child(&child);
    rustix::process::kill_process(pid, rustix::process::Signal::INT).unwrap();
    let mut rest = String::new();
    std::io::Read::read_to_string(&mut err, &mut rest).unwrap();
    assert_eq!((child.wait().unwrap().code(), rest.contains("ended;")), (Some(0), true), "{rest}");
}
