//! Texts and values of very many rows in little memory: texts end to end, values that occur again kept once, numbers as
//! small as they mostly are. Knows no row.

use std::{collections::HashMap, hash::Hash};

use jiff::Timestamp;
use serde::{Deserialize, Serialize, de::DeserializeOwned};

/// Rows of a chunk of texts.
pub(super) const CHUNK: usize = 16_384;

/// A text for each row, end to end in chunks of [`CHUNK`] rows.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(in crate::index) struct Texts {
    chunks: Vec<Chunk>,
    len: usize,
}

/// The texts of up to [`CHUNK`] rows, and where each ends.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Chunk {
    pub text: String,
    pub ends: Vec<u32>,
}

impl Texts {
    /// Adds the text of the next row.
    pub(super) fn push(&mut self, text: &str) {
        if self.len.is_multiple_of(CHUNK) {
            if let Some(full) = self.chunks.last_mut() {
                full.text.shrink_to_fit();
            }
            self.chunks.push(Chunk { text: String::new(), ends: Vec::with_capacity(CHUNK) });
        }
        if let Some(chunk) = self.chunks.last_mut() {
            chunk.text.push_str(text);
            chunk.ends.push(u32::try_from(chunk.text.len()).unwrap_or(u32::MAX));
        }
        self.len += 1;
    }

    /// The text of a row; empty beyond the end.
    pub(super) fn get(&self, at: usize) -> &str {
        let Some(chunk) = self.chunks.get(at / CHUNK) else { return "" };
        let row = at % CHUNK;
        let start = row.checked_sub(1).and_then(|before| chunk.ends.get(before)).copied().unwrap_or(0);
        let end = chunk.ends.get(row).copied().unwrap_or(start);
        chunk.text.get(start as usize..end as usize).unwrap_or_default()
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.len
    }

    /// No more texts come.
    pub(super) fn close(&mut self) {
        if let Some(chunk) = self.chunks.last_mut() {
            chunk.text.shrink_to_fit();
            chunk.ends.shrink_to_fit();
        }
    }
}

/// A value for each row, each different one kept once.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Pool<T> {
    /// The different values, in the order in which they were met.
    pub all: Vec<T>,
    /// Which of them each row has.
    pub of: Vec<u32>,
}

impl<T> Default for Pool<T> {
    fn default() -> Self {
        Self { all: Vec::new(), of: Vec::new() }
    }
}

impl<T> Pool<T> {
    /// The value of a row.
    pub(super) fn get(&self, at: usize) -> Option<&T> {
        self.all.get(*self.of.get(at)? as usize)
    }
}

/// A pool that is being filled. `K` tells values apart.
pub(super) struct Filling<K, T> {
    pool: Pool<T>,
    met: HashMap<K, u32>,
}

impl<K: Hash + Eq, T> Filling<K, T> {
    /// For so many rows.
    pub(super) fn of(rows: usize) -> Self {
        Self { pool: Pool { all: Vec::new(), of: Vec::with_capacity(rows) }, met: HashMap::new() }
    }

    /// Adds the value of the next row.
    pub(super) fn push(&mut self, key: K, value: impl FnOnce() -> T) {
        let next = u32::try_from(self.pool.all.len()).unwrap_or(u32::MAX);
        let at = *self.met.entry(key).or_insert_with(|| {
            self.pool.all.push(value());
            next
        });
        self.pool.of.push(at);
    }

    /// The filled pool.
    pub(super) fn done(self) -> Pool<T> {
        self.pool
    }
}

/// Numbers of which nearly all are below 65 535.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Counts {
    small: Vec<u16>,
    large: HashMap<u32, u32>,
}

impl Counts {
    /// Adds the number of the next row.
    pub(super) fn push(&mut self, number: u32) {
        let small = u16::try_from(number).unwrap_or(u16::MAX);
        if small == u16::MAX {
            self.large.insert(u32::try_from(self.small.len()).unwrap_or(u32::MAX), number);
        }
        self.small.push(small);
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.small.len()
    }

