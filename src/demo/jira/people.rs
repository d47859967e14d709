//! How accounts look on either Jira: an account id here, a user name and key there. The same people as on the GitHub
//! half; what Jira alone knows of them (zone, given ids) is kept here.

use std::collections::HashMap;

use jiff::tz::TimeZone;
use serde_json::{Value, json};

use super::{
    super::world::{Kind, UserIx, World},
    model::Dialect,
};

/// First number of a Data Center user key.
const FIRST_KEY: usize = 10_100;

/// What Jira knows of an account beyond its login and name.
#[derive(Clone, Debug, Default)]
pub(crate) struct Known {
    /// As a dump has it; made from the login when there is none.
    pub account_id: Option<String>,
    /// Key on Data Center, as a dump has it.
    pub key: Option<String>,
    /// IANA name.
    pub zone: Option<String>,
    /// The account was closed.
    pub inactive: bool,
}

/// Everybody's additions.
#[derive(Clone, Debug, Default)]
pub(crate) struct People {
    pub known: HashMap<UserIx, Known>,
    /// Given account ids, for looking up.
    pub by_account: HashMap<String, UserIx>,
}

impl People {
    /// The account id of a login: the same in every run.
    pub(crate) fn account_id(&self, world: &World, user: UserIx) -> String {
        let given = self.known.get(&user).and_then(|k| k.account_id.clone());
        given.unwrap_or_else(|| made_account_id(&world.user(user).login))
    }

    pub(crate) fn key(&self, user: UserIx) -> String {
        let given = self.known.get(&user).and_then(|k| k.key.clone());
        given.unwrap_or_else(|| format!("JIRAUSER{}", FIRST_KEY + user))
    }

    /// Name of the account's time zone.
    pub(crate) fn zone_name(&self, user: Option<UserIx>) -> &str {
        user.and_then(|u| self.known.get(&u)).and_then(|k| k.zone.as_deref()).unwrap_or("Etc/UTC")
    }

    pub(crate) fn zone(&self, user: Option<UserIx>) -> TimeZone {
        TimeZone::get(self.zone_name(user)).unwrap_or(TimeZone::UTC)
    }

    pub(crate) fn active(&self, user: UserIx) -> bool {
        !self.known.get(&user).is_some_and(|k| k.inactive)
    }
}

/// FNV-1a, 64 bits: an id must be the same on every machine and in every release.
fn print(text: &str, seed: u64) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325 ^ seed, |sum, b| (sum ^ u64::from(b)).wrapping_mul(0x0100_0000_01b3))
}

fn made_account_id(login: &str) -> String {
    let (a, b) = (print(login, 1), print(login, 2));
    format!(
        "557058:{:08x}-{:04x}-4{:03x}-a{:03x}-{:012x}",
        a >> 32,
        a & 0xffff,
        (a >> 16) & 0xfff,
        b >> 52,
        b & 0xffff_ffff_ffff
    )
}

/// The account that a dialect's id names: account id, user name, or user key.
pub(crate) fn find(world: &World, dialect: Dialect, id: &str) -> Option<UserIx> {
    let people = &world.jira.people;
    match dialect {
        Dialect::Cloud => {
            people.by_account.get(id).copied().or_else(|| {
                (0..world.users.len()).find(|u| is_account(world, *u) && people.account_id(world, *u) == id)
            })
        }
        Dialect::DataCenter => world
            .find_user(id)
            .filter(|u| is_account(world, *u))
            .or_else(|| (0..world.users.len()).find(|u| is_account(world, *u) && people.key(*u) == id)),
    }
}

/// Organisations own repositories; on Jira they are nobody.
pub(crate) fn is_account(world: &World, user: UserIx) -> bool {
    world.user(user).kind != Kind::Organization
}

pub(crate) fn display_name(world: &World, user: UserIx) -> String {
    let user = world.user(user);
    user.name.clone().unwrap_or_else(|| user.login.trim_end_matches("[bot]").to_owned())
}

/// The id by which a dialect's clients name an account.
pub(crate) fn id(world: &World, dialect: Dialect, user: UserIx) -> String {
    match dialect {
        Dialect::Cloud => world.jira.people.account_id(world, user),
        Dialect::DataCenter => world.user(user).login.clone(),
    }
}

/// An account as it stands in issues and lists. `own` shows the e-mail address as well.
pub(crate) fn shape(world: &World, dialect: Dialect, rest: &str, user: UserIx, own: bool) -> Value {
    let people = &world.jira.people;
    let base = rest.split("/rest/").next().unwrap_or(rest);
    let login = &world.user(user).login;
    let avatars: serde_json::Map<String, Value> =
        [("48x48", ""), ("24x24", "size=small&"), ("16x16", "size=xsmall&"), ("32x32", "size=medium&")]
            .into_iter()
            .map(|(size, word)| (size.into(), format!("{base}/secure/useravatar?{word}avatarId=10122").into()))
            .collect();
    let mut shown = json!({
        "avatarUrls": avatars, "displayName": display_name(world, user), "active": people.active(user),
        "timeZone": people.zone_name(Some(user)),
    });
    let add = match dialect {
        Dialect::Cloud => {
            let id = people.account_id(world, user);
            let kind = if world.user(user).kind == Kind::Bot { "app" } else { "atlassian" };
            json!({"self": format!("{rest}/user?accountId={}", escaped(&id)), "accountId": id, "accountType": kind})
        }
        Dialect::DataCenter => json!({
            "self": format!("{rest}/user?username={}", escaped(login)), "name": login, "key": people.key(user),
        }),
    };
    merge(&mut shown, add);
    if own {
        merge(&mut shown, json!({"emailAddress": format!("{login}@{}.example", super::super::ORG)}));
    }
    shown
}

pub(crate) use super::super::rest::shape::{escaped, merge};
