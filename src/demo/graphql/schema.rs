//! The types the GraphQL side knows, and the check of a document against them before anything is answered: what
//! does not exist is refused as a whole, as GitHub does.

use std::{
    collections::{BTreeMap, HashSet},
    sync::{Arc, OnceLock},
};

use async_graphql_parser::{
    Pos, Positioned, parse_schema,
    types::{BaseType, ExecutableDocument, Selection, SelectionSet, Type, TypeKind, TypeSystemDefinition},
};
use serde_json::{Value, json};

const SCHEMA: &str = include_str!("../../../assets/demo/schema.graphql");
/// Deepest nesting of selections and fragments.
const DEEPEST: u32 = 40;

/// What one type offers.
#[derive(Debug, Default)]
struct Known {
    /// Field name to the name of its innermost type and its arguments.
    fields: BTreeMap<String, (String, HashSet<String>)>,
    /// It has no fields to select.
    leaf: bool,
    kind: &'static str,
}

/// All types.
#[derive(Debug, Default)]
pub(crate) struct Schema {
    types: BTreeMap<String, Known>,
    /// Object type to the interfaces and unions it belongs to.
    belongs: BTreeMap<String, HashSet<String>>,
}

impl Schema {
    /// The schema without the hidden fields; the whole one is made once.
    pub(crate) fn without(hidden: &[String]) -> Arc<Self> {
        static WHOLE: OnceLock<Arc<Schema>> = OnceLock::new();
        if hidden.is_empty() {
            return WHOLE.get_or_init(|| Arc::new(Self::new(&[]))).clone();
        }
        Arc::new(Self::new(hidden))
    }

    /// The built-in schema without the fields in `hidden` (`Type.field`).
    fn new(hidden: &[String]) -> Self {
        let mut schema = Self::default();
        let Ok(document) = parse_schema(SCHEMA) else { return schema };
        for definition in document.definitions {
            let TypeSystemDefinition::Type(definition) = definition else { continue };
            schema.learn(definition.node.name.node.to_string(), &definition.node.kind);
        }
        for scalar in ["String", "Int", "Boolean", "ID", "Float"] {
            schema.types.insert(scalar.into(), Known { leaf: true, kind: "SCALAR", ..Known::default() });
        }
        for field in hidden.iter().filter_map(|f| f.split_once('.')) {
            if let Some(known) = schema.types.get_mut(field.0) {
                known.fields.remove(field.1);
            }
        }
        schema
    }

    fn learn(&mut self, name: String, kind: &TypeKind) {
        let (fields, kind) = match kind {
            TypeKind::Object(object) => {
                for interface in &object.implements {
                    self.belongs.entry(name.clone()).or_default().insert(interface.node.to_string());
                }
                (object.fields.as_slice(), "OBJECT")
            }
            TypeKind::Interface(interface) => (interface.fields.as_slice(), "INTERFACE"),
            TypeKind::Union(union) => {
                for member in &union.members {
                    self.belongs.entry(member.node.to_string()).or_default().insert(name.clone());
                }
                (&[][..], "UNION")
            }
            TypeKind::Enum(_) => (&[][..], "ENUM"),
            TypeKind::Scalar => (&[][..], "SCALAR"),
            TypeKind::InputObject(_) => (&[][..], "INPUT_OBJECT"),
        };
        let fields = fields.iter().map(|field| {
            let arguments = field.node.arguments.iter().map(|a| a.node.name.node.to_string()).collect();
            (field.node.name.node.to_string(), (innermost(&field.node.ty.node), arguments))
        });
        let known = Known { fields: fields.collect(), leaf: matches!(kind, "ENUM" | "SCALAR"), kind };
        self.types.insert(name, known);
    }

    /// Whether an object of type `concrete` meets the condition `on`.
    pub(crate) fn is(&self, concrete: &str, on: &str) -> bool {
        concrete == on || self.belongs.get(concrete).is_some_and(|b| b.contains(on))
    }

    /// `__type(name:)` as introspection shows it.
    pub(crate) fn describe(&self, name: &str) -> Value {
        let Some(known) = self.types.get(name) else { return Value::Null };
        let fields: Vec<Value> = known
            .fields
            .iter()
            .map(|(field, (ty, arguments))| {
                let arguments: Vec<Value> = arguments.iter().map(|a| json!({"name": a})).collect();
                json!({"name": field, "description": null, "isDeprecated": false, "args": arguments,
                       "type": {"name": ty, "kind": self.types.get(ty).map(|t| t.kind), "ofType": null}})
            })
            .collect();
        json!({"name": name, "kind": known.kind, "description": null, "fields": fields})
    }

