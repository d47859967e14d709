//! Edits of a claim's own comment: the event that is added to its marker, and the words that show the new state. Pure.

use jiff::Timestamp;

use super::texts::{day, done_words, footer, quiet, quiet_line};
use crate::domain::{
    marker::{self, Marker, MarkerEvent, MarkerKind},
    outbox::Amendment,
    task::Comment,
    text::{safe_fit, safe_line},
};

/// Longest text of who or what blocks, columns.
const BY_MOST: usize = 200;

/// The event of an amendment.
pub(super) fn event(amendment: &Amendment, at: Timestamp) -> MarkerEvent {
    let word = match amendment {
        Amendment::Renew { .. } => "extend",
        Amendment::Pause { .. } => "pause",
        Amendment::Resume => "resume",
        Amendment::Block { .. } => "block",
        Amendment::Still => "still",
        Amendment::Withdraw => "withdraw",
        Amendment::Done { .. } => "done",
        Amendment::Remind => "remind",
        Amendment::Expire => "expire",
    };
    let mut event = MarkerEvent::new(word, at);
    match amendment {
        Amendment::Renew { until, .. } | Amendment::Pause { until } => event.until = Some(*until),
        Amendment::Block { by, review } => {
            event.until = Some(*review);
            event.by = Some(safe_fit(by.trim(), BY_MOST).into_owned());
        }
        Amendment::Done { kind, .. } => event.kind = Some(*kind),
        _ => {}
    }
    event
}

/// True when the marker says this already, since the wish: the latest event of its kind is equal and not older.
pub(super) fn says(marker: &Marker, amendment: &Amendment, wished: Timestamp) -> bool {
    let wanted = event(amendment, wished);
    let latest = marker.ev.iter().rfind(|e| e.e == wanted.e);
    // A long name may have been cut to keep the marker short.
    let same_by = |e: &MarkerEvent| match (&e.by, &wanted.by) {
        (Some(said), Some(wanted)) => wanted.starts_with(said.as_str()),
        (said, wanted) => said == wanted,
    };
    // An end is written once, whoever wished it and when.
    let ends = matches!(amendment, Amendment::Expire | Amendment::Withdraw);
    latest.is_some_and(|e| (ends || e.at >= wished) && e.until == wanted.until && same_by(e) && e.kind == wanted.kind)
}

/// The comment with the amendment written into it; `None` when it is no claim comment.
pub(super) fn amended(comment: &Comment, amendment: &Amendment, now: Timestamp) -> Option<String> {
    let Some(Ok(mut marker)) = marker::parse(comment.body.raw()) else { return None };
    marker.ev.push(event(amendment, now));
    let mut kept = kept_lines(comment.body.raw());
    match amendment {
        Amendment::Renew { why, .. } if !why.trim().is_empty() => kept.push(format!("Renewed: {}", quiet_line(why))),
        Amendment::Done { note, .. } if !note.trim().is_empty() => {
            kept.retain(|line| !line.starts_with('>'));
            kept.extend(quiet(note).lines().map(|line| format!("> {line}")));
        }
        _ => {}
    }
    Some(marker::comment(&marker, &prose(&marker, &kept)))
}

/// Why a claim steps back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Concede {
    /// Somebody else's claim came first.
    Earlier,
    /// The host takes no more helpers now.
    Limit,
}

/// The own claim comment with a `concede` event added, or `None` when it is there already.
pub(super) fn conceded(comment: &Comment, why: Concede, now: Timestamp) -> Option<String> {
    let Some(Ok(mut marker)) = marker::parse(comment.body.raw()) else { return None };
    if marker.ev.iter().any(|e| e.e == "concede") {
        return None;
    }
    let mut event = MarkerEvent::new("concede", now);
    if why == Concede::Limit {
        event.extra.insert("limit".into(), true.into());
    }
    marker.ev.push(event);
    Some(marker::comment(&marker, &prose(&marker, &[])))
}

/// What an edit leaves as it is: the plan, who was told, the reasons of renewals, the closing note.
fn kept_lines(body: &str) -> Vec<String> {
    let kept = |line: &&str| ["Plan: ", "cc ", "Renewed: ", ">"].iter().any(|start| line.starts_with(start));
    body.lines().skip(1).filter(kept).map(str::to_owned).collect()
}

