//! Reads the fields that a create, edit or transition sends, in either dialect's words, and refuses what does not
//! exist. Changes nothing.

use jiff::civil::Date;
use serde_json::{Map, Value};

use super::{
    super::{rest::Answer, world::World},
    Call,
    acts::Edits,
    catalog::{self, Field},
    comments::body,
    field_refusal,
    model::{Named, Project},
    ok, people,
};

/// Reads `fields` and `update` of a body, for an issue of that project with those labels.
pub(crate) fn read(
    world: &World,
    call: &Call,
    sent: &Value,
    project: &Project,
    labels: &[String],
) -> Result<Edits, Answer> {
    let mut reader = Reader { world, call, project, edits: Edits::default(), wrong: Map::new() };
    for (id, value) in sent.get("fields").and_then(Value::as_object).into_iter().flatten() {
        reader.field(id, value)?;
    }
    for (id, operations) in sent.get("update").and_then(Value::as_object).into_iter().flatten() {
        reader.update(id, operations, labels)?;
    }
    if reader.wrong.is_empty() {
        return Ok(reader.edits);
    }
    Err(Answer { status: 400, ..ok(serde_json::json!({"errorMessages": [], "errors": reader.wrong})) })
}

struct Reader<'a> {
    world: &'a World,
    call: &'a Call,
    project: &'a Project,
    edits: Edits,
    wrong: Map<String, Value>,
}

/// The place of `{id}` or `{name}` in a table.
fn named<'a>(value: &Value, table: impl Iterator<Item = &'a Named>) -> Option<usize> {
    let id = value.get("id").and_then(|v| v.as_str().and_then(|s| s.parse().ok()).or_else(|| v.as_u64()));
    let name = value.get("name").and_then(Value::as_str);
    table.enumerate().find(|(_, n)| id == Some(n.id) || id.is_none() && name == Some(n.name.as_str())).map(|(p, _)| p)
}

/// A list of labels without blanks.
fn labels(value: &Value) -> Result<Vec<String>, String> {
    let list = value.as_array().ok_or("data was not an array")?;
    let one = |v: &Value| {
        let label = v.as_str().filter(|l| !l.is_empty()).ok_or("string expected at index 0")?;
        match label.contains(char::is_whitespace) {
            true => Err(format!("The label '{label}' contains spaces which is invalid.")),
            false => Ok(label.to_owned()),
        }
    };
    list.iter().map(one).collect()
}

