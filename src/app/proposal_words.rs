//! Sentences about proposals, the same in TUI and command line. Pure; harmless text only.

use crate::{
    domain::proposal::{How, Standing},
    index::Proposed,
};

/// Longest login shown, columns.
const LOGIN_COLUMNS: usize = 39;

fn to(p: &Proposed) -> String {
    if p.to_me { "you".into() } else { format!("@{}", p.proposal.to.fit(LOGIN_COLUMNS)) }
}

fn by(p: &Proposed) -> String {
    if p.by_me { "you".into() } else { format!("@{}", p.proposal.by.login.fit(LOGIN_COLUMNS)) }
}

/// Where it stands: `proposed to you by @mo, until 2026-11-30`.
pub fn standing(p: &Proposed) -> String {
    let (to, by) = (to(p), by(p));
    let made = format!("proposed to {to} by {by}");
    match (p.standing, p.proposal.ended.as_ref().map(|ended| &ended.how)) {
        (Standing::Open, _) => format!("{made}, until {}", p.until),
        (Standing::Asked, _) => format!("{made}; {to} asked something first"),
        (Standing::Declined, Some(How::Declined { reason, .. })) => format!("{made}, declined: {}", reason.words()),
        (Standing::Moot, Some(How::Taken { by })) => format!("{made}; @{} has it now", by.fit(LOGIN_COLUMNS)),
        (Standing::Lapsed, _) => format!("{made}, ended without an answer on {}", p.until),
        (standing, _) => format!("{made}: {}", standing.word()),
    }
}

/// What was said about it, one harmless line each, the latest first: why not, what was asked, why it is proposed.
pub fn said(p: &Proposed) -> Vec<String> {
    let quoted = |who: String, verb: &str, text: &crate::domain::text::Foreign| {
        let verb = if who == "you" { verb.to_owned() } else { format!("{verb}s") };
        (!text.raw().trim().is_empty()).then(|| format!("{who} {verb}: {}", text.line()))
    };
    let mut lines: Vec<String> = Vec::new();
    if let Some(How::Declined { words, .. }) = p.proposal.ended.as_ref().map(|ended| &ended.how) {
        lines.extend(quoted(to(p), "say", words));
    }
    lines.extend(p.proposal.asked.as_ref().and_then(|q| quoted(to(p), "ask", &q.words)));
    lines.extend(quoted(by(p), "say", &p.proposal.words));
    lines
}

/// What the reader does next about it; `None` where it is nobody's turn.
pub fn next(p: &Proposed) -> Option<String> {
    Some(match p.standing {
        Standing::Open if p.to_me => "accept, decline, or ask first: nothing is assigned until you accept".into(),
        Standing::Asked if p.to_me => format!("{} answers on the task; you may accept or decline all the same", by(p)),
        Standing::Asked => format!("answer {} on the task", to(p)),
        Standing::Open => format!("wait for {}: it stays free meanwhile", to(p)),
        _ => return None,
    })
}

/// What answers it on the command line.
pub fn answers(p: &Proposed, key: &str) -> Vec<String> {
    match p.standing {
        Standing::Open | Standing::Asked if p.to_me => vec![
            format!("floorwalk accept {key}"),
            format!("floorwalk decline {key} --reason not-now"),
            format!("floorwalk need-help {key} 'your question'"),
        ],
        Standing::Asked => vec![format!("answer on the task: floorwalk show {key}")],
        _ => Vec::new(),
    }
}
