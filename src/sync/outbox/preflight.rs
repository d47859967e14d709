//! May a wish be sent? Decided from a fresh reading, as pure functions. No network, no store.

use jiff::{Timestamp, civil::Date};

use super::{amend, claim::commitment_of, texts};
use crate::{
    domain::{
        commitment::{Act, ClaimId, Commitment, CommitmentState, Entry, Event, offered, step},
        evidence::History,
        lease::{Evidence, Fold, Lease, fold},
        marker::{self, MarkerKind},
        outbox::{Amendment, Answer, Op, OpId},
        person::{Association, Login, Person},
        refusal::{Lifter, Refusal, Rule},
        roster::Roster,
        task::{Comment, TaskState},
        text::Foreign,
        time::{Now, end_of_day},
    },
    judge::{
        free::{Sign, Surroundings, signs},
        signal::Reading as Conversation,
    },
    tracker::Reading,
};

/// A task as it is at this moment, with the lives of all its commitments.
pub(super) struct Seen {
    pub(super) reading: Reading,
    pub(super) fold: Fold,
    /// One for each lease, judged for `now`.
    pub(super) commitments: Vec<Commitment>,
    /// The moment of the reading.
    pub(super) now: Now,
    /// Signs that somebody else is at it without a claim.
    signs: Vec<Sign>,
}

impl Seen {
    /// A comment of the task.
    pub(super) fn comment(&self, id: u64) -> Option<&Comment> {
        self.reading.comments.iter().find(|c| c.id == id)
    }

    /// Folds and judges what was read.
    pub(super) fn of(
        reading: Reading,
        history: &History,
        label: &str,
        me: &Person,
        roster: &Roster,
        local: Now,
    ) -> Self {
        let now = reading.present(local);
        let evidence = Evidence { task: &reading.task, comments: &reading.comments, history };
        let fold = fold(evidence, roster, now);
        let task = &reading.task;
        let of = |l: &Lease| l.tell(commitment_of(l, task, label, l.who.id == me.id, None));
        let commitments: Vec<Commitment> = fold.leases.iter().map(of).collect();
        let texts = Conversation {
            comments: Some(&reading.comments),
            history: Some(history),
            own_label: label,
            ..Conversation::default()
        };
        let signs = signs(task, &Surroundings { reading: texts, me: Some(&me.login), ..Surroundings::default() }, now);
        Self { reading, fold, commitments, now, signs }
    }

    /// The commitment of a claim.
    pub(super) fn claim(&self, id: ClaimId) -> Option<&Commitment> {
        self.commitments.iter().find(|c| c.claim == id)
    }

    /// True when somebody's claim holds the task.
    pub(super) fn is_held(&self) -> bool {
        self.commitments.iter().any(|c| c.state.holds())
    }

    /// True when this person holds the task by another claim than this one.
    pub(super) fn holds_otherwise(&self, who: &Person, but: ClaimId) -> bool {
        self.commitments.iter().any(|c| c.claim != but && c.who.id == who.id && c.state.holds())
    }

    /// Whoever holds the task against others.
    pub(super) fn holder(&self, but: ClaimId) -> Option<&Commitment> {
        self.commitments.iter().find(|c| c.claim != but && c.holds_task())
    }

    /// What the tracker says about somebody who wrote here, lately.
    pub(super) fn attested(&self, who: &Person) -> Association {
        let own = |c: &&Comment| c.author.as_ref().is_some_and(|a| a.id == who.id);
        self.reading.comments.iter().filter(own).max_by_key(|c| c.id).map(|c| c.association).unwrap_or_default()
    }

    /// True when a comment is there and does not count, whoever wrote it.
    pub(super) fn ignores(&self, comment: u64) -> bool {
        self.fold.ignored.iter().any(|(id, _)| *id == comment)
    }
}

/// May the wish be sent?
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
    Pointless,
    /// No, and why.
    Refuse(Box<Refusal>),
}

fn refuse(rule: Rule, sentence: impl Into<String>, lifter: Lifter) -> Preflight {
    Preflight::Refuse(Box::new(Refusal::new(rule, sentence, lifter)))
}

/// What a claim wants.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wanted {
    /// Its id.
    pub(super) claim: ClaimId,
    /// Last day.
    pub(super) until: Date,
    /// Beside somebody else.
    pub(super) alongside: bool,
    /// The claim whose offer it accepts.
    pub(super) taken: Option<ClaimId>,
}

