//! The joins between the command line and the rooms it starts: trackers, store, screen, table of keys.

use std::{convert::Infallible, path::Path, sync::Arc};

use futures_util::stream::{FuturesUnordered, StreamExt};
use jiff::tz::TimeZone;
use tokio::sync::{
    mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel},
    oneshot,
};

use super::{context::Context, failure, flight::Flight, host::NOW_ENV, open::Opened};
use crate::{
    app::{Command, Event, Session, UserError},
    config::{self, Environment, TrackerConfig, TrackerKind, memory, secret::Token},
    index::Snapshot,
    store::{self, Store, StoreError},
    tracker::{
        Tracker,
        github::{GitHub, GitHubSettings},
        jira::{Jira, JiraSettings},
    },
    tui::{self, Left, Options, TuiParts},
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

/// Opens the store in a folder. Where opening would cost what no tracker has, the user is asked; `--yes` does not answer this,
/// because whoever passed it thought of something else.
pub(crate) fn store(cx: &Context, dir: &Path) -> failure::Result<Arc<dyn Store>> {
    let error = match store::open(dir) {
        Err(error @ StoreError::Loss { .. }) if cx.may_ask => UserError::from(error),
        opened => return Ok(opened?),
    };
    cx.out.problem(&error);
    cx.confirm("keep the damaged file under a new name, save what can be read, and go on?")?;
    Ok(store::open_with_consent(dir)?)
}

/// Runs the screen until it is left, and gives the exit code of the process. With `resumes` it begins where it was left, and
/// where it is left is remembered.
pub(crate) async fn screen(cx: &Context, opened: Opened, look: Options, resumes: bool) -> Result<u8> {
    let config = cx.paths.config.path.as_path();
    let file = memory::file(&cx.paths.data.path);
    let (before, said) = match memory::read(&file) {
        Ok(memory) => (Some(memory), None),
        Err(why) => (None, Some(format!("You begin at the list: {why}"))),
    };
    let place = before.as_ref().filter(|_| resumes && !cx.args.afresh).and_then(|memory| memory.place(config).cloned());
    // Whoever has such a file, even one that cannot be read, was here before.
    let tour = before.as_ref().is_some_and(|memory| !memory.tour);
    // What happened to the store was printed, too, but the screens cover that.
    let said = opened.session.notices().into_iter().next().or(said);
    let left = show(cx, opened, Options { tour, place, said, ..look }).await?;
    let mut memory = before.clone().unwrap_or_default();
    memory.tour = true;
    if let Some(place) = left.place.filter(|_| resumes) {
        memory.keep(config, place);
    }
    if before.as_ref() != Some(&memory)
        && let Err(e) = memory::write(&file, &memory)
    {
        tracing::warn!("where the screens were left is not remembered: {}", e.kind());
    }
    Ok(left.reason.code())
}

async fn show(cx: &Context, opened: Opened, look: Options) -> Result<Left> {
    let clock = cx.host.clone();
    let flight = Flight::start(&cx.paths.data.path, Arc::new(move || clock.now()));
    let shown = show_recorded(cx, opened, look, &flight).await;
    flight.end();
    shown
}

async fn show_recorded(cx: &Context, opened: Opened, look: Options, flight: &Flight) -> Result<Left> {
    let session = opened.session.with_recorder(flight.recorder());
    let env = cx.env.clone();
    // Reads the names of all zones there are.
    let zone = tokio::task::spawn_blocking(move || zone(&env));
    let first = match first_page(&session, &look).await? {
        Some(page) => page,
        None => match session.last_list().await? {
            Some(list) => list,
            None => session.snapshot().await?,
        },
    };
    let (command_sender, commands) = unbounded_channel();
    let (event_sender, events) = unbounded_channel();
    let now = cx.host.now().0.as_second();
    let fresh = first.coverage.synced_at.is_some_and(|at| now.saturating_sub(at.as_second()) <= STALE_AFTER);
    if !fresh {
        // The receiver is alive until this function ends.
        let _ = command_sender.send(Command::Sync { only: opened.only, full: false });
    }
    // The demo runs without a configuration, and with one that has mistakes: it says nothing about them.
    let loaded = cx.load().unwrap_or_default();
    let keys = config::keys::keys(loaded.config.ui.keymap, &cx.paths.config.path);
    let complaints = loaded.complaint().into_iter().chain(keys.complaint()).collect();
    let zone = zone.await.unwrap_or(TimeZone::UTC);
    let options = Options { zone, keymap: Some(Arc::new(keys.keymap)), complaints, ..look };
    let host = cx.host.clone();
    let known = first.clone();
    let now = Arc::new(move || host.now());
    let recorder = Some(flight.recorder());
    let (drawn, first_frame) = oneshot::channel();
    let parts = TuiParts { first, commands: command_sender, events, now, options, recorder, drawn: Some(drawn) };
    tokio::select! {
        end = tui::run(parts) => end,
        never = complete(&session, known, &event_sender, first_frame) => match never {},
        never = obey(&session, commands, &event_sender) => match never {},
        never = keep_sending(&session, event_sender.clone()) => match never {},
    }
}

/// The page to begin with, if it has what is to be shown first.
async fn first_page(session: &Session, look: &Options) -> Result<Option<Arc<Snapshot>>> {
    if !look.query.is_empty() {
        return Ok(None);
    }
    let is_enough = |page: &Arc<Snapshot>| look.place.as_ref().is_none_or(|place| tui::place::is_on(place, page));
    for rows in [tui::terminal::rows(), usize::MAX] {
        let page = session.first_page(rows).await?;
        if page.as_ref().is_none_or(is_enough) {
            return Ok(page);
        }
    }
    Ok(None)
}

/// Reads the rest where the screen began with a page or with what was judged another day, and keeps page and list for the
/// next start. The first frame comes first. Never ends by itself.
async fn complete(
    session: &Session,
    known: Arc<Snapshot>,
    events: &UnboundedSender<Event>,
    first_frame: oneshot::Receiver<()>,
) -> Infallible {
    // Screens that ended before it have dropped the other end.
    let _ = first_frame.await;
    if let Err(error) = complete_and_keep(session, known, events).await {
        // A receiver that is gone has quit.
        let _ = events.send(Event::Failed(error));
    }
    std::future::pending().await
}

async fn complete_and_keep(session: &Session, mut known: Arc<Snapshot>, events: &UnboundedSender<Event>) -> Result<()> {
    while known.is_page() || known.is_behind() {
        let last = if known.is_page() { session.last_list().await? } else { None };
        known = match last {
            Some(list) => list,
            None => session.snapshot().await?,
        };
        let _ = events.send(Event::Snapshot(known.clone()));
    }
    session.keep_page(&known).await;
    session.keep_list().await;
    Ok(())
}

/// A stopped clock is for tests and pictures, which must not depend on where they are taken.
pub(super) fn zone(env: &Environment) -> TimeZone {
    if env.get_os(NOW_ENV).is_some() { TimeZone::UTC } else { TimeZone::system() }
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
            Some(command) = commands.recv() => running.push(perform(session, command, events)),
            Some(()) = running.next() => {}
            else => std::future::pending().await,
        }
    }
}

async fn perform(session: &Session, command: Command, events: &UnboundedSender<Event>) {
    if let Err(error) = session.execute(command, events).await {
        // A receiver that is gone has quit.
        let _ = events.send(Event::Failed(error));
    }
    // After a first sync the list was built of very much that is new.
    session.keep_list().await;
}

pub(super) async fn keep_sending(session: &Session, events: UnboundedSender<Event>) -> Infallible {
    session.keep_sending(events).await;
    std::future::pending().await
}
