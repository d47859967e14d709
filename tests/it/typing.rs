//! Words that are typed letter by letter find what they find at once, whatever was typed before.

use floorwalk::index::{Query, Snapshot, filter::search, rank::Sort};

use crate::bench_world;

#[test]
fn typed_letter_by_letter_a_word_finds_what_it_finds_at_once() {
    // More rows than are put in order one by one: only then is anything remembered.
    let build = || Snapshot::build(bench_world::everything(3_000, 5), &bench_world::context());
    let typed = build();
    let lines = ["memory leak", "Memory", "fix deadlock or typo", "docs label:docs", "docs", "org1", "#12", "leak mem"];
    for line in lines {
        let ends = line.char_indices().map(|(at, c)| at + c.len_utf8());
        let there_and_back: Vec<usize> = ends.clone().chain(ends.rev().skip(1)).collect();
        for text in there_and_back.into_iter().filter_map(|end| line.get(..end)) {
            let Ok(query) = Query::parse(text) else { continue };
            let (quick, fresh) = (search(&typed, &query, Sort::Best), search(&build_once(), &query, Sort::Best));
            assert_eq!(quick.rows, fresh.rows, "{text}");
            assert_eq!((quick.facets, quick.taken), (fresh.facets, fresh.taken), "{text}");
        }
    }
}

/// A snapshot in which nothing was typed.
fn build_once() -> Snapshot {
    static BUILT: std::sync::LazyLock<Snapshot> =
        std::sync::LazyLock::new(|| Snapshot::build(bench_world::everything(3_000, 5), &bench_world::context()));
    BUILT.weighed(BUILT.weights())
}
