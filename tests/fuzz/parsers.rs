//! Properties of the parsers of single texts: marker, Markdown, query, keymap, configuration, foreign text, `Link` header.

use std::{path::Path, sync::LazyLock};

use floorwalk::{
    config,
    domain::{
        marker::{self, MAX_JSON, Marker},
        text::{self, Foreign},
    },
    index::Query,
    keymap::{self, Action, Chord, Context, Found, Keymap, Sequence, Shipped, load},
    tracker::{
        http::{
            base::{Base, checked_url},
            page,
        },
        jira::document::machine::line,
    },
    tui::{paint, widget::markdown as body},
};
use serde_json::Value;

use super::{clean, same, text_of};

/// What the `line` of a marker has besides its JSON.
const FRAME: usize = 32;

/// A marker is read as itself wherever it travels, and never grows beyond what is believed.
pub fn marker(bytes: &[u8]) {
    let body = text_of(bytes);
    match marker::parse(&body) {
        None => assert!(!body.starts_with("<!-- floorwalk/"), "overlooked: {body:?}"),
        Some(Err(error)) => clean("the error of a marker", &error.to_string()),
        Some(Ok(read)) => travels(&read),
    }
    if let Some(Ok(read)) = line::decode(body.trim(), &id_of) {
        travels(&read);
    }
    for (what, words) in [
        ("words", marker::words(&body)),
        ("plan", marker::plan(&body)),
        ("closing", marker::closing(&body).unwrap_or_default()),
    ] {
        assert!(words.len() <= body.len(), "{what} of {} bytes has {}", body.len(), words.len());
    }
}

fn travels(read: &Marker) {
    let written = marker::line(read);
    assert!(written.len() <= MAX_JSON + FRAME, "{} bytes", written.len());
    assert!(!written.contains('\n') && written.matches("-->").count() == 1, "{written:?}");
    let Some(Ok(again)) = marker::parse(&written) else { panic!("what was written is not read: {written:?}") };
    let exact = !holds_fractions(read) && serde_json::to_string(read).is_ok_and(|json| json.len() <= MAX_JSON / 6);
    if exact {
        same("a marker and what is read of what is written of it", &again, read);
        let carried = line::encode(read);
        assert!(!carried.contains(['\n', '{', '}']), "{carried:?}");
        let mut own = read.clone();
        // The line does not carry the number of an account: it follows from the login.
        own.by.id = id_of(&own.by.login);
        same("a marker and its line in a document", &line::decode(&carried, &id_of), &Some(Ok(own)));
    }
    let comment = marker::comment(&again, "words of a person");
    same("words under a marker", &marker::words(&comment), &"words of a person".to_owned());
}

/// Numbers with a fraction are not exact in JSON as it is read here, and decide nothing in a marker.
fn holds_fractions(read: &Marker) -> bool {
    fn any(value: &Value) -> bool {
        match value {
            Value::Number(number) => number.is_f64(),
            Value::Array(values) => values.iter().any(any),
            Value::Object(values) => values.values().any(any),
            _ => false,
        }
    }
    read.extra.values().chain(read.ev.iter().flat_map(|event| event.extra.values())).any(any)
}

/// The number that stands for an account of Jira, as simple as it can be.
pub fn id_of(login: &str) -> u64 {
    login.bytes().fold(7, |sum: u64, byte| sum.wrapping_mul(31).wrapping_add(u64::from(byte)))
}

/// Rows of a description fit into their columns and hold nothing but what can be read. The first byte is the width.
pub fn markdown(bytes: &[u8]) {
    let Some((width, rest)) = bytes.split_first() else { return };
    let columns = 4 + usize::from(width % 120);
    let raw = text_of(rest);
    let lines = body::lay_out(&Foreign::new(raw.clone()), columns);
    for line in &lines {
        let text = line.text();
        clean("a row of Markdown", &text);
        assert!(paint::width(&text) <= columns, "{} of {columns} columns: {text:?}", paint::width(&text));
    }
    same("the same text twice", &body::lay_out(&Foreign::new(raw), columns), &lines);
}

/// A query prints as a line that parses to the same, and a mistake points into the line that was typed.
pub fn query(bytes: &[u8]) {
    let line = text_of(bytes);
    match Query::parse(&line) {
        Ok(query) => {
            let printed = query.to_string();
            same("a query and its printed line", &Query::parse(&printed), &Ok(query));
        }
        Err(error) => {
            let place = line.get(error.span.clone());
            assert!(place.is_some_and(|place| !place.is_empty()), "{error:?} in {line:?}");
            assert!(!error.message.is_empty());
            clean("the mistake of a query", &error.sentence());
        }
    }
}

/// What an own keymap lies on; read once.
static SHIPPED: LazyLock<[Keymap; 3]> = LazyLock::new(|| Shipped::ALL.map(|shipped| shipped.keymap().0));

