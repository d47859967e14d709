//! The formulas: from facts to components. Each names the rule of the model it follows. Pure arithmetic; where facts
//! come from is not known here.

use serde::Serialize;

use super::component::Component;
use crate::domain::size::Size;

/// How sure limbo is when only the last change of any kind is known: the true limbo is at least that long.
const BOUND_ONLY: f64 = 0.6;
/// Days from which on an old task may be obsolete.
const MAYBE_OBSOLETE: f64 = 540.0;
/// Days for which a second look keeps an old task fresh.
const LOOKED_AT: u32 = 90;
/// Points of demand that count as full.
pub const DEMAND_FULL: f64 = 30.0;
/// The most that one person adds to demand.
const ONE_PERSON: f64 = 3.0;
/// Cases of the organisation that stand beside a host's own.
const PRIOR_CASES: f64 = 5.0;
/// Working hours after which an answer is worth half.
const ANSWER_HALF: f64 = 16.0;

/// Limbo grows as a logarithm and is full after a year: `min(1, ln(1+L/14) / ln(1+365/14))`, days.
pub fn saturation(days: f64) -> f64 {
    ((1.0 + days.max(0.0) / 14.0).ln() / (1.0 + 365.0 / 14.0_f64).ln()).min(1.0)
}

/// Old is good until it is probably obsolete: 1 up to 540 days or when looked at again in the last 90, else falling to
/// a half at 1 080.
pub fn freshness(days: f64, looked_at_days_ago: Option<u32>) -> f64 {
    if days <= MAYBE_OBSOLETE || looked_at_days_ago.is_some_and(|ago| ago <= LOOKED_AT) {
        return 1.0;
    }
    (1.0 - (days - MAYBE_OBSOLETE) / 1_080.0).max(0.5)
}

/// Limbo: saturation times freshness. `known` is false where only a bound of the days is known.
pub fn limbo(days: u32, looked_at_days_ago: Option<u32>, known: bool) -> Component {
    let days = f64::from(days);
    Component::new(saturation(days) * freshness(days, looked_at_days_ago), if known { 1.0 } else { BOUND_ONLY })
}

/// What one person did for a task; together they add three points at most, so that nobody makes demand alone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Voice {
    /// Reacted with a thumb up.
    pub thumb: bool,
    /// Commented.
    pub comment: bool,
    /// Opened or linked this many duplicates.
    pub duplicates: u32,
    /// Voted for it (Jira).
    pub vote: bool,
    /// Watches it.
    pub watch: bool,
    /// Belongs to the host: own reactions and comments count nothing.
    pub of_host: bool,
}

impl Voice {
    fn points(self) -> f64 {
        if self.of_host {
            return 0.0;
        }
        let yes = |is: bool, points: f64| if is { points } else { 0.0 };
        let sum = yes(self.thumb, 1.0)
            + yes(self.comment, 1.5)
            + 3.0 * f64::from(self.duplicates)
            + yes(self.vote, 1.0)
            + yes(self.watch, 0.5);
        sum.min(ONE_PERSON)
    }
}

/// Who wants a task, as far as trackers tell: people where they are known by name, counts where they are not.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Demand {
    /// People known by name. What they did is not in the counts.
    pub voices: Vec<Voice>,
    /// Thumbs up.
    pub thumbs: u32,
    /// Different commenters who are not of the host.
    pub commenters: u32,
    /// Linked duplicates.
    pub duplicates: u32,
    /// Tasks that wait for it.
    pub blocks: u32,
    /// Votes (Jira).
    pub votes: u32,
    /// Watchers.
    pub watchers: u32,
}

impl Demand {
    /// Points of demand: a thumb 1, a commenter 1.5, a duplicate 3, a task it blocks 2, a vote 1, a watcher a half.
    pub fn points(&self) -> f64 {
        f64::from(self.thumbs)
            + 1.5 * f64::from(self.commenters)
            + 3.0 * f64::from(self.duplicates)
            + 2.0 * f64::from(self.blocks)
            + f64::from(self.votes)
            + 0.5 * f64::from(self.watchers)
            + self.voices.iter().map(|v| v.points()).sum::<f64>()
    }

    /// Demand: `min(1, ln(1+D) / ln(1+full))`; `full` is [`DEMAND_FULL`] or what only a twentieth of the organisation's
    /// tasks reach. `k` is 1 where all of it was read.
    pub fn component(&self, full: f64, k: f64) -> Component {
        Component::new((1.0 + self.points()).ln() / (1.0 + full.max(1.0)).ln(), k)
    }
}

