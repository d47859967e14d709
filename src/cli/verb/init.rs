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
    domain::{
        key::{ProjectRef, TrackerName},
        text::safe_line,
    },
    tracker::{Listing, Tracker},
};

pub(super) async fn run(cx: &Context, args: &InitArgs) -> Result<ExitCode> {
    let file = &cx.paths.config.path;
    if file.exists() && !args.force {
        let sentence = format!("{} exists already and was left as it is", file.display());
        return Err(UserError::new(ExitCode::Config, sentence, "edit it, or pass --force to replace it").into());
    }
    let trackers = trackers(cx, args)?;
    let text = write::text(&trackers);
    // What was typed is checked by the same reader that will read the file.
    load::parse(file, &text).map_err(|mistakes| typed_wrong(&mistakes))?;
    for tracker in &trackers {
        let token = secret::find(tracker, cx.args.token_file.as_deref(), &cx.env).await?;
        cx.out.note(&match (&token, tracker.kind) {
            (Some(token), _) => format!("token: found, from {}", token.source),
            (None, TrackerKind::GitHub) => {
                "token: none found; public projects can be read slowly, claiming needs one (`gh auth login`)".into()
            }
            (None, TrackerKind::Jira) => {
                "token: none found for Jira; put it into FLOORWALK_JIRA_TOKEN, then `floorwalk doctor`".into()
            }
        });
        match wiring::tracker(tracker, token, &cx.env) {
            Ok(client) => check(cx, tracker, client.as_ref()).await,
            Err(error) => cx.out.problem(&error),
        }
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

/// The trackers that were named by flags, else by answers.
fn trackers(cx: &Context, args: &InitArgs) -> Result<Vec<TrackerConfig>> {
    let mut github = open::bare_tracker(&address("--url", &args.url, false)?)?;
    github.api_url = args.api_url.as_deref().map(|url| address("--api-url", url, true)).transpose()?;
    (github.orgs, github.repos) = (args.org.clone(), cx.args.repo.clone());
    let mut jira =
        args.jira.as_deref().map(|url| address("--jira", url, true)).transpose()?.map(bare_jira).transpose()?;
    if let Some(jira) = &mut jira {
        (jira.projects, jira.email) = (args.project.clone(), args.email.clone());
    }
    if github.orgs.is_empty() && github.repos.is_empty() && jira.is_none() {
        jira = ask(cx, &mut github)?;
    }
    let named = !(github.orgs.is_empty() && github.repos.is_empty());
    Ok(named.then_some(github).into_iter().chain(jira).collect())
}

fn bare_jira(url: String) -> Result<TrackerConfig> {
    let name = TrackerName::parse("jira").map_err(|e| UserError::new(ExitCode::Internal, e.to_string(), ""))?;
    Ok(TrackerConfig::new(name, TrackerKind::Jira, url))
}

fn ask(cx: &Context, github: &mut TrackerConfig) -> Result<Option<TrackerConfig>> {
    let nothing = || {
        let hint = "name it: `floorwalk init --org ORG`, `--repo owner/name` or `--jira URL --project KEY`; org, repo \
                    and project may be repeated";
        UserError::new(ExitCode::Usage, "nothing to read was named", hint)
    };
    if !cx.may_ask {
        return Err(nothing().into());
    }
    let words = |answer: Option<String>| -> Vec<String> {
        let answer = answer.unwrap_or_default();
        answer.split([',', ' ']).filter(|word| !word.is_empty()).map(str::to_owned).collect()
    };
    github.orgs = words(cx.prompt("Organisations to read, separated by commas (empty for none):"));
    github.repos = words(cx.prompt("Single repositories, as owner/name (empty for none):"));
    let site = cx.prompt("Address of a Jira site, as https://acme.atlassian.net (empty for none):").unwrap_or_default();
    if site.is_empty() {
        return if github.orgs.is_empty() && github.repos.is_empty() { Err(nothing().into()) } else { Ok(None) };
    }
    let mut jira = bare_jira(address("the Jira site", &site, true)?)?;
    jira.projects = words(cx.prompt("Keys of its projects, separated by commas:"));
    let email = cx.prompt("E-mail address of the account, for Jira Cloud (empty for Data Center):");
    jira.email = email.filter(|email| !email.is_empty());
    Ok(Some(jira))
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
