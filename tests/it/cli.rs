//! The command line from outside: exit codes, JSON errors, help, and that nothing prompts or breaks in scripts.

use insta::assert_snapshot;
use std::process::Stdio;

use floorwalk::{index::fields::FIELDS, keymap::action::ACTIONS};

use crate::cli_world::CliWorld;

const ONE: &str = "[me]\nhandle = \"sam\"\n[[tracker]]\nurl = \"http://127.0.0.1:9\"\nrepos = [\"acme/app\"]\n";

#[test]
fn without_configuration_it_says_what_to_do() {
    let world = CliWorld::new();
    assert_snapshot!(world.run(&[]).all());
    for verb in [&["list"][..], &["sync"], &["mine"], &["claim", "a/b#1"], &["outbox"], &["config", "check"]] {
        let ran = world.run(verb);
        assert_eq!(ran.code, 3, "{verb:?} {}", ran.all());
        assert!(ran.err.contains("floorwalk demo") && ran.err.contains("floorwalk init"), "{}", ran.err);
    }
    let json = world.run(&["list", "--json"]).json();
    assert_eq!((json["schema"].as_str(), json["error"]["code"].as_u64()), (Some("floorwalk/1"), Some(3)));
    assert_eq!(json["error"]["hints"].as_array().unwrap().len(), 3);
}

#[test]
fn mistakes_of_a_file_come_together_as_text_and_as_json() {
    let world = CliWorld::new();
    world.config("[[tracker]]\nnam = \"gh\"\nrepos = [\"acme\"]\n");
    let ran = world.run(&["config", "check"]);
    assert_snapshot!(ran.all());
    let json = world.run(&["config", "check", "--json"]).json();
    assert_eq!(json["error"]["code"], 3);
    assert!(json["error"]["sentence"].as_str().unwrap().ends_with("unknown key 'nam' in [[tracker]]"), "{json}");
    assert_eq!(json["more"].as_array().unwrap().len(), 1);
}

#[test]
fn a_key_that_is_not_known_is_warned_of_and_everything_starts() {
    let world = CliWorld::new();
    world.config("[ui]\ntehme = \"dark\"\n[[tracker]]\nrepos = [\"acme/app\"]\ncolour = 7\n");
    let ran = world.run(&["outbox"]);
    assert_eq!(ran.code, 0, "{}", ran.all());
    assert_snapshot!(ran.err);
    assert_eq!(world.run(&["list", "--json"]).json()["tasks"].as_array().map(Vec::len), Some(0));
    // A check finds what is not meant, whoever starts without it.
    let check = world.run(&["config", "check"]);
    assert_eq!(check.code, 3);
    assert!(check.err.contains("config.toml:2:1: unknown key 'tehme' in [ui]"), "{}", check.err);
    let doctor = world.run(&["doctor", "--json"]).json();
    let findings = doctor["findings"].as_array().unwrap().iter().filter(|f| f["area"] == "configuration");
    let levels: Vec<&str> = findings.filter_map(|f| f["level"].as_str()).collect();
    assert_eq!(levels, ["fine", "warning", "warning"], "{doctor}");
    // A secret is no key that is merely unknown.
    world.config("[[tracker]]\nrepos = [\"acme/app\"]\ntoken = \"ghp_0123456789\"\n");
    let ran = world.run(&["list"]);
    assert!(ran.code == 3 && !ran.err.contains("0123456789"), "{}", ran.all());
}

#[test]
fn the_files_are_found_by_flag_then_variable_then_xdg() {
    let world = CliWorld::new();
    let mut command = world.command();
    assert_eq!(world.finish(command.args(["config", "path"])).out, "~/.config/floorwalk/config.toml\n");
    command.env("XDG_CONFIG_HOME", world.path("xdg"));
    assert_eq!(world.finish(&mut command).out, "~/xdg/floorwalk/config.toml\n");
    command.env("FLOORWALK_CONFIG", "/etc/named.toml");
    assert_eq!(world.finish(&mut command).out, "/etc/named.toml\n");
    assert_eq!(world.finish(command.args(["--config", "flag.toml"])).out, "flag.toml\n");
    let json = world.finish(command.arg("--json").env("FLOORWALK_DATA_DIR", "/var/x")).json();
    assert_eq!((json["origin"].as_str(), json["data_dir"].as_str()), (Some("flag --config"), Some("/var/x")));
    let ran = world.finish(world.command().env_remove("HOME").args(["config", "path"]).env("HOME", ""));
    assert!(ran.code == 3 || ran.code == 0, "{}", ran.all());
}

#[test]
fn show_tells_where_every_value_came_from() {
    let world = CliWorld::new();
    world.config(ONE);
    assert_snapshot!(world.run(&["config", "show"]).all());
    let json = world.run(&["config", "show", "--json"]).json();
    let values = json["values"].as_array().unwrap();
    assert!(
        values.contains(&serde_json::json!({"key": "me.handle", "value": "sam", "origin": "file, line 2"})),
        "{json}"
    );
    let ran = world.run(&["config", "check"]);
    assert_eq!(ran.out, "~/.config/floorwalk/config.toml is right: 1 tracker\n", "{}", ran.all());
    assert_snapshot!("reference", world.run(&["config", "reference"]).out);
}

