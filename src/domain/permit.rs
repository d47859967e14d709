//! Who may do what (domain.md §4.7), as one table. Knows no person: only what somebody is for a task.

use super::roster::Role;

/// What somebody is towards one commitment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Actor {
    /// The person committed.
    Helper,
    /// Anybody else who helps.
    Other,
    /// A mentor of the host.
    Mentor,
    /// A lead of the host.
    Lead,
    /// The programme's lead.
    Programme,
    /// Time.
    Clock,
}

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Deed {
    /// Claim for oneself.
    Claim,
    /// Propose to somebody, who must accept.
    Propose,
    /// Answer a request.
    AnswerRequest,
    /// Hand back, pause, renew, hand over, say done.
    Keep,
    /// Take a commitment away.
    Revoke,
    /// Ask for finished work back from its warranty.
    Reopen,
    /// Change a host's policy.
    EditPolicy,
    /// See somebody's ended commitments.
    SeeHistory,
    /// See who helps in the team now.
    SeeCurrent,
    /// End what ran out.
    Expire,
}

/// True when the table allows it. What concerns a host means the actor's own host team.
pub fn may(actor: Actor, deed: Deed) -> bool {
    use Actor as A;
    match deed {
        Deed::Claim => actor != A::Clock,
        Deed::Propose => matches!(actor, A::Mentor | A::Lead | A::Programme),
        Deed::AnswerRequest => matches!(actor, A::Mentor | A::Lead),
        Deed::Keep | Deed::SeeHistory => actor == A::Helper,
        Deed::Revoke | Deed::Reopen => matches!(actor, A::Lead | A::Programme),
        Deed::EditPolicy => actor == A::Lead,
        Deed::SeeCurrent => actor != A::Clock,
        Deed::Expire => actor == A::Clock,
    }
}

impl From<Role> for Actor {
    fn from(role: Role) -> Self {
        match role {
            Role::Other => Self::Other,
            Role::Mentor => Self::Mentor,
            Role::Lead => Self::Lead,
            Role::Programme => Self::Programme,
        }
    }
}

/// What the table allows somebody of a [`Role`] about one commitment; `own` when it is theirs, so that a lead who helps
/// in the own team may do what a helper may, and what a lead may.
pub fn allowed(role: Role, own: bool, deed: Deed) -> bool {
    may(role.into(), deed) || own && may(Actor::Helper, deed)
}
