//! `doctor --report FILE`: one file to attach to a bug report. Program, system, terminal, the shape of the configuration, counts
//! of the store, the findings, and the recordings of the last runs. Names of people, projects, hosts, files and all secrets are
//! left out: of the configuration only kinds and numbers are told, and from sentences every word goes that is known to be a name
//! or looks like one.

use std::{
    collections::BTreeSet,
    fmt::Write,
    fs::OpenOptions,
    io::{ErrorKind, IsTerminal, Write as _},
    os::unix::fs::OpenOptionsExt,
    path::Path,
};

use super::{Level, Report};
use crate::{
    app::{ExitCode, UserError},
    cli::{context::Context, failure::Result, flight},
    config::{Config, TrackerConfig, TrackerKind, address},
    domain::{coverage::Freshness, outbox::OpStatus},
    store::{Everything, Health},
};

/// What stands for a word that was left out.
const GONE: &str = "…";
/// Recordings that go along, the newest first.
const RUNS: usize = 2;

/// Writes the report, readable by its owner alone. A file that is there is not overwritten.
///
/// # Errors
/// When it cannot be written.
pub(super) fn write(cx: &Context, file: &Path, report: &Report, store: Option<&(Health, Everything)>) -> Result<()> {
    let text = compose(cx, report, store);
    let shown = crate::domain::text::safe_line(&file.display().to_string()).into_owned();
    let written = OpenOptions::new().write(true).create_new(true).mode(0o600).open(file);
    written.and_then(|mut out| out.write_all(text.as_bytes())).map_err(|e| match e.kind() {
        ErrorKind::AlreadyExists => UserError::new(
            ExitCode::Usage,
            format!("{shown} is there already"),
            "name a new file: nothing is overwritten",
        ),
        kind => UserError::new(ExitCode::Usage, format!("{shown} cannot be written: {kind}"), "name another file"),
    })?;
    cx.out.note(&format!("wrote {shown}; names and secrets were left out, look through it before you attach it"));
    Ok(())
}

fn compose(cx: &Context, report: &Report, store: Option<&(Health, Everything)>) -> String {
    let loaded = cx.load().ok();
    let config = loaded.as_ref().map(|loaded| &loaded.config);
    let names = Names::gather(cx, config, store.map(|(_, everything)| everything));
    let mut out = String::new();
    // Writing into a String cannot fail.
    let _ = machine(&mut out, cx);
    let _ = configuration(&mut out, cx, config);
    let _ = condition(&mut out, store);
    let _ = findings(&mut out, report, &names);
    for (name, text) in flight::recordings(&cx.paths.data.path).into_iter().take(RUNS) {
        let _ = write!(out, "\n== recording {name}\n{text}");
    }
    out
}

fn machine(out: &mut String, cx: &Context) -> std::fmt::Result {
    writeln!(out, "floorwalk report 1\n\n== program\nversion: {}", env!("CARGO_PKG_VERSION"))?;
    writeln!(out, "built: {}", if cfg!(debug_assertions) { "debug" } else { "release" })?;
    writeln!(out, "\n== system\nsystem: {} {}", std::env::consts::OS, std::env::consts::ARCH)?;
    writeln!(out, "processors: {}", std::thread::available_parallelism().map_or(0, usize::from))?;
    writeln!(out, "\n== terminal")?;
    for name in ["TERM", "COLORTERM", "TERM_PROGRAM", "TERM_PROGRAM_VERSION", "LANG", "LC_ALL", "LC_CTYPE"] {
        let value = cx.env.get(name).unwrap_or("not set");
        // Names of terminals and languages are short words; anything else is none of them.
        let plain = value.len() <= 40 && value.chars().all(|c| c.is_ascii_alphanumeric() || " -_.@+".contains(c));
        writeln!(out, "{name}: {}", if plain { value } else { GONE })?;
    }
    for name in ["NO_COLOR", "TMUX", "STY", "SSH_CONNECTION", "HTTPS_PROXY", "SSL_CERT_FILE"] {
        writeln!(out, "{name}: {}", if cx.env.get_os(name).is_some() { "set" } else { "not set" })?;
    }
    let size = rustix::termios::tcgetwinsize(rustix::stdio::stdout()).map(|s| (s.ws_col, s.ws_row));
    let size = size.map_or("none".into(), |(columns, rows)| format!("{columns}x{rows}"));
    writeln!(
        out,
        "input: {}, output: {}, size: {size}",
        terminal(std::io::stdin().is_terminal()),
        terminal(cx.out.is_terminal)
    )
}

