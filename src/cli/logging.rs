//! The log: a file in the data folder, written only when `FLOORWALK_LOG` asks for it.

use std::{
    fs::{DirBuilder, OpenOptions},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::Path,
    sync::Mutex,
};

use tracing_subscriber::EnvFilter;

use crate::{
    app::{ExitCode, UserError},
    config::Environment,
};

/// Variable with the filter: `debug`, `floorwalk::sync=trace`.
const LOG_ENV: &str = "FLOORWALK_LOG";

/// Libraries whose own logs may hold requests as sent, headers included: never written.
const SILENT: [&str; 6] = ["octocrab", "gouqi", "hyper", "hyper_util", "reqwest", "rustls"];

/// Starts the log when the environment asks for it.
///
/// # Errors
/// When the filter is no filter, or the file cannot be written.
pub(crate) fn start(env: &Environment, data_dir: &Path) -> Result<(), UserError> {
    let Some(filter) = env.get(LOG_ENV) else { return Ok(()) };
    let wrong =
        |what: String| UserError::new(ExitCode::Config, what, format!("unset {LOG_ENV} to go on without a log"));
    let mut filter = EnvFilter::try_new(filter)
        .map_err(|_| wrong(format!("{LOG_ENV} is no filter; it is written as info, or floorwalk::sync=debug")))?;
    for library in SILENT {
        if let Ok(directive) = format!("{library}=off").parse() {
            filter = filter.add_directive(directive);
        }
    }
    let path = data_dir.join("floorwalk.log");
    let opened = DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(data_dir)
        .and_then(|()| OpenOptions::new().create(true).append(true).mode(0o600).open(&path));
    let file = opened.map_err(|e| wrong(format!("the log {} cannot be written: {}", path.display(), e.kind())))?;
    let subscriber = tracing_subscriber::fmt().with_env_filter(filter).with_ansi(false).with_writer(Mutex::new(file));
    // A second start in one process keeps the first log.
    let _ = tracing::subscriber::set_global_default(subscriber.finish());
    Ok(())
}
