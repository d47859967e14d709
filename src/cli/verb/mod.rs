//! The verbs, one file each. A verb turns arguments into commands and answers into text; it decides nothing.

mod accept;
mod block;
mod checklist;
mod claim;
mod complete_words;
mod config;
mod decline;
mod demo;
mod demo_many;
mod describe;
mod doctor;
mod done;
mod findings;
mod floor;
mod generate;
mod handover;
mod help;
mod init;
mod keys;
mod list;
mod mine;
mod need_help;
mod note;
mod outbox;
mod pause;
mod plan;
mod propose;
mod registry;
mod release;
mod renew;
mod resume;
mod revoke;
mod screen;
mod show;
mod still;
pub(super) mod sync;
mod thanks;
mod triage;
mod walk;
mod warranty;
mod watch;
mod weights;
mod why;
mod withdraw;
mod wrote;

use super::{args::Verb, context::Context, failure::Result};

/// Does a verb; without one, opens the screen. Gives the exit code of the process.
pub(super) async fn run(cx: &Context, verb: Option<Verb>) -> Result<u8> {
    let code = match verb {
        None => return screen::run(cx).await,
        Some(Verb::Demo(args)) => return demo::run(cx, &args).await,
        Some(Verb::Init(args)) => init::run(cx, &args).await,
        Some(Verb::Sync(args)) if args.watch => watch::run(cx, &args).await,
        Some(Verb::Sync(args)) => sync::run(cx, args.full).await,
        Some(Verb::List(args)) => list::run(cx, &args).await,
        Some(Verb::Show { key }) => show::run(cx, &key).await,
        Some(Verb::Why(args)) => why::run(cx, &args).await,
        Some(Verb::Weights(args)) => weights::run(cx, &args),
        Some(Verb::Findings(args)) => findings::run(cx, &args).await,
        Some(Verb::Walk(args)) => walk::run(cx, &args).await,
        Some(Verb::Triage(args)) => triage::run(cx, &args).await,
        Some(Verb::Claim(args)) => claim::run(cx, &args).await,
        Some(Verb::Propose(args)) => propose::run(cx, &args).await,
        Some(Verb::Accept(args)) => accept::run(cx, &args).await,
        Some(Verb::Decline(args)) => decline::run(cx, &args).await,
        Some(Verb::Withdraw(args)) => withdraw::run(cx, &args).await,
        Some(Verb::Renew(args)) => renew::run(cx, &args).await,
        Some(Verb::Pause(args)) => pause::run(cx, &args).await,
        Some(Verb::Resume(args)) => resume::run(cx, &args).await,
        Some(Verb::Block(args)) => block::run(cx, &args).await,
        Some(Verb::NeedHelp(args)) => need_help::run(cx, &args).await,
        Some(Verb::Plan(args)) => plan::run(cx, &args).await,
        Some(Verb::Checklist(args)) => checklist::run(cx, &args).await,
        Some(Verb::StillOnIt(args)) => still::run(cx, &args).await,
        Some(Verb::Handover(args)) => handover::run(cx, &args).await,
        Some(Verb::Done(args)) => done::run(cx, &args).await,
        Some(Verb::Release(args)) => release::run(cx, &args).await,
        Some(Verb::Revoke(args)) => revoke::run(cx, &args).await,
        Some(Verb::Warranty(args)) => warranty::run(cx, &args).await,
        Some(Verb::Thanks { key }) => thanks::run(cx, &key).await,
        Some(Verb::Mine { all }) => mine::run(cx, all).await,
        Some(Verb::Floor) => floor::floor(cx).await,
        Some(Verb::Team { name }) => floor::team(cx, name.as_deref()).await,
        Some(Verb::Outbox { act }) => outbox::run(cx, act).await,
        Some(Verb::Doctor(args)) => doctor::run(cx, &args).await,
        Some(Verb::Config { act }) => config::run(cx, act),
        Some(Verb::Registry { act }) => registry::run(cx, act).await,
        Some(Verb::Keys { keymap, markdown, compare }) => keys::run(cx, keymap, markdown, compare),
        Some(Verb::Help { topic }) => help::run(cx, topic.as_deref()),
        Some(Verb::Completions { shell }) => generate::completions(cx, shell),
        Some(Verb::CompleteWords { words }) => complete_words::run(cx, &words).await,
        Some(Verb::Man { dir }) => generate::man(cx, dir.as_deref()),
    };
    code.map(|code| code as u8)
}
