//! Live counts by signal, team, project and language.

use std::sync::Arc;

use super::super::{bits::Bits, side::Side};
use crate::domain::signal::SignalKind;

/// Counts of what a query found. Only what was found at least once is listed, but for signals.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facets {
    /// By signal word, in the order of `SignalKind::ALL`.
    pub signals: Vec<(&'static str, u32)>,
    /// By team id, most first; empty without a registry.
    pub teams: Vec<(Arc<str>, u32)>,
    /// By `owner/name`, most first.
    pub projects: Vec<(Arc<str>, u32)>,
    /// By language, most first.
    pub languages: Vec<(Arc<str>, u32)>,
}

/// Counts the found rows: signals by what two sets have in common, the rest by runs of rows of one project, which all
/// have the same team and language.
pub(super) fn count(side: &Side, found: &Bits) -> Facets {
    let signal =
        |kind: SignalKind| (kind.word(), u32::try_from(found.count_and(&side.signal(kind))).unwrap_or(u32::MAX));
    let mut projects = vec![0_u32; side.paths.len()];
    let mut teams = vec![0_u32; side.teams.len() + 1];
    let mut languages = vec![0_u32; side.languages.len() + 1];
    for run in &side.runs {
        let Some(place) = side.places.get(run.place as usize) else { continue };
        let count = u32::try_from(found.count_range(run.rows.clone())).unwrap_or(u32::MAX);
        add(&mut projects, place.path, count);
        add(&mut teams, place.team, count);
        add(&mut languages, place.language, count);
    }
    Facets {
        signals: SignalKind::ALL.into_iter().map(signal).collect(),
        teams: most_first(&side.teams, teams.get(1..).unwrap_or_default()),
        projects: most_first(&side.paths, &projects),
        languages: most_first(&side.languages, languages.get(1..).unwrap_or_default()),
    }
}

fn add(counts: &mut [u32], at: u32, more: u32) {
    if let Some(count) = counts.get_mut(at as usize) {
        *count += more;
    }
}

fn most_first(names: &[Arc<str>], counts: &[u32]) -> Vec<(Arc<str>, u32)> {
    let mut some: Vec<(&Arc<str>, u32)> = names.iter().zip(counts.iter().copied()).filter(|(_, n)| *n > 0).collect();
    some.sort_unstable_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(b.0)));
    some.into_iter().map(|(name, count)| (name.clone(), count)).collect()
}
