//! Does somebody say that they are on it, or that they are not any more? English, by general rules: who speaks, what they
//! mean to do, and whether it is denied. Quotes and code are not read. Knows no tracker.

/// What somebody said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Word {
    /// They work on it or mean to: the sentence as written.
    OnIt(String),
    /// They do not any more, or leave it to others.
    NotAnyMore,
}

/// Most of a comment that is read, bytes.
const MOST: usize = 4_000;

/// Speaks of themselves.
const FIRST_PERSON: &[&str] = &[
    "i", "i'm", "im", "i'll", "ill", "i'd", "id", "i've", "ive", "we", "we're", "we'll", "we've", "me", "lemme",
    "gonna",
];
/// Speaks of others.
const OTHERS: &[&str] = &[
    "you",
    "you're",
    "you'd",
    "you'll",
    "anyone",
    "anybody",
    "someone",
    "somebody",
    "nobody",
    "he",
    "she",
    "they",
    "who",
    "people",
    "they're",
    "everyone",
    "others",
    "contributors",
];
/// Denies.
const NOT: &[&str] = &[
    "not", "can't", "cannot", "won't", "don't", "didn't", "couldn't", "wasn't", "isn't", "haven't", "longer",
    "stopped", "unable", "never", "cant", "wont", "dont", "was", "were", "had", "without",
];
/// What one means to do, as the beginnings of phrases; `*` stands for any one word.
const ACTS: &[&[&str]] = &[
    &["working", "on"],
    &["work", "on"],
    &["worked", "up"],
    &["take", "this"],
    &["take", "it"],
    &["take", "the"],
    &["take", "that"],
    &["take", "care"],
    &["take", "on"],
    &["take", "over"],
    &["take", "up"],
    &["taking", "this"],
    &["taking", "it"],
    &["taking", "over"],
    &["taking", "care"],
    &["pick", "this"],
    &["pick", "it"],
    &["pick", "up"],
    &["picking", "this"],
    &["picking", "it"],
    &["picking", "up"],
    &["tackle"],
    &["tackling"],
    &["fix", "this"],
    &["fix", "it"],
    &["fixing", "this"],
    &["fixing", "it"],
    &["implement", "this"],
    &["implement", "it"],
    &["implementing", "this"],
    &["implementing", "it"],
    &["address", "this"],
    &["addressing", "this"],
    &["handle", "this"],
    &["handle", "it"],
    &["have", "a", "go"],
    &["have", "a", "stab"],
    &["take", "a", "stab"],
    &["take", "a", "shot"],
    &["give", "it", "a"],
    &["give", "this", "a"],
    &["giving", "this", "a"],
    &["open", "a", "pr"],
    &["open", "a", "pull"],
    &["open", "pr"],
    &["submit", "a"],
    &["submit", "pr"],
    &["send", "a", "pr"],
    &["send", "a", "pull"],
    &["send", "a", "patch"],
    &["send", "pr"],
    &["raise", "a", "pr"],
    &["create", "a", "pr"],
    &["make", "a", "pr"],
    &["put", "up", "a"],
    &["prepare", "a"],
    &["preparing", "a"],
    &["started", "on"],
    &["started", "working"],
    &["start", "working"],
    &["have", "a", "fix"],
    &["have", "a", "patch"],
    &["have", "a", "pr"],
    &["on", "it"],
    &["assign", "me"],
    &["assigned", "to", "me"],
    &["assign", "this", "to"],
    &["assign", "it", "to"],
    &["contribute", "to", "this"],
    &["do", "this"],
    &["do", "it"],
    &["claim", "this"],
    &["claiming", "this"],
    &["claim", "it"],
];
/// Whole comments that are orders to a machine.
const ORDERS: &[&str] = &[
    ".take",
    "/take",
    "/assign",
    "/claim",
    "take",
    "claim",
    "dibs",
    "@rustbot claim",
    "@zulipbot claim",
    "on it",
    "/self-assign",
    "assign me",
    "#take",
];
/// Orders that give back.
const GIVES_BACK: &[&str] =
    &["/unassign", "/abandon", "/release", "@rustbot release-assignment", "@zulipbot abandon", "unassign me", "/drop"];
