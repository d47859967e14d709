//! Themes as files: every style of the screens by its role, with the colours somebody wrote down. Owns the roles, the
//! shipped themes and where one's own lie; knows no terminal library and no screen.

use std::path::{Path, PathBuf};

pub mod colour;
mod read;

pub use colour::{Colour, Depth, Rgb, contrast, luminance};
pub use read::parse;

use super::{error::ConfigError, load::read_text};
use crate::domain::{
    signal::SignalKind,
    text::{nearest, safe_fit},
};

/// The name that leaves the choice to the terminal: dark or light by its own ground, else its own sixteen colours.
pub const AUTO: &str = "auto";
/// The theme of the terminal's own palette.
pub const TERMINAL: &str = "terminal";
/// The theme where there are no colours.
pub const NO_COLOUR: &str = "no-colour";
/// Contrast that text needs (WCAG 2.2, level AA).
pub const READABLE: f64 = 4.5;

/// The themes that come with the program, by name.
pub const SHIPPED: [(&str, &str); 7] = [
    (TERMINAL, include_str!("../../assets/themes/terminal.toml")),
    ("dark", include_str!("../../assets/themes/dark.toml")),
    ("light", include_str!("../../assets/themes/light.toml")),
    ("high-contrast", include_str!("../../assets/themes/high-contrast.toml")),
    (NO_COLOUR, include_str!("../../assets/themes/no-colour.toml")),
    ("catppuccin-mocha", include_str!("../../assets/themes/catppuccin-mocha.toml")),
    ("gruvbox-dark", include_str!("../../assets/themes/gruvbox-dark.toml")),
];

macro_rules! roles {
    ($($id:ident $word:literal $about:literal;)*) => {
        /// What a style is for.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Role {
            $(#[doc = $about] $id,)*
        }

        impl Role {
            /// All roles, as `[roles]` of a theme names them.
            pub const ALL: &'static [Self] = &[$(Self::$id),*];

            /// Its name in a theme file.
            pub fn word(self) -> &'static str {
                match self {
                    $(Self::$id => $word,)*
                }
            }
        }
    };
}

roles! {
    Text "text" "Ordinary text; its ground is that of the whole screen.";
    Dim "dim" "Less important text.";
    Strong "strong" "Titles.";
    Emphasis "emphasis" "Emphasis inside text.";
    Accent "accent" "The program's name, keys in hints, headings.";
    Selected "selected" "The row under the cursor.";
    SelectedAway "selected-away" "The row under the cursor while the keys go elsewhere.";
    Code "code" "Code.";
    Link "link" "Links.";
    Good "good" "Good news.";
    Warning "warning" "Something to look at.";
    Error "error" "Something failed.";
    Bar "bar" "Bars that stand for numbers.";
    Border "border" "Rules and borders.";
}

/// Number of roles and badges.
const STYLES: usize = Role::ALL.len() + SignalKind::ALL.len();

/// How one role looks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Look {
    /// Colour of the letters; `None` leaves them as they are.
    pub fg: Option<Colour>,
    /// Colour of the ground; `None` leaves it as it is.
    pub bg: Option<Colour>,
    /// Bold.
    pub bold: bool,
    /// Italic.
    pub italic: bool,
    /// Underlined.
    pub underlined: bool,
    /// Letters and ground change places.
    pub reversed: bool,
}

/// A theme as it was written down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Design([Look; STYLES]);

impl Design {
    /// How a role looks.
    pub fn look(&self, role: Role) -> Look {
        self.0.get(role as usize).copied().unwrap_or_default()
    }

    /// How the badge of a signal looks.
    pub fn badge(&self, kind: SignalKind) -> Look {
        self.0.get(Role::ALL.len() + kind as usize).copied().unwrap_or_default()
    }

    /// The ground it paints, where it paints one.
    pub fn ground(&self) -> Option<Rgb> {
        self.look(Role::Text).bg.and_then(Colour::rgb)
    }

    /// The same on the terminal's own ground.
    #[must_use]
    pub fn on_own_ground(mut self) -> Self {
        if let Some(text) = self.0.get_mut(Role::Text as usize) {
            text.bg = None;
        }
        self
    }

    /// The least contrast of anything that is read, on a ground of this colour; `None` where a colour is only known to
    /// the terminal.
    pub fn least_contrast(&self, ground: Rgb, depth: Depth) -> Option<f64> {
        let text = self.look(Role::Text).fg;
        let looks = Role::ALL.iter().filter(|role| !matches!(role, Role::Bar | Role::Border));
        let mut looks = looks.map(|role| self.look(*role)).chain(SignalKind::ALL.map(|kind| self.badge(kind)));
        let ground = Colour::Rgb(ground).at(depth)?.rgb()?;
        looks.try_fold(f64::MAX, |least, look| {
            let fg = look.fg.or(text)?.at(depth)?.rgb()?;
            let bg = look.bg.map_or(Some(ground), |bg| bg.at(depth)?.rgb())?;
            Some(least.min(contrast(fg, bg)))
        })
    }
}

/// A shipped theme; `None` for a name that is none of them.
pub fn shipped(name: &str) -> Option<Design> {
    let (name, text) = SHIPPED.iter().find(|(known, _)| *known == name)?;
    // A test reads them all, so that no other answer can be given.
    parse(Path::new(&format!("{name}.toml")), text).ok()
}

/// Where a theme of one's own lies, by the configuration file.
pub fn own_file(config: &Path, name: &str) -> PathBuf {
    config.with_file_name("themes").join(format!("{name}.toml"))
}

/// True for what may be the name of a theme: it becomes part of a path.
pub fn is_name(name: &str) -> bool {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    (1..=32).contains(&name.len()) && name.chars().all(plain)
}

/// Names of the shipped themes, with [`AUTO`] in front.
pub fn names() -> impl Iterator<Item = &'static str> {
    std::iter::once(AUTO).chain(SHIPPED.iter().map(|(name, _)| *name))
}

/// The theme of a name, one's own before the shipped ones; `None` for [`AUTO`].
///
/// # Errors
/// A name that nothing has, or all mistakes of the file.
pub fn find(config: &Path, name: &str) -> Result<Option<Design>, Vec<ConfigError>> {
    if name == AUTO {
        return Ok(None);
    }
    if is_name(name) {
        let file = own_file(config, name);
        if let Some(text) = read_text(&file, false).map_err(|e| vec![e])? {
            return parse(&file, &text).map(Some);
        }
        if let Some(design) = shipped(name) {
            return Ok(Some(design));
        }
    }
    Err(vec![ConfigError { file: None, at: None, what: unknown(name), hint: Some(known(config, name)) }])
}

/// What is wrong with a name.
pub fn unknown(name: &str) -> String {
    format!("there is no theme '{}'", safe_fit(name, 40))
}

/// What could be meant by a name that nothing has.
pub fn known(config: &Path, name: &str) -> String {
    let near = nearest(name, names()).map(|near| format!("did you mean '{near}'? ")).unwrap_or_default();
    let folder = config.with_file_name("themes");
    let all: Vec<_> = names().collect();
    format!("{near}there are {}, and your own as NAME.toml in {}", all.join(", "), folder.display())
}
