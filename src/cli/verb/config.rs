//! `config check|path|show|reference`.

use serde::Serialize;

use crate::{
    app::{ExitCode, UserError},
    cli::{
        args::ConfigAct,
        context::Context,
        failure::{Failure, Result},
        json::SCHEMA,
    },
    config::{Config, Loaded, Origin, keys, schema, theme},
    domain::text::safe_line,
};

pub(super) fn run(cx: &Context, act: ConfigAct) -> Result<ExitCode> {
    match act {
        ConfigAct::Check => check(cx)?,
        ConfigAct::Path => path(cx),
        ConfigAct::Show => show(cx)?,
        ConfigAct::Reference => cx.out.say(schema::reference().trim_end()),
    }
    Ok(ExitCode::Done)
}

fn check(cx: &Context) -> Result<()> {
    let loaded = cx.load()?;
    // Floorwalk would start with them, but a check finds what is not meant.
    if !loaded.unknown.is_empty() {
        return Err(loaded.unknown.into());
    }
    let trackers = loaded.config.trackers.len();
    if loaded.file.is_none() || trackers == 0 {
        return Err(crate::cli::open::no_configuration(cx));
    }
    theme::find(&cx.paths.config.path, loaded.config.ui.theme.as_deref().unwrap_or(theme::AUTO))?;
    let keys = keys::keys(loaded.config.ui.keymap, &cx.paths.config.path);
    if !keys.problems.is_empty() {
        let hint = format!("until this is mended, the keys are those of the {} keymap", keys.chosen.word());
        let wrong = |sentence: &String| UserError::new(ExitCode::Config, safe_line(sentence), "");
        let mut all: Vec<_> = keys.problems.iter().map(wrong).collect();
        if let Some(last) = all.last_mut() {
            last.hints.push(hint);
        }
        return Err(Failure(all));
    }
    let file = shown(&cx.paths.config.path);
    if cx.args.json {
        cx.out.document(&serde_json::json!({ "schema": SCHEMA, "ok": true, "file": file, "trackers": trackers }));
    } else {
        let plural = if trackers == 1 { "tracker" } else { "trackers" };
        cx.out.say(&format!("{file} is right: {trackers} {plural}"));
    }
    Ok(())
}

fn shown(path: &std::path::Path) -> String {
    safe_line(&path.display().to_string()).into_owned()
}

fn path(cx: &Context) {
    let config = &cx.paths.config;
    if cx.args.json {
        cx.out.document(&serde_json::json!({
            "schema": SCHEMA, "file": shown(&config.path), "exists": config.path.exists(),
            "origin": config.origin.to_string(), "data_dir": shown(&cx.paths.data.path),
            "data_dir_origin": cx.paths.data.origin.to_string(),
        }));
    } else {
        cx.out.say(&shown(&config.path));
    }
}

/// One value with where it came from.
#[derive(Serialize)]
struct Value {
    key: String,
    value: serde_json::Value,
    origin: String,
}

fn values(loaded: &Loaded) -> Vec<Value> {
    let Config { handle, preset, registry, trackers, views, claim, ui } = &loaded.config;
    let mut rows = Vec::new();
    let mut add = |key: String, value: serde_json::Value| {
        let origin: Origin = loaded.origins.of(&key);
        rows.push(Value { key, value, origin: origin.to_string() });
    };
    add("registry".into(), registry.as_ref().map(ToString::to_string).into());
    add("me.handle".into(), handle.as_ref().map(|h| h.raw().to_owned()).into());
    add("me.preset".into(), preset.clone().into());
    for tracker in trackers {
        let mut of = |key: &str, value: serde_json::Value| add(format!("tracker.{}.{key}", tracker.name), value);
        of("name", tracker.name.as_str().into());
        of("kind", tracker.kind.word().into());
        of("url", tracker.url.clone().into());
        of("api_url", tracker.api_url.clone().into());
        of("token_env", tracker.token_env.clone().into());
        of("token_command", tracker.token_command.clone().into());
        of("orgs", tracker.orgs.clone().into());
        of("users", tracker.users.clone().into());
        of("topics", tracker.topics.clone().into());
        of("repos", tracker.repos.clone().into());
        of("email", tracker.email.clone().into());
        of("projects", tracker.projects.clone().into());
        of("jql", tracker.jql.clone().into());
        of("transition", tracker.transition.into());
    }
    for view in views {
        add(format!("view.{}.query", view.name), view.query.clone().into());
        add(format!("view.{}.sort", view.name), view.sort.as_ref().map(|(sort, _)| sort.clone()).into());
    }
    add("claim.label".into(), claim.label.clone().into());
    add("ui.keymap".into(), ui.keymap.word().into());
    add("ui.theme".into(), ui.theme.clone().into());
    add("ui.mouse".into(), ui.mouse.into());
    add("ui.bell".into(), ui.bell.into());
    add("ui.notify".into(), ui.notify.word().into());
    add("ui.resume".into(), (!ui.afresh).into());
    rows
}

fn show(cx: &Context) -> Result<()> {
    let loaded = cx.load()?;
    cx.warn(&loaded.unknown);
    let rows = values(&loaded);
    let (config, data) = (&cx.paths.config, &cx.paths.data);
    let keys = keys::keys(loaded.config.ui.keymap, &config.path);
    let own_keys = match (keys.is_changed, keys.problems.len()) {
        (true, _) => "changes the keymap",
        (false, 0) => "not there",
        (false, _) => "left out, has mistakes: `floorwalk config check` names them",
    };
    if cx.args.json {
        cx.out.document(&serde_json::json!({
            "schema": SCHEMA,
            "file": { "path": shown(&config.path), "exists": loaded.file.is_some(), "origin": config.origin.to_string() },
            "data_dir": { "path": shown(&data.path), "origin": data.origin.to_string() },
            "keymap_file": { "path": shown(&keys.file), "holds": keys.is_changed, "problems": keys.problems },
            "values": rows,
        }));
        return Ok(());
    }
    let exists = if loaded.file.is_some() { "" } else { ", not there" };
    cx.out.say(&format!("# file      {} ({}{exists})", shown(&config.path), config.origin));
    cx.out.say(&format!("# data_dir  {} ({})", shown(&data.path), data.origin));
    cx.out.say(&format!("# keymap    {} ({own_keys})", shown(&keys.file)));
    for row in rows {
        // Written as TOML would write it, so that a line can be copied into the file.
        let text = match row.value {
            serde_json::Value::Null => "(not set)".to_owned(),
            value => value.to_string(),
        };
        cx.out.say(&format!("{} = {}  # {}", row.key, safe_line(&text), row.origin));
    }
    Ok(())
}
