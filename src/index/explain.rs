//! Why one task has its score: the facts the list has of it, as bars that add up to the score, each with what it is from.
//! With the description at hand it says what is missing there, and what would raise the score most.

use super::snapshot::{Row, Snapshot};
use crate::{
    domain::{evidence::History, signal::SignalKind, task::TaskDetail, text::safe_line, time::Now},
    judge::{
        free::{Sign, Surroundings, signs},
        readiness::Readiness,
        score::{
            Bars,
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
            signs: self.signs(row, reading),
            ask,
            draft,
        }
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

    fn signs(&self, row: &Row, reading: Reading<'_>) -> Vec<Sign> {
        let key = &row.task.key;
        let mirrors: Vec<_> =
            self.commitments.iter().filter(|c| c.key != *key && row.mirrors.contains(&c.key)).collect();
        let me = self.me.get(&key.project.tracker);
        let around = Surroundings { reading, mirrors: &mirrors, me, ..Surroundings::default() };
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
