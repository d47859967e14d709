//! Where a registry is read from: a folder, a repository on a tracker, a repository's own file; and what stays in use when
//! one of them cannot be read.

use std::{sync::Arc, time::Duration};

use floorwalk::{
    app::{Command, Event, Session, host::FixedHost, session::Parts},
    config::load::parse,
    domain::{
        key::{ProjectRef, TrackerName},
        person::Person,
        policy::Consent,
        project::Project,
        text::Foreign,
    },
    registry::EXAMPLE,
    store::{self, Batch},
    sync::{SyncReport, outbox::OutboxSettings, registry::overlay_value},
    tracker::{
        ErrorClass,
        memory::{Fault, MemoryTracker, MemoryWorld, Verb},
    },
};

use crate::cli_world::CliWorld;

const TODAY: &str = "2026-11-20T12:00:00Z";
const ME: u64 = 7;
const TEAM: &str = "[team.vision]\nname = \"Vision\"\nleads = [\"ana\"]\nprojects = [\"acme/vision-*\"]\n[host.vision]\n\
    consent = \"notify\"\nmax_helpers = 3\n";
const ANA: &str = "[[person]]\nhandle = \"ana\"\nname = \"Ana Berg\"\nteam = \"vision\"\n\
    github = [{ login = \"ana\", id = 9 }]\n";

/// A configuration, a store and a tracker in memory.
struct World {
    cli: CliWorld,
    tracker: MemoryWorld,
}

impl World {
    fn new() -> Self {
        Self { cli: CliWorld::new(), tracker: MemoryWorld::new(TODAY.parse().unwrap()) }
    }

    fn config(&self, registry: &str) -> std::path::PathBuf {
        let registry = if registry.is_empty() { String::new() } else { format!("registry = \"{registry}\"\n") };
        let tracker = "[[tracker]]\nname = \"gh\"\napi_url = \"http://127.0.0.1:1\"\nrepos = [\"acme/vision-lens\"]\n";
        self.cli.config(&(registry + tracker))
    }

    /// A session as a program starts it, some hours from the beginning.
    fn session(&self, registry: &str, hours: i64) -> Session {
        let file = self.config(registry);
        let config = parse(&file, &std::fs::read_to_string(&file).unwrap()).unwrap().config;
        let now = TODAY.parse::<jiff::Timestamp>().unwrap() + jiff::SignedDuration::from_hours(hours);
        let me = Person::human("sam", ME);
        Session::new(Parts {
            config,
            store: store::open(&self.cli.path(".local/share/floorwalk")).unwrap(),
            trackers: vec![Arc::new(MemoryTracker::new(self.tracker.clone(), name(), me, true))],
            host: Arc::new(FixedHost::new(now, 1)),
            data_dir: None,
            outbox: OutboxSettings::for_loopback(),
        })
    }

    fn put(&self, path: &str, text: &str) {
        self.tracker.put_file(&project("acme/floor"), path, text);
    }

    /// How often files were asked for: `calls` harmless faults lie in wait, and those left over are counted.
    async fn asks(&self, session: &Session) -> usize {
        let calls = 50;
        for _ in 0..calls {
            self.tracker.fault(ME, Verb::History, Fault::Delay(Duration::ZERO));
        }
        sync(session).await;
        let left = self.tracker.faults_left();
        while self.tracker.faults_left() > 0 {
            let tracker = MemoryTracker::new(self.tracker.clone(), name(), Person::human("sam", ME), true);
            let _ = floorwalk::tracker::Tracker::folder(&tracker, &project("acme/floor"), "").await;
        }
        calls - left
    }
}

fn name() -> TrackerName {
    TrackerName::parse("gh").unwrap()
}

fn project(path: &str) -> ProjectRef {
    ProjectRef::parse(&name(), path).unwrap()
}

fn repository(path: &str, pushed_at: &str) -> Project {
    Project {
        project: project(path),
        id: 1,
        node_id: None,
        description: Foreign::default(),
        topics: Vec::new(),
        language: None,
        default_branch: None,
        archived: false,
        disabled: false,
        has_issues: true,
        fork: false,
        private: false,
        pushed_at: Some(pushed_at.parse().unwrap()),
        permission: floorwalk::domain::project::Permission::Read,
    }
}

