//! The evidence calls against the demo server, which answers as GitHub's own description says.

use std::sync::Arc;

use floorwalk::{
    demo::{Demo, DemoOptions},
    domain::evidence::{Checks, PullAct, What},
    tracker::{Sources, Tracker},
};

use crate::{
    demo_world::NOW,
    github_world::{project, quick, settings},
};

#[tokio::test]
async fn the_demo_server_has_evidence_of_every_kind() {
    let now = jiff::Timestamp::from_second(NOW).unwrap();
    let options = DemoOptions { port: 0, data: None, now, helping: true };
    let demo = Demo::start(options, Arc::new(move || now)).await.unwrap();
    let mut settings = settings(&demo.url());
    settings.token = Some("demo-sam".to_owned().into());
    let github = floorwalk::tracker::github::GitHub::with_timing(settings, quick()).unwrap();
    let sources = Sources { orgs: vec!["quillfern".into()], ..Sources::default() };
    let marked = github.marked(&sources).await.unwrap();
    assert!(!marked.is_empty(), "live claims are found");
    let (mut whats, mut acts, mut checks) = (Vec::new(), Vec::new(), Vec::new());
    for key in &marked {
        let history = github.history(key).await.unwrap();
        assert!(history.happenings.iter().map(|h| h.at).is_sorted());
        checks.extend(history.pulls.iter().map(|p| p.checks));
        acts.extend(history.pulls.iter().flat_map(|p| p.happenings.iter().map(|h| h.act)));
        whats.extend(history.happenings.into_iter().map(|h| h.what));
        let early = "2000-01-01T00:00:00Z".parse().unwrap();
        let recent = github.recent_comments(&key.project, early).await.unwrap();
        let read = github.read(key).await.unwrap().comments;
        let told: Vec<_> = recent.into_iter().filter(|(k, _)| k == key).map(|(_, c)| c).collect();
        assert_eq!(told, read, "{key}");
    }
    assert!(whats.iter().any(|w| matches!(w, What::Assigned { .. })));
    assert!(whats.iter().any(|w| matches!(w, What::Linked { .. })));
    assert!(acts.iter().any(|a| matches!(a, PullAct::Ready | PullAct::Draft)), "{acts:?}");
    assert!(acts.contains(&PullAct::Commit), "{acts:?}");
    assert!(checks.contains(&Checks::Passed), "{checks:?}");
    let floor = project("quillfern/floor");
    let names = github.folder(&floor, "").await.unwrap();
    assert!(names.contains(&"floor.toml".to_owned()), "{names:?}");
    assert!(github.file(&floor, "floor.toml").await.unwrap().is_some_and(|text| text.contains("[")));
    assert_eq!(github.file(&floor, "nowhere.toml").await.unwrap(), None);
}
