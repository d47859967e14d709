//! Mine: my commitments as cards, the soonest end first: state, time left, whose turn, what happened last, pull requests
//! and the one next action with its key. On top what others offer or propose to me. What is still on its way is said in words.

use std::collections::BTreeSet;

mod paint;

pub use self::paint::{draw, ink};

use super::{
    super::{
        dialog, layout,
        paint::safe,
        room::{Room, Tab},
        state::{Cursor, Out, State},
        widget::{host, statusline::clock},
    },
    proposed,
};
use crate::{
    app::{checklist_words, proposal_words, words},
    domain::{
        commitment::{ClaimId, Commitment, CommitmentState, Nudge, Projection, PullCard, Timer},
        key::TaskKey,
        outbox::{OpStatus, Step, Wish},
    },
    index::{Proposed, Snapshot},
    judge::first::finished,
    keymap::{Action, Context},
};

/// Columns of the widest state word that is usual here, "handed back".
const STATE_COLUMNS: u16 = 11;
/// Commitments that ended well and are still shown.
const ENDED_SHOWN: usize = 10;
/// Rows of the room from which a card takes three rows.
const ROOMY: u16 = 18;

/// One card.
#[derive(Clone, Copy, Debug)]
pub enum Card<'a> {
    /// Somebody offers their commitment to me.
    Offer(&'a Commitment),
    /// Somebody proposes a task to me, or I did.
    Proposed(&'a Proposed),
    /// Mine.
    Own(&'a Commitment),
    /// Assigned to me by hand, without a claim.
    ByHand(&'a TaskKey),
}

impl<'a> Card<'a> {
    /// The task.
    pub fn key(&self) -> &'a TaskKey {
        match self {
            Self::Offer(c) | Self::Own(c) => &c.key,
            Self::Proposed(p) => &p.proposal.key,
            Self::ByHand(key) => key,
        }
    }

    /// The commitment behind it, where there is one.
    pub fn commitment(&self) -> Option<&'a Commitment> {
        match self {
            Self::Offer(c) | Self::Own(c) => Some(c),
            Self::ByHand(_) | Self::Proposed(_) => None,
        }
    }

    /// By this it is told apart from other cards of its task.
    fn id(&self) -> Option<ClaimId> {
        match self {
            Self::Offer(c) | Self::Own(c) => Some(c.claim),
            Self::Proposed(p) => Some(p.proposal.id),
            Self::ByHand(_) => None,
        }
    }
}

/// The order of cards: what is live, what is in warranty, what ended against the plan, what ended well.
fn rank(c: &Commitment) -> u8 {
    use CommitmentState as S;
    match c.state {
        s if s.is_live() => 0,
        S::Warranty => 1,
        S::Expired | S::Conceded | S::Revoked | S::Declined | S::Lapsed => 2,
        _ => 3,
    }
}

/// The cards: offers to me, live ones by end date, what is over, then what I was assigned to by hand.
pub fn cards(state: &State) -> Vec<Card<'_>> {
    let all = &state.snapshot.commitments;
    let mut own: Vec<&Commitment> = all.iter().filter(|c| c.mine).collect();
    own.sort_by(|a, b| {
        let by_end = if rank(a) == 0 { a.until.cmp(&b.until) } else { b.until.cmp(&a.until) };
        rank(a).cmp(&rank(b)).then(by_end).then(a.claim.cmp(&b.claim))
    });
    let kept = own.iter().take_while(|c| rank(c) < 3).count();
    own.truncate(kept + ENDED_SHOWN);
    let offers = all.iter().filter(|c| dialog::is_offered_to_me(state, c)).map(Card::Offer);
    let by_hand = state.snapshot.assigned.iter().filter(|a| a.mine).map(|a| Card::ByHand(&a.key));
    let proposed = state.snapshot.own_proposals().into_iter();
    let (to_me, by_me): (Vec<_>, Vec<_>) =
        proposed.map(Card::Proposed).partition(|card| matches!(card, Card::Proposed(p) if proposed::waits_for_me(p)));
    offers.chain(to_me).chain(own.into_iter().map(Card::Own)).chain(by_hand).chain(by_me).collect()
}

/// What the card under the cursor is about: by this it is found again in another snapshot.
pub fn held(state: &State) -> Option<(TaskKey, Option<ClaimId>)> {
    cards(state).get(state.mine.at).map(|card| (card.key().clone(), card.id()))
}

/// Puts the cursor back on a card, where there still is such a one.
pub fn hold(state: &mut State, card: Option<&(TaskKey, Option<ClaimId>)>) {
    let Some((key, claim)) = card else { return };
    let same = |card: &Card<'_>| card.key() == key && card.id() == *claim;
    // What was taken over is another claim on the same task.
    let cards = cards(state);
    let at = cards.iter().position(same).or_else(|| cards.iter().position(|card| card.key() == key));
    if let Some(at) = at {
        state.mine.at = at;
    }
}

