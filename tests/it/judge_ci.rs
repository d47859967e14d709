//! Work on builds: machines that are red by the description, files and images of pipelines, what is to be tried with, what
//! nobody should have to do by hand. Beside each rule stands what looks alike and is something else.

use floorwalk::{
    domain::{task::Task, time::Now},
    judge::signal::{Known, label::Dictionary, read},
};

use super::judge_free::task;

fn now() -> Now {
    Now("2026-11-23T09:00:00Z".parse().unwrap())
}

/// What speaks for work on builds, if anything does.
fn ci(title: &str, body: &str) -> Option<String> {
    let task = Task { updated_at: now().0, ..task(title) };
    let known = Known { body: Some(body), ..Known::of(&task) };
    let found = read(&known, now(), &mut Dictionary::new());
    found.iter().find(|f| f.kind.word() == "ci").map(|f| f.signal().evidence)
}

fn all(yes: &[&str], no: &[&str]) {
    for title in yes {
        assert!(ci(title, "").is_some(), "{title:?} is work on builds");
    }
    for title in no {
        assert_eq!(ci(title, ""), None, "{title:?} is none");
    }
}

#[test]
fn a_machine_that_is_red_by_the_first_sentences_is_work_on_builds_whatever_the_title_says() {
    let title = "codec: wrong rounding of halves";
    let yes = [
        "The linux-arm64 builder fails with the error below.",
        "The openbsd/386 builder has been occasionally failing since Monday.",
        "This change broke the netbsd builders.",
        "Many of the builders are red.",
        "It hangs. A trybot failed on it, too.",
        "The new check fails on the arm builders.",
        "The freebsd builder hangs in the codec tests.",
    ];
    for body in yes {
        assert!(ci(title, body).is_some(), "{body:?} tells of a red machine");
    }
    let no = [
        "The query builder fails on empty joins.",
        "The arm builder shows another sum.",
        "My arm builder fails with the error below.",
        "It would break the arm builders.",
        "Halves are rounded down. Quarters are rounded up. The sum is wrong then. The linux-arm64 builder fails as well.",
        "```\nthe linux-arm64 builder fails\n```",
        "Build fails when I use the plugin.",
    ];
    for body in no {
        assert_eq!(ci(title, body), None, "{body:?} tells of none");
    }
    assert_eq!(
        ci(title, "On Monday the plan9 builder failed twice.").as_deref(),
        Some("the description says 'Monday the plan9 builder failed twice'")
    );
}

#[test]
fn a_run_that_is_linked_counts_where_a_test_or_something_that_wavers_is_the_matter() {
    let log = "See https://files.acme.example/acme-build-log/7f/arm.log";
    for title in ["sched: TestDrain takes long", "test: sums differ by one", "sched: flaky on windows"] {
        assert!(ci(title, log).is_some(), "{title:?}");
        assert!(ci(title, "https://ci2.acme.example/job/sched/17/console").is_some(), "{title:?}");
        assert!(ci(title, "https://git.acme.example/sched/-/jobs/55").is_some(), "{title:?}");
        assert!(ci(title, "https://acme.example/sched/issues/55").is_none(), "{title:?}");
    }
    assert!(ci("sched: wrong sum", &format!("It has been flaking for a week. {log}")).is_some());
    assert_eq!(ci("sched: wrong sum", log), None, "a fault of the program that a run happened to show");
}

#[test]
fn a_machine_in_the_title_is_red_and_what_broke_the_build_did() {
    all(
        &[
            "misc/gauge is broken, but only on the plan9/amd64 builder",
            "sched: checks fail on some builders",
            "New constants broke the build on arm",
            "Last change breaks build",
            "Sanitizer job times out on travis, move to cirrus",
        ],
        &[
            "cache: wrong sums on the openbsd builders",
            "Form builder fails on empty lists",
            "Plugin broke my build after the upgrade",
            "Request times out on Azure",
        ],
    );
}

#[test]
fn files_of_pipelines_count_where_they_are_to_be_changed() {
    all(
        &[
            "Update `.github/workflows/release.yml` to the new runner",
            ".gitlab-ci.yml names an image that is gone",
            "Outdated steps in .circleci/config.yml",
            "Jenkinsfile: drop the second stage",
            "Remove appveyor.yml",
        ],
        &["Notes on .gitlab-ci.yml", "Update config.yml of the server", "Settings of a workflow are lost"],
    );
    let named = ci("Update `.github/workflows/release.yml` to the new runner", "");
    assert_eq!(named.as_deref(), Some("title says '.github/workflows/release.yml'"));
}

#[test]
fn images_of_machines_count_where_they_are_to_be_replaced() {
    all(
        &[
            "Migrate from ubuntu-20.04 to a newer one",
            "macos-12 is deprecated",
            "windows-2019 runner is retired in June",
        ],
        &["Crash on ubuntu-22.04", "Window is empty on macos-14", "windows-style paths are deprecated"],
    );
}

#[test]
fn what_is_to_be_tried_with_counts_and_a_report_on_it_does_not() {
    all(
        &[
            "Test against Python 3.13",
            "Run tests on Windows",
            "Run the unit tests under musl and arm64",
            "Run the tests on FreeBSD",
            "Test with Node 22",
        ],
        &[
            "Run tests on save",
            "Test with a large file",
            "Run tests on Windows fails with exit code 3",
            "Support Python 3.13",
            "Test against Go",
        ],
    );
}

#[test]
fn releases_coverage_and_queues_that_nobody_should_tend_by_hand_count() {
    all(
        &[
            "Automate releases",
            "Upload coverage from the nightly run",
            "Add a coverage badge",
            "Build matrix lacks arm64",
            "Release workflow is stuck at signing",
            "Use a merge queue",
            "presubmits take an hour",
        ],
        &[
            "Release notes for 4.2",
            "Automate the login form",
            "Matrix of rights is hard to read",
            "Queue of merged drains is empty",
            "Upload of large files fails",
        ],
    );
}
