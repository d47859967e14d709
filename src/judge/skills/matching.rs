//! How well a person fits what a task needs. Pure; of two people nothing is compared.

use jiff::civil::Date;
use serde::Serialize;

use super::{
    needs::Need,
    profile::{Profile, Skill},
    tag::{Facet, Tag},
};
use crate::judge::score::Component;

/// What is left of a level when only the skill above it is known, each step.
const OF_PARENT: f64 = 0.7;
/// Steps upwards that are looked at: beyond them too little is left.
const STEPS: u32 = 2;
/// Days for which a skill counts as in use.
const IN_USE_DAYS: i32 = 180;
/// Days of a month, in the mean.
const MONTH: f64 = 30.437;
/// What a stretch counts as.
const STRETCH: f64 = 0.6;

/// What is known around the person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Around {
    /// Today.
    pub today: Date,
    /// A mentor of the host has room.
    pub mentor_free: bool,
    /// The person is an intern.
    pub intern: bool,
}

/// One needed skill and what the person brings.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TagMatch {
    /// What is needed.
    #[serde(flatten)]
    pub need: Need,
    /// The level that counts, 0–4, after months without use and steps upwards.
    pub has: f64,
    /// How much of what is needed that is, 0–1.
    pub s: f64,
    /// The skill it was taken from, where that is not the needed one.
    pub via: Option<Tag>,
    /// Something to learn here, with a mentor.
    pub learn: bool,
    /// Used in the last 180 days.
    pub in_use: bool,
}

impl TagMatch {
    /// In words: `python 4 of 2`, `ci to learn`, `pytorch 2.8 of 2 through python`.
    pub fn words(&self) -> String {
        let name = self.need.tag.name();
        if self.learn {
            return format!("{name} to learn");
        }
        let level = |l: f64| format!("{:.1}", l).trim_end_matches(".0").to_owned();
        let via = self.via.as_ref().map(|v| format!(" through {}", v.name())).unwrap_or_default();
        format!("{name} {} of {}{via}", level(self.has), level(self.need.level))
    }
}

/// The verdict.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Match {
    /// For the score.
    pub component: Component,
    /// How much of what is needed is there, 0–1.
    pub cover: f64,
    /// How much the person wishes to do this, 0–1.
    pub wish: f64,
    /// Share of the needed skills that are in use, 0–1.
    pub recency: f64,
    /// Each needed skill.
    pub tags: Vec<TagMatch>,
    /// Required skills of which the person has nothing: the task cannot be taken (guard G5).
    pub missing: Vec<Tag>,
    /// Needed skills that the person wishes to avoid: the task is hidden from them.
    pub avoided: Vec<Tag>,
}

/// Meets a profile with what a task needs: `0.75·cover + 0.15·wish + 0.1·recency` (match of skills, model v1). Without
/// anything needed or anything said, nothing is known.
pub fn meet(profile: &Profile, needs: &[Need], around: Around) -> Match {
    let mut tags: Vec<TagMatch> = needs.iter().map(|need| one(profile, need, around.today)).collect();
    stretch(profile, &mut tags, around.mentor_free);
    let excused = around.intern && around.mentor_free;
    // A mentor can teach a skill; a mentor cannot give access.
    let missing = |t: &&TagMatch| t.need.hard && t.s == 0.0 && (!excused || t.need.tag.facet() == Facet::Access);
    let missing = tags.iter().filter(missing).map(|t| t.need.tag.clone()).collect();
    let avoided = needs.iter().map(|n| &n.tag).filter(|t| profile.avoid.contains(t)).cloned().collect();
    let sum: f64 = tags.iter().map(|t| t.need.p).sum();
    if sum <= 0.0 || profile.skills.is_empty() {
        let component = Component::new(0.5, 0.2);
        return Match { component, cover: 0.5, wish: 0.5, recency: 0.0, tags, missing, avoided };
    }
    let weighted = |of: &dyn Fn(&TagMatch) -> f64| tags.iter().map(|t| t.need.p * of(t)).sum::<f64>() / sum;
    let cover = weighted(&|t| t.s);
    let wish = weighted(&|t| f64::from(interest(profile, &t.need.tag) + 1) / 3.0);
    let in_use = u32::try_from(tags.iter().filter(|t| t.in_use).count()).unwrap_or(u32::MAX);
    let recency = f64::from(in_use) / f64::from(u32::try_from(tags.len()).unwrap_or(u32::MAX));
    let component = Component::sure(0.75 * cover + 0.15 * wish + 0.1 * recency);
    Match { component, cover, wish, recency, tags, missing, avoided }
}

fn one(profile: &Profile, need: &Need, today: Date) -> TagMatch {
    let (has, from) = level(profile, &need.tag, today, STEPS);
    let used = from.and_then(|skill| skill.last).is_some_and(|last| days_between(last, today) <= IN_USE_DAYS);
    let via = from.filter(|skill| skill.tag != need.tag).map(|skill| skill.tag.clone());
    TagMatch { need: need.clone(), has, s: (has / need.level.max(0.1)).min(1.0), via, learn: false, in_use: used }
}

/// The level that counts for a skill, and where it is from: the person's own entry, else the best of what it is part of.
fn level<'a>(profile: &'a Profile, tag: &Tag, today: Date, steps: u32) -> (f64, Option<&'a Skill>) {
    if let Some(skill) = profile.skill(tag) {
        return (after_idle(skill, today), Some(skill));
    }
    if steps == 0 {
        return (0.0, None);
    }
    let parents = tag.parents();
    let of_parents = parents.iter().map(|parent| level(profile, parent, today, steps - 1));
    let best = of_parents.max_by(|a, b| a.0.total_cmp(&b.0)).unwrap_or((0.0, None));
    (best.0 * OF_PARENT, best.1)
}

/// A level fades with months without use: `level · max(0.6, 1 − months/48)`.
fn after_idle(skill: &Skill, today: Date) -> f64 {
    let idle = skill.last.map_or(0.0, |last| f64::from(days_between(last, today).max(0)) / MONTH);
    f64::from(skill.level) * (1.0 - idle / 48.0).max(0.6)
}

fn days_between(from: Date, to: Date) -> i32 {
    from.until(to).map_or(0, |span| span.get_days())
}

fn interest(profile: &Profile, tag: &Tag) -> i8 {
    profile.skill(tag).map_or(0, |s| s.interest)
}

/// One skill that is wanting, that the person wishes to learn, with a mentor who has room: it counts as 0.6.
fn stretch(profile: &Profile, tags: &mut [TagMatch], mentor_free: bool) {
    let mut wanting: Vec<&mut TagMatch> = tags.iter_mut().filter(|t| t.s < 0.5).collect();
    if let [only] = wanting.as_mut_slice()
        && mentor_free
        && interest(profile, &only.need.tag) == 2
    {
        only.s = STRETCH;
        only.learn = true;
    }
}
