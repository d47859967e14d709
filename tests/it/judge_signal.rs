//! Signals from everything that may be read: titles, texts, histories, conversations.

use floorwalk::{
    domain::{
        evidence::{Happening, History, What},
        person::Person,
        signal::SignalKind,
        task::{Comment, Task},
        time::Now,
    },
    judge::signal::{
        Known, Limbo, Product, Reading,
        label::{Dictionary, LabelClass},
        read,
    },
};

use super::judge_free::{comment, task};

fn now() -> Now {
    Now("2026-11-23T09:00:00Z".parse().unwrap())
}

fn kinds(title: &str) -> Vec<&'static str> {
    let task = Task { updated_at: now().0, ..task(title) };
    read(&Known::of(&task), now(), &mut Dictionary::new()).iter().map(|f| f.kind.word()).collect()
}

#[test]
fn titles_speak_of_documentation_when_something_is_wrong_with_it() {
    let yes = [
        "Missing documentation for the retry option",
        "README does not mention Windows",
        "Typo in the getting started guide",
        "net/http: document that Hijack leaves timeouts",
        "os: document form of returned errors",
        "[Bug]: Typo in documentation",
        "Quickstart omits the login step: docs are wrong",
        "Broken link on the website",
        "encoding/gob: add examples",
        "The --watch flag is not documented",
        "Behaviour of `close()` is undocumented",
        "Please document the exit codes",
        "Update install instructions in README.md",
        "misleading comment in scheduler",
        "Clarify what the timeout means",
        "Docs: verbose's default is \"true\" and not \"false\"",
        "compress/gzip: Missing Reader.Read doc",
        "wiki: post policy for edits",
        "Typo in the word \"receive\"",
        "pool: comment for Drain is wrong",
        "pool: description of Drain is ambiguous",
        "pool: does not document when Drain returns",
        "spec: the order of drains is unclear",
        "website: misleading words on the start page",
    ];
    for title in yes {
        assert!(kinds(title).contains(&"docs"), "{title:?} is {:?}", kinds(title));
    }
    let no = [
        "Document.all returns undefined",
        "document is null when running the test",
        "Example from docs doesn't work",
        "Following the tutorial gives me error",
        "toEqual does not match documentation",
        "mockReset doesn't work as documented",
        "Error when trying to update document",
        "docker: crash",
        "`docs` folder is scanned twice",
        "Symbolic link broken after move",
        "Returns null even if the document exists",
        "Unable to behave according to the docs",
        "Comments disappear after format",
        "Crash in src/docs/index.rs",
        "Typo detection for addresses",
        "Typo in error message",
        "pool: broken due to typo",
        "Crash when a figure has no caption",
        "spec: drains should be ordered",
        "",
    ];
    for title in no {
        assert!(!kinds(title).contains(&"docs"), "{title:?} is {:?}", kinds(title));
    }
}

#[test]
fn titles_speak_of_pipelines_only_when_they_are_the_matter() {
    let yes = [
        "Flaky shard test blocks nightly",
        "net: TestDialCancel is flaky on linux/arm64",
        "CI is broken on macOS",
        "Intermittent failure in `wallet_groups.py`",
        "Run the race detector in CI",
        "Move to GitHub Actions from Travis",
        "CI, tracing: run tracepoint tests",
        "End to end tests failing in github actions",
        "nightly build fails since Monday",
        "Activate travis in this repo",
        "sched: TestDrain fails on linux-arm64-longtest",
        "x/build/agent: forget idle machines",
        "cmd/release: archive lacks the licence",
        "make.bash: stops when HOME is unset",
        "tool: build is broken on freebsd",
        "codec: ppc64 builder is broken",
        "install more memory on the windows builders",
        "lint.sh is not run during CI",
        "ci: pin runner",
        "Test suite fails on main",
    ];
    for title in yes {
        assert!(kinds(title).contains(&"ci"), "{title:?} is {:?}", kinds(title));
    }
    let no = [
        "Writes new snapshots in CI mode",
        "`npm ci` fails with the default engine",
        "Tests pass in CI but fail locally",
        "Segmentation fault on Github Actions running Node.js",
        "Pipeline length greater than 50 not supported",
        "Intermittent P1001: cannot reach the database",
        "Models not visible during project building on gitlab CI",
        "Test suite failed to run: cannot find module",
        "Error on Azure Functions",
        "Special characters in names",
        "sched: TestDrain fails on arm64",
        "Query builder fails on empty joins",
        "install.sh: stops when HOME is unset",
        "cache: wrong sums on the openbsd builders",
        "cmd/build: flag is ignored",
        "Build is broken when using the plugin",
    ];
    for title in no {
        assert!(!kinds(title).contains(&"ci"), "{title:?} is {:?}", kinds(title));
    }
}

