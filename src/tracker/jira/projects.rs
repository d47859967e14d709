//! The projects of a site: those that are named, or all that the account may see, and what may be done there.

use std::{collections::BTreeSet, sync::Arc};

use super::{
    Jira,
    address::Dialect,
    map,
    search::{Order, Search},
    site::Shop,
    tasks::quoted,
    wire,
};
use crate::{
    domain::{
        key::ProjectRef,
        project::{Permission, Project},
        text::safe_line,
    },
    tracker::{Conditional, ErrorClass, Listing, ListingPage, OddRow, Result, rows},
};

/// Permissions that decide what a helper may do.
const ASKED: &str = "BROWSE_PROJECTS,ADD_COMMENTS,EDIT_ISSUES,ASSIGN_ISSUES,TRANSITION_ISSUES,ADMINISTER_PROJECTS";

/// Projects of one page.
const PAGE: u32 = 50;

/// Projects that a slice without names may reach into.
const SLICE_PROJECTS: usize = 200;

impl Jira {
    /// What is known of a project, asked for when nothing is.
    pub(super) async fn shop(&self, project: &ProjectRef) -> Result<Arc<Shop>> {
        let known = self.state().shops.get(project.path()).cloned();
        match known {
            Some(shop) => Ok(shop),
            None => Ok(self.ask_project(project).await?.1),
        }
    }

    /// A project, with what may be done in it.
    async fn read_project(&self, project: &ProjectRef) -> Result<Project> {
        let (read, _) = self.ask_project(project).await?;
        Ok(Project { permission: self.permission(project).await?, ..read })
    }

    async fn ask_project(&self, project: &ProjectRef) -> Result<(Project, Arc<Shop>)> {
        let doing = format!("reading the project {project}");
        if project.owner_and_name().is_some() {
            return Err(self.fail(ErrorClass::Invalid, &doing, "nothing was sent: it is no key of a Jira project"));
        }
        let route = self.route(&format!("/project/{}", project.path()), &doing).await?;
        let answer = self.http.get(&route, None, &doing).await?;
        let told: wire::Project = rows::one(&answer.body).map_err(|f| self.unusable(&f, &doing))?;
        let odd = |why: String| self.fail(ErrorClass::Unexpected { status: answer.status }, &doing, &why);
        let (read, shop) = map::project(told, &self.name).map_err(odd)?;
        let shop = Arc::new(shop);
        self.state().shops.insert(read.project.path().to_owned(), shop.clone());
        Ok((read, shop))
    }

    /// What the account may do in a project, in the words of all trackers.
    async fn permission(&self, project: &ProjectRef) -> Result<Permission> {
        let doing = format!("asking what may be done in {project}");
        let route = format!("/mypermissions?projectKey={}&permissions={ASKED}", project.path());
        let answer = match self.http.get(&self.route(&route, &doing).await?, None, &doing).await {
            Err(error) if super::left_out(&error) => return Ok(Permission::Unknown),
            other => other?,
        };
        let told: wire::Permissions = rows::one(&answer.body).map_err(|f| self.unusable(&f, &doing))?;
        let told = told.permissions.0.unwrap_or_default();
        let may = |name: &str| told.get(name).is_some_and(|p| p.have_permission.0 == Some(true));
        Ok(match () {
            () if may("ADMINISTER_PROJECTS") => Permission::Admin,
            () if may("EDIT_ISSUES") && may("ASSIGN_ISSUES") && may("TRANSITION_ISSUES") => Permission::Write,
            () if may("EDIT_ISSUES") || may("ASSIGN_ISSUES") => Permission::Triage,
            () if may("BROWSE_PROJECTS") => Permission::Read,
            () => Permission::Unknown,
        })
    }

