//! What `doctor` can mend, each thing only after it was asked for by itself. Nothing is deleted: what is in the way gets another
//! name beside its place.

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};

use crate::{
    app::{Command, ExitCode, UserError},
    cli::{
        context::Context,
        failure::Result,
        open::{Need, open},
    },
    domain::text::safe_line,
    store,
};

/// One act that mends something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Mend {
    /// Gives a file or a folder these rights.
    Rights(PathBuf, u32),
    /// Gives a file another name beside its place.
    Aside(PathBuf),
    /// Sets a damaged store aside, takes over what can be read from it, and begins a new one.
    NewStore(PathBuf),
    /// Tries everything again that waits in the outbox.
    Retry,
    /// Reads everything again, even what looks fresh.
    ReadAgain,
}

impl Mend {
    /// What is asked before.
    pub(super) fn question(&self) -> String {
        match self {
            Self::Rights(path, mode) => format!("set the rights of {} to {mode:04o}?", shown(path)),
            Self::Aside(path) => format!("rename {} to {}? It is kept.", shown(path), shown(&free_name(path))),
            Self::NewStore(path) => {
                let path = shown(path);
                format!("keep {path} under a new name, save what can be read from it, and begin a new store?")
            }
            Self::Retry => "check the outbox against the tracker and try it again now?".into(),
            Self::ReadAgain => "read everything again now?".into(),
        }
    }

    /// Does it and says what was done.
    ///
    /// # Errors
    /// What stands in the way.
    pub(super) async fn perform(&self, cx: &Context) -> Result<String> {
        match self {
            Self::Rights(path, mode) => {
                fs::set_permissions(path, fs::Permissions::from_mode(*mode)).map_err(|e| cannot(path, &e))?;
                Ok(format!("{} has the rights {mode:04o} now", shown(path)))
            }
            Self::Aside(path) => {
                let to = free_name(path);
                fs::rename(path, &to).map_err(|e| cannot(path, &e))?;
                Ok(format!("{} is kept as {}", shown(path), shown(&to)))
            }
            Self::NewStore(path) => {
                let folder = path.parent().unwrap_or(path);
                Ok(store::open_with_consent(folder)?.notices().join("; "))
            }
            Self::Retry => self.command(cx, Command::OutboxRetry(None), "the outbox was tried again").await,
            Self::ReadAgain => {
                let command = Command::Sync { only: Vec::new(), full: true };
                self.command(cx, command, "everything was read again").await
            }
        }
    }

    async fn command(&self, cx: &Context, command: Command, done: &str) -> Result<String> {
        let (said, failed) = open(cx, Need::Trackers).await?.hear(command).await;
        said.iter().for_each(|line| cx.out.note(line));
        match failed.into_iter().next() {
            Some(error) => Err(error.into()),
            None => Ok(done.to_owned()),
        }
    }
}

fn shown(path: &Path) -> String {
    safe_line(&path.display().to_string()).into_owned()
}

/// The first free name of the kind `config.toml.aside-1`.
fn free_name(path: &Path) -> PathBuf {
    let named = |n: u32| {
        let mut name = path.as_os_str().to_owned();
        name.push(format!(".aside-{n}"));
        PathBuf::from(name)
    };
    (1..).map(named).find(|name| fs::symlink_metadata(name).is_err()).unwrap_or_else(|| named(0))
}

fn cannot(path: &Path, error: &std::io::Error) -> UserError {
    let sentence = format!("{} cannot be mended: {}", shown(path), safe_line(&error.kind().to_string()));
    UserError::new(ExitCode::Config, sentence, "check whose it is")
}
