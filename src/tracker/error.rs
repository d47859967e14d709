//! Everything that can go wrong with a tracker, by class, each with its sentence and what to do next.
//! Knows no exit codes and no screens.

use jiff::Timestamp;

use crate::domain::text::safe_line;

/// What kind of failure: every way a tracker, the network or a proxy in between is known to say no.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ErrorClass {
    /// 401: the token is wrong, expired or revoked.
    BadToken,
    /// There is no token, and this cannot be done without one.
    NoToken,
    /// 403 with an SSO header: the token must be authorised.
    Sso {
        /// Where to do so, when the server said; checked to be on the tracker's own host.
        url: Option<String>,
    },
    /// 403: the token lacks a scope or permission.
    MissingScope {
        /// What is needed, as the server said; empty when it did not say.
        needs: String,
    },
    /// 403 otherwise.
    Forbidden,
    /// 404: private or gone.
    NotFound,
    /// 301/308: moved; the new place by numeric id or name, when known.
    Moved {
        /// New `owner/name`; for a transferred task `owner/name#number`.
        to: Option<String>,
    },
    /// 410: deleted, or issues are switched off.
    Gone,
    /// 451 or a block by the tracker.
    Blocked,
    /// Primary limit used up, or down to the part that is left to the user's other tools.
    RateLimit {
        /// When it refills.
        until: Timestamp,
    },
    /// Secondary limit, or the server asked to come back later.
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

fn clock(until: Timestamp) -> String {
    until.strftime("%H:%M UTC").to_string()
}

/// A refusal that the claim protocol can live with, as a value.
pub(super) fn unless_refused<T>(result: Result<T, TrackerError>, otherwise: T) -> Result<T, TrackerError> {
    match result {
        Err(error) if error.is_refusal() => Ok(otherwise),
        other => other,
    }
}

impl TrackerError {
    /// True for answers that mean: this account may not do that here.
    pub fn is_refusal(&self) -> bool {
        matches!(
            self.class,
            ErrorClass::Forbidden
                | ErrorClass::MissingScope { .. }
                | ErrorClass::NotFound
                | ErrorClass::Invalid
                | ErrorClass::ReadOnly
                | ErrorClass::Blocked
                | ErrorClass::Gone
        )
    }

    /// What happened, one harmless sentence without a full stop.
    pub fn sentence(&self) -> String {
        let (host, doing) = (safe_line(&self.host), safe_line(&self.doing));
        let what = self.what(&host);
        let said = self.said.trim();
        if said.is_empty() {
            format!("{what}, while {doing}")
        } else {
            format!("{what}, while {doing}; it said: {}", safe_line(said))
        }
    }

    /// The sentence's main clause.
    fn what(&self, host: &str) -> String {
        match &self.class {
            ErrorClass::BadToken => format!("{host} refused the token"),
            ErrorClass::NoToken => format!("there is no token for {host}"),
            ErrorClass::Sso { .. } => format!("{host} wants the token authorised for single sign-on"),
            ErrorClass::MissingScope { needs } if needs.is_empty() => {
                format!("the token lacks a permission on {host}")
            }
            ErrorClass::MissingScope { needs } => {
                format!("the token lacks a permission on {host}, needed: {}", safe_line(needs))
            }
            ErrorClass::Forbidden => format!("{host} forbids this"),
            ErrorClass::NotFound => format!("{host} knows no such thing, or it is private to others"),
            ErrorClass::Moved { to: Some(to) } => format!("it moved to {} on {host}", safe_line(to)),
            ErrorClass::Moved { to: None } => format!("it moved to another place on {host}"),
            ErrorClass::Gone => format!("it is gone from {host}: deleted, or its issues are switched off"),
            ErrorClass::Blocked => format!("{host} blocked access to it"),
            ErrorClass::RateLimit { until } => {
                format!("the hourly allowance on {host} is used up until {}", clock(*until))
            }
            ErrorClass::SecondaryLimit { until } => format!("{host} asks for a pause until {}", clock(*until)),
            ErrorClass::Invalid => format!("{host} did not accept the request"),
            ErrorClass::Server { status } => format!("{host} has trouble of its own (status {status})"),
            ErrorClass::NotJson => {
                format!("{host} answered with a page instead of data: a login page, a proxy or a wrong address")
            }
            ErrorClass::Truncated => format!("the answer of {host} broke off or was damaged"),
            ErrorClass::TooLarge => format!("the answer of {host} was larger than is accepted"),
            ErrorClass::Timeout => format!("{host} did not answer in time"),
            ErrorClass::Tls => format!("no safe connection to {host} could be made"),
            ErrorClass::Dns => format!("the name {host} could not be resolved"),
            ErrorClass::Connect => format!("{host} could not be reached, or the connection broke"),
            ErrorClass::Proxy => format!("the proxy would not let the request through to {host}"),
            ErrorClass::ForeignRedirect => {
                format!("{host} pointed to another host or to plain http, which is not followed")
            }
            ErrorClass::InsecureUrl => format!("{host} is configured with plain http, over which nothing is sent"),
            ErrorClass::ReadOnly => format!("it is locked, archived or disabled on {host}"),
            ErrorClass::Unexpected { status: 0 } => format!("the call to {host} failed"),
            ErrorClass::Unexpected { status } => format!("{host} gave an answer nobody expects (status {status})"),
        }
    }

