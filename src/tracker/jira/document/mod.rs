//! Texts as Jira writes them, and as the rest of floorwalk reads them: Atlassian Document Format (Cloud) and wiki
//! markup (Data Center) to Markdown and back. Pure functions of strings and JSON values: no network, no clock.
//!
//! All four ways lead through one small tree (`tree`): [`adf`] and [`wiki`] read into it, `read` reads Markdown into
//! it, `page` and `ink` write Markdown, [`write`](mod@write) writes the other two. [`machine`] carries the marker of a
//! comment where no HTML comment can.

pub mod adf;
mod ink;
pub mod machine;
mod page;
mod read;
mod tree;
pub mod wiki;
pub mod write;

/// Longest text that is read or written, bytes. What is longer is cut with a remark.
pub const MAX_TEXT: usize = 1024 * 1024;

/// Any text as Markdown that shows exactly this text: nothing in it becomes a list, a link, emphasis or HTML. Lines stay
/// lines, an empty line begins a paragraph; spaces at the ends of lines go.
pub fn plain(text: &str) -> String {
    page::markdown(&tree::paragraphs(vec![tree::Inline::text(text)]), page::Manner::Foreign)
}
