//! `demo`: the made-up organisation on a server of this machine, and the real program on it.

use std::{
    io::{IsTerminal, Write},
    path::Path,
    sync::Arc,
};

use super::{demo_many, sync};
use crate::{
    app::{ExitCode, Session, UserError, session::Parts},
    cli::{
        args::DemoArgs,
        context::Context,
        failure::Result,
        lines,
        open::{Opened, bare_tracker, look},
        table::{Listing, Look, write_table, write_tsv},
        wiring,
    },
    config::{Config, RegistryPlace, TrackerConfig, TrackerKind, UiConfig, secret::Token},
    demo::{Demo, DemoError, DemoOptions, ORG, REGISTRY, YOU},
    domain::{
        key::{ProjectRef, TrackerName},
        person::Login,
    },
    index::{Query, Taste, filter, rank::Sort},
    judge::score::{Preset, Weights},
    store::Store,
    sync::outbox::OutboxSettings,
    tracker::Tracker,
    tui::Options,
};

/// Rows that are printed where there is no terminal.
const ROWS: usize = 20;

/// Projects of the organisation's Jira Cloud.
const CLOUD_PROJECTS: [&str; 2] = ["OPS", "HELP"];

/// Projects of its Jira Data Center.
const DC_PROJECTS: [&str; 1] = ["LEDGER"];

fn failed(error: &DemoError) -> UserError {
    let code = match error {
        DemoError::Port { .. } | DemoError::Data { .. } | DemoError::Missing { .. } => ExitCode::Refused,
        DemoError::Seed { .. } => ExitCode::Internal,
    };
    UserError::new(code, error.to_string(), "")
}

/// Serves, and runs the real program on it unless it only serves. Gives the exit code of the process.
pub(super) async fn run(cx: &Context, args: &DemoArgs) -> Result<u8> {
    let look = look(cx, &UiConfig::default())?;
    let folder = std::env::temp_dir().join(format!("floorwalk-demo-{}", cx.host.fresh_id()));
    let end = match args.tasks {
        Some(count) => demo_many::run(cx, count, &folder, look).await,
        None => serve(cx, args, &folder, look).await,
    };
    // The demo leaves nothing behind; a folder that cannot be removed is the system's to clean.
    let _ = std::fs::remove_dir_all(&folder);
    end
}

async fn serve(cx: &Context, args: &DemoArgs, folder: &Path, look: Options) -> Result<u8> {
    let host = cx.host.clone();
    let options = DemoOptions { port: args.port, data: args.data.clone(), now: cx.host.now().0, helping: true };
    let demo = Demo::start(options, Arc::new(move || host.now().0)).await.map_err(|e| failed(&e))?;
    if args.serve {
        // The address alone on standard output, for scripts.
        cx.out.say(&demo.url());
        cx.out.note("serving on this machine only, until Ctrl-C; any token is accepted");
        if args.data.is_none() {
            cx.out.note(&format!("Jira Cloud: {}, Jira Data Center: {}", demo.jira_cloud_url(), demo.jira_dc_url()));
            cx.out.note("the token demo-LOGIN is that person: demo-sam helps, demo-tobias-h and demo-ylva lead teams");
            cx.out.note(&format!("who is who and what teams allow: registry = \"gh:{REGISTRY}\""));
        }
        demo.run_until_stopped().await;
        return Ok(ExitCode::Done as u8);
    }
    visit(cx, &demo.url(), args.data.is_none(), folder, look).await
}

