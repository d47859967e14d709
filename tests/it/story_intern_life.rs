//! The stories of an intern about the life of a commitment, on the real program: IN4 (proposal, not assignment), IN6
//! (checklist), IN7 (plan) and IN8 (stuck). ida is new at Vision, mo guides her, ana leads.

use serde_json::Value;

use crate::{
    floor::{Desk, Floor, Ran},
    story_cast::{ANA, BOB, LEE, MO, MONDAY, VISION, free, helper, mine},
};

/// The intern's account.
const IDA: &str = "sam";

/// The organisation on the Monday of the stories.
struct House {
    floor: Floor,
    vision: String,
}

impl House {
    /// With these lines in Vision's policy.
    fn with(vision: &str) -> Self {
        let floor = Floor::open();
        floor.at(MONDAY);
        Self { floor, vision: vision.to_owned() }
    }

    /// A fresh desk that has read everything.
    fn desk(&self, login: &str, now: &str) -> Desk {
        let desk = self.floor.desk_with(login, "registry = \"registry\"");
        desk.at(now);
        std::fs::create_dir(desk.folder().join("registry")).unwrap();
        self.registry(&desk, &self.vision);
        desk.fine(&["sync"]);
        desk
    }

    fn registry(&self, desk: &Desk, vision: &str) {
        let person = |(handle, login, team, more): (&str, &str, &str, &str)| {
            format!(
                "[[person]]\nhandle = \"{handle}\"\nteam = \"{team}\"\n{more}github = [{{ login = \"{login}\" }}]\n"
            )
        };
        let people = [
            ("ida", IDA, "platform", "standing = \"intern\"\n"),
            ("lee", LEE, "search", ""),
            ("ana", ANA, "vision", ""),
            ("mo", MO, "vision", ""),
            ("bob", BOB, "vision", ""),
        ];
        let teams = "[team.vision]\nname = \"Vision\"\nleads = [\"ana\"]\nprojects = [\"quillfern/locker-*\"]\n\
                     [team.platform]\nname = \"Platform\"\n[team.search]\nname = \"Search\"\n";
        let text = format!("{teams}[host.vision]\n{vision}\n{}", people.map(person).concat());
        std::fs::write(desk.folder().join("registry/floor.toml"), text).unwrap();
    }

    fn assignees(&self, key: &str) -> Vec<String> {
        let issue = self.floor.issue(key);
        issue["assignees"].as_array().unwrap().iter().map(|a| a["login"].as_str().unwrap().to_owned()).collect()
    }

    /// Requests that change the tracker, from a moment of the log on.
    fn writes(&self, from: usize) -> Vec<String> {
        let requests = self.floor.demo.requests().split_off(from);
        let writes = requests.iter().filter(|r| r.method != "GET" && !r.path.starts_with("/graphql"));
        writes.map(|r| format!("{} {} by {}", r.method, r.path, r.login)).collect()
    }

    fn mark(&self) -> usize {
        self.floor.demo.requests().len()
    }

    /// The newest comment of a task.
    fn last_comment(&self, key: &str) -> String {
        self.floor.comments(key).pop().unwrap()
    }
}

const MENTORS: &str = "consent = \"notify\"\ncontact = \"#vision-help\"\n\
                       mentors = [{ handle = \"mo\", capacity = 1, rotation = \"on\" }, \
                       { handle = \"bob\", capacity = 2, rotation = \"off\" }]";

/// The proposal of a task as `mine --json` of somebody has it.
fn proposal(desk: &Desk, key: &str) -> Option<Value> {
    let all = desk.fine(&["mine", "--json"]).json();
    all["proposals"].as_array().unwrap().iter().find(|p| p["task"]["key"] == key).cloned()
}

fn refused(ran: &Ran) -> Value {
    assert_eq!(ran.code(), 1, "{}\n{}", ran.out(), ran.err());
    ran.json()["error"].clone()
}

