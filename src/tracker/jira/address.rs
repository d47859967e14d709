//! Where a Jira site's pages and its interface are, and the routes of the interface as gouqi builds them. Knows no
//! request.

use gouqi::{ClientCore, Credentials, SearchApiVersion};
use secrecy::{ExposeSecret, SecretString};

use crate::tracker::{
    ErrorClass,
    http::{
        self,
        base::{Base, checked_url},
    },
};

/// Which of the two a site is, as it says itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// Jira Cloud: interface version 3, documents as trees, search by token.
    Cloud,
    /// Jira Data Center or Server: interface version 2, wiki markup, search by offset.
    DataCenter,
}

impl Dialect {
    /// The version of the interface.
    pub fn version(self) -> &'static str {
        match self {
            Self::Cloud => "3",
            Self::DataCenter => "2",
        }
    }

    /// In words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Cloud => "Jira Cloud",
            Self::DataCenter => "Jira Data Center",
        }
    }
}

/// The addresses of one site.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    /// Origin of the interface.
    pub base: Base,
    /// Path before `rest`, with a slash at the end.
    context: String,
    /// What people open, without a trailing slash.
    pub web: String,
    /// Host of the pages people open.
    pub web_host: String,
}

type Refused = (ErrorClass, String);

impl Address {
    /// Derives the addresses from `url` and, where given and not blank, `api_url`: scoped tokens and service accounts
    /// of Jira Cloud go through `https://api.atlassian.com/ex/jira/{cloudId}`.
    ///
    /// # Errors
    /// The class and reason for which an address must not be used.
    pub fn derive(url: &str, api_url: Option<&str>) -> Result<Self, Refused> {
        let web = checked_url(url)?;
        let api = match api_url.map(str::trim).filter(|raw| !raw.is_empty()) {
            Some(raw) => checked_url(raw)?,
            None => web.clone(),
        };
        Ok(Self {
            base: Base::of(&api),
            context: format!("{}/", api.path().trim_end_matches('/')),
            web: web.as_str().trim_end_matches('/').to_owned(),
            web_host: web.host_str().unwrap_or_default().to_owned(),
        })
    }

    /// gouqi's core for this site. It prints its credentials when it is printed, so it never leaves this room.
    fn core(&self, credentials: Credentials, version: SearchApiVersion) -> Option<ClientCore> {
        // Without the slash at the end gouqi loses the context path.
        let host = self.base.root().join(&self.context).ok()?;
        ClientCore::with_search_api_version(host.to_string(), credentials, version).ok()
    }

    /// Path and query of a route of the interface: `/issue/ABC-1?fields=summary`.
    pub fn route(&self, version: &str, endpoint: &str) -> Option<String> {
        let api = if version == "3" { SearchApiVersion::V3 } else { SearchApiVersion::V2 };
        let url = self.core(Credentials::Anonymous, api)?.build_versioned_url("api", Some(version), endpoint).ok()?;
        let route = url.query().map_or_else(|| url.path().to_owned(), |query| format!("{}?{query}", url.path()));
        // Steps like `..` would lead out of the interface.
        route.starts_with(&format!("{}rest/api/{version}/", self.context)).then_some(route)
    }

    /// What the site is told about who asks, in the form gouqi gives it: an e-mail address with an API token, or a
    /// token alone.
    ///
    /// # Errors
    /// [`ErrorClass::BadToken`] when it can be no header.
    #[expect(clippy::disallowed_methods, reason = "a client of gouqi's kind, which sends nothing")]
    pub fn credentials(&self, email: Option<&str>, token: &SecretString) -> Result<http::Credentials, Refused> {
        let unfit = || (ErrorClass::BadToken, "it was not sent: it holds characters no header can carry".to_owned());
        let token = token.expose_secret().trim();
        if token.is_empty() || !token.bytes().all(|b| b.is_ascii_graphic()) {
            return Err(unfit());
        }
        let made = match email {
            Some(email) => Credentials::Basic(email.trim().to_owned(), token.to_owned()),
            None => Credentials::Bearer(token.to_owned()),
        };
        let core = self.core(made, SearchApiVersion::Auto).ok_or_else(unfit)?;
        // A request of gouqi's own client that is never sent: only its header is wanted.
        let unsent = reqwest12::Client::new().get(self.base.root().as_str());
        let request = core.apply_credentials_async(unsent).build().map_err(|_| unfit())?;
        let header = request.headers().get(reqwest12::header::AUTHORIZATION).ok_or_else(unfit)?;
        let value = header.to_str().map_err(|_| unfit())?;
        Ok(http::Credentials::Header { value: value.to_owned().into(), token: token.to_owned().into() })
    }
}