    /// What to do next, one harmless sentence.
    pub fn hint(&self) -> String {
        let fixed = match &self.class {
            ErrorClass::Sso { url: Some(url) } => {
                return format!("Open {} within the hour and authorise the token, then try again.", safe_line(url));
            }
            ErrorClass::RateLimit { until } => {
                return format!(
                    "What was read is kept; the rest can be read after {}. A tenth of the allowance stays free for your \
                     other tools.",
                    clock(*until)
                );
            }
            ErrorClass::SecondaryLimit { until } => {
                return format!(
                    "Nothing is sent to this host before {}; what waits is kept and goes on after that.",
                    clock(*until)
                );
            }
            ErrorClass::Moved { to: Some(to) } => {
                return format!("Use {} from now on; what is stored keeps its identity.", safe_line(to));
            }
            ErrorClass::BadToken => "It is wrong, expired or revoked: make a new one, as with `gh auth login`.",
            ErrorClass::NoToken => "Run `gh auth login`, or set FLOORWALK_GITHUB_TOKEN, then run `floorwalk doctor`.",
            ErrorClass::Sso { url: None } => {
                "Open the tracker's token settings, choose 'Configure SSO' beside the token, then try again."
            }
            ErrorClass::MissingScope { .. } => {
                "Give the token that permission, or use another token; `floorwalk doctor` lists what it has."
            }
            ErrorClass::Forbidden => "Ask the project's maintainers for access, or leave it out of the configuration.",
            ErrorClass::NotFound => {
                "Check the spelling and that the token's owner may see it; what is stored stays until you remove it."
            }
            ErrorClass::Moved { to: None } => "Run `floorwalk sync`: it finds the new name by the project's identity.",
            ErrorClass::Gone => "Nothing can be claimed there any more; what is stored stays readable.",
            ErrorClass::Blocked => {
                "Only the tracker's support can lift this; leave it out of the configuration until then."
            }
            ErrorClass::Invalid => "Look at the server's words: the task or the account may not allow this.",
            ErrorClass::Server { .. } => "Try again in a few minutes; nothing stored is lost.",
            ErrorClass::NotJson => {
                "Open the address in a browser, log in to your network or proxy, or correct `url` and `api_url`."
            }
            ErrorClass::Truncated => "Nothing of that answer was used; try again.",
            ErrorClass::TooLarge => "Leave this project out of the configuration and report it.",
            ErrorClass::Timeout => "Check the network and try again; nothing stored is lost.",
            ErrorClass::Tls => {
                "For a company certificate name its CA file (`SSL_CERT_FILE`); otherwise check the address and clock."
            }
            ErrorClass::Dns => "Check the network and the spelling of `url` and `api_url`.",
            ErrorClass::Connect => "Check the network; writes stay in the outbox and go out later.",
            ErrorClass::Proxy => "Check HTTPS_PROXY and NO_PROXY and the proxy's login.",
            ErrorClass::ForeignRedirect => "Check `url` and `api_url`; the token went to no other host.",
            ErrorClass::InsecureUrl => "Write https:// in `url` and `api_url`; plain http is allowed to loopback only.",
            ErrorClass::ReadOnly => "It can be read but not claimed; ask a maintainer to open it.",
            ErrorClass::Unexpected { .. } => "Run `floorwalk doctor`, try again, and report it when it stays.",
        };
        fixed.to_owned()
    }

    /// True when only another token or login helps.
    pub fn is_auth(&self) -> bool {
        matches!(
            self.class,
            ErrorClass::BadToken
                | ErrorClass::NoToken
                | ErrorClass::Sso { .. }
                | ErrorClass::MissingScope { .. }
                | ErrorClass::InsecureUrl
        )
    }

    /// When a limit lets go; `None` for everything that is no limit.
    pub fn retry_at(&self) -> Option<Timestamp> {
        match self.class {
            ErrorClass::RateLimit { until } | ErrorClass::SecondaryLimit { until } => Some(until),
            _ => None,
        }
    }
}

impl std::fmt::Display for TrackerError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.sentence())
    }
}

impl std::error::Error for TrackerError {}
