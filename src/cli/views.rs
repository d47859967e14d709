//! Saved views: the configuration's texts, understood as queries. A mistake in one is a mistake of the file, told with its
//! line.

use super::{context::Context, failure::Result};
use crate::{
    app::{ExitCode, UserError},
    config::{ConfigError, Loaded, ViewConfig},
    domain::text::{nearest, safe_fit},
    index::{Query, QueryError},
};

/// A saved view that was understood.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct View {
    /// Its name.
    pub(crate) name: String,
    /// Its query line, the order with it.
    pub(crate) line: String,
    /// The same, parsed.
    pub(crate) query: Query,
    /// Trackers were asked for a part of it.
    pub(crate) filtered: bool,
}

/// Understands all views of a configuration.
///
/// # Errors
/// Every mistake in them, with its place in the file.
pub(crate) fn understood(loaded: &Loaded) -> std::result::Result<Vec<View>, Vec<ConfigError>> {
    let (mut views, mut mistakes) = (Vec::new(), Vec::new());
    for config in &loaded.config.views {
        match view(config, loaded) {
            Ok(view) => views.push(view),
            Err(mistake) => mistakes.push(mistake),
        }
    }
    if mistakes.is_empty() { Ok(views) } else { Err(mistakes) }
}

fn view(config: &ViewConfig, loaded: &Loaded) -> std::result::Result<View, ConfigError> {
    let wrong = |error: &QueryError, at: (usize, usize)| ConfigError {
        file: loaded.file.clone(),
        at: Some(at),
        what: format!("view '{}': {}", config.name, error.message),
        hint: Some(match &error.suggestion {
            Some(word) => format!("did you mean '{word}'?"),
            None => "`floorwalk list --help` names all fields".into(),
        }),
    };
    let query = Query::parse(&config.query).map_err(|e| wrong(&e, within(config, &e)))?;
    let mut line = config.query.clone();
    let mut all = query;
    if config.has_filter() {
        let filter = Query::parse(&format!("filter:{}", config.name)).map_err(|e| wrong(&e, config.place))?;
        line = format!("{filter} {line}").trim_end().to_owned();
        all = filter.and(all);
    }
    if let Some((word, place)) = &config.sort {
        let order =
            Query::parse(&format!("sort:{}", word.replace(char::is_whitespace, "_"))).map_err(|e| wrong(&e, *place))?;
        line = format!("{line} {order}");
        all = all.and(order);
    }
    // What ends with the line in the query, such as an open quote, would swallow the order; an `or` would leave the filter
    // to one side of it.
    if Query::parse(&line).as_ref() != Ok(&all) {
        line = all.to_string();
    }
    Ok(View { name: config.name.clone(), line, query: all, filtered: config.has_filter() })
}

/// Line and column of a mistake. Where the file may spell the query otherwise than it reads, that of the whole query.
fn within(config: &ViewConfig, error: &QueryError) -> (usize, usize) {
    let (line, column) = config.place;
    if config.query.contains(['"', '\\']) {
        return (line, column);
    }
    (line, column + 1 + config.query.get(..error.span.start).unwrap_or_default().chars().count())
}

/// The view of a name.
pub(crate) fn named(cx: &Context, name: &str) -> Result<View> {
    let views = understood(&cx.load()?)?;
    if let Some(view) = views.iter().find(|view| view.name == name) {
        return Ok(view.clone());
    }
    let names = || views.iter().map(|view| view.name.as_str());
    let hint = match nearest(name, names()) {
        _ if views.is_empty() => "a [[view]] with name and query in the configuration is one".to_owned(),
        Some(near) => format!("did you mean '{near}'?"),
        None => format!("there are {}", names().collect::<Vec<_>>().join(", ")),
    };
    let sentence = format!("there is no view '{}'", safe_fit(name, 40));
    Err(UserError::new(ExitCode::Usage, sentence, &hint).into())
}
