//! `init`: finds a token, asks what to read, checks the connection, writes a commented file.

use crate::{
    app::{ExitCode, UserError},
    cli::{
        args::InitArgs,
        context::Context,
        failure::{Failure, Result},
        json::SCHEMA,
        open, wiring,
    },
    config::{ConfigError, TrackerConfig, TrackerKind, address, load, secret, write},
    domain::{key::ProjectRef, text::safe_line},
    tracker::{Listing, Tracker},
};

pub(super) async fn run(cx: &Context, args: &InitArgs) -> Result<ExitCode> {
    let file = &cx.paths.config.path;
    if file.exists() && !args.force {
        let sentence = format!("{} exists already and was left as it is", file.display());
        return Err(UserError::new(ExitCode::Config, sentence, "edit it, or pass --force to replace it").into());
    }
    let mut tracker = open::bare_tracker(&address("--url", &args.url, false)?)?;
    tracker.api_url = args.api_url.as_deref().map(|url| address("--api-url", url, true)).transpose()?;
    (tracker.orgs, tracker.repos) = (args.org.clone(), cx.args.repo.clone());
    let token = secret::find(&tracker, cx.args.token_file.as_deref(), &cx.env).await?;
    cx.out.note(&match &token {
        Some(token) => format!("token: found, from {}", token.source),
        None => "token: none found; public projects can be read slowly, claiming needs one (`gh auth login`)".into(),
    });
    if tracker.orgs.is_empty() && tracker.repos.is_empty() {
        ask(cx, &mut tracker)?;
    }
    let text = write::text(&tracker);
    // What was typed is checked by the same reader that will read the file.
    load::parse(file, &text).map_err(|mistakes| typed_wrong(&mistakes))?;
    match wiring::tracker(&tracker, token, &cx.env) {
        Ok(client) => check(cx, &tracker, client.as_ref()).await,
        Err(error) => cx.out.problem(&error),
    }
    write::create(file, &text, args.force)?;
    if cx.args.json {
        cx.out.document(&serde_json::json!({ "schema": SCHEMA, "written": file.display().to_string() }));
    } else {
        cx.out.say(&format!("written: {}", safe_line(&file.display().to_string())));
        cx.out.note("next: `floorwalk sync`, then `floorwalk`");
    }
    Ok(ExitCode::Done)
}

fn address(flag: &str, url: &str, with_path: bool) -> Result<String> {
    address::check(url, with_path).map_err(|(what, hint)| {
        Failure(vec![UserError::new(ExitCode::Usage, format!("the address given with {flag} {what}"), hint)])
    })
}

fn ask(cx: &Context, tracker: &mut TrackerConfig) -> Result<()> {
    let nothing = || {
        let hint = "name it: `floorwalk init --org ORG` or `floorwalk init --repo owner/name`; both may be repeated";
        UserError::new(ExitCode::Usage, "nothing to read was named", hint)
    };
    if !cx.may_ask {
        return Err(nothing().into());
    }
    let words = |answer: Option<String>| -> Vec<String> {
        let answer = answer.unwrap_or_default();
        answer.split([',', ' ']).filter(|word| !word.is_empty()).map(str::to_owned).collect()
    };
    tracker.orgs = words(cx.prompt("Organisations to read, separated by commas (empty for none):"));
    tracker.repos = words(cx.prompt("Single repositories, as owner/name (empty for none):"));
    if tracker.orgs.is_empty() && tracker.repos.is_empty() { Err(nothing().into()) } else { Ok(()) }
}

/// Mistakes of flags or answers, without the lines of a file that is not written.
fn typed_wrong(mistakes: &[ConfigError]) -> Failure {
    let one = |e: &ConfigError| UserError::new(ExitCode::Usage, e.what.clone(), e.hint.clone().unwrap_or_default());
    Failure(mistakes.iter().map(one).collect())
}

/// Asks the tracker once for each thing named. What fails is said and does not keep the file from being written:
/// the network may only be down today.
async fn check(cx: &Context, config: &TrackerConfig, tracker: &dyn Tracker) {
    let tell = |error: crate::tracker::TrackerError| cx.out.problem(&UserError::from(error));
    match tracker.me().await {
        Ok(Some(person)) => cx.out.note(&format!("connected as @{}", person.login.line())),
        Ok(None) => {}
        Err(error) => return tell(error),
    }
    for listing in listings(config) {
        match tracker.listing(&listing, 1, None).await {
            Ok(_) => cx.out.note(&format!("can read {}", listing_name(&listing))),
            Err(error) => tell(error),
        }
    }
}

/// What a tracker is asked to list, as far as one request each tells whether it may be read.
pub(super) fn listings(config: &TrackerConfig) -> Vec<Listing> {
    let orgs = config.orgs.iter().cloned().map(Listing::Org);
    let users = config.users.iter().cloned().map(Listing::User);
    let all = config.kind == TrackerKind::Jira && config.projects.is_empty();
    let repos = config
        .repos
        .iter()
        .chain(&config.projects)
        .filter_map(|r| ProjectRef::parse(&config.name, r).ok())
        .map(Listing::Repo);
    orgs.chain(users).chain(repos).chain(all.then_some(Listing::All)).collect()
}

/// A listing in a word.
pub(super) fn listing_name(listing: &Listing) -> String {
    match listing {
        Listing::Org(name) | Listing::User(name) => name.clone(),
        Listing::Topic { topic, .. } => topic.clone(),
        Listing::Repo(project) => project.to_string(),
        Listing::All => "what the search finds".into(),
    }
}
