//! The loopback organisation behind `floorwalk demo`: a server that speaks GitHub's REST and GraphQL, and Jira's REST
//! in both its dialects, as far as floorwalk uses them, over a made-up company or over real issues from files. Also what integration tests run
//! against. Owns its own world; knows nothing of the program's store, screens or commands.

mod acts;
mod connection;
mod debt;
mod dump;
mod faults;
mod graphql;
mod hand;
mod help;
mod identity;
mod jira;
mod large;
mod look;
mod manners;
pub mod many;
mod record;
mod registry;
mod reply;
mod rest;
mod search;
mod seed;
mod serve;
mod world;

use std::{
    net::{Ipv4Addr, SocketAddr},
    path::{Path, PathBuf},
    sync::Arc,
};

use jiff::Timestamp;
use serde::Serialize;
use tokio::{net::TcpListener, sync::watch};

pub use faults::{Fault, FaultKind, Faults};
pub use hand::{Hand, NewPull};
pub use jira::{Dialect, JiraComment, JiraHand, JiraIssue};
pub use large::Size;
pub use manners::{Load, Manners};

/// Login of the made-up organisation.
pub const ORG: &str = "quillfern";
/// Its repository that is the registry: who is who, and what each team allows.
pub const REGISTRY: &str = "quillfern/floor";
/// Login that the first unknown token becomes.
pub const YOU: &str = "sam";

/// Tells the server's time; called once per request.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// How to start.
#[derive(Clone, Debug)]
pub struct DemoOptions {
    /// Port on 127.0.0.1; 0 takes a free one.
    pub port: u16,
    /// A file or folder of `OWNER__NAME.*.jsonl[.gz]` and of Jira's `NAME.KEY.cloud-v2.jsonl[.gz]` or
    /// `NAME.KEY.server-v2.jsonl[.gz]`, whose projects both Jiras serve; then the made-up organisation is left out.
    pub data: Option<PathBuf>,
    /// The present of the made-up organisation: its ages count back from here.
    pub now: Timestamp,
    /// The teams of the made-up organisation help each other already: commitments in every state.
    pub helping: bool,
}

/// Why the server does not start.
#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    /// The port is taken or forbidden.
    #[error("cannot listen on 127.0.0.1:{port}: {why}; choose another with --port, or 0 for any")]
    Port {
        /// The port asked for.
        port: u16,
        /// What the system said.
        why: String,
    },
    /// The data given cannot be served.
    #[error("cannot serve {path}: {why}")]
    Data {
        /// The file or folder.
        path: String,
        /// What is wrong with it.
        why: String,
    },
    /// Somebody was to act on something that is not there.
    #[error("there is no {what} on the demo server; name an issue, a pull request or a repository that it has")]
    Missing {
        /// The name given.
        what: String,
    },
    /// The built-in organisation is broken: a mistake in the program.
    #[error("the built-in demo organisation is broken in {file}: {why}; please report this")]
    Seed {
        /// The data file.
        file: String,
        /// What is wrong with it.
        why: String,
    },
}

impl DemoError {
    fn data(path: &Path, why: &str) -> Self {
        let clean = |text: &str| crate::domain::text::safe_line(text).into_owned();
        Self::Data { path: clean(&path.display().to_string()), why: clean(why) }
    }

    fn seed(file: &str, why: &str) -> Self {
        Self::Seed { file: file.into(), why: why.into() }
    }
}

/// One request that was answered, or cut.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RequestLog {
    /// HTTP method.
    pub method: String,
    /// Path and query as sent.
    pub path: String,
    /// Status of the answer; 0 when the connection was cut instead.
    pub status: u16,
    /// It carried `If-None-Match` or `If-Modified-Since`.
    pub conditional: bool,
    /// Who asked; empty without a token.
    pub login: String,
    /// Body as sent; empty for reads.
    pub body: String,
    /// Points it took of an hour's allowance; 0 for what is answered "not modified".
    pub points: u32,
    /// Bytes of the answer's body as they were sent, perhaps compressed.
    pub bytes: usize,
    /// Bytes of the answer's body.
    pub whole: usize,
}

/// A running server. It ends when this is dropped.
#[derive(Debug)]
pub struct Demo {
    address: SocketAddr,
    shared: Arc<serve::Shared>,
    /// True once the server is to end.
    stop: watch::Sender<bool>,
}

impl Demo {
    /// Starts the server on loopback.
    ///
    /// # Errors
    /// When the port is taken, or the data cannot be read.
    pub async fn start(options: DemoOptions, clock: Clock) -> Result<Self, DemoError> {
        let refused = |e: std::io::Error| DemoError::Port { port: options.port, why: e.to_string() };
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, options.port)).await.map_err(refused)?;
        let address = listener.local_addr().map_err(refused)?;
        let mut world = world::World::new();
        let extent = match (&options.data, options.helping) {
            (Some(_), _) => seed::Extent::People,
            (None, false) => seed::Extent::Repositories,
            (None, true) => seed::Extent::Helping,
        };
        seed::plant(&mut world, options.now, extent)?;
        let origin = format!("http://{address}");
        jira::plant_people(&mut world)?;
        if extent != seed::Extent::People {
            jira::plant(&mut world, options.now, &origin)?;
            debt::plant(&mut world, ORG, options.now)?;
        }
        if let Some(data) = &options.data {
            dump::load(&mut world, data)?;
        }
        let shared = Arc::new(serve::Shared::new(world, clock, origin));
        let (stop, stopped) = watch::channel(false);
        tokio::spawn(serve::run(listener, shared.clone(), stopped));
        Ok(Self { address, shared, stop })
    }

    /// Where it listens: `http://127.0.0.1:PORT`.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Handle to set troubles.
    pub fn faults(&self) -> Faults {
        self.shared.faults()
    }

    /// Requests so far, oldest first; control requests (`/_demo/`) are left out.
    pub fn requests(&self) -> Vec<RequestLog> {
        self.shared.requests()
    }

    /// Sets how guests are treated from now on, and begins to count anew.
    pub fn set_manners(&self, manners: Manners) {
        self.shared.meter().set(manners);
    }

    /// What was seen of guests since the manners were set.
    pub fn load(&self) -> Load {
        self.shared.meter().load()
    }

    /// Waits until [`Demo::stop`] is called.
    pub async fn run_until_stopped(&self) {
        // The sender lives as long as `self`, so waiting cannot fail.
        let _ = self.stop.subscribe().wait_for(|stop| *stop).await;
    }

    /// Ends the server: no new connections, idle ones are closed, answers under way are finished.
    pub fn stop(&self) {
        self.stop.send_replace(true);
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        self.stop();
    }
}
