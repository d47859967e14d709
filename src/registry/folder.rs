//! Reading a registry from a folder: every `*.toml` in it, in `teams/` and in `people/`. Blocks; only regular files,
//! of bounded size and number.

use std::{
    fs::{self, File},
    io::Read,
    path::Path,
};

use super::{Finding, MAX_BYTES, Source};
use crate::domain::text::safe_line;

/// Sub-folders that are read too.
pub const PARTS: [&str; 3] = ["", "teams", "people"];

/// Most files of one registry.
pub const MAX_FILES: usize = 1_000;

/// Most bytes of one registry.
pub const MAX_TOTAL: usize = 16 << 20;

/// True for a name of a file that belongs to a registry.
pub fn is_part(name: &str) -> bool {
    name.ends_with(".toml") && !name.starts_with('.')
}

/// Reads a folder, or one file. What cannot be read is told; the rest is still read.
pub fn read(place: &Path) -> (Vec<Source>, Vec<Finding>) {
    let (mut sources, mut findings) = (Vec::new(), Vec::new());
    let shown = safe_line(&place.to_string_lossy()).into_owned();
    match fs::metadata(place) {
        Ok(meta) if meta.is_dir() => {}
        Ok(_) => {
            match file(place) {
                Ok(text) => sources.push(Source { name: shown, text }),
                Err((line, sentence, hint)) => findings.push(Finding::whole(&shown, sentence, hint).at(line)),
            }
            return (sources, findings);
        }
        Err(e) => {
            let sentence = format!("the registry cannot be read: {}", e.kind());
            findings.push(Finding::whole(
                &shown,
                sentence,
                "check the path; `floorwalk registry example` shows a file",
            ));
            return (sources, findings);
        }
    }
    let mut total = 0;
    for part in PARTS {
        for name in names(&place.join(part), part.is_empty(), &mut findings) {
            let path = if part.is_empty() { place.join(&name) } else { place.join(part).join(&name) };
            let shown = safe_line(&path.to_string_lossy()).into_owned();
            if sources.len() >= MAX_FILES || total > MAX_TOTAL {
                let sentence = format!("a registry has at most {MAX_FILES} files and 16 MiB; the rest is left out");
                findings.push(Finding::whole(&shown, sentence, "check the path of the registry"));
                return (sources, findings);
            }
            match file(&path) {
                Ok(text) => {
                    total += text.len();
                    sources.push(Source { name: shown, text });
                }
                Err((line, sentence, hint)) => findings.push(Finding::whole(&shown, sentence, hint).at(line)),
            }
        }
    }
    if sources.is_empty() && findings.is_empty() {
        let sentence = "the registry has no file that ends with .toml";
        findings.push(Finding::whole(&shown, sentence, "`floorwalk registry example` prints one to begin with"));
    }
    (sources, findings)
}

fn names(folder: &Path, must_exist: bool, findings: &mut Vec<Finding>) -> Vec<String> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound && !must_exist => return Vec::new(),
        Err(e) => {
            let sentence = format!("the folder cannot be read: {}", e.kind());
            findings.push(Finding::whole(&folder.to_string_lossy(), sentence, "check who may read it"));
            return Vec::new();
        }
    };
    let mut names: Vec<String> = entries
        .filter_map(|e| e.ok()?.file_name().into_string().ok())
        .filter(|name| is_part(name) && !folder.join(name).is_dir())
        .collect();
    names.sort();
    names
}

/// Line (0 for the whole file), what is wrong, and what to do.
type Wrong = (usize, String, &'static str);

fn file(path: &Path) -> Result<String, Wrong> {
    let unreadable = |e: std::io::Error| (0, format!("cannot be read: {}", e.kind()), "check who may read the file");
    // A pipe would keep the program waiting; its kind is asked before it is opened.
    if !fs::metadata(path).map_err(unreadable)?.is_file() {
        return Err((0, "is no regular file".into(), "a registry is made of plain text files"));
    }
    let mut bytes = Vec::new();
    let opened = File::open(path).map_err(unreadable)?;
    opened.take(MAX_BYTES as u64 + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    if bytes.len() > MAX_BYTES {
        return Err((0, "is larger than 1 MiB: this is no part of a registry".into(), "split it, or check the path"));
    }
    String::from_utf8(bytes).map_err(|e| {
        let good = e.as_bytes().iter().take(e.utf8_error().valid_up_to());
        let line = good.filter(|b| **b == b'\n').count() + 1;
        (line, "this line is not UTF-8 text".to_owned(), "save the file as UTF-8")
    })
}
