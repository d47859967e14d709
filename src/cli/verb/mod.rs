//! The verbs, one file each. A verb turns arguments into commands and answers into text; it decides nothing.

mod claim;
mod config;
mod demo;
mod doctor;
mod generate;
mod init;
mod keys;
mod list;
mod mine;
mod outbox;
mod registry;
mod release;
mod screen;
mod show;
pub(super) mod sync;
mod wrote;

use super::{args::Verb, context::Context, failure::Result};

/// Does a verb; without one, opens the screen. Gives the exit code of the process.
pub(super) async fn run(cx: &Context, verb: Option<Verb>) -> Result<u8> {
    let code = match verb {
        None => return screen::run(cx).await,
        Some(Verb::Demo(args)) => return demo::run(cx, &args).await,
        Some(Verb::Init(args)) => init::run(cx, &args).await,
        Some(Verb::Sync { full }) => sync::run(cx, full).await,
        Some(Verb::List(args)) => list::run(cx, &args).await,
        Some(Verb::Show { key }) => show::run(cx, &key).await,
        Some(Verb::Claim(args)) => claim::run(cx, &args).await,
        Some(Verb::Release(args)) => release::run(cx, &args).await,
        Some(Verb::Mine { all }) => mine::run(cx, all).await,
        Some(Verb::Outbox { act }) => outbox::run(cx, act).await,
        Some(Verb::Doctor) => doctor::run(cx).await,
        Some(Verb::Config { act }) => config::run(cx, act),
        Some(Verb::Registry { act }) => registry::run(cx, act).await,
        Some(Verb::Keys { markdown }) => keys::run(cx, markdown),
        Some(Verb::Completions { shell }) => generate::completions(cx, shell),
        Some(Verb::Man { dir }) => generate::man(cx, dir.as_deref()),
    };
    code.map(|code| code as u8)
}
