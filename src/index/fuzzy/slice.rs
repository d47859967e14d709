//! Texts cut into bit planes. Plane `b` of a text holds bit `b` of each of its characters, 32 or 64 characters to a word:
//! where a letter stands in a whole title is then a few ANDs, on every processor and without a line of `unsafe`, and an
//! ASCII text takes no more room than before, for it has seven bits a character. Knows no words and no scores.

/// Bits of a character, so planes of a text.
const PLANES: usize = 7;
/// Characters of a unit: one `u32` of each plane.
const UNIT: usize = 32;

/// Words of the longest text: 1024 characters.
pub(super) const MOST_WORDS: usize = 16;

/// The code of a character in the planes. ASCII stands for itself; any other gets one of the codes of control characters,
/// which have the same class as it and which several share.
pub(super) fn code(c: char) -> u8 {
    match u8::try_from(c) {
        Ok(byte) if byte.is_ascii() => byte,
        _ => u8::try_from(u32::from(c) % 31).map_or(1, |code| code + 1),
    }
}

/// Units that a text of so many characters takes: few sizes, so that each has its own machine code.
fn units(characters: usize) -> usize {
    match characters.div_ceil(UNIT) {
        0..=2 => 2,
        few @ 3..=4 => few,
        5..=8 => 8,
        _ => 2 * MOST_WORDS,
    }
}

/// Words of the planes of a text, for the size of its buffer.
pub(super) const fn stride(units: usize) -> usize {
    units * PLANES
}

/// Cuts a text, at most 1024 characters of it, onto the end of `out`. Answers with the number of units.
pub(super) fn cut(text: &str, out: &mut Vec<u32>) -> usize {
    let mut codes = [0_u8; UNIT * 2 * MOST_WORDS];
    let mut length = 0;
    if text.is_ascii() {
        length = text.len().min(codes.len());
        for (code, byte) in codes.iter_mut().zip(text.bytes()) {
            *code = byte;
        }
    } else {
        for (place, c) in codes.iter_mut().zip(text.chars()) {
            *place = code(c);
            length += 1;
        }
    }
    let units = units(length);
    let start = out.len();
    out.resize(start + stride(units), 0);
    let (_, planes) = out.split_at_mut(start);
    for (unit, part) in codes.as_chunks::<UNIT>().0.iter().take(units).enumerate() {
        let mut words = [0_u32; PLANES];
        for (eight, bytes) in part.as_chunks::<8>().0.iter().enumerate() {
            let turned = transposed(u64::from_le_bytes(*bytes)).to_le_bytes();
            for (word, byte) in words.iter_mut().zip(turned) {
                *word |= u32::from(byte) << (8 * eight);
            }
        }
        for (plane, word) in words.into_iter().enumerate() {
            planes[plane * units + unit] = word;
        }
    }
    units
}

/// The text that ASCII planes were cut from, without what follows its last character that is not NUL.
fn joined(planes: &[u32]) -> String {
    let units = planes.len() / PLANES;
    let mut bytes = Vec::with_capacity(units * UNIT);
    for unit in 0..units {
        for eight in 0..4 {
            let mut turned = [0_u8; 8];
            for (plane, byte) in turned.iter_mut().take(PLANES).enumerate() {
                *byte = planes[plane * units + unit].to_le_bytes()[eight];
            }
            bytes.extend_from_slice(&transposed(u64::from_le_bytes(turned)).to_le_bytes());
        }
    }
    let length = bytes.iter().rposition(|b| *b != 0).map_or(0, |last| last + 1);
    bytes.truncate(length);
    String::from_utf8(bytes).unwrap_or_default()
}

/// Turns a square of eight by eight bits about its diagonal (Hacker's Delight, 7–3).
pub(super) fn transposed(mut square: u64) -> u64 {
    for (shift, mask) in [(7, 0x00AA_00AA_00AA_00AA), (14, 0x0000_CCCC_0000_CCCC), (28, 0x0000_0000_F0F0_F0F0)] {
        let turned = (square ^ (square >> shift)) & mask;
        square ^= turned ^ (turned << shift);
    }
    square
}

/// A set of places in a text of up to `64 * W` characters.
pub(super) type Places<const W: usize> = [u64; W];

/// The planes of a text of up to `64 * W` characters. What lies beyond its end is NUL.
pub(super) struct Planes<const W: usize> {
    planes: [Places<W>; PLANES],
    /// Places that are read; beyond them other texts may show.
    valid: Places<W>,
}

/// What is asked of a text, whatever its length.
pub(super) trait Ask {
    /// What it answers with.
    type Answer;
    /// Asks.
    fn ask<const W: usize>(&mut self, planes: &Planes<W>) -> Self::Answer;
}

