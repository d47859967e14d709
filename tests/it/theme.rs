//! Themes: files that name every role, colours that every terminal can show, and screens that lose nothing without them.

use std::path::Path;

use floorwalk::{
    app::{Event, UserError},
    config::theme::{self, Colour, Depth, READABLE, Rgb, Role, SHIPPED, contrast, parse, shipped},
    domain::signal::SignalKind,
    tui::{
        input::Replies,
        state::{Msg, Options},
        theme::{Skin, Theme},
    },
};
use proptest::prelude::*;
use ratatui::style::Color;

use super::tui_world::*;

fn told(text: &str) -> String {
    match parse(Path::new("themes/mine.toml"), text) {
        Ok(_) => "right".into(),
        Err(mistakes) => {
            let one = |e: &floorwalk::config::ConfigError| {
                format!("{}\n  {}", e.sentence(), e.hint.as_deref().unwrap_or("-"))
            };
            mistakes.iter().map(one).collect::<Vec<_>>().join("\n")
        }
    }
}

#[test]
fn every_shipped_theme_names_every_role() {
    for (name, text) in SHIPPED {
        assert_eq!(told(text), "right", "{name}");
        let mut top = text.lines().take_while(|line| !line.starts_with('['));
        assert!(!top.any(|line| line.starts_with("base")), "{name} stands on its own");
    }
}

#[test]
fn what_is_read_can_be_read_on_every_shipped_ground() {
    for (name, _) in SHIPPED {
        let design = shipped(name).unwrap();
        let Some(ground) = design.ground() else { continue };
        let needed = if name == "high-contrast" { 7.0 } else { READABLE };
        for depth in [Depth::True, Depth::Many] {
            let least = design.least_contrast(ground, depth).unwrap();
            assert!(least >= needed, "{name} at {depth:?}: {least:.2}");
        }
        for role in [Role::Bar, Role::Border] {
            let seen = contrast(design.look(role).fg.unwrap().rgb().unwrap(), ground);
            assert!(seen >= 3.0, "{name} {}: {seen:.2}", role.word());
        }
    }
}

#[test]
fn mistakes_are_told_with_their_line_and_the_nearest_name() {
    let text = "base = \"darc\"\n[palette]\nsea = \"#12345\"\n[roles]\ntext = \"#112233\"\nwarnin = \"red\"\ndim = \"gren\"\n\
                link = { fg = \"blue\", underline = true }\ncode = true\nbar = 256\nerror = { fg = \"red\", bold = 1 }\n\
                [badges]\nci = \"\\u001b[31m\"\ncy = \"red\"\n[colours]\n";
    insta::assert_snapshot!(told(text));
    assert!(told("[roles]\ntext = 7\n").contains("the theme says nothing of dim, strong"));
    assert_eq!(told("base = \"dark\"\n[palette]\nsea = \"#0a3d62\"\n[roles]\naccent = \"sea\"\nbar = 33\n"), "right");
    assert!(told("[roles]\ntext = \n").starts_with("themes/mine.toml:2:"));
}

#[test]
fn a_theme_of_ones_own_goes_before_a_shipped_one_and_an_unknown_name_says_what_there_is() {
    let dir = tempfile::tempdir().unwrap();
    let config = dir.path().join("config.toml");
    std::fs::create_dir(dir.path().join("themes")).unwrap();
    std::fs::write(dir.path().join("themes/dark.toml"), "base = \"dark\"\n[roles]\ndim = \"#ffffff\"\n").unwrap();
    let dark = theme::find(&config, "dark").unwrap().unwrap();
    assert_eq!(dark.look(Role::Dim).fg, Some(Colour::Rgb(Rgb(255, 255, 255))));
    assert_eq!(theme::find(&config, theme::AUTO), Ok(None));
    let hint = theme::find(&config, "gruvbox").unwrap_err()[0].hint.clone().unwrap();
    assert!(hint.contains("gruvbox-dark") && hint.contains("themes"), "{hint}");
    assert!(theme::find(&config, "../config").is_err(), "a name is never a path");
    let wrong = "[ui]\ntheme = \"drak\"\n";
    let mistakes = floorwalk::config::load::parse(&config, wrong).unwrap_err();
    assert_eq!(mistakes[0].at, Some((2, 9)));
    assert!(mistakes[0].hint.as_ref().unwrap().contains("did you mean 'dark'?"), "{mistakes:?}");
}