fn at_login(who: &Person) -> String {
    format!("@{}", who.login.line())
}

/// Checks a claim against a fresh reading.
pub(super) fn claim(seen: &Seen, me: &Person, wanted: Wanted, now: Now) -> Preflight {
    let task = &seen.reading.task;
    if let Some(lease) = seen.fold.claim(wanted.claim).filter(|l| l.who.id == me.id) {
        return Preflight::Adopt { comment: lease.comment, at: lease.since };
    }
    if task.state != TaskState::Open {
        return refuse(Rule::Open, "the task was closed meanwhile; pick another one", Lifter::Nobody);
    }
    if end_of_day(wanted.until) <= now.0 {
        let sentence = format!("its last day, {}, passed while it waited; claim it anew", wanted.until);
        return refuse(Rule::Limit, sentence, Lifter::You);
    }
    if task.locked {
        let sentence = "the conversation is locked; only its maintainers can unlock it";
        return refuse(Rule::Open, sentence, Lifter::Host(Vec::new()));
    }
    if let Some(old) = wanted.taken {
        return taken(seen, me, old);
    }
    if let Some(own) = seen.commitments.iter().find(|c| c.who.id == me.id && c.state.is_live()) {
        let what = if own.state == CommitmentState::Requested { "asked for" } else { "hold" };
        let sentence = format!("you {what} this task already, until {}", own.until);
        return refuse(Rule::Held, sentence, Lifter::You);
    }
    if let Some(holder) = seen.holder(wanted.claim).filter(|_| !wanted.alongside) {
        let who = at_login(&holder.who);
        let until = holder.until;
        let sentence =
            format!("{who} holds this task until {until}; it is free again when they hand it back or on the day after");
        return refuse(Rule::Held, sentence, Lifter::Holder(holder.who.login.line().into_owned()));
    }
    by_hand(seen, me, wanted.alongside)
}

/// An offer is taken over only while it stands, and only by whom it was made to.
fn taken(seen: &Seen, me: &Person, old: ClaimId) -> Preflight {
    let Some(held) = seen.claim(old).filter(|c| c.state.holds()) else {
        return refuse(Rule::State, "what was offered is not held any more; claim it instead", Lifter::You);
    };
    let open = held.life.as_ref().map(|life| {
        let offer = life.offer.as_ref();
        offer.is_some_and(|o| Login::from(o.to.clone()) == me.login)
    });
    // Without a life nothing can be said about the offer; the tracker's order decides.
    if open == Some(false) {
        let who = held.who.login.line().into_owned();
        let sentence = format!("@{who} does not offer this task to you any more; ask them to offer it again");
        return refuse(Rule::State, sentence, Lifter::Holder(who));
    }
    Preflight::Go
}

/// Somebody who is assigned and has no claim is asked, not overrun.
fn by_hand(seen: &Seen, me: &Person, alongside: bool) -> Preflight {
    // An assignment that is left over from a claim is nobody's.
    let over = |c: &Commitment| matches!(c.state, CommitmentState::Expired | CommitmentState::Transferred);
    let left_over = |login: &Login| {
        let last = seen.commitments.iter().rfind(|c| c.who.login == *login);
        last.is_some_and(|c| c.state.holds() || over(c))
    };
    let assigned = seen.reading.task.assignees.iter();
    let others: Vec<String> =
        assigned.filter(|a| **a != me.login && !left_over(a)).map(|a| format!("@{}", a.line())).collect();
    if others.is_empty() || alongside {
        return Preflight::Go;
    }
    let sentence =
        format!("{} is assigned by hand; ask them, or claim alongside them (`--alongside`)", others.join(", "));
    refuse(Rule::Held, sentence, Lifter::Holder(others.join(", ").trim_start_matches('@').to_owned()))
}

/// Who went to work on the task after the claim was wished, while it waited to be sent: whoever wished it could not know.
/// What was there before was told to them then.
pub(super) fn meanwhile(seen: &Seen, since: Timestamp) -> Option<Box<Refusal>> {
    let new = |sign: &&Sign| match sign {
        Sign::Word { at, .. } | Sign::Pull { last: at, .. } => *at > since,
        Sign::Assigned { .. } | Sign::Mirror { .. } => false,
    };
    let sign = seen.signs.iter().find(new)?;
    let sentence = format!("somebody went to work on it while the claim waited: {}", sign.words(seen.now));
    let refusal = Refusal::new(Rule::Held, sentence, Lifter::You);
    Some(Box::new(refusal.instead("ask them, or claim alongside them (`--alongside`)")))
}

