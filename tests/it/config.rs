//! Mistakes in a configuration are answered with place, expectation and nearest name; tokens never pass through.

use std::path::Path;

use floorwalk::config::{self, ConfigError, load::parse, schema};
use insta::assert_snapshot;

use crate::cli_world::CliWorld;

/// All mistakes of a text, as lines.
fn told(text: &str) -> String {
    match parse(Path::new("config.toml"), text) {
        Ok(loaded) if loaded.unknown.is_empty() => format!("right: {:?}", loaded.config),
        Ok(loaded) => format!("holds without\n{}", lines(&loaded.unknown)),
        Err(mistakes) => lines(&mistakes),
    }
}

fn lines(mistakes: &[ConfigError]) -> String {
    let one = |e: &ConfigError| format!("{}\n  {}", e.sentence(), e.hint.as_deref().unwrap_or("(no hint)"));
    mistakes.iter().map(one).collect::<Vec<_>>().join("\n")
}

const FULL: &str = r#"
[me]
handle = "sam"
[[tracker]]
name = "gh"
kind = "github"
url = "https://github.com/"
api_url = ""
token_env = "GH_TOKEN"
orgs = ["acme"]; users = []
"#;

#[test]
fn every_key_of_the_issue_is_read() {
    let text =
        FULL.replace("; users = []", "\nusers = [\"ana\"]\ntopics = [\"help\"]\nrepos = [\"acme/app\", \"ACME/app\"]");
    let loaded = parse(Path::new("c.toml"), &(text + "[claim]\nlabel = \"lend-a-hand\"\n")).unwrap();
    let config = loaded.config;
    assert_eq!(config.handle.unwrap().raw(), "sam");
    assert_eq!(config.claim.label, "lend-a-hand");
    let tracker = &config.trackers[0];
    assert_eq!((tracker.name.as_str(), tracker.url.as_str()), ("gh", "https://github.com"));
    assert_eq!(tracker.api_url, None, "an empty address counts as not given");
    assert_eq!(tracker.token_env.as_deref(), Some("GH_TOKEN"));
    assert_eq!((&tracker.orgs[..], &tracker.users[..]), (&["acme".to_owned()][..], &["ana".to_owned()][..]));
    assert_eq!((&tracker.topics[..], tracker.repos.len()), (&["help".to_owned()][..], 1), "each repository once");
    assert_eq!(loaded.origins.of("tracker.gh.orgs").to_string(), "file, line 10");
    assert_eq!(loaded.origins.of("me.handle").to_string(), "file, line 3");
    assert_eq!(loaded.origins.of("tracker.gh.nothing").to_string(), "default");
}

#[test]
fn a_broken_line_is_the_only_mistake_told() {
    assert_snapshot!(told(FULL));
}

#[test]
fn unknown_names_get_the_nearest() {
    assert_snapshot!(told("[[trackers]]\nname = \"gh\"\n"));
    assert_snapshot!(told("[[tracker]]\nrepo = [\"a/b\"]\nrepos = [\"a/b\"]\ncolour = 1\n"));
    assert_snapshot!(told("orgs = [\"acme\"]\n"));
    assert_snapshot!(told("[claim]\nlable = \"x\"\n[screen]\n"));
    assert_snapshot!(told("[tracker]\nrepos = [\"a/b\"]\n"));
    assert_snapshot!(told("me = 3\n"));
}

#[test]
fn wrong_types_say_what_is_expected() {
    assert_snapshot!(told("[me]\nhandle = 7\n[[tracker]]\nrepos = \"a/b\"\norgs = [1, \"acme\", true]\nurl = []\n"));
}

#[test]
fn all_mistakes_are_told_in_the_order_of_the_file() {
    assert_snapshot!(told(
        "[me]\nhandle = \"sam smith\"\n[claim]\nlabel = \"a,b\"\n[[tracker]]\nname = \"Git Hub\"\nkind = \"gitlab\"\n\
         repos = [\"acme\", \"../etc/passwd\", \"acme/app\"]\norgs = [\"-x\"]\ntopics = [\"Big Topic\"]\n"
    ));
}

