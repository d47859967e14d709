//! The three shipped keymaps, a user's own file on top of one, and what no keymap may hold.

use floorwalk::keymap::{
    Action, Chord, Context, Found, Keymap, Sequence, Shipped, Step,
    action::ACTIONS,
    help,
    load::{NONE, on_top, parse},
    trie::Counts,
    wire::never_sent,
};
use proptest::prelude::*;

fn chords(keys: &str) -> Vec<Chord> {
    keys.parse::<Sequence>().unwrap().0
}

fn of(map: Shipped) -> Keymap {
    let (keymap, problems) = map.keymap();
    assert_eq!(problems, [], "{}", map.word());
    keymap
}

/// What is wrong with an own file on top of a shipped keymap.
fn told(map: Shipped, text: &str) -> String {
    let (_, problems) = on_top(&of(map), "keymap.toml", text);
    problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

fn finds(keymap: &Keymap, context: Context, keys: &str) -> Found {
    keymap.lookup(&context.scope(), &chords(keys))
}

#[test]
fn every_action_has_a_key_in_every_keymap_wherever_it_works() {
    for map in Shipped::ALL {
        let keymap = of(map);
        for info in ACTIONS {
            for context in Context::ALL.into_iter().filter(|context| info.action.works_in(*context)) {
                // In the outbox r sends a row again: there R reads all projects, and the palette reads one.
                if (context, info.action) == (Context::Outbox, Action::Refresh) && map != Shipped::Emacs {
                    continue;
                }
                let keys = keymap.keys(&context.scope(), info.action);
                assert!(!keys.is_empty(), "{} has no key in [{}] of {}", info.name, context.word(), map.word());
            }
        }
    }
}

#[test]
fn no_shipped_key_is_one_that_terminals_do_not_send() {
    for map in Shipped::ALL {
        for (context, keys, _) in of(map).bindings() {
            assert!(keys.0.iter().all(|chord| never_sent(*chord).is_none()), "{keys} in [{}]", context.word());
        }
    }
}

#[test]
fn every_line_of_every_shipped_file_tells_the_title_of_its_action() {
    for map in Shipped::ALL {
        for line in map.text().lines().filter(|line| line.starts_with('"')) {
            let (binding, title) = line.split_once(" # ").unwrap_or_else(|| panic!("no comment in {line}"));
            match binding.rsplit('"').nth(1).unwrap() {
                NONE => assert!(!title.is_empty(), "{line}"),
                name => assert_eq!(Action::of(name).unwrap().info().title, title, "{}: {line}", map.word()),
            }
        }
    }
}

#[test]
fn hands_that_know_vim_find_their_keys() {
    let vim = of(Shipped::Vim);
    assert_eq!((vim.counts, of(Shipped::Default).counts), (Counts::Digits, Counts::None));
    assert_eq!(of(Shipped::Emacs).counts, Counts::AltDigits);
    for (keys, action) in [
        ("g g", Action::Top),
        ("G", Action::Bottom),
        ("ctrl-d", Action::HalfDown),
        ("ctrl-u", Action::HalfUp),
        ("ctrl-f", Action::PageDown),
        ("ctrl-b", Action::PageUp),
        ("/", Action::EditQuery),
        ("n", Action::MoveDown),
        ("N", Action::MoveUp),
        ("Z Z", Action::Quit),
        ("g 3", Action::TabMine),
        ("alt-3", Action::TabMine),
        (":", Action::Palette),
        ("B", Action::HandBack),
        (".", Action::Repeat),
        ("c", Action::Claim),
    ] {
        assert_eq!(finds(&vim, Context::Discover, keys), Found::Action(action), "{keys}");
    }
    for digit in '1'..='9' {
        assert_eq!(finds(&vim, Context::Discover, &digit.to_string()), Found::Nothing, "{digit} begins a count");
    }
    assert_eq!(finds(&vim, Context::Discover, "g"), Found::Pending);
    assert_eq!(finds(&vim, Context::Mine, "h"), Found::Nothing, "left hands nothing back");
}

#[test]
fn hands_that_know_emacs_find_their_keys() {
    let emacs = of(Shipped::Emacs);
    for (keys, action) in [
        ("ctrl-n", Action::MoveDown),
        ("ctrl-p", Action::MoveUp),
        ("ctrl-v", Action::PageDown),
        ("alt-v", Action::PageUp),
        ("alt-<", Action::Top),
        ("alt->", Action::Bottom),
        ("ctrl-g", Action::Back),
        ("ctrl-x ctrl-c", Action::Quit),
        ("ctrl-s", Action::EditQuery),
        ("alt-x", Action::Palette),
        ("ctrl-/", Action::Undo),
        ("ctrl-space", Action::Mark),
        ("g", Action::Refresh),
        ("q", Action::Back),
        ("1", Action::TabDiscover),
    ] {
        assert_eq!(finds(&emacs, Context::Discover, keys), Found::Action(action), "{keys}");
    }
    for text in [Context::Query, Context::Palette, Context::Dialog] {
        assert_eq!(finds(&emacs, text, "ctrl-g"), Found::Action(Action::Back), "{}", text.word());
    }
}

#[test]
fn an_own_file_adds_changes_and_takes_away() {
    let text = "[global]\n\"ctrl-t\" = \"top\"\n\"g\" = \"none\"\n\"g g\" = \"top\"\n[discover]\n\"c\" = \"copy-key\"\n\
                \"f2\" = \"claim\"\n\"Z\" = \"half-page-down\"\n";
    let (keymap, problems) = on_top(&of(Shipped::Default), "keymap.toml", text);
    assert_eq!(problems, []);
    let found = |keys: &str| finds(&keymap, Context::Discover, keys);
    assert_eq!(found("ctrl-t"), Found::Action(Action::Top), "added");
    assert_eq!(
        (found("g"), found("g g")),
        (Found::Pending, Found::Action(Action::Top)),
        "taken away, then made longer"
    );
    assert_eq!((found("c"), found("f2")), (Found::Action(Action::Copy), Found::Action(Action::Claim)), "changed");
    assert_eq!(found("Z"), Found::Action(Action::HalfDown), "what works everywhere may have a key in one room");
    assert_eq!(finds(&keymap, Context::Mine, "c"), Found::Action(Action::Claim), "elsewhere it is as it was");
    let counting = on_top(&of(Shipped::Vim), "keymap.toml", "counts = false\n[global]\n\"1\" = \"tab-discover\"\n").0;
    assert_eq!(
        (counting.counts, finds(&counting, Context::Mine, "1")),
        (Counts::None, Found::Action(Action::TabDiscover))
    );
}

#[test]
fn what_cannot_hold_in_an_own_file_is_told_with_line_and_way_out() {
    let text = "extends = \"vim\"\n[global]\n\"g g\" = \"top\"\n\"x\" = \"none\"\n\"ctrl-shift-d\" = \"top\"\n\
                \"ctrl-5\" = \"top\"\n\"ctrl-i\" = \"top\"\n\"ctrl-m\" = \"top\"\n\"ctrl-[\" = \"top\"\n\
                \"ctrl-;\" = \"top\"\n\"ctrl-enter\" = \"top\"\n\"alt-[\" = \"top\"\n\"ctrl-c\" = \"top\"\n\
                \"<C-t>\" = \"top\"\n\"M-t\" = \"top\"\n\"release-a\" = \"top\"\n\"z\" = \"top\"\n\
                [palette]\n\"j\" = \"move-down\"\n\"space\" = \"accept\"\n[walk]\n\"u u\" = \"claim\"\n";
    insta::assert_snapshot!("own_file_that_cannot_hold", told(Shipped::Default, text));
}

#[test]
fn nobody_is_locked_in() {
    let text = "[global]\n\":\" = \"none\"\n\"esc\" = \"none\"\n\"q\" = \"none\"\n[dialog]\n\"enter\" = \"new-line\"\n";
    insta::assert_snapshot!("own_file_that_locks_in", told(Shipped::Default, text));
    let enough = "[global]\n\":\" = \"none\"\n\"ctrl-o\" = \"palette\"\n\"esc\" = \"none\"\n\"backspace\" = \"back\"\n";
    assert_eq!(told(Shipped::Default, enough), "");
}

#[test]
fn a_digit_that_would_begin_a_count_is_refused() {
    let text = "[discover]\n\"3\" = \"claim\"\n\"alt-9\" = \"claim\"\n";
    insta::assert_snapshot!("digit_that_begins_a_count", told(Shipped::Vim, text));
    let all = told(Shipped::Default, "counts = true\n");
    assert!(all.contains("'1' (Go to Discover)") && all.contains("'4'"), "{all}");
}

#[test]
fn what_can_follow_is_known_for_every_beginning() {
    let vim = of(Shipped::Vim);
    let next = vim.next(&Context::Discover.scope(), &chords("g"));
    let titles: Vec<_> = next.iter().map(|(chord, step)| format!("{chord} {step:?}")).collect();
    insta::assert_snapshot!("what_follows_g_in_vim", titles.join("\n"));
    assert_eq!(vim.next(&Context::Discover.scope(), &chords("ctrl-w")).len(), 1);
    assert_eq!(vim.next(&Context::Discover.scope(), &chords("x")), []);
    let (deep, _) = parse("k", "[global]\n\"a b c\" = \"top\"\n\"a b d\" = \"quit\"\n\"a x\" = \"help\"\n");
    let next = deep.next(&[Context::Global], &chords("a"));
    assert_eq!(next, [(chords("b")[0], Step::More(2)), (chords("x")[0], Step::Action(Action::Help))]);
}

/// The page that shows the three side by side is the one the program prints.
#[test]
fn the_page_of_keymaps_is_what_the_program_prints() {
    let all: Vec<_> = Shipped::ALL.into_iter().map(|map| (map.word(), of(map))).collect();
    let page = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/keymaps/README.md")).unwrap_or_default();
    assert!(
        page.trim_end() == help::side_by_side(&all).trim_end(),
        "write it again: floorwalk keys --compare > keymaps/README.md"
    );
}

fn arb_keys() -> impl Strategy<Value = String> {
    let chord = "(ctrl-|alt-)?[a-dx1-3]|enter|esc|f[1-3]|up";
    prop::collection::vec(chord, 1..4).prop_map(|chords| chords.join(" "))
}

fn arb_file() -> impl Strategy<Value = String> {
    let context = prop::sample::select(Context::ALL.to_vec());
    let action = prop::sample::select(ACTIONS.iter().map(|a| a.name).chain([NONE, NONE, NONE]).collect::<Vec<_>>());
    prop::collection::vec((context, arb_keys(), action), 0..12).prop_map(|rows| {
        let mut text = String::new();
        for context in Context::ALL {
            text += &format!("[{}]\n", context.word());
            let mut seen = Vec::new();
            for (_, keys, action) in rows.iter().filter(|(c, ..)| *c == context) {
                if !seen.contains(keys) {
                    seen.push(keys.clone());
                    text += &format!("\"{keys}\" = \"{action}\"\n");
                }
            }
        }
        text
    })
}

proptest! {
    /// A file without a complaint holds to the letter, and leaves alone what it does not name.
    #[test]
    fn an_accepted_file_holds_to_the_letter(text in arb_file(), at in 0usize..3) {
        let under = of(Shipped::ALL[at]);
        let (keymap, problems) = on_top(&under, "k", &text);
        let rows = parse("k", &text);
        if problems.is_empty() {
            for (context, keys, action) in rows.0.bindings() {
                prop_assert_eq!(keymap.bound(context, keys), Some(action));
                prop_assert_eq!(keymap.lookup(&context.scope(), &keys.0), Found::Action(action));
            }
        }
        // With or without complaints: no binding is hidden by another one of its context, all that is bound is found.
        for (context, keys, action) in keymap.bindings() {
            prop_assert_eq!(keymap.lookup(&[context], &keys.0), Found::Action(action), "{}", keys);
            for n in 1..keys.0.len() {
                prop_assert_eq!(keymap.lookup(&[context], &keys.0[..n]), Found::Pending);
                let follows = keymap.next(&[context], &keys.0[..n]);
                prop_assert!(follows.iter().any(|(chord, _)| *chord == keys.0[n]));
            }
        }
        for (context, keys, action) in under.bindings() {
            let named = text.contains(&format!("\"{keys}\""));
            prop_assert!(named || keymap.bound(context, keys) == Some(action), "{} is gone", keys);
        }
        // Nobody is locked in without being told.
        let leaves = |context: Context| !keymap.keys(&context.scope(), Action::Back).is_empty();
        prop_assert!(!problems.is_empty() || Context::ALL.into_iter().all(leaves));
    }

    #[test]
    fn unbinding_is_the_inverse_of_binding(keys in arb_keys(), at in 0usize..3) {
        let mut keymap = of(Shipped::ALL[at]);
        let before: Vec<_> = keymap.bindings().map(|(c, s, a)| (c, s.clone(), a)).collect();
        let sequence: Sequence = keys.parse().unwrap();
        if keymap.bind(Context::Global, sequence.clone(), Action::Help).is_ok() {
            prop_assert_eq!(keymap.unbind(Context::Global, &sequence), Some(Action::Help));
        }
        let after: Vec<_> = keymap.bindings().map(|(c, s, a)| (c, s.clone(), a)).collect();
        prop_assert_eq!(before, after);
        prop_assert!(!matches!(keymap.lookup(&[Context::Global], &sequence.0), Found::Action(Action::Help))
            || keymap.bound(Context::Global, &sequence) == Some(Action::Help));
    }

    #[test]
    fn no_own_file_makes_the_reader_panic(text in "\\PC{0,200}", at in 0usize..3) {
        let under = of(Shipped::ALL[at]);
        for text in [text.clone(), format!("[global]\n{text}"), format!("[global]\n{text:?} = \"none\"\n")] {
            for problem in on_top(&under, "k", &text).1 {
                prop_assert!(problem.line > 0 && !problem.message.chars().any(char::is_control), "{}", problem);
            }
        }
    }
}
