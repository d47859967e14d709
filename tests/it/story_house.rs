//! A house for the stories of team leads: the demo organisation on the Monday of the stories, with a registry in a folder
//! that all desks read. Its Lockers play *vision* (`tobias-h` is ana, `ngozi` is mo), `kasia-w` is lee.

use serde_json::Value;

use crate::{
    floor::{Desk, Floor, Ran},
    pty::Terminal,
};

/// The present of the stories.
pub(crate) const MONDAY: &str = "2026-11-23T09:00:00Z";
/// A project of the team.
pub(crate) const GATEWAY: &str = "quillfern/locker-gateway";
/// Another project of the team.
pub(crate) const FIRMWARE: &str = "quillfern/locker-firmware";
/// A project of another team.
pub(crate) const PLANNER: &str = "quillfern/route-planner";

/// Teams and leads, the same in all stories.
pub(crate) const TEAMS: &str = r#"
[programme]
leads = ["brigid"]
[team.lockers]
name = "Lockers"
leads = ["tobias-h"]
projects = ["quillfern/locker-*"]
[team.routing]
name = "Routing"
leads = ["ylva"]
projects = ["quillfern/route-planner", "quillfern/geo-index"]
[team.storefront]
name = "Storefront"
leads = ["mirela"]
[team.money]
name = "Money"
leads = ["oskar-b"]
[team.platform]
name = "Platform"
leads = ["hanne"]
[team.insights]
name = "Insights"
leads = ["noor"]
"#;

/// The organisation and its registry.
pub(crate) struct House {
    pub(crate) floor: Floor,
    folder: tempfile::TempDir,
}

impl House {
    /// With this policy of the Lockers.
    pub(crate) fn with(policy: &str) -> Self {
        let floor = Floor::open();
        floor.at(MONDAY);
        let folder = tempfile::tempdir().unwrap();
        let people = floor.demo.file("quillfern/floor", "people.toml").unwrap();
        std::fs::write(folder.path().join("people.toml"), people).unwrap();
        std::fs::write(folder.path().join("teams.toml"), TEAMS).unwrap();
        let house = Self { floor, folder };
        house.policy(policy);
        house
    }

    /// The lead changes the policy: that is, the file.
    pub(crate) fn policy(&self, lines: &str) {
        self.file("lockers.toml", &format!("[host.lockers]\n{lines}\n"));
    }

    /// Writes a file of the registry.
    pub(crate) fn file(&self, name: &str, text: &str) {
        std::fs::write(self.folder.path().join(name), text).unwrap();
    }

    /// The desk of somebody, who has read everything.
    pub(crate) fn desk(&self, login: &str) -> Desk {
        self.ready(self.floor.desk_with(login, &self.registry()))
    }

    /// The same for some repositories only.
    pub(crate) fn desk_reading(&self, login: &str, repos: &[&str]) -> Desk {
        let desk = self.floor.desk_reading(login, &format!("repos = {repos:?}"));
        let file = desk.folder().join("config.toml");
        let config = std::fs::read_to_string(&file).unwrap();
        std::fs::write(file, format!("{}\n{config}", self.registry())).unwrap();
        self.ready(desk)
    }

    fn registry(&self) -> String {
        format!("registry = '{}'", self.folder.path().display())
    }

    fn ready(&self, desk: Desk) -> Desk {
        desk.at(MONDAY);
        desk.fine(&["sync"]);
        desk
    }

    /// Another moment, on which all these desks read what is new.
    pub(crate) fn day(&self, now: &str, desks: &[&Desk]) {
        self.floor.day(now, desks);
        for desk in desks {
            desk.fine(&["sync"]);
        }
    }

    /// How often somebody wrote to the server so far: requests that change nothing are not counted.
    pub(crate) fn writes(&self) -> usize {
        let reads = |path: &str| path.ends_with("/graphql");
        self.floor.demo.requests().iter().filter(|r| r.method != "GET" && !reads(&r.path)).count()
    }

    /// Logins that the tracker has as assignees.
    pub(crate) fn assignees(&self, key: &str) -> Vec<String> {
        let issue = self.floor.issue(key);
        issue["assignees"].as_array().unwrap().iter().map(|a| a["login"].as_str().unwrap().to_owned()).collect()
    }

    /// Who assigned somebody, by the timeline.
    pub(crate) fn assigned_by(&self, key: &str, login: &str) -> Option<String> {
        let is = |row: &&Value| row["event"] == "assigned" && row["assignee"]["login"] == login;
        let rows = self.floor.timeline(key);
        rows.iter().rfind(is).map(|row| row["actor"]["login"].as_str().unwrap().to_owned())
    }
}

/// The first free tasks of a project, as somebody's list has them.
pub(crate) fn free(desk: &Desk, project: &str, most: usize) -> Vec<String> {
    let query = format!("is:free project:{project}");
    let listed = desk.fine(&["list", &query, "--json", "--limit", &most.to_string()]).json();
    let keys: Vec<String> =
        listed["tasks"].as_array().unwrap().iter().map(|t| t["key"].as_str().unwrap().to_owned()).collect();
    assert_eq!(keys.len(), most, "{listed}");
    keys
}

/// What a verb prints on a terminal.
pub(crate) fn seen(desk: &Desk, arguments: &[&str]) -> String {
    let mut terminal = Terminal::of(&desk.command(arguments), 150, 60);
    assert_eq!(terminal.ends(), 0, "{arguments:?}");
    terminal.settles();
    terminal.text()
}

/// Somebody's commitment on a task in the document of `mine --all`.
pub(crate) fn mine(desk: &Desk, key: &str) -> Value {
    let all = desk.fine(&["mine", "--all", "--json"]).json();
    let found = all["commitments"].as_array().unwrap().iter().find(|c| c["task"]["key"] == key);
    found.unwrap_or_else(|| panic!("{key} is not in {all}")).clone()
}

/// The one room of the document of `team`.
pub(crate) fn room(desk: &Desk) -> Value {
    let team = desk.fine(&["team", "--json"]).json();
    assert_eq!((&team["schema"], &team["matrix"]), (&"floorwalk/1".into(), &Value::Null));
    assert_eq!(team["rooms"].as_array().map(Vec::len), Some(1), "{team}");
    team["rooms"][0].clone()
}

/// What waits for the lead: words and tasks.
pub(crate) fn asks(desk: &Desk) -> Vec<(String, String)> {
    let text = |v: &Value| v.as_str().unwrap_or_default().to_owned();
    room(desk)["asks"].as_array().unwrap().iter().map(|a| (text(&a["what"]), text(&a["task"]))).collect()
}

/// A verb that must be refused: exit code 1, no document, and the same words on standard error as in `--json`. Gives the
/// error of `--json`.
pub(crate) fn refused(desk: &Desk, arguments: &[&str]) -> Value {
    let told: Ran = desk.run(arguments);
    assert_eq!((told.code(), told.out().as_str()), (1, ""), "{arguments:?} {}", told.err());
    let ran = desk.run(&[arguments, &["--json"]].concat());
    let error = ran.json()["error"].clone();
    assert_eq!((ran.code(), &error["code"]), (1, &1.into()), "{error}");
    let instead = error["refusal"]["instead"].as_array().unwrap_or_else(|| panic!("{error}"));
    for line in instead.iter().chain([&error["sentence"]]) {
        assert!(told.err().contains(line.as_str().unwrap()), "{line} in {}", told.err());
    }
    error
}
