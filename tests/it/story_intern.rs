//! Stories of the intern (domain.md §7.5) that are about what is shown and allowed, each on the real program against the
//! demo server, named by its id. zev plays ida, whose entry in the registry and whose own profile say that they are an intern.

use floorwalk::domain::evidence::Checks;
use serde_json::Value;

use crate::{
    floor::{Desk, Floor},
    pty::Terminal,
    story_house::{GATEWAY, House, MONDAY, mine, refused, room, seen},
};

/// A project of a team that names no mentor.
const UNGUIDED: &str = "quillfern/geo-index";
/// The Lockers with somebody who guides.
const MENTORED: &str = "mentors = [{ handle = \"ngozi\", capacity = 1, rotation = \"on\" }]";
/// A description with what somebody new needs.
const DESCRIBED: &str = "The gateway keeps a socket open for every locker that answered once, even after the locker was \
                         taken away. After a few weeks there are more sockets than lockers, and the box takes no new \
                         ones until somebody restarts it by hand at night. It begins in `src/pool.rs`.\n\n\
                         ## Acceptance criteria\n\n- [ ] a socket of a locker that is gone is closed after an hour\n\
                         - [ ] a test shows it\n";
/// What a first page asks for, as `--json` names it.
const WANTED: [&str; 4] = ["readiness", "size", "mentor", "onboarding"];

/// Says in somebody's own profile that they are an intern.
fn intern(desk: &Desk) {
    std::fs::write(desk.folder().join("profile.toml"), "[me]\nrole = \"intern\"\n").unwrap();
}

fn keys(listed: &Value) -> Vec<String> {
    listed["tasks"].as_array().unwrap().iter().map(|t| t["key"].as_str().unwrap().to_owned()).collect()
}

/// What a task lacks for an intern, by `why --not`.
fn lacks(desk: &Desk, key: &str) -> Vec<String> {
    let told = desk.fine(&["why", key, "--not", "--json"]).json();
    let rules = told["why_not"]["gates"].as_array().unwrap().iter().map(|g| g["rule"].as_str().unwrap().to_owned());
    rules.filter(|rule| WANTED.contains(&rule.as_str())).collect()
}

#[test]
fn in1_a_token_and_an_organisation_are_all_that_is_asked_before_there_is_data() {
    let floor = Floor::open();
    let ida = floor.desk("zev");
    std::fs::remove_file(ida.folder().join("config.toml")).unwrap();
    let mut asked = Terminal::of(&ida.command(&["init", "--api-url", &floor.demo.url()]), 80, 24);
    asked.shows("Organisations to read");
    asked.press("quillfern\r");
    asked.shows("Single repositories");
    asked.press("\r");
    asked.shows("Address of a Jira site");
    asked.press("\r");
    assert_eq!(asked.ends(), 0);
    // All that was asked and answered still stands on one screen.
    for line in
        ["Organisations to read", "Single repositories", "Jira site", "token: found", "connected as @zev", "written:"]
    {
        asked.shows(line);
    }
    let mut screen = Terminal::of(&ida.command(&[]), 80, 24);
    screen.shows("12/12 fresh").shows("locker-firmware");
    screen.press("q");
    assert_eq!(screen.ends(), 0);
}

