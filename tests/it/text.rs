//! The sanitiser and the ruler: properties over any input, and the hostile and benign texts of the corpus.

use std::borrow::Cow;

use floorwalk::domain::text::{Foreign, fit, safe_block, safe_line, width};
use proptest::prelude::*;

/// Independent of the implementation: what must never reach a terminal.
fn is_forbidden(c: char) -> bool {
    c.is_control()
        || matches!(u32::from(c),
            0xad | 0x61c | 0x34f | 0x115f | 0x1160 | 0x17b4 | 0x17b5 | 0x180b..=0x180f | 0x200b | 0x200e | 0x200f
            | 0x2028..=0x202e | 0x2060..=0x206f | 0x3164 | 0xfe00..=0xfe0e | 0xfeff | 0xffa0 | 0xfff0..=0xfffb
            | 0xfffd | 0xe000..=0xf8ff | 0xfdd0..=0xfdef | 0xe0000..=0x10ffff)
        || u32::from(c) & 0xfffe == 0xfffe
}

/// Text with a strong taste for what hurts.
fn nasty() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        any::<char>().prop_map(String::from),
        "[ -~]{1,6}",
        proptest::sample::select(vec![
            "\u{1b}[2J",
            "\u{9b}31m",
            "\r\n",
            "\r",
            "\n",
            "\t",
            "\0",
            "\u{7f}",
            "\u{85}",
            "\u{2028}",
            "\u{202e}",
            "\u{2066}",
            "\u{200b}",
            "\u{200c}",
            "\u{200d}",
            "\u{fe0f}",
            "\u{fe0e}",
            "\u{20e3}",
            "\u{301}",
            "\u{93f}",
            "\u{94d}",
            "\u{915}",
            "\u{e0061}",
            "\u{3164}",
            "\u{1100}",
            "\u{1161}",
            "\u{11a8}",
            "\u{600}",
            "\u{d4e}",
            "❤",
            "👨",
            "👩",
            "🏻",
            "🇺",
            "🏳",
            "1",
            "#",
            "م",
            "ی",
            "لا",
            "字",
            "ﾞ",
            "é",
            "ß",
            "\u{feff}",
            "\u{fffd}",
        ])
        .prop_map(str::to_owned),
    ];
    proptest::collection::vec(piece, 0..24).prop_map(|p| p.concat())
}

fn visible(text: &str) -> Vec<char> {
    text.chars().filter(|c| c.is_alphanumeric() || c.is_ascii_punctuation()).filter(|c| *c != '?').collect()
}

/// `inner` is what is left of `outer` after leaving characters away, in the same order.
fn is_subsequence(inner: &[char], outer: &[char]) -> bool {
    let mut rest = outer.iter();
    inner.iter().all(|c| rest.any(|o| o == c))
}

