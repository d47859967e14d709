//! A registry is read with every mistake told by file and line; the stricter rule counts.

use floorwalk::{
    domain::{policy::Consent, roster::Roster, size::Size},
    registry::{self, EXAMPLE, Finding, Source},
};
use insta::assert_snapshot;

fn file(name: &str, text: &str) -> Source {
    Source { name: name.into(), text: text.into() }
}

fn read(text: &str) -> (Roster, String) {
    let found = registry::read(&[file("floor.toml", text)]);
    (found.roster, told(&found.findings))
}

fn told(findings: &[Finding]) -> String {
    let one = |f: &Finding| format!("{f}\n  {}", if f.hint.is_empty() { "(no hint)" } else { &f.hint });
    findings.iter().map(one).collect::<Vec<_>>().join("\n")
}

#[test]
fn the_example_is_right_and_says_what_it_seems_to() {
    let (roster, said) = read(EXAMPLE);
    assert_eq!(said, "");
    let vision = &roster.policies["vision"];
    assert_eq!((vision.consent, vision.max_helpers, vision.review_budget_min), (Consent::Notify, Some(2), Some(180)));
    assert_eq!((vision.adhoc_review_max, vision.timers.lease_cap, vision.quiet.len()), (Some(Size::S), 15, 1));
    // The caps of the programme reach teams that say nothing, and projects of no team.
    let tools = &roster.policies["tools"];
    assert_eq!((tools.max_helpers, tools.review_budget_min, tools.timers.lease_cap), (Some(3), Some(480), 20));
    assert_eq!((roster.common.max_helpers, roster.common.consent), (Some(4), Consent::Auto));
    assert_eq!((roster.people.len(), roster.programme.clone()), (4, vec!["ruth".to_owned()]));
    let sam = roster.by_handle("sam").unwrap();
    assert_eq!((sam.minutes_a_week, sam.wip, sam.accounts[0].id, sam.leave.len()), (Some(360), Some(2), 1004, 1));
    assert_eq!(roster.calendars["oslo"].zone.iana_name(), Some("Europe/Oslo"));
}

#[test]
fn every_kind_of_mistake_is_told_with_its_line() {
    let text = include_str!("../registry/mistakes.toml");
    let (roster, said) = read(text);
    assert_snapshot!(said);
    assert!(!said.chars().any(|c| c.is_control() && c != '\n'), "{said:?}");
    // What is good around the mistakes is kept, and a limit that was misspelt asks instead of being none.
    let vision = &roster.policies["vision"];
    assert_eq!((vision.consent, vision.quiet.len(), vision.mentors.len()), (Consent::Ask, 2, 1));
    let ana = roster.by_handle("ana").unwrap();
    assert_eq!((ana.accounts.len(), ana.accounts[0].login.as_str(), ana.wip), (1, "ana-berg", None));
    assert_eq!(roster.teams.iter().map(|t| t.id.as_str()).collect::<Vec<_>>(), ["lonely", "tools", "vision"]);
    assert_eq!(roster.team("vision").unwrap().projects, ["acme/vision-*"]);
}

#[test]
fn a_broken_line_leaves_the_rest_in_place() {
    let team = "[team.a]\nname = \"A\nprojects = [\"x/a\"]\n[team.b]\nleads = [\"z\"]\nprojects = [\"x/b\"]\n";
    let (roster, said) = read(&format!("{team}[host.b]\nmax_helpers = 2\n[[person]]\nhandle = \"z\"\n"));
    assert!(said.contains("floor.toml:2: error: this is not TOML"), "{said}");
    assert!(roster.team("b").is_some() && roster.by_handle("z").is_some(), "{roster:?}");
    assert_eq!(roster.policies["b"].consent, Consent::Ask, "a limit may have stood in the broken line");
}

#[test]
fn files_are_read_together_and_doubles_are_told_across_them() {
    let team = "[team.a]\nleads = [\"z\"]\nprojects = [\"x/a\"]\n";
    let person = "[[person]]\nhandle = \"z\"\ngithub = [{ login = \"zed\", id = 5 }]\n";
    let other = "[[person]]\nhandle = \"zz\"\ngithub = [{ login = \"zed2\", id = 5 }]\n[team.a]\n";
    let found = registry::read(&[file("teams/a.toml", team), file("people/z.toml", person), file("x.toml", other)]);
    assert_snapshot!(told(&found.findings));
    assert_eq!((found.roster.teams.len(), found.roster.people.len()), (1, 2));
    assert_eq!(found.roster.teams[0].leads, ["z"]);
}

#[test]
fn hostile_files_are_refused_with_a_sentence() {
    let large = "#".repeat((1 << 20) + 1);
    let deep = format!("a = {}{}", "[".repeat(100_000), "]".repeat(100_000));
    let dotted = format!("{} = 1", vec!["a"; 200_000].join("."));
    let headers = "[a]\n".repeat(100_000);
    let names = format!("[team.\"\\u001b[2J\\u202e{}\"]\nprojects = [\"a/b\"]\n", "x".repeat(1_000));
    for text in [
        large.as_str(),
        &deep,
        &dotted,
        &headers,
        &names,
        "\u{0}\u{1}\u{1b}[2J",
        "team = 3\nperson = [1]\nhost.x = 2\n",
    ] {
        let (roster, said) = read(text);
        assert!(said.contains("error: ") && roster.is_empty(), "{said}");
        assert!(said.lines().count() < 100 && said.len() < 20_000, "{}", said.len());
        assert!(!said.chars().any(|c| (c.is_control() && c != '\n') || c == '\u{202e}'), "{said:?}");
    }
    let (roster, _) = read(&"[[person]]\nhandle = \"p\"\n".repeat(20_000));
    assert_eq!(roster.people.len(), 1);
}
