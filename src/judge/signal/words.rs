//! A line of text as words: lower case, with what is code or quoted told apart, and with what stands in front of the
//! sentence (`docs:`, `[Bug]:`, `net/http:`). Knows no meaning.

/// One word of a line.
#[derive(Clone, Copy, Debug)]
pub(super) struct Word<'a> {
    /// As written.
    pub(super) raw: &'a str,
    /// In lower case; empty for code and what is quoted, so that it matches nothing.
    pub(super) low: &'a str,
    /// In lower case, whatever it is.
    pub(super) any: &'a str,
}

/// A line cut into pieces that live as long as it.
pub(super) struct Line {
    raw: String,
    low: String,
    spans: Vec<(usize, usize, bool)>,
    lead: usize,
    heads: Vec<String>,
}

/// Most of a line that is read, bytes.
const MOST: usize = 600;
/// Most words that may stand before a colon to be a heading of the line.
const HEAD_WORDS: usize = 4;

impl Line {
    pub(super) fn of(text: &str) -> Self {
        let text = text.get(..text.floor_char_boundary(MOST)).unwrap_or_default();
        let raw = if text.contains('’') { text.replace('’', "'") } else { text.to_owned() };
        let low = raw.to_ascii_lowercase();
        let (spans, colons) = cut(&raw);
        let mut line = Self { raw, low, spans, lead: 0, heads: Vec::new() };
        line.strip_heads(&colons);
        line
    }

    fn word(&self, at: usize) -> Option<Word<'_>> {
        let (from, to, plain) = *self.spans.get(at)?;
        let any = self.low.get(from..to)?;
        Some(Word { raw: self.raw.get(from..to)?, low: if plain { any } else { "" }, any })
    }

    /// All words.
    pub(super) fn words(&self) -> impl Iterator<Item = Word<'_>> {
        (0..self.spans.len()).filter_map(|at| self.word(at))
    }

    /// What stands before the sentence, lower case, parted at commas, slashes and ampersands: `docs`, `ci`, `bug`.
    pub(super) fn heads(&self) -> &[String] {
        &self.heads
    }

    /// Place of the first word of the sentence.
    pub(super) fn lead(&self) -> usize {
        self.lead
    }

    /// Takes away what stands before the sentence, up to three times.
    fn strip_heads(&mut self, colons: &[usize]) {
        for _ in 0..3 {
            let colon = colons.iter().copied().find(|c| *c >= self.lead && *c < self.lead + HEAD_WORDS);
            let Some(end) = colon.filter(|c| c + 1 < self.spans.len()) else { return };
            // A longer heading is a name, and its parts are not what the line is about: `[eslint-plugin-exhaustive-deps]`.
            let names = end - self.lead < 2;
            for at in (self.lead..=end).filter(|_| names) {
                let Some(word) = self.word(at) else { continue };
                let parts = word.any.split(['/', '&', '+']).map(|p| p.trim_matches(|c: char| !c.is_alphanumeric()));
                let head: Vec<String> = parts.filter(|p| !p.is_empty()).map(str::to_owned).collect();
                self.heads.extend(head);
            }
            self.lead = end + 1;
        }
    }
}

/// Cuts a line into words: from, to, and whether it is plain. Beside them the places of words that end a heading: those
/// before `: ` or `]`.
fn cut(raw: &str) -> (Vec<(usize, usize, bool)>, Vec<usize>) {
    let (mut spans, mut colons) = (Vec::new(), Vec::new());
    let (mut start, mut quote, mut ticks) = (None::<usize>, false, false);
    let mut end_word = |start: &mut Option<usize>, end: usize, hidden: bool, colon: bool| {
        if let Some(from) = start.take()
            && let Some((from, to)) = trimmed(raw, from, end)
        {
            spans.push((from, to, !hidden && is_plain(raw.get(from..to).unwrap_or_default())));
        }
        if colon && let Some(last) = spans.len().checked_sub(1) {
            colons.push(last);
        }
    };
    let mut chars = raw.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let before_space = chars.peek().is_none_or(|(_, next)| next.is_whitespace() || matches!(next, ']' | ')'));
        match c {
            '`' => {
                end_word(&mut start, at, ticks || quote, false);
                ticks = !ticks;
            }
            '"' | '“' | '”' => {
                end_word(&mut start, at, ticks || quote, false);
                quote = !quote;
            }
            ':' if before_space && !ticks && !quote => end_word(&mut start, at, false, true),
            ']' if !ticks && !quote => end_word(&mut start, at, false, true),
            _ if is_apart(c) => end_word(&mut start, at, ticks || quote, false),
            // Compound words are read as their parts, options as one.
            '-' if start.is_some() => end_word(&mut start, at, ticks || quote, false),
            _ => {
                start.get_or_insert(at);
            }
        }
    }
    end_word(&mut start, raw.len(), ticks || quote, false);
    (spans, colons)
}

