//! How much each part counts: nine whole numbers from 0 to 50, in six named sets. Knows no components.

use serde::{Deserialize, Serialize};

use super::{MODEL, component::Part};
use crate::domain::text::{nearest, safe_fit};

/// Largest weight that may be set.
pub const MOST: u8 = 50;

/// A named set of weights.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Preset {
    /// For everybody.
    #[default]
    Default,
    /// A small group of experts: need and demand count more than description.
    Expert,
    /// A larger, mixed group: what is documented well and waits for long.
    Mixed,
    /// Interns and new joiners: described, small, with an answer soon.
    Intern,
    /// A sweep through debt.
    Debt,
    /// Whoever wants to bring teams together.
    Connector,
}

impl Preset {
    /// All presets.
    pub const ALL: [Self; 6] = [Self::Default, Self::Expert, Self::Mixed, Self::Intern, Self::Debt, Self::Connector];

    /// As written in configuration.
    pub fn word(self) -> &'static str {
        match self {
            Self::Default => "default",
            Self::Expert => "expert",
            Self::Mixed => "mixed",
            Self::Intern => "intern",
            Self::Debt => "debt",
            Self::Connector => "connector",
        }
    }

    /// The preset of a word.
    ///
    /// # Errors
    /// A sentence that names the presets.
    pub fn parse(word: &str) -> Result<Self, String> {
        let found = Self::ALL.into_iter().find(|p| p.word().eq_ignore_ascii_case(word.trim()));
        found.ok_or_else(|| {
            let near = nearest(word, Self::ALL.into_iter().map(Self::word));
            let hint = near
                .map(|n| format!("did you mean '{n}'?"))
                .unwrap_or_else(|| format!("there are {}", Self::ALL.map(Self::word).join(", ")));
            format!("'{}' is no preset: {hint}", safe_fit(word, 40))
        })
    }
}

/// Nine weights, in the order of [`Part::ALL`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Weights([u8; Part::ALL.len()]);

impl Default for Weights {
    fn default() -> Self {
        Self::of(Preset::Default)
    }
}

impl Weights {
    /// The weights of a preset (table of default weights, model v1); each set sums to 100.
    pub fn of(preset: Preset) -> Self {
        Self(match preset {
            Preset::Default => [18, 10, 14, 18, 8, 10, 8, 10, 4],
            Preset::Expert => [20, 14, 6, 16, 6, 8, 4, 18, 8],
            Preset::Mixed => [24, 6, 20, 14, 12, 8, 8, 6, 2],
            Preset::Intern => [2, 3, 24, 14, 12, 18, 20, 5, 2],
            Preset::Debt => [22, 6, 12, 16, 8, 8, 6, 18, 4],
            Preset::Connector => [8, 8, 10, 14, 8, 12, 8, 12, 20],
        })
    }

    /// Own weights.
    ///
    /// # Errors
    /// A sentence when one is larger than [`MOST`].
    pub fn new(all: [u8; Part::ALL.len()]) -> Result<Self, String> {
        match Part::ALL.into_iter().zip(all).find(|(_, w)| *w > MOST) {
            Some((part, w)) => {
                Err(format!("the weight of {} is {w}; a weight is a number from 0 to {MOST}", part.word()))
            }
            None => Ok(Self(all)),
        }
    }

    /// One weight.
    pub fn get(self, part: Part) -> u8 {
        self.0.get(part as usize).copied().unwrap_or_default()
    }

    /// The same with one weight changed; more than [`MOST`] is [`MOST`].
    #[must_use]
    pub fn with(mut self, part: Part, weight: u8) -> Self {
        if let Some(place) = self.0.get_mut(part as usize) {
            *place = weight.min(MOST);
        }
        self
    }

    /// The same for somebody who does not wish to be led to new teams.
    #[must_use]
    pub fn without_curiosity(self) -> Self {
        self.with(Part::Novelty, 0)
    }

    /// All of them together, 0–450.
    pub fn sum(self) -> u32 {
        self.0.iter().copied().map(u32::from).sum()
    }

    /// The share of each part in the whole times 100: the most points it can give. All 0 when nothing has a weight.
    pub fn shares(self) -> [f64; Part::ALL.len()] {
        let sum = f64::from(self.sum());
        self.0.map(|w| if sum > 0.0 { 100.0 * f64::from(w) / sum } else { 0.0 })
    }

    /// Name of the model with a short hash of the weights, kept with each claim: `v1-5d1c2f08`.
    pub fn mark(self) -> String {
        format!("{MODEL}-{:08x}", crc32fast::hash(&self.0))
    }
}
