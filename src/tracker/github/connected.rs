//! Pull requests linked by hand. The timeline only tells that something was linked; what it was is asked in one query.

use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    GitHub,
    graphql::{self, Meaning},
    left_out,
    timeline::Row,
    wire,
};
use crate::tracker::Result;

/// Links asked for, the last ones.
const ROWS: usize = 50;

const DOING: &str = "reading what was linked by hand";

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Repository {
    name_with_owner: Option<String>,
}

/// A pull request; empty for an issue.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Subject {
    number: Option<u64>,
    repository: Option<Repository>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Node {
    id: Option<String>,
    source: Option<Subject>,
    subject: Option<Subject>,
}

impl Node {
    /// Id of the row, and the pull request it is about.
    fn told(self) -> Option<(String, String, u64)> {
        let pull = |s: Subject| Some((s.repository?.name_with_owner?, s.number?));
        let (name, number) = self.source.and_then(pull).or_else(|| self.subject.and_then(pull))?;
        Some((self.id?, name, number))
    }
}

impl GitHub {
    /// Fills in the pull requests of rows that do not name theirs. Where there is no such query they stay as they are.
    pub(super) async fn name_connected(&self, rows: &mut [Row]) -> Result<()> {
        let nameless = |row: &&Row| row.event() == "connected" && row.source.is_none();
        let ids: Vec<String> =
            rows.iter().rev().filter(nameless).filter_map(|r| r.node_id.clone()).take(ROWS).collect();
        if ids.is_empty() || self.no_queries().is_some() {
            return Ok(());
        }
        let reply = match self.ask(graphql::CONNECTED, json!({ "ids": ids }), true, DOING).await {
            Err(error) if left_out(&error.class) || self.why_no_graphql(&error).is_some() => {
                tracing::info!(%error, "links made by hand are not known");
                return Ok(());
            }
            other => other?,
        };
        for (meaning, pause) in [(Meaning::Limit, false), (Meaning::Pause, true)] {
            if let Some(error) = reply.first(&meaning) {
                return Err(self.spent(DOING, error.message(), pause));
            }
        }
        let nodes = reply.data.as_ref().and_then(|data| data.get("nodes")).and_then(Value::as_array);
        let nodes = nodes.into_iter().flatten().filter_map(|node| wire::salvage::<Node>(node.clone()).ok());
        for (id, name, number) in nodes.filter_map(Node::told) {
            let row = rows.iter_mut().find(|row| row.event() == "connected" && row.node_id.as_ref() == Some(&id));
            if let Some(row) = row {
                row.connect(name, number);
            }
        }
        Ok(())
    }
}