#[test]
fn in4_a_proposal_assigns_nobody_until_the_person_accepts_it_by_a_claim() {
    let house = House::with(MENTORS);
    let (ida, mo) = (house.desk(IDA, MONDAY), house.desk(MO, MONDAY));
    let x = free(&mo, VISION, 1).remove(0);

    // A dry run writes nothing; then one comment, and nothing else.
    let from = house.mark();
    let dry = mo.fine(&["propose", &x, "--to", "ida", "--dry-run", "--json"]).json();
    assert_eq!((&dry["dry_run"], house.writes(from).len()), (&true.into(), 0), "{dry}");
    assert!(dry["would"][0].as_str().unwrap().contains("nobody is assigned until they take it"), "{dry}");
    let text = "small and well described; I sit next to it, @everyone";
    let made = mo.fine(&["propose", &x, "--to", "ida", "--size", "S", "--text", text, "--json"]).json();
    assert_eq!(made["proposals"][0]["standing"], "open", "{made}");
    let (path, number) = x.split_once('#').unwrap();
    assert_eq!(house.writes(from), [format!("POST /repos/{path}/issues/{number}/comments by {MO}")]);
    assert_eq!(house.assignees(&x), [""; 0]);
    let comment = house.last_comment(&x);
    assert!(comment.starts_with("<!-- floorwalk/1 {\"k\":\"propose\""), "{comment}");
    assert!(comment.contains(&format!("proposes this to @{IDA}")) && !comment.contains("@everyone"), "{comment}");
    assert!(comment.contains("ends after **30 Nov 2026**"), "five working days, as a request: {comment}");

    // Everybody reads it from the tracker alone, on a fresh installation too; it stays free.
    ida.fine(&["sync"]);
    let fresh = house.desk(IDA, MONDAY);
    for desk in [&ida, &fresh] {
        let p = proposal(desk, &x).unwrap();
        assert_eq!((&p["standing"], &p["to_me"], &p["until"]), (&"open".into(), &true.into(), &"2026-11-30".into()));
        assert_eq!((&p["by"], &p["size"]), (&MO.into(), &"S".into()), "{p}");
        assert!(p["words"].as_str().unwrap().starts_with("small and well described"), "{p}");
        let shown = desk.fine(&["show", &x, "--json"]).json();
        assert_eq!(shown["task"]["free"], true, "{shown}");
    }
    assert_eq!(proposal(&mo, &x).unwrap()["by_me"], true);

    // She asks first: mo's turn, and still nobody is assigned; his word on the task answers it.
    let asked = ida.fine(&["need-help", &x, "do I need a locker on my desk?", "--json"]).json();
    assert_eq!(asked["proposals"][0]["standing"], "asked", "{asked}");
    mo.fine(&["sync"]);
    let room = mo.fine(&["team", "vision", "--json"]).json()["rooms"][0].clone();
    let ask = room["asks"].as_array().unwrap().iter().find(|a| a["task"] == x.as_str()).unwrap().clone();
    assert_eq!(ask["what"], "asks about your proposal", "{room}");
    assert_eq!(room["proposed"][0]["question"], "do I need a locker on my desk?", "{room}");
    house.floor.by(MO).comment(&x, "No, the simulator is enough.").unwrap();
    for desk in [&ida, &mo] {
        desk.fine(&["sync"]);
        assert_eq!(proposal(desk, &x).unwrap()["standing"], "open");
    }
    assert_eq!(house.assignees(&x), [""; 0]);

    // Accepting is an ordinary claim: the size that was named, the guards, the marks.
    let taken = ida.fine(&["accept", &x, "--json"]).json();
    assert_eq!((&taken["commitments"][0]["state"], &taken["commitments"][0]["size"]), (&"active".into(), &"S".into()));
    assert_eq!(house.assignees(&x), [IDA]);
    assert_eq!(house.floor.markers(&x, "claim"), 1);
    mo.fine(&["sync"]);
    for desk in [&ida, &mo] {
        assert_eq!(proposal(desk, &x), None, "nothing waits any more");
    }
    assert!(helper(&mo, "vision", &x).is_some());
}

