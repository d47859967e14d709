//! What a project makes: a program, or a document. Where the product is a text, titles speak of its words without ever
//! naming documentation. Knows no tasks.

use crate::domain::project::Project;

/// What a project makes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Product {
    /// Software, or nothing is known: a word for a part of a text means nothing by itself.
    #[default]
    Program,
    /// A text that people read: a specification, a handbook, a book, a website of documentation.
    Document,
}

/// Languages in which texts are written, and of the tools that put them together. A project with another main language
/// makes a program, whatever its name.
const MARKUP: &[&str] = &[
    "asciidoc",
    "bikeshed",
    "css",
    "html",
    "makefile",
    "markdown",
    "mdx",
    "restructuredtext",
    "roff",
    "scss",
    "tex",
    "typst",
    "xml",
    "xslt",
];
/// Last part of the name of a project that makes a document: `tidal-spec`, `ops-drafts`, `handbook`.
const NAMES: &[&str] = &[
    "book",
    "doc",
    "docs",
    "documentation",
    "draft",
    "drafts",
    "faq",
    "guide",
    "guidelines",
    "guides",
    "handbook",
    "manual",
    "rfc",
    "rfcs",
    "spec",
    "specification",
    "specifications",
    "specs",
    "standard",
    "standards",
    "textbook",
    "tutorial",
    "tutorials",
    "wiki",
];
/// Words of topics and descriptions that say so, when the language does not speak against it.
const WORDS: &[&str] = &[
    "book",
    "documentation",
    "draft",
    "drafts",
    "guidelines",
    "handbook",
    "manual",
    "rfc",
    "rfcs",
    "specification",
    "specifications",
    "standard",
    "textbook",
    "tutorial",
    "tutorials",
];

impl Product {
    /// What a project makes, by what its tracker says of it.
    pub fn of_project(project: &Project) -> Self {
        let topics = project.topics.iter().map(|t| t.raw());
        Self::of(project.project.path(), project.language.as_ref().map(|l| l.raw()), topics, project.description.raw())
    }

    /// What a project makes, by its name (with or without its owner), its main language, its topics and its description.
    /// The name tells when no programming language speaks against it; topics and description only beside a language of
    /// texts, since tools for documentation use the same words.
    pub fn of<'a>(
        name: &str,
        language: Option<&str>,
        topics: impl IntoIterator<Item = &'a str>,
        description: &str,
    ) -> Self {
        let language = language.map(str::to_lowercase);
        let is_markup = language.as_deref().map(|l| MARKUP.contains(&l));
        if is_markup == Some(false) {
            return Self::Program;
        }
        let name = name.rsplit('/').next().unwrap_or_default().to_lowercase();
        let mut parts = name.split(['-', '_', '.']).filter(|p| !p.is_empty());
        let named = parts.clone().next() == Some("draft") || parts.next_back().is_some_and(|p| NAMES.contains(&p));
        let says = |text: &str| {
            let text = text.to_lowercase();
            text.split(|c: char| !c.is_alphanumeric()).any(|w| WORDS.contains(&w))
        };
        let is_document = named || (is_markup == Some(true) && (topics.into_iter().any(says) || says(description)));
        if is_document { Self::Document } else { Self::Program }
    }
}
