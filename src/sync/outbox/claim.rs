//! Decisions of the claim protocol (trackers.md §5.3) as pure functions of what was read. No network, no store.

use jiff::Timestamp;

use crate::domain::{
    commitment::{ClaimId, Commitment, CommitmentState, Projection},
    lease::{Fold, Lease},
    marker::{self, Marker, MarkerBy, MarkerEvent, MarkerKind, ReleaseReason},
    outbox::Wish,
    person::{Login, Person},
    task::{Comment, Task, TaskState},
    text::Foreign,
    time::{Now, end_of_day},
};

/// May the comment be posted?
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Preflight {
    /// Yes.
    Go,
    /// It is there already: an earlier try got through.
    Adopt {
        /// Id of the comment.
        comment: u64,
        /// Its server time.
        at: Timestamp,
    },
    /// The end it wants is reached already.
    Pointless(CommitmentState),
    /// No, and why: one harmless sentence with who could change that.
    Refuse(String),
}

/// What a claim wants.
#[derive(Clone, Copy, Debug)]
pub(super) struct Terms {
    /// Its id.
    pub(super) claim: ClaimId,
    /// Last day.
    pub(super) until: jiff::civil::Date,
    /// Beside somebody else.
    pub(super) alongside: bool,
}

/// True when the task wears the label; trackers compare labels without regard to case.
pub(crate) fn has_label(task: &Task, label: &str) -> bool {
    task.labels.iter().any(|l| l.raw().eq_ignore_ascii_case(label))
}

/// Logins whose own claim on the task has run out: their assignment is a leftover of it and holds nothing.
fn lapsed(fold: &Fold, login: &Login) -> bool {
    let last = fold.leases.iter().rfind(|l| l.who.login == *login);
    last.is_some_and(|l| l.state == CommitmentState::Expired)
}

/// Checks a claim against a fresh reading.
pub(super) fn preflight_claim(task: &Task, fold: &Fold, me: &Person, terms: Terms, now: Now) -> Preflight {
    let Terms { claim, until, alongside } = terms;
    if let Some(lease) = fold.claim(claim).filter(|l| l.who.id == me.id) {
        return Preflight::Adopt { comment: lease.comment, at: lease.since };
    }
    if task.state != TaskState::Open {
        return Preflight::Refuse("the task was closed meanwhile; pick another one".into());
    }
    if end_of_day(until) <= now.0 {
        return Preflight::Refuse(format!("its last day, {until}, passed while it waited; claim it anew"));
    }
    if task.locked {
        return Preflight::Refuse("the conversation is locked; only its maintainers can unlock it".into());
    }
    if let Some(holder) = fold.holder() {
        let who = holder.who.login.0.line().into_owned();
        if holder.who.id == me.id {
            return Preflight::Refuse(format!("you hold this task already, until {}", holder.until));
        }
        if !alongside {
            return Preflight::Refuse(format!(
                "@{who} holds this task until {}; it is free again when they hand it back or on the day after",
                holder.until
            ));
        }
    }
    let others: Vec<String> = task
        .assignees
        .iter()
        .filter(|a| **a != me.login && fold.holder().is_none_or(|h| h.who.login != **a) && !lapsed(fold, a))
        .map(|a| format!("@{}", a.0.line()))
        .collect();
    if others.is_empty() || alongside {
        Preflight::Go
    } else {
        Preflight::Refuse(format!(
            "{} is assigned by hand; ask them, or claim alongside them (`--alongside`)",
            others.join(", ")
        ))
    }
}

/// Checks a hand-back against a fresh reading.
pub(super) fn preflight_release(
    fold: &Fold,
    comments: &[Comment],
    me: &Person,
    claim: ClaimId,
    note: &str,
) -> Preflight {
    if let Some(found) = find_release(comments, me, claim) {
        return Preflight::Adopt { comment: found.id, at: found.created_at };
    }
    match fold.claim(claim).filter(|l| l.who.id == me.id) {
        None => Preflight::Pointless(CommitmentState::Released),
        Some(lease) if !lease.state.is_live() => Preflight::Pointless(lease.state),
        Some(lease) if note.trim().is_empty() && has_work(comments, me, lease) => Preflight::Refuse(
            "you wrote on this task since you claimed it: hand it back with a note for the next person (`--note`)"
                .into(),
        ),
        Some(_) => Preflight::Go,
    }
}

/// The own release comment of a claim, if it is there.
pub(super) fn find_release<'a>(comments: &'a [Comment], me: &Person, claim: ClaimId) -> Option<&'a Comment> {
    let ours = |c: &&Comment| {
        c.author.as_ref().is_some_and(|a| a.id == me.id)
            && matches!(marker::parse(c.body.raw()), Some(Ok(m)) if m.k == MarkerKind::Release && m.c == claim)
    };
    comments.iter().filter(ours).min_by_key(|c| c.id)
}