async fn know(session: &Session, path: &str, pushed_at: &str) {
    let projects = vec![repository(path, pushed_at)];
    session.parts().store.apply(Batch { projects, ..Batch::default() }).await.unwrap();
}

async fn sync(session: &Session) -> SyncReport {
    let (sender, mut events) = tokio::sync::mpsc::unbounded_channel();
    session.execute(Command::Sync { only: Vec::new(), full: false }, &sender).await.unwrap();
    let mut report = None;
    while let Ok(event) = events.try_recv() {
        if let Event::SyncEnded(end) = event {
            report = Some(*end);
        }
    }
    report.unwrap()
}

fn problems(report: &SyncReport) -> String {
    let lines: Vec<String> = report.problems.iter().map(|(t, what, hint)| format!("{t}: {what} ({hint})")).collect();
    lines.join("\n")
}

#[tokio::test]
async fn a_folder_beside_the_configuration_is_known_before_the_first_snapshot() {
    let world = World::new();
    world.cli.write(".config/floorwalk/floor/main.toml", TEAM);
    world.cli.write(".config/floorwalk/floor/people/ana.toml", ANA);
    world.cli.write(".config/floorwalk/floor/other/left-out.toml", "broken");
    world.cli.write(".config/floorwalk/floor/.hidden.toml", "broken");
    let session = world.session("floor", 0);
    assert!(session.roster().is_empty());
    let snapshot = session.snapshot().await.unwrap();
    assert_eq!((snapshot.roster.teams.len(), snapshot.roster.people.len()), (1, 1));
    assert_eq!(snapshot.roster.hosts[&name()], "github.com");
    assert_eq!(snapshot.roster.policy(&project("acme/vision-lens")).max_helpers, Some(3));
    assert_eq!(snapshot.roster.member(&name(), &Person::human("renamed", 9)).unwrap().handle, "ana");
    assert!(session.registry().await.unwrap().findings.is_empty());
}

#[tokio::test]
async fn a_slip_while_editing_keeps_the_last_good_text() {
    let world = World::new();
    let file = world.cli.write(".config/floorwalk/floor/main.toml", format!("{TEAM}{ANA}"));
    let session = world.session("floor", 0);
    assert_eq!(problems(&sync(&session).await), "");
    std::fs::write(&file, "[team.vision\nname = ").unwrap();
    let said = problems(&sync(&session).await);
    assert!(said.contains("main.toml: is broken; its last good text stays in use"), "{said}");
    assert_eq!(session.roster().teams.len(), 1);
    // A new start meets the same broken file and knows the same.
    let again = world.session("floor", 0);
    assert_eq!(again.snapshot().await.unwrap().roster.people.len(), 1);
    // A folder that is gone altogether (a disk that is not there) changes nothing either.
    std::fs::remove_dir_all(file.parent().unwrap()).unwrap();
    let said = problems(&sync(&session).await);
    assert!(said.contains("the registry cannot be read"), "{said}");
    assert_eq!(session.roster().teams.len(), 1);
    // Mended: the new text counts.
    world.cli.write(".config/floorwalk/floor/main.toml", TEAM.replace("max_helpers = 3", "max_helpers = 1") + ANA);
    assert_eq!(problems(&sync(&session).await), "");
    assert_eq!(session.roster().policies["vision"].max_helpers, Some(1));
}

#[tokio::test]
async fn without_a_registry_nothing_is_asked_and_everything_is_open() {
    let world = World::new();
    let session = world.session("", 0);
    know(&session, "acme/vision-lens", TODAY).await;
    assert_eq!(world.asks(&session).await, 0);
    let roster = session.roster();
    assert!(roster.is_empty());
    assert_eq!(roster.hosts[&name()], "github.com");
    assert_eq!(roster.policy(&project("acme/vision-lens")), floorwalk::domain::policy::Policy::default());
}

