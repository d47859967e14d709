//! What the flight recorder is told of a message: which key, which news; never what somebody typed, and of texts their length
//! alone. Changes nothing.

use super::{
    room::Overlay,
    state::{Msg, Out, State},
};
use crate::app::{
    Event,
    recorder::{Happened, kind},
};

/// What is noted of a message that comes to this state.
pub fn heard(state: &State, msg: &Msg) -> Option<Happened> {
    Some(match msg {
        Msg::Key(chord) => {
            // The tour has no field: a key that makes it go away acts.
            let field = !matches!(state.overlay, Some(Overlay::Tour(_)));
            let types = field && state.contexts().iter().any(|context| context.is_text()) && chord.typed().is_some();
            if types { Happened::Typed(1) } else { Happened::Key(chord.normal()) }
        }
        Msg::Paste(text) => Happened::Pasted(text.chars().count()),
        Msg::Resize(columns, rows) => Happened::Size(*columns, *rows),
        Msg::App(Event::Failed(error)) => Happened::Failed(error.code as u8),
        Msg::App(Event::SyncEnded(report)) => Happened::Synced {
            read: report.read,
            requests: report.requests.0,
            unchanged: report.requests.1,
            odd: report.odd.len(),
            problems: report.problems.len(),
        },
        // Every step of a sync and every answer of a search would push out what matters.
        Msg::App(Event::Progress(_)) | Msg::Found(_) | Msg::Wake => return None,
        Msg::App(event) => Happened::Came(kind(event)),
        Msg::Broken(_) => Happened::Bug("in the background".into()),
        Msg::Mouse(_) | Msg::Ground(_) | Msg::Suspend | Msg::Resumed | Msg::Signal(_) | Msg::HungUp => {
            Happened::Came(kind(msg))
        }
    })
}

/// What is noted of something that is to be done.
pub fn done(out: &Out) -> Option<Happened> {
    match out {
        Out::Command(command) => Some(Happened::Wish(kind(command))),
        Out::Exit(reason) => Some(Happened::Left(reason.code())),
        _ => None,
    }
}
