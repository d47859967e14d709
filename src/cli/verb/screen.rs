//! `floorwalk` alone: the screen, or what to do when there is nothing to show on it yet.

use std::io::IsTerminal;

use crate::{
    app::{ExitCode, UserError},
    cli::{
        args::{DemoArgs, InitArgs},
        context::Context,
        failure::Result,
        lines,
        open::{Need, look, no_configuration, open},
        views, wiring,
    },
    tui::{Options, widget::views::View as Tab},
};

pub(super) async fn run(cx: &Context) -> Result<u8> {
    let loaded = cx.load()?;
    if loaded.config.trackers.is_empty() && cx.args.repo.is_empty() {
        return unconfigured(cx).await;
    }
    if cx.args.plain {
        let look = look(cx, &loaded.config.ui)?;
        let opened = open(cx, Need::Trackers).await?;
        return lines::run(cx, opened, look).await;
    }
    let terminal = std::io::stdin().is_terminal() && cx.out.is_terminal && cx.env.get("TERM") != Some("dumb");
    if !terminal || cx.args.json {
        let hint = "`floorwalk --plain` talks in lines, `floorwalk list` prints the same as text, with --json as JSON";
        return Err(UserError::new(ExitCode::Usage, "the screen needs a terminal", hint).into());
    }
    let look = look(cx, &loaded.config.ui)?;
    let opened = open(cx, Need::Trackers).await?;
    let tab = |view: views::View| Tab { name: view.name, query: view.line };
    let look = Options { views: views::understood(&loaded)?.into_iter().map(tab).collect(), ..look };
    // What one repository was looked at with says nothing about everything.
    let resumes = !loaded.config.ui.afresh && cx.args.repo.is_empty();
    Ok(wiring::screen(cx, opened, look, resumes).await?)
}

async fn unconfigured(cx: &Context) -> Result<u8> {
    let message = no_configuration(cx);
    if !cx.may_ask || !cx.out.is_terminal || cx.args.json {
        return Err(message);
    }
    message.0.iter().for_each(|error| cx.out.problem(error));
    match cx.prompt("1 opens the demo, 2 sets floorwalk up, anything else leaves:").as_deref() {
        Some("1") => super::demo::run(cx, &DemoArgs { serve: false, tasks: None, port: 0, data: None }).await,
        Some("2") => {
            let url = "https://github.com".to_owned();
            let args = InitArgs {
                org: Vec::new(),
                url,
                api_url: None,
                jira: None,
                project: Vec::new(),
                email: None,
                force: false,
            };
            Ok(super::init::run(cx, &args).await? as u8)
        }
        _ => Ok(ExitCode::Config as u8),
    }
}