fn longest_run_of_marks(text: &str) -> usize {
    let mut longest = 0;
    let mut run = 0;
    for c in text.chars() {
        run = if matches!(u32::from(c), 0x300..=0x36f | 0x93f | 0x94d) { run + 1 } else { 0 };
        longest = longest.max(run);
    }
    longest
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_forbidden_leaves(raw in nasty()) {
        let line = safe_line(&raw);
        prop_assert!(!line.chars().any(is_forbidden), "{line:?}");
        let block = safe_block(&raw);
        prop_assert!(!block.chars().any(|c| c != '\n' && is_forbidden(c)), "{block:?}");
        prop_assert!(longest_run_of_marks(&line) <= 8);
    }

    #[test]
    fn joiners_stand_only_where_they_draw_something(raw in nasty()) {
        let line: Vec<char> = safe_line(&raw).chars().collect();
        for (i, c) in line.iter().enumerate() {
            let around = i.checked_sub(1).and_then(|b| line.get(b)).zip(line.get(i + 1));
            match c {
                '\u{200c}' => prop_assert!(around.is_some_and(|(a, b)| !a.is_ascii() && b.is_alphabetic() && !b.is_ascii())),
                '\u{200d}' => prop_assert!(around.is_some_and(|(a, b)| !a.is_alphanumeric() && !b.is_alphanumeric())),
                '\u{fe0f}' => prop_assert!(i > 0 && !line[i - 1].is_alphabetic() || matches!(line[i - 1], 'ℹ' | 'Ⓜ')),
                _ => {}
            }
        }
    }

    #[test]
    fn washing_twice_changes_nothing(raw in nasty()) {
        let once = safe_line(&raw).into_owned();
        let twice = safe_line(&once);
        prop_assert_eq!(&*twice, once.as_str());
        prop_assert!(matches!(twice, Cow::Borrowed(_)), "clean text must be borrowed");
        let once = safe_block(&raw).into_owned();
        prop_assert!(matches!(safe_block(&once), Cow::Borrowed(b) if b == once));
    }

    #[test]
    fn a_row_is_never_empty_never_long_and_keeps_its_order(raw in nasty()) {
        let line = safe_line(&raw);
        prop_assert!(width(&line) >= 1, "{line:?}");
        prop_assert!(line.len() <= 3 * raw.len() + 7);
        prop_assert!(!line.contains('\n'));
        if line != "(blank)" {
            // Compared both ways: nothing visible lost (but for what has no assigned meaning), nothing invented.
            let raw_ascii: Vec<char> = visible(&raw).into_iter().filter(char::is_ascii).collect();
            let out_ascii: Vec<char> = visible(&line).into_iter().filter(char::is_ascii).collect();
            prop_assert_eq!(raw_ascii, out_ascii);
            prop_assert!(is_subsequence(&visible(&line), &visible(&raw)));
        }
        prop_assert!(safe_block(&raw).len() <= 4 * raw.len());
    }

    #[test]
    fn fitting_keeps_within_the_columns(raw in nasty(), columns in 0usize..40) {
        let line = safe_line(&raw);
        let short = fit(&line, columns);
        prop_assert!(width(&short) <= columns);
        if width(&line) <= columns {
            prop_assert_eq!(&short, &line);
        } else if columns > 0 {
            let kept = short.strip_suffix('…');
            prop_assert!(kept.is_some_and(|k| line.starts_with(k)), "{:?} of {:?}", short, line);
            prop_assert!(!safe_line(&short).chars().any(is_forbidden));
        }
        let direct = Foreign::new(raw.as_str()).fit(columns).into_owned();
        prop_assert_eq!(direct, short.into_owned(), "short texts are fitted as their line is");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_head_of_a_long_text_fits_too(raw in nasty(), columns in 0usize..40) {
        let long = raw.repeat(100);
        let head = Foreign::new(long.as_str()).fit(columns).into_owned();
        prop_assert!(width(&head) <= columns, "{:?}", head);
        prop_assert!(!head.chars().any(is_forbidden), "{:?}", head);
        if columns > 0 && !raw.trim().is_empty() && long.len() > 20_000 {
            prop_assert!(head.ends_with('…'), "{:?}", head);
        }
    }
}

#[test]
fn each_kind_has_its_placeholder() {
    let cases = [
        ("Fix\u{1b}]52;c;eA==\u{7} page", "Fix␛]52;c;eA==␇ page"),
        ("a\tb", "a b"),
        ("one\ntwo\r\nthree\u{85}four\u{2028}five\u{2029}six", "one↵two↵three↵four↵five↵six"),
        ("real\rfake", "real␍fake"),
        ("del\u{7f}", "del␡"),
        ("c1\u{9b}2J", "c1?2J"),
        ("\u{378}\u{ffff}\u{e000}\u{fffd}", "????"),
        ("invoice\u{202e}fdp.exe", "invoice·fdp.exe"),
        ("ad\u{200b}min", "ad·min"),
        ("ad\u{200c}min", "ad·min"),
        ("\u{301}x", "◌\u{301}x"),
        ("a\u{200d}b", "a·b"),
        ("x\u{fe0f}", "x·"),
        ("1\u{fe0f}\u{20e3}", "1\u{fe0f}\u{20e3}"),
        ("1\u{fe0f}2", "1·2"),
        ("\u{231a}\u{fe0e}", "\u{231a}·"),
        ("👨\u{200d}👩\u{200d}👧", "👨\u{200d}👩\u{200d}👧"),
        ("👨\u{200d}x", "👨·x"),
        ("🏳\u{fe0f}\u{200d}🌈", "🏳\u{fe0f}\u{200d}🌈"),
        ("می\u{200c}خواهم", "می\u{200c}خواهم"),
        ("straße Ünï 日本語 🎉", "straße Ünï 日本語 🎉"),
        ("", "(blank)"),
        (" \t\u{a0}\u{3000}", "(blank)"),
        ("\u{2800}\u{2800}", "(blank)"),
    ];
    for (raw, shown) in cases {
        assert_eq!(safe_line(raw), shown, "{raw:?}");
    }
    assert_eq!(safe_block("a\r\n\tb\u{1b}\n\u{301}\n"), "a\n    b␛\n◌\u{301}\n");
    assert_eq!(safe_block(""), "");
}

#[test]
fn a_chain_of_emoji_has_an_end() {
    let chain = "👩\u{200d}".repeat(40) + "👩";
    let line = safe_line(&chain);
    assert_eq!(line.chars().filter(|c| *c == '👩').count(), 41);
    assert!(line.contains('·'));
    assert!(width(&line) > 10, "a long chain must not hide in two columns");
}

#[test]
fn a_mebibyte_is_fitted_by_its_head_only() {
    let title = Foreign::new("\u{1b}é".repeat(400_000));
    let short = title.fit(40);
    assert_eq!(width(&short), 40);
    assert!(short.starts_with("␛é␛é") && short.ends_with('…'));
    let marks = Foreign::new(format!("a{}b", "\u{301}".repeat(100_000)));
    let short = marks.fit(40);
    assert!(short.starts_with('a') && short.ends_with('…') && short.len() < 64, "{short:?}");
    let exact = Foreign::new("x".repeat(5000));
    assert_eq!(exact.fit(5000), "x".repeat(5000));
    assert_eq!(width(&exact.fit(4999)), 4999);
    assert_eq!(exact.fit(1), "…");
    assert_eq!(exact.fit(0), "");
}

#[test]
fn fitting_counts_columns_not_letters() {
    assert_eq!(fit("日本語", 6), "日本語");
    assert_eq!(fit("日本語", 5), "日本…");
    assert_eq!(fit("日本語", 4), "日…");
    assert_eq!(fit("日本語", 1), "…");
    assert_eq!(fit("नमस्ते", 2), "न…");
    assert_eq!(fit("👨\u{200d}👩\u{200d}👧x", 2), "…");
    assert_eq!(fit("plain", 5), "plain");
    assert_eq!(fit("plain", 4), "pla…");
}

#[test]
fn badges_take_one_column() {
    for kind in floorwalk::domain::signal::SignalKind::ALL {
        let badge = kind.badge().to_string();
        assert_eq!(width(&badge), 1, "{kind:?}");
        assert_eq!(safe_line(&badge), badge);
    }
}

#[test]
fn debug_of_foreign_text_is_harmless() {
    let shown = format!("{:?}", Foreign::new("a\u{1b}[2J\u{202e}b"));
    assert!(!shown.chars().any(is_forbidden), "{shown:?}");
}

#[test]
fn the_corpus_is_harmless_and_its_benign_part_untouched() {
    let Some(files) = crate::hostile::corpus::corpus("text") else { return };
    let mut seen = 0;
    for (name, bytes) in files {
        let raw = String::from_utf8_lossy(&bytes).into_owned();
        let title: String = raw.chars().take(1000).collect();
        let line = safe_line(&title);
        assert!(!line.chars().any(is_forbidden), "{name}: {line:?}");
        assert!(width(&line) >= 1 && longest_run_of_marks(&line) <= 8, "{name}");
        assert_eq!(safe_line(&line), line, "{name}");
        for columns in 1..=200 {
            assert!(width(&fit(&line, columns)) <= columns, "{name} at {columns}");
        }
        assert!(!safe_block(&raw).chars().any(|c| c != '\n' && is_forbidden(c)), "{name}");
        if name.starts_with("ok-") {
            assert!(matches!(safe_line(title.trim_end_matches('\n')), Cow::Borrowed(_)), "{name} was altered");
        }
        seen += 1;
    }
    assert!(seen >= 60, "only {seen} texts found in the corpus");
}
