//! A score as bars: what each part gives, in hundredths of a point that add up to the score exactly. Draws nothing.

use serde::Serialize;

use super::{
    component::{Component, Components, Part},
    weights::Weights,
};

/// Hundredths of a point in the largest score.
pub const FULL: u32 = 10_000;

/// A score without rounding: `Σ share·e`, 0–100 (shape of the score, model v1). Summed in the order of [`Part::ALL`],
/// always: the list and the explanation must reach the same number to the last bit.
pub fn raw(effective: &[f64; Part::ALL.len()], shares: &[f64; Part::ALL.len()]) -> f64 {
    effective.iter().zip(shares).fold(0.0, |sum, (e, share)| sum + e * share)
}

/// A score in hundredths of a point.
pub fn hundredths(raw: f64) -> u32 {
    // Within 0 and 10 000 after clamping; what is no number becomes 0.
    (raw * 100.0).round().clamp(0.0, f64::from(FULL)) as u32
}

/// What may come on top, each as a bar of its own (optional additive lines, model v1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Extra {
    /// Part of a campaign.
    Campaign,
    /// A product of the house that nobody here uses yet.
    Dogfood,
    /// Somebody left a note for whoever goes on.
    HandOff,
    /// A mentor has room this week.
    MentorFree,
}

impl Extra {
    /// All of them, in order.
    pub const ALL: [Self; 4] = [Self::Campaign, Self::Dogfood, Self::HandOff, Self::MentorFree];

    /// In words.
    pub fn word(self) -> &'static str {
        match self {
            Self::Campaign => "campaign",
            Self::Dogfood => "dogfood gap",
            Self::HandOff => "has a hand-off note",
            Self::MentorFree => "mentor free this week",
        }
    }

    /// Whole points on top: campaign 5, dogfood gap 3, hand-off 3, mentor free 2.
    pub fn points(self) -> u32 {
        match self {
            Self::Campaign => 5,
            Self::Dogfood | Self::HandOff => 3,
            Self::MentorFree => 2,
        }
    }
}

/// One part of a score.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Bar {
    /// Which.
    pub part: Part,
    /// How good and how sure.
    #[serde(flatten)]
    pub component: Component,
    /// Its weight, 0–50.
    pub weight: u8,
    /// What it gives, hundredths of a point.
    pub points: u32,
    /// The most it could give, hundredths of a point, rounded.
    pub most: u32,
    /// What it gives without rounding, points.
    pub exact: f64,
}

/// Something on top.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct ExtraBar {
    /// What.
    pub extra: Extra,
    /// What it gives, hundredths of a point; less than its own where the score has reached 100.
    pub points: u32,
}

/// A score with everything it is made of. The points of `bars` and `extras` add up to `score`, always.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Bars {
    /// The score, hundredths of a point, 0–10 000.
    pub score: u32,
    /// The nine parts without extras and without rounding, 0–100.
    pub raw: f64,
    /// How sure the whole is: the weighted mean of how sure its parts are, 0–1.
    pub confidence: f64,
    /// The nine parts, in the order of [`Part::ALL`].
    pub bars: [Bar; Part::ALL.len()],
    /// What comes on top.
    pub extras: Vec<ExtraBar>,
}

impl Bars {
    /// Scores nine components. An extra that is named twice counts once.
    pub fn of(components: &Components, weights: Weights, extras: &[Extra]) -> Self {
        let shares = weights.shares();
        let exact: [f64; Part::ALL.len()] = {
            let effective = components.effective();
            std::array::from_fn(|i| at(&effective, i) * at(&shares, i))
        };
        let raw = raw(&components.effective(), &shares);
        let base = hundredths(raw);
        let points = share_out(base, &exact);
        let bars = Part::ALL.map(|part| Bar {
            part,
            component: components.get(part),
            weight: weights.get(part),
            points: points.get(part as usize).copied().unwrap_or_default(),
            most: hundredths(at(&shares, part as usize)),
            exact: at(&exact, part as usize),
        });
        let (score, extras) = on_top(base, extras);
        let confidence =
            Part::ALL.iter().map(|p| components.get(*p).k() * at(&shares, *p as usize)).sum::<f64>() / 100.0;
        Self { score, raw, confidence, bars, extras }
    }

    /// The bar of a part.
    pub fn get(&self, part: Part) -> Option<&Bar> {
        self.bars.get(part as usize)
    }
}

fn at(all: &[f64; Part::ALL.len()], i: usize) -> f64 {
    all.get(i).copied().unwrap_or_default()
}

/// Rounds points to hundredths whose sum is `total`: each is rounded down, and what is left goes, one by one, to those
/// that lost most, the earlier part first where two lost the same.
fn share_out(total: u32, exact: &[f64; Part::ALL.len()]) -> [u32; Part::ALL.len()] {
    let mut points = exact.map(|p| (p * 100.0).floor().clamp(0.0, f64::from(FULL)) as u32);
    let mut order: Vec<usize> = (0..exact.len()).collect();
    let lost = |i: &usize| (at(exact, *i) * 100.0).fract();
    order.sort_by(|a, b| lost(b).total_cmp(&lost(a)).then(a.cmp(b)));
    let sum: u32 = points.iter().sum();
    // Sums of fractions differ from their sum in the last bit at most, so either loop runs a few times only.
    for i in order.iter().cycle().take(total.saturating_sub(sum) as usize) {
        if let Some(p) = points.get_mut(*i) {
            *p += 1;
        }
    }
    for _ in 0..sum.saturating_sub(total) {
        if let Some(p) = points.iter_mut().max() {
            *p = p.saturating_sub(1);
        }
    }
    points
}

/// Adds what comes on top, in order, until the score is full.
pub(super) fn on_top(base: u32, extras: &[Extra]) -> (u32, Vec<ExtraBar>) {
    let mut score = base;
    let mut bars = Vec::new();
    for extra in Extra::ALL.into_iter().filter(|e| extras.contains(e)) {
        let points = (extra.points() * 100).min(FULL.saturating_sub(score));
        score += points;
        bars.push(ExtraBar { extra, points });
    }
    (score, bars)
}

/// A part as a bar of `columns` columns, the largest it could be: full blocks for what is known, light ones for what is
/// assumed, dots for the rest. In eighths of a column where the two meet nothing.
pub fn drawn(bar: &Bar, columns: usize) -> String {
    let most = f64::from(bar.most.max(1));
    let wide = f64::from(u32::try_from(columns).unwrap_or(0));
    let known = bar.component.k() * bar.component.c() * wide;
    let all = (f64::from(bar.points) / most * wide).min(wide);
    let assumed = all - known > 0.5;
    // Never negative, never wider than `columns`.
    let (full, end) = (known.floor() as usize, all.round() as usize);
    let mut text = "█".repeat(full.min(columns));
    if !assumed {
        const EIGHTHS: [&str; 8] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];
        text.push_str(EIGHTHS.get(((known - known.floor()) * 8.0) as usize).copied().unwrap_or_default());
    }
    let have = text.chars().count();
    text.push_str(&"░".repeat(if assumed { end.saturating_sub(have) } else { 0 }));
    let have = text.chars().count();
    text.push_str(&"·".repeat(columns.saturating_sub(have)));
    text
}

/// Hundredths of a point as people write them: `15.18`, `4.00`.
pub fn shown(points: u32) -> String {
    format!("{}.{:02}", points / 100, points % 100)
}

/// Whole points for a narrow column: rounded, and never more than two digits.
pub fn whole(points: u32) -> u32 {
    (points.saturating_add(50) / 100).min(99)
}
