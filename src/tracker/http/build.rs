//! Makes the one HTTP client of a tracker: certificates, proxy, time limits, token. Sends nothing. What can be wrong with the
//! settings is found at once; the client itself is made for the first request: it reads all certificates of the system, which
//! takes longer than the first screen.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use http::HeaderValue;
use octocrab::Octocrab;
use reqwest::{Certificate, Client, ClientBuilder, redirect, retry};
use secrecy::{ExposeSecret, SecretString};

use super::{super::ErrorClass, Credentials, Manners, Timing, base::Base, classify::Verdict, exchange::Line};

fn failed(class: ErrorClass, said: &str) -> Verdict {
    Verdict { class, said: said.to_owned() }
}

/// A token without surrounding white space; an empty one is none.
///
/// # Errors
/// [`ErrorClass::BadToken`] when it holds characters no header can carry: they would make the client panic.
fn checked_token(token: Option<&SecretString>) -> Result<Option<SecretString>, Verdict> {
    let Some(token) = token.map(|t| t.expose_secret().trim()).filter(|t| !t.is_empty()) else { return Ok(None) };
    if token.len() <= 4_096 && token.bytes().all(|b| b.is_ascii_graphic()) {
        Ok(Some(SecretString::from(token.to_owned())))
    } else {
        Err(failed(ErrorClass::BadToken, "it was not sent: it holds blanks, line breaks or letters beyond ASCII"))
    }
}

fn certificates(file: &Path) -> Result<Vec<Certificate>, Verdict> {
    let unusable = |why: String| Verdict { class: ErrorClass::Tls, said: super::classify::words(&why) };
    let pem =
        std::fs::read(file).map_err(|e| unusable(format!("the CA file {} cannot be read: {e}", file.display())))?;
    match Certificate::from_pem_bundle(&pem) {
        Ok(list) if !list.is_empty() => Ok(list),
        _ => Err(unusable(format!("the CA file {} holds no certificate in PEM form", file.display()))),
    }
}

/// What the client is made of, checked.
pub(super) struct Plan {
    manners: Manners,
    token: Option<SecretString>,
    /// The header that says who asks, where octocrab does not make it.
    authorization: Option<HeaderValue>,
    /// Certificates trusted besides the system's.
    extra: Vec<Certificate>,
    /// For making a connection.
    connect: Duration,
}

/// Checks what the client is to be made of. Gives the texts that no answer may repeat, too.
///
/// # Errors
/// A token that cannot be sent, or an unreadable CA file.
pub(super) fn plan(
    manners: Manners,
    base: &Base,
    credentials: &Credentials,
    ca_file: Option<&PathBuf>,
    timing: &Timing,
) -> Result<(Plan, Vec<SecretString>), Verdict> {
    let (given, header) = match credentials {
        Credentials::None => (None, None),
        Credentials::Token(token) => (Some(token), None),
        Credentials::Header { value, token } => (Some(token), Some(value.expose_secret())),
    };
    let token = checked_token(given)?;
    let authorization = header.map(secret_header).transpose()?;
    let extra = match ca_file {
        Some(file) if !is_plain(base) => certificates(file)?,
        _ => Vec::new(),
    };
    // An answer might repeat the encoded part alone, without the scheme in front.
    let encoded = header.and_then(|value| Some(SecretString::from(value.split_once(' ')?.1.to_owned())));
    let secrets = token.iter().cloned().chain(encoded).collect();
    Ok((Plan { manners, token, authorization, extra, connect: timing.connect }, secrets))
}

fn secret_header(value: &str) -> Result<HeaderValue, Verdict> {
    let unfit = |_| failed(ErrorClass::BadToken, "it was not sent: it holds characters no header can carry");
    let mut header = HeaderValue::from_str(value).map_err(unfit)?;
    header.set_sensitive(true);
    Ok(header)
}

fn is_plain(base: &Base) -> bool {
    base.root().scheme() == "http"
}

impl Plan {
    /// The token without surrounding blanks, for telling its kind.
    pub(super) fn token(&self) -> Option<&SecretString> {
        self.token.as_ref()
    }

    /// Makes the line: octocrab's for GitHub, a plain one for Jira.
    ///
    /// # Errors
    /// A system without usable certificates.
    pub(super) async fn line(&self, base: &Base) -> Result<Line, Verdict> {
        let building = self.builder(base);
        // Reads some hundred files.
        let made = tokio::task::spawn_blocking(move || building.build()).await;
        let client =
            made.map_err(|_| failed(ErrorClass::Tls, "no HTTP client can be made"))?.map_err(|e| unmade(&e))?;
        match self.manners {
            Manners::GitHub => Ok(Line::Crab(self.octocrab(base, client)?)),
            Manners::Jira => Ok(Line::Plain { client, authorization: self.authorization.clone() }),
        }
    }

    /// The client: own origin only, no redirects, no retries, compressed answers.
    #[expect(clippy::disallowed_methods, reason = "the one place that builds an HTTP client")]
    fn builder(&self, base: &Base) -> ClientBuilder {
        // Another part of the program may have installed a provider already; either will do.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let plain = is_plain(base);
        let mut builder = Client::builder()
            .redirect(redirect::Policy::none())
            .retry(retry::never())
            .referer(false)
            .connect_timeout(self.connect)
            .pool_idle_timeout(Duration::from_secs(30))
            .https_only(!plain);
        if base.is_loopback() {
            // A proxy would carry the token off this machine in clear text.
            builder = builder.no_proxy();
        }
        if plain {
            // No certificates are needed, and a machine without any must still run the demo.
            builder = builder.tls_certs_only([]);
        } else if !self.extra.is_empty() {
            builder = builder.tls_certs_merge(self.extra.clone());
        }
        builder
    }

    /// The thin client over it, with the token.
    fn octocrab(&self, base: &Base, client: Client) -> Result<Octocrab, Verdict> {
        let failed = |said| failed(ErrorClass::Unexpected { status: 0 }, said);
        let builder = Octocrab::builder().base_uri(base.root().as_str());
        let mut builder = builder.map_err(|_| failed("the address is no URL"))?;
        if let Some(token) = &self.token {
            builder = builder.personal_token(token.clone());
        }
        builder.build_with_reqwest(client).map_err(|_| failed("no client can be made"))
    }
}

fn unmade(error: &reqwest::Error) -> Verdict {
    let mut text = String::from("no HTTP client can be made");
    let mut source = std::error::Error::source(error);
    while let Some(inner) = source {
        text = format!("{text}: {inner}");
        source = inner.source();
    }
    Verdict { class: ErrorClass::Tls, said: super::classify::words(&text) }
}
