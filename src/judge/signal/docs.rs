//! Does a sentence say that documentation is missing or wrong? General rules of English: a word for documentation and a
//! word for what is wrong with it or to be done to it. What only follows the documentation is about something else.

use super::words::Words;

/// Words for documentation that mean nothing else.
const NOUNS: &[&str] = &[
    "doc",
    "docs",
    "documentation",
    "documentations",
    "readme",
    "readmes",
    "docstring",
    "docstrings",
    "javadoc",
    "javadocs",
    "godocs",
    "wiki",
    "manpage",
    "manpages",
    "changelog",
    "changelogs",
    "faq",
    "handbook",
    "quickstart",
    "tutorial",
    "tutorials",
];
/// Words for documentation that may mean something else: only what is wrong with them makes them documentation.
const WEAK_NOUNS: &[&str] = &["guide", "guides", "walkthrough", "manual", "howto", "cookbook"];
/// Two words for documentation.
const PAIRS: &[[&str; 2]] = &[
    ["man", "page"],
    ["man", "pages"],
    ["release", "notes"],
    ["api", "reference"],
    ["getting", "started"],
    ["code", "comments"],
    ["upgrade", "guide"],
    ["user", "guide"],
    ["style", "guide"],
    ["install", "guide"],
    ["installation", "instructions"],
    ["build", "instructions"],
    ["setup", "instructions"],
];
/// What may be wrong with documentation, or done to it.
const WRONG: &[&str] = &[
    "missing",
    "misses",
    "lack",
    "lacks",
    "lacking",
    "unclear",
    "wrong",
    "wrongly",
    "incorrect",
    "incorrectly",
    "inaccurate",
    "outdated",
    "stale",
    "obsolete",
    "broken",
    "confusing",
    "confused",
    "confusion",
    "misleading",
    "ambiguous",
    "incomplete",
    "inconsistent",
    "inconsistency",
    "insufficient",
    "mistake",
    "mistakes",
    "typo",
    "typos",
    "grammar",
    "wording",
    "spelling",
    "misspelling",
    "misspelled",
    "404",
    "nonexistent",
    "invalid",
    "poor",
    "poorly",
    "undocumented",
    "unhelpful",
    "contradictory",
    "vague",
    "dead",
    "discrepancy",
    "omits",
    "omit",
    "omitted",
    "sparse",
    "imprecise",
    "inaccuracy",
    "inaccuracies",
    "underspecified",
    "needed",
    "wanted",
    "lacked",
    "improper",
    "odd",
    "weird",
];
/// What may be done to documentation.
const DO: &[&str] = &[
    "improve",
    "improves",
    "improved",
    "improving",
    "improvement",
    "improvements",
    "better",
    "add",
    "adding",
    "update",
    "updates",
    "updating",
    "fix",
    "clarify",
    "clarification",
    "clarifying",
    "explain",
    "explaining",
    "mention",
    "mentions",
    "mentioning",
    "mentioned",
    "describe",
    "describes",
    "rewrite",
    "expand",
    "extend",
    "translate",
    "translation",
    "translations",
    "needs",
    "need",
    "should",
    "request",
    "issue",
    "issues",
    "problem",
    "says",
    "say",
    "state",
    "states",
    "claims",
    "suggests",
    "write",
    "create",
    "publish",
    "remove",
    "reorganize",
    "restructure",
    "review",
    "more",
    "specify",
    "specifies",
    "correct",
    "include",
    "links",
    "link",
    "page",
    "section",
    "no",
    "provide",
    "error",
    "example",
    "examples",
    "instructions",
    "show",
    "shows",
    "refer",
    "refers",
    "reference",
    "references",
];
/// A word before a noun after which the documentation is only followed, matched or quoted.
const FOLLOWS: &[&str] = &[
    "following",
    "follow",
    "followed",
    "follows",
    "per",
    "according",
    "from",
    "contradicting",
    "contradicts",
    "contradict",
    "match",
    "matches",
    "matching",
    "despite",
    "unlike",
    "against",
    "violates",
    "by",
    "via",
    "running",
    "using",
    "with",
    "when",
    "while",
    "after",
];
/// Words that may stand between such a word and its noun.
const BETWEEN: &[&str] = &[
    "the", "its", "our", "your", "official", "to", "api", "all", "latest", "current", "own", "this", "online", "jest",
];
/// What a verb "document" is not followed by: then it is a thing.
const NOT_A_VERB: &[&str] = &[
    "is",
    "was",
    "are",
    "not",
    "has",
    "does",
    "doesn't",
    "with",
    "in",
    "of",
    "and",
    "or",
    "returns",
    "object",
    "node",
    "fragment",
    "title",
    "body",
    "root",
    "exists",
    "type",
    "types",
    "id",
    "ids",
    "level",
    "cannot",
    "can't",
    "store",
    "database",
    "load",
    "loading",
    "upload",
    "symbols",
    "formatting",
    "editor",
    "outline",
    "event",
    "events",
    "links",
    "from",
    "on",
    "gets",
    "should",
];
/// Words after which "document" is a verb.
const BEFORE_VERB: &[&str] = &[
    "please",
    "should",
    "to",
    "must",
    "better",
    "fully",
    "also",
    "explicitly",
    "clearly",
    "properly",
    "and",
    "or",
    "not",
    "doesn't",
];

