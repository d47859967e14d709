//! What would raise a score most, and the words in which somebody can ask the host for it. Only what the host can add by
//! writing: this is why describing a task well is worth the minutes.

use serde::Serialize;

use super::{
    component::{Component, Components, Part},
    weights::Weights,
};
use crate::{
    domain::{key::TaskKey, triage::is_same_text},
    judge::readiness::Readiness,
};

/// One thing that could be added.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Raise {
    /// What is missing, in a few words.
    pub what: &'static str,
    /// What was seen instead, one harmless sentence.
    pub seen: String,
    /// What it would add to the score, points.
    pub points: f64,
}

/// Missing items of a description with the points each alone would add to the score, most first: the difference of
/// `share·e` (explanation of the score, model v1). Where the description was too short to be sure of, writing more makes
/// it sure as well; a label, a size or a mentor does not.
pub fn raises(readiness: &Readiness, components: &Components, weights: Weights) -> Vec<Raise> {
    let before = components.get(Part::Readiness);
    let share = weights.shares().get(Part::Readiness as usize).copied().unwrap_or_default();
    let mut all: Vec<Raise> = readiness
        .missing()
        .map(|check| {
            let k = if item(check.name).is_some_and(|i| i.written) { 1.0 } else { before.k() };
            let after = Component::new(before.c() + f64::from(check.points) / 100.0, k);
            Raise { what: check.name, seen: check.evidence.clone(), points: share * (after.e() - before.e()) }
        })
        .filter(|raise| raise.points > 0.0)
        .collect();
    all.sort_by(|a, b| b.points.total_cmp(&a.points));
    all
}

/// How an item is asked for.
struct Item {
    name: &'static str,
    /// It is text of the description.
    written: bool,
    /// What would help, one sentence.
    ask: &'static str,
    /// A section to fill in; empty where none is needed.
    section: &'static str,
}

const ITEMS: &[Item] = &[
    Item {
        name: "what is wrong and why, in 40 words",
        written: true,
        ask: "Two or three sentences on what is wrong today and why it matters.",
        section: "## What is wrong\n\n<!-- what happens today, and why that is a problem -->\n",
    },
    Item {
        name: "who needs it and why",
        written: true,
        ask: "One sentence on who needs it and what for.",
        section: "## Who needs it\n\n<!-- as a …, I want …, so that … -->\n",
    },
    Item {
        name: "acceptance criteria",
        written: true,
        ask: "Two or three points that can be checked when it is done.",
        section: "## Done when\n\n- [ ] \n- [ ] \n",
    },
    Item {
        name: "a reproduction, an example or a link",
        written: true,
        ask: "A way to see it, or a link to a change that was alike.",
        section: "## How to see it\n\n```\n```\n",
    },
    Item {
        name: "the code it is about",
        written: true,
        ask: "The file, module or pull request where the work begins.",
        section: "## Where to begin\n\n<!-- files or modules -->\n",
    },
    Item {
        name: "an agreed approach",
        written: false,
        ask: "A word on which way to go, so that nobody builds the wrong thing.",
        section: "## Agreed approach\n\n<!-- what was decided, and what is left to the helper -->\n",
    },
    Item { name: "a size or estimate", written: false, ask: "A rough size: XS, S, M or L is enough.", section: "" },
    Item {
        name: "a mentor or contact",
        written: false,
        ask: "Somebody to ask, by name or channel.",
        section: "## Contact\n\n<!-- who answers questions, and where -->\n",
    },
    Item {
        name: "labels for kind and area",
        written: false,
        ask: "A label for its kind and one for its area.",
        section: "",
    },
];

fn item(name: &str) -> Option<&'static Item> {
    ITEMS.iter().find(|i| i.name == name)
}

/// Most items that one message asks for: more would be a burden.
const ASK_MOST: usize = 3;

/// A polite message to the host that asks for what would help most; empty when nothing is missing. Markdown; contains
/// nothing that strangers wrote.
pub fn ask(key: &TaskKey, raises: &[Raise]) -> String {
    if raises.is_empty() {
        return String::new();
    }
    let mut out = format!(
        "Hello! {key} looks like something that a helper from another team could take on. It would be easier to pick up \
         with:\n\n"
    );
    for raise in raises.iter().take(ASK_MOST) {
        let ask = item(raise.what).map_or("", |i| i.ask);
        out.push_str(&format!("- **{}**: {ask}\n", raise.what));
    }
    out.push_str(
        "\nA few words are enough, and there is no hurry. If it should stay as it is, that is fine too. Thank you!\n",
    );
    out
}

/// A description with the missing sections to fill in below what is there; nothing is sent by this.
pub fn draft(body: &str, raises: &[Raise]) -> String {
    let mut out = body.trim_end().to_owned();
    for section in raises.iter().filter_map(|r| item(r.what)).map(|i| i.section).filter(|s| !s.is_empty()) {
        if !out.is_empty() {
            out.push_str("\n\n");
        }
        out.push_str(section.trim_end());
    }
    out.push('\n');
    out
}

/// What somebody saved of a [`draft`] of the description `was`, without the sections that were left empty and without the
/// remarks of the others. Equal to `was` where nothing was written.
pub fn filled(was: &str, saved: &str) -> String {
    let old = was.trim_end();
    let (mut out, rest) = match saved.strip_prefix(old) {
        Some(rest) => (old.to_owned(), rest),
        None => (String::new(), saved),
    };
    let remarks: Vec<&str> = ITEMS.iter().flat_map(|i| i.section.lines()).filter(|l| l.starts_with("<!--")).collect();
    let mut sections: Vec<Vec<&str>> = vec![Vec::new()];
    for line in rest.trim().lines() {
        if line.starts_with("## ") {
            sections.push(Vec::new());
        }
        if let Some(section) = sections.last_mut() {
            section.push(line);
        }
    }
    for section in sections {
        let text = section.join("\n");
        let empty = ITEMS.iter().any(|i| !i.section.is_empty() && is_same_text(i.section, &text));
        let kept = |line: &&&str| !remarks.contains(&line.trim()) && line.trim() != "- [ ]";
        let text = section.iter().filter(kept).copied().collect::<Vec<_>>().join("\n");
        if empty || text.trim().is_empty() {
            continue;
        }
        if !out.is_empty() {
            out.push_str("\n\n");
        }
        out.push_str(text.trim_end());
    }
    out
}