#[test]
fn a_terminal_shows_the_nearest_colour_it_has() {
    let at = |text: &str, depth| Colour::parse(text).unwrap().at(depth);
    assert_eq!(at("#ff0000", Depth::Many), Some(Colour::Index(196)));
    assert_eq!(at("#1e1e2e", Depth::Many), Some(Colour::Index(234)));
    assert_eq!(at("#ff0000", Depth::Sixteen), Some(Colour::Sixteen(9)));
    assert_eq!(at("#000000", Depth::Sixteen), Some(Colour::Sixteen(0)));
    assert_eq!(at("#fafafa", Depth::Sixteen), Some(Colour::Sixteen(15)));
    assert_eq!(at("#808080", Depth::Sixteen), Some(Colour::Sixteen(8)));
    assert_eq!(at("bright-blue", Depth::True), Some(Colour::Sixteen(12)), "a name stays the user's colour");
    assert_eq!(at("244", Depth::Sixteen), Some(Colour::Sixteen(8)));
    assert_eq!(at("default", Depth::Sixteen), Some(Colour::Own));
    for text in ["#ff0000", "red", "200", "default"] {
        assert_eq!(at(text, Depth::None), None);
    }
    for wrong in ["#ff00", "#gg0000", "#+12345", "256", "-1", "Red", "", "rgb(1,2,3)"] {
        assert_eq!(Colour::parse(wrong), None, "{wrong}");
    }
    assert!((contrast(Rgb(0, 0, 0), Rgb(255, 255, 255)) - 21.0).abs() < 1e-9);
    // An example of the WCAG's own: #777 on white just fails.
    assert!((contrast(Rgb(0x77, 0x77, 0x77), Rgb(255, 255, 255)) - 4.478).abs() < 0.001);
}

/// Oklab by the long way its author describes: light, CIE XYZ, cones, cube roots. The program takes the short way.
fn oklab(Rgb(r, g, b): Rgb) -> [f64; 3] {
    let light = [r, g, b].map(|c| {
        let c = f64::from(c) / 255.0;
        if c <= 0.040_45 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) }
    });
    let times = |m: [[f64; 3]; 3], v: [f64; 3]| m.map(|row| row.iter().zip(v).map(|(a, b)| a * b).sum::<f64>());
    let to_xyz = [
        [0.412_456_4, 0.357_576_1, 0.180_437_5],
        [0.212_672_9, 0.715_152_2, 0.072_175],
        [0.019_333_9, 0.119_192, 0.950_304_1],
    ];
    let to_cones = [
        [0.818_933_010_1, 0.361_866_742_4, -0.128_859_713_7],
        [0.032_984_543_6, 0.929_311_871_5, 0.036_145_638_7],
        [0.048_200_301_8, 0.264_366_269_1, 0.633_851_707],
    ];
    let to_lab = [
        [0.210_454_255_3, 0.793_617_785, -0.004_072_046_8],
        [1.977_998_495_1, -2.428_592_205, 0.450_593_709_9],
        [0.025_904_037_1, 0.782_771_766_2, -0.808_675_766],
    ];
    times(to_lab, times(to_cones, times(to_xyz, light)).map(f64::cbrt))
}

