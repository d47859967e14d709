//! Rows of a registry as they are written: programme, calendars, teams, hosts, people. Each is checked by itself;
//! whether they fit together is the business of [`super::join`].

use jiff::{civil::Weekday, tz::TimeZone};

use super::{
    fields::Fields,
    finding::{Findings, Spot, Spotted, shown},
    host::{self, Draft},
};
use crate::domain::{
    calendar::Calendar,
    key::is_github_owner,
    roster::{Account, Member, Standing},
};

const WEEKDAYS: [(&str, Weekday); 7] = [
    ("monday", Weekday::Monday),
    ("tuesday", Weekday::Tuesday),
    ("wednesday", Weekday::Wednesday),
    ("thursday", Weekday::Thursday),
    ("friday", Weekday::Friday),
    ("saturday", Weekday::Saturday),
    ("sunday", Weekday::Sunday),
];
const STANDINGS: [(&str, Standing); 3] =
    [("regular", Standing::Regular), ("newcomer", Standing::Newcomer), ("intern", Standing::Intern)];

/// Tables of a registry file.
const TABLES: [&str; 5] = ["programme", "calendar", "team", "host", "person"];

/// A team as written.
pub(super) struct TeamRow {
    pub(super) id: Spotted<String>,
    pub(super) name: String,
    pub(super) leads: Vec<Spotted<String>>,
    pub(super) projects: Vec<Spotted<String>>,
    pub(super) calendar: Option<Spotted<String>>,
}

/// A person as written; team and accounts are not in `member` yet.
pub(super) struct PersonRow {
    pub(super) member: Member,
    pub(super) team: Option<Spotted<String>>,
    pub(super) accounts: Vec<Spotted<Account>>,
    pub(super) spot: Spot,
}

/// The programme as written.
pub(super) struct ProgrammeRow {
    pub(super) leads: Vec<Spotted<String>>,
    pub(super) lease_cap: Option<u32>,
    pub(super) caps: Draft,
    pub(super) spot: Spot,
}

/// All rows of all files.
#[derive(Default)]
pub(super) struct Rows {
    pub(super) programme: Vec<ProgrammeRow>,
    pub(super) calendars: Vec<(Spotted<String>, Calendar)>,
    pub(super) teams: Vec<TeamRow>,
    pub(super) hosts: Vec<(Spotted<String>, Draft)>,
    pub(super) people: Vec<PersonRow>,
}

impl Rows {
    /// Adds the rows of one file.
    pub(super) fn read(&mut self, file: &Fields<'_>, out: &mut Findings) {
        file.only(&TABLES, &[], out);
        if let Some(table) = file.table("programme", "[programme]", out) {
            self.programme.push(programme(&table, out));
        }
        for (name, table) in file.named("calendar", out) {
            self.calendars.push((name, calendar(&table, out)));
        }
        for (name, table) in file.named("team", out) {
            self.teams.push(team(name, &table, out));
        }
        for (name, table) in file.named("host", out) {
            self.hosts.push((name, host::read(&table, out)));
        }
        for row in file.rows("person", "[[person]]", out) {
            self.people.extend(person(&row, out));
        }
    }
}

fn programme(table: &Fields<'_>, out: &mut Findings) -> ProgrammeRow {
    table.only(&["leads", "lease_cap_wd", "caps"], &[], out);
    let caps = table.table("caps", "[programme.caps]", out).map(|caps| host::read(&caps, out));
    ProgrammeRow {
        leads: table.texts("leads", out),
        lease_cap: table.number("lease_cap_wd", 1..=60, out),
        caps: caps.unwrap_or_default(),
        spot: table.spot.clone(),
    }
}