#[test]
fn in2_an_interns_list_holds_only_what_fits_and_counts_the_rest() {
    let house = House::with(MENTORED);
    let (ida, sam) = (house.desk("zev"), house.desk("sam"));
    intern(&ida);
    let x = house.floor.open_issue(GATEWAY, "Close sockets of lockers that are gone", DESCRIBED, &["bug", "size/S"]);
    let large = house.floor.open_issue(GATEWAY, "Replace the whole pool", DESCRIBED, &["bug", "size/M"]);
    let bare = house.floor.open_issue(GATEWAY, "Sockets are odd", "They are.", &["size/S"]);
    house.day("2026-11-23T10:00:00Z", &[&ida, &sam]);

    let listed = ida.fine(&["list", "--json", "--limit", "1000"]).json();
    let fit = keys(&listed);
    assert!(fit.contains(&x) && !fit.contains(&large) && !fit.contains(&bare), "{fit:?}");
    for key in &fit {
        assert_eq!(lacks(&ida, key), [""; 0], "{key}");
    }
    assert_eq!(lacks(&ida, &large), ["size"]);
    assert_eq!(lacks(&ida, &bare), ["readiness"]);
    assert!(listed["tasks"].as_array().unwrap().iter().all(|t| t["free"] == true && t["score"].is_u64()), "{listed}");
    let rest = ida.fine(&["list", "-is:intern", "--json", "--limit", "1000"]).json();
    assert_eq!(listed["interns"]["left_out"], rest["found"]);
    assert_eq!(listed["interns"]["closest"], Value::Null, "there is something that fits");
    assert_eq!(rest.get("interns"), None, "what is asked for is listed");
    assert!(keys(&rest).contains(&large));

    // The same by the flag and by the configuration; and whoever looks for somebody else may ask for it.
    let flagged = keys(&sam.fine(&["list", "--preset", "intern", "--json", "--limit", "1000"]).json());
    assert!(flagged.contains(&x) && !flagged.contains(&large), "{flagged:?}");
    assert_eq!(keys(&sam.fine(&["list", "is:intern", "--json", "--limit", "1000"]).json()).len(), flagged.len());
    assert!(keys(&sam.fine(&["list", "--json", "--limit", "1000"]).json()).contains(&large), "sam's own list is whole");
    let file = sam.folder().join("config.toml");
    let config = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, format!("{config}\n[me]\npreset = \"intern\"\n")).unwrap();
    assert_eq!(keys(&sam.fine(&["list", "--json", "--limit", "1000"]).json()), flagged);
    // What is named is found, whether it fits or not.
    assert_eq!(keys(&ida.fine(&["list", &format!("key:{large}"), "--json"]).json()), std::slice::from_ref(&large));

    let mut screen = Terminal::of(&ida.command(&[]), 80, 24);
    screen.shows("Close sockets of lockers").shows("What fits an intern;").lacks("Replace the whole pool");
    screen.press(&format!("/-is:intern key:{large}\r"));
    screen.shows("Replace the whole pool");
    screen.press("W");
    screen.shows("its size is M").shows("a part of it as a task");
    screen.press("q");

    // The only mentor guides somebody now: nothing there fits until that is over.
    sam.fine(&["claim", &large, "--size", "M", "--ask"]);
    let ana = house.desk("tobias-h");
    ana.at("2026-11-23T10:00:00Z");
    ana.fine(&["sync"]);
    ana.fine(&["accept", &large, "--mentor", "ngozi"]);
    ida.fine(&["sync"]);
    assert_eq!(lacks(&ida, &x), ["mentor"]);
    assert!(!keys(&ida.run(&["list", "--json", "--limit", "1000"]).json()).contains(&x));
}

