//! Two weeks of help on a virtual clock: what the screens of helpers and lead show on each working day. The days are
//! played by the real program against the demo server; the screens are the real ones, on the data of those desks.

use std::{fmt::Write, sync::Arc};

use floorwalk::{
    app::{Session, host::FixedHost, session::Parts},
    config::load::load,
    domain::{
        evidence::{Checks, Verdict},
        time::Now,
    },
    store,
    sync::outbox::OutboxSettings,
    tracker::{
        Tracker,
        github::{GitHub, GitHubSettings},
    },
    tui::state::Options,
};

use crate::{
    floor::Desk,
    story_house::{FIRMWARE, House, PLANNER, TEAMS, free, mine, seen},
    tui_world::Screen,
};

/// Timers of the Lockers, tight enough for two weeks.
const LOCKERS: &str = r##"
consent = "notify"
max_helpers = 3
review_budget_h_per_week = 4.0
mentors = [{ handle = "ngozi", capacity = 2, rotation = "on" }]
contact = "#lockers-help"
review_slo_wd = 1
timers = { idle_remind_wd = 2, review_escalate_wd = 2 }
"##;
/// A team that asks first.
const ROUTING: &str = r##"
[host.routing]
consent = "ask"
mentors = [{ handle = "pradeep", capacity = 2, rotation = "on" }]
contact = "#routing"
"##;

/// The house with its two helpers and its lead, who leads both teams here.
struct Weeks {
    house: House,
    sam: Desk,
    lee: Desk,
    ana: Desk,
}

impl Weeks {
    fn begin() -> Self {
        let house = House::with(LOCKERS);
        let teams = TEAMS.replace("\"ylva\"", "\"ylva\", \"tobias-h\"").replace(", \"quillfern/geo-index\"", "");
        house.file("teams.toml", &teams);
        house.file("routing.toml", ROUTING);
        let [sam, lee, ana] = ["sam", "kasia-w", "tobias-h"].map(|who| house.desk_reading(who, &[FIRMWARE, PLANNER]));
        Self { house, sam, lee, ana }
    }

    /// Moves all clocks to an hour of a day. Nobody reads what is new by that.
    fn at(&self, day: &str, hour: u8) {
        self.house.floor.day(&moment(day, hour), &[&self.sam, &self.lee, &self.ana]);
    }

    /// The evening of a day: everybody reads what is new, the lead first, and looks.
    fn evening(&self, day: &str) {
        let now = moment(day, 16);
        self.at(day, 16);
        for desk in [&self.ana, &self.sam, &self.lee] {
            desk.fine(&["sync"]);
        }
        let mut shown = String::new();
        for (title, desk, tab) in
            [("sam: Mine", &self.sam, "3"), ("lee: Mine", &self.lee, "3"), ("ana: Floor", &self.ana, "4")]
        {
            let _ = writeln!(shown, "=== {title}\n{}", screen(desk, &now, tab));
        }
        for (who, desk) in [("sam", &self.sam), ("lee", &self.lee)] {
            let _ = writeln!(shown, "=== {who}: floorwalk mine\n{}\n", seen(desk, &["mine"]).trim_end());
        }
        insta::assert_snapshot!(format!("day_{day}"), shown);
    }

    /// How often a sentence of the program stands in the comments of a task.
    fn said(&self, key: &str, words: &str) -> usize {
        self.house.floor.comments(key).iter().map(|c| c.matches(words).count()).sum()
    }
}

fn moment(day: &str, hour: u8) -> String {
    format!("2026-{day}T{hour:02}:00:00Z")
}

