//! The screens on the real terminal: threads for keys and signals, one queue, and the loop on a thread of its own,
//! so that nothing the program below does can hold up a key.

use std::{
    io,
    sync::{
        Arc,
        mpsc::{Receiver, RecvTimeoutError, Sender, channel},
    },
    thread,
    time::Duration,
};

use ratatui::Terminal;
use tokio::sync::{
    mpsc::{UnboundedReceiver, UnboundedSender},
    oneshot,
};

use super::{
    input,
    notice::Form,
    place,
    seek::{Ask, Seeker},
    signals,
    state::{ExitReason, Left, Msg, Options, State},
    terminal::{self, Hold, Screen},
    toast::Toast,
    turn::{Flow, Next, Source, Turns, World},
};
use crate::{
    app::{
        Command, Event, ExitCode, UserError,
        recorder::{Happened, Recorder},
    },
    domain::time::Now,
    index::Snapshot,
    keymap,
};

/// What the screens are given.
pub struct TuiParts {
    /// The first snapshot; its frame is on the screen before anything else is done.
    pub first: Arc<Snapshot>,
    /// Where wishes go.
    pub commands: UnboundedSender<Command>,
    /// Where news come from.
    pub events: UnboundedReceiver<Event>,
    /// The present.
    pub now: Arc<dyn Fn() -> Now + Send + Sync>,
    /// Behaviour.
    pub options: Options,
    /// Where what happens is noted.
    pub recorder: Option<Recorder>,
    /// Told when the first frame is on the screen.
    pub drawn: Option<oneshot::Sender<()>>,
}

/// Shows the screens until the user leaves or a signal comes. The terminal is given back in every case.
///
/// # Errors
/// [`UserError`] when there is no usable terminal, or the screens stopped because of a bug (which has been
/// printed then).
pub async fn run(parts: TuiParts) -> Result<Left, UserError> {
    terminal::check()?;
    let (queue, messages) = channel();
    let TuiParts { first, commands, mut events, now, options, recorder, drawn } = parts;
    let news = queue.clone();
    let forward = tokio::spawn(async move {
        while let Some(event) = events.recv().await {
            if news.send(Msg::App(event)).is_err() {
                break;
            }
        }
    });
    let (done, finished) = oneshot::channel();
    let source = Queue { messages, now };
    let listeners = Listeners { commands, recorder, drawn };
    thread::Builder::new()
        .name("floorwalk-ui".into())
        .spawn(move || {
            let _ = done.send(screens(first, options, listeners, queue, source));
        })
        .map_err(|e| broken(&e))?;
    let result = finished.await;
    forward.abort();
    match result {
        Ok(Ok(left)) => Ok(left),
        // A terminal that went away is no bug: there is nobody to tell.
        Ok(Err(e)) if e.raw_os_error() == Some(EIO) || e.kind() == io::ErrorKind::BrokenPipe => {
            Ok(Left { reason: ExitReason::HungUp, place: None })
        }
        Ok(Err(e)) => Err(broken(&e)),
        Err(_) => Err(UserError::new(
            ExitCode::Internal,
            "the screens stopped because of a bug; what waits in the outbox is kept",
            "please report the lines above, with what `floorwalk doctor --report FILE` gathers",
        )),
    }
}

/// The error of a terminal that is gone.
const EIO: i32 = 5;

fn broken(e: &io::Error) -> UserError {
    let sentence = format!("the terminal cannot be used: {}", crate::domain::text::safe_line(&e.to_string()));
    UserError::new(ExitCode::Internal, sentence, "`floorwalk list` works without it")
}

/// Whom the screens tell something.
struct Listeners {
    commands: UnboundedSender<Command>,
    recorder: Option<Recorder>,
    drawn: Option<oneshot::Sender<()>>,
}