#[test]
fn in2_where_nothing_fits_the_closest_is_named_with_what_would_mend_it() {
    let house = House::with(MENTORED);
    let ida = house.desk("zev");
    intern(&ida);
    let query = format!("project:{UNGUIDED}");
    let ran = ida.run(&["list", &query, "--json"]);
    assert_eq!(ran.code(), 1, "nothing found, as for any other list");
    let document = ran.json();
    assert_eq!((&document["found"], document["tasks"].as_array().map(Vec::len)), (&0.into(), Some(0)));
    let closest = &document["interns"]["closest"];
    let misses = closest["misses"].as_array().unwrap();
    assert!(!misses.is_empty() && misses.iter().any(|m| m["wants"] == "mentor"), "{closest}");
    let key = closest["key"].as_str().unwrap();
    assert_eq!(lacks(&ida, key), misses.iter().map(|m| m["wants"].as_str().unwrap()).collect::<Vec<_>>());
    // Nothing there lacks less.
    for other in keys(&ida.fine(&["list", &query, "-is:intern", "is:free", "--json"]).json()) {
        assert!(lacks(&ida, &other).len() >= misses.len(), "{other} is closer than {key}");
    }
    let told = ida.run(&["list", &query]);
    assert_eq!(told.code(), 1);
    assert!(told.err().contains("Nothing fits an intern yet"), "{}", told.err());
    assert!(told.err().contains(&format!("The closest is {key}")), "{}", told.err());
    for miss in misses {
        let (sentence, mend) = (miss["sentence"].as_str().unwrap(), miss["mend"].as_str().unwrap());
        assert!(
            told.err().contains(sentence.get(1..).unwrap()) && told.err().contains(mend),
            "{miss} in {}",
            told.err()
        );
    }
    let mut screen = Terminal::of(&ida.command(&[]), 80, 24);
    screen.shows("fresh");
    screen.press(&format!("/{query}\r"));
    screen.shows("Nothing fits an intern yet").shows(&format!("The closest is {key}")).shows("mend it");
    screen.press("q");
}

#[test]
fn in3_what_is_kept_for_newcomers_is_grey_with_its_day_and_ida_may_claim() {
    let house = House::with(MENTORED);
    house.floor.at("2026-11-18T09:00:00Z");
    let open = |title: &str| house.floor.open_issue(GATEWAY, title, DESCRIBED, &["good first issue", "size/S"]);
    let [x, second] = ["Close sockets of lockers that are gone", "Say how many sockets there are"].map(open);
    house.floor.at(MONDAY);
    let (sam, ida) = (house.desk("sam"), house.desk("zev"));

    let all = sam.fine(&["list", &format!("project:{GATEWAY}"), "--json", "--limit", "1000"]).json();
    let tasks = all["tasks"].as_array().unwrap();
    let at = tasks.iter().position(|t| t["key"] == x.as_str()).unwrap();
    let task = &tasks[at];
    assert_eq!(task["availability"]["is"], "reserved", "{task}");
    assert_eq!(
        (&task["availability"]["opens"], &task["free"], &task["score"]),
        (&"2026-12-02".into(), &false.into(), &Value::Null)
    );
    assert!(tasks[at..].iter().all(|t| t["score"].is_null()), "it comes after all that can be taken");
    assert!(!keys(&sam.fine(&["list", "is:free", "--json", "--limit", "1000"]).json()).contains(&x));
    assert!(seen(&sam, &["list", &format!("key:{x}")]).contains("opens 12-02"), "a word, not only a colour");
    let why = sam.fine(&["why", &x, "--not", "--json"]).json();
    let gate = &why["why_not"]["gates"][0];
    assert_eq!((&gate["rule"], &gate["lifts_on"]), (&"Newcomers".into(), &"2026-12-02".into()), "{why}");
    let error = refused(&sam, &["claim", &x]);
    let refusal = &error["refusal"];
    assert_eq!((&refusal["rule"], &refusal["lifts_on"]), (&"Newcomers".into(), &"2026-12-02".into()), "{error}");
    assert_eq!(refusal["lifter"]["host"][0], "Tobias Hartwell (lead)", "{error}");
    let mut screen = Terminal::of(&sam.command(&[]), 80, 24);
    screen.shows("fresh");
    screen.press(&format!("/key:{x}\r"));
    screen.shows("opens 12-02");
    screen.press("c");
    screen.shows("newcomers").shows("2026-12-02");
    screen.press("q");

    let hers = ida.fine(&["list", &format!("key:{x}"), "--json"]).json();
    assert_eq!((&hers["tasks"][0]["free"], hers["tasks"][0]["score"].is_u64()), (&true.into(), true));
    ida.fine(&["claim", &x, "--size", "S"]);
    assert_eq!(mine(&ida, &x)["state"], "active");
    assert_eq!(house.floor.markers(&x, "claim"), 1);
    // On the day that was named it is anybody's.
    house.day("2026-12-02T09:00:00Z", &[&sam]);
    sam.fine(&["claim", &second, "--size", "S"]);
    assert_eq!(house.assignees(&second), ["sam"]);
}

