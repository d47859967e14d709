//! The one integration binary. Every test file is a module here; `layers` fails when one is forgotten.
