//! Who an account might be: hints from equal names, offered as a line for the registry and never applied.

use crate::domain::roster::{Member, Roster};

/// Why an entry might be the same person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Why {
    /// The login is the login of an account elsewhere.
    SameLogin,
    /// The login spells the name or the handle.
    SameName,
    /// The login differs from the handle or another login by a letter or two.
    Near,
}

impl Why {
    /// In words.
    pub fn words(self) -> &'static str {
        match self {
            Self::SameLogin => "has the same login elsewhere",
            Self::SameName => "has the same name",
            Self::Near => "has a similar login",
        }
    }
}

/// Entries an account without one might belong to, likeliest first. A hint is no proof: names can be chosen.
pub fn hints<'a>(roster: &'a Roster, host: &str, login: &str) -> Vec<(&'a Member, Why)> {
    let mut found: Vec<(&Member, Why)> = roster
        .people
        .iter()
        // Somebody whose account there is known by its id has no other.
        .filter(|m| !m.accounts.iter().any(|a| a.host.eq_ignore_ascii_case(host) && a.id != 0))
        .filter_map(|m| Some((m, alike(m, login)?)))
        .collect();
    found.sort_by(|a, b| (a.1, &a.0.handle).cmp(&(b.1, &b.0.handle)));
    found
}

fn alike(member: &Member, login: &str) -> Option<Why> {
    if member.accounts.iter().any(|a| a.login.eq_ignore_ascii_case(login)) {
        return Some(Why::SameLogin);
    }
    let bare = letters(login);
    if bare.is_empty() {
        return None;
    }
    if letters(&member.name) == bare || letters(&member.handle) == bare || turned(&member.name) == bare {
        return Some(Why::SameName);
    }
    let near = |other: &str| {
        let other = letters(other);
        let most = (other.chars().count().min(bare.chars().count()) / 4).min(2);
        !other.is_empty() && strsim::damerau_levenshtein(&other, &bare) <= most
    };
    let logins = member.accounts.iter().map(|a| a.login.as_str());
    logins.chain([member.handle.as_str(), member.name.as_str()]).any(near).then_some(Why::Near)
}

fn letters(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).take(80).collect()
}

/// The name with its first word last: `bergana` for `Ana Berg`.
fn turned(name: &str) -> String {
    let (first, rest) = name.split_once(' ').unwrap_or((name, ""));
    letters(rest) + &letters(first)
}

/// The entry of the list `github` that makes an account part of somebody.
pub fn entry(host: &str, login: &str, id: u64) -> String {
    let quoted = |text: &str| toml::Value::from(text).to_string();
    let id = if id == 0 { String::new() } else { format!(", id = {id}") };
    format!("{{ host = {}, login = {}{id} }}", quoted(host), quoted(login))
}
