//! Does a sentence about a text ask for better words? Only asked where a text is the matter: in a project whose product
//! is one, or after a heading such as `spec:`. What should be said is another thing than how: new content, new advice and
//! technical corrections are no work on documentation.

use super::words::{Line, Words};

/// What stands before a sentence that is about a text: `spec: …`, `website: …`.
const TEXTS: &[&str] = &[
    "spec",
    "specification",
    "tour",
    "blog",
    "website",
    "site",
    "article",
    "articles",
    "talk",
    "talks",
    "slides",
    "guide",
    "guides",
    "book",
    "handbook",
    "glossary",
    "manual",
];
/// Before the sentence, these say that it is about words.
const HEADS: &[&str] =
    &["editorial", "nit", "nits", "typo", "typos", "wording", "clarification", "terminology", "rfced", "copyedit"];
/// Words for work on words.
const FAULTS: &[&str] = &[
    "ambiguity",
    "ambiguous",
    "capitalisation",
    "capitalization",
    "clarification",
    "clarifications",
    "clarified",
    "clarifies",
    "clarify",
    "clarifying",
    "clarity",
    "clearer",
    "confused",
    "confusing",
    "confusion",
    "editorial",
    "grammar",
    "hyphenation",
    "inconsistencies",
    "inconsistency",
    "inconsistent",
    "misleading",
    "misnomer",
    "misspelled",
    "nit",
    "nits",
    "phrasing",
    "poorly",
    "punctuation",
    "readability",
    "rephrase",
    "reword",
    "rewording",
    "rewordings",
    "sentence",
    "sentences",
    "spelling",
    "terminology",
    "typo",
    "typographical",
    "typos",
    "unclear",
    "underspecified",
    "unspecified",
    "vague",
    "worded",
    "wording",
];
/// Parts of a document that are nothing but work on it when a title names them.
const PARTS: &[&str] = &[
    "acknowledgements",
    "acknowledgments",
    "affiliation",
    "affiliations",
    "appendix",
    "artwork",
    "artworks",
    "bibliography",
    "citation",
    "citations",
    "cite",
    "cites",
    "contributors",
    "definition",
    "definitions",
    "diagram",
    "figure",
    "figures",
    "formatting",
    "glossary",
    "illustration",
    "linkified",
    "mentions",
    "naming",
    "paragraph",
    "paragraphs",
    "ref",
    "refer",
    "reference",
    "referenced",
    "references",
    "referring",
    "refers",
    "refs",
    "rename",
    "renaming",
    "rendering",
    "table",
    "throughout",
    "toc",
    "undefined",
];
/// Places in a document.
const PLACES: &[&str] = &[
    "abstract",
    "chapter",
    "chapters",
    "heading",
    "headings",
    "intro",
    "introduction",
    "paragraph",
    "section",
    "sections",
    "sentence",
    "subsection",
    "text",
    "title",
    "titles",
];
/// What is done to a place, or wrong with it, without new content.
const REARRANGE: &[&str] = &[
    "broken",
    "dated",
    "delete",
    "duplicate",
    "duplicated",
    "inconsistent",
    "merge",
    "misplaced",
    "move",
    "order",
    "outdated",
    "redundant",
    "rename",
    "reorder",
    "reordering",
    "reorganise",
    "reorganize",
    "repeated",
    "restructure",
    "rewrite",
    "shorten",
    "simplify",
    "split",
    "swap",
    "trim",
    "update",
    "wrong",
];
/// What a text failed to do with a thing, after "not": `is not listed`, `does not appear`.
const UNSAID: &[&str] = &[
    "appear",
    "clear",
    "define",
    "defined",
    "describe",
    "described",
    "explain",
    "explained",
    "introduced",
    "listed",
    "mention",
    "mentioned",
    "say",
    "specify",
    "state",
];
/// Phrases about the words of a text.
const PHRASES: &[&[&str]] = &[
    &["normative", "language"],
    &["inclusive", "language"],
    &["is", "it", "clear"],
    &["hard", "to", "read"],
    &["hard", "to", "parse"],
    &["hard", "to", "tell"],
    &["hard", "to", "understand"],
    &["hard", "to", "follow"],
    &["difficult", "to", "read"],
    &["difficult", "to", "understand"],
    &["should", "read"],
    &["reads", "like"],
    &["well", "defined"],
    &["well", "specified"],
    &["text", "refers"],
    &["this", "phrase"],
    &["this", "sentence"],
    &["this", "wording"],
];

/// True when what stands before the sentence says that it is about a text.
pub(super) fn is_about_text(line: &Line) -> bool {
    line.heads().iter().any(|h| TEXTS.contains(&h.as_str()))
}

/// The heading that says that a line is about words, if there is one.
pub(super) fn head(line: &Line) -> Option<&'static str> {
    HEADS.iter().find(|h| line.heads().iter().any(|head| head == *h)).copied()
}

/// Where a title of a line about a text asks for better words, if it does.
pub(super) fn asks(words: &Words<'_>) -> Option<usize> {
    words.places(FAULTS).next().or_else(|| phrase(words)).or_else(|| unsaid(words))
}

