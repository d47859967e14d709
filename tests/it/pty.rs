//! The real program in a real terminal: a pty whose output a terminal emulator reads.

use std::{
    io::{Read, Write},
    path::Path,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};

/// A terminal with a program in it.
pub(crate) struct Terminal {
    parser: Arc<Mutex<vt100::Parser>>,
    raw: Arc<Mutex<Vec<u8>>>,
    writer: Box<dyn Write + Send>,
    master: Box<dyn MasterPty + Send>,
    child: Box<dyn Child + Send + Sync>,
    _dir: tempfile::TempDir,
}

/// Takes bytes in. The test's own terminal breaks on a wide character that was drawn for a wider screen than it has by
/// now; a real one goes on, so this one begins anew: the next drawing fills it.
fn read(parser: &mut vt100::Parser, bytes: &[u8]) {
    let done = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| parser.process(bytes)));
    if done.is_err() {
        let (rows, columns) = parser.screen().size();
        *parser = vt100::Parser::new(rows, columns, 0);
    }
}

/// Who opens the screens in a test has seen the tour, unless the test is about it.
fn was_here_before(data: &Path) {
    let file = data.join("screens.toml");
    if !file.exists() {
        std::fs::create_dir_all(data).unwrap();
        std::fs::write(file, "version = 1\ntour = true\n").unwrap();
    }
}

impl Terminal {
    /// The program with these arguments, in a world of its own, on a screen of this size.
    pub(crate) fn open(arguments: &[&str], columns: u16, rows: u16) -> Self {
        let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_floorwalk"));
        command.args(arguments);
        Self::start(command, columns, rows, Some(crate::floor::TODAY))
    }

    /// A program of somebody's own world, in a terminal of this size.
    pub(crate) fn of(command: &std::process::Command, columns: u16, rows: u16) -> Self {
        Self::with_term(command, columns, rows, "xterm-256color")
    }

    /// The same in a terminal that calls itself so.
    pub(crate) fn with_term(command: &std::process::Command, columns: u16, rows: u16, term: &str) -> Self {
        let mut inside = CommandBuilder::new(command.get_program());
        inside.args(command.get_args());
        inside.env_clear();
        inside.env("TERM", term);
        for (name, value) in command.get_envs() {
            value.iter().for_each(|value| inside.env(name, value));
        }
        command.get_current_dir().iter().for_each(|dir| inside.cwd(dir));
        let data = command.get_envs().find(|(name, _)| *name == "FLOORWALK_DATA_DIR").and_then(|(_, value)| value);
        data.iter().for_each(|data| was_here_before(Path::new(data)));
        Self::spawn(inside, columns, rows, tempfile::tempdir().unwrap())
    }

    /// With `now`, the program's clock stands still.
    fn start(mut command: CommandBuilder, columns: u16, rows: u16, now: Option<&str>) -> Self {
        let dir = tempfile::tempdir().unwrap();
        command.env_clear();
        command.cwd(dir.path());
        for (name, value) in [("TERM", "xterm-256color"), ("COLORTERM", "truecolor")] {
            command.env(name, value);
        }
        if let Some(now) = now {
            command.env("FLOORWALK_NOW", now);
        }
        command.env("HOME", dir.path());
        command.env("TMPDIR", dir.path());
        command.env("FLOORWALK_DATA_DIR", dir.path().join("data"));
        was_here_before(&dir.path().join("data"));
        command.env("FLOORWALK_CONFIG", dir.path().join("config.toml"));
        Self::spawn(command, columns, rows, dir)
    }

    fn spawn(command: CommandBuilder, columns: u16, rows: u16, dir: tempfile::TempDir) -> Self {
        let pair = native_pty_system().openpty(size(columns, rows)).unwrap();
        let child = pair.slave.spawn_command(command).unwrap();
        drop(pair.slave);
        let parser = Arc::new(Mutex::new(vt100::Parser::new(rows, columns, 0)));
        let raw = Arc::new(Mutex::new(Vec::new()));
        let mut reader = pair.master.try_clone_reader().unwrap();
        let (into, all) = (parser.clone(), raw.clone());
        std::thread::spawn(move || {
            let mut buffer = [0; 16 * 1024];
            while let Ok(n @ 1..) = reader.read(&mut buffer) {
                read(&mut into.lock().unwrap(), &buffer[..n]);
                all.lock().unwrap().extend_from_slice(&buffer[..n]);
            }
        });
        let writer = pair.master.take_writer().unwrap();
        Self { parser, raw, writer, master: pair.master, child, _dir: dir }
    }

    /// Everything written so far.
    pub(crate) fn raw(&self) -> Vec<u8> {
        self.raw.lock().unwrap().clone()
    }

    pub(crate) fn process_id(&self) -> u32 {
        self.child.process_id().unwrap()
    }

