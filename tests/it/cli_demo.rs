//! The whole path by command line, on the demo organisation served by another process: sync, list, claim, mine,
//! hand back, and what scripts rely on.

use std::{
    io::{BufRead, BufReader},
    process::{Child, Command, Stdio},
};

use crate::cli_world::{CliWorld, Ran};

/// A served demo and a configuration that points at it.
pub(crate) struct Served {
    pub(crate) world: CliWorld,
    child: Child,
    url: String,
    token: &'static str,
}

impl Served {
    fn start() -> Self {
        let world = CliWorld::new();
        let mut command = world.command();
        command.args(["demo", "--serve"]).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().unwrap();
        let mut url = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut url).unwrap();
        let url = url.trim().to_owned();
        world.config(&format!("[[tracker]]\nurl = \"{url}\"\norgs = [\"quillfern\"]\n"));
        Self { world, child, url, token: "canary-token" }
    }

    /// As somebody who has nothing under way.
    pub(crate) fn start_idle() -> Self {
        let mut served = Self::start();
        served.token = "demo-noor";
        served
    }

    pub(crate) fn command(&self, args: &[&str]) -> Command {
        let mut command = self.world.command();
        command.env("GH_TOKEN", self.token).args(args);
        command
    }

    pub(crate) fn run(&self, args: &[&str]) -> Ran {
        let ran = self.world.finish(&mut self.command(args));
        assert!(!ran.all().contains("canary"), "{}", ran.all());
        ran
    }

    /// A task that is free and needs no rights to be claimed.
    fn free_task(&self) -> String {
        let json = self.run(&["list", "is:free", "--json", "--limit", "1"]).json();
        json["tasks"][0]["key"].as_str().unwrap().to_owned()
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn from_sync_to_hand_back() {
    let served = Served::start_idle();
    let sync = served.run(&["sync"]);
    assert_eq!(sync.code, 0, "{}", sync.all());
    assert!(sync.out.contains(" fresh") && sync.out.lines().count() == 1, "{}", sync.all());
    let again = served.run(&["sync", "--json"]).json();
    assert_eq!((again["schema"].as_str(), again["problems"].as_array().map(Vec::len)), (Some("floorwalk/1"), Some(0)));
    assert_eq!(again["read"], 0);

    let key = served.free_task();
    let dry = served.run(&["claim", &key, "--dry-run", "--json"]).json();
    assert_eq!(dry["dry_run"], true);
    assert_eq!(served.run(&["mine", "--json"]).json()["commitments"].as_array().unwrap().len(), 0, "nothing was done");

    let claim = served.run(&["claim", &key, "--size", "S", "--plan", "look first", "--json"]);
    assert_eq!(claim.code, 0, "{}", claim.all());
    assert_eq!(claim.json()["commitments"][0]["state"], "active", "{}", claim.all());
    let mine = served.run(&["mine", "--json"]).json();
    let commitment = &mine["commitments"][0];
    assert_eq!((&commitment["task"]["key"], &commitment["state"]), (&key.as_str().into(), &"active".into()), "{mine}");
    assert_eq!(commitment["claim_id"].as_str().map(str::len), Some(26));
    assert_eq!(commitment["until"], "2026-11-27", "a small task is held for five working days");
    assert_eq!(served.run(&["outbox", "--json"]).json()["outbox"].as_array().unwrap().len(), 0);

    let twice = served.run(&["claim", &key, "--json"]);
    assert_eq!((twice.code, twice.json()["error"]["code"].as_u64()), (1, Some(1)), "{}", twice.all());
    let shown = served.run(&["show", &key]);
    assert!(shown.out.contains("yours until 2026-11-27"), "{}", shown.all());

    let released = served.run(&["release", &key, "--note", "half of it is done"]);
    assert_eq!(released.code, 0, "{}", released.all());
    assert!(released.out.contains("handed back"), "{}", released.all());
    let all = served.run(&["mine", "--all", "--json"]).json();
    assert_eq!(all["commitments"][0]["note"], "half of it is done", "{all}");
}

#[test]
fn what_would_ask_needs_yes() {
    let served = Served::start_idle();
    assert_eq!(served.run(&["sync"]).code, 0);
    let key = served.free_task();
    let json = served.run(&["list", "is:free", "--json", "--limit", "2"]).json();
    let other = json["tasks"][1]["key"].as_str().unwrap();
    let refused = served.run(&["claim", &key, other]);
    assert_eq!(refused.code, 2, "{}", refused.all());
    assert!(refused.err.contains("--yes") && refused.out.is_empty(), "{}", refused.all());
    assert_eq!(served.run(&["mine", "--json"]).json()["commitments"].as_array().unwrap().len(), 0);
    let both = served.run(&["claim", &key, other, "--yes"]);
    assert_eq!((both.code, both.out.lines().count()), (0, 2), "{}", both.all());

    // While nothing was done there is nothing to pass on, however long it was held.
    assert_eq!(served.run(&["release", other]).code, 0);
    let later = |args: &[&str]| {
        let ran = served.world.finish(served.command(args).env("FLOORWALK_NOW", "2026-11-22T13:00:00Z"));
        (ran.code, ran.err)
    };
    let (code, err) = later(&["release", &key]);
    assert_eq!(code, 0, "{err}");
}

#[test]
fn a_repository_is_read_without_set_up_and_claiming_there_asks() {
    let served = Served::start();
    let with = |args: &[&str]| served.run(&[&["--repo", "quillfern/ledger"], args].concat());
    let list = with(&["list", "--json"]);
    assert_eq!(list.code, 0, "{}", list.all());
    let tasks = list.json();
    let tasks = tasks["tasks"].as_array().unwrap();
    assert!(!tasks.is_empty() && tasks.iter().all(|t| t["project"] == "quillfern/ledger"));
    // Configured through its organisation, so nothing is asked; elsewhere it is.
    served.world.config(&format!("[[tracker]]\nurl = \"{}\"\nrepos = [\"quillfern/geo-index\"]\n", served.url));
    let key = tasks[0]["key"].as_str().unwrap();
    let claim = with(&["claim", key]);
    assert_eq!((claim.code, claim.err.contains("not in your configuration")), (2, true), "{}", claim.all());
    let absent = served.run(&["--repo", "quillfern/none", "list"]);
    assert_eq!(absent.code, 5, "{}", absent.all());
    let json = served.run(&["--repo", "quillfern/none", "list", "--json"]).json();
    assert_eq!(json["error"]["code"], 5);
}

#[test]
fn queries_that_find_nothing_or_make_no_sense() {
    let served = Served::start();
    assert_eq!(served.run(&["sync"]).code, 0);
    let nothing = served.run(&["list", "zzzzzzzzzzzz", "--json"]);
    assert_eq!((nothing.code, nothing.json()["tasks"].as_array().map(Vec::len)), (1, Some(0)));
    let wrong = served.run(&["list", "flaky", "signal:dcos"]);
    assert_eq!(wrong.code, 2, "{}", wrong.all());
    assert_eq!(
        wrong.err.lines().skip(1).collect::<Vec<_>>(),
        ["hint: flaky signal:dcos", "hint:              ^^^^", "hint: did you mean docs?"]
    );
    assert_eq!(served.run(&["show", "quillfern/ledger#99999"]).code, 1);
    let without = served.run(&["list", "-is:free", "--json", "--limit", "1000", "-signal:docs"]);
    assert_eq!(without.code, 0, "a term with '-' in front is no flag: {}", without.all());
    let tasks = without.json()["tasks"].as_array().unwrap().clone();
    assert!(!tasks.is_empty() && tasks.iter().all(|t| t["free"] == false), "{}", without.out);
    assert_eq!(served.run(&["claim", "quillfern/ledger#99999"]).code, 1);
}

#[test]
fn show_reads_the_comments_that_no_sync_has_read_and_does_without_them_offline() {
    let mut served = Served::start();
    assert_eq!(served.run(&["sync"]).code, 0);
    let tasks = served.run(&["list", "comments:>0", "is:free", "--json", "--limit", "2"]).json();
    let (first, second) = (tasks["tasks"][0].clone(), tasks["tasks"][1]["key"].clone());
    let shown = served.run(&["show", first["key"].as_str().unwrap(), "--json"]).json();
    assert_eq!(shown["comments"].as_array().map(Vec::len), first["comments"].as_u64().map(|n| n as usize), "{shown}");
    served.child.kill().unwrap();
    served.child.wait().unwrap();
    let again = served.run(&["show", first["key"].as_str().unwrap(), "--json"]);
    assert_eq!(again.json()["comments"], shown["comments"], "what was read is kept");
    let offline = served.run(&["show", second.as_str().unwrap()]);
    assert_eq!((offline.code, offline.err.contains("comments were not read")), (0, true), "{}", offline.all());
}

#[test]
fn without_a_token_a_claim_waits_and_says_that_there_is_none() {
    let served = Served::start();
    assert_eq!(served.run(&["sync"]).code, 0);
    let key = served.free_task();
    let claim = served.world.finish(served.world.command().args(["claim", &key]));
    assert_eq!(claim.code, 4, "{}", claim.all());
    assert!(claim.err.contains("there is no token for gh") && !claim.err.contains("refused"), "{}", claim.all());
    assert!(claim.out.contains("pending"), "{}", claim.all());
}

#[test]
fn doctor_names_what_cannot_be_read_with_and_without_a_token() {
    let mut served = Served::start();
    let config = format!("[[tracker]]\nurl = \"{}\"\norgs = [\"quillfern\"]\nrepos = [\"no/such\"]\n", served.url);
    served.world.config(&config);
    let odd = served.run(&["doctor"]);
    assert_eq!(odd.code, 5, "{}", odd.all());
    assert!(odd.out.contains("can read quillfern") && odd.out.contains("the repository no/such"), "{}", odd.out);
    served.child.kill().unwrap();
    served.child.wait().unwrap();
    let down = served.world.finish(served.world.command().arg("doctor"));
    assert_eq!((down.code, down.out.contains("could not be reached")), (5, true), "{}", down.all());
}

#[test]
fn doctor_says_who_one_is_and_goes_on_when_things_are_broken() {
    let mut served = Served::start();
    assert_eq!(served.run(&["sync"]).code, 0);
    let fine = served.run(&["doctor"]);
    assert_eq!(fine.code, 0, "{}", fine.all());
    for part in [
        "you are @sam",
        "from environment GH_TOKEN",
        "index query",
        "budget core",
        "schema",
        "archived",
        "12 of 12 fresh",
    ] {
        assert!(fine.out.contains(part), "{part}: {}", fine.out);
    }
    served.child.kill().unwrap();
    served.child.wait().unwrap();
    let down = served.run(&["doctor", "--json"]);
    assert_eq!((down.code, down.json()["ok"].as_bool()), (5, Some(false)), "{}", down.all());
    assert_eq!(served.run(&["sync"]).code, 5);
    assert_eq!(served.run(&["list"]).code, 0, "reading works without the network");
    served.world.config("broken");
    let broken = served.run(&["doctor"]);
    assert_eq!(broken.code, 3, "{}", broken.all());
    assert!(broken.out.contains("store"), "the store is still looked at: {}", broken.out);
}

#[test]
fn the_demo_without_a_terminal_prints_a_list_and_leaves_nothing_behind() {
    let world = CliWorld::new();
    let temp = world.path("tmp");
    std::fs::create_dir(&temp).unwrap();
    let ran = world.finish(world.command().arg("demo").env("TMPDIR", &temp));
    assert_eq!(ran.code, 0, "{}", ran.all());
    assert_eq!(ran.out.lines().count(), 21, "{}", ran.out);
    assert_eq!(std::fs::read_dir(&temp).unwrap().count(), 0);
    assert!(!world.path(".local").exists() && !world.path(".config").exists());
}