    /// The number of a row; 0 beyond the end.
    pub(super) fn get(&self, at: usize) -> u32 {
        match self.small.get(at).copied() {
            Some(u16::MAX) => u32::try_from(at).ok().and_then(|at| self.large.get(&at)).copied().unwrap_or(0),
            small => small.map_or(0, u32::from),
        }
    }
}

/// Moments, nearly all of them between 1970 and 2106; of many trackers whole seconds.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Moments {
    seconds: Vec<u32>,
    /// What they have beyond a whole second; empty where none has.
    nanos: Vec<u32>,
    odd: HashMap<u32, Timestamp>,
}

impl Moments {
    /// Adds the moment of the next row.
    pub(super) fn push(&mut self, moment: Timestamp) {
        // Of a moment before 1970 the part of a second is negative.
        let parts = u32::try_from(moment.as_second()).ok().zip(u32::try_from(moment.subsec_nanosecond()).ok());
        let (seconds, nanos) = parts.unwrap_or((u32::MAX, 0));
        if seconds == u32::MAX {
            self.odd.insert(u32::try_from(self.seconds.len()).unwrap_or(u32::MAX), moment);
        }
        if nanos > 0 || !self.nanos.is_empty() {
            self.nanos.resize(self.seconds.len(), 0);
            self.nanos.push(nanos);
        }
        self.seconds.push(seconds);
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.seconds.len()
    }

    /// The moment of a row; the beginning of 1970 beyond the end.
    pub(super) fn get(&self, at: usize) -> Timestamp {
        match self.seconds.get(at).copied() {
            Some(u32::MAX) => u32::try_from(at).ok().and_then(|at| self.odd.get(&at)).copied().unwrap_or_default(),
            seconds => {
                let nanos = self.nanos.get(at).copied().and_then(|nanos| i32::try_from(nanos).ok()).unwrap_or(0);
                Timestamp::new(seconds.map_or(0, i64::from), nanos).unwrap_or_default()
            }
        }
    }
}

/// A value that is written as JSON.
#[derive(Debug, Serialize, Deserialize)]
#[serde(bound = "T: Serialize + DeserializeOwned")]
pub(super) struct Json<T>(#[serde(with = "as_json")] pub T);

/// As JSON within what is written otherwise: for values whose shape is only told by a format that tells it.
pub(in crate::index) mod as_json {
    use serde::{Deserialize, Deserializer, Serialize, Serializer, de, de::DeserializeOwned, ser};

    pub(in crate::index) fn serialize<S: Serializer>(value: &impl Serialize, s: S) -> Result<S::Ok, S::Error> {
        serde_json::to_string(value).map_err(ser::Error::custom)?.serialize(s)
    }

    pub(in crate::index) fn deserialize<'de, D: Deserializer<'de>, T: DeserializeOwned>(d: D) -> Result<T, D::Error> {
        serde_json::from_str(&String::deserialize(d)?).map_err(de::Error::custom)
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test")]
mod tests {
    use super::*;

    #[test]
    fn what_is_put_in_comes_out() {
        let (mut texts, mut counts, mut moments) = (Texts::default(), Counts::default(), Moments::default());
        let mut words = Filling::of(0);
        let text = |n: usize| if n.is_multiple_of(5) { String::new() } else { format!("Größe {n}") };
        let count = |n: usize| u32::try_from(n * 7).unwrap();
        let nanos = |n: usize| i128::from(i32::try_from(n).unwrap() - 9_000) * 1_500_000_000 * 500_000;
        let moment = |n: usize| Timestamp::from_nanosecond(nanos(n)).unwrap();
        for n in 0..40_000 {
            texts.push(&text(n));
            counts.push(count(n));
            moments.push(moment(n));
            words.push(n % 9, || n % 9);
        }
        texts.close();
        let words = words.done();
        assert_eq!(words.all.len(), 9);
        for n in 0..40_000 {
            assert_eq!((texts.get(n), counts.get(n)), (text(n).as_str(), count(n)));
            assert_eq!((moments.get(n), words.get(n)), (moment(n), Some(&(n % 9))));
        }
        assert_eq!((texts.get(40_000), counts.get(40_000), words.get(40_000)), ("", 0, None));
    }
}
