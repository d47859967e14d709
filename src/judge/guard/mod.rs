//! The guards G1–G12 (domain.md §4.5): may this person take this task now? Asked before a claim is queued and again when
//! the outbox sends it. Pure and total: no value makes it fail.
//!
//! What the task is and is not stands in `task`, what the person has agreed in `person`, what the host allows in
//! `host`. The order of the questions is in [`check`] alone: what nobody here can lift comes first, what lifts by
//! itself soonest comes last, so that whoever follows a refusal is not led to the next one.

mod case;
mod host;
mod newcomers;
mod person;
mod protect;
mod task;

use jiff::civil::Date;

use self::case::Case;
pub use self::{
    newcomers::{Kept, Reserve, knows_newcomers},
    protect::closed_label,
};
use crate::domain::{
    commitment::{ClaimId, Commitment},
    person::{Association, Person},
    project::Project,
    refusal::Refusal,
    roster::Roster,
    size::Size,
    task::Task,
    time::Now,
};

/// What a guard says.
pub type Verdict = Result<(), Box<Refusal>>;

/// What somebody wants to take.
#[derive(Clone, Debug)]
pub struct Proposal<'a> {
    /// The task.
    pub task: &'a Task,
    /// Its description, where it was read: readiness is judged by it.
    pub body: Option<&'a str>,
    /// Its project.
    pub project: Option<&'a Project>,
    /// Who.
    pub who: &'a Person,
    /// Id of the claim, where it exists already: it is not counted against itself.
    pub claim: Option<ClaimId>,
    /// Effort class named.
    pub size: Option<Size>,
    /// Last day wished.
    pub until: Date,
    /// Beside somebody else.
    pub alongside: bool,
    /// Wished as a request to the host: limits of the host are the host's to weigh.
    pub ask: bool,
    /// The host's lead knowingly goes over the host's limits (G7, G8).
    pub waive: bool,
    /// Takes over an offer of the holder.
    pub taken: Option<ClaimId>,
}

/// What is known around it.
#[derive(Clone, Copy, Debug)]
pub struct Around<'a> {
    /// All commitments, judged for this moment.
    pub commitments: &'a [Commitment],
    /// People, teams, policies.
    pub roster: &'a Roster,
    /// The present.
    pub now: Now,
}

/// A claim that may be made.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pass {
    /// True when it must be a request: the host wants to be asked.
    pub ask: bool,
    /// Why it must be asked for, one harmless sentence; empty otherwise.
    pub ask_because: String,
    /// Handles of the host's people who are told.
    pub tell: Vec<String>,
    /// What the person should know before, one harmless sentence each (G2, G4).
    pub warnings: Vec<String>,
    /// Expected review of the host, minutes.
    pub burden_min: u32,
}

/// Checks all guards. With `ask` or `waive` the host's limits (G7, G8) pass: the host weighs them itself.
///
/// # Errors
/// The refusal of the first guard that fails, without alternatives: the caller knows the list.
pub fn check(proposal: &Proposal<'_>, around: Around<'_>) -> Result<Pass, Box<Refusal>> {
    let case = Case::new(proposal, around);
    let mut pass = Pass { burden_min: case.load.forecast(proposal.size), ..Pass::default() };
    task::open(&case)?;
    person::listed(&case, &mut pass)?;
    host::open(&case)?;
    protect::labels_allowed(&case)?;
    task::readiness(&case, &mut pass)?;
    task::held(&case)?;
    person::cool_off(&case)?;
    task::newcomers_first(&case)?;
    host::quiet(&case)?;
    person::work(&case)?;
    person::hours(&case, &mut pass)?;
    if !proposal.ask && !proposal.waive {
        host::concurrency(&case)?;
        host::budget(&case, pass.burden_min)?;
    }
    task::access(&case, &mut pass);
    host::consent(&case, &mut pass);
    Ok(pass)
}

/// May something be said to the host about a task that nobody takes: a team that is closed or quiet is left in peace by
/// whoever is none of it. Limits of helpers are not asked: a comment takes no place.
///
/// # Errors
/// As for [`check`].
pub fn may_speak(task: &Task, who: &Person, around: Around<'_>) -> Verdict {
    if around.roster.authority(&task.key.project).speaks(who, Association::Other) {
        return Ok(());
    }
    let proposal = Proposal {
        task,
        body: None,
        project: None,
        who,
        claim: None,
        size: None,
        until: around.now.date(),
        alongside: false,
        ask: false,
        waive: false,
        taken: None,
    };
    let case = Case::new(&proposal, around);
    host::open_to_words(&case)?;
    host::quiet(&case)
}

/// Checks again what T4 names when a request is accepted: what the host and the task allow (G6–G12). What the helper has
/// agreed was asked when they wished it, and is theirs to weigh.
///
/// # Errors
/// As for [`check`].
pub fn check_accepting(proposal: &Proposal<'_>, around: Around<'_>) -> Verdict {
    let case = Case::new(proposal, around);
    host::open(&case)?;
    protect::labels_allowed(&case)?;
    task::readiness(&case, &mut Pass::default())?;
    task::held(&case)?;
    task::newcomers_first(&case)?;
    host::quiet(&case)?;
    if proposal.waive {
        return Ok(());
    }
    host::concurrency(&case)?;
    host::budget(&case, case.load.forecast(proposal.size))
}