/// Checks a hand-back against a fresh reading.
pub(super) fn release(seen: &Seen, me: &Person, claim: ClaimId, note: &str) -> Preflight {
    let comments = &seen.reading.comments;
    if let Some(found) = find_own(comments, me, claim, MarkerKind::Release, None) {
        return Preflight::Adopt { comment: found.id, at: found.created_at };
    }
    match seen.claim(claim).filter(|c| c.who.id == me.id) {
        None => Preflight::Pointless,
        Some(own) if !own.state.is_live() => Preflight::Pointless,
        Some(own) if note.trim().is_empty() && (has_work(comments, me, own.since) || has_artefact(own)) => refuse(
            Rule::Words,
            "something was done on this task since you claimed it: hand it back with a note for the next person \
             (`--note`)",
            Lifter::You,
        ),
        Some(_) => Preflight::Go,
    }
}

/// An own comment of a kind about a claim; of one row, where a kind can be said more than once.
pub(super) fn find_own<'a>(
    comments: &'a [Comment],
    me: &Person,
    claim: ClaimId,
    kind: MarkerKind,
    op: Option<OpId>,
) -> Option<&'a Comment> {
    let ours = |c: &&Comment| {
        let own = c.author.as_ref().is_some_and(|a| a.id == me.id);
        own && matches!(marker::parse(c.body.raw()), Some(Ok(m)) if m.k == kind && m.c == claim
            && op.is_none_or(|op| m.extra.get("op").is_some_and(|v| *v == op.to_string().as_str())))
    };
    comments.iter().filter(ours).min_by_key(|c| c.id)
}

/// True when there is something to see of the claim: a pull request, a commit.
fn has_artefact(own: &Commitment) -> bool {
    own.life.as_ref().is_some_and(|life| life.artefact)
}

/// True when the helper has written anything but markers since the claim began.
fn has_work(comments: &[Comment], me: &Person, since: Timestamp) -> bool {
    comments.iter().any(|c| {
        c.created_at > since
            && c.author.as_ref().is_some_and(|a| a.id == me.id)
            && marker::parse(c.body.raw()).is_none()
    })
}

/// Who wishes, for judging an act that is not on the tracker yet.
pub(super) struct Asking<'a> {
    /// The claim that the act is about.
    pub(super) claim: ClaimId,
    pub(super) me: &'a Person,
    pub(super) roster: &'a Roster,
    pub(super) now: Now,
}

