//! `keys`: the table of actions and the keys that reach them.

use crate::{
    app::{ExitCode, UserError},
    cli::{context::Context, failure::Result, json::SCHEMA},
    config::keys::keys,
    domain::text::safe_line,
    keymap::{Keymap, Shipped, help, trie::Counts},
};

pub(super) fn run(cx: &Context, named: Option<Shipped>, markdown: bool, compare: bool) -> Result<ExitCode> {
    if compare {
        let mut all = Vec::new();
        for map in Shipped::ALL {
            all.push((map.word(), shipped(map)?));
        }
        cx.out.say(help::side_by_side(&all).trim_end());
        return Ok(ExitCode::Done);
    }
    let (name, keymap) = match named {
        Some(map) => (map.word().to_owned(), shipped(map)?),
        None => own(cx)?,
    };
    if markdown {
        cx.out.say(help::markdown(&keymap).trim_end());
    } else if cx.args.json {
        let keys = help::json(&keymap);
        let counts = match keymap.counts {
            Counts::None => serde_json::Value::Bool(false),
            Counts::Digits => serde_json::Value::Bool(true),
            Counts::AltDigits => "alt".into(),
        };
        cx.out.document(&serde_json::json!({ "schema": SCHEMA, "keymap": name, "counts": counts, "keys": keys }));
    } else {
        cx.out.say(help::text(&keymap).trim_end());
    }
    Ok(ExitCode::Done)
}

fn shipped(map: Shipped) -> Result<Keymap> {
    let (keys, problems) = map.keymap();
    match problems.first() {
        None => Ok(keys),
        Some(problem) => {
            let sentence = format!("the shipped keymap is broken: {}", safe_line(&problem.to_string()));
            Err(UserError::new(ExitCode::Internal, sentence, "please report this").into())
        }
    }
}

/// The keys that hold for this user: those of the configuration, with the own file on top.
fn own(cx: &Context) -> Result<(String, Keymap)> {
    let chosen = cx.load()?.config.ui.keymap;
    shipped(chosen)?;
    let keys = keys(chosen, &cx.paths.config.path);
    for problem in &keys.problems {
        cx.out.note(&safe_line(problem));
    }
    if !keys.problems.is_empty() {
        cx.out.note(&format!("until this is mended, the keys are those of the {} keymap", chosen.word()));
    }
    let name =
        if keys.is_changed { format!("{}, changed by keymap.toml", chosen.word()) } else { chosen.word().to_owned() };
    Ok((name, keys.keymap))
}