proptest! {
    #[test]
    fn a_colour_that_a_terminal_has_is_shown_as_it_is(n in 16_u8..=255) {
        let rgb = Colour::of_index(n).rgb().unwrap();
        prop_assert_eq!(Colour::Rgb(rgb).at(Depth::Many).unwrap().rgb(), Some(rgb));
    }

    #[test]
    fn no_colour_of_a_terminal_looks_nearer(r: u8, g: u8, b: u8) {
        let wanted = oklab(Rgb(r, g, b));
        let far = |other: Rgb| oklab(other).iter().zip(wanted).map(|(a, b)| (a - b).powi(2)).sum::<f64>().sqrt();
        let shown = far(Colour::Rgb(Rgb(r, g, b)).at(Depth::Many).unwrap().rgb().unwrap());
        let best = (16..=255).map(|n| far(Colour::of_index(n).rgb().unwrap())).fold(f64::MAX, f64::min);
        // Both ways of reckoning round their constants: one thousandth of the way from black to white.
        prop_assert!(shown <= best + 0.001, "{shown} {best}");
    }
}

#[test]
fn a_terminal_says_how_many_colours_it_has() {
    for (term, colorterm, depth) in [
        (None, None, Depth::None),
        (Some("dumb"), Some("truecolor"), Depth::None),
        (Some("xterm-256color"), Some("truecolor"), Depth::True),
        (Some("xterm-direct"), None, Depth::True),
        (Some("tmux-256color"), None, Depth::Many),
        (Some("linux"), None, Depth::Sixteen),
        (Some("xterm"), None, Depth::Sixteen),
        (Some("vt100"), None, Depth::None),
    ] {
        assert_eq!(Depth::of(term, colorterm), depth, "{term:?}");
    }
}

fn skinned(name: &str, depth: Depth) -> Options {
    Options { skin: Skin { design: shipped(name), depth }, ..Options::default() }
}

/// Every screen, by the keys that lead there.
const SCREENS: [&str; 13] = ["", "f", "enter", "2", "3", "4", "4 tab", "4 tab tab", "O", "?", "w", "+", "/ x :"];

fn at(keys: &str, options: Options) -> Screen {
    let mut all = everything();
    all.outbox = vec![op(
        1,
        key("vision/dataloader", 31),
        floorwalk::domain::outbox::Step::Queued,
        floorwalk::domain::outbox::OpStatus::NeedsAttention { why: "ask a maintainer".into() },
    )];
    let mut screen = Screen::with(build(all), options, 120, 40);
    screen.told(Event::Detail(Box::new(detail(key("vision/dataloader", 412), BODY))));
    screen.keys(keys);
    screen.told(Event::Failed(UserError::refused("no room", "ask later")));
    screen
}

#[test]
fn every_screen_says_the_same_without_colours() {
    for keys in SCREENS.into_iter().chain(["c", "3 h", "t", ": r"]) {
        let coloured = at(keys, skinned("dark", Depth::True));
        let plain = at(keys, skinned("dark", Depth::None));
        assert_eq!(coloured.view(), plain.view(), "{keys}");
        let buffer = plain.turns.terminal.backend().buffer();
        let bare = |c: &ratatui::buffer::Cell| c.fg == Color::Reset && c.bg == Color::Reset;
        assert!(buffer.content().iter().all(bare), "{keys}: something is coloured");
        let painted = coloured.turns.terminal.backend().buffer();
        assert!(painted.content().iter().all(|c| c.bg != Color::Reset), "{keys}: the ground shows through");
    }
}

#[test]
fn a_row_is_marked_by_a_sign_whether_or_not_the_keys_go_there() {
    let mut screen = at("", skinned("no-colour", Depth::None));
    screen.shows("▸");
    screen.keys("tab").shows("▸");
    let mut coloured = at("tab", skinned("dark", Depth::True));
    let away = Theme::of(&shipped("dark").unwrap(), Depth::True).selected_away.bg.unwrap();
    assert!(coloured.turns.terminal.backend().buffer().content().iter().any(|c| c.bg == away));
    coloured.keys("tab");
    assert!(!coloured.turns.terminal.backend().buffer().content().iter().any(|c| c.bg == away));
}

