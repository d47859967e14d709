//! What GitHub tells of projects: the routes as its own description has them, hostile names, documents of many shapes.

use floorwalk::{
    demo::{Demo, DemoOptions},
    domain::{
        facts::{Conclusion, Document, WorkflowState},
        project::Project,
        time::Now,
    },
    judge::project::{Onboarding, findings, rules, telling},
    tracker::{Conditional, Listing, Tracker, github::GitHub},
};
use serde_json::{Value, json};
use wiremock::{
    Mock, MockServer, ResponseTemplate,
    matchers::{method, path},
};

use crate::{
    demo_world::{NOW, ground},
    github_world::{documented, github, project, quick, repository, settings, user},
};

fn now() -> Now {
    Now(jiff::Timestamp::from_second(NOW).unwrap())
}

async fn projects(tracker: &GitHub, listing: &Listing) -> Vec<Project> {
    match tracker.listing(listing, 1, None).await.unwrap() {
        Conditional::Changed { value, .. } => value.projects,
        Conditional::Unchanged => panic!("nothing was known before"),
    }
}

#[tokio::test]
async fn the_demo_server_answers_as_github_describes() {
    let ground = ground(None).await;
    // Each answer is checked against the description as it comes.
    for name in ["quill", "geo-index", "eta-model", "handbook"] {
        let workflows = ground.get(&format!("/repos/quillfern/{name}/actions/workflows?per_page=100")).await;
        let runs = ground.get(&format!("/repos/quillfern/{name}/actions/runs?branch=trunk&per_page=100")).await;
        assert_eq!((workflows.status, runs.status), (200, 200));
        assert_eq!(workflows.json["total_count"], workflows.json["workflows"].as_array().unwrap().len());
        assert_eq!(runs.json["total_count"].as_u64().unwrap() > 0, name == "geo-index", "only trunk is trunk");
    }
    let wish = json!({"title": "Say what it is", "body": "Please.", "labels": ["documentation"]});
    let path = "/repos/quillfern/quill/issues";
    let post = |token: &'static str, wish: Value| ground.send(reqwest::Method::POST, token, path, Some(wish));
    let opened = post("demo-hanne", wish.clone()).await;
    assert_eq!((opened.status, opened.json["labels"][0]["name"].as_str()), (201, Some("documentation")));
    let number = opened.json["number"].as_u64().unwrap();
    assert_eq!(ground.get(&format!("{path}/{number}")).await.json["title"], "Say what it is");
    let dropped = post("demo-noor", wish).await;
    assert_eq!((dropped.status, dropped.json["labels"].as_array().unwrap().len()), (201, 0), "silently dropped");
    assert_eq!(post("demo-noor", json!({"title": " "})).await.status, 422);
    let refused = ground.send(reqwest::Method::POST, "", path, Some(json!({"title": "x"}))).await;
    assert_eq!(refused.status, 401);
}

#[tokio::test]
async fn facts_of_the_demo_are_read_with_few_requests() {
    let at = now().0;
    let options = DemoOptions { port: 0, data: None, now: at, helping: false };
    let demo = Demo::start(options, std::sync::Arc::new(move || at)).await.unwrap();
    let mut settings = settings(&demo.url());
    settings.token = Some("demo-sam".to_owned().into());
    let github = GitHub::with_timing(settings, quick()).unwrap();
    let all = projects(&github, &Listing::Org("quillfern".into())).await;
    let before = demo.requests().len();
    let told = github.project_facts(&all, now()).await.unwrap();
    assert_eq!(told.len(), all.len());
    let asked = demo.requests().split_off(before);
    let queries = asked.iter().filter(|r| r.method == "POST").count();
    assert_eq!(queries, all.len().div_ceil(5), "five repositories at once");
    let facts = |name: &str| {
        let (_, facts) = told.iter().find(|(p, _)| p.path() == format!("quillfern/{name}")).unwrap();
        facts.as_ref().unwrap().clone()
    };
    let handbook = facts("handbook");
    assert_eq!((handbook.workflows, handbook.runs), (None, None), "without workflow files nothing more is asked");
    assert_eq!(handbook.ci_files.unwrap().len(), 0);
    let quill = facts("quill");
    assert_eq!(quill.branch.raw(), "main");
    assert_eq!(quill.owners.as_ref().unwrap()[0].name.raw(), "@quillfern/platform");
    assert_eq!((quill.issue_templates.as_ref().unwrap().len(), quill.pull_templates.as_ref().unwrap().len()), (1, 1));
    assert!(quill.runs.as_ref().unwrap().iter().all(|r| r.conclusion == Conclusion::Success));
    let onboarding = Onboarding::of(&quill);
    assert_eq!((onboarding.points, onboarding.unread), (92, 0), "{:?}", onboarding.missing());
    let eta = facts("eta-model").workflows.unwrap();
    assert!(eta.iter().any(|w| w.state == WorkflowState::DisabledByInactivity && w.changed_at.is_some()));
    assert_eq!(facts("parcel-web").bot_pulls.flatten().unwrap().count, 7, "only pull requests for dependencies");
    // What is kept of workflows is judged as all of them are.
    let mut courier = facts("courier-app");
    let whole = findings(&courier);
    courier.workflow_texts.as_mut().unwrap().iter_mut().for_each(|text| *text = telling(text, rules()));
    assert!(courier.workflow_texts.as_ref().unwrap().iter().all(|text| !text.text.raw().contains("checkout")));
    assert_eq!(findings(&courier), whole);
    let kept: floorwalk::domain::facts::ProjectFacts =
        serde_json::from_str(&serde_json::to_string(&courier).unwrap()).unwrap();
    assert_eq!(kept, courier, "what was not there and what was not read stay apart");
}

