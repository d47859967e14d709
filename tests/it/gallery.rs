//! Every screen at five sizes, and what its cells look like in three themes. Text is asserted once a size: no theme changes
//! a letter. Of a theme stands which cells look alike and how.

use std::{collections::HashMap, fmt::Write, sync::Arc};

use floorwalk::{
    app::{Event, UserError},
    config::theme::{Depth, shipped},
    domain::{
        commitment::ClaimId,
        outbox::{OpStatus, Step},
    },
    index::Snapshot,
    keymap::Shipped,
    tui::{
        state::{Msg, Options},
        theme::{Skin, Theme},
        widget::views::View,
    },
};
use ratatui::style::{Color, Style};

use super::{tui_lives::*, tui_world::*};

/// From wide to narrow: a window that grows smaller takes away, and one that grows again does not give back.
const SIZES: [(u16, u16); 5] = [(250, 70), (120, 40), (80, 24), (40, 15), (20, 5)];

/// The screens, by name, with the keys that lead there.
const SCREENS: [(&str, &str); 27] = [
    ("discover", ""),
    ("query", "/ i s : f"),
    ("mistake", "/ s i g n l : x"),
    ("counts", "tab j"),
    ("nothing", "/ z z z z enter"),
    ("detail", "enter"),
    ("focus", "F"),
    ("why", "w"),
    ("why_not", "W"),
    ("compared", "v ="),
    ("weights", "+ j j"),
    ("claim", "c"),
    ("triage", "t"),
    ("propose", "P"),
    ("walk", "2"),
    ("skip", "2 x"),
    ("mine", "3"),
    ("resume", "3 j enter"),
    ("hand_back", "3 j h"),
    ("renew", "3 j e"),
    ("floor", "4"),
    ("timeline", "4 tab"),
    ("matrix", "4 tab tab"),
    ("outbox", "O"),
    ("help", "?"),
    ("topic", "? tab tab tab tab"),
    ("palette", ": c l"),
];

fn world() -> Arc<Snapshot> {
    let mut all = super::tui_mine::working();
    all.extend(super::tui_mine::around().into_iter().filter(|c| c.key != key("vision/dataloader", 31)));
    for (i, c) in all.iter_mut().enumerate() {
        c.claim = ClaimId(ulid::Ulid(i as u128));
    }
    all.push(asked_of_me(99, key("search/cli", 140)));
    let mut world = Arc::unwrap_or_clone(lives(all, roster()));
    let stuck = OpStatus::NeedsAttention { why: "ask a maintainer".into() };
    world.outbox = vec![
        op(1, key("vision/dataloader", 31), Step::Queued, OpStatus::Ready),
        op(2, key("search/cli", 98), Step::Queued, stuck),
    ];
    Arc::new(world)
}

fn skin(name: &str) -> Skin {
    let depth = if name == "no-colour" { Depth::None } else { Depth::True };
    Skin { design: shipped(name), depth }
}

fn options() -> Options {
    let view = |name: &str, query: &str| View { name: name.into(), query: query.into() };
    let views = vec![view("docs", "signal:docs"), view("quick", "is:free size:xs,s")];
    Options { skin: skin("dark"), views, ..Options::default() }
}

/// The screen after these keys were pressed in a window of an ordinary size.
fn at(keys: &str, (columns, rows): (u16, u16)) -> Screen {
    let mut screen = Screen::with(world(), options(), columns, rows);
    screen.told(Event::Detail(Box::new(detail(key("vision/dataloader", 412), BODY))));
    screen.keys(keys);
    screen
}

/// Rows of which many alike follow each other, told once.
fn folded(view: &str) -> String {
    let rows: Vec<&str> = view.trim_end().lines().collect();
    let mut out = String::new();
    let mut y = 0;
    while let Some(row) = rows.get(y) {
        let alike = rows[y..].iter().take_while(|other| *other == row).count();
        let _ = writeln!(out, "{row}");
        if alike > 3 {
            let _ = writeln!(out, "⋮ {} more of it", alike - 1);
        }
        y += if alike > 3 { alike } else { 1 };
    }
    out
}

/// All sizes of a screen, one under the other.
fn sheet(screen: &mut Screen) -> String {
    let mut out = String::new();
    for (columns, rows) in SIZES {
        let view = screen.resize(columns, rows).view();
        let _ = writeln!(out, "── {columns}×{rows} {}\n{}", "─".repeat(usize::from(columns) - 10), folded(&view));
    }
    out
}

fn pictures(from: usize, to: usize) {
    for (name, keys) in &SCREENS[from..to] {
        let mut screen = at(keys, (120, 40));
        insta::assert_snapshot!(name.to_string(), sheet(&mut screen));
    }
}