/// Praise for each first task in a project that was finished between two snapshots, with what could come next.
pub fn first_steps(old: &Snapshot, new: &Snapshot) -> Vec<String> {
    let was_live = |c: &&Commitment| {
        let known = old.commitments.iter().find(|known| known.claim == c.claim);
        c.mine && finished(c).is_some() && known.is_some_and(|known| finished(known).is_none())
    };
    let praise = |c: &Commitment| {
        let next = words::next_step(c, new).map(|next| format!("; {next}")).unwrap_or_default();
        let sentence = format!("Well done: {}, {}{next}.", c.key, words::first_finished(c, new)?);
        Some(safe(&sentence).into_owned())
    };
    new.commitments.iter().filter(was_live).filter_map(praise).collect()
}

/// How many of my commitments are live.
pub fn live(state: &State) -> usize {
    state.snapshot.commitments.iter().filter(|c| c.mine && c.state.is_live()).count()
}

/// Commitments that need the user: their own at risk, offers to them, and what waits for an answer of their team.
pub fn needy(state: &State) -> BTreeSet<ClaimId> {
    let all = state.snapshot.commitments.iter();
    let own = all.filter(|c| c.mine && c.state == CommitmentState::AtRisk || dialog::is_offered_to_me(state, c));
    let asked = state.floor.floor.mine().flat_map(|room| &room.asks).filter_map(|ask| Some(ask.about.as_ref()?.1));
    own.map(|c| c.claim).chain(asked).collect()
}

/// What newly needs the user, in a line: which and why where it is one, else how many.
pub fn needs(state: &State, newly: &BTreeSet<ClaimId>) -> String {
    let mut all = newly.iter().filter_map(|claim| state.commitment(*claim));
    let (Some(c), None) = (all.next(), all.next()) else { return format!("{} commitments need you", newly.len()) };
    let key = state.shown_key(&c.key);
    if c.mine {
        let why = because(state, c).into_iter().next().unwrap_or_else(|| c.state.word().to_owned());
        return format!("{key} needs you: {why}");
    }
    let who = c.who.login.line();
    match dialog::is_offered_to_me(state, c) {
        true => format!("@{who} offers {key} to you"),
        false => format!("{key} waits for your team: @{who}, {}", c.state.word()),
    }
}

/// Rows of one card: three where the window is high enough.
pub fn card_rows(state: &State) -> u16 {
    if layout::areas(state.size).body.height >= ROOMY { 3 } else { 2 }
}

/// What is on its way for a commitment, and what the tracker refused of it, one part each.
pub fn remarks(state: &State, c: &Commitment) -> Vec<String> {
    let mut parts = Vec::new();
    for op in state.snapshot.outbox.iter().filter(|op| op.wish.claim() == Some(c.claim) && op.step != Step::Finished) {
        let what = match (&op.wish, &op.step) {
            (Wish::Claim { ask: true, .. }, Step::Queued) => "request not sent yet".into(),
            (Wish::Claim { .. }, Step::Queued) => "claim not sent yet".into(),
            (Wish::Claim { .. }, Step::Posting { .. } | Step::Posted { .. }) => "claim sent, not yet confirmed".into(),
            (Wish::Claim { .. }, _) => "confirmed, label and assignee on their way".into(),
            (Wish::Release { .. }, Step::Queued) => "hand-back not sent yet".into(),
            (Wish::Release { .. }, _) => "hand-back on its way".into(),
            (wish, Step::Queued) => format!("'{}' not sent yet", wish.word()),
            (wish, _) => format!("'{}' on its way", wish.word()),
        };
        parts.push(match &op.status {
            OpStatus::NeedsAttention { .. } => format!("{what}: needs you, see the outbox"),
            OpStatus::Waiting { until } => format!("{what}, next try at {}", clock(state, *until)),
            OpStatus::Ready => what,
        });
    }
    if !c.state.is_live() {
        let note = c.note.as_deref().map(str::trim).filter(|note| !note.is_empty());
        parts.extend(note.map(|note| format!("note: {}", safe(note))));
        return parts;
    }
    let refused = match (c.label, c.assignee) {
        (Projection::Refused, Projection::Refused) => Some("label and assignee refused"),
        (Projection::Refused, _) => Some("label refused"),
        (_, Projection::Refused) => Some("assignee refused"),
        _ => None,
    };
    parts.extend(refused.map(|what| format!("{what} by the tracker; the claim stands on its comment")));
    parts
}

