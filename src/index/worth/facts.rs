//! What is known of one task, and the nine components it makes.

use super::{hosts::NeedFacts, person::Newness};
use crate::{
    domain::size::Size,
    judge::{
        score::{
            Component, Components, Part,
            facts::{self, Answers, Asked, Demand, Estimate, Mess},
        },
        signal::Limbo,
        skills::Tag,
    },
};

/// How sure demand is while the comments were not read: it is at least that.
const DEMAND_BOUND: f64 = 0.6;

/// How sure a host's answers are without its pull requests.
const PULLS_UNREAD: f64 = 0.8;

/// What is known of one task.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::index) struct Facts {
    pub(super) limbo: Limbo,
    /// Days since the host said something.
    pub(super) looked_at: Option<u32>,
    pub(super) demand: Demand,
    /// False where the comments were not read.
    pub(super) demand_known: bool,
    /// Points and words of the description.
    pub(super) readiness: Option<(u32, u16)>,
    pub(super) skills: Component,
    /// Required skills of which the reader has nothing; empty where their profile names no skill at all.
    pub(in crate::index) missing: Vec<Tag>,
    /// True when it needs something that the reader avoids.
    pub(in crate::index) avoided: bool,
    /// How large it says it is.
    pub(super) size: Option<Size>,
    /// Size, where it is from, and the hours given.
    pub(super) effort: Option<(Size, Estimate, f64)>,
    pub(super) answers: Answers,
    /// How easy the project is to enter.
    pub(super) onboarding: Option<Component>,
    pub(super) asked: Asked,
    pub(super) need: NeedFacts,
    pub(super) newness: Option<Newness>,
}

impl Facts {
    /// The nine components.
    pub(in crate::index) fn components(&self) -> Components {
        let demand_k = if self.demand_known { 1.0 } else { DEMAND_BOUND };
        let (points, words) = self.readiness.unzip();
        let effort =
            |(size, estimate, given)| facts::effort(facts::hours(Some(size)), estimate, Mess::default(), given);
        Components::default()
            .with(Part::Limbo, facts::limbo(self.limbo.days, self.looked_at, !self.limbo.assumed))
            .with(Part::Demand, self.demand.component(facts::DEMAND_FULL, demand_k))
            .with(Part::Readiness, facts::readiness(points.unwrap_or(0), words.map(usize::from)))
            .with(Part::Skills, self.skills)
            .with(Part::Effort, self.effort.map_or_else(Component::unknown, effort))
            .with(Part::Host, self.host())
            .with(Part::Onboarding, self.onboarding.unwrap_or_default())
            .with(Part::Need, facts::need_of(self.asked, &self.need.terms()))
            .with(Part::Novelty, self.newness.map_or_else(Component::unknown, Newness::component))
    }

    fn host(&self) -> Component {
        of_host(self.answers)
    }

    /// How easy its project is to enter, 0–100, as [`super::words`] says it.
    pub(super) fn onboarding_points(&self) -> Option<u8> {
        let known = self.onboarding.filter(|known| known.k() > 0.0)?;
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a share, 0 to 1")]
        Some((known.c() * 100.0).round() as u8)
    }
}

/// How a host answers. What becomes of pull requests from outside was not read: that term stays the organisation's, and
/// half known.
pub(super) fn of_host(answers: Answers) -> Component {
    let host = facts::host(answers);
    Component::new(host.c(), host.k().min(PULLS_UNREAD))
}
