//! Notices of the desktop: when one is shown, in which form, and that no text of a stranger gets out of it.

use floorwalk::{
    config::model::Notify,
    domain::{commitment::Act, person::Person},
    tui::{notice::Form, state::Options},
};

use super::{tui_lives::*, tui_world::*};
use crate::cli_world::CliWorld;

fn form(wanted: Notify, variables: &[(&str, &'static str)]) -> Option<String> {
    let form = Form::of(wanted, |name| variables.iter().find(|(n, _)| *n == name).map(|(_, value)| *value));
    form.map(|form| String::from_utf8(form.bytes("at risk; now")).unwrap())
}

#[test]
fn the_form_is_the_one_the_terminal_understands() {
    let auto = |variables: &[(&str, &'static str)]| form(Notify::Auto, variables);
    let nine = Some("\u{1b}]9;floorwalk: at risk, now\u{7}".to_owned());
    let triple = Some("\u{1b}]777;notify;floorwalk;at risk, now\u{7}".to_owned());
    let kitty = "\u{1b}]99;i=floorwalk:d=0;floorwalk\u{1b}\\\u{1b}]99;i=floorwalk:p=body;at risk, now\u{1b}\\";
    assert_eq!(auto(&[("TERM", "xterm-256color"), ("TERM_PROGRAM", "iTerm.app")]), nine);
    assert_eq!(auto(&[("TERM", "xterm-256color")]), nine, "the one most terminals know");
    assert_eq!(auto(&[("TERM", "xterm-256color"), ("TERM_PROGRAM", "WezTerm")]), triple);
    assert_eq!(auto(&[("TERM", "foot")]), triple);
    assert_eq!(auto(&[("TERM", "xterm-256color"), ("VTE_VERSION", "7600")]), triple);
    assert_eq!(auto(&[("TERM", "xterm-kitty")]), Some(kitty.to_owned()));
    for term in ["linux", "dumb", ""] {
        assert_eq!(auto(&[("TERM", term)]), None, "{term}");
    }
    assert_eq!(form(Notify::Off, &[("TERM", "xterm-kitty")]), None);
    assert_eq!(form(Notify::Osc9, &[("TERM", "xterm-kitty")]), nine, "what is asked for holds");
    assert_eq!(form(Notify::Osc777, &[("TERM", "")]), triple);
    let tmux = auto(&[("TERM", "tmux-256color"), ("TMUX", "/tmp/tmux-0/default,1,0")]).unwrap();
    assert_eq!(tmux, "\u{1b}Ptmux;\u{1b}\u{1b}]9;floorwalk: at risk, now\u{7}\u{1b}\\");
    let screen = auto(&[("TERM", "screen"), ("STY", "1.pts")]).unwrap();
    assert_eq!(screen, "\u{1b}P\u{1b}]9;floorwalk: at risk, now\u{7}\u{1b}\\");
}

#[test]
fn no_text_gets_out_of_a_notice() {
    let hostile = "x\u{7}\u{1b}]0;y\u{9c}\u{1b}\\;\u{202e}z\n".repeat(200);
    for wanted in [Notify::Osc9, Notify::Osc777, Notify::Osc99] {
        let form = Form::of(wanted, |_| None).unwrap();
        let (empty, full) = (form.bytes(""), String::from_utf8(form.bytes(&hostile)).unwrap());
        let ends = |text: &str| text.matches(['\u{7}', '\u{1b}', '\u{9c}', '\n', ';', '\u{202e}']).count();
        assert_eq!(ends(&full), ends(&String::from_utf8(empty).unwrap()), "{full:?}");
        assert!(full.chars().count() < 300, "{}", full.len());
    }
}

fn offer() -> Vec<floorwalk::domain::commitment::Commitment> {
    let lee = Person::human("lee", 9);
    let log = vec![claimed("11-16T09:00", &lee, "11-27"), did("11-19T09:00", &lee, Act::Offer { to: "sam".into() })];
    vec![commitment(1, key("vision/dataloader", 412), lee, log)]
}

#[test]
fn what_newly_needs_me_is_told_once_and_only_when_asked_for() {
    let told = |notice| {
        let options = Options { notice, ..Options::default() };
        let mut screen = Screen::with(lives(Vec::new(), roster()), options, 80, 24);
        let needy = || floorwalk::app::Event::Snapshot(lives(offer(), roster()));
        screen.told(needy()).told(needy());
        (screen.turns.world.notices.clone(), screen.turns.world.bells)
    };
    let form = Form::of(Notify::Osc9, |_| None);
    assert_eq!(told(form), (vec!["@lee offers vision/dataloader#412 to you".to_owned()], 0));
    assert_eq!(told(None), (Vec::new(), 0));
    let options = Options { notice: form, bell: true, ..Options::default() };
    let mut screen = Screen::with(lives(Vec::new(), roster()), options, 80, 24);
    screen.told(floorwalk::app::Event::Snapshot(lives(super::tui_mine::working(), roster())));
    assert_eq!(screen.turns.world.bells, 1, "the bell stays as it is");
    assert_eq!(screen.turns.world.notices.len(), 1);
    assert!(screen.turns.world.notices[0].ends_with("need you"), "{:?}", screen.turns.world.notices);
}

#[test]
fn the_configuration_names_the_form_or_the_nearest() {
    let world = CliWorld::new();
    world.config("[ui]\nnotify = \"osc77\"\n");
    let ran = world.run(&["config", "check"]);
    assert!(ran.all().contains("'osc77' is no form of notices") && ran.all().contains("osc777"), "{}", ran.all());
    world.config("[ui]\nnotify = \"auto\"\n");
    assert!(!world.run(&["config", "check"]).all().contains("notices"));
}
