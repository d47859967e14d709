//! Every dialog: what it shows before anything is sent, what it wishes, what it refuses and keeps.

use floorwalk::{
    app::{Command, Event, UserError},
    domain::{
        commitment::{Act, Commitment, DoneKind, HostReason},
        evidence::Checks,
        key::TaskKey,
        outbox::{Amendment, Answer},
        person::Login,
        refusal::{Lifter, Refusal, Rule},
    },
};

use super::{tui_lives::*, tui_world::*};

fn held() -> Vec<Commitment> {
    vec![with_pull(1, key("vision/dataloader", 31), Checks::Passed)]
}

fn task() -> TaskKey {
    key("vision/dataloader", 31)
}

/// Presses keys on Mine, takes a picture, presses more; gives back what was wished.
fn mine(name: &str, keys: &str, fill: impl Fn(&mut Screen)) -> Vec<Command> {
    let mut screen = screen(held(), 80, 24);
    screen.keys("3").keys(keys);
    fill(&mut screen);
    insta::assert_snapshot!(name, screen.view());
    screen.keys("enter");
    screen.wishes()
}

fn amended(amendment: Amendment) -> [Command; 1] {
    [Command::Amend { key: task(), amendment }]
}

fn answered(answer: Answer, text: &str) -> [Command; 1] {
    [Command::Answer { key: task(), helper: None, answer, text: text.into() }]
}

#[test]
fn done_says_how_and_what_the_host_should_know() {
    let wishes = mine("done", "d", |screen| {
        screen.text("d").keys("tab").text("wrote the guide").keys("tab tab").text("https://example.org/guide");
    });
    let note = "**Done so far:** wrote the guide\n\n**Links:** https://example.org/guide".into();
    assert_eq!(wishes, amended(Amendment::Done { kind: DoneKind::Docs, note }));
}

#[test]
fn renewing_names_a_later_day_and_says_why() {
    let wishes = mine("renew", "e", |screen| {
        screen.keys("left tab").text("the review needs one more round");
    });
    let why = "the review needs one more round".into();
    assert_eq!(wishes, amended(Amendment::Renew { until: day("12-02"), why }));
}

#[test]
fn pausing_names_the_last_day_away() {
    let wishes = mine("pause", "p", |screen| {
        screen.keys("right right right");
    });
    assert_eq!(wishes, amended(Amendment::Pause { until: day("11-30") }));
}

#[test]
fn a_block_names_who_and_when_it_is_looked_at() {
    let wishes = mine("block", "b", |screen| {
        screen.text("platf/http#88");
    });
    assert_eq!(wishes, amended(Amendment::Block { by: "platf/http#88".into(), review: day("11-27") }));
}

#[test]
fn help_asks_the_host() {
    let wishes = mine("help_wanted", "n", |screen| {
        screen.text("Which answers").keys("ctrl-j").text("may be retried?");
    });
    assert_eq!(wishes, answered(Answer::Help { tell: Vec::new() }, "Which answers\nmay be retried?"));
}

#[test]
fn handing_over_names_somebody() {
    let wishes = mine("hand_over", "H", |screen| {
        screen.text("@lee").keys("tab").text("tests are missing");
    });
    assert_eq!(wishes, answered(Answer::Offer { to: "lee".into() }, "tests are missing"));
}

#[test]
fn a_claim_shows_what_it_costs_the_host_before_anything_is_sent() {
    let mut screen = screen(Vec::new(), 80, 24);
    screen.go_to(&key("vision/dataloader", 412)).keys("c right right");
    insta::assert_snapshot!("claim_of_a_host", screen.view());
    screen.shows("of the 1 h a week").shows("#vision-help").shows("release freeze");
    screen.keys("right").shows("Refused: ").keys("enter").shows("Claim: refused");
    insta::assert_snapshot!("claim_over_the_budget", screen.view());
    assert_eq!(screen.wishes(), []);
    screen.keys("esc esc c left").lacks("Refused").keys("enter");
    assert_eq!(screen.wishes().len(), 1);
}

#[test]
fn where_the_host_wants_to_be_asked_a_claim_says_that_it_is_a_request() {
    let mut all = roster();
    all.teams[1].leads = vec!["ana".into()];
    let first = lives(Vec::new(), all);
    let mut screen = Screen::with(first, floorwalk::tui::state::Options::default(), 80, 24);
    screen.go_to(&key("search/cli", 98)).keys("c").shows("wants to be asked first").shows("asked for instead of taken");
    insta::assert_snapshot!("claim_asks", screen.view());
}

/// A request to my team, under the cursor of Discover.
fn asked() -> Screen {
    let mut screen = screen(vec![asked_of_me(1, key("search/cli", 131))], 80, 24);
    screen.go_to(&key("search/cli", 131));
    screen
}

fn of_kim(answer: Answer, text: &str) -> [Command; 1] {
    let helper = Some(Login::new("kim"));
    [Command::Answer { key: key("search/cli", 131), helper, answer, text: text.into() }]
}

#[test]
fn a_request_is_accepted_or_declined_in_one_key() {
    let mut screen = asked();
    screen.keys("a").shows("I know this parser well");
    insta::assert_snapshot!("accept", screen.view());
    screen.keys("enter");
    assert_eq!(screen.wishes(), of_kim(Answer::Consent { mentor: None, waive: false }, ""));
    screen.keys("x tab").text("we rewrite the parser");
    insta::assert_snapshot!("decline", screen.view());
    screen.keys("enter");
    assert_eq!(screen.wishes(), of_kim(Answer::Decline { reason: HostReason::NotNow }, "we rewrite the parser"));
}

