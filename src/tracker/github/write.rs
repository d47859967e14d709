//! Writing over REST. Every call here is sent exactly once; a refusal that the claim protocol can live with (label,
//! assignee) is a value, not an error.

use serde_json::json;

use super::{GitHub, encode, map, wire};
use crate::{
    domain::{
        key::{ProjectRef, TaskKey},
        person::Login,
        task::{Comment, Task},
        text::{Foreign, safe_line},
    },
    tracker::{ErrorClass, Result, TrackerError, error::unless_refused, http::Verb},
};

/// True when a name can be one step of a path: `.` and `..` cannot, however they are written.
fn is_step(name: &str) -> bool {
    !name.is_empty() && name != "." && name != ".."
}

impl GitHub {
    fn issue_path(&self, key: &TaskKey) -> String {
        self.rest(&format!("/repos/{}/issues/{}", key.project.path(), key.number))
    }

    fn comment_path(&self, key: &TaskKey, comment: u64) -> String {
        self.rest(&format!("/repos/{}/issues/comments/{comment}", key.project.path()))
    }

    pub(super) async fn write_issue(
        &self,
        project: &ProjectRef,
        title: &str,
        body: &str,
        labels: &[String],
    ) -> Result<Task> {
        let doing = format!("opening an issue in {project}");
        let path = self.rest(&format!("/repos/{}/issues", project.path()));
        let wish = json!({ "title": title, "body": body, "labels": labels });
        let answer = self.http.write(Verb::Post, &path, Some(&wish), &doing).await?;
        // An answer that cannot be read leaves it open whether the issue is there: that is `Truncated`.
        let issue: wire::Issue = wire::one(&answer.body).map_err(|_| self.fail(ErrorClass::Truncated, &doing, ""))?;
        let task = map::task(issue, project).map_err(|why| self.fail(ErrorClass::Truncated, &doing, &why))?;
        Ok(task.0)
    }

    pub(super) async fn read_description(&self, key: &TaskKey) -> Result<Foreign> {
        let (_, body) = self.read_whole(key, &format!("reading the description of {key}")).await?;
        Ok(body.unwrap_or_default())
    }

    pub(super) async fn write_description(&self, key: &TaskKey, body: &str) -> Result<()> {
        let doing = format!("changing the description of {key}");
        self.http.write(Verb::Patch, &self.issue_path(key), Some(&json!({ "body": body })), &doing).await.map(|_| ())
    }

    pub(super) async fn write_comment(&self, key: &TaskKey, body: &str) -> Result<Comment> {
        let doing = format!("commenting on {key}");
        let path = format!("{}/comments", self.issue_path(key));
        let answer = self.http.write(Verb::Post, &path, Some(&json!({ "body": body })), &doing).await?;
        // An answer that cannot be read leaves it open whether the comment is there: that is `Truncated`.
        let comment: wire::Comment =
            wire::one(&answer.body).map_err(|_| self.fail(ErrorClass::Truncated, &doing, ""))?;
        map::comment(comment).map_err(|why| self.fail(ErrorClass::Truncated, &doing, &why))
    }

    pub(super) async fn rewrite_comment(&self, key: &TaskKey, comment: u64, body: &str) -> Result<()> {
        let doing = format!("editing a comment on {key}");
        let path = self.comment_path(key, comment);
        self.http.write(Verb::Patch, &path, Some(&json!({ "body": body })), &doing).await.map(|_| ())
    }

    pub(super) async fn remove_comment(&self, key: &TaskKey, comment: u64) -> Result<()> {
        let doing = format!("deleting a comment on {key}");
        match self.http.write(Verb::Delete, &self.comment_path(key, comment), None, &doing).await {
            Err(error) if matches!(error.class, ErrorClass::NotFound | ErrorClass::Gone) => Ok(()),
            other => other.map(|_| ()),
        }
    }

    /// True when a repository has a label.
    pub(super) async fn has_label(&self, project: &ProjectRef, label: &str) -> Result<bool> {
        if !is_step(label) {
            return Ok(false);
        }
        let doing = format!("looking for the label '{}' in {project}", safe_line(label));
        let route = self.rest(&format!("/repos/{}/labels/{}", project.path(), encode(label)));
        unless_refused(self.http.get(&route, None, &doing).await.map(|_| true), false)
    }

    pub(super) async fn put_label(&self, key: &TaskKey, label: &str) -> Result<bool> {
        // A label that does not exist would be created by the POST below: never without being asked.
        if !self.has_label(&key.project, label).await? {
            return Ok(false);
        }
        let doing = format!("labelling {key} with '{}'", safe_line(label));
        let path = format!("{}/labels", self.issue_path(key));
        let sent = self.http.write(Verb::Post, &path, Some(&json!({ "labels": [label] })), &doing).await;
        unless_refused(sent.map(|_| true), false)
    }

    pub(super) async fn drop_label(&self, key: &TaskKey, label: &str) -> Result<bool> {
        if !is_step(label) {
            return Ok(true);
        }
        let doing = format!("removing the label '{}' from {key}", safe_line(label));
        let path = format!("{}/labels/{}", self.issue_path(key), encode(label));
        match self.http.write(Verb::Delete, &path, None, &doing).await {
            Err(error) if error.class == ErrorClass::NotFound => self.lacks_label(key, label, &error, &doing).await,
            other => unless_refused(other.map(|_| true), false),
        }
    }

    /// After a 404: true when the label is not on the task, false when the account was merely not told.
    async fn lacks_label(&self, key: &TaskKey, label: &str, error: &TrackerError, doing: &str) -> Result<bool> {
        if error.said.to_ascii_lowercase().contains("label does not exist") {
            return Ok(true);
        }
        let answer = match self.http.get(&self.issue_path(key), None, doing).await {
            Err(error) if error.is_refusal() => return Ok(false),
            other => other?,
        };
        let issue: wire::Issue = wire::one(&answer.body).map_err(|f| self.unusable(&f, doing))?;
        let present = map::task(issue, &key.project)
            .map(|(task, _)| task.labels.iter().any(|l| l.raw().eq_ignore_ascii_case(label)))
            .unwrap_or(true);
        Ok(!present)
    }

    /// Assignees after a write, out of the issue in its answer.
    async fn change_assignee(&self, verb: Verb, key: &TaskKey, login: &Login, doing: &str) -> Result<Vec<Login>> {
        let path = format!("{}/assignees", self.issue_path(key));
        let body = json!({ "assignees": [login.raw()] });
        let answer = self.http.write(verb, &path, Some(&body), doing).await?;
        let issue: wire::Issue = wire::one(&answer.body).map_err(|_| self.fail(ErrorClass::Truncated, doing, ""))?;
        Ok(map::assignees(issue.assignees, issue.assignee))
    }

    pub(super) async fn put_assignee(&self, key: &TaskKey, login: &Login) -> Result<Vec<Login>> {
        let doing = format!("assigning {key}");
        match self.change_assignee(Verb::Post, key, login, &doing).await {
            // Not a matter of rights: the server does not understand the wish, and says why.
            Err(error) if error.class == ErrorClass::Invalid => Err(error),
            other => unless_refused(other, Vec::new()),
        }
    }

    pub(super) async fn drop_assignee(&self, key: &TaskKey, login: &Login) -> Result<bool> {
        let doing = format!("unassigning {key}");
        let left = self.change_assignee(Verb::Delete, key, login, &doing).await;
        // A server that ignores the request answers 200 with the login still there.
        unless_refused(left.map(|logins| !logins.contains(login)), false)
    }
}
