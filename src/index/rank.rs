//! The order of a list.

/// Sort order of Discover and `list`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sort {
    /// Most signals first, then longest quiet; free words rank by match first.
    #[default]
    Best,
    /// Longest quiet first.
    Quiet,
    /// Newest first.
    Newest,
    /// Last changed first.
    Updated,
    /// By key.
    Key,
}

impl Sort {
    /// All orders, in the order one key cycles through them.
    pub const ALL: [Self; 5] = [Self::Best, Self::Quiet, Self::Newest, Self::Updated, Self::Key];

    /// The word used in queries (`sort:quiet`) and screens.
    pub fn word(self) -> &'static str {
        match self {
            Self::Best => "best",
            Self::Quiet => "quiet",
            Self::Newest => "newest",
            Self::Updated => "updated",
            Self::Key => "key",
        }
    }
}
