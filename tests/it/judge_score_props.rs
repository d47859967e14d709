//! What holds for every score: its points add up, it stays within bounds, better is never worse, order of rows is nothing.

use floorwalk::judge::score::{
    Bars, Component, Components, Extra, Part, Weights,
    batch::{Batch, Ties},
};
use proptest::prelude::*;

fn component() -> impl Strategy<Value = Component> {
    let edge = || prop_oneof![0.0..=1.0_f64, Just(0.0), Just(1.0), Just(f64::NAN), -9.0..9.0_f64];
    (edge(), edge()).prop_map(|(c, k)| Component::new(c, k))
}

fn components() -> impl Strategy<Value = Components> {
    proptest::array::uniform9(component()).prop_map(Components::new)
}

fn weights() -> impl Strategy<Value = Weights> {
    proptest::array::uniform9(prop_oneof![0..=50_u8, Just(0)]).prop_map(|w| Weights::new(w).unwrap())
}

fn extras() -> impl Strategy<Value = Vec<Extra>> {
    proptest::sample::subsequence(Extra::ALL.to_vec(), 0..=4)
}

proptest! {
    #[test]
    fn points_add_up_to_the_score_exactly(c in components(), w in weights(), e in extras()) {
        let bars = Bars::of(&c, w, &e);
        let sum: u32 = bars.bars.iter().map(|b| b.points).chain(bars.extras.iter().map(|b| b.points)).sum();
        prop_assert_eq!(sum, bars.score);
        prop_assert!(bars.score <= 10_000);
        for bar in &bars.bars {
            prop_assert!((f64::from(bar.points) / 100.0 - bar.exact).abs() < 0.0101, "{:?}", bar);
        }
        prop_assert!((0.0..=1.0 + 1e-9).contains(&bars.confidence));
        prop_assert!((-1e-9..=100.0 + 1e-9).contains(&bars.raw));
    }

    #[test]
    fn a_better_component_never_lowers_the_score(c in components(), w in weights(), part in 0..9_usize, up in 0.0..1.0_f64) {
        let part = Part::ALL[part];
        let was = c.get(part);
        let better = c.with(part, Component::new(was.c() + up, was.k()));
        prop_assert!(Bars::of(&better, w, &[]).score >= Bars::of(&c, w, &[]).score);
    }

    #[test]
    fn the_order_of_rows_changes_no_score_and_no_place(
        rows in proptest::collection::vec((components(), extras(), 0..5_u32, 0..3_u32), 1..40),
        w in weights(),
        turn in 0..40_usize,
    ) {
        let listed = |order: &[usize]| {
            let (mut batch, mut ties) = (Batch::default(), Vec::new());
            for at in order {
                let (c, e, limbo_days, helpers) = &rows[*at];
                batch.push(c, e);
                ties.push(Ties { limbo_days: *limbo_days, helpers: *helpers, key_rank: *at as u32 });
            }
            batch.order(w, &ties, None).into_iter().map(|(row, score)| (order[row as usize], score)).collect::<Vec<_>>()
        };
        let straight: Vec<usize> = (0..rows.len()).collect();
        let mut turned = straight.clone();
        turned.rotate_left(turn % rows.len());
        turned.reverse();
        let list = listed(&straight);
        prop_assert_eq!(&list, &listed(&turned));
        for (at, score) in list {
            prop_assert_eq!(score, Bars::of(&rows[at].0, w, &rows[at].1).score);
        }
    }
}
