//! All that the screens know, as pure data, and the one door through which it changes: [`update`] takes a message
//! and gives back what is to be done. Reads no clock, touches no terminal, draws nothing.

use std::{collections::BTreeSet, sync::Arc};

use jiff::{SignedDuration, Timestamp};

use super::{
    details::Details,
    dialog,
    hands::{self, Hands},
    layout, mouse, place,
    room::{About, Overlay, Room, Tab},
    screen::{self, detail::Sheet, discover::Discover, floor::FloorRoom, help::Laid, walk::Walk},
    seek::Answer,
    theme::Theme,
    toast::Toast,
    widget::{offer, palette, query, refused, refused::Panel, tour},
};
pub use super::{
    hands::CHORD_WAIT,
    message::{ExitReason, Left, Msg, Options, Out},
};
use crate::{
    app::{Command, Event, UserError},
    config::theme::Rgb,
    domain::{
        commitment::{ClaimId, Commitment},
        key::{ProjectRef, TaskKey},
        time::Now,
    },
    index::Snapshot,
    judge::score::Weights,
    keymap::{Action, Chord, Context, Keymap},
    sync::SyncProgress,
};

/// How long the terminal may take to say which ground it has.
pub const GROUND_WAIT: SignedDuration = SignedDuration::from_secs(1);
/// A place in a list or text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cursor {
    /// Row under the cursor, or first visible row of a text.
    pub at: usize,
    /// First visible row of a list.
    pub top: usize,
}

impl Cursor {
    /// Keeps the cursor inside `len` rows of which `page` are visible.
    pub fn clamp(&mut self, len: usize, page: usize) {
        let page = page.max(1);
        self.at = self.at.min(len.saturating_sub(1));
        self.top = self.top.min(len.saturating_sub(page)).min(self.at).max((self.at + 1).saturating_sub(page));
    }
}

/// All that the screens know.
#[derive(Clone, Debug)]
pub struct State {
    /// Moment of the last message.
    pub now: Now,
    /// Columns and rows of the window.
    pub size: (u16, u16),
    /// The facts.
    pub snapshot: Arc<Snapshot>,
    /// Newer facts, shown as soon as they are searched.
    coming: Option<Arc<Snapshot>>,
    /// The keys.
    pub keymap: Arc<Keymap>,
    /// The styles.
    pub theme: Theme,
    /// Where the last click was and when, for the second one.
    pub clicked: Option<((u16, u16), Timestamp)>,
    /// Until when the terminal may say which ground it has; `None` once it did.
    pub ground_until: Option<Timestamp>,
    /// Behaviour.
    pub options: Options,
    /// The tab below everything.
    pub tab: Tab,
    /// One task is shown and nothing else, while one is open in full.
    pub focus: bool,
    /// Rooms opened on top of the tab.
    pub rooms: Vec<Room>,
    /// What lies over the room and takes the keys.
    pub overlay: Option<Overlay>,
    /// The Discover screen.
    pub discover: Discover,
    /// The Walk screen.
    pub walk: Walk,
    /// Cursor of Mine.
    pub mine: Cursor,
    /// The Floor screen.
    pub floor: FloorRoom,
    /// Cursor of the outbox.
    pub outbox: Cursor,
    /// Descriptions.
    pub details: Details,
    /// The laid-out task of preview or detail screen.
    pub sheet: Sheet,
    /// The laid-out topic of the help.
    pub explained: Option<Laid>,
    /// Short messages.
    pub toasts: Vec<Toast>,
    /// Keys of a begun sequence.
    pub pending: Vec<Chord>,
    /// When a box says what can follow; `None` while it does.
    pub pending_until: Option<Timestamp>,
    /// What the hands did up to now.
    pub hands: Hands,
    /// A running sync.
    pub progress: Option<SyncProgress>,
    /// What was written into dialogs: nothing typed is lost.
    pub drafts: Vec<dialog::Draft>,
    /// Weights that were changed here; they hold for every snapshot that comes.
    pub weights: Option<Weights>,
    /// Counts snapshots, so that laid-out text knows when it is out of date.
    pub facts: u64,
    /// True when keys need their tracker in front.
    pub many_trackers: bool,
}

