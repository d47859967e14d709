//! Proposals among the cards of Mine: what stands on a card, and which answers it has.

use super::super::state::State;
use crate::{
    app::proposal_words,
    domain::proposal::{Standing, on_its_way},
    index::Proposed,
    keymap::Action,
};

/// True for a proposal that asks something of the user: to answer it, or the question about it.
pub(super) fn waits_for_me(p: &Proposed) -> bool {
    p.to_me || p.standing == Standing::Asked
}

/// The answers to a proposal.
pub(super) fn replies(p: &Proposed) -> Vec<Action> {
    use Action as A;
    if p.to_me && p.standing.is_open() { vec![A::Agree, A::Decline, A::NeedHelp] } else { Vec::new() }
}

/// What stands under the title.
pub(super) fn facts(p: &Proposed) -> Vec<String> {
    let mut facts = vec![proposal_words::standing(p)];
    facts.extend(proposal_words::said(p));
    facts
}

/// What is on its way for it.
pub(super) fn remarks(state: &State, p: &Proposed) -> Vec<String> {
    on_its_way(&state.snapshot.outbox, p.proposal.id).map(|_| "answer on its way".to_owned()).into_iter().collect()
}
