//! Colours as values: what a terminal can show, which colour it shows in place of another, and how well two of them
//! can be told apart. Pure; knows no terminal library and no theme.

/// How many colours a terminal shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Depth {
    /// None: bold, underline and the like only.
    None,
    /// The sixteen of the terminal's own palette.
    #[default]
    Sixteen,
    /// The 256 of xterm.
    Many,
    /// All of them.
    True,
}

impl Depth {
    /// What a flag says, but for `auto`.
    pub fn parse(word: &str) -> Option<Self> {
        Some(match word {
            "never" => Self::None,
            "16" => Self::Sixteen,
            "256" => Self::Many,
            "true" => Self::True,
            _ => return None,
        })
    }

    /// What a terminal says of itself in `TERM` and `COLORTERM`; `NO_COLOR` is asked by whoever calls.
    pub fn of(term: Option<&str>, colorterm: Option<&str>) -> Self {
        let term = term.unwrap_or_default();
        if term.is_empty() || term == "dumb" {
            return Self::None;
        }
        if matches!(colorterm, Some("truecolor" | "24bit")) || term.ends_with("-direct") {
            return Self::True;
        }
        if term.contains("256color") || term.contains("kitty") || term.contains("alacritty") {
            return Self::Many;
        }
        // A terminal of amber or green on black.
        if term.starts_with("vt1") || term.starts_with("vt2") || term.ends_with("-m") || term.ends_with("-mono") {
            return Self::None;
        }
        Self::Sixteen
    }
}

/// Red, green and blue, 0 to 255 each, in sRGB.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Rgb(pub u8, pub u8, pub u8);

/// A colour as a theme names it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Colour {
    /// The terminal's own colour for text or ground.
    #[default]
    Own,
    /// One of the sixteen of the terminal's palette, 0 to 15.
    Sixteen(u8),
    /// One of xterm's 256, 16 to 255.
    Index(u8),
    /// Any.
    Rgb(Rgb),
}

/// Names of the sixteen, in the order of their numbers.
pub const NAMES: [&str; 16] = [
    "black",
    "red",
    "green",
    "yellow",
    "blue",
    "magenta",
    "cyan",
    "white",
    "bright-black",
    "bright-red",
    "bright-green",
    "bright-yellow",
    "bright-blue",
    "bright-magenta",
    "bright-cyan",
    "bright-white",
];

/// What xterm shows for the sixteen where nobody changed them; other terminals differ a little.
const SIXTEEN: [Rgb; 16] = [
    Rgb(0, 0, 0),
    Rgb(205, 0, 0),
    Rgb(0, 205, 0),
    Rgb(205, 205, 0),
    Rgb(0, 0, 238),
    Rgb(205, 0, 205),
    Rgb(0, 205, 205),
    Rgb(229, 229, 229),
    Rgb(127, 127, 127),
    Rgb(255, 0, 0),
    Rgb(0, 255, 0),
    Rgb(255, 255, 0),
    Rgb(92, 92, 255),
    Rgb(255, 0, 255),
    Rgb(0, 255, 255),
    Rgb(255, 255, 255),
];

impl Colour {
    /// Reads `#rrggbb`, a number to 255, the name of one of the sixteen, or `default`.
    pub fn parse(text: &str) -> Option<Self> {
        if let Some(digits) = text.strip_prefix('#') {
            let byte = |from: usize| u8::from_str_radix(digits.get(from..from + 2)?, 16).ok();
            let whole = digits.len() == 6 && digits.bytes().all(|b| b.is_ascii_hexdigit());
            return whole.then(|| Some(Self::Rgb(Rgb(byte(0)?, byte(2)?, byte(4)?)))).flatten();
        }
        if text == "default" {
            return Some(Self::Own);
        }
        if let Some(at) = NAMES.iter().position(|name| *name == text) {
            return u8::try_from(at).ok().map(Self::Sixteen);
        }
        text.parse().ok().map(Self::of_index)
    }

    /// One of xterm's 256 by its number.
    pub fn of_index(n: u8) -> Self {
        if n < 16 { Self::Sixteen(n) } else { Self::Index(n) }
    }

