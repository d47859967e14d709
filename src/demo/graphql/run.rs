//! Walks a checked document over the objects: aliases, variables, fragments, directives, lists, and nulls with
//! errors that name their path.

use std::collections::HashMap;

use async_graphql_parser::{
    Positioned,
    types::{Directive, ExecutableDocument, Field, OperationDefinition, Selection, SelectionSet},
};
use async_graphql_value::{ConstValue, Name, Value as Argument};
use serde_json::{Map, Value, json};

use super::{connect::Page, cost, schema::Schema};
use crate::demo::{
    identity::Budget,
    rest::Call,
    world::{RepoIx, UserIx, World},
};

/// An object of the answer, not yet projected.
#[derive(Clone, Debug)]
pub(super) enum Node {
    Query,
    Repo(RepoIx),
    /// Issue or pull request, by number.
    Issue(RepoIx, u64),
    /// Issue, then comment id.
    Comment(RepoIx, u64, u64),
    /// Issue, then place of the event.
    Event(RepoIx, u64, usize),
    User(UserIx),
    Label(RepoIx, usize),
    Milestone(RepoIx, usize),
    /// Commits back from the head of the default branch.
    Commit(RepoIx, usize),
    /// A folder of the default branch, by path.
    Folder(RepoIx, String),
    /// What stands in a folder, by path; a folder's ends with a slash.
    Entry(RepoIx, String),
    /// A file, by path.
    File(RepoIx, String),
    Page(Box<Page>),
    Edge(&'static str, String, Box<Node>),
    /// Small things that are plain values: their type, their members.
    Plain(&'static str, Value),
}

/// What a field leads to.
#[derive(Debug)]
pub(super) enum Out {
    Leaf(Value),
    One(Node),
    Many(Vec<Option<Node>>),
    Null,
    /// Null with an error of GitHub's `type` and message.
    Failed(&'static str, String),
}

impl Out {
    pub(super) fn maybe(node: Option<Node>) -> Self {
        node.map_or(Self::Null, Self::One)
    }
}

/// Arguments of a field, variables put in.
pub(super) struct Args(Map<String, Value>);

impl Args {
    pub(super) fn get(&self, key: &str) -> Option<&Value> {
        self.0.get(key).filter(|v| !v.is_null())
    }

    pub(super) fn text(&self, key: &str) -> Option<&str> {
        self.get(key).and_then(Value::as_str)
    }

    pub(super) fn number(&self, key: &str) -> Option<u64> {
        self.get(key).and_then(Value::as_u64)
    }

    /// A list of words; one word stands for a list of one.
    pub(super) fn texts(&self, key: &str) -> Option<Vec<String>> {
        let value = self.get(key)?;
        let words = |v: &Value| v.as_str().map(str::to_owned);
        Some(
            value
                .as_array()
                .map_or_else(|| words(value).into_iter().collect(), |a| a.iter().filter_map(words).collect()),
        )
    }
}

/// One document being answered.
pub(super) struct Run<'a> {
    pub(super) world: &'a World,
    pub(super) call: &'a Call,
    pub(super) budget: &'a Budget,
    pub(super) schema: &'a Schema,
    document: &'a ExecutableDocument,
    /// Points that the document costs.
    pub(super) cost: u32,
    variables: HashMap<String, Value>,
    errors: Vec<Value>,
}

impl<'a> Run<'a> {
    pub(super) fn new(
        world: &'a World,
        call: &'a Call,
        budget: &'a Budget,
        schema: &'a Schema,
        document: &'a ExecutableDocument,
    ) -> Self {
        Self { world, call, budget, schema, document, cost: 1, variables: HashMap::new(), errors: Vec::new() }
    }

    pub(super) fn learn_variables(&mut self, operation: &OperationDefinition, given: &Value) {
        self.cost = cost::points(self.document, given);
        for definition in &operation.variable_definitions {
            let name = definition.node.name.node.to_string();
            let default = definition.node.default_value().and_then(|v| serde_json::to_value(v).ok());
            let value = given.get(&name).cloned().or(default).unwrap_or_default();
            self.variables.insert(name, value);
        }
    }

    pub(super) fn into_errors(self) -> Vec<Value> {
        self.errors
    }

    pub(super) fn query(&mut self, set: &SelectionSet) -> Value {
        self.object(&Node::Query, set, &mut Vec::new())
    }

    fn object(&mut self, node: &Node, set: &SelectionSet, path: &mut Vec<Value>) -> Value {
        let mut shown = Map::new();
        self.select(node, set, path, &mut shown);
        Value::Object(shown)
    }

    fn select(&mut self, node: &Node, set: &SelectionSet, path: &mut Vec<Value>, into: &mut Map<String, Value>) {
        for item in &set.items {
            if !self.wanted(item.node.directives()) {
                continue;
            }
            match &item.node {
                Selection::Field(field) => {
                    let key = field.node.alias.as_ref().unwrap_or(&field.node.name).node.to_string();
                    path.push(key.clone().into());
                    let value = self.field(node, field, path);
                    path.pop();
                    blend(into.entry(key).or_insert(Value::Null), value);
                }
                Selection::InlineFragment(fragment) => {
                    let on = fragment.node.type_condition.as_ref().map(|c| c.node.on.node.as_str());
                    if on.is_none_or(|on| self.schema.is(self.type_name(node), on)) {
                        self.select(node, &fragment.node.selection_set.node, path, into);
                    }
                }
                Selection::FragmentSpread(spread) => {
                    let fragment = self.document.fragments.get(&spread.node.fragment_name.node);
                    let Some(fragment) = fragment else { continue };
                    if self.schema.is(self.type_name(node), fragment.node.type_condition.node.on.node.as_str()) {
                        self.select(node, &fragment.node.selection_set.node, path, into);
                    }
                }
            }
        }
    }

    /// `@include(if:)` and `@skip(if:)`.
    fn wanted(&self, directives: &[Positioned<Directive>]) -> bool {
        directives.iter().all(|directive| {
            let argument = directive.node.arguments.iter().find(|(name, _)| name.node.as_str() == "if");
            let yes = argument.and_then(|(_, v)| self.value(&v.node).as_bool());
            match directive.node.name.node.as_str() {
                "include" => yes != Some(false),
                "skip" => yes != Some(true),
                _ => true,
            }
        })
    }

    /// The plain value of an argument, variables put in.
    fn value(&self, value: &Argument) -> Value {
        let variable = |name: Name| -> Result<ConstValue, ()> {
            let known = self.variables.get(name.as_str()).cloned().unwrap_or_default();
            serde_json::from_value(known).map_err(|_| ())
        };
        let plain = value.clone().into_const_with(variable);
        plain.ok().and_then(|v| serde_json::to_value(v).ok()).unwrap_or_default()
    }

    fn field(&mut self, node: &Node, field: &Positioned<Field>, path: &mut Vec<Value>) -> Value {
        let name = field.node.name.node.as_str();
        if name == "__typename" {
            return self.type_name(node).into();
        }
        let arguments = field.node.arguments.iter().map(|(name, v)| (name.node.to_string(), self.value(&v.node)));
        let args = Args(arguments.collect());
        let set = &field.node.selection_set.node;
        match self.resolve(node, name, &args) {
            Out::Leaf(value) => value,
            Out::One(node) => self.object(&node, set, path),
            Out::Many(nodes) => self.list(&nodes, set, path),
            Out::Null => Value::Null,
            Out::Failed(kind, message) => {
                let at = json!([{"line": field.pos.line, "column": field.pos.column}]);
                self.fail(kind, message, path, at);
                Value::Null
            }
        }
    }

    fn list(&mut self, nodes: &[Option<Node>], set: &SelectionSet, path: &mut Vec<Value>) -> Value {
        let mut shown = Vec::with_capacity(nodes.len());
        for (place, node) in nodes.iter().enumerate() {
            path.push(place.into());
            shown.push(match node {
                Some(node) => self.object(node, set, path),
                None => {
                    self.fail(
                        "NOT_FOUND",
                        "Could not resolve to a node with the global id given".into(),
                        path,
                        json!([]),
                    );
                    Value::Null
                }
            });
            path.pop();
        }
        Value::Array(shown)
    }

    fn fail(&mut self, kind: &str, message: String, path: &[Value], locations: Value) {
        self.errors.push(json!({"type": kind, "path": path, "locations": locations, "message": message}));
    }

    /// `__typename`.
    pub(super) fn type_name(&self, node: &Node) -> &'static str {
        match node {
            Node::Query => "Query",
            Node::Repo(_) => "Repository",
            Node::Issue(repo, number) => {
                let pull = self.world.repo(*repo).issues.get(number).is_some_and(|i| i.pull.is_some());
                if pull { "PullRequest" } else { "Issue" }
            }
            Node::Comment(..) => "IssueComment",
            Node::Event(repo, number, place) => self.event_type(*repo, *number, *place),
            Node::User(user) => self.world.user(*user).kind.word(),
            Node::Label(..) => "Label",
            Node::Milestone(..) => "Milestone",
            Node::Commit(..) => "Commit",
            Node::Folder(..) => "Tree",
            Node::Entry(..) => "TreeEntry",
            Node::File(..) => "Blob",
            Node::Page(page) => page.kind,
            Node::Edge(kind, ..) | Node::Plain(kind, _) => kind,
        }
    }
}

/// Puts a second selection of the same key together with the first.
fn blend(into: &mut Value, more: Value) {
    match (into, more) {
        (Value::Object(into), Value::Object(more)) => {
            for (key, value) in more {
                blend(into.entry(key).or_insert(Value::Null), value);
            }
        }
        (Value::Array(into), Value::Array(more)) if into.len() == more.len() => {
            into.iter_mut().zip(more).for_each(|(into, more)| blend(into, more));
        }
        (into, more) => *into = more,
    }
}
