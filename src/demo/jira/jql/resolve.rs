//! Gives the names in a query their meaning: fields, projects, people, moments. What does not exist is refused in
//! Jira's words. Pure: the world is read, the present is told.

use jiff::{Timestamp, civil::Date, tz::TimeZone};

use super::{
    super::{
        super::world::{UserIx, World},
        catalog::{self, Field},
        model::{Category, Dialect, Named, ProjectIx, SprintState},
        people,
        permission::BROWSE,
        store::split_key,
    },
    dates,
    parse::{Clause, Op, Query, Tree, Value},
};

/// Who asks, where and when.
#[derive(Clone, Copy)]
pub(crate) struct Asker<'a> {
    pub world: &'a World,
    pub dialect: Dialect,
    pub who: Option<UserIx>,
    pub now: Timestamp,
}

/// What comparisons compare with.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Rank {
    At(Timestamp),
    Day(Date),
    Number(f64),
    Key(ProjectIx, u64),
}

/// What one clause asks of its field.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Check {
    /// It has one of these values, by place or id; or it is empty, when that is asked as well.
    Any {
        places: Vec<u64>,
        words: Vec<String>,
        empty: bool,
    },
    Order(Op, Rank),
    /// All of these words are in it; a star at the end asks for the beginning only.
    Contains(Vec<String>),
    Changed(Option<Timestamp>, Option<Timestamp>),
}

/// A query with meaning.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Test {
    All(Vec<Self>),
    Some(Vec<Self>),
    /// Negated: the field is not empty and the check fails.
    One {
        field: Field,
        check: Check,
        negated: bool,
    },
}

#[derive(Clone, Debug)]
pub(crate) struct Plan {
    pub test: Test,
    /// Fields; `true` for last first.
    pub order: Vec<(Field, bool)>,
    /// Projects that may have matches.
    pub projects: Vec<ProjectIx>,
    /// It restricts what it asks for, which Cloud demands.
    pub bounded: bool,
}

type Refusal = String;

/// The meaning of a query.
///
/// # Errors
/// Jira's sentences about fields, values and operators that do not exist.
pub(crate) fn resolve(asker: Asker<'_>, query: &Query) -> Result<Plan, Vec<Refusal>> {
    let mut wrong = Vec::new();
    let zone = asker.world.jira.people.zone(asker.who);
    let mut resolver = Resolver { asker, zone, wrong: &mut wrong };
    let test = query.tree.as_ref().map_or(Test::All(Vec::new()), |tree| resolver.tree(tree, false));
    let order = query.order.iter().filter_map(|(name, desc)| resolver.order(name, *desc)).collect();
    if !wrong.is_empty() {
        wrong.dedup();
        return Err(wrong);
    }
    let visible = resolver_projects(asker);
    let projects = match narrowed(&test) {
        Some(named) => visible.into_iter().filter(|p| named.contains(&(*p as u64))).collect(),
        None => visible,
    };
    Ok(Plan { bounded: bounded(&test), test, order, projects })
}

/// Projects that the asker may look at.
fn resolver_projects(asker: Asker<'_>) -> Vec<ProjectIx> {
    let jira = &asker.world.jira;
    let may = |p: &ProjectIx| jira.shown(*p, asker.dialect) && jira.project(*p).rights(asker.who) & BROWSE != 0;
    (0..jira.projects.len()).filter(may).collect()
}

fn narrowed(test: &Test) -> Option<Vec<u64>> {
    match test {
        Test::One { field: Field::Project, check: Check::Any { places, empty: false, .. }, negated: false } => {
            Some(places.clone())
        }
        Test::All(parts) => parts.iter().find_map(narrowed),
        _ => None,
    }
}

/// `x IS NOT EMPTY` alone restricts nothing.
fn bounded(test: &Test) -> bool {
    match test {
        Test::All(parts) => parts.iter().any(bounded),
        Test::Some(parts) => parts.iter().all(bounded),
        Test::One { check: Check::Any { places, words, .. }, negated: true, .. } => {
            !places.is_empty() || !words.is_empty()
        }
        Test::One { .. } => true,
    }
}

struct Resolver<'a, 'b> {
    asker: Asker<'a>,
    zone: TimeZone,
    wrong: &'b mut Vec<Refusal>,
}

fn op_word(clause: &Clause) -> &'static str {
    match (clause.op, clause.negated) {
        (Op::Equal, false) => "=",
        (Op::Equal, true) => "!=",
        (Op::Contains, false) => "~",
        (Op::Contains, true) => "!~",
        (Op::In, false) => "in",
        (Op::In, true) => "not in",
        (Op::Is, false) => "is",
        (Op::Is, true) => "is not",
        (Op::Less, _) => "<",
        (Op::LessEqual, _) => "<=",
        (Op::Greater, _) => ">",
        (Op::GreaterEqual, _) => ">=",
        (Op::Changed, _) => "changed",
    }
}

