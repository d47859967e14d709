//! The two dialogs of this house: claiming and handing back. Each shows everything it is about to do and does
//! exactly that on Enter; the rules themselves are decided below, once more, when the wish arrives.

use ratatui::layout::Rect;

use super::{
    super::{
        paint::{Piece, TextLine, safe, to_u16, width, wrap, wrap_text},
        room::Overlay,
        screen,
        state::{Out, State},
        theme::Ink,
    },
    boxed::{Content, inner_columns},
    field::Field,
};
use crate::{
    app::Command,
    domain::{key::TaskKey, marker::ReleaseReason, size::Size, time::add_working_days},
    judge::free::Free,
    keymap::{Action, Chord},
};

const SIZES: [Option<Size>; 5] = [None, Some(Size::XS), Some(Size::S), Some(Size::M), Some(Size::L)];
const REASONS: [(ReleaseReason, &str); 4] = [
    (ReleaseReason::NoTime, "no time"),
    (ReleaseReason::Blocked, "blocked"),
    (ReleaseReason::Moved, "moved to other work"),
    (ReleaseReason::Done, "done"),
];

/// Claiming one or several tasks.
#[derive(Clone, Debug)]
pub struct ClaimDialog {
    keys: Vec<TaskKey>,
    /// Why some of the chosen tasks are not among `keys`.
    left_out: Vec<String>,
    /// People assigned by hand, with their task.
    beside: Vec<String>,
    size: usize,
    plan: Field,
    on_plan: bool,
}

/// Handing a task back.
#[derive(Clone, Debug)]
pub struct HandBackDialog {
    key: TaskKey,
    reason: usize,
    note: Field,
    on_reason: bool,
}

/// Opens the claim dialog for the tasks that can be claimed; says why where none can.
pub fn open_claim(state: &mut State, keys: Vec<TaskKey>) {
    let (mut takable, mut left_out, mut beside) = (Vec::new(), Vec::new(), Vec::new());
    for key in keys {
        let Some(row) = state.snapshot.get(&key) else { continue };
        let shown = state.shown_key(&key);
        match &row.free {
            Free::Yes => takable.push(key),
            Free::Assigned { to } => {
                let names: Vec<_> = to.iter().map(|l| format!("@{}", l.0.line())).collect();
                beside.push(format!("{shown} is assigned by hand to {}", names.join(", ")));
                takable.push(key);
            }
            Free::Held { mine: true, until, .. } => left_out.push(format!("{shown} is yours already, until {until}")),
            Free::Held { by, until, .. } => {
                left_out.push(format!("{shown} is claimed by @{} until {until}", by.0.line()))
            }
            Free::Closed { why } => left_out.push(format!("{shown} cannot be claimed: {why}")),
        }
    }
    if takable.is_empty() {
        if let Some(why) = left_out.into_iter().next() {
            screen::refuse(state, why, "");
        }
        return;
    }
    let plan = Field::default();
    let claim = ClaimDialog { keys: takable, left_out, beside, size: 0, plan, on_plan: false };
    state.overlay = Some(Overlay::Claim(claim));
}

/// Opens the hand-back dialog for a task of mine; says why where it is not.
pub fn open_hand_back(state: &mut State, key: TaskKey) {
    let mine = state.snapshot.commitments.iter().any(|c| c.mine && c.state.is_live() && c.key == key);
    if !mine {
        let sentence = format!("{} is not yours: there is nothing to hand back", state.shown_key(&key));
        return screen::refuse(state, sentence, "Mine lists what you have claimed");
    }
    let note = Field::of_lines(state.drafts.get(&key).map(String::as_str).unwrap_or_default());
    state.overlay = Some(Overlay::HandBack(HandBackDialog { key, reason: 0, note, on_reason: false }));
}

/// Actions while a dialog is open.
pub fn act(state: &mut State, action: Action) -> Vec<Out> {
    match &mut state.overlay {
        Some(Overlay::Claim(claim)) => match action {
            Action::Accept => {
                let command = claim.command();
                state.overlay = None;
                state.discover.marks.clear();
                return vec![Out::Command(command)];
            }
            Action::Back => state.overlay = None,
            _ => claim.act(action),
        },
        Some(Overlay::HandBack(hand_back)) => match action {
            Action::Accept | Action::Back => {
                let command = hand_back.command();
                let draft = (hand_back.key.clone(), hand_back.note.text().to_owned());
                // Kept until the claim is over: when the wish is refused, what was written is still here.
                state.drafts.insert(draft.0, draft.1);
                state.overlay = None;
                return if action == Action::Accept { vec![Out::Command(command)] } else { Vec::new() };
            }
            _ => hand_back.act(action),
        },
        _ => {}
    }
    Vec::new()
}

