//! The screens as lines and questions, for a screen reader or a pipe. Its state, acts, dialogs and decisions are those of
//! the screens ([`update`], [`act`]); only hearing and telling are its own: a line is a word of the table of actions or a
//! key, with a row or a task behind it; what a screen would show is told in sentences. Knows no terminal.

mod ask;
mod meant;
mod say;

use std::{collections::VecDeque, io, io::Write};

use super::{
    paint::safe,
    room::{Overlay, Room, Tab},
    state::{ExitReason, Msg, Out, State, act, update},
    widget::tour,
};
use crate::{
    app::{Command, Event},
    domain::time::Now,
    keymap::Action,
};
use ask::Asking;
use meant::{Meant, Target};

/// Columns and rows of the window that there is none of: texts are laid out for it, a page of a list fits into it.
pub const SIZE: (u16, u16) = (80, 24);

/// Something that happened.
#[derive(Clone, Debug)]
pub enum Heard {
    /// A line was typed or piped in.
    Line(String),
    /// No more lines will come.
    End,
    /// From the program below.
    Event(Event),
    /// A wish for which [`is_awaited`] holds was performed, and everything about it was told.
    Done,
}

/// True for wishes whose end the next line waits for. A sync is told of when it ends.
pub fn is_awaited(command: &Command) -> bool {
    !matches!(command, Command::Sync { .. })
}

/// A session of lines.
pub struct Plain<W: Write> {
    /// The state of the screens.
    pub state: State,
    out: W,
    /// Shown before a line is typed; empty where lines come from a pipe.
    prompt: &'static str,
    lines: VecDeque<String>,
    ended: bool,
    running: usize,
    asking: Option<Asking>,
    /// What was told last, to tell it anew when it changed.
    told: Option<Place>,
}

/// Where one is, as far as a change of it is worth telling.
type Place = (Tab, usize, Option<Room>, String, usize, String);

impl<W: Write> Plain<W> {
    /// A session that has told nothing yet.
    pub fn new(state: State, out: W, prompt: &'static str) -> Self {
        let (lines, ended, running, asking, told) = Default::default();
        Self { state, out, prompt, lines, ended, running, asking, told }
    }

    /// What was written to.
    pub fn out(&self) -> &W {
        &self.out
    }

