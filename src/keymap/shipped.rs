//! The keymaps that come with the program: their names and their files. Knows no reading of them and no keys.

/// A keymap that comes with the program.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Shipped {
    /// One letter an act.
    #[default]
    Default,
    /// For hands that know Vim: counts, `g g`, `Z Z`.
    Vim,
    /// For hands that know Emacs: `ctrl-n`, `alt-x`, `ctrl-x ctrl-c`.
    Emacs,
}

impl Shipped {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Default, Self::Vim, Self::Emacs];

    /// The name in the configuration.
    pub fn word(self) -> &'static str {
        match self {
            Self::Default => "default",
            Self::Vim => "vim",
            Self::Emacs => "emacs",
        }
    }

    /// The keymap of a name.
    pub fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|map| map.word() == word)
    }

    /// Its file, for messages.
    pub fn file(self) -> &'static str {
        match self {
            Self::Default => "keymaps/default.toml",
            Self::Vim => "keymaps/vim.toml",
            Self::Emacs => "keymaps/emacs.toml",
        }
    }

    /// The text of its file.
    pub fn text(self) -> &'static str {
        match self {
            Self::Default => include_str!("../../keymaps/default.toml"),
            Self::Vim => include_str!("../../keymaps/vim.toml"),
            Self::Emacs => include_str!("../../keymaps/emacs.toml"),
        }
    }
}
