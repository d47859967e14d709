//! The one place that acts: store, trackers, browser, clipboard.