fn turn(at: usize, len: usize, forward: bool) -> usize {
    if forward { (at + 1) % len } else { (at + len - 1) % len }
}

/// A row of choices; the chosen one stands in brackets. Where they do not all fit, only the chosen one is shown.
fn choices(label: &str, words: &[&str], chosen: usize, focus: bool, columns: usize) -> TextLine {
    let mut pieces = vec![label_piece(label, focus)];
    let all: usize = words.iter().map(|w| width(w) + 2).sum();
    for (i, word) in words.iter().enumerate() {
        if LABEL + all > columns {
            if i == chosen {
                pieces.push(Piece { text: format!("[{word}]"), ink: Ink::Strong });
                pieces.push(Piece { text: format!(" {} of {}", i + 1, words.len()), ink: Ink::Dim });
            }
            continue;
        }
        let (text, ink) =
            if i == chosen { (format!("[{word}]"), Ink::Strong) } else { (format!(" {word} "), Ink::Plain) };
        pieces.push(Piece { text, ink });
    }
    TextLine(pieces)
}

fn label_piece(label: &str, focus: bool) -> Piece {
    Piece {
        text: format!("{} {label:<8}", if focus { "▸" } else { " " }),
        ink: if focus { Ink::Accent } else { Ink::Dim },
    }
}

const LABEL: usize = 10;

/// What goes in front of rows that belong to the field above; nothing where columns are precious.
fn margin(columns: usize) -> String {
    " ".repeat(if columns < 30 { 0 } else { LABEL })
}

/// Rows of a text field behind its label, and where its cursor is among them.
fn field_lines(label: &str, field: &Field, focus: bool, columns: usize) -> (Vec<TextLine>, (usize, u16)) {
    let room = columns.saturating_sub(LABEL + 1).max(4);
    let mut lines = Vec::new();
    let mut cursor = (0, 0);
    let mut passed = 0;
    for (i, row) in field.text().split('\n').enumerate() {
        // Rows longer than the box show the part with the cursor.
        let before = field.before().get(passed..).unwrap_or_default();
        let here = field.before().len() >= passed && before.len() <= row.len();
        let before = if here { width(&safe(before)) } else { 0 };
        let hidden = before.saturating_sub(room - 1);
        let text = safe(row);
        let head = super::super::paint::cut(&text, hidden).len();
        let text = super::super::paint::cut(text.get(head..).unwrap_or_default(), room).to_owned();
        if here {
            cursor = (i, to_u16(LABEL + before - hidden));
        }
        let label = if i == 0 { label_piece(label, focus) } else { label_piece("", false) };
        lines.push(TextLine(vec![label, Piece { text, ink: Ink::Plain }]));
        passed += row.len() + 1;
    }
    (lines, cursor)
}

impl ClaimDialog {
    fn size(&self) -> Option<Size> {
        SIZES.get(self.size).copied().flatten()
    }

    fn command(&self) -> Command {
        Command::Claim {
            keys: self.keys.clone(),
            until: None,
            size: self.size(),
            plan: self.plan.text().trim().to_owned(),
            alongside: !self.beside.is_empty(),
            ask: false,
        }
    }

    fn act(&mut self, action: Action) {
        match action {
            Action::NextField | Action::PreviousField | Action::MoveDown | Action::MoveUp => {
                self.on_plan = !self.on_plan
            }
            Action::ChoiceNext if !self.on_plan => self.size = turn(self.size, SIZES.len(), true),
            Action::ChoicePrevious if !self.on_plan => self.size = turn(self.size, SIZES.len(), false),
            Action::ChoiceNext | Action::ChoicePrevious => sideways(&mut self.plan, action),
            Action::ClearField => self.plan.set(""),
            _ => {}
        }
    }

    /// A key that is no action: text for the plan, or the first letter of a size.
    pub fn typed(&mut self, chord: Chord) {
        if self.on_plan {
            self.plan.key(chord);
        } else if let Some(c) = chord.typed() {
            let wanted = SIZES.iter().position(|s| s.is_some_and(|s| s.word().starts_with(c.to_ascii_uppercase())));
            self.size = wanted.unwrap_or(self.size);
        }
    }

    /// Pasted text.
    pub fn paste(&mut self, text: &str) {
        self.on_plan = true;
        self.plan.insert(text);
    }

