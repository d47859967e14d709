//! Writing to Jira. Every call here is sent exactly once; a refusal that the claim protocol can live with (label,
//! assignee, the note beside the claim) is a value, not an error.

use serde_json::{Value, json};

use super::{Jira, PROPERTY, address::Dialect, document, map, wire};
use crate::{
    domain::{
        key::TaskKey,
        person::Login,
        task::Comment,
        text::{Foreign, safe_line},
        triage::{is_same_text, without_line},
    },
    tracker::{ClaimNote, ErrorClass, Result, error::unless_refused, http::Verb, rows},
};

/// Property that keeps a comment of a service desk away from customers.
const INTERNAL: &str = "sd.public.comment";

/// Property of an issue that says who helps: a cache for other tools, never the truth.
const NOTE: &str = "floorwalk.claim";

/// A label as Jira takes it: without spaces.
fn label_of(label: &str) -> String {
    label.split_whitespace().collect::<Vec<_>>().join("-")
}

/// Account ids of Cloud: 24 hexadecimal digits, or a number and a UUID.
fn is_account_id(token: &str) -> bool {
    let hex = |s: &str| !s.is_empty() && s.chars().all(|c| c.is_ascii_hexdigit() || c == '-');
    match token.split_once(':') {
        Some((site, id)) => !site.is_empty() && site.bytes().all(|b| b.is_ascii_digit()) && id.len() >= 24 && hex(id),
        None => token.len() == 24 && token.bytes().all(|b| b.is_ascii_hexdigit()),
    }
}

impl Jira {
    /// Whom a mention in an own comment tells.
    fn mention(&self, dialect: Dialect, token: &str) -> Option<document::write::Mention> {
        let name = self.name_of(token).map(|name| name.line().into_owned());
        match dialect {
            Dialect::Cloud if name.is_none() && !is_account_id(token) => None,
            _ => {
                Some(document::write::Mention { id: token.to_owned(), name: name.unwrap_or_else(|| token.to_owned()) })
            }
        }
    }

    /// A comment of ours in the site's own form, with its marker as a property.
    async fn outgoing(&self, body: &str) -> Result<(Value, Option<Value>)> {
        let dialect = self.site().await?.dialect;
        let body = without_line(body);
        let hook = |token: &str| self.mention(dialect, token);
        Ok(match dialect {
            Dialect::Cloud => {
                let out = document::machine::to_adf(body, &hook);
                (out.body, out.property)
            }
            Dialect::DataCenter => {
                let out = document::machine::to_wiki(body, &hook);
                (Value::String(out.body), out.property)
            }
        })
    }

    pub(super) async fn write_comment(&self, key: &TaskKey, body: &str) -> Result<Comment> {
        let doing = format!("commenting on {key}");
        let site = self.site().await?;
        let shop = self.shop(&key.project).await?;
        let (body, property) = self.outgoing(body).await?;
        let internal = shop.service_desk.then(|| json!({ "key": INTERNAL, "value": { "internal": true } }));
        let marker = property.map(|value| json!({ "key": PROPERTY, "value": value }));
        let properties: Vec<Value> = marker.into_iter().chain(internal).collect();
        let sent = json!({ "body": body, "properties": properties });
        let route = self.route(&format!("/issue/{key}/comment?expand=properties"), &doing).await?;
        let answer = self.http.write(Verb::Post, &route, Some(&sent), &doing).await?;
        // An answer that cannot be read leaves it open whether the comment is there: that is `Truncated`.
        let told: wire::Comment = rows::one(&answer.body).map_err(|_| self.fail(ErrorClass::Truncated, &doing, ""))?;
        let public = shop.service_desk && told.jsd_public.0 == Some(true);
        let comment =
            map::comment(told, site.dialect, &shop).map_err(|why| self.fail(ErrorClass::Truncated, &doing, &why))?;
        if public {
            self.remove_comment(key, comment.id).await?;
            let said = "customers would have read it, although it was sent as internal; it was deleted again";
            return Err(self.fail(ErrorClass::Forbidden, &doing, said));
        }
        Ok(comment)
    }

    pub(super) async fn rewrite_comment(&self, key: &TaskKey, comment: u64, body: &str) -> Result<()> {
        let doing = format!("editing a comment on {key}");
        let (body, property) = self.outgoing(body).await?;
        let route = self.route(&format!("/issue/{key}/comment/{comment}"), &doing).await?;
        self.http.write(Verb::Put, &route, Some(&json!({ "body": body })), &doing).await?;
        let Some(property) = property else { return Ok(()) };
        // Which sites change properties along with the text is not written anywhere.
        let route = self.route(&format!("/comment/{comment}/properties/{PROPERTY}"), &doing).await?;
        self.http.write(Verb::Put, &route, Some(&property), &doing).await.map(|_| ())
    }

    pub(super) async fn remove_comment(&self, key: &TaskKey, comment: u64) -> Result<()> {
        let doing = format!("deleting a comment on {key}");
        let route = self.route(&format!("/issue/{key}/comment/{comment}"), &doing).await?;
        match self.http.write(Verb::Delete, &route, None, &doing).await {
            Err(error) if matches!(error.class, ErrorClass::NotFound | ErrorClass::Gone) => Ok(()),
            other => other.map(|_| ()),
        }
    }

