//! Pure verdicts: in go domain values and `Now`, out come verdicts with reasons. Reads and writes nothing.

pub mod burden;
pub mod first;
pub mod free;
pub mod gist;
pub mod guard;
pub(crate) mod hold;
pub mod mentor;
pub mod project;
pub mod readiness;
pub mod score;
pub mod signal;
pub mod skills;
pub mod why;
