//! Where a GitHub server's pages and interfaces are, derived from what is configured. Knows no token.

use reqwest::Url;

use crate::tracker::{
    ErrorClass,
    http::base::{Base, checked_url},
};

/// The addresses of one server. Paths have no trailing slash.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    /// Origin of both interfaces.
    pub base: Base,
    /// Path before REST routes: `` or `/api/v3`.
    pub rest: String,
    /// Path of GraphQL: `/graphql` or `/api/graphql`.
    pub graphql: String,
    /// What people open, without a trailing slash.
    pub web: String,
    /// Host of the pages people open.
    pub web_host: String,
}

/// The interface of a server that is only known by its page address: github.com, a tenant of ghe.com, an
/// Enterprise server, or a test server on this machine.
fn derived(web: &Url) -> (Url, String, String) {
    let host = web.host_str().unwrap_or_default().to_ascii_lowercase();
    let mut api = web.clone();
    let hosted = host == "github.com" || host == "www.github.com";
    let api_host = if hosted { Some("api.github.com".to_owned()) } else { tenant(&host) };
    let at_its_own_host = api_host.is_some_and(|name| api.set_host(Some(&name)).is_ok());
    if at_its_own_host {
        api.set_path("/");
        (api, String::new(), "/graphql".into())
    } else if Base::of(web).is_loopback() {
        explicit(web)
    } else {
        let path = web.path().trim_end_matches('/').to_owned();
        (api, format!("{path}/api/v3"), format!("{path}/api/graphql"))
    }
}

fn tenant(host: &str) -> Option<String> {
    let name = host.strip_suffix(".ghe.com")?;
    Some(if name.starts_with("api.") { host.to_owned() } else { format!("api.{host}") })
}

/// An interface that was named: REST there, GraphQL beside it.
fn explicit(api: &Url) -> (Url, String, String) {
    let rest = api.path().trim_end_matches('/').to_owned();
    let graphql = match rest.strip_suffix("/api/v3") {
        Some(before) => format!("{before}/api/graphql"),
        None => format!("{rest}/graphql"),
    };
    (api.clone(), rest, graphql)
}

impl Address {
    /// Derives the addresses from `url` and, where given and not blank, `api_url`.
    ///
    /// # Errors
    /// The class and reason for which an address must not be used.
    pub fn derive(url: &str, api_url: Option<&str>) -> Result<Self, (ErrorClass, String)> {
        let web = checked_url(url)?;
        let (api, rest, graphql) = match api_url.map(str::trim).filter(|raw| !raw.is_empty()) {
            Some(raw) => explicit(&checked_url(raw)?),
            None => derived(&web),
        };
        Ok(Self {
            base: Base::of(&api),
            rest,
            graphql,
            web: web.as_str().trim_end_matches('/').to_owned(),
            web_host: web.host_str().unwrap_or_default().to_owned(),
        })
    }
}
