//! Where a value came from, kept for `config show`.

/// Who said a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// Nobody: the built-in default.
    Default,
    /// The configuration file, at a line from 1.
    File(usize),
    /// An environment variable.
    Env(String),
    /// A flag.
    Flag(&'static str),
}

impl std::fmt::Display for Origin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::File(line) => write!(f, "file, line {line}"),
            Self::Env(name) => write!(f, "environment {name}"),
            Self::Flag(name) => write!(f, "flag {name}"),
        }
    }
}

/// Origins of all values, by their path in the file: `tracker.gh.url`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConfigOrigin(Vec<(String, Origin)>);

impl ConfigOrigin {
    /// Remembers where a value came from; the last word counts.
    pub fn set(&mut self, path: impl Into<String>, origin: Origin) {
        let path = path.into();
        self.0.retain(|(known, _)| *known != path);
        self.0.push((path, origin));
    }

    /// Where a value came from.
    pub fn of(&self, path: &str) -> Origin {
        self.0.iter().find(|(known, _)| known == path).map_or(Origin::Default, |(_, origin)| origin.clone())
    }
}
