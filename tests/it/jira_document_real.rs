//! Texts of real projects, where the shared material is there: every description and comment of three Jira dumps is read
//! without a panic and within bounds.

use std::{
    io::{BufRead, BufReader},
    time::Instant,
};

use flate2::read::GzDecoder;
use floorwalk::tracker::jira::document::{MAX_TEXT, wiki};
use serde_json::Value;

use crate::demo_world::shared;

/// Calls with every text of a dump.
fn texts(name: &str, mut each: impl FnMut(&str)) {
    let Some(path) = shared(&format!("data/jira/{name}")) else { return };
    let lines = BufReader::new(GzDecoder::new(std::fs::File::open(path).unwrap())).lines();
    // Debug builds take every tenth issue of the big dump.
    let step = if cfg!(debug_assertions) && name.starts_with("tidev") { 10 } else { 1 };
    for line in lines.step_by(step) {
        let issue: Value = serde_json::from_str(&line.unwrap()).unwrap();
        issue["fields"]["description"].as_str().into_iter().for_each(&mut each);
        let comments = issue["fields"]["comment"]["comments"].as_array();
        comments.into_iter().flatten().filter_map(|c| c["body"].as_str()).for_each(&mut each);
    }
}

#[test]
fn every_text_of_the_dumps_is_read() {
    // Some of what comes out, for eyes: the variable says every how many texts.
    let show: Option<usize> = std::env::var("SHOW_JIRA_TEXTS").ok().and_then(|n| n.parse().ok());
    for name in
        ["eucalyptus.DOC.cloud-v2.jsonl.gz", "eucalyptus.TOOLS.cloud-v2.jsonl.gz", "tidev.TIMOB.server-v2.jsonl.gz"]
    {
        let (mut count, mut bytes, started) = (0, 0, Instant::now());
        texts(name, |text| {
            let markdown = wiki::markdown(text);
            assert!(markdown.len() <= MAX_TEXT + 200);
            assert!(markdown.len() <= text.len() * 8 + 400, "{text}");
            (count, bytes) = (count + 1, bytes + text.len());
            if show.is_some_and(|n| count % n == 0) {
                println!("=== {name} {count}\n{text}\n--- as Markdown\n{markdown}\n");
            }
        });
        println!("{name}: {count} texts, {bytes} bytes in {:?}", started.elapsed());
    }
}
