//! Rows of the outbox: sending them now, dropping one.

use super::{Decision, World, withdraw};
use crate::{
    app::{effect::Effect, error::UserError},
    domain::{
        id::OpId,
        outbox::{Op, OpStatus},
    },
};

fn row(world: &World<'_>, id: OpId) -> Result<Op, UserError> {
    let found = world.snapshot.outbox.iter().find(|op| op.id == id).cloned();
    found.ok_or_else(|| UserError::refused(format!("no row {id} in the outbox"), "`floorwalk outbox` lists them"))
}

pub(super) fn retry(world: &World<'_>, id: Option<OpId>) -> Result<Decision, UserError> {
    let rows = match id {
        Some(id) => vec![row(world, id)?],
        None => world.snapshot.outbox.clone(),
    };
    if rows.is_empty() {
        return Ok(Decision { said: vec!["the outbox is empty".into()], ..Decision::default() });
    }
    Ok(Decision::of(vec![Effect::Retry(id), Effect::Send]))
}

pub(super) fn drop_row(world: &World<'_>, id: OpId) -> Result<Decision, UserError> {
    let op = row(world, id)?;
    if op.is_unsent() {
        return Ok(withdraw(world, &[&op]));
    }
    if !matches!(op.status, OpStatus::NeedsAttention { .. }) {
        let sentence = format!("{} {} is under way: its comment may be on the tracker already", op.wish.word(), op.key);
        let hint = match op.wish.claim() {
            Some(_) => "`floorwalk outbox retry` finishes it; then hand the task back",
            None => "`floorwalk outbox retry` finishes it",
        };
        return Err(UserError::refused(sentence, hint));
    }
    // The comment may be there. The next sync reads the truth from the tracker.
    let said = vec![format!("dropped: {} {}; the next sync reads what the tracker shows", op.wish.word(), op.key)];
    let effects = vec![Effect::Withdraw(vec![op.id], Vec::new(), Vec::new())];
    Ok(Decision { effects, said, ..Decision::default() })
}