fn screens(
    first: Arc<Snapshot>,
    options: Options,
    Listeners { commands, recorder, drawn }: Listeners,
    queue: Sender<Msg>,
    mut source: Queue,
) -> io::Result<Left> {
    let hold = Hold::new(options.mouse);
    // Declared before the terminal, so that it is dropped after whatever the terminal still writes.
    let _release = hold.until_dropped();
    hold.restore_on_panic(queue.clone());
    signals::start(queue.clone(), hold.clone())?;
    hold.take()?;
    let terminal = Terminal::new(terminal::screen())?;
    let size = terminal.size()?;
    let keys = options.keymap.clone().unwrap_or_else(|| Arc::new(keymap::shipped().0));
    let (complaints, form) = (options.complaints.clone(), options.notice);
    let mut state = State::new(first, keys, options, source.now(), (size.width, size.height));
    state.toasts.extend(complaints.into_iter().map(|(what, hint)| Toast::failed(state.now, what, vec![hint])));
    let seeker = Seeker::start(queue.clone())?;
    let mut turns = Turns::new(state, terminal, Real { commands, seeker, hold, form, recorder });
    turns.begin(source.now())?;
    if let Some(drawn) = drawn {
        // Nobody may wait for it.
        let _ = drawn.send(());
    }
    // After the first frame, which waits for nothing.
    if turns.state.options.skin.asks() {
        terminal::ask_ground(&mut terminal::Tty)?;
    }
    input::start(queue)?;
    let reason = loop {
        match turns.turn(&mut source)? {
            Flow::Go => {}
            Flow::Closed => break ExitReason::HungUp,
            Flow::Exit(reason) => break reason,
        }
    };
    Ok(Left { reason, place: Some(place::of(&turns.state)) })
}

/// The queue of the real program.
struct Queue {
    messages: Receiver<Msg>,
    now: Arc<dyn Fn() -> Now + Send + Sync>,
}

impl Source for Queue {
    fn wait(&mut self, limit: Option<Duration>) -> Next {
        let got = match limit {
            Some(limit) => self.messages.recv_timeout(limit),
            None => self.messages.recv().map_err(|_| RecvTimeoutError::Disconnected),
        };
        match got {
            Ok(msg) => Next::Msg(msg),
            Err(RecvTimeoutError::Timeout) => Next::Deadline,
            Err(RecvTimeoutError::Disconnected) => Next::Closed,
        }
    }

    fn poll(&mut self) -> Option<Msg> {
        self.messages.try_recv().ok()
    }

    fn now(&self) -> Now {
        (self.now)()
    }
}

/// The real terminal and the real program below.
struct Real {
    commands: UnboundedSender<Command>,
    seeker: Seeker,
    hold: Hold,
    form: Option<Form>,
    recorder: Option<Recorder>,
}

impl World<Screen> for Real {
    fn command(&mut self, command: Command) -> bool {
        self.commands.send(command).is_ok()
    }

    fn search(&mut self, ask: Ask) -> Option<Msg> {
        self.seeker.ask(ask)
    }

    fn note(&mut self, what: Happened, now: Now) {
        if let Some(recorder) = &self.recorder {
            recorder.note(now, what);
        }
    }

    fn clipboard(&mut self, terminal: &mut Terminal<Screen>, text: &str) {
        let _ = terminal::clipboard(terminal.backend_mut(), text);
    }

    fn bell(&mut self, terminal: &mut Terminal<Screen>) {
        let _ = terminal::bell(terminal.backend_mut());
    }

    fn notice(&mut self, terminal: &mut Terminal<Screen>, text: &str) {
        let _ = self.form.map(|form| form.write(terminal.backend_mut(), text));
    }

    fn suspend(&mut self, terminal: &mut Terminal<Screen>) {
        self.hold.restore();
        if let Err(e) = signals::stop() {
            tracing::warn!("cannot stop: {e}");
        }
        self.claim_terminal(terminal);
    }

    fn claim_terminal(&mut self, _: &mut Terminal<Screen>) {
        if let Err(e) = self.hold.retake() {
            tracing::warn!("cannot take the terminal again: {e}");
        }
    }

    fn frame_edge(&mut self, terminal: &mut Terminal<Screen>, before: bool) {
        let _ = terminal::frame_edge(terminal.backend_mut(), before);
    }
}