    /// The description as the site keeps it.
    async fn kept_description(&self, key: &TaskKey, doing: &str) -> Result<Value> {
        let route = self.route(&format!("/issue/{key}?fields=description"), doing).await?;
        let answer = self.http.get(&route, None, doing).await?;
        let issue: wire::Issue = rows::one(&answer.body).map_err(|f| self.unusable(&f, doing))?;
        match issue.key.0 {
            // An issue that was moved answers to its old key with the new one.
            Some(there) if there != key.to_string() => {
                Err(self.fail(ErrorClass::Moved { to: Some(safe_line(&there).into_owned()) }, doing, ""))
            }
            _ => Ok(issue.fields.description),
        }
    }

    pub(super) async fn read_description(&self, key: &TaskKey) -> Result<Foreign> {
        let kept = self.kept_description(key, &format!("reading the description of {key}")).await?;
        Ok(Foreign::new(map::markdown(&kept)))
    }

    /// Adds to a description. What stands there may hold panels, pictures and people that Markdown cannot say: it is sent
    /// back as it is, with the new below it.
    pub(super) async fn write_description(&self, key: &TaskKey, was: &str, body: &str) -> Result<()> {
        let doing = format!("changing the description of {key}");
        let kept = self.kept_description(key, &doing).await?;
        let unchanged = is_same_text(&map::markdown(&kept), was);
        let Some(added) = body.strip_prefix(was.trim_end()).filter(|_| unchanged) else {
            let said = "nothing was sent: on Jira only what is added below the description can be sent from here, so that \
                        nothing of it is lost; change the rest on the site";
            return Err(self.fail(ErrorClass::Invalid, &doing, said));
        };
        let nobody = |_: &str| None;
        let description = match self.site().await?.dialect {
            Dialect::Cloud => {
                let mut new = document::write::adf(added, &nobody);
                let before = kept.get("content").and_then(Value::as_array).cloned().unwrap_or_default();
                if let Some(content) = new.get_mut("content").and_then(Value::as_array_mut) {
                    content.splice(0..0, before);
                }
                new
            }
            Dialect::DataCenter => {
                let before = kept.as_str().unwrap_or_default().trim_end();
                let added = document::write::wiki(added, &nobody);
                Value::String(format!("{before}\n\n{}", added.trim_start()).trim_start().to_owned())
            }
        };
        let route = self.route(&format!("/issue/{key}"), &doing).await?;
        let sent = json!({ "fields": { "description": description } });
        self.http.write(Verb::Put, &route, Some(&sent), &doing).await.map(|_| ())
    }

    async fn edit_label(&self, key: &TaskKey, how: &str, label: &str) -> Result<bool> {
        let label = label_of(label);
        if label.is_empty() {
            return Ok(false);
        }
        let doing = format!("changing the label '{}' of {key}", safe_line(&label));
        let body = json!({ "update": { "labels": [{ how: label }] } });
        let route = self.route(&format!("/issue/{key}"), &doing).await?;
        unless_refused(self.http.write(Verb::Put, &route, Some(&body), &doing).await.map(|_| true), false)
    }

    pub(super) async fn put_label(&self, key: &TaskKey, label: &str) -> Result<bool> {
        self.edit_label(key, "add", label).await
    }

    pub(super) async fn drop_label(&self, key: &TaskKey, label: &str) -> Result<bool> {
        self.edit_label(key, "remove", label).await
    }

    /// Sets the one assignee, or nobody.
    async fn set_assignee(&self, key: &TaskKey, login: Option<&Login>, doing: &str) -> Result<()> {
        let name = match self.site().await?.dialect {
            Dialect::Cloud => "accountId",
            Dialect::DataCenter => "name",
        };
        let body = json!({ name: login.map(Login::raw) });
        let route = self.route(&format!("/issue/{key}/assignee"), doing).await?;
        self.http.write(Verb::Put, &route, Some(&body), doing).await.map(|_| ())
    }

    /// True when a change of the assignee was refused. Data Center says 401 to an account that may not assign, with a
    /// sentence; a token that is wrong gets none.
    fn was_refused(result: Result<()>) -> Result<bool> {
        match result {
            Ok(()) => Ok(false),
            Err(error) if error.is_refusal() || (error.class == ErrorClass::BadToken && !error.said.is_empty()) => {
                Ok(true)
            }
            Err(error) => Err(error),
        }
    }

    /// Assigns, and reads who is assigned then: whoever came in between, or a site that only pretends.
    pub(super) async fn put_assignee(&self, key: &TaskKey, login: &Login) -> Result<Vec<Login>> {
        let doing = format!("assigning {key}");
        if Self::was_refused(self.set_assignee(key, Some(login), &doing).await)? {
            return Ok(Vec::new());
        }
        Ok(self.read_issue(key, &doing).await?.0.assignees)
    }

