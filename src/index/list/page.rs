//! The first page of the list as it was last seen, to be shown at the next start before the rest is read. What it holds is a
//! memory: keys and points in their order. Everything else about its tasks is read anew.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::index::{
    filter,
    query::Query,
    rank::Sort,
    snapshot::{BuildContext, Snapshot},
};
use crate::{domain::key::TaskKey, store::Everything};

/// Name of the value under which a store keeps it.
pub const PAGE: &str = "first page";

/// Rows that a page has at most: more than any window shows.
const MOST: usize = 200;

/// Keys and points, in the order of the list.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Page {
    /// [`Weights::mark`] of the weights that made the points.
    weights: String,
    rows: Vec<(TaskKey, Option<u32>)>,
}

impl Page {
    /// The first page of what is listed, best first, when nobody asks for anything.
    pub fn of(snapshot: &Snapshot) -> Self {
        let hits = filter::search(snapshot, &Query::default(), Sort::Best);
        let first = (0..MOST).map_while(|at| hits.rows.get(at));
        let rows = first.filter_map(|at| snapshot.rows.get(*at as usize));
        Self {
            weights: snapshot.weights().mark(),
            rows: rows.map(|row| (row.task.key.clone(), snapshot.score(row))).collect(),
        }
    }

    /// True where its points are those that the reader's weights give.
    pub fn fits(&self, context: &BuildContext) -> bool {
        self.weights == context.taste.weights.mark()
    }

    /// As text for the store; empty when it cannot be written, which loses nothing.
    pub fn written(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// From such a text; `None` for any other.
    pub fn read(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok().filter(|page: &Self| (1..=MOST).contains(&page.rows.len()))
    }

    /// What a window of so many rows shows of it.
    pub fn first(mut self, rows: usize) -> Self {
        self.rows.truncate(rows);
        self
    }

    /// Its tasks, in order.
    pub fn keys(&self) -> Vec<TaskKey> {
        self.rows.iter().map(|(key, _)| key.clone()).collect()
    }
}

impl Snapshot {
    /// A snapshot of nothing but a page: of `everything` that a store gave for its tasks. They stand in the order and with the
    /// points in which they were last seen, because both depend on tasks that are not there.
    pub fn of_page(everything: Everything, context: &BuildContext, page: &Page) -> Self {
        let mut snapshot = Self::build(everything, context);
        let mut order = Vec::new();
        let mut scores = vec![0; snapshot.rows.len()];
        for (key, score) in &page.rows {
            let Some(at) = snapshot.at(key) else { continue };
            if let Some(kept) = scores.get_mut(at as usize) {
                *kept = score.unwrap_or(0);
            }
            order.push(at);
        }
        snapshot.see_as(order, Arc::new(scores));
        snapshot
    }
}
