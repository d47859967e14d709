//! Writing a first configuration file: commented, readable by its owner only, never over an existing one unasked.

use std::{
    fs::{self, DirBuilder, OpenOptions},
    io::Write,
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::Path,
};

use super::{
    error::ConfigError,
    model::{TrackerConfig, TrackerKind},
    schema,
};

/// The text of a file for these trackers. Every key that means something for them is there, with its meaning; what was not
/// given is commented out.
pub fn text(trackers: &[TrackerConfig]) -> String {
    let mut page = String::from(
        "# floorwalk configuration. `floorwalk config check` checks it, `floorwalk config reference` explains it.\n\
         # Tokens do not belong here: floorwalk takes them from the environment, --token-file or `gh auth login`.\n",
    );
    for key in schema::keys_of(schema::TOP) {
        page += &format!("\n# {}\n# {}\n", key.meaning, key.example);
    }
    for table in schema::TABLES {
        if table.name == "tracker" {
            trackers.iter().for_each(|tracker| page += &tracker_table(tracker));
            continue;
        }
        page += &format!("\n# {}\n", table.header());
        for key in schema::keys_of(table.name) {
            page += &format!("# {}\n# {}\n", key.meaning, key.example);
        }
    }
    page
}

/// Keys that mean something for one kind of tracker alone.
fn is_for(key: &str, kind: TrackerKind) -> bool {
    match key {
        "orgs" | "users" | "topics" | "repos" => kind == TrackerKind::GitHub,
        "email" | "projects" | "jql" | "transition" => kind == TrackerKind::Jira,
        _ => true,
    }
}

fn tracker_table(tracker: &TrackerConfig) -> String {
    let list = |items: &[String]| toml::Value::from(items.to_vec()).to_string();
    let text = |value: &str| toml::Value::from(value).to_string();
    let mut page = String::from("\n[[tracker]]\n");
    for key in schema::keys_of("tracker").filter(|key| is_for(key.name, tracker.kind)) {
        let value = match key.name {
            "name" => Some(text(tracker.name.as_str())),
            "kind" => Some(text(tracker.kind.word())),
            "url" => Some(text(&tracker.url)),
            "api_url" => tracker.api_url.as_deref().map(text),
            "token_env" => tracker.token_env.as_deref().map(text),
            "token_command" => given(&tracker.token_command).map(list),
            "orgs" => given(&tracker.orgs).map(list),
            "users" => given(&tracker.users).map(list),
            "topics" => given(&tracker.topics).map(list),
            "repos" => given(&tracker.repos).map(list),
            "email" => tracker.email.as_deref().map(text),
            "projects" => given(&tracker.projects).map(list),
            "jql" => tracker.jql.as_deref().map(text),
            "transition" => tracker.transition.then(|| "true".to_owned()),
            _ => None,
        };
        page += &format!("# {}\n", key.meaning);
        page += &value.map_or_else(|| format!("# {}\n", key.example), |v| format!("{} = {v}\n", key.name));
    }
    page
}

fn given(items: &[String]) -> Option<&[String]> {
    if items.is_empty() { None } else { Some(items) }
}

/// Writes `text` to `file` with mode 0600, making its folders. With `replace` an existing file is exchanged in one
/// step; without, it is left alone.
///
/// # Errors
/// When the file exists and `replace` is not set, or it cannot be written.
pub fn create(file: &Path, text: &str, replace: bool) -> Result<(), ConfigError> {
    let wrong = |what: String, hint: &str| ConfigError {
        file: Some(file.to_owned()),
        at: None,
        what,
        hint: Some(hint.to_owned()),
    };
    let failed = |e: std::io::Error| wrong(format!("cannot be written: {}", e.kind()), "check who may write there");
    if let Some(folder) = file.parent() {
        DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(failed)?;
    }
    let open = |path: &Path| OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
    if !replace {
        let mut new = open(file).map_err(|e| match e.kind() {
            std::io::ErrorKind::AlreadyExists => {
                wrong("exists already and was left as it is".into(), "edit it, or pass --force to replace it")
            }
            _ => failed(e),
        })?;
        return new.write_all(text.as_bytes()).and_then(|()| new.sync_all()).map_err(failed);
    }
    let draft = file.with_extension("toml.new");
    let _ = fs::remove_file(&draft);
    let mut new = open(&draft).map_err(failed)?;
    new.write_all(text.as_bytes()).and_then(|()| new.sync_all()).map_err(failed)?;
    fs::rename(&draft, file).map_err(failed)
}
