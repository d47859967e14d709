//! Whose token it is and what it can do: for claims, and for `doctor`.

use secrecy::ExposeSecret;
use serde_json::json;

use super::{GitHub, graphql, map, wire};
use crate::{
    domain::person::Person,
    tracker::{Facts, Result, http::Answer},
};

/// The kind of a token by its public prefix.
fn kind(token: Option<&str>) -> &'static str {
    let Some(token) = token else { return "none" };
    let kinds = [
        ("github_pat_", "fine-grained"),
        ("ghp_", "classic"),
        ("gho_", "gh"),
        ("ghu_", "app user"),
        ("ghs_", "app installation"),
    ];
    kinds.iter().find(|(prefix, _)| token.starts_with(prefix)).map_or("other", |(_, kind)| kind)
}

impl GitHub {
    async fn user(&self) -> Result<(Option<Person>, Answer)> {
        let doing = "asking whose token it is";
        let answer = self.http.get(&self.rest("/user"), None, doing).await?;
        let user: wire::User = wire::one(&answer.body).map_err(|f| self.unusable(&f, doing))?;
        let me = map::person(Some(user));
        self.state().me = me.as_ref().map(|p| p.login.raw().to_owned());
        Ok((me, answer))
    }

    pub(super) async fn read_me(&self) -> Result<Option<Person>> {
        if self.http.token().is_none() { Ok(None) } else { Ok(self.user().await?.0) }
    }

    pub(super) async fn gather_facts(&self) -> Facts {
        let token = self.http.token();
        let mut facts = Facts {
            token_kind: kind(token.map(ExposeSecret::expose_secret)).to_owned(),
            token_source: self.token_source.clone(),
            ..Facts::default()
        };
        if token.is_some() {
            match self.user().await {
                Ok((me, answer)) => {
                    facts.me = me;
                    facts.server_time = answer.header("date").map(|_| answer.time());
                    let scopes = answer.header("x-oauth-scopes").unwrap_or_default();
                    facts.scopes = scopes.split(',').map(str::trim).filter(|s| !s.is_empty()).map(safe).collect();
                    facts.server_version = answer.header("x-github-enterprise-version").map(safe);
                }
                Err(error) => facts.graphql = error.sentence(),
            }
        }
        if facts.graphql.is_empty() {
            facts.graphql = self.probe().await;
        }
        facts.budgets = self.http.budgets();
        (facts.requests, facts.not_modified) = self.http.counters();
        facts
    }

    async fn probe(&self) -> String {
        if let Some(why) = self.no_queries() {
            return why;
        }
        match self.ask(graphql::PROBE, json!({}), true, "trying GraphQL").await {
            Ok(reply) if reply.data.is_some() && reply.errors().is_empty() => "works".into(),
            Ok(reply) => {
                let said = reply.errors().first().map(|e| safe(&self.http.redact(e.message()))).unwrap_or_default();
                format!("answers with errors, REST is used alone: {said}")
            }
            Err(error) => format!("cannot be used, REST is used alone: {}", error.sentence()),
        }
    }
}

fn safe(raw: &str) -> String {
    let cut: String = raw.chars().take(200).collect();
    crate::domain::text::safe_line(&cut).into_owned()
}
