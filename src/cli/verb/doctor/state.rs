//! What `doctor` sees in the state: clocks that disagree, times that have not come yet, and the outbox row by row.

use jiff::{SignedDuration, Timestamp};

use super::{Level, Report, mend::Mend};
use crate::{
    domain::{
        coverage::Freshness,
        outbox::{Op, OpStatus},
        text::safe_line,
        time::Now,
    },
    store::Everything,
};

/// How far two clocks may be apart.
const APART: SignedDuration = SignedDuration::from_mins(5);
/// Tries after which something that still waits is worth a word.
const TRIES: u32 = 3;
/// Rows of the outbox that are told one by one.
const MOST: usize = 10;

/// The clock of this machine beside a tracker's.
pub(super) fn clock(report: &mut Report, area: &str, server: Option<Timestamp>, now: Now) {
    let Some(server) = server else { return };
    let ahead = now.0.duration_since(server);
    if ahead.abs() <= APART {
        return;
    }
    let side = if ahead.is_positive() { "ahead of" } else { "behind" };
    let what = format!("the clock of this machine is {} {side} the tracker's", span(ahead.abs()));
    let hint =
        "set it right, as with `timedatectl set-ntp true`: days of claims and \"fresh\" are counted by it".to_owned();
    report.offer(area, Level::Warning, what, vec![hint], None);
}

/// A time in its largest fitting unit, to the nearest.
fn span(time: SignedDuration) -> String {
    const DAY: i64 = 24 * 60;
    match time.as_mins() {
        minutes @ 2160.. => format!("{} days", (minutes + DAY / 2) / DAY),
        minutes @ 90.. => format!("{} hours", (minutes + 30) / 60),
        minutes => format!("{minutes} minutes"),
    }
}

/// What was read at a time that has not come yet looks fresh until then, and is not read.
pub(super) fn not_yet(report: &mut Report, everything: &Everything, now: Now) {
    let late = |at: &Timestamp| at.duration_since(now.0) > APART;
    let fresh = everything.coverage.iter().filter_map(|row| match row.freshness {
        Freshness::Fresh { at } => Some(at),
        _ => None,
    });
    let synced = everything.values.iter().filter(|(name, _)| name == "synced_at").filter_map(|(_, at)| at.parse().ok());
    let times: Vec<Timestamp> = fresh.chain(synced).filter(late).collect();
    let Some(last) = times.iter().max() else { return };
    let what = format!("something was read \"at {last}\", which has not come yet: a clock was wrong then, or is now");
    let hint = "when the clock is right, `floorwalk sync --full` reads everything again".to_owned();
    report.offer("store", Level::Warning, what, vec![hint], Some(Mend::ReadAgain));
}

/// What waits to be sent, and why it still does.
pub(super) fn outbox(report: &mut Report, rows: &[Op]) {
    if rows.is_empty() {
        return;
    }
    let count = match rows.len() {
        1 => "1 wish waits".to_owned(),
        n => format!("{n} wishes wait"),
    };
    report.add("outbox", Level::Warning, format!("{count} to be sent; `floorwalk outbox` shows more"));
    let mut stuck = false;
    for op in rows.iter().filter(|op| is_stuck(op)).take(MOST) {
        let name = format!("{} {}", op.wish.word(), op.key);
        let last = op.last_error.as_deref().map(|e| format!(": {}", safe_line(e))).unwrap_or_default();
        let what = match &op.status {
            OpStatus::NeedsAttention { why } => format!("{name} needs you: {}", safe_line(why)),
            _ => format!("{name} was tried {} times{last}", op.attempts),
        };
        let hints = vec![
            format!("`floorwalk outbox retry {}` checks it against the tracker and tries again", op.id),
            format!("`floorwalk outbox drop {}` forgets the wish", op.id),
        ];
        // One question for all of them.
        let mend = (!stuck).then_some(Mend::Retry);
        stuck = true;
        report.offer("outbox", Level::Warning, what, hints, mend);
    }
}

fn is_stuck(op: &Op) -> bool {
    matches!(op.status, OpStatus::NeedsAttention { .. }) || op.attempts >= TRIES
}
