//! The hub: commands come in, decisions are made purely, effects are performed in one place.
//! Knows no terminal and no argument syntax.

pub mod checklist_words;
pub mod command;
pub mod decide;
pub mod effect;
pub mod error;
pub mod event;
pub mod first_page;
pub mod floor_words;
pub mod gates;
pub mod host;
pub mod last_list;
pub mod note;
pub mod outcome;
pub mod perform;
pub mod plan;
pub mod proposal_words;
mod reading;
pub mod recorder;
pub mod registry;
pub mod session;
pub mod thanks;
pub mod topics;
pub mod watch;
pub mod words;

pub use command::Command;
pub use error::{ExitCode, UserError};
pub use event::Event;
pub use session::Session;
pub use topics::Topic;
