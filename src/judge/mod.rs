//! Pure verdicts: in go domain values and `Now`, out come verdicts with reasons. Reads and writes nothing.

pub mod free;
pub mod guard;
pub mod label;
pub mod signals;
