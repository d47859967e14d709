//! Sentences about outcomes, the same in TUI and command line.

use crate::domain::{
    commitment::{Commitment, CommitmentState, Projection},
    key::TaskKey,
};

/// How a wish ended.
pub fn done(key: &TaskKey, c: &Commitment, label: &str) -> String {
    match c.state {
        CommitmentState::Active => {
            let missing = projections(c, label);
            let missing = if missing.is_empty() { String::new() } else { format!("; {missing}") };
            format!("{key} is yours until {}{missing}", c.until)
        }
        CommitmentState::Released => format!("{key} is handed back and free again"),
        other => format!("{key}: {}", other.word()),
    }
}

/// What the tracker refused of a claim, in words; empty when label and assignee are there.
pub fn projections(c: &Commitment, label: &str) -> String {
    match (c.label, c.assignee) {
        (Projection::Refused, Projection::Refused) => format!(
            "the tracker let you set neither the label '{label}' nor the assignee: the claim stands on its comment, \
             and a maintainer can assign you now"
        ),
        (Projection::Refused, _) => {
            format!("the label '{label}' is missing there or not yours to set: the claim stands on its comment")
        }
        (_, Projection::Refused) => {
            "the tracker did not assign you: the claim stands on its comment, and a maintainer can assign you now"
                .into()
        }
        _ => String::new(),
    }
}
