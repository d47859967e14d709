//! Everything that can go wrong with a tracker, by class, each with its sentence and what to do next.
//! Knows no exit codes and no screens.

use jiff::Timestamp;

/// What kind of failure. One variant per row of trackers.md §3.4 and reliability.md §4.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ErrorClass {
    /// 401: the token is wrong, expired or revoked.
    BadToken,
    /// 403 with an SSO header: the token must be authorised.
    Sso {
        /// Where to do so, when the server said; checked to be on the tracker's own host.
        url: Option<String>,
    },
    /// 403: the token lacks a scope or permission.
    MissingScope {
        /// What is needed, as the server said.
        needs: String,
    },
    /// 403 otherwise.
    Forbidden,
    /// 404: private or gone.
    NotFound,
    /// 301/308: moved; the new place by numeric id or name, when known.
    Moved {
        /// New `owner/name`.
        to: Option<String>,
    },
    /// 410: deleted, or issues are switched off.
    Gone,
    /// 451 or a block by the tracker.
    Blocked,
    /// Primary limit used up.
    RateLimit {
        /// When it refills.
        until: Timestamp,
    },
    /// Secondary limit.
    SecondaryLimit {
        /// When to try again.
        until: Timestamp,
    },
    /// 422: the server did not accept the request.
    Invalid,
    /// 5xx.
    Server {
        /// The status.
        status: u16,
    },
    /// HTML or anything but JSON where JSON was due: a login page or proxy.
    NotJson,
    /// The answer broke off or is no valid JSON.
    Truncated,
    /// The answer is larger than accepted.
    TooLarge,
    /// No answer in time.
    Timeout,
    /// Certificate or handshake.
    Tls,
    /// The host name does not resolve.
    Dns,
    /// Refused, reset, unreachable.
    Connect,
    /// A proxy refused.
    Proxy,
    /// A redirect or link to another host, or from https to http.
    ForeignRedirect,
    /// A token would have gone over plain http.
    InsecureUrl,
    /// Locked conversation, archived or disabled project.
    ReadOnly,
    /// Anything else.
    Unexpected {
        /// The status, 0 when there was none.
        status: u16,
    },
}

/// A failed call: its class, where it happened and what the server said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrackerError {
    /// What kind.
    pub class: ErrorClass,
    /// Host that was asked.
    pub host: String,
    /// What was being done, in words: `reading the issues of acme/app`.
    pub doing: String,
    /// The server's own words, sanitised, at most 300 characters; empty when there were none.
    pub said: String,
}

impl TrackerError {
    /// What happened, one harmless sentence.
    pub fn sentence(&self) -> String {
        format!("{} failed while {}", self.host, self.doing)
    }

    /// What to do next.
    pub fn hint(&self) -> String {
        String::new()
    }

    /// True when only another token or login helps.
    pub fn is_auth(&self) -> bool {
        matches!(
            self.class,
            ErrorClass::BadToken | ErrorClass::Sso { .. } | ErrorClass::MissingScope { .. } | ErrorClass::InsecureUrl
        )
    }
}

impl std::fmt::Display for TrackerError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.sentence())
    }
}

impl std::error::Error for TrackerError {}
