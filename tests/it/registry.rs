//! A registry is read with every mistake told by file and line; the stricter rule counts.

use floorwalk::{
    domain::{
        policy::{Consent, Policy},
        roster::Roster,
        size::Size,
    },
    registry::{self, EXAMPLE, Finding, Severity, Source},
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
