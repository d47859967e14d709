//! One turn of the loop: wait, take in everything that waits, do what came out, draw once if anything changed.
//! The same turn runs on a real terminal and in tests; time, queue and terminal come from outside.

use std::time::Duration;

use ratatui::{Terminal, backend::Backend, layout::Rect};

use super::{
    frame, heard,
    seek::Ask,
    state::{ExitReason, Msg, Out, State, update},
};
use crate::{
    app::{Command, recorder::Happened},
    domain::time::Now,
};

/// Messages taken in before a frame is drawn all the same, so that a flood never freezes the screen.
const MOST_AT_ONCE: usize = 4_096;

/// Where messages come from.
pub trait Source {
    /// Waits for a message, at most `limit`; without a limit for ever.
    fn wait(&mut self, limit: Option<Duration>) -> Next;
    /// A message that is here already.
    fn poll(&mut self) -> Option<Msg>;
    /// The present.
    fn now(&self) -> Now;
}

/// What waiting brought.
#[derive(Debug)]
pub enum Next {
    /// A message.
    Msg(Msg),
    /// The limit passed.
    Deadline,
    /// Nothing more will come, for now or for ever.
    Closed,
}

/// What the loop does to the world beside drawing.
pub trait World<B: Backend> {
    /// Passes a wish on. False when nobody takes wishes any more.
    fn command(&mut self, command: Command) -> bool;
    /// Searches. The answer, where it is at hand at once; else it comes as a message, unless a newer search comes first.
    fn search(&mut self, ask: Ask) -> Option<Msg>;
    /// Notes what happened, for whoever looks for a bug later.
    fn note(&mut self, _what: Happened, _now: Now) {}
    /// Puts text on the terminal's clipboard.
    fn clipboard(&mut self, terminal: &mut Terminal<B>, text: &str);
    /// Rings the terminal's bell.
    fn bell(&mut self, terminal: &mut Terminal<B>);
    /// Shows a notice on the desktop.
    fn notice(&mut self, terminal: &mut Terminal<B>, text: &str);
    /// Gives the terminal back, stops until continued, takes it again.
    fn suspend(&mut self, terminal: &mut Terminal<B>);
    /// Takes the terminal as if for the first time.
    fn claim_terminal(&mut self, terminal: &mut Terminal<B>);
    /// Runs around each frame, before (`true`) and after.
    fn frame_edge(&mut self, terminal: &mut Terminal<B>, before: bool);
}

/// How a turn ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flow {
    /// Go on.
    Go,
    /// Nothing more will come.
    Closed,
    /// Leave.
    Exit(ExitReason),
}

/// The loop between turns.
pub struct Turns<B: Backend, W: World<B>> {
    /// The state.
    pub state: State,
    /// The terminal.
    pub terminal: Terminal<B>,
    /// The world.
    pub world: W,
    /// Frames drawn so far.
    pub frames: u64,
    dirty: bool,
}

impl<B: Backend, W: World<B>> Turns<B, W> {
    /// A loop that has not drawn yet.
    pub fn new(state: State, terminal: Terminal<B>, world: W) -> Self {
        Self { state, terminal, world, frames: 0, dirty: true }
    }

    /// The first frame. Before it, the window's real size is taken in.
    ///
    /// # Errors
    /// When the terminal cannot be written.
    pub fn begin(&mut self, now: Now) -> Result<Flow, B::Error> {
        let size = self.terminal.size()?;
        self.take(Msg::Resize(size.width, size.height), now)?;
        self.draw()?;
        Ok(Flow::Go)
    }

    /// One turn.
    ///
    /// # Errors
    /// When the terminal cannot be written.
    pub fn turn(&mut self, source: &mut impl Source) -> Result<Flow, B::Error> {
        let limit = self.state.deadline().map(|at| {
            let left = at.duration_since(source.now().0);
            Duration::try_from(left).unwrap_or(Duration::ZERO)
        });
        let first = match source.wait(limit) {
            Next::Msg(msg) => msg,
            Next::Deadline => Msg::Wake,
            Next::Closed => return Ok(Flow::Closed),
        };
        let now = source.now();
        let mut next = Some(first);
        for _ in 0..MOST_AT_ONCE {
            let Some(msg) = next else { break };
            let flow = self.take(msg, now)?;
            if flow != Flow::Go {
                return Ok(flow);
            }
            next = source.poll();
        }
        // The limit of a flood was reached with a message in hand: it is taken in, not dropped.
        if let Some(msg) = next {
            let flow = self.take(msg, now)?;
            if flow != Flow::Go {
                return Ok(flow);
            }
        }
        self.draw()?;
        Ok(Flow::Go)
    }

    /// Clears the screen and forgets what was on it. Not `Terminal::clear`, which asks the terminal where its cursor
    /// is: the answer would be read by the thread that reads keys.
    fn repaint(&mut self) -> Result<(), B::Error> {
        let size = self.terminal.size()?;
        self.terminal.resize(Rect::new(0, 0, size.width, size.height))
    }

    fn take(&mut self, msg: Msg, now: Now) -> Result<Flow, B::Error> {
        self.dirty = true;
        let mut found = None;
        if let Some(what) = heard::heard(&self.state, &msg) {
            self.world.note(what, now);
        }
        for out in update(&mut self.state, msg, now) {
            if let Some(what) = heard::done(&out) {
                self.world.note(what, now);
            }
            match out {
                Out::Command(command) => {
                    if !self.world.command(command) {
                        return Ok(Flow::Exit(ExitReason::HungUp));
                    }
                }
                Out::Search(ask) => found = self.world.search(ask).or(found),
                Out::Clipboard(text) => self.world.clipboard(&mut self.terminal, &text),
                Out::Bell => self.world.bell(&mut self.terminal),
                Out::Notice(text) => self.world.notice(&mut self.terminal, &text),
                Out::Redraw => {
                    self.world.claim_terminal(&mut self.terminal);
                    self.repaint()?;
                }
                Out::Suspend => {
                    self.world.suspend(&mut self.terminal);
                    self.repaint()?;
                }
                Out::Exit(reason) => return Ok(Flow::Exit(reason)),
            }
        }
        match found {
            Some(answer) => self.take(answer, now),
            None => Ok(Flow::Go),
        }
    }

    fn draw(&mut self) -> Result<(), B::Error> {
        if !std::mem::take(&mut self.dirty) {
            return Ok(());
        }
        self.frames += 1;
        // A resize may be in the window already and not yet in the queue.
        let size = self.terminal.size()?;
        if (size.width, size.height) != self.state.size {
            let now = self.state.now;
            self.take(Msg::Resize(size.width, size.height), now)?;
            self.dirty = false;
        }
        self.world.frame_edge(&mut self.terminal, true);
        let state = &self.state;
        self.terminal.draw(|f| frame::draw(state, f))?;
        self.world.frame_edge(&mut self.terminal, false);
        Ok(())
    }
}
