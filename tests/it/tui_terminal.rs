//! Bytes that take and give back a terminal, keys as terminals report them, signals as messages.

use crossterm::event::{Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers};
use floorwalk::{
    app::ExitCode,
    tui::{
        input, signals,
        state::{ExitReason, Msg},
        terminal,
    },
};

fn after(bytes: &[u8]) -> vt100::Parser {
    let mut parser = vt100::Parser::new(24, 80, 0);
    parser.process(bytes);
    parser
}

#[test]
fn what_is_taken_is_given_back() {
    let mut bytes = b"shell$ ".to_vec();
    terminal::take(&mut bytes).unwrap();
    let taken = after(&bytes);
    assert!(taken.screen().alternate_screen() && taken.screen().bracketed_paste() && taken.screen().hide_cursor());
    // Whatever else a frame or a library may have switched on.
    bytes.extend(b"\x1b[?1000h\x1b[?1002h\x1b[?1006h\x1b[1;31mscreen");
    terminal::frame_edge(&mut bytes, true).unwrap();
    terminal::give_back(&mut bytes).unwrap();
    let back = after(&bytes);
    let screen = back.screen();
    assert!(!screen.alternate_screen() && !screen.bracketed_paste() && !screen.hide_cursor());
    assert_eq!(screen.mouse_protocol_mode(), vt100::MouseProtocolMode::None);
    assert_eq!(screen.fgcolor(), vt100::Color::Default);
    assert_eq!(screen.contents().trim_end(), "shell$");
    assert!(!screen.contents().contains("screen"));
    let text = String::from_utf8(bytes.clone()).unwrap();
    assert!(text.rfind("\x1b[?2026l").unwrap() > text.rfind("\x1b[?2026h").unwrap());
}

#[test]
fn the_clipboard_is_written_encoded() {
    for (text, code) in [("", ""), ("a", "YQ=="), ("ab", "YWI="), ("abc", "YWJj"), ("\x1b]x\x07", "G114Bw==")] {
        let mut bytes = Vec::new();
        terminal::clipboard(&mut bytes, text).unwrap();
        assert_eq!(String::from_utf8(bytes).unwrap(), format!("\x1b]52;c;{code}\x07"));
    }
}

#[test]
fn without_a_terminal_the_way_around_is_named() {
    for (stdin, stdout, term) in
        [(false, true, Some("xterm")), (true, false, Some("xterm")), (true, true, Some("dumb")), (true, true, None)]
    {
        let error = terminal::usable(stdin, stdout, term).unwrap_err();
        assert_eq!(error.code, ExitCode::Usage);
        assert!(error.hints[0].contains("floorwalk list"));
    }
    assert_eq!(terminal::usable(true, true, Some("xterm-256color")), Ok(()));
}

#[test]
fn keys_are_read_as_terminals_report_them() {
    let read = |code, modifiers| input::chord(KeyEvent::new(code, modifiers)).map(|c| c.to_string());
    for (code, modifiers, spelling) in [
        (KeyCode::Char('G'), KeyModifiers::SHIFT, "G"),
        (KeyCode::Char('d'), KeyModifiers::CONTROL, "ctrl-d"),
        (KeyCode::Char('D'), KeyModifiers::CONTROL | KeyModifiers::SHIFT, "ctrl-d"),
        (KeyCode::BackTab, KeyModifiers::SHIFT, "shift-tab"),
        (KeyCode::BackTab, KeyModifiers::NONE, "shift-tab"),
        (KeyCode::Enter, KeyModifiers::ALT, "alt-enter"),
        (KeyCode::Char(' '), KeyModifiers::NONE, "space"),
        (KeyCode::F(5), KeyModifiers::NONE, "f5"),
    ] {
        assert_eq!(read(code, modifiers).unwrap(), spelling);
    }
    let mut released = KeyEvent::new(KeyCode::Char('q'), KeyModifiers::NONE);
    released.kind = KeyEventKind::Release;
    assert_eq!(input::chord(released), None);
    assert!(input::message(Event::FocusGained).is_none());
    assert!(matches!(input::message(Event::Resize(3, 4)), Some(Msg::Resize(3, 4))));
}

#[test]
fn signals_mean_what_the_shell_expects() {
    for (signal, code) in [(15, 143), (2, 130), (1, 129)] {
        assert!(matches!(signals::message(signal), Some(Msg::Signal(n)) if n == signal));
        assert_eq!(ExitReason::Signal(signal).code(), code);
    }
    assert!(matches!(signals::message(20), Some(Msg::Suspend)));
    assert!(matches!(signals::message(18), Some(Msg::Resumed)));
    assert!(signals::message(10).is_none());
    assert!(signals::GRACE < std::time::Duration::from_millis(500));
}

#[test]
fn answers_of_the_terminal_are_dropped_and_keys_with_alt_are_not() {
    use crossterm::event::{Event, KeyCode, KeyEvent, KeyModifiers};
    use floorwalk::tui::input::Replies;
    let key = |c: char, modifiers| Event::Key(KeyEvent::new(KeyCode::Char(c), modifiers));
    // What is typed, and how many events come through when the last one is followed by a pause.
    let passed = |events: &[Event]| {
        let mut replies = Replies::default();
        let mut left = |(at, event): (usize, &Event)| !replies.swallow(event, || Ok(at + 1 < events.len())).unwrap();
        events.iter().enumerate().filter_map(|(at, event)| left((at, event)).then_some(at)).collect::<Vec<_>>()
    };
    let (alt, none, ctrl) = (KeyModifiers::ALT, KeyModifiers::NONE, KeyModifiers::CONTROL);
    assert_eq!(passed(&[key(']', alt), key('c', none), key('g', ctrl), key('j', none)]), [3]);
    assert_eq!(passed(&[key('P', alt), key('q', none), key('\\', alt), key('j', none)]), [3]);
    assert_eq!(passed(&[key(']', alt)]), [0], "alone it is a key");
    assert_eq!(passed(&[key(']', alt), key('c', none)]), Vec::<usize>::new(), "an end that never comes is a pause");
    assert_eq!(passed(&[key('x', alt), key('c', none)]), [0, 1]);
    let mut replies = Replies::default();
    let event = key(']', alt);
    assert!(replies.swallow(&event, || Ok(true)).unwrap() && replies.swallow(&key('c', none), || Ok(false)).unwrap());
    assert!(!replies.swallow(&key('c', none), || Ok(false)).unwrap(), "keys after the pause are keys again");
}