#[tokio::test]
async fn a_repository_is_read_by_the_sync_and_kept_for_a_start_without_network() {
    let world = World::new();
    world.put("org/floor.toml", TEAM);
    world.put("org/people/ana.toml", ANA);
    world.put("org/README.md", "not read");
    world.put("elsewhere.toml", "broken");
    let session = world.session("gh:acme/floor/org", 0);
    let before = session.registry().await.unwrap();
    assert!(before.findings[0].sentence.contains("has not been read yet"), "{:?}", before.findings);
    assert_eq!(problems(&sync(&session).await), "");
    assert_eq!((session.roster().teams.len(), session.roster().people.len()), (1, 1));
    // A fresh start, and a tracker that never answers: the program itself, on the same store.
    let offline = world.session("gh:acme/floor/org", 1);
    assert_eq!(offline.snapshot().await.unwrap().roster.people[0].handle, "ana");
    let ran = world.cli.run(&["registry", "show"]);
    assert_eq!(ran.code, 0, "{}", ran.all());
    insta::assert_snapshot!(ran.out);
    // The text belongs to the place it came from.
    let elsewhere = world.session("gh:acme/other", 1);
    assert!(elsewhere.snapshot().await.unwrap().roster.is_empty());
}

#[tokio::test]
async fn a_repository_is_read_again_after_an_hour_or_a_push() {
    let world = World::new();
    world.put("floor.toml", &format!("{TEAM}{ANA}"));
    let at = |hours| world.session("gh:acme/floor", hours);
    let one_read = 4;
    assert_eq!(world.asks(&at(0)).await, one_read, "three folders, one file");
    assert_eq!(world.asks(&at(0)).await, 0);
    know(&at(0), "acme/floor", "2026-11-20T09:00:00Z").await;
    assert_eq!(world.asks(&at(0)).await, 0, "the push was before the reading");
    know(&at(0), "acme/floor", "2026-11-20T12:10:00Z").await;
    assert_eq!(world.asks(&at(0)).await, one_read, "a push after it");
    assert_eq!(world.asks(&at(0)).await, 0);
    assert_eq!(world.asks(&at(1)).await, one_read, "an hour later");
}

#[tokio::test]
async fn a_repository_that_cannot_be_read_is_a_problem_line_and_its_last_text_stays() {
    let world = World::new();
    world.put("floor.toml", &format!("{TEAM}{ANA}"));
    sync(&world.session("gh:acme/floor", 0)).await;
    let later = world.session("gh:acme/floor", 2);
    world.tracker.fault(ME, Verb::History, Fault::Before(ErrorClass::Server { status: 502 }));
    world.tracker.fault(ME, Verb::History, Fault::Before(ErrorClass::Server { status: 502 }));
    let said = problems(&sync(&later).await);
    assert!(
        said.starts_with("registry: the registry gh:acme/floor cannot be read, the last good text stays"),
        "{said}"
    );
    assert_eq!(said.lines().count(), 1, "{said}");
    assert_eq!(later.roster().teams.len(), 1);
    // Broken there: the same, with the mistake in one line.
    world.put("floor.toml", "[team.vision");
    let said = problems(&sync(&world.session("gh:acme/floor", 3)).await);
    assert!(said.contains("is broken; its last good text stays in use"), "{said}");
    assert_eq!(world.session("gh:acme/floor", 3).snapshot().await.unwrap().roster.teams.len(), 1);
}

#[tokio::test]
async fn a_repository_s_own_rules_can_only_be_stricter() {
    let world = World::new();
    world.cli.write(".config/floorwalk/floor.toml", format!("{TEAM}{ANA}"));
    let session = world.session("floor.toml", 0);
    let lens = project("acme/vision-lens");
    know(&session, "acme/vision-lens", "2026-11-20T09:00:00Z").await;
    know(&session, "acme/elsewhere", "2026-11-20T09:00:00Z").await;
    let own = "consent = \"auto\"\nmax_helpers = 9\nmin_readiness = 70\ncontact = \"#lens\"\n\
        [timers]\ngrace_wd = 20\nstart_by_wd = 1\n[label.security]\nconsent = \"closed\"\n";
    world.tracker.put_file(&lens, ".github/floorwalk.toml", own);
    assert_eq!(world.asks(&session).await, 1, "only the team's project is looked at");
    let policy = session.roster().policy(&lens);
    assert_eq!((policy.consent, policy.max_helpers, policy.min_readiness), (Consent::Notify, Some(3), Some(70)));
    assert_eq!((policy.timers.grace, policy.timers.start_by), (3, 1), "tightened, never loosened");
    assert_eq!((policy.contact.as_str(), &policy.labels_closed[..]), ("#lens", &["security".to_owned()][..]));
    assert_eq!(world.asks(&session).await, 0, "no push, no look");
    // A broken file keeps the last good one, also after a new start.
    world.tracker.put_file(&lens, ".github/floorwalk.toml", "consent = ");
    know(&session, "acme/vision-lens", "2026-11-20T10:00:00Z").await;
    let said = problems(&sync(&session).await);
    assert!(said.contains("acme/vision-lens/.github/floorwalk.toml is broken; its last good text stays"), "{said}");
    let again = world.session("floor.toml", 0);
    assert_eq!(again.snapshot().await.unwrap().roster.policy(&lens).min_readiness, Some(70));
    // Taken away: the team's policy again.
    world.tracker.remove_file(&lens, ".github/floorwalk.toml");
    know(&session, "acme/vision-lens", "2026-11-20T11:00:00Z").await;
    assert_eq!(problems(&sync(&session).await), "");
    assert_eq!(session.roster().policy(&lens).min_readiness, None);
    assert!(session.parts().store.value(&overlay_value(&lens)).await.unwrap().is_some());
}

