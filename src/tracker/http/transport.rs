//! From a chain of error sources to an error class: what went wrong before or while an answer came.

use std::{error::Error as StdError, io};

use super::{super::ErrorClass, classify::Verdict};

/// Where in an exchange the error happened.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    /// Before the status line.
    Head,
    /// While reading the body.
    Body,
}

/// Walks the sources; `io::Error` hides the error it wraps from `source()`, so it is opened by hand.
fn walk(error: &(dyn StdError + 'static), look: &mut dyn FnMut(&(dyn StdError + 'static))) {
    let mut current = Some(error);
    let mut depth = 0;
    while let Some(error) = current {
        look(error);
        if let Some(inner) = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref)
            && depth < 8
        {
            walk(inner, look);
        }
        current = error.source();
        depth += 1;
        if depth > 32 {
            return;
        }
    }
}

/// Classifies a transport error. Its own text is not passed on, except a harmless word about certificates: it may
/// hold addresses and headers.
pub(super) fn classify(error: &(dyn StdError + 'static), phase: Phase) -> Verdict {
    let (mut dns, mut tls, mut timeout, mut proxy) = (false, None, false, false);
    walk(error, &mut |e| {
        if let Some(http) = e.downcast_ref::<reqwest::Error>() {
            dns |= http.is_dns();
            timeout |= http.is_timeout();
        }
        if let Some(io) = e.downcast_ref::<io::Error>() {
            timeout |= io.kind() == io::ErrorKind::TimedOut;
        }
        if let Some(error) = e.downcast_ref::<rustls::Error>() {
            tls = Some(certificate_word(error));
        }
        let text = e.to_string();
        proxy |= text.contains("tunnel error") || text.contains("proxy authorization required");
    });
    let (class, said) = if proxy {
        (ErrorClass::Proxy, "")
    } else if dns {
        (ErrorClass::Dns, "")
    } else if let Some(word) = tls {
        (ErrorClass::Tls, word)
    } else if timeout {
        (ErrorClass::Timeout, "")
    } else if phase == Phase::Body {
        (ErrorClass::Truncated, "")
    } else {
        (ErrorClass::Connect, "")
    };
    Verdict { class, said: said.to_owned() }
}

fn certificate_word(error: &rustls::Error) -> &'static str {
    use rustls::CertificateError as C;
    match error {
        rustls::Error::InvalidCertificate(C::Expired | C::ExpiredContext { .. }) => "the certificate has expired",
        rustls::Error::InvalidCertificate(C::NotValidYet | C::NotValidYetContext { .. }) => {
            "the certificate is not valid yet"
        }
        rustls::Error::InvalidCertificate(C::NotValidForName | C::NotValidForNameContext { .. }) => {
            "the certificate is for another name"
        }
        rustls::Error::InvalidCertificate(C::UnknownIssuer) => "nobody known signed the certificate",
        rustls::Error::InvalidCertificate(_) => "the certificate is not acceptable",
        _ => "the handshake failed",
    }
}
