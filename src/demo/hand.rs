//! Somebody's hand in the made-up world: what colleagues do there while the program runs, without going through HTTP.
//! For tests and demonstrations; nothing here asks whether somebody may.

use jiff::Timestamp;

use super::{
    Demo, DemoError,
    acts::{By, Opening},
    world::{RepoIx, UserIx, World},
};
use crate::domain::evidence::{Checks, Verdict};

/// A pull request to be opened.
#[derive(Clone, Copy, Debug, Default)]
pub struct NewPull<'a> {
    /// Repository: `owner/name`.
    pub project: &'a str,
    /// Its title.
    pub title: &'a str,
    /// Its text; `Closes #12` or `see owner/name#3` links it.
    pub body: &'a str,
    /// As a draft.
    pub draft: bool,
}

/// One person acting, at the server's time. Things are named as keys: `owner/name#12`.
#[derive(Clone, Debug)]
pub struct Hand<'a> {
    demo: &'a Demo,
    login: String,
}

type Done<T = ()> = Result<T, DemoError>;

impl Demo {
    /// Moves the server's time; it goes on from there.
    pub fn set_now(&self, now: Timestamp) {
        self.shared.set_now(now);
    }

    /// The hand of an account, which is made when it is new.
    pub fn by(&self, login: &str) -> Hand<'_> {
        Hand { demo: self, login: login.to_owned() }
    }

    /// Sets what the checks of a pull request's last commit say.
    ///
    /// # Errors
    /// When there is no such pull request.
    pub fn set_checks(&self, key: &str, checks: Checks) -> Done {
        self.shared.act(|world, at| {
            let (repo, number) = pull(world, key)?;
            world.set_checks(repo, number, checks, at);
            Ok(())
        })
    }

    /// Writes a file of a repository's default branch; an empty text removes it.
    ///
    /// # Errors
    /// When there is no such repository.
    pub fn write_file(&self, project: &str, path: &str, text: &str) -> Done {
        self.shared.act(|world, at| {
            let repo = repo(world, project)?;
            world.write_file(repo, path, text, at);
            Ok(())
        })
    }

    /// A file of a repository's default branch.
    pub fn file(&self, project: &str, path: &str) -> Option<String> {
        self.shared.act(|world, _| {
            let repo = repo(world, project).ok()?;
            world.repo(repo).files.get(path).cloned()
        })
    }
}

