//! Named styles. Colour is never the only sign: every style that carries meaning also stands beside a word or a
//! mark, so the variant without colours loses nothing. Knows no screen.

use ratatui::style::{Color, Modifier, Style};

/// All styles of the program. The 16 colours of the terminal's own palette only, so that the user's contrast holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Theme {
    /// Ordinary text.
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
}

impl Theme {
    /// The theme with (`true`) or without colours.
    pub fn new(colours: bool) -> Self {
        let ink = |colour: Color| if colours { Style::new().fg(colour) } else { Style::new() };
        Self {
            plain: Style::new(),
            dim: ink(Color::DarkGray),
            strong: Style::new().add_modifier(Modifier::BOLD),
            emphasis: Style::new().add_modifier(Modifier::ITALIC),
            accent: ink(Color::Cyan).add_modifier(Modifier::BOLD),
            // Colours of single words would turn into patches of background.
            selected: Style::new().fg(Color::Reset).bg(Color::Reset).add_modifier(Modifier::REVERSED),
            code: ink(Color::Yellow),
            link: ink(Color::Blue).add_modifier(Modifier::UNDERLINED),
            good: ink(Color::Green),
            warning: ink(Color::Yellow).add_modifier(Modifier::BOLD),
            error: ink(Color::Red).add_modifier(Modifier::BOLD),
        }
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
        }
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
}