impl Reader<'_> {
    fn refuse(&mut self, id: &str, why: &str) {
        self.wrong.insert(id.into(), why.into());
    }

    /// Sets one field to a value.
    fn field(&mut self, id: &str, value: &Value) -> Result<(), Answer> {
        let row = catalog::of_id(self.call.dialect, id);
        let text = |value: &Value| (!value.is_null()).then(|| body(self.call, value, id)).transpose();
        match row.map(|row| row.field) {
            Some(Field::Summary) => match value.as_str().map(str::trim) {
                None | Some("") => self.refuse(id, "You must specify a summary of the issue."),
                Some(words) if words.contains('\n') => {
                    self.refuse(id, "The summary is invalid because it contains newline characters.");
                }
                Some(words) if words.chars().count() > 255 => self.refuse(id, "Summary can't exceed 255 characters."),
                Some(words) => self.edits.summary = Some(words.to_owned()),
            },
            Some(Field::Description) => self.edits.description = Some(text(value)?),
            Some(Field::Environment) => self.edits.environment = Some(text(value)?),
            Some(Field::Due) => match value.as_str().map(str::parse::<Date>) {
                None => self.edits.due = Some(None),
                Some(Ok(day)) => self.edits.due = Some(Some(day)),
                Some(Err(_)) => self.refuse(id, "Error parsing date string: it must look like 2026-11-21."),
            },
            Some(Field::Labels) => match labels(value) {
                Ok(list) => self.edits.labels = Some(list),
                Err(why) => self.refuse(id, &why),
            },
            Some(Field::Points) => self.edits.points = Some(value.as_f64()),
            Some(Field::Flagged) => self.edits.flagged = Some(value.as_array().is_some_and(|list| !list.is_empty())),
            Some(Field::Parent) => self.edits.parent = value.get("key").and_then(Value::as_str).map(str::to_owned),
            Some(field) => self.from_table(id, field, value),
            None => self.unknown(id),
        }
        Ok(())
    }

    fn unknown(&mut self, id: &str) {
        self.refuse(id, &format!("Field '{id}' cannot be set. It is not on the appropriate screen, or unknown."));
    }

    /// Fields whose values are rows of a table.
    fn from_table(&mut self, id: &str, field: Field, value: &Value) {
        let jira = &self.world.jira;
        let list = |value: &Value, find: &dyn Fn(&Value) -> Option<usize>| -> Option<Vec<usize>> {
            value.as_array()?.iter().map(find).collect()
        };
        let found = match field {
            Field::Priority => named(value, jira.priorities.iter()).map(|p| self.edits.priority = Some(p)),
            Field::Resolution => named(value, jira.resolutions.iter()).map(|r| self.edits.resolution = Some(Some(r))),
            Field::Components => list(value, &|v| named(v, self.project.components.iter().map(|c| &c.named)))
                .map(|l| self.edits.components = Some(l)),
            Field::FixVersions => list(value, &|v| named(v, self.project.versions.iter().map(|c| &c.named)))
                .map(|l| self.edits.versions = Some(l)),
            Field::Sprint => {
                // A number on writing, whatever it looks like on reading.
                let sprint = value.as_u64().and_then(|id| jira.sprints.iter().position(|s| s.id == id));
                sprint.map(|s| self.edits.sprints = Some(vec![s]))
            }
            Field::Assignee => return self.assignee(id, value),
            Field::Reporter => person(self.world, self.call, value).map(|u| self.edits.reporter = u),
            Field::Project | Field::Type => Some(()),
            _ => return self.unknown(id),
        };
        if found.is_none() {
            self.refuse(id, &format!("Specify a valid value for {id}"));
        }
    }

    fn assignee(&mut self, id: &str, value: &Value) {
        match person(self.world, self.call, value) {
            Some(Some(user)) if self.project.rights(Some(user)) & super::permission::ASSIGNABLE == 0 => {
                self.refuse(id, &format!("User '{}' cannot be assigned issues.", told(value)));
            }
            Some(user) => self.edits.assignee = Some(user),
            None => self.refuse(id, &format!("The user '{}' does not exist.", told(value))),
        }
    }

    /// `update.labels: [{add}, {remove}, {set}]`; other fields know `set` only.
    fn update(&mut self, id: &str, operations: &Value, labels: &[String]) -> Result<(), Answer> {
        let operations: Vec<&Value> = operations.as_array().into_iter().flatten().collect();
        if catalog::of_id(self.call.dialect, id).map(|row| row.field) != Some(Field::Labels) {
            for operation in operations {
                match operation.get("set") {
                    Some(value) => self.field(id, value)?,
                    None => return Err(field_refusal(id, "The only operation that is possible here is 'set'.")),
                }
            }
            return Ok(());
        }
        let mut list = self.edits.labels.take().unwrap_or_else(|| labels.to_vec());
        for (word, value) in operations.iter().filter_map(|o| o.as_object()).flatten() {
            let wrapped = Value::Array(vec![value.clone()]);
            let names = match self::labels(if word == "set" { value } else { &wrapped }) {
                Ok(names) => names,
                Err(why) => {
                    self.refuse(id, &why);
                    continue;
                }
            };
            match word.as_str() {
                "add" => list.extend(names.into_iter().filter(|n| !labels.contains(n))),
                "remove" => list.retain(|l| !names.contains(l)),
                "set" => list = names,
                _ => self.refuse(id, &format!("Unknown operation '{word}'.")),
            }
        }
        list.dedup();
        self.edits.labels = Some(list);
        Ok(())
    }
}

fn told(value: &Value) -> &str {
    let id = ["accountId", "name", "key", "id"].into_iter().find_map(|k| value.get(k));
    id.and_then(Value::as_str).unwrap_or_default()
}

/// The account that `{accountId}` or `{name}` means: `Some(None)` for nobody, `None` for somebody who does not exist.
pub(crate) fn person(world: &World, call: &Call, value: &Value) -> Option<Option<usize>> {
    let keys: &[&str] = if call.cloud() { &["accountId", "id"] } else { &["name", "key"] };
    let told = keys.iter().find_map(|k| value.get(*k));
    match told {
        None | Some(Value::Null) => Some(None),
        Some(Value::String(id)) => people::find(world, call.dialect, id).map(Some),
        Some(_) => None,
    }
}
