//! The screens: a terminal, one queue, one order, no ticker. A message changes [`state::State`] through
//! [`state::update`], which gives back what is to be done; then one frame is drawn from the state, if anything
//! changed. Knows commands, events and snapshots; knows no store, no tracker and no session.

pub mod bytes;
pub mod details;
pub mod dialog;
pub mod frame;
pub mod hands;
pub mod heard;
pub mod input;
mod joined;
pub mod keyed;
pub mod layout;
pub mod message;
pub mod mouse;
pub mod notice;
pub mod paint;
pub mod place;
pub mod plain;
pub mod repeat;
pub mod room;
pub mod run;
pub mod screen;
pub mod seek;
pub mod signals;
pub mod state;
pub mod terminal;
pub mod theme;
pub mod toast;
pub mod turn;
pub mod widget;

pub use run::{TuiParts, run};
pub use state::{ExitReason, Left, Options};
