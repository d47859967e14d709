//! Why a task is where it is in the list, and why another is not in it: values for `--json` and for screens, and the same
//! as plain lines. Numbers come from the score, sentences from what was seen; nothing is judged here. Draws nothing.

use jiff::civil::Date;
use serde::Serialize;

use super::score::{
    Bars, MODEL, Part, Weights,
    bars::{ExtraBar, drawn, shown},
    raise::Raise,
};
use crate::domain::{
    key::TaskKey,
    refusal::Refusal,
    text::{Foreign, fit, safe_line, width},
};

/// Version of what `--json` prints of these values.
pub const SCHEMA: u32 = 1;
/// Narrowest screen that is drawn for, columns.
const NARROWEST: usize = 18;
/// Screens from which on there is room for bars, columns.
const WIDE: usize = 70;
/// Columns of a bar whose part has the largest weight there is room for.
const BAR: usize = 12;

/// What was seen for one part of a score.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Reason {
    /// The bar.
    #[serde(flatten)]
    pub bar: super::score::Bar,
    /// What it is from, one harmless sentence; empty when nothing is known.
    pub words: String,
    /// True when some of it is assumed.
    pub assumed: bool,
}

/// Why a task has its score.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Why {
    /// Version of this value.
    pub schema: u32,
    /// Name of the model.
    pub model: &'static str,
    /// Name of the model with the weights that were used.
    pub weights: String,
    /// The task.
    pub key: String,
    /// Its title as it was written.
    pub title: Foreign,
    /// The score, hundredths of a point. The points of `parts` and `extras` add up to it.
    pub score: u32,
    /// How sure the whole is, 0–1.
    pub confidence: f64,
    /// The nine parts, in order.
    pub parts: Vec<Reason>,
    /// What comes on top.
    pub extras: Vec<ExtraBar>,
    /// What would raise it most, most first.
    pub raises: Vec<Raise>,
}

impl Why {
    /// Puts an explanation together. `words` says of a part what it is from.
    pub fn of(
        key: &TaskKey,
        title: &Foreign,
        bars: &Bars,
        weights: Weights,
        words: &dyn Fn(Part) -> String,
        raises: Vec<Raise>,
    ) -> Self {
        let reason = |bar: &super::score::Bar| Reason {
            bar: *bar,
            words: safe_line_or_empty(&words(bar.part)),
            assumed: bar.component.is_assumed(),
        };
        Self {
            schema: SCHEMA,
            model: MODEL,
            weights: weights.mark(),
            key: key.to_string(),
            title: title.clone(),
            score: bars.score,
            confidence: bars.confidence,
            parts: bars.bars.iter().map(reason).collect(),
            extras: bars.extras.clone(),
            raises,
        }
    }

    /// The parts with most points first, those of equal points in their order.
    fn ranked(&self) -> Vec<&Reason> {
        let mut parts: Vec<&Reason> = self.parts.iter().filter(|r| r.bar.weight > 0).collect();
        parts.sort_by_key(|r| std::cmp::Reverse(r.bar.points));
        parts
    }

    /// The same lines with a bar in each, for whoever sees: full where it is known, light where it is assumed.
    pub fn drawn(&self, columns: usize) -> Vec<String> {
        let columns = columns.max(NARROWEST);
        let bar = |r: &Reason| if columns >= WIDE { format!(" {}", drawn(&r.bar, BAR)) } else { String::new() };
        self.told(columns, &bar)
    }

    /// Plain lines of at most `columns` columns, each harmless, for the command line and for screen readers: every part
    /// with its points and what it is from, then what would raise the score.
    pub fn lines(&self, columns: usize) -> Vec<String> {
        self.told(columns.max(NARROWEST), &|_| String::new())
    }