/// Readiness of the description, 0–100 points. `words` are those outside of code and quotes, `None` when the description
/// was not read: then nothing is known. Fewer than 20 words make it less sure.
pub fn readiness(points: u32, words: Option<usize>) -> Component {
    match words {
        None => Component::unknown(),
        Some(words) => Component::new(f64::from(points) / 100.0, if words < 20 { 0.6 } else { 1.0 }),
    }
}

/// Where an estimate is from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "from")]
pub enum Estimate {
    /// A field of the tracker.
    Field,
    /// A label.
    Label,
    /// Tasks alike that were closed.
    History {
        /// How many.
        n: u32,
    },
    /// Nothing: the middle of the organisation.
    Guess,
}

impl Estimate {
    /// How sure: field 1, label 0.8, eight or more tasks alike 0.6, else 0.3.
    pub fn k(self) -> f64 {
        match self {
            Self::Field => 1.0,
            Self::Label => 0.8,
            Self::History { n } if n >= 8 => 0.6,
            Self::History { .. } | Self::Guess => 0.3,
        }
    }

    /// In words.
    pub fn words(self) -> String {
        match self {
            Self::Field => "from its estimate".into(),
            Self::Label => "from its label".into(),
            Self::History { n } => format!("assumed from {n} alike"),
            Self::Guess => "assumed: no estimate".into(),
        }
    }
}

/// What makes work around a task slower.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Mess {
    /// No tests near.
    pub no_tests: bool,
    /// The linter fails.
    pub lint_fails: bool,
    /// The default branch is red or flaky.
    pub ci_red: bool,
    /// Nothing says how to set it up.
    pub no_setup: bool,
}

impl Mess {
    /// What effort is multiplied with: 1, and 0.25 for no tests, 0.15 for a failing linter, 0.15 for red checks, 0.1 for
    /// no set-up; 1.6 at most.
    pub fn factor(self) -> f64 {
        let yes = |is: bool, add: f64| if is { add } else { 0.0 };
        let sum =
            yes(self.no_tests, 0.25) + yes(self.lint_fails, 0.15) + yes(self.ci_red, 0.15) + yes(self.no_setup, 0.1);
        (1.0 + sum).min(1.6)
    }
}

/// How an effort of `r` times the given hours fits: too small is half as good, a quarter to four fifths is best, more
/// than one and a half does not fit.
pub fn effort_fit(r: f64) -> f64 {
    if r < 0.25 {
        0.5 + 0.5 * (r.max(0.0) / 0.25)
    } else if r <= 0.8 {
        1.0
    } else if r <= 1.5 {
        1.0 - (r - 0.8) / 0.7
    } else {
        0.0
    }
}

/// Effort fit. `hours` of work before the mess, `given` hours that the person gives this lease; nothing is known when
/// none are agreed.
pub fn effort(hours: f64, estimate: Estimate, mess: Mess, given: f64) -> Component {
    if given <= 0.0 || !given.is_finite() {
        return Component::unknown();
    }
    Component::new(effort_fit(hours * mess.factor() / given), estimate.k())
}

/// Hours in the middle of a size class; unknown counts as S, as everywhere.
pub fn hours(size: Option<Size>) -> f64 {
    f64::from(Size::hours(size))
}

/// Draws a value seen `n` times towards what the organisation shows, which counts as five cases.
pub fn shrunk(n: u32, value: f64, of_all: f64) -> f64 {
    (f64::from(n) * value + PRIOR_CASES * of_all) / (f64::from(n) + PRIOR_CASES)
}

/// How a host answers helpers, over 90 days.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Answers {
    /// Median working hours to the first act of the host on what came from outside.
    pub hours: f64,
    /// How many cases that is from.
    pub n: u32,
    /// The organisation's median, working hours.
    pub org_hours: f64,
    /// Pull requests from outside that were merged.
    pub merged: u32,
    /// Pull requests from outside that ended.
    pub ended: u32,
    /// The organisation's share of merged ones, 0–1.
    pub org_share: f64,
}

/// The worth of an answer after so many working hours: `2^(−R/16)`.
pub fn answer_worth(hours: f64) -> f64 {
    (-hours.max(0.0) / ANSWER_HALF).exp2()
}