fn terminal(is: bool) -> &'static str {
    if is { "terminal" } else { "no terminal" }
}

fn configuration(out: &mut String, cx: &Context, config: Option<&Config>) -> std::fmt::Result {
    writeln!(out, "\n== configuration")?;
    writeln!(out, "from: {}, data from: {}", cx.paths.config.origin, cx.paths.data.origin)?;
    let Some(config) = config else { return writeln!(out, "cannot be read; see the findings") };
    for (n, tracker) in config.trackers.iter().enumerate() {
        writeln!(out, "tracker {}: {}", n + 1, shape(tracker))?;
    }
    let ui = &config.ui;
    let own = |is: bool| if is { "yes" } else { "no" };
    writeln!(out, "keymap: {}, theme set: {}, mouse: {}", ui.keymap.word(), own(ui.theme.is_some()), own(ui.mouse))?;
    writeln!(out, "bell: {}, notices: {}, begins afresh: {}", own(ui.bell), ui.notify.word(), own(ui.afresh))?;
    writeln!(out, "views: {}, registry: {}", config.views.len(), own(config.registry.is_some()))
}

/// A tracker without its names.
fn shape(tracker: &TrackerConfig) -> String {
    let kind = match tracker.kind {
        TrackerKind::GitHub => "GitHub",
        TrackerKind::Jira => "Jira",
    };
    let host = address::host_of(&tracker.url);
    let place = match host.as_str() {
        "github.com" => "github.com",
        host if host.ends_with(".atlassian.net") => "in Atlassian's cloud",
        host if address::is_loopback(host) => "on this machine",
        _ => "on a server of its own",
    };
    let counts = [
        ("orgs", tracker.orgs.len()),
        ("users", tracker.users.len()),
        ("topics", tracker.topics.len()),
        ("repos", tracker.repos.len()),
        ("projects", tracker.projects.len()),
    ];
    let counts: Vec<String> = counts.iter().filter(|(_, n)| *n > 0).map(|(what, n)| format!("{what} {n}")).collect();
    let options = [
        (tracker.api_url.is_some(), "api_url"),
        (tracker.token_env.is_some(), "token_env"),
        (tracker.email.is_some(), "email"),
        (tracker.jql.is_some(), "jql"),
        (tracker.transition, "transition"),
    ];
    let options: Vec<&str> = options.iter().filter(|(is, _)| *is).map(|(_, what)| *what).collect();
    format!("{kind} {place}; reads {}; sets {}", counts.join(", "), options.join(", "))
}

fn condition(out: &mut String, store: Option<&(Health, Everything)>) -> std::fmt::Result {
    writeln!(out, "\n== store")?;
    let Some((health, all)) = store else { return writeln!(out, "cannot be opened; see the findings") };
    let sound = if health.integrity == "ok" { "ok" } else { "not ok" };
    writeln!(
        out,
        "bytes: {}, schema: {}, integrity: {sound}, read only: {}",
        health.bytes, health.schema, health.read_only
    )?;
    writeln!(out, "notices: {}", health.notices.len())?;
    writeln!(
        out,
        "projects: {}, tasks: {}, commitments: {}",
        all.projects.len(),
        all.tasks.len(),
        all.commitments.len()
    )?;
    let fresh = |is: fn(&Freshness) -> bool| all.coverage.iter().filter(|row| is(&row.freshness)).count();
    writeln!(
        out,
        "read: {} fresh, {} in part, {} waiting, {} failed, {} without access",
        fresh(|f| matches!(f, Freshness::Fresh { .. })),
        fresh(|f| matches!(f, Freshness::Partial { .. })),
        fresh(|f| matches!(f, Freshness::Waiting { .. })),
        fresh(|f| matches!(f, Freshness::Failed { .. })),
        fresh(|f| matches!(f, Freshness::NoAccess { .. })),
    )?;
    for op in &all.outbox {
        let status = match op.status {
            OpStatus::Ready => "ready",
            OpStatus::Waiting { .. } => "waiting",
            OpStatus::NeedsAttention { .. } => "needs attention",
        };
        writeln!(out, "outbox: {}, {status}, {} attempts", op.wish.word(), op.attempts)?;
    }
    Ok(())
}

