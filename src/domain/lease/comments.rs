//! From comments to leases: claims and requests, what is written about them, and ordinary words. Knows who may be
//! believed; not what follows from what they say.

use std::cmp::Reverse;

use super::{Fold, Lease, events, human, proposals};
use crate::domain::{
    authority::Authority,
    commitment::{Act, ClaimId, CommitmentState, DoneKind, Entry, HostReason, HostSign, Sign},
    key::TaskKey,
    marker::{self, Marker, MarkerKind},
    permit::Deed,
    person::Person,
    task::Comment,
    text::Foreign,
};

/// Reads comments in any order, with repetitions.
pub(super) fn read(comments: &[Comment], key: &TaskKey, authority: &Authority<'_>) -> Fold {
    // A comment may come twice, before and after an edit: the later version counts, whichever came first.
    let version = |c: &Comment| {
        let author = c.author.as_ref().map(|a| (a.id, a.login.raw().to_owned()));
        (c.updated_at, c.created_at, c.body.clone(), author, c.association)
    };
    let mut sorted: Vec<&Comment> = comments.iter().collect();
    sorted.sort_by_cached_key(|c| (c.id, Reverse(version(c))));
    sorted.dedup_by_key(|c| c.id);
    sorted.sort_by_key(|c| (c.created_at, c.id));
    let mut fold = Fold::default();
    for comment in sorted {
        match marker::parse(comment.body.raw()) {
            None => words(&mut fold, comment, authority),
            Some(Err(error)) => fold.ignored.push((comment.id, error.to_string())),
            Some(Ok(marker)) => {
                if let Err(why) = believe(&mut fold, comment, key, marker, authority) {
                    fold.ignored.push((comment.id, why.to_owned()));
                }
            }
        }
    }
    fold
}

fn entry(comment: &Comment, author: &Person, host: bool, act: Act) -> Entry {
    Entry { at: comment.created_at, seq: comment.id, by: Some(author.clone()), host, pull: None, act }
}

/// An ordinary comment: a sign of the helper, or an act of the host towards everybody who helps here.
fn words(fold: &mut Fold, comment: &Comment, authority: &Authority<'_>) {
    let Some(author) = human(comment.author.as_ref()).filter(|a| a.id != 0) else { return };
    if fold.leases.is_empty() && fold.proposals.is_empty() {
        return;
    }
    let host = authority.speaks(author, comment.association);
    proposals::words(fold, comment, author, host);
    for lease in &mut fold.leases {
        if lease.who.id == author.id {
            lease.log.push(entry(comment, author, host, Act::Sign { sign: Sign::Comment }));
        } else if host {
            lease.log.push(entry(comment, author, host, Act::Host { sign: HostSign::Comment }));
        }
    }
}

/// Takes a marker for true where its author may say so.
fn believe(
    fold: &mut Fold,
    comment: &Comment,
    key: &TaskKey,
    marker: Marker,
    authority: &Authority<'_>,
) -> Result<(), &'static str> {
    let Some(author) = comment.author.as_ref() else { return Err("its author's account is gone") };
    if marker.k == MarkerKind::Unknown {
        return Err("a marker kind of a newer version");
    }
    if human(Some(author)).is_none() {
        return Err("a machine commits to nothing");
    }
    let forced = marker.k == MarkerKind::Release && marker.extra.get("forced").is_some_and(|v| v == true);
    let own = author.id != 0 && author.id == marker.by.id;
    if !own && !forced {
        return Err(match marker.k {
            MarkerKind::Release => "hands back somebody else's claim without the right to",
            _ => "the author is not who the marker names",
        });
    }
    let host = authority.speaks(author, comment.association);
    let may = |deed| authority.may(author, comment.association, deed);
    if matches!(marker.k, MarkerKind::Decline | MarkerKind::Help) && proposals::is_one(fold, marker.c) {
        return proposals::reply(fold, comment, author, &marker);
    }
    match marker.k {
        MarkerKind::Propose => proposals::begin(fold, comment, key, author, marker, may(Deed::Propose)),
        MarkerKind::Claim | MarkerKind::Request | MarkerKind::Accept => begin(fold, comment, author, host, marker),
        MarkerKind::Release => {
            let by = By { author, own, host, may: forced && may(Deed::Revoke) };
            release(fold, comment, &by, &marker)
        }
        MarkerKind::Concede | MarkerKind::Done | MarkerKind::Offer | MarkerKind::Help | MarkerKind::Plan => {
            of_helper(fold, comment, author, host, marker)
        }
        MarkerKind::Consent | MarkerKind::Decline | MarkerKind::Regress => {
            let lease = lease_of(fold, marker.c)?;
            let deed = if marker.k == MarkerKind::Regress { Deed::Reopen } else { Deed::AnswerRequest };
            if lease.who.id == author.id || !may(deed) {
                return Err("speaks for the host without the right to");
            }
            let act = match marker.k {
                MarkerKind::Consent => Act::Consent { mentor: marker.mentor.map(Foreign::new) },
                MarkerKind::Decline => Act::Decline { reason: marker.why.unwrap_or(HostReason::Other) },
                _ => Act::Regress,
            };
            lease.log.push(entry(comment, author, host, act));
            Ok(())
        }
        MarkerKind::Unknown => Err("a marker kind of a newer version"),
    }
}

