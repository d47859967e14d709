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
        0 | 1 => 1,
        few @ 2..=4 => few,
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
pub(super) fn joined(planes: &[u32]) -> String {
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
pub(super) struct Planes<const W: usize>([Places<W>; PLANES]);

/// What is asked of a text, whatever its length.
pub(super) trait Ask {
    /// What it answers with.
    type Answer;
    /// Asks.
    fn ask<const W: usize>(self, planes: &Planes<W>) -> Self::Answer;
}

/// Asks something of a text that was cut.
#[inline]
pub(super) fn ask<A: Ask>(planes: &[u32], ask: A) -> A::Answer {
    match planes.len() / PLANES {
        0 | 1 => ask.ask(&Planes::<1>::load::<1>(planes)),
        2 => ask.ask(&Planes::<1>::load::<2>(planes)),
        3 => ask.ask(&Planes::<2>::load::<3>(planes)),
        4 => ask.ask(&Planes::<2>::load::<4>(planes)),
        5..=8 => ask.ask(&Planes::<4>::load::<8>(planes)),
        _ => ask.ask(&Planes::<MOST_WORDS>::load::<32>(planes)),
    }
}

#[inline]
pub(super) fn and<const W: usize>(a: &Places<W>, b: &Places<W>) -> Places<W> {
    std::array::from_fn(|w| a[w] & b[w])
}

#[inline]
pub(super) fn or<const W: usize>(a: &Places<W>, b: &Places<W>) -> Places<W> {
    std::array::from_fn(|w| a[w] | b[w])
}

#[inline]
pub(super) fn not<const W: usize>(a: &Places<W>) -> Places<W> {
    a.map(|w| !w)
}

/// The places `by` further to the right, 1 to 63.
#[inline]
pub(super) fn after<const W: usize>(a: &Places<W>, by: u32) -> Places<W> {
    std::array::from_fn(|w| a[w] << by | if w == 0 { 0 } else { a[w - 1] >> (64 - by) })
}

#[inline]
pub(super) fn meet<const W: usize>(a: &Places<W>, b: &Places<W>) -> bool {
    a.iter().zip(b).fold(0, |any, (a, b)| any | (a & b)) != 0
}

impl<const W: usize> Planes<W> {
    #[inline]
    fn load<const U: usize>(planes: &[u32]) -> Self {
        let (rows, _) = planes.as_chunks::<U>();
        Self(std::array::from_fn(|plane| {
            let row = rows.get(plane).copied().unwrap_or([0; U]);
            std::array::from_fn(|w| {
                let half = |at: usize| if at < U { u64::from(row[at]) } else { 0 };
                half(2 * w) | half(2 * w + 1) << 32
            })
        }))
    }

    /// Where a character stands; with `folded`, which only letters may be, in either case.
    #[inline]
    pub(super) fn of(&self, code: u8, folded: bool) -> Places<W> {
        let mut places = [!0; W];
        for (bit, plane) in self.0.iter().enumerate() {
            let wrong = if code >> bit & 1 == 1 { 0 } else { !0 };
            let either = if folded && bit == 5 { !0 } else { 0 };
            places = std::array::from_fn(|w| places[w] & (plane[w] ^ wrong | either));
        }
        places
    }

    /// The letters, ready to be asked for one after another.
    #[inline]
    pub(super) fn letters(&self) -> Letters<W> {
        let [p0, p1, p2, p3, p4, _, p6] = &self.0;
        let (n0, n1, n2, n3) = (not(p0), not(p1), not(p2), not(p3));
        let two = [and(&n1, &n0), and(&n1, p0), and(p1, &n0), and(p1, p0)];
        let (short, long) = (and(p6, &not(p4)), and(p6, p4));
        Letters {
            low: std::array::from_fn(|at| and(&two[at & 3], if at & 4 == 0 { &n2 } else { p2 })),
            high: [and(&short, &n3), and(&short, p3), and(&long, &n3), and(&long, p3)],
        }
    }

    /// Where capital letters stand.
    pub(super) fn upper(&self) -> Places<W> {
        let [_, _, _, _, _, p5, p6] = &self.0;
        and(&and(p6, &not(p5)), &self.alphabetic())
    }

    /// Where the five low bits are those of a letter.
    fn alphabetic(&self) -> Places<W> {
        let [p0, p1, p2, p3, p4, ..] = &self.0;
        std::array::from_fn(|w| {
            let any = p0[w] | p1[w] | p2[w] | p3[w] | p4[w];
            let beyond = p4[w] & p3[w] & (p2[w] | p1[w] & p0[w]);
            any & !beyond
        })
    }

    /// How a place is rewarded for what stands before it: first places of words, places after softer separators, and the
    /// humps of camel case, in this order of worth. The classes are those of `fuzzy-matcher`.
    pub(super) fn rewards(&self) -> Rewards<W> {
        let [p0, p1, p2, p3, p4, p5, p6] = &self.0;
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

/// Parts of the masks of letters.
pub(super) struct Letters<const W: usize> {
    low: [Places<W>; 8],
    high: [Places<W>; 4],
}

impl<const W: usize> Letters<W> {
    /// Where a letter stands, in either case.
    #[inline]
    pub(super) fn of(&self, letter: u8) -> Places<W> {
        and(&self.low[usize::from(letter & 7)], &self.high[usize::from(letter >> 3 & 3)])
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

    /// Places that have more than what camel case gives.
    pub(super) fn starts(&self) -> Places<W> {
        or(&self.head, &self.soft)
    }
}
