//! Asks a query of one issue, and puts two issues in the order that it wants. Pure, and cheap: a search asks it of
//! every issue of a project.

use std::{borrow::Cow, cmp::Ordering};

use jiff::Timestamp;

use super::{
    super::{
        catalog::Field,
        model::{Issue, Text},
        store::Jira,
        text::plain,
    },
    parse::Op,
    resolve::{Check, Rank, Test, UNRESOLVED},
};

/// Does the issue fit?
pub(crate) fn holds(jira: &Jira, test: &Test, issue: &Issue) -> bool {
    match test {
        Test::All(parts) => parts.iter().all(|part| holds(jira, part, issue)),
        Test::Some(parts) => parts.iter().any(|part| holds(jira, part, issue)),
        Test::One { field, check: Check::Changed(after, before), negated } => {
            changed(*field, issue, *after, *before) != *negated
        }
        Test::One { field, check, negated } => {
            let empty = is_empty(jira, *field, issue);
            let asks_empty = matches!(check, Check::Any { empty: true, .. });
            let fits = if empty { asks_empty || unresolved(*field, check) } else { fits(jira, *field, check, issue) };
            // A negated clause does not find what is empty, unless empty is what it negates; then neither.
            if *negated { !empty && !fits } else { fits }
        }
    }
}

fn unresolved(field: Field, check: &Check) -> bool {
    field == Field::Resolution && matches!(check, Check::Any { places, .. } if places.contains(&UNRESOLVED))
}

fn is_empty(jira: &Jira, field: Field, issue: &Issue) -> bool {
    match field {
        Field::Resolution => issue.resolution.is_none(),
        Field::Resolved => issue.resolved.is_none(),
        Field::Assignee => issue.assignee.is_none(),
        Field::Reporter => issue.reporter.is_none(),
        Field::Creator => issue.creator.is_none(),
        Field::Labels => issue.labels.is_empty(),
        Field::Components => issue.components.is_empty(),
        Field::Priority => issue.priority.is_none(),
        Field::Due => issue.due.is_none(),
        Field::Description => issue.description.is_none(),
        Field::Environment => issue.environment.is_none(),
        Field::FixVersions => issue.versions.is_empty(),
        Field::Affects => issue.affects.is_empty(),
        Field::Parent => issue.parent.is_none(),
        Field::Epic => issue.epic.is_none(),
        Field::Sprint => issue.sprints.is_empty(),
        Field::Points => issue.points.is_none(),
        Field::Flagged => !issue.flagged,
        Field::Status => jira.statuses.get(issue.status).is_none(),
        _ => false,
    }
}

fn fits(jira: &Jira, field: Field, check: &Check, issue: &Issue) -> bool {
    match check {
        Check::Any { places, words, .. } => match field {
            Field::Labels => issue.labels.iter().any(|l| words.contains(l)),
            Field::Flagged => words.iter().any(|w| w == "impediment"),
            _ => has(jira, field, issue, places),
        },
        Check::Order(op, rank) => compared(jira, field, issue, rank).is_some_and(|order| match op {
            Op::Less => order.is_lt(),
            Op::LessEqual => order.is_le(),
            Op::Greater => order.is_gt(),
            Op::GreaterEqual => order.is_ge(),
            _ => order.is_eq(),
        }),
        Check::Contains(words) => contains(field, issue, words),
        Check::Changed(..) => false,
    }
}

fn has(jira: &Jira, field: Field, issue: &Issue, places: &[u64]) -> bool {
    let one = |place: usize| places.contains(&(place as u64));
    let maybe = |place: Option<usize>| place.is_some_and(one);
    let in_project =
        |list: &[usize]| list.iter().any(|p| places.contains(&(((issue.project as u64) << 32) | *p as u64)));
    let by_key = |key: &Option<String>| {
        let ix = key.as_ref().and_then(|k| jira.find(k));
        ix.and_then(|ix| jira.issue(ix)).is_some_and(|i| places.contains(&i.id))
    };
    match field {
        Field::Project => one(issue.project),
        Field::Key => places.contains(&issue.id),
        Field::Status => one(issue.status),
        Field::Category => jira.statuses.get(issue.status).is_some_and(|s| places.contains(&s.category.words().0)),
        Field::Resolution => maybe(issue.resolution),
        Field::Assignee => maybe(issue.assignee),
        Field::Reporter => maybe(issue.reporter),
        Field::Creator => maybe(issue.creator),
        Field::Type => one(issue.kind),
        Field::Priority => maybe(issue.priority),
        Field::Sprint => issue.sprints.iter().any(|s| one(*s)),
        Field::Components => in_project(&issue.components),
        Field::FixVersions => in_project(&issue.versions),
        Field::Affects => in_project(&issue.affects),
        Field::Parent => by_key(&issue.parent),
        Field::Epic => by_key(&issue.epic),
        _ => false,
    }
}

fn minute(at: Timestamp) -> i64 {
    at.as_second().div_euclid(60)
}

