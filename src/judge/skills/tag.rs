//! Tags of skills: a facet and a name, in one spelling. Owns the aliases and which skill is part of which. Knows no
//! person and no task.

use std::{collections::HashMap, sync::LazyLock};

use serde::{Deserialize, Serialize};

use crate::domain::text::{nearest, safe_fit};

/// What a tag is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Facet {
    /// A language, by the name GitHub gives it.
    Lang,
    /// A framework or library.
    Fw,
    /// A field of knowledge.
    Domain,
    /// A practice: build, ci, tests, docs, release, code-reading, triage, ux, security.
    Practice,
    /// A kind of work: bug, debt, doc, feature, ops.
    Kind,
    /// Work with people: facilitation, writing, mentoring.
    Soft,
    /// Something one must have access to: gpu, prod-read.
    Access,
}

impl Facet {
    /// All facets.
    pub const ALL: [Self; 7] =
        [Self::Lang, Self::Fw, Self::Domain, Self::Practice, Self::Kind, Self::Soft, Self::Access];

    /// As written before the colon.
    pub fn word(self) -> &'static str {
        match self {
            Self::Lang => "lang",
            Self::Fw => "fw",
            Self::Domain => "domain",
            Self::Practice => "practice",
            Self::Kind => "kind",
            Self::Soft => "soft",
            Self::Access => "access",
        }
    }
}

/// A skill: `lang:python`. Lower case, aliases resolved.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Tag {
    facet: Facet,
    name: String,
}

impl Tag {
    /// A tag as somebody writes it: `lang:Python`, or a known name alone: `pytorch`.
    ///
    /// # Errors
    /// A sentence that says what a tag looks like, with the facet that was probably meant.
    pub fn parse(raw: &str) -> Result<Self, String> {
        let shown = || safe_fit(raw, 60).into_owned();
        let Some((facet, name)) = raw.split_once(':') else {
            return known(raw).ok_or_else(|| {
                format!("'{}' is no known skill; write it with its facet, as in lang:python or practice:ci", shown())
            });
        };
        let facet_word = facet.trim().to_lowercase();
        let Some(facet) = Facet::ALL.into_iter().find(|f| f.word() == facet_word) else {
            let hint = nearest(&facet_word, Facet::ALL.into_iter().map(Facet::word))
                .map(|near| format!("did you mean '{near}:'?"))
                .unwrap_or_else(|| format!("facets are {}", Facet::ALL.map(Facet::word).join(", ")));
            return Err(format!("'{}' is no skill: '{}' is no facet; {hint}", shown(), safe_fit(facet, 20)));
        };
        let name = name.trim().to_lowercase();
        let plain = |c: char| c.is_alphanumeric() || matches!(c, '-' | '+' | '#' | '.' | '_' | '/' | ' ' | '\'');
        if name.is_empty() || name.chars().count() > 40 || !name.chars().all(plain) {
            return Err(format!(
                "'{}' is no skill: after '{}:' comes a name of at most 40 letters",
                shown(),
                facet.word()
            ));
        }
        let aliased = ALIASES.get(name.as_str()).and_then(|t| t.split_once(':')).filter(|(f, _)| *f == facet.word());
        Ok(Self { facet, name: aliased.map_or(name, |(_, n)| n.to_owned()) })
    }

    /// Its facet.
    pub fn facet(&self) -> Facet {
        self.facet
    }

    /// Its name without the facet.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What it is a part of: whoever knows that knows some of this.
    pub fn parents(&self) -> Vec<Self> {
        let own = self.to_string();
        let row = PARENTS.iter().find(|(child, _)| *child == own);
        row.into_iter().flat_map(|(_, parents)| parents.iter().filter_map(|p| Self::parse(p).ok())).collect()
    }
}

impl std::fmt::Display for Tag {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}", self.facet.word(), self.name)
    }
}

impl TryFrom<String> for Tag {
    type Error = String;
    fn try_from(raw: String) -> Result<Self, String> {
        Self::parse(&raw)
    }
}

impl From<Tag> for String {
    fn from(tag: Tag) -> Self {
        tag.to_string()
    }
}