    /// Types bytes as they are.
    pub(crate) fn feed(&mut self, bytes: &[u8]) {
        self.writer.write_all(bytes).unwrap();
        self.writer.flush().unwrap();
    }

    pub(crate) fn text(&self) -> String {
        self.parser.lock().unwrap().screen().contents()
    }

    pub(crate) fn with_screen<T>(&self, look: impl Fn(&vt100::Screen) -> T) -> T {
        look(self.parser.lock().unwrap().screen())
    }

    pub(crate) fn press(&mut self, keys: &str) {
        self.writer.write_all(keys.as_bytes()).unwrap();
        self.writer.flush().unwrap();
    }

    /// Waits until the screen shows `what`.
    pub(crate) fn shows(&self, what: &str) -> &Self {
        self.until(&format!("it shows '{what}'"), |text| text.contains(what))
    }

    pub(crate) fn lacks(&self, what: &str) -> &Self {
        self.until(&format!("'{what}' is gone"), |text| !text.contains(what))
    }

    /// Waits until nothing more is written: the same screen for a quarter of a second.
    pub(crate) fn settles(&self) {
        self.settles_for(Duration::from_millis(250));
    }

    /// Waits until the screen has been the same for so long.
    pub(crate) fn settles_for(&self, still: Duration) {
        let mut last = (self.raw.lock().unwrap().len(), Instant::now());
        while last.1.elapsed() < still {
            std::thread::park_timeout(still / 12);
            let now = self.raw.lock().unwrap().len();
            if now != last.0 {
                last = (now, Instant::now());
            }
        }
    }

    pub(crate) fn until(&self, what: &str, holds: impl Fn(&str) -> bool) -> &Self {
        let start = Instant::now();
        while start.elapsed() < Duration::from_secs(20) {
            if holds(&self.text()) {
                return self;
            }
            // Whoever spins takes the processor from the program that is waited for.
            std::thread::park_timeout(Duration::from_millis(2));
        }
        panic!("waited in vain until {what}:\n{}", self.text());
    }

    fn resize(&self, columns: u16, rows: u16) {
        self.master.resize(size(columns, rows)).unwrap();
        // The test's own terminal cannot put a wide character into a single column.
        self.parser.lock().unwrap().screen_mut().set_size(rows.max(1), columns.max(2));
    }

    pub(crate) fn signal(&self, name: &str) {
        let pid = self.child.process_id().unwrap().to_string();
        assert!(std::process::Command::new("kill").args(["-s", name, &pid]).status().unwrap().success());
    }

    /// Waits for the end; the exit code.
    pub(crate) fn ends(&mut self) -> u32 {
        self.child.wait().unwrap().exit_code()
    }

    /// The terminal is as the shell left it.
    pub(crate) fn restored(&self) {
        let start = Instant::now();
        let clean = |s: &vt100::Screen| {
            !s.alternate_screen()
                && !s.hide_cursor()
                && !s.bracketed_paste()
                && s.mouse_protocol_mode() == vt100::MouseProtocolMode::None
        };
        while !self.with_screen(clean) {
            assert!(start.elapsed() < Duration::from_secs(10), "the terminal was left changed:\n{}", self.text());
            std::thread::yield_now();
        }
        assert!(self.cooked(), "raw mode is left");
    }

    /// Lines are edited and echoed by the terminal itself.
    pub(crate) fn cooked(&self) -> bool {
        let flags = rustix::termios::tcgetattr(std::os::fd::AsFd::as_fd(&fd_of(&*self.master))).unwrap().local_modes;
        flags.contains(rustix::termios::LocalModes::ECHO | rustix::termios::LocalModes::ICANON)
    }
}

fn fd_of(master: &dyn MasterPty) -> std::os::fd::OwnedFd {
    // The settings of a terminal are the same seen from both ends.
    let path = master.tty_name().unwrap();
    std::fs::OpenOptions::new().read(true).write(true).open(path).unwrap().into()
}

fn size(columns: u16, rows: u16) -> PtySize {
    PtySize { rows, cols: columns, pixel_width: 0, pixel_height: 0 }
}

#[test]
fn the_demo_opens_claims_hands_back_and_leaves_the_terminal_as_it_was() {
    let mut screen = Terminal::open(&["demo"], 120, 36);
    // One commitment is under way when the demo begins.
    screen.shows("synced: ").shows("15 of 15 fresh").shows("3 Mine·1");
    screen.press("/");
    screen.press("project:quillfern/locker-gateway is:free\r");
    screen.shows("by best");
    screen.press("c");
    screen.shows("until 2026-11-27");
    screen.press("\r");
    screen.shows("is yours until 2026-11-27").shows("3 Mine·2");
    screen.press("3");
    screen.shows("active").shows("days left");
    // What was offered stands first.
    screen.press("jh");
    screen.shows("Hand back");
    screen.press("half of it is in a branch");
    screen.press("\r");
    screen.shows("is handed back and free again").lacks("3 Mine·2");
    screen.press("q");
    assert_eq!(screen.ends(), 0);
    screen.restored();
}

