//! Whatever is pressed, pasted, resized or told: no panic, no frame out of place.

use floorwalk::{
    app::{Event, UserError},
    domain::{
        outbox::{OpStatus, Step},
        text::safe_line,
    },
    keymap::{Chord, Key, Shipped},
    tui::{
        mouse::Mouse,
        state::{Msg, Options},
    },
};

use super::tui_world::*;

/// A small generator with a fixed beginning, so that a failure comes back.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % sides
    }

    fn pick<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.roll(of.len() as u64) as usize]
    }
}

const PASTES: [&str; 6] = ["", "a\nb\tc", "\u{1b}[2J\u{7}", "日本\u{202e}語", "\u{301}\u{301}", "👨‍👩‍👧‍👦é"];

fn message(dice: &mut Dice) -> Msg {
    let named = [
        Key::Enter,
        Key::Esc,
        Key::Tab,
        Key::Backspace,
        Key::Delete,
        Key::Up,
        Key::Down,
        Key::Left,
        Key::Right,
        Key::Home,
        Key::End,
        Key::PageUp,
        Key::PageDown,
        Key::F(5),
        Key::F(3),
        Key::Tab,
    ];
    match dice.roll(100) {
        0..=54 => {
            let letters: Vec<char> =
                "1234?:uroRyYvVgGjkfsSchbz/tabOd :#日é33denpwaxXtHFW+-=!.[]TPlPBKNZm".chars().collect();
            Msg::Key(Chord::plain(Key::Char(dice.pick(&letters))))
        }
        55..=84 => Msg::Key(Chord { shift: dice.roll(8) == 0, ..Chord::plain(dice.pick(&named)) }),
        85..=90 => {
            let letters: Vec<char> = "dufblaenpjkwhzxogsvy".chars().collect();
            Msg::Key(Chord { ctrl: true, ..Chord::plain(Key::Char(dice.pick(&letters))) })
        }
        91..=92 => {
            let at = (dice.roll(260) as u16, dice.roll(75) as u16);
            let down = dice.roll(2) == 0;
            Msg::Mouse(if dice.roll(3) == 0 { Mouse::Wheel { at, down } } else { Mouse::Click(at) })
        }
        93..=94 => Msg::Paste(dice.pick(&PASTES).into()),
        95 => Msg::App(Event::Said("something happened".into())),
        96 => Msg::App(Event::Failed(UserError::refused("no", "try again later"))),
        97 => Msg::App(Event::Snapshot(match dice.roll(6) {
            0 => bare(Default::default()),
            1 => busy(),
            _ => lively(),
        })),
        98 => Msg::App(Event::Detail(Box::new(detail(key("search/cli", 98), BODY)))),
        _ => Msg::Resumed,
    }
}

/// Offers, requests to my team, work at risk, what was refused: everything an act can be about.
fn lively() -> std::sync::Arc<floorwalk::index::Snapshot> {
    let mut all = super::tui_mine::working();
    all.extend(super::tui_mine::around());
    for (i, c) in all.iter_mut().enumerate() {
        c.claim = floorwalk::domain::commitment::ClaimId(ulid::Ulid(i as u128));
    }
    all.push(super::tui_lives::asked_of_me(99, key("search/cli", 140)));
    super::tui_lives::lives(all, super::tui_lives::roster())
}

fn busy() -> std::sync::Arc<floorwalk::index::Snapshot> {
    let mut all = everything();
    all.outbox = vec![op(1, key("vision/dataloader", 31), Step::Queued, OpStatus::Ready)];
    build(all)
}

/// How many events a run takes: those of every run cost less than a minute. That 200 000 do no harm is proven by
/// `FLOORWALK_EVENTS=200000 cargo test --test it tui_fuzz`.
fn events() -> u64 {
    std::env::var("FLOORWALK_EVENTS").ok().and_then(|n| n.parse().ok()).unwrap_or(20_000)
}

#[test]
fn keys_resizes_and_pastes_by_chance_never_panic_in_any_keymap() {
    let maps = [Shipped::Default, Shipped::Vim, Shipped::Emacs];
    for (seed, map) in (0x5eed_f100..).zip(maps) {
        by_chance(seed, map, events() / 3);
    }
}