#[test]
fn titles_speak_of_tests_dependencies_and_code() {
    let cases: [(&str, &[&str]); 30] = [
        ("Add tests for the parser", &["tests"]),
        ("Increase test coverage of core", &["tests"]),
        ("The importer is untested", &["tests"]),
        ("Upgrade yargs to 16.0.0", &["deps"]),
        ("Update outdated dependencies", &["deps"]),
        ("Refactor the retry shim", &["code-debt"]),
        ("Remove unused feature flags", &["code-debt"]),
        ("gui: pay down technical debt", &["code-debt"]),
        ("Upgrade from 4.12 to 4.15: cannot find schema", &[]),
        ("Hook exits 1 when there are no tests", &[]),
        ("Problem with \"unused variable\"", &[]),
        ("Clean up top-level listeners after unmounting", &[]),
        ("sched: TestDrain fails on arm64", &["tests"]),
        ("sched: TestDrain is unreliable", &["tests"]),
        ("sched: race in TestDrain", &["tests"]),
        ("`DrainTests` failure", &["tests"]),
        ("sched: tests do not compile on Haiku", &["tests"]),
        ("sched: data race in test", &["tests"]),
        ("Tests fail on an old kernel", &["tests"]),
        ("go test fails on a symlink", &[]),
        ("[Bug]: Tests fail on an old kernel", &[]),
        ("Renaming a hook causes tests to fail", &[]),
        ("Test runner crashes", &[]),
        ("sched: stop depending on the parser", &["code-debt"]),
        ("sched: remove nearly duplicated loop", &["code-debt"]),
        ("sched: move helpers into the pool package", &["code-debt"]),
        ("Move the toolbar to the left", &[]),
        ("sandbox: upgrade to node18.2", &["deps"]),
        ("sandbox: upgrade to node18.2 loses data", &[]),
        ("Add tests for the queue on windows-2022", &["tests"]),
    ];
    for (title, wanted) in cases {
        assert_eq!(kinds(title), wanted, "{title:?}");
    }
}

#[test]
fn a_description_counts_by_its_answers_and_first_sentences_never_by_its_code() {
    let of = |body: &str| {
        let task = Task { updated_at: now().0, ..task("Precision treats label as binary") };
        let known = Known { body: Some(body), ..Known::of(&task) };
        read(&known, now(), &mut Dictionary::new()).iter().map(|f| f.signal().evidence).collect::<Vec<_>>()
    };
    assert_eq!(
        of("### Issue Type\n\nDocumentation Bug\n\n### Source\n\nbinary"),
        ["'Issue Type' is answered with 'Documentation Bug'"]
    );
    assert_eq!(of("### Issue Type\n\nBug\n\nThe rest"), Vec::<String>::new());
    let said = of("The documentation does not mention that labels are thresholded. That surprised us.");
    assert!(matches!(&said[..], [one] if one.starts_with("the description says 'The documentation")), "{said:?}");
    let typed = of("<pre>The doc for os.Drain says that it waits, it should say that it fails.\n</pre>");
    assert!(matches!(&typed[..], [one] if one.contains("doc for os.Drain")), "{typed:?}");
    for body in [
        "<pre>\nthe documentation is wrong here\n</pre>",
        "```\nthe documentation is wrong\n```",
        "> the documentation is wrong\n\nIt crashes for me.",
        "<!-- docs are missing -->\nx",
        "It crashes.\n\n{{{\ndocs are wrong here\n}}}",
    ] {
        assert_eq!(of(body), Vec::<String>::new(), "{body:?}");
    }
}