    /// Everything in the document that does not exist, as GitHub words it.
    pub(crate) fn mistakes(&self, document: &ExecutableDocument) -> Vec<Value> {
        let mut check = Check { schema: self, document, found: Vec::new() };
        for (name, operation) in document.operations.iter() {
            let path = vec![name.map_or_else(|| "query".to_owned(), |n| format!("query {n}"))];
            check.set(&operation.node.selection_set.node, "Query", &path, 0);
        }
        check.found
    }
}

fn innermost(ty: &Type) -> String {
    match &ty.base {
        BaseType::Named(name) => name.to_string(),
        BaseType::List(inner) => innermost(inner),
    }
}

struct Check<'a> {
    schema: &'a Schema,
    document: &'a ExecutableDocument,
    found: Vec<Value>,
}

impl Check<'_> {
    fn refuse(&mut self, code: &str, message: String, pos: Pos, path: &[String], extra: &[(&str, &str)]) {
        let mut extensions = serde_json::Map::from_iter([("code".to_owned(), Value::from(code))]);
        extensions.extend(extra.iter().map(|(key, value)| ((*key).to_owned(), Value::from(*value))));
        self.found.push(json!({
            "path": path, "extensions": extensions, "locations": [{"line": pos.line, "column": pos.column}],
            "message": message,
        }));
    }

    fn set(&mut self, set: &SelectionSet, ty: &str, path: &[String], depth: u32) {
        if depth > DEEPEST {
            self.refuse("tooDeep", "Query is nested too deeply".into(), Pos::default(), path, &[]);
            return;
        }
        for item in &set.items {
            match &item.node {
                Selection::Field(field) => self.field(field, ty, path, depth),
                Selection::InlineFragment(fragment) => {
                    let on = fragment.node.type_condition.as_ref().map(|c| c.node.on.node.to_string());
                    self.fragment(
                        &fragment.node.selection_set.node,
                        on.as_deref().unwrap_or(ty),
                        item.pos,
                        path,
                        depth,
                    );
                }
                Selection::FragmentSpread(spread) => {
                    let name = spread.node.fragment_name.node.as_str();
                    let Some(fragment) = self.document.fragments.get(name) else {
                        let message = format!("Fragment {name} was used, but not defined");
                        self.refuse("useAndDefineFragment", message, item.pos, path, &[("fragmentName", name)]);
                        continue;
                    };
                    let on = fragment.node.type_condition.node.on.node.to_string();
                    self.fragment(&fragment.node.selection_set.node, &on, item.pos, path, depth);
                }
            }
        }
    }

    fn fragment(&mut self, set: &SelectionSet, on: &str, pos: Pos, path: &[String], depth: u32) {
        if self.schema.types.contains_key(on) {
            self.set(set, on, path, depth + 1);
        } else {
            let message = format!("No such type {on}, so it can't be a fragment condition");
            self.refuse("undefinedType", message, pos, path, &[("typeName", on)]);
        }
    }

    fn field(&mut self, field: &Positioned<async_graphql_parser::types::Field>, ty: &str, path: &[String], depth: u32) {
        let name = field.node.name.node.as_str();
        if name.starts_with("__") {
            return;
        }
        let mut path = path.to_vec();
        path.push(field.node.alias.as_ref().map_or(name, |a| a.node.as_str()).to_owned());
        let Some((inner, arguments)) = self.schema.types.get(ty).and_then(|t| t.fields.get(name)) else {
            let message = format!("Field '{name}' doesn't exist on type '{ty}'");
            self.refuse("undefinedField", message, field.pos, &path, &[("typeName", ty), ("fieldName", name)]);
            return;
        };
        for (argument, _) in &field.node.arguments {
            if !arguments.contains(argument.node.as_str()) {
                let message = format!("Field '{name}' doesn't accept argument '{}'", argument.node);
                self.refuse("argumentNotAccepted", message, argument.pos, &path, &[("name", name)]);
            }
        }
        let leaf = self.schema.types.get(inner).is_some_and(|t| t.leaf);
        let selected = !field.node.selection_set.node.items.is_empty();
        if leaf && selected {
            let message =
                format!("Selections can't be made on scalars (field '{name}' returns {inner} but has selections)");
            self.refuse("selectionMismatch", message, field.pos, &path, &[]);
        } else if !leaf && !selected {
            let message = format!("Field must have selections (field '{name}' returns {inner} but has no selections)");
            self.refuse("selectionMismatch", message, field.pos, &path, &[]);
        } else if selected {
            let inner = inner.clone();
            self.set(&field.node.selection_set.node, &inner, &path, depth + 1);
        }
    }
}