    /// The colour that a terminal of this depth shows for it, the nearest it has; `None` where there are none.
    pub fn at(self, depth: Depth) -> Option<Self> {
        match (self, depth) {
            (_, Depth::None) => None,
            (Self::Own | Self::Sixteen(_), _) | (_, Depth::True) | (Self::Index(_), Depth::Many) => Some(self),
            // The first sixteen are the user's: nobody knows how they look.
            (Self::Rgb(rgb), Depth::Many) => Some(Self::Index(nearest(rgb, 16..=255))),
            (_, Depth::Sixteen) => self.rgb().map(|rgb| Self::Sixteen(nearest(rgb, 0..=15))),
        }
    }

    /// How it looks; `None` for what only the terminal knows. The sixteen as xterm shows them.
    pub fn rgb(self) -> Option<Rgb> {
        match self {
            Self::Own => None,
            Self::Sixteen(n) | Self::Index(n) => Some(of_number(n)),
            Self::Rgb(rgb) => Some(rgb),
        }
    }
}

/// xterm's colour of a number: the sixteen, a cube of 6×6×6, and 24 greys.
fn of_number(n: u8) -> Rgb {
    if let Some(rgb) = SIXTEEN.get(usize::from(n)) {
        return *rgb;
    }
    if n >= 232 {
        let grey = 8 + (n - 232) * 10;
        return Rgb(grey, grey, grey);
    }
    let step = |n: u8| if n == 0 { 0 } else { 55 + n * 40 };
    let n = n - 16;
    Rgb(step(n / 36), step(n / 6 % 6), step(n % 6))
}

/// The number among `of` whose colour looks most like `wanted`.
fn nearest(wanted: Rgb, of: std::ops::RangeInclusive<u8>) -> u8 {
    let wanted = seen(wanted);
    let far = |n: u8| {
        let (a, b) = (wanted, seen(of_number(n)));
        (a.0 - b.0).powi(2) + (a.1 - b.1).powi(2) + (a.2 - b.2).powi(2)
    };
    let first = *of.start();
    of.map(|n| (far(n), n)).fold((f64::MAX, first), |best, next| if next.0 < best.0 { next } else { best }).1
}

/// One channel as an amount of light, 0 to 1 (IEC 61966-2-1).
fn light(channel: u8) -> f64 {
    let c = f64::from(channel) / 255.0;
    if c <= 0.040_45 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) }
}

/// Lightness and two axes of hue, spaced as eyes see them: Oklab (Björn Ottosson, 2020).
fn seen(Rgb(r, g, b): Rgb) -> (f64, f64, f64) {
    let (r, g, b) = (light(r), light(g), light(b));
    let l = (0.412_221_470_8 * r + 0.536_332_536_3 * g + 0.051_445_992_9 * b).cbrt();
    let m = (0.211_903_498_2 * r + 0.680_699_545_1 * g + 0.107_396_956_6 * b).cbrt();
    let s = (0.088_302_461_9 * r + 0.281_718_837_6 * g + 0.629_978_700_5 * b).cbrt();
    (
        0.210_454_255_3 * l + 0.793_617_785_0 * m - 0.004_072_046_8 * s,
        1.977_998_495_1 * l - 2.428_592_205_0 * m + 0.450_593_709_9 * s,
        0.025_904_037_1 * l + 0.782_771_766_2 * m - 0.808_675_766_0 * s,
    )
}

/// Relative luminance, 0 (black) to 1 (white) (WCAG 2.2).
pub fn luminance(Rgb(r, g, b): Rgb) -> f64 {
    0.2126 * light(r) + 0.7152 * light(g) + 0.0722 * light(b)
}

/// How well two colours can be told apart, 1 to 21 (contrast ratio of WCAG 2.2; text needs 4.5).
pub fn contrast(a: Rgb, b: Rgb) -> f64 {
    let (a, b) = (luminance(a) + 0.05, luminance(b) + 0.05);
    a.max(b) / a.min(b)
}