fn is_apart(c: char) -> bool {
    c.is_whitespace()
        || matches!(
            c,
            '(' | ')'
                | '['
                | ']'
                | '{'
                | '}'
                | '<'
                | '>'
                | ','
                | ';'
                | '!'
                | '?'
                | '|'
                | '*'
                | '«'
                | '»'
                | '…'
                | '—'
                | '–'
        )
}

/// A word without the marks at its ends.
fn trimmed(raw: &str, from: usize, to: usize) -> Option<(usize, usize)> {
    let word = raw.get(from..to)?;
    let marks = |c: char| matches!(c, '.' | ':' | '\'' | '"' | '~');
    let head = word.len() - word.trim_start_matches(marks).len();
    let tail = word.len() - word.trim_end_matches(marks).len();
    (head + tail < word.len()).then_some((from + head, to - tail))
}

/// False for paths, names of modules, options, calls and camel case.
fn is_plain(word: &str) -> bool {
    if word.starts_with(['-', '/', '$', '@', '#', '.']) || word.contains(['_', '\\', '=', '@', '$', ':', '#']) {
        return false;
    }
    if word.contains('/') {
        // `and/or`, `CI/CD`, `docs/readme`: two plain words are no path.
        let parts = word.split('/');
        return parts.clone().count() == 2 && parts.clone().all(|p| !p.contains('.') && p.len() > 1) && is_pair(word);
    }
    if word.trim_end_matches('.').contains('.') {
        return false;
    }
    let letters: Vec<char> = word.chars().collect();
    !letters.windows(2).any(|w| matches!(w, [a, b] if a.is_lowercase() && b.is_uppercase()))
}

fn is_pair(word: &str) -> bool {
    matches!(word.to_ascii_lowercase().as_str(), "ci/cd" | "and/or" | "docs/readme" | "readme/docs" | "typo/grammar")
}

/// Words with the questions that rules ask.
pub(super) struct Words<'a> {
    /// All of them.
    pub(super) all: Vec<Word<'a>>,
    /// Place of the first word of the sentence.
    pub(super) lead: usize,
}

impl<'a> Words<'a> {
    pub(super) fn of(line: &'a Line) -> Self {
        Self { all: line.words().collect(), lead: line.lead() }
    }

    /// The word at a place, in lower case; empty where there is none, or code.
    pub(super) fn low(&self, at: usize) -> &'a str {
        self.all.get(at).map_or("", |w| w.low)
    }

    /// The word so many places before another.
    pub(super) fn before(&self, at: usize, steps: usize) -> &'a str {
        at.checked_sub(steps).map_or("", |at| self.low(at))
    }

    /// The first word of the sentence.
    pub(super) fn first(&self) -> &'a str {
        self.low(self.lead)
    }

    /// Places of words out of a list.
    pub(super) fn places<'s>(&'s self, list: &'s [&str]) -> impl Iterator<Item = usize> + 's {
        self.all.iter().enumerate().filter(|(_, w)| !w.low.is_empty() && list.contains(&w.low)).map(|(at, _)| at)
    }

    /// True when one word of a list is there.
    pub(super) fn any(&self, list: &[&str]) -> bool {
        self.places(list).next().is_some()
    }

    /// True when one word of a list stands within so many places before or after another.
    pub(super) fn near(&self, at: usize, reach: usize, list: &[&str]) -> bool {
        self.places(list).any(|p| p != at && p.abs_diff(at) <= reach)
    }

    /// Place of the first word of a phrase.
    pub(super) fn phrase(&self, phrase: &[&str]) -> Option<usize> {
        (0..self.all.len()).find(|at| phrase.iter().enumerate().all(|(i, word)| self.low(at + i) == *word))
    }

    /// The text around a place, as written, for the evidence.
    pub(super) fn around(&self, at: usize) -> String {
        let from = at.saturating_sub(3);
        let words: Vec<&str> = self.all.iter().skip(from).take(7).map(|w| w.raw).collect();
        words.join(" ")
    }
}
