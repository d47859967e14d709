//! What `floorwalk help TOPIC` and the help screens explain. A page is Markdown put together from what says it already: the
//! README, the tables that the program itself reads, the shipped example of a registry. Nothing is said here a second time.

use std::fmt::Write;

use crate::{
    config::schema,
    domain::{
        commitment::CommitmentState,
        signal::SignalKind,
        size::Size,
        text::{nearest, safe_fit},
    },
    index::query,
    judge::score::{Part, Weights},
    keymap::{Keymap, action::ACTIONS, help},
    registry,
};

/// The page a stranger decides by. Parts of it stand between `<!-- help NAME -->` and `<!-- end of help -->`.
const README: &str = include_str!("../../README.md");

/// What can be explained.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Topic {
    /// The line one filters with.
    Query,
    /// Keys.
    Keys,
    /// What happens to a claim.
    Lifecycle,
    /// What a task is worth.
    Score,
    /// What a team allows.
    Policy,
    /// What others see, and what stays here.
    Privacy,
}

impl Topic {
    /// All topics, in the order of the list.
    pub const ALL: [Self; 6] = [Self::Query, Self::Keys, Self::Lifecycle, Self::Score, Self::Policy, Self::Privacy];

    /// The word it is asked for with.
    pub fn word(self) -> &'static str {
        match self {
            Self::Query => "query",
            Self::Keys => "keys",
            Self::Lifecycle => "lifecycle",
            Self::Score => "score",
            Self::Policy => "policy",
            Self::Privacy => "privacy",
        }
    }

    /// What it explains, in a few words.
    pub fn about(self) -> &'static str {
        match self {
            Self::Query => "how to find tasks: words, fields, saved views",
            Self::Keys => "every key of every screen, and how to change them",
            Self::Lifecycle => "what happens to a claim, from the first sign to its end",
            Self::Score => "what a task is worth to you, part by part",
            Self::Policy => "what a team allows, and how it says so",
            Self::Privacy => "what others see of you, and what stays on your machine",
        }
    }

    /// The topic of a word.
    ///
    /// # Errors
    /// A sentence with the nearest topic, or with all of them.
    pub fn of(word: &str) -> Result<Self, String> {
        let lower = word.to_lowercase();
        if let Some(topic) = Self::ALL.into_iter().find(|topic| topic.word() == lower) {
            return Ok(topic);
        }
        let words = || Self::ALL.into_iter().map(Self::word);
        let near = match nearest(&lower, words()) {
            Some(near) => format!("did you mean {near}?"),
            None => format!("the topics are {}", words().collect::<Vec<_>>().join(", ")),
        };
        Err(format!("there is no help on '{}'; {near}", safe_fit(word, 40)))
    }

    /// The page as Markdown; `keymap` holds the keys of whoever asks.
    pub fn page(self, keymap: &Keymap) -> String {
        let said = said(self);
        narrowed(&match self {
            Self::Query => format!("{said}\n{}\n", query::markdown()),
            Self::Keys => format!("{said}\n{}", keys(keymap)),
            Self::Lifecycle => format!("{said}\n{}", lifecycle()),
            Self::Score => format!("{said}\n{}", score()),
            Self::Policy => format!("{said}\n## A whole registry\n\n```toml\n{}```\n", registry::EXAMPLE),
            Self::Privacy => format!("{said}\n{}", privacy()),
        })
    }
}

/// What the README says of a topic.
fn said(topic: Topic) -> String {
    let begin = format!("<!-- help {} -->\n", topic.word());
    let parts = README.split(&begin).skip(1).filter_map(|rest| Some(rest.split_once("<!-- end of help -->")?.0.trim()));
    parts.collect::<Vec<_>>().join("\n\n")
}

/// The page with the remarks of its examples close behind them: columns that a wide page lines up are broken by a terminal.
fn narrowed(page: &str) -> String {
    let mut fenced = false;
    let mut out = String::with_capacity(page.len());
    for line in page.lines() {
        fenced ^= line.starts_with("```");
        match line.split_once("  #").filter(|_| fenced) {
            Some((code, remark)) if !code.trim().is_empty() => {
                let _ = writeln!(out, "{}  #{remark}", code.trim_end());
            }
            _ => {
                let _ = writeln!(out, "{line}");
            }
        }
    }
    out
}

fn keys(keymap: &Keymap) -> String {
    let mut page = String::new();
    let groups = help::groups(keymap);
    for (context, rows) in groups {
        let _ = writeln!(page, "## {}\n\n| keys | what they do |\n| --- | --- |", context.title());
        for row in rows {
            let _ = writeln!(page, "| `{}` | {} |", row.keys.replace('|', "\\|"), row.action.info().about);
        }
        page.push('\n');
    }
    page
}

fn lifecycle() -> String {
    let mut page = String::from("## How long a claim lasts\n\n| size | working days |\n| --- | --- |\n");
    for size in [Size::XS, Size::S, Size::M, Size::L] {
        let _ = writeln!(page, "| {} | {} |", size.word(), Size::lease_wd(Some(size)));
    }
    let words = |wanted: fn(CommitmentState) -> bool| {
        let all = CommitmentState::ALL.into_iter().filter(|state| wanted(*state));
        all.map(CommitmentState::word).collect::<Vec<_>>().join(", ")
    };
    let (live, over) = (words(CommitmentState::is_live), words(CommitmentState::is_over));
    let after = words(|state| !state.is_live() && !state.is_over());
    let _ = writeln!(
        page,
        "\n## The words for its state\n\nWhile it goes on: {live}. When it was done: {after}. When it is over: {over}."
    );
    let timers = registry::EXAMPLE.split_once(".timers]").and_then(|(_, rest)| rest.split_once('\n'));
    let timers = timers.map(|(_, rest)| rest.split("\n\n").next().unwrap_or_default()).unwrap_or_default();
    let _ = writeln!(page, "\n## Its clocks, in working days\n\nA team may set others.\n\n```toml\n{timers}\n```");
    page
}

fn score() -> String {
    let mut page =
        String::from("## The parts and their weights\n\n| part | weight | what it is |\n| --- | --- | --- |\n");
    let weights = Weights::default();
    for part in Part::ALL {
        let _ = writeln!(page, "| {} | {} | {} |", part.word(), weights.get(part), part.about());
    }
    let signals: Vec<_> = SignalKind::ALL.iter().map(|kind| format!("{} {}", kind.badge(), kind.word())).collect();
    let _ = writeln!(page, "\n## The signals and their signs\n\n{}", signals.join(" · "));
    page
}

/// The acts of which the table says that nobody else sees them, and where the files lie.
fn privacy() -> String {
    let mut page = String::from("## What nobody else sees\n\n");
    for info in ACTIONS.iter().filter(|info| info.about.contains("nobody else sees")) {
        let _ = writeln!(page, "- **{}.** {}", info.title, info.about);
    }
    let places = schema::reference();
    let places = places.lines().find(|line| line.starts_with("Read from")).unwrap_or_default();
    let _ = writeln!(
        page,
        "\n## Where it lies\n\nThe configuration is {}.",
        places.trim_end_matches('.').replacen("Read", "read", 1)
    );
    page
}
