//! `[[view]]`: saved queries. What a query means is known above; here it is a text with its place.

use super::{
    model::ViewConfig,
    origin::Origin,
    read::{Reader, Table, shown},
};
use crate::config::Loaded;

/// Longest name.
const NAME_MOST: usize = 32;

/// Checks one table.
pub(super) fn view(reader: &mut Reader<'_>, table: &Table, loaded: &mut Loaded) {
    let Some(name) = name(reader, table, loaded) else { return };
    let Some(query) = table.text("query") else {
        let hint = "add query = \"is:free label:docs\"".to_owned();
        return reader.wrong(&table.span, format!("the view '{name}' has no query"), Some(hint));
    };
    let sort = table.text("sort").map(|sort| (sort.text.clone(), reader.place(sort.span.start)));
    for key in ["query", "sort"] {
        if let Some(span) = table.span_of(key) {
            loaded.origins.set(format!("view.{name}.{key}"), Origin::File(reader.place(span.start).0));
        }
    }
    let place = reader.place(query.span.start);
    loaded.config.views.push(ViewConfig { name, query: query.text.clone(), place, sort });
}

fn name(reader: &mut Reader<'_>, table: &Table, loaded: &Loaded) -> Option<String> {
    let Some(given) = table.text("name") else {
        let hint = "add name = \"docs\"; `floorwalk list @docs` lists it then".to_owned();
        reader.wrong(&table.span, "this view has no name", Some(hint));
        return None;
    };
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if given.text.len() > NAME_MOST || !given.text.chars().all(plain) {
        let what = format!("'{}' is no name of a view", shown(&given.text));
        let hint = "lower-case letters, digits and '-', at most 32".to_owned();
        reader.wrong(&given.span, what, Some(hint));
        return None;
    }
    if loaded.config.views.iter().any(|view| view.name == given.text) {
        let hint = "give each [[view]] its own name".to_owned();
        reader.wrong(&given.span, format!("a second view is named '{}'", given.text), Some(hint));
        return None;
    }
    Some(given.text.clone())
}
