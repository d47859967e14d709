//! What a frame costs: the list of many tasks drawn into a terminal that only counts its bytes, with nothing changed, with the
//! cursor one row on, and with all rows scrolled by one. `cargo bench --bench frame`
#![allow(clippy::unwrap_used, clippy::print_stdout, missing_docs, reason = "a benchmark")]

mod world;

use std::{
    cell::Cell,
    io::{self, Write},
    rc::Rc,
    sync::Arc,
    time::Duration,
};

use criterion::Criterion;
use floorwalk::{
    index::Snapshot,
    keymap::{self, Chord, Key},
    tui::{
        frame,
        state::{Msg, Options, State, update},
    },
};
use ratatui::{Terminal, TerminalOptions, Viewport, backend::CrosstermBackend, layout::Rect};

const TASKS: u64 = 100_000;
const SIZE: (u16, u16) = (200, 50);

/// Counts what is written, and forgets it.
#[derive(Clone, Default)]
struct Counted(Rc<Cell<usize>>);

impl Write for Counted {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.set(self.0.get() + bytes.len());
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The screen of the list, and a terminal of a fixed size.
struct Screen {
    state: State,
    terminal: Terminal<CrosstermBackend<Counted>>,
    written: Counted,
}

impl Screen {
    fn new(list: &Arc<Snapshot>) -> Self {
        let keys = Arc::new(keymap::shipped().0);
        let state = State::new(list.clone(), keys, Options::default(), world::now(), SIZE);
        let written = Counted::default();
        let viewport = Viewport::Fixed(Rect::new(0, 0, SIZE.0, SIZE.1));
        let backend = CrosstermBackend::new(written.clone());
        let terminal = Terminal::with_options(backend, TerminalOptions { viewport }).unwrap();
        let mut screen = Self { state, terminal, written };
        screen.draw();
        screen
    }

    fn draw(&mut self) {
        self.terminal.draw(|frame| frame::draw(&self.state, frame)).unwrap();
    }

    fn press(&mut self, key: Key) {
        update(&mut self.state, Msg::Key(Chord::plain(key)), world::now());
    }
}

fn main() {
    let mut criterion = Criterion::default()
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_secs(3))
        .configure_from_args();
    let list = Arc::new(Snapshot::build(world::everything(TASKS, 7), &world::context()));
    let mut still = Screen::new(&list);
    criterion.bench_function("nothing changed", |b| b.iter(|| still.draw()));
    let mut moving = Screen::new(&list);
    let mut down = false;
    criterion.bench_function("cursor one row on", |b| {
        b.iter(|| {
            down = !down;
            moving.press(if down { Key::Down } else { Key::Up });
            moving.draw();
        });
    });
    let mut scrolling = Screen::new(&list);
    // To the last row on the screen: from there on each row scrolls all others.
    (0..SIZE.1).for_each(|_| scrolling.press(Key::Down));
    scrolling.draw();
    let before = scrolling.written.0.get();
    scrolling.press(Key::Down);
    scrolling.draw();
    println!("one row scrolled: {} bytes", scrolling.written.0.get() - before);
    criterion.bench_function("scrolled by one row", |b| {
        b.iter(|| {
            scrolling.press(Key::Down);
            scrolling.draw();
        });
    });
    criterion.final_summary();
}
