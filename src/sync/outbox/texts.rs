//! What people read in the comments of floorwalk, and the markers in front of it. Pure: knows no tracker and no store.
//!
//! The user's own words stay harmless: no mention in them pings anybody. Only those are mentioned whom a wish names.

use jiff::{Timestamp, civil::Date};

use crate::domain::{
    commitment::{ClaimId, Commitment, CommitmentState, DoneKind},
    evidence::PullState,
    marker::{self, Marker, MarkerBy, MarkerKind, ReleaseReason},
    outbox::{Answer, OpId, Wish},
    person::Person,
    text::{safe_block, safe_fit, safe_line},
};

/// Longest login that is mentioned; longer ones are no logins. The account ids of Jira Cloud are the longest.
const LOGIN_MOST: usize = 128;

/// Longest plan that is told again with a call for help, columns.
const PLAN_MOST: usize = 200;

/// Longest name of a person in a marker, columns.
const NAME_MOST: usize = 60;

/// The user's own words for a public comment: harmless, no mention pings anybody, no reference links anywhere.
pub(super) fn quiet(text: &str) -> String {
    let safe = safe_block(text.trim());
    safe.replace("<!--", "&lt;!--").replace('@', "@\u{2060}").replace('#', "#\u{2060}")
}

/// [`quiet`] in one line.
pub(super) fn quiet_line(text: &str) -> String {
    quiet(text).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// `@login` that tells somebody; harmless text where it is no login.
pub(super) fn mention(login: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | ':');
    let is_login = !login.is_empty() && login.len() <= LOGIN_MOST && login.chars().all(plain);
    if is_login { format!("@{login}") } else { quiet_line(login) }
}

/// `cc @ana @mo`, or nothing.
fn tell_line(logins: &[String]) -> Option<String> {
    let mentions: Vec<String> = logins.iter().map(|l| mention(l)).collect();
    (!mentions.is_empty()).then(|| format!("cc {}", mentions.join(" ")))
}

pub(super) fn day(date: Date) -> String {
    date.strftime("%-d %b %Y").to_string()
}

pub(super) fn name(me: &Person) -> String {
    format!("**{}**", me.login.line())
}

pub(super) fn footer(claim: ClaimId) -> String {
    format!("<sub>Posted with floorwalk · claim {claim}</sub>")
}

pub(super) fn base(kind: MarkerKind, claim: ClaimId, me: &Person, now: Timestamp) -> Marker {
    Marker::new(kind, claim, by(me), now)
}

fn by(me: &Person) -> MarkerBy {
    let name = me.login.name().map(|name| name.fit(NAME_MOST).into_owned());
    MarkerBy { login: me.login.raw().to_owned(), id: me.id, name }
}

/// How work was finished, for people.
pub(super) fn done_words(kind: DoneKind) -> &'static str {
    match kind {
        DoneKind::Merged => "the change is merged",
        DoneKind::Resolved => "resolved without code",
        DoneKind::Docs => "it is documented",
        DoneKind::Triaged => "it is described well enough for the next person",
        DoneKind::Obsolete => "it is obsolete and can be closed",
    }
}

/// A comment that announces a wish. `now` is the writer's clock, for people; order never depends on it.
pub(super) struct Announcement<'a> {
    /// The row, so that an own comment is recognised after a lost answer.
    pub(super) op: OpId,
    /// Who writes.
    pub(super) me: &'a Person,
    /// Their clock.
    pub(super) now: Timestamp,
    /// State of the commitment it is about, where that changes the words.
    pub(super) state: CommitmentState,
    /// That commitment as it was read last: what somebody needs to know to help.
    pub(super) about: Option<&'a Commitment>,
}

