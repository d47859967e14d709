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
    /// A saved view whose filter a tracker answered.
    Filter,
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
    /// Who holds it by a claim.
    Helper,
    /// Author, assignee or helper.
    Involves,
    /// Open or closed.
    State,
    /// A yes-or-no property.
    Is,
    /// Something that is there.
    Has,
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
    /// Number of votes, where the tracker counts them.
    Votes,
    /// What it is worth to the reader.
    Score,
    /// How well it is described.
    Readiness,
    /// Estimate in points.
    Points,
    /// Estimate as a class.
    Size,
    /// A skill it needs.
    Skill,
    /// Its milestone.
    Milestone,
    /// The day it is due.
    Due,
    /// The day it was opened.
    Created,
    /// The day anything moved.
    Updated,
    /// The day it was closed.
    Closed,
    /// Name of its status, where the tracker plans.
    Status,
    /// Issue type, where the tracker plans.
    Type,
    /// Priority, where the tracker plans.
    Priority,
    /// A component, where the tracker plans.
    Component,
    /// Sprint, where the tracker plans.
    Sprint,
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
    /// Points, of which hundredths count: `<=2.5`.
    Points,
    /// Days of the calendar: `>=2026-01-01`, `<-7d`.
    Dates,
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

use Shape::{Count, Dates, Days, Text, Words};

/// What `has:` and `no:` know.
const THINGS: &[&str] = &[
    "assignee",
    "label",
    "signal",
    "milestone",
    "comment",
    "tag",
    "reaction",
    "team",
    "language",
    "author",
    "claim",
    "pr",
    "mirror",
    "due",
    "size",
    "points",
    "skill",
    "component",
    "sprint",
    "score",
    "gist",
];

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
            "taken",
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
            "task",
            "locked",
            "overdue",
            "flagged",
            "in-progress",
        ]),
        "a property: who holds it, what you marked it as; taken: somebody else is at it, lists leave it out; shut: its team takes no help now; avoided: it needs what your \
         profile avoids; intern: small, described, with a mentor, in a project that is easy to enter; finding: debt of \
         a project that is no task yet",
        &["is:free", "is:hidden", "-is:claimed"],
    ),
    row(
        Field::Has,
        "has",
        &["linked"],
        Words(THINGS),
        "what it has; pr: a pull request of its helper; mirror: another home; gist: its description was read",
        &["has:pr", "has:mirror,claim"],
    ),
    row(Field::No, "no", &[], Words(THINGS), "what it does not have", &["no:assignee", "no:label,milestone"]),
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
    row(Field::Helper, "helper", &[], Text, "who holds it by a claim; @me is you", &["helper:ana", "helper:@me"]),
    row(
        Field::Involves,
        "involves",
        &[],
        Text,
        "who opened it, is assigned or holds it; @me is you",
        &["involves:@me", "-involves:ana"],
    ),
    row(
        Field::Milestone,
        "milestone",
        &[],
        Text,
        "its milestone; a '*' at the end stands for anything",
        &["milestone:v2*", "-milestone:later"],
    ),
    row(
        Field::Skill,
        "skill",
        &["needs"],
        Text,
        "a skill it needs, with or without its facet",
        &["skill:rust", "skill:practice:ci,practice:docs"],
    ),
    row(
        Field::Size,
        "size",
        &[],
        // The words of `Size`; a test compares them.
        Words(&["xs", "s", "m", "l"]),
        "what its label or its points say of its size",
        &["size:xs,s", "-size:l"],
    ),
    row(
        Field::State,
        "state",
        &[],
        Words(&["open", "closed", "not-planned"]),
        "open or closed; only open tasks are listed unless you ask",
        &["state:closed", "state:open,closed"],
    ),
    row(
        Field::Filter,
        "filter",
        &[],
        Text,
        "what the trackers themselves found for the github or jql of a saved view, by its name, when they were asked last",
        &["filter:current-sprint"],
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
    row(Field::Votes, "votes", &[], Count, "number of votes in Jira", &["votes:>=3"]),
    row(
        Field::Score,
        "score",
        &[],
        Count,
        "what it is worth to you, 0 to 100; what cannot be taken has no score",
        &["score:>=60", "score:40..60"],
    ),
    row(
        Field::Readiness,
        "readiness",
        &["ready"],
        Count,
        "how well it is described, 0 to 100, where its description was read",
        &["readiness:>=50"],
    ),
    row(Field::Points, "points", &["pts"], Shape::Points, "its estimate in points", &["pts:<=3", "points:0.5..2"]),
    row(
        Field::Created,
        "created",
        &["opened"],
        Dates,
        "the day it was opened; -7d is seven days ago, and alone means since then",
        &["created:>=2026-01-01", "created:2026-01-01..2026-03-31", "created:-2w"],
    ),
    row(
        Field::Updated,
        "updated",
        &[],
        Dates,
        "the day anything moved; <-7d is longer than seven days ago",
        &["updated:<-7d", "updated:today"],
    ),
    row(
        Field::Closed,
        "closed",
        &[],
        Dates,
        "the day it was closed; lists closed tasks that you or others held",
        &["closed:-30d"],
    ),
    row(
        Field::Due,
        "due",
        &[],
        Dates,
        "the day it or its milestone is due; +2w is in two weeks, and alone means until then",
        &["due:+2w", "due:<today", "due:today..+7d"],
    ),
    row(Field::Status, "status", &[], Text, "name of its status in Jira", &["status:\"in review\""]),
    row(Field::Type, "type", &[], Text, "its issue type in Jira", &["type:bug"]),
    row(Field::Priority, "priority", &[], Text, "its priority in Jira", &["priority:high,highest"]),
    row(Field::Component, "component", &[], Text, "a component in Jira", &["component:ingest"]),
    row(Field::Sprint, "sprint", &[], Text, "its sprint in Jira, or the last it was in", &["sprint:\"Sprint 12\""]),
    row(
        Field::Sort,
        "sort",
        &[],
        // The words of `Sort::ALL`; a test compares them.
        Words(&["best", "quiet", "newest", "updated", "comments", "reactions", "key"]),
        "the order of the list; -asc or -desc behind it turns it round, score is best, created is newest",
        &["sort:quiet", "sort:updated-asc"],
    ),
];

