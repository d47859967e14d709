//! The choice of keys from outside: configuration, the own file beside it, and the verb that prints them.

use insta::assert_snapshot;

use crate::cli_world::CliWorld;

const ONE: &str = "[ui]\nkeymap = \"vim\"\n[[tracker]]\nurl = \"http://127.0.0.1:9\"\nrepos = [\"acme/app\"]\n";
const OWN: &str = ".config/floorwalk/keymap.toml";

#[test]
fn the_keys_that_hold_are_printed_and_any_shipped_ones_by_name() {
    let world = CliWorld::new();
    assert!(world.run(&["keys"]).out.contains("  1  "), "without a configuration the default holds");
    world.config(ONE);
    world.write(OWN, "[discover]\n\"f2\" = \"claim\"\n");
    let own = world.run(&["keys", "--json"]).json();
    assert_eq!((own["keymap"].as_str(), own["counts"].as_bool()), (Some("vim, changed by keymap.toml"), Some(true)));
    let has = |json: &serde_json::Value, keys: &str| json["keys"].as_array().unwrap().iter().any(|k| k["keys"] == keys);
    assert!(has(&own, "f2") && has(&own, "g g"));
    let emacs = world.run(&["keys", "--keymap", "emacs", "--json"]).json();
    assert!(has(&emacs, "ctrl-x ctrl-c") && !has(&emacs, "f2") && emacs["keymap"] == "emacs", "{emacs}");
    assert!(world.run(&["keys", "--keymap", "vim", "--markdown"]).out.contains("`g g`"));
    let wrong = world.run(&["keys", "--keymap", "nano"]);
    assert!(wrong.code == 2 && wrong.err.contains("default, vim, emacs"), "{}", wrong.all());
    let page = world.run(&["keys", "--compare"]).out;
    assert!(page.contains("| default | vim | emacs |"), "{page}");
}

#[test]
fn mistakes_in_the_own_file_leave_the_shipped_keys_and_are_named() {
    let world = CliWorld::new();
    world.config(ONE);
    world.write(OWN, "[discover]\n\"f2\" = \"clame\"\n\"ctrl-i\" = \"claim\"\n");
    assert_snapshot!(world.run(&["config", "check"]).all());
    let keys = world.run(&["keys", "--json"]);
    assert_eq!(keys.json()["keymap"], "vim", "none of it holds");
    assert!(keys.code == 0 && keys.err.contains("the keys are those of the vim keymap"), "{}", keys.err);
    assert_snapshot!("show_with_keymap", world.run(&["config", "show"]).all());
    let json = world.run(&["config", "show", "--json"]).json();
    assert_eq!(json["keymap_file"]["holds"], false);
    assert_eq!(json["keymap_file"]["problems"].as_array().unwrap().len(), 2, "{json}");
    world.write(OWN, b"\xff\xfe");
    assert!(world.run(&["config", "check"]).err.contains("not UTF-8"));
}

#[test]
fn a_keymap_that_is_none_is_a_mistake_of_the_configuration() {
    let world = CliWorld::new();
    world.config(&ONE.replace("vim", "vmi"));
    let ran = world.run(&["config", "check"]);
    assert!(ran.code == 3 && ran.err.contains("did you mean \"vim\"?"), "{}", ran.all());
    assert_eq!(world.run(&["keys"]).code, 3);
    assert_eq!(world.run(&["keys", "--keymap", "vim"]).code, 0, "which needs no configuration");
}
