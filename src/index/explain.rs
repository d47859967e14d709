//! Why one task has its score: the facts the list has of it, as bars that add up to the score, each with what it is from.
//! With the description at hand it says what is missing there, and what would raise the score most.

use serde::Serialize;

use super::snapshot::{Row, Snapshot};
use crate::{
    domain::{
        evidence::{History, Pull},
        signal::SignalKind,
        task::TaskDetail,
        text::safe_line,
        time::Now,
    },
    judge::{
        free::{Sign, Surroundings, signs},
        readiness::Readiness,
        score::{
            self, Bars, Part,
            raise::{ask, draft, raises},
        },
        signal::{Found, Known, Product, Reading, label::Dictionary, read},
        why::Why,
    },
};

/// Why a task is where it is in the list.
#[derive(Clone, Debug, PartialEq)]
pub struct Explained {
    /// The score and what it is made of.
    pub why: Why,
    /// The signals, with everything that was seen for them.
    pub signals: Vec<Found>,
    /// Signs that somebody works on it already.
    pub signs: Vec<Sign>,
    /// Words to ask the host for what would raise the score most, Markdown; empty when nothing is missing or its
    /// description was not read.
    pub ask: String,
    /// The description with the missing sections to fill in, Markdown; empty likewise.
    pub draft: String,
}

/// What another description makes of a task.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Described {
    /// Readiness of the description as it was, 0–100.
    pub readiness_before: u32,
    /// Readiness of the new one.
    pub readiness: u32,
    /// Score with the description as it was, points.
    pub score_before: f64,
    /// Score with the new one.
    pub score: f64,
    /// What is missing still, what gives most first.
    pub missing: Vec<&'static str>,
}

impl Described {
    /// One sentence or two: `readiness 30 → 64 of 100, score 41.20 → 46.00; still missing: a mentor or contact`.
    pub fn words(&self) -> String {
        let missing = if self.missing.is_empty() {
            String::new()
        } else {
            format!("; still missing: {}", self.missing.join(", "))
        };
        format!(
            "readiness {} → {} of 100, score {:.2} → {:.2}{missing}",
            self.readiness_before, self.readiness, self.score_before, self.score
        )
    }
}

impl Snapshot {
    /// Explains a row. `detail` is what the store has of its texts, `history` what the tracker was asked for.
    pub fn explain(&self, row: &Row, detail: Option<&TaskDetail>, history: Option<&History>) -> Explained {
        let task = &row.task;
        let facts = self.ground.facts(row);
        let components = facts.components();
        let bars = Bars::of(&components, self.weights(), &[]);
        let body = detail.and_then(|d| d.body.as_ref()).map(|b| b.raw());
        let readiness = body.map(|body| Readiness::of(task, body, self.ground.beside(row)));
        let skills = self.ground.skills(row);
        let raises = readiness.as_ref().map(|r| raises(r, &components, self.weights())).unwrap_or_default();
        let ask = ask(&task.key, &raises);
        let draft = if raises.is_empty() { String::new() } else { draft(body.unwrap_or_default(), &raises) };
        let words = |part| facts.words(part, readiness.as_ref(), &skills);
        let reading = Reading { comments: detail.map(|d| d.comments.as_slice()), history, ..Reading::default() };
        Explained {
            why: Why::of(&task.key, &task.title, &bars, self.weights(), &words, raises),
            signals: self.signals(row, body, reading),
            signs: self.signs(row, reading, &[]),
            ask,
            draft,
        }
    }

    /// What another description would make of a row: readiness before and after, 0–100, and the score, points. The score is
    /// that of the model with everything else as it is, also where the list gives the row none.
    pub fn described(&self, row: &Row, was: &str, body: &str) -> Described {
        let components = self.ground.facts(row).components();
        let of = |text: &str| {
            let readiness = Readiness::of(&row.task, text, self.ground.beside(row));
            let component = score::facts::readiness(readiness.points, Some(readiness.words));
            let bars = Bars::of(&components.with(Part::Readiness, component), self.weights(), &[]);
            let missing = readiness.missing().map(|check| check.name).collect();
            (readiness.points, f64::from(bars.score) / 100.0, missing)
        };
        let ((readiness_before, score_before, _), (readiness, score, missing)) = (of(was), of(body));
        Described { readiness_before, readiness, score_before, score, missing }
    }

    fn now(&self) -> Now {
        Now(self.built_at.unwrap_or_default())
    }

    /// Signals with all their evidence; those that only the list knows of keep the sentence they have there.
    fn signals(&self, row: &Row, body: Option<&str>, reading: Reading<'_>) -> Vec<Found> {
        let planning = row.task.planning.as_deref();
        let names: Vec<String> = planning.iter().flat_map(|p| &p.components).map(|c| c.raw().to_owned()).collect();
        let known = Known {
            task: &row.task,
            body,
            reading,
            components: &names,
            product: self
                .projects
                .iter()
                .find(|p| p.project == row.task.key.project)
                .map_or_else(Product::default, Product::of_project),
            issue_type: planning.and_then(|p| p.kind.as_ref()).map_or("", |k| k.raw()),
        };
        read(&known, self.now(), &mut Dictionary::new())
    }

    /// Signs that somebody is at a row already, by what was read of it, by pull requests that may name it, each with its
    /// description, and by the claims on its mirrors.
    pub fn signs(&self, row: &Row, reading: Reading<'_>, others: &[(Pull, String)]) -> Vec<Sign> {
        let key = &row.task.key;
        let mirrors: Vec<_> =
            self.commitments.iter().filter(|c| c.key != *key && row.mirrors.contains(&c.key)).collect();
        let me = self.me.get(&key.project.tracker);
        let around = Surroundings { reading, others, mirrors: &mirrors, me, ..Surroundings::default() };
        signs(&row.task, &around, self.now())
    }
}

impl Explained {
    /// The signals with what was seen, one harmless line each.
    pub fn signal_lines(&self) -> Vec<String> {
        let line = |found: &Found| {
            let seen: Vec<String> = found.seen.iter().map(|s| safe_line(&s.words()).into_owned()).collect();
            format!("{} {}: {}", found.kind.badge(), found.kind.word(), seen.join("; "))
        };
        self.signals.iter().map(line).collect()
    }

    /// Signs of work, one harmless line each.
    pub fn sign_lines(&self, now: Now) -> Vec<String> {
        self.signs.iter().map(|sign| safe_line(&sign.words(now)).into_owned()).collect()
    }

    /// True when a signal of the kind was found.
    pub fn has(&self, kind: SignalKind) -> bool {
        self.signals.iter().any(|s| s.kind == kind)
    }
}
