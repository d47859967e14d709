//! Live counts by signal, team, project and language.

use super::{side::Side, snapshot::Row};
use crate::domain::signal::SignalKind;

/// Counts of what a query found. Only what was found at least once is listed, but for signals.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facets {
    /// By signal word, in the order of `SignalKind::ALL`.
    pub signals: Vec<(&'static str, u32)>,
    /// By team id, most first; empty without a registry.
    pub teams: Vec<(String, u32)>,
    /// By `owner/name`, most first.
    pub projects: Vec<(String, u32)>,
    /// By language, most first.
    pub languages: Vec<(String, u32)>,
}

/// Counts the found rows.
pub(super) fn count(rows: &[Row], side: &Side, found: &[u32]) -> Facets {
    let mut signals = [0_u32; SignalKind::ALL.len()];
    let mut projects = vec![0_u32; side.projects.len()];
    let mut teams = vec![0_u32; side.teams.len() + 1];
    let mut languages = vec![0_u32; side.languages.len() + 1];
    for at in found {
        let (Some(row), Some(beside)) = (rows.get(*at as usize), side.rows.get(*at as usize)) else { continue };
        for signal in &row.signals {
            bump(&mut signals, signal.kind as usize);
        }
        bump(&mut projects, beside.project as usize);
        bump(&mut teams, beside.team as usize);
        bump(&mut languages, beside.language as usize);
    }
    Facets {
        signals: SignalKind::ALL.into_iter().map(SignalKind::word).zip(signals).collect(),
        teams: most_first(&side.teams, teams.get(1..).unwrap_or_default()),
        projects: most_first(&side.projects, &projects),
        languages: most_first(&side.languages, languages.get(1..).unwrap_or_default()),
    }
}

fn bump(counts: &mut [u32], at: usize) {
    if let Some(count) = counts.get_mut(at) {
        *count += 1;
    }
}

fn most_first(names: &[String], counts: &[u32]) -> Vec<(String, u32)> {
    let mut some: Vec<(String, u32)> =
        names.iter().zip(counts).filter(|(_, n)| **n > 0).map(|(name, n)| (name.clone(), *n)).collect();
    some.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    some
}