/// The tag of a name that stands alone, when it is well known: a language, a framework, a practice. Case does not matter.
pub fn known(name: &str) -> Option<Tag> {
    let name = name.trim().to_lowercase();
    ALIASES.get(name.as_str()).and_then(|t| Tag::parse(t).ok())
}

/// Names that are ordinary words as well.
const ORDINARY: &[&str] = &[
    "go",
    "c",
    "r",
    "d",
    "rust",
    "swift",
    "dart",
    "make",
    "shell",
    "express",
    "spring",
    "react",
    "flask",
    "rails",
    "build",
    "release",
    "security",
    "web",
    "data",
    "testing",
    "tests",
    "docs",
    "documentation",
    "triage",
    "embedded",
    "database",
    "ml",
    "ai",
    "ui",
    "nim",
    "julia",
    "crystal",
    "elm",
    "gin",
    "next",
    "nest",
    "accessibility",
    "networking",
    "bug",
    "debt",
    "feature",
    "ops",
    "writing",
    "vue",
    "ruby",
    "scheme",
    "perl",
    "mobile",
    "graphics",
    "ci",
    "json",
];

/// True when a name alone could be an ordinary word, so that it says nothing when met in a sentence.
pub(super) fn is_ordinary(name: &str) -> bool {
    ORDINARY.contains(&name)
}

/// Languages, by the name GitHub gives them, in lower case.
const LANGUAGES: &[&str] = &[
    "rust",
    "python",
    "javascript",
    "typescript",
    "go",
    "java",
    "kotlin",
    "scala",
    "c",
    "c++",
    "c#",
    "f#",
    "ruby",
    "php",
    "swift",
    "objective-c",
    "shell",
    "powershell",
    "html",
    "css",
    "sql",
    "r",
    "julia",
    "dart",
    "elixir",
    "erlang",
    "haskell",
    "ocaml",
    "clojure",
    "lua",
    "perl",
    "zig",
    "nix",
    "hcl",
    "dockerfile",
    "makefile",
    "cmake",
    "vue",
    "svelte",
    "groovy",
    "jupyter notebook",
    "tex",
    "protocol buffer",
    "graphql",
    "webassembly",
    "assembly",
    "cuda",
    "fortran",
    "matlab",
    "scheme",
    "nim",
    "crystal",
    "elm",
    "d",
];

/// Other spellings, and names that need no facet.
const OTHER_NAMES: &[(&str, &str)] = &[
    ("py", "lang:python"),
    ("js", "lang:javascript"),
    ("node", "fw:node"),
    ("nodejs", "fw:node"),
    ("node.js", "fw:node"),
    ("ts", "lang:typescript"),
    ("golang", "lang:go"),
    ("cpp", "lang:c++"),
    ("csharp", "lang:c#"),
    ("dotnet", "fw:dotnet"),
    (".net", "fw:dotnet"),
    ("objc", "lang:objective-c"),
    ("bash", "lang:shell"),
    ("sh", "lang:shell"),
    ("terraform", "lang:hcl"),
    ("docker", "lang:dockerfile"),
    ("jupyter", "lang:jupyter notebook"),
    ("latex", "lang:tex"),
    ("protobuf", "lang:protocol buffer"),
    ("wasm", "lang:webassembly"),
    ("torch", "fw:pytorch"),
    ("sklearn", "fw:scikit-learn"),
    ("tf", "fw:tensorflow"),
    ("k8s", "fw:kubernetes"),
    ("postgres", "fw:postgresql"),
    ("react.js", "fw:react"),
    ("reactjs", "fw:react"),
    ("vue.js", "lang:vue"),
    ("vuejs", "lang:vue"),
    ("next.js", "fw:nextjs"),
    ("nextjs", "fw:nextjs"),
    ("rails", "fw:rails"),
    ("ruby on rails", "fw:rails"),
    ("machine learning", "domain:ml"),
    ("machine-learning", "domain:ml"),
    ("deep-learning", "domain:ml"),
    ("ml", "domain:ml"),
    ("ai", "domain:ml"),
    ("data", "domain:data"),
    ("web", "domain:web"),
    ("frontend", "domain:web"),
    ("embedded", "domain:embedded"),
    ("networking", "domain:networking"),
    ("database", "domain:database"),
    ("databases", "domain:database"),
    ("mobile", "domain:mobile"),
    ("graphics", "domain:graphics"),
    ("ci", "practice:ci"),
    ("ci-cd", "practice:ci"),
    ("ci/cd", "practice:ci"),
    ("continuous-integration", "practice:ci"),
    ("github-actions", "practice:ci"),
    ("build", "practice:build"),
    ("tests", "practice:tests"),
    ("testing", "practice:tests"),
    ("test", "practice:tests"),
    ("docs", "practice:docs"),
    ("doc", "practice:docs"),
    ("documentation", "practice:docs"),
    ("release", "practice:release"),
    ("releases", "practice:release"),
    ("triage", "practice:triage"),
    ("ux", "practice:ux"),
    ("ui", "practice:ux"),
    ("accessibility", "practice:ux"),
    ("a11y", "practice:ux"),
    ("security", "practice:security"),
    ("code-reading", "practice:code-reading"),
    ("gpu", "access:gpu"),
];