#[test]
fn in4_a_no_has_a_reason_costs_nothing_and_a_silence_ends_by_itself() {
    let house = House::with(MENTORS);
    let (ida, mo, ana) = (house.desk(IDA, MONDAY), house.desk(MO, MONDAY), house.desk(ANA, MONDAY));
    let [x, y]: [String; 2] = free(&mo, VISION, 2).try_into().unwrap();
    mo.fine(&["propose", &x, "--to", IDA]);
    ana.fine(&["propose", &y, "--to", "ida"]);
    ida.fine(&["sync"]);
    assert!(proposal(&ida, &y).is_some());

    let declined = ida.fine(&["decline", &x, "--reason", "not-now", "--text", "exams until Friday", "--json"]).json();
    let p = &declined["proposals"][0];
    assert_eq!((&p["standing"], &p["reason"]), (&"declined".into(), &"not-now".into()), "{declined}");
    assert_eq!(p["declined"], "exams until Friday", "{declined}");
    assert_eq!(proposal(&ida, &x), None);
    mo.fine(&["sync"]);
    assert_eq!(proposal(&mo, &x).unwrap()["declined"], "exams until Friday", "who proposed it reads why");
    assert_eq!((house.assignees(&x).len(), mine(&ida, &x)), (0, None), "a no leaves nothing behind");
    let listed = ida.fine(&["list", &format!("is:free project:{VISION}"), "--json"]).json();
    assert!(listed["tasks"].as_array().unwrap().iter().any(|t| t["key"] == x.as_str()));
    // It can be taken all the same, and proposed to somebody else.
    mo.fine(&["propose", &x, "--to", "lee"]);

    // Nobody answers: after five working days it is over, without any write.
    let from = house.mark();
    house.floor.day("2026-12-01T09:00:00Z", &[&ida, &ana]);
    ida.fine(&["sync"]);
    ana.fine(&["sync"]);
    assert_eq!(proposal(&ida, &y), None);
    assert_eq!(proposal(&ana, &y).unwrap()["standing"], "lapsed");
    assert_eq!(house.writes(from), [""; 0]);
    let error = refused(&ida.run(&["decline", &y, "--reason", "not-now", "--json"]));
    assert!(error["sentence"].as_str().unwrap().contains(&y), "{error}");
}

#[test]
fn in4_only_mentors_and_leads_propose_and_a_forged_proposal_is_ignored() {
    let house = House::with(MENTORS);
    let (ida, lee, mo) = (house.desk(IDA, MONDAY), house.desk(LEE, MONDAY), house.desk(MO, MONDAY));
    let [x, y]: [String; 2] = free(&mo, VISION, 2).try_into().unwrap();
    let from = house.mark();
    let error = refused(&lee.run(&["propose", &x, "--to", IDA, "--json"]));
    assert_eq!(
        (&error["refusal"]["rule"], &error["refusal"]["lifter"]["host"][0]),
        (&"Permission".into(), &"ana (lead)".into())
    );
    assert_eq!(house.writes(from), [""; 0]);
    // Written by hand: it looks like one and is none.
    mo.fine(&["propose", &y, "--to", IDA]);
    house.floor.by(LEE).comment(&x, &house.last_comment(&y)).unwrap();
    ida.fine(&["sync"]);
    assert_eq!(proposal(&ida, &x), None);
    assert!(proposal(&ida, &y).is_some());
    // One task is proposed to one person at a time, and to nobody who has it.
    let error = refused(&mo.run(&["propose", &y, "--to", LEE, "--json"]));
    assert_eq!((&error["refusal"]["rule"], &error["refusal"]["lifts_on"]), (&"Held".into(), &"2026-11-30".into()));
    ida.fine(&["claim", &y, "--size", "S"]);
    mo.fine(&["sync"]);
    let error = refused(&mo.run(&["propose", &y, "--to", LEE, "--json"]));
    assert!(error["sentence"].as_str().unwrap().contains(&format!("@{IDA} has {y}")), "{error}");
}

