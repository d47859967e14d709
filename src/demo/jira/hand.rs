//! Somebody's hand on the Jira half: what colleagues do there while the program runs, without going through HTTP, and
//! what an issue looks like afterwards. For tests and demonstrations; nothing here asks whether somebody may.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{
    super::{
        Demo, DemoError,
        acts::By,
        world::{Kind, UserIx, World},
    },
    acts::{self, Edits},
    model::{Dialect, IssueIx, Text},
    people, permission,
    text::plain,
};

/// One person acting on Jira, at the server's time. Issues are named by key.
#[derive(Clone, Debug)]
pub struct JiraHand<'a> {
    demo: &'a Demo,
    login: String,
}

/// A comment as it is kept.
#[derive(Clone, Debug, PartialEq)]
pub struct JiraComment {
    /// Its id.
    pub id: u64,
    /// Login of the author; empty when the account is gone.
    pub author: String,
    /// The words, plain.
    pub text: String,
    /// The body as it was sent: a string of wiki markup, or a document.
    pub body: Value,
    /// Its properties.
    pub properties: BTreeMap<String, Value>,
    /// Milliseconds since 1970.
    pub created: i64,
    /// Milliseconds since 1970.
    pub updated: i64,
    /// Only people with a certain role or in a certain group read it.
    pub restricted: bool,
}

/// An issue as it is kept.
#[derive(Clone, Debug, PartialEq)]
pub struct JiraIssue {
    /// Its present key.
    pub key: String,
    /// Its id.
    pub id: u64,
    /// Its title.
    pub summary: String,
    /// Name of its status.
    pub status: String,
    /// Name of its resolution.
    pub resolution: Option<String>,
    /// Login of the assignee.
    pub assignee: Option<String>,
    /// Labels in order.
    pub labels: Vec<String>,
    /// Comments, oldest first.
    pub comments: Vec<JiraComment>,
    /// Its own properties.
    pub properties: BTreeMap<String, Value>,
    /// Changed fields with what they were and became, oldest first: `assignee`, `labels`, `status`.
    pub changes: Vec<(String, Option<String>, Option<String>)>,
    /// Milliseconds since 1970.
    pub updated: i64,
}

type Done<T = ()> = Result<T, DemoError>;

fn missing(what: &str) -> DemoError {
    DemoError::Missing { what: crate::domain::text::safe_line(what).into_owned() }
}

fn account(world: &mut World, login: &str) -> UserIx {
    world.intern(login, Kind::User, None)
}

fn place(world: &World, key: &str) -> Done<IssueIx> {
    let found = world.jira.find(key).filter(|ix| world.jira.issue(*ix).is_some());
    found.ok_or_else(|| missing(key))
}

impl Demo {
    /// Address of the site that speaks like Jira Cloud.
    pub fn jira_cloud_url(&self) -> String {
        format!("{}/cloud", self.url())
    }

    /// Address of the site that speaks like Jira Data Center.
    pub fn jira_dc_url(&self) -> String {
        format!("{}/dc", self.url())
    }

    /// The hand of an account on Jira, which is made when it is new.
    pub fn jira_by(&self, login: &str) -> JiraHand<'_> {
        JiraHand { demo: self, login: login.to_owned() }
    }

    /// From now on search does not see what changes (`true`), as Cloud's index does for a while; or it sees everything.
    /// Issues that a search names for reconciling are always as they are.
    pub fn set_jira_search_lag(&self, lags: bool) {
        self.shared.act(|world, _| world.jira.lag(lags));
    }

    /// The account id of a login on Cloud, or its user key on Data Center.
    pub fn jira_account(&self, login: &str, dialect: Dialect) -> String {
        self.shared.act(|world, _| {
            let user = account(world, login);
            match dialect {
                Dialect::Cloud => people::id(world, dialect, user),
                Dialect::DataCenter => world.jira.people.key(user),
            }
        })
    }

    /// Gives an account a time zone by its IANA name.
    pub fn set_jira_zone(&self, login: &str, zone: &str) {
        self.shared.act(|world, _| {
            let user = account(world, login);
            world.jira.people.known.entry(user).or_default().zone = Some(zone.to_owned());
        });
    }

    /// Closes an account (`false`) or opens it again: nobody can be assigned whose account is closed.
    pub fn set_jira_active(&self, login: &str, active: bool) {
        self.shared.act(|world, _| {
            let user = account(world, login);
            world.jira.people.known.entry(user).or_default().inactive = !active;
        });
    }

    /// Sets what an account may do in a project, by the keys of permissions: `BROWSE_PROJECTS`, `ADD_COMMENTS`, …
    ///
    /// # Errors
    /// When there is no such project or permission.
    pub fn set_jira_permissions(&self, project: &str, login: &str, keys: &[&str]) -> Done {
        self.shared.act(|world, _| {
            let user = account(world, login);
            let rights = permission::of_keys(keys).map_err(missing)?;
            let both = [Dialect::Cloud, Dialect::DataCenter];
            let found = both.into_iter().find_map(|d| world.jira.find_project(d, project));
            let project = found.ok_or_else(|| missing(project))?;
            world.jira.project_mut(project).grants.insert(user, rights);
            Ok(())
        })
    }

    /// An issue as it is now; a key from before a move finds it.
    pub fn jira_issue(&self, key: &str) -> Option<JiraIssue> {
        self.shared.act(|world, _| {
            let ix = place(world, key).ok()?;
            read(world, ix)
        })
    }
}

