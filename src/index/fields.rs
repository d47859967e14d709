//! The table of qualifiers: the one place that says which `field:value` exist. The parser, the help and the
//! completion read it; nothing about a field is written twice.

/// A field of the query language.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Field {
    /// Why a task is listed.
    Signal,
    /// A label.
    Label,
    /// A private tag.
    Tag,
    /// A project.
    Project,
    /// The owner of a repository.
    Org,
    /// The team that owns the project.
    Team,
    /// The tracker.
    Tracker,
    /// Main language of the project.
    Language,
    /// Who opened it.
    Author,
    /// Who it is assigned to.
    Assignee,
    /// Open or closed.
    State,
    /// A yes-or-no property.
    Is,
    /// Something that is absent.
    No,
    /// Words of the title, verbatim.
    Title,
    /// The task's key.
    Key,
    /// Days since anything moved.
    Quiet,
    /// Days since it was opened.
    Age,
    /// Number of comments.
    Comments,
    /// Number of reactions.
    Reactions,
    /// The order of the list.
    Sort,
}

/// What a field's value looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// One of these words.
    Words(&'static [&'static str]),
    /// Any text.
    Text,
    /// A span of time: `>60d`, `2w..3m`.
    Days,
    /// A number: `0`, `>=3`, `1..5`.
    Count,
}

/// A row of the table.
#[derive(Clone, Copy, Debug)]
pub struct FieldInfo {
    /// Which field.
    pub field: Field,
    /// The name in queries.
    pub name: &'static str,
    /// Other names that mean the same.
    pub aliases: &'static [&'static str],
    /// What a value looks like.
    pub shape: Shape,
    /// One sentence for the help.
    pub summary: &'static str,
    /// Queries to copy.
    pub examples: &'static [&'static str],
}

const fn row(
    field: Field,
    name: &'static str,
    aliases: &'static [&'static str],
    shape: Shape,
    summary: &'static str,
    examples: &'static [&'static str],
) -> FieldInfo {
    FieldInfo { field, name, aliases, shape, summary, examples }
}

use Shape::{Count, Days, Text, Words};

/// All fields, in the order the help shows them.
pub const FIELDS: &[FieldInfo] = &[
    row(
        Field::Signal,
        "signal",
        &[],
        // The words of `SignalKind::ALL`; a test compares them.
        Words(&[
            "stale",
            "help-wanted",
            "good-first",
            "docs",
            "ci",
            "ignored",
            "deprioritised",
            "code-debt",
            "deps",
            "tests",
        ]),
        "why a task is on the list",
        &["signal:docs,ci", "-signal:stale"],
    ),
    row(
        Field::Is,
        "is",
        &[],
        Words(&[
            "free",
            "mine",
            "claimed",
            "assigned",
            "stale",
            "hidden",
            "snoozed",
            "bookmarked",
            "open",
            "closed",
            "shut",
            "avoided",
            "intern",
            "finding",
        ]),
        "a property: who holds it, what you marked it as; shut: its team takes no help now; avoided: it needs what your \
         profile avoids; intern: small, described, with a mentor, in a project that is easy to enter; finding: debt of \
         a project that is no task yet",
        &["is:free", "is:hidden", "-is:claimed"],
    ),
    row(
        Field::No,
        "no",
        &[],
        Words(&["assignee", "label", "signal", "milestone", "comment", "tag"]),
        "what it does not have",
        &["no:assignee", "no:label"],
    ),
    row(
        Field::Label,
        "label",
        &[],
        Text,
        "a label, whole; a '*' at the end stands for anything",
        &["label:\"good first issue\"", "label:area/*"],
    ),
    row(
        Field::Tag,
        "tag",
        &[],
        Text,
        "a word you tagged it with, which nobody else sees; a '*' at the end stands for anything",
        &["tag:mentor", "-tag:later"],
    ),
    row(
        Field::Project,
        "project",
        &["repo"],
        Text,
        "a repository (owner/name or name alone) or a Jira project",
        &["repo:acme/app", "project:app,tools", "-repo:acme/*"],
    ),
    row(Field::Org, "org", &["owner", "user"], Text, "the owner of the repository", &["org:acme"]),
    row(
        Field::Team,
        "team",
        &["host"],
        Text,
        "the team that owns the project, named whole also while it takes no help; @none is no team",
        &["team:vision", "-team:vision,web"],
    ),
    row(Field::Tracker, "tracker", &[], Text, "a tracker by its name in the configuration", &["tracker:gh"]),
    row(Field::Language, "language", &["lang"], Text, "main language of the project", &["lang:rust,go"]),
    row(Field::Author, "author", &[], Text, "who opened it; @me is you", &["author:ana", "-author:@me"]),
    row(Field::Assignee, "assignee", &[], Text, "who it is assigned to; @me is you", &["assignee:@me"]),
    row(
        Field::State,
        "state",
        &[],
        Words(&["open", "closed", "not-planned"]),
        "open or closed; only open tasks are listed unless you ask",
        &["state:closed", "state:open,closed"],
    ),
    row(Field::Title, "title", &[], Text, "words that stand in the title as they are", &["title:\"memory leak\""]),
    row(Field::Key, "key", &[], Text, "a task's key, or its number", &["key:acme/app#12", "key:12"]),
    row(
        Field::Quiet,
        "quiet",
        &["limbo"],
        Days,
        "time since anything moved (d, w, m, y; days without a letter; alone it means at least)",
        &["limbo:>60d", "quiet:3m..1y"],
    ),
    row(Field::Age, "age", &[], Days, "time since it was opened (d, w, m, y)", &["age:<2w", "age:>1y"]),
    row(Field::Comments, "comments", &[], Count, "number of comments", &["comments:0", "comments:>=3"]),
    row(Field::Reactions, "reactions", &[], Count, "number of reactions", &["reactions:>5", "reactions:1..10"]),
    row(
        Field::Sort,
        "sort",
        &[],
        // The words of `Sort::ALL`; a test compares them.
        Words(&["best", "quiet", "newest", "updated", "key"]),
        "the order of the list",
        &["sort:quiet"],
    ),
];

impl FieldInfo {
    /// What it means, with the words it knows: one line for help texts.
    pub fn about(&self) -> String {
        match self.shape {
            Words(words) => format!("{}: {}", self.summary, words.join(", ")),
            Text | Days | Count => self.summary.to_owned(),
        }
    }
}

impl Field {
    /// The field's row of the table.
    pub fn info(self) -> &'static FieldInfo {
        // Every variant has a row: `a_field_is_found_by_all_its_names` walks them.
        FIELDS.iter().find(|row| row.field == self).unwrap_or(&FIELDS[0])
    }

    /// The field of a name or alias, in any case.
    pub fn by_name(name: &str) -> Option<Self> {
        let is = |word: &&str| word.eq_ignore_ascii_case(name);
        FIELDS.iter().find(|row| is(&row.name) || row.aliases.iter().any(is)).map(|row| row.field)
    }
}

/// The nearest of `words` to what was typed, if any is near enough to be meant.
pub(super) fn nearest<'a>(typed: &str, words: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let typed = typed.to_lowercase();
    let near = |word: &&str| {
        let begins = typed.len() >= 2 && word.starts_with(typed.as_str());
        begins || strsim::damerau_levenshtein(&typed, word) <= word.len().min(typed.len()).div_ceil(3)
    };
    words.into_iter().filter(near).min_by_key(|word| strsim::damerau_levenshtein(&typed, word))
}
