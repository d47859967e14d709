//! The table of actions, the spelling of keys, and the mistakes a keymap file can hold.

use floorwalk::keymap::{
    Action, Chord, Context, Found, Sequence,
    action::ACTIONS,
    help,
    load::{SHIPPED, parse, shipped},
};
use proptest::prelude::*;

fn chords(keys: &str) -> Vec<Chord> {
    keys.parse::<Sequence>().unwrap().0
}

#[test]
fn shipped_keys_are_without_mistakes() {
    let (_, problems) = shipped();
    assert_eq!(problems, []);
}

#[test]
fn every_shipped_line_tells_the_title_of_its_action() {
    for line in SHIPPED.lines().filter(|l| l.starts_with('"')) {
        let (binding, title) = line.split_once(" # ").unwrap_or_else(|| panic!("no comment in {line}"));
        let name = binding.rsplit('"').nth(1).unwrap();
        assert_eq!(Action::of(name).unwrap().info().title, title, "{line}");
    }
}

#[test]
fn names_are_kebab_case_unique_and_complete() {
    let mut names: Vec<_> = ACTIONS.iter().map(|a| a.name).collect();
    names.sort_unstable();
    let all = names.len();
    names.dedup();
    assert_eq!(names.len(), all);
    for (i, info) in ACTIONS.iter().enumerate() {
        assert_eq!(info.action as usize, i);
        assert_eq!(info.action.info(), info);
        assert!(info.name.chars().all(|c| c.is_ascii_lowercase() || c == '-'), "{}", info.name);
        assert!(info.about.ends_with('.') && !info.title.is_empty() && !info.hint.is_empty(), "{}", info.name);
        assert!(!info.contexts.is_empty(), "{}", info.name);
    }
}

#[test]
fn every_action_has_a_key_somewhere() {
    let (keymap, _) = shipped();
    for info in ACTIONS {
        assert!(keymap.bindings().any(|(_, _, a)| a == info.action), "{} has no key", info.name);
    }
}

#[test]
fn the_keys_of_the_product_do_what_it_says() {
    let (keymap, _) = shipped();
    let on_discover = [Context::Discover, Context::Global];
    for (keys, action) in [
        ("1", Action::TabDiscover),
        ("2", Action::TabWalk),
        ("3", Action::TabMine),
        ("enter", Action::Open),
        ("esc", Action::Back),
        ("?", Action::Help),
        (":", Action::Palette),
        ("u", Action::Undo),
        ("r", Action::Refresh),
        ("R", Action::RefreshAll),
        ("o", Action::OpenBrowser),
        ("y", Action::Copy),
        ("Y", Action::CopyUrl),
        ("v", Action::Mark),
        ("V", Action::MarkRange),
        ("g", Action::Top),
        ("G", Action::Bottom),
        ("ctrl-d", Action::HalfDown),
        ("ctrl-u", Action::HalfUp),
        ("/", Action::EditQuery),
        ("f", Action::Facets),
        ("s", Action::Snooze),
        ("c", Action::Claim),
        ("q", Action::Quit),
    ] {
        assert_eq!(keymap.lookup(&on_discover, &chords(keys)), Found::Action(action), "{keys}");
    }
    assert_eq!(keymap.lookup(&on_discover, &chords("5")), Found::Nothing, "no dead tabs");
    let on_walk = [Context::Walk, Context::Global];
    for (keys, action) in [
        ("c", Action::Claim),
        ("n", Action::Next),
        ("x", Action::Skip),
        ("s", Action::SnoozeUntil),
        ("b", Action::Previous),
        ("enter", Action::Open),
    ] {
        assert_eq!(keymap.lookup(&on_walk, &chords(keys)), Found::Action(action), "{keys}");
    }
}

#[test]
fn sequences_wait_and_special_contexts_go_first() {
    let (keymap, problems) =
        parse("k", "[global]\n\"g g\" = \"top\"\n\"x\" = \"quit\"\n[mine]\n\"x\" = \"hand-back\"\n");
    assert_eq!(problems, []);
    let mine = [Context::Mine, Context::Global];
    assert_eq!(keymap.lookup(&mine, &chords("g")), Found::Pending);
    assert_eq!(keymap.lookup(&mine, &chords("g g")), Found::Action(Action::Top));
    assert_eq!(keymap.lookup(&mine, &chords("g x")), Found::Nothing);
    assert_eq!(keymap.lookup(&mine, &chords("x")), Found::Action(Action::HandBack));
    assert_eq!(keymap.keys(&mine, Action::Quit), Vec::<&Sequence>::new(), "taken by the special context");
}

