//! Saved views: in the configuration, on the command line, as tabs of the list; and the box under the query line.

use std::path::Path;

use floorwalk::{
    config::load::parse,
    domain::text::Foreign,
    tui::{state::Options, widget::views::View},
};

use super::{cli_world::CliWorld, tui_world::*};

const FILE: &str = "[[tracker]]\nname = \"gh\"\nrepos = [\"acme/app\"]\n";

fn told(views: &str) -> String {
    match parse(Path::new("c.toml"), &format!("{FILE}{views}")) {
        Ok(loaded) => format!("right: {} views", loaded.config.views.len()),
        Err(all) => {
            let line = |e: &floorwalk::config::ConfigError| {
                format!("{} ({})", e.sentence(), e.hint.clone().unwrap_or_default())
            };
            all.iter().map(line).collect::<Vec<_>>().join("\n")
        }
    }
}

#[test]
fn a_view_has_a_name_of_its_own_and_a_query() {
    assert_eq!(told("[[view]]\nname = \"docs\"\nquery = \"signal:docs\"\n"), "right: 1 views");
    assert!(told("[[view]]\nquery = \"x\"\n").starts_with("c.toml:4:1: this view has no name"));
    assert!(told("[[view]]\nname = \"a\"\n").starts_with("c.toml:4:1: the view 'a' has no query"));
    assert!(told("[[view]]\nname = \"A b\"\nquery = \"x\"\n").starts_with("c.toml:5:8: 'A b' is no name of a view"));
    let twice = "[[view]]\nname = \"a\"\nquery = \"x\"\n".repeat(2);
    assert!(told(&twice).starts_with("c.toml:8:8: a second view is named 'a'"), "{}", told(&twice));
    assert!(told("[[view]]\nname = \"a\"\nqueri = \"x\"\n").contains("did you mean 'query'?"));
}

#[test]
fn a_wrong_query_in_a_view_is_a_mistake_of_the_file_with_its_line() {
    let world = CliWorld::new();
    let views =
        "[[view]]\nname = \"a\"\nquery = 'is:free lable:x'\n[[view]]\nname = \"b\"\nquery = 'x'\nsort = 'newst'\n";
    world.config(&format!("{FILE}{views}"));
    for args in [&["config", "check"][..], &["list"], &["mine"]] {
        let ran = world.run(args);
        assert_eq!(ran.code, 3, "{args:?} {}", ran.all());
        assert!(ran.err.contains("config.toml:6:18: view 'a': there is no field 'lable'"), "{}", ran.err);
        assert!(ran.err.contains("did you mean 'label'?"), "{}", ran.err);
        assert!(ran.err.contains("config.toml:10:8: view 'b': 'newst' is nothing that sort: knows"), "{}", ran.err);
    }
}

#[test]
fn list_takes_a_view_by_its_name_and_narrows_it() {
    let world = CliWorld::new();
    world.config(&format!(
        "{FILE}[[view]]\nname = \"docs\"\nquery = 'signal:docs or label:docs'\nsort = \"key-desc\"\n"
    ));
    assert_eq!(world.run(&["config", "check"]).code, 0);
    let shown = world.run(&["config", "show"]).out;
    assert!(shown.contains("view.docs.query = \"signal:docs or label:docs\"  # file, line 6"), "{shown}");
    for args in [&["list", "@docs"][..], &["list", "--view", "docs"], &["list", "@docs", "is:free", "-(flaky)"]] {
        let ran = world.run(args);
        assert_eq!((ran.code, ran.err.contains("nothing has been read yet")), (1, true), "{args:?} {}", ran.all());
    }
    let ran = world.run(&["list", "is:free", "-lable:x", "or", "-(flaky)", "--limit", "3"]);
    assert_eq!((ran.code, ran.err.contains("hint: is:free -lable:x or -(flaky)\n")), (2, true), "{}", ran.all());
    let ran = world.run(&["list", "@dcos"]);
    assert_eq!((ran.code, ran.err.contains("there is no view 'dcos'")), (2, true), "{}", ran.all());
    assert!(ran.err.contains("did you mean 'docs'?"), "{}", ran.err);
    let ran = world.run(&["list", "@docs", "lable:x"]);
    assert_eq!((ran.code, ran.err.contains("lable")), (2, true), "{}", ran.all());
    let ran = world.run(&["list", "--sort", "updated-asc", "--sort", "x"]);
    assert_eq!(ran.code, 2, "{}", ran.all());
    assert_eq!(world.run(&["list", "--sort", "updated-asc"]).code, 1);
}

