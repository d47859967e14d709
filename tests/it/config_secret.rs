//! Where tokens may come from, in which order, and that they show nowhere.

use std::{ffi::OsString, os::unix::fs::PermissionsExt, path::Path};

use floorwalk::config::{Environment, TrackerConfig, load::parse, secret};
use secrecy::ExposeSecret;

use crate::cli_world::CliWorld;

fn env(pairs: &[(&str, &str)]) -> Environment {
    pairs.iter().map(|(k, v)| (OsString::from(k), OsString::from(v))).collect()
}

fn tracker(lines: &str) -> TrackerConfig {
    let text = format!("[[tracker]]\nrepos = [\"a/b\"]\n{lines}\n");
    parse(Path::new("c.toml"), &text).unwrap().config.trackers.remove(0)
}

/// Token and source, or the sentence of the refusal.
async fn found(lines: &str, file: Option<&Path>, pairs: &[(&str, &str)]) -> Result<Option<(String, String)>, String> {
    match secret::find(&tracker(lines), file, &env(pairs)).await {
        Ok(token) => Ok(token.map(|t| (t.secret.expose_secret().to_owned(), t.source))),
        Err(e) => Err(format!("{} | {}", e.sentence(), e.hint.unwrap_or_default())),
    }
}

fn some(token: &str, source: &str) -> Result<Option<(String, String)>, String> {
    Ok(Some((token.into(), source.into())))
}

#[tokio::test]
async fn variables_are_asked_in_order() {
    let all = [("MINE", "t0"), ("FLOORWALK_GITHUB_TOKEN", "t1"), ("GH_TOKEN", " t2\n"), ("GITHUB_TOKEN", "t3")];
    assert_eq!(found("token_env = \"MINE\"", None, &all).await, some("t0", "environment MINE"));
    assert_eq!(found("", None, &all).await, some("t1", "environment FLOORWALK_GITHUB_TOKEN"));
    assert_eq!(found("", None, &all[2..]).await, some("t2", "environment GH_TOKEN"), "trimmed");
    assert_eq!(found("", None, &all[3..]).await, some("t3", "environment GITHUB_TOKEN"));
    assert_eq!(
        found("", None, &[("GH_TOKEN", "  "), ("GITHUB_TOKEN", "t3")]).await,
        some("t3", "environment GITHUB_TOKEN")
    );
    assert_eq!(found("", None, &[]).await, Ok(None));
}

#[tokio::test]
async fn tokens_for_github_com_go_to_no_other_host() {
    let ghe = "url = \"https://ghe.example\"";
    let usual = [("GH_TOKEN", "t2"), ("GITHUB_TOKEN", "t3")];
    assert_eq!(found(ghe, None, &usual).await, Ok(None));
    assert_eq!(found(ghe, None, &[("GH_ENTERPRISE_TOKEN", "e")]).await, some("e", "environment GH_ENTERPRISE_TOKEN"));
    assert_eq!(found("", None, &[("GH_ENTERPRISE_TOKEN", "e")]).await, Ok(None));
    for near in ["https://github.com.evil.example", "https://notgithub.com"] {
        assert_eq!(found(&format!("url = \"{near}\""), None, &usual).await, Ok(None), "{near}");
    }
    let here = "url = \"http://127.0.0.1:9\"";
    assert_eq!(found(here, None, &usual).await, some("t2", "environment GH_TOKEN"));
}

#[tokio::test]
async fn a_text_that_is_no_token_is_refused_without_repeating_it() {
    let told = found("", None, &[("GH_TOKEN", "canary one\u{1b}[2J")]).await.unwrap_err();
    assert!(told.contains("environment GH_TOKEN") && !told.contains("canary"), "{told}");
}

#[tokio::test]
async fn a_token_file_must_be_private() {
    let world = CliWorld::new();
    let file = world.write("token", "t9\n");
    let mode = |mode| std::fs::set_permissions(&file, std::fs::Permissions::from_mode(mode)).unwrap();
    for wide in [0o644, 0o640, 0o602, 0o660] {
        mode(wide);
        let told = found("", Some(&file), &[("GH_TOKEN", "t2")]).await.unwrap_err();
        assert!(told.contains(&format!("mode {wide:04o}")) && told.contains("chmod 600"), "{told}");
        assert!(!told.contains("t9"), "{told}");
    }
    mode(0o600);
    let (token, source) = found("", Some(&file), &[("GH_TOKEN", "t2")]).await.unwrap().unwrap();
    assert_eq!((token.as_str(), source.starts_with("file ")), ("t9", true), "the flag goes before the environment");
    world.write("token", "\n");
    assert!(found("", Some(&file), &[]).await.unwrap_err().contains("empty"));
    assert!(found("", Some(&world.path("none")), &[]).await.unwrap_err().contains("cannot be read"));
}