impl Asking<'_> {
    /// True when the machine lets this act happen now; what is not known of a life does not refuse it.
    fn try_act(&self, seen: &Seen, on: &Commitment, act: Act, host: bool) -> Preflight {
        let Some(life) = &on.life else { return Preflight::Go };
        let terms = self.roster.terms(&seen.reading.task.key.project, Some(&on.who));
        let entry = Entry { at: self.now.0, seq: u64::MAX, by: Some(self.me.clone()), host, pull: None, act };
        match step(Some(life), &Event::Act(&entry), &terms) {
            Ok(_) => Preflight::Go,
            Err(refusal) => Preflight::Refuse(refusal),
        }
    }

    /// Checks an amendment against a fresh reading.
    pub(super) fn amendment(&self, seen: &Seen, op: &Op, amendment: &Amendment) -> Preflight {
        let clocks = matches!(amendment, Amendment::Remind | Amendment::Expire);
        let (Some(own), Some(lease)) = (seen.claim(self.claim), seen.fold.claim(self.claim)) else {
            let sentence = "its claim comment is not on the tracker any more; claim the task anew if you still want it";
            return refuse(Rule::State, sentence, Lifter::You);
        };
        if own.who.id != self.me.id && !clocks {
            let who = at_login(&own.who);
            let sentence = format!("this is {who}'s commitment; only they can change it");
            return refuse(Rule::Permission, sentence, Lifter::Holder(own.who.login.line().into_owned()));
        }
        if amend::says(&lease.marker, amendment, op.created_at) {
            return Preflight::Adopt { comment: lease.comment, at: lease.since };
        }
        match amendment {
            Amendment::Expire if own.state == CommitmentState::Expired => Preflight::Go,
            Amendment::Remind
                if own.state == CommitmentState::AtRisk
                    && own.life.as_ref().is_none_or(|life| life.reminded.is_none()) =>
            {
                Preflight::Go
            }
            Amendment::Expire | Amendment::Remind => Preflight::Pointless,
            _ if own.state.is_over() => ended(own),
            _ => self.try_act(seen, own, act_of(amendment), false),
        }
    }

    /// True unless the registry knows the host's people, and this is none of them. Where it does not, the tracker's word
    /// about the comment decides, once that is there.
    fn may(&self, seen: &Seen, answer: &Answer) -> bool {
        let authority = self.roster.authority(&seen.reading.task.key.project);
        !authority.is_known() || authority.may(self.me, seen.attested(self.me), answer.deed())
    }

    /// Checks an answer against a fresh reading.
    pub(super) fn answer(&self, seen: &Seen, op: &Op, answer: &Answer) -> Preflight {
        let kind = texts::answer_kind(answer);
        let claim = self.claim;
        if let Some(found) = find_own(&seen.reading.comments, self.me, claim, kind, Some(op.id)) {
            return Preflight::Adopt { comment: found.id, at: found.created_at };
        }
        if seen.reading.task.locked {
            let sentence = "the conversation is locked; only its maintainers can unlock it";
            return refuse(Rule::Open, sentence, Lifter::Host(Vec::new()));
        }
        let Some(on) = seen.claim(claim) else {
            return refuse(Rule::State, "the claim it is about is not on the tracker any more", Lifter::Nobody);
        };
        let helpers = matches!(answer, Answer::Help { .. } | Answer::Plan { .. } | Answer::Offer { .. });
        if helpers && on.who.id != self.me.id {
            let sentence = format!("this is {}'s commitment; only they can say that", at_login(&on.who));
            return refuse(Rule::Permission, sentence, Lifter::Holder(on.who.login.line().into_owned()));
        }
        if !helpers && !self.may(seen, answer) {
            let sentence = "the registry does not list you among those of the team who may say this; ask one of them";
            return refuse(Rule::Permission, sentence, Lifter::Host(Vec::new()));
        }
        if on.state.is_over() {
            return ended(on);
        }
        let begins = matches!(answer, Answer::Consent { .. }) && on.state == CommitmentState::Requested;
        // Whom the holder offers it to takes it over with this yes.
        let passed_on = offered(&seen.commitments, &seen.reading.task.key, &on.who.login).is_some();
        if let Some(holder) = seen.holder(claim).filter(|_| begins && !passed_on) {
            let sentence = format!(
                "{} holds this task until {}; a second helper has to wait",
                at_login(&holder.who),
                holder.until
            );
            return refuse(Rule::Held, sentence, Lifter::Holder(holder.who.login.line().into_owned()));
        }
        let act = match answer {
            Answer::Help { .. } => Act::Help,
            Answer::Plan { ask } => Act::Plan { ask: ask.as_deref().map(Foreign::new) },
            Answer::Offer { to } => Act::Offer { to: Foreign::new(to) },
            Answer::Consent { mentor, .. } => Act::Consent { mentor: mentor.as_deref().map(Foreign::new) },
            Answer::Decline { reason } => Act::Decline { reason: *reason },
            Answer::Revoke { reason } => Act::Revoke { reason: *reason },
            Answer::Regress { .. } => Act::Regress,
        };
        self.try_act(seen, on, act, !helpers)
    }
}

fn ended(on: &Commitment) -> Preflight {
    let reason = on.life.as_ref().and_then(|life| life.reason).map(|r| format!(" ({})", r.words())).unwrap_or_default();
    refuse(Rule::State, format!("it ended meanwhile: {}{reason}", on.state.word()), Lifter::Nobody)
}

fn act_of(amendment: &Amendment) -> Act {
    match amendment {
        Amendment::Renew { until, .. } => Act::Renew { until: *until },
        Amendment::Pause { until } => Act::Pause { until: *until },
        Amendment::Resume => Act::Resume,
        Amendment::Block { by, review } => Act::Block { by: by.clone(), review: *review },
        Amendment::Still => Act::Still,
        Amendment::Withdraw => Act::Withdraw,
        Amendment::Done { kind, .. } => Act::Done { kind: *kind },
        Amendment::Remind => Act::Remind,
        Amendment::Expire => Act::Expire,
    }
}
