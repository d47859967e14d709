//! Sorting tasks without taking them: private acts that never leave this machine, and acts that the tracker sees.
//! Plain data, the words that comments begin with, and the private tags. Knows no store and no tracker.

use std::collections::HashMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{
    id::OpId,
    key::TaskKey,
    text::{safe_fit, safe_line},
    time::Now,
};

/// Most comments of one act: more would flood people who did not ask for them.
pub const MOST_COMMENTS: usize = 10;

/// Longest private tag, characters.
pub const TAG_MOST: usize = 32;

/// Longest name of a label, characters: Jira takes 255, GitHub fewer.
pub const LABEL_MOST: usize = 255;

/// What is asked for when somebody wants to know more, unless they say it in their own words.
pub const ASK_INFO: &str = "Thank you for opening this. To pick it up, somebody would need to know a little more: what \
                            happens now, what should happen instead, and how one can see it. A sentence or two is \
                            enough, and there is no hurry.";

/// How the host is asked whether a task can be closed, unless somebody says it in their own words.
pub const OBSOLETE: &str = "If it is not wanted any more, somebody of the team can close it. If it is, a word here is \
                            enough: it stays open, however old it is.";

/// What is done to tasks, each for itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Triage {
    /// Private: put off.
    Snooze {
        /// Until then; `None` until something about the task changes.
        until: Option<Timestamp>,
    },
    /// Private: out of every list for good.
    Hide,
    /// Private: with a word of one's own.
    Tag(String),
    /// Private: without it again.
    Untag(String),
    /// With a label that the project has.
    Label(String),
    /// Without a label.
    Unlabel(String),
    /// With another description.
    Describe {
        /// The description that was edited.
        was: String,
        /// The new one, Markdown.
        body: String,
    },
    /// The author is asked for what is missing.
    AskInfo {
        /// In these words.
        text: String,
    },
    /// The host is asked whether it can be closed.
    Obsolete {
        /// In these words, after the evidence.
        text: String,
    },
    /// The host is told of another task that looks like the same work.
    Duplicate {
        /// The other.
        of: TaskKey,
        /// Further words; may be empty.
        text: String,
    },
}

impl Triage {
    /// The word of `--json`: `snooze`, `ask-info`.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Snooze { .. } => "snooze",
            Self::Hide => "hide",
            Self::Tag(_) => "tag",
            Self::Untag(_) => "untag",
            Self::Label(_) => "label",
            Self::Unlabel(_) => "unlabel",
            Self::Describe { .. } => "describe",
            Self::AskInfo { .. } => "ask-info",
            Self::Obsolete { .. } => "obsolete",
            Self::Duplicate { .. } => "duplicate",
        }
    }

    /// True for what never leaves this machine.
    pub fn is_private(&self) -> bool {
        matches!(self, Self::Snooze { .. } | Self::Hide | Self::Tag(_) | Self::Untag(_))
    }

    /// True for what writes a comment that people are told of.
    pub fn is_comment(&self) -> bool {
        matches!(self, Self::AskInfo { .. } | Self::Obsolete { .. } | Self::Duplicate { .. })
    }

    /// What it did to `what`, for a private act; as [`Triage::phrase`] for the others.
    pub fn past(&self, what: &str) -> String {
        match self {
            Self::Snooze { until: None } => format!("snoozed {what} until something changes; is:snoozed lists it"),
            Self::Snooze { until: Some(at) } => {
                format!("snoozed {what} until {}; is:snoozed lists it", Now(*at).date())
            }
            Self::Hide => format!("hid {what}; is:hidden lists it"),
            Self::Tag(word) => format!("tagged {what} as #{0}; tag:{0} lists it", safe_fit(word, 60)),
            Self::Untag(word) => format!("took the tag #{} off {what}", safe_fit(word, 60)),
            _ => self.phrase(what),
        }
    }

    /// What it does to `what` (a key, or `4 tasks`), one harmless phrase.
    pub fn phrase(&self, what: &str) -> String {
        let name = |raw: &str| safe_fit(raw, 60).into_owned();
        match self {
            Self::Snooze { until: None } => format!("snooze {what} until something changes, on this machine only"),
            Self::Snooze { until: Some(at) } => {
                format!("snooze {what} until {}, on this machine only", Now(*at).date())
            }
            Self::Hide => format!("hide {what}, on this machine only"),
            Self::Tag(word) => format!("tag {what} as #{}, on this machine only", name(word)),
            Self::Untag(word) => format!("take the tag #{} off {what}", name(word)),
            Self::Label(label) => format!("label {what} with '{}'", name(label)),
            Self::Unlabel(label) => format!("take the label '{}' off {what}", name(label)),
            Self::Describe { .. } => format!("change the description of {what}"),
            Self::AskInfo { .. } => format!("ask for information on {what}"),
            Self::Obsolete { .. } => format!("ask the host whether {what} can be closed"),
            Self::Duplicate { of, .. } => format!("point from {what} to {of} as the same work"),
        }
    }
}

/// Which comment of triage.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Topic {
    /// Asks the author.
    AskInfo,
    /// Asks the host whether it can be closed.
    Obsolete,
    /// Points to another task.
    Duplicate,
}