#[test]
fn where_the_product_is_a_document_work_on_its_words_is_work_on_documentation() {
    let of = |product, title: &str, body: &str| {
        let task = Task { updated_at: now().0, ..task(title) };
        let known = Known { body: Some(body), product, ..Known::of(&task) };
        read(&known, now(), &mut Dictionary::new()).iter().any(|f| f.kind == SignalKind::Docs)
    };
    let words = [
        ("Editorial: drain or drains", ""),
        ("Normative language in the drain part", ""),
        ("Cite the paper on drains", ""),
        ("Drain table has two titles", ""),
        ("Merge sections 4 and 5", ""),
        ("Drains are not really listed in section 3", ""),
        ("RFC 99999 is obsolete", ""),
        ("What does a dry drain mean?", ""),
        ("Order of drains", "The second half is hard to read. I would turn it round."),
        ("Order of drains", "I found this unclear."),
        ("Order of drains", "This part needs a reference to the list."),
    ];
    for (title, body) in words {
        assert!(of(Product::Document, title, body), "{title:?}, {body:?}");
    }
    assert!(!of(Product::Program, "Cite the paper on drains", ""), "a program may cite");
    assert!(!of(Product::Program, "Order of drains", "I found this unclear."));
    for (title, body) in [
        ("Forbid dry drains", "They leak. Peers must close them."),
        ("Advice on slow drains", "Say more on how long to wait."),
        ("Drain section", "It should offer a signal for a slow peer."),
    ] {
        assert!(!of(Product::Document, title, body), "{title:?}: what is said, not how");
    }
}

#[test]
fn what_a_project_makes_is_told_by_its_name_and_language() {
    use Product::{Document, Program};
    let none: [&str; 0] = [];
    for (name, language, topics, description, wanted) in [
        ("acme/drain-spec", None, &none[..], "", Document),
        ("acme/drain-drafts", Some("Makefile"), &none, "", Document),
        ("acme/draft-acme-drain", None, &none, "", Document),
        ("handbook", Some("HTML"), &none, "", Document),
        ("acme/drain", Some("TeX"), &["specification"], "", Document),
        ("acme/drain", Some("Markdown"), &none, "The handbook of drains", Document),
        ("acme/drain-spec", Some("Ruby"), &none, "", Program),
        ("acme/rspec", None, &none, "", Program),
        ("acme/drain", None, &["documentation"], "A generator of documentation", Program),
        ("acme/specs-runner", None, &none, "", Program),
        ("", None, &none, "", Program),
    ] {
        let product = Product::of(name, language, topics.iter().copied(), description);
        assert_eq!(product, wanted, "{name} {language:?} {topics:?} {description:?}");
    }
}

#[test]
fn a_failing_test_is_work_on_builds_when_a_build_machine_showed_it() {
    let of = |title: &str, body: &str| {
        let task = Task { updated_at: now().0, ..task(title) };
        let known = Known { body: Some(body), ..Known::of(&task) };
        let found = read(&known, now(), &mut Dictionary::new());
        found.iter().map(|f| f.signal()).map(|s| (s.kind.word(), s.evidence)).collect::<Vec<_>>()
    };
    let kinds = |title, body| of(title, body).iter().map(|(kind, _)| *kind).collect::<Vec<_>>();
    let (ci_tests, tests) = (["ci", "tests"], ["tests"]);
    assert_eq!(kinds("sched: TestDrain fails", "It began last week."), tests);
    assert_eq!(kinds("sched: TestDrain fails", "The arm builder shows it once a day."), ci_tests);
    assert_eq!(kinds("sched: TestDrain fails", "See https://build.acme.example/log/77aa."), ci_tests);
    assert_eq!(kinds("sched: TestDrain takes long", "```\n--- FAIL: TestDrain (9.00s)\n```"), tests);
    assert_eq!(kinds("sched: TestDrain takes long", "It takes long."), Vec::<&str>::new());
    assert_eq!(kinds("sched: TestDrain takes long", "https://ci.acme.example/run/5"), ci_tests);
    assert_eq!(
        kinds("sched: wrong sum on arm", "The arm builder shows it."),
        Vec::<&str>::new(),
        "a fault of the program"
    );
    assert_eq!(kinds("sched: wrong sum on arm", "https://build.acme.example/log/77aa"), Vec::<&str>::new());
    assert_eq!(
        of("sched: TestDrain takes long", "```\n--- FAIL: TestDrain (9.00s)\n```"),
        [("tests", "the description says '--- FAIL: TestDrain (9.00s)'".to_owned())]
    );
    let machine = of("sched: TestDrain fails on linux-arm64-race", "");
    assert_eq!(machine[0], ("ci", "title says 'linux-arm64-race'".to_owned()));
    let invited = of("Drain twice", "#### Want to work on this task?\n\nRead the handbook.");
    assert_eq!(invited, [("help-wanted", "the description says 'Want to work on this task'".to_owned())]);
}

