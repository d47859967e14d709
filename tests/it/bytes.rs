//! What a terminal sends, however it is cut: keys, mouse, pastes, and pastes that never end.

use crossterm::event::{
    Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers as With, MouseButton, MouseEvent, MouseEventKind,
};
use floorwalk::tui::bytes::{AT_ONCE, Decoder, MOST_PASTED, STALLED};
use proptest::prelude::*;

fn key(code: KeyCode, modifiers: With) -> Event {
    Event::Key(KeyEvent::new(code, modifiers))
}

fn char(c: char) -> Event {
    key(KeyCode::Char(c), With::NONE)
}

fn paste(text: &str) -> Event {
    Event::Paste(text.into())
}

/// All that comes of these readings, when a pause follows the last one.
fn read(readings: &[&[u8]]) -> Vec<Event> {
    let mut decoder = Decoder::default();
    let mut events: Vec<Event> = readings.iter().flat_map(|bytes| decoder.take(bytes)).collect();
    events.extend(decoder.paused());
    events
}

#[test]
fn keys_are_what_terminals_send_for_them() {
    let (none, shift, alt, ctrl) = (With::NONE, With::SHIFT, With::ALT, With::CONTROL);
    for (bytes, code, modifiers) in [
        ("a", KeyCode::Char('a'), none),
        ("Q", KeyCode::Char('Q'), shift),
        ("é", KeyCode::Char('é'), none),
        ("日", KeyCode::Char('日'), none),
        ("👍", KeyCode::Char('👍'), none),
        ("\r", KeyCode::Enter, none),
        ("\t", KeyCode::Tab, none),
        ("\x7f", KeyCode::Backspace, none),
        ("\x1b", KeyCode::Esc, none),
        ("\0", KeyCode::Char(' '), ctrl),
        ("\x01", KeyCode::Char('a'), ctrl),
        ("\n", KeyCode::Char('j'), ctrl),
        ("\x1a", KeyCode::Char('z'), ctrl),
        ("\x1c", KeyCode::Char('4'), ctrl),
        ("\x1f", KeyCode::Char('7'), ctrl),
        ("\x1bc", KeyCode::Char('c'), alt),
        ("\x1bé", KeyCode::Char('é'), alt),
        ("\x1bH", KeyCode::Char('H'), alt | shift),
        ("\x1b\r", KeyCode::Enter, alt),
        ("\x1b\x14", KeyCode::Char('t'), alt | ctrl),
        ("\x1b]", KeyCode::Char(']'), alt),
        ("\x1b[A", KeyCode::Up, none),
        ("\x1bOA", KeyCode::Up, none),
        ("\x1b[1;5D", KeyCode::Left, ctrl),
        ("\x1b[1;2C", KeyCode::Right, shift),
        ("\x1b[H", KeyCode::Home, none),
        ("\x1bOF", KeyCode::End, none),
        ("\x1b[Z", KeyCode::BackTab, shift),
        ("\x1b[2~", KeyCode::Insert, none),
        ("\x1b[3;2~", KeyCode::Delete, shift),
        ("\x1b[5~", KeyCode::PageUp, none),
        ("\x1b[6;3~", KeyCode::PageDown, alt),
        ("\x1b[7~", KeyCode::Home, none),
        ("\x1bOP", KeyCode::F(1), none),
        ("\x1b[P", KeyCode::F(1), none),
        ("\x1b[[E", KeyCode::F(5), none),
        ("\x1b[15~", KeyCode::F(5), none),
        ("\x1b[17~", KeyCode::F(6), none),
        ("\x1b[24~", KeyCode::F(12), none),
        ("\x1b[1;6S", KeyCode::F(4), ctrl | shift),
        ("\x1b[97u", KeyCode::Char('a'), none),
        ("\x1b[97;5u", KeyCode::Char('a'), ctrl),
        ("\x1b[57:40;4u", KeyCode::Char('('), alt),
        ("\x1b[9;2u", KeyCode::BackTab, shift),
        ("\x1b[13u", KeyCode::Enter, none),
        ("\x1b[27u", KeyCode::Esc, none),
    ] {
        assert_eq!(read(&[bytes.as_bytes()]), [key(code, modifiers)], "{bytes:?}");
    }
    let released = KeyEvent::new_with_kind(KeyCode::Char('a'), none, KeyEventKind::Release);
    assert_eq!(read(&[b"\x1b[97;1:3u"]), [Event::Key(released)]);
    assert_eq!(read(&[b"\x1b\x1b[A"]), [key(KeyCode::Esc, none), key(KeyCode::Up, none)]);
    assert_eq!(read(&[b"jk\x1b[Bq"]), [char('j'), char('k'), key(KeyCode::Down, none), char('q')]);
}

