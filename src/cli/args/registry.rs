//! Arguments of `registry`.

use std::path::PathBuf;

use clap::Subcommand;

/// `registry …`.
#[derive(Clone, Debug, Subcommand)]
pub enum RegistryAct {
    /// Name every mistake with file and line; exit code 3 when there is one
    Check {
        /// A folder, a file, or a repository's own floorwalk.toml [default: the configured registry, as it is now]
        #[arg(value_name = "PATH")]
        path: Option<PathBuf>,
    },
    /// Show teams, people and what hosts allow, as last read
    Show,
    /// Show who an account is, or who it might be
    Who {
        /// Login on a tracker, with `tracker:` in front for one of several
        #[arg(value_name = "LOGIN")]
        login: String,
    },
    /// Print a registry with every key explained
    Example,
}
