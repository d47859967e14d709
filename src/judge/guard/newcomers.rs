//! What is kept for newcomers (G11): tasks tagged for them, in their first ten working days. Asked by the guard before a
//! claim and by lists for what they show, so that both say the same.

use jiff::civil::Date;

use super::protect::fits_label;
use crate::{
    domain::{
        calendar::Calendar,
        key::ProjectRef,
        policy::Policy,
        roster::{Roster, Team},
        task::Task,
        time::Now,
    },
    judge::signal::label::{Dictionary, LabelClass},
};

/// Working days in which a task is kept for newcomers.
pub(super) const NEWCOMER_WD: u32 = 10;

/// What one project keeps for newcomers.
#[derive(Clone, Debug)]
pub struct Reserve {
    /// Labels that its host names for it.
    labels: Vec<String>,
    /// Labels that are known to be for newcomers count as well.
    usual: bool,
    calendar: Calendar,
}

/// A task that is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept<'a> {
    /// The label that says so, raw.
    pub label: &'a str,
    /// First day on which anybody may take it; `None` where no calendar leads there.
    pub opens: Option<Date>,
}

/// True where the registry knows somebody who is new.
pub fn knows_newcomers(roster: &Roster) -> bool {
    roster.people.iter().any(|member| member.active && member.is_newcomer())
}

impl Reserve {
    /// What a project keeps; `None` where nothing is. Labels that a host names count always; the usual ones only where a
    /// team owns the project and the registry knows somebody to keep them for.
    pub fn of(roster: &Roster, project: &ProjectRef) -> Option<Self> {
        let host = roster.host_of(project);
        Self::among(roster, host, roster.policy_of(project, host), knows_newcomers(roster))
    }

    /// The same for one of many projects, of which host and policy are known: whether the registry knows newcomers is asked
    /// once for all.
    pub fn among(roster: &Roster, host: Option<&Team>, policy: &Policy, newcomers: bool) -> Option<Self> {
        let labels = policy.newcomer_labels.clone();
        let usual = newcomers && host.is_some();
        (usual || !labels.is_empty()).then(|| Self { labels, usual, calendar: roster.calendar_of(host, policy) })
    }

    /// The label for which a task is kept today, and until when.
    pub fn kept<'t>(&self, task: &'t Task, now: Now, dictionary: &mut Dictionary) -> Option<Kept<'t>> {
        let mut says = |label: &str| {
            self.labels.iter().any(|pattern| fits_label(pattern, label))
                || (self.usual && dictionary.class(label) == Some(LabelClass::Newcomer))
        };
        let label = task.labels.iter().map(|l| l.raw()).find(|label| says(label))?;
        let calendar = &self.calendar;
        let opened = calendar.date(task.created_at);
        let opens = calendar.add(opened, NEWCOMER_WD);
        if calendar.date(now.0) >= opens {
            return None;
        }
        // A calendar may have no working day at all.
        let is_reached = calendar.between(opened, opens) >= NEWCOMER_WD;
        Some(Kept { label, opens: is_reached.then_some(opens) })
    }
}
