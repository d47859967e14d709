//! The text of a task made of a finding: calm, complete, with points that can be checked. Markdown. What strangers wrote
//! stands in it only as harmless single lines, marked as code.

use super::{Evidence, Finding, Kind, Severity};
use crate::domain::{key::ProjectRef, size::Size};

/// What a finding is made of, before it has its text.
pub(super) struct Draft<'a> {
    pub(super) kind: Kind,
    /// What makes it unique beside the kind; empty where the kind alone does.
    pub(super) of: &'a str,
    pub(super) sentence: String,
    pub(super) evidence: Vec<Evidence>,
    pub(super) severity: Severity,
    pub(super) size: Size,
    pub(super) title: String,
    /// Why it matters, one or two sentences.
    pub(super) why: &'a str,
    /// When it is done.
    pub(super) done: &'a [&'a str],
    pub(super) covers: &'static [&'static [&'static str]],
}

impl Draft<'_> {
    /// The finding with its text.
    pub(super) fn finding(self, project: &ProjectRef) -> Finding {
        let since = self.evidence.iter().map(|seen| seen.at).min().unwrap_or_default();
        let word = self.kind.word();
        let id = if self.of.is_empty() { word.to_owned() } else { format!("{word}:{}", id_part(self.of)) };
        let mut body = format!("## What was seen\n\n{}\n\n", capital(&self.sentence));
        for seen in &self.evidence {
            body.push_str(&format!("- {} ({})\n", seen.words, seen.at.strftime("%Y-%m-%d")));
        }
        body.push_str(&format!("\n## Why it matters\n\n{}\n\n## Done when\n\n", self.why));
        for point in self.done {
            body.push_str(&format!("- [ ] {point}\n"));
        }
        body.push_str(&format!("\n{}", Finding::key_line(project.path(), &id)));
        Finding {
            id,
            kind: self.kind,
            sentence: self.sentence,
            evidence: self.evidence,
            since,
            severity: self.severity,
            size: self.size,
            title: self.title,
            body,
            covers: self.covers,
        }
    }
}

/// A name as part of an id: letters, digits, points and dashes; nothing that could end a comment of HTML.
fn id_part(name: &str) -> String {
    let plain: String = name.chars().take(80).map(|c| if c.is_alphanumeric() || c == '.' { c } else { '-' }).collect();
    let parts: Vec<&str> = plain.split('-').filter(|p| !p.is_empty()).collect();
    parts.join("-")
}

fn capital(sentence: &str) -> String {
    let mut chars = sentence.chars();
    let Some(first) = chars.next() else { return String::new() };
    format!("{}{}.", first.to_uppercase(), chars.as_str())
}
