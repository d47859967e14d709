//! A world for one run of the real binary: own folders, empty environment, stopped clock.

use std::{
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

/// Folders of one test. They are removed with it.
pub(crate) struct CliWorld {
    dir: tempfile::TempDir,
}

/// What a run printed.
pub(crate) struct Ran {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl CliWorld {
    pub(crate) fn new() -> Self {
        Self { dir: tempfile::tempdir().unwrap() }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    pub(crate) fn home(&self) -> &Path {
        self.dir.path()
    }

    pub(crate) fn write(&self, name: &str, text: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, text).unwrap();
        path
    }

    /// Writes the configuration where floorwalk looks for it.
    pub(crate) fn config(&self, text: &str) -> PathBuf {
        self.write(".config/floorwalk/config.toml", text)
    }

    pub(crate) fn command(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_floorwalk"));
        command.env_clear().env("HOME", self.home()).env("FLOORWALK_NOW", "2026-11-20T12:00:00Z");
        command.current_dir(self.home()).stdin(Stdio::null());
        command
    }

    pub(crate) fn run(&self, args: &[&str]) -> Ran {
        self.finish(self.command().args(args))
    }

    pub(crate) fn finish(&self, command: &mut Command) -> Ran {
        let Output { status, stdout, stderr } = command.output().unwrap();
        // The folder has another name in every run.
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap().replace(self.home().to_str().unwrap(), "~");
        Ran { code: status.code().unwrap_or(-1), out: text(stdout), err: text(stderr) }
    }
}

impl Ran {
    /// Everything in one text, for snapshots.
    pub(crate) fn all(&self) -> String {
        format!("exit {}\n--- stdout\n{}--- stderr\n{}", self.code, self.out, self.err)
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.out).unwrap_or_else(|e| panic!("not JSON ({e}): {}\n{}", self.out, self.err))
    }
}
