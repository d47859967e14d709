//! Where files live: `$FLOORWALK_CONFIG`, `$FLOORWALK_DATA_DIR`, else XDG. Never the current folder.

use std::path::{Path, PathBuf};

use etcetera::BaseStrategy;

use super::{env::Environment, error::ConfigError, origin::Origin};

/// Variable that names the configuration file.
pub const CONFIG_ENV: &str = "FLOORWALK_CONFIG";
/// Variable that names the folder of the store.
pub const DATA_ENV: &str = "FLOORWALK_DATA_DIR";

/// A path and who named it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The path.
    pub path: PathBuf,
    /// Who named it.
    pub origin: Origin,
}

/// The two places floorwalk uses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paths {
    /// The configuration file; it need not exist.
    pub config: Place,
    /// The folder of the store and the log; it need not exist.
    pub data: Place,
}

impl Paths {
    /// Finds both places: flag, then variable, then XDG.
    ///
    /// # Errors
    /// When neither flag, variable, nor a home folder says where.
    pub fn find(config: Option<&Path>, data: Option<&Path>, env: &Environment) -> Result<Self, ConfigError> {
        Ok(Self {
            config: place(config, "--config", CONFIG_ENV, env, |home| home.config.join("floorwalk/config.toml"))?,
            data: place(data, "--data-dir", DATA_ENV, env, |home| home.data.join("floorwalk"))?,
        })
    }
}

struct Folders {
    config: PathBuf,
    data: PathBuf,
}

fn place(
    flag: Option<&Path>,
    flag_name: &'static str,
    variable: &'static str,
    env: &Environment,
    default: impl Fn(&Folders) -> PathBuf,
) -> Result<Place, ConfigError> {
    if let Some(path) = flag {
        return Ok(Place { path: path.into(), origin: Origin::Flag(flag_name) });
    }
    if let Some(value) = env.get_os(variable) {
        return Ok(Place { path: value.into(), origin: Origin::Env(variable.into()) });
    }
    let folders = folders(env).ok_or_else(|| ConfigError {
        file: None,
        at: None,
        what: "there is no home folder to keep files in: HOME is not set".into(),
        hint: Some(format!("set HOME, or name the place with {flag_name} or {variable}")),
    })?;
    Ok(Place { path: default(&folders), origin: Origin::Default })
}

/// XDG folders from the given environment; the crate is asked only where the variables say nothing, because it
/// reads the environment of the process.
fn folders(env: &Environment) -> Option<Folders> {
    let absolute = |name: &str| env.get_os(name).map(PathBuf::from).filter(|p| p.is_absolute());
    let home = absolute("HOME");
    let fallback = || etcetera::base_strategy::choose_base_strategy().ok();
    let config = absolute("XDG_CONFIG_HOME").or_else(|| home.as_ref().map(|h| h.join(".config")));
    let data = absolute("XDG_DATA_HOME").or_else(|| home.as_ref().map(|h| h.join(".local/share")));
    Some(Folders {
        config: config.or_else(|| fallback().map(|f| f.config_dir()))?,
        data: data.or_else(|| fallback().map(|f| f.data_dir()))?,
    })
}