/// Texts that break what is not careful.
const HOSTILE: &str = "ci\u{1b}[31m`\u{202e}\n<!-- floorwalk-finding: a/b c --> @everyone";

fn run(conclusion: &str) -> Value {
    let repo = repository("widgets", 1);
    let mut run = json!({"total_count": 1, "workflow_runs": [{
        "id": 1, "name": HOSTILE, "node_id": "W", "head_branch": "main", "head_sha": "a".repeat(40), "path": "p",
        "display_title": HOSTILE, "run_number": 1, "event": "schedule", "run_attempt": 1, "status": "completed",
        "conclusion": conclusion, "workflow_id": 1, "url": "u", "html_url": "h", "pull_requests": [],
        "created_at": "2025-11-01T00:00:00Z", "updated_at": "2025-11-01T00:10:00Z", "jobs_url": "u", "logs_url": "u",
        "check_suite_url": "u", "artifacts_url": "u", "cancel_url": "u", "rerun_url": "u", "workflow_url": "u",
        "actor": user("sam", 7), "head_commit": null
    }]});
    let minimal = |keys: &[&str]| {
        let mut repo = repo.clone();
        for key in keys {
            repo[*key] = "u".into();
        }
        repo
    };
    let keys = [
        "archive_url",
        "assignees_url",
        "blobs_url",
        "branches_url",
        "collaborators_url",
        "comments_url",
        "commits_url",
        "compare_url",
        "contents_url",
        "contributors_url",
        "deployments_url",
        "downloads_url",
        "events_url",
        "forks_url",
        "git_commits_url",
        "git_refs_url",
        "git_tags_url",
        "hooks_url",
        "issue_comment_url",
        "issue_events_url",
        "issues_url",
        "keys_url",
        "labels_url",
        "languages_url",
        "merges_url",
        "milestones_url",
        "notifications_url",
        "pulls_url",
        "releases_url",
        "stargazers_url",
        "statuses_url",
        "subscribers_url",
        "subscription_url",
        "tags_url",
        "teams_url",
        "trees_url",
    ];
    run["workflow_runs"][0]["repository"] = minimal(&keys);
    run["workflow_runs"][0]["head_repository"] = minimal(&keys);
    run
}

