//! What a site is and has: which dialect it speaks, the ids of its custom fields, who the token belongs to, and what is
//! remembered of its projects. Asked once and kept.

use secrecy::ExposeSecret;

use super::{Jira, address::Dialect, map, wire};
use crate::{
    domain::{
        person::Person,
        text::{Foreign, safe_line},
    },
    tracker::{ErrorClass, Facts, Result, rows},
};

/// Ids of the custom fields that tell something; names and ids differ from site to site.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Custom {
    pub(super) sprint: Option<String>,
    pub(super) points: Option<String>,
    pub(super) flagged: Option<String>,
    pub(super) epic: Option<String>,
}

impl Custom {
    /// All ids, to be asked for.
    pub(super) fn ids(&self) -> impl Iterator<Item = &str> {
        [&self.sprint, &self.points, &self.flagged, &self.epic].into_iter().flatten().map(String::as_str)
    }
}

/// A site as it told of itself.
#[derive(Clone, Debug)]
pub(super) struct Site {
    pub(super) dialect: Dialect,
    pub(super) version: String,
    pub(super) custom: Custom,
}

/// What claims need to know of a project.
#[derive(Clone, Debug, Default)]
pub(super) struct Shop {
    /// Account of its lead.
    pub(super) lead: Option<u64>,
    /// Comments there are public to customers unless they say otherwise.
    pub(super) service_desk: bool,
}

/// Finds the custom fields by their kind, which is the same everywhere, and by their name where the kind is a plain
/// number or a plain choice.
fn custom(fields: Vec<wire::Field>) -> Custom {
    let mut found = Custom::default();
    for field in fields {
        let Some(id) = field.id.0.filter(|id| id.starts_with("customfield_")) else { continue };
        let kind = field.schema.0.and_then(|s| s.custom.0).unwrap_or_default();
        let name = field.name.0.unwrap_or_default().trim().to_lowercase();
        let place = match (kind.rsplit(':').next().unwrap_or_default(), name.as_str()) {
            ("gh-sprint", _) => &mut found.sprint,
            ("gh-epic-link", _) => &mut found.epic,
            ("jsw-story-points", _) | (_, "story points" | "story point estimate") => &mut found.points,
            (_, "flagged") => &mut found.flagged,
            _ => continue,
        };
        place.get_or_insert(id);
    }
    found
}

impl Jira {
    /// The site; asked at the first need.
    pub(super) async fn site(&self) -> Result<&Site> {
        self.site.get_or_try_init(|| self.ask_site()).await
    }

    async fn ask_site(&self) -> Result<Site> {
        let doing = "asking what kind of Jira it is";
        // Both dialects have version 2 of this one.
        let answer = self.http.get(&self.route_of("2", "/serverInfo", doing)?, None, doing).await?;
        let info: wire::ServerInfo = rows::one(&answer.body).map_err(|f| self.unusable(&f, doing))?;
        let kind = info.deployment_type.0.unwrap_or_default();
        let dialect = match kind.to_ascii_lowercase().as_str() {
            "cloud" => Dialect::Cloud,
            // Servers older than the word say nothing.
            "server" | "datacenter" | "data center" | "" => Dialect::DataCenter,
            other => {
                let said = format!("it calls itself '{}', which is not known", safe_line(other));
                return Err(self.fail(ErrorClass::Unexpected { status: answer.status }, doing, &said));
            }
        };
        let version = info.version.0.map(|v| safe_line(&v).into_owned()).unwrap_or_default();
        Ok(Site { dialect, version, custom: self.ask_custom(dialect).await? })
    }

    /// The custom fields. Who may not read them does without sprints and points.
    async fn ask_custom(&self, dialect: Dialect) -> Result<Custom> {
        let doing = "asking for the names of its fields";
        let answer = match self.http.get(&self.route_of(dialect.version(), "/field", doing)?, None, doing).await {
            Err(error) if super::left_out(&error) || error.class == ErrorClass::BadToken => {
                tracing::info!(%error, "custom fields are not known");
                return Ok(Custom::default());
            }
            other => other?,
        };
        let fields = rows::rows::<wire::Field>(&answer.body).map_err(|f| self.unusable(&f, doing))?;
        Ok(custom(fields.into_iter().flatten().collect()))
    }

    pub(super) async fn read_me(&self) -> Result<Option<Person>> {
        if self.http.token().is_none() {
            return Ok(None);
        }
        let doing = "asking whose token it is";
        let answer = self.http.get(&self.route("/myself", doing).await?, None, doing).await?;
        let user: wire::User = rows::one(&answer.body).map_err(|f| self.unusable(&f, doing))?;
        self.took(&answer);
        let me = map::person(Some(user));
        if let Some(me) = &me {
            self.state().people.insert(me.login.raw().to_owned(), me.login.shown().clone());
        }
        Ok(me)
    }

    pub(super) async fn gather_facts(&self) -> Facts {
        let kind = match (self.http.token().map(ExposeSecret::expose_secret), self.by_email) {
            (None, _) => "none",
            (Some(_), true) => "API token with an e-mail address",
            (Some(_), false) => "personal access token",
        };
        let mut facts = Facts { token_kind: kind.into(), token_source: self.token_source.clone(), ..Facts::default() };
        match self.site().await {
            Ok(site) => {
                facts.server_version = Some(format!("{} {}", site.dialect.words(), site.version));
                facts.graphql = "not needed: Jira is read by its search".into();
            }
            Err(error) => facts.graphql = error.sentence(),
        }
        match self.read_me().await {
            Ok(me) => {
                facts.server_time = me.is_some().then(|| self.server_now());
                facts.me = me;
            }
            Err(error) => facts.graphql = error.sentence(),
        }
        facts.budgets = self.http.budgets();
        (facts.requests, facts.not_modified) = self.http.counters();
        facts
    }

    /// The name behind an address, once seen.
    pub(super) fn name_of(&self, address: &str) -> Option<Foreign> {
        self.state().people.get(address).cloned()
    }
}
