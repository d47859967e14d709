//! What was written into a claim's own comment by editing it. The writer's clock orders nothing by itself: each event
//! lies within the times the server attests, and never before the one written before it.

use jiff::Timestamp;

use crate::domain::{
    commitment::{Act, DoneKind, Entry},
    marker::{Marker, MarkerEvent},
    person::Person,
    task::Comment,
    text::safe_fit,
};

/// Longest name of what blocks, in columns.
const BLOCKER_COLUMNS: usize = 80;

/// The events of a claim comment as entries, in the order they were written.
pub(super) fn of(comment: &Comment, author: &Person, host: bool, marker: &Marker) -> Vec<Entry> {
    let mut last = comment.created_at;
    let mut entries = Vec::new();
    for event in &marker.ev {
        last = time(comment, event).max(last);
        let Some(act) = act(event) else { continue };
        // A run of somebody else's may have written these: who it was is not known.
        let by_run = matches!(act, Act::Remind | Act::Expire);
        entries.push(Entry {
            at: last,
            seq: comment.id,
            by: (!by_run).then(|| author.clone()),
            host: !by_run && host,
            pull: None,
            act,
        });
    }
    entries
}

fn time(comment: &Comment, event: &MarkerEvent) -> Timestamp {
    event.at.min(comment.updated_at).max(comment.created_at)
}

fn act(event: &MarkerEvent) -> Option<Act> {
    Some(match event.e.as_str() {
        "extend" => Act::Renew { until: event.until? },
        "pause" => Act::Pause { until: event.until? },
        "resume" => Act::Resume,
        "block" => {
            let by = event.by.as_deref().unwrap_or_default();
            Act::Block { by: safe_fit(by, BLOCKER_COLUMNS).into_owned(), review: event.until? }
        }
        "still" => Act::Still,
        "withdraw" => Act::Withdraw,
        "done" => Act::Done { kind: event.kind.unwrap_or(DoneKind::Resolved) },
        "remind" => Act::Remind,
        "expire" | "lapsed" => Act::Expire,
        "concede" => Act::Concede,
        _ => return None,
    })
}