fn by_chance(seed: u64, map: Shipped, events: u64) {
    let mut dice = Dice(seed);
    let options = Options { tour: true, mouse: true, ..Options::default() };
    let mut screen = Screen::with(snapshot(), options, 80, 24);
    screen.turns.state.keymap = std::sync::Arc::new(map.keymap().0);
    for _ in 0..events {
        if dice.roll(40) == 0 {
            let (columns, rows) = (dice.roll(251) as u16, dice.roll(71) as u16);
            screen.resize(columns, rows);
        }
        let msg = message(&mut dice);
        screen.script_push(msg);
        // Sometimes several keys wait when the loop comes around.
        if dice.roll(3) == 0 {
            screen.settle();
        }
        if dice.roll(50) == 0 {
            screen.pass(std::time::Duration::from_secs(dice.roll(20)));
        }
        screen.exit = None;
    }
    assert!(screen.turns.frames > events / 5, "{} frames", screen.turns.frames);
}

#[test]
fn every_screen_at_every_size() {
    let visits = ["", "/ x", "enter", "3", "3 h", "c", "? G", ":", "O", "tab", "2", "2 x", "2 s", "2 n n n n n n n"];
    for keys in visits {
        let mut screen = Screen::with(busy(), Options::default(), 80, 24);
        screen.keys(keys).told(Event::Failed(UserError::refused("no", "try again")));
        for columns in (0..30).chain((30..=250).step_by(11)) {
            for rows in (0..14).chain((14..=70).step_by(9)) {
                screen.resize(columns, rows);
            }
        }
    }
}

#[test]
fn a_small_window_says_so() {
    for (columns, rows) in [(19, 5), (20, 4), (60, 1)] {
        Screen::new(columns, rows).shows("too small");
    }
    Screen::new(20, 5).lacks("too small");
}

/// Hostile titles, bodies and logins leave every cell that is not theirs as it is with a plain title.
#[test]
fn hostile_text_stays_in_its_place() {
    let Some(files) = crate::hostile::corpus::corpus("text") else { return };
    let mut tried = 0;
    for (name, bytes) in files {
        let raw = String::from_utf8_lossy(&bytes).into_owned();
        let title: String = raw.chars().take(1_000).collect();
        for (columns, rows) in [(80, 24), (120, 40), (41, 12)] {
            check(&title, &raw, columns, rows, &name);
        }
        tried += 1;
    }
    assert!(tried > 30, "{tried}");
}

fn check(title: &str, body: &str, columns: u16, rows: u16, name: &str) {
    let show = |title: &str| {
        let mut all = everything();
        all.tasks[1].title = title.into();
        // The cursor stays on the first row: the preview shows another task.
        Screen::with(build(all), Options::default(), columns, rows)
    };
    let (plain, hostile) = (show("PLAIN"), show(title));
    let (plain, hostile) = (plain.turns.terminal.backend().buffer(), hostile.turns.terminal.backend().buffer());
    let row = (0..rows)
        .find(|y| (0..columns).map(|x| plain[(x, *y)].symbol()).collect::<String>().contains("PLAIN"))
        .unwrap();
    let header: Vec<&str> = (0..columns).map(|x| plain[(x, 2)].symbol()).collect();
    let place = |name: &str| header.windows(name.len()).position(|w| w.concat() == name);
    let key_at = place("task").or(place("quiet")).expect("a column after the title") as u16;
    for y in 0..rows {
        for x in 0..columns {
            if y != row || x < 8 || x >= key_at {
                let mut cell = hostile[(x, y)].clone();
                if y == row {
                    // Behind joined pictures the same cells are drawn with each frame.
                    cell.diff_option = plain[(x, y)].diff_option;
                }
                assert_eq!(plain[(x, y)], cell, "{name}: {columns}x{rows} at {x},{y}");
            }
            clean(hostile[(x, y)].symbol(), name);
        }
    }
    // In full: title, body, comment author and comment, in dialog and outbox as well.
    let mut screen = show(title);
    let mut full = detail(key("search/cli", 98), body);
    full.task.title = title.into();
    full.comments[0].body = body.into();
    full.comments[0].author.as_mut().unwrap().login = floorwalk::domain::person::Login::new(title);
    screen.go_to(&key("search/cli", 98)).keys("enter").told(Event::Detail(Box::new(full)));
    for keys in ["g", "G", "c", "esc esc O", "2", "x", "esc n n n n n n n"] {
        screen.keys(keys);
        for cell in screen.turns.terminal.backend().buffer().content() {
            clean(cell.symbol(), name);
        }
    }
}

fn clean(symbol: &str, name: &str) {
    assert!(!symbol.chars().any(char::is_control), "{name}: {symbol:?}");
    // Whatever acts on the order of text is on the screen only where the sink let it through.
    let bidi = |c: char| matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}');
    if symbol.chars().any(bidi) {
        assert_eq!(safe_line(symbol), symbol, "{name}");
    }
}