/// Where a title in a project that makes a document asks for better words, if it does: parts of a text count as well.
pub(super) fn of_document(words: &Words<'_>) -> Option<usize> {
    let part = || words.places(PARTS).next();
    let place = || words.places(PLACES).find(|at| words.near(*at, 7, REARRANGE));
    let outdated = || {
        let at = words.places(&["rfc", "draft", "standard"]).next()?;
        words.any(&["obsolete", "obsoleted", "outdated", "dated", "expired"]).then_some(at)
    };
    // "What does X mean?" asks for a clearer text.
    let meaning = || {
        let asked = matches!(words.first(), "what" | "does") || words.any(&["what"]);
        words.places(&["mean", "means", "meaning"]).next().filter(|_| asked)
    };
    let consistent = || words.phrase(&["be", "consistent"]).or_else(|| words.phrase(&["consistent", "use"]));
    asks(words).or_else(part).or_else(place).or_else(outdated).or_else(meaning).or_else(consistent)
}

/// Where a sentence of running text about a document finds fault with its words: stricter than for a title.
pub(super) fn faults(words: &Words<'_>) -> Option<usize> {
    const FIRM: &[&str] = &[
        "ambiguity",
        "ambiguous",
        "clarification",
        "clarified",
        "clarify",
        "clarity",
        "clearer",
        "confused",
        "confusing",
        "confusion",
        "editorial",
        "grammar",
        "misleading",
        "nit",
        "nits",
        "readability",
        "rephrase",
        "rephrased",
        "reword",
        "reworded",
        "rewording",
        "typo",
        "typos",
        "unclear",
        "wording",
    ];
    const PUZZLED: &[&[&str]] = &[
        &["not", "clear"],
        &["not", "understand"],
        &["don't", "understand"],
        &["should", "this", "be"],
        &["could", "this", "be"],
        &["makes", "it", "sound"],
        &["no", "definition"],
    ];
    const WANTING: &[&str] = &["add", "cite", "missing", "need", "needed", "needs", "no"];
    let cited = || words.places(&["reference", "references", "citation"]).find(|at| words.near(*at, 4, WANTING));
    let puzzled = || PUZZLED.iter().find_map(|p| words.phrase(p));
    words.places(FIRM).next().or_else(|| phrase(words)).or_else(puzzled).or_else(cited)
}

/// Words without one of which [`anywhere`] finds nothing.
pub(super) const TRIGGERS: &[&[&str]] = &[TYPOS, EXPLAINS, &["worded", "wording", "sample", "samples", "instructions"]];
const TYPOS: &[&str] = &["typo", "typos", "misspelling", "misspellings", "misspelled"];
/// What explains something.
const EXPLAINS: &[&str] = &["comment", "comments", "definition", "description", "descriptions", "explanation"];

/// Where a title in any project asks for better words in a text that explains, if it does.
pub(super) fn anywhere(words: &Words<'_>) -> Option<usize> {
    // Words that the program itself shows or is made of are its behaviour.
    const SHOWN: &[&str] = &[
        "button",
        "class",
        "code",
        "dialog",
        "error",
        "errors",
        "field",
        "function",
        "identifier",
        "key",
        "label",
        "log",
        "menu",
        "message",
        "messages",
        "method",
        "name",
        "names",
        "output",
        "placeholder",
        "property",
        "string",
        "variable",
        "warning",
    ];
    const VAGUE: &[&str] =
        &["ambiguous", "confusing", "inaccurate", "misleading", "outdated", "poorly", "unclear", "vague"];
    const WRONG: &[&str] = &["bad", "broken", "incorrect", "outdated", "wrong"];
    // "typo detection" is a feature.
    const FEATURE: &[&str] =
        &["checker", "checking", "correction", "detection", "protection", "suggestion", "suggestions", "tolerance"];
    let typo = words
        .places(TYPOS)
        .find(|at| words.before(*at, 2) != "due" && !FEATURE.contains(&words.low(at + 1)) && !words.any(SHOWN));
    let vague = || words.places(EXPLAINS).find(|at| words.near(*at, 5, VAGUE) && !words.any(SHOWN));
    let worded = || words.places(&["worded", "wording"]).next().filter(|_| !words.any(SHOWN));
    let sample =
        || words.places(&["sample", "samples"]).find(|at| words.near(*at, 3, WRONG) && words.near(*at, 1, &["code"]));
    let instructions = || {
        let asked = matches!(words.first(), "update" | "fix" | "improve" | "clarify" | "correct");
        words.places(&["instructions"]).next().filter(|_| asked)
    };
    typo.or_else(|| comments(words)).or_else(vague).or_else(worded).or_else(sample).or_else(instructions)
}

fn phrase(words: &Words<'_>) -> Option<usize> {
    PHRASES.iter().find_map(|p| words.phrase(p))
}

fn unsaid(words: &Words<'_>) -> Option<usize> {
    const NOT: &[&str] = &["not", "isn't", "aren't", "doesn't", "don't", "never", "nowhere"];
    words.places(UNSAID).find(|at| (1..=2).any(|n| NOT.contains(&words.before(*at, n))))
}

/// Comments of the code that mislead.
fn comments(words: &Words<'_>) -> Option<usize> {
    const HOW: &[&str] = &["misleading", "outdated", "stale", "wrong", "incorrect", "typo", "typos", "obsolete"];
    const WRONG: &[&str] = &["inaccurate", "incorrect", "misleading", "obsolete", "outdated", "wrong"];
    words.places(&["comment", "comments"]).find(|at| {
        let is = |w: usize| w > *at && w - at <= 6 && matches!(words.before(w, 1), "is" | "are" | "seems");
        words.places(WRONG).any(is)
            || (1..=2).any(|n| HOW.contains(&words.before(*at, n)))
            || (words.before(*at, 1) == "in" && words.near(*at, 5, HOW))
            || (words.before(*at, 2) == "in" && words.near(*at, 5, &["typo", "typos", "misleading"]))
    })
}