    /// Tells where one is. Gives back what is to be done.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn begin(&mut self, now: Now) -> io::Result<Vec<Command>> {
        let mut wishes = Vec::new();
        self.say("floorwalk in lines. Say help for what you can say, quit to leave.")?;
        let outs = update(&mut self.state, Msg::Resize(SIZE.0, SIZE.1), now);
        self.take(outs, &mut wishes)?;
        self.rest(now, &mut wishes)?;
        Ok(wishes)
    }

    /// Takes in what happened. Gives back what is to be done, and how it ends where it does.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn hear(&mut self, heard: Heard, now: Now) -> io::Result<(Vec<Command>, Option<ExitReason>)> {
        let mut wishes = Vec::new();
        let mut exit = None;
        match heard {
            Heard::Line(line) => self.lines.push_back(line),
            Heard::End => self.ended = true,
            Heard::Done => self.running = self.running.saturating_sub(1),
            Heard::Event(event) => {
                let outs = update(&mut self.state, Msg::App(event), now);
                exit = self.take(outs, &mut wishes)?;
                self.toasts()?;
                return Ok((wishes, exit));
            }
        }
        while exit.is_none() && self.running == 0 {
            // A dialog asks before the next line can be an answer.
            if self.asking.is_none() {
                self.question()?;
            }
            let Some(line) = self.lines.pop_front() else { break };
            exit = self.line(&line, now, &mut wishes)?;
            self.toasts()?;
            if self.running == 0 && !self.lines.is_empty() {
                exit = exit.or(self.rest(now, &mut wishes)?);
            }
        }
        if exit.is_none() && self.running == 0 {
            exit = self.rest(now, &mut wishes)?;
            if self.ended && self.lines.is_empty() && self.running == 0 {
                exit = exit.or(Some(ExitReason::Quit));
            }
        }
        Ok((wishes, exit))
    }

    fn say(&mut self, text: &str) -> io::Result<()> {
        writeln!(self.out, "{text}")
    }

    /// Does what came out of the state.
    fn take(&mut self, outs: Vec<Out>, wishes: &mut Vec<Command>) -> io::Result<Option<ExitReason>> {
        let mut exit = None;
        for out in outs {
            match out {
                Out::Command(command) => {
                    self.running += usize::from(is_awaited(&command));
                    wishes.push(command);
                }
                // Nobody types meanwhile: a line is answered before the next is read.
                Out::Search(ask) => {
                    let now = self.state.now;
                    let outs = update(&mut self.state, Msg::Found(Box::new(ask.answer())), now);
                    exit = self.take(outs, wishes)?.or(exit);
                }
                // There is no clipboard to reach: the text itself is what was asked for.
                Out::Clipboard(text) => {
                    self.state.toasts.clear();
                    self.say(&safe(&text))?;
                }
                Out::Bell => self.say("Something newly needs you: say mine, or floor for your team.")?,
                // Lines are for whoever reads along.
                Out::Notice(_) => {}
                Out::Redraw => self.told = None,
                Out::Suspend => self.say("There is nothing to suspend here.")?,
                Out::Exit(reason) => exit = Some(reason),
            }
        }
        Ok(exit)
    }

    /// Tells what is told once.
    fn toasts(&mut self) -> io::Result<()> {
        for toast in std::mem::take(&mut self.state.toasts) {
            let head = if toast.failed { "Failed: " } else { "" };
            self.say(&format!("{head}{}", safe(&toast.text)))?;
            for hint in &toast.hints {
                self.say(&safe(hint))?;
            }
        }
        Ok(())
    }

    /// Everything that was wished for is done: tells where one is, when that changed, and asks for the next line.
    fn rest(&mut self, now: Now, wishes: &mut Vec<Command>) -> io::Result<Option<ExitReason>> {
        let exit = match self.state.overlay {
            Some(Overlay::Dialog(_)) => self.question()?,
            Some(Overlay::Refused(_)) => self.refused()?,
            Some(Overlay::Tour(_)) => {
                self.state.overlay = None;
                let steps: Vec<_> = (0..tour::STEPS).map(|at| tour::step(&self.state, at)).collect();
                for (title, text) in steps {
                    self.say(&format!("{}. {text}", ask::capital(title)))?;
                }
                None
            }
            Some(Overlay::Query | Overlay::Palette(_)) => {
                self.state.overlay = None;
                None
            }
            None => None,
        };
        if self.ended && self.lines.is_empty() && self.asking.is_some() {
            // Nobody is left to answer.
            self.asking = None;
            let outs = act(&mut self.state, Action::Back);
            self.take(outs, wishes)?;
            self.say("Nothing was done: no answer came.")?;
        }
        let place = self.place();
        if self.state.overlay.is_none() && self.told.as_ref() != Some(&place) {
            // Descriptions are asked for before they are told.
            let outs = update(&mut self.state, Msg::Wake, now);
            self.take(outs, wishes)?;
            if self.running > 0 {
                return Ok(exit);
            }
            for line in say::room(&self.state) {
                self.say(&line)?;
            }
            self.told = Some(self.place());
        }
        if !self.ended && self.lines.is_empty() {
            write!(self.out, "{}", self.prompt)?;
        }
        self.out.flush()?;
        Ok(exit)
    }

    fn place(&self) -> Place {
        let state = &self.state;
        let discover = &state.discover;
        // In a text the whole is told at once: how far it is scrolled says nothing.
        let room = state.room().cloned().map(|room| match room {
            Room::Detail(key, _) => Room::Detail(key, Default::default()),
            Room::Resume(claim, _) => Room::Resume(claim, Default::default()),
            Room::Why(about, cursor) => Room::Why(about, cursor),
            other => other,
        });
        let query = format!("{} {}", discover.query.text(), discover.sort.word());
        (state.tab, state.rooms.len(), room, query, discover.cursor.top, format!("{:?}", state.floor.view))
    }

    fn line(&mut self, line: &str, now: Now, wishes: &mut Vec<Command>) -> io::Result<Option<ExitReason>> {
        let line = line.trim();
        if self.asking.is_some() {
            return self.answer(line, now, wishes);
        }
        if matches!(self.state.overlay, Some(Overlay::Refused(_))) && self.alternative(line, wishes)? {
            return Ok(None);
        }
        match meant::meant(&self.state, line) {
            Meant::Again => self.told = None,
            Meant::Words => {
                for line in say::words(&self.state) {
                    self.say(&line)?;
                }
            }
            Meant::Topic(topic) => {
                for line in say::topic(&self.state, topic) {
                    self.say(&line)?;
                }
            }
            Meant::Counts => {
                for line in say::counts(&self.state) {
                    self.say(&line)?;
                }
            }
            Meant::Unknown(sentence) => self.say(&sentence)?,
            Meant::Query(text) => {
                self.state.tab = Tab::Discover;
                self.state.rooms.clear();
                self.state.discover.query.set(&text);
                self.state.discover.search();
                let outs = update(&mut self.state, Msg::Wake, now);
                let exit = self.take(outs, wishes)?;
                if let Some(error) = &self.state.discover.error {
                    let sentence = format!("The query cannot be understood: {}", safe(&error.message));
                    self.say(&sentence)?;
                }
                self.told = None;
                return Ok(exit);
            }
            Meant::Act(action, target) => {
                if let Some(target) = target {
                    point(&mut self.state, target);
                }
                return self.do_it(action, now, wishes);
            }
        }
        Ok(None)
    }

    fn do_it(&mut self, action: Action, now: Now, wishes: &mut Vec<Command>) -> io::Result<Option<ExitReason>> {
        let before = self.state.selected();
        let outs = act(&mut self.state, action);
        let exit = self.take(outs, wishes)?;
        // What is derived is brought up to date as after a key.
        let outs = update(&mut self.state, Msg::Wake, now);
        self.take(outs, wishes)?;
        let moved = self.state.selected().filter(|key| before.as_ref() != Some(key));
        if moved.is_some() && self.told.as_ref() == Some(&self.place()) && self.state.overlay.is_none() {
            let here = say::here(&self.state);
            self.say(&here)?;
        }
        Ok(exit)
    }
}

/// Puts the cursor where a line points.
fn point(state: &mut State, target: Target) {
    match target {
        Target::Row(at) => match (state.rooms.last_mut(), state.tab) {
            (Some(Room::Outbox), _) => state.outbox.at = at,
            (Some(Room::Why(_, cursor)), _) => cursor.at = at,
            (Some(_), _) | (None, Tab::Walk) => {}
            (None, Tab::Discover) => {
                state.discover.facet_focus = false;
                state.discover.cursor.at = at;
            }
            (None, Tab::Mine) => state.mine.at = at,
            (None, Tab::Floor) => state.floor.cursor.at = at,
        },
        Target::Task(key) => {
            let discover = &state.discover;
            let found = (0..discover.hits.rows.len())
                .find(|at| discover.row_at(&state.snapshot, *at).is_some_and(|row| row.task.key == key));
            match found.filter(|_| state.rooms.is_empty() && state.tab == Tab::Discover) {
                Some(at) => state.discover.cursor.at = at,
                None => super::screen::open(state, key),
            }
        }
    }
}
