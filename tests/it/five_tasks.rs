//! Five tasks as somebody new does them: the real program on the demo organisation, ten keys at most from the start screen,
//! and no key that the screen does not show at that moment.

use std::time::Duration;

use crate::pty::Terminal;

/// Keys that one task may take.
const MOST: usize = 10;

/// So long nothing may move before the next key.
const STILL: Duration = Duration::from_millis(80);

/// Somebody who knows nothing but what is on the screen.
struct Newcomer {
    screen: Terminal,
    pressed: usize,
}

impl Newcomer {
    /// Back on the start screen, which costs nothing.
    fn starts(&mut self) -> &mut Self {
        for key in ["\u{1b}", "1", "\u{1b}", "\u{1b}"] {
            self.screen.press(key);
            // What follows an escape at once is a key with alt.
            self.screen.settles_for(STILL);
        }
        self.screen.shows("[1 Discover]").shows("press / to search");
        self.screen.press("g");
        self.screen.settles_for(STILL);
        self.pressed = 0;
        self
    }

    /// Presses a key that the screen shows beside the word for what it does.
    fn press(&mut self, key: &str, word: &str) -> &mut Self {
        let shown = format!("{key} {word}");
        let is_edge = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric());
        self.screen.until(&format!("'{shown}' says what the key does"), |text| {
            text.match_indices(&shown).any(|(at, found)| {
                let (before, after) = text.split_at(at);
                is_edge(before.chars().next_back()) && is_edge(after.chars().nth(found.chars().count()))
            })
        });
        self.send(key)
    }

    /// The same where two keys stand before the word: `left right choose`.
    fn press_one_of(&mut self, key: &str, shown: &str) -> &mut Self {
        assert!(shown.split(' ').any(|word| word == key));
        self.screen.shows(shown);
        self.send(key)
    }

    fn send(&mut self, key: &str) -> &mut Self {
        self.screen.press(match key {
            "enter" => "\r",
            "tab" => "\t",
            "left" => "\u{1b}[D",
            letter => letter,
        });
        self.pressed += 1;
        self.screen.settles_for(STILL);
        self
    }

    /// Types where the terminal shows its cursor; every letter is a key.
    fn types(&mut self, text: &str) -> &mut Self {
        assert!(
            !self.screen.with_screen(vt100::Screen::hide_cursor),
            "nothing can be typed here:\n{}",
            self.screen.text()
        );
        self.screen.press(text);
        self.screen.settles_for(STILL);
        self.pressed += text.chars().count();
        self
    }

    /// Writes something for others to read, as long as it has to be.
    fn writes(&mut self, text: &str) -> &mut Self {
        let before = self.pressed;
        self.types(text);
        self.pressed = before;
        self
    }

    fn sees(&mut self, text: &str) -> &mut Self {
        self.screen.shows(text);
        self
    }

    /// The task is done, within its keys.
    fn is_done(&self, task: &str) {
        assert!(self.pressed <= MOST, "{task} took {} keys:\n{}", self.pressed, self.screen.text());
    }
}

#[test]
fn five_tasks_take_ten_keys_at_most_and_none_that_is_not_on_the_screen() {
    // The narrowest window that is usual: a wider one shows more keys.
    let screen = Terminal::open(&["demo"], 80, 24);
    screen.shows("fresh").lacks("syncing");
    let mut newcomer = Newcomer { screen, pressed: 0 };

    newcomer.starts().press("/", "query").types("do").press("tab", "takes it").types(" py").press("tab", "takes it");
    newcomer.press("enter", "ok").sees("/ signal:docs language:Python").sees("eta-model");
    newcomer.is_done("finding a docs task in Python");

    newcomer.starts().press("c", "claim").press("tab", "next field");
    for _ in 0..3 {
        newcomer.press_one_of("left", "left right choose");
    }
    newcomer.sees("until 2026-11-25, 3 working days").press("enter", "claim").sees("is yours until 2026-11-25");
    newcomer.is_done("claiming it for three days");

    newcomer.starts().press("w", "why").sees("limbo").sees("› Why");
    newcomer.is_done("seeing why it has its score");

    newcomer.starts().press("3", "Mine").press("j", "down").press("h", "hand back");
    newcomer.writes("the outline is in a draft").press("enter", "hand back").sees("is handed back and free again");
    newcomer.is_done("handing it back with a note");

    newcomer.starts().press("4", "Floor").sees("▸Insights");
    newcomer.is_done("seeing who helps the own team");
}