#[test]
fn every_screen_at_five_sizes_the_list_and_tasks() {
    pictures(0, 11);
}

#[test]
fn every_screen_at_five_sizes_dialogs_and_rounds() {
    pictures(11, 20);
}

#[test]
fn every_screen_at_five_sizes_the_rest() {
    pictures(20, SCREENS.len());
}

#[test]
fn what_lies_over_a_screen_at_five_sizes() {
    let mut screen = at("", (120, 40));
    screen.told(Event::Said("claimed vision/dataloader#412".into()));
    screen.told(Event::Failed(UserError::refused("the tracker does not answer", "it is tried again in a minute")));
    insta::assert_snapshot!("toasts", sheet(&mut screen));
    let mut screen = at("", (120, 40));
    screen.turns.state.keymap = Arc::new(Shipped::Vim.keymap().0);
    screen.keys("g").pass(std::time::Duration::from_secs(1));
    insta::assert_snapshot!("which_key", sheet(&mut screen));
    let options = || Options { tour: true, ..options() };
    insta::assert_snapshot!("tour", sheet(&mut Screen::with(world(), options(), 120, 40)));
    let nothing = Options { tour: false, ..options() };
    insta::assert_snapshot!("empty", sheet(&mut Screen::with(bare(Default::default()), nothing, 120, 40)));
}

/// A style in words.
fn look(style: Style) -> String {
    let colour = |colour: Option<Color>| match colour {
        Some(Color::Rgb(r, g, b)) => format!("#{r:02x}{g:02x}{b:02x}"),
        Some(Color::Reset) | None => "own".into(),
        Some(other) => format!("{other:?}"),
    };
    let mut words = format!("{} on {}", colour(style.fg), colour(style.bg));
    if !style.add_modifier.is_empty() {
        let _ = write!(words, " {:?}", style.add_modifier);
    }
    words
}

/// The looks of a screen's cells: a number for each look in the order in which it is first seen, and runs of cells, row by
/// row: `12a` are twelve cells of the first look.
fn looks(screen: &Screen) -> (Vec<Style>, String) {
    let buffer = screen.turns.terminal.backend().buffer();
    let (mut known, mut map): (Vec<Style>, String) = Default::default();
    for y in 0..buffer.area.height {
        let mut runs: Vec<(usize, usize)> = Vec::new();
        for x in 0..buffer.area.width {
            let style = buffer[(x, y)].style();
            let at = known.iter().position(|one| *one == style).unwrap_or_else(|| {
                known.push(style);
                known.len() - 1
            });
            match runs.last_mut() {
                Some((last, length)) if *last == at => *length += 1,
                _ => runs.push((at, 1)),
            }
        }
        let letter = |at: usize| char::from(b'a' + u8::try_from(at).unwrap());
        let row: Vec<String> = runs.iter().map(|(at, length)| format!("{length}{}", letter(*at))).collect();
        let _ = writeln!(map, "{}", row.join(" "));
    }
    (known, map)
}

#[test]
fn cells_that_look_alike_in_the_dark_look_alike_in_the_light_and_are_told_apart_without_colours() {
    let mut page = String::new();
    let mut legends: HashMap<&str, Vec<String>> = HashMap::new();
    for (name, keys) in SCREENS {
        let mut screen = at(keys, (80, 24));
        let (mut maps, text) = (Vec::new(), screen.view());
        for theme in ["dark", "light", "no-colour"] {
            screen.turns.state.theme = Theme::of(&shipped(theme).unwrap(), skin(theme).depth);
            screen.send(Msg::Resumed);
            assert_eq!(screen.view(), text, "{name} says something else in {theme}");
            let (known, map) = looks(&screen);
            let legend = legends.entry(theme).or_default();
            legend.extend(known.iter().map(|style| look(*style)));
            maps.push((known, map));
        }
        assert_eq!(maps[0].1, maps[1].1, "{name}: dark and light part the cells in another way");
        assert!(maps[2].0.len() > 1, "{name}: nothing stands out without colours");
        let words: Vec<String> =
            maps[0].0.iter().zip('a'..).map(|(style, at)| format!("{at} {}", look(*style))).collect();
        let _ = writeln!(page, "── {name}\n{}\n{}", words.join("\n"), maps[0].1);
    }
    insta::assert_snapshot!("looks_dark", page);
    for theme in ["light", "no-colour"] {
        let mut all = legends.remove(theme).unwrap();
        all.sort();
        all.dedup();
        insta::assert_snapshot!(format!("looks_{theme}"), all.join("\n"));
    }
}
