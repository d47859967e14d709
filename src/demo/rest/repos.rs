//! Accounts, organisations and lists of repositories.

use serde_json::json;

use super::{Answer, Call, Outcome, page::Page};
use crate::demo::world::{Kind, Permission, RepoIx, World};

pub(super) fn me(world: &World, call: &Call) -> Outcome {
    let who = call.who.ok_or_else(|| Answer::refusal(401, "Requires authentication"))?;
    Ok(Answer::ok(call.shape(world).profile(who)))
}

pub(super) fn user(world: &World, call: &Call, login: &str) -> Outcome {
    let ix = world.find_user(login).ok_or_else(Answer::not_found)?;
    Ok(Answer::ok(call.shape(world).profile(ix)))
}

pub(super) fn org(world: &World, call: &Call, login: &str) -> Outcome {
    let ix = world.find_user(login).filter(|ix| world.user(*ix).kind == Kind::Organization);
    Ok(Answer::ok(call.shape(world).organisation(ix.ok_or_else(Answer::not_found)?)))
}

/// Repositories the caller can see, filtered and in the wanted order.
fn listed(world: &World, call: &Call, wanted: impl Fn(RepoIx) -> bool) -> Vec<RepoIx> {
    let mut found: Vec<RepoIx> = (0..world.repos.len())
        .filter(|ix| world.repo(*ix).permission(call.who) >= Permission::Read && wanted(*ix))
        .collect();
    let time = |ix: &RepoIx| {
        let repo = world.repo(*ix);
        if call.param("sort") == Some("created") { repo.created_at } else { repo.pushed_at }
    };
    let by_name = matches!(call.param("sort"), None | Some("full_name"));
    if by_name {
        found.sort_by_key(|ix| world.repo(*ix).name.to_lowercase());
    } else {
        found.sort_by_key(time);
    }
    let down = call.param("direction").map_or(!by_name, |d| d == "desc");
    if down {
        found.reverse();
    }
    found
}

pub(super) fn of_owner(world: &World, call: &Call, login: &str, org: bool) -> Outcome {
    let owner = world.find_user(login).ok_or_else(Answer::not_found)?;
    if org && world.user(owner).kind != Kind::Organization {
        return Err(Answer::not_found());
    }
    let rows = listed(world, call, |ix| world.repo(ix).owner == owner);
    Ok(Page::of(call).answer(call, &rows, |ix| call.shape(world).repo(*ix, call.who)))
}

pub(super) fn mine(world: &World, call: &Call) -> Outcome {
    if call.who.is_none() {
        return Err(Answer::refusal(401, "Requires authentication"));
    }
    let wanted = call.param("affiliation").unwrap_or("owner,collaborator,organization_member");
    let rows = listed(world, call, |ix| {
        let repo = world.repo(ix);
        let member = call.who.is_some_and(|who| world.members.contains(&who));
        let relation = match call.who {
            who if who == Some(repo.owner) => "owner",
            Some(who) if member && !repo.grants.contains_key(&who) => "organization_member",
            _ => "collaborator",
        };
        wanted.split(',').any(|word| word == relation)
    });
    Ok(Page::of(call).answer(call, &rows, |ix| call.shape(world).repo(*ix, call.who)))
}

pub(super) fn one(world: &World, call: &Call, repo: RepoIx) -> Outcome {
    let changed = world.repo(repo).pushed_at;
    Ok(Answer::ok(call.shape(world).full_repo(repo, call.who)).dated(changed))
}

/// `GET /search/repositories` for `topic:`, `org:`, `user:`, `archived:`, `language:` and words of the name.
pub(super) fn search(world: &World, call: &Call) -> Outcome {
    let Some(query) = call.param("q") else { return Err(Answer::invalid("Search", "q", "missing")) };
    let words: Vec<&str> = query.split_whitespace().collect();
    let rows = listed(world, call, |ix| {
        let repo = world.repo(ix);
        words.iter().all(|word| match word.split_once(':') {
            Some(("topic", topic)) => repo.topics.iter().any(|t| t.eq_ignore_ascii_case(topic)),
            Some(("org" | "user", login)) => world.user(repo.owner).login.eq_ignore_ascii_case(login),
            Some(("archived", yes)) => repo.archived == (yes == "true"),
            Some(("language", name)) => repo.language.as_deref().is_some_and(|l| l.eq_ignore_ascii_case(name)),
            Some(_) => true,
            None => repo.name.to_lowercase().contains(&word.to_lowercase()),
        })
    });
    let page = Page::of(call);
    let items: Vec<_> = page
        .part(&rows)
        .iter()
        .map(|ix| {
            let mut shown = call.shape(world).repo(*ix, call.who);
            super::shape::merge(&mut shown, json!({"score": 1.0}));
            shown
        })
        .collect();
    let mut answer = Answer::ok(json!({"total_count": rows.len(), "incomplete_results": false, "items": items}));
    answer.headers.extend(page.link(call, rows.len()).map(|link| ("link", link)));
    Ok(answer)
}