/// The real program on the server; the made-up organisation has a registry, data from files has none.
async fn visit(cx: &Context, url: &str, made_up: bool, folder: &Path, look: Options) -> Result<u8> {
    let mut config = bare_tracker(url)?;
    config.orgs = vec![ORG.to_owned()];
    let project =
        ProjectRef::parse(&config.name, REGISTRY).map_err(|e| UserError::new(ExitCode::Internal, e.to_string(), ""))?;
    let registry = made_up.then_some(RegistryPlace::Repository { project, folder: String::new() });
    let mut configs = vec![config];
    if made_up {
        configs.extend(jira_sites(url)?);
    }
    let mut trackers = Vec::new();
    for config in &configs {
        let token = Token { secret: "floorwalk-demo".to_owned().into(), source: "the demo".into() };
        trackers.push(wiring::tracker(config, Some(token), &cx.env)?);
    }
    let config = Config { handle: Some(Login::new(YOU)), registry, trackers: configs, ..Config::default() };
    at_work(cx, config, trackers, wiring::store(cx, folder)?, folder, look).await
}

/// The real program on a made-up store. Nobody's own profile holds there.
pub(super) async fn at_work(
    cx: &Context,
    config: Config,
    trackers: Vec<Arc<dyn Tracker>>,
    store: Arc<dyn Store>,
    folder: &Path,
    look: Options,
) -> Result<u8> {
    let preset = cx.args.preset.as_deref().map(Preset::parse).transpose();
    let weights =
        Weights::of(preset.map_err(|sentence| UserError::new(ExitCode::Usage, sentence, ""))?.unwrap_or_default());
    let session = Session::new(Parts {
        config,
        store,
        trackers,
        host: cx.host.clone(),
        data_dir: Some(folder.to_owned()),
        outbox: OutboxSettings::for_loopback(),
    })
    .with_taste(Taste { weights, ..Taste::default() }, folder.join("presets.toml"));
    let opened = Opened { session, only: Vec::new(), unconfigured: Vec::new() };
    if cx.args.plain {
        return lines::run(cx, opened, look).await;
    }
    if std::io::stdin().is_terminal() && cx.out.is_terminal {
        return Ok(wiring::screen(cx, opened, look, false).await?);
    }
    sync::quietly(cx, &opened).await?;
    first_rows(cx, &opened).await?;
    Ok(ExitCode::Done as u8)
}

/// The organisation's two Jira sites: one as Cloud, one as Data Center.
fn jira_sites(url: &str) -> Result<[TrackerConfig; 2]> {
    let named =
        |name: &str| TrackerName::parse(name).map_err(|e| UserError::new(ExitCode::Internal, e.to_string(), ""));
    // By another name of this machine: the registry tells accounts apart by their host.
    let cloud_url = url.replace("127.0.0.1", "localhost");
    let mut cloud = TrackerConfig::new(named("jira")?, TrackerKind::Jira, format!("{cloud_url}/cloud"));
    cloud.email = Some(format!("{YOU}@{ORG}.example"));
    cloud.projects = CLOUD_PROJECTS.map(str::to_owned).to_vec();
    let mut ledger = TrackerConfig::new(named("ledger")?, TrackerKind::Jira, format!("{url}/dc"));
    ledger.projects = DC_PROJECTS.map(str::to_owned).to_vec();
    Ok([cloud, ledger])
}

/// Without a terminal: what the screen would show first, as text.
async fn first_rows(cx: &Context, opened: &Opened) -> Result<()> {
    let snapshot = opened.session.snapshot().await?;
    let hits = filter::search(&snapshot, &Query::default(), Sort::Best);
    let rows = hits.rows.iter().filter_map(|i| snapshot.rows.get(*i as usize)).take(ROWS).collect();
    let listing =
        Listing { snapshot: &snapshot, rows, found: hits.rows.len(), taken: hits.taken.len(), left_out: None };
    let mut out = cx.out.stdout();
    let look = Look { width: cx.out.width(), colour: cx.out.colour, now: cx.host.now() };
    let written = if cx.out.is_terminal {
        write_table(&listing, look, &mut out)
    } else {
        write_tsv(&listing, &|key| opened.url(key), &mut out)
    };
    // The writer keeps its own account of failures.
    let _ = written.and_then(|()| out.flush());
    cx.out.note("this was the demo without a terminal; on one it opens the screen");
    Ok(())
}
