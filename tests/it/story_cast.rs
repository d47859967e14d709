//! The cast of the helper's stories on the demo organisation, and what their tests ask of desks and tracker.

use serde_json::Value;

use crate::floor::{Desk, Floor};

/// Monday, the present of every story of a helper.
pub(crate) const MONDAY: &str = "2026-11-23T09:00:00Z";

/// A repository of the team vision, where sam, ana, mo, bob and lee may label and assign.
pub(crate) const VISION: &str = "quillfern/locker-gateway";
/// A repository of the team search, where sam may only comment.
pub(crate) const SEARCH: &str = "quillfern/geo-index";

// Who plays whom: the accounts of the demo under the names of the stories.
/// The lead of vision.
pub(crate) const ANA: &str = "tobias-h";
/// Her mentor.
pub(crate) const MO: &str = "ngozi";
/// Another float, at home in search.
pub(crate) const LEE: &str = "fumiko";
/// A colleague of ana.
pub(crate) const BOB: &str = "rune";

/// Teams and people. The policy of vision is the story's own.
fn registry(vision: &str) -> String {
    let person = |(handle, login, team): (&str, &str, &str)| {
        format!("[[person]]\nhandle = \"{handle}\"\nteam = \"{team}\"\ngithub = [{{ login = \"{login}\" }}]\n")
    };
    let people = [
        ("sam", "sam", "platform"),
        ("lee", LEE, "search"),
        ("ana", ANA, "vision"),
        ("mo", MO, "vision"),
        ("bob", BOB, "vision"),
        ("pat", "brigid", "platform"),
    ];
    format!(
        r##"
[programme]
leads = ["pat"]

[team.vision]
name = "Vision"
leads = ["ana"]
projects = ["quillfern/locker-*"]

[team.search]
name = "Search"
projects = ["{SEARCH}", "quillfern/route-planner"]

[team.billing]
name = "Billing"
projects = ["quillfern/ledger", "quillfern/tariff-rules"]

[team.platform]
name = "Platform"
projects = ["quillfern/quill", "quillfern/ci-recipes"]

[host.vision]
{vision}
mentors = [{{ handle = "mo", capacity = 2, rotation = "on" }}]
contact = "#vision-help"

{}"##,
        people.map(person).concat()
    )
}

/// The organisation on the Monday of the stories, with vision's policy.
pub(crate) struct Stage {
    pub(crate) floor: Floor,
    vision: String,
}

impl Stage {
    pub(crate) fn set(vision: &str) -> Self {
        let floor = Floor::open();
        floor.at(MONDAY);
        Self { floor, vision: vision.to_owned() }
    }

    /// A desk with the stories' registry in its folder, which has read everything.
    pub(crate) fn desk(&self, login: &str) -> Desk {
        let desk = self.floor.desk_with(login, "registry = \"registry\"");
        desk.at(MONDAY);
        std::fs::create_dir(desk.folder().join("registry")).unwrap();
        std::fs::write(desk.folder().join("registry/floor.toml"), registry(&self.vision)).unwrap();
        desk.fine(&["sync"]);
        desk
    }

    /// Requests that change the tracker, as `POST /repos/…/comments by sam`, from a moment of the log on.
    pub(crate) fn writes(&self, from: usize) -> Vec<String> {
        let requests = self.floor.demo.requests().split_off(from);
        let writes = requests.iter().filter(|r| r.method != "GET" && !r.path.starts_with("/graphql"));
        writes.map(|r| format!("{} {} by {}", r.method, r.path, r.login)).collect()
    }

    /// The length of the log, for [`Self::writes`].
    pub(crate) fn mark(&self) -> usize {
        self.floor.demo.requests().len()
    }

    pub(crate) fn assignees(&self, key: &str) -> Vec<String> {
        let issue = self.floor.issue(key);
        issue["assignees"].as_array().unwrap().iter().map(|a| a["login"].as_str().unwrap().to_owned()).collect()
    }

    /// True when the one label of the program is on the issue. No other label of ours may ever be.
    pub(crate) fn labelled(&self, key: &str) -> bool {
        let issue = self.floor.issue(key);
        let names: Vec<&str> = issue["labels"].as_array().unwrap().iter().filter_map(|l| l["name"].as_str()).collect();
        assert!(names.iter().all(|n| !n.starts_with("fw:")), "{names:?}");
        names.contains(&"floating-help")
    }

    /// The only claim comment of a task.
    pub(crate) fn claim_comment(&self, key: &str) -> String {
        let all = self.floor.comments(key);
        let mut claims = all.into_iter().filter(|c| c.starts_with("<!-- floorwalk/1 {\"k\":\"claim\""));
        let first = claims.next().unwrap();
        assert_eq!(claims.next(), None, "one marker");
        first
    }
}

/// The first free tasks of a project, as the desk lists them.
pub(crate) fn free(desk: &Desk, project: &str, count: usize) -> Vec<String> {
    let listed = desk.fine(&["list", &format!("is:free project:{project}"), "--json"]).json();
    let keys: Vec<String> =
        listed["tasks"].as_array().unwrap().iter().map(|t| t["key"].as_str().unwrap().to_owned()).collect();
    assert!(keys.len() > count, "{project} has {} free tasks", keys.len());
    keys[..count].to_vec()
}

/// The commitment on a task in `mine --all --json`, the newest first.
pub(crate) fn mine(desk: &Desk, key: &str) -> Option<Value> {
    let all = desk.fine(&["mine", "--all", "--json"]).json();
    let rows = all["commitments"].as_array().unwrap().clone();
    rows.into_iter().filter(|c| c["task"]["key"] == key).max_by_key(|c| c["since"].as_str().unwrap().to_owned())
}

/// The helper's commitment as a room shows it to whoever reads `team --json`.
pub(crate) fn helper(desk: &Desk, team: &str, key: &str) -> Option<Value> {
    let rooms = desk.fine(&["team", team, "--json"]).json();
    let helpers = rooms["rooms"][0]["helpers"].as_array().unwrap().clone();
    helpers.into_iter().map(|h| h["commitment"].clone()).find(|c| c["task"]["key"] == key)
}
