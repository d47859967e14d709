//! Real races: two to eight programs, each on a machine of its own, claim one task at the same moment. One holds it in the
//! end, all of them say so, and the server shows that one alone.
//! Each run of the tests races a few times; `RACES=100 cargo test --test it races::` a hundred times as often.

use crate::{
    floor::{Desk, Floor, Ran, TODAY},
    hostile::world::{REPO, plain},
    ledger::{Harm, sheet, times},
};

/// Races on one floor, with two to eight programs, a week apart: what limits a week says nothing of another.
const ON_A_FLOOR: u64 = 7;
const LOGINS: [&str; 8] = ["sam", "kim", "lee", "ana", "bo", "cy", "dot", "eli"];

/// Whether somebody holds a task, as that machine has it.
fn holds(desk: &Desk, key: &str) -> bool {
    let mine = desk.fine(&["mine", "--json"]).json();
    let is_it = |c: &serde_json::Value| c["state"] == "active" && c["task"]["key"] == key;
    mine["commitments"].as_array().unwrap().iter().any(is_it)
}

/// Everybody at once; then everybody looks again, and who holds it hands it back.
fn race(floor: &Floor, desks: &[(&str, Desk)], key: &str) -> Harm {
    let running: Vec<_> = desks.iter().map(|(_, desk)| desk.command(&["claim", key, "--size", "S"]).spawn()).collect();
    let ran: Vec<Ran> = running.into_iter().map(|child| Ran(child.unwrap().wait_with_output().unwrap())).collect();
    for ran in &ran {
        assert!([0, 1].contains(&ran.code()), "{key}: {}\n{}", ran.code(), ran.err());
    }
    for (_, desk) in desks {
        desk.fine(&["sync"]);
    }
    let holders: Vec<&str> = desks.iter().filter(|(_, desk)| holds(desk, key)).map(|(login, _)| *login).collect();
    let told: Vec<&str> = desks.iter().zip(&ran).filter(|(_, r)| r.code() == 0).map(|((login, _), _)| *login).collect();
    let issue = floor.issue(key);
    let assigned: Vec<&str> =
        issue["assignees"].as_array().unwrap().iter().filter_map(|a| a["login"].as_str()).collect();
    assert_eq!(told, holders, "{key}: who was told that it is theirs, and who holds it");
    assert_eq!(assigned, holders, "{key}: what the task shows");
    for (_, desk) in desks.iter().filter(|(login, _)| holders.contains(login)) {
        desk.fine(&["release", key, "--note", "seen"]);
    }
    let said: Vec<String> = ran.iter().map(Ran::err).collect();
    assert_eq!(holders.len(), 1, "{key}: {said:#?}");
    Harm { lost: usize::from(holders.is_empty()), duplicated: holders.len().saturating_sub(1), leaked: 0 }
}

#[test]
fn of_two_to_eight_programs_that_claim_at_once_one_holds_the_task() {
    let sheet = sheet!();
    let first: jiff::Timestamp = TODAY.parse().unwrap();
    let mut beside = 0;
    for _ in 0..times("RACES") {
        let (floor, _) = plain(ON_A_FLOOR);
        let desk = |login| {
            let desk = floor.desk_reading(login, &format!("repos = [\"{REPO}\"]"));
            desk.fine(&["sync"]);
            (login, desk)
        };
        let desks = LOGINS.map(desk);
        for (week, number) in (0..).zip(1..=ON_A_FLOOR) {
            let now = first + jiff::SignedDuration::from_hours(week * 24 * 7);
            floor.at(&now.to_string());
            desks.iter().for_each(|(_, desk)| desk.at(&now.to_string()));
            let racing = &desks[..usize::try_from(number).unwrap() + 1];
            let harm = race(&floor, racing, &format!("{REPO}#{number}"));
            beside += floor.markers(&format!("{REPO}#{number}"), "claim") - 1;
            ["I3", "I6", "write rival"].iter().for_each(|line| sheet.met(line, 1, harm));
        }
    } // Whoever only looks before it writes would never meet another one.
    assert!(beside > 0, "the harness must really race");
}
