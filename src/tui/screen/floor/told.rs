//! The Floor as sentences, for whoever hears it. Reads the rows of the screen; judges nothing.

use super::{
    super::super::{
        paint::{isolated, safe},
        state::State,
    },
    Row, View, bars, rows,
};
use crate::{app::floor_words, domain::commitment::Commitment};

/// The rows of the view as sentences.
pub fn told(state: &State) -> Vec<String> {
    let title = |c: &Commitment| state.snapshot.get(&c.key).map(|row| row.task.title.line().into_owned());
    let held = |c: &Commitment| {
        let title = title(c).map(|title| format!(" {}", isolated(&title))).unwrap_or_default();
        format!("{}: {}{title}", c.state.word(), state.shown_key(&c.key))
    };
    match state.floor.view {
        View::Rooms => rows(state)
            .iter()
            .map(|row| match row {
                Row::Room(room) => {
                    let own = if room.own { " (yours)" } else { "" };
                    format!("Team {}{own}: {}", safe(&room.name), floor_words::room(room))
                }
                Row::About(text) => text.clone(),
                Row::Ask(ask) => {
                    let key =
                        ask.about.as_ref().map(|(key, _)| format!("{} ", state.shown_key(key))).unwrap_or_default();
                    format!("waits for an answer: {key}{}", floor_words::ask(ask, &state.snapshot, state.now))
                }
                Row::Helper(c) => held(c),
                Row::Facts(_, text) => text.clone(),
            })
            .collect(),
        View::Timeline => bars(state)
            .into_iter()
            .map(|c| {
                let since = c.since.to_zoned(jiff::tz::TimeZone::UTC).date();
                format!("@{} from {since} to {}, {}", c.who.login.line(), c.until, held(c))
            })
            .collect(),
        View::Matrix => {
            let matrix = &state.floor.floor.matrix;
            let homes = matrix.homes.iter().zip(&matrix.cells);
            homes
                .map(|(home, cells)| {
                    let helped = matrix.hosts.iter().zip(cells).filter(|(_, n)| **n > 0);
                    let helped: Vec<_> = helped.map(|(host, n)| format!("{} {n}", safe(host))).collect();
                    format!("{} helps {}", safe(home), helped.join(", "))
                })
                .collect()
        }
    }
}
