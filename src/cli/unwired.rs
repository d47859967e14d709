//! Stands in for `wiring.rs` until its rooms are built: every join says that it is not there.

use std::{path::Path, sync::Arc};

use super::{args::DemoArgs, context::Context, open::Opened};
use crate::{
    app::{ExitCode, UserError},
    config::{Environment, TrackerConfig, secret::Token},
    store::Store,
    tracker::Tracker,
};

type Result<T> = std::result::Result<T, UserError>;

fn absent(what: &str) -> UserError {
    UserError::new(ExitCode::Internal, format!("{what} is not part of this build"), "")
}

pub(crate) fn tracker(config: &TrackerConfig, _: Option<Token>, _: &Environment) -> Result<Arc<dyn Tracker>> {
    Err(absent(&format!("tracker {}", config.name)))
}

pub(crate) fn store(_: &Path) -> Result<Arc<dyn Store>> {
    Err(absent("the store"))
}

pub(crate) async fn screen(_: &Context, _: Opened) -> Result<()> {
    Err(absent("the screen"))
}

pub(crate) async fn demo(_: &Context, _: &DemoArgs) -> Result<ExitCode> {
    Err(absent("the demo"))
}

pub(crate) fn keys_markdown() -> Result<String> {
    Err(absent("the table of keys"))
}

pub(crate) fn keys_json() -> Result<serde_json::Value> {
    Err(absent("the table of keys"))
}