#[test]
fn findings_take_alternatives_too() {
    let world = CliWorld::new();
    world.config(FILE);
    let ran = world.run(&["findings", "signal:ci or signal:docs"]);
    assert_eq!((ran.code, ran.err.contains("nothing has been read yet")), (1, true), "{}", ran.all());
}

fn screen(columns: u16, rows: u16) -> Screen {
    let view = |name: &str, query: &str| View { name: name.into(), query: query.into() };
    let views = vec![view("docs", "signal:docs"), view("vision", "project:vision/dataloader sort:key")];
    Screen::with(snapshot(), Options { views, ..Options::default() }, columns, rows)
}

#[test]
fn views_are_tabs_and_what_was_typed_comes_back() {
    let mut screen = screen(100, 24);
    screen.keys("/").text("the").keys("enter").shows("[All]  docs   vision");
    let own = screen.turns.state.discover.hits.rows.len();
    screen.keys("]").shows("[docs]").shows("/ signal:docs");
    screen.keys("/").text(" -x").keys("enter").shows("[docs, changed]");
    screen.keys("]").shows("[vision]").shows("by key");
    screen.keys("S").shows("the query says its order");
    screen.keys("]").shows("[All]").shows("/ the");
    assert_eq!(screen.turns.state.discover.hits.rows.len(), own);
    screen.keys("[").shows("[vision]").keys("esc").shows("[All]").shows("press / to search");
    insta::assert_snapshot!("views_100x24", screen.keys("]").view());
    Screen::new(100, 24).keys("]").shows("there are no saved views").lacks("[All]");
    let mut narrow = self::screen(24, 12);
    narrow.keys("[").shows("[vision]").lacks("[All]");
}

#[test]
fn a_box_under_the_line_offers_what_could_stand_there() {
    let mut screen = Screen::new(100, 24);
    screen.keys("/").text("sig").shows("▸ signal:").shows("tab takes it, 1 of 1");
    screen.keys("tab").shows("/ signal:").shows("▸ stale").shows("1 of 10");
    insta::assert_snapshot!("offer_100x24", screen.view());
    screen.keys("down down").shows("▸ good-first").keys("enter").shows("/ signal:good-first").lacks("takes it");
    assert!(screen.turns.state.overlay.is_some(), "the line is still edited");
    screen.keys("esc").shows("press / to search");
    assert!(screen.turns.state.overlay.is_none());
}

#[test]
fn the_box_takes_no_key_that_types_and_escape_leads_back() {
    let mut screen = Screen::new(80, 24);
    screen.keys("/").text("label:");
    let first = screen.turns.state.snapshot.rows.iter().flat_map(|r| &r.task.labels).map(Foreign::raw).count();
    assert!(first > 0);
    screen.shows("takes it").keys("esc").lacks("takes it").shows("/ label:");
    screen.keys("tab").shows("takes it").text("x").shows("/ label:x");
    screen.keys("ctrl-u").text("is:free").lacks("takes it").keys("enter").shows("/ is:free");
    assert!(screen.turns.state.overlay.is_none());
    // Without a box the arrows move the list, as ever.
    screen.keys("/").text(" ").keys("down down");
    assert_eq!(screen.turns.state.discover.cursor.at, 2);
    for (columns, rows) in [(20, 5), (30, 8), (200, 60)] {
        screen.resize(columns, rows).keys("ctrl-u").text("label:").keys("down down up tab esc");
    }
}

#[test]
fn a_list_without_rows_says_which_value_nothing_has() {
    let mut screen = Screen::new(100, 24);
    screen
        .keys("/")
        .text("project:dataloadr")
        .keys("enter")
        .shows("No task has project:dataloadr; did you mean dataloader?");
}