#[test]
fn in5_one_at_a_time_is_said_kindly_with_what_lifts_it() {
    let house = House::with(MENTORED);
    let ida = house.desk("zev");
    let open = |title: &str| house.floor.open_issue(GATEWAY, title, DESCRIBED, &["size/S"]);
    let [x, second] = ["Close sockets of lockers that are gone", "Say how many sockets there are"].map(open);
    ida.fine(&["sync"]);
    ida.fine(&["claim", &x, "--size", "S"]);
    let error = refused(&ida, &["claim", &second, "--size", "S"]);
    let refusal = &error["refusal"];
    assert_eq!((&refusal["rule"], &refusal["lifter"]), (&"WorkInProgress".into(), &"you".into()), "{error}");
    assert_eq!(error["sentence"], format!("newcomers take one task at a time, and @zev is at {x} now"));
    assert_eq!(refusal["lifts_on"], "2026-12-01", "the day after the lease ends");
    let instead = refusal["instead"].to_string();
    assert!(instead.contains(&format!("floorwalk release {x}")), "{instead}");
    assert!(instead.contains(&format!("floorwalk need-help {x}")), "{instead}");
    assert!(house.assignees(&second).is_empty());
    // What was said lifts it.
    ida.fine(&["release", &x, "--note", "the socket is closed; the test is not written"]);
    ida.fine(&["claim", &second, "--size", "S"]);
    assert_eq!(mine(&ida, &second)["state"], "active");
}

#[test]
fn in9_a_first_merge_is_praised_dated_and_followed_by_a_harder_step() {
    let house = House::with(MENTORED);
    let (ida, ana) = (house.desk("zev"), house.desk("tobias-h"));
    let x = house.floor.open_issue(GATEWAY, "Close sockets of lockers that are gone", DESCRIBED, &["bug", "size/S"]);
    let other = house.floor.open_issue(GATEWAY, "Say how many sockets there are", DESCRIBED, &["bug", "size/S"]);
    let step = house.floor.open_issue(GATEWAY, "Replace the whole pool", DESCRIBED, &["bug", "size/M"]);
    ida.fine(&["sync"]);
    ida.fine(&["claim", &x, "--size", "S"]);
    let novelty = |desk: &Desk| {
        let why = desk.fine(&["why", &other, "--json"]).json();
        let parts = why["why"]["parts"].as_array().unwrap().clone();
        parts.into_iter().find(|p| p["part"] == "novelty").unwrap()["words"].as_str().unwrap().to_owned()
    };
    assert!(!novelty(&ida).contains("first task"), "{}", novelty(&ida));
    let pull = house.floor.pull("zev", &x, false);
    house.floor.demo.set_checks(&pull, Checks::Passed).unwrap();
    house.day("2026-11-25T10:00:00Z", &[&ida, &ana]);
    assert_eq!(mine(&ida, &x).get("first"), None, "nothing is finished");

    // Merged while she looks: the screen says it once.
    let mut screen = Terminal::of(&ida.command(&[]), 110, 30);
    screen.shows("fresh");
    house.floor.by("rune").merge(&pull).unwrap();
    ida.at("2026-11-25T11:00:00Z");
    screen.press("R");
    screen.shows(&format!("Well done: {x}, your first finished task here"));
    screen.press("3");
    screen.shows("a next step, somewhat harder");
    screen.press("q");

    house.day("2026-11-25T11:00:00Z", &[&ida, &ana]);
    let row = mine(&ida, &x);
    let first = &row["first"];
    assert_eq!((&first["days"], &first["level"]), (&2.into(), &"contributed".into()), "{row}");
    assert_eq!(first["claimed_at"], row["life"]["start"], "{row}");
    assert_eq!(first["next"], step.as_str(), "one size larger: {row}");
    let card = seen(&ida, &["mine"]);
    assert!(card.contains("your first finished task here, 2 days after your first claim"), "{card}");
    assert!(card.contains(&format!("a next step, somewhat harder: {step} (M)")), "{card}");
    assert!(novelty(&ida).contains("finished a first task in its project"), "{}", novelty(&ida));

    let asks = room(&ana)["asks"].clone();
    assert_eq!((&asks[0]["what"], &asks[0]["first"]), (&"done: say thanks".into(), &true.into()), "{asks}");
    assert!(seen(&ana, &["team"]).contains("finished a first task here"));
    let thanks = ana.fine(&["thanks", &x, "--json"]).json();
    assert!(
        thanks["to_channel"].as_str().unwrap().contains("It is the first that Zev Moriarty finished here."),
        "{thanks}"
    );

    // The second is no first any more.
    ida.fine(&["claim", &other, "--size", "S"]);
    let again = house.floor.pull("zev", &other, false);
    house.day("2026-11-26T10:00:00Z", &[]);
    house.floor.by("rune").merge(&again).unwrap();
    house.day("2026-11-26T11:00:00Z", &[&ida]);
    assert_eq!(mine(&ida, &other).get("first"), None);
    assert_eq!(mine(&ida, &x)["first"]["level"], "returned");
}