impl State {
    /// The first state, with everything that one frame needs.
    pub fn new(first: Arc<Snapshot>, keymap: Arc<Keymap>, options: Options, now: Now, size: (u16, u16)) -> Self {
        let mut state = Self {
            now,
            size,
            keymap,
            theme: options.skin.theme(),
            clicked: None,
            ground_until: now.0.checked_add(GROUND_WAIT).ok(),
            tab: Tab::Discover,
            focus: false,
            rooms: Vec::new(),
            overlay: None,
            discover: Discover::new(&options.query),
            walk: Walk::default(),
            mine: Cursor::default(),
            floor: FloorRoom::default(),
            outbox: Cursor::default(),
            details: Details::default(),
            sheet: Sheet::default(),
            explained: None,
            toasts: Vec::new(),
            pending: Vec::new(),
            pending_until: None,
            hands: Hands::default(),
            progress: None,
            drafts: Vec::new(),
            many_trackers: false,
            weights: None,
            facts: 0,
            snapshot: first,
            coming: None,
            options,
        };
        state.refresh_snapshot();
        let place = state.options.place.take();
        place.iter().for_each(|place| place::seek(&mut state, place));
        state.discover.search();
        // The first frame has no old rows to show.
        if let Some(ask) = state.discover.ask(&state.snapshot, None) {
            found(&mut state, ask.answer());
        }
        place.iter().for_each(|place| place::land(&mut state, place));
        state.overlay = state.options.tour.then_some(Overlay::Tour(0));
        state.toasts.extend(state.options.said.take().map(|said| Toast::said(now, said)));
        state
    }

    /// The room that is seen: the one on top, or the tab.
    pub fn room(&self) -> Option<&Room> {
        self.rooms.last()
    }

    /// True while one task is shown and nothing else.
    pub fn is_focused(&self) -> bool {
        self.focus && matches!(self.room(), Some(Room::Detail(..)))
    }

    /// Contexts of the room, without what lies over it.
    pub fn room_contexts(&self) -> Vec<Context> {
        let own = match (self.room(), self.tab) {
            (Some(Room::Detail(..)), _) => Context::Detail,
            (Some(Room::Why(About::Weights, _)), _) => Context::Weights,
            (Some(Room::Why(..)), _) => Context::Why,
            (Some(Room::Outbox), _) => Context::Outbox,
            (Some(Room::Help(..)), _) => Context::Help,
            (None, Tab::Discover) => Context::Discover,
            (None, Tab::Walk) => Context::Walk,
            (Some(Room::Resume(..)), _) | (None, Tab::Mine) => Context::Mine,
            (None, Tab::Floor) => Context::Floor,
        };
        vec![own, Context::Global]
    }

    /// Contexts in which keys are looked up now, the most special first.
    pub fn contexts(&self) -> Vec<Context> {
        match &self.overlay {
            Some(Overlay::Palette(_)) => vec![Context::Palette],
            Some(Overlay::Dialog(_) | Overlay::Refused(_) | Overlay::Tour(_)) => vec![Context::Dialog],
            Some(Overlay::Query) => vec![Context::Query],
            None => self.room_contexts(),
        }
    }

    /// The task the next act is about, when the cursor is on one; a finding is none.
    pub fn selected(&self) -> Option<TaskKey> {
        self.pointed_at().filter(|key| !key.is_unborn())
    }

    fn pointed_at(&self) -> Option<TaskKey> {
        match (self.room(), self.tab) {
            (Some(Room::Detail(key, _)), _) => Some(key.clone()),
            (Some(Room::Outbox), _) => self.snapshot.outbox.get(self.outbox.at).map(|op| op.key.clone()),
            (Some(Room::Why(About::Score(key) | About::Gates(key) | About::Than(_, key), _)), _) => Some(key.clone()),
            (Some(Room::Help(..) | Room::Why(About::Weights, _)), _) => None,
            (None, Tab::Discover) => self.discover.row(&self.snapshot).map(|row| row.task.key.clone()),
            (None, Tab::Walk) => screen::walk::key(self),
            (Some(Room::Resume(claim, _)), _) => self.commitment(*claim).map(|c| c.key.clone()),
            (None, Tab::Floor) => screen::floor::task(self),
            (None, Tab::Mine) => screen::mine::cards(self).get(self.mine.at).map(|card| card.key().clone()),
        }
    }

    /// The commitment of a claim.
    pub fn commitment(&self, claim: ClaimId) -> Option<&Commitment> {
        self.snapshot.commitments.iter().find(|c| c.claim == claim)
    }

    /// The key as it is shown.
    pub fn shown_key(&self, key: &TaskKey) -> String {
        if self.many_trackers { self.snapshot.shown_key(key) } else { key.to_string() }
    }

    /// The next moment at which something changes by itself; `None` while nothing moves.
    pub fn deadline(&self) -> Option<Timestamp> {
        self.toasts.iter().map(|t| t.until).chain(self.pending_until).min()
    }

    /// How much each part of a score counts.
    pub fn weights(&self) -> Weights {
        self.weights.unwrap_or_else(|| self.snapshot.weights())
    }