/// What the outbox does on the tracker for one task.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "what")]
pub enum Errand {
    /// Add a label.
    Label {
        /// Its name.
        name: String,
        /// True when it takes an own act back: only where that was the last word about this label.
        undo: bool,
    },
    /// Take a label off.
    Unlabel {
        /// Its name.
        name: String,
        /// As for [`Errand::Label`].
        undo: bool,
    },
    /// Replace the description, while it is still the one that was edited.
    Describe {
        /// The description that was edited.
        was: String,
        /// The new one, Markdown.
        body: String,
    },
    /// Post a comment.
    Say {
        /// What about.
        topic: Topic,
        /// Login of who is told by a mention.
        tell: Option<String>,
        /// Key or address of the other task, from a checked key.
        link: Option<String>,
        /// The user's words.
        text: String,
    },
    /// Delete an own comment of triage again.
    Unsay {
        /// The row that posted it.
        said: OpId,
    },
}

impl Errand {
    /// In a word or two, with the task after it.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Label { .. } => "label",
            Self::Unlabel { .. } => "unlabel",
            Self::Describe { .. } => "describe",
            Self::Say { topic: Topic::AskInfo, .. } => "ask for information on",
            Self::Say { topic: Topic::Obsolete, .. } => "ask whether to close",
            Self::Say { topic: Topic::Duplicate, .. } => "point to a duplicate of",
            Self::Unsay { .. } => "take back the comment on",
        }
    }
}

/// True for two descriptions that differ in nothing but line ends and blanks: trackers keep those as they like.
pub fn is_same_text(a: &str, b: &str) -> bool {
    a.split_whitespace().eq(b.split_whitespace())
}

/// Begin of the machine line in front of a comment of triage.
const OPEN: &str = "<!-- floorwalk-triage: ";
/// Begin of what people read at its end; trackers that hide no line keep this one.
const FOOTER: &str = "Posted with floorwalk · triage ";

/// A comment of triage: `prose`, found again by its row.
pub fn comment(row: OpId, prose: &str) -> String {
    format!("{OPEN}{row} -->\n{prose}\n\n<sub>{FOOTER}{row}</sub>")
}

/// A comment for a tracker that hides no line: without the one in front. What is no comment of triage stays as it is.
pub fn without_line(body: &str) -> &str {
    let hidden = body.starts_with(OPEN).then(|| body.split_once('\n')).flatten();
    hidden.map_or(body, |(_, rest)| rest)
}

/// The row that posted a comment; `None` for a comment that is none of triage. Whoever wrote it must be asked beside.
pub fn row_of(body: &str) -> Option<OpId> {
    let after = match body.strip_prefix(OPEN) {
        Some(after) => after,
        None => body.trim_end().rsplit_once(FOOTER)?.1,
    };
    after.get(..26)?.parse().ok()
}

/// Begin of the names under which private tags are kept.
const TAG: &str = "tag ";

/// A private tag as it is kept: one word in small letters, without `#` in front.
///
/// # Errors
/// One sentence, when it is no single word.
pub fn tag_word(typed: &str) -> Result<String, String> {
    let word = typed.trim().trim_start_matches('#').to_lowercase();
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | '/' | '+');
    let count = word.chars().count();
    if count == 0 || count > TAG_MOST || !word.chars().all(plain) {
        let shown = safe_line(typed);
        return Err(format!(
            "'{shown}' is no tag: a tag is one word of at most {TAG_MOST} letters, digits and any of - _ . / +"
        ));
    }
    Ok(word)
}

/// The named value that sets a tag or takes it off. A value cannot be removed; an empty one says nothing.
pub fn tag_value(key: &TaskKey, word: &str, on: bool) -> (String, String) {
    // Cannot fail: a plain struct with text keys.
    let value = if on { serde_json::to_string(key).unwrap_or_default() } else { String::new() };
    (format!("{TAG}{word} {}", key.qualified()), value)
}

/// The named value that turns one of [`tag_value`] round, for one of these tasks; `None` for another kind of value.
pub fn tag_back(name: &str, value: &str, keys: &[TaskKey]) -> Option<(String, String)> {
    let (word, of) = name.strip_prefix(TAG)?.split_once(' ')?;
    let key = keys.iter().find(|key| key.qualified() == of)?;
    Some(tag_value(key, word, value.is_empty()))
}

/// All private tags.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tags {
    of: HashMap<TaskKey, Vec<String>>,
}

impl Tags {
    /// What named values say; what cannot be read is left out.
    pub fn of(values: &[(String, String)]) -> Self {
        let mut of: HashMap<TaskKey, Vec<String>> = HashMap::new();
        for (name, value) in values {
            let Some((word, _)) = name.strip_prefix(TAG).and_then(|rest| rest.split_once(' ')) else { continue };
            if let (Ok(word), Ok(key)) = (tag_word(word), serde_json::from_str::<TaskKey>(value)) {
                of.entry(key).or_default().push(word);
            }
        }
        of.values_mut().for_each(|words| words.sort());
        Self { of }
    }

    /// The tags of a task, in order.
    pub fn get(&self, key: &TaskKey) -> &[String] {
        self.of.get(key).map(Vec::as_slice).unwrap_or_default()
    }

    /// All tasks that have tags, in no order.
    pub fn tagged(&self) -> impl Iterator<Item = (&TaskKey, &[String])> {
        self.of.iter().map(|(key, words)| (key, words.as_slice()))
    }

    /// `#later #mentor`; empty without tags.
    pub fn shown(&self, key: &TaskKey) -> String {
        let words: Vec<String> = self.get(key).iter().map(|word| format!("#{}", safe_line(word))).collect();
        words.join(" ")
    }
}