#[test]
fn two_trackers_need_two_names() {
    assert_snapshot!(told("[[tracker]]\nrepos = [\"a/b\"]\n[[tracker]]\nname = \"gh\"\nrepos = [\"a/c\"]\n"));
}

#[test]
fn a_tracker_that_reads_nothing_is_refused() {
    assert_snapshot!(told("[[tracker]]\nname = \"gh\"\norgs = []\n"));
}

#[test]
fn addresses_are_checked() {
    let url = |url: &str| told(&format!("[[tracker]]\nurl = \"{url}\"\nrepos = [\"a/b\"]\n"));
    assert_snapshot!(url("http://ghe.corp.example"));
    assert_snapshot!(url("https://github.com/acme"));
    assert_snapshot!(url("https://sam:hunter2@ghe.example"));
    assert_snapshot!(url("ftp://ghe.example"));
    assert_snapshot!(url("ghe.example"));
    assert_snapshot!(url("http://127.0.0.1.evil.example"));
    for good in ["http://127.0.0.1:8080", "http://localhost:1", "http://[::1]:9", "https://ghe.example"] {
        assert!(url(good).starts_with("right"), "{good}: {}", url(good));
    }
    assert_snapshot!(told("[[tracker]]\napi_url = \"http://ghe.example/api/v3\"\nrepos = [\"a/b\"]\n"));
}

#[test]
fn a_token_in_the_file_is_refused_and_never_repeated() {
    let canary = "ghp_0123456789abcdefghijABCDEFGHIJ012345";
    let texts = [
        format!("[[tracker]]\ntoken = \"{canary}\"\nrepos = [\"a/b\"]\n"),
        format!("[[tracker]]\ntoken_env = \"{canary}\"\nrepos = [\"a/b\"]\n"),
        format!("[[tracker]]\nname = \"{canary}\"\nrepos = [\"{canary}\"]\n"),
        format!("[me]\nhandle = \"{canary}\"\n"),
        format!("[me]\n{canary} = 1\n"),
        format!("{canary} = 1\n"),
        format!("[[tracker]]\nurl = \"https://{canary}@github.com\"\nrepos = [\"a/b\"]\n"),
        format!("[[tracker]]\ntoken = \"{canary}\nrepos = [\"a/b\"]\n"),
        format!("token = {canary}\n"),
    ];
    for text in &texts {
        let told = told(text);
        assert!(!told.contains(canary) && !told.starts_with("right"), "{text}\n{told}");
    }
    assert_snapshot!(told(&texts[0]));
    assert_snapshot!(told(&texts[1]));
}

#[test]
fn control_characters_in_values_and_keys_stay_out_of_the_message() {
    let told = told("[me]\nhandle = \"x\\u001b]0;pwn\\u0007\"\n\"\\u001b[2Jkey\" = 1\n\"\\u202ekey\" = 1\n");
    assert!(!told.chars().any(|c| c.is_control() && c != '\n'), "{told:?}");
}

#[test]
fn a_file_that_is_not_text_is_told_without_its_bytes() {
    let world = CliWorld::new();
    let file = world.write("c.toml", b"[me]\nhandle = \"\xff\xfe\x1b[2J\"\n");
    let mistakes = config::load(&file, true).unwrap_err();
    assert_eq!((mistakes.len(), mistakes[0].at), (1, Some((2, 1))));
    assert_eq!(mistakes[0].what, "this line is not UTF-8 text");
    let large = world.write("large.toml", vec![b'#'; (1 << 20) + 1]);
    assert!(config::load(&large, true).unwrap_err()[0].what.contains("larger than 1 MiB"));
    assert!(config::load(world.home(), true).unwrap_err()[0].what.starts_with("cannot be read"));
    assert!(config::load(&world.path("none.toml"), true).unwrap_err()[0].what.contains("no such file"));
    assert!(config::load(&world.path("none.toml"), false).unwrap().config.trackers.is_empty());
}

#[test]
fn the_reference_names_every_key() {
    let page = schema::reference();
    for key in schema::KEYS {
        assert!(page.contains(&format!("| `{}` |", key.name)), "{}", key.name);
    }
    assert_snapshot!("reference", page);
}