/// What somebody says about their own claim.
fn of_helper(
    fold: &mut Fold,
    comment: &Comment,
    author: &Person,
    host: bool,
    marker: Marker,
) -> Result<(), &'static str> {
    let lease = lease_of(fold, marker.c)?;
    if lease.who.id != author.id {
        return Err("speaks for somebody else's claim");
    }
    let act = match (marker.k, marker.to) {
        (MarkerKind::Concede, _) => Act::Concede,
        (MarkerKind::Done, _) => Act::Done { kind: DoneKind::Resolved },
        (MarkerKind::Offer, Some(to)) => Act::Offer { to: Foreign::new(to) },
        (MarkerKind::Offer, None) => return Err("an offer to nobody"),
        (MarkerKind::Plan, _) => {
            lease.plan = Foreign::new(marker::words(comment.body.raw()));
            Act::Plan { ask: marker.mentor.map(Foreign::new) }
        }
        _ => Act::Help,
    };
    lease.log.push(entry(comment, author, host, act));
    Ok(())
}

fn lease_of(fold: &mut Fold, claim: ClaimId) -> Result<&mut Lease, &'static str> {
    fold.leases.iter_mut().find(|l| l.claim == claim).ok_or("is about a claim that is not here")
}

fn begin(fold: &mut Fold, comment: &Comment, author: &Person, host: bool, marker: Marker) -> Result<(), &'static str> {
    if let Some(known) = fold.leases.iter_mut().find(|l| l.claim == marker.c) {
        if known.who.id != author.id {
            return Err("repeats the claim id of another person");
        }
        known.duplicates.push(comment.id);
        return Ok(());
    }
    let until = marker.until.ok_or("a claim without an end date")?;
    let act = match marker.k {
        MarkerKind::Request => Act::Request { until, size: marker.size },
        _ => Act::Claim {
            until,
            size: marker.size,
            alongside: marker.extra.get("alongside").is_some_and(|v| v == true),
            taken: marker.taken.filter(|_| marker.k == MarkerKind::Accept),
        },
    };
    let mut log = vec![entry(comment, author, host, act)];
    log.extend(events::of(comment, author, host, &marker));
    fold.leases.push(Lease {
        claim: marker.c,
        who: author.clone(),
        comment: comment.id,
        duplicates: Vec::new(),
        since: comment.created_at,
        until,
        state: CommitmentState::Superseded,
        note: marker::closing(comment.body.raw()),
        reason: None,
        size: marker.size,
        plan: Foreign::new(marker::plan(comment.body.raw())),
        marker,
        log,
        pulls: Vec::new(),
        life: None,
    });
    Ok(())
}

/// Who hands back: their own claim, or somebody's by the right to.
struct By<'a> {
    author: &'a Person,
    own: bool,
    host: bool,
    may: bool,
}

fn release(fold: &mut Fold, comment: &Comment, by: &By<'_>, marker: &Marker) -> Result<(), &'static str> {
    let lease = lease_of(fold, marker.c).map_err(|_| "hands back a claim that is not here")?;
    let act = match (by.own && lease.who.id == by.author.id, by.may) {
        (true, _) => Act::Release,
        (false, true) => Act::Revoke { reason: marker.why.unwrap_or(HostReason::Other) },
        (false, false) => return Err("hands back somebody else's claim without the right to"),
    };
    if lease.closed_at().is_none() {
        lease.reason = marker.reason;
        lease.note = Some(marker::words(comment.body.raw()));
    }
    lease.log.push(entry(comment, by.author, by.host, act));
    Ok(())
}