    pub(super) async fn read_listing(&self, listing: &Listing, page: u32) -> Result<Conditional<ListingPage>> {
        let found = match listing {
            Listing::Repo(project) => {
                let project = self.read_project(project).await?;
                ListingPage { projects: vec![project], odd: Vec::new(), next: None, last: None, incomplete: None }
            }
            Listing::All if self.slice.is_some() => self.projects_of_slice().await?,
            Listing::All => self.all_projects(page).await?,
            Listing::Org(_) | Listing::User(_) | Listing::Topic { .. } => {
                let doing = "looking for projects";
                let said = "nothing was sent: Jira has no organisations, users or topics; name projects";
                return Err(self.fail(ErrorClass::Invalid, doing, said));
            }
        };
        Ok(Conditional::Changed { value: found, validator: None })
    }

    /// Every project the account may see. What may be done there is asked when one is read by itself.
    async fn all_projects(&self, page: u32) -> Result<ListingPage> {
        let doing = "listing the projects";
        let dialect = self.site().await?.dialect;
        let start = page.max(1).saturating_sub(1).saturating_mul(PAGE);
        let route = match dialect {
            Dialect::Cloud => format!("/project/search?startAt={start}&maxResults={PAGE}&expand=lead,description"),
            Dialect::DataCenter => "/project?expand=lead,description".to_owned(),
        };
        let answer = self.http.get(&self.route(&route, doing).await?, None, doing).await?;
        let (listed, next) = match dialect {
            Dialect::Cloud => {
                let found: wire::Projects = rows::one(&answer.body).map_err(|f| self.unusable(&f, doing))?;
                let last = found.is_last.0.unwrap_or(true);
                let listed: Vec<rows::Row<wire::Project>> =
                    found.values.unwrap_or_default().iter().map(|raw| rows::row(raw)).collect();
                let more = !last && !listed.is_empty();
                (listed, more.then(|| page.max(1).saturating_add(1)))
            }
            Dialect::DataCenter => (rows::rows(&answer.body).map_err(|f| self.unusable(&f, doing))?, None),
        };
        let mut list = ListingPage { projects: Vec::new(), odd: Vec::new(), next, last: None, incomplete: None };
        for (n, row) in listed.into_iter().enumerate() {
            match row.and_then(|told| map::project(told, &self.name)) {
                Ok((project, _)) => list.projects.push(project),
                Err(why) => list.odd.push(OddRow { place: format!("{doing}, page {page} row {}", n + 1), why }),
            }
        }
        Ok(list)
    }

    /// The projects in which the configured search finds open tasks: one question for each project.
    async fn projects_of_slice(&self) -> Result<ListingPage> {
        let doing = "looking in which projects the configured search finds something";
        let slice = self.slice.clone().unwrap_or_default();
        let mut list = ListingPage { projects: Vec::new(), odd: Vec::new(), next: None, last: None, incomplete: None };
        let mut met: BTreeSet<String> = BTreeSet::new();
        loop {
            let mut conditions = vec![format!("({slice})"), "statusCategory != Done".to_owned()];
            if !met.is_empty() {
                let keys: Vec<String> = met.iter().map(|key| quoted(key)).collect();
                conditions.push(format!("project not in ({})", keys.join(", ")));
            }
            let search =
                Search { conditions, order: Order::Created, fields: vec!["project".into()], reconcile: Vec::new() };
            let Some(page) = self.page(&search, 1, doing).await? else { break };
            let issues = page.issues.iter().filter_map(|raw| rows::row::<wire::Issue>(raw).ok());
            let keys: BTreeSet<String> = issues
                .filter_map(|i| map::key(i.key.0.as_deref(), &self.name).ok())
                .map(|k| k.project.path().to_owned())
                .collect();
            let new: Vec<String> = keys.into_iter().filter(|key| met.insert(key.clone())).collect();
            for key in &new {
                let Ok(project) = ProjectRef::parse(&self.name, key) else { continue };
                match self.read_project(&project).await {
                    Ok(project) => list.projects.push(project),
                    Err(error) if super::left_out(&error) => {
                        list.odd.push(OddRow { place: format!("project {}", safe_line(key)), why: error.sentence() });
                    }
                    Err(error) => return Err(error),
                }
            }
            if new.is_empty() && !page.goes_on() {
                break;
            }
            if new.is_empty() || met.len() >= SLICE_PROJECTS {
                list.incomplete = Some("the configured search reaches into more projects than are read".into());
                break;
            }
        }
        Ok(list)
    }
}
