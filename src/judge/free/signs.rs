//! Signs that somebody works on a task already: assigned, a pull request that is linked or only names it, a live claim on
//! its mirror, a word of late. Each with what was seen. Weighs nothing: one sign is enough to ask first.

use jiff::{Timestamp, civil::Date};
use serde::Serialize;

use super::spoken::{Word, says};
use crate::{
    domain::{
        commitment::Commitment,
        evidence::{Pull, PullKey, PullState},
        gist::OnIt,
        key::{ProjectRef, TaskKey},
        person::Login,
        task::Task,
        text::Foreign,
        time::Now,
    },
    judge::signal::Reading,
};

/// Days for which a word holds.
pub const WORD_DAYS: u32 = 14;
/// Widest title in a sentence, columns.
const TITLE_COLUMNS: usize = 60;

/// What lies around a task.
#[derive(Clone, Copy, Debug, Default)]
pub struct Surroundings<'a> {
    /// Comments and history, as far as read.
    pub reading: Reading<'a>,
    /// Pull requests that are not linked, each with its description, empty where not read.
    pub others: &'a [(Pull, String)],
    /// Live claims on mirrors of the task, on whichever tracker.
    pub mirrors: &'a [&'a Commitment],
    /// The user's login: their own signs hold nobody off.
    pub me: Option<&'a Login>,
    /// Logins that are still assigned after their claim ended.
    pub left_over: &'a [Login],
}

/// One sign.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "sign")]
pub enum Sign {
    /// Somebody is assigned.
    Assigned {
        /// Who.
        to: Vec<Login>,
    },
    /// An open pull request.
    Pull {
        /// Which.
        pull: PullKey,
        /// Its title.
        title: Foreign,
        /// Who opened it.
        by: Option<Login>,
        /// True while it is a draft.
        draft: bool,
        /// True when the tracker links it; false when it only names the task.
        linked: bool,
        /// When something last happened on it.
        last: Timestamp,
    },
    /// A live claim on a mirror of the task.
    Mirror {
        /// The mirror.
        key: TaskKey,
        /// Who.
        by: Login,
        /// Until when.
        until: Date,
    },
    /// Somebody said lately that they are on it.
    Word {
        /// Who.
        by: Login,
        /// When.
        at: Timestamp,
        /// The words.
        words: Foreign,
    },
}

impl Sign {
    /// One harmless sentence.
    pub fn words(&self, now: Now) -> String {
        let at = |login: &Login| format!("@{}", login.fit(super::LOGIN_COLUMNS));
        match self {
            Self::Assigned { to } => format!("assigned to {}", to.iter().map(at).collect::<Vec<_>>().join(", ")),
            Self::Pull { pull, title, by, draft, linked, last } => {
                let what = if *draft { "draft pull request" } else { "open pull request" };
                let how = if *linked { "is linked" } else { "names it" };
                let by = by.as_ref().map(|b| format!(" by {}", at(b))).unwrap_or_default();
                let quiet = now.days_since(*last);
                format!(
                    "{what} {}#{}{by} {how}: '{}', last touched {}",
                    pull.project,
                    pull.number,
                    title.fit(TITLE_COLUMNS),
                    ago(quiet)
                )
            }
            Self::Mirror { key, by, until } => format!("{} claimed its mirror {key} until {until}", at(by)),
            Self::Word { by, at: when, words } => {
                format!("{} said {}: '{}'", at(by), ago(now.days_since(*when)), words.fit(TITLE_COLUMNS))
            }
        }
    }
}

fn ago(days: u32) -> String {
    match days {
        0 => "today".into(),
        1 => "yesterday".into(),
        n => format!("{n} days ago"),
    }
}

