//! Reading the configuration: the file, checked to the last key, with the origin of every value.

use std::{
    fs::File,
    io::{ErrorKind, Read},
    ops::Range,
    path::{Path, PathBuf},
};

use super::{
    address,
    error::ConfigError,
    jira,
    model::{Config, Notify, TrackerConfig, TrackerKind},
    origin::{ConfigOrigin, Origin},
    read::{Reader, Spanned, Table, looks_like_token, shown},
    schema, theme, view,
};
use crate::{
    domain::{
        key::{LooseKey, TrackerName, is_github_owner},
        person::Login,
        text::and_more,
    },
    keymap::Shipped,
};

/// Largest file that is read, bytes.
const MAX_BYTES: u64 = 1 << 20;

/// A configuration that was read, with where it came from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Loaded {
    /// The values.
    pub config: Config,
    /// Where each came from.
    pub origins: ConfigOrigin,
    /// The file, when there is one.
    pub file: Option<PathBuf>,
    /// Keys that are not known, in the order of the file: of a later version, or spelled wrong. They change nothing.
    pub unknown: Vec<ConfigError>,
}

impl Loaded {
    /// What is said of keys that are not known: the first of them, how many more, and what to do.
    pub fn complaint(&self) -> Option<(String, String)> {
        let (first, more) = self.unknown.split_first()?;
        let hint = first.hint.iter().map(|hint| format!("{hint}; ")).collect::<String>();
        let what = format!("{}{}", first.sentence(), and_more(more.len()));
        Some((what, format!("{hint}`floorwalk config check` names every mistake")))
    }
}

/// Reads and checks a file. A file that is not there gives the defaults, unless it was named by hand (`must_exist`).
///
/// # Errors
/// All mistakes of the file, in its order; never empty.
pub fn load(file: &Path, must_exist: bool) -> Result<Loaded, Vec<ConfigError>> {
    let Some(text) = read_text(file, must_exist).map_err(|e| vec![e])? else {
        return Ok(Loaded::default());
    };
    parse(file, &text)
}

/// Checks a text as if it were the content of `file`.
///
/// # Errors
/// All mistakes, in their order; never empty.
pub fn parse(file: &Path, text: &str) -> Result<Loaded, Vec<ConfigError>> {
    let mut reader = Reader::new(file, text);
    let tables = std::mem::take(&mut reader.tables);
    let mut loaded = Loaded { file: Some(file.to_owned()), ..Loaded::default() };
    for table in tables.get("me").into_iter().flatten() {
        me(&mut reader, table, &mut loaded);
    }
    for table in tables.get("claim").into_iter().flatten() {
        claim(&mut reader, table, &mut loaded);
    }
    for table in tables.get("tracker").into_iter().flatten() {
        tracker(&mut reader, table, &mut loaded);
    }
    for table in tables.get("view").into_iter().flatten() {
        view::view(&mut reader, table, &mut loaded);
    }
    for table in tables.get(schema::TOP).into_iter().flatten() {
        registry(&mut reader, table, file, &mut loaded);
    }
    for table in tables.get("ui").into_iter().flatten() {
        ui(&mut reader, table, file, &mut loaded);
    }
    one_token_each(&mut reader, &loaded);
    loaded.unknown = reader.end()?;
    Ok(loaded)
}

/// The usual variables name no site: with several of them, each says where its token is.
fn one_token_each(reader: &mut Reader<'_>, loaded: &Loaded) {
    let sites: Vec<&TrackerConfig> = loaded.config.trackers.iter().filter(|t| t.kind == TrackerKind::Jira).collect();
    let Some(bare) =
        sites.iter().find(|t| t.token_env.is_none() && t.token_command.is_empty()).filter(|_| sites.len() > 1)
    else {
        return;
    };
    let what = format!("the Jira '{}' does not say where its token is, and there are several", bare.name);
    reader.wrong(&(0..0), what, Some("give each Jira its own token_env = \"…\"".into()));
}

