//! Folders and files of a default branch, as `object(expression:)` shows them, and the documents that have fields of
//! their own.

use serde_json::json;

use super::{
    objects::leaf,
    run::{Node, Out, Run},
};
use crate::demo::world::{Repo, RepoIx};

/// Names in a folder; a folder among them ends with a slash.
fn names(repo: &Repo, folder: &str) -> Vec<String> {
    let inside = if folder.is_empty() { String::new() } else { format!("{folder}/") };
    let mut names: Vec<String> = Vec::new();
    for file in repo.files.keys().filter(|file| file.starts_with(&inside)) {
        let rest = file.get(inside.len()..).unwrap_or_default();
        let name = rest.split_once('/').map_or(rest.to_owned(), |(folder, _)| format!("{folder}/"));
        if names.last() != Some(&name) {
            names.push(name);
        }
    }
    names
}

impl Run<'_> {
    /// `object(expression: "HEAD:path")`.
    pub(super) fn git_object(&self, ix: RepoIx, expression: &str) -> Out {
        let repo = self.world.repo(ix);
        let Some((branch, path)) = expression.split_once(':') else { return Out::Null };
        if branch != "HEAD" && branch != repo.default_branch {
            return Out::Null;
        }
        if repo.files.contains_key(path) {
            return Out::One(Node::File(ix, path.to_owned()));
        }
        let there = !repo.files.is_empty() && (path.is_empty() || !names(repo, path).is_empty());
        if there { Out::One(Node::Folder(ix, path.to_owned())) } else { Out::Null }
    }

    pub(super) fn of_folder(&self, ix: RepoIx, folder: &str, field: &str) -> Out {
        match field {
            "entries" => {
                let inside = if folder.is_empty() { String::new() } else { format!("{folder}/") };
                let entry = |name: &String| Some(Node::Entry(ix, format!("{inside}{name}")));
                Out::Many(names(self.world.repo(ix), folder).iter().map(entry).collect())
            }
            _ => self.of_git(ix, folder, field),
        }
    }

    pub(super) fn of_entry(&self, ix: RepoIx, path: &str, field: &str) -> Out {
        let (path, is_folder) = path.strip_suffix('/').map_or((path, false), |folder| (folder, true));
        match field {
            "name" => leaf(path.rsplit('/').next().unwrap_or_default()),
            "path" => leaf(path),
            "type" => leaf(if is_folder { "tree" } else { "blob" }),
            "object" if is_folder => Out::One(Node::Folder(ix, path.to_owned())),
            "object" => Out::One(Node::File(ix, path.to_owned())),
            _ => Out::Null,
        }
    }

    pub(super) fn of_file(&self, ix: RepoIx, path: &str, field: &str) -> Out {
        let text = self.world.repo(ix).files.get(path);
        match field {
            "text" => leaf(text.cloned()),
            "byteSize" => leaf(text.map_or(0, String::len)),
            "isBinary" | "isTruncated" => leaf(false),
            _ => self.of_git(ix, path, field),
        }
    }

    fn of_git(&self, ix: RepoIx, path: &str, field: &str) -> Out {
        let sum = path.bytes().fold(self.world.repo(ix).id, |sum, b| sum.wrapping_mul(31).wrapping_add(u64::from(b)));
        let oid = format!("{sum:040x}");
        match field {
            "id" => leaf(format!("B_kwDO{oid}")),
            "oid" => leaf(oid),
            "abbreviatedOid" => leaf(oid.chars().rev().take(7).collect::<String>()),
            _ => Out::Null,
        }
    }

    /// Fields of a repository that are about its documents; `None` for other fields.
    pub(super) fn document(&self, ix: RepoIx, field: &str) -> Option<Out> {
        let repo = self.world.repo(ix);
        let in_folder = |folder: &str| -> Vec<String> {
            let names = names(repo, folder).into_iter().filter(|name| !name.ends_with('/'));
            names.map(|name| format!("{folder}/{name}")).collect()
        };
        Some(match field {
            "contributingGuidelines" => {
                let places = ["CONTRIBUTING.md", ".github/CONTRIBUTING.md", "docs/CONTRIBUTING.md"];
                let found = places.iter().find_map(|place| repo.files.get(*place));
                Out::maybe(found.map(|text| Node::Plain("ContributingGuidelines", json!({"body": text}))))
            }
            "issueTemplates" => {
                let template = |path: String| Some(Node::Plain("IssueTemplate", json!({"filename": path})));
                Out::Many(in_folder(".github/ISSUE_TEMPLATE").into_iter().map(template).collect())
            }
            "pullRequestTemplates" => {
                let files = in_folder(".github").into_iter().filter(|path| path.contains("pull_request_template"));
                let template = |path: String| Some(Node::Plain("PullRequestTemplate", json!({"filename": path})));
                Out::Many(files.map(template).collect())
            }
            _ => return None,
        })
    }
}
