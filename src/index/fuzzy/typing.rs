//! Searches as they come while somebody types: each looks only at what a looser one before it found, and going back costs
//! nothing.

use std::sync::Arc;

use super::{
    bits::Bitmap,
    scan::{Answer, Scan, Turn},
    titles::Titles,
};

/// Answers kept to come back to. A set of a million rows takes 125 kB.
const KEPT: usize = 32;

/// The searches of one query line over one list.
#[derive(Clone, Debug, Default)]
pub struct Typing {
    titles: Titles,
    levels: Vec<Level>,
}

#[derive(Clone, Debug)]
struct Level {
    asked: Asked,
    answer: Answer,
}

/// What was asked.
#[derive(Clone, Debug)]
struct Asked {
    words: Vec<String>,
    from: Option<Arc<Bitmap>>,
    best: usize,
}

/// How a search begins.
pub enum Begun {
    /// It was asked before; here is its answer.
    Known(Answer),
    /// It has to be looked for; tell [`Typing::keep`] what was found.
    Scan(Box<Scan>),
}

/// True when every text that matches `tight` matches `loose`.
fn implies(tight: &str, loose: &str) -> bool {
    let exact = loose.bytes().any(|b| b.is_ascii_uppercase());
    let mut rest = tight.chars();
    loose.chars().all(|l| rest.any(|t| t == l || !exact && t.eq_ignore_ascii_case(&l)))
}

impl Asked {
    fn is(&self, other: &Self) -> bool {
        let same = match (&self.from, &other.from) {
            (None, None) => true,
            (Some(a), Some(b)) => Arc::ptr_eq(a, b) || a == b,
            _ => false,
        };
        self.words == other.words && self.best == other.best && same
    }

    /// True when all its hits are among those of `looser`.
    fn is_within(&self, looser: &Self) -> bool {
        let rows = match (&self.from, &looser.from) {
            (_, None) => true,
            (Some(a), Some(b)) => Arc::ptr_eq(a, b) || a.is_within(b),
            (None, Some(_)) => false,
        };
        rows && looser.words.iter().all(|loose| self.words.iter().any(|tight| implies(tight, loose)))
    }
}

impl Typing {
    /// Nothing typed yet.
    pub fn new(titles: Titles) -> Self {
        Self { titles, levels: Vec::new() }
    }

    /// The list that is searched.
    pub fn titles(&self) -> &Titles {
        &self.titles
    }

    /// Goes over to another list; where it is the same one, all that was found stays.
    pub fn over(&mut self, titles: &Titles) {
        if !self.titles.is(titles) {
            *self = Self::new(titles.clone());
        }
    }

    /// Begins a search, see [`Scan::new`].
    pub fn begin(&mut self, words: &[String], from: Option<Arc<Bitmap>>, best: usize) -> Begun {
        let asked = Asked { words: words.to_vec(), from, best };
        while self.levels.last().is_some_and(|level| !asked.is_within(&level.asked)) {
            self.levels.pop();
        }
        if let Some(level) = self.levels.iter().rfind(|level| level.asked.is(&asked)) {
            return Begun::Known(level.answer.clone());
        }
        let Some(level) = self.levels.last() else {
            return Begun::Scan(Box::new(Scan::new(&self.titles, words, asked.from, best)));
        };
        let narrower = match (&asked.from, &level.asked.from) {
            (Some(own), old) if old.as_ref().is_none_or(|old| !Arc::ptr_eq(own, old)) => {
                let mut rows = level.answer.hits.as_ref().clone();
                rows.keep(own);
                Arc::new(rows)
            }
            _ => Arc::clone(&level.answer.hits),
        };
        let mut scan = Scan::new(&self.titles, words, Some(narrower), best);
        scan.seed(&level.answer.top);
        Begun::Scan(Box::new(scan))
    }

    /// Keeps what a search found; `from` and `best` as they were asked for.
    pub fn keep(&mut self, words: &[String], from: Option<Arc<Bitmap>>, best: usize, answer: &Answer) {
        if self.levels.len() >= KEPT {
            self.levels.remove(0);
        }
        self.levels.push(Level { asked: Asked { words: words.to_vec(), from, best }, answer: answer.clone() });
    }

    /// Searches to the end. `None` when the turn was over before.
    pub fn search(&mut self, words: &[String], from: Option<Arc<Bitmap>>, best: usize, turn: &Turn) -> Option<Answer> {
        match self.begin(words, from.clone(), best) {
            Begun::Known(answer) => Some(answer),
            Begun::Scan(scan) => {
                let answer = scan.run(turn)?;
                self.keep(words, from, best, &answer);
                Some(answer)
            }
        }
    }
}