pub(super) fn read_text(file: &Path, must_exist: bool) -> Result<Option<String>, ConfigError> {
    let wrong = |what: String, hint: &str| {
        Err(ConfigError { file: Some(file.to_owned()), at: None, what, hint: Some(hint.to_owned()) })
    };
    let opened = match File::open(file) {
        Ok(opened) => opened,
        Err(e) if e.kind() == ErrorKind::NotFound && !must_exist => return Ok(None),
        Err(e) if e.kind() == ErrorKind::NotFound => {
            return wrong("there is no such file".into(), "`floorwalk init` writes one; check the path that was named");
        }
        Err(e) => return wrong(format!("cannot be read: {}", e.kind()), "check who may read the file"),
    };
    let mut bytes = Vec::new();
    if let Err(e) = opened.take(MAX_BYTES + 1).read_to_end(&mut bytes) {
        return wrong(format!("cannot be read: {}", e.kind()), "name a file, not a folder");
    }
    if bytes.len() as u64 > MAX_BYTES {
        return wrong("is larger than 1 MiB: this is no configuration".into(), "check the path that was named");
    }
    match String::from_utf8(bytes) {
        Ok(text) => Ok(Some(text)),
        Err(e) => {
            let line = e.as_bytes().iter().take(e.utf8_error().valid_up_to()).filter(|b| **b == b'\n').count() + 1;
            Err(ConfigError {
                file: Some(file.to_owned()),
                at: Some((line, 1)),
                what: "this line is not UTF-8 text".into(),
                hint: Some("save the file as UTF-8; `floorwalk init --force` writes a new one".into()),
            })
        }
    }
}

fn origin(reader: &Reader<'_>, span: &Range<usize>) -> Origin {
    Origin::File(reader.place(span.start).0)
}

fn registry(reader: &mut Reader<'_>, table: &Table, file: &Path, loaded: &mut Loaded) {
    let Some(given) = table.text("registry") else { return };
    match super::registry::place(&given.text, file, &loaded.config) {
        Ok(place) => {
            loaded.config.registry = Some(place);
            loaded.origins.set("registry", origin(reader, &given.span));
        }
        Err((what, hint)) => reader.wrong(&given.span, what, Some(hint)),
    }
}

fn me(reader: &mut Reader<'_>, table: &Table, loaded: &mut Loaded) {
    if let Some(preset) = table.text("preset") {
        loaded.config.preset = Some(preset.text.clone());
        loaded.origins.set("me.preset", origin(reader, &preset.span));
    }
    let Some(handle) = table.text("handle") else { return };
    let bare = handle.text.strip_prefix('@').unwrap_or(&handle.text);
    if is_github_owner(bare) {
        loaded.config.handle = Some(Login::new(bare));
        loaded.origins.set("me.handle", origin(reader, &handle.span));
    } else {
        let what = format!("'{}' is no login", shown(&handle.text));
        reader.wrong(&handle.span, what, Some("a login has letters, digits and '-', at most 39".into()));
    }
}

fn ui(reader: &mut Reader<'_>, table: &Table, file: &Path, loaded: &mut Loaded) {
    for key in schema::keys_of("ui").map(|k| k.name) {
        if let Some(span) = table.span_of(key) {
            loaded.origins.set(format!("ui.{key}"), origin(reader, &span));
        }
    }
    loaded.config.ui.mouse = table.flag("mouse");
    loaded.config.ui.bell = table.flag("bell");
    loaded.config.ui.afresh = table.text("resume").is_some_and(|given| given.text == "false");
    notify(reader, table, loaded);
    keymap(reader, table, loaded);
    let Some(theme) = table.text("theme") else { return };
    let own = theme::is_name(&theme.text) && theme::own_file(file, &theme.text).exists();
    if own || theme::names().any(|name| name == theme.text) {
        loaded.config.ui.theme = Some(theme.text.clone());
    } else {
        reader.wrong(&theme.span, theme::unknown(&shown(&theme.text)), Some(theme::known(file, &theme.text)));
    }
}

fn claim(reader: &mut Reader<'_>, table: &Table, loaded: &mut Loaded) {
    let Some(label) = table.text("label") else { return };
    if label.text.chars().count() <= 50 && !label.text.contains(',') {
        loaded.config.claim.label = label.text.clone();
        loaded.origins.set("claim.label", origin(reader, &label.span));
    } else {
        let hint = "a label has at most 50 characters and no comma".to_owned();
        reader.wrong(&label.span, "'label' is no name of a label", Some(hint));
    }
}