#[test]
fn in7_a_plan_is_the_first_sign_and_names_the_mentor_for_a_word_within_two_days() {
    let house = House::with(MENTORS);
    let (ida, mo) = (house.desk(IDA, MONDAY), house.desk(MO, MONDAY));
    let x = free(&ida, VISION, 1).remove(0);
    ida.fine(&["claim", &x, "--size", "S"]);
    assert_eq!(mine(&ida, &x).unwrap()["life"]["next"]["timer"], "start_by");
    let error = refused(&ida.run(&["plan", &x, "--text", " ", "--json"]));
    assert_eq!(error["refusal"]["rule"], "Words", "{error}");
    let dry = ida.fine(&["plan", &x, "--text", "reproduce it", "--dry-run"]).out();
    assert!(dry.contains(&format!("ask @{MO} for a word about it")), "{dry}");

    let from = house.mark();
    let posted = ida.fine(&["plan", &x, "--text", "reproduce it, write the test, then the fix", "--json"]).json();
    let (path, number) = x.split_once('#').unwrap();
    assert_eq!(house.writes(from), [format!("POST /repos/{path}/issues/{number}/comments by {IDA}")]);
    let comment = house.last_comment(&x);
    assert!(
        comment.contains("reproduce it, write the test") && comment.contains(&format!("@{MO} is asked")),
        "{comment}"
    );
    let row = &posted["commitments"][0];
    assert_eq!((&row["state"], &row["life"]["artefact"]), (&"active".into(), &true.into()), "{row}");
    assert_eq!(row["feedback"], format!("@{MO} is asked for a word about the plan by 2026-11-25"), "{row}");
    assert_ne!(row["life"]["next"]["timer"], "start_by", "{row}");
    assert!(row["plan"].as_str().unwrap().contains("write the test"), "{row}");

    // Three quiet days bring no reminder; the host's room has the plan to answer.
    house.floor.day("2026-11-24T15:00:00Z", &[&ida, &mo]);
    mo.fine(&["sync"]);
    let room = mo.fine(&["team", "vision", "--json"]).json()["rooms"][0].clone();
    let ask = room["asks"].as_array().unwrap().iter().find(|a| a["task"] == x.as_str()).unwrap().clone();
    assert_eq!(ask["what"], "posted a plan", "{room}");
    house.floor.day("2026-11-26T15:00:00Z", &[&ida]);
    ida.fine(&["sync"]);
    assert_eq!(mine(&ida, &x).unwrap()["state"], "active", "start_by would have been on the 26th in the morning");

    // Mo's word takes it off both lists.
    house.floor.by(MO).comment(&x, "Good. Begin with the test.").unwrap();
    mo.at("2026-11-26T15:10:00Z");
    for desk in [&ida, &mo] {
        desk.fine(&["sync"]);
    }
    assert_eq!(mine(&ida, &x).unwrap()["feedback"], Value::Null);
    let room = mo.fine(&["team", "vision", "--json"]).json()["rooms"][0].clone();
    assert!(room["asks"].as_array().unwrap().iter().all(|a| a["task"] != x.as_str()), "{room}");
    // A fresh installation reads the same.
    let fresh = house.desk(IDA, "2026-11-26T15:20:00Z");
    assert_eq!(mine(&fresh, &x).unwrap()["life"]["artefact"], true);
}