#[tokio::test]
async fn hostile_names_stay_harmless_and_a_refusal_is_no_absence() {
    let server = MockServer::start().await;
    let runs = run("failure");
    documented("/repos/{owner}/{repo}/actions/runs", &runs).unwrap();
    let workflows = json!({"total_count": 2, "workflows": [
        {"id": 1, "node_id": "W", "name": HOSTILE, "path": format!(".github/{HOSTILE}.yml"), "state": "disabled_inactivity",
            "created_at": "2025-01-01T00:00:00Z", "updated_at": "2025-09-01T00:00:00Z", "url": "u", "html_url": "h",
            "badge_url": "b"},
        {"id": 2, "node_id": "W", "name": "gone", "path": "p", "state": "deleted", "created_at": "2025-01-01T00:00:00Z",
            "updated_at": "2025-09-01T00:00:00Z", "url": "u", "html_url": "h", "badge_url": "b"}]});
    documented("/repos/{owner}/{repo}/actions/workflows", &workflows).unwrap();
    let folder = |names: &[&str]| json!({"entries": names.iter().map(|n| json!({"name": n, "type": "blob"})).collect::<Vec<_>>()});
    let node = json!({"__typename": "Repository", "nameWithOwner": "acme/widgets", "defaultBranchRef": {"name": "main"},
        "root": folder(&["ReadMe.TXT", "Jenkinsfile", HOSTILE]), "hub": null, "docs": null, "forms": null,
        "workflows": {"entries": [{"name": "ci.yml", "type": "blob",
            "object": {"text": format!("uses: actions/cache@v1 {HOSTILE}"), "byteSize": 9, "isBinary": false, "isTruncated": false}}]},
        "owners": {"text": "* @acme/team\n# nobody\n*.rs @ana", "byteSize": 9, "isBinary": false, "isTruncated": false},
        "contributingGuidelines": null, "issueTemplates": [], "pullRequestTemplates": [],
        "waiting": {"nodes": [{"title": "Bump a", "createdAt": "2025-09-01T00:00:00Z", "author": {"__typename": "Bot", "login": "renovate"}},
            {"title": "Bump b", "createdAt": "2025-08-01T00:00:00Z", "author": {"__typename": "User", "login": "sam"}}, null]}});
    let answer = json!({"data": {"nodes": [node, null]}, "errors": [
        {"type": "NOT_FOUND", "path": ["nodes", 1], "message": "Could not resolve to a node"}]});
    Mock::given(method("POST")).respond_with(ResponseTemplate::new(200).set_body_json(answer)).mount(&server).await;
    let at = |route: &str| format!("/repos/acme/widgets/actions/{route}");
    let get = |route: &str, body: &Value| {
        Mock::given(method("GET")).and(path(at(route))).respond_with(ResponseTemplate::new(200).set_body_json(body))
    };
    get("workflows", &workflows).up_to_n_times(1).mount(&server).await;
    get("runs", &runs).up_to_n_times(1).mount(&server).await;
    Mock::given(method("GET")).respond_with(ResponseTemplate::new(404)).mount(&server).await;
    let tracker = github(&server.uri());
    let one = |name: &str| Project {
        project: project(&format!("acme/{name}")),
        node_id: Some(name.into()),
        description: HOSTILE.into(),
        default_branch: Some(HOSTILE.into()),
        has_issues: true,
        ..blank()
    };
    let told = tracker.project_facts(&[one("widgets"), one("gone")], now()).await.unwrap();
    assert!(told[1].1.as_ref().is_err_and(|e| e.class == floorwalk::tracker::ErrorClass::NotFound), "its own error");
    let facts = told[0].1.as_ref().unwrap();
    assert_eq!(facts.readme, None, "it is there under a name that was not asked for");
    assert_eq!((facts.contributing.clone(), facts.bot_pulls.flatten().unwrap().count), (Some(None), 1));
    assert_eq!(facts.owners.as_ref().unwrap().len(), 1);
    assert_eq!((facts.workflows.as_ref().unwrap().len(), facts.runs.as_ref().unwrap().len()), (1, 1));
    let all = findings(facts);
    assert!(all.iter().any(|f| f.id == "red-branch") && all.iter().any(|f| f.id.starts_with("disabled-workflow:")));
    for finding in &all {
        let evidence: String = finding.evidence.iter().map(|e| e.words.as_str()).collect();
        for text in [&finding.title, &finding.sentence, &finding.id, &evidence] {
            assert!(!text.contains(['\u{1b}', '\u{202e}', '\n']), "{text:?}");
        }
        assert_eq!(
            floorwalk::judge::project::Finding::made_into("acme/widgets", &finding.body),
            Some(finding.id.clone())
        );
        assert_eq!(floorwalk::judge::project::Finding::made_into("a/b", &finding.body), None, "{}", finding.body);
    }
    // A second time the routes of workflows answer 404: unread, not absent.
    let again = tracker.project_facts(&[one("widgets")], now()).await.unwrap();
    let facts = again[0].1.as_ref().unwrap();
    assert_eq!((&facts.workflows, &facts.runs), (&None, &None));
    assert!(findings(facts).iter().all(|f| f.id != "red-branch" && f.id != "no-ci"));
}

fn blank() -> Project {
    Project {
        project: project("acme/widgets"),
        id: 1,
        node_id: None,
        description: "".into(),
        topics: Vec::new(),
        language: None,
        default_branch: None,
        archived: false,
        disabled: false,
        has_issues: true,
        fork: false,
        private: false,
        pushed_at: None,
        permission: floorwalk::domain::project::Permission::Read,
    }
}

#[test]
fn documents_are_read_by_their_headings() {
    let words =
        |d: &Document| d.headings.iter().map(|h| (h.words.raw().to_owned(), h.length, h.has_code)).collect::<Vec<_>>();
    let markdown = Document::of(
        "README.md",
        "# Widget\n\nTurns things round.\n\n<!-- a\ncomment -->\n## Install\n\nRun it:\n\n```sh\n# no heading\nmake\n```\n\n## Empty\n",
    );
    assert_eq!(words(&markdown), [("Install".into(), 2, true), ("Empty".into(), 0, false)]);
    assert_eq!((markdown.words, markdown.opening), (5, 3));
    let rst = Document::of("README.rst", "Widget\n======\n\nTurns things.\n\nInstall\n-------\n\n    make all\n");
    assert_eq!(words(&rst), [("Install".into(), 2, true)]);
    assert_eq!(rst.opening, 2);
    let adoc = Document::of("README.adoc", "= Widget\n\nTurns.\n\n== Install\n\n[source,sh]\n----\nmake\n----\n");
    assert_eq!(words(&adoc), [("Install".into(), 1, true)]);
    for nothing in ["", "\n\n", "# Only a title\n", "<!-- never closed\nwords"] {
        assert_eq!(Document::of("README.md", nothing).words, 0, "{nothing:?}");
    }
}
