//! A marker as one line that people can read: `floorwalk:1 kind=claim claim=01J… by=… at=… until=…`. Values are
//! percent-encoded outside `A-Z a-z 0-9 . _ : @ + / -`. Each event is one `ev=` of parts between commas:
//! `ev=extend,at:2026-…,until:2026-…`. Keys of newer versions are `x.KEY=` with their JSON. The number of an account is
//! not written: it follows from the login.

use serde_json::{Map, Value};

use crate::domain::{
    marker::{MAX_JSON, Marker, MarkerError},
    text::safe_line,
};

const START: &str = "floorwalk:";
/// Longest line that is read, bytes: three for every byte of the JSON, and room for the names.
const MAX_LINE: usize = 4 * MAX_JSON;

/// Names in the line, and in the JSON of a marker; those of an event are the same but for `ev`.
const KEYS: [(&str, &str); 11] = [
    ("kind", "k"),
    ("claim", "c"),
    ("by", "by"),
    ("at", "at"),
    ("until", "until"),
    ("size", "size"),
    ("reason", "reason"),
    ("to", "to"),
    ("taken", "taken"),
    ("mentor", "mentor"),
    ("why", "why"),
];
const EVENT_KEYS: [&str; 4] = ["at", "until", "by", "kind"];

/// Writes the line, without a line break.
pub fn encode(marker: &Marker) -> String {
    // A marker is plain data with string keys: serialising it cannot fail.
    let Ok(Value::Object(mut json)) = serde_json::to_value(marker) else { return String::new() };
    let events = json.remove("ev");
    json.insert("by".into(), marker.by.login.clone().into());
    let mut line = format!("{START}1");
    for (name, key) in KEYS {
        if let Some(Value::String(value)) = json.remove(key) {
            line.push_str(&format!(" {name}={}", percent(&value)));
        }
    }
    for event in events.as_ref().and_then(Value::as_array).into_iter().flatten() {
        line.push_str(&format!(" ev={}", encode_event(event)));
    }
    for (key, value) in json {
        line.push_str(&format!(" x.{}={}", percent_key(&key), percent(&value.to_string())));
    }
    line
}

fn encode_event(event: &Value) -> String {
    let Value::Object(mut event) = event.clone() else { return String::new() };
    let word = event.remove("e");
    let mut text = percent(word.as_ref().and_then(Value::as_str).unwrap_or_default());
    for key in EVENT_KEYS {
        if let Some(Value::String(value)) = event.remove(key) {
            text.push_str(&format!(",{key}:{}", percent(&value)));
        }
    }
    for (key, value) in event {
        text.push_str(&format!(",x.{}:{}", percent_key(&key), percent(&value.to_string())));
    }
    text
}

/// Reads a line; `None` when it is no machine line. `id_of` makes the number of an account from its login.
///
/// # Errors
/// [`MarkerError`] when it begins as one and is of another version, too long, or not a valid marker.
pub fn decode(line: &str, id_of: &dyn Fn(&str) -> u64) -> Option<Result<Marker, MarkerError>> {
    let rest = line.strip_prefix(START)?;
    let version_end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '.').unwrap_or(rest.len());
    let (version, rest) = rest.split_at_checked(version_end)?;
    if version.is_empty() || !(rest.is_empty() || rest.starts_with(' ')) || rest.contains(['\n', '\r']) {
        return None;
    }
    if version != "1" {
        let shown: String = version.chars().take(16).collect();
        return Some(Err(MarkerError::Version(safe_line(&shown).into_owned())));
    }
    Some(fields(rest, id_of).map_err(|what| MarkerError::Broken(safe_line(&what).into_owned())))
}

fn fields(rest: &str, id_of: &dyn Fn(&str) -> u64) -> Result<Marker, String> {
    if rest.len() > MAX_LINE {
        return Err("longer than 8 KiB".into());
    }
    let mut json = Map::new();
    let mut events = Vec::new();
    for token in rest.split(' ').filter(|token| !token.is_empty()) {
        let (name, value) = token.split_once('=').ok_or_else(|| format!("no value in {token}"))?;
        if name == "ev" {
            events.push(event(value)?);
            continue;
        }
        let known = KEYS.iter().find(|(n, _)| *n == name).map(|(_, key)| *key);
        let (key, value) = match known {
            Some("by") => {
                let login = plain(value)?;
                ("by".to_owned(), serde_json::json!({ "id": id_of(&login), "login": login }))
            }
            Some(key) => (key.to_owned(), Value::String(plain(value)?)),
            None => extra(name, value, |key| key == "ev" || KEYS.iter().any(|(_, k)| *k == key))?,
        };
        add(&mut json, key, value)?;
    }
    if !events.is_empty() {
        json.insert("ev".into(), events.into());
    }
    let marker = Value::Object(json);
    if marker.to_string().len() > MAX_JSON {
        return Err("longer than 2 KiB".into());
    }
    serde_json::from_value(marker).map_err(|e| e.to_string())
}

fn event(text: &str) -> Result<Value, String> {
    let mut parts = text.split(',');
    let word = plain(parts.next().unwrap_or_default())?;
    let mut json = Map::new();
    json.insert("e".into(), word.into());
    for part in parts {
        let (name, value) = part.split_once(':').ok_or_else(|| format!("no value in the event's {part}"))?;
        let (key, value) = match EVENT_KEYS.contains(&name) {
            true => (name.to_owned(), Value::String(plain(value)?)),
            false => extra(name, value, |key| key == "e" || EVENT_KEYS.contains(&key))?,
        };
        add(&mut json, key, value)?;
    }
    Ok(Value::Object(json))
}

/// A key of a newer version: with JSON behind `x.KEY`, else as a text.
fn extra(name: &str, value: &str, known: impl Fn(&str) -> bool) -> Result<(String, Value), String> {
    let (key, value) = match name.strip_prefix("x.") {
        Some(key) => (plain(key)?, serde_json::from_str(&plain(value)?).map_err(|e| e.to_string())?),
        None => (plain(name)?, Value::String(plain(value)?)),
    };
    if known(&key) { Err(format!("{key} under another name")) } else { Ok((key, value)) }
}

fn add(json: &mut Map<String, Value>, key: String, value: Value) -> Result<(), String> {
    let twice = format!("{key} twice");
    if json.insert(key, value).is_some() { Err(twice) } else { Ok(()) }
}

fn percent(text: &str) -> String {
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b':' | b'@' | b'+' | b'/' | b'-');
    encoded(text, plain)
}

/// A key may not hold what parts it from its value.
fn percent_key(text: &str) -> String {
    encoded(text, |b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-'))
}

fn encoded(text: &str, plain: impl Fn(u8) -> bool) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if plain(byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

fn plain(text: &str) -> Result<String, String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let mut digit = || rest.next().and_then(|b| char::from(b).to_digit(16));
        let (Some(high), Some(low)) = (digit(), digit()) else { return Err("a % without two digits".into()) };
        bytes.push(u8::try_from(high * 16 + low).unwrap_or_default());
    }
    String::from_utf8(bytes).map_err(|_| "bytes that are no text".into())
}