fn findings(out: &mut String, report: &Report, names: &Names) -> std::fmt::Result {
    writeln!(out, "\n== findings")?;
    for finding in &report.findings {
        let level = match finding.level {
            Level::Fine => "ok",
            Level::Warning => "warning",
            Level::Problem => "problem",
        };
        let area = finding.area.split(' ').next().unwrap_or_default();
        if area == "project" {
            // Counted above; each of these lines is about one name.
            continue;
        }
        writeln!(out, "{level} {area}: {}", names.left_out(&finding.what))?;
    }
    Ok(())
}

/// Words that name somebody or something.
struct Names(BTreeSet<String>);

impl Names {
    fn gather(cx: &Context, config: Option<&Config>, everything: Option<&Everything>) -> Self {
        let mut names = Self(BTreeSet::new());
        for tracker in config.iter().flat_map(|config| &config.trackers) {
            names.add(tracker.name.as_str());
            names.add(&tracker.url);
            let lists = [&tracker.orgs, &tracker.users, &tracker.topics, &tracker.repos, &tracker.projects];
            lists.into_iter().flatten().for_each(|name| names.add(name));
            let single = [&tracker.api_url, &tracker.email, &tracker.jql, &tracker.token_env];
            single.into_iter().flatten().for_each(|name| names.add(name));
        }
        for handle in config.iter().filter_map(|config| config.handle.as_ref()) {
            names.add(handle.raw());
        }
        for project in everything.iter().flat_map(|all| &all.coverage) {
            names.add(project.project.path());
        }
        for commitment in everything.iter().flat_map(|all| &all.commitments) {
            names.add(commitment.who.login.raw());
        }
        for variable in ["USER", "LOGNAME", "HOME", "HOSTNAME"] {
            names.add(cx.env.get(variable).unwrap_or_default());
        }
        names.add(&cx.paths.config.path.display().to_string());
        names.add(&cx.paths.data.path.display().to_string());
        names
    }

    /// A name, and the words it is made of.
    fn add(&mut self, name: &str) {
        let parts = name.split(|c: char| !c.is_alphanumeric() && c != '-' && c != '_');
        self.0.extend(parts.filter(|part| part.chars().count() > 1).map(str::to_lowercase));
    }

    /// A sentence without names: what is known to be one, what stands in quotes, and whatever no ordinary word looks like.
    fn left_out(&self, sentence: &str) -> String {
        let mut quoted = false;
        let mut words = Vec::new();
        for word in sentence.split(' ') {
            let quotes = word.matches(['\'', '"']).count();
            let inside = quoted || quotes > 0 && !word.ends_with("n't");
            quoted ^= quotes % 2 == 1 && !word.ends_with("n't");
            let bare: String = word.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
            let known = self.0.contains(&bare) || bare.split(['-', '_']).any(|part| self.0.contains(part));
            let odd = bare.contains(|c: char| !c.is_alphanumeric() && c != '-') || word.contains(['@', '#', '/', '~']);
            let keep = bare.is_empty() || is_number(&bare) || !(inside || known || odd);
            words.push(if keep { word } else { GONE });
        }
        words.dedup_by(|a, b| a == b && *a == GONE);
        words.join(" ")
    }
}

/// A number, a time or a day; no address, which has more points than one.
fn is_number(word: &str) -> bool {
    word.chars().all(|c| c.is_ascii_digit() || ".:-tz".contains(c)) && word.matches('.').count() <= 1
}
