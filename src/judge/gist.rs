//! Makes the gist of a task's texts: everything that a list needs to know of them, once, when they were read. Pure. What
//! depends on the day, the host or the reader is left to whoever uses it.

use super::{
    free::spoken_for,
    readiness::{Beside, Readiness},
    signal::{self, Found, Known, Product, Reading, label::Dictionary},
    skills::{Clues, Need, needs},
};
use crate::domain::{
    gist::{Described, Gist, Said, Wanted},
    person::{Association, Login},
    task::{Comment, Task},
};

/// Name of the rules that gists are made by. A gist of other rules is made anew.
pub const RULES: &str = "2";

/// Skills that are kept, the surest ones.
const NEEDS_MOST: usize = 12;

/// The gist. `comments` are those that are stored; they tell something only when all of them are there. `product` is what
/// its project makes.
pub fn gist(
    task: &Task,
    body: Option<&str>,
    comments: &[Comment],
    product: Product,
    dictionary: &mut Dictionary,
) -> Gist {
    let described = body.map(|body| {
        let readiness = Readiness::of(task, body, Beside::default());
        Described { met: readiness.met(), words: u16::try_from(readiness.words).unwrap_or(u16::MAX) }
    });
    let mut labels = task.labels.clone();
    labels.extend(task.planning.iter().flat_map(|p| &p.components).cloned());
    let clues = Clues { labels: &labels, title: task.title.raw(), body: body.unwrap_or_default(), ..Clues::default() };
    let known = Known { body, product, ..Known::of(task) };
    let is_whole = u32::try_from(comments.len()).unwrap_or(u32::MAX) >= task.comments;
    Gist {
        described,
        signals: signal::of_texts(&known, dictionary).iter().map(Found::signal).collect(),
        needs: needs(&clues).iter().take(NEEDS_MOST).map(wanted).collect(),
        said: is_whole.then(|| said(task, comments)),
    }
}

fn wanted(need: &Need) -> Wanted {
    let sure = (need.p * 100.0).round().clamp(0.0, 100.0) as u8;
    Wanted { tag: need.tag.to_string(), sure, hard: need.hard, seen: need.seen.clone() }
}

fn said(task: &Task, comments: &[Comment]) -> Said {
    let reading = Reading { comments: Some(comments), ..Reading::default() };
    let author = task.author.as_ref().map(|a| &a.login);
    let mut said = Said {
        last: task.created_at,
        by: author.cloned(),
        commented: false,
        outside: 0,
        answered: false,
        host: None,
        on_it: spoken_for(reading),
    };
    let mut outside: Vec<&Login> = Vec::new();
    for comment in reading.words_of_people() {
        let by = comment.author.as_ref().map(|a| &a.login);
        if comment.created_at >= said.last {
            (said.last, said.by, said.commented) = (comment.created_at, by.cloned(), true);
        }
        said.answered |= by != author;
        if comment.association != Association::Other {
            let first = said.host.map_or(comment.created_at, |(first, _)| first.min(comment.created_at));
            let last = said.host.map_or(comment.created_at, |(_, last)| last.max(comment.created_at));
            said.host = Some((first, last));
        } else if let Some(by) = by.filter(|by| Some(*by) != author && !outside.contains(by)) {
            outside.push(by);
        }
    }
    said.outside = u32::try_from(outside.len()).unwrap_or(u32::MAX);
    said
}
