//! The table of everything that may be configured. It drives the check for unknown keys, the check of types, and
//! the generated reference; nothing else lists keys.

pub use crate::domain::text::nearest;

/// What kind of value a key takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A text.
    Text,
    /// A list of texts.
    Texts,
    /// Yes or no.
    Flag,
}

impl Kind {
    /// The kind in words, as messages say it.
    pub fn words(self) -> &'static str {
        match self {
            Self::Text => "a text in quotes",
            Self::Texts => "a list of texts, as [\"one\", \"two\"]",
            Self::Flag => "true or false",
        }
    }

    /// The kind in a word or two, as the reference says it.
    fn short(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Texts => "list of texts",
            Self::Flag => "true or false",
        }
    }
}

/// One key of the file.
#[derive(Clone, Copy, Debug)]
pub struct KeySpec {
    /// Table it belongs to; [`TOP`] for a key above all tables.
    pub table: &'static str,
    /// Its name.
    pub name: &'static str,
    /// What it takes.
    pub kind: Kind,
    /// Value when it is left out, in words or as written.
    pub default: &'static str,
    /// What it means, one sentence.
    pub meaning: &'static str,
    /// An example, as written in the file.
    pub example: &'static str,
}

/// One table of the file.
#[derive(Clone, Copy, Debug)]
pub struct TableSpec {
    /// Its name.
    pub name: &'static str,
    /// True for `[[name]]`, which may be repeated.
    pub many: bool,
    /// What it is for, one sentence.
    pub meaning: &'static str,
}

impl TableSpec {
    /// The header as it is written: `[me]` or `[[tracker]]`.
    pub fn header(&self) -> String {
        if self.many { format!("[[{}]]", self.name) } else { format!("[{}]", self.name) }
    }
}

/// Stands for the top of the file, above the first table.
pub const TOP: &str = "";

/// All tables, in the order of the reference.
pub const TABLES: [TableSpec; 5] = [
    TableSpec { name: "me", many: false, meaning: "Who you are." },
    TableSpec { name: "tracker", many: true, meaning: "A tracker to read: repeated, one table for each." },
    TableSpec { name: "view", many: true, meaning: "A saved query: a tab of the list, and `floorwalk list @NAME`." },
    TableSpec { name: "claim", many: false, meaning: "How a commitment shows on a tracker." },
    TableSpec { name: "ui", many: false, meaning: "How the screens look and listen." },
];

const fn key(
    table: &'static str,
    name: &'static str,
    kind: Kind,
    default: &'static str,
    meaning: &'static str,
    example: &'static str,
) -> KeySpec {
    KeySpec { table, name, kind, default, meaning, example }
}

