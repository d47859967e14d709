//! Finding the projects: listings, page by page, conditional. What a listing named last time is remembered, so
//! that an unchanged listing costs nothing.

use std::collections::{BTreeMap, HashSet};

use futures_util::{StreamExt, stream::FuturesOrdered};
use jiff::Timestamp;

use super::run::{Reader, Trouble};
use crate::{
    domain::{
        key::{ProjectRef, TrackerName},
        project::Project,
    },
    store::{self, Batch, StoredValidator},
    tracker::{Conditional, ErrorClass, Listing, ListingPage, OddRow, Sources, TrackerError, Validator},
};

/// A single repository's facts are asked for again after this many hours.
const REPO_HOURS: i64 = 24;

/// Pages of one listing at most: 10,000 projects.
const MAX_PAGES: u32 = 100;

/// Pages of one listing that are asked for at once.
const PAGES_AT_ONCE: u32 = 16;

/// What discovery found.
#[derive(Default)]
pub(super) struct Found {
    /// Projects in scope, by name.
    pub(super) projects: BTreeMap<ProjectRef, Project>,
    /// The listing a project came from; single repositories are not named.
    pub(super) owner: BTreeMap<ProjectRef, Listing>,
    /// Projects that were asked for one by one, and the name each was asked by.
    pub(super) asked: BTreeMap<ProjectRef, ProjectRef>,
    /// Single repositories that could not be read.
    pub(super) failed: Vec<(ProjectRef, TrackerError)>,
    /// Rows left out.
    pub(super) odd: Vec<OddRow>,
}

/// All listings of the configured sources.
pub(super) fn listings(sources: &Sources) -> Vec<Listing> {
    let mut all: Vec<Listing> = Vec::new();
    if sources.all {
        all.push(Listing::All);
    }
    if sources.topics.is_empty() {
        all.extend(sources.orgs.iter().cloned().map(Listing::Org));
        all.extend(sources.users.iter().cloned().map(Listing::User));
    } else {
        let owners: Vec<String> = sources.orgs.iter().chain(&sources.users).cloned().collect();
        for topic in &sources.topics {
            if owners.is_empty() {
                all.push(Listing::Topic { topic: topic.clone(), owner: String::new() });
            }
            all.extend(owners.iter().map(|o| Listing::Topic { topic: topic.clone(), owner: o.clone() }));
        }
    }
    all.extend(sources.repos.iter().cloned().map(Listing::Repo));
    all
}

/// A stable text for a listing, for validators and remembered members.
pub(super) fn name(listing: &Listing) -> String {
    match listing {
        Listing::Org(org) => format!("org {org}"),
        Listing::User(user) => format!("user {user}"),
        Listing::Topic { topic, owner } => format!("topic {topic} {owner}"),
        Listing::Repo(repo) => format!("repo {repo}"),
        Listing::All => "all projects".into(),
    }
}

/// Name of the value that holds the members of one page of a listing.
pub(super) fn members_value(tracker: &str, listing: &Listing, page: u32) -> String {
    format!("members {tracker} {} {page}", name(listing))
}

/// The projects that the configured sources named last time; `None` while nothing was read yet.
pub fn scope(values: &[(String, String)], tracker: &TrackerName, sources: &Sources) -> Option<HashSet<ProjectRef>> {
    let names: Vec<String> = listings(sources).iter().map(|l| members_value(tracker.as_str(), l, 0)).collect();
    let mut found = None;
    for (value, members) in values {
        let Some((stem, page)) = value.rsplit_once(' ') else { continue };
        if page.parse::<u32>().is_err() || !names.iter().any(|n| n.strip_suffix(" 0") == Some(stem)) {
            continue;
        }
        let paths: Vec<String> = serde_json::from_str(members).unwrap_or_default();
        let set: &mut HashSet<ProjectRef> = found.get_or_insert_default();
        set.extend(paths.iter().filter_map(|p| ProjectRef::parse(tracker, p).ok()));
    }
    found
}