#[test]
fn a_registry_is_a_folder_beside_the_file_or_a_repository_of_a_tracker() {
    let at = |value: &str| {
        let text = format!("registry = \"{value}\"\n[[tracker]]\nname = \"gh\"\nrepos = [\"a/b\"]\n");
        parse(Path::new("/etc/floorwalk/config.toml"), &text).map(|l| l.config.registry.unwrap().to_string())
    };
    assert_eq!(at("floor").unwrap(), "/etc/floorwalk/floor");
    assert_eq!(at("/srv/floor").unwrap(), "/srv/floor");
    assert_eq!(at("gh:acme/floor").unwrap(), "gh:acme/floor");
    assert_eq!(at("gh:acme/floor/some/folder/").unwrap(), "gh:acme/floor/some/folder");
    for wrong in ["gl:acme/floor", "gh:acme", "gh:acme/floor/../x", "gh:acme/floor/a b", "~/floor", "gh:../../x"] {
        let mistakes = at(wrong).unwrap_err();
        assert_eq!((mistakes.len(), mistakes[0].at), (1, Some((1, 12))), "{wrong}");
        assert!(mistakes[0].hint.is_some());
    }
    assert_snapshot!(told("registry = 3\n[claim]\nregistry = \"x\"\n"));
    assert_snapshot!(told("registri = \"x\"\n"));
}

#[test]
fn the_examples_of_the_table_are_right() {
    let but = |table: &str, not: &[&str]| {
        let keys = schema::keys_of(table).filter(|k| !not.contains(&k.name));
        keys.map(|k| k.example).collect::<Vec<_>>().join("\n")
    };
    let tables = |not: &[&str]| schema::TABLES.map(|t| format!("{}\n{}\n", t.header(), but(t.name, not))).concat();
    let github = format!("{}\n{}", but(schema::TOP, &[]), tables(&["email", "projects", "jql", "transition"]));
    assert!(told(&github).starts_with("right"), "{}", told(&github));
    // A registry is on GitHub.
    let jira = tables(&["orgs", "users", "topics", "repos"]).replace("kind = \"github\"", "kind = \"jira\"");
    assert!(told(&jira).starts_with("right"), "{}", told(&jira));
}

#[test]
fn every_bad_file_of_the_corpus_is_answered() {
    let sheet = crate::ledger::sheet!();
    let Some(files) = crate::hostile::corpus::corpus("config") else { return };
    assert!(files.len() >= 9);
    for (name, bytes) in files {
        let world = CliWorld::new();
        std::fs::write(world.path(&name), bytes).unwrap();
        let ran = world.finish(
            world.command().args(["config", "check", "--config", &name]).env("GITHUB_TOKEN", "ghp_canary0000000000"),
        );
        assert_eq!(ran.code, 3, "{name}: {}", ran.all());
        assert!(ran.out.is_empty() && ran.err.starts_with(&format!("error: {name}:")), "{name}: {}", ran.all());
        assert!(!ran.err.chars().any(|c| c.is_control() && c != '\n'), "{name}: {:?}", ran.err);
        assert!(!ran.err.contains("ghp_") && !ran.err.contains('\u{202e}'), "{name}: {}", ran.err);
        sheet.unharmed("input config", 1);
        crate::hostile::corpus::met("config", &name);
    }
}

#[test]
fn a_file_in_the_current_folder_is_never_read() {
    let sheet = crate::ledger::sheet!();
    let world = CliWorld::new();
    world.write("config.toml", "[[tracker]]\nurl = \"https://evil.example\"\nrepos = [\"a/b\"]\n");
    world.write("floorwalk.toml", "broken");
    world.write("floorwalk/config.toml", "broken");
    world.write(".floorwalk.toml", "broken");
    let ran = world.run(&["config", "show"]);
    assert_eq!(ran.code, 0, "{}", ran.all());
    assert!(!ran.out.contains("evil"), "{}", ran.out);
    // Relative XDG folders would point into the current folder; they are ignored, as the standard asks.
    let ran = world.finish(world.command().args(["config", "show"]).env("XDG_CONFIG_HOME", "."));
    assert!(!ran.out.contains("evil"), "{}", ran.out);
    sheet.unharmed("input config", 5);
}