/// What the events of a claim come to, for people.
enum Status<'a> {
    Running,
    Paused(&'a MarkerEvent),
    Blocked(&'a MarkerEvent),
    Reminded,
    Done(&'a MarkerEvent),
    Withdrawn,
    Expired,
    Conceded(&'a MarkerEvent),
}

fn status(marker: &Marker) -> Status<'_> {
    let mut status = Status::Running;
    for event in &marker.ev {
        status = match (status, event.e.as_str()) {
            (over @ (Status::Withdrawn | Status::Expired | Status::Conceded(_)), _) => over,
            (_, "withdraw") => Status::Withdrawn,
            (_, "expire") => Status::Expired,
            (_, "concede") => Status::Conceded(event),
            (_, "done") => Status::Done(event),
            (_, "pause") => Status::Paused(event),
            (_, "block") => Status::Blocked(event),
            (_, "remind") => Status::Reminded,
            (_, "resume" | "still") | (Status::Reminded, "extend") => Status::Running,
            (same, _) => same,
        };
    }
    status
}

/// The words of a claim comment, made anew from what its marker says and the lines that stay.
pub(super) fn prose(marker: &Marker, kept: &[String]) -> String {
    let status = status(marker);
    let mut lines = vec![headline(marker, &status)];
    lines.extend(kept.iter().cloned());
    let over = matches!(status, Status::Withdrawn | Status::Expired | Status::Conceded(_) | Status::Done(_));
    if !over {
        lines.push("If this gets in your way, just say so or unassign.".into());
    }
    if lines.last().is_some_and(|line| line.starts_with('>')) {
        // Else the quotation would go on into the last line.
        lines.push(String::new());
    }
    lines.push(footer(marker.c));
    lines.join("\n")
}

fn headline(marker: &Marker, status: &Status<'_>) -> String {
    let who = format!("**{}**", safe_line(marker.by.shown()));
    let extended = marker.ev.iter().filter(|e| e.e == "extend").filter_map(|e| e.until).max();
    let until = extended.max(marker.until).map(day).unwrap_or_default();
    let lends = format!("🧭 {who} is lending a hand here until **{until}**.");
    let event_day = |event: &MarkerEvent| event.until.map(day).unwrap_or_default();
    match status {
        Status::Running => match marker.k {
            MarkerKind::Request if marker.ev.is_empty() => {
                format!("🧭 {who} would like to lend a hand here until **{until}** and asks the team for a yes.")
            }
            MarkerKind::Accept if marker.ev.is_empty() => {
                format!("🧭 {who} takes this over and is lending a hand here until **{until}**.")
            }
            _ => lends,
        },
        Status::Paused(event) => {
            format!("🧭 {who} is away: paused until **{}**. The lease: until **{until}**.", event_day(event))
        }
        Status::Blocked(event) => {
            let by = event.by.as_deref().map(quiet_line).unwrap_or_default();
            let review = event_day(event);
            format!("🧭 {who} cannot go on: blocked by {by}. Looked at again on **{review}**; lease until **{until}**.")
        }
        Status::Reminded => format!(
            "{lends}\n⏳ It has been quiet here, or the time is nearly over. {who}, how is it going: still on it · \
             need help · hand back · pause? Each answer is fine: `floorwalk mine` gives it in one key, a word here does \
             as well. Without one this becomes free for others after a while."
        ),
        Status::Done(event) => {
            let how = event.kind.map(|kind| format!(": {}", done_words(kind))).unwrap_or_default();
            format!("🧭 {who} says that this is done{how}. If something is missing, just say so.")
        }
        Status::Withdrawn => format!("🧭 {who} took the request back; nothing waits for an answer here."),
        Status::Expired => format!(
            "🧭 The time set aside for this is over, so it is free again. Thank you, {who}, for what you did; you are \
             welcome to take it up again."
        ),
        Status::Conceded(event) if event.extra.get("limit").is_some_and(|v| v == true) => {
            format!("🧭 The team takes no more helpers at the moment, so {who} steps back.")
        }
        Status::Conceded(_) => format!("🧭 Somebody else's claim came first, so {who} steps back."),
    }
}