#[test]
fn in8_need_help_is_one_message_with_context_to_the_mentor_and_stops_the_clock() {
    // Bob is free, too, and comes before mo by name: whoever was named is asked.
    let ask = MENTORS.replace("consent = \"notify\"", "consent = \"ask\"").replace("\"off\"", "\"on\"");
    let house = House::with(&ask);
    let (ida, mo) = (house.desk(IDA, MONDAY), house.desk(MO, MONDAY));
    let x = free(&ida, VISION, 1).remove(0);
    ida.fine(&["claim", &x, "--size", "S", "--plan", "find the leak"]);
    mo.fine(&["sync"]);
    mo.fine(&["accept", &x, "--for", IDA, "--mentor", "mo"]);
    ida.fine(&["sync"]);
    house.floor.day("2026-11-24T09:00:00Z", &[&ida]);
    let pull = house.floor.pull(IDA, &x, true);
    ida.fine(&["sync"]);
    let from = house.mark();
    ida.fine(&["need-help", &x, "the socket is closed twice; where is its owner?"]);
    let (path, number) = x.split_once('#').unwrap();
    assert_eq!(house.writes(from), [format!("POST /repos/{path}/issues/{number}/comments by {IDA}")], "one message");
    let comment = house.last_comment(&x);
    assert_eq!(comment.matches(&format!("@{MO}")).count(), 1, "{comment}");
    assert!(!comment.contains(&format!("@{ANA}")) && !comment.contains(&format!("@{BOB}")), "{comment}");
    for context in ["the socket is closed twice", "plan: find the leak", "Here since 23 Nov 2026", "(draft, "] {
        assert!(comment.contains(context), "{context} in {comment}");
    }
    assert!(comment.contains(&format!("pull request #{}", pull.split_once('#').unwrap().1)), "{comment}");
    assert_eq!(mine(&ida, &x).unwrap()["state"], "waiting_host");

    // A second question waits for the answer to the first: it would be a second message.
    let from = house.mark();
    let error = refused(&ida.run(&["need-help", &x, "anybody?", "--json"]));
    assert_eq!((&error["refusal"]["rule"], house.writes(from).len()), (&"State".into(), 0), "{error}");

    // The clock stands for as long as nobody answers: no reminder after ten days, and the days are given back.
    house.floor.day("2026-12-04T09:00:00Z", &[&ida]);
    ida.fine(&["sync"]);
    let row = mine(&ida, &x).unwrap();
    assert_eq!((&row["state"], &row["life"]["reminded"]), (&"waiting_host".into(), &Value::Null), "{row}");
    assert_eq!(row["until"], "2026-12-10", "later by the eight working days in which the clock stood: {row}");
    house.floor.by(MO).comment(&x, "It belongs to the pool.").unwrap();
    ida.fine(&["sync"]);
    let row = mine(&ida, &x).unwrap();
    assert_eq!((&row["state"], &row["turn"]), (&"active".into(), &"your turn".into()), "{row}");
    ida.fine(&["need-help", &x, "and who closes the pool?", "--dry-run"]);
}

#[test]
fn in8_the_next_mentor_is_asked_when_the_first_is_off_rotation_or_full_and_else_the_lead() {
    let house = House::with(MENTORS);
    let ida = house.desk(IDA, MONDAY);
    let x = free(&ida, VISION, 1).remove(0);
    ida.fine(&["claim", &x, "--size", "S"]);
    let asked = |vision: &str| {
        house.registry(&ida, vision);
        ida.fine(&["need-help", &x, "where?", "--dry-run"]).out()
    };
    let told = |login: &str| format!("ask @{login} for help on {x}");
    assert!(asked(MENTORS).contains(&told(MO)));
    let both = MENTORS.replace("rotation = \"off\"", "rotation = \"on\"");
    let off = both.replacen("rotation = \"on\"", "rotation = \"off\"", 1);
    assert!(asked(&off).contains(&told(BOB)), "{}", asked(&off));
    let full = both.replace("capacity = 1", "capacity = 0");
    assert!(asked(&full).contains(&told(BOB)), "{}", asked(&full));
    let none = MENTORS.replace("rotation = \"on\"", "rotation = \"off\"");
    assert!(asked(&none).contains(&told(ANA)), "{}", asked(&none));
}

