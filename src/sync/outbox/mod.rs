//! Sending wishes: claim and hand-back, once, in order, through any crash.