fn did(id: u64, when: &str, by: &str, what: What) -> Happening {
    Happening { id, at: when.parse().unwrap(), by: Some(Person::human(by, 9)), what }
}

fn found(task: &Task, comments: Option<&[Comment]>, history: Option<&History>) -> Vec<(SignalKind, String)> {
    let reading = Reading { comments, history, bots: &["porter".to_owned()], own_label: "floating-help" };
    let known = Known { reading, ..Known::of(task) };
    read(&known, now(), &mut Dictionary::new()).iter().map(|f| (f.kind, f.signal().evidence)).collect()
}

#[test]
fn limbo_counts_from_the_last_meaningful_act_of_a_person() {
    let mut one = task("x");
    one.comments = 5;
    let history = History {
        happenings: vec![
            did(1, "2026-03-01T09:00:00Z", "ana", What::Labelled { label: "bug".into() }),
            did(2, "2026-10-01T09:00:00Z", "ana", What::Labelled { label: "Floating-Help".into() }),
            did(3, "2026-10-02T09:00:00Z", "porter", What::Labelled { label: "old".into() }),
            did(4, "2026-10-03T09:00:00Z", "ana", What::MilestoneSet { milestone: "1.0".into() }),
        ],
        pulls: Vec::new(),
    };
    let said = [
        comment(1, "kim", "2026-02-01T09:00:00Z", "It also happens on Windows with two disks."),
        comment(2, "kim", "2026-06-01T09:00:00Z", "bump"),
        comment(3, "rae", "2026-07-01T09:00:00Z", "@ana any news? :pray: Thanks"),
        comment(4, "stale[bot]", "2026-08-01T09:00:00Z", "This issue is stale."),
        comment(5, "sam", "2026-11-20T09:00:00Z", "<!-- floorwalk/1 {} -->\nI take this."),
    ];
    let reading = Reading {
        comments: Some(&said),
        history: Some(&history),
        bots: &["porter".to_owned()],
        own_label: "floating-help",
    };
    let limbo = Limbo::of(&one, reading, now());
    assert_eq!((limbo.days, limbo.assumed), (267, false));
    assert_eq!(found(&one, Some(&said), Some(&history))[0].1, "quiet for 267 days, last: label by @ana");
    assert_eq!(found(&one, None, None), [], "changed three days ago: no more is known");
    let unread = Limbo::of(&one, Reading { comments: Some(&said[..2]), ..Reading::default() }, now());
    assert_eq!((unread.days, unread.assumed), (3, true), "what was not read may be younger");
    one.labels = vec!["lifecycle/frozen".into()];
    assert_eq!(found(&one, Some(&said), Some(&history)), [], "a frozen task is never called stale");
}

#[test]
fn ignored_is_said_only_when_the_whole_conversation_was_read() {
    let mut one = task("x");
    one.comments = 1;
    one.updated_at = now().0;
    let own = [comment(1, "rae", "2026-10-20T09:00:00Z", "I found out more about it.")];
    let none = History::default();
    let ignored =
        |f: &[(SignalKind, String)]| f.iter().find(|(k, _)| *k == SignalKind::Ignored).map(|(_, w)| w.clone());
    assert_eq!(
        ignored(&found(&one, Some(&own), Some(&none))).unwrap(),
        "nobody but the author has answered in 317 days"
    );
    assert_eq!(ignored(&found(&one, Some(&own), None)).unwrap(), "nobody commented in 317 days");
    assert_eq!(ignored(&found(&one, Some(&[]), Some(&none))), None, "one comment was not read");
    let answer = [comment(1, "ana", "2026-10-20T09:00:00Z", "We will look into it.")];
    assert_eq!(ignored(&found(&one, Some(&answer), Some(&none))), None);
    let triaged = History {
        happenings: vec![did(1, "2026-03-01T09:00:00Z", "ana", What::Labelled { label: "bug".into() })],
        pulls: Vec::new(),
    };
    assert_eq!(ignored(&found(&one, Some(&own), Some(&triaged))), None, "a label is an answer");
}

