//! Fitting rows together to a roster: who is named must exist, what is unique must be, caps lie over policies.

use std::collections::{BTreeMap, HashMap, HashSet, btree_map, hash_map::Entry};

use super::{
    finding::{Findings, Spot, Spotted, shown},
    host::Draft,
    rows::{PersonRow, ProgrammeRow, Rows, TeamRow},
};
use crate::domain::{
    calendar::Calendar,
    policy::{Consent, Policy},
    roster::{Account, Member, Roster, Team},
    size::LEASE_CAP_WD,
    text::nearest,
};

/// Makes a roster of all rows. What does not fit is left out and told. Where a policy may have been lost (a file was not
/// `whole`, a host is of no team), teams without one are asked: being closed must not be undone by a slip.
pub(super) fn join(rows: Rows, whole: bool, out: &mut Findings) -> Roster {
    let mut roster = Roster { calendars: calendars(rows.calendars, out), ..Roster::default() };
    let team_rows = unique_teams(rows.teams, out);
    let ids: Vec<&str> = team_rows.iter().map(|t| t.id.value.as_str()).collect();
    let people = people(rows.people, &ids, out);
    let known = Known::new(&people);
    let caps = programme(rows.programme, &known, &mut roster, out);
    let written = rows.hosts.len();
    let hosts = hosts(rows.hosts, &ids, &known, out);
    let lost = !whole || hosts.len() < written;
    for row in &team_rows {
        let draft = hosts.get(row.id.value.as_str());
        let base = Policy { timers: roster.common.timers, ..Policy::default() };
        let none = Policy { consent: if lost { Consent::Ask } else { base.consent }, ..base.clone() };
        let own = draft.map_or(none, |d| d.with_timers(&base.timers));
        let leads = known.only(&row.leads, &format!("lead of team '{}'", shown(&row.id.value)), out);
        if leads.is_empty() {
            no_lead(row, own.consent, out);
        }
        let calendar = calendar_of(row, &roster.calendars, out);
        roster.policies.insert(row.id.value.clone(), caps.over(&own));
        let projects = row.projects.iter().map(|p| p.value.clone()).collect();
        let (id, name) = (row.id.value.clone(), row.name.clone());
        roster.teams.push(Team { id, name, leads, projects, calendar });
    }
    same_patterns(&team_rows, out);
    roster.people = people;
    roster
}

fn calendars(rows: Vec<(Spotted<String>, Calendar)>, out: &mut Findings) -> BTreeMap<String, Calendar> {
    let mut all = BTreeMap::new();
    for (name, calendar) in rows {
        let sentence = format!("a second calendar is named '{}'", shown(&name.value));
        match all.entry(name.value) {
            btree_map::Entry::Vacant(free) => drop(free.insert(calendar)),
            btree_map::Entry::Occupied(_) => {
                out.wrong(&name.spot, sentence, "the first one counts; give each its own name");
            }
        }
    }
    all
}

fn unique_teams(rows: Vec<TeamRow>, out: &mut Findings) -> Vec<TeamRow> {
    let mut teams: Vec<TeamRow> = Vec::new();
    let mut seen = HashSet::new();
    for row in rows {
        if seen.insert(row.id.value.clone()) {
            teams.push(row);
        } else {
            let sentence = format!("a second team is named '{}'", shown(&row.id.value));
            out.wrong(&row.id.spot, sentence, "the first one counts; give each its own name");
        }
    }
    teams.sort_by(|a, b| a.id.value.cmp(&b.id.value));
    teams
}

