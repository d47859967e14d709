//! What happens to writes: the story under each line of the catalogue, and what takes its time in this process.

use std::{sync::Arc, time::Duration};

use floorwalk::{
    demo::{Fault, FaultKind},
    domain::{
        key::{ProjectRef, TaskKey, TrackerName},
        person::Person,
        time::Now,
    },
    store::Store,
    sync::outbox::{End, OutboxContext, OutboxSettings, Outcome, send},
    tracker::{
        Conditional, ErrorClass, Lane, Tracker,
        github::{GitHub, GitHubSettings},
        http::Timing,
    },
};

use crate::{
    faults_world::{CANARY, Front, KEY, Story, Trouble, Way, other, tokens_in},
    floor::TODAY,
    hostile::world::plain,
    ledger::{Harm, Sheet, sheet},
};

fn tell(sheet: &Sheet, line: &str, words: &str, rules: Vec<Fault>) -> Story {
    let story = Story::begin();
    let harm = story.play(&Trouble::Server(rules, true));
    assert!(story.said.borrow().contains(words), "{line}: '{words}' is not in: {}", story.said.borrow());
    sheet.met(line, story.met.get(), harm);
    story
}

fn status(code: u16, headers: &[(&str, String)], body: &str) -> FaultKind {
    let headers = headers.iter().map(|(n, v)| ((*n).to_owned(), v.clone())).collect();
    FaultKind::Status { code, headers, body: body.to_owned() }
}

#[test]
fn a_write_whose_fate_is_unknown_is_there_once() {
    let sheet = sheet!();
    let comment = |kind: FaultKind| vec![Fault::new("POST", "/comments", kind)];
    tell(&sheet, "write lost after", "", comment(FaultKind::CommitThenDrop));
    tell(&sheet, "write lost after", "", comment(FaultKind::CommitThenStatus { code: 502 }));
    tell(&sheet, "write lost before", "", comment(FaultKind::DropBefore));
    // The server itself wrote the comment twice: the reader counts it as one claim, and the helper holds it once.
    let story = Story::begin();
    story.floor.demo.faults().add(Fault::new("POST", "/comments", FaultKind::DuplicateWrite));
    let claimed = story.run(&["claim", KEY, "--plan", "look into it"]);
    let mine = story.run(&["mine", "--json"]).json();
    let held = mine["commitments"].as_array().unwrap().len();
    assert_eq!((claimed.code(), mine["commitments"][0]["state"].as_str()), (0, Some("active")), "{mine}");
    let asked = story.floor.demo.requests();
    let posts = asked.iter().filter(|r| r.method == "POST" && r.path.ends_with("/comments")).count();
    let cost = Harm { lost: usize::from(held == 0), duplicated: (posts - 1) + held.saturating_sub(1), leaked: 0 };
    sheet.met("write twice", 1, cost);
}

#[test]
fn a_write_that_is_seen_late_or_not_at_all_is_not_taken_for_done() {
    let sheet = sheet!();
    let stale = |path: &str| {
        let kind = FaultKind::StaleReads { count_too: true };
        Fault::new("", path, kind).times(2)
    };
    // Set for the writes, so that the reads after the comment see it late.
    let story = Story::begin();
    for rule in [stale("/comments"), stale("/graphql")] {
        story
            .floor
            .demo
            .faults()
            .add(Fault { method: if rule.path == "/comments" { "GET" } else { "POST" }.into(), ..rule });
    }
    let ready = story.floor.demo.faults().pending().len();
    let trouble = Trouble::Server(Vec::new(), false);
    let claimed = story.run(&["claim", KEY, "--plan", "look into it"]);
    assert_eq!(claimed.code(), 0, "{}", claimed.err());
    let met = ready * 2 - story.floor.demo.faults().pending().iter().map(|f| f.times as usize).sum::<usize>();
    story.floor.demo.faults().clear();
    sheet.met("write late", met, story.play(&trouble));
    let ignored = vec![Fault::new("POST", "/assignees", FaultKind::IgnoreAssignee)];
    tell(&sheet, "write ignored", "", ignored);
}

#[test]
fn a_write_that_is_sent_away_or_refused_half_way_costs_nothing() {
    let sheet = sheet!();
    let away = [("location", format!("{}/repos/acme/widgets/issues/1/comments", other().demo.url()))];
    let rule = Fault::new("POST", "/comments", status(307, &away, ""));
    tell(&sheet, "write away", "", vec![rule]);
    let invalid =
        r#"{"message":"Validation Failed","errors":[{"resource":"Issue","field":"assignees","code":"invalid"}]}"#;
    tell(&sheet, "write half", "Validation Failed", vec![Fault::new("POST", "/assignees", status(422, &[], invalid))]);
}