fn calendar(table: &Fields<'_>, out: &mut Findings) -> Calendar {
    table.only(&["zone", "weekend", "holidays"], &[], out);
    let mut calendar = Calendar::default();
    match table.spotted("zone", out) {
        Some(zone) => match TimeZone::get(&zone.value) {
            Ok(found) => calendar.zone = found,
            Err(_) => {
                let sentence = format!("'{}' is no time zone", shown(&zone.value));
                out.wrong(&zone.spot, sentence, "a zone is written as \"Europe/Oslo\"; UTC is used meanwhile");
            }
        },
        None if !table.has("zone") => {
            out.hint(&table.spot, format!("{} names no zone", table.what), "UTC is used; add zone = \"Europe/Oslo\"");
        }
        None => {}
    }
    if table.has("weekend") {
        calendar.weekend = weekend(table, out).unwrap_or(calendar.weekend);
    }
    for day in table.days("holidays", out) {
        if !calendar.holidays.insert(day.value) {
            out.hint(&day.spot, format!("{} stands twice in 'holidays'", day.value), "remove one of them");
        }
    }
    calendar
}

fn weekend(table: &Fields<'_>, out: &mut Findings) -> Option<Vec<Weekday>> {
    let mut days = Vec::new();
    for given in table.texts("weekend", out) {
        let word = given.value.to_lowercase();
        match WEEKDAYS.iter().find(|(name, _)| *name == word) {
            Some((_, day)) if !days.contains(day) => days.push(*day),
            Some(_) => {}
            None => {
                let near = crate::domain::text::nearest(&word, WEEKDAYS.iter().map(|(name, _)| *name));
                let hint =
                    near.map_or("days are written as \"saturday\"".to_owned(), |n| format!("did you mean '{n}'?"));
                out.wrong(&given.spot, format!("'{}' is no day of the week", shown(&given.value)), hint);
            }
        }
    }
    if days.len() < 7 {
        return Some(days);
    }
    out.wrong(
        &table.spot_of("weekend"),
        "every day is a weekend: no day of work is left",
        "name the days without work",
    );
    None
}

fn team(id: Spotted<String>, table: &Fields<'_>, out: &mut Findings) -> TeamRow {
    table.only(&["name", "leads", "projects", "calendar"], &[], out);
    let name = table.text("name", out).unwrap_or_else(|| id.value.clone());
    let mut projects = table.texts("projects", out);
    projects.retain(|pattern| {
        let right = is_pattern(&pattern.value);
        if !right {
            let sentence = format!("'{}' is no pattern of projects", shown(&pattern.value));
            out.wrong(
                &pattern.spot,
                sentence,
                "it is written as \"owner/name\", \"owner/part-*\" or \"host:owner/name\"",
            );
        }
        right
    });
    if projects.is_empty() {
        let sentence = format!("team '{}' owns no project", shown(&id.value));
        out.hint(&id.spot, sentence, "add projects = [\"owner/name\"], or leave it as a home for people");
    }
    let leads = table.texts("leads", out);
    TeamRow { id, name, leads, projects, calendar: table.spotted("calendar", out) }
}

/// `owner/name` or a key of Jira, with `*`, and perhaps a host in front.
fn is_pattern(text: &str) -> bool {
    let (host, path) = match text.split_once(':') {
        Some((host, path)) => (Some(host), path),
        None => (None, text),
    };
    let word = |s: &str| !s.is_empty() && s.chars().all(|c| c.is_ascii_alphanumeric() || "._-*".contains(c));
    let right = match path.split_once('/') {
        Some((owner, name)) => word(owner) && word(name),
        None => word(path) && !path.chars().any(|c| c.is_ascii_lowercase()) && !path.contains(['.', '-']),
    };
    right && host.is_none_or(is_host)
}

fn is_host(text: &str) -> bool {
    let label = |l: &str| !l.is_empty() && l.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
    text.len() <= 253 && text.split('.').all(label)
}

