//! What a description says beyond its title: answers in the forms of trackers, sentences at its beginning, links to runs of
//! pipelines. Code, quotes and what a template asks are set aside: a log that names documentation asks for none.

use std::iter;

use super::{
    Collected, Known, Product, ci, docs, editorial,
    evidence::Seen,
    failing,
    label::{Dictionary, LabelClass},
    words::{Line, Words},
};
use crate::domain::{signal::SignalKind, text::Foreign};

/// Most of a description that is read, bytes.
const MOST: usize = 32 * 1024;
/// Sentences at the beginning that may tell what the task is about.
const SENTENCES: usize = 3;
/// The same where the text itself is the matter: it is told what it says before what is wrong with it.
const SENTENCES_OF_DOCUMENTS: usize = 6;
/// Sentences that are read at all.
const SENTENCES_READ: usize = 60;
/// Beginnings of words for what wavers.
const WAVERS: &[&str] = &["flake", "flaki", "flaky"];
/// Most words of an answer in a form.
const ANSWER_WORDS: usize = 6;

/// Adds what a description says.
pub(super) fn read(known: &Known<'_>, body: &str, dictionary: &mut Dictionary, found: &mut Collected) {
    let body = body.get(..body.floor_char_boundary(MOST)).unwrap_or_default();
    let lines = plain_lines(body);
    form(&lines, dictionary, found);
    if !found.has(SignalKind::Docs) {
        documentation(&lines, known.product, found);
    }
    if !found.has(SignalKind::HelpWanted)
        && let Some(words) = invites(&lines)
    {
        found.add(SignalKind::HelpWanted, Seen::Text { words: words.into() });
    }
    failures(known.task.title.raw(), body, &lines, found);
}

