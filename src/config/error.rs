//! Mistakes in a configuration, answered as a colleague would.

use std::path::PathBuf;

/// A mistake, with where it is and what was expected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigError {
    /// The file; `None` for the environment or a flag.
    pub file: Option<PathBuf>,
    /// Line and column, from 1.
    pub at: Option<(usize, usize)>,
    /// What is wrong, one harmless sentence, secrets left out.
    pub what: String,
    /// What was expected, or the nearest valid name.
    pub hint: Option<String>,
}

impl ConfigError {
    /// Where and what: `config.toml:12:3: unknown key 'repo'`.
    pub fn sentence(&self) -> String {
        let place = match (&self.file, self.at) {
            (Some(f), Some((l, c))) => format!("{}:{l}:{c}: ", f.display()),
            (Some(f), None) => format!("{}: ", f.display()),
            _ => String::new(),
        };
        format!("{}{}", crate::domain::text::safe_line(&place), self.what)
    }
}
