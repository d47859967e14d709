//! What a frame costs: the list of many tasks drawn into a terminal that only counts its bytes, with nothing changed, with the
//! cursor one row on, and with all rows scrolled by one; the last also with texts that hurt in every row.
//! `cargo bench --bench frame`
#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::disallowed_methods, missing_docs, reason = "a benchmark")]

mod world;

use std::{
    cell::Cell,
    io::{self, Write},
    rc::Rc,
    sync::Arc,
    time::{Duration, Instant},
};

use criterion::Criterion;
use floorwalk::{
    domain::text::Foreign,
    index::Snapshot,
    keymap::{self, Chord, Key},
    store::Everything,
    tui::{
        frame,
        state::{Msg, Options, State, update},
    },
};
use ratatui::{Terminal, TerminalOptions, Viewport, backend::CrosstermBackend, layout::Rect};

const TASKS: u64 = 100_000;
const SIZE: (u16, u16) = (200, 50);
/// Frames that the slowest of a hundred are looked for among.
const FRAMES: usize = 2_000;
/// What a row may hold at its worst: steering, invisible and joined characters, marks without end, wide and reversed ones.
const HOSTILE: [&str; 6] = [
    "\u{1b}[2J\u{1b}]52;c;cHduZWQ=\u{7}\u{9b}31m\u{202e}gpj\u{2066}\u{200b}\u{feff}\u{e0041}",
    "👨‍👩‍👧‍👦👩🏽‍🚀🏳️‍🌈❤️🇩🇪",
    "z\u{301}\u{302}\u{303}\u{304}\u{305}\u{306}\u{307}\u{308}\u{309}\u{30a}\u{30b}\u{30c}",
    "﷽ｶﾞ漢字한국어",
    "שלום עולם نص عربي",
    "one\ntwo\r\nthree\u{2028}four\u{85}five\tsix\0",
];

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

    /// The time that 99 of 100 frames take at most, each scrolled by one row.
    fn slowest(&mut self) -> Duration {
        let frame = |_| {
            self.press(Key::Down);
            let begun = Instant::now();
            self.draw();
            begun.elapsed()
        };
        let mut times: Vec<Duration> = (0..FRAMES).map(frame).collect();
        times.sort_unstable();
        times[FRAMES * 99 / 100]
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
    let hostile = Arc::new(Snapshot::build(hostile(), &world::context()));
    for (name, list) in [("", &list), ("hostile ", &hostile)] {
        let mut screen = Screen::new(list);
        (0..SIZE.1).for_each(|_| screen.press(Key::Down));
        println!("{name}rows scrolled by one, 99 of 100 frames: {:?}", screen.slowest());
    }
    criterion.final_summary();
}

/// The same tasks, each with a title and labels that hurt.
fn hostile() -> Everything {
    let mut all = world::everything(TASKS, 7);
    for (nth, task) in all.tasks.iter_mut().enumerate() {
        let text = |n: usize| HOSTILE.iter().cycle().skip(nth + n).take(4).copied().collect::<String>();
        task.title = Foreign::new(text(0).repeat(4));
        task.labels = (0..6).map(|n| Foreign::new(text(n))).collect();
    }
    all
}