/// A screen of 100×30 as it is drawn from a desk's own data.
fn screen(desk: &Desk, now: &str, tab: &str) -> String {
    let config = load(&desk.folder().join("config.toml"), true).unwrap().config;
    let now = Now(now.parse().unwrap());
    let tracker = |t: &floorwalk::config::TrackerConfig| -> Arc<dyn Tracker> {
        let settings = GitHubSettings {
            name: t.name.clone(),
            url: t.url.clone(),
            api_url: t.api_url.clone(),
            token: None,
            token_source: "none".into(),
            ca_file: None,
        };
        Arc::new(GitHub::new(settings).unwrap())
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let snapshot = runtime.block_on(async {
        let session = Session::new(Parts {
            trackers: config.trackers.iter().map(tracker).collect(),
            config,
            store: store::open(&desk.folder().join("data")).unwrap(),
            host: Arc::new(FixedHost::new(now.0, 1)),
            data_dir: None,
            outbox: OutboxSettings::for_loopback(),
        });
        session.snapshot().await.unwrap()
    });
    Screen::on(now, snapshot, Options::default(), 100, 30).keys(tab).view()
}

#[test]
fn two_weeks_show_the_right_screen_on_each_day() {
    let w = Weeks::begin();
    let (task, other) = (free(&w.sam, FIRMWARE, 1).remove(0), free(&w.lee, PLANNER, 1).remove(0));
    let (task, other) = (task.as_str(), other.as_str());
    let floor = &w.house.floor;

    // Monday: sam claims, lee asks.
    w.at("11-23", 10);
    w.sam.fine(&["claim", task, "--size", "S", "--plan", "reproduce it, then one small change"]);
    w.lee.fine(&["claim", other, "--size", "M", "--plan", "measure first"]);
    w.evening("11-23");

    // Tuesday: a draft of sam's; lee is accepted, with a mentor.
    w.at("11-24", 10);
    let pull = floor.pull("sam", task, true);
    w.ana.fine(&["sync"]);
    w.ana.fine(&["accept", other, "--mentor", "pradeep"]);
    w.evening("11-24");

    // Wednesday: sam is quiet, lee says what was found.
    w.at("11-25", 11);
    floor.by("kasia-w").comment(other, "Half of the time goes into one sort. I will take that out.").unwrap();
    w.evening("11-25");

    // Thursday: the one reminder, written by the lead's client into sam's own comment; lee is blocked.
    w.at("11-26", 11);
    w.lee.fine(&["sync"]);
    w.lee.fine(&["block", other, "--by", "the new build image", "--review", "2026-12-01"]);
    let before = floor.comments(task).len();
    w.evening("11-26");
    assert_eq!(mine(&w.sam, task)["state"], "at_risk");
    assert_eq!((floor.comments(task).len(), w.said(task, "\"e\":\"remind\"")), (before, 1));

    // Friday: still on it; in the afternoon the pull request is ready.
    w.at("11-27", 10);
    w.sam.fine(&["sync"]);
    w.sam.fine(&["still-on-it", task]);
    assert_eq!(mine(&w.sam, task)["state"], "active");
    w.at("11-27", 15);
    floor.demo.set_checks(&pull, Checks::Passed).unwrap();
    floor.by("sam").set_draft(&pull, false).unwrap();
    w.evening("11-27");

    // Monday: the host is silent, and the mentor is told. Tuesday: the lead is. Lee's block is gone on the day of its review.
    w.evening("11-30");
    w.at("12-01", 10);
    w.lee.fine(&["resume", other]);
    w.evening("12-01");
    assert_eq!(mine(&w.sam, task)["life"]["nudged"], "lead");

    // Wednesday: a review asks for changes, and sam goes away. Lee goes on, and offers it to sam.
    w.at("12-02", 10);
    floor.by("ngozi").review(&pull, Verdict::Changes, "Please keep the old name.").unwrap();
    w.sam.fine(&["sync"]);
    assert_eq!(mine(&w.sam, task)["turn"], "your turn");
    w.sam.fine(&["pause", task, "--until", "2026-12-04"]);
    w.lee.fine(&["handover", other, "--to", "sam", "--done", "the sort is out", "--next", "measure again"]);
    w.evening("12-02");
    w.evening("12-03");

    // Friday: sam is back earlier, changes, and it is merged: the task is closed, the warranty begins. Sam takes over from lee.
    w.at("12-04", 9);
    w.sam.fine(&["sync"]);
    w.sam.fine(&["resume", task]);
    floor.by("sam").push(&pull, "Keep the old name").unwrap();
    w.at("12-04", 14);
    floor.by("ngozi").merge(&pull).unwrap();
    w.sam.fine(&["sync"]);
    assert_eq!(mine(&w.sam, task)["state"], "warranty");
    // Routing wants to be asked, of a hand-over too.
    w.sam.fine(&["accept", other]);
    assert_eq!(mine(&w.sam, other)["state"], "requested");
    assert_eq!(mine(&w.lee, other)["state"], "active", "it stays hers until somebody has it");
    w.at("12-04", 15);
    w.ana.fine(&["sync"]);
    w.ana.fine(&["accept", other, "--for", "sam"]);
    w.evening("12-04");
    assert_eq!(
        (mine(&w.lee, other)["state"].clone(), mine(&w.sam, other)["state"].clone()),
        ("transferred".into(), "active".into())
    );
    assert!(!w.house.assignees(other).contains(&"kasia-w".to_owned()));
    let team = w.ana.fine(&["team", "lockers", "--json"]).json();
    assert_eq!(team["rooms"][0]["asks"][0]["what"], "done: say thanks");
}
