//! Fuzzy matching of titles: the only file that names `fuzzy-matcher`.
