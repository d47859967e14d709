//! Skills: what a task needs, what a person brings, and how well the two meet (skills, model v1). Pure; what files and
//! labels there are is passed in.

pub mod matching;
pub mod needs;
pub mod profile;
pub mod tag;

pub use self::{
    matching::{Around, Match, TagMatch, meet},
    needs::{Clues, Need, needs},
    profile::{Profile, RawProfile, Role, Skill},
    tag::{Facet, Tag},
};