/// A text that was cut, within the planes of many.
#[derive(Clone, Copy)]
pub(super) struct Cut<'a> {
    /// Its planes, and at least a [`WINDOW`] more behind them.
    planes: &'a [u32],
    units: usize,
}

/// Units of texts that are read alike, so that no processor guesses wrong about their length: up to 64 characters, and up
/// to 128.
pub(super) const SMALL: usize = 2;
pub(super) const MEDIUM: usize = 4;
/// What the planes of a medium text take at most.
pub(super) const WINDOW: usize = MEDIUM * PLANES;

impl<'a> Cut<'a> {
    /// The text of so many units whose planes begin at a place; behind the last text there is room for a [`WINDOW`].
    #[inline]
    pub(super) fn new(planes: &'a [u32], from: usize, units: usize) -> Self {
        Self { planes: planes.get(from..).unwrap_or_default(), units }
    }

    /// Asks something of the text.
    pub(super) fn ask<A: Ask>(self, asked: &mut A) -> A::Answer {
        match self.units {
            few if few <= SMALL => self.ask_small(asked),
            some if some <= MEDIUM => self.ask_medium(asked),
            ..=8 => asked.ask(&Planes::<4>::load::<8>(self.planes)),
            _ => asked.ask(&Planes::<MOST_WORDS>::load::<32>(self.planes)),
        }
    }

    /// The same for a text that is known to be small.
    #[inline(always)]
    pub(super) fn ask_small<A: Ask>(self, asked: &mut A) -> A::Answer {
        asked.ask(&Planes::small(self.planes))
    }

    /// The same for a text that is known to be medium.
    #[inline(always)]
    pub(super) fn ask_medium<A: Ask>(self, asked: &mut A) -> A::Answer {
        asked.ask(&Planes::medium(self.planes, self.units))
    }

    /// The text, where it is ASCII, without what follows its last character that is not NUL.
    pub(super) fn joined(self) -> String {
        joined(self.planes.get(..stride(self.units)).unwrap_or_default())
    }
}

#[inline(always)]
pub(super) fn and<const W: usize>(a: &Places<W>, b: &Places<W>) -> Places<W> {
    std::array::from_fn(|w| a[w] & b[w])
}

#[inline(always)]
pub(super) fn or<const W: usize>(a: &Places<W>, b: &Places<W>) -> Places<W> {
    std::array::from_fn(|w| a[w] | b[w])
}

#[inline]
pub(super) fn not<const W: usize>(a: &Places<W>) -> Places<W> {
    a.map(|w| !w)
}

/// The places `by` further to the right, 1 to 63.
#[inline(always)]
pub(super) fn after<const W: usize>(a: &Places<W>, by: u32) -> Places<W> {
    std::array::from_fn(|w| a[w] << by | if w == 0 { 0 } else { a[w - 1] >> (64 - by) })
}

#[inline(always)]
pub(super) fn any<const W: usize>(a: &Places<W>) -> bool {
    a.iter().fold(0, |any, a| any | a) != 0
}

/// The places after the first of `found`; none when there is none.
#[inline(always)]
pub(super) fn beyond<const W: usize>(found: &Places<W>) -> Places<W> {
    let mut borrow = true;
    found.map(|word| {
        // A number with all below its lowest bit, over several words.
        let (less, next) = word.overflowing_sub(u64::from(borrow));
        borrow = next;
        !(word ^ less)
    })
}

#[inline(always)]
pub(super) fn meet<const W: usize>(a: &Places<W>, b: &Places<W>) -> bool {
    any(&and(a, b))
}

fn wide(low: u32, high: u32) -> u64 {
    u64::from(low) | u64::from(high) << 32
}

impl Planes<1> {
    #[inline(always)]
    fn small(planes: &[u32]) -> Self {
        let rows = planes.first_chunk::<{ SMALL * PLANES }>().map(|all| all.as_chunks::<SMALL>().0);
        let Some(rows) = rows.and_then(<[_]>::first_chunk::<PLANES>) else { return Self::empty() };
        Self { planes: rows.map(|[low, high]| [wide(low, high)]), valid: [!0] }
    }
}

impl Planes<2> {
    #[inline(always)]
    fn medium(planes: &[u32], units: usize) -> Self {
        let Some(window) = planes.first_chunk::<WINDOW>() else { return Self::empty() };
        let units = units.min(MEDIUM);
        let planes = std::array::from_fn(|plane| {
            let at = plane * units;
            let row = window.get(at..at + MEDIUM).and_then(<[u32]>::first_chunk);
            let [a, b, c, d] = row.copied().unwrap_or_default();
            [wide(a, b), wide(c, d)]
        });
        Self { planes, valid: [!0, if units < MEDIUM { 0xFFFF_FFFF } else { !0 }] }
    }
}

impl<const W: usize> Planes<W> {
    fn empty() -> Self {
        Self { planes: [[0; W]; PLANES], valid: [0; W] }
    }