#[test]
fn a_rival_who_was_first_keeps_the_task() {
    let sheet = sheet!();
    let story = Story::begin();
    // Kim's claim is there when sam's comment has been sent, and has the smaller number.
    let kim = story.floor.desk_reading("hanne", "repos = [\"acme/widgets\"]");
    kim.fine(&["sync"]);
    story.floor.demo.faults().add(Fault::new("POST", "/comments", FaultKind::Delay { ms: 600 }));
    let mut command = story.desk.command(&["claim", KEY, "--plan", "look into it"]);
    let mut late = command.env("FLOORWALK_GITHUB_TOKEN", CANARY).spawn().unwrap();
    story.floor.wait_until("sam's comment is under way", || story.floor.demo.faults().pending().is_empty());
    kim.fine(&["claim", KEY, "--plan", "look into it"]);
    let lost = !late.wait().unwrap().success();
    story.run(&["outbox", "retry"]);
    let active = |ran: crate::floor::Ran| {
        ran.json()["commitments"].as_array().unwrap().iter().filter(|c| c["state"] == "active").count()
    };
    kim.fine(&["sync"]);
    story.run(&["sync"]);
    let (kims, sams) = (active(kim.run(&["mine", "--json"])), active(story.run(&["mine", "--json"])));
    let assigned = story.floor.issue(KEY)["assignees"].as_array().unwrap().len();
    let harm = Harm { lost: 1 - kims.min(1), duplicated: sams + assigned.saturating_sub(1), leaked: 0 };
    sheet.met("write rival", usize::from(lost), harm);
}

/// A program of this process, whose patience is short.
struct Hasty {
    tracker: GitHub,
    store: Arc<dyn Store>,
    _dir: tempfile::TempDir,
}

impl Hasty {
    fn new(url: &str, connect: u64, total: u64) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let timing = Timing {
            connect: Duration::from_millis(connect),
            total: Duration::from_millis(total),
            backoff: Duration::from_millis(1),
            ..Timing::default()
        };
        let settings = GitHubSettings {
            name: TrackerName::parse("gh").unwrap(),
            url: "https://github.com".into(),
            api_url: Some(url.into()),
            token: Some(CANARY.to_owned().into()),
            token_source: "a test".into(),
            ca_file: None,
        };
        let tracker = GitHub::with_timing(settings, timing).unwrap();
        Self { tracker, store: floorwalk::store::open(dir.path()).unwrap(), _dir: dir }
    }

    async fn read(&self) -> Result<usize, floorwalk::tracker::TrackerError> {
        let project = ProjectRef::parse(&TrackerName::parse("gh").unwrap(), "acme/widgets").unwrap();
        match self.tracker.tasks(&project, Lane::Open, 1, None).await? {
            Conditional::Changed { value, .. } => Ok(value.tasks.len()),
            Conditional::Unchanged => Ok(0),
        }
    }

    async fn send(&self) -> Vec<Outcome> {
        let settings = OutboxSettings::for_loopback();
        let context = OutboxContext {
            store: self.store.as_ref(),
            tracker: &self.tracker,
            settings: &settings,
            clock: Arc::new(|| Now(TODAY.parse().unwrap())),
            roster: &floorwalk::domain::roster::Roster::default(),
            impatient: true,
        };
        send(&context).await.unwrap()
    }
}

/// The trouble in front of a server, a claim through it, then the way is free.
fn hastily(sheet: &Sheet, line: &str, trouble: &dyn Fn(&Front) -> String) {
    let (floor, _desk) = plain(3);
    let front = Front::of(&floor.demo.url());
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let (met, said, rows) = runtime.block_on(async {
        let url = trouble(&front);
        let hasty = Hasty::new(&url, 150, 400);
        let start = std::time::Instant::now();
        let error = hasty.read().await.unwrap_err();
        assert!(matches!(error.class, ErrorClass::Timeout | ErrorClass::Connect), "{line}: {error}");
        let key = TaskKey::new(ProjectRef::parse(&TrackerName::parse("gh").unwrap(), "acme/widgets").unwrap(), 1);
        let op = crate::outbox_world::claim_row(key, 1);
        let pending = floorwalk::sync::outbox::pending_commitment(&op, Person::human("sam", 7));
        hasty.store.journal(vec![op], pending.into_iter().collect()).await.unwrap();
        let outcomes = hasty.send().await;
        assert!(matches!(&outcomes[0].end, End::Later { .. }), "{line}: {outcomes:?}");
        assert!(start.elapsed() < Duration::from_secs(5), "{line} took {:?}", start.elapsed());
        front.set(Way::Through);
        let well = Hasty { tracker: Hasty::new(&format!("http://{}", front.at), 1_000, 10_000).tracker, ..hasty };
        let outcomes = well.send().await;
        assert!(matches!(&outcomes[0].end, End::Done(_)), "{line}: {outcomes:?}");
        (2, format!("{error}{error:?}{outcomes:?}"), well.read().await.unwrap())
    });
    let claims = floor.markers(KEY, "claim");
    let lost = 3 - rows.min(3) + usize::from(claims == 0);
    sheet.met(line, met, Harm { lost, duplicated: claims.saturating_sub(1), leaked: tokens_in(said.as_bytes()) });
}

#[test]
fn what_never_comes_to_an_end_is_left_in_time() {
    let sheet = sheet!();
    let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 1000000\r\n\r\n[";
    let drip = Way::Never(Arc::new(head.into()), Arc::new(b" ".to_vec()), Duration::from_millis(5));
    hastily(&sheet, "wire drip", &|front| {
        front.set(drip.clone());
        format!("http://{}", front.at)
    });
    // A door that is never opened: the few places before it are taken.
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let socket = tokio::net::TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let listener = runtime.block_on(async { socket.listen(1) }).unwrap();
    let at = listener.local_addr().unwrap();
    let waiting: Vec<_> = (0..8).map(|_| runtime.spawn(tokio::net::TcpStream::connect(at))).collect();
    hastily(&sheet, "wire connect", &|_| format!("http://{at}"));
    drop((waiting, listener));
}
