//! Makes the one HTTP client of a tracker: certificates, proxy, time limits, token. Sends nothing.

use std::path::{Path, PathBuf};

use http::HeaderValue;
use octocrab::Octocrab;
use reqwest::{Certificate, Client, redirect, retry};
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

/// The client: own origin only, no redirects, no retries, compressed answers.
#[expect(clippy::disallowed_methods, reason = "the one place that builds an HTTP client")]
fn client(base: &Base, ca_file: Option<&PathBuf>, timing: &Timing) -> Result<Client, Verdict> {
    // Another part of the program may have installed a provider already; either will do.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let plain = base.root().scheme() == "http";
    let mut builder = Client::builder()
        .redirect(redirect::Policy::none())
        .retry(retry::never())
        .referer(false)
        .connect_timeout(timing.connect)
        .pool_idle_timeout(std::time::Duration::from_secs(30))
        .https_only(!plain);
    if base.is_loopback() {
        // A proxy would carry the token off this machine in clear text.
        builder = builder.no_proxy();
    }
    if plain {
        // No certificates are needed, and a machine without any must still run the demo.
        builder = builder.tls_certs_only([]);
    } else if let Some(file) = ca_file {
        builder = builder.tls_certs_merge(certificates(file)?);
    }
    builder.build().map_err(|error| {
        let mut text = String::from("no HTTP client can be made");
        let mut source = std::error::Error::source(&error);
        while let Some(inner) = source {
            text = format!("{text}: {inner}");
            source = inner.source();
        }
        Verdict { class: ErrorClass::Tls, said: super::classify::words(&text) }
    })
}

/// A line to the server, with the secrets that go over it.
pub(super) struct Wired {
    pub(super) line: Line,
    /// The token without surrounding blanks, for telling its kind.
    pub(super) token: Option<SecretString>,
    /// Everything that no answer may repeat.
    pub(super) secrets: Vec<SecretString>,
}

/// Makes the line: octocrab's for GitHub, a plain one for Jira.
///
/// # Errors
/// A token that cannot be sent, an unreadable CA file, or a system without usable certificates.
pub(super) fn line(
    manners: Manners,
    base: &Base,
    credentials: &Credentials,
    ca_file: Option<&PathBuf>,
    timing: &Timing,
) -> Result<Wired, Verdict> {
    let (given, header) = match credentials {
        Credentials::None => (None, None),
        Credentials::Token(token) => (Some(token), None),
        Credentials::Header { value, token } => (Some(token), Some(value.expose_secret())),
    };
    let token = checked_token(given)?;
    let line = match manners {
        Manners::GitHub => Line::Crab(octocrab(base, token.as_ref(), ca_file, timing)?),
        Manners::Jira => {
            let authorization = header.map(secret_header).transpose()?;
            Line::Plain { client: client(base, ca_file, timing)?, authorization }
        }
    };
    // An answer might repeat the encoded part alone, without the scheme in front.
    let encoded = header.and_then(|value| Some(SecretString::from(value.split_once(' ')?.1.to_owned())));
    Ok(Wired { line, secrets: token.iter().cloned().chain(encoded).collect(), token })
}

fn secret_header(value: &str) -> Result<HeaderValue, Verdict> {
    let unfit = |_| failed(ErrorClass::BadToken, "it was not sent: it holds characters no header can carry");
    let mut header = HeaderValue::from_str(value).map_err(unfit)?;
    header.set_sensitive(true);
    Ok(header)
}

/// The thin client over it, with the token.
fn octocrab(
    base: &Base,
    token: Option<&SecretString>,
    ca_file: Option<&PathBuf>,
    timing: &Timing,
) -> Result<Octocrab, Verdict> {
    if tokio::runtime::Handle::try_current().is_err() {
        return Err(failed(ErrorClass::Unexpected { status: 0 }, "the client was made outside the runtime"));
    }
    let client = client(base, ca_file, timing)?;
    let mut builder = Octocrab::builder()
        .base_uri(base.root().as_str())
        .map_err(|_| failed(ErrorClass::Unexpected { status: 0 }, "the address is no URL"))?;
    if let Some(token) = token {
        builder = builder.personal_token(token.clone());
    }
    builder
        .build_with_reqwest(client)
        .map_err(|_| failed(ErrorClass::Unexpected { status: 0 }, "no client can be made"))
}