/// How terms are put together: what is written, and what it means, for the help.
pub const SYNTAX: &[(&str, &str)] = &[
    ("flaky shard", "words: every one must match title or key, a few letters are enough"),
    ("\"needs review\"", "quotes keep words together and take away the meaning of or, and, : ( ) -; \\\" is a quote"),
    ("label:bug,docs", "values with commas: one of them"),
    ("-label:bug -draft", "a minus leaves out"),
    ("signal:ci or label:bug", "one side or the other; what stands side by side belongs together"),
    ("is:free (flaky or slow)", "parentheses for a part; side by side means both"),
    ("-(team:web label:bug)", "not both together"),
    ("comments:>=3", "also > < <= and ranges: 10..50, 10.., ..50"),
    ("created:2026-01-01..2026-03-31", "days; -7d is seven days ago, +2w in two weeks, today"),
    ("quiet:>60d", "spans of time: d, w, m, y"),
];

/// The table of fields and that of the syntax as Markdown, for documents.
pub fn markdown() -> String {
    let mut page = String::from("| write | and it means |\n| --- | --- |\n");
    // A bar would end the cell.
    let cell = |text: &str| text.replace('|', "\\|");
    for (example, about) in SYNTAX {
        page += &format!("| `{}` | {} |\n", cell(example), cell(about));
    }
    page += "\n| field | finds by | examples |\n| --- | --- | --- |\n";
    for info in FIELDS {
        let names: Vec<String> = std::iter::once(&info.name).chain(info.aliases).map(|n| format!("`{n}:`")).collect();
        let examples: Vec<String> = info.examples.iter().map(|e| format!("`{}`", cell(e))).collect();
        page += &format!("| {} | {} | {} |\n", names.join(" "), cell(&info.about()), examples.join(" "));
    }
    page
}

impl FieldInfo {
    /// What it means, with the words it knows: one line for help texts.
    pub fn about(&self) -> String {
        match self.shape {
            Words(words) => format!("{}: {}", self.summary, words.join(", ")),
            _ => self.summary.to_owned(),
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