fn person(row: &Fields<'_>, out: &mut Findings) -> Option<PersonRow> {
    const KEYS: [&str; 11] =
        ["handle", "name", "team", "standing", "wip", "hours", "hours_are_max", "active", "github", "jira", "leave"];
    row.only(&KEYS, &[], out);
    let Some(handle) = row.spotted("handle", out) else {
        if !row.has("handle") {
            out.wrong(&row.spot, "a person has no handle", "add handle = \"…\": a short unique name");
        }
        return None;
    };
    let short = handle.value.chars().count() <= 39;
    if !short || !handle.value.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c)) {
        let sentence = format!("'{}' is no handle", shown(&handle.value));
        out.wrong(&handle.spot, sentence, "letters, digits, '-', '_' and '.', at most 39");
        return None;
    }
    let member = Member {
        name: row.text("name", out).unwrap_or_else(|| handle.value.clone()),
        handle: handle.value,
        team: None,
        accounts: Vec::new(),
        standing: row.word("standing", &STANDINGS, out).unwrap_or_default(),
        wip: row.number("wip", 1..=4, out),
        minutes_a_week: row.hours("hours", 60, out),
        minutes_are_max: row.truth("hours_are_max", out).unwrap_or_default(),
        leave: row.periods("leave", out),
        active: row.truth("active", out).unwrap_or(true),
    };
    if member.minutes_are_max && member.minutes_a_week.is_none() {
        out.hint(&row.spot_of("hours_are_max"), "'hours_are_max' has no meaning without 'hours'", "add hours = 6.0");
    }
    let mut accounts = github(row, out);
    accounts.extend(jira(row, out));
    Some(PersonRow { member, team: row.spotted("team", out), accounts, spot: handle.spot })
}

fn github(row: &Fields<'_>, out: &mut Findings) -> Vec<Spotted<Account>> {
    let mut accounts = Vec::new();
    for entry in row.rows("github", "[{ host = \"github.com\", login = \"sam\", id = 12 }]", out) {
        entry.only(&["host", "login", "id"], &[], out);
        let host = account_host(&entry, "host", out).or_else(|| (!entry.has("host")).then(|| "github.com".into()));
        let id = entry.id("id", out);
        let Some(login) = entry.spotted("login", out) else {
            if !entry.has("login") {
                out.wrong(&entry.spot, "an account has no login", "add login = \"…\"");
            }
            continue;
        };
        let bare = login.value.strip_prefix('@').unwrap_or(&login.value).to_owned();
        if !is_github_owner(bare.strip_suffix("[bot]").unwrap_or(&bare)) {
            let sentence = format!("'{}' is no login", shown(&login.value));
            out.wrong(&login.spot, sentence, "a login has letters, digits and '-', at most 39");
            continue;
        }
        if id.is_none() && !entry.has("id") {
            let sentence = format!("the account {} has no id: it is lost when the login changes", shown(&bare));
            out.hint(&entry.spot, sentence, format!("add id = N; `gh api users/{} --jq .id` tells it", shown(&bare)));
        }
        let Some(host) = host else { continue };
        let value = Account { host, login: bare, id: id.unwrap_or_default(), account_id: String::new() };
        accounts.push(Spotted { value, spot: entry.spot.clone() });
    }
    accounts
}

fn jira(row: &Fields<'_>, out: &mut Findings) -> Vec<Spotted<Account>> {
    let example = "[{ site = \"acme.atlassian.net\", account_id = \"…\" }]";
    let mut accounts = Vec::new();
    for entry in row.rows("jira", example, out) {
        entry.only(&["site", "account_id", "username"], &[], out);
        let site = account_host(&entry, "site", out);
        let account_id = entry.text("account_id", out).unwrap_or_default();
        let login = entry.text("username", out).unwrap_or_default();
        if !entry.has("site") || !(entry.has("account_id") || entry.has("username")) {
            let sentence = "an account of Jira has no site, or neither account_id nor username";
            out.wrong(&entry.spot, sentence, format!("write it as {example}"));
            continue;
        }
        let Some(host) = site.filter(|_| !account_id.is_empty() || !login.is_empty()) else { continue };
        let value = Account { host, login, id: 0, account_id };
        accounts.push(Spotted { value, spot: entry.spot.clone() });
    }
    accounts
}

fn account_host(entry: &Fields<'_>, key: &str, out: &mut Findings) -> Option<String> {
    let host = entry.spotted(key, out)?;
    if is_host(&host.value) {
        return Some(host.value.to_ascii_lowercase());
    }
    let sentence = format!("'{}' is no name of a server", shown(&host.value));
    out.wrong(&host.spot, sentence, "write it without https:// and without a path: \"github.com\"");
    None
}
