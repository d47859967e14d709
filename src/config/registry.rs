//! The key `registry`: a folder, or a repository on a configured tracker.

use std::path::Path;

use super::{
    model::{Config, RegistryPlace, TrackerKind},
    read::shown,
};
use crate::domain::key::{ProjectRef, TrackerName};

/// What is wrong, and what to do.
type Wrong = (String, String);

/// The place a text names. A relative folder begins at the folder of the configuration `file`.
///
/// # Errors
/// When it is neither a path nor a repository of a configured tracker.
pub(super) fn place(text: &str, file: &Path, config: &Config) -> Result<RegistryPlace, Wrong> {
    if let Some((tracker, rest)) = text.split_once(':')
        && let Ok(tracker) = TrackerName::parse(tracker)
    {
        return repository(&tracker, rest, config);
    }
    if text.starts_with('~') {
        let hint = "write the whole path; a relative one begins at the folder of this file".to_owned();
        return Err(("'registry' begins with '~', which only a shell understands".into(), hint));
    }
    let folder = file.parent().map_or_else(|| text.into(), |folder| folder.join(text));
    Ok(RegistryPlace::Folder(folder))
}

fn repository(tracker: &TrackerName, rest: &str, config: &Config) -> Result<RegistryPlace, Wrong> {
    if !config.trackers.iter().any(|t| t.name == *tracker) {
        let names: Vec<&str> = config.trackers.iter().map(|t| t.name.as_str()).collect();
        let hint = match names.as_slice() {
            [] => "add a [[tracker]] first; a folder is written as \"./name\"".to_owned(),
            names => format!("known are {}; a folder is written as \"./name\"", names.join(", ")),
        };
        return Err((format!("'registry' names the tracker '{tracker}', which is not configured"), hint));
    }
    if config.trackers.iter().any(|t| t.name == *tracker && t.kind == TrackerKind::Jira) {
        let hint = "name a repository of a GitHub tracker, or a folder as \"./name\"".to_owned();
        return Err((format!("'registry' names the Jira '{tracker}', which holds no files"), hint));
    }
    let expected = || {
        let example = format!("expected \"{tracker}:owner/name\" or \"{tracker}:owner/name/folder\"");
        (format!("'{}' is no repository with a registry", shown(rest)), example)
    };
    let mut parts = rest.trim_end_matches('/').splitn(3, '/');
    let (Some(owner), Some(name)) = (parts.next(), parts.next()) else { return Err(expected()) };
    let project = ProjectRef::parse(tracker, &format!("{owner}/{name}")).map_err(|_| expected())?;
    let folder = parts.next().unwrap_or_default();
    if !folder.is_empty() && !folder.split('/').all(is_folder) {
        return Err(expected());
    }
    Ok(RegistryPlace::Repository { project, folder: folder.to_owned() })
}

/// A folder's name as it may stand in an address: nothing that climbs or needs to be escaped.
fn is_folder(name: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
    !name.is_empty() && name != "." && name != ".." && name.len() <= 100 && name.chars().all(plain)
}
