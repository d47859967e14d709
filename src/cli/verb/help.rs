//! `help`: explains a topic, or a verb; alone it lists the topics.

use clap::{Parser, error::ErrorKind};

use crate::{
    app::{ExitCode, Topic, UserError},
    cli::{args, context::Context, failure::Result, json::SCHEMA},
    config::keys::keys,
    domain::text::{Foreign, safe_block},
    tui::widget::markdown,
};

/// Columns of a page at most: longer rows are hard to read.
const MOST: usize = 110;

pub(super) fn run(cx: &Context, word: Option<&str>) -> Result<ExitCode> {
    let Some(word) = word else {
        topics(cx);
        return Ok(ExitCode::Done);
    };
    if let Some(help) = of_verb(word) {
        cx.out.say(help.trim_end());
        return Ok(ExitCode::Done);
    }
    let hint = "`floorwalk help` lists the topics, `floorwalk --help` the verbs";
    let topic = Topic::of(word).map_err(|sentence| UserError::new(ExitCode::Usage, sentence, hint))?;
    // A configuration with mistakes keeps nobody from reading help.
    let chosen = cx.load().map(|loaded| loaded.config.ui.keymap).unwrap_or_default();
    let page = topic.page(&keys(chosen, &cx.paths.config.path).keymap);
    if cx.args.json {
        cx.out.document(&serde_json::json!({ "schema": SCHEMA, "topic": topic.word(), "markdown": page }));
        return Ok(ExitCode::Done);
    }
    let lines = markdown::lay_out(&Foreign::new(page), cx.out.width().min(MOST));
    let text: Vec<String> = lines.iter().map(|line| line.text().trim_end().to_owned()).collect();
    cx.out.say(&text.join("\n"));
    Ok(ExitCode::Done)
}

fn topics(cx: &Context) {
    if cx.args.json {
        let topics: Vec<_> = Topic::ALL
            .iter()
            .map(|topic| serde_json::json!({ "topic": topic.word(), "about": topic.about() }))
            .collect();
        cx.out.document(&serde_json::json!({ "schema": SCHEMA, "topics": topics }));
        return;
    }
    let mut page = String::from("floorwalk help TOPIC explains:\n");
    for topic in Topic::ALL {
        page += &format!("  {:<10} {}\n", topic.word(), topic.about());
    }
    page += "\nfloorwalk help VERB explains a verb, floorwalk --help lists them.";
    cx.out.say(&page);
}

/// The help of a verb, as its `--help` prints it. A word that is both is a topic: `keys` explains keys.
fn of_verb(word: &str) -> Option<String> {
    if Topic::ALL.iter().any(|topic| topic.word() == word) {
        return None;
    }
    let asked = args::Arguments::try_parse_from(["floorwalk", word, "--help"]).err()?;
    (asked.kind() == ErrorKind::DisplayHelp).then(|| safe_block(&asked.render().to_string()).into_owned())
}
