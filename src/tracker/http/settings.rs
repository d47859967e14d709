//! What a client is made of: where it goes, who asks, how the server is spoken to, how long it may take. Plain values.

use std::{path::PathBuf, time::Duration};

use secrecy::{ExposeSecret, SecretString};

use super::base::Base;

/// Time limits and pauses.
#[derive(Clone, Debug)]
pub struct Timing {
    /// For making a connection.
    pub connect: Duration,
    /// For one call with all its repetitions, from sending to the last byte.
    pub total: Duration,
    /// Longest wait before the first repetition; doubles each time.
    pub backoff: Duration,
    /// Least time between the starts of two writes, loopback excepted.
    pub write_gap: Duration,
    /// Average time between the starts of two requests, loopback excepted.
    pub request_gap: Duration,
    /// Loopback is no exception: for measuring what a server far away would make of it.
    pub everywhere: bool,
}

impl Default for Timing {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            total: Duration::from_secs(30),
            backoff: Duration::from_millis(250),
            write_gap: Duration::from_secs(1),
            request_gap: Duration::from_millis(75),
            everywhere: false,
        }
    }
}

/// Who asks.
#[derive(Clone, Debug)]
pub enum Credentials {
    /// Nobody.
    None,
    /// A token, sent as octocrab sends it.
    Token(SecretString),
    /// The whole value of the header `Authorization`, and the token in it, which no answer may repeat to anybody.
    Header {
        /// The value.
        value: SecretString,
        /// The token.
        token: SecretString,
    },
}

/// How a kind of server is spoken to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Manners {
    /// GitHub: its media types, through octocrab.
    GitHub,
    /// Jira: plain JSON; short pauses it asks for are waited for.
    Jira,
}

impl Manners {
    /// Requests under way at once: at first, and as long as the server answers well.
    pub(super) fn in_flight(self) -> (usize, usize) {
        match self {
            Self::GitHub => (8, 8),
            Self::Jira => (4, 4),
        }
    }
}

/// What a client is made of.
pub struct HttpSettings {
    /// How the server is spoken to.
    pub manners: Manners,
    /// The only origin.
    pub base: Base,
    /// Host of the pages people open, where a sign-on link may point.
    pub web_host: String,
    /// Who asks.
    pub credentials: Credentials,
    /// Certificates trusted besides the system's, PEM.
    pub ca_file: Option<PathBuf>,
    /// Time limits.
    pub timing: Timing,
}

/// Tells two tokens apart without telling either: 64 bits of a one-way sum.
pub fn print_of(token: &SecretString) -> String {
    use std::hash::{DefaultHasher, Hash, Hasher};
    let mut hasher = DefaultHasher::new();
    ("floorwalk", token.expose_secret()).hash(&mut hasher);
    format!("{:016x}", hasher.finish())
}
