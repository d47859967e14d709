//! Tokens: where they may come from, and that they show nowhere.
