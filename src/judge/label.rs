//! The label dictionary of trackers.md §4.2: many spellings, one meaning.
