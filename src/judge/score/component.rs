//! The nine parts of a score: how good a task is in one respect, and how sure that is. Knows no weights and no facts.

use serde::{Serialize, Serializer};

/// Where every component is drawn to when nothing is known about it.
pub const UNKNOWN: f64 = 0.5;

/// One respect in which a task is judged, in the order in which bars are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Part {
    /// How long it waits: old is good until it is probably obsolete.
    Limbo,
    /// How many want it.
    Demand,
    /// How well it is described.
    Readiness,
    /// How well it fits what the person knows and wishes.
    Skills,
    /// How well its size fits the time given.
    Effort,
    /// How soon the host answers, and how often it takes what comes.
    Host,
    /// How easy its project is to enter.
    Onboarding,
    /// How much the team needs help.
    Need,
    /// How new the team is to the person.
    Novelty,
}

impl Part {
    /// All parts, in order.
    pub const ALL: [Self; 9] = [
        Self::Limbo,
        Self::Demand,
        Self::Readiness,
        Self::Skills,
        Self::Effort,
        Self::Host,
        Self::Onboarding,
        Self::Need,
        Self::Novelty,
    ];

    /// The word used in configuration, `--json` and screens.
    pub fn word(self) -> &'static str {
        match self {
            Self::Limbo => "limbo",
            Self::Demand => "demand",
            Self::Readiness => "readiness",
            Self::Skills => "skills",
            Self::Effort => "effort",
            Self::Host => "host",
            Self::Onboarding => "onboarding",
            Self::Need => "need",
            Self::Novelty => "novelty",
        }
    }

    /// What it is, in a few words.
    pub fn about(self) -> &'static str {
        match self {
            Self::Limbo => "how long it waits: old is good until it is probably obsolete",
            Self::Demand => "how many want it",
            Self::Readiness => "how well it is described",
            Self::Skills => "how well it fits what you know and wish",
            Self::Effort => "how well its size fits the time you give",
            Self::Host => "how soon the host answers, and how often it takes what comes",
            Self::Onboarding => "how easy its project is to enter",
            Self::Need => "how much the team needs help",
            Self::Novelty => "how new the team is to you",
        }
    }

    /// The part of a word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|p| p.word() == word)
    }
}

/// One component: how good (`c`), and how sure (`k`). Both are always within 0 and 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Component {
    c: f64,
    k: f64,
}

impl Component {
    /// A component; what lies outside of 0 to 1 is brought to its edge, and what is no number is unknown.
    pub fn new(c: f64, k: f64) -> Self {
        if c.is_nan() || k.is_nan() {
            return Self::unknown();
        }
        Self { c: c.clamp(0.0, 1.0), k: k.clamp(0.0, 1.0) }
    }

    /// A component that is known for sure.
    pub fn sure(c: f64) -> Self {
        Self::new(c, 1.0)
    }

    /// Nothing is known: counts as the middle.
    pub fn unknown() -> Self {
        Self { c: UNKNOWN, k: 0.0 }
    }

    /// How good, 0–1.
    pub fn c(self) -> f64 {
        self.c
    }

    /// How sure, 0–1.
    pub fn k(self) -> f64 {
        self.k
    }

    /// What counts: `k·c + (1−k)·0.5`, so that what is not known is drawn to the middle (shape of the score, model v1).
    pub fn e(self) -> f64 {
        self.k * self.c + (1.0 - self.k) * UNKNOWN
    }

    /// True when some of it is assumed.
    pub fn is_assumed(self) -> bool {
        self.k < 1.0
    }
}

impl Default for Component {
    fn default() -> Self {
        Self::unknown()
    }
}

impl Serialize for Component {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeStruct as _;
        let mut row = s.serialize_struct("Component", 2)?;
        row.serialize_field("c", &self.c)?;
        row.serialize_field("k", &self.k)?;
        row.end()
    }
}

/// All nine components of one task for one person. Starts with nothing known.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Components([Component; Part::ALL.len()]);

impl Components {
    /// Nine components in the order of [`Part::ALL`].
    pub fn new(all: [Component; Part::ALL.len()]) -> Self {
        Self(all)
    }

    /// One of them.
    pub fn get(&self, part: Part) -> Component {
        self.0.get(part as usize).copied().unwrap_or_default()
    }

    /// The same with one changed.
    #[must_use]
    pub fn with(mut self, part: Part, component: Component) -> Self {
        if let Some(place) = self.0.get_mut(part as usize) {
            *place = component;
        }
        self
    }

    /// What counts of each, in the order of [`Part::ALL`]: what a list keeps prepared ([`super::batch`]).
    pub fn effective(&self) -> [f64; Part::ALL.len()] {
        self.0.map(Component::e)
    }
}