    #[inline]
    fn load<const U: usize>(planes: &[u32]) -> Self {
        let (rows, _) = planes.as_chunks::<U>();
        let planes = std::array::from_fn(|plane| {
            let row = rows.get(plane).copied().unwrap_or([0; U]);
            std::array::from_fn(|w| wide(row[2 * w], row[2 * w + 1]))
        });
        Self { planes, valid: [!0; W] }
    }

    /// Where a letter stands.
    #[inline(always)]
    pub(super) fn of(&self, letter: &Letter) -> Places<W> {
        let [p0, p1, p2, p3, p4, p5, p6] = &self.planes;
        let [f0, f1, f2, f3, f4, f5, f6] = letter.flips;
        let places: Places<W> = std::array::from_fn(|w| {
            (p0[w] ^ f0) & (p1[w] ^ f1) & (p2[w] ^ f2) & (p3[w] ^ f3) & (p4[w] ^ f4) & (p6[w] ^ f6) & self.valid[w]
        });
        if letter.folded { places } else { std::array::from_fn(|w| places[w] & (p5[w] ^ f5)) }
    }

    /// Where capital letters stand.
    pub(super) fn upper(&self) -> Places<W> {
        let [_, _, _, _, _, p5, p6] = &self.planes;
        and(&and(p6, &not(p5)), &self.alphabetic())
    }

    /// Where the five low bits are those of a letter.
    fn alphabetic(&self) -> Places<W> {
        let [p0, p1, p2, p3, p4, ..] = &self.planes;
        std::array::from_fn(|w| {
            let any = p0[w] | p1[w] | p2[w] | p3[w] | p4[w];
            let beyond = p4[w] & p3[w] & (p2[w] | p1[w] & p0[w]);
            any & !beyond
        })
    }

    /// How a place is rewarded for what stands before it: first places of words, places after softer separators, and the
    /// humps of camel case, in this order of worth. The classes are those of `fuzzy-matcher`.
    pub(super) fn rewards(&self) -> Rewards<W> {
        let [p0, p1, p2, p3, p4, p5, p6] = &self.planes;
        let (mut head, mut soft, mut low) = ([0; W], [0; W], [0; W]);
        for w in 0..W {
            let (p0, p1, p2, p3, p4, p5, p6) = (p0[w], p1[w], p2[w], p3[w], p4[w], p5[w], p6[w]);
            let (late, sign) = (p6 & p4 & p3, !p6 & p5);
            // [ \ ] { | } and, of the row of the space, blank ( ) /
            let brackets = late & (!p2 & p1 & p0 | p2 & !p1);
            let ends = !p4 & (!p2 & !p1 & (!p0 | p3) | p3 & p2 & p1 & p0);
            head[w] = brackets | sign & ends;
            let digit = sign & p4 & !(p3 & (p2 | p1));
            // @ ` ^ ~ _ and what is left of the signs
            let rest = p6 & !(p0 | p1 | p2 | p3 | p4) | late & p2 & p1 & (!p0 | !p5);
            soft[w] = rest | sign & !digit & !(!p4 & ends);
            let nul = !(p0 | p1 | p2 | p3 | p4 | p5 | p6);
            low[w] = !(head[w] | soft[w] | nul);
            head[w] |= nul;
        }
        let upper = self.upper();
        let mut head = after(&head, 1);
        head[0] |= 1;
        let soft = after(&soft, 1);
        let camel = and(&and(&after(&and(&low, &not(&upper)), 1), &upper), &not(&or(&head, &soft)));
        Rewards { head, soft, camel }
    }
}

/// A letter to be found in planes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Letter {
    pub(super) code: u8,
    /// Matches in either case. Only for lower-case ASCII letters.
    pub(super) folded: bool,
    /// By plane: all ones where the letter has a zero.
    flips: [u64; PLANES],
}

impl Letter {
    pub(super) fn new(code: u8, folded: bool) -> Self {
        Self { code, folded, flips: std::array::from_fn(|bit| if code >> bit & 1 == 1 { 0 } else { !0 }) }
    }
}

/// Places with a reward; no place is in two of the sets.
pub(super) struct Rewards<const W: usize> {
    head: Places<W>,
    soft: Places<W>,
    camel: Places<W>,
}

impl<const W: usize> Rewards<W> {
    /// The reward of a place.
    #[inline]
    pub(super) fn of(&self, place: usize) -> i32 {
        let (word, bit) = (place / 64 % W, place % 64);
        let is = |set: &Places<W>| i32::from(set[word] >> bit & 1 == 1);
        let reward = 8 * is(&self.head) + 7 * is(&self.soft) + 6 * is(&self.camel);
        if place == 0 { 2 * reward } else { reward }
    }
}