#[test]
fn what_was_dropped_from_plans_is_told_with_dates() {
    let one = Task { updated_at: now().0, ..task("x") };
    let of = |happenings: Vec<Happening>| {
        let found = found(&one, None, Some(&History { happenings, pulls: Vec::new() }));
        found.into_iter().filter(|(k, _)| *k == SignalKind::Deprioritised).map(|(_, w)| w).collect::<Vec<_>>()
    };
    let set = |id, when, m: &str| did(id, when, "ana", What::MilestoneSet { milestone: m.into() });
    let off = |id, when, m: &str| did(id, when, "ana", What::MilestoneRemoved { milestone: m.into() });
    let (a, b, c) = ("2026-03-01T09:00:00Z", "2026-05-01T09:00:00Z", "2026-07-01T09:00:00Z");
    assert_eq!(
        of(vec![set(1, a, "1"), off(2, b, "1"), set(3, b, "2"), off(4, c, "2")]),
        ["taken out of a milestone or moved 2 times, last on 2026-07-01"]
    );
    assert_eq!(of(vec![set(1, a, "1"), off(2, b, "1"), set(3, b, "2")]), Vec::<String>::new(), "one move");
    assert_eq!(
        of(vec![set(1, a, "1"), set(2, b, "2"), off(3, b, "1")]),
        Vec::<String>::new(),
        "one move, written the other way round"
    );
    let sprint = |id, when, from: &[&str], to: &[&str]| {
        let all = |s: &[&str]| s.iter().map(|s| (*s).into()).collect();
        did(id, when, "jira", What::SprintChanged { from: all(from), to: all(to) })
    };
    assert_eq!(
        of(vec![sprint(1, a, &[], &["7"]), sprint(2, b, &["7"], &[]), sprint(3, c, &["8"], &["9"])]),
        ["dropped from 2 sprints, last on 2026-07-01"]
    );
    assert_eq!(of(vec![sprint(1, a, &["7"], &["7", "8"])]), Vec::<String>::new(), "carried over is not dropped");
    let rank = |id, when, from: &str, to: &str| {
        did(id, when, "ana", What::PriorityChanged { from: Some(from.into()), to: Some(to.into()) })
    };
    assert_eq!(of(vec![rank(1, a, "Major", "Minor")]), ["priority lowered from 'Major' to 'Minor' on 2026-03-01"]);
    assert_eq!(of(vec![rank(1, a, "P1", "P3"), rank(2, b, "P3", "P1")]), Vec::<String>::new(), "raised again");
    assert_eq!(
        of(vec![did(1, a, "ana", What::StatusChanged { from: "Open".into(), to: "Icebox".into() })]),
        ["parked as 'Icebox' since 2026-03-01"]
    );
}

#[test]
fn components_types_and_own_labels_are_read_as_labels() {
    let mut one = Task { updated_at: now().0, ..task("x") };
    one.labels = vec!["team:paperwork".into()];
    let components = ["CI / CD".to_owned(), "Billing".to_owned()];
    let known = Known { components: &components, issue_type: "Technical Debt", ..Known::of(&one) };
    let mut own = Dictionary::with([("Team: Paperwork", LabelClass::Docs)]);
    let found: Vec<String> = read(&known, now(), &mut own).iter().map(|f| f.signal().evidence).collect();
    assert_eq!(found, ["label 'team:paperwork'", "component 'CI / CD'", "type 'Technical Debt'"]);
}

#[test]
fn new_happenings_lie_in_the_store_as_the_old_ones_do() {
    let old = r#"{"id":1,"at":"2026-03-01T09:00:00Z","by":null,"what":"reopened"}"#;
    assert_eq!(serde_json::from_str::<Happening>(old).unwrap().what, What::Reopened);
    let new = did(1, "2026-03-01T09:00:00Z", "ana", What::SprintChanged { from: vec!["7".into()], to: Vec::new() });
    let text = serde_json::to_string(&new).unwrap();
    assert!(text.contains(r#""what":"sprint_changed""#), "{text}");
    assert_eq!(serde_json::from_str::<Happening>(&text).unwrap(), new);
}
