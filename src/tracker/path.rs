//! Which paths inside a repository may be asked for at all. Knows no tracker.

/// The steps of a path of a file or folder in a repository; `None` when it is absolute, leads upwards, has empty
/// steps, or holds control characters or backslashes. The empty path is the repository's own folder: no steps.
pub(super) fn steps(path: &str) -> Option<Vec<&str>> {
    if path.is_empty() {
        return Some(Vec::new());
    }
    let good = |step: &&str| {
        let plain = step.chars().all(|c| !c.is_control() && c != '\\');
        !step.is_empty() && *step != "." && *step != ".." && step.len() <= 255 && plain
    };
    let steps: Vec<&str> = path.split('/').collect();
    (path.len() <= 1_000 && steps.iter().all(good)).then_some(steps)
}
