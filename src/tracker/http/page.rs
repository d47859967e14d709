//! Page numbers out of a `Link` header. The addresses in it are never fetched: only the number and the cursor of
//! the next page are taken, and only from links to our own origin.

use super::base::Base;

/// No list is read beyond this page: 300,000 rows.
const PAGE_CAP: u32 = 3_000;

/// What a list says about its other pages.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pages {
    /// Number of the next page.
    pub next: Option<u32>,
    /// Cursor to send along for the next page; large lists refuse plain page numbers.
    pub after: Option<String>,
    /// Number of the last page.
    pub last: Option<u32>,
}

/// Why a `Link` header cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkFault {
    /// The next page lies on another host, port or scheme.
    Foreign,
    /// The next page is this page or an earlier one.
    Loop,
    /// More pages than anything real has.
    TooMany,
}

struct Link<'a> {
    target: &'a str,
    rels: String,
}

fn links(header: &str) -> Vec<Link<'_>> {
    let mut found = Vec::new();
    let mut rest = header;
    while let Some((_, tail)) = rest.split_once('<') {
        let Some((target, tail)) = tail.split_once('>') else { break };
        let (params, next) = match tail.split_once('<') {
            Some((params, _)) => (params, tail.get(params.len()..).unwrap_or_default()),
            None => (tail, ""),
        };
        let rels = params
            .split([';', ','])
            .filter_map(|p| p.trim().split_once('='))
            .filter(|(key, _)| key.trim().eq_ignore_ascii_case("rel"))
            .map(|(_, value)| value.trim().trim_matches('"').to_ascii_lowercase())
            .collect::<Vec<_>>()
            .join(" ");
        found.push(Link { target, rels });
        rest = next;
    }
    found
}

/// Reads the header of page `page`, which was asked for at `path`.
///
/// # Errors
/// See [`LinkFault`].
pub fn pages(header: &str, base: &Base, path: &str, page: u32) -> Result<Pages, LinkFault> {
    let mut pages = Pages::default();
    for link in links(header) {
        let has = |rel: &str| link.rels.split_ascii_whitespace().any(|r| r == rel);
        let (next, last) = (has("next"), has("last"));
        if !next && !last {
            continue;
        }
        let url = base.own(link.target, path).ok_or(LinkFault::Foreign)?;
        let value = |name: &str| url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned());
        let number = value("page").and_then(|raw| raw.parse::<u32>().ok());
        if last {
            pages.last = number.filter(|n| *n >= page);
        }
        if next {
            let after = value("after").filter(|a| !a.is_empty() && a.len() <= 500);
            let number = match (number, &after) {
                (Some(number), _) => number,
                (None, Some(_)) => page.saturating_add(1),
                (None, None) => 1,
            };
            if number <= page {
                return Err(LinkFault::Loop);
            }
            if number > PAGE_CAP {
                return Err(LinkFault::TooMany);
            }
            pages.next = Some(number);
            pages.after = after;
        }
    }
    Ok(pages)
}
