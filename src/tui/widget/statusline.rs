//! The top line: tabs on the left; on the right when the last sync was, how much it covers, what waits in the
//! outbox, and who one is. Times are times of day, not ages: an idle screen is not redrawn and must stay true.

use jiff::Timestamp;
use ratatui::{buffer::Buffer, layout::Rect};

use super::super::{
    paint::{cut, put, put_fit, put_right, safe, to_u16, width},
    room::{About, Room, Tab},
    screen::{floor, mine},
    state::State,
    theme::Ink,
};
use crate::{
    domain::{
        key::TrackerName,
        outbox::OpStatus,
        person::{Login, Person},
        text::safe_line,
    },
    keymap::action::Context,
    sync::SyncProgress,
};

/// A moment as time of day, with its date when that is another day than now.
pub fn clock(state: &State, at: Timestamp) -> String {
    let zone = &state.options.zone;
    let (then, now) = (at.to_zoned(zone.clone()), state.now.0.to_zoned(zone.clone()));
    let utc = if *zone == jiff::tz::TimeZone::UTC { " UTC" } else { "" };
    let format = if then.date() == now.date() { "%H:%M" } else { "%-d %b %H:%M" };
    format!("{}{utc}", then.strftime(format))
}

/// Paints the line.
pub fn draw(state: &State, area: Rect, buf: &mut Buffer) {
    let end = tabs(state, area, buf);
    let room = area.width.saturating_sub(end + 2) as usize;
    // Most important first; what does not fit is left out from the end.
    let mut shown: Vec<(Ink, String)> = Vec::new();
    for part in parts(state) {
        let used: usize = shown.iter().map(|(_, t)| width(t) + 3).sum();
        if used + width(&part.1) <= room {
            shown.push(part);
        }
    }
    let text: Vec<&str> = shown.iter().map(|(_, t)| t.as_str()).collect();
    let right = Rect { width: area.width.saturating_sub(1), ..area };
    let mut x = put_right(buf, right, 0, &text.join(" · "), state.theme.dim);
    for (ink, text) in &shown {
        if *ink != Ink::Dim {
            put(buf, right, x, 0, text, state.theme.ink(*ink));
        }
        x += to_u16(width(text)) + 3;
    }
}

/// Columns that the name of an opened room asks for before tabs make way for it.
const NAME_LEAST: usize = 15;

fn tabs(state: &State, area: Rect, buf: &mut Buffer) -> u16 {
    let theme = &state.theme;
    let name = room_name(state);
    let (mut x, labels) = placed(state, area.width, name.is_some());
    if x > 1 {
        put(buf, area, 1, 0, PROGRAM, theme.accent);
    }
    for (tab, label) in Tab::ALL.into_iter().zip(labels) {
        x = put(buf, area, x, 0, &label, if state.tab == tab { theme.strong } else { theme.plain });
    }
    if let Some(name) = name {
        x = put(buf, area, x, 0, " › ", theme.dim);
        let room = area.width.saturating_sub(x);
        x = put_fit(buf, area, x, 0, room.min(if area.width < 70 { 18 } else { 30 }), &name, theme.strong);
    }
    x
}

const PROGRAM: &str = "floorwalk";

/// The column where the tabs begin, and the tabs as they are shown; `named` while an opened room shows its name too.
fn placed(state: &State, columns: u16, named: bool) -> (u16, Vec<String>) {
    // Where columns are precious, the state of the sync says more than the program's name.
    let x = if columns >= 90 { 1 + to_u16(width(PROGRAM)) + 3 } else { 1 };
    let long = labels(state, columns, false);
    let needed: usize = long.iter().map(|label| width(label)).sum();
    let fits = x as usize + needed + if named { NAME_LEAST } else { 0 } <= columns as usize;
    (x, if fits { long } else { labels(state, columns, true) })
}

/// The tab at a place of the window.
pub fn tab_at(state: &State, (column, row): (u16, u16)) -> Option<Tab> {
    let (mut x, labels) = placed(state, state.size.0, state.room().is_some());
    Tab::ALL.into_iter().zip(labels).filter(|_| row == 0).find_map(|(tab, label)| {
        let here = x..x.saturating_add(to_u16(width(&label)));
        x = here.end;
        here.contains(&column).then_some(tab)
    })
}

