//! Named styles, made from a theme file for what the terminal can show. Colour is never the only sign: every style that
//! carries meaning also stands beside a word or a mark, so the theme without colours loses nothing. Knows no screen.

use ratatui::style::{Color, Modifier, Style};

use crate::{
    config::theme::{self, Colour, Depth, Design, Look, READABLE, Rgb, Role},
    domain::signal::SignalKind,
};

/// All styles of the program.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Theme {
    /// Ordinary text, and the ground of the whole screen.
    pub plain: Style,
    /// Less important text.
    pub dim: Style,
    /// Titles.
    pub strong: Style,
    /// Emphasis inside text.
    pub emphasis: Style,
    /// The program's name, keys in hints, headings.
    pub accent: Style,
    /// The row under the cursor.
    pub selected: Style,
    /// The row under the cursor while the keys go elsewhere.
    pub selected_away: Style,
    /// Code.
    pub code: Style,
    /// Links.
    pub link: Style,
    /// Good news.
    pub good: Style,
    /// Something to look at.
    pub warning: Style,
    /// Something failed.
    pub error: Style,
    /// Bars that stand for numbers.
    pub bar: Style,
    /// Rules and borders.
    pub border: Style,
    badges: [Style; SignalKind::ALL.len()],
}

impl Theme {
    /// A theme file on a terminal of this depth. Without colours there is one theme for all.
    pub fn of(design: &Design, depth: Depth) -> Self {
        let bare = (depth == Depth::None).then(|| theme::shipped(theme::NO_COLOUR)).flatten();
        let design = bare.as_ref().unwrap_or(design);
        let style = |role| style(design.look(role), depth);
        Self {
            plain: style(Role::Text),
            dim: style(Role::Dim),
            strong: style(Role::Strong),
            emphasis: style(Role::Emphasis),
            accent: style(Role::Accent),
            selected: style(Role::Selected),
            selected_away: style(Role::SelectedAway),
            code: style(Role::Code),
            link: style(Role::Link),
            good: style(Role::Good),
            warning: style(Role::Warning),
            error: style(Role::Error),
            bar: style(Role::Bar),
            border: style(Role::Border),
            badges: SignalKind::ALL.map(|kind| self::style(design.badge(kind), depth)),
        }
    }

    /// The style of a signal's badge.
    pub fn badge(&self, kind: SignalKind) -> Style {
        self.badges.get(kind as usize).copied().unwrap_or(self.accent)
    }

    /// The style of a piece of text.
    pub fn ink(&self, ink: Ink) -> Style {
        match ink {
            Ink::Plain => self.plain,
            Ink::Dim => self.dim,
            Ink::Strong => self.strong,
            Ink::Emphasis => self.emphasis,
            Ink::Accent => self.accent,
            Ink::Code => self.code,
            Ink::Link => self.link,
            Ink::Good => self.good,
            Ink::Warning => self.warning,
            Ink::Error => self.error,
            Ink::Bar => self.bar,
            Ink::Badge(kind) => self.badge(kind),
        }
    }
}

fn style(look: Look, depth: Depth) -> Style {
    let mut style = Style::new();
    style.fg = look.fg.and_then(|colour| shown(colour, depth));
    style.bg = look.bg.and_then(|colour| shown(colour, depth));
    for (on, modifier) in [
        (look.bold, Modifier::BOLD),
        (look.italic, Modifier::ITALIC),
        (look.underlined, Modifier::UNDERLINED),
        (look.reversed, Modifier::REVERSED),
    ] {
        style = if on { style.add_modifier(modifier) } else { style };
    }
    style
}

fn shown(colour: Colour, depth: Depth) -> Option<Color> {
    Some(match colour.at(depth)? {
        Colour::Own => Color::Reset,
        Colour::Sixteen(n) => sixteen(n),
        Colour::Index(n) => Color::Indexed(n),
        Colour::Rgb(Rgb(r, g, b)) => Color::Rgb(r, g, b),
    })
}

/// The sixteen as every terminal knows them: `Indexed` would ask for 256 colours.
fn sixteen(n: u8) -> Color {
    match n {
        0 => Color::Black,
        1 => Color::Red,
        2 => Color::Green,
        3 => Color::Yellow,
        4 => Color::Blue,
        5 => Color::Magenta,
        6 => Color::Cyan,
        7 => Color::Gray,
        8 => Color::DarkGray,
        9 => Color::LightRed,
        10 => Color::LightGreen,
        11 => Color::LightYellow,
        12 => Color::LightBlue,
        13 => Color::LightMagenta,
        14 => Color::LightCyan,
        _ => Color::White,
    }
}

/// What the user chose and what the terminal can show.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Skin {
    /// The chosen theme; `None` leaves it to the terminal.
    pub design: Option<Design>,
    /// How many colours there are.
    pub depth: Depth,
}

impl Skin {
    /// True when the terminal is to be asked which ground it has.
    pub fn asks(&self) -> bool {
        self.design.is_none() && self.depth > Depth::Sixteen
    }

    /// The theme until the terminal has answered, and for good where it is not asked.
    pub fn theme(&self) -> Theme {
        let terminal = self.design.or_else(|| theme::shipped(theme::TERMINAL));
        terminal.map(|design| Theme::of(&design, self.depth)).unwrap_or_default()
    }

    /// The theme on a ground that the terminal named: light or dark, whichever is easier to read there. The terminal keeps
    /// its own ground where that leaves everything readable.
    pub fn on(&self, ground: Rgb) -> Option<Theme> {
        let least = |design: &Design| design.least_contrast(ground, self.depth).unwrap_or_default();
        let designs = ["dark", "light"].into_iter().filter_map(theme::shipped);
        let best = designs.max_by(|a, b| least(a).total_cmp(&least(b))).filter(|_| self.asks())?;
        let best = if least(&best) >= READABLE { best.on_own_ground() } else { best };
        Some(Theme::of(&best, self.depth))
    }
}

/// The name of a style, for text that is laid out before it is painted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Ink {
    /// Ordinary.
    #[default]
    Plain,
    /// Less important.
    Dim,
    /// Bold.
    Strong,
    /// Emphasised.
    Emphasis,
    /// Headings, keys.
    Accent,
    /// Code.
    Code,
    /// Links.
    Link,
    /// Good.
    Good,
    /// Look here.
    Warning,
    /// Failed.
    Error,
    /// Bars.
    Bar,
    /// The badge of a signal.
    Badge(SignalKind),
}