#[test]
fn wrong_use_exits_with_two() {
    let world = CliWorld::new();
    world.config(ONE);
    let wrong: &[&[&str]] = &[
        &["lst"],
        &["list", "--sort", "size"],
        &["list", "--limit", "-1"],
        &["claim"],
        &["claim", "a/b#1", "--until", "soon"],
        &["done", "a/b#1", "--kind", "gone"],
        &["decline", "a/b#1", "--reason", "rude"],
        &["renew", "a/b#1", "--why", "x", "--days", "0"],
        &["renew", "a/b#1", "--why", "x", "--days", "2", "--until", "2026-12-01"],
        &["release", "a/b#1", "--note", "x", "--next", "y"],
        &["warranty", "a/b#1"],
        &["sync", "--every", "5"],
        &["sync", "--watch", "--every", "0"],
        &["outbox", "drop", "x"],
        &["--repo", "../../etc", "list"],
        &["demo", "--port", "1"],
    ];
    for args in wrong {
        let ran = world.run(args);
        assert_eq!(ran.code, 2, "{args:?} {}", ran.all());
        assert!(ran.out.is_empty() && ran.err.starts_with("error: "), "{args:?} {}", ran.all());
        let json = world.run(&[*args, &["--json"]].concat()).json();
        assert_eq!(json["error"]["code"], 2, "{args:?} {json}");
    }
    let hostile = world.run(&["\u{1b}]0;pwn\u{7}"]);
    assert!(!hostile.err.contains(['\u{1b}', '\u{7}']), "{:?}", hostile.err);
    let ran = world.run(&[]);
    assert_eq!((ran.code, ran.err.contains("needs a terminal")), (2, true), "{}", ran.all());
}

#[test]
fn help_is_a_snapshot() {
    let world = CliWorld::new();
    let mut all = world.run(&["--help"]).out;
    let verbs = "demo init sync list show claim accept decline withdraw renew pause resume block need-help still-on-it \
                 handover propose plan checklist done release revoke warranty thanks mine floor team outbox doctor config registry keys completions man";
    for verb in verbs.split_whitespace() {
        let ran = world.run(&[verb, "-h"]);
        assert_eq!(ran.code, 0);
        assert!(ran.out.contains(&format!("Example: floorwalk {verb}")), "an example for {verb}");
        // The flags that every verb takes are in the first page.
        let (own, rest) = ran.out.split_once("Everywhere:").unwrap();
        let example = rest.lines().find(|l| l.starts_with("Example: ")).unwrap();
        all += &format!("\n======== {verb}\n{own}{example}\n");
    }
    assert_snapshot!(all);
    let list = world.run(&["list", "--help"]).out;
    assert!(FIELDS.iter().all(|f| list.contains(f.examples[0]) && list.contains(f.name)), "{list}");
    let keys = world.run(&["keys"]).out;
    assert!(ACTIONS.iter().all(|a| keys.contains(a.about)) && !keys.contains('|'), "{keys}");
    assert_eq!(world.run(&["--version"]).out, format!("floorwalk {}\n", env!("CARGO_PKG_VERSION")));
}

#[test]
fn manual_pages_and_completions_are_generated() {
    let world = CliWorld::new();
    assert_snapshot!(world.run(&["man"]).out);
    assert_eq!(world.run(&["man", "--dir", "pages"]).code, 0);
    for page in ["floorwalk.1", "floorwalk-claim.1", "floorwalk-config-check.1"] {
        assert!(world.path("pages").join(page).exists(), "{page}");
    }
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let script = world.run(&["completions", shell]).out;
        assert!(script.contains("floorwalk") && script.contains("release"), "{shell}");
    }
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let world = CliWorld::new();
    let mut command = world.command();
    command.args(["completions", "bash"]).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    drop(child.stdout.take());
    let end = child.wait_with_output().unwrap();
    assert_eq!((end.status.code(), end.stderr.as_slice()), (Some(0), &b""[..]));
}

#[test]
fn init_writes_a_private_file_that_is_right_and_never_over_another() {
    use std::os::unix::fs::PermissionsExt;
    let world = CliWorld::new();
    let ran = world.run(&["init"]);
    assert_eq!(ran.code, 2, "{}", ran.all());
    assert!(ran.err.contains("--org ORG"), "{}", ran.err);
    let args = ["init", "--org", "acme", "--repo", "sam/tool", "--url", "http://127.0.0.1:9"];
    let ran = world.run(&args);
    assert_eq!((ran.code, ran.out.as_str()), (0, "written: ~/.config/floorwalk/config.toml\n"), "{}", ran.all());
    let file = world.path(".config/floorwalk/config.toml");
    assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    assert_snapshot!(std::fs::read_to_string(&file).unwrap());
    assert_eq!(world.run(&["config", "check"]).code, 0);
    std::fs::write(&file, "# mine\n").unwrap();
    assert_eq!(world.run(&args).code, 3);
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "# mine\n");
    assert_eq!(world.run(&[&args[..], &["--force"]].concat()).code, 0);
    assert!(std::fs::read_to_string(&file).unwrap().contains("orgs = [\"acme\"]"));
    let wrong = world.run(&["init", "--org", "not an org", "--force"]);
    assert_eq!(wrong.code, 2, "{}", wrong.all());
    assert!(std::fs::read_to_string(&file).unwrap().contains("orgs = [\"acme\"]"), "left as it was");
}

#[test]
fn a_stopped_clock_must_be_a_moment_and_a_filter_a_filter() {
    let world = CliWorld::new();
    let ran = world.finish(world.command().arg("mine").env("FLOORWALK_NOW", "yesterday"));
    assert_eq!((ran.code, ran.err.contains("FLOORWALK_NOW is no moment")), (3, true), "{}", ran.all());
    let ran = world.finish(world.command().args(["config", "path"]).env("FLOORWALK_LOG", "a=b=c"));
    assert_eq!(ran.code, 3, "{}", ran.all());
    let ran = world.finish(world.command().args(["config", "path"]).env("FLOORWALK_LOG", "debug"));
    assert_eq!(ran.code, 0, "{}", ran.all());
    assert!(world.path(".local/share/floorwalk/floorwalk.log").exists());
    assert!(!CliWorld::new().path(".local/share/floorwalk").exists(), "no log unasked");
}
