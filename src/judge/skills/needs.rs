//! What a task needs, from what it and its project show, each with how sure that is. Reads words; fetches nothing.

use std::collections::BTreeMap;

use serde::Serialize;

use super::tag::{Facet, Tag, is_ordinary, known};
use crate::{
    domain::text::{Foreign, safe_fit},
    judge::signal::label::{LabelClass, class, normalise},
};

/// Level that a skill is needed at when nothing else is said.
const LEVEL: f64 = 2.0;
/// Level of a skill that is required.
const LEVEL_REQUIRED: f64 = 3.0;
/// Languages with less of a share say nothing.
const LEAST_SHARE: f64 = 0.05;
/// Most of a text that is looked at, bytes.
const TEXT_MOST: usize = 16 * 1024;

/// What is known of a task and its project. Empty where not read.
#[derive(Clone, Debug, Default)]
pub struct Clues<'a> {
    /// Labels of the task, and Jira components.
    pub labels: &'a [Foreign],
    /// Labels that the configuration gives a meaning, normalised, with their tags.
    pub mapped: &'a [(String, Tag)],
    /// Skills that the project names in its own description file.
    pub project_skills: &'a [Foreign],
    /// Names of packages its manifests depend on.
    pub dependencies: &'a [Foreign],
    /// Topics of the project.
    pub topics: &'a [Foreign],
    /// Languages of the project with their share, 0–1.
    pub languages: &'a [(Foreign, f64)],
    /// Skills of the owners of areas, by a beginning of paths.
    pub areas: &'a [(String, Tag)],
    /// Names of checks that fail on it.
    pub checks: &'a [Foreign],
    /// Title of the task.
    pub title: &'a str,
    /// Description of the task.
    pub body: &'a str,
}

/// A skill that is needed.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Need {
    /// Which.
    pub tag: Tag,
    /// How sure, 0–1.
    pub p: f64,
    /// At which level, 1–4.
    pub level: f64,
    /// Without any of it the task cannot be taken.
    pub hard: bool,
    /// What was seen, one harmless phrase.
    pub seen: String,
}

/// The skills a task needs (table of sources, model v1), surest first; each once, by its surest source.
pub fn needs(clues: &Clues<'_>) -> Vec<Need> {
    let mut found = Found::default();
    for label in clues.labels {
        by_label(label, clues.mapped, &mut found);
    }
    let named = |all: &[Foreign], p: f64, what: &str, found: &mut Found| {
        for name in all {
            let tag = known(name.raw()).or_else(|| name.raw().contains(':').then(|| Tag::parse(name.raw()).ok())?);
            found.add(tag, p, false, || format!("{what} '{}'", name.fit(40)));
        }
    };
    named(clues.project_skills, 0.9, "the project asks for", &mut found);
    // A manifest names frameworks; that a package is called like a practice means nothing.
    for name in clues.dependencies {
        let tag = known(name.raw()).filter(|t| matches!(t.facet(), Facet::Fw));
        found.add(tag, 0.7, false, || format!("depends on '{}'", name.fit(40)));
    }
    named(clues.topics, 0.6, "topic", &mut found);
    let text = Text::of(clues.title, clues.body);
    let by_path = text.paths(&mut found, clues.areas);
    if !by_path {
        for (language, share) in clues.languages.iter().filter(|(_, share)| *share >= LEAST_SHARE) {
            let tag = Tag::parse(&format!("lang:{}", language.raw())).ok();
            let of = (share * 100.0).round();
            found.add(tag, 0.6 * share.min(1.0), false, || format!("{of}% of the project is {}", language.fit(30)));
        }
    }
    for check in clues.checks {
        found.add(known("ci"), 0.5, false, || format!("check '{}' fails", check.fit(40)));
    }
    text.keywords(&mut found);
    found.sorted()
}

/// `skill:rust`, `skill:gpu!`, a mapped label, a label that is in the dictionary or is a skill by name.
fn by_label(label: &Foreign, mapped: &[(String, Tag)], found: &mut Found) {
    let seen = || format!("label '{}'", label.fit(40));
    let raw = label.raw().trim();
    let explicit = raw.split_once(':').filter(|(head, _)| head.eq_ignore_ascii_case("skill"));
    if let Some((_, name)) = explicit {
        let name = name.trim();
        let hard = name.ends_with('!');
        found.add(Tag::parse(name.trim_end_matches('!')).ok(), 1.0, hard, seen);
        return;
    }
    let normal = normalise(raw);
    for (_, tag) in mapped.iter().filter(|(name, _)| *name == normal) {
        found.add(Some(tag.clone()), 0.8, false, seen);
    }
    let by_class = class(raw).and_then(|class| match class {
        LabelClass::Docs => known("docs"),
        LabelClass::Ci => known("ci"),
        LabelClass::Tests => known("tests"),
        LabelClass::Deps => known("build"),
        LabelClass::CodeDebt => known("code-reading"),
        _ => None,
    });
    found.add(by_class.or_else(|| known(&normal)), 0.8, false, seen);
}

#[derive(Default)]
struct Found(BTreeMap<Tag, Need>);

