//! How well a task is described: what earns points and what does not.

use floorwalk::{
    domain::{
        key::{ProjectRef, TaskKey, TrackerName},
        policy::{Mentor, Policy},
        task::{Task, TaskState},
        text::Foreign,
    },
    judge::readiness::{self, Beside, Readiness},
};
use proptest::prelude::*;

fn task(title: &str, labels: &[&str]) -> Task {
    let project = ProjectRef::parse(&TrackerName::parse("gh").unwrap(), "acme/app").unwrap();
    let at: jiff::Timestamp = "2026-11-01T00:00:00Z".parse().unwrap();
    Task {
        key: TaskKey::new(project, 7),
        id: 7,
        node_id: None,
        title: title.into(),
        state: TaskState::Open,
        labels: labels.iter().map(|l| Foreign::from(*l)).collect(),
        assignees: Vec::new(),
        author: None,
        association: Default::default(),
        created_at: at,
        updated_at: at,
        closed_at: None,
        comments: 0,
        reactions: 0,
        milestone: None,
        locked: false,
        planning: None,
    }
}

/// Names of the checks that a task without labels gets for a description.
fn met(body: &str) -> Vec<&'static str> {
    met_by(&task("Log in fails", &[]), body, &Policy::default())
}

fn met_by(task: &Task, body: &str, policy: &Policy) -> Vec<&'static str> {
    Readiness::of(task, body, Beside::of(policy, None)).checks.iter().filter(|c| c.met).map(|c| c.name).collect()
}

const AGREED: &str = "an agreed approach";

#[test]
fn an_empty_description_earns_nothing_but_that_nothing_is_undecided() {
    assert_eq!(met(""), [AGREED]);
    let found = Readiness::of(&task("Should it log in?", &[]), "", Beside::default());
    assert_eq!(found.points, 0);
    assert_eq!(found.checks.iter().map(|c| c.points).sum::<u32>(), 100);
    assert_eq!(found.missing().next().map(|c| c.name), Some("acceptance criteria"));
    assert!(!met_by(&task("Log in", &["needs decision"]), "", &Policy::default()).contains(&AGREED));
}

#[test]
fn what_a_template_says_is_not_what_a_person_says() {
    let template = "<!-- Please read this first. It is long and says a lot about how to write to us, and nothing else. -->\n\
        ## Describe the bug\nA clear and concise description of what the bug is.\n\n\
        ## Acceptance criteria\n\n## Why\n\n\
        ## To Reproduce\nSteps to reproduce the behavior:\n1. Go to '...'\n2. Click on '....'\n3. See error\n\n\
        ```\n\n```\n\
        - [ ] I have searched the existing issues\n- [ ] I agree to follow the code of conduct\n\n\
        ### Expected behavior\n_No response_\n";
    assert_eq!(met(template), [AGREED]);
    let headings = "# Why\n# Acceptance criteria\n# Motivation\n# Definition of done\n# Mentor\n".repeat(50);
    assert_eq!(met(&headings), [AGREED], "empty headings");
    let quoted = "> as a user I want words so that they count in src/lib.rs, see https://example.org\n".repeat(20);
    assert_eq!(met(&quoted), [AGREED], "somebody else's words");
}

#[test]
fn a_full_description_meets_every_check_that_can_be_known() {
    let body = "When somebody logs in with a password that has a colon in it, the session is made and thrown away at once, \
        because the header is parted at the first colon that is found, and the rest of the password is lost on the way \
        to the check. It has been so since the change in #412.\n\n\
        As an operator I want every password to work so that nobody has to call me at night.\n\n\
        ## Acceptance criteria\n- [ ] passwords with a colon work\n- [ ] a test says so\n\n\
        ```\ncurl -u a:b:c https://example.org\n```\n\
        The code is in `src/session/header.rs`.\n\nMentor: @ana\n";
    let task = task("Log in fails", &["size/S", "bug", "area/login"]);
    let found = Readiness::of(&task, body, Beside::default());
    let missing: Vec<_> = found.checks.iter().filter(|c| !c.met).map(|c| c.name).collect();
    assert_eq!(missing, ["looked at by the host in the last 180 days"]);
    assert_eq!(found.points, 96);
}