/// Which operators a field knows.
fn allows(field: Field, op: Op) -> bool {
    use Field::{
        Affects, Assignee, Comment, Created, Description, Due, Environment, FixVersions, Flagged, Key, Points,
        Priority, Reporter, Resolution, Resolved, Status, Summary, Text, Updated, Votes, Watches,
    };
    let texts = matches!(field, Text | Summary | Description | Environment | Comment);
    match op {
        Op::Contains => texts,
        Op::Less | Op::LessEqual | Op::Greater | Op::GreaterEqual => {
            matches!(field, Created | Updated | Resolved | Due | Votes | Watches | Points | Key | Priority)
        }
        Op::Changed => matches!(field, Assignee | Status | Resolution | Priority | Reporter | FixVersions),
        Op::Equal | Op::In => !texts,
        Op::Is => !matches!(field, Text | Comment | Key | Votes | Watches) || matches!(field, Flagged | Affects),
    }
}

impl Resolver<'_, '_> {
    fn tree(&mut self, tree: &Tree, negated: bool) -> Test {
        match (tree, negated) {
            (Tree::Not(inner), _) => self.tree(inner, !negated),
            (Tree::And(parts), false) | (Tree::Or(parts), true) => {
                Test::All(parts.iter().map(|part| self.tree(part, negated)).collect())
            }
            (Tree::And(parts), true) | (Tree::Or(parts), false) => {
                Test::Some(parts.iter().map(|part| self.tree(part, negated)).collect())
            }
            (Tree::Clause(clause), _) => self.clause(clause, negated),
        }
    }

    fn refuse<T>(&mut self, why: String) -> Option<T> {
        self.wrong.push(why);
        None
    }

    fn field(&mut self, name: &str) -> Option<Field> {
        match catalog::named(self.asker.dialect, name) {
            Some(field) => Some(field),
            None => self.refuse(format!("Field '{name}' does not exist or you do not have permission to view it.")),
        }
    }

    fn order(&mut self, name: &str, desc: Option<bool>) -> Option<(Field, bool)> {
        let field = self.field(name)?;
        if matches!(field, Field::Text | Field::Comment) {
            return self.refuse(format!("Not able to sort using field '{name}'."));
        }
        let newest_first = matches!(field, Field::Created | Field::Updated | Field::Resolved | Field::Priority);
        Some((field, desc.unwrap_or(newest_first)))
    }

    fn clause(&mut self, clause: &Clause, negated: bool) -> Test {
        let negated = clause.negated != negated;
        let nothing = Test::Some(Vec::new());
        let Some(field) = self.field(&clause.field) else { return nothing };
        if !allows(field, clause.op) {
            let why = format!("The operator '{}' is not supported by the '{}' field.", op_word(clause), clause.field);
            self.wrong.push(why);
            return nothing;
        }
        let check = match clause.op {
            Op::Changed => self.changed(clause),
            Op::Contains => self.contains(clause),
            Op::Equal | Op::In | Op::Is => self.any(field, clause),
            order => self.compared(field, clause).map(|rank| Check::Order(order, rank)),
        };
        check.map_or(nothing, |check| Test::One { field, check, negated })
    }

    fn changed(&mut self, clause: &Clause) -> Option<Check> {
        let after = clause.span.0.as_ref().map(|v| self.moment(v, clause));
        let before = clause.span.1.as_ref().map(|v| self.moment(v, clause));
        Some(Check::Changed(after.map_or(Some(None), |a| a.map(Some))?, before.map_or(Some(None), |b| b.map(Some))?))
    }

    fn contains(&mut self, clause: &Clause) -> Option<Check> {
        let Some(Value::Words(text)) = clause.values.first() else {
            return self.refuse(format!("The operator '~' needs words for the field '{}'.", clause.field));
        };
        let split = |c: char| !(c.is_alphanumeric() || c == '*' || c == '_');
        let words: Vec<String> =
            text.to_lowercase().split(split).filter(|w| !w.is_empty()).map(str::to_owned).collect();
        match words.is_empty() {
            true => self.refuse(format!("The text value '{text}' for field '{}' is not valid.", clause.field)),
            false => Some(Check::Contains(words)),
        }
    }