#[test]
fn a_registry_in_the_current_folder_is_never_read() {
    let world = World::new();
    world.config("floor");
    world.cli.write("floor/main.toml", TEAM);
    let ran = world.cli.run(&["registry", "show"]);
    assert!(ran.out.contains("0 teams"), "{}", ran.all());
}

#[test]
fn check_show_who_and_example_from_the_command_line() {
    let world = World::new();
    world.config("floor");
    let ran = world.cli.run(&["registry", "example"]);
    assert_eq!((ran.code, ran.out.as_str()), (0, EXAMPLE));
    world.cli.write(".config/floorwalk/floor/example.toml", EXAMPLE);
    let kim =
        "[[person]]\nhandle = \"kim\"\nname = \"Kim Lie\"\njira = [{ site = \"x.example\", username = \"klie\" }]\n";
    world.cli.write(".config/floorwalk/floor/people/kim.toml", kim);
    let all = [
        world.cli.run(&["registry", "check"]),
        world.cli.run(&["registry", "show"]),
        world.cli.run(&["registry", "who", "sam"]),
        world.cli.run(&["registry", "who", "klie"]),
        world.cli.run(&["registry", "who", "lie-kim"]),
        world.cli.run(&["registry", "who", "gh:kimlee"]),
        world.cli.run(&["registry", "who", "ana-b"]),
        world.cli.run(&["registry", "who", "nobody-at-all"]),
        world.cli.run(&["registry", "who", "../x"]),
    ];
    insta::assert_snapshot!(all.iter().map(|r| r.all()).collect::<Vec<_>>().join("\n"));
    for verb in [&["registry", "check"][..], &["registry", "show"], &["registry", "who", "sam"]] {
        let ran = world.cli.run(&[verb, &["--json"]].concat());
        assert_eq!(ran.json()["schema"], "floorwalk/1", "{}", ran.all());
    }
}

#[test]
fn check_of_a_path_names_mistakes_and_ends_with_3() {
    let world = World::new();
    world.cli.write("floor/a.toml", "[team.a]\nprojets = [\"x/y\"]\n");
    world.cli.write("floor/teams/bin.toml", b"\xff\xfe");
    world.cli.write("hints.toml", "[team.a]\nprojects = [\"x/y\"]\n");
    world.cli.write("x/.github/floorwalk.toml", "consent = \"asc\"\nmentors = [{ handle = \"ana\" }]\n");
    let all = [
        world.cli.run(&["registry", "check", "floor"]),
        world.cli.run(&["registry", "check", "floor", "--json"]),
        world.cli.run(&["registry", "check", "hints.toml"]),
        world.cli.run(&["registry", "check", "x/.github/floorwalk.toml"]),
        world.cli.run(&["registry", "check", "none"]),
        world.cli.run(&["registry", "check"]),
    ];
    assert_eq!(all.each_ref().map(|r| r.code), [3, 3, 0, 3, 3, 3]);
    insta::assert_snapshot!(all.iter().map(|r| r.all()).collect::<Vec<_>>().join("\n"));
}

#[test]
fn doctor_says_what_is_wrong_with_the_registry_and_goes_on() {
    let world = World::new();
    world.config("floor");
    world.cli.write(".config/floorwalk/floor/a.toml", format!("{TEAM}{ANA}[teem.x]\n[calender.y]\n"));
    let ran = world.cli.run(&["doctor"]);
    let lines: Vec<&str> = ran.out.lines().filter(|l| l.contains("registry")).collect();
    insta::assert_snapshot!(lines.join("\n"));
}