#[tokio::test]
async fn gh_is_asked_last_by_absolute_path_and_not_for_this_machine() {
    let world = CliWorld::new();
    let gh = world.write("bin/gh", "#!/bin/sh\n[ \"$*\" = 'auth token --hostname github.com' ] && echo ' from-gh '\n");
    std::fs::set_permissions(&gh, std::fs::Permissions::from_mode(0o755)).unwrap();
    let path = format!("relative:{}", world.path("bin").display());
    assert_eq!(found("", None, &[("PATH", &path)]).await, some("from-gh", "gh auth token"));
    assert_eq!(found("", None, &[("PATH", &path), ("GH_TOKEN", "t2")]).await, some("t2", "environment GH_TOKEN"));
    assert_eq!(found("url = \"https://ghe.example\"", None, &[("PATH", &path)]).await, Ok(None), "gh failed");
    assert_eq!(found("url = \"http://localhost:1\"", None, &[("PATH", &path)]).await, Ok(None), "loopback");
    assert_eq!(found("", None, &[("PATH", "bin:.:")]).await, Ok(None), "relative folders are not searched");
}

/// A keyring's own program: prints what it was asked for, and what of the environment it got.
const KEYRING: &str = "#!/bin/sh\nenv > \"$(dirname \"$0\")/got\"\n[ \"$*\" = 'lookup service floorwalk' ] || exit 1\n\
                       echo from-keyring\necho 'more of the entry'\n";

#[tokio::test]
async fn a_keyring_is_asked_by_its_own_program() {
    let world = CliWorld::new();
    let program = world.write("bin/secret-tool", KEYRING);
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
    let path = world.path("bin").display().to_string();
    let line = "token_command = [\"secret-tool\", \"lookup\", \"service\", \"floorwalk\"]";
    let pairs = [("PATH", path.as_str()), ("GH_TOKEN", "t2"), ("MINE", "t0")];
    assert_eq!(found(line, None, &pairs).await, some("from-keyring", "token_command secret-tool"));
    let both = format!("{line}\ntoken_env = \"MINE\"");
    assert_eq!(found(&both, None, &pairs).await, some("t0", "environment MINE"), "the variable goes first");
    let whole = format!("token_command = ['{}', 'lookup', 'service', 'floorwalk']", program.display());
    assert_eq!(found(&whole, None, &[]).await.unwrap().unwrap().0, "from-keyring", "by its whole path");
    // What was named and does not work is told; no other token stands in for it.
    for (line, words) in [
        ("token_command = [\"secret-tool\", \"lookup\"]", "ended with an error"),
        ("token_command = [\"no-such-tool\"]", "is in no folder of PATH"),
        ("token_command = [\"bin/secret-tool\"]", "is in no folder of PATH"),
    ] {
        let told = found(line, None, &pairs).await.unwrap_err();
        assert!(told.contains(words) && !told.contains("from-keyring"), "{told}");
    }
}

#[test]
fn a_token_is_no_word_of_its_own_command() {
    let text =
        "[[tracker]]\nrepos = [\"a/b\"]\ntoken_command = [\"echo\", \"ghp_canary0123456789abcdefCANARY012345\"]\n";
    let told: Vec<String> = parse(Path::new("c.toml"), text).unwrap_err().iter().map(|e| format!("{e:?}")).collect();
    assert!(
        told.iter().any(|t| t.contains("does not belong")) && !told.iter().any(|t| t.contains("canary")),
        "{told:?}"
    );
}

#[tokio::test]
async fn a_token_shows_its_source_only() {
    let pairs = env(&[("GH_TOKEN", "canary")]);
    let token = secret::find(&tracker(""), None, &pairs).await.unwrap().unwrap();
    assert_eq!(format!("{token:?}"), "Token(from environment GH_TOKEN)");
    assert!(!format!("{pairs:?}").contains("canary"));
}

#[test]
fn a_token_that_is_stuck_to_other_text_is_not_repeated_either() {
    let token = "ghp_canaryCanaryCanary0123456789abcdef";
    for (line, glued) in
        [("[me]\nhandle", "?h"), ("[[tracker]]\nkind", "jira_"), ("[[tracker]]\nname", "x "), ("[me]\nhandle", "")]
    {
        let mistakes = parse(Path::new("c.toml"), &format!("{line} = \"{glued}{token}\"\n")).unwrap_err();
        let told = format!("{mistakes:?}");
        assert!(!told.contains("canary") && told.contains("a token does not belong in this file"), "{told}");
    }
    // A name that only begins like one in its middle is a name.
    assert!(parse(Path::new("c.toml"), "[[view]]\nname = \"a\"\nquery = \"my_ghp_list\"\n").is_ok());
}

#[test]
fn the_binary_refuses_a_wide_token_file() {
    let world = CliWorld::new();
    let file = world.write("token", "canary\n");
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o644)).unwrap();
    world.config("[[tracker]]\nrepos = [\"a/b\"]\n");
    let ran = world.run(&["sync", "--token-file", "token"]);
    assert_eq!(ran.code, 3, "{}", ran.all());
    assert!(ran.err.contains("mode 0644") && ran.err.contains("chmod 600 'token'"), "{}", ran.err);
    assert!(!ran.all().contains("canary"));
}

#[test]
fn one_token_file_does_not_serve_two_hosts() {
    let world = CliWorld::new();
    let file = world.write("token", "canary\n");
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600)).unwrap();
    world.config(
        "[[tracker]]\nrepos = [\"a/b\"]\n[[tracker]]\nname = \"ghe\"\nurl = \"https://ghe.example\"\norgs = [\"x\"]\n",
    );
    let ran = world.run(&["sync", "--token-file", "token"]);
    assert_eq!(ran.code, 3, "{}", ran.all());
    assert!(ran.err.contains("--token-file is for one tracker"), "{}", ran.err);
}
