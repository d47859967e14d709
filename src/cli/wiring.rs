//! The joins between the command line and the rooms it starts: trackers, store, screen, demo, table of keys.

use std::{io::Write, path::Path, sync::Arc};

use jiff::Timestamp;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use super::{
    args::DemoArgs,
    context::Context,
    open::{self, Opened},
    table::{Listing, Look, write_table, write_tsv},
    verb::sync,
};
use crate::{
    app::{Command, Event, ExitCode, Session, UserError, session::Parts},
    config::{Config, Environment, TrackerConfig, secret::Token},
    demo::{Demo, DemoError, DemoOptions, ORG, YOU},
    domain::{person::Login, text::safe_line},
    index::{Query, filter, rank::Sort},
    keymap,
    store::{self, Store},
    tracker::{
        Tracker,
        github::{GitHub, GitHubSettings},
    },
    tui::{self, ExitReason, Options, TuiParts},
};

type Result<T> = std::result::Result<T, UserError>;

/// A sync older than this is repeated when the screen opens, seconds.
const STALE_AFTER: i64 = 15 * 60;
/// Rows that `demo` prints where there is no terminal.
const DEMO_ROWS: usize = 20;

/// Builds a tracker. Sends nothing.
pub(crate) fn tracker(
    config: &TrackerConfig,
    token: Option<Token>,
    env: &Environment,
) -> Result<Arc<dyn Tracker>> {
    let (token, token_source) = match token {
        Some(Token { secret, source }) => (Some(secret), source),
        None => (None, "none".to_owned()),
    };
    let client = GitHub::new(GitHubSettings {
        name: config.name.clone(),
        url: config.url.clone(),
        api_url: config.api_url.clone(),
        token,
        token_source,
        // The variable that curl, git and OpenSSL read for a company's own certificates.
        ca_file: env.get_os("SSL_CERT_FILE").map(Into::into),
    })?;
    Ok(Arc::new(client))
}

/// Opens the store in a folder.
pub(crate) fn store(dir: &Path) -> Result<Arc<dyn Store>> {
    Ok(store::open(dir)?)
}

/// Runs the screen until it is left.
pub(crate) async fn screen(cx: &Context, opened: Opened) -> Result<()> {
    let session = opened.session;
    let first = session.snapshot().await?;
    let (command_sender, commands) = unbounded_channel();
    let (event_sender, events) = unbounded_channel();
    let synced = first.coverage.synced_at.map_or(i64::MIN, Timestamp::as_second);
    if cx.host.now().0.as_second().saturating_sub(synced) > STALE_AFTER {
        // The receiver is alive until this function ends.
        let _ = command_sender.send(Command::Sync { only: opened.only, full: false });
    }
    let host = cx.host.clone();
    let hand = tokio::spawn(obey(session.clone(), commands, event_sender.clone()));
    let sender = tokio::spawn(async move { session.keep_sending(event_sender).await });
    let options = Options {
        colours: cx.out.colour,
        configured: true,
        zone: jiff::tz::TimeZone::system(),
        query: String::new(),
    };
    let now = Arc::new(move || host.now());
    let end = tui::run(TuiParts { first, commands: command_sender, events, now, options }).await;
    hand.abort();
    sender.abort();
    match end? {
        // A signal ends the program with the code that shells expect of one.
        ExitReason::Signal(n) => std::process::exit(i32::from(ExitReason::Signal(n).code())),
        ExitReason::Quit | ExitReason::HungUp => Ok(()),
    }
}

/// Performs the screen's commands, each in a task of its own, so that a long sync keeps no claim waiting.
async fn obey(session: Session, mut commands: UnboundedReceiver<Command>, events: UnboundedSender<Event>) {
    while let Some(command) = commands.recv().await {
        let (session, events) = (session.clone(), events.clone());
        tokio::spawn(async move {
            if let Err(error) = session.execute(command, &events).await {
                // A receiver that is gone has quit.
                let _ = events.send(Event::Failed(error));
            }
        });
    }
}

fn demo_failed(error: &DemoError) -> UserError {
    let code = match error {
        DemoError::Port { .. } | DemoError::Data { .. } => ExitCode::Refused,
        DemoError::Seed { .. } => ExitCode::Internal,
    };
    UserError::new(code, error.to_string(), "")
}

