//! Work over very many things, done by two threads. Knows nothing of the things.

/// Things from which on it pays to have a second thread: starting one costs as much as judging some hundred rows.
pub(super) const WORTH_A_THREAD: usize = 8_192;

/// What `work` makes of things, in their order; of many of them the second half on a thread of its own.
pub(super) fn in_two<T: Send, R: Send>(things: Vec<T>, work: impl Fn(Vec<T>) -> Vec<R> + Sync) -> Vec<R> {
    in_two_from(WORTH_A_THREAD, things, work)
}

/// The same, where as many things as `worth` are much work.
pub(super) fn in_two_from<T: Send, R: Send>(
    worth: usize,
    mut things: Vec<T>,
    work: impl Fn(Vec<T>) -> Vec<R> + Sync,
) -> Vec<R> {
    if things.len() < worth {
        return work(things);
    }
    let half = things.split_off(things.len() / 2);
    std::thread::scope(|scope| {
        let second = scope.spawn(|| work(half));
        let mut made = work(things);
        // A thread that panicked is a bug; its panic goes on here, as without threads.
        made.extend(second.join().unwrap_or_else(|bug| std::panic::resume_unwind(bug)));
        made
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_make_what_one_makes() {
        let work = |things: Vec<usize>| things.into_iter().map(|n| n * 3).collect();
        for count in [0, 1, 100, WORTH_A_THREAD, WORTH_A_THREAD * 2 + 1] {
            assert_eq!(in_two((0..count).collect(), work), work((0..count).collect()));
        }
    }
}
