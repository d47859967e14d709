//! Live counts by signal, project and language.

/// Counts of what a query found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facets {
    /// By signal word, in the order of `SignalKind::ALL`.
    pub signals: Vec<(&'static str, u32)>,
    /// By `owner/name`, most first.
    pub projects: Vec<(String, u32)>,
    /// By language, most first.
    pub languages: Vec<(String, u32)>,
}
