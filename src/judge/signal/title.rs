//! What a title says of itself: by the word it begins with, else by its sentence.

use std::{collections::HashSet, sync::LazyLock};

use super::{
    Collected, Product, ci, debt, docs, editorial,
    evidence::Seen,
    failing, machinery,
    words::{Line, Words},
};
use crate::domain::signal::SignalKind;

/// Title prefixes, as in `docs: …`, `docs(api): …` or `[docs] …`, and what they say.
const PREFIXES: &[(&str, SignalKind)] = &[
    ("doc", SignalKind::Docs),
    ("docs", SignalKind::Docs),
    ("documentation", SignalKind::Docs),
    ("ci", SignalKind::Ci),
    ("build", SignalKind::Ci),
    ("flaky", SignalKind::Ci),
    ("flake", SignalKind::Ci),
    ("flaky test", SignalKind::Ci),
    ("test", SignalKind::Tests),
    ("tests", SignalKind::Tests),
    ("deps", SignalKind::Deps),
    ("refactor", SignalKind::CodeDebt),
    ("cleanup", SignalKind::CodeDebt),
];

/// Words that mean the same anywhere before the sentence: `[Bug] docs: …`, `CI, tracing: …`.
const HEADS: &[(&str, SignalKind)] = &[
    ("docs", SignalKind::Docs),
    ("documentation", SignalKind::Docs),
    ("readme", SignalKind::Docs),
    ("wiki", SignalKind::Docs),
    ("tutorial", SignalKind::Docs),
    ("faq", SignalKind::Docs),
    ("ci", SignalKind::Ci),
    ("workflows", SignalKind::Ci),
    ("deps", SignalKind::Deps),
    ("dependencies", SignalKind::Deps),
    ("refactor", SignalKind::CodeDebt),
    ("refactoring", SignalKind::CodeDebt),
    ("cleanup", SignalKind::CodeDebt),
];

/// Adds what the word a title begins with says.
pub(super) fn prefix(title: &str, found: &mut Collected) {
    if let Some((word, kind)) = first_word(title) {
        found.add(kind, Seen::TitlePrefix { prefix: word.to_owned() });
    }
}

/// Adds what the rest of a title says.
pub(super) fn sentences(title: &str, product: Product, found: &mut Collected) {
    let line = Line::of(title);
    for (head, kind) in HEADS.iter().filter(|(head, _)| line.heads().iter().any(|h| h == head)) {
        if !found.has(*kind) {
            found.add(*kind, Seen::TitlePrefix { prefix: (*head).to_owned() });
        }
    }
    if !found.has(SignalKind::Ci)
        && let Some(subject) = ci::subject(title)
    {
        found.add(SignalKind::Ci, Seen::TitlePrefix { prefix: subject.to_lowercase() });
    }
    sentence(&line, found, &|words| Seen::Title { words });
    if !found.has(SignalKind::Docs) {
        text(&line, product, found);
    }
    if !found.has(SignalKind::Ci) {
        machines(title, &line, found);
    }
}

/// Adds what a title names of the machines and files of pipelines.
fn machines(title: &str, line: &Line, found: &mut Collected) {
    let words = Words::of(line);
    let failing = || failing::machine(title).filter(|_| failing::test(&words).is_some());
    let named = failing().or_else(|| machinery::file(title, &words)).or_else(|| machinery::image(title, &words));
    if let Some(named) = named {
        found.add(SignalKind::Ci, Seen::Title { words: named.into() });
    }
}

/// Adds what a title says about the words of a text, where a text is the matter.
fn text(line: &Line, product: Product, found: &mut Collected) {
    let is_document = product == Product::Document;
    if is_document && let Some(head) = editorial::head(line) {
        found.add(SignalKind::Docs, Seen::TitlePrefix { prefix: head.to_owned() });
    } else if is_document || editorial::is_about_text(line) {
        let words = Words::of(line);
        let at = if is_document { editorial::of_document(&words) } else { editorial::asks(&words) };
        if let Some(at) = at {
            found.add(SignalKind::Docs, Seen::Title { words: words.around(at).into() });
        }
    }
}

/// What the rules make of a sentence.
pub(super) type Rule = fn(&Words<'_>) -> Option<usize>;

/// The kinds that a sentence may tell, and the rule for each.
pub(super) const RULES: &[(SignalKind, Rule)] = &[
    (SignalKind::Docs, |words| docs::says(words).or_else(|| editorial::anywhere(words))),
    (SignalKind::Ci, |words| ci::says(words).or_else(|| machinery::says(words))),
    (SignalKind::Tests, |words| debt::tests(words).or_else(|| failing::test(words))),
    (SignalKind::Deps, debt::deps),
    (SignalKind::CodeDebt, debt::code),
];

/// Words that some rule waits for.
static TRIGGERS: LazyLock<HashSet<&'static str>> = LazyLock::new(|| {
    let all = [docs::TRIGGERS, editorial::TRIGGERS, ci::TRIGGERS, machinery::TRIGGERS, debt::TRIGGERS];
    all.into_iter().flatten().flat_map(|list| list.iter().copied()).collect()
});

/// False when no rule can find anything: most titles are told by one look at each word.
fn may_tell(line: &Line) -> bool {
    line.words().any(|w| {
        let file = || w.any.split_once('.').is_some_and(|(file, _)| TRIGGERS.contains(file));
        TRIGGERS.contains(w.any) || file() || ci::is_test_name(w.raw)
    })
}

fn sentence(line: &Line, found: &mut Collected, seen: &dyn Fn(crate::domain::text::Foreign) -> Seen) {
    if !may_tell(line) {
        return;
    }
    let words = Words::of(line);
    for (kind, rule) in RULES {
        // What the title begins with tells enough.
        let told = found.0.iter().any(|f| f.kind == *kind && matches!(f.seen.last(), Some(Seen::TitlePrefix { .. })));
        if told {
            continue;
        }
        if let Some(at) = rule(&words) {
            found.add(*kind, seen(words.around(at).into()));
        }
    }
}

/// The prefix of a title that names its kind of debt: `docs`, from `docs:`, `docs(api)!:` or `[docs]`.
fn first_word(title: &str) -> Option<(&'static str, SignalKind)> {
    let title = title.trim_start();
    let head = match title.strip_prefix('[') {
        Some(rest) => rest.split_once(']')?.0,
        None => title.split_once(':')?.0.trim_end_matches('!'),
    };
    let head = match head.split_once('(') {
        Some((kind, scope)) if scope.ends_with(')') => kind,
        _ => head,
    };
    PREFIXES.iter().find(|(word, _)| word.eq_ignore_ascii_case(head.trim())).copied()
}