/// True when the helper has written anything but markers since the claim began.
fn has_work(comments: &[Comment], me: &Person, lease: &Lease) -> bool {
    comments.iter().any(|c| {
        c.created_at > lease.since
            && c.author.as_ref().is_some_and(|a| a.id == me.id)
            && marker::parse(c.body.raw()).is_none()
    })
}

/// The comment that announces a wish. `now` is the writer's clock, for people; order never depends on it.
pub(super) fn comment(wish: &Wish, me: &Person, now: Timestamp) -> String {
    match wish {
        Wish::Claim { claim, until, plan, alongside, .. } => claim_comment(*claim, *until, plan, *alongside, me, now),
        Wish::Release { claim, note, reason } => release_comment(*claim, note, *reason, me, now),
        Wish::Amend { .. } | Wish::Answer { .. } => String::new(),
    }
}

fn base(kind: MarkerKind, claim: ClaimId, me: &Person, now: Timestamp) -> Marker {
    Marker {
        k: kind,
        c: claim,
        by: MarkerBy { login: me.login.raw().to_owned(), id: me.id },
        at: now,
        until: None,
        reason: None,
        size: None,
        to: None,
        taken: None,
        mentor: None,
        why: None,
        ev: Vec::new(),
        extra: serde_json::Map::new(),
    }
}

fn claim_comment(
    claim: ClaimId,
    until: jiff::civil::Date,
    plan: &str,
    alongside: bool,
    me: &Person,
    now: Timestamp,
) -> String {
    let mut marker = base(MarkerKind::Claim, claim, me, now);
    marker.until = Some(until);
    if alongside {
        marker.extra.insert("alongside".into(), true.into());
    }
    let plan = if plan.trim().is_empty() { String::new() } else { format!("\nPlan: {}", quiet(plan)) };
    let prose = format!(
        "🧭 **{}** is lending a hand here until **{}**.{plan}\nIf this gets in your way, just say so or unassign.\n\
         <sub>Posted with floorwalk · claim {claim}</sub>",
        me.login.0.line(),
        until.strftime("%-d %b %Y"),
    );
    marker::comment(&marker, &prose)
}

fn release_comment(claim: ClaimId, note: &str, reason: ReleaseReason, me: &Person, now: Timestamp) -> String {
    let mut marker = base(MarkerKind::Release, claim, me, now);
    marker.reason = Some(reason);
    let note = if note.trim().is_empty() {
        "Nothing was started, so there is nothing to pass on.".into()
    } else {
        quiet(note)
    };
    let prose = format!(
        "🧭 **{}** hands this back; it is free again.\n\n{note}\n\n<sub>Posted with floorwalk · claim {claim}</sub>",
        me.login.0.line(),
    );
    marker::comment(&marker, &prose)
}

/// The user's own words for a public comment: harmless, no mention pings anybody, no keyword closes anything.
fn quiet(text: &str) -> String {
    let safe = crate::domain::text::safe_block(text.trim());
    safe.replace("<!--", "&lt;!--").replace('@', "@\u{2060}").replace('#', "#\u{2060}")
}

/// The own claim comment with a `concede` event added, or `None` when it is there already.
pub(super) fn conceded(comment: &Comment, now: Timestamp) -> Option<String> {
    let Some(Ok(mut marker)) = marker::parse(comment.body.raw()) else { return None };
    if marker.ev.iter().any(|e| e.e == "concede") {
        return None;
    }
    marker.ev.push(MarkerEvent {
        e: "concede".into(),
        at: now,
        until: None,
        by: None,
        kind: None,
        extra: serde_json::Map::new(),
    });
    let prose = format!(
        "🧭 Somebody else's claim came first, so **{}** steps back.\n<sub>Posted with floorwalk · claim {}</sub>",
        crate::domain::text::safe_line(&marker.by.login),
        marker.c,
    );
    Some(marker::comment(&marker, &prose))
}

/// A commitment as a lease shows it. What the tracker cannot tell is taken from `known`.
pub fn commitment_of(lease: &Lease, task: &Task, label: &str, mine: bool, known: Option<&Commitment>) -> Commitment {
    let seen = |set: bool, before: Option<Projection>| if set { Projection::Set } else { before.unwrap_or_default() };
    Commitment {
        key: task.key.clone(),
        claim: lease.claim,
        who: lease.who.clone(),
        mine,
        state: lease.state,
        since: lease.since,
        until: lease.until,
        size: known.and_then(|k| k.size),
        comment_id: Some(lease.comment),
        label: seen(has_label(task, label), known.map(|k| k.label)),
        assignee: seen(task.assignees.contains(&lease.who.login), known.map(|k| k.assignee)),
        note: lease.note.clone().or_else(|| known.and_then(|k| k.note.clone())),
        plan: Foreign::default(),
        log: Vec::new(),
        pulls: Vec::new(),
        life: None,
    }
}
