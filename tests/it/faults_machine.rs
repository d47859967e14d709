//! What happens to the process and its machine while a claim is under way: signals, descriptors, clocks, a read-only file
//! system, a second program. Afterwards the claim is there once and the store is whole.

use std::process::{Child, Command};

use floorwalk::demo::{Fault, FaultKind};

use crate::{
    faults_world::{CANARY, KEY, Story, tokens_in, within},
    floor::Desk,
    ledger::{Harm, sheet},
};

const LONG: u64 = 600_000;

/// A claim whose comment is on its way: the server holds the request.
fn under_way(story: &Story) -> Child {
    let kind = FaultKind::Delay { ms: LONG };
    story.floor.demo.faults().add(Fault::new("POST", "/comments", kind));
    let mut command = story.desk.command(&["claim", KEY, "--plan", "look into it"]);
    let child = command.env("FLOORWALK_GITHUB_TOKEN", CANARY).env("FLOORWALK_LOG", "trace").spawn().unwrap();
    story.floor.wait_until("the comment is held", || story.floor.demo.faults().pending().is_empty());
    child
}

fn signal(child: &Child, name: &str) {
    let id = child.id().to_string();
    assert!(Command::new("kill").args(["-s", name, &id]).status().unwrap().success());
}

/// The lowest bit of the signals that this process ignores, which its children do too (proc(5)).
fn hang_ups_are_ignored() -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:")).unwrap();
    u64::from_str_radix(ignored.trim(), 16).unwrap() & 1 == 1
}

/// The claim goes out, is handed back, and everything is counted.
fn finish(story: &Story) -> Harm {
    story.floor.demo.faults().clear();
    story.run(&["outbox", "retry"]);
    let mine = story.run(&["mine", "--json"]).json();
    let active = mine["commitments"].as_array().unwrap().iter().filter(|c| c["state"] == "active").count();
    let released = story.run(&["release", KEY, "--note", "half of it is in a branch"]);
    assert_eq!(released.code(), 0, "{}", released.err());
    let unclaimed = Harm { lost: 1 - active.min(1), duplicated: active.saturating_sub(1), leaked: 0 };
    story.harm().and(unclaimed)
}

#[test]
fn a_signal_in_the_middle_of_a_claim_costs_nothing() {
    let sheet = sheet!();
    for (line, name) in [("SIGTERM", "TERM"), ("SIGHUP", "HUP"), ("SIGKILL", "KILL")] {
        let story = Story::begin();
        let child = under_way(&story);
        signal(&child, name);
        let output = child.wait_with_output().unwrap();
        // Where whoever started the tests has set hang-ups aside, as `nohup` does, programs go on.
        let goes_on = name == "HUP" && hang_ups_are_ignored();
        assert!(goes_on || !output.status.success(), "{name}: {:?}", output.status);
        let leaked = tokens_in(&output.stdout) + tokens_in(&output.stderr);
        sheet.met(line, 1, finish(&story).and(Harm { leaked, ..Harm::NONE }));
    }
}

#[test]
fn a_claim_that_is_stopped_and_continued_goes_on() {
    let sheet = sheet!();
    let story = Story::begin();
    story.floor.demo.faults().add(Fault::new("POST", "/comments", FaultKind::Delay { ms: 400 }));
    let mut command = story.desk.command(&["claim", KEY, "--plan", "look into it"]);
    let mut child = command.env("FLOORWALK_GITHUB_TOKEN", CANARY).spawn().unwrap();
    story.floor.wait_until("the comment is held", || story.floor.demo.faults().pending().is_empty());
    signal(&child, "STOP");
    let stat = format!("/proc/{}/stat", child.id());
    story.floor.wait_until("it stands", || std::fs::read_to_string(&stat).is_ok_and(|s| s.contains(") T ")));
    // The answer comes while it stands.
    story.floor.wait_until("the server has it", || story.floor.markers(KEY, "claim") == 1);
    signal(&child, "CONT");
    assert!(child.wait().unwrap().success());
    sheet.met("SIGSTOP SIGCONT", 1, finish(&story));
}

#[test]
fn killed_before_a_claim_is_wished_there_is_nothing_to_lose() {
    let sheet = sheet!();
    let story = Story::begin();
    story.floor.demo.faults().add(Fault::new("", "/issues/1", FaultKind::Delay { ms: LONG }));
    let mut child = story.desk.command(&["claim", KEY]).env("FLOORWALK_GITHUB_TOKEN", CANARY).spawn().unwrap();
    story.floor.wait_until("the look is held", || story.floor.demo.faults().pending().is_empty());
    child.kill().unwrap();
    child.wait().unwrap();
    story.floor.demo.faults().clear();
    let rows = story.run(&["outbox", "--json"]).json()["outbox"].as_array().unwrap().len();
    let before = Harm { duplicated: rows + story.floor.markers(KEY, "claim"), ..Harm::NONE };
    assert_eq!(story.run(&["claim", KEY, "--plan", "look into it"]).code(), 0);
    let harm = finish(&story).and(before);
    ["C1", "SIGKILL C1 to C20"].iter().for_each(|line| sheet.met(line, 1, harm));
}