/// `demo`: serves the made-up organisation, and runs the real program on it unless it only serves.
pub(crate) async fn demo(cx: &Context, args: &DemoArgs) -> Result<ExitCode> {
    let host = cx.host.clone();
    let clock: Arc<dyn Fn() -> Timestamp + Send + Sync> = Arc::new(move || host.now().0);
    let options = DemoOptions { port: args.port, data: args.data.clone(), now: cx.host.now().0 };
    let demo = Demo::start(options, clock).await.map_err(|e| demo_failed(&e))?;
    if args.serve {
        // The address alone on standard output, for scripts.
        cx.out.say(&demo.url());
        cx.out.note("serving on this machine only, until Ctrl-C; any token is accepted");
        demo.run_until_stopped().await;
        return Ok(ExitCode::Done);
    }
    let folder = std::env::temp_dir().join(format!("floorwalk-demo-{}", cx.host.fresh_id()));
    let end = visit(cx, &demo.url(), &folder).await;
    // The demo leaves nothing behind; a folder that cannot be removed is the system's to clean.
    let _ = std::fs::remove_dir_all(&folder);
    end
}

async fn visit(cx: &Context, url: &str, folder: &Path) -> Result<ExitCode> {
    let one = |failure: super::failure::Failure| {
        let first = failure.0.into_iter().next();
        first.unwrap_or_else(|| UserError::new(ExitCode::Internal, "the demo failed without a word", ""))
    };
    let mut config = open::bare_tracker(url).map_err(one)?;
    config.orgs = vec![ORG.to_owned()];
    let token = Token { secret: "floorwalk-demo".to_owned().into(), source: "the demo".into() };
    let tracker = tracker(&config, Some(token), &cx.env)?;
    let config = Config { handle: Some(Login::new(YOU)), trackers: vec![config], ..Config::default() };
    let outbox = open::outbox_settings(&config);
    let session = Session::new(Parts {
        config,
        store: store(folder)?,
        trackers: vec![tracker],
        host: cx.host.clone(),
        data_dir: Some(folder.to_owned()),
        outbox,
    });
    let opened = Opened { session, only: Vec::new(), unconfigured: Vec::new() };
    if std::io::IsTerminal::is_terminal(&std::io::stdin()) && cx.out.is_terminal {
        screen(cx, opened).await?;
        return Ok(ExitCode::Done);
    }
    // Without a terminal: what the screen would show first, as text.
    sync::quietly(cx, &opened).await.map_err(one)?;
    let snapshot = opened.session.snapshot().await?;
    let hits = filter::search(&snapshot, &Query::default(), Sort::Best);
    let found = hits.rows.len();
    let rows = hits.rows.iter().filter_map(|i| snapshot.rows.get(*i as usize)).take(DEMO_ROWS).collect();
    let listing = Listing { snapshot: &snapshot, rows, found };
    let mut out = cx.out.stdout();
    let look = Look { width: cx.out.width(), colour: cx.out.colour, now: cx.host.now() };
    let written = if cx.out.is_terminal {
        write_table(&listing, look, &mut out)
    } else {
        write_tsv(&listing, &|key| opened.url(key), &mut out)
    };
    // The writer keeps its own account of failures.
    let _ = written.and_then(|()| out.flush());
    cx.out.note("this was the demo without a terminal; on one, it opens the screen");
    Ok(ExitCode::Done)
}

fn shipped_keys() -> Result<keymap::Keymap> {
    let (keys, problems) = keymap::shipped();
    match problems.first() {
        None => Ok(keys),
        Some(problem) => {
            let sentence = format!("the shipped keymap is broken: {}", safe_line(&problem.to_string()));
            Err(UserError::new(ExitCode::Internal, sentence, "please report this"))
        }
    }
}

/// The table of keys as Markdown.
pub(crate) fn keys_markdown() -> Result<String> {
    Ok(keymap::help::markdown(&shipped_keys()?))
}

/// The table of keys as JSON.
pub(crate) fn keys_json() -> Result<serde_json::Value> {
    Ok(keymap::help::json(&shipped_keys()?))
}