impl Reader<'_> {
    /// Reads all listings. A listing that fails keeps the members of last time and is reported.
    pub(super) async fn discover(&self, sources: &Sources) -> Result<Found, Trouble> {
        let mut found = Found::default();
        for listing in listings(sources) {
            match &listing {
                Listing::Repo(repo) => self.find_repo(repo, &mut found).await?,
                _ => self.find_list(&listing, &mut found).await?,
            }
        }
        Ok(found)
    }

    async fn find_repo(&self, repo: &ProjectRef, found: &mut Found) -> Result<(), Trouble> {
        let listing = Listing::Repo(repo.clone());
        let value = members_value(self.tracker.name().as_str(), &listing, 1);
        let members = self.members(&value);
        let seen = self.value(&format!("{value} at")).and_then(|v| v.parse::<Timestamp>().ok());
        found.asked.extend(members.iter().map(|member| (member.clone(), repo.clone())));
        let recent = seen.is_some_and(|at| self.now().as_second() - at.as_second() < REPO_HOURS * 3_600);
        if recent
            && !self.full
            && let [one] = members.as_slice()
            && let Some(project) = self.known_project(one)
        {
            found.projects.insert(one.clone(), project.clone());
            return Ok(());
        }
        match self.tracker.listing(&listing, 1, None).await {
            Ok(Conditional::Changed { value: page, .. }) => {
                let renames = self.renames(&page);
                self.remember(&listing, 1, &page, None, renames).await?;
                self.collect(page, &listing, found);
            }
            Ok(Conditional::Unchanged) => {}
            Err(error) if stops_all(&error.class) => return Err(Trouble::Tracker(error)),
            Err(error) => {
                for member in &members {
                    if let Some(project) = self.known_project(member) {
                        found.projects.insert(member.clone(), project.clone());
                    }
                }
                let name = members.first().cloned().unwrap_or_else(|| repo.clone());
                found.failed.push((name, error));
            }
        }
        Ok(())
    }

    /// A project answered that it moved: asks for its new name, moves what is stored, and gives the new name.
    pub(super) async fn follow(&self, project: &ProjectRef) -> Result<Option<ProjectRef>, Trouble> {
        let listing = Listing::Repo(project.clone());
        let Conditional::Changed { value: page, .. } = self.tracker.listing(&listing, 1, None).await? else {
            return Ok(None);
        };
        let renames = self.renames(&page);
        let new = page.projects.first().map(|p| p.project.clone()).filter(|new| new != project);
        self.remember(&listing, 1, &page, None, renames).await?;
        Ok(new)
    }

    async fn find_list(&self, listing: &Listing, found: &mut Found) -> Result<(), Trouble> {
        let tracker = self.tracker.name().to_string();
        let mut page_number = 1;
        let mut pages = FuturesOrdered::new();
        // As many pages as there were last time; the first one tells how many there are.
        let mut last = if self.full { 1 } else { self.known_pages(listing) };
        let mut asked = 0;
        while page_number <= MAX_PAGES {
            while asked < page_number || (asked < last && asked < page_number + PAGES_AT_ONCE) {
                asked += 1;
                pages.push_back(self.list_page(listing, asked));
            }
            let Some(answer) = pages.next().await else { return Ok(()) };
            let members_name = members_value(&tracker, listing, page_number);
            let request = format!("listing {tracker} {} {page_number}", name(listing));
            let members = self.members(&members_name);
            match answer? {
                Ok(Conditional::Unchanged) => {
                    self.collect_known(members, listing, found);
                    if self.value(&format!("{members_name} next")).is_none_or(|v| v != "1") {
                        return Ok(());
                    }
                }
                Ok(Conditional::Changed { value: page, validator }) => {
                    let next = page.next;
                    last = page.last.or(next).unwrap_or(page_number).min(MAX_PAGES);
                    let renames = self.renames(&page);
                    let whole = page.incomplete.is_none();
                    if let Some(why) = &page.incomplete {
                        let hint = "authorise the token for what is left out, or name fewer sources";
                        self.problem(format!("{} is incomplete: {why}", name(listing)), hint.into());
                        // What the server leaves out is not gone.
                        self.collect_known(members, listing, found);
                    }
                    let validator = validator.filter(|_| whole).map(|v| (request, v));
                    self.remember(listing, page_number, &page, validator, renames).await?;
                    self.collect(page, listing, found);
                    if next.is_none() {
                        return if whole { self.forget_pages(listing, page_number + 1).await } else { Ok(()) };
                    }
                }
                Err(error) if stops_all(&error.class) => return Err(Trouble::Tracker(error)),
                Err(error) => {
                    self.problem(error.sentence(), error.hint());
                    for page in page_number..=self.known_pages(listing) {
                        let members = self.members(&members_value(&tracker, listing, page));
                        self.collect_known(members, listing, found);
                    }
                    return Ok(());
                }
            }
            page_number += 1;
        }
        Ok(())
    }

    /// How many pages of a listing are known from last time.
    fn known_pages(&self, listing: &Listing) -> u32 {
        let tracker = self.tracker.name().as_str();
        let known = |page: &u32| !self.members(&members_value(tracker, listing, *page)).is_empty();
        (1..=MAX_PAGES).take_while(known).last().unwrap_or(0)
    }

    /// One page of a listing, asked for conditionally when it is known.
    async fn list_page(
        &self,
        listing: &Listing,
        page: u32,
    ) -> Result<Result<Conditional<ListingPage>, TrackerError>, Trouble> {
        let tracker = self.tracker.name().as_str();
        let members = self.members(&members_value(tracker, listing, page));
        let request = format!("listing {tracker} {} {page}", name(listing));
        let known = if members.is_empty() || self.full { None } else { self.validator(&request).await? };
        Ok(self.tracker.listing(listing, page, known.as_ref()).await)
    }

    /// Takes over what a listing named last time.
    fn collect_known(&self, members: Vec<ProjectRef>, listing: &Listing, found: &mut Found) {
        for member in members {
            if let Some(project) = self.known_project(&member) {
                found.projects.entry(member.clone()).or_insert_with(|| project.clone());
                found.owner.insert(member, listing.clone());
            }
        }
    }

    /// A listing became shorter: what its former last pages named is in scope no longer.
    async fn forget_pages(&self, listing: &Listing, from: u32) -> Result<(), Trouble> {
        let names = (from..=MAX_PAGES).map(|page| members_value(self.tracker.name().as_str(), listing, page));
        let values: Vec<_> = names.take_while(|n| !self.members(n).is_empty()).map(|n| (n, "[]".to_owned())).collect();
        if !values.is_empty() {
            self.store.apply(Batch { values, ..Batch::default() }).await?;
        }
        Ok(())
    }

    /// Projects whose numeric id is known under another name.
    fn renames(&self, page: &ListingPage) -> Vec<(ProjectRef, ProjectRef)> {
        let known = |p: &&Project| p.id != 0;
        page.projects
            .iter()
            .filter(known)
            .filter_map(|p| {
                let old = self.before.numbered(p)?;
                (old.project != p.project).then(|| (old.project.clone(), p.project.clone()))
            })
            .inspect(|(old, new)| self.note_rename(old, new))
            .collect()
    }

    async fn remember(
        &self,
        listing: &Listing,
        number: u32,
        page: &ListingPage,
        validator: Option<(String, Validator)>,
        renamed: Vec<(ProjectRef, ProjectRef)>,
    ) -> store::Result<()> {
        let value = members_value(self.tracker.name().as_str(), listing, number);
        let mut paths: Vec<&str> = page.projects.iter().map(|p| p.project.path()).collect();
        let before = if page.incomplete.is_some() { self.members(&value) } else { Vec::new() };
        for old in &before {
            if !paths.contains(&old.path()) {
                paths.push(old.path());
            }
        }
        let members = serde_json::to_string(&paths).unwrap_or_default();
        let batch = Batch {
            projects: page.projects.clone(),
            renamed,
            validators: validator.into_iter().map(|(request, v)| self.stored(request, v)).collect(),
            values: vec![
                (format!("{value} at"), self.now().to_string()),
                (format!("{value} next"), if page.next.is_some() { "1".into() } else { String::new() }),
                (value, members),
            ],
            ..Batch::default()
        };
        self.store.apply(batch).await
    }

    fn collect(&self, page: ListingPage, listing: &Listing, found: &mut Found) {
        for project in page.projects {
            match listing {
                Listing::Repo(asked) => drop(found.asked.insert(project.project.clone(), asked.clone())),
                _ => drop(found.owner.insert(project.project.clone(), listing.clone())),
            }
            found.projects.insert(project.project.clone(), project);
        }
        found.odd.extend(page.odd);
    }

    fn members(&self, value: &str) -> Vec<ProjectRef> {
        let paths: Vec<String> = self.value(value).and_then(|v| serde_json::from_str(v).ok()).unwrap_or_default();
        paths.iter().filter_map(|p| ProjectRef::parse(self.tracker.name(), p).ok()).collect()
    }

    fn known_project(&self, project: &ProjectRef) -> Option<&Project> {
        self.before.project(project)
    }

    pub(super) fn stored(&self, request: String, validator: Validator) -> StoredValidator {
        StoredValidator {
            request,
            token: self.tracker.token_print(),
            etag: validator.etag,
            last_modified: validator.last_modified,
            seen_at: self.now(),
        }
    }
}

/// Failures after which nothing else of this tracker can be read.
pub(super) fn stops_all(class: &ErrorClass) -> bool {
    matches!(
        class,
        ErrorClass::BadToken
            | ErrorClass::RateLimit { .. }
            | ErrorClass::SecondaryLimit { .. }
            | ErrorClass::InsecureUrl
            | ErrorClass::Dns
            | ErrorClass::Tls
            | ErrorClass::Proxy
    )
}
