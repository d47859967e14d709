//! `complete-words`: what could stand where the cursor is in a shell's line, for the scripts that `completions` prints. One
//! candidate a line, what it is behind a tab. Nothing, and exit code 1, where the shell's own script knows better.

use crate::{
    app::ExitCode,
    cli::{
        args,
        context::Context,
        failure::Result,
        open::{Need, open},
        views,
    },
    domain::text::safe_line,
    index::{
        complete::{MOST, complete, field_at},
        fields::{FIELDS, Shape},
        values::Values,
    },
};

/// A candidate, and what it is.
type Candidate = (String, String);

/// `words` are those behind the program's name, as typed; the last is the one that is completed.
pub(super) async fn run(cx: &Context, words: &[String]) -> Result<ExitCode> {
    let Some((word, before)) = words.split_last().filter(|(word, before)| takes_query(word, before)) else {
        return Ok(ExitCode::Refused);
    };
    let word = unescaped(word);
    let first = before.last().is_some_and(|last| last == "list");
    let mut all = if first { named_views(cx, &word) } else { Vec::new() };
    if word.is_empty() {
        all.extend(FIELDS.iter().map(|info| (format!("{}:", info.name), info.summary.to_owned())));
    } else if !word.starts_with('@') {
        all.extend(of_query(cx, &word).await?);
    }
    for (text, about) in &all {
        // Nothing is shown as such where a reader might miss it; a shell would not.
        let about = if about.is_empty() { "".into() } else { safe_line(about) };
        cx.out.say(&format!("{}\t{about}", safe_line(text)));
    }
    Ok(if all.is_empty() { ExitCode::Refused } else { ExitCode::Done })
}

/// True where a part of a query is typed: behind `list`, unless it is an option or its value.
fn takes_query(word: &str, before: &[String]) -> bool {
    let command = args::command();
    let list = command.find_subcommand("list");
    let options = || command.get_arguments().chain(list.into_iter().flat_map(|list| list.get_arguments()));
    let takes_value = |text: &str| {
        let named = |arg: &&clap::Arg| {
            let long = text.strip_prefix("--").is_some_and(|long| arg.get_long() == Some(long));
            let short = text.strip_prefix('-').is_some_and(|s| arg.get_short().is_some_and(|c| s == c.to_string()));
            long || short
        };
        options().find(named).is_some_and(|arg| arg.get_action().takes_values())
    };
    let mut behind_value = false;
    let mut verb = None;
    for text in before {
        match behind_value {
            true => behind_value = false,
            false if text.starts_with('-') => behind_value = takes_value(text),
            false => verb = verb.or(Some(text.as_str())),
        }
    }
    let quoted = word.starts_with(['"', '\'']);
    // Short options have one letter; what is longer behind one dash is left out of the list.
    let option = word.starts_with("--") || (word.starts_with('-') && word.len() <= 2);
    verb == Some("list") && !behind_value && !quoted && !option
}

/// A word of a shell's line without the backslashes that keep it together.
fn unescaped(word: &str) -> String {
    let mut text = String::with_capacity(word.len());
    let mut letters = word.chars();
    while let Some(letter) = letters.next() {
        text.push(if letter == '\\' { letters.next().unwrap_or(letter) } else { letter });
    }
    text
}

fn named_views(cx: &Context, word: &str) -> Vec<Candidate> {
    let views = cx.load().ok().and_then(|loaded| views::understood(&loaded).ok()).unwrap_or_default();
    let named = views.into_iter().map(|view| (format!("@{}", view.name), view.line));
    named.filter(|(name, _)| name.starts_with(word)).collect()
}

/// What the query line would offer. Values of tasks are looked for only where they are wanted: a field with words of its own
/// needs no store.
async fn of_query(cx: &Context, word: &str) -> Result<Vec<Candidate>> {
    let mut values = Values::default();
    if let Some(field) = field_at(word, word.len()).filter(|field| field.info().shape == Shape::Text) {
        let opened = open(cx, Need::Store).await?;
        values.gather(field, &*opened.session.snapshot().await?);
    }
    let found = complete(word, word.len(), &values);
    let whole = |candidate| (found.applied(word, candidate).0, candidate.about.clone());
    Ok(found.candidates.iter().take(MOST).map(whole).collect())
}