#[test]
fn mistakes_are_told_with_line_and_nearest_name() {
    let sheet = crate::ledger::sheet!();
    let text = "[discover]\n\"x\" = \"clame\"\n\"entr\" = \"open\"\n\"c\" = \"claim\"\n\"C-d\" = \"open\"\n[globl]\n\n[global]\n\
                \"c\" = \"claim\"\n\"g\" = \"top\"\n\"g g\" = \"bottom\"\n\"Up\" = \"move-up\"\n\"up\" = \"move-down\"\n\"z\" = 3\n";
    let (keymap, problems) = parse("keys.toml", text);
    let told: Vec<_> = problems.iter().map(ToString::to_string).collect();
    insta::assert_snapshot!(told.join("\n"), @r"
    keys.toml:2: 'clame' is no action; did you mean 'claim'?
    keys.toml:3: 'entr' is no key: expected a character or a name such as enter, space or f5, with ctrl-, alt- or shift-; did you mean 'enter'?
    keys.toml:5: 'C-d' is no key: expected a character or a name such as enter, space or f5, with ctrl-, alt- or shift-; did you mean 'ctrl-d'?
    keys.toml:6: 'globl' is no context of keys; did you mean 'global'?
    keys.toml:9: 'claim' does nothing in [global]; it works in discover, walk, mine, detail
    keys.toml:11: 'g g' hides or is hidden by 'g' in line 10; the first one holds
    keys.toml:13: 'up' is bound already in line 12; the first one holds
    keys.toml:14: the action of 'z' must be a name in quotes
    ");
    assert_eq!(keymap.lookup(&[Context::Discover], &chords("c")), Found::Action(Action::Claim), "the rest works");
    assert_eq!(keymap.lookup(&[Context::Global], &chords("up")), Found::Action(Action::MoveUp), "the first holds");
    sheet.unharmed("input keymap", told.len());
}

#[test]
fn ten_thousand_lines_are_read_in_time() {
    let sheet = crate::ledger::sheet!();
    let lines: String = (0..10_000).map(|n| format!("\"a b {n}\" = \"top\"\n")).collect();
    let start = std::time::Instant::now();
    let (_, problems) = parse("keys.toml", &format!("[list]\n{lines}"));
    assert!(!problems.is_empty() && start.elapsed() < std::time::Duration::from_secs(5), "{:?}", start.elapsed());
    sheet.unharmed("input big", 1);
}

#[test]
fn what_is_no_toml_is_told_with_its_line() {
    let (_, problems) = parse("keys.toml", "[global]\n\"q\" = \"quit\"\n\"x\" = \n");
    assert_eq!(problems.len(), 1, "{problems:?}");
    assert_eq!(problems[0].line, 3);
}

#[test]
fn corpus_files_never_pass_silently() {
    let sheet = crate::ledger::sheet!();
    for (name, bytes) in crate::hostile::corpus::corpus("keymap").unwrap_or_default() {
        let (_, problems) = parse("keys.toml", std::str::from_utf8(&bytes).unwrap());
        assert!(!problems.is_empty(), "{name}");
        assert!(problems.iter().all(|p| p.line > 0 && !p.message.chars().any(char::is_control)), "{problems:?}");
        // The program names the file and a line, keeps the keys it came with, and lets everybody out.
        let world = crate::cli_world::CliWorld::new();
        world.config("[[tracker]]\nrepos = [\"acme/app\"]\n");
        world.write(".config/floorwalk/keymap.toml", &bytes);
        let checked = world.run(&["config", "check"]);
        assert!(checked.code == 3 && checked.err.contains("keymap.toml:"), "{name}: {}", checked.all());
        let keys = world.run(&["keys", "--json"]);
        assert!(keys.code == 0 && !keys.err.is_empty(), "{name}: {}", keys.all());
        let leaves = |k: &serde_json::Value| k["action"] == "quit";
        assert!(keys.json()["keys"].as_array().unwrap().iter().any(leaves), "{name}: {}", keys.out);
        sheet.unharmed("input keymap", 1);
        crate::hostile::corpus::met("keymap", &name);
    }
}

#[test]
fn help_names_the_keys_of_the_screen() {
    let (keymap, _) = shipped();
    let rows = help::rows(&keymap, &[Context::Outbox, Context::Global]);
    let outbox = &rows[0].1;
    assert!(outbox.iter().any(|r| r.action == Action::OutboxRetry && r.keys == "r"));
    let global = &rows[1].1;
    assert!(!global.iter().any(|r| r.action == Action::Refresh), "r is taken by the outbox");
    assert!(global.iter().any(|r| r.action == Action::RefreshAll && r.keys == "R / f5"));
    let hints = help::hints(&keymap, &[Context::Discover, Context::Global]);
    assert_eq!(hints[0], ("c".to_owned(), Action::Claim));
    assert!(hints.contains(&("?".to_owned(), Action::Help)));
}

#[test]
fn documents_come_from_the_table() {
    let (keymap, _) = shipped();
    let markdown = help::markdown(&keymap);
    assert!(
        markdown
            .contains("| `c` | `claim` | Take the task, or all marked tasks, for a few days. | `floorwalk claim` |")
    );
    let json = help::json(&keymap);
    assert_eq!(json.as_array().unwrap().len(), keymap.bindings().count());
    assert_eq!(json[0]["context"], "global");
}

#[test]
fn bad_spellings_are_refused() {
    for bad in ["", "entr", "ctrl-", "ctrl-ctrl-x", "shift-g", "f13", "f0", "f05", "hyper-x", "a b c d e", "\u{1b}"] {
        assert!(bad.parse::<Sequence>().is_err(), "{bad:?}");
    }
    for good in ["-", "ctrl--", "alt-enter", "shift-tab", "f12", "é", "#", "z h"] {
        assert_eq!(good.parse::<Sequence>().unwrap().to_string(), good);
    }
    assert_eq!("Ctrl-D".parse::<Sequence>().unwrap().to_string(), "ctrl-d");
}

proptest! {
    #[test]
    fn what_parses_prints_and_parses_again(text in "((ctrl|alt|shift)-){0,2}(\\PC|enter|space|f[0-9]{1,2}|pageup)") {
        if let Ok(sequence) = text.parse::<Sequence>() {
            prop_assert_eq!(sequence.to_string().parse::<Sequence>().unwrap(), sequence);
        }
    }

    #[test]
    fn no_text_makes_the_reader_panic(text in "\\PC{0,200}") {
        let _ = parse("k", &text);
        let _ = parse("k", &format!("[global]\n{text}"));
    }
}
