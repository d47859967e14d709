//! What a query costs in points, by GitHub's own rule: for each connection as many requests as the lists above it could have
//! members, all of them added up, divided by a hundred, and one at least. Answers nothing.
//! <https://docs.github.com/en/graphql/overview/rate-limits-and-query-limits-for-the-graphql-api>

use async_graphql_parser::types::{ExecutableDocument, Field, Selection, SelectionSet};
use async_graphql_value::Value as Argument;
use serde_json::Value;

/// Deepest nesting that is followed.
const DEEPEST: u32 = 40;

struct Sum<'a> {
    document: &'a ExecutableDocument,
    variables: &'a Value,
    requests: u64,
}

/// Points of a document with these variables.
pub(crate) fn points(document: &ExecutableDocument, variables: &Value) -> u32 {
    let mut sum = Sum { document, variables, requests: 0 };
    for (_, operation) in document.operations.iter() {
        sum.set(&operation.node.selection_set.node, 1, 0);
    }
    u32::try_from(sum.requests.saturating_add(50) / 100).unwrap_or(u32::MAX).max(1)
}

impl Sum<'_> {
    fn set(&mut self, set: &SelectionSet, parents: u64, depth: u32) {
        for item in set.items.iter().filter(|_| depth < DEEPEST) {
            match &item.node {
                Selection::Field(field) => self.field(&field.node, parents, depth),
                Selection::InlineFragment(part) => self.set(&part.node.selection_set.node, parents, depth + 1),
                Selection::FragmentSpread(spread) => {
                    let document = self.document;
                    if let Some(part) = document.fragments.get(&spread.node.fragment_name.node) {
                        self.set(&part.node.selection_set.node, parents, depth + 1);
                    }
                }
            }
        }
    }

    fn field(&mut self, field: &Field, parents: u64, depth: u32) {
        let number = |name: &str| self.argument(field, name).and_then(|v| v.as_u64());
        let asked = number("first").max(number("last"));
        let named = self.argument(field, "ids").and_then(|v| v.as_array().map(|all| all.len() as u64));
        let members = match (asked, named) {
            (Some(rows), _) => {
                self.requests = self.requests.saturating_add(parents);
                rows
            }
            (None, Some(nodes)) => nodes,
            (None, None) => 1,
        };
        self.set(&field.selection_set.node, parents.saturating_mul(members.max(1)), depth + 1);
    }

    fn argument(&self, field: &Field, name: &str) -> Option<Value> {
        let (_, value) = field.arguments.iter().find(|(n, _)| n.node.as_str() == name)?;
        match &value.node {
            Argument::Variable(variable) => self.variables.get(variable.as_str()).cloned(),
            plain => serde_json::to_value(plain).ok(),
        }
    }
}
