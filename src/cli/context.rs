//! What every verb gets: flags, environment, output, clock; and the two ways to ask a person.

use std::{
    io::{BufRead, IsTerminal},
    sync::Arc,
};

use super::{args::Global, failure::Result, host::SystemHost, output::Output, views};
use crate::{
    app::{ExitCode, UserError, host::Host},
    config::{ConfigError, Environment, Loaded, Origin, Paths, load},
};

/// What every verb gets.
pub(crate) struct Context {
    /// Flags.
    pub(crate) args: Global,
    /// Environment of the process.
    pub(crate) env: Environment,
    /// Where to print.
    pub(crate) out: Output,
    /// Clock and randomness.
    pub(crate) host: Arc<dyn Host>,
    /// Where files live.
    pub(crate) paths: Paths,
    /// A person can be asked: standard input is a terminal and `--yes` was not given.
    pub(crate) may_ask: bool,
}

impl Context {
    /// The context of this process.
    pub(crate) fn new(args: Global, env: Environment, out: Output) -> Result<Self> {
        let host = Arc::new(SystemHost::new(&env)?);
        let paths = Paths::find(args.config.as_deref(), args.data_dir.as_deref(), &env)?;
        let may_ask = std::io::stdin().is_terminal() && !args.yes;
        Ok(Self { args, env, out, host, paths, may_ask })
    }

    /// Reads the configuration. Only a file named by `--config` must exist.
    pub(crate) fn load(&self) -> Result<Loaded> {
        let must_exist = matches!(self.paths.config.origin, Origin::Flag(_));
        let loaded = load(&self.paths.config.path, must_exist)?;
        views::understood(&loaded)?;
        Ok(loaded)
    }

    /// Says on standard error which keys of a configuration are not known.
    pub(crate) fn warn(&self, unknown: &[ConfigError]) {
        for key in unknown {
            self.out.note(&format!("warning: {}", key.sentence()));
            key.hint.iter().for_each(|hint| self.out.note(&format!("hint: {hint}")));
        }
    }

    /// Asks before a write. `--yes` answers; without a terminal and without `--yes` it is refused.
    pub(crate) fn confirm(&self, question: &str) -> Result<()> {
        if self.args.yes {
            return Ok(());
        }
        if !self.may_ask {
            let hint = "pass --yes to answer yes; nothing was done";
            let sentence = format!("this asks first and nobody can answer: {question}");
            return Err(UserError::new(ExitCode::Usage, sentence, hint).into());
        }
        match self.prompt(&format!("{question} [y/N]")).as_deref() {
            Some("y" | "Y" | "yes" | "Yes") => Ok(()),
            _ => Err(UserError::refused("nothing was done", "").into()),
        }
    }

    /// Asks for one line; `None` at the end of input. Only called when a person can answer.
    pub(crate) fn prompt(&self, question: &str) -> Option<String> {
        self.out.ask(question);
        let mut line = String::new();
        match std::io::stdin().lock().read_line(&mut line) {
            Ok(0) | Err(_) => None,
            Ok(_) => Some(line.trim().to_owned()),
        }
    }
}
