//! Where emphasis, code and links can end: found once for a whole text, asked with places that only grow.

/// Places that close something, ascending, and how far each list was used.
#[derive(Default)]
struct Places {
    at: Vec<usize>,
    used: usize,
}

impl Places {
    /// The first place at or behind `from`.
    fn next(&mut self, from: usize) -> Option<usize> {
        while self.at.get(self.used).is_some_and(|at| *at < from) {
            self.used += 1;
        }
        self.at.get(self.used).copied()
    }
}

const SIGNS: [char; 7] = ['*', '_', '-', '+', '^', '~', '?'];

/// All places of a text.
#[derive(Default)]
pub(super) struct Closers {
    signs: [Places; 7],
    mono: Places,
    brackets: Places,
    breaks: Places,
    /// Inside inserted text.
    pub(super) inserted: bool,
}

impl Closers {
    pub(super) fn new(chars: &[char]) -> Self {
        let mut closers = Self::default();
        for (n, &c) in chars.iter().enumerate() {
            let before = n.checked_sub(1).and_then(|b| chars.get(b)).copied();
            let next = chars.get(n + 1).copied();
            match c {
                '\n' => closers.breaks.at.push(n),
                ']' => closers.brackets.at.push(n),
                '}' if next == Some('}') && chars.get(n + 2) != Some(&'}') && before != Some('\\') => {
                    closers.mono.at.push(n)
                }
                _ => {}
            }
            let Some(sign) = SIGNS.iter().position(|sign| *sign == c) else { continue };
            let (before, next) = if c == '?' {
                (before, if next == Some('?') { chars.get(n + 2).copied() } else { continue })
            } else {
                (before, next)
            };
            let forced = before == Some('{') && next == Some('}');
            let ends = before.is_some_and(|b| !b.is_whitespace() && b != '\\' && b != c)
                && next.is_none_or(|n| !n.is_alphanumeric() && n != c);
            if ends || forced {
                closers.signs[sign].at.push(n);
            }
        }
        closers
    }

    fn in_line(&mut self, found: Option<usize>, from: usize) -> Option<usize> {
        let end = self.breaks.next(from);
        found.filter(|found| end.is_none_or(|end| *found < end))
    }

    /// True when the sign at this place can close.
    pub(super) fn is_closer(&mut self, sign: char, at: usize) -> bool {
        self.of(sign, at) == Some(at)
    }

    /// True when there is something in the line, behind at least one character, that closes the sign.
    pub(super) fn has_next(&mut self, sign: char, from: usize) -> bool {
        let found = self.of(sign, from + 1);
        self.in_line(found, from).is_some()
    }

    fn of(&mut self, sign: char, from: usize) -> Option<usize> {
        let place = SIGNS.iter().position(|s| *s == sign)?;
        self.signs.get_mut(place)?.next(from)
    }

    /// Where code that began before `from` ends.
    pub(super) fn mono(&mut self, from: usize) -> Option<usize> {
        let found = self.mono.next(from);
        self.in_line(found, from)
    }

    /// Where the bracket at this place is closed, when nothing is opened between.
    pub(super) fn bracket(&mut self, at: usize, chars: &[char]) -> Option<usize> {
        let found = self.brackets.next(at);
        let end = self.in_line(found, at).filter(|end| end - at <= 5_000)?;
        let inside = chars.get(at + 1..end)?;
        // Stops at the next bracket, so that many of them cost no more than the text is long.
        (!inside.contains(&'[')).then_some(end)
    }
}