#[test]
fn g5_what_is_required_and_not_known_gates_and_what_is_avoided_is_hidden() {
    let house = House::with(MENTORED);
    let sam = house.desk("sam");
    let x = house.floor.open_issue(GATEWAY, "Move the pool to the new runtime", DESCRIBED, &["skill:elixir!"]);
    let avoided = house.floor.open_issue(GATEWAY, "Print labels again", DESCRIBED, &["skill:haskell"]);
    sam.fine(&["sync"]);
    let gateway = |desk: &Desk, more: &str| {
        keys(&desk.fine(&["list", &format!("project:{GATEWAY}"), more, "--json", "--limit", "1000"]).json())
    };
    // Without a profile nothing is known, and nothing is held against anybody.
    assert!([&x, &avoided].iter().all(|key| gateway(&sam, "is:free").contains(key)));
    let profile = "[me]\navoid = [\"lang:haskell\"]\n[[skill]]\ntag = \"python\"\nlevel = 3\n";
    std::fs::write(sam.folder().join("profile.toml"), profile).unwrap();
    let shown = sam.fine(&["show", &x, "--json"]).json();
    assert_eq!(shown["task"]["availability"]["is"], "lacks", "{shown}");
    assert_eq!(
        (&shown["task"]["availability"]["skills"][0], &shown["task"]["score"]),
        (&"lang:elixir".into(), &Value::Null)
    );
    assert!(seen(&sam, &["list", &format!("key:{x}")]).contains("needs elixir"));
    let error = refused(&sam, &["claim", &x]);
    assert_eq!((&error["refusal"]["rule"], &error["refusal"]["lifter"]), (&"Access".into(), &"you".into()), "{error}");
    assert!(!gateway(&sam, "sort:key").contains(&avoided));
    assert_eq!(gateway(&sam, "is:avoided"), std::slice::from_ref(&avoided));
    let why = sam.fine(&["why", &avoided, "--not", "--json"]).json();
    assert_eq!(why["why_not"]["gates"][0]["rule"], "avoided", "{why}");
    // An intern with a mentor who has room may learn it there.
    std::fs::write(sam.folder().join("profile.toml"), profile.replace("[me]", "[me]\nrole = \"intern\"")).unwrap();
    assert_eq!(sam.fine(&["show", &x, "--json"]).json()["task"]["free"], true);
}
