//! The joins between the command line and the rooms it starts: trackers, store, screen, table of keys.

use std::{convert::Infallible, path::Path, sync::Arc};

use futures_util::stream::{FuturesUnordered, StreamExt};
use jiff::tz::TimeZone;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use super::{context::Context, host::NOW_ENV, open::Opened};
use crate::{
    app::{Command, Event, Session, UserError},
    config::{self, Environment, TrackerConfig, TrackerKind, secret::Token},
    store::{self, Store},
    tracker::{
        Tracker,
        github::{GitHub, GitHubSettings},
        jira::{Jira, JiraSettings},
    },
    tui::{self, Options, TuiParts},
};

type Result<T> = std::result::Result<T, UserError>;

/// A sync older than this is repeated when the screen opens, seconds.
pub(super) const STALE_AFTER: i64 = 15 * 60;

/// Builds a tracker. Sends nothing.
pub(crate) fn tracker(config: &TrackerConfig, token: Option<Token>, env: &Environment) -> Result<Arc<dyn Tracker>> {
    let (token, token_source) = match token {
        Some(Token { secret, source }) => (Some(secret), source),
        None => (None, "none".to_owned()),
    };
    let (name, url, api_url) = (config.name.clone(), config.url.clone(), config.api_url.clone());
    // The variable that curl, git and OpenSSL read for a company's own certificates.
    let ca_file = env.get_os("SSL_CERT_FILE").map(Into::into);
    Ok(match config.kind {
        TrackerKind::GitHub => {
            Arc::new(GitHub::new(GitHubSettings { name, url, api_url, token, token_source, ca_file })?)
        }
        TrackerKind::Jira => Arc::new(Jira::new(JiraSettings {
            name,
            url,
            api_url,
            email: config.email.clone(),
            token,
            token_source,
            ca_file,
            slice: config.jql.clone(),
            moves: config.transition,
        })?),
    })
}

/// Opens the store in a folder.
pub(crate) fn store(dir: &Path) -> Result<Arc<dyn Store>> {
    Ok(store::open(dir)?)
}

/// Runs the screen until it is left, and gives the exit code of the process.
pub(crate) async fn screen(cx: &Context, opened: Opened, look: Options) -> Result<u8> {
    let session = opened.session;
    let first = session.snapshot().await?;
    let (command_sender, commands) = unbounded_channel();
    let (event_sender, events) = unbounded_channel();
    let now = cx.host.now().0.as_second();
    let fresh = first.coverage.synced_at.is_some_and(|at| now.saturating_sub(at.as_second()) <= STALE_AFTER);
    if !fresh {
        // The receiver is alive until this function ends.
        let _ = command_sender.send(Command::Sync { only: opened.only, full: false });
    }
    // The demo runs without a configuration, and with one that has mistakes: it says nothing about them.
    let chosen = cx.load().map(|loaded| loaded.config.ui.keymap).unwrap_or_default();
    let keys = config::keys::keys(chosen, &cx.paths.config.path);
    let complaint = keys.complaint();
    let options = Options { zone: zone(cx), keymap: Some(Arc::new(keys.keymap)), complaint, ..look };
    let host = cx.host.clone();
    let parts = TuiParts { first, commands: command_sender, events, now: Arc::new(move || host.now()), options };
    tokio::select! {
        end = tui::run(parts) => Ok(end?.code()),
        never = obey(&session, commands, &event_sender) => match never {},
        never = keep_sending(&session, event_sender.clone()) => match never {},
    }
}

/// A stopped clock is for tests and pictures, which must not depend on where they are taken.
pub(super) fn zone(cx: &Context) -> TimeZone {
    if cx.env.get_os(NOW_ENV).is_some() { TimeZone::UTC } else { TimeZone::system() }
}

/// Performs the screen's commands side by side, so that a long sync keeps no claim waiting. Never ends by itself.
async fn obey(
    session: &Session,
    mut commands: UnboundedReceiver<Command>,
    events: &UnboundedSender<Event>,
) -> Infallible {
    let mut running = FuturesUnordered::new();
    loop {
        tokio::select! {
            Some(command) = commands.recv() => running.push(session.execute(command, events)),
            Some(end) = running.next() => {
                if let Err(error) = end {
                    // A receiver that is gone has quit.
                    let _ = events.send(Event::Failed(error));
                }
            }
            else => std::future::pending().await,
        }
    }
}

pub(super) async fn keep_sending(session: &Session, events: UnboundedSender<Event>) -> Infallible {
    session.keep_sending(events).await;
    std::future::pending().await
}