/// Host responsiveness: `0.6·answer + 0.4·accepted`, both drawn towards the organisation. With no case at all it is
/// half known.
pub fn host(a: Answers) -> Component {
    let answer = answer_worth(shrunk(a.n, a.hours, a.org_hours));
    let own_share = if a.ended == 0 { a.org_share } else { f64::from(a.merged) / f64::from(a.ended) };
    let accepted = shrunk(a.ended, own_share, a.org_share);
    Component::new(0.6 * answer + 0.4 * accepted, if a.n == 0 { 0.5 } else { 1.0 })
}

/// Onboarding readiness of the project, 0–100 points; `None` when its files were not read.
pub fn onboarding(points: Option<u32>) -> Component {
    points.map_or_else(Component::unknown, |p| Component::sure(f64::from(p) / 100.0))
}

/// How a team asks for help.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Asked {
    /// Not at all.
    #[default]
    No,
    /// By a label on the task.
    Label,
    /// By an open request for help.
    Request,
}

impl Asked {
    fn worth(self) -> f64 {
        match self {
            Self::No => 0.0,
            Self::Label => 0.6,
            Self::Request => 1.0,
        }
    }
}

/// One term of the need of a team: its share in the whole, and its value where it is known.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Term {
    share: f64,
    value: Option<f64>,
}

impl Term {
    /// Place of its open debt per member among all teams, 0–1.
    pub fn pressure(place: Option<f64>) -> Self {
        Self { share: PRESSURE, value: place }
    }

    /// From hours of helpers over its even share: what it did not get.
    pub fn deficit(received: Option<f64>) -> Self {
        Self { share: DEFICIT, value: received.map(|r| 1.0 - r) }
    }
}

/// Shares of the terms of need.
const ASKED: f64 = 0.4;
const PRESSURE: f64 = 0.25;
const FEW: f64 = 0.2;
const DEFICIT: f64 = 0.15;

/// Team need where not all of it is known: the mean of the terms that are, weighed by their shares, as sure as those
/// shares are large. With all four terms it is [`Need::component`].
pub fn need_of(asked: Asked, terms: &[Term]) -> Component {
    let known = terms.iter().filter_map(|t| Some((t.share, t.value?.clamp(0.0, 1.0))));
    let (share, sum) =
        known.fold((ASKED, ASKED * asked.worth()), |(all, sum), (share, value)| (all + share, sum + share * value));
    Component::new(sum / share, share)
}

/// How much a team needs help.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Need {
    /// How it asks.
    pub asked: Asked,
    /// Place of its open debt per member among all teams, 0–1.
    pub pressure: f64,
    /// How few people do half of the work there (contributor absence factor); 0 when not known.
    pub absence_factor: u32,
    /// Hours of helpers in 90 days over its fair share; 1 when it got its share.
    pub received: f64,
}

impl Need {
    /// Team need: `0.4·asked + 0.25·pressure + 0.2/absence factor + 0.15·(1 − received)`. `k` is how much of that is
    /// known.
    pub fn component(self, k: f64) -> Component {
        let asked = self.asked.worth();
        let few = if self.absence_factor == 0 { 0.0 } else { 1.0 / f64::from(self.absence_factor) };
        let deficit = (1.0 - self.received).clamp(0.0, 1.0);
        let pressure = self.pressure.clamp(0.0, 1.0);
        Component::new(ASKED * asked + PRESSURE * pressure + FEW * few + DEFICIT * deficit, k)
    }
}

/// Novelty: `0.6·team + 0.4·edge`. `helped_days_ago` is when the person last helped the team, `None` for never; `new_edge`
/// is true when nobody of the person's team ever helped the host's.
pub fn novelty(helped_days_ago: Option<u32>, new_edge: bool) -> Component {
    Component::sure(0.6 * new_team(helped_days_ago) + 0.4 * if new_edge { 1.0 } else { 0.3 })
}

/// Novelty where it is not known whether the two teams have met: its first term, and the other as unknown as it is.
pub fn novelty_of_team(helped_days_ago: Option<u32>) -> Component {
    Component::new(new_team(helped_days_ago), 0.6)
}

fn new_team(helped_days_ago: Option<u32>) -> f64 {
    match helped_days_ago {
        None => 1.0,
        Some(days) if days > 180 => 0.6,
        Some(_) => 0.2,
    }
}