/// The tabs as they are shown, each with the key that leads there; `short` leaves no more than the keys of
/// those one is not on.
fn labels(state: &State, columns: u16, short: bool) -> Vec<String> {
    let label = |tab: Tab| {
        let (key, name) = (key_of(state, tab), tab.name());
        let count = match tab {
            Tab::Discover | Tab::Walk => 0,
            Tab::Mine => mine::live(state),
            Tab::Floor => floor::waiting(state),
        };
        let count = if count > 0 { format!("·{count}") } else { String::new() };
        let here = state.tab == tab;
        let name = if columns < 28 { cut(name, 4) } else { name };
        let said = match key {
            Some(key) if short && !here => key,
            Some(key) => format!("{key} {name}"),
            None => (if short && !here { cut(name, 2) } else { name }).to_owned(),
        };
        if here { format!("[{said}{count}]") } else { format!(" {said}{count} ") }
    };
    Tab::ALL.into_iter().map(label).collect()
}

/// The key that leads to a tab, a sequence in one word.
fn key_of(state: &State, tab: Tab) -> Option<String> {
    state.keymap.keys(&[Context::Global], tab.action()).first().map(|key| key.to_string().replace(' ', ""))
}

fn room_name(state: &State) -> Option<String> {
    match state.room()? {
        Room::Detail(key, _) => Some(super::table::short_key(&state.shown_key(key), 30)),
        Room::Resume(claim, _) => {
            let key = state.commitment(*claim).map(|c| state.shown_key(&c.key)).unwrap_or_default();
            Some(super::table::short_key(&key, 30))
        }
        Room::Why(About::Score(key), _) => Some(format!("Why {}", super::table::short_key(&state.shown_key(key), 26))),
        Room::Why(About::Gates(key), _) => {
            Some(format!("Why not {}", super::table::short_key(&state.shown_key(key), 22)))
        }
        Room::Why(About::Than(..), _) => Some("Compared".into()),
        Room::Why(About::Weights, _) => Some("Weights".into()),
        Room::Outbox => Some("Outbox".into()),
        Room::Help(_, None, _) => Some("Help".into()),
        Room::Help(_, Some(topic), _) => Some(format!("Help: {}", topic.word())),
    }
}

fn parts(state: &State) -> Vec<(Ink, String)> {
    let mut parts = Vec::new();
    let coverage = &state.snapshot.coverage;
    let stuck = state.snapshot.outbox.iter().filter(|op| matches!(op.status, OpStatus::NeedsAttention { .. })).count();
    if stuck > 0 {
        parts.push((Ink::Warning, format!("outbox: {stuck} need{} you", if stuck == 1 { "s" } else { "" })));
    }
    match (&state.progress, coverage.synced_at) {
        (Some(progress), _) => parts.push((Ink::Accent, progress_words(state, progress))),
        (None, Some(at)) => parts.push((Ink::Dim, format!("synced {}", clock(state, at)))),
        (None, None) if state.options.configured => parts.push((Ink::Warning, "never synced".into())),
        (None, None) => {}
    }
    if coverage.total > 0 && !state.snapshot.is_page() {
        let complete = coverage.fresh == coverage.total;
        let ink = if complete { Ink::Dim } else { Ink::Warning };
        parts.push((ink, format!("{}/{} fresh", coverage.fresh, coverage.total)));
    }
    if coverage.waiting > 0 && state.progress.is_none() {
        let until = coverage.waiting_until.map(|t| format!(" until {}", clock(state, t))).unwrap_or_default();
        parts.push((Ink::Warning, format!("{} waiting{until}", coverage.waiting)));
    }
    for (n, what) in [(coverage.no_access, "no access"), (coverage.failed, "failed")] {
        if n > 0 {
            parts.push((Ink::Warning, format!("{n} {what}")));
        }
    }
    // One person with accounts on several trackers is named once, where the registry knows that.
    let roster = &state.snapshot.roster;
    let name = |(tracker, login): (&TrackerName, &Login)| {
        let member = roster.member(tracker, &Person::human(login.raw(), 0));
        member.map_or_else(|| format!("@{}", login.line()), |m| format!("@{}", safe_line(&m.handle)))
    };
    let mut names: Vec<String> = state.snapshot.me.iter().map(name).collect();
    names.sort();
    names.dedup();
    parts.extend((!names.is_empty()).then(|| (Ink::Dim, names.join(", "))));
    parts
}

fn progress_words(state: &State, progress: &SyncProgress) -> String {
    if let Some(until) = progress.waiting_until {
        return format!("syncing {}/{}, waits until {}", progress.done, progress.total, clock(state, until));
    }
    let what = safe(&progress.doing);
    if state.size.0 >= 120 && !what.is_empty() {
        return format!("syncing {}/{}: {what}", progress.done, progress.total);
    }
    format!("syncing {}/{}", progress.done, progress.total)
}