    fn refresh_snapshot(&mut self) {
        let mut trackers: Vec<_> = self.snapshot.projects.iter().map(|p| &p.project.tracker).collect();
        trackers.dedup();
        trackers.sort();
        trackers.dedup();
        self.many_trackers = trackers.len() > 1;
        self.facts += 1;
        self.floor.refresh(&self.snapshot);
        // What was read may have changed with the snapshot: ask again, show the old until the new one is here.
        self.details.asked = None;
        let mut drafts = std::mem::take(&mut self.drafts);
        drafts.retain(|draft| draft.is_wanted(self));
        self.drafts = drafts;
    }
}

/// Takes in one message. What comes back is to be done in order.
pub fn update(state: &mut State, msg: Msg, now: Now) -> Vec<Out> {
    state.now = now;
    let mut out = match msg {
        Msg::Key(chord) => hands::key(state, chord.normal()),
        Msg::Paste(text) => {
            paste(state, &text);
            Vec::new()
        }
        Msg::Resize(columns, rows) => {
            state.size = (columns, rows);
            Vec::new()
        }
        Msg::Mouse(event) => mouse::take(state, event),
        Msg::Ground(ground) => {
            ground_told(state, ground);
            Vec::new()
        }
        Msg::App(event) => told(state, event),
        Msg::Found(answer) => found(state, *answer),
        Msg::Wake => Vec::new(),
        Msg::Suspend => vec![Out::Suspend],
        Msg::Resumed => vec![Out::Redraw],
        Msg::Signal(n) => vec![Out::Exit(ExitReason::Signal(n))],
        Msg::HungUp => vec![Out::Exit(ExitReason::HungUp)],
        Msg::Broken(what) => {
            state.toasts.push(Toast::failed(now, what, Vec::new()));
            Vec::new()
        }
    };
    expire(state);
    settle(state, &mut out);
    out
}

/// The terminal says which ground it has. An answer that comes late changes no colours under the user's eyes.
fn ground_told(state: &mut State, ground: Rgb) {
    let in_time = state.ground_until.take().is_some_and(|until| state.now.0 <= until);
    if let Some(theme) = state.options.skin.on(ground).filter(|_| in_time) {
        state.theme = theme;
    }
}

fn expire(state: &mut State) {
    let now = state.now.0;
    state.toasts.retain(|t| t.until > now);
    let surplus = state.toasts.len().saturating_sub(super::toast::MOST);
    state.toasts.drain(..surplus);
    // From now on a box says what can follow.
    state.pending_until = state.pending_until.filter(|until| *until > now);
}

/// Brings what is derived up to date: cursors inside their lists, the laid-out task, the description to ask for.
fn settle(state: &mut State, out: &mut Vec<Out>) {
    let newest = state.coming.as_ref().unwrap_or(&state.snapshot);
    out.extend(state.discover.ask(newest, state.weights).map(Out::Search));
    screen::walk::settle(state, out);
    layout::clamp(state);
    screen::detail::refresh(state);
    out.extend(dialog::settle(state));
    // While a search runs it is not known yet what the cursor will be on.
    if !state.discover.is_seeking()
        && let Some(key) = screen::detail::wanted(state)
        && state.details.asked.as_ref() != Some(&key)
    {
        state.details.asked = Some(key.clone());
        out.push(Out::Command(Command::Detail(key)));
    }
    let Some(Room::Detail(key, _)) = state.room() else {
        state.details.comments_asked = None;
        return;
    };
    let lacks = state.details.get(key).is_some_and(|detail| detail.unread() > 0);
    if lacks && state.details.comments_asked.as_ref() != Some(key) {
        let key = key.clone();
        state.details.comments_asked = Some(key.clone());
        out.push(Out::Command(Command::Comments(key)));
    }
}

/// A key that is no action is text, where text can be typed.
pub(super) fn typed(state: &mut State, chord: Chord) -> Vec<Out> {
    match &mut state.overlay {
        Some(Overlay::Query) => query::typed(state, chord),
        Some(Overlay::Palette(palette)) => palette.typed(chord),
        Some(Overlay::Dialog(dialog)) => dialog.typed(chord),
        // The one key of the tour that is none of a dialog goes on, as most expect of it.
        Some(Overlay::Tour(_)) => return tour::act(state, Action::Accept),
        Some(Overlay::Refused(_)) | None => {}
    }
    Vec::new()
}

fn paste(state: &mut State, text: &str) {
    match &mut state.overlay {
        Some(Overlay::Query) => query::paste(state, text),
        Some(Overlay::Palette(palette)) => palette.paste(text),
        Some(Overlay::Dialog(dialog)) => dialog.paste(text),
        // Pasted text is never a series of keys.
        Some(Overlay::Refused(_) | Overlay::Tour(_)) | None => {}
    }
}

