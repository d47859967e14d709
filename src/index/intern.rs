//! The first page of an intern (IN2): only what fits somebody who is new. What does not fit is left out, is counted, and
//! says what it lacks and what would mend that; where nothing fits, the closest is named.

use serde::Serialize;

use super::{
    query::{Field, Query, Value},
    search::filter::Found,
    snapshot::{Row, Snapshot},
    worth::{Fit, ONBOARDING_LEAST, READINESS_LEAST, Wanted},
};
use crate::{
    domain::text::safe_line,
    judge::{
        mentor::Room,
        readiness,
        score::{Preset, Weights},
    },
};

/// Said where an intern's first page is empty.
pub const NOTHING_FOR_INTERNS: &str = "Nothing fits an intern yet: well described, XS or S, with a mentor who has room, \
                                       in a project that is easy to enter.";

/// What a task lacks for an intern.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Miss {
    /// `readiness`, `size`, `mentor` or `onboarding`.
    pub wants: &'static str,
    /// What is wanting, one harmless sentence without its end: `it is described to 45 of 100, and 60 are wanted`.
    pub sentence: String,
    /// What would mend it, likewise.
    pub mend: String,
}

/// What was left out of a list for interns.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LeftOut {
    /// Rows that answer the query and do not fit, in the order of the list.
    pub rows: Found,
}

/// True when a list is weighed for interns, with or without the wish for new teams.
pub(super) fn is_for_interns(weights: Weights) -> bool {
    let intern = Weights::of(Preset::Intern);
    weights == intern || weights == intern.without_curiosity()
}

/// True when a query leaves it to the list what fits: it names no task, nothing of one's own and nothing put aside.
pub(super) fn leaves_choice(query: &Query) -> bool {
    let own = ["mine", "claimed", "hidden", "snoozed", "bookmarked", "avoided"];
    let is_said = |value: &Value| matches!(value, Value::Text(text) if text == "intern");
    let terms = query.all_terms();
    let says = terms.iter().any(|(_, t)| t.field == Field::Is && t.values.iter().any(is_said));
    let names_a_key = terms.iter().any(|(holds, t)| *holds && t.field == Field::Key);
    !says && !names_a_key && !own.iter().any(|word| query.asks(Field::Is, word))
}

impl Snapshot {
    /// True when the list is one for interns.
    pub fn is_for_interns(&self) -> bool {
        is_for_interns(self.weights())
    }

    /// True for a task that an intern can take and that fits them.
    pub fn fits_intern(&self, row: &Row) -> bool {
        !row.is_gated() && self.fit(row).is_some_and(Fit::fits)
    }

    /// Of these rows the one that is nearest to fitting, among those that can be taken; of equals the first.
    pub fn closest_for_intern<'a>(&self, rows: impl IntoIterator<Item = &'a Row>) -> Option<&'a Row> {
        let open = rows.into_iter().filter(|row| !row.is_gated() && row.folded.is_none());
        let fits = open.filter_map(|row| Some((row, self.fit(row)?)));
        fits.min_by_key(|(_, fit)| fit.distance()).map(|(row, _)| row)
    }

    /// What a task lacks for an intern; empty where nothing is, or where it is not known.
    pub fn intern_misses(&self, row: &Row) -> Vec<Miss> {
        let Some(fit) = self.fit(row) else { return Vec::new() };
        fit.wanting().map(|wanted| self.miss(row, fit, wanted)).collect()
    }

    fn miss(&self, row: &Row, fit: Fit, wanted: Wanted) -> Miss {
        match wanted {
            Wanted::Readiness => self.described_enough(row, fit),
            Wanted::Size => {
                let sentence = match fit.size {
                    Some(size) => format!("its size is {}, and XS or S is wanted", size.word()),
                    None => "nothing says how large it is, and XS or S is wanted".to_owned(),
                };
                let mend = match fit.size {
                    Some(_) => "a part of it as a task of its own",
                    None => "a label such as size/S, which its host can set",
                };
                Miss { wants: "size", sentence, mend: mend.into() }
            }
            Wanted::Mentor => match fit.mentor {
                Room::Full => Miss {
                    wants: "mentor",
                    sentence: "no mentor of its host has room now".into(),
                    mend: "room comes when one of those they guide is done".into(),
                },
                Room::None | Room::Free => Miss {
                    wants: "mentor",
                    sentence: "its host names no mentor".into(),
                    mend: "a mentor on rotation in the policy of its host".into(),
                },
            },
            Wanted::Onboarding => self.entered(row, fit),
        }
    }

    fn described_enough(&self, row: &Row, fit: Fit) -> Miss {
        let key = self.shown_key(&row.task.key);
        let wants = "readiness";
        let described = row.gist.as_ref().and_then(|g| g.described);
        let (Some(points), Some(described)) = (fit.readiness, described) else {
            let sentence = format!("its description was not read, and {READINESS_LEAST} of 100 are wanted");
            return Miss { wants, sentence, mend: "the next sync reads it".into() };
        };
        let missing = readiness::missing(described.met, self.ground.beside(row));
        let named = enough(&missing, u32::from(READINESS_LEAST.saturating_sub(points)));
        Miss {
            wants,
            sentence: format!("it is described to {points} of 100, and {READINESS_LEAST} are wanted"),
            mend: format!("{named}; `floorwalk why {key} --ask` has words to its host"),
        }
    }

    fn entered(&self, row: &Row, fit: Fit) -> Miss {
        let wants = "onboarding";
        let known = self.onboarding(&row.task.key.project);
        let (Some(points), Some(known)) = (fit.onboarding, known) else {
            let sentence =
                format!("how easy its project is to enter was not read, and {ONBOARDING_LEAST} of 100 are wanted");
            return Miss { wants, sentence, mend: "the next sync reads it".into() };
        };
        let missing: Vec<(&str, u32)> = known.missing().iter().map(|item| (item.name, item.points)).collect();
        Miss {
            wants,
            sentence: format!(
                "its project has {points} of 100 for what helps newcomers in, and {ONBOARDING_LEAST} are wanted"
            ),
            mend: enough(&missing, u32::from(ONBOARDING_LEAST.saturating_sub(points))),
        }
    }

    /// The closest task and what it lacks, one harmless line each, for people.
    pub fn closest_lines(&self, row: &Row) -> Vec<String> {
        let key = self.shown_key(&row.task.key);
        let mut lines = vec![format!("The closest is {} ({}):", safe_line(&key), row.task.title.fit(60))];
        lines.extend(
            self.intern_misses(row).iter().map(|miss| format!("{}; {}.", capital(&miss.sentence), miss.line())),
        );
        lines
    }
}

impl Miss {
    /// What would mend it, behind the sentence.
    pub fn line(&self) -> String {
        format!("what would mend it: {}", self.mend)
    }
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

/// The fewest of the missing things, what gives most first, that are worth so many points: `acceptance criteria (+16)`.
fn enough(missing: &[(&str, u32)], points: u32) -> String {
    let mut sum = 0;
    let mut named = Vec::new();
    for (name, worth) in missing {
        if sum >= points && !named.is_empty() {
            break;
        }
        sum += worth;
        named.push(format!("{name} (+{worth})"));
    }
    match named.is_empty() {
        true => "nothing is known to be missing there".into(),
        false => named.join(", "),
    }
}
