//! Reads a description for what people wrote in it: code, quotes, comments and the questions of templates are set aside.

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};
use unicode_segmentation::UnicodeSegmentation as _;

use super::paths;

/// Most of a description that is read, bytes; trackers allow 65,536 characters.
const BODY_MOST: usize = 128 * 1024;

/// Beginnings of sentences that templates put there.
const TEMPLATE: &[&str] = &[
    "a clear and concise description",
    "a clear description",
    "a concise description",
    "please describe",
    "please provide",
    "please fill",
    "please include",
    "describe the",
    "describe what",
    "describe your",
    "steps to reproduce the behavior",
    "if applicable add screenshots",
    "is your feature request related to a problem",
    "add any other context",
    "add any other",
    "no response",
    "go to",
    "click on",
    "scroll down to",
    "see error",
    "what did you expect",
    "what happened",
    "tell us",
    "thank you for",
    "thanks for",
    "provide a clear",
    "ex i'm always frustrated",
    "briefly describe",
    "explain what",
    "explain why",
    "insert",
    "your text here",
    "todo",
    "tbd",
    "n a",
];

/// Beginnings of points that a reporter ticks about themselves.
const PLEDGES: &[&str] =
    &["i have", "i've", "i am", "i agree", "i searched", "i read", "i checked", "i would be willing", "yes", "no"];

/// What stands under one heading, sub-headings not included.
#[derive(Clone, Debug, Default)]
pub(super) struct Section {
    /// Its words in lower case, parted by one space.
    pub(super) heading: String,
    /// Words of people under it.
    pub(super) words: usize,
}

/// What a description says.
#[derive(Clone, Debug, Default)]
pub(super) struct Reading {
    /// Words outside of code, quotes, headings and templates.
    pub(super) words: usize,
    /// Those words, in lower case, parted by one space.
    pub(super) prose: String,
    /// Headings with what stands under them.
    pub(super) sections: Vec<Section>,
    /// Points of a task list that say what is to be done.
    pub(super) open_items: usize,
    /// Lines of code blocks that are not blank.
    pub(super) code_lines: usize,
    /// Links to elsewhere.
    pub(super) links: usize,
    /// A file, module or pull request is named.
    pub(super) names_code: bool,
    /// Somebody to ask is named.
    pub(super) names_mentor: bool,
}

/// Where the reader is.
#[derive(Default)]
struct Place {
    /// Text of the paragraph, point or heading being read.
    text: String,
    in_heading: bool,
    in_code: bool,
    quotes: u32,
    is_task: bool,
}

impl Reading {
    /// Reads a description.
    pub(super) fn of(body: &str) -> Self {
        let body = body.get(..body.floor_char_boundary(BODY_MOST)).unwrap_or_default();
        let mut reading = Self::default();
        let mut place = Place::default();
        for event in Parser::new_ext(body, Options::ENABLE_TASKLISTS | Options::ENABLE_TABLES) {
            reading.take(&event, &mut place);
        }
        reading.finish(&mut place);
        reading
    }

    fn take(&mut self, event: &Event<'_>, place: &mut Place) {
        match event {
            Event::Start(Tag::Heading { .. }) => {
                self.finish(place);
                place.in_heading = true;
            }
            Event::End(TagEnd::Heading(_)) => {
                let heading = words(&std::mem::take(&mut place.text)).join(" ");
                self.sections.push(Section { heading, words: 0 });
                place.in_heading = false;
            }
            Event::Start(Tag::BlockQuote(_)) => {
                self.finish(place);
                place.quotes += 1;
            }
            Event::End(TagEnd::BlockQuote(_)) => {
                place.text.clear();
                place.quotes = place.quotes.saturating_sub(1);
            }
            Event::Start(Tag::CodeBlock(_)) => {
                self.finish(place);
                place.in_code = true;
            }
            Event::End(TagEnd::CodeBlock) => place.in_code = false,
            Event::Start(Tag::Paragraph | Tag::Item | Tag::TableCell) => self.finish(place),
            Event::End(TagEnd::Paragraph | TagEnd::Item | TagEnd::TableCell) => self.finish(place),
            Event::TaskListMarker(_) => place.is_task = true,
            Event::Start(Tag::Link { dest_url, .. }) => {
                self.links += 1;
                self.names_code |= place.quotes == 0 && paths::names_code(dest_url);
            }
            Event::Text(text) if place.in_code => {
                self.code_lines += text.lines().filter(|l| !l.trim().is_empty()).count();
                self.names_code |= paths::names_code(text);
            }
            Event::Text(text) => place.text.push_str(text),
            Event::Code(text) => {
                self.names_code |= place.quotes == 0 && paths::names_code(text);
                place.text.push_str(text);
            }
            Event::SoftBreak | Event::HardBreak => place.text.push('\n'),
            _ => {}
        }
    }

    /// Ends the piece of text being read.
    fn finish(&mut self, place: &mut Place) {
        let text = std::mem::take(&mut place.text);
        let is_task = std::mem::take(&mut place.is_task);
        if place.quotes > 0 || place.in_heading || text.trim().is_empty() {
            return;
        }
        self.links += text.matches("http://").count() + text.matches("https://").count();
        self.links += text.split_whitespace().filter(|w| is_reference(w)).count();
        self.names_code |= paths::names_code(&text);
        for line in text.lines() {
            self.line(line, is_task);
        }
    }

    fn line(&mut self, line: &str, is_task: bool) {
        let found = words(line);
        let plain = found.join(" ");
        let begins = |starts: &[&str]| {
            starts.iter().any(|s| plain.strip_prefix(s).is_some_and(|rest| rest.is_empty() || rest.starts_with(' ')))
        };
        if found.is_empty() || begins(TEMPLATE) {
            return;
        }
        // Where a tracker has no boxes to tick, they are written out.
        let is_task = is_task || ["[ ]", "[x]", "[X]"].iter().any(|box_| line.trim_start().starts_with(box_));
        if is_task {
            // A pledge of the reporter says nothing about the task.
            if begins(PLEDGES) {
                return;
            }
            self.open_items += usize::from(found.len() >= 2);
        }
        self.names_mentor |= begins(&["mentor", "mentors", "contact", "ask"]) && line.contains('@');
        self.words += found.len();
        if let Some(section) = self.sections.last_mut() {
            section.words += found.len();
        }
        self.prose.push_str(&plain);
        self.prose.push(' ');
    }
}

/// `#12` or `owner/name#12`.
fn is_reference(word: &str) -> bool {
    let word = word.trim_end_matches(['.', ',', ')', ':', ';']);
    word.rsplit_once('#').is_some_and(|(_, number)| !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit()))
}

/// The words of a text in lower case.
fn words(text: &str) -> Vec<String> {
    text.unicode_words().map(str::to_lowercase).collect()
}
