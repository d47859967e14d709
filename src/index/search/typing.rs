//! What was found while somebody types: a word that goes on finds among what it found before. Knows no order and no rows.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, PoisonError},
};

use super::super::{bits::Bits, query::Query};

/// Answers that are remembered: as many as a word is long, so that going back finds them too.
const REMEMBERED: usize = 24;

/// What was found for queries with free words, newest first.
#[derive(Debug, Default)]
pub(in crate::index) struct Typing(Mutex<VecDeque<(Query, Arc<Bits>)>>);

/// True where everything that `now` finds was found for `before`: it asks for the same and for words that go on.
fn goes_on(before: &Query, now: &Query) -> bool {
    let same = before.without == now.without && before.terms == now.terms && before.groups == now.groups;
    let longer = |(old, new): (&String, &String)| new.starts_with(old.as_str());
    same && !before.words.is_empty()
        && before.words.len() <= now.words.len()
        && before.words.iter().zip(&now.words).all(longer)
}

impl Typing {
    /// The smallest set known to hold all that a query finds.
    pub(super) fn around(&self, query: &Query) -> Option<Arc<Bits>> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let fitting = known.iter().filter(|(before, _)| goes_on(before, query));
        fitting.max_by_key(|(before, _)| before.words.iter().map(String::len).sum::<usize>()).map(|(_, f)| f.clone())
    }

    /// Remembers what a query found.
    pub(super) fn keep(&self, query: &Query, found: &Bits) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.retain(|(before, _)| before != query);
        known.push_front((query.clone(), Arc::new(found.clone())));
        known.truncate(REMEMBERED);
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test")]
mod tests {
    use super::*;

    #[test]
    fn only_what_asks_for_more_of_the_same_goes_on() {
        let query = |text: &str| Query::parse(text).unwrap();
        let typing = Typing::default();
        typing.keep(&query("me label:docs"), &Bits::of(9, |at| at < 5));
        typing.keep(&query("memo label:docs"), &Bits::of(9, |at| at < 3));
        let around = |text: &str| typing.around(&query(text)).map(|found| found.count());
        assert_eq!(around("memory label:docs"), Some(3));
        assert_eq!(around("mem label:docs"), Some(5), "one letter back");
        assert_eq!(around("memo leak label:docs"), Some(3), "a further word");
        assert_eq!(around("leak memo label:docs"), None);
        assert_eq!(around("m label:docs"), None);
        assert_eq!(around("memo"), None, "the other asked for less");
        assert_eq!(around("memo label:docs -label:ci"), None);
        assert_eq!(around("label:docs"), None);
    }
}