#[test]
fn a_lead_goes_over_the_own_limit_only_knowingly_and_names_a_mentor() {
    let mut limited = roster();
    let policy = limited.policies.get_mut("search").unwrap();
    policy.max_helpers = Some(0);
    policy.mentors = vec![floorwalk::domain::policy::Mentor { handle: "milo".into(), capacity: 2, on: true }];
    let first = lives(vec![asked_of_me(1, key("search/cli", 131))], limited);
    let mut screen = Screen::with(first, floorwalk::tui::state::Options::default(), 80, 24);
    screen.go_to(&key("search/cli", 131)).keys("a").shows("milo 0/2").shows("keep them").keys("enter");
    assert_eq!(screen.wishes(), []);
    insta::assert_snapshot!("accept_over_a_limit", screen.view());
    screen.keys("right enter");
    assert_eq!(screen.wishes(), of_kim(Answer::Consent { mentor: Some("milo".into()), waive: true }, ""));
}

#[test]
fn revoking_needs_words_and_reopening_a_link() {
    let log = vec![claimed("11-16T09:00", &kim(), "11-27")];
    let mut screen = screen(vec![commitment(1, key("search/cli", 131), kim(), log)], 80, 24);
    screen.with_taken().go_to(&key("search/cli", 131)).keys("enter X tab enter").shows("explained to the helper");
    screen.text("the team needs it for the release");
    insta::assert_snapshot!("revoke", screen.view());
    screen.keys("enter");
    let text = "the team needs it for the release";
    assert_eq!(screen.wishes(), of_kim(Answer::Revoke { reason: HostReason::NotNow }, text));
}

#[test]
fn finished_work_is_accepted_with_thanks() {
    let log =
        vec![claimed("11-16T09:00", &kim(), "11-27"), did("11-19T09:00", &kim(), Act::Done { kind: DoneKind::Docs })];
    let mut screen = screen(vec![commitment(1, key("search/cli", 131), kim(), log)], 80, 24);
    screen.with_taken().go_to(&key("search/cli", 131)).keys("enter t").text("Thank you, this was overdue!");
    insta::assert_snapshot!("thank", screen.view());
    screen.keys("enter");
    assert_eq!(screen.wishes(), of_kim(Answer::Consent { mentor: None, waive: false }, "Thank you, this was overdue!"));
}

#[test]
fn thanks_for_what_is_over_are_a_draft_on_the_clipboard() {
    let log = vec![
        claimed("11-09T09:00", &kim(), "11-20"),
        did("11-12T09:00", &kim(), Act::Done { kind: DoneKind::Docs }),
        did("11-13T10:00", &ana(), Act::Closed),
    ];
    let mut screen = screen(vec![commitment(1, key("search/cli", 131), kim(), log)], 80, 24);
    screen.go_to(&key("search/cli", 131)).keys("enter t").shows("copied a word of thanks for #search");
    let [draft] = screen.turns.world.clipboard.as_slice() else { panic!("no draft") };
    assert!(draft.starts_with("Thank you @kim for search/cli#131"), "{draft}");
    assert_eq!(screen.wishes(), []);
}

#[test]
fn who_does_not_speak_for_the_host_is_told_so() {
    let log = vec![did("11-19T09:00", &kim(), Act::Request { until: day("11-27"), size: None })];
    let mut screen = screen(vec![commitment(1, key("vision/dataloader", 77), kim(), log)], 80, 24);
    screen.go_to(&key("vision/dataloader", 77)).keys("x").shows("for the leads and mentors of Vision");
    assert_eq!(screen.wishes(), []);
}

#[test]
fn mistakes_stay_in_the_dialog_and_nothing_is_lost() {
    let mut screen = screen(held(), 80, 24);
    screen.keys("3 e tab enter").shows("a renewal says why").text("tests").keys("shift-tab ctrl-u").text("soon");
    screen.keys("enter").shows("'soon' is no day");
    insta::assert_snapshot!("mistake", screen.view());
    screen.keys("esc e").shows("soon").shows("tests");
    screen.keys("esc h enter").shows("Hand back");
    assert_eq!(screen.wishes(), []);
    screen.text("the cause").keys("enter");
    assert_eq!(screen.wishes().len(), 1);
    screen.told(Event::Failed(UserError::refused("the tracker is down", ""))).keys("h").shows("the cause");
}

#[test]
fn a_refusal_is_a_panel_that_leads_to_what_is_free() {
    let refusal =
        Refusal::new(Rule::HostConcurrency, "Vision has two helpers already", Lifter::Host(vec!["ana (lead)".into()]))
            .until(day("11-27"))
            .instead("ask for it: floorwalk claim vision/dataloader#412 --ask");
    let refusal = Refusal { alternatives: vec![key("search/cli", 98), key("docs/handbook", 5)], ..refusal };
    let error = UserError::from(refusal);
    for (columns, rows) in [(80, 24), (120, 40), (40, 15)] {
        let mut screen = screen(Vec::new(), columns, rows);
        screen.told(Event::Failed(error.clone()));
        insta::assert_snapshot!(format!("refused_{columns}x{rows}"), screen.view());
        screen.keys("down enter").shows("Explain how on-call");
        assert!(screen.turns.state.overlay.is_none());
    }
    // Whoever is typing is not interrupted.
    let mut screen = screen(Vec::new(), 80, 24);
    screen.keys("/ x").told(Event::Failed(error)).shows("failed: Vision has two helpers").text("y");
    assert_eq!(screen.turns.state.discover.query.text(), "xy");
}