#[test]
fn the_mouse_is_read_in_both_of_its_forms() {
    let at = |kind, column, row, modifiers| Event::Mouse(MouseEvent { kind, column, row, modifiers });
    let left = MouseEventKind::Down(MouseButton::Left);
    assert_eq!(read(&[b"\x1b[<0;20;10M"]), [at(left, 19, 9, With::NONE)]);
    assert_eq!(read(&[b"\x1b[<0;20;10m"]), [at(MouseEventKind::Up(MouseButton::Left), 19, 9, With::NONE)]);
    assert_eq!(read(&[b"\x1b[<64;300;1M"]), [at(MouseEventKind::ScrollUp, 299, 0, With::NONE)]);
    assert_eq!(read(&[b"\x1b[<81;1;1M"]), [at(MouseEventKind::ScrollDown, 0, 0, With::CONTROL)]);
    // Places count from one; a terminal that says zero takes nothing down.
    assert_eq!(read(&[b"\x1b[<0;0;0M"]), [at(left, 0, 0, With::NONE)]);
    assert_eq!(read(&[b"\x1b[M !!q"]), [at(left, 0, 0, With::NONE), char('q')]);
    assert_eq!(read(&[b"\x1b[M ", b"\xff\x00q"]), [at(left, 222, 0, With::NONE), char('q')]);
}

#[test]
fn what_a_terminal_says_of_itself_is_no_key() {
    for bytes in ["\x1b[?62;4c", "\x1b[12;40R", "\x1b[?2026;2$y", "\x1b[?1u", "\x1b[>1;10;0c", "\x1b[201~", "\x1b[0n"] {
        assert_eq!(read(&[bytes.as_bytes()]), [], "{bytes:?}");
        assert_eq!(read(&[bytes.as_bytes(), b"j"]), [char('j')], "{bytes:?}");
    }
    assert_eq!(read(&[b"\x1b[I\x1b[O"]), [Event::FocusGained, Event::FocusLost]);
    // Broken off by something else, too long, or no text at all: the next key is a key.
    for bytes in [&b"\x1b[1;\x07"[..], b"\xff\xfe", b"\xc3", b"\xf0\x9f", b"\x1bO\xff", b"\x1b[[z"] {
        assert_eq!(read(&[bytes, b"j"]).last(), Some(&char('j')), "{bytes:?}");
    }
    let long = format!("\x1b[{}", "1;".repeat(100));
    assert_eq!(read(&[long.as_bytes(), b"\r"]).last(), Some(&key(KeyCode::Enter, With::NONE)));
    assert_eq!(read(&[b"\x1b[3;-1;-1t", b"j"]), [char('j')], "a window that is partly outside");
    // Its own end is no key, and one that never comes is not waited for.
    assert_eq!(read(&[format!("{long}n").as_bytes(), b"j"]), [char('j')]);
    assert_eq!(read(&[long.as_bytes(), b"1;1 ", b"nj"]), [char('j')]);
    let mut decoder = Decoder::default();
    assert_eq!((decoder.take(long.as_bytes()), decoder.waits()), (vec![], Some(STALLED)));
    assert_eq!((decoder.paused(), decoder.take(b"nj")), (vec![], vec![char('n'), char('j')]));
}

#[test]
fn a_paste_is_text_whatever_is_in_it() {
    let inside = "c\r\x1b[A\x1b[200~q\x03 日本";
    let whole = format!("j\x1b[200~{inside}\x1b[201~k");
    assert_eq!(read(&[whole.as_bytes()]), [char('j'), paste(inside), char('k')]);
    // Cut anywhere, also within the marks and within a character.
    for at in 0..=whole.len() {
        let (head, tail) = whole.as_bytes().split_at(at);
        assert_eq!(read(&[head, tail]), [char('j'), paste(inside), char('k')], "cut at {at}");
    }
    let single: Vec<&[u8]> = whole.as_bytes().chunks(1).collect();
    assert_eq!(read(&single), [char('j'), paste(inside), char('k')]);
    assert_eq!(read(&[b"\x1b[200~\x1b[201~"]), [], "nothing was pasted");
}