fn notify(reader: &mut Reader<'_>, table: &Table, loaded: &mut Loaded) {
    let Some(given) = table.text("notify") else { return };
    let words = || Notify::ALL.into_iter().map(Notify::word);
    match Notify::ALL.into_iter().find(|notify| notify.word() == given.text) {
        Some(notify) => loaded.config.ui.notify = notify,
        None => {
            let hint = match schema::nearest(&given.text, words()) {
                Some(near) => format!("did you mean \"{near}\"?"),
                None => format!("there are {}", words().collect::<Vec<_>>().join(", ")),
            };
            reader.wrong(&given.span, format!("'{}' is no form of notices", shown(&given.text)), Some(hint));
        }
    }
}

fn keymap(reader: &mut Reader<'_>, table: &Table, loaded: &mut Loaded) {
    let Some(given) = table.text("keymap") else { return };
    match Shipped::of(&given.text) {
        Some(keymap) => loaded.config.ui.keymap = keymap,
        None => {
            let names: Vec<&str> = Shipped::ALL.iter().map(|map| map.word()).collect();
            let hint = match schema::nearest(&given.text, names.iter().copied()) {
                Some(near) => format!("did you mean \"{near}\"?"),
                None => {
                    format!("there are {}; keys of your own go into keymap.toml beside this file", names.join(", "))
                }
            };
            reader.wrong(&given.span, format!("'{}' is no keymap", shown(&given.text)), Some(hint));
        }
    }
}

fn tracker(reader: &mut Reader<'_>, table: &Table, loaded: &mut Loaded) {
    let kind = match table.text("kind") {
        None => TrackerKind::GitHub,
        Some(given) => match [TrackerKind::GitHub, TrackerKind::Jira].into_iter().find(|k| k.word() == given.text) {
            Some(kind) => kind,
            None => {
                let what = format!("kind '{}' is not known", shown(&given.text));
                reader.wrong(&given.span, what, Some("this version reads \"github\" and \"jira\"".into()));
                // The rest is checked as for the usual kind.
                TrackerKind::GitHub
            }
        },
    };
    let name = tracker_name(reader, table, kind, loaded);
    let url = url(reader, table, kind);
    // After a mistake in the name any other stands for it, until the rest is checked.
    let Some(named) = name.clone().or_else(|| TrackerName::parse("x").ok()) else { return };
    let mut row = TrackerConfig::new(named, kind, url);
    row.api_url = checked_url(reader, table, "api_url", true);
    row.token_env = token_env(reader, table);
    row.token_command = token_command(reader, table);
    match kind {
        TrackerKind::GitHub => github(reader, table, &mut row),
        TrackerKind::Jira => jira::sources(reader, table, &mut row),
    }
    let Some(name) = name else { return };
    for key in schema::keys_of("tracker").map(|k| k.name) {
        if let Some(span) = table.span_of(key) {
            loaded.origins.set(format!("tracker.{name}.{key}"), origin(reader, &span));
        }
    }
    loaded.config.trackers.push(row);
}

fn url(reader: &mut Reader<'_>, table: &Table, kind: TrackerKind) -> String {
    match (checked_url(reader, table, "url", kind == TrackerKind::Jira), kind) {
        (Some(url), _) => url,
        (None, TrackerKind::GitHub) => "https://github.com".into(),
        (None, TrackerKind::Jira) => {
            if table.text("url").is_none() {
                let hint = "add url = \"https://acme.atlassian.net\"".to_owned();
                reader.wrong(&table.span, "this Jira has no url", Some(hint));
            }
            String::new()
        }
    }
}

/// Refuses keys that mean nothing for this kind of tracker.
pub(super) fn only_for(reader: &mut Reader<'_>, table: &Table, keys: &[&str], kind: TrackerKind) {
    for key in keys {
        if let Some(span) = table.span_of(key) {
            let what = format!("'{key}' means nothing for a tracker of kind \"{}\"", kind.word());
            let hint = match kind {
                TrackerKind::GitHub => "take it out, or write kind = \"jira\"",
                TrackerKind::Jira => "Jira has projects = [\"OPS\"] and jql = \"…\" in its place",
            };
            reader.wrong(&span, what, Some(hint.into()));
        }
    }
}

