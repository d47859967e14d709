//! The closing note of a hand-back or of finished work: what was done, the next step, links, gotchas. A value, its
//! Markdown for the comment, and the template that an editor opens. Knows no editor and no tracker.

use std::fmt::Write;

/// A closing note. Every part may be empty; a note that is required needs at least one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ClosingNote {
    /// What was done so far.
    pub done: String,
    /// The next step for whoever comes.
    pub next: String,
    /// Addresses of branches, pull requests, documents.
    pub links: String,
    /// What to beware of.
    pub gotchas: String,
}

/// The parts with their headings in the comment, in order.
const HEADINGS: [&str; 4] = ["Done so far", "Next step", "Links", "Gotchas"];

/// What the template asks under each heading.
const ASKS: [&str; 4] = [
    "what is done, and how one can see it",
    "what whoever comes next should do first",
    "branches, pull requests, documents",
    "what to beware of",
];

impl ClosingNote {
    /// True when nothing was said.
    pub fn is_empty(&self) -> bool {
        self.parts().iter().all(|(_, text)| text.trim().is_empty())
    }

    /// The parts with their headings, empty ones included.
    pub fn parts(&self) -> [(&'static str, &str); 4] {
        let [done, next, links, gotchas] = HEADINGS;
        [(done, &self.done), (next, &self.next), (links, &self.links), (gotchas, &self.gotchas)]
    }

    /// The note as Markdown for the comment; empty parts are left out.
    pub fn markdown(&self) -> String {
        let mut text = String::new();
        for (heading, said) in self.parts() {
            let said = said.trim();
            if said.is_empty() {
                continue;
            }
            let between = if said.contains('\n') { "\n\n" } else { " " };
            // Writing to a String cannot fail.
            let _ = write!(text, "{}**{heading}:**{between}{said}", if text.is_empty() { "" } else { "\n\n" });
        }
        text
    }

    /// What an editor opens: a heading for each part with what was said already; lines with `# ` in front are dropped.
    /// `about` is one harmless line that says what it is for.
    pub fn template(&self, about: &str) -> String {
        let mut text = format!("# {about}\n# Say at least one of the four. Lines that begin with '# ' are dropped.\n");
        for ((heading, said), ask) in self.parts().into_iter().zip(ASKS) {
            let _ = write!(text, "\n{heading}:\n# {ask}\n{}\n", said.trim());
        }
        text
    }

    /// Reads a template back. Text before the first heading counts as what was done.
    pub fn read(text: &str) -> Self {
        let mut parts: [String; 4] = Default::default();
        let mut at = 0;
        for line in text.lines().filter(|l| *l != "#" && !l.starts_with("# ")) {
            let heading = |h: &str| line.trim_end().strip_suffix(':').is_some_and(|l| l.eq_ignore_ascii_case(h));
            match HEADINGS.iter().position(|h| heading(h)) {
                Some(found) => at = found,
                None => {
                    if let Some(part) = parts.get_mut(at) {
                        part.push_str(line);
                        part.push('\n');
                    }
                }
            }
        }
        let [done, next, links, gotchas] = parts.map(|p| p.trim().to_owned());
        Self { done, next, links, gotchas }
    }
}
