//! What an address in the configuration may be: https to anywhere, http only to this machine, no password in it.

use std::net::Ipv4Addr;

/// True when `host` (as written in an address, brackets allowed) is this machine.
pub fn is_loopback(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    bare.eq_ignore_ascii_case("localhost")
        || bare == "::1"
        || bare.parse::<Ipv4Addr>().is_ok_and(|address| address.is_loopback())
}

/// Host of a checked address, without its port; empty when there is none.
pub fn host_of(url: &str) -> String {
    url.parse::<http::Uri>().ok().and_then(|u| u.host().map(str::to_ascii_lowercase)).unwrap_or_default()
}

/// Checks an address and gives it back without a trailing slash. A path is accepted only `with_path`.
///
/// # Errors
/// What is wrong and what to do; the address itself is not repeated, it may hold a password.
pub fn check(url: &str, with_path: bool) -> Result<String, (String, String)> {
    let wrong = |what: &str, hint: &str| Err((what.to_owned(), hint.to_owned()));
    let example = if with_path { "https://ghe.example/api/v3" } else { "https://github.com" };
    let Ok(uri) = url.parse::<http::Uri>() else {
        return wrong("is not an address", &format!("expected something like {example}"));
    };
    let (Some(scheme), Some(authority)) = (uri.scheme_str(), uri.authority()) else {
        return wrong("is not a complete address", &format!("expected something like {example}"));
    };
    if authority.as_str().contains('@') {
        return wrong("holds a user name or password", "take it out: tokens come from the environment or from gh");
    }
    if uri.query().is_some() || url.contains('#') {
        return wrong("holds more than an address", &format!("expected something like {example}"));
    }
    match scheme {
        "https" => {}
        "http" if is_loopback(authority.host()) => {}
        "http" => {
            return wrong(
                "is plain http: a token would travel readable by everybody on the way",
                "write https; http is accepted only for this machine (localhost, 127.0.0.1, [::1])",
            );
        }
        _ => return wrong("is neither https nor http", &format!("expected something like {example}")),
    }
    if !with_path && !matches!(uri.path(), "" | "/") {
        return wrong(
            "holds a path",
            "only the address of the server; organisations go to orgs, repositories to repos",
        );
    }
    Ok(url.trim_end_matches('/').to_owned())
}