fn compared(jira: &Jira, field: Field, issue: &Issue, rank: &Rank) -> Option<Ordering> {
    let number = |n: u64| f64::from(u32::try_from(n).unwrap_or(u32::MAX));
    match (field, rank) {
        (Field::Created, Rank::At(at)) => Some(issue.created.cmp(at)),
        (Field::Updated, Rank::At(at)) => Some(issue.updated.cmp(at)),
        (Field::Resolved, Rank::At(at)) => issue.resolved.map(|r| r.cmp(at)),
        (Field::Due, Rank::Day(day)) => issue.due.map(|d| d.cmp(day)),
        (Field::Votes, Rank::Number(n)) => number(issue.votes()).partial_cmp(n),
        (Field::Watches, Rank::Number(n)) => number(issue.watches()).partial_cmp(n),
        (Field::Points, Rank::Number(n)) => issue.points?.partial_cmp(n),
        (Field::Key, Rank::Key(project, n)) => (issue.project == *project).then(|| issue.number.cmp(n)),
        // Ids rise as urgency falls.
        (Field::Priority, Rank::Number(n)) => {
            let id = jira.priorities.get(issue.priority?)?.id;
            number(id).partial_cmp(n).map(Ordering::reverse)
        }
        _ => None,
    }
}

fn has_words(text: &str, words: &[String], found: &mut [bool]) {
    let text = text.to_lowercase();
    for have in text.split(|c: char| !(c.is_alphanumeric() || c == '_')).filter(|w| !w.is_empty()) {
        for (word, found) in words.iter().zip(found.iter_mut()) {
            let fits = word.strip_suffix('*').map_or_else(|| have == word, |start| have.starts_with(start));
            *found = *found || fits;
        }
    }
}

fn contains(field: Field, issue: &Issue, words: &[String]) -> bool {
    let mut found = vec![false; words.len()];
    let mut look = |text: Cow<'_, str>| has_words(&text, words, &mut found);
    let body = |text: &Option<Text>| text.as_ref().map(plain).map(|t| t.into_owned());
    let all = field == Field::Text;
    if all || field == Field::Summary {
        look(Cow::Borrowed(&issue.summary));
    }
    if all || field == Field::Description {
        body(&issue.description).into_iter().for_each(|t| look(t.into()));
    }
    if all || field == Field::Environment {
        body(&issue.environment).into_iter().for_each(|t| look(t.into()));
    }
    if all || field == Field::Comment {
        issue.comments.iter().for_each(|c| look(plain(&c.body)));
    }
    found.iter().all(|f| *f)
}

fn changed(field: Field, issue: &Issue, after: Option<Timestamp>, before: Option<Timestamp>) -> bool {
    let name = match field {
        Field::FixVersions => "Fix Version",
        Field::Status => "status",
        Field::Resolution => "resolution",
        Field::Priority => "priority",
        Field::Reporter => "reporter",
        _ => "assignee",
    };
    let in_span =
        |at: Timestamp| after.is_none_or(|a| minute(at) > minute(a)) && before.is_none_or(|b| minute(at) < minute(b));
    issue.changes.iter().any(|c| in_span(c.at) && c.items.iter().any(|i| i.field == name))
}

/// Which of two issues comes first; ties are broken by id, so that the order is total.
pub(crate) fn compare(jira: &Jira, order: &[(Field, bool)], a: &Issue, b: &Issue) -> Ordering {
    for (field, desc) in order {
        let by = by_field(jira, *field, a, b);
        let by = if *desc { by.reverse() } else { by };
        if by.is_ne() {
            return by;
        }
    }
    b.id.cmp(&a.id)
}

fn by_field(jira: &Jira, field: Field, a: &Issue, b: &Issue) -> Ordering {
    let status = |i: &Issue| jira.statuses.get(i.status).map(|s| (s.category, s.named.id));
    // The least urgent comes first, and nothing at all before that.
    let priority = |i: &Issue| i.priority.and_then(|p| jira.priorities.get(p)).map(|p| std::cmp::Reverse(p.id));
    match field {
        Field::Project => jira.project(a.project).key.cmp(&jira.project(b.project).key),
        Field::Key => (&jira.project(a.project).key, a.number).cmp(&(&jira.project(b.project).key, b.number)),
        Field::Created => a.created.cmp(&b.created),
        Field::Updated => a.updated.cmp(&b.updated),
        Field::Resolved => a.resolved.cmp(&b.resolved),
        // What has no date comes last.
        Field::Due => (a.due.is_none(), a.due).cmp(&(b.due.is_none(), b.due)),
        Field::Summary => a.summary.cmp(&b.summary),
        Field::Votes => a.votes().cmp(&b.votes()),
        Field::Watches => a.watches().cmp(&b.watches()),
        Field::Status | Field::Category => status(a).cmp(&status(b)),
        Field::Priority => priority(a).cmp(&priority(b)),
        Field::Type => a.kind.cmp(&b.kind),
        Field::Resolution => a.resolution.cmp(&b.resolution),
        Field::Assignee => a.assignee.cmp(&b.assignee),
        Field::Reporter => a.reporter.cmp(&b.reporter),
        Field::Points => a.points.partial_cmp(&b.points).unwrap_or(Ordering::Equal),
        _ => Ordering::Equal,
    }
}