fn people(rows: Vec<PersonRow>, teams: &[&str], out: &mut Findings) -> Vec<Member> {
    let mut people: Vec<Member> = Vec::new();
    let mut handles: HashMap<String, ()> = HashMap::new();
    let mut accounts: HashMap<String, String> = HashMap::new();
    for PersonRow { mut member, team, accounts: given, spot } in rows {
        if handles.insert(member.handle.to_ascii_lowercase(), ()).is_some() {
            let sentence = format!("a second person has the handle '{}'", member.handle);
            out.wrong(&spot, sentence, "the first one counts; give each their own handle");
            continue;
        }
        member.team = team.and_then(|team| {
            let id = team_id(&team.value, teams);
            if id.is_none() {
                unknown("team", &team, teams, out);
            }
            id.map(str::to_owned)
        });
        for account in given {
            // Two sites on one server may know a person by one name.
            let owner = names(&account.value).iter().find_map(|n| accounts.get(n)).filter(|o| **o != member.handle);
            if let Some(owner) = owner {
                let sentence = format!("this account belongs to '{owner}' already");
                out.wrong(&account.spot, sentence, "an account belongs to one person: remove it here or there");
                continue;
            }
            accounts.extend(names(&account.value).into_iter().map(|n| (n, member.handle.clone())));
            member.accounts.push(account.value);
        }
        if member.accounts.is_empty() {
            let sentence = format!("'{}' has no account: nobody is recognised by it", member.handle);
            out.hint(&spot, sentence, "add github = [{ login = \"…\", id = N }]");
        }
        people.push(member);
    }
    people.sort_by(|a, b| a.handle.cmp(&b.handle));
    people
}

/// What must not belong to two people.
fn names(account: &Account) -> Vec<String> {
    let mut all = Vec::new();
    let mut add = |kind: &str, value: &str| {
        if !value.is_empty() {
            all.push(format!("{} {kind} {}", account.host, value.to_ascii_lowercase()));
        }
    };
    add("login", &account.login);
    add("account", &account.account_id);
    if account.id != 0 {
        add("id", &account.id.to_string());
    }
    all
}

/// A team as somebody names it: its id, or with `team-` in front.
fn team_id<'a>(named: &str, teams: &[&'a str]) -> Option<&'a str> {
    let exact = |wanted: &str| teams.iter().find(|id| **id == wanted).copied();
    exact(named).or_else(|| exact(named.strip_prefix("team-")?))
}

fn unknown(what: &str, named: &Spotted<String>, known: &[&str], out: &mut Findings) {
    let hint = match nearest(&named.value, known.iter().copied()) {
        Some(near) => format!("did you mean '{}'?", shown(near)),
        None => format!("add it, or correct the name of the {what}"),
    };
    out.wrong(&named.spot, format!("there is no {what} '{}'", shown(&named.value)), hint);
}

/// Handles that may be named.
struct Known<'a> {
    handles: Vec<&'a str>,
    gone: HashSet<&'a str>,
}

impl<'a> Known<'a> {
    fn new(people: &'a [Member]) -> Self {
        let handles = people.iter().map(|m| m.handle.as_str()).collect();
        Self { handles, gone: people.iter().filter(|m| !m.active).map(|m| m.handle.as_str()).collect() }
    }

    /// True for a person; told otherwise.
    fn check(&self, named: &Spotted<String>, role: &str, out: &mut Findings) -> bool {
        let name = named.value.as_str();
        if self.gone.contains(name) {
            let sentence = format!("'{}', {role}, is not active", shown(name));
            out.hint(&named.spot, sentence, "name somebody who can answer");
            return true;
        }
        if self.handles.binary_search(&name).is_ok() {
            return true;
        }
        let hint = match nearest(name, self.handles.iter().copied()) {
            Some(near) => format!("did you mean '{near}'?"),
            None => "add a [[person]] with this handle".to_owned(),
        };
        out.wrong(&named.spot, format!("'{}', {role}, is no person of the registry", shown(name)), hint);
        false
    }

    fn only(&self, named: &[Spotted<String>], role: &str, out: &mut Findings) -> Vec<String> {
        named.iter().filter(|n| self.check(n, role, out)).map(|n| n.value.clone()).collect()
    }
}

