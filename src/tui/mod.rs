//! tui: not written yet.