/// Phrases that leave it to others.
const LEAVES: &[&[&str]] = &[
    &["no", "longer", "working"],
    &["no", "longer", "work"],
    &["not", "working", "on"],
    &["stopped", "working"],
    &["unassign", "me"],
    &["unassigning", "myself"],
    &["unassigned", "myself"],
    &["remove", "my", "assignment"],
    &["feel", "free", "to", "take"],
    &["feel", "free", "to", "pick"],
    &["free", "to", "take"],
    &["up", "for", "grabs"],
    &["someone", "else", "can"],
    &["somebody", "else", "can"],
    &["anyone", "else", "can"],
    &["give", "this", "up"],
    &["giving", "this", "up"],
    &["giving", "up"],
    &["give", "it", "back"],
    &["hand", "this", "back"],
    &["handing", "back"],
    &["not", "any", "more"],
    &["not", "anymore"],
    &["won't", "have", "time"],
    &["don't", "have", "time"],
    &["don't", "have", "the", "time"],
    &["no", "time"],
    &["not", "able", "to"],
    &["won't", "be", "able"],
    &["can't", "work"],
    &["cannot", "work"],
    &["can't", "continue"],
    &["cannot", "continue"],
    &["not", "have", "time"],
    &["won't", "work", "on"],
    &["haven't", "had", "time"],
];

/// What a comment says about who works on it; the last sentence that says anything counts.
pub fn says(comment: &str) -> Option<Word> {
    let text = comment.get(..comment.floor_char_boundary(MOST)).unwrap_or_default();
    let whole = text.trim().to_lowercase();
    if GIVES_BACK.iter().any(|o| whole == *o) {
        return Some(Word::NotAnyMore);
    }
    if ORDERS.iter().any(|o| whole.trim_end_matches(['.', '!']) == *o || whole == *o) {
        return Some(Word::OnIt(text.trim().to_owned()));
    }
    sentences(text).into_iter().filter_map(|s| sentence(&s)).next_back()
}

/// Sentences outside of code and quotes.
fn sentences(text: &str) -> Vec<String> {
    let mut fenced = false;
    let mut out = Vec::new();
    for line in text.lines() {
        let line = line.trim();
        if line.starts_with("```") || line.starts_with("~~~") {
            fenced = !fenced;
        } else if !fenced && !line.starts_with('>') {
            let plain: String = line.split('`').step_by(2).collect::<Vec<_>>().join(" ");
            let ends = |c: char| matches!(c, '.' | '!' | '?' | ';');
            // The mark stays with its sentence: a question is told from a promise by it.
            out.extend(plain.split_inclusive(ends).map(|s| s.trim().to_owned()).filter(|s| !s.is_empty()));
        }
    }
    out
}

fn sentence(text: &str) -> Option<Word> {
    let lower = text.to_lowercase().replace('’', "'");
    let words: Vec<&str> =
        lower.split(|c: char| !(c.is_alphanumeric() || c == '\'')).filter(|w| !w.is_empty()).collect();
    let at = |phrase: &[&str]| words.windows(phrase.len()).position(|w| w == phrase);
    if LEAVES.iter().any(|p| at(p).is_some()) {
        return Some(Word::NotAnyMore);
    }
    let mut places = ACTS.iter().flat_map(|phrase| {
        let windows = words.windows(phrase.len()).enumerate();
        windows.filter(move |(_, window)| window == phrase).map(|(at, _)| at)
    });
    let promised = places.any(|act| promises(&words, act));
    // "Should I work on this?" asks; "can I take this?" claims, as people use it.
    let asks =
        text.ends_with('?') && matches!(words.first(), Some(&"should" | &"do" | &"did" | &"would" | &"why" | &"how"));
    (promised && !asks).then(|| Word::OnIt(text.to_owned()))
}

/// True when what is done at a place of a sentence is done by whoever speaks, and not denied.
fn promises(words: &[&str], act: usize) -> bool {
    let before = words.get(..act).unwrap_or_default();
    let speaker = before.iter().rposition(|w| FIRST_PERSON.contains(w) || OTHERS.contains(w));
    // Whoever is asked to assign, it is the asker who wants it.
    let to_me = words.get(act).is_some_and(|w| w.starts_with("assign"))
        && words.get(act..).is_some_and(|rest| rest.contains(&"me"));
    let own = match speaker.and_then(|s| words.get(s)) {
        _ if to_me => true,
        Some(who) => FIRST_PERSON.contains(who),
        // "Working on it" and "will take this" are said of oneself.
        None => {
            let first = words.first().copied().unwrap_or_default();
            act <= 2 && (first.ends_with("ing") || matches!(first, "will" | "on" | "happy" | "currently" | "already"))
        }
    };
    let since = speaker.unwrap_or(0);
    own && !words.get(since..act).unwrap_or_default().iter().any(|w| NOT.contains(w))
}