/// Adds what a description shows of tests and builds that fail by the title.
fn failures(title: &str, body: &str, lines: &[Plain<'_>], found: &mut Collected) {
    let line = Line::of(title);
    let words = Words::of(&line);
    let name = failing::name(&words);
    let shown = name.and_then(|name| failing::shown(name, body));
    if let Some(line) = shown.filter(|_| !found.has(SignalKind::Tests)) {
        found.add(SignalKind::Tests, Seen::Text { words: line.into() });
    }
    let fails = shown.is_some() || fails(&words);
    if found.has(SignalKind::Ci) {
        return;
    }
    // What is red says so before it says why.
    let red = |sentence: &&str| mentions(sentence, failing::BEGINNINGS);
    if let Some(words) = sentences(lines).take(SENTENCES).filter(red).find_map(failing::red) {
        found.add(SignalKind::Ci, Seen::Text { words: words.into() });
        return;
    }
    let wavers = || words.any(ci::FLAKY) || sentences(lines).take(SENTENCES).any(|s| mentions(s, WAVERS));
    let is_test = name.is_some() || line.heads().iter().any(|head| head == "test" || head == "tests");
    if !(fails || is_test || (body.contains("://") && wavers())) {
        return;
    }
    if let Some(link) = run_link(body).map(Foreign::new) {
        // A run is linked where it failed.
        if name.is_some() && !found.has(SignalKind::Tests) {
            found.add(SignalKind::Tests, Seen::RunLink { link: link.clone() });
        }
        found.add(SignalKind::Ci, Seen::RunLink { link });
    } else if fails && let Some(words) = sentences(lines).find_map(failing::builder) {
        found.add(SignalKind::Ci, Seen::Text { words: words.into() });
    }
}

/// The words with which a description invites whoever reads it.
fn invites(lines: &[Plain<'_>]) -> Option<String> {
    const PHRASES: &[&[&str]] = &[
        &["want", "to", "work", "on", "this"],
        &["contributions", "welcome"],
        &["contributions", "are", "welcome"],
        &["patches", "welcome"],
        &["patches", "are", "welcome"],
        &["prs", "welcome"],
        &["prs", "are", "welcome"],
        &["pull", "requests", "welcome"],
        &["pull", "requests", "are", "welcome"],
        &["up", "for", "grabs"],
        &["looking", "for", "volunteers"],
        &["looking", "for", "contributors"],
    ];
    lines.iter().take(SENTENCES_READ).filter(|l| mentions(l.text, &["welcome", "want", "grabs", "looking"])).find_map(
        |plain| {
            let line = Line::of(plain.text);
            let words = Words::of(&line);
            PHRASES.iter().find_map(|p| words.phrase(p)).map(|at| words.around(at))
        },
    )
}

/// True when a word of a text begins with one of these. Most sentences have none, and are not taken apart.
fn mentions(text: &str, beginnings: &[&str]) -> bool {
    let begins = |word: &[u8], with: &[u8]| word.get(..with.len()).is_some_and(|w| w.eq_ignore_ascii_case(with));
    let mut words = text.as_bytes().split(|b| !b.is_ascii_alphanumeric()).filter(|w| w.len() > 2);
    words.any(|word| beginnings.iter().any(|with| begins(word, with.as_bytes())))
}

/// Sentences of running text, as many as are read.
fn sentences<'a>(lines: &'a [Plain<'a>]) -> impl Iterator<Item = &'a str> {
    let prose = lines.iter().filter(|l| !l.heading);
    prose.flat_map(|l| split(l.text)).filter(|s| s.split_whitespace().nth(2).is_some()).take(SENTENCES_READ)
}

/// Sentences of a line. A point within a name ends none.
fn split(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    iter::from_fn(move || {
        let ends = |pair: &[u8]| matches!(pair, [b'.' | b'?' | b'!', next] if next.is_ascii_whitespace());
        let end = rest.as_bytes().windows(2).position(ends).map_or(rest.len(), |at| at + 1);
        let (sentence, after) = rest.split_at_checked(end)?;
        rest = after;
        (!sentence.is_empty()).then_some(sentence)
    })
}

/// One line outside of code and quotes.
struct Plain<'a> {
    text: &'a str,
    heading: bool,
}

fn plain_lines(body: &str) -> Vec<Plain<'_>> {
    let (mut fence, mut comment) = (None::<&str>, false);
    let mut out = Vec::new();
    for raw in body.lines() {
        let line = raw.trim();
        if let Some(open) = fence {
            if line.starts_with(open) {
                fence = None;
            }
            continue;
        }
        if comment {
            comment = !line.contains("-->");
            continue;
        }
        // A tracker that knew no Markdown kept whole descriptions as they were typed: a sentence opens them.
        let typed =
            line.strip_prefix("<pre>").filter(|l| l.split_whitespace().nth(2).is_some() && !l.contains("</pre>"));
        let line = typed.unwrap_or(line);
        let opens = ["```", "~~~", "{{{", "<pre>"].into_iter().find(|f| line.starts_with(f));
        if let Some(open) = opens {
            let (close, same_line) = match open {
                "{{{" => ("}}}", line.contains("}}}")),
                "<pre>" => ("</pre>", line.contains("</pre>")),
                other => (other, line.len() > 3 && line.ends_with(other)),
            };
            fence = (!same_line).then_some(close);
            continue;
        }
        if line.starts_with("<!--") {
            comment = !line.contains("-->");
            continue;
        }
        let indented = raw.starts_with("    ") || raw.starts_with('\t');
        if line.is_empty() || line.starts_with('>') || indented {
            continue;
        }
        let heading = line.starts_with('#') || (line.starts_with("**") && line.ends_with("**"));
        out.push(Plain { text: line.trim_matches(['#', '*', ' ', ':']), heading });
    }
    out
}

/// Questions of forms whose answer says what kind of task it is.
fn asks_for_kind(heading: &str) -> bool {
    let heading = heading.to_lowercase();
    let has = |word: &str| heading.split(|c: char| !c.is_alphanumeric()).any(|w| w == word);
    heading.len() <= 60
        && ["type", "kind", "category", "area", "component", "components", "labels"].into_iter().any(has)
}

/// A heading that asks for the kind, and a short answer below it: an answer is read as a label is.
fn form(lines: &[Plain<'_>], dictionary: &mut Dictionary, found: &mut Collected) {
    for pair in lines.windows(2) {
        let [question, answer] = pair else { continue };
        let short = answer.text.split_whitespace().count() <= ANSWER_WORDS;
        if !question.heading || answer.heading || !short || !asks_for_kind(question.text) {
            continue;
        }
        let ticked = answer.text.strip_prefix("- [x]").or_else(|| answer.text.strip_prefix("- [X]"));
        let text = ticked.unwrap_or(answer.text).trim();
        let kind = match dictionary.class(text) {
            Some(LabelClass::Docs) => SignalKind::Docs,
            Some(LabelClass::Tests) => SignalKind::Tests,
            Some(LabelClass::CodeDebt) => SignalKind::CodeDebt,
            _ if text.to_lowercase().starts_with("documentation") => SignalKind::Docs,
            _ => continue,
        };
        found.add(kind, Seen::FormAnswer { question: question.text.into(), answer: text.into() });
    }
}

/// A sentence that finds fault with documentation: one at the beginning, or two anywhere. In a project that makes a
/// document, one at the beginning that finds fault with its words.
fn documentation(lines: &[Plain<'_>], product: Product, found: &mut Collected) {
    let mut faults = sentences(lines).enumerate().filter_map(|(at, sentence)| {
        if !mentions(sentence, docs::BEGINNINGS) {
            return None;
        }
        let line = Line::of(sentence);
        let words = Words::of(&line);
        docs::faults(&words).map(|place| (at, words.around(place)))
    });
    if let Some((at, words)) = faults.next()
        && (at < SENTENCES || faults.next().is_some())
    {
        found.add(SignalKind::Docs, Seen::Text { words: words.into() });
        return;
    }
    if product == Product::Document {
        let words = sentences(lines).take(SENTENCES_OF_DOCUMENTS).find_map(|sentence| {
            let line = Line::of(sentence);
            let words = Words::of(&line);
            editorial::faults(&words).map(|at| words.around(at))
        });
        if let Some(words) = words {
            found.add(SignalKind::Docs, Seen::Text { words: words.into() });
        }
    }
}

/// A link to a run of a pipeline: services by name, and hosts that are called like one.
fn run_link(body: &str) -> Option<String> {
    const SERVICES: &[(&str, &str)] = &[
        ("github.com", "/actions/runs/"),
        ("travis-ci.org", "/"),
        ("travis-ci.com", "/"),
        ("app.travis-ci.com", "/"),
        ("circleci.com", "/"),
        ("app.circleci.com", "/"),
        ("ci.appveyor.com", "/"),
        ("cirrus-ci.com", "/"),
        ("api.cirrus-ci.com", "/"),
        ("buildkite.com", "/builds/"),
        ("dev.azure.com", "_build"),
    ];
    const NAMES: &[&str] = &["build", "ci", "jenkins", "buildbot", "teamcity", "drone"];
    for rest in body.split("://").skip(1) {
        let address: &str = rest.split(|c: char| c.is_whitespace() || matches!(c, ')' | '>' | '"' | ']')).next()?;
        let (host, path) = address.split_once('/').unwrap_or((address, ""));
        let path = format!("/{path}");
        let service = SERVICES.iter().any(|(h, p)| host.eq_ignore_ascii_case(h) && path.contains(p));
        let named = host.split('.').next().is_some_and(|first| NAMES.contains(&first));
        // A log of a build is called so wherever it is kept; jobs of servers that a company runs have known addresses.
        let log = path.split(['/', '_', '-']).zip(path.split(['/', '_', '-']).skip(1)).any(|p| p == ("build", "log"));
        let job = path.contains("/-/jobs/")
            || path.contains("/-/pipelines/")
            || (path.contains("/job/") && path.contains("/console"));
        if service || named || log || job {
            return Some(format!("{host}{path}"));
        }
    }
    None
}

/// True when a title says that a test, a build or a machine for builds fails. What fails on such a machine is the program.
fn fails(words: &Words<'_>) -> bool {
    const WORDS: &[&str] = &[
        "fail", "fails", "failed", "failing", "failure", "failures", "broken", "timeout", "hang", "hangs", "flake",
        "deadlock", "race", "crash", "error", "breaks", "broke", "stuck",
    ];
    const NOUNS: &[&str] = &["test", "tests", "build", "builds", "suite", "job", "ci"];
    let machine = || {
        let mut places = words.places(&["builder", "builders"]);
        places.any(|at| !(1..=4).any(|n| matches!(words.before(at, n), "on" | "in")))
    };
    // A folder of tests: `misc/testcache`.
    let folder = || words.all.iter().any(|w| w.any.rsplit_once('/').is_some_and(|(_, last)| last.starts_with("test")));
    let own = || words.any(NOUNS) || machine() || folder() || ci::names_test(words);
    failing::test(words).is_some() || (words.any(WORDS) && own())
}