    /// The rows of the box.
    pub fn content(&self, state: &State, area: Rect) -> Content {
        let columns = inner_columns(area);
        let mut lines = Vec::new();
        for key in self.keys.iter().take(5) {
            let title = state.snapshot.get(key).map(|row| row.task.title.line().into_owned()).unwrap_or_default();
            lines.extend(wrap_text(&title, Ink::Strong, columns).into_iter().take(2));
            let host = format!("{} · hosted by {}", state.shown_key(key), key.project.path());
            lines.extend(wrap_text(&host, Ink::Dim, columns));
        }
        if self.keys.len() > 5 {
            lines.push(TextLine::of(Ink::Dim, format!("and {} more", self.keys.len() - 5)));
        }
        for warning in &self.beside {
            let text = format!("Note: {warning}. Enter claims beside them.");
            lines.extend(wrap_text(&text, Ink::Warning, columns));
        }
        for why in &self.left_out {
            lines.extend(wrap_text(&format!("Left out: {why}."), Ink::Warning, columns));
        }
        lines.push(TextLine::blank());
        let words: Vec<&str> = SIZES.iter().map(|s| s.map_or("any", Size::word)).collect();
        lines.push(choices("size", &words, self.size, !self.on_plan, columns));
        let days = Size::lease_wd(self.size());
        let until = add_working_days(state.now.date(), days);
        let lease = [Piece { text: format!("until {until}, {days} working days"), ink: Ink::Plain }];
        let margin = margin(columns);
        lines.extend(wrap(&lease, columns, &margin, &margin));
        let at = lines.len();
        let (rows, (row, column)) = field_lines("plan", &self.plan, self.on_plan, columns);
        lines.extend(rows);
        if self.plan.text().is_empty() && !self.on_plan {
            lines.pop();
            let hint = Piece { text: "one line for the host, if you like".into(), ink: Ink::Dim };
            lines.push(TextLine(vec![label_piece("plan", false), hint]));
        }
        let many = self.keys.len();
        let title = if many == 1 { "Claim".into() } else { format!("Claim {many} tasks") };
        Content { title, lines, cursor: self.on_plan.then_some((at + row, column)) }
    }
}

fn sideways(field: &mut Field, action: Action) {
    let key = if action == Action::ChoiceNext { crate::keymap::Key::Right } else { crate::keymap::Key::Left };
    field.key(Chord::plain(key));
}

impl HandBackDialog {
    fn command(&self) -> Command {
        let reason = REASONS.get(self.reason).map(|(reason, _)| *reason).unwrap_or_default();
        Command::Release { key: self.key.clone(), note: self.note.text().trim().to_owned(), reason }
    }

    fn act(&mut self, action: Action) {
        match action {
            Action::NextField | Action::PreviousField | Action::MoveDown | Action::MoveUp => {
                self.on_reason = !self.on_reason
            }
            Action::ChoiceNext if self.on_reason => self.reason = turn(self.reason, REASONS.len(), true),
            Action::ChoicePrevious if self.on_reason => self.reason = turn(self.reason, REASONS.len(), false),
            Action::ChoiceNext | Action::ChoicePrevious => sideways(&mut self.note, action),
            Action::NewLine => {
                self.on_reason = false;
                self.note.insert("\n");
            }
            Action::ClearField => self.note.set(""),
            _ => {}
        }
    }

    /// A key that is no action.
    pub fn typed(&mut self, chord: Chord) {
        if !self.on_reason {
            self.note.key(chord);
        }
    }

    /// Pasted text; line breaks are kept.
    pub fn paste(&mut self, text: &str) {
        self.on_reason = false;
        self.note.insert(text);
    }

    /// The rows of the box.
    pub fn content(&self, state: &State, area: Rect) -> Content {
        let columns = inner_columns(area);
        let title = state.snapshot.get(&self.key).map(|row| row.task.title.line().into_owned()).unwrap_or_default();
        let mut lines: Vec<_> = wrap_text(&title, Ink::Strong, columns).into_iter().take(2).collect();
        lines.extend(wrap_text(&state.shown_key(&self.key), Ink::Dim, columns));
        lines.push(TextLine::blank());
        let at = lines.len();
        let (rows, (row, column)) = field_lines("note", &self.note, !self.on_reason, columns);
        lines.extend(rows);
        if self.note.text().is_empty() {
            let hint = "what you found, what is left, where your branch is";
            let margin = margin(columns);
            lines.extend(wrap(&[Piece { text: hint.into(), ink: Ink::Dim }], columns, &margin, &margin));
        }
        let words = REASONS.map(|(_, word)| word);
        lines.push(choices("reason", &words, self.reason, self.on_reason, columns));
        Content { title: "Hand back".into(), lines, cursor: (!self.on_reason).then_some((at + row, column)) }
    }
}