#[test]
fn without_descriptors_it_says_so_and_loses_nothing() {
    let sheet = sheet!();
    let story = Story::begin();
    let mut met = 0;
    for most in 4..24 {
        let program = story.desk.command(&[]).get_program().to_owned();
        let mut command = story.desk.command(&[]);
        let mut inside = Command::new("sh");
        let script = format!("ulimit -n {most}; exec \"$0\" claim '{KEY}' --plan 'look into it'");
        inside.args(["-c", &script]).arg(program).env_clear();
        inside.envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))));
        inside.env("FLOORWALK_GITHUB_TOKEN", CANARY).current_dir(story.desk.folder());
        inside
            .stdin(std::process::Stdio::null())
            .stdout(std::process::Stdio::piped())
            .stderr(std::process::Stdio::piped());
        command.env_clear();
        let ran = within(std::time::Duration::from_secs(20), &mut inside).expect("it ends");
        assert_eq!(tokens_in(&ran.0.stderr), 0);
        // So few that not even the loader can open its libraries is the loader's word.
        let loader = ran.err().contains("shared librar") || ran.err().contains("sh: ");
        if ran.code() == 0 {
            break;
        }
        assert!(loader || ran.err().contains("error: "), "{most}: code {}: {}", ran.code(), ran.err());
        assert_ne!(ran.code(), 101, "{most}: {}", ran.err());
        met += usize::from(!loader);
    }
    sheet.met("EMFILE", met, finish(&story));
}

#[test]
fn a_clock_that_jumps_ends_nothing_and_hides_nothing() {
    let sheet = sheet!();
    for day in ["2026-11-23T09:00:00Z", "2026-11-17T09:00:00Z"] {
        let story = Story::begin();
        assert_eq!(story.run(&["claim", KEY, "--plan", "look into it"]).code(), 0);
        // Only this machine's clock jumps; the server's stays.
        story.desk.at(day);
        story.floor.comment("acme/widgets#2", "it moved");
        assert_eq!(story.run(&["sync"]).code(), 0);
        let listed = story.run(&["list", "is:taken,open", "--json"]).json();
        let moved = listed["tasks"].as_array().unwrap().iter().find(|t| t["number"] == 2).unwrap()["comments"].clone();
        let mine = story.run(&["mine", "--json"]).json();
        assert_eq!(mine["commitments"][0]["state"], "active", "{day}: {mine}");
        story.desk.at(crate::floor::TODAY);
        let harm = finish(&story).and(Harm { lost: usize::from(moved != 1), ..Harm::NONE });
        sheet.met("clock", 1, harm);
    }
}

/// Runs a verb where the data folder lies on a file system that cannot be written.
fn read_only(desk: &Desk, arguments: &[&str]) -> Option<crate::floor::Ran> {
    let data = desk.folder().join("data").display().to_string();
    let mount = format!("mount --bind '{data}' '{data}' && mount -o remount,bind,ro '{data}'");
    let possible = Command::new("unshare").args(["-rm", "sh", "-c", &mount]).output();
    if !possible.is_ok_and(|output| output.status.success()) {
        println!("skipped: no file system can be mounted here");
        return None;
    }
    let run = desk.command(arguments);
    let mut inside = Command::new("unshare");
    inside.args(["-rm", "sh", "-c", &format!("{mount} && exec \"$@\""), "sh"]).arg(run.get_program());
    inside.args(run.get_args()).env_clear().env("PATH", std::env::var_os("PATH").unwrap());
    inside.envs(run.get_envs().filter_map(|(name, value)| Some((name, value?))));
    inside.current_dir(desk.folder());
    Some(crate::floor::Ran(inside.output().unwrap()))
}

#[test]
fn a_read_only_file_system_can_be_read_and_queues_nothing() {
    let sheet = sheet!();
    let story = Story::begin();
    let Some(listed) = read_only(&story.desk, &["list", "--json"]) else { return };
    let rows = listed.json()["tasks"].as_array().unwrap().len();
    let claimed = read_only(&story.desk, &["claim", KEY]).unwrap();
    assert_eq!(claimed.code(), 6, "{}{}", claimed.out(), claimed.err());
    assert!(claimed.err().contains("writ"), "{}", claimed.err());
    let queued = story.run(&["outbox", "--json"]).json()["outbox"].as_array().unwrap().len();
    assert_eq!(story.run(&["claim", KEY, "--plan", "look into it"]).code(), 0);
    let harm = Harm { lost: 3 - rows.min(3), duplicated: queued, leaked: 0 };
    sheet.met("EROFS", 2, finish(&story).and(harm));
}

#[test]
fn two_programs_on_one_store_send_each_wish_once() {
    let sheet = sheet!();
    let story = Story::begin();
    let start =
        |arguments: &[&str]| story.desk.command(arguments).env("FLOORWALK_GITHUB_TOKEN", CANARY).spawn().unwrap();
    let wish = ["claim", KEY, "--plan", "look into it"];
    let all = [start(&wish), start(&["sync"]), start(&wish), start(&["outbox", "retry"])];
    let count = all.len();
    for child in all {
        let output = child.wait_with_output().unwrap();
        assert_ne!(output.status.code(), Some(101), "{}", String::from_utf8_lossy(&output.stderr));
    }
    sheet.met("second instance", count, finish(&story));
}
