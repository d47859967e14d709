//! Makes the one HTTP client of a tracker: certificates, proxy, time limits, token. Sends nothing.

use std::path::{Path, PathBuf};

use octocrab::Octocrab;
use reqwest::{Certificate, Client, redirect, retry};
use secrecy::{ExposeSecret, SecretString};

use super::{super::ErrorClass, Timing, base::Base, classify::Verdict};

fn failed(class: ErrorClass, said: &str) -> Verdict {
    Verdict { class, said: said.to_owned() }
}

/// A token without surrounding white space; an empty one is none.
///
/// # Errors
/// [`ErrorClass::BadToken`] when it holds characters no header can carry: they would make the client panic.
pub(super) fn checked_token(token: Option<&SecretString>) -> Result<Option<SecretString>, Verdict> {
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

/// The thin client over it, with the token.
pub(super) fn octocrab(
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