/// All signs that somebody else works on a task. Empty when nothing that was read speaks of it.
pub fn signs(task: &Task, around: &Surroundings<'_>, now: Now) -> Vec<Sign> {
    let mut found = Vec::new();
    let other = |login: &Login| around.me != Some(login);
    let held = |login: &&Login| other(login) && !around.left_over.contains(login);
    let to: Vec<Login> = task.assignees.iter().filter(held).cloned().collect();
    if !to.is_empty() {
        found.push(Sign::Assigned { to });
    }
    let linked = around.reading.history.map(|h| h.pulls.as_slice()).unwrap_or_default();
    found.extend(linked.iter().filter_map(|p| pull(p, true)));
    for (one, body) in around.others.iter().filter(|(p, _)| linked.iter().all(|l| l.key != p.key)) {
        let names = |text: &str| names_task(text, &task.key, &one.key.project);
        if names(one.title.raw()) || names(body) {
            found.extend(pull(one, false));
        }
    }
    found.retain(|sign| !matches!(sign, Sign::Pull { by: Some(by), .. } if !other(by)));
    let claims = around.mirrors.iter().filter(|c| c.holds_task() && !c.mine && c.key != task.key);
    found.extend(claims.map(|c| Sign::Mirror { key: c.key.clone(), by: c.who.login.clone(), until: c.until }));
    found.extend(words(around, now));
    found
}

fn pull(pull: &Pull, linked: bool) -> Option<Sign> {
    let open = matches!(pull.state, PullState::Open | PullState::Draft);
    open.then(|| Sign::Pull {
        pull: pull.key.clone(),
        title: pull.title.clone(),
        by: pull.author.as_ref().map(|a| a.login.clone()),
        draft: pull.state == PullState::Draft,
        linked,
        last: pull.happenings.iter().map(|h| h.at).fold(pull.created_at, Ord::max),
    })
}

/// The last word of each person of the last two weeks, where it is that they are on it.
fn words(around: &Surroundings<'_>, now: Now) -> Vec<Sign> {
    let mut last = spoken_for(around.reading);
    last.retain(|word| around.me != Some(&word.by) && holds(word.at, now));
    last.into_iter().map(|OnIt { by, at, words }| Sign::Word { by, at, words }).collect()
}

/// True while a word holds.
pub fn holds(at: Timestamp, now: Now) -> bool {
    now.days_since(at) <= WORD_DAYS
}

/// The last word of each person, where it is that they are on it, however long ago.
pub fn spoken_for(reading: Reading<'_>) -> Vec<OnIt> {
    let mut last: Vec<OnIt> = Vec::new();
    for comment in reading.words_of_people() {
        let Some(by) = comment.author.as_ref().map(|a| &a.login) else { continue };
        let Some(said) = says(comment.body.raw()) else { continue };
        last.retain(|word| word.by != *by);
        if let Word::OnIt(words) = said {
            last.push(OnIt { by: by.clone(), at: comment.created_at, words: words.into() });
        }
    }
    last
}

/// True when a text of a project names a task: `#12` in its own repository, `owner/name#12`, an address that ends in
/// `owner/name/issues/12`, `ABC-12` for Jira. `#12` never means `#123`, and never a task of another repository.
pub fn names_task(text: &str, key: &TaskKey, from: &ProjectRef) -> bool {
    let path = key.project.path();
    let number = key.number;
    let forms = if path.contains('/') {
        let mut forms = vec![format!("{path}#{number}"), format!("{path}/issues/{number}")];
        if *from == key.project {
            forms.push(format!("#{number}"));
            forms.push(format!("gh-{number}"));
        }
        forms
    } else {
        vec![key.to_string()]
    };
    let text = text.to_ascii_lowercase();
    forms.iter().any(|form| stands_alone(&text, &form.to_ascii_lowercase()))
}

/// True when a form is in a text with no letter or digit at its ends that would make it another one.
fn stands_alone(text: &str, form: &str) -> bool {
    text.match_indices(form).any(|(at, found)| {
        let before = text.get(..at).and_then(|t| t.chars().next_back());
        let after = text.get(at + found.len()..).and_then(|t| t.chars().next());
        // In front of `#12` a name would make it another repository's.
        let free_before = before
            .is_none_or(|c| !c.is_alphanumeric() && !matches!(c, '_' | '-') && (!form.starts_with('#') || c != '/'));
        free_before && after.is_none_or(|c| !c.is_alphanumeric() && c != '_')
    })
}