/// Words without one of which no rule here finds anything, beside the nouns: looking for them first is quick.
pub(super) const TRIGGERS: &[&[&str]] = &[
    NOUNS,
    WEAK_NOUNS,
    &[
        "page",
        "pages",
        "notes",
        "reference",
        "started",
        "comments",
        "comment",
        "instructions",
        "documented",
        "undocumented",
        "document",
        "documenting",
        "clarify",
        "explain",
        "link",
        "links",
        "hyperlink",
        "hyperlinks",
        "url",
        "urls",
        "example",
        "examples",
        "contributing",
        "jsdoc",
    ],
];

/// Where a sentence says it, if it does.
pub(super) fn says(words: &Words<'_>) -> Option<usize> {
    undocumented(words)
        .or_else(|| document(words))
        .or_else(|| nouns(words))
        .or_else(|| links(words))
        .or_else(|| examples(words))
}

/// `undocumented`, `is not documented`, `should be documented`.
fn undocumented(words: &Words<'_>) -> Option<usize> {
    const NOT: &[&str] = &[
        "not",
        "isn't",
        "aren't",
        "never",
        "nowhere",
        "be",
        "poorly",
        "badly",
        "incorrectly",
        "wrongly",
        "hardly",
        "isnt",
        "arent",
    ];
    let at = words.places(&["documented", "undocumented"]).find(|at| {
        // `undocumented` may be code under test: "crash on undocumented opcode".
        words.low(*at) == "undocumented" || NOT.contains(&words.before(*at, 1)) || NOT.contains(&words.before(*at, 2))
    })?;
    let as_documented = words.before(at, 1) == "as";
    (!as_documented).then_some(at)
}

/// `document HuffmanOnly`, `please document that …`, `clarify …`.
fn document(words: &Words<'_>) -> Option<usize> {
    let is_verb = |at: usize| {
        let next = words.all.get(at + 1);
        next.is_some_and(|n| !NOT_A_VERB.contains(&n.low))
    };
    let first = words.first();
    let imperative = matches!(first, "document" | "clarify" | "documenting") && is_verb(words.lead);
    // "explain" is also a statement of databases.
    let explains =
        first == "explain" && matches!(words.low(words.lead + 1), "the" | "how" | "why" | "what" | "that" | "when");
    if imperative || explains {
        return Some(words.lead);
    }
    words.places(&["document"]).find(|at| BEFORE_VERB.contains(&words.before(*at, 1)) && is_verb(*at))
}

fn is_followed(words: &Words<'_>, at: usize) -> bool {
    let mut back = 1;
    while BETWEEN.contains(&words.before(at, back)) && back < 4 {
        back += 1;
    }
    let before = words.before(at, back);
    let to_docs =
        before == "with" && matches!(words.before(at, back + 1), "problem" | "issue" | "issues" | "problems" | "wrong");
    FOLLOWS.contains(&before) && !to_docs
}

fn noun_places(words: &Words<'_>) -> Vec<usize> {
    let files = |any: &str| ["readme.", "changelog.", "contributing."].iter().any(|f| any.starts_with(f));
    let single = words.all.iter().enumerate().filter(|(_, w)| {
        (!w.low.is_empty() && NOUNS.contains(&w.low)) || files(w.any) || matches!(w.raw, "CONTRIBUTING" | "JSDoc")
    });
    let mut places: Vec<usize> = single.map(|(at, _)| at).collect();
    places.extend(PAIRS.iter().filter_map(|pair| words.phrase(pair)));
    places.sort_unstable();
    places
}

