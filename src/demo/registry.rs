//! The registry of the made-up organisation: files of its repository `floor`, and the stricter rules that one repository
//! keeps itself. Only writes them down; what they mean is not its business.

use std::fmt::Write;

use jiff::{Timestamp, ToSpan, civil::Date, tz::TimeZone};

use super::{
    DemoError,
    seed::{Organisation, PersonSeed},
    world::World,
};

const RULES: &str = include_str!("../../assets/demo/floor/floor.toml");
const OVERLAY: &str = include_str!("../../assets/demo/floor/overlay.toml");
/// Repository with rules of its own.
const STRICT: &str = "ci-recipes";
/// Hosts under which the accounts are known: as on github.com, and as the demo is reached.
const HOSTS: [&str; 2] = ["github.com", "127.0.0.1"];

/// Host under which the demo's Jira Cloud is reached: another than that of the rest, because accounts are told apart by
/// their host, and a person has another address there.
const CLOUD: &str = "localhost";
/// Host under which its Data Center is reached.
const DATA_CENTER: &str = "127.0.0.1";

/// Writes the files.
pub(super) fn plant(world: &mut World, seed: &Organisation, now: Timestamp) -> Result<(), DemoError> {
    let today = now.to_zoned(TimeZone::UTC).date();
    let broken = |why: &str| DemoError::seed("floor.toml", why);
    let files = [
        ("floor", "floor.toml", dated(RULES, today).ok_or_else(|| broken("a date that is none"))?),
        ("floor", "people.toml", people(world, seed, today)),
        (STRICT, ".github/floorwalk.toml", OVERLAY.to_owned()),
    ];
    for (name, path, text) in files {
        let repo = world.find_repo(&seed.organisation.login, name).ok_or_else(|| broken("a repository is missing"))?;
        world.repo_mut(repo).files.insert(path.to_owned(), text);
    }
    Ok(())
}

/// Puts dates in: `{year}`, `{next}` (the year after), `{+3}` and `{-3}` (days from today).
fn dated(text: &str, today: Date) -> Option<String> {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        out.push_str(before);
        // Inline tables begin with a blank.
        let word = after.split_once('}').filter(|(word, _)| !word.contains(' '));
        let Some((word, after)) = word else {
            out.push('{');
            rest = after;
            continue;
        };
        match word {
            "year" => write!(out, "{}", today.year()).ok()?,
            "next" => write!(out, "{}", today.year() + 1).ok()?,
            days => write!(out, "{}", today.saturating_add(days.parse::<i64>().ok()?.days())).ok()?,
        }
        rest = after;
    }
    out.push_str(rest);
    Some(out)
}

/// The people of the organisation with their accounts.
fn people(world: &World, seed: &Organisation, today: Date) -> String {
    let mut text = String::from("# Everybody, with the account whose id never changes.\n");
    for person in seed.person.iter().filter(|p| !p.bot) {
        // Writing to a string cannot fail.
        let _ = entry(&mut text, world, seed, person, today);
    }
    text
}

fn entry(text: &mut String, world: &World, seed: &Organisation, person: &PersonSeed, today: Date) -> std::fmt::Result {
    let login = &person.login;
    write!(text, "\n[[person]]\nhandle = \"{login}\"\nname = {:?}\n", person.name.as_deref().unwrap_or(login))?;
    if let Some(team) = seed.team.iter().find(|t| t.people.contains(login)) {
        writeln!(text, "team = \"{}\"", team.slug)?;
    }
    if let Some(standing) = &person.standing {
        writeln!(text, "standing = \"{standing}\"")?;
    }
    if let Some(hours) = person.hours {
        writeln!(text, "hours = {hours:.1}")?;
    }
    if let Some((from, to, why)) = &person.away {
        let day = |n: i64| today.saturating_add(n.days());
        writeln!(text, "leave = [{{ from = \"{}\", to = \"{}\", why = \"{why}\" }}]", day(*from), day(*to))?;
    }
    let id = world.find_user(login).map_or(0, |u| world.user(u).id);
    let accounts = HOSTS.map(|host| format!("{{ host = \"{host}\", login = \"{login}\", id = {id} }}"));
    writeln!(text, "github = [{}]", accounts.join(", "))?;
    let account = world.find_user(login).map(|u| world.jira.people.account_id(world, u)).unwrap_or_default();
    let cloud = format!("{{ site = \"{CLOUD}\", account_id = \"{account}\" }}");
    writeln!(text, "jira = [{cloud}, {{ site = \"{DATA_CENTER}\", username = \"{login}\" }}]")
}