#[test]
fn each_check_is_met_by_what_it_asks_for_alone() {
    let cases = [
        ("As a user, I want it faster.", "who needs it and why"),
        ("- [ ] it is fast\n- [x] it is safe", "acceptance criteria"),
        (
            "# Done when\nall of the tests that we have are green on each of the three systems we build for",
            "acceptance criteria",
        ),
        ("see #12", "a reproduction, an example or a link"),
        ("    let x = 1;", "a reproduction, an example or a link"),
        ("it is in crates/core/lease.rs:120", "the code it is about"),
        ("it is in `lease::fold`", "the code it is about"),
        ("contact @ana", "a mentor or contact"),
    ];
    for (body, name) in cases {
        assert_eq!(met(body).into_iter().filter(|n| *n != AGREED).collect::<Vec<_>>(), [name], "{body:?}");
    }
    for body in ["either/or", "v1.2", "e.g. this", "and/or that.", "10:30", "https://example.org/a.rs"] {
        assert!(!met(body).contains(&"the code it is about"), "{body:?}");
    }
}

#[test]
fn a_mentor_of_the_host_counts_while_on_rotation() {
    let mentor =
        |on, capacity| Policy { mentors: vec![Mentor { handle: "ana".into(), capacity, on }], ..Policy::default() };
    let has = |policy: &Policy| met_by(&task("Log in", &[]), "", policy).contains(&"a mentor or contact");
    assert!(has(&mentor(true, 1)));
    assert!(!has(&mentor(false, 1)) && !has(&mentor(true, 0)));
}

#[test]
fn words_without_spaces_between_them_are_counted() {
    let body = "登录时如果密码里有冒号会话会立刻丢失因为头部在第一个冒号处被分开其余的密码在检查之前就丢失了这是从上个月的修改开始的";
    assert!(met(body).contains(&"what is wrong and why, in 40 words"));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_judged_between_nothing_and_all(
        title in any::<String>(),
        label in any::<String>(),
        parts in proptest::collection::vec(
            prop_oneof![
                any::<String>(),
                proptest::sample::select(vec![
                    "#", "\n## Why\n", "- [ ] ", "```", "`", "> ", "[a](", "<!--", "\u{202e}", "a/b.rs", "#1", "|", "\n\n", "http://",
                ]).prop_map(str::to_owned),
            ],
            0..40,
        ),
    ) {
        let found = Readiness::of(&task(&title, &[&label]), &parts.concat(), Beside::default());
        prop_assert!(found.points <= 100);
        prop_assert_eq!(found.points, found.checks.iter().filter(|c| c.met).map(|c| c.points).sum::<u32>());
        for check in &found.checks {
            prop_assert!(check.evidence.chars().all(|c| !c.is_control()) && !check.evidence.is_empty());
        }
    }
}

#[test]
fn a_description_made_to_be_slow_is_read_in_time() {
    for part in ["[", "![", "*a_ ", "> ", "- [ ] ", "#", "`", "<", "a/", "&#", "|a|\n"] {
        let body = part.repeat(65_536 / part.len());
        assert!(Readiness::of(&task("x", &[]), &body, Beside::default()).points <= 100);
    }
}

#[test]
fn what_a_list_says_is_missing_is_what_the_whole_verdict_says() {
    let bodies =
        ["", "It fails.", "## Acceptance criteria\n\n- [ ] one\n- [ ] two\n\nSee `src/log.rs`, ask @ana as mentor."];
    for (body, mentor) in bodies.iter().flat_map(|body| [(body, false), (body, true)]) {
        let task = task("Log in fails", &["size/S"]);
        let beside = Beside { mentor, looked_at: None };
        let whole = Readiness::of(&task, body, beside);
        let told: Vec<_> = whole.missing().map(|c| (c.name, c.points)).collect();
        assert_eq!(readiness::missing(Readiness::of(&task, body, Beside::default()).met(), beside), told, "{body}");
    }
}
