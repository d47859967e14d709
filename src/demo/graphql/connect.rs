//! Connections: which part of a list is wanted, and the page that shows it.

use serde_json::{Value, json};

use super::run::{Args, Node, Out, Run};

/// A part of a list with what is known of the whole.
#[derive(Clone, Debug)]
pub(super) struct Page {
    /// `IssueConnection`.
    pub kind: &'static str,
    edge: &'static str,
    nodes: Vec<Node>,
    total: usize,
    start: usize,
    /// `first` or `last` was given; without it only the count may be asked for.
    bounded: bool,
}

/// Most nodes of one page.
const MOST: usize = 100;

fn cursor(place: usize) -> String {
    format!("demo:{place}")
}

fn place(cursor: &str) -> Option<usize> {
    cursor.strip_prefix("demo:")?.parse().ok()
}

/// Cuts the wanted part out of all nodes by `first`, `last`, `after`, `before`.
pub(super) fn page(kind: &'static str, edge: &'static str, all: Vec<Node>, args: &Args, field: &str) -> Out {
    let number = |key: &str| args.number(key).and_then(|n| usize::try_from(n).ok());
    let (first, last) = (number("first"), number("last"));
    let asked = first.max(last);
    if asked > Some(MOST) {
        let asked = asked.unwrap_or(MOST);
        return Out::Failed(
            "EXCESSIVE_PAGINATION",
            format!("Requesting {asked} records on the `{field}` connection exceeds the `first` limit of 100 records."),
        );
    }
    let total = all.len();
    let mut start = args.text("after").and_then(place).map_or(0, |p| p + 1).min(total);
    let mut end = args.text("before").and_then(place).unwrap_or(total).clamp(start, total);
    if let Some(first) = first {
        end = end.min(start + first);
    } else if let Some(last) = last {
        start = start.max(end.saturating_sub(last));
    }
    if asked.is_none() {
        end = start;
    }
    let nodes = all.get(start..end).unwrap_or_default().to_vec();
    Out::One(Node::Page(Box::new(Page { kind, edge, nodes, total, start, bounded: asked.is_some() })))
}

impl Run<'_> {
    pub(super) fn of_page(&self, page: &Page, field: &str) -> Out {
        match field {
            "nodes" | "edges" if !page.bounded => Out::Failed(
                "MISSING_PAGINATION_BOUNDARIES",
                format!("You must provide a `first` or `last` value to properly paginate the `{}`.", page.kind),
            ),
            "nodes" => Out::Many(page.nodes.iter().cloned().map(Some).collect()),
            "edges" => {
                let edges = page.nodes.iter().enumerate();
                let edge = |(i, node): (usize, &Node)| {
                    Some(Node::Edge(page.edge, cursor(page.start + i), Box::new(node.clone())))
                };
                Out::Many(edges.map(edge).collect())
            }
            "pageInfo" => {
                let end = page.start + page.nodes.len();
                let some = !page.nodes.is_empty();
                Out::One(Node::Plain(
                    "PageInfo",
                    json!({
                        "startCursor": some.then(|| cursor(page.start)), "endCursor": some.then(|| cursor(end - 1)),
                        "hasNextPage": end < page.total, "hasPreviousPage": page.start > 0,
                    }),
                ))
            }
            "totalDiskUsage" | "repositoryCount" | "userCount" => Out::Leaf(0.into()),
            "pageCount" => Out::Leaf(page.nodes.len().into()),
            "updatedAt" => Out::Leaf(super::super::rest::shape::at(self.call.now).into()),
            // `totalCount`, `issueCount`, `filteredCount`.
            _ => Out::Leaf(page.total.into()),
        }
    }
}

/// Turns rows around when the order asks for it; a list is ascending before.
pub(super) fn ordered(mut nodes: Vec<Node>, order: Option<&Value>, down_by_default: bool) -> Vec<Node> {
    let direction = order.and_then(|o| o.get("direction")).and_then(Value::as_str);
    if direction.map_or(down_by_default, |d| d == "DESC") {
        nodes.reverse();
    }
    nodes
}
