//! The key bindings of all contexts, and looking up what was pressed. Sequences wait for their rest; the special
//! context goes before the general one. Pure: knows no time, so whoever waits decides how long.

use std::collections::BTreeMap;

use super::{
    action::{Action, Context},
    chord::{Chord, Key, Sequence},
};

/// What a series of keys means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found {
    /// This action.
    Action(Action),
    /// The beginning of a sequence.
    Pending,
    /// Nothing.
    Nothing,
}

#[derive(Clone, Debug, Default)]
struct Node {
    action: Option<Action>,
    next: BTreeMap<Chord, Node>,
}

/// What one more key of a begun sequence leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// This action.
    Action(Action),
    /// So many actions, with further keys.
    More(usize),
}

impl Node {
    fn count(&self) -> usize {
        usize::from(self.action.is_some()) + self.next.values().map(Self::count).sum::<usize>()
    }
}

/// Which digits in front of a key say how often, outside text fields.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Counts {
    /// None.
    #[default]
    None,
    /// Digits: `5 j`.
    Digits,
    /// Digits with alt, after the first one without too: `alt-1 2 ctrl-n`.
    AltDigits,
}

impl Counts {
    /// True for a digit, 1 to 9, that begins a number.
    pub fn begins(self, chord: Chord) -> bool {
        let is_digit = matches!(chord.key, Key::Char('1'..='9')) && !chord.ctrl;
        is_digit
            && match self {
                Self::None => false,
                Self::Digits => !chord.alt,
                Self::AltDigits => chord.alt,
            }
    }

    /// True for a digit of a number that has begun.
    pub fn goes_on(self, chord: Chord) -> bool {
        matches!(chord.key, Key::Char('0'..='9')) && !chord.ctrl && (!chord.alt || self == Self::AltDigits)
    }
}

/// All bindings. Built by [`super::load`].
#[derive(Clone, Debug, Default)]
pub struct Keymap {
    /// Digits in front of a key that say how often.
    pub counts: Counts,
    roots: BTreeMap<Context, Node>,
    bindings: Vec<(Context, Sequence, Action)>,
}

/// Why a sequence cannot be bound.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Clash {
    /// Bound already.
    Same(Sequence),
    /// Another binding begins with this one, or this one begins with another: it could never be reached.
    Prefix(Sequence),
}

impl Keymap {
    /// Binds a sequence in a context.
    ///
    /// # Errors
    /// [`Clash`] with the binding that is in the way; nothing changes then.
    pub fn bind(&mut self, context: Context, sequence: Sequence, action: Action) -> Result<(), Clash> {
        for (_, other, _) in self.bindings.iter().filter(|(c, ..)| *c == context) {
            if *other == sequence {
                return Err(Clash::Same(other.clone()));
            }
            if other.0.starts_with(&sequence.0) || sequence.0.starts_with(&other.0) {
                return Err(Clash::Prefix(other.clone()));
            }
        }
        self.plant(context, &sequence, action);
        self.bindings.push((context, sequence, action));
        Ok(())
    }

    fn plant(&mut self, context: Context, sequence: &Sequence, action: Action) {
        let mut node = self.roots.entry(context).or_default();
        for chord in &sequence.0 {
            node = node.next.entry(*chord).or_default();
        }
        node.action = Some(action);
    }

    /// Takes a sequence away from a context. Gives what it did; `None` when it was not bound.
    pub fn unbind(&mut self, context: Context, sequence: &Sequence) -> Option<Action> {
        let at = self.bindings.iter().position(|(c, s, _)| *c == context && s == sequence)?;
        let (.., action) = self.bindings.remove(at);
        self.roots.remove(&context);
        for (_, sequence, action) in self.bindings.clone().iter().filter(|(c, ..)| *c == context) {
            self.plant(context, sequence, *action);
        }
        Some(action)
    }

    /// What a context binds to exactly these keys.
    pub fn bound(&self, context: Context, sequence: &Sequence) -> Option<Action> {
        self.bindings.iter().find(|(c, s, _)| *c == context && s == sequence).map(|(.., action)| *action)
    }

    /// What can follow `keys` in `contexts`, in the order of keys; empty when nothing waits for more.
    pub fn next(&self, contexts: &[Context], keys: &[Chord]) -> Vec<(Chord, Step)> {
        let mut all: BTreeMap<Chord, Step> = BTreeMap::new();
        for context in contexts {
            let mut node = self.roots.get(context);
            for chord in keys {
                node = node.and_then(|n| n.next.get(chord));
            }
            for (chord, next) in node.into_iter().flat_map(|n| &n.next) {
                let step = next.action.map_or_else(|| Step::More(next.count()), Step::Action);
                match all.get_mut(chord) {
                    // Deeper keys of two contexts are looked up in both; an action of the special one decides.
                    Some(Step::More(n)) if next.action.is_none() => *n += next.count(),
                    Some(_) => {}
                    None => drop(all.insert(*chord, step)),
                }
            }
        }
        all.into_iter().collect()
    }

    /// Looks keys up in `contexts`, the most special first. The first context that knows the keys decides.
    pub fn lookup(&self, contexts: &[Context], keys: &[Chord]) -> Found {
        for context in contexts {
            let mut node = self.roots.get(context);
            for chord in keys {
                node = node.and_then(|n| n.next.get(chord));
            }
            match node {
                Some(Node { action: Some(action), .. }) => return Found::Action(*action),
                Some(n) if !keys.is_empty() && !n.next.is_empty() => return Found::Pending,
                _ => {}
            }
        }
        Found::Nothing
    }

    /// The keys of an action where `contexts` hold, shortest spelling first; keys that a more special context
    /// took for something else are left out.
    pub fn keys(&self, contexts: &[Context], action: Action) -> Vec<&Sequence> {
        self.bindings
            .iter()
            .filter(|(c, sequence, a)| {
                *a == action && contexts.contains(c) && self.lookup(contexts, &sequence.0) == Found::Action(action)
            })
            .map(|(_, sequence, _)| sequence)
            .collect()
    }

    /// All bindings, in the order of the file.
    pub fn bindings(&self) -> impl Iterator<Item = (Context, &Sequence, Action)> {
        self.bindings.iter().map(|(c, s, a)| (*c, s, *a))
    }
}
