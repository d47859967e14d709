//! The table of actions and the keys that reach them. Shipped data, checked; knows no screen.
