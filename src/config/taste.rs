//! The reader's own files beside the configuration: `profile.toml` (what they know and wish) and `presets.toml` (weights
//! they named). Owns where they lie and the sentences about mistakes in them; what they mean is known to `judge`.

use std::{
    collections::BTreeMap,
    fs,
    io::Write as _,
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};

use super::{error::ConfigError, load::read_text};
use crate::{
    domain::text::{nearest, safe_fit},
    judge::{
        score::{Part, Preset, Weights},
        skills::{Profile, RawProfile},
    },
};

/// Longest name of a set of weights.
const NAME_MOST: usize = 32;

/// Sets of weights that somebody named.
pub type Presets = BTreeMap<String, Weights>;

/// `presets.toml`.
#[derive(Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct PresetsFile {
    #[serde(default)]
    preset: BTreeMap<String, BTreeMap<String, i64>>,
}

/// Where the profile lies, by the configuration file.
pub fn profile_file(config: &Path) -> PathBuf {
    config.with_file_name("profile.toml")
}

/// Where named weights lie, by the configuration file.
pub fn presets_file(config: &Path) -> PathBuf {
    config.with_file_name("presets.toml")
}

/// Reads a profile; an empty one when there is no file.
///
/// # Errors
/// All that is wrong in it.
pub fn profile(file: &Path) -> Result<Profile, Vec<ConfigError>> {
    let Some(text) = read_text(file, false).map_err(|e| vec![e])? else {
        return Ok(RawProfile::default().check().unwrap_or_default());
    };
    let raw: RawProfile = parse(file, &text).map_err(|e| vec![e])?;
    raw.check().map_err(|all| all.into_iter().map(|what| wrong(file, what)).collect())
}

/// Reads the weights that were named; none when there is no file.
///
/// # Errors
/// All that is wrong in it.
pub fn presets(file: &Path) -> Result<Presets, Vec<ConfigError>> {
    let Some(text) = read_text(file, false).map_err(|e| vec![e])? else { return Ok(Presets::new()) };
    let raw: PresetsFile = parse(file, &text).map_err(|e| vec![e])?;
    let mut all = Presets::new();
    let mut mistakes = Vec::new();
    for (name, table) in raw.preset {
        match weights_of(&table) {
            Ok(weights) => drop(all.insert(name, weights)),
            Err(what) => mistakes.push(wrong(file, format!("preset '{}': {what}", safe_fit(&name, NAME_MOST)))),
        }
    }
    if mistakes.is_empty() { Ok(all) } else { Err(mistakes) }
}

/// What is left out has the weight of the default preset.
fn weights_of(table: &BTreeMap<String, i64>) -> Result<Weights, String> {
    let mut all = Part::ALL.map(|part| Weights::default().get(part));
    for (word, weight) in table {
        let part = Part::parse(word).ok_or_else(|| {
            let near = nearest(word, Part::ALL.into_iter().map(Part::word)).unwrap_or(Part::Limbo.word());
            format!("'{}' is no part of a score; did you mean {near}?", safe_fit(word, NAME_MOST))
        })?;
        let weight = u8::try_from(*weight)
            .map_err(|_| format!("the weight of {} is {weight}; a weight is a number from 0 to 50", part.word()))?;
        if let Some(place) = all.get_mut(part as usize) {
            *place = weight;
        }
    }
    Weights::new(all)
}

/// The weights of a name: one of the person's own, or a preset.
///
/// # Errors
/// A sentence that names the presets.
pub fn weights(name: &str, own: &Presets) -> Result<Weights, String> {
    if let Some(weights) = own.get(name) {
        return Ok(*weights);
    }
    Preset::parse(name).map(Weights::of).map_err(|sentence| match own.is_empty() {
        true => sentence,
        false => {
            let own: Vec<_> = own.keys().map(|name| safe_fit(name, NAME_MOST)).collect();
            format!("{sentence}; your own are {}", own.join(", "))
        }
    })
}

/// Keeps weights under a name, in place of those that had it.
///
/// # Errors
/// A name that is none or is one of the presets, a file with mistakes, or one that cannot be written.
pub fn save(file: &Path, name: &str, weights: Weights) -> Result<(), Vec<ConfigError>> {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if name.is_empty() || name.len() > NAME_MOST || !name.chars().all(plain) {
        let what =
            format!("'{}' is no name for weights: lower-case letters, digits and '-', at most 32", safe_fit(name, 40));
        return Err(vec![wrong(file, what)]);
    }
    if Preset::ALL.iter().any(|p| p.word() == name) {
        return Err(vec![wrong(
            file,
            format!("'{name}' is one of the shipped presets; give your weights another name"),
        )]);
    }
    let mut all = presets(file)?;
    all.insert(name.to_owned(), weights);
    let table = |w: &Weights| Part::ALL.iter().map(|p| (p.word().to_owned(), i64::from(w.get(*p)))).collect();
    let preset = all.iter().map(|(name, weights)| (name.clone(), table(weights))).collect();
    let failed = |what: String| vec![wrong(file, format!("cannot be written: {what}"))];
    let text = toml::to_string(&PresetsFile { preset }).map_err(|e| failed(e.to_string()))?;
    write(file, &text).map_err(|e| failed(e.kind().to_string()))
}

/// Writes beside the file and puts it in its place, so that a cut leaves the old one whole.
fn write(file: &Path, text: &str) -> std::io::Result<()> {
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder)?;
    }
    let fresh = file.with_extension("toml.new");
    let mut out = fs::File::create(&fresh)?;
    out.write_all(
        b"# Weights of the parts of a score, 0 to 50 each; floorwalk adds to this file and keeps what is here.\n",
    )?;
    out.write_all(text.as_bytes())?;
    out.sync_all()?;
    fs::rename(fresh, file)
}

fn parse<T: serde::de::DeserializeOwned>(file: &Path, text: &str) -> Result<T, ConfigError> {
    toml::from_str(text).map_err(|e| {
        let at = e.span().map(|span| {
            let before = text.get(..span.start).unwrap_or_default();
            let line = before.matches('\n').count() + 1;
            let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
            (line, column)
        });
        let what = crate::domain::text::safe_line(e.message()).into_owned();
        ConfigError { file: Some(file.to_owned()), at, what, hint: None }
    })
}

fn wrong(file: &Path, what: String) -> ConfigError {
    ConfigError { file: Some(file.to_owned()), at: None, what, hint: None }
}
