//! One exchange with the server: a request out, the whole answer in, within a deadline and a size. Two lines lead out:
//! octocrab's, which brings its own header with the token, and a plain one, which carries the header that a tracker's
//! credentials were made into. Judges nothing.

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Response, header};
use http_body_util::{BodyExt, combinators::BoxBody};
use octocrab::Octocrab;
use reqwest::{Client, Method};
use serde_json::Value;
use tokio::time::{Instant, timeout_at};

use super::{
    super::ErrorClass,
    BODY_CAP, Http, Verb,
    base::Base,
    classify::Verdict,
    transport::{self, Phase},
};

/// An answer of any status.
pub(super) struct Reply {
    pub(super) status: u16,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
}

/// What is sent.
pub(super) enum Body<'a> {
    /// A read.
    Get(HeaderMap),
    /// A write, or a query that is sent like one.
    Write(Verb, Option<&'a Value>),
}

type BoxError = Box<dyn std::error::Error + Send + Sync>;
type Raw = Result<Response<BoxBody<Bytes, BoxError>>, BoxError>;

/// The way out.
pub(super) enum Line {
    /// Through octocrab.
    Crab(Octocrab),
    /// Straight through the client.
    Plain {
        /// The client.
        client: Client,
        /// The header that says who asks, marked as a secret.
        authorization: Option<HeaderValue>,
    },
}

impl Line {
    /// Hands a relative address to the line, which puts our origin before it: nothing can go elsewhere.
    async fn call(&self, base: &Base, path: &str, body: Body<'_>) -> Raw {
        match self {
            Self::Crab(crab) => Self::through(crab, path, body).await,
            Self::Plain { client, authorization } => {
                let url = base.own(path, "/").ok_or("the address leads to another origin")?;
                let mut request = match &body {
                    Body::Get(headers) => client.get(url).headers(headers.clone()),
                    Body::Write(verb, body) => {
                        let request = client.request(method(*verb), url).header(header::ACCEPT, "application/json");
                        body.iter().fold(request, |request, body| {
                            request.header(header::CONTENT_TYPE, "application/json").body(body.to_string())
                        })
                    }
                };
                if let Some(value) = authorization {
                    request = request.header(header::AUTHORIZATION, value.clone());
                }
                let answer = request.send().await?;
                Ok(Response::from(answer).map(|body| body.map_err(Into::into).boxed()))
            }
        }
    }

    async fn through(crab: &Octocrab, path: &str, body: Body<'_>) -> Raw {
        let answer = match body {
            Body::Get(headers) => crab._get_with_headers(path, Some(headers)).await,
            Body::Write(Verb::Post, body) => crab._post(path, body).await,
            Body::Write(Verb::Put, body) => crab._put(path, body).await,
            Body::Write(Verb::Patch, body) => crab._patch(path, body).await,
            Body::Write(Verb::Delete, body) => crab._delete(path, body).await,
        };
        Ok(answer?.map(|body| body.map_err(Into::into).boxed()))
    }
}

fn method(verb: Verb) -> Method {
    match verb {
        Verb::Post => Method::POST,
        Verb::Put => Method::PUT,
        Verb::Patch => Method::PATCH,
        Verb::Delete => Method::DELETE,
    }
}

impl Http {
    /// One exchange, within the deadline.
    pub(super) async fn send(&self, path: &str, body: Body<'_>, deadline: Instant) -> Result<Reply, Verdict> {
        let late = |_| Verdict { class: ErrorClass::Timeout, said: String::new() };
        let started = Instant::now();
        self.count_request();
        let query = path.ends_with("/graphql");
        let _busy = (self.busy.begins(), query.then(|| self.query_busy.begins()));
        let line = self.line.get_or_try_init(|| self.plan.line(self.base())).await?;
        let response = timeout_at(deadline, line.call(self.base(), path, body)).await.map_err(late)?;
        let response = response.map_err(|error| transport::classify(&*error, Phase::Head))?;
        let (parts, mut stream) = response.into_parts();
        let mut bytes = Vec::new();
        while let Some(frame) = timeout_at(deadline, stream.frame()).await.map_err(late)? {
            let frame = frame.map_err(|error| transport::classify(&*error, Phase::Body))?;
            let Some(data) = frame.data_ref() else { continue };
            if bytes.len() + data.len() > BODY_CAP {
                return Err(Verdict { class: ErrorClass::TooLarge, said: String::new() });
            }
            bytes.extend_from_slice(data);
        }
        let status = parts.status.as_u16();
        let host = self.base().host();
        tracing::debug!(%host, path, status, bytes = bytes.len(), ms = started.elapsed().as_millis(), "answered");
        Ok(Reply { status, headers: self.redact_headers(parts.headers), body: self.redact_body(bytes) })
    }
}
