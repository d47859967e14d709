//! How large a task says it is: by a label for its size, or by points. Reads no text of its description.

use super::facts::Estimate;
use crate::domain::{size::Size, task::Task};

/// Words in front of a size in a label: `size/M`, `effort: small`, `T-shirt size-L`.
const BEFORE: &[&str] = &["size", "effort", "estimate", "difficulty", "complexity", "t-shirt", "tshirt", "points"];

/// The size class of a task and where it is from. A label comes first; points are of the site's own making, so that the
/// class they are read as (up to 1, 3, 8, more) is no more than a guess. `None` where nothing is said.
pub fn of(task: &Task) -> Option<(Size, Estimate)> {
    if let Some(size) = task.labels.iter().find_map(|l| of_label(l.raw())) {
        return Some((size, Estimate::Label));
    }
    let points = task.planning.as_ref()?.points?;
    let size = match points.0 {
        0..=100 => Size::XS,
        101..=300 => Size::S,
        301..=800 => Size::M,
        _ => Size::L,
    };
    Some((size, Estimate::Guess))
}

/// The size of a label: `size/XS`, `effort: large`, or the class alone.
fn of_label(label: &str) -> Option<Size> {
    let label = label.trim();
    if let Ok(size) = label.parse() {
        return Some(size);
    }
    let starts = |word: &&str| label.get(..word.len()).is_some_and(|head| head.eq_ignore_ascii_case(word));
    BEFORE.iter().copied().find(starts)?;
    of_word(label.rsplit([':', '/', '-', ' ', '_', '=']).next()?)
}

fn of_word(word: &str) -> Option<Size> {
    let is = |words: &[&str]| words.iter().any(|w| w.eq_ignore_ascii_case(word));
    match word.parse() {
        Ok(size) => Some(size),
        Err(_) if is(&["tiny", "trivial"]) => Some(Size::XS),
        Err(_) if is(&["small", "easy", "low"]) => Some(Size::S),
        Err(_) if is(&["medium", "moderate"]) => Some(Size::M),
        Err(_) if is(&["large", "big", "hard", "high", "xl", "xxl"]) => Some(Size::L),
        Err(_) => None,
    }
}