/// A key has one spelling, a binding is found again, a mistake names its line, and no file takes the way out.
pub fn keymap(bytes: &[u8]) {
    let file = text_of(bytes);
    for word in file.split_whitespace().take(64) {
        match word.parse::<Chord>() {
            Ok(chord) => {
                same("a chord and its spelling", &chord.to_string().parse(), &Ok(chord));
                same("a chord in its one form", &chord.normal(), &chord);
            }
            Err(_) => assert!(word.parse::<Sequence>().is_err(), "{word:?} is no key but a sequence"),
        }
    }
    let lines = file.bytes().filter(|b| *b == b'\n').count() + 1;
    for under in SHIPPED.iter() {
        let (keymap, problems) = load::on_top(under, "keymap.toml", &file);
        for problem in &problems {
            clean("a mistake in a keymap", &problem.to_string());
            assert!((1..=lines).contains(&problem.line), "line {} of {lines}", problem.line);
        }
        for (context, keys, action) in keymap.bindings() {
            same("keys and their spelling", &keys.to_string().parse(), &Ok(keys.clone()));
            same("a binding", &keymap.lookup(&[context], &keys.0), &Found::Action(action));
        }
        let leaves = |context: &Context| !keymap.keys(&context.scope(), Action::Back).is_empty();
        assert!(!problems.is_empty() || Context::ALL.iter().all(leaves), "locked in without a word");
    }
    for problem in keymap::parse("keymap.toml", &file).1 {
        clean("a mistake in a keymap", &problem.to_string());
    }
}

/// A secret that no sentence about the file may repeat.
const CANARY: &str = "ghp_canaryCanaryCanary0123456789abcdef";

/// A mistake is told in harmless words, points into the file, and never repeats a token.
pub fn config(bytes: &[u8]) {
    // A token is put where the input says so, to see it left out.
    let file = text_of(bytes).replace("TOKEN", CANARY);
    let lines = file.bytes().filter(|b| *b == b'\n').count() + 1;
    match config::load::parse(Path::new("/etc/config.toml"), &file) {
        Ok(loaded) => {
            let again = config::load::parse(Path::new("/etc/config.toml"), &file);
            same("the same file twice", &again, &Ok(loaded));
        }
        Err(mistakes) => {
            assert!(!mistakes.is_empty(), "refused without a word");
            for mistake in mistakes {
                let told = format!("{} {}", mistake.sentence(), mistake.hint.unwrap_or_default());
                clean("a mistake in a configuration", &told);
                assert!(!told.contains(CANARY), "a token is repeated: {told}");
                if let Some((line, column)) = mistake.at {
                    assert!((1..=lines).contains(&line) && column >= 1, "{line}:{column} of {lines} lines");
                }
            }
        }
    }
}

/// Foreign text becomes harmless, once and for all, without being cut or growing beyond bounds. The first byte is the
/// width.
pub fn text(bytes: &[u8]) {
    let Some((width, rest)) = bytes.split_first() else { return };
    let columns = usize::from(*width);
    let raw = text_of(rest);
    let foreign = Foreign::new(raw.clone());
    let (line, block, fit) = (foreign.line(), foreign.block(), foreign.fit(columns));
    clean("line", &line);
    clean("fit", &fit);
    block.split('\n').for_each(|row| clean("block", row));
    clean("debug", &format!("{foreign:?}"));
    assert!(!line.is_empty() && text::width(&line) > 0, "nothing is shown of {raw:?}");
    // A tab becomes four spaces in a block, a mark without its letter gets a circle of three bytes.
    let bound = raw.len() * 4 + 8;
    assert!(line.len() <= bound && block.len() <= bound, "{} became {} and {}", raw.len(), line.len(), block.len());
    assert!(text::width(&fit) <= columns, "{} of {columns} columns", text::width(&fit));
    same("a harmless line", &text::safe_line(&line), &line);
    same("a harmless block", &text::safe_block(&block), &block);
    same("both doors", &text::safe_line(&raw), &line);
    same("the raw text", &foreign.raw().to_owned(), &raw);
    let rows = raw.split('\n').count();
    assert!(block.split('\n').count() <= rows, "more rows than were written");
    let visible = |text: &str| text.chars().filter(char::is_ascii_alphanumeric).collect::<String>();
    if line != "(blank)" {
        same("letters and digits in their order", &visible(&line), &visible(&raw));
    }
}

/// A next page lies ahead, on our own host, and within bounds. The first byte is the number of the page.
pub fn link(bytes: &[u8]) {
    let Some((page, rest)) = bytes.split_first() else { return };
    let header = text_of(rest);
    let page = u32::from(*page).max(1);
    let base = Base::of(&checked_url("https://api.github.example/v3").expect("an address"));
    if let Some(url) = base.own(&header, "/v3/repos") {
        same("the origin of an address of ours", &url.origin(), &base.root().origin());
        assert!(url.username().is_empty() && url.password().is_none(), "{url}");
    }
    if let Ok(url) = checked_url(&header) {
        let local = Base::of(&url).is_loopback();
        assert!(url.scheme() == "https" || (url.scheme() == "http" && local), "{url}");
    }
    let Ok(pages) = page::pages(&header, &base, "/v3/repos/a/b/issues?per_page=100", page) else { return };
    assert!(pages.next.is_none_or(|next| next > page && next <= 3_000), "{pages:?} after {page}");
    assert!(pages.last.is_none_or(|last| last >= page), "{pages:?} at {page}");
    assert!(pages.after.is_none_or(|after| !after.is_empty() && after.len() <= 500));
}