    /// Unassigns this person and nobody else: Jira knows one assignee, and it may be another by now.
    pub(super) async fn drop_assignee(&self, key: &TaskKey, login: &Login) -> Result<bool> {
        let doing = format!("unassigning {key}");
        if !self.read_issue(key, &doing).await?.0.assignees.contains(login) {
            return Ok(true);
        }
        Ok(!Self::was_refused(self.set_assignee(key, None, &doing).await)?)
    }

    /// Keeps the note beside the claim, and moves the task where that was asked for.
    pub(super) async fn put_note(&self, key: &TaskKey, note: Option<&ClaimNote>) -> Result<()> {
        match note {
            Some(note) => self.begin(key, note).await,
            None => self.end(key).await,
        }
    }

    async fn begin(&self, key: &TaskKey, note: &ClaimNote) -> Result<()> {
        let doing = format!("noting the claim on {key}");
        let moved = if self.moves { self.start(key, &doing).await? } else { None };
        let value = json!({
            "claim": note.claim.to_string(),
            "by": note.by.raw(),
            "until": note.until.to_string(),
            "comment": note.comment,
            "moved": moved,
        });
        let route = self.route(&format!("/issue/{key}/properties/{NOTE}"), &doing).await?;
        unless_refused(self.http.write(Verb::Put, &route, Some(&value), &doing).await.map(|_| ()), ())
    }

    /// Takes the note away, and the step back that was made for the claim, while the task stands where that led.
    async fn end(&self, key: &TaskKey) -> Result<()> {
        let doing = format!("taking the note of the claim off {key}");
        let route = self.route(&format!("/issue/{key}/properties/{NOTE}"), &doing).await?;
        if self.moves {
            let known = unless_refused(self.http.get(&route, None, &doing).await.map(Some), None)?;
            let value = known.and_then(|a| serde_json::from_slice::<Value>(&a.body).ok()).unwrap_or_default();
            let part = |name: &str| value.pointer(&format!("/value/moved/{name}")).and_then(Value::as_str);
            if let (Some(from), Some(to)) = (part("from"), part("to")) {
                self.step_back(key, from, to, &doing).await?;
            }
        }
        unless_refused(self.http.write(Verb::Delete, &route, None, &doing).await.map(|_| ()), ())
    }

    async fn transitions(&self, key: &TaskKey, doing: &str) -> Result<Vec<wire::Transition>> {
        let route = self.route(&format!("/issue/{key}/transitions?expand=transitions.fields"), doing).await?;
        let answer = unless_refused(self.http.get(&route, None, doing).await.map(Some), None)?;
        let Some(answer) = answer else { return Ok(Vec::new()) };
        let told: wire::Transitions = rows::one(&answer.body).map_err(|f| self.unusable(&f, doing))?;
        Ok(told.transitions.0.unwrap_or_default())
    }

    async fn make(&self, key: &TaskKey, step: &wire::Transition, doing: &str) -> Result<bool> {
        let Some(id) = &step.id.0 else { return Ok(false) };
        let body = json!({ "transition": { "id": id } });
        let route = self.route(&format!("/issue/{key}/transitions"), doing).await?;
        unless_refused(self.http.write(Verb::Post, &route, Some(&body), doing).await.map(|_| true), false)
    }

    /// Moves a task that nobody is at work on to work in progress; what was moved, for the way back.
    async fn start(&self, key: &TaskKey, doing: &str) -> Result<Option<Value>> {
        let (task, _) = self.read_issue(key, doing).await?;
        let planning = task.planning.unwrap_or_default();
        if planning.in_progress {
            return Ok(None);
        }
        let steps = self.transitions(key, doing).await?;
        let Some(step) = steps.iter().find(|s| s.leads_to("indeterminate") && !s.asks()) else { return Ok(None) };
        let to = step.to.0.as_ref().and_then(|s| s.name.0.clone()).unwrap_or_default();
        let made = self.make(key, step, doing).await?;
        Ok(made.then(|| json!({ "from": planning.status.raw(), "to": to })))
    }

    async fn step_back(&self, key: &TaskKey, from: &str, to: &str, doing: &str) -> Result<()> {
        let (task, _) = self.read_issue(key, doing).await?;
        if task.planning.unwrap_or_default().status.raw() != to {
            return Ok(());
        }
        let steps = self.transitions(key, doing).await?;
        let named = |s: &&wire::Transition| s.to.0.as_ref().and_then(|t| t.name.0.as_deref()) == Some(from);
        if let Some(step) = steps.iter().filter(|s| !s.asks()).find(named) {
            self.make(key, step, doing).await?;
        }
        Ok(())
    }
}

impl wire::Transition {
    fn leads_to(&self, category: &str) -> bool {
        let to = self.to.0.as_ref().and_then(|s| s.status_category.0.as_ref()).and_then(|c| c.key.0.as_deref());
        to == Some(category)
    }

    /// True when it wants to be told something that only a person knows.
    fn asks(&self) -> bool {
        let required = |field: &Value| {
            field.get("required").and_then(Value::as_bool) == Some(true)
                && field.get("hasDefaultValue").and_then(Value::as_bool) != Some(true)
        };
        self.fields.0.iter().flatten().any(|(_, field)| required(field))
    }
}