#[test]
fn signals_end_it_with_their_code_and_give_the_terminal_back() {
    for (name, code) in [("TERM", 143), ("INT", 130), ("HUP", 129)] {
        let mut screen = Terminal::open(&["demo"], 80, 24);
        screen.shows("fresh");
        screen.signal(name);
        assert_eq!(screen.ends(), code, "{name}");
        screen.restored();
    }
}

#[test]
fn any_size_and_a_storm_of_them_is_survived() {
    let sheet = crate::ledger::sheet!();
    let mut screen = Terminal::open(&["demo"], 80, 24);
    screen.shows("fresh");
    for (columns, rows) in [(20, 5), (10, 3), (1, 1), (40, 15), (250, 70), (21, 6), (0, 0), (120, 40)] {
        screen.resize(columns, rows);
        screen.press("jkGg");
    }
    for round in 0..200u16 {
        screen.resize(1 + round * 7 % 180, 1 + round * 5 % 60);
    }
    screen.resize(100, 30);
    screen.press("?");
    screen.shows("› Help").shows("Take the task");
    screen.press("\u{1b}");
    screen.lacks("› Help");
    screen.press("q");
    assert_eq!(screen.ends(), 0);
    screen.restored();
    sheet.unharmed("terminal resizes", 209);
}

#[test]
fn five_thousand_keys_at_once_are_all_taken() {
    let sheet = crate::ledger::sheet!();
    let mut screen = Terminal::open(&["demo"], 80, 24);
    screen.shows("fresh");
    screen.press(&"j".repeat(5_000));
    screen.press("q");
    assert_eq!(screen.ends(), 0);
    screen.restored();
    sheet.unharmed("terminal keys", 5_001);
}

#[test]
fn standing_still_writes_nothing() {
    let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_floorwalk"));
    command.arg("demo");
    let mut screen = Terminal::start(command, 80, 24, None);
    screen.shows("15/15 fresh").shows("synced: ").lacks("synced: ");
    screen.settles();
    let before = screen.raw.lock().unwrap().len();
    let processor = |pid: u32| {
        let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap();
        let fields: Vec<u64> =
            stat.rsplit_once(')').unwrap().1.split_whitespace().skip(11).take(2).map(|f| f.parse().unwrap()).collect();
        fields.iter().sum::<u64>()
    };
    let ticks = processor(screen.child.process_id().unwrap());
    let start = Instant::now();
    // Nothing to wait for: time itself is what is tested.
    while start.elapsed() < Duration::from_millis(1_500) {
        std::thread::park_timeout(Duration::from_millis(100));
    }
    assert_eq!(screen.raw.lock().unwrap().len(), before, "bytes were written while nothing happened");
    assert!(
        processor(screen.child.process_id().unwrap()) - ticks <= 1,
        "the processor was used while nothing happened"
    );
    screen.press("q");
    assert_eq!(screen.ends(), 0);
}

/// One of the tests that are children of others, in a terminal of its own.
pub(crate) fn panicking(test: &str) -> Terminal {
    let mut command = CommandBuilder::new(std::env::current_exe().unwrap());
    command.args(["--exact", test, "--ignored", "--nocapture", "--test-threads=1"]);
    Terminal::start(command, 80, 24, None)
}

#[test]
fn a_panic_gives_the_terminal_back_and_says_what_to_do() {
    let mut screen = panicking("pty::child_whose_clock_panics");
    screen.shows("press / to search");
    screen.press("j");
    screen.shows("the clock broke");
    assert_ne!(screen.ends(), 0);
    screen.restored();
}

#[test]
#[ignore = "started by the test above, in a terminal of its own"]
fn child_whose_clock_panics() {
    use floorwalk::{domain::time::Now, index::Snapshot, tui};
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let (commands, _kept) = tokio::sync::mpsc::unbounded_channel();
    let (_events, events) = tokio::sync::mpsc::unbounded_channel();
    let calls = std::sync::atomic::AtomicU32::new(0);
    let now = move || {
        // The first frame asks for the time; the key that follows is one call too many.
        assert!(calls.fetch_add(1, std::sync::atomic::Ordering::SeqCst) < PANIC_AFTER, "the clock broke");
        Now(crate::floor::TODAY.parse().unwrap())
    };
    let parts = tui::TuiParts {
        first: Arc::new(Snapshot::default()),
        commands,
        events,
        now: Arc::new(now),
        options: tui::Options::default(),
        recorder: None,
        drawn: None,
    };
    runtime.block_on(tui::run(parts)).unwrap();
}

/// Calls of the clock before it breaks.
const PANIC_AFTER: u32 = 2;