impl Found {
    fn add(&mut self, tag: Option<Tag>, p: f64, hard: bool, seen: impl Fn() -> String) {
        let Some(tag) = tag else { return };
        let level = if hard { LEVEL_REQUIRED } else { LEVEL };
        let kept = self.0.entry(tag.clone()).or_insert_with(|| Need { tag, p: 0.0, level, hard, seen: String::new() });
        kept.hard |= hard;
        kept.level = kept.level.max(level);
        if p > kept.p {
            kept.p = p;
            kept.seen = seen();
        }
    }

    fn sorted(self) -> Vec<Need> {
        let mut all: Vec<Need> = self.0.into_values().collect();
        // Equal ones stay in the order of their tags.
        all.sort_by(|a, b| b.p.total_cmp(&a.p));
        all
    }
}

/// Endings of files and the language they are in.
const ENDINGS: &[(&str, &str)] = &[
    ("rs", "rust"),
    ("py", "python"),
    ("js", "javascript"),
    ("jsx", "javascript"),
    ("mjs", "javascript"),
    ("ts", "typescript"),
    ("tsx", "typescript"),
    ("go", "go"),
    ("java", "java"),
    ("kt", "kotlin"),
    ("scala", "scala"),
    ("c", "c"),
    ("h", "c"),
    ("cc", "c++"),
    ("cpp", "c++"),
    ("cxx", "c++"),
    ("hpp", "c++"),
    ("cs", "c#"),
    ("rb", "ruby"),
    ("php", "php"),
    ("swift", "swift"),
    ("sh", "shell"),
    ("ps1", "powershell"),
    ("sql", "sql"),
    ("dart", "dart"),
    ("ex", "elixir"),
    ("exs", "elixir"),
    ("hs", "haskell"),
    ("lua", "lua"),
    ("tf", "hcl"),
    ("vue", "vue"),
    ("svelte", "svelte"),
    ("ipynb", "jupyter"),
    ("proto", "protobuf"),
    ("zig", "zig"),
    ("nix", "nix"),
];

/// Manifests by name, with the language they are of.
const MANIFESTS: &[(&str, &str)] = &[
    ("cargo.toml", "rust"),
    ("pyproject.toml", "python"),
    ("setup.py", "python"),
    ("requirements.txt", "python"),
    ("package.json", "javascript"),
    ("tsconfig.json", "typescript"),
    ("go.mod", "go"),
    ("pom.xml", "java"),
    ("build.gradle", "java"),
    ("gemfile", "ruby"),
    ("composer.json", "php"),
    ("cmakelists.txt", "cmake"),
    ("makefile", "makefile"),
    ("dockerfile", "docker"),
];

/// Where pipelines are described.
const CI_FILES: &[&str] = &[
    ".github/workflows/",
    ".gitlab-ci.yml",
    ".circleci/",
    "jenkinsfile",
    "azure-pipelines",
    ".travis.yml",
    ".cirrus.yml",
];

/// Title and description as words.
struct Text<'a> {
    words: Vec<&'a str>,
}

impl<'a> Text<'a> {
    fn of(title: &'a str, body: &'a str) -> Self {
        let body = body.get(..body.floor_char_boundary(TEXT_MOST)).unwrap_or_default();
        let apart =
            |c: char| c.is_whitespace() || matches!(c, '`' | '"' | '(' | ')' | '[' | ']' | '<' | '>' | ',' | ';' | '*');
        let words = title.split(apart).chain(body.split(apart));
        let words = words
            .map(|w| w.trim_start_matches(['\'', ':']).trim_end_matches(['.', ':', '!', '?', '\'']))
            .filter(|w| !w.is_empty());
        Self { words: words.collect() }
    }

    /// Paths, manifests and pipelines named in the text. True when a path told the language.
    fn paths(&self, found: &mut Found, areas: &[(String, Tag)]) -> bool {
        let mut told = false;
        for word in self.words.iter().filter(|w| w.len() <= 300 && !w.contains("://")) {
            let lower = word.to_lowercase();
            let seen = || format!("names {}", safe_fit(word, 40));
            if CI_FILES.iter().any(|f| lower.contains(f)) {
                found.add(known("ci"), 0.5, false, seen);
            }
            let path = lower.split([':', '#']).next().unwrap_or_default();
            let file = path.rsplit(['/', '\\']).next().unwrap_or_default();
            if let Some((_, language)) = MANIFESTS.iter().find(|(name, _)| *name == file) {
                found.add(known(language), 0.6, false, seen);
                found.add(known("build"), 0.5, false, seen);
            } else if let Some((stem, ending)) = file.rsplit_once('.') {
                // One letter after a point may end a sentence; a path has a slash.
                let plain = !stem.is_empty() && (ending.len() > 1 || path.contains('/'));
                let language = ENDINGS.iter().find(|(e, _)| plain && *e == ending).map(|(_, language)| *language);
                told |= language.is_some();
                found.add(language.and_then(known), 0.6, false, seen);
            }
            for (_, tag) in
                areas.iter().filter(|(start, _)| !start.is_empty() && lower.starts_with(&start.to_lowercase()))
            {
                found.add(Some(tag.clone()), 0.6, false, seen);
            }
        }
        told
    }

    /// Names of skills in the text: never hard, and never words that mean something else as well.
    fn keywords(&self, found: &mut Found) {
        for word in self.words.iter().filter(|w| (2..=30).contains(&w.len())) {
            let lower = word.to_lowercase();
            if !is_ordinary(&lower) {
                found.add(known(&lower), 0.4, false, || format!("mentions {}", safe_fit(word, 30)));
            }
        }
    }
}
