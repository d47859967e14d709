//! Cutting pages from lists: where a page begins, how long it may be, and what it says of itself. Knows no world.

use serde_json::{Value, json};

use super::{super::rest::Answer, Call, refusal};

/// `startAt` and `maxResults` as asked for, kept within `most`; `usual` when the latter is not told.
pub(crate) fn window(call: &Call, usual: usize, most: usize) -> Result<(usize, usize), Answer> {
    let number = |key: &str, usual: usize| match call.param(key) {
        None => Ok(usual),
        Some(text) => match text.parse::<i64>() {
            Ok(n) => Ok(usize::try_from(n).unwrap_or(0)),
            Err(_) => Err(refusal(400, &format!("The value '{text}' of the parameter '{key}' is not a number."))),
        },
    };
    Ok((number("startAt", 0)?, number("maxResults", usual)?.min(most)))
}

/// Cloud's page: where the next one is, and whether this is the last.
pub(crate) fn bean(call: &Call, rows: Vec<Value>, (start, most): (usize, usize)) -> Value {
    let total = rows.len();
    let shown: Vec<Value> = rows.into_iter().skip(start).take(most).collect();
    let path = call.segments.iter().map(|s| super::people::escaped(s)).collect::<Vec<_>>().join("/");
    let address = |at: usize| format!("{}/{path}?maxResults={most}&startAt={at}", call.rest());
    let end = start + shown.len();
    let last = end >= total || shown.is_empty();
    let mut page = json!({
        "self": address(start), "maxResults": most, "startAt": start, "total": total, "isLast": last, "values": shown,
    });
    if !last {
        page["nextPage"] = address(end).into();
    }
    page
}