    fn moment(&mut self, value: &Value, clause: &Clause) -> Option<Timestamp> {
        let now = self.asker.now;
        let (found, shown) = match value {
            Value::Words(text) => (dates::moment(text, now, &self.zone), text.clone()),
            Value::Call(name, arguments) => {
                let found = dates::call(name, arguments, now, &self.zone);
                if found.is_none() {
                    return self.refuse(format!("Unable to find JQL function '{name}({})'.", arguments.join(", ")));
                }
                (found, name.clone())
            }
            Value::Empty => (None, "EMPTY".into()),
        };
        if found.is_none() {
            return self.refuse(format!(
                "Date value '{shown}' for field '{}' is invalid. Valid formats include: 'yyyy/MM/dd HH:mm', 'yyyy-MM-dd HH:mm', 'yyyy/MM/dd', 'yyyy-MM-dd', or a period format e.g. '-5d', '4w 2d'.",
                clause.field
            ));
        }
        found
    }

    fn compared(&mut self, field: Field, clause: &Clause) -> Option<Rank> {
        let value = clause.values.first()?;
        match field {
            Field::Created | Field::Updated | Field::Resolved => Some(Rank::At(self.moment(value, clause)?)),
            Field::Due => {
                let at = self.moment(value, clause)?;
                Some(Rank::Day(at.to_zoned(self.zone.clone()).date()))
            }
            Field::Key => {
                let ix = self.issue(value, clause)?;
                let issue =
                    self.asker.world.jira.find(&ix.to_string()).and_then(|ix| self.asker.world.jira.issue(ix))?;
                Some(Rank::Key(issue.project, issue.number))
            }
            Field::Priority => {
                let place = *self.places(field, value, clause)?.first()?;
                let named = usize::try_from(place).ok().and_then(|p| self.asker.world.jira.priorities.get(p))?;
                Some(Rank::Number(named.id as f64))
            }
            _ => match value {
                Value::Words(text) if text.parse::<f64>().is_ok() => text.parse().ok().map(Rank::Number),
                Value::Words(text) => {
                    self.refuse(format!("The value '{text}' is not a valid number for the field '{}'.", clause.field))
                }
                _ => self.refuse(format!("The field '{}' needs a number.", clause.field)),
            },
        }
    }

    /// `=`, `in`, `is`.
    fn any(&mut self, field: Field, clause: &Clause) -> Option<Check> {
        let (mut places, mut words, mut empty) = (Vec::new(), Vec::new(), false);
        for value in &clause.values {
            match (value, field) {
                (Value::Empty, _) => empty = true,
                (_, _) if clause.op == Op::Is => {
                    return self.refuse(format!(
                        "The operator '{}' needs EMPTY or NULL for the field '{}'.",
                        op_word(clause),
                        clause.field
                    ));
                }
                (Value::Words(text), Field::Labels) => words.push(text.clone()),
                (Value::Words(text), Field::Flagged) => words.push(text.to_lowercase()),
                (
                    _,
                    Field::Created
                    | Field::Updated
                    | Field::Resolved
                    | Field::Due
                    | Field::Votes
                    | Field::Watches
                    | Field::Points,
                ) => {
                    let rank = self.compared(field, clause)?;
                    return Some(Check::Order(Op::Equal, rank));
                }
                _ => places.extend(self.places(field, value, clause)?),
            }
        }
        Some(Check::Any { places, words, empty })
    }

    fn none_such<T>(&mut self, text: &str, clause: &Clause) -> Option<T> {
        self.refuse(format!("The value '{text}' does not exist for the field '{}'.", clause.field))
    }

    fn call(&mut self, field: Field, name: &str, clause: &Clause) -> Option<Vec<u64>> {
        let person = matches!(field, Field::Assignee | Field::Reporter | Field::Creator);
        let sprints = |state: SprintState| {
            let all = self.asker.world.jira.sprints.iter().enumerate();
            all.filter(|(_, s)| s.state == state).map(|(ix, _)| ix as u64).collect()
        };
        match (name.to_lowercase().as_str(), field) {
            ("currentuser", _) if person => Some(self.asker.who.map(|u| u as u64).into_iter().collect()),
            ("opensprints", Field::Sprint) => Some(sprints(SprintState::Active)),
            ("closedsprints", Field::Sprint) => Some(sprints(SprintState::Closed)),
            ("futuresprints", Field::Sprint) => Some(sprints(SprintState::Future)),
            ("inactiveusers", _) if person => {
                let people = &self.asker.world.jira.people.known;
                Some(people.iter().filter(|(_, known)| known.inactive).map(|(u, _)| *u as u64).collect())
            }
            _ => self.refuse(format!("Unable to find JQL function '{name}()'. Check the field '{}'.", clause.field)),
        }
    }