impl Hand<'_> {
    fn act<T>(&self, act: impl FnOnce(&mut World, By) -> Done<T>) -> Done<T> {
        self.demo.shared.act(|world, at| {
            let who = account(world, &self.login);
            act(world, By { who, at })
        })
    }

    fn on(&self, key: &str, act: impl FnOnce(&mut World, (RepoIx, u64), By)) -> Done {
        self.act(|world, by| {
            let home = thing(world, key)?;
            act(world, home, by);
            Ok(())
        })
    }

    fn on_pull(&self, key: &str, act: impl FnOnce(&mut World, (RepoIx, u64), By)) -> Done {
        self.act(|world, by| {
            let home = pull(world, key)?;
            act(world, home, by);
            Ok(())
        })
    }

    /// Comments, and gives the comment's id.
    ///
    /// # Errors
    /// When there is nothing of that key.
    pub fn comment(&self, key: &str, body: &str) -> Done<u64> {
        self.act(|world, by| {
            let (repo, number) = thing(world, key)?;
            world.comment(repo, number, by, body).ok_or_else(|| missing(key))
        })
    }

    /// Replaces the words of a comment, whoever wrote it.
    ///
    /// # Errors
    /// When there is no such comment.
    pub fn edit_comment(&self, id: u64, body: &str) -> Done {
        self.act(|world, by| {
            world.comment_home(id).ok_or_else(|| missing(&format!("comment {id}")))?;
            world.edit_comment(id, body, by.at);
            Ok(())
        })
    }

    /// Removes a comment, whoever wrote it.
    ///
    /// # Errors
    /// When there is no such comment.
    pub fn delete_comment(&self, id: u64) -> Done {
        self.act(|world, by| {
            world.comment_home(id).ok_or_else(|| missing(&format!("comment {id}")))?;
            world.remove_comment(id, by.at);
            Ok(())
        })
    }

    /// Assigns somebody.
    ///
    /// # Errors
    /// When there is nothing of that key.
    pub fn assign(&self, key: &str, login: &str) -> Done {
        self.on(key, |world, (repo, number), by| {
            let user = account(world, login);
            world.assign(repo, number, by, user, true);
        })
    }

    /// Unassigns somebody.
    ///
    /// # Errors
    /// When there is nothing of that key.
    pub fn unassign(&self, key: &str, login: &str) -> Done {
        self.on(key, |world, (repo, number), by| {
            let user = account(world, login);
            world.assign(repo, number, by, user, false);
        })
    }

    /// Adds a label.
    ///
    /// # Errors
    /// When there is nothing of that key.
    pub fn label(&self, key: &str, label: &str) -> Done {
        self.on(key, |world, (repo, number), by| world.label(repo, number, by, label, true))
    }

    /// Takes a label off.
    ///
    /// # Errors
    /// When there is nothing of that key.
    pub fn unlabel(&self, key: &str, label: &str) -> Done {
        self.on(key, |world, (repo, number), by| world.label(repo, number, by, label, false))
    }

    /// Closes an issue or a pull request. `reason` is GitHub's: `completed`, `not_planned`, `duplicate`.
    ///
    /// # Errors
    /// When there is nothing of that key.
    pub fn close(&self, key: &str, reason: &str) -> Done {
        self.on(key, |world, (repo, number), by| world.set_open(repo, number, by, false, Some(reason)))
    }

    /// Opens an issue or a pull request again.
    ///
    /// # Errors
    /// When there is nothing of that key.
    pub fn reopen(&self, key: &str) -> Done {
        self.on(key, |world, (repo, number), by| world.set_open(repo, number, by, true, None))
    }

    /// Opens a pull request and gives its key.
    ///
    /// # Errors
    /// When there is no such repository.
    pub fn open_pull(&self, new: NewPull<'_>) -> Done<String> {
        self.act(|world, by| {
            let repo = repo(world, new.project)?;
            let opening = Opening { title: new.title, body: new.body, draft: new.draft };
            Ok(format!("{}#{}", new.project, world.open_pull(repo, by, &opening)))
        })
    }

    /// Pushes a commit to a pull request.
    ///
    /// # Errors
    /// When there is no such pull request.
    pub fn push(&self, key: &str, message: &str) -> Done {
        self.on_pull(key, |world, (repo, number), by| world.push(repo, number, by, message))
    }

    /// Rewrites the branch of a pull request.
    ///
    /// # Errors
    /// When there is no such pull request.
    pub fn force_push(&self, key: &str) -> Done {
        self.on_pull(key, |world, (repo, number), by| world.force_push(repo, number, by))
    }

    /// Turns a pull request into a draft (`true`), or marks it as ready.
    ///
    /// # Errors
    /// When there is no such pull request.
    pub fn set_draft(&self, key: &str, draft: bool) -> Done {
        self.on_pull(key, |world, (repo, number), by| world.set_draft(repo, number, by, draft))
    }

    /// Asks somebody for a review.
    ///
    /// # Errors
    /// When there is no such pull request.
    pub fn request_review(&self, key: &str, of: &str) -> Done {
        self.on_pull(key, |world, (repo, number), by| {
            let of = account(world, of);
            world.request_review(repo, number, by, of);
        })
    }

    /// Reviews a pull request.
    ///
    /// # Errors
    /// When there is no such pull request.
    pub fn review(&self, key: &str, verdict: Verdict, body: &str) -> Done {
        let state = match verdict {
            Verdict::Approved => "approved",
            Verdict::Changes => "changes_requested",
            Verdict::Commented => "commented",
        };
        self.on_pull(key, |world, (repo, number), by| world.review(repo, number, by, state, body))
    }

    /// Merges a pull request, and closes what it closes.
    ///
    /// # Errors
    /// When there is no such pull request.
    pub fn merge(&self, key: &str) -> Done {
        self.on_pull(key, |world, (repo, number), by| world.merge(repo, number, by))
    }
}

fn missing(what: &str) -> DemoError {
    DemoError::Missing { what: crate::domain::text::safe_line(what).into_owned() }
}

fn account(world: &mut World, login: &str) -> UserIx {
    world.intern(login, super::world::Kind::User, None)
}

fn repo(world: &World, project: &str) -> Done<RepoIx> {
    let found = project.split_once('/').and_then(|(owner, name)| world.find_repo(owner, name));
    found.ok_or_else(|| missing(project))
}

/// The issue or pull request of a key.
fn thing(world: &World, key: &str) -> Done<(RepoIx, u64)> {
    let (project, number) = key.split_once('#').ok_or_else(|| missing(key))?;
    let repo = repo(world, project)?;
    let number = number.parse().ok().filter(|n| world.repo(repo).issues.contains_key(n));
    Ok((repo, number.ok_or_else(|| missing(key))?))
}

fn pull(world: &World, key: &str) -> Done<(RepoIx, u64)> {
    let (repo, number) = thing(world, key)?;
    let is_pull = world.repo(repo).issues.get(&number).is_some_and(|i| i.pull.is_some());
    if is_pull { Ok((repo, number)) } else { Err(missing(key)) }
}