impl Announcement<'_> {
    /// The whole comment; `None` for a wish that writes none.
    pub(super) fn comment(&self, wish: &Wish) -> Option<String> {
        match wish {
            Wish::Claim { .. } => self.claim(wish),
            Wish::Release { claim, note, reason } => Some(self.release(*claim, note, *reason)),
            Wish::Answer { claim, helper, answer, text } => Some(self.answer(*claim, helper, answer, text)),
            _ => None,
        }
    }

    fn claim(&self, wish: &Wish) -> Option<String> {
        let Wish::Claim { claim, until, size, plan, alongside, ask, taken, tell, model } = wish else { return None };
        let kind = match (ask, taken) {
            (true, _) => MarkerKind::Request,
            (false, Some(_)) => MarkerKind::Accept,
            (false, None) => MarkerKind::Claim,
        };
        let mut marker = base(kind, *claim, self.me, self.now);
        marker.until = Some(*until);
        marker.size = *size;
        marker.taken = *taken;
        if *alongside {
            marker.extra.insert("alongside".into(), true.into());
        }
        if let Some(model) = model {
            marker.extra.insert("model".into(), model.as_str().into());
        }
        let plan = quiet_line(plan);
        let kept = (!plan.is_empty()).then(|| format!("Plan: {plan}")).into_iter().chain(tell_line(tell));
        let prose = super::amend::prose(&marker, &kept.collect::<Vec<_>>());
        Some(marker::comment(&marker, &prose))
    }

    fn release(&self, claim: ClaimId, note: &str, reason: ReleaseReason) -> String {
        let mut marker = base(MarkerKind::Release, claim, self.me, self.now);
        marker.reason = Some(reason);
        let note = if note.trim().is_empty() {
            "Nothing was started, so there is nothing to pass on.".into()
        } else {
            quiet(note)
        };
        let me = name(self.me);
        let prose = format!("🧭 {me} hands this back; it is free again.\n\n{note}\n\n{}", footer(claim));
        marker::comment(&marker, &prose)
    }

    fn answer(&self, claim: ClaimId, helper: &str, answer: &Answer, text: &str) -> String {
        let marker = self.answer_marker(claim, answer);
        let head = self.headline(helper, answer);
        let text = if text.trim().is_empty() { String::new() } else { format!("\n\n{}", quiet(text)) };
        let context = self.context(answer).map(|line| format!("\n\n🧭 {line}")).unwrap_or_default();
        marker::comment(&marker, &format!("🧭 {head}{text}{context}\n\n{}", footer(claim)))
    }

    /// Where the work stands, for whoever is asked and has not seen it before: since when and until when, the plan, pull
    /// requests with their checks.
    fn context(&self, answer: &Answer) -> Option<String> {
        let c = self.about.filter(|_| matches!(answer, Answer::Help { .. }))?;
        let since = c.since.to_zoned(jiff::tz::TimeZone::UTC).date();
        let mut parts = vec![format!("Here since {}, until **{}**", day(since), day(c.until))];
        parts.extend(c.size.map(|size| format!("size {}", size.word())));
        let plan = quiet_line(&safe_fit(c.plan.raw(), PLAN_MOST));
        parts.extend((!c.plan.raw().trim().is_empty()).then(|| format!("plan: {plan}")));
        parts.extend(c.pulls.iter().map(|pull| {
            let place = if pull.key.project == c.key.project { "" } else { pull.key.project.path() };
            let state = match pull.state {
                PullState::Draft => "draft",
                PullState::Open => "open",
                PullState::Merged => "merged",
                PullState::Closed => "closed",
            };
            format!("pull request {place}#{} ({state}, {})", pull.key.number, pull.checks.words())
        }));
        Some(format!("{}.", parts.join(" · ")))
    }

    fn answer_marker(&self, claim: ClaimId, answer: &Answer) -> Marker {
        let mut marker = base(answer_kind(answer), claim, self.me, self.now);
        marker.extra.insert("op".into(), self.op.to_string().into());
        match answer {
            Answer::Help { .. } | Answer::Regress { .. } => {}
            Answer::Plan { ask } => marker.mentor = ask.as_deref().map(|login| safe_line(login).into_owned()),
            Answer::Offer { to } => marker.to = Some(safe_line(to).into_owned()),
            Answer::Consent { mentor, .. } => marker.mentor = mentor.as_deref().map(|m| safe_line(m).into_owned()),
            Answer::Decline { reason } => marker.why = Some(*reason),
            Answer::Revoke { reason } => {
                marker.why = Some(*reason);
                marker.extra.insert("forced".into(), true.into());
            }
        }
        marker
    }

    fn headline(&self, helper: &str, answer: &Answer) -> String {
        let (me, to) = (name(self.me), mention(helper));
        match answer {
            Answer::Help { tell } => {
                let cc = tell_line(tell).map(|line| format!(" {line}")).unwrap_or_default();
                format!("{me} is stuck here and asks the team for help.{cc}")
            }
            Answer::Plan { ask: Some(ask) } => {
                format!("{me} has a plan, and {} is asked for a word about it.", mention(ask))
            }
            Answer::Plan { ask: None } => format!("{me} has a plan; a word about it is welcome."),
            Answer::Offer { to } => {
                let to = mention(to);
                format!("{me} offers this to {to}. Until {to} takes it over, it stays with {me}.")
            }
            Answer::Consent { mentor, .. } => {
                let mentor = mentor.as_deref().map(|m| format!(" {} is the mentor.", mention(m))).unwrap_or_default();
                match self.state {
                    CommitmentState::Requested => format!("{to}, welcome: {me} says yes, it is yours now.{mentor}"),
                    CommitmentState::WaitingHost => format!("{to}, thank you: {me} agrees.{mentor}"),
                    _ => format!("{to}, {me} agrees to a further renewal.{mentor}"),
                }
            }
            Answer::Decline { reason } => {
                format!("{to}, thank you for asking. {me} has to decline: {}.", reason.words())
            }
            Answer::Revoke { reason } => format!(
                "{to}, {me} takes this back for the team: {}. Thank you for what you did so far; whoever sees this \
                 differently can turn to the programme's lead.",
                reason.words()
            ),
            Answer::Regress { link } => {
                format!("{to}, something needs another look after this was finished: {}", address(link))
            }
        }
    }
}

/// The kind of comment that an answer is.
pub(super) fn answer_kind(answer: &Answer) -> MarkerKind {
    match answer {
        Answer::Help { .. } => MarkerKind::Help,
        Answer::Plan { .. } => MarkerKind::Plan,
        Answer::Offer { .. } => MarkerKind::Offer,
        Answer::Consent { .. } => MarkerKind::Consent,
        Answer::Decline { .. } => MarkerKind::Decline,
        Answer::Revoke { .. } => MarkerKind::Release,
        Answer::Regress { .. } => MarkerKind::Regress,
    }
}

/// An address as it is, anything else as quiet text.
fn address(link: &str) -> String {
    let link = link.trim();
    let web = link.starts_with("https://") || link.starts_with("http://");
    let plain = link.chars().all(|c| c.is_ascii_graphic() && !matches!(c, '<' | '>' | '`' | '@' | '"'));
    if web && plain { link.to_owned() } else { quiet_line(link) }
}
