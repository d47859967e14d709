//! The host of a task in a few words: how it wants to be asked, where, who guides, when it is quiet, and what helping
//! costs it. Reads the roster; decides nothing.

use super::super::{paint::safe, state::State, theme::Ink};
use crate::{
    app::decide::expected_review,
    domain::{
        key::{ProjectRef, TrackerName},
        policy::Consent,
    },
    judge::burden::HostLoad,
};

/// The host's name: of its team, else of its project.
pub fn name(state: &State, project: &ProjectRef) -> String {
    match state.snapshot.roster.host_of(project) {
        Some(team) if team.name.is_empty() => safe(&team.id).into_owned(),
        Some(team) => safe(&team.name).into_owned(),
        None => project.path().to_owned(),
    }
}

/// A person of the registry as people call them: `Ana (@ana-gh)`.
pub fn person(state: &State, tracker: &TrackerName, handle: &str) -> String {
    let roster = &state.snapshot.roster;
    let name = roster.by_handle(handle).map(|m| m.name.as_str()).filter(|name| !name.is_empty()).unwrap_or(handle);
    match roster.account(tracker, handle) {
        // The account id of a Jira site is no word for people.
        Some(account) if !account.login.is_empty() => format!("{} (@{})", safe(name), safe(&account.login)),
        _ => safe(name).into_owned(),
    }
}

fn consent(consent: Consent) -> &'static str {
    match consent {
        Consent::Auto => "help is welcome without asking",
        Consent::Notify => "help is welcome, the leads are told once",
        Consent::Ask => "wants to be asked first",
        Consent::Closed => "takes no help now",
    }
}

/// What taking a task of the project would cost its host in review; `None` where that is nothing.
pub fn cost(state: &State, project: &ProjectRef) -> Option<String> {
    let snapshot = &state.snapshot;
    let minutes = HostLoad::of_project(&snapshot.roster, project, &snapshot.commitments).forecast(None);
    expected_review(&snapshot.roster, project, minutes).map(|cost| format!("If you take it, {cost}"))
}

/// The host card.
pub fn card(state: &State, project: &ProjectRef) -> Vec<(Ink, String)> {
    let roster = &state.snapshot.roster;
    let policy = roster.policy(project);
    let registered = roster.host_of(project).is_some() || roster.overlays.contains_key(project);
    if !registered {
        let text = format!("Host {}: no team is registered for it; help is welcome", project.path());
        return vec![(Ink::Plain, text)];
    }
    let mut lines = vec![(Ink::Plain, format!("Host {}: {}", name(state, project), consent(policy.consent)))];
    if !policy.contact.is_empty() {
        lines.push((Ink::Plain, format!("Ask in {}", safe(&policy.contact))));
    }
    let mentors = policy.mentors.iter().filter(|m| m.on).map(|m| person(state, &project.tracker, &m.handle));
    let mentors: Vec<String> = mentors.collect();
    if !mentors.is_empty() {
        lines.push((Ink::Plain, format!("Mentors: {}", mentors.join(", "))));
    }
    let calendar = roster.terms(project, None).calendar;
    let today = calendar.date(state.now.0);
    for quiet in policy.quiet.iter().filter(|q| q.to >= today).take(2) {
        let why = if quiet.why.is_empty() { String::new() } else { format!(": {}", safe(&quiet.why)) };
        let ink = if quiet.covers(today) { Ink::Warning } else { Ink::Plain };
        lines.push((ink, format!("Quiet from {} to {}{why}", quiet.from, quiet.to)));
    }
    lines
}
