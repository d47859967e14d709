//! From a command and what is known to effects, or to a refusal. Pure.