/// What stands behind its state, in words: who blocks, who owes, why it is at risk.
pub fn because(state: &State, c: &Commitment) -> Vec<String> {
    let Some(life) = c.life.as_deref() else { return Vec::new() };
    let calendar = state.snapshot.roster.terms(&c.key.project, Some(&c.who)).calendar;
    let (today, since) = (calendar.date(state.now.0), calendar.date(life.since));
    let days = words::working_days(calendar.between(since, today));
    let host = host::name(state, &c.key.project);
    let mut parts = Vec::new();
    match c.state {
        CommitmentState::WaitingHost if since == today => parts.push(format!("{host} has it since today")),
        CommitmentState::WaitingHost => parts.push(format!("{host} has had it for {days}")),
        CommitmentState::Requested => parts.push(format!("{host} has not answered yet")),
        CommitmentState::Blocked => {
            let by = life.blocked_by.as_deref().map(safe).unwrap_or_default();
            let until = life.back_on.map(|day| format!(" until {day}")).unwrap_or_default();
            parts.push(format!("blocked by {by}{until}"));
        }
        CommitmentState::Paused => {
            let used = match life.pause_wd {
                0 => String::new(),
                days => format!(", {} used so far", words::working_days(days)),
            };
            parts.extend(life.back_on.map(|day| format!("paused until {day}{used}")));
        }
        CommitmentState::AtRisk => {
            parts.extend(life.risk.map(|risk| risk_words(risk).to_owned()));
            parts.extend(life.reminded.map(|at| format!("reminded on {}", calendar.date(at))));
        }
        CommitmentState::Declined | CommitmentState::Revoked => {
            parts.extend(life.reason.map(|reason| reason.words().to_owned()));
        }
        CommitmentState::Warranty | CommitmentState::Completed => {
            parts.extend(life.done.map(|kind| format!("done: {}", kind.word())));
        }
        _ => {}
    }
    match life.nudged.filter(|_| c.state.is_live()) {
        Some(Nudge::Mentor) => parts.push("the mentor was told".into()),
        Some(Nudge::Lead) => parts.push("the lead was told".into()),
        None => {}
    }
    parts
}

fn risk_words(risk: Timer) -> &'static str {
    match risk {
        Timer::StartBy => "no sign of work yet",
        Timer::Idle => "quiet for long",
        Timer::BlockReview => "the block should have been looked at",
        other => other.words(),
    }
}

/// The facts of a card after its first row.
pub fn facts(state: &State, c: &Commitment) -> Vec<String> {
    let roster = &state.snapshot.roster;
    let mut parts = because(state, c);
    if c.state.is_live() {
        // "host's turn" is the word of the state already.
        parts.extend(Some(words::turn(c)).filter(|turn| *turn != c.state.word()).map(str::to_owned));
    }
    parts.extend(words::feedback(c, roster));
    parts.extend(checklist_words::left(c, &state.snapshot));
    // What comes next is worth more than what was: it is not what a narrow window cuts off.
    parts.extend(words::clock(c, roster));
    parts.extend(words::first_finished(c, &state.snapshot));
    parts.extend(c.pulls.iter().rev().take(2).map(|card| pull_words(c, card)));
    if c.state.is_live() {
        parts.push(words::last_sign(c, state.now));
    }
    parts.retain(|part| !part.is_empty());
    parts
}

/// A pull request in a few words; its project only where that is another one than the task's.
pub fn pull_words(c: &Commitment, card: &PullCard) -> String {
    safe(&words::pull_here(c, card)).into_owned()
}

/// The actions that answer the next step of a commitment, the most useful first.
fn answers(c: &Commitment) -> Vec<Action> {
    use Action as A;
    let Some(life) = c.life.as_deref() else {
        return if c.state == CommitmentState::Pending { vec![A::Outbox] } else { Vec::new() };
    };
    if life.reassigned.is_some() {
        return vec![A::HandBack, A::HandOver];
    }
    match (c.state, life.risk) {
        (CommitmentState::AtRisk, Some(Timer::LeaseWarn | Timer::Overdue)) => {
            vec![A::Renew, A::Done, A::HandBack, A::Pause]
        }
        (CommitmentState::AtRisk, Some(Timer::BlockReview)) => vec![A::StillOnIt, A::Block, A::HandBack, A::NeedHelp],
        (CommitmentState::AtRisk, _) => vec![A::StillOnIt, A::NeedHelp, A::HandBack, A::Pause],
        (CommitmentState::Requested, _) => vec![A::Withdraw],
        (CommitmentState::WaitingHost, _) if life.nudged == Some(Nudge::Lead) => vec![A::HandBack],
        (CommitmentState::Blocked, _) => vec![A::Block],
        (CommitmentState::Paused, _) => vec![A::Pause],
        (CommitmentState::Active, _) if !life.artefact => vec![A::Plan, A::Open],
        (CommitmentState::Active, _) => vec![A::Open],
        _ => Vec::new(),
    }
}