/// Does an action where the user is now.
pub fn act(state: &mut State, action: Action) -> Vec<Out> {
    match &state.overlay {
        Some(Overlay::Query) => query::act(state, action),
        Some(Overlay::Palette(_)) => palette::act(state, action),
        Some(Overlay::Dialog(_)) => dialog::act(state, action),
        Some(Overlay::Refused(_)) => refused::act(state, action),
        Some(Overlay::Tour(_)) => tour::act(state, action),
        None => screen::act(state, action),
    }
}

/// Shows what was found, and the facts it was found in.
fn found(state: &mut State, mut answer: Answer) -> Vec<Out> {
    if !state.discover.waits_for(&answer) {
        return Vec::new();
    }
    let held = state.discover.held(&state.snapshot);
    let (row, card) = (screen::floor::held(state), screen::mine::held(state));
    let before = state.coming.take().map(|_| (state.snapshot.clone(), screen::mine::needy(state)));
    state.snapshot = answer.snapshot.clone();
    let values = std::mem::take(&mut answer.values);
    state.discover.found(answer, held);
    let mut out = Vec::new();
    if let Some((old, needy)) = before {
        state.refresh_snapshot();
        screen::floor::hold(state, row.as_ref());
        screen::mine::hold(state, card.as_ref());
        // After a page nothing is new, it is only complete.
        if !old.is_page() {
            let done = screen::mine::first_steps(&old, &state.snapshot);
            state.toasts.extend(done.into_iter().map(|sentence| Toast::said(state.now, sentence)));
            out.extend(alarms(state, &needy));
        }
    }
    offer::gathered(state, values);
    // What was pressed meanwhile and is about a row of this list.
    for chord in std::mem::take(&mut state.hands.waiting) {
        settle(state, &mut out);
        out.extend(hands::key(state, chord));
    }
    out
}

fn newest(state: &State) -> &Snapshot {
    state.coming.as_ref().unwrap_or(&state.snapshot)
}

fn told(state: &mut State, event: Event) -> Vec<Out> {
    let now = state.now;
    match event {
        // Commands run side by side: one that read the store earlier may be told of later.
        Event::Snapshot(snapshot) if snapshot.reading < newest(state).reading => {}
        Event::Snapshot(snapshot) => {
            state.coming = Some(snapshot);
            state.discover.search_again();
        }
        Event::Progress(progress) => state.progress = Some(progress),
        Event::SyncEnded(report) => {
            state.progress = None;
            state.details.comments_asked = None;
            // What stopped all of it comes as a failure of its own.
            if report.stopped.is_none() || !report.problems.is_empty() {
                state.toasts.push(Toast::of_sync(now, &report));
            }
        }
        Event::Detail(detail) => state.details.keep(*detail),
        Event::Undone(command) => return screen::walk::undone(state, &command),
        Event::Duplicates(key, twins) => state.details.twins = Some((key, twins)),
        Event::Signs(key, signs) => state.details.signs = Some((key, signs)),
        Event::Said(sentence) => state.toasts.push(Toast::said(now, sentence)),
        Event::Failed(error) => failed(state, error),
        Event::Clipboard(text) => {
            state.toasts.push(Toast::said(now, format!("copied {}", super::paint::safe(&text))));
            return vec![Out::Clipboard(text)];
        }
    }
    Vec::new()
}

/// The bell and the notice, where something newly needs the user and they asked to be told.
fn alarms(state: &State, before: &BTreeSet<ClaimId>) -> Vec<Out> {
    let newly: BTreeSet<ClaimId> = screen::mine::needy(state).difference(before).copied().collect();
    if newly.is_empty() {
        return Vec::new();
    }
    let bell = state.options.bell.then_some(Out::Bell);
    let notice = state.options.notice.map(|_| Out::Notice(screen::mine::needs(state, &newly)));
    bell.into_iter().chain(notice).collect()
}

/// A failure is a line that goes by itself; what a rule refused stays until it was read, where nobody is typing.
fn failed(state: &mut State, error: UserError) {
    state.progress = None;
    match error.refusal {
        Some(refusal) if state.overlay.is_none() => {
            hands::forget(state);
            state.overlay = Some(Overlay::Refused(Panel::new("", *refusal)));
        }
        _ => state.toasts.push(Toast::failed(state.now, error.sentence, error.hints)),
    }
}

/// The wish to read one project again, or all.
pub fn refresh(project: Option<ProjectRef>) -> Out {
    Out::Command(Command::Sync { only: project.into_iter().collect(), full: false })
}