fn read(world: &World, ix: IssueIx) -> Option<JiraIssue> {
    let jira = &world.jira;
    let issue = jira.issue(ix)?;
    let login = |u: UserIx| world.user(u).login.clone();
    let comment = |c: &super::model::Comment| JiraComment {
        id: c.id,
        author: c.author.map(login).unwrap_or_default(),
        text: plain(&c.body).into_owned(),
        body: match &c.body {
            Text::Wiki(words) => Value::from(&**words),
            Text::Adf(document) => Value::clone(document),
        },
        properties: c.properties.clone(),
        created: c.created.as_millisecond(),
        updated: c.updated.as_millisecond(),
        restricted: c.visibility.is_some(),
    };
    let changes = issue.changes.iter().flat_map(|c| &c.items);
    Some(JiraIssue {
        key: jira.key(issue),
        id: issue.id,
        summary: issue.summary.to_string(),
        status: jira.statuses.get(issue.status).map(|s| s.named.name.clone()).unwrap_or_default(),
        resolution: issue.resolution.and_then(|r| jira.resolutions.get(r)).map(|r| r.name.clone()),
        assignee: issue.assignee.map(login),
        labels: issue.labels.clone(),
        comments: issue.comments.iter().map(comment).collect(),
        properties: issue.properties.clone(),
        changes: changes.map(|i| (i.field.to_owned(), i.from_words.clone(), i.to_words.clone())).collect(),
        updated: issue.updated.as_millisecond(),
    })
}