fn github(reader: &mut Reader<'_>, table: &Table, row: &mut TrackerConfig) {
    only_for(reader, table, &["email", "projects", "jql", "transition"], TrackerKind::GitHub);
    let owners = |reader: &mut Reader<'_>, key: &str, what: &str| {
        entries(reader, table.texts(key), is_github_owner, what, "letters, digits and '-', at most 39")
    };
    row.orgs = owners(reader, "orgs", "organisation");
    row.users = owners(reader, "users", "user");
    row.topics = entries(reader, table.texts("topics"), is_topic, "topic", "lower-case letters, digits and '-'");
    let is_repo = |s: &str| s.contains('/') && format!("{s}#1").parse::<LooseKey>().is_ok();
    row.repos = entries(reader, table.texts("repos"), is_repo, "repository", "expected owner/name");
    let named = ["orgs", "users", "topics", "repos"].iter().any(|k| !table.texts(k).is_empty());
    if !named {
        reader.wrong(
            &table.span,
            "this tracker names nothing to read",
            Some("give it at least one of orgs, users, topics, repos; for example repos = [\"acme/app\"]".into()),
        );
    }
}

/// The name; `None` after a mistake in it, so that the rest of the table is still checked.
fn tracker_name(reader: &mut Reader<'_>, table: &Table, kind: TrackerKind, loaded: &Loaded) -> Option<TrackerName> {
    let given = table.text("name");
    let span = given.map_or(table.span.clone(), |g| g.span.clone());
    let usual = if kind == TrackerKind::Jira { "jira" } else { "gh" };
    let text = given.map_or(usual, |g| g.text.as_str());
    let Ok(name) = TrackerName::parse(text) else {
        let what = format!("'{}' is no tracker name", shown(text));
        reader.wrong(
            &span,
            what,
            Some("lower-case letters, digits and '-', at most 16, starting with a letter".into()),
        );
        return None;
    };
    if loaded.config.trackers.iter().any(|t| t.name == name) {
        let what = format!("a second tracker is named '{name}'");
        reader.wrong(&span, what, Some("give each [[tracker]] its own name".into()));
    }
    Some(name)
}

fn checked_url(reader: &mut Reader<'_>, table: &Table, key: &str, with_path: bool) -> Option<String> {
    let given = table.text(key)?;
    match address::check(&given.text, with_path) {
        Ok(url) => Some(url),
        Err((what, hint)) => {
            reader.wrong(&given.span, format!("'{key}' {what}"), Some(hint));
            None
        }
    }
}

fn token_env(reader: &mut Reader<'_>, table: &Table) -> Option<String> {
    let given = table.text("token_env")?;
    let mut chars = given.text.chars();
    let head = chars.next().is_some_and(|c| c.is_ascii_alphabetic() || c == '_');
    if head && chars.all(|c| c.is_ascii_alphanumeric() || c == '_') && !looks_like_token(&given.text) {
        return Some(given.text.clone());
    }
    // Not repeated: what stands here by mistake is most likely the token itself.
    let hint = "it takes the name of a variable, for example \"GH_TOKEN\", never the token".to_owned();
    reader.wrong(&given.span, "'token_env' is no name of an environment variable", Some(hint));
    None
}

fn token_command(reader: &mut Reader<'_>, table: &Table) -> Vec<String> {
    let given = table.texts("token_command");
    if let Some(odd) = given.iter().find(|word| looks_like_token(&word.text)) {
        reader.wrong(&odd.span, "'token_command': a token does not belong in this file", Some(TOKEN_PROGRAM.into()));
        return Vec::new();
    }
    given.iter().map(|word| word.text.clone()).collect()
}

/// What to do instead of writing the token down.
const TOKEN_PROGRAM: &str = "name a program that prints it, as [\"secret-tool\", \"lookup\", \"service\", \"floorwalk\"]; \
                             if this file was shared, revoke the token";

fn is_topic(text: &str) -> bool {
    (1..=50).contains(&text.len())
        && !text.starts_with('-')
        && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
}

/// The entries that pass, each once; a mistake for each that does not.
pub(super) fn entries(
    reader: &mut Reader<'_>,
    given: &[Spanned],
    is_right: impl Fn(&str) -> bool,
    what: &str,
    expected: &str,
) -> Vec<String> {
    let mut right: Vec<String> = Vec::new();
    for entry in given {
        if !is_right(&entry.text) {
            let said = format!("'{}' is no {what}", shown(&entry.text));
            reader.wrong(&entry.span, said, Some(expected.to_owned()));
        } else if !right.iter().any(|r| r.eq_ignore_ascii_case(&entry.text)) {
            right.push(entry.text.clone());
        }
    }
    right
}
