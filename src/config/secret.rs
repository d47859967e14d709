//! Tokens: where they may come from, in which order, and that they show nowhere.

use std::{
    fs::File,
    io::Read,
    os::unix::fs::{MetadataExt, PermissionsExt},
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use secrecy::SecretString;

use super::{
    address,
    env::Environment,
    error::ConfigError,
    model::{TrackerConfig, TrackerKind},
};
use crate::domain::text::safe_line;

/// How long `gh auth token` may take.
const GH_PATIENCE: Duration = Duration::from_secs(3);
/// How long the program of `token_command` may take: somebody may have to unlock a keyring.
const COMMAND_PATIENCE: Duration = Duration::from_secs(60);
/// Longest accepted token, bytes.
const MAX_TOKEN: u64 = 4096;

/// A token with where it came from. `Debug` shows the source only.
#[derive(Clone)]
pub struct Token {
    /// The token.
    pub secret: SecretString,
    /// Where it came from, in words: `environment GH_TOKEN`.
    pub source: String,
}

impl std::fmt::Debug for Token {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Token(from {})", self.source)
    }
}

/// Finds the token of a tracker: `--token-file`, the tracker's own variable, its own program, the usual variables, then
/// `gh`. `None` when nobody has one.
///
/// # Errors
/// When a source was found that may not be used: a file others can read, a text that can be no token, a program that
/// gives none.
pub async fn find(
    tracker: &TrackerConfig,
    token_file: Option<&Path>,
    env: &Environment,
) -> Result<Option<Token>, ConfigError> {
    if let Some(path) = token_file {
        return from_file(path).map(Some);
    }
    let host = address::host_of(&tracker.url);
    let own = tracker.token_env.as_deref();
    // A variable that was named for this site is the only one where the usual ones would do for any.
    let usual = match tracker.kind {
        TrackerKind::GitHub => usual_variables(&host),
        TrackerKind::Jira if own.is_some() => &[],
        TrackerKind::Jira => JIRA_VARIABLES,
    };
    let variable = |name: &str| -> Result<Option<Token>, ConfigError> {
        let Some(value) = env.get_os(name) else { return Ok(None) };
        let source = format!("environment {name}");
        let secret = checked(value.to_str().unwrap_or("\u{fffd}"), &source)?;
        Ok(secret.map(|secret| Token { secret, source }))
    };
    if let Some(token) = own.map(variable).transpose()?.flatten() {
        return Ok(Some(token));
    }
    if !tracker.token_command.is_empty() {
        // Named for this site: no other source stands in for it.
        return from_command(&tracker.token_command, env).await;
    }
    for name in usual.iter().copied() {
        if let Some(token) = variable(name)? {
            return Ok(Some(token));
        }
    }
    if address::is_loopback(&host) || tracker.kind == TrackerKind::Jira {
        return Ok(None);
    }
    Ok(from_gh(&host, env).await)
}

/// Takes every variable that may hold a secret from a program that is about to be started: the usual ones, and each whose
/// name says so. A browser or an editor needs none of them, and whatever it starts would have them, too.
pub fn keep_from(command: &mut std::process::Command) {
    for (name, _) in std::env::vars_os() {
        let upper = name.to_string_lossy().to_ascii_uppercase();
        if ["TOKEN", "SECRET", "PASSWORD", "PASSWD", "API_KEY"].iter().any(|word| upper.contains(word)) {
            command.env_remove(name);
        }
    }
}

/// Variables that hold a token of Jira.
const JIRA_VARIABLES: &[&str] = &["FLOORWALK_JIRA_TOKEN", "JIRA_API_TOKEN"];

/// Variables that hold a token for a host. Those meant for github.com are never sent to another host.
fn usual_variables(host: &str) -> &'static [&'static str] {
    if host == "github.com" || address::is_loopback(host) {
        &["FLOORWALK_GITHUB_TOKEN", "GH_TOKEN", "GITHUB_TOKEN"]
    } else {
        &["FLOORWALK_GITHUB_TOKEN", "GH_ENTERPRISE_TOKEN", "GITHUB_ENTERPRISE_TOKEN"]
    }
}

/// Trims and checks; `None` for a blank text.
fn checked(text: &str, source: &str) -> Result<Option<SecretString>, ConfigError> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    if text.chars().all(|c| c.is_ascii_graphic()) {
        return Ok(Some(text.to_owned().into()));
    }
    Err(ConfigError {
        file: None,
        at: None,
        what: format!("what stands in {source} can be no token: it holds blanks or other characters no token has"),
        hint: Some("put exactly one token there, nothing else".into()),
    })
}