impl JiraHand<'_> {
    fn on<T>(&self, key: &str, act: impl FnOnce(&mut World, IssueIx, By) -> Done<T>) -> Done<T> {
        self.demo.shared.act(|world, at| {
            let who = account(world, &self.login);
            let ix = place(world, key)?;
            act(world, ix, By { who, at })
        })
    }

    fn say(&self, key: &str, body: Text, properties: &[(&str, Value)]) -> Done<u64> {
        let properties = properties.iter().map(|(k, v)| ((*k).to_owned(), v.clone())).collect();
        self.on(key, |world, ix, by| acts::comment(world, ix, by, body, properties, None).ok_or_else(|| missing(key)))
    }

    /// Comments in wiki markup, and gives the comment's id.
    ///
    /// # Errors
    /// When there is no such issue.
    pub fn comment(&self, key: &str, words: &str) -> Done<u64> {
        self.say(key, Text::wiki(words), &[])
    }

    /// Comments with a body as REST would get it (a string of wiki markup, or a document) and with properties.
    ///
    /// # Errors
    /// When there is no such issue.
    pub fn comment_with(&self, key: &str, body: Value, properties: &[(&str, Value)]) -> Done<u64> {
        let text = match body {
            Value::String(words) => Text::wiki(&words),
            document => Text::adf(document),
        };
        self.say(key, text, properties)
    }

    /// Replaces the words of a comment, whoever wrote it.
    ///
    /// # Errors
    /// When there is no such comment.
    pub fn edit_comment(&self, id: u64, words: &str) -> Done {
        self.demo.shared.act(|world, at| {
            let who = account(world, &self.login);
            let home = world.jira.comment_home(id).ok_or_else(|| missing(&format!("comment {id}")))?;
            acts::edit_comment(world, home, id, By { who, at }, Text::wiki(words), BTreeMap::new());
            Ok(())
        })
    }

    /// Removes a comment, whoever wrote it.
    ///
    /// # Errors
    /// When there is no such comment.
    pub fn delete_comment(&self, id: u64) -> Done {
        self.demo.shared.act(|world, at| {
            let home = world.jira.comment_home(id).ok_or_else(|| missing(&format!("comment {id}")))?;
            acts::remove_comment(world, home, id, at);
            Ok(())
        })
    }

    /// Assigns somebody; `None` takes the assignee off.
    ///
    /// # Errors
    /// When there is no such issue.
    pub fn assign(&self, key: &str, login: Option<&str>) -> Done {
        self.on(key, |world, ix, by| {
            let user = login.map(|l| account(world, l));
            acts::assign(world, ix, by, user);
            Ok(())
        })
    }

    /// Adds a label.
    ///
    /// # Errors
    /// When there is no such issue.
    pub fn label(&self, key: &str, label: &str) -> Done {
        self.on(key, |world, ix, by| {
            acts::label(world, ix, by, &[label], &[]);
            Ok(())
        })
    }

    /// Takes a label off.
    ///
    /// # Errors
    /// When there is no such issue.
    pub fn unlabel(&self, key: &str, label: &str) -> Done {
        self.on(key, |world, ix, by| {
            acts::label(world, ix, by, &[], &[label]);
            Ok(())
        })
    }

    /// Moves an issue to a status by its name. One of the category `done` resolves it as well: as `Done`, or as told.
    ///
    /// # Errors
    /// When there is no such issue, status or resolution.
    pub fn set_status(&self, key: &str, status: &str, resolution: Option<&str>) -> Done {
        self.on(key, |world, ix, by| {
            let place =
                world.jira.statuses.iter().position(|s| s.named.name == status).ok_or_else(|| missing(status))?;
            let done = world.jira.statuses.get(place).is_some_and(|s| s.category == super::model::Category::Done);
            let named = |name: &str| world.jira.resolutions.iter().position(|r| r.name == name);
            let resolution = match resolution {
                Some(name) => Some(Some(named(name).ok_or_else(|| missing(name))?)),
                None if done => Some(named("Done").or(Some(0))),
                None => None,
            };
            acts::edit(world, ix, by, Edits { status: Some(place), resolution, ..Edits::default() });
            Ok(())
        })
    }

    /// Sets the priority by its name.
    ///
    /// # Errors
    /// When there is no such issue or priority.
    pub fn set_priority(&self, key: &str, name: &str) -> Done {
        self.on(key, |world, ix, by| {
            let place = world.jira.priorities.iter().position(|p| p.name == name).ok_or_else(|| missing(name))?;
            acts::edit(world, ix, by, Edits { priority: Some(place), ..Edits::default() });
            Ok(())
        })
    }

    /// Replaces the summary.
    ///
    /// # Errors
    /// When there is no such issue.
    pub fn rename(&self, key: &str, summary: &str) -> Done {
        self.on(key, |world, ix, by| {
            acts::edit(world, ix, by, Edits { summary: Some(summary.into()), ..Edits::default() });
            Ok(())
        })
    }

    /// Sets a property of an issue, or removes it (`None`).
    ///
    /// # Errors
    /// When there is no such issue.
    pub fn set_property(&self, key: &str, name: &str, value: Option<Value>) -> Done {
        self.on(key, |world, ix, _| {
            world.jira.change(ix, |issue| match value {
                Some(value) => issue.properties.insert(name.to_owned(), value),
                None => issue.properties.remove(name),
            });
            Ok(())
        })
    }

    /// Moves an issue to another project and gives its new key; the old one leads to it.
    ///
    /// # Errors
    /// When there is no such issue or project.
    pub fn move_to(&self, key: &str, project: &str) -> Done<String> {
        self.on(key, |world, ix, by| {
            let both = [Dialect::Cloud, Dialect::DataCenter];
            let found = both.into_iter().find_map(|d| world.jira.find_project(d, project));
            let project = found.ok_or_else(|| missing(project))?;
            acts::relocate(world, ix, by, project).ok_or_else(|| missing(key))
        })
    }

    /// Deletes an issue.
    ///
    /// # Errors
    /// When there is no such issue.
    pub fn delete(&self, key: &str) -> Done {
        self.on(key, |world, ix, _| {
            world.jira.delete(ix);
            Ok(())
        })
    }
}
