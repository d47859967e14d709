//! `keys`: the table of actions and the keys that reach them.

use crate::{
    app::ExitCode,
    cli::{context::Context, failure::Result, json::SCHEMA, wiring},
};

pub(super) fn run(cx: &Context, markdown: bool) -> Result<ExitCode> {
    if markdown {
        cx.out.say(wiring::keys_markdown()?.trim_end());
    } else if cx.args.json {
        cx.out.document(&serde_json::json!({ "schema": SCHEMA, "keys": wiring::keys_json()? }));
    } else {
        cx.out.say(wiring::keys_text()?.trim_end());
    }
    Ok(ExitCode::Done)
}
