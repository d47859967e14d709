//! A finding laid out for reading: what is the matter, since when, what was seen, and the issue that would be made of it.

use super::{
    super::{
        paint::{TextLine, wrap, wrap_text},
        state::State,
        theme::Ink,
        widget::markdown,
    },
    detail::piece,
};
use crate::{
    domain::{key::ProjectRef, text::safe_line},
    judge::free::Free,
};

/// The rows of the preview.
pub(super) fn lay_out(state: &State, project: &ProjectRef, id: &str, columns: usize) -> Vec<TextLine> {
    let Some((finding, row)) = state.snapshot.findings.find(project, id) else { return Vec::new() };
    let mut lines = wrap_text(&safe_line(&finding.title), Ink::Strong, columns);
    let origin = [
        project.to_string(),
        format!("for {} days", row.age_days),
        finding.severity.word().to_owned(),
        format!("size {}", finding.size.word()),
        id.to_owned(),
    ];
    lines.extend(wrap_text(&safe_line(&origin.join(" · ")), Ink::Dim, columns));
    lines.push(TextLine::blank());
    let (ink, words) = match &row.free {
        Free::Closed { why } => (Ink::Warning, format!("no issue can be made of it: {why}")),
        _ => (Ink::Good, "no issue yet: Enter makes one, which anybody can claim then".to_owned()),
    };
    lines.extend(wrap_text(&words, ink, columns));
    lines.push(TextLine::blank());
    lines.push(TextLine::of(Ink::Accent, "Why it is here"));
    lines.extend(wrap_text(&safe_line(&finding.sentence), Ink::Plain, columns));
    for seen in &finding.evidence {
        let day = seen.at.to_zoned(state.options.zone.clone()).strftime("%-d %b %Y").to_string();
        let pieces = [piece(Ink::Dim, &format!("{day} ")), piece(Ink::Plain, &safe_line(&seen.words))];
        lines.extend(wrap(&pieces, columns, "", "  "));
    }
    lines.push(TextLine::blank());
    lines.push(TextLine::of(Ink::Accent, "The issue it would become"));
    lines.extend(markdown::lay_out(&finding.body.as_str().into(), columns));
    lines
}
