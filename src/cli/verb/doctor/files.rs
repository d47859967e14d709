//! What `doctor` sees of files without opening them for anybody else: who may read and change them, the own keymap, what the
//! screens remember.

use std::{
    fs,
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
};

use super::{Level, Report, mend::Mend};
use crate::{
    cli::context::Context,
    config::{self, memory},
    domain::text::safe_line,
};

/// Looks at the folders of configuration and data, and at everything in them that is ours.
pub(super) fn look(cx: &Context, report: &mut Report) {
    let data = cx.paths.data.path.as_path();
    private(report, data, 0o700);
    for file in inside(data).into_iter().chain(inside(&data.join("flight"))) {
        private(report, &file, 0o600);
    }
    unchangeable(report, &cx.paths.config.path);
    if let Some(file) = &cx.args.token_file {
        private(report, file, 0o600);
    }
    let chosen = cx.load().map(|loaded| loaded.config.ui.keymap).unwrap_or_default();
    let keys = config::keys::keys(chosen, &cx.paths.config.path);
    if let Some((what, hint)) = keys.complaint() {
        report.offer("keymap", Level::Warning, what, vec![hint], Some(Mend::Aside(keys.file)));
    } else if keys.is_changed {
        report.add("keymap", Level::Fine, format!("{} with your own keys on top", keys.chosen.word()));
    }
    let file = memory::file(data);
    if let Err(why) = memory::read(&file) {
        report.offer("screens", Level::Warning, why, vec!["they begin at the list".into()], Some(Mend::Aside(file)));
    }
}

/// The files of a folder that floorwalk makes there.
fn inside(folder: &Path) -> Vec<PathBuf> {
    let ours = |name: &str| {
        ["hot.db", "body.db", "screens.toml", "floorwalk.log", "store.", "list."]
            .iter()
            .any(|own| name.starts_with(own))
            || name.ends_with(".txt")
    };
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut found: Vec<PathBuf> =
        entries.filter(|e| e.file_name().to_str().is_some_and(ours)).map(|entry| entry.path()).collect();
    found.retain(|file| file.is_file());
    found.sort();
    found
}

/// True for what belongs to this user, so that its rights can be changed.
fn is_mine(meta: &fs::Metadata) -> bool {
    meta.uid() == rustix::process::geteuid().as_raw()
}

fn shown(path: &Path) -> String {
    safe_line(&path.display().to_string()).into_owned()
}

/// Nobody else has a business here; and its owner can write.
fn private(report: &mut Report, path: &Path, wanted: u32) {
    let Ok(meta) = fs::metadata(path) else { return };
    let mode = meta.mode() & 0o777;
    let what = match () {
        () if !is_mine(&meta) => {
            return report.add("files", Level::Warning, format!("{} belongs to somebody else", shown(path)));
        }
        () if mode & 0o077 != 0 => format!("others may get at {} (mode {mode:04o})", shown(path)),
        () if mode & 0o200 == 0 => format!("{} cannot be written (mode {mode:04o})", shown(path)),
        () => return,
    };
    let hint = format!("chmod {wanted:o} '{}'", shown(path));
    report.offer("files", Level::Warning, what, vec![hint], Some(Mend::Rights(path.into(), wanted)));
}

/// The configuration names hosts and files: others may read it, and not change it.
fn unchangeable(report: &mut Report, path: &Path) {
    let Ok(meta) = fs::metadata(path) else { return };
    let mode = meta.mode() & 0o777;
    if mode & 0o022 != 0 && is_mine(&meta) {
        let what = format!("others may change {} (mode {mode:04o}), which says where your token is sent", shown(path));
        let hint = format!("chmod go-w '{}'", shown(path));
        report.offer("files", Level::Warning, what, vec![hint], Some(Mend::Rights(path.into(), mode & !0o022)));
    }
}