    fn told(&self, columns: usize, bar: &dyn Fn(&Reason) -> String) -> Vec<String> {
        let cut = |line: String| fit(&line, columns).into_owned();
        let mut lines = vec![cut(format!("{:>5}  {}  {}", shown(self.score), self.key, self.title.fit(columns)))];
        for r in self.ranked() {
            let assumed =
                if r.assumed { format!(" (assumed, {} sure)", per_cent(r.bar.component.k())) } else { String::new() };
            let (points, most) = (shown(r.bar.points), shown(r.bar.most));
            let head = format!("  {:<10}{} {points:>5} of {most:>5}", r.bar.part.word(), bar(r));
            lines.extend(wrapped(&head, &format!("{}{assumed}", r.words), columns));
        }
        for extra in &self.extras {
            lines.push(cut(format!("  {:<10} {:>5}           {}", "on top", shown(extra.points), extra.extra.word())));
        }
        lines.push(cut(format!("  the whole is {} sure; model {}", per_cent(self.confidence), self.weights)));
        let raises: Vec<String> =
            self.raises.iter().take(3).map(|r| format!("{} (+{:.1})", r.what, r.points)).collect();
        if !raises.is_empty() {
            lines.extend(wrapped("  would rise most with", &raises.join(", "), columns));
        }
        lines
    }
}

fn per_cent(share: f64) -> String {
    format!("{:.0}%", share * 100.0)
}

fn safe_line_or_empty(text: &str) -> String {
    if text.is_empty() { String::new() } else { safe_line(text).into_owned() }
}

/// A head with words behind it, in as many lines as they need; further lines are set in under the words, or by four
/// columns where the screen is narrow.
fn wrapped(head: &str, words: &str, columns: usize) -> Vec<String> {
    let indent = if width(head) + 22 <= columns { width(head) + 2 } else { 4 };
    let mut lines = vec![fit(head, columns).into_owned()];
    if indent == 4 && !words.is_empty() {
        lines.push(" ".repeat(2));
    }
    let mut fresh = indent == 4;
    for word in words.split_whitespace() {
        let Some(line) = lines.last_mut() else { break };
        let gap = if fresh {
            " ".repeat(indent.saturating_sub(width(line)))
        } else if width(line) == width(head) && indent > 4 {
            "  ".into()
        } else {
            " ".into()
        };
        if width(line) + width(&gap) + width(word) <= columns {
            line.push_str(&gap);
            line.push_str(word);
        } else {
            lines.push(fit(&format!("{}{word}", " ".repeat(indent)), columns).into_owned());
        }
        fresh = false;
    }
    lines
}

/// Why a task is not in the list.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct WhyNot {
    /// Version of this value.
    pub schema: u32,
    /// The task.
    pub key: String,
    /// Its title as it was written.
    pub title: Foreign,
    /// The gates that hold it back, the first first.
    pub gates: Vec<Gate>,
    /// The score it would have, hundredths of a point.
    pub would_score: Option<u32>,
}

/// One gate.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Gate {
    /// The rule, or the skill or mark that hides it.
    pub rule: String,
    /// What happened, one harmless sentence.
    pub sentence: String,
    /// Who could lift it.
    pub lifter: String,
    /// When it lifts by itself.
    pub lifts_on: Option<Date>,
    /// What could be done now instead.
    pub instead: Vec<String>,
}

impl Gate {
    /// A refusal of a guard as a gate.
    pub fn of(refusal: &Refusal) -> Self {
        Self {
            rule: format!("{:?}", refusal.rule),
            sentence: refusal.sentence.clone(),
            lifter: refusal.lifter.words(),
            lifts_on: refusal.lifts_on,
            instead: refusal.instead.clone(),
        }
    }

    /// Something of the person's own that hides a task: a skill they avoid, a mark.
    pub fn own(rule: &str, sentence: String) -> Self {
        Self { rule: rule.to_owned(), sentence, lifter: "you".into(), lifts_on: None, instead: Vec::new() }
    }
}

impl WhyNot {
    /// Puts an explanation together.
    pub fn of(key: &TaskKey, title: &Foreign, gates: Vec<Gate>, would_score: Option<u32>) -> Self {
        Self { schema: SCHEMA, key: key.to_string(), title: title.clone(), gates, would_score }
    }

