//! What can be done and which keys do it: THE table of actions, the shipped key bindings, and everything that is
//! generated from the two (help rows, hint line, `floorwalk keys`). Knows no terminal library and no screen: keys
//! are values of its own, so that the command line can print them too.

pub mod action;
pub mod chord;
pub mod help;
mod layer;
pub mod load;
pub mod shipped;
pub mod trie;
pub mod wire;

pub use action::{Action, ActionInfo, Context};
pub use chord::{Chord, Key, Sequence};
pub use load::{KeymapProblem, parse, shipped};
pub use shipped::Shipped;
pub use trie::{Found, Keymap, Step};