#[test]
fn badges_have_colours_of_their_own() {
    let theme = Theme::of(&shipped("dark").unwrap(), Depth::True);
    let colours: std::collections::HashSet<_> = SignalKind::ALL.iter().map(|kind| theme.badge(*kind).fg).collect();
    assert!(colours.len() >= 6);
}

#[test]
fn auto_follows_the_ground_the_terminal_names_when_it_does_in_time() {
    let skin = Skin { design: None, depth: Depth::True };
    let text = |ground: Rgb, late: u64| {
        let mut screen = Screen::with(snapshot(), Options { skin, ..Options::default() }, 80, 24);
        screen.pass(std::time::Duration::from_millis(late)).send(Msg::Ground(ground));
        let theme = screen.turns.state.theme;
        (theme.plain.fg, theme.plain.bg)
    };
    let dark = Theme::of(&shipped("dark").unwrap(), Depth::True).plain;
    let light = Theme::of(&shipped("light").unwrap(), Depth::True).plain;
    assert_eq!(text(Rgb(10, 10, 14), 0), (dark.fg, None), "the terminal keeps its own ground");
    assert_eq!(text(Rgb(255, 255, 255), 0), (light.fg, None));
    assert_eq!(text(Rgb(128, 128, 128), 0), (dark.fg, dark.bg), "on a ground where nothing is readable one is painted");
    assert_eq!(text(Rgb(255, 255, 255), 1_500), (None, None), "a late answer changes nothing");
    assert!(!Skin { design: None, depth: Depth::Sixteen }.asks());
    assert!(!Skin { design: shipped("dark"), depth: Depth::True }.asks());
}

proptest! {
    #[test]
    fn whatever_ground_a_terminal_has_everything_can_be_read(r: u8, g: u8, b: u8) {
        let skin = Skin { design: None, depth: Depth::True };
        let theme = skin.on(Rgb(r, g, b)).unwrap();
        let rgb = |c: Option<Color>| match c { Some(Color::Rgb(r, g, b)) => Some(Rgb(r, g, b)), _ => None };
        let ground = rgb(theme.plain.bg).unwrap_or(Rgb(r, g, b));
        for style in [theme.plain, theme.dim, theme.strong, theme.accent, theme.link, theme.warning, theme.error, theme.good] {
            prop_assert!(contrast(rgb(style.fg).unwrap(), ground) >= READABLE);
        }
    }
}

#[test]
fn the_answer_about_the_ground_is_read_and_others_are_dropped() {
    use crossterm::event::{Event, KeyCode, KeyEvent, KeyModifiers};
    let heard = |answer: &str| {
        let mut replies = Replies::default();
        let mut events = vec![KeyEvent::new(KeyCode::Char(']'), KeyModifiers::ALT)];
        events.extend(answer.chars().map(|c| KeyEvent::new(KeyCode::Char(c), KeyModifiers::NONE)));
        events.push(KeyEvent::new(KeyCode::Char('\\'), KeyModifiers::ALT));
        let mut found = Vec::new();
        for event in events {
            assert!(replies.swallow(&Event::Key(event), || Ok(true)).unwrap());
            found.extend(replies.ground());
        }
        found
    };
    assert_eq!(heard("11;rgb:1e1e/1e1e/2e2e"), [Rgb(0x1e, 0x1e, 0x2e)]);
    assert_eq!(heard("11;rgb:f/0/8"), [Rgb(255, 0, 136)]);
    assert_eq!(heard("11;rgba:ffff/ffff/0000/ffff"), [Rgb(255, 255, 0)]);
    for other in ["10;rgb:0000/0000/0000", "52;c;Y2xhaW0=", "11;rgb:zz/0/0", "11;rgb:12345/0/0", "11;rgb:1/2", ""] {
        assert_eq!(heard(other), [], "{other}");
    }
    assert_eq!(heard(&"11;rgb:".repeat(1_000)), []);
}