/// All keys, in the order of the reference.
pub const KEYS: [KeySpec; 29] = [
    key(
        TOP,
        "registry",
        Kind::Text,
        "none",
        "Teams, people and what hosts allow: a folder (from the folder of this file) or a repository as \
         \"tracker:owner/name\" or \"tracker:owner/name/folder\".",
        "registry = \"registry\"",
    ),
    key(
        "me",
        "handle",
        Kind::Text,
        "the login the token belongs to",
        "Your login on the trackers.",
        "handle = \"sam\"",
    ),
    key(
        "me",
        "preset",
        Kind::Text,
        "\"default\"",
        "Weights of the score: default, expert, mixed, intern, debt, connector, or a name from presets.toml beside this \
         file.",
        "preset = \"intern\"",
    ),
    key(
        "tracker",
        "name",
        Kind::Text,
        "\"gh\", or \"jira\"",
        "Short, unique name: lower-case letters, digits and '-', at most 16. Used in task keys.",
        "name = \"gh\"",
    ),
    key("tracker", "kind", Kind::Text, "\"github\"", "Protocol of the tracker: github or jira.", "kind = \"github\""),
    key(
        "tracker",
        "url",
        Kind::Text,
        "\"https://github.com\"",
        "Address people open; for GitHub Enterprise its own. https, or http to this machine only.",
        "url = \"https://github.com\"",
    ),
    key(
        "tracker",
        "api_url",
        Kind::Text,
        "derived from url",
        "REST address, only where it cannot be derived. https, or http to this machine only.",
        "api_url = \"https://ghe.example/api/v3\"",
    ),
    key(
        "tracker",
        "token_env",
        Kind::Text,
        "none",
        "Name of the environment variable that holds the token; asked before the usual ones.",
        "token_env = \"GH_TOKEN\"",
    ),
    key(
        "tracker",
        "token_command",
        Kind::Texts,
        "[]",
        "Program that prints the token on its first line, with its arguments; no shell. For keyrings and password stores.",
        "token_command = [\"secret-tool\", \"lookup\", \"service\", \"floorwalk\"]",
    ),
    key("tracker", "orgs", Kind::Texts, "[]", "Organisations whose repositories are read.", "orgs = [\"acme\"]"),
    key("tracker", "users", Kind::Texts, "[]", "Users whose repositories are read.", "users = [\"sam\"]"),
    key(
        "tracker",
        "topics",
        Kind::Texts,
        "[]",
        "Topics whose repositories are read; within orgs and users when those are given.",
        "topics = [\"innersource\"]",
    ),
    key("tracker", "repos", Kind::Texts, "[]", "Single repositories that are read.", "repos = [\"acme/app\"]"),
    key(
        "tracker",
        "email",
        Kind::Text,
        "none",
        "Jira: e-mail address that goes with an API token of Jira Cloud. A personal access token stands alone.",
        "email = \"sam@acme.example\"",
    ),
    key("tracker", "projects", Kind::Texts, "[]", "Jira: keys of projects that are read.", "projects = [\"OPS\"]"),
    key(
        "tracker",
        "jql",
        Kind::Text,
        "none",
        "Jira: only what this search finds, without ORDER BY; in the named projects, or wherever it finds something.",
        "jql = \"labels = helpwanted\"",
    ),
    key(
        "tracker",
        "transition",
        Kind::Flag,
        "false",
        "Jira: a claim moves the task to work in progress; a hand-back moves it back, unless somebody moved it since.",
        "transition = true",
    ),
    key(
        "view",
        "name",
        Kind::Text,
        "none",
        "Short, unique name: lower-case letters, digits and '-', at most 32.",
        "name = \"docs\"",
    ),
    key(
        "view",
        "query",
        Kind::Text,
        "none",
        "What it lists, as in the query line; `floorwalk list --help` names all fields.",
        "query = 'signal:docs is:free -label:\"needs info\"'",
    ),
    key(
        "view",
        "sort",
        Kind::Text,
        "\"best\"",
        "Its order: best, quiet, newest, updated, comments, reactions or key, -asc or -desc behind it turns it round.",
        "sort = \"updated-asc\"",
    ),
    key(
        "view",
        "github",
        Kind::Text,
        "none",
        "Only what GitHub itself finds with this search, in its own language; asked at each sync within the configured \
         sources, at most 1,000 tasks.",
        "github = \"involves:@me -linked:pr\"",
    ),
    key(
        "view",
        "jql",
        Kind::Text,
        "none",
        "Only what Jira itself finds with this search, without ORDER BY; asked at each sync within the configured \
         projects, at most 1,000 tasks.",
        "jql = \"sprint in openSprints()\"",
    ),
    key(
        "claim",
        "label",
        Kind::Text,
        "\"floating-help\"",
        "The one label that marks a task with a live commitment.",
        "label = \"floating-help\"",
    ),
    key(
        "ui",
        "keymap",
        Kind::Text,
        "\"default\"",
        "Keys of the screens: default, vim or emacs. A file keymap.toml beside this one changes them.",
        "keymap = \"vim\"",
    ),
    key(
        "ui",
        "theme",
        Kind::Text,
        "\"auto\"",
        "Colours of the screens: auto, terminal, dark, light, high-contrast, no-colour, catppuccin-mocha, gruvbox-dark, or \
         NAME for themes/NAME.toml beside this file.",
        "theme = \"high-contrast\"",
    ),
    key(
        "ui",
        "mouse",
        Kind::Flag,
        "false",
        "The screens take wheel and clicks; to select text with the mouse, hold shift while dragging.",
        "mouse = true",
    ),
    key(
        "ui",
        "bell",
        Kind::Flag,
        "false",
        "The terminal's bell rings when one of your commitments, or a request to your team, newly needs you.",
        "bell = true",
    ),
    key(
        "ui",
        "notify",
        Kind::Text,
        "\"off\"",
        "The desktop shows a notice then, where the terminal passes it on: off, auto, or the form to use: osc9, osc777, osc99.",
        "notify = \"auto\"",
    ),
    key(
        "ui",
        "resume",
        Kind::Flag,
        "true",
        "The screens begin where they were left: tab, query and task. --afresh begins at the list once.",
        "resume = false",
    ),
];

/// Keys of one table.
pub fn keys_of(table: &str) -> impl Iterator<Item = &'static KeySpec> {
    KEYS.iter().filter(move |k| k.table == table)
}

/// A key of a table.
pub fn find(table: &str, name: &str) -> Option<&'static KeySpec> {
    KEYS.iter().find(|k| k.table == table && k.name == name)
}

/// The reference of all keys as Markdown.
pub fn reference() -> String {
    let mut page = String::from(
        "# floorwalk configuration\n\nRead from `--config`, else `$FLOORWALK_CONFIG`, else `floorwalk/config.toml` in \
         the XDG configuration folder. Never from the current folder. The store lies under `--data-dir`, else \
         `$FLOORWALK_DATA_DIR`, else `floorwalk` in the XDG data folder.\n",
    );
    let top = (TOP, "Top of the file".to_owned(), "Above the first table.");
    let tables = TABLES.iter().map(|t| (t.name, format!("`{}`", t.header()), t.meaning));
    for (table, title, meaning) in std::iter::once(top).chain(tables) {
        page += &format!("\n## {title}\n\n{meaning}\n\n| key | takes | default | meaning | example |\n");
        page += "| --- | --- | --- | --- | --- |\n";
        for k in keys_of(table) {
            let takes = k.kind.short();
            page += &format!("| `{}` | {takes} | {} | {} | `{}` |\n", k.name, k.default, k.meaning, k.example);
        }
    }
    page
}
