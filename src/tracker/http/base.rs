//! The one origin a client talks to, and which addresses may be used at all. Knows no token and no request.

use std::net::IpAddr;

use reqwest::Url;

use super::super::ErrorClass;

/// Scheme, host and port of a tracker's interface. Nothing is ever sent to another origin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Base {
    root: Url,
    loopback: bool,
}

/// True for 127.0.0.0/8, `::1` and the literal name `localhost`.
fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    host.eq_ignore_ascii_case("localhost") || bare.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

/// Parses an address and refuses what must not be used: plain http beyond loopback, logins in the address,
/// other schemes. The path is kept without a trailing slash.
///
/// # Errors
/// [`ErrorClass::InsecureUrl`] for plain http, otherwise [`ErrorClass::Unexpected`], each with a reason.
pub fn checked_url(raw: &str) -> Result<Url, (ErrorClass, String)> {
    let wrong = |why: &str| (ErrorClass::Unexpected { status: 0 }, why.to_owned());
    let mut url = Url::parse(raw.trim()).map_err(|_| wrong("the address is no URL"))?;
    if url.host_str().is_none_or(str::is_empty) {
        return Err(wrong("the address names no host"));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(wrong("the address holds a login, which does not belong there"));
    }
    match url.scheme() {
        "https" => {}
        "http" if is_loopback(&url) => {}
        "http" => return Err((ErrorClass::InsecureUrl, String::new())),
        _ => return Err(wrong("the address must begin with https://")),
    }
    url.set_query(None);
    url.set_fragment(None);
    let path = url.path().trim_end_matches('/').to_owned();
    url.set_path(&path);
    Ok(url)
}

impl Base {
    /// The origin of a checked address.
    pub fn of(url: &Url) -> Self {
        let mut root = url.clone();
        root.set_path("/");
        Self { loopback: is_loopback(&root), root }
    }

    /// The origin as a URL with the path `/`.
    pub fn root(&self) -> &Url {
        &self.root
    }

    /// True when it is this machine: http allowed, no proxy, no pauses between writes.
    pub fn is_loopback(&self) -> bool {
        self.loopback
    }

    /// Host, with its port where that is not the scheme's own.
    pub fn host(&self) -> String {
        let host = self.root.host_str().unwrap_or_default();
        self.root.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
    }

    /// Resolves an address a server sent (`Location`, `Link`) against the path it was sent for. `None` when it
    /// is no address or lies on another origin.
    pub fn own(&self, raw: &str, sent_for: &str) -> Option<Url> {
        let url = self.root.join(sent_for).ok()?.join(raw.trim()).ok()?;
        (url.origin() == self.root.origin() && url.username().is_empty() && url.password().is_none()).then_some(url)
    }
}
