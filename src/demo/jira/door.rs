//! The way in: which path leads to which Jira, who knocks, and the headers on the way out. Knows no issue.

use base64::{Engine, engine::general_purpose::STANDARD};

use super::{
    super::{
        identity::{BadToken, Identities},
        reply::Reply,
        rest::{self, Answer, http_date},
        world::{Kind, UserIx, World},
    },
    Call, answer,
    model::Dialect,
    nothing, people, refusal,
};

/// Requests a second that the headers speak of; nobody is ever held to it.
const BURST: u32 = 350;

/// Context paths.
const SITES: [(&str, Dialect); 2] = [("cloud", Dialect::Cloud), ("dc", Dialect::DataCenter)];

fn site(segment: &str) -> Option<Dialect> {
    SITES.iter().find(|(name, _)| *name == segment).map(|(_, dialect)| *dialect)
}

/// Is it a path of one of the two sites?
pub(crate) fn serves(path: &str) -> bool {
    path.trim_start_matches('/').split('/').next().is_some_and(|first| site(first).is_some())
}

/// The account behind an `Authorization` header: Basic with an e-mail address or a user name, or a token.
fn account(world: &mut World, identities: &mut Identities, header: Option<&str>) -> Result<Option<UserIx>, BadToken> {
    let basic = header.and_then(|h| h.split_once(' ')).filter(|(scheme, _)| scheme.eq_ignore_ascii_case("basic"));
    let Some((_, encoded)) = basic else {
        return match header.and_then(|h| h.split_once(' ')) {
            Some((_, "bad")) => Err(BadToken),
            _ => identities.of(world, header),
        };
    };
    let text = STANDARD.decode(encoded.trim()).ok().and_then(|b| String::from_utf8(b).ok()).ok_or(BadToken)?;
    let (name, token) = text.split_once(':').ok_or(BadToken)?;
    let login = name.split('@').next().unwrap_or(name);
    if login.is_empty() || token.is_empty() || token == "bad" || token == "bad-token" {
        return Err(BadToken);
    }
    Ok(Some(world.intern(login, Kind::User, None)))
}

/// The request in Jira's terms; `None` when no API of that site is meant.
fn call(sent: &rest::Call, who: Option<UserIx>) -> Option<Call> {
    let (first, rest) = sent.segments.split_first()?;
    let dialect = site(first)?;
    let version = match (rest.get(..3)?, dialect) {
        ([rest, api, v], _) if rest == "rest" && api == "api" && (v == "2" || v == "latest") => 2,
        ([rest, api, v], Dialect::Cloud) if rest == "rest" && api == "api" && v == "3" => 3,
        _ => return None,
    };
    Some(Call {
        dialect,
        version,
        method: sent.method.clone(),
        segments: rest.get(3..)?.to_vec(),
        query: sent.query.clone(),
        body: sent.body.clone(),
        who,
        root: format!("{}/{first}", sent.web),
        now: sent.now,
        newest: sent.newest,
        count_lags: sent.count_lags,
        ignore_assignee: sent.ignore_assignee,
    })
}

/// Answers a request to either site; `twice` lets a write take effect a second time.
pub(crate) fn knock(
    world: &mut World,
    identities: &mut Identities,
    header: Option<&str>,
    sent: &rest::Call,
    twice: bool,
) -> (Reply, Option<UserIx>) {
    let dialect = sent.segments.first().and_then(|s| site(s)).unwrap_or(Dialect::Cloud);
    let Ok(who) = account(world, identities, header) else {
        let mut refused = match dialect {
            Dialect::Cloud => nothing(401),
            Dialect::DataCenter => {
                refusal(401, "You are not authenticated. Authentication required to perform this operation.")
            }
        };
        refused.headers.push(("x-seraph-loginreason", "AUTHENTICATED_FAILED".into()));
        refused.headers.push(("www-authenticate", format!("OAuth realm=\"{}\"", sent.web.replace(':', "%3A"))));
        return (reply(world, sent, dialect, None, refused), None);
    };
    let Some(call) = call(sent, who) else {
        return (reply(world, sent, dialect, who, refusal(404, "No such resource.")), who);
    };
    if twice && call.method != "GET" {
        answer(world, &call);
    }
    let mut given = answer(world, &call);
    let reason = if who.is_some() { "OK" } else { "AUTHENTICATED_FAILED" };
    if given.status == 401 || dialect == Dialect::DataCenter && who.is_some() {
        given.headers.push(("x-seraph-loginreason", reason.into()));
    }
    (reply(world, sent, dialect, who, given), who)
}

/// The answer with the headers of its site.
fn reply(world: &World, sent: &rest::Call, dialect: Dialect, who: Option<UserIx>, answer: Answer) -> Reply {
    let body = answer.body.as_ref().map(ToString::to_string);
    let mut headers: Vec<(String, String)> = Vec::with_capacity(10);
    let mut add = |name: &str, value: String| headers.push((name.to_owned(), value));
    add("date", http_date(sent.now));
    add("cache-control", "no-cache, no-store, no-transform".into());
    match dialect {
        Dialect::Cloud => {
            add("x-ratelimit-limit", BURST.to_string());
            add("x-ratelimit-remaining", (BURST - 1).to_string());
            add("x-ratelimit-nearlimit", "false".into());
            if let Some(user) = who {
                add("x-aaccountid", people::id(world, Dialect::Cloud, user).replace(':', "%3A"));
            }
        }
        Dialect::DataCenter => {
            add("x-anodeid", "node-1".into());
            if let Some(user) = who {
                add("x-ausername", world.user(user).login.clone());
                add("x-ratelimit-limit", BURST.to_string());
                add("x-ratelimit-remaining", (BURST - 1).to_string());
                add("x-ratelimit-interval-seconds", "1".into());
                add("x-ratelimit-fillrate", BURST.to_string());
                // Sent with every answer; nought means that nobody has to wait.
                add("retry-after", "0".into());
            }
        }
    }
    headers.extend(answer.headers.into_iter().map(|(name, value)| (name.to_owned(), value)));
    let mut reply = match body {
        Some(body) => Reply::typed(answer.status, "application/json;charset=UTF-8", body),
        None => Reply::empty(answer.status),
    };
    reply.set(&headers);
    reply
}
