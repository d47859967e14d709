//! Where the user can be: tabs, rooms on top of them, and what lies over a room. Plain data.

use super::{
    dialog::Dialog,
    state::Cursor,
    widget::{palette::Palette, refused::Panel},
};
use crate::{
    app::Topic,
    domain::{commitment::ClaimId, key::TaskKey},
    keymap::{Action, Context},
};

/// A tab. The numbers are the product's, so a key never changes its meaning when tabs are added.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tab {
    /// 1: the list.
    #[default]
    Discover,
    /// 2: a round over the hosts.
    Walk,
    /// 3: own commitments.
    Mine,
    /// 4: all teams as rooms.
    Floor,
}

impl Tab {
    /// All tabs, from left to right.
    pub const ALL: [Self; 4] = [Self::Discover, Self::Walk, Self::Mine, Self::Floor];

    /// The action that goes there.
    pub fn action(self) -> Action {
        match self {
            Self::Discover => Action::TabDiscover,
            Self::Walk => Action::TabWalk,
            Self::Mine => Action::TabMine,
            Self::Floor => Action::TabFloor,
        }
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Discover => "Discover",
            Self::Walk => "Walk",
            Self::Mine => "Mine",
            Self::Floor => "Floor",
        }
    }
}

/// What is explained.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum About {
    /// Why a task has its score.
    Score(TaskKey),
    /// Why a task cannot be taken or does not stand in the list.
    Gates(TaskKey),
    /// What tells two tasks apart.
    Than(TaskKey, TaskKey),
    /// How much each part of a score counts.
    Weights,
}

/// A room on top of a tab.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Room {
    /// One task in full, and how far it is scrolled.
    Detail(TaskKey, Cursor),
    /// One own commitment, or one offered to me, in full, and how far it is scrolled.
    Resume(ClaimId, Cursor),
    /// An explanation, and how far it is scrolled or which weight is chosen.
    Why(About, Cursor),
    /// The outbox.
    Outbox,
    /// Help for these contexts or on a topic, and how far it is scrolled.
    Help(Vec<Context>, Option<Topic>, Cursor),
}

/// What lies over a room and takes the keys.
#[derive(Clone, Debug)]
pub enum Overlay {
    /// The query line is edited.
    Query,
    /// The command palette.
    Palette(Palette),
    /// A dialog.
    Dialog(Box<Dialog>),
    /// Why a rule refused a wish.
    Refused(Panel),
    /// A step of the tour, from 0.
    Tour(usize),
}
