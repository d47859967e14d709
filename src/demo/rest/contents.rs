//! Files of the default branch: one as JSON or raw, or the names in a folder.

use std::hash::{DefaultHasher, Hash, Hasher};

use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Value, json};

use super::{Answer, Call, Outcome, shape::escaped};
use crate::demo::world::{RepoIx, World};

/// `GET contents/{path}`.
pub(super) fn get(world: &World, call: &Call, ix: RepoIx, segments: &[&str]) -> Outcome {
    let repo = world.repo(ix);
    let path = segments.join("/");
    if let Some(text) = repo.files.get(&path) {
        if call.accept.contains("raw") {
            return Ok(Answer::raw(text.clone()));
        }
        let mut shown = entry(world, call, ix, &path, Some(text));
        super::shape::merge(&mut shown, json!({"encoding": "base64", "content": wrapped(text)}));
        return Ok(Answer::ok(shown));
    }
    let inside = if path.is_empty() { String::new() } else { format!("{path}/") };
    let mut names: Vec<(&str, Option<&String>)> = Vec::new();
    for (file, text) in repo.files.range(inside.clone()..).take_while(|(file, _)| file.starts_with(&inside)) {
        let rest = file.get(inside.len()..).unwrap_or_default();
        let (name, text) = rest.split_once('/').map_or((rest, Some(text)), |(folder, _)| (folder, None));
        if names.last().is_none_or(|(last, _)| *last != name) {
            names.push((name, text));
        }
    }
    if names.is_empty() {
        return Err(Answer::not_found());
    }
    let rows = names.iter().map(|(name, text)| entry(world, call, ix, &format!("{inside}{name}"), *text));
    Ok(Answer::ok(rows.collect()))
}

/// A file, or (without text) a folder.
fn entry(world: &World, call: &Call, ix: RepoIx, path: &str, text: Option<&String>) -> Value {
    let repo = world.repo(ix);
    let mut hasher = DefaultHasher::new();
    (path, text).hash(&mut hasher);
    let sha = format!("{:040x}", hasher.finish());
    let home = call.shape(world).repo_api(repo);
    let within: Vec<String> = path.split('/').map(escaped).collect();
    let within = within.join("/");
    let (full, branch) = (world.full_name(repo), &repo.default_branch);
    let (kind, part, git) = if text.is_some() { ("file", "blob", "blobs") } else { ("dir", "tree", "trees") };
    let url = format!("{home}/contents/{within}?ref={branch}");
    let web = format!("{}/{full}/{part}/{branch}/{within}", call.web);
    let git = format!("{home}/git/{git}/{sha}");
    json!({
        "name": path.rsplit('/').next(), "path": path, "sha": sha, "size": text.map_or(0, String::len), "url": url,
        "html_url": web, "git_url": git, "type": kind,
        "download_url": text.map(|_| format!("{}/{full}/raw/{branch}/{within}", call.web)),
        "_links": {"self": url, "git": git, "html": web},
    })
}

/// Base64 in lines of 60, as GitHub sends it.
fn wrapped(text: &str) -> String {
    let mut out = String::new();
    for (place, letter) in STANDARD.encode(text).chars().enumerate() {
        if place > 0 && place % 60 == 0 {
            out.push('\n');
        }
        out.push(letter);
    }
    out.push('\n');
    out
}