    /// Plain lines of at most `columns` columns, each harmless.
    pub fn lines(&self, columns: usize) -> Vec<String> {
        let columns = columns.max(NARROWEST);
        let mut lines = vec![fit(&format!("{}  {}", self.key, self.title.fit(columns)), columns).into_owned()];
        if self.gates.is_empty() {
            lines.push("  nothing holds it back".into());
        }
        for gate in &self.gates {
            lines.extend(wrapped("  held back:", &safe_line(&gate.sentence), columns));
            let when = gate.lifts_on.map(|day| format!("; it lifts by itself on {day}")).unwrap_or_default();
            lines.extend(wrapped("    ", &safe_line(&format!("{} can lift it{when}", gate.lifter)), columns));
            for instead in &gate.instead {
                lines.extend(wrapped("    ", &safe_line(instead), columns));
            }
        }
        if let Some(score) = self.would_score {
            lines.push(format!("  without that it would score {}", shown(score)));
        }
        lines
    }
}

/// Two tasks side by side.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Comparison {
    /// Version of this value.
    pub schema: u32,
    /// The first task.
    pub left: String,
    /// The second.
    pub right: String,
    /// Score of the first less that of the second, hundredths of a point. The differences of `parts` and `extras` add up
    /// to it.
    pub difference: i64,
    /// Each part's difference, the largest first.
    pub parts: Vec<Difference>,
    /// Difference of what comes on top.
    pub extras: i64,
}

/// How much one part tells two tasks apart.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Difference {
    /// Which part.
    pub part: Part,
    /// Points of the first, hundredths.
    pub left: u32,
    /// Points of the second, hundredths.
    pub right: u32,
    /// What it is from at the first.
    pub left_words: String,
    /// What it is from at the second.
    pub right_words: String,
}

impl Difference {
    /// Points of the first less those of the second, hundredths.
    pub fn points(&self) -> i64 {
        i64::from(self.left) - i64::from(self.right)
    }
}

/// Compares two explanations made with the same weights.
///
/// # Errors
/// A sentence when the weights differ: then the points mean different things.
pub fn compare(left: &Why, right: &Why) -> Result<Comparison, String> {
    if left.weights != right.weights {
        return Err(format!(
            "{} and {} were scored with different weights ({} and {}); score both with the same first",
            left.key, right.key, left.weights, right.weights
        ));
    }
    let pair = |(l, r): (&Reason, &Reason)| Difference {
        part: l.bar.part,
        left: l.bar.points,
        right: r.bar.points,
        left_words: l.words.clone(),
        right_words: r.words.clone(),
    };
    let mut parts: Vec<Difference> = left.parts.iter().zip(&right.parts).map(pair).collect();
    parts.sort_by_key(|d| std::cmp::Reverse(d.points().abs()));
    let on_top = |why: &Why| why.extras.iter().map(|e| i64::from(e.points)).sum::<i64>();
    Ok(Comparison {
        schema: SCHEMA,
        left: left.key.clone(),
        right: right.key.clone(),
        difference: i64::from(left.score) - i64::from(right.score),
        parts,
        extras: on_top(left) - on_top(right),
    })
}

impl Comparison {
    /// Plain lines of at most `columns` columns, each harmless.
    pub fn lines(&self, columns: usize) -> Vec<String> {
        let columns = columns.max(NARROWEST);
        let better = match self.difference.signum() {
            0 => format!("{} and {} score the same", self.left, self.right),
            1 => format!("{} scores {} more than {}", self.left, points(self.difference), self.right),
            _ => format!("{} scores {} more than {}", self.right, points(self.difference), self.left),
        };
        let mut lines = vec![fit(&better, columns).into_owned()];
        for d in self.parts.iter().filter(|d| d.points() != 0) {
            let sign = if d.points() > 0 { '+' } else { '-' };
            let head = format!("  {:<10} {sign}{:>5}", d.part.word(), points(d.points()));
            let words = match (d.left_words.as_str(), d.right_words.as_str()) {
                ("", "") => format!("{} against {}", shown(d.left), shown(d.right)),
                (l, r) => format!("{l} against {r}"),
            };
            lines.extend(wrapped(&head, &words, columns));
        }
        if self.extras != 0 {
            let sign = if self.extras > 0 { '+' } else { '-' };
            lines.push(format!("  {:<10} {sign}{:>5}", "on top", points(self.extras)));
        }
        lines
    }
}

fn points(difference: i64) -> String {
    shown(u32::try_from(difference.unsigned_abs()).unwrap_or(u32::MAX))
}
