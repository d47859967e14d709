//! What dialogs are for, with their titles and the word of their Enter. Knows no form and no state.

/// What a dialog is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Take tasks, or ask for them.
    Claim,
    /// Take over what is offered.
    TakeOver,
    /// Hand a task back.
    HandBack,
    /// Say that it is done.
    Done,
    /// Promise a later day.
    Renew,
    /// Step away.
    Pause,
    /// Stopped by something.
    Block,
    /// Ask the host.
    Help,
    /// Post the plan.
    Plan,
    /// Offer it to somebody.
    HandOver,
    /// Host: accept.
    Accept,
    /// Host: accept finished work with thanks.
    Thank,
    /// Host: decline a request.
    Decline,
    /// Host: take it away.
    Revoke,
    /// Host: finished work broke something.
    Reopen,
    /// Host: propose a task to somebody.
    Propose,
    /// Decline what was proposed.
    Pass,
    /// Ask about what was proposed.
    Question,
    /// What one got through in the first days.
    Checklist,
    /// Walk: not for me.
    Skip,
    /// Walk: put off.
    Snooze,
    /// Sort tasks.
    Triage,
    /// Make an issue of a finding.
    Raise,
    /// Write what is missing into a description.
    Describe,
}

impl Kind {
    /// Title of the box.
    pub fn title(self) -> &'static str {
        match self {
            Self::Claim => "Claim",
            Self::TakeOver => "Take over",
            Self::HandBack => "Hand back",
            Self::Done => "Done",
            Self::Renew => "Renew",
            Self::Pause => "Pause",
            Self::Block => "Blocked",
            Self::Help => "Need help",
            Self::Plan => "Plan",
            Self::HandOver => "Hand over",
            Self::Accept => "Accept",
            Self::Thank => "Accept with thanks",
            Self::Decline => "Decline",
            Self::Revoke => "Revoke",
            Self::Reopen => "Reopen",
            Self::Propose => "Propose",
            Self::Pass => "Decline the proposal",
            Self::Question => "Ask about the proposal",
            Self::Checklist => "First days",
            Self::Skip => "Not for me",
            Self::Snooze => "Snooze",
            Self::Triage => "Triage",
            Self::Raise => "Make an issue",
            Self::Describe => "Describe it better",
        }
    }

    /// What Enter does, for the hint line.
    pub fn hint(self) -> &'static str {
        match self {
            Self::Claim => "claim",
            Self::TakeOver => "take over",
            Self::HandBack => "hand back",
            Self::Done => "say done",
            Self::Renew => "renew",
            Self::Pause => "pause",
            Self::Block => "say blocked",
            Self::Help => "ask",
            Self::Plan => "post",
            Self::HandOver => "offer",
            Self::Accept | Self::Thank => "accept",
            Self::Decline => "decline",
            Self::Revoke => "revoke",
            Self::Reopen => "reopen",
            Self::Propose => "propose",
            Self::Pass => "decline",
            Self::Question => "ask",
            Self::Checklist => "keep",
            Self::Skip => "skip it",
            Self::Snooze => "snooze",
            Self::Triage => "do it",
            Self::Raise | Self::Describe => "send",
        }
    }
}