fn from_file(path: &Path) -> Result<Token, ConfigError> {
    let wrong = |what: String, hint: String| ConfigError { file: Some(path.into()), at: None, what, hint: Some(hint) };
    let unreadable = |e: std::io::Error| {
        wrong(format!("the token file cannot be read: {}", e.kind()), "check the path given with --token-file".into())
    };
    let file = File::open(path).map_err(unreadable)?;
    // Asked of the open file, so that it cannot be exchanged between the check and the reading.
    let meta = file.metadata().map_err(unreadable)?;
    let shown = safe_line(&path.to_string_lossy()).into_owned();
    let mode = meta.permissions().mode() & 0o777;
    if mode & 0o077 != 0 {
        let what = format!("the token file has mode {mode:04o}: others can read or change it");
        return Err(wrong(what, format!("chmod 600 '{shown}'")));
    }
    if meta.uid() != rustix::process::geteuid().as_raw() {
        let what = "the token file belongs to somebody else".to_owned();
        return Err(wrong(what, "copy it to a file of your own with mode 0600".into()));
    }
    let mut text = String::new();
    file.take(MAX_TOKEN).read_to_string(&mut text).map_err(unreadable)?;
    let source = format!("file {shown}");
    match checked(&text, &source)? {
        Some(secret) => Ok(Token { secret, source }),
        None => Err(wrong("the token file is empty".into(), "put the token there, on one line".into())),
    }
}

/// Asks `gh`, found by an absolute folder of `PATH` only. Every failure counts as "no token".
#[expect(
    clippy::disallowed_methods,
    reason = "asking gh for its token is one of the few starts of a program: an absolute path, no shell, a time limit"
)]
async fn from_gh(host: &str, env: &Environment) -> Option<Token> {
    let program = find_program("gh", env)?;
    let mut command = std::process::Command::new(program);
    command.args(["auth", "token", "--hostname", host]).stderr(Stdio::null());
    let text = output_of(command, GH_PATIENCE).await.ok()?;
    let source = "gh auth token".to_owned();
    let secret = checked(&text, &source).ok()??;
    Some(Token { secret, source })
}

/// True where `gh` can be asked for a token.
pub fn has_gh(env: &Environment) -> bool {
    find_program("gh", env).is_some()
}

/// Asks the program that the configuration names for this tracker: a keyring's or a password store's own.
#[expect(
    clippy::disallowed_methods,
    reason = "the user's own program, named in the user's own configuration: an absolute path, no shell, a time limit"
)]
async fn from_command(words: &[String], env: &Environment) -> Result<Option<Token>, ConfigError> {
    let Some((name, arguments)) = words.split_first() else { return Ok(None) };
    let shown = safe_line(name).into_owned();
    let source = format!("token_command {shown}");
    let wrong = |what: &str, hint: &str| ConfigError {
        file: None,
        at: None,
        what: format!("'{shown}', named by token_command, {what}"),
        hint: Some(hint.to_owned()),
    };
    let path = Path::new(name);
    let program = if path.is_absolute() { Some(path.to_owned()) } else { find_program(name, env) };
    let program = program.ok_or_else(|| wrong("is in no folder of PATH", "give its whole path"))?;
    let mut command = std::process::Command::new(program);
    command.args(arguments);
    let text = output_of(command, COMMAND_PATIENCE)
        .await
        .map_err(|why| wrong(why, "run it by hand: it must print the token and nothing else, and end with code 0"))?;
    // Password stores write more beneath the first line.
    let first = text.lines().next().unwrap_or_default();
    match checked(first, &source)? {
        Some(secret) => Ok(Some(Token { secret, source })),
        None => Err(wrong("printed nothing", "run it by hand: its first line must be the token")),
    }
}

/// What a program prints, without anything to read and without the secrets of others; or why there is nothing.
async fn output_of(mut command: std::process::Command, patience: Duration) -> Result<String, &'static str> {
    keep_from(&mut command);
    let mut command = tokio::process::Command::from(command);
    command.stdin(Stdio::null()).kill_on_drop(true);
    let ended = tokio::time::timeout(patience, command.output()).await.map_err(|_| "took too long")?;
    let output = ended.map_err(|_| "cannot be started")?;
    if !output.status.success() {
        return Err("ended with an error");
    }
    String::from_utf8(output.stdout).map_err(|_| "printed something that is no text")
}

fn find_program(name: &str, env: &Environment) -> Option<PathBuf> {
    let path = env.get_os("PATH")?;
    std::env::split_paths(path)
        .filter(|folder| folder.is_absolute())
        .map(|folder| folder.join(name))
        .find(|file| file.metadata().is_ok_and(|m| m.is_file() && m.permissions().mode() & 0o111 != 0))
}