/// The card of the user that the cursor is on, in the list or opened.
fn here(state: &State) -> Option<Card<'_>> {
    match (state.room(), state.tab) {
        (Some(Room::Resume(claim, _)), _) => {
            let c = state.commitment(*claim)?;
            Some(if c.mine { Card::Own(c) } else { Card::Offer(c) })
        }
        (None, Tab::Mine) => cards(state).get(state.mine.at).copied(),
        _ => None,
    }
}

/// What the hint line offers for the commitment under the cursor; `None` where there is none.
pub fn useful(state: &State) -> Option<Vec<Action>> {
    use Action as A;
    let opened = matches!(state.room(), Some(Room::Resume(..)));
    let mut hints = if opened { vec![A::Back] } else { Vec::new() };
    let c = match here(state)? {
        Card::Offer(_) => {
            hints.extend([A::Agree, A::Open, A::OpenBrowser]);
            return Some(hints);
        }
        Card::ByHand(_) => return Some(vec![A::Claim, A::Open, A::OpenBrowser]),
        Card::Proposed(p) => {
            hints.extend(proposed::replies(p));
            hints.extend([A::Open, A::OpenBrowser]);
            return Some(hints);
        }
        Card::Own(c) => c,
    };
    hints.extend(answers(c));
    hints.extend::<&[A]>(match c.state {
        CommitmentState::Active | CommitmentState::AtRisk => {
            &[A::Open, A::Done, A::HandBack, A::Renew, A::NeedHelp, A::Pause, A::Block, A::HandOver]
        }
        CommitmentState::WaitingHost | CommitmentState::Blocked | CommitmentState::Paused => {
            &[A::Open, A::Done, A::HandBack, A::HandOver]
        }
        CommitmentState::Pending => &[A::HandBack, A::Open],
        _ => &[A::Open],
    });
    hints.push(A::OpenBrowser);
    Some(hints)
}

/// The word for a key that goes both ways, by the commitment under the cursor.
pub fn toggle_hint(state: &State, action: Action) -> &'static str {
    match (action, here(state).and_then(|card| card.commitment()).map(|c| c.state)) {
        (Action::Pause, Some(CommitmentState::Paused)) => "resume",
        (Action::Block, Some(CommitmentState::Blocked)) => "unblock",
        (Action::NeedHelp, None) if matches!(here(state), Some(Card::Proposed(_))) => "ask",
        _ => action.info().hint,
    }
}

/// The next action in words, with the keys that do it.
pub fn next(state: &State, card: Card<'_>) -> Option<(String, String)> {
    let contexts = [Context::Mine, Context::Global];
    let (sentence, actions) = match card {
        Card::Offer(c) => (format!("@{} offers it to you", c.who.login.line()), vec![Action::Agree]),
        Card::Own(c) => {
            let step = words::next_step(c, &state.snapshot);
            let parts: Vec<String> = step.into_iter().chain(words::next_action(c)).collect();
            (Some(parts.join("; ")).filter(|all| !all.is_empty())?, answers(c))
        }
        Card::Proposed(p) => (proposal_words::next(p)?, proposed::replies(p)),
        Card::ByHand(_) => ("claim it, and others see until when".to_owned(), vec![Action::Claim]),
    };
    let word = |action: &Action| match (action, card.commitment().map(|c| c.state)) {
        (Action::Pause, Some(CommitmentState::Paused)) => "resume",
        (Action::Block, Some(CommitmentState::Blocked)) => "unblock",
        (Action::NeedHelp, None) => "ask",
        _ => action.info().hint,
    };
    let key =
        |action: &Action| state.keymap.keys(&contexts, *action).first().map(|key| format!("{key} {}", word(action)));
    let keys: Vec<String> = actions.iter().filter_map(key).collect();
    Some((safe(&sentence).into_owned(), keys.join(" · ")))
}

/// Does what is special to this screen.
pub fn act(state: &mut State, action: Action) -> Option<Vec<Out>> {
    if action != Action::Open {
        return None;
    }
    match here(state) {
        Some(card @ (Card::ByHand(_) | Card::Proposed(_))) => {
            let key = card.key().clone();
            super::open(state, key);
        }
        Some(Card::Offer(c) | Card::Own(c)) => state.rooms.push(Room::Resume(c.claim, Cursor::default())),
        None => {}
    }
    Some(Vec::new())
}
