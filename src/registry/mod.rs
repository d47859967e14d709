//! The registry: teams, people, calendars and what hosts allow, read from TOML texts. Every mistake is told with its
//! line; good rows around a bad one are kept. Texts become a [`Roster`]; nothing here knows a tracker or the store.

mod fields;
mod finding;
pub mod folder;
mod host;
pub mod identity;
mod join;
pub mod kept;
mod rows;
pub mod strict;

use serde::{Deserialize, Serialize};
use toml::de::DeTable;

use crate::domain::{policy::Policy, roster::Roster, text::safe_line};
use fields::{Fields, Lines};
use finding::Findings;
pub use finding::{Finding, Severity};

/// Largest file that is read, bytes.
pub const MAX_BYTES: usize = 1 << 20;

/// Where a repository keeps its own rules.
pub const OVERLAY: &str = ".github/floorwalk.toml";

/// A registry with every key, commented.
pub const EXAMPLE: &str = include_str!("example.toml");

/// One file of a registry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    /// As messages name it.
    pub name: String,
    /// Its content.
    pub text: String,
}

/// A registry as read.
#[derive(Clone, Debug, Default)]
pub struct Registry {
    /// People, teams and policies; trackers' host names and overlays are not in it.
    pub roster: Roster,
    /// Mistakes and hints, by file and line.
    pub findings: Vec<Finding>,
}

/// Reads all files of a registry together.
pub fn read(sources: &[Source]) -> Registry {
    let mut out = Findings::default();
    let mut rows = rows::Rows::default();
    let mut whole = true;
    for source in sources {
        let known = rows.hosts.len();
        if parse(source, &mut out, |fields, out| rows.read(fields, out)) == Parsed::InPart {
            // A limit may have stood in the line that was left out.
            whole = false;
            rows.hosts.iter_mut().skip(known).for_each(|(_, draft)| draft.ask());
        }
    }
    let roster = join::join(rows, whole, &mut out);
    Registry { roster, findings: out.sorted() }
}

/// Reads a repository's own file over the policy it has from its team: the stricter of both.
pub fn overlay(source: &Source, base: &Policy, roster: &Roster) -> (Policy, Vec<Finding>) {
    let mut out = Findings::default();
    let mut draft = host::Draft::default();
    parse(source, &mut out, |fields, out| draft = host::read(fields, out));
    // Without people nobody can say whether a mentor is one.
    if !roster.people.is_empty() {
        join::mentors_of(&mut draft, &roster.people, &mut out);
    }
    if out.errors() > 0 {
        draft.ask();
    }
    (draft.over(base), out.sorted())
}

/// True when a text can be read as TOML at all. One that cannot does not replace one that could.
pub fn is_whole(text: &str) -> bool {
    text.len() <= MAX_BYTES && DeTable::parse(text).is_ok()
}

/// How much of a text was TOML.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Parsed {
    Whole,
    InPart,
}

/// Parses one text and hands its table on. After a broken line the lines that could be read still count.
fn parse(source: &Source, out: &mut Findings, mut take: impl FnMut(&Fields<'_>, &mut Findings)) -> Parsed {
    let lines = Lines::new(&source.name, &source.text);
    if source.text.len() > MAX_BYTES {
        out.wrong(&lines.whole(), "is larger than 1 MiB: this is no part of a registry", "split it, or check the path");
        return Parsed::InPart;
    }
    let (root, errors) = DeTable::parse_recoverable(&source.text);
    for error in errors.iter().take(MAX_ERRORS) {
        let span = error.span().unwrap_or(0..0);
        let said = safe_line(error.message()).into_owned();
        out.wrong(&lines.spot(&span), format!("this is not TOML: {said}"), "the line is left out");
    }
    let fields = Fields::new(&lines, root.get_ref(), "this file", lines.whole());
    take(&fields, out);
    if errors.is_empty() { Parsed::Whole } else { Parsed::InPart }
}

/// Broken lines of one file that are told; more would only bury the first.
const MAX_ERRORS: usize = 20;