    /// Places or ids of what a value names.
    fn places(&mut self, field: Field, value: &Value, clause: &Clause) -> Option<Vec<u64>> {
        let text = match value {
            Value::Words(text) => text.as_str(),
            Value::Call(name, _) => return self.call(field, name, clause),
            Value::Empty => return Some(Vec::new()),
        };
        let jira = &self.asker.world.jira;
        let found: Vec<u64> = match field {
            Field::Key | Field::Parent | Field::Epic => return self.issue(value, clause).map(|id| vec![id]),
            Field::Project => self.project(text),
            Field::Status => named(jira.statuses.iter().map(|s| &s.named), text),
            Field::Category => categories(text),
            Field::Resolution => {
                let mut found = named(jira.resolutions.iter(), text);
                // `Unresolved` is what Jira calls an empty resolution.
                if text.eq_ignore_ascii_case("unresolved") {
                    found.push(UNRESOLVED);
                }
                found
            }
            Field::Type => named(jira.types.iter().map(|t| &t.named), text),
            Field::Priority => named(jira.priorities.iter(), text),
            Field::Sprint => {
                let fits =
                    |s: &super::super::model::Sprint| s.name.eq_ignore_ascii_case(text) || text.parse() == Ok(s.id);
                jira.sprints.iter().enumerate().filter(|(_, s)| fits(s)).map(|(ix, _)| ix as u64).collect()
            }
            Field::Components => self.in_projects(|p| named(p.components.iter().map(|c| &c.named), text)),
            Field::FixVersions | Field::Affects => {
                self.in_projects(|p| named(p.versions.iter().map(|v| &v.named), text))
            }
            _ => self.person(text),
        };
        if found.is_empty() { self.none_such(text, clause) } else { Some(found) }
    }

    fn project(&self, text: &str) -> Vec<u64> {
        let visible = resolver_projects(self.asker);
        let jira = &self.asker.world.jira;
        let by_name = || visible.iter().copied().find(|p| jira.project(*p).name.eq_ignore_ascii_case(text));
        let found = jira.find_project(self.asker.dialect, text).or_else(by_name);
        found.filter(|p| visible.contains(p)).map(|p| p as u64).into_iter().collect()
    }

    fn person(&self, text: &str) -> Vec<u64> {
        let world = self.asker.world;
        let by_name = || {
            let fits = |u: &UserIx| people::is_account(world, *u) && people::display_name(world, *u) == text;
            (0..world.users.len()).find(fits)
        };
        people::find(world, self.asker.dialect, text).or_else(by_name).map(|u| u as u64).into_iter().collect()
    }

    /// Places in the tables of projects, with the project in the upper half.
    fn in_projects(&self, places: impl Fn(&super::super::model::Project) -> Vec<u64>) -> Vec<u64> {
        let jira = &self.asker.world.jira;
        let inside = |ix: ProjectIx| places(jira.project(ix)).into_iter().map(move |p| ((ix as u64) << 32) | p);
        resolver_projects(self.asker).into_iter().flat_map(inside).collect()
    }

    /// The id of the issue that a key names.
    fn issue(&mut self, value: &Value, clause: &Clause) -> Option<u64> {
        let Value::Words(text) = value else {
            return self.refuse(format!("The field '{}' needs an issue key.", clause.field));
        };
        let shape = split_key(text).is_some() || text.parse::<u64>().is_ok();
        if !shape {
            return self.refuse(format!("The issue key '{text}' for field '{}' is invalid.", clause.field));
        }
        let jira = &self.asker.world.jira;
        let visible = resolver_projects(self.asker);
        let found =
            jira.find(text).and_then(|ix| jira.issue(ix)).filter(|i| visible.contains(&i.project)).map(|i| i.id);
        match found {
            Some(id) => Some(id),
            None => self.refuse(format!("An issue with key '{text}' does not exist for field '{}'.", clause.field)),
        }
    }
}

/// Stands for an empty resolution among places.
pub(crate) const UNRESOLVED: u64 = u64::MAX;

/// Places of a name, or of an id.
fn named<'a>(table: impl Iterator<Item = &'a Named>, text: &str) -> Vec<u64> {
    let fits = |n: &Named| n.name.eq_ignore_ascii_case(text) || text.parse() == Ok(n.id);
    table.enumerate().filter(|(_, n)| fits(n)).map(|(ix, _)| ix as u64).collect()
}

fn categories(text: &str) -> Vec<u64> {
    let all = [Category::New, Category::Indeterminate, Category::Done];
    let fits = |c: &Category| {
        let (id, key, _, name) = c.words();
        key.eq_ignore_ascii_case(text) || name.eq_ignore_ascii_case(text) || text.parse() == Ok(id)
    };
    all.into_iter().filter(fits).map(|c| c.words().0).collect()
}