/// A word for documentation with what is wrong or to be done.
fn nouns(words: &Words<'_>) -> Option<usize> {
    let strong = noun_places(words).into_iter().find(|at| {
        if is_followed(words, *at) {
            return false;
        }
        let begins = *at <= words.lead + 1 && words.all.len() > words.lead + 1;
        // A short title that ends with it names what is wanting: `Request.Body.Close documentation`.
        let ends = *at + 1 == words.all.len() && words.all.len() <= 7 && !words.any(FOLLOWS);
        begins || ends || words.near(*at, 12, WRONG) || words.near(*at, 6, DO)
    });
    strong.or_else(|| words.places(WEAK_NOUNS).find(|at| !is_followed(words, *at) && words.near(*at, 4, WRONG)))
}

/// How a word begins without which [`faults`] finds nothing.
pub(super) const BEGINNINGS: &[&str] = &[
    "doc", "readme", "javadoc", "godoc", "jsdoc", "wiki", "man", "changel", "faq", "handbook", "quickst", "tutorial",
    "contrib", "notes", "referenc", "started", "comments", "guide", "instruct",
];

/// A sentence of running text that finds fault with documentation: stricter than for a title, since texts mention
/// documentation for many reasons.
pub(super) fn faults(words: &Words<'_>) -> Option<usize> {
    const FAULT: &[&str] = &[
        "missing",
        "unclear",
        "wrong",
        "incorrect",
        "inaccurate",
        "outdated",
        "confusing",
        "misleading",
        "ambiguous",
        "incomplete",
        "inconsistent",
        "insufficient",
        "typo",
        "typos",
        "omits",
        "lacks",
        "lacking",
        "mistake",
    ];
    const SILENT: &[&str] =
        &["mention", "say", "state", "explain", "describe", "specify", "cover", "document", "clarify", "tell"];
    const NOT: &[&str] = &["not", "doesn't", "don't", "does", "should", "could", "never", "nowhere", "to", "didn't"];
    let said = words.places(&["documented"]).find(|at| {
        let back = |n| words.before(*at, n);
        matches!(back(1), "not" | "isn't" | "aren't" | "be" | "nowhere") && !matches!(back(2), "if" | "may")
    });
    let noun = || {
        noun_places(words).into_iter().find(|at| {
            let silent = words.places(SILENT).any(|v| v > *at && v - at <= 8 && NOT.contains(&words.before(v, 1)));
            let corrected = words.phrase(&["should", "say"]).or_else(|| words.phrase(&["should", "read"]));
            let improve =
                words.places(&["improve", "update", "clarify", "fix", "correct"]).any(|v| v < *at && at - v <= 4);
            !is_followed(words, *at)
                && (silent || improve || corrected.is_some_and(|c| c > *at) || words.near(*at, 6, FAULT))
        })
    };
    said.or_else(noun)
}

/// A broken link, but for those of file systems.
fn links(words: &Words<'_>) -> Option<usize> {
    const OTHER: &[&str] = &["symbolic", "sym", "hard", "deep", "magnet", "data", "network", "uplink", "soft"];
    const BROKEN: &[&str] = &["broken", "dead", "404", "404s"];
    let link = words
        .places(&["link", "links", "hyperlink", "hyperlinks", "url", "urls"])
        .find(|at| !OTHER.contains(&words.before(*at, 1)) && words.near(*at, 3, BROKEN));
    link.filter(|_| !words.any(&["symlink", "symlinks", "peer", "connection", "parser", "editor"]))
}

/// Examples that are wanted or wrong.
fn examples(words: &Words<'_>) -> Option<usize> {
    const HOW: &[&str] = &[
        "add",
        "adding",
        "needs",
        "need",
        "missing",
        "more",
        "better",
        "provide",
        "lacks",
        "lack",
        "broken",
        "wrong",
        "incorrect",
        "outdated",
        "fix",
        "improve",
        "write",
        "misleading",
        "confusing",
    ];
    words.places(&["example", "examples"]).find(|at| {
        let back = (1..=2).any(|n| HOW.contains(&words.before(*at, n)));
        let after = matches!(words.low(at + 1), "is" | "are" | "incorrect" | "wrong" | "broken" | "needed" | "missing")
            && (words.near(
                *at,
                3,
                &["wrong", "incorrect", "broken", "missing", "outdated", "misleading", "confusing", "needed"],
            ));
        back || after
    })
}