/// What is part of what.
const PARENTS: &[(&str, &[&str])] = &[
    ("fw:pytorch", &["lang:python", "domain:ml"]),
    ("fw:tensorflow", &["lang:python", "domain:ml"]),
    ("fw:keras", &["fw:tensorflow", "lang:python", "domain:ml"]),
    ("fw:jax", &["lang:python", "domain:ml"]),
    ("fw:scikit-learn", &["lang:python", "domain:ml"]),
    ("fw:transformers", &["fw:pytorch", "lang:python", "domain:ml"]),
    ("fw:numpy", &["lang:python", "domain:data"]),
    ("fw:pandas", &["lang:python", "domain:data"]),
    ("fw:django", &["lang:python", "domain:web"]),
    ("fw:flask", &["lang:python", "domain:web"]),
    ("fw:fastapi", &["lang:python", "domain:web"]),
    ("fw:pytest", &["lang:python", "practice:tests"]),
    ("fw:react", &["lang:javascript", "domain:web"]),
    ("fw:angular", &["lang:typescript", "domain:web"]),
    ("fw:nextjs", &["fw:react", "lang:javascript", "domain:web"]),
    ("fw:express", &["fw:node", "lang:javascript", "domain:web"]),
    ("fw:node", &["lang:javascript"]),
    ("fw:jest", &["lang:javascript", "practice:tests"]),
    ("lang:typescript", &["lang:javascript"]),
    ("lang:vue", &["lang:javascript", "domain:web"]),
    ("lang:svelte", &["lang:javascript", "domain:web"]),
    ("fw:rails", &["lang:ruby", "domain:web"]),
    ("fw:spring", &["lang:java", "domain:web"]),
    ("fw:dotnet", &["lang:c#"]),
    ("fw:tokio", &["lang:rust"]),
    ("fw:axum", &["lang:rust", "domain:web"]),
    ("fw:serde", &["lang:rust"]),
    ("fw:phoenix", &["lang:elixir", "domain:web"]),
    ("fw:flutter", &["lang:dart", "domain:mobile"]),
    ("fw:qt", &["lang:c++"]),
    ("fw:kubernetes", &["practice:ops"]),
    ("fw:postgresql", &["lang:sql", "domain:database"]),
    ("lang:cuda", &["lang:c++"]),
    ("lang:jupyter notebook", &["lang:python"]),
    ("lang:objective-c", &["lang:c"]),
    ("lang:c++", &["lang:c"]),
    ("lang:kotlin", &["lang:java"]),
    ("lang:scala", &["lang:java"]),
    ("lang:cmake", &["practice:build"]),
    ("lang:makefile", &["practice:build"]),
];

static ALIASES: LazyLock<HashMap<&'static str, String>> = LazyLock::new(|| {
    let languages = LANGUAGES.iter().map(|l| (*l, format!("lang:{l}")));
    let frameworks = PARENTS.iter().filter_map(|(t, _)| Some((t.strip_prefix("fw:")?, (*t).to_owned())));
    let others = OTHER_NAMES.iter().map(|(name, tag)| (*name, (*tag).to_owned()));
    languages.chain(frameworks).chain(others).collect()
});