#[test]
fn a_paste_that_stands_still_is_over_and_its_rest_is_no_row_of_keys() {
    let mut decoder = Decoder::default();
    assert_eq!(decoder.take(b"\x1b[200~rm -rf"), []);
    assert_eq!(decoder.waits(), Some(STALLED));
    assert_eq!(decoder.paused(), [paste("rm -rf")]);
    assert_eq!(decoder.waits(), None, "nothing is waited for");
    // More of it, late: text, although it looks like keys.
    assert_eq!(decoder.take(b"cq\r"), []);
    assert_eq!(decoder.waits(), Some(AT_ONCE));
    assert_eq!(decoder.paused(), [paste("cq\r")]);
    // And its end, still later.
    assert_eq!(decoder.take(b"cq\x1b[201~j"), [paste("cq"), char('j')]);
    assert_eq!(decoder.take(b"cq"), [char('c'), char('q')], "the paste is over");
    // An end that never comes: the first key that comes alone is a key, and so are all after it.
    assert_eq!((decoder.take(b"\x1b[200~x"), decoder.paused()), (vec![], vec![paste("x")]));
    assert_eq!(decoder.take(b"\x1b[A"), []);
    assert_eq!(decoder.paused(), [key(KeyCode::Up, With::NONE)]);
    assert_eq!(decoder.take(b"cq"), [char('c'), char('q')]);
    // What means nothing ends nothing.
    assert_eq!((decoder.take(b"\x1b[200~x"), decoder.paused()), (vec![], vec![paste("x")]));
    assert_eq!((decoder.take(b"\x1b[12;40R"), decoder.paused()), (vec![], vec![]));
    assert_eq!((decoder.take(b"cq"), decoder.paused()), (vec![], vec![paste("cq")]));
}

#[test]
fn a_paste_without_end_is_kept_up_to_a_bound() {
    let mut decoder = Decoder::default();
    decoder.take(b"\x1b[200~");
    let megabyte = vec![b'x'; 1 << 20];
    for _ in 0..20 {
        assert_eq!(decoder.take(&megabyte), []);
    }
    let events = decoder.take(b"\x1b[201~q");
    let [Event::Paste(text), Event::Key(_)] = events.as_slice() else { panic!("{} events", events.len()) };
    assert_eq!(text.len(), MOST_PASTED);
}

/// Bytes as terminals send them, and as nobody does.
fn bytes() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        3 => "[ -~]{1,6}".prop_map(String::into_bytes),
        1 => "\\PC{1,3}".prop_map(String::into_bytes),
        3 => prop::sample::select(vec![
            "\x1b[A", "\x1bOP", "\x1b[1;5D", "\x1b[3~", "\x1b", "\x1b[", "\x1b[200~", "\x1b[201~", "\x1b[<0;3;4M", "\x1b[M",
            "\x1b]11;rgb:1/2/3\x07", "\r", "\x1b[97;5u", "\x1b[?1;2c",
        ]).prop_map(|piece| piece.as_bytes().to_vec()),
        1 => "\x1b\\[[0-9;]{0,90}[ !-]{0,20}[0-9;]{0,3}[a-z]?".prop_map(String::into_bytes),
        1 => prop::collection::vec(any::<u8>(), 1..5),
    ];
    prop::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn how_bytes_are_cut_changes_nothing(bytes in bytes(), cuts in prop::collection::vec(0_usize..80, 0..6)) {
        let mut cuts: Vec<usize> = cuts.into_iter().map(|at| at.min(bytes.len())).chain([0, bytes.len()]).collect();
        cuts.sort_unstable();
        let pieces: Vec<&[u8]> = cuts.windows(2).map(|pair| &bytes[pair[0]..pair[1]]).collect();
        prop_assert_eq!(read(&pieces), read(&[&bytes]));
    }

    #[test]
    fn nothing_that_was_begun_outlives_two_pauses(bytes in bytes()) {
        let mut decoder = Decoder::default();
        decoder.take(&bytes);
        decoder.paused();
        decoder.paused();
        prop_assert_eq!(decoder.waits(), None);
        // From then on one key is one key, whatever came before.
        let mut events = decoder.take(b"j");
        events.extend(decoder.paused());
        prop_assert_eq!(events, [char('j')]);
    }

    #[test]
    fn what_is_pasted_never_is_a_key(text in "[^\x1b]{1,40}", typed in "[a-z]{0,5}") {
        let all = format!("{typed}\x1b[200~{text}\x1b[201~");
        let keys: Vec<Event> = typed.chars().map(char).chain([paste(&text)]).collect();
        prop_assert_eq!(read(&[all.as_bytes()]), keys);
    }
}