/// Sets leads and the common policy; gives the caps.
fn programme(rows: Vec<ProgrammeRow>, known: &Known<'_>, roster: &mut Roster, out: &mut Findings) -> Draft {
    let mut rows = rows.into_iter();
    let first = rows.next();
    for row in rows {
        out.wrong(&row.spot, "a second [programme]", "the first one counts; a registry has one");
    }
    let mut caps = Draft::default();
    let mut longest = LEASE_CAP_WD;
    if let Some(row) = first {
        roster.programme = known.only(&row.leads, "lead of the programme", out);
        longest = row.lease_cap.unwrap_or(LEASE_CAP_WD);
        caps = row.caps;
        mentors(&mut caps, known, out);
    }
    roster.common.timers.lease_cap = longest;
    caps.cap_lease(longest);
    roster.common = caps.over(&roster.common);
    caps
}

fn hosts<'a>(
    rows: Vec<(Spotted<String>, Draft)>,
    teams: &[&'a str],
    known: &Known<'_>,
    out: &mut Findings,
) -> HashMap<&'a str, Draft> {
    let mut all: HashMap<&str, Draft> = HashMap::new();
    for (name, mut draft) in rows {
        let Some(id) = team_id(&name.value, teams) else {
            unknown("team", &name, teams, out);
            continue;
        };
        mentors(&mut draft, known, out);
        match all.entry(id) {
            Entry::Vacant(free) => drop(free.insert(draft)),
            Entry::Occupied(mut first) => {
                let sentence = format!("a second [host] for team '{}'", shown(id));
                out.wrong(&name.spot, sentence, "the first one counts, and asks until this is mended: write one table");
                first.get_mut().ask();
            }
        }
    }
    all
}

/// Leaves out mentors who are no persons.
fn mentors(draft: &mut Draft, known: &Known<'_>, out: &mut Findings) {
    let named = std::mem::take(&mut draft.mentors);
    let right: HashSet<&str> =
        named.iter().filter(|n| known.check(n, "a mentor", out)).map(|n| n.value.as_str()).collect();
    draft.policy.mentors.retain(|m| right.contains(m.handle.as_str()));
}

/// As [`mentors`], for a file outside the registry.
pub(super) fn mentors_of(draft: &mut Draft, people: &[Member], out: &mut Findings) {
    mentors(draft, &Known::new(people), out);
}

fn no_lead(row: &TeamRow, consent: Consent, out: &mut Findings) {
    let sentence = format!("team '{}' has no lead", shown(&row.id.value));
    if matches!(consent, Consent::Ask | Consent::Notify) {
        out.wrong(&row.id.spot, format!("{sentence}, and wants to be asked or told"), "add leads = [\"handle\"]");
    } else {
        out.hint(&row.id.spot, sentence, "add leads = [\"handle\"]: somebody should be able to answer");
    }
}

fn calendar_of(row: &TeamRow, calendars: &BTreeMap<String, Calendar>, out: &mut Findings) -> Option<String> {
    let named = row.calendar.as_ref()?;
    if calendars.contains_key(&named.value) {
        return Some(named.value.clone());
    }
    let known: Vec<&str> = calendars.keys().map(String::as_str).collect();
    unknown("calendar", named, &known, out);
    None
}

fn same_patterns(teams: &[TeamRow], out: &mut Findings) {
    let mut seen: HashMap<String, (&str, &Spot)> = HashMap::new();
    for team in teams {
        for pattern in &team.projects {
            let key = pattern.value.to_ascii_lowercase();
            if let Some((other, spot)) = seen.get(key.as_str()) {
                let sentence = format!("'{}' belongs to team '{}' too", shown(&pattern.value), shown(other));
                let hint = format!("see {}:{}; a project belongs to one team", spot.file, spot.line);
                out.wrong(&pattern.spot, sentence, hint);
            } else {
                seen.insert(key, (&team.id.value, &pattern.spot));
            }
        }
    }
}
