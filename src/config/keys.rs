//! The keys that hold: a keymap that comes with the program, and the reader's own `keymap.toml` beside the configuration
//! on top of it. Owns where that file lies and what holds when it has mistakes; what is a mistake is known to `keymap`.

use std::path::{Path, PathBuf};

use super::load::read_text;
use crate::{
    domain::text::{and_more, safe_line},
    keymap::{Keymap, Shipped, load::on_top},
};

/// The keys that hold, and where they are from.
#[derive(Clone, Debug)]
pub struct Keys {
    /// The bindings.
    pub keymap: Keymap,
    /// The keymap that was chosen.
    pub chosen: Shipped,
    /// Where the own keymap lies or would lie.
    pub file: PathBuf,
    /// True when there is one and it holds.
    pub is_changed: bool,
    /// What is wrong with it, one sentence each with file and line. With a mistake none of it holds.
    pub problems: Vec<String>,
}

/// Where the own keymap lies, by the configuration file.
pub fn keymap_file(config: &Path) -> PathBuf {
    config.with_file_name("keymap.toml")
}

/// The keys for a chosen keymap, with the own file beside the configuration file `config`.
pub fn keys(chosen: Shipped, config: &Path) -> Keys {
    // A test keeps the shipped ones free of mistakes.
    let (keymap, _) = chosen.keymap();
    let file = keymap_file(config);
    let mut keys = Keys { keymap, chosen, file, is_changed: false, problems: Vec::new() };
    match read_text(&keys.file, false) {
        Ok(None) => {}
        Ok(Some(text)) => {
            let (changed, problems) = on_top(&keys.keymap, &keys.file.display().to_string(), &text);
            if problems.is_empty() {
                keys.keymap = changed;
                keys.is_changed = true;
            }
            keys.problems = problems.iter().map(ToString::to_string).collect();
        }
        Err(error) => keys.problems.push(error.sentence()),
    }
    keys
}

impl Keys {
    /// What is said when the own file has mistakes: the first of them, how many more, and what holds instead.
    pub fn complaint(&self) -> Option<(String, String)> {
        let (first, more) = self.problems.split_first()?;
        let hint = format!(
            "the keys are those of the {} keymap; `floorwalk config check` names every mistake",
            self.chosen.word()
        );
        Some((format!("{}{}", safe_line(first), and_more(more.len())), hint))
    }
}
