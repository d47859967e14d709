//! The plan of a helper: four questions, their Markdown for the comment, and the template that an editor opens. Knows no
//! editor and no tracker.

use std::fmt::Write;

/// The parts with their headings in the comment, in order.
pub const HEADINGS: [&str; 4] = ["What it is about", "Steps", "How it is checked", "What I am not sure of"];

/// What is asked under each heading.
pub const ASKS: [&str; 4] = [
    "the task in your own words, one sentence",
    "the first two or three steps, the smallest first",
    "the test or the command that shows it is done",
    "what a mentor could tell you in a minute",
];

/// A plan. Every part may be empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    /// Texts, in the order of [`HEADINGS`].
    pub parts: [String; 4],
}

impl Plan {
    /// The plan as Markdown for the comment; empty parts are left out.
    pub fn markdown(&self) -> String {
        let mut text = String::new();
        let said = HEADINGS.iter().zip(self.parts.iter().map(|part| part.trim()));
        for (heading, said) in said.filter(|(_, said)| !said.is_empty()) {
            let between = if said.contains('\n') { "\n\n" } else { " " };
            // Writing to a String cannot fail.
            let _ = write!(text, "{}**{heading}:**{between}{said}", if text.is_empty() { "" } else { "\n\n" });
        }
        text
    }

    /// What an editor opens. `about` is one harmless line that says what it is for.
    pub fn template(about: &str) -> String {
        let mut text = format!("# {about}\n# Short is good. Lines that begin with '# ' are dropped.\n");
        for (heading, ask) in HEADINGS.iter().zip(ASKS) {
            let _ = write!(text, "\n{heading}:\n# {ask}\n\n");
        }
        text
    }

    /// Reads a template back. Text before the first heading says what it is about.
    pub fn read(text: &str) -> Self {
        let mut plan = Self::default();
        let mut at = 0;
        for line in text.lines().filter(|l| *l != "#" && !l.starts_with("# ")) {
            let heading = |h: &&str| line.trim_end().strip_suffix(':').is_some_and(|l| l.eq_ignore_ascii_case(h));
            if let Some(found) = HEADINGS.iter().position(heading) {
                at = found;
            } else if let Some(part) = plan.parts.get_mut(at) {
                part.push_str(line);
                part.push('\n');
            }
        }
        plan
    }
}
