//! Files and folders of a repository's default branch.

use serde::Deserialize;

use super::{GitHub, encode, wire};
use crate::{
    domain::{key::ProjectRef, text::safe_line},
    tracker::{ErrorClass, Result, http::Answer, path::steps},
};

/// Largest file that is read.
const LARGEST: usize = 1 << 20;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Entry {
    name: Option<String>,
    #[serde(rename = "type")]
    kind: Option<String>,
    sha: Option<String>,
}

/// True for an answer that describes a folder, a submodule or the like instead of being a file's own text.
fn is_description(answer: &Answer) -> bool {
    let kind = answer.header("content-type").unwrap_or_default();
    if kind.split(';').next().map(str::trim) != Some("application/json") {
        return false;
    }
    match answer.body.trim_ascii_start().first() {
        Some(b'[') => true,
        Some(b'{') => wire::one::<Entry>(&answer.body).is_ok_and(|e| e.kind.is_some() && e.sha.is_some()),
        _ => false,
    }
}

impl GitHub {
    fn contents(&self, project: &ProjectRef, path: &str, doing: &str) -> Result<String> {
        let refused =
            || self.fail(ErrorClass::Invalid, doing, "nothing was sent: the path leads out of the repository");
        let within: Vec<String> = steps(path).ok_or_else(refused)?.into_iter().map(encode).collect();
        Ok(self.rest(&format!("/repos/{}/contents/{}", project.path(), within.join("/"))))
    }

    pub(super) async fn read_file(&self, project: &ProjectRef, path: &str) -> Result<Option<String>> {
        let doing = format!("reading the file {} of {project}", safe_line(path));
        let route = self.contents(project, path, &doing)?;
        let answer = match self.http.get_text(&route, &doing).await {
            Err(error) if error.class == ErrorClass::NotFound => return Ok(None),
            other => other?,
        };
        if is_description(&answer) {
            return Ok(None);
        }
        if answer.body.len() > LARGEST {
            return Err(self.fail(ErrorClass::TooLarge, &doing, "a file may have 1 MiB"));
        }
        let no_text = |_| self.fail(ErrorClass::Unexpected { status: answer.status }, &doing, "it is no UTF-8 text");
        String::from_utf8(answer.body.to_vec()).map(Some).map_err(no_text)
    }

    pub(super) async fn read_folder(&self, project: &ProjectRef, path: &str) -> Result<Vec<String>> {
        let doing = format!("reading the folder {} of {project}", safe_line(path));
        let route = self.contents(project, path, &doing)?;
        let answer = match self.http.get(&route, None, &doing).await {
            Err(error) if error.class == ErrorClass::NotFound => return Ok(Vec::new()),
            other => other?,
        };
        if answer.body.trim_ascii_start().first() == Some(&b'{') {
            return Ok(Vec::new());
        }
        let rows = wire::rows::<Entry>(&answer.body).map_err(|f| self.unusable(&f, &doing))?;
        let files = rows.into_iter().flatten().filter(|e| e.kind.as_deref() == Some("file")).filter_map(|e| e.name);
        let mut names: Vec<String> = files.filter(|name| steps(name).is_some_and(|s| s.len() == 1)).collect();
        names.sort();
        Ok(names)
    }
}
