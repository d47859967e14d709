//! Reading answers row by row: every field optional, every row alone, so that one odd row never loses a page. Knows no
//! tracker's fields.

use serde::{Deserialize, Deserializer, de::DeserializeOwned};
use serde_json::{Map, Value, value::RawValue};

/// A field that is absent when it has an unexpected type.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Lossy<T>(pub(super) Option<T>);

impl<T> Default for Lossy<T> {
    fn default() -> Self {
        Self(None)
    }
}

impl<'de, T: DeserializeOwned> Deserialize<'de> for Lossy<T> {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        Ok(Self(serde_json::from_value(Value::deserialize(d)?).ok()))
    }
}

/// Why a body cannot be used at all.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Unusable {
    /// No JSON, or it breaks off.
    Broken,
    /// JSON of another shape; the server's message, raw.
    Shape(String),
}

/// A row, or why it cannot be read.
pub(super) type Row<T> = Result<T, String>;

pub(super) fn shape(text: &str) -> Unusable {
    match serde_json::from_str::<Value>(text) {
        Ok(value) => Unusable::Shape(
            value.get("message").and_then(Value::as_str).unwrap_or_default().chars().take(300).collect(),
        ),
        Err(_) => Unusable::Broken,
    }
}

/// Reads a list row by row. Bytes that are no UTF-8 become U+FFFD.
pub(super) fn rows<T: DeserializeOwned + Default>(body: &[u8]) -> Result<Vec<Row<T>>, Unusable> {
    let text = String::from_utf8_lossy(body);
    let raw: Vec<&RawValue> = serde_json::from_str(&text).map_err(|_| shape(&text))?;
    Ok(raw.into_iter().map(row).collect())
}

/// Reads one object.
pub(super) fn one<T: DeserializeOwned + Default>(body: &[u8]) -> Result<T, Unusable> {
    let text = String::from_utf8_lossy(body);
    let raw: &RawValue = serde_json::from_str(&text).map_err(|_| shape(&text))?;
    row(raw).map_err(|_| shape(&text))
}

/// Reads one row; where a field has an unexpected type or comes twice, the rest of the row is still read.
pub(super) fn row<T: DeserializeOwned + Default>(raw: &RawValue) -> Row<T> {
    // A list would be read as an object's fields in order.
    if !raw.get().starts_with('{') {
        return Err("it is no object".into());
    }
    serde_json::from_str(raw.get()).or_else(|_| {
        let value: Value = serde_json::from_str(raw.get()).map_err(|_| "it is no valid JSON".to_owned())?;
        salvage(value)
    })
}

/// Reads an object field by field and leaves out what does not fit.
pub(super) fn salvage<T: DeserializeOwned + Default>(value: Value) -> Row<T> {
    let Value::Object(fields) = value else { return Err("it is no object".into()) };
    let fits = |key: &String, value: &Value| {
        let alone = Map::from_iter([(key.clone(), value.clone())]);
        serde_json::from_value::<T>(Value::Object(alone)).is_ok()
    };
    let kept: Map<String, Value> = fields.into_iter().filter(|(key, value)| fits(key, value)).collect();
    serde_json::from_value(Value::Object(kept)).map_err(|_| "its fields cannot be read".into())
}