#[test]
fn in6_after_the_first_claim_a_checklist_from_the_documents_with_ticks_and_a_note_on_the_gap() {
    let house = House::with(MENTORS);
    let guide = "# Helping\n\n## Build\n\nRun `just build` in the top folder and wait; the first time it fetches images, \
                 and after that it is quick enough to run often.\n";
    house.floor.write_file(VISION, "CONTRIBUTING.md", guide);
    let ida = house.desk(IDA, MONDAY);
    let x = free(&ida, VISION, 1).remove(0);
    let early = refused(&ida.run(&["checklist", &x, "--json"]));
    assert!(early["sentence"].as_str().unwrap().contains("you have claimed nothing"), "{early}");
    let claimed = ida.fine(&["claim", &x, "--size", "S"]).err();
    assert!(claimed.contains(&format!("first days here: 0 of 4 points done: `floorwalk checklist {x}`")), "{claimed}");
    assert!(claimed.contains("[ ] build, it builds here: CONTRIBUTING.md, 'Build'"), "{claimed}");

    let list = ida.fine(&["checklist", &x, "--json"]).json();
    let points: Vec<(&str, bool)> = list["points"]
        .as_array()
        .unwrap()
        .iter()
        .map(|p| (p["point"].as_str().unwrap(), p["gap"].as_bool().unwrap()))
        .collect();
    assert_eq!(points, [("access", false), ("build", false), ("tests", true), ("channel", false)], "{list}");
    assert_eq!(list["points"][3]["how"], "ask in #vision-help");
    // Ticks are kept on this machine, and nobody hears of them.
    let from = house.mark();
    ida.fine(&["checklist", &x, "--tick", "build", "--dry-run"]);
    let ticked = ida.fine(&["checklist", &x, "--tick", "access", "--tick", "build", "--json"]).json();
    assert_eq!(ticked["points"][1]["ticked"], MONDAY, "{ticked}");
    let list = ida.fine(&["checklist", &x, "--untick", "access", "--json"]).json();
    assert_eq!((&list["points"][0]["ticked"], &list["points"][1]["ticked"]), (&Value::Null, &MONDAY.into()), "{list}");
    assert_eq!(house.writes(from), [""; 0]);

    // The gap becomes a note: a draft that is shown, asked about, sent once.
    let draft = ida.fine(&["checklist", &x, "--friction", "tests", "--dry-run", "--json"]).json();
    assert_eq!(draft["title"], "Say how to run the tests", "{draft}");
    assert_eq!(house.writes(from), [""; 0]);
    let asked = ida.run(&["checklist", &x, "--friction", "tests"]);
    assert_ne!(asked.code(), 0, "nobody is there to confirm it: {}", asked.err());
    assert_eq!(house.writes(from), [""; 0]);
    let sent = ida.fine(&["checklist", &x, "--friction", "tests", "--yes", "--json"]).json();
    let made = sent["task"]["key"].as_str().unwrap().to_owned();
    assert_eq!(house.writes(from), [format!("POST /repos/{VISION}/issues by {IDA}")]);
    assert_eq!(house.floor.issue(&made)["title"], "Say how to run the tests");
    let again = refused(&ida.run(&["checklist", &x, "--friction", "tests", "--yes", "--json"]));
    assert!(again["sentence"].as_str().unwrap().contains(&made), "{again}");
    let list = ida.fine(&["checklist", &x, "--json"]).json();
    assert_eq!(list["points"][2]["task"], made.as_str(), "{list}");
    let error = refused(&ida.run(&["checklist", &x, "--friction", "build", "--json"]));
    assert!(error["sentence"].as_str().unwrap().contains("there is no gap about 'build'"), "{error}");
}
