//! What a screen shows, as sentences: signs become words, columns become clauses, rows have numbers. Changes nothing.

use super::{
    super::{
        layout,
        paint::{TextLine, isolated, safe},
        room::{About, Room, Tab},
        screen::{self, detail::free_words, discover::FacetRow, mine::Card},
        state::State,
        theme::Ink,
        widget::{empty, markdown},
    },
    meant,
};
use crate::{
    app::{Topic, proposal_words, words as life},
    domain::text::Foreign,
    index::Row,
    judge::score::bars::whole,
    keymap::help::keys_of,
    store::MarkKind,
};

/// Where one is and what stands there.
pub(super) fn room(state: &State) -> Vec<String> {
    let text = |title: String, lines: &[TextLine]| {
        let lines = lines.iter().map(|line| spoken(&line.text())).filter(|line| !line.is_empty());
        std::iter::once(title).chain(lines).collect()
    };
    match (state.room(), state.tab) {
        (Some(Room::Detail(key, _)), _) => text(format!("Task {}.", state.shown_key(key)), &state.sheet.lines),
        (Some(Room::Resume(claim, _)), _) => text("Your commitment.".into(), &screen::resume::lines(state, *claim)),
        (Some(Room::Why(about, _)), _) => {
            let title = match about {
                About::Score(_) => "Why this score.",
                About::Gates(_) => "Why not.",
                About::Than(..) => "Compared.",
                About::Weights => "Weights.",
            };
            text(title.into(), &screen::why::lines(state, about))
        }
        (Some(Room::Help(_, None, _)), _) => words(state),
        (Some(Room::Help(_, Some(topic), _)), _) => self::topic(state, *topic),
        (Some(Room::Outbox), _) => outbox(state),
        (None, Tab::Walk) => walk(state),
        (None, Tab::Mine) => mine(state),
        (None, Tab::Floor) => floor(state),
        (None, Tab::Discover) => discover(state),
    }
}

/// The row under the cursor, after it moved.
pub(super) fn here(state: &State) -> String {
    let row = match (state.room(), state.tab) {
        (None, Tab::Discover) => {
            state.discover.row(&state.snapshot).map(|row| task(state, row, state.discover.cursor.at))
        }
        (None, Tab::Mine) => screen::mine::cards(state).get(state.mine.at).map(|c| card(state, *c, state.mine.at)),
        (None, Tab::Floor) => screen::floor::told(state).into_iter().nth(state.floor.cursor.at),
        _ => state.selected().map(|key| state.shown_key(&key)),
    };
    row.unwrap_or_default()
}

/// A laid-out row without the signs that only eyes need.
pub(super) fn spoken(line: &str) -> String {
    let heard: String = line.chars().filter(|c| !matches!(c, '▸' | '●' | '│' | '\u{2588}'..='\u{258f}')).collect();
    let heard = heard.replace(" · ", ", ");
    let mut out = String::with_capacity(heard.len());
    for word in heard.split_whitespace() {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(word);
    }
    if isolated(&out).len() == out.len() { out } else { isolated(&out).into_owned() }
}

fn sentences(told: &[(Ink, String)]) -> impl Iterator<Item = String> {
    told.iter().map(|(_, text)| text.clone()).filter(|text| !text.is_empty())
}

fn discover(state: &State) -> Vec<String> {
    let discover = &state.discover;
    let found = discover.hits.rows.len();
    let query = match discover.query.text() {
        "" => String::new(),
        text => format!(" for {}", safe(text)),
    };
    let mut lines = vec![format!(
        "Discover: {found} of {}{query}, {} first.",
        super::super::widget::query::grouped(state.snapshot.rows.count()),
        discover.sort.word()
    )];
    if found == 0 {
        lines.extend(sentences(&empty::discover(state)));
        return lines;
    }
    let (_, page) = layout::extent(state);
    let rows = (discover.cursor.top..).take(page.max(1));
    lines.extend(rows.map_while(|at| Some(task(state, discover.row_at(&state.snapshot, at)?, at))));
    let last = discover.cursor.top + page;
    if last < found {
        lines.push(format!("{} more; say page down.", found - last));
    }
    lines
}

/// A row of the list as a sentence.
fn task(state: &State, row: &Row, at: usize) -> String {
    let title = row.task.title.line();
    let key = &row.task.key;
    let place = if key.is_unborn() { key.project.to_string() } else { state.shown_key(key) };
    let mut parts = vec![format!("{}. {}", at + 1, isolated(&title)), place];
    parts.extend(state.snapshot.score(row).map(|score| format!("{} points", whole(score))));
    if let Some(finding) = state.discover.finding_at(&state.snapshot, at) {
        parts.push(format!("{}, size {}, no issue yet", finding.severity.word(), finding.size.word()));
    }
    let signals: Vec<_> = row.signals.iter().map(|signal| signal.kind.word()).collect();
    parts.extend((!signals.is_empty()).then(|| signals.join(", ")));
    parts.push(format!("quiet for {} days", row.quiet_days));
    parts.push(free_words(&row.free).1);
    let tags = state.snapshot.tags.shown(key);
    parts.extend((!tags.is_empty()).then(|| format!("tags {tags}")));
    parts.extend(row.mark.map(|mark| {
        match mark {
            MarkKind::Bookmark => "bookmarked",
            MarkKind::Hidden => "hidden",
            MarkKind::Snoozed => "snoozed",
        }
        .to_owned()
    }));
    parts.extend(state.discover.marks.contains(key).then(|| "marked".to_owned()));
    parts.join("; ")
}

/// The counts beside the list, each with the query that would list them.
pub(super) fn counts(state: &State) -> Vec<String> {
    let rows = state.discover.facet_rows();
    if rows.is_empty() {
        return vec!["There is nothing to count.".into()];
    }
    let told = |row: FacetRow| match row {
        FacetRow::Heading(title) => format!("{title}:"),
        FacetRow::Value { name, count, term, on } => {
            let on = if on { ", chosen" } else { "" };
            format!("{name}: {count}{on}; say list {}", safe(&term))
        }
    };
    rows.into_iter().map(told).collect()
}

fn mine(state: &State) -> Vec<String> {
    let cards = screen::mine::cards(state);
    let mut lines = vec![format!("Mine: {} live.", screen::mine::live(state))];
    if cards.is_empty() {
        lines.extend(sentences(&empty::mine(state)));
    }
    lines.extend(cards.into_iter().enumerate().map(|(at, c)| card(state, c, at)));
    lines
}

/// A card as a sentence.
fn card(state: &State, card: Card<'_>, at: usize) -> String {
    let title = state.snapshot.get(card.key()).map(|row| row.task.title.line().into_owned()).unwrap_or_default();
    let head = match card {
        Card::Offer(c) => format!("offered to you by @{}", c.who.login.line()),
        Card::Own(c) => c.state.word().to_owned(),
        Card::Proposed(p) => proposal_words::standing(p),
        Card::ByHand(_) => "assigned to you on the tracker, without a claim".to_owned(),
    };
    let mut parts = vec![format!("{}. {head}: {} {}", at + 1, state.shown_key(card.key()), isolated(&title))];
    if let Some(c) = card.commitment() {
        parts.push(life::time_left(c, &state.snapshot.roster, state.now));
        parts.push(format!("until {}", c.until));
        parts.extend(screen::mine::facts(state, c));
        parts.extend(screen::mine::remarks(state, c));
    }
    parts.extend(screen::mine::next(state, card).map(|(sentence, keys)| match keys.is_empty() {
        true => format!("next: {sentence}"),
        false => format!("next: {sentence}, {}", keys.replace(" · ", ", ")),
    }));
    parts.retain(|part| !part.is_empty());
    parts.join("; ")
}

fn floor(state: &State) -> Vec<String> {
    let rows = screen::floor::told(state);
    if rows.is_empty() {
        return std::iter::once("Floor.".to_owned()).chain(sentences(&empty::floor(state))).collect();
    }
    let view = match state.floor.view {
        screen::floor::View::Rooms => "rooms",
        screen::floor::View::Timeline => "timeline",
        screen::floor::View::Matrix => "who helps whom",
    };
    let numbered = rows.into_iter().enumerate().map(|(at, row)| format!("{}. {row}", at + 1));
    std::iter::once(format!("Floor: {view}. Other pane shows another view.")).chain(numbered).collect()
}

fn walk(state: &State) -> Vec<String> {
    let mut lines = vec!["Walk.".to_owned()];
    if state.walk.round.is_none() {
        lines.extend(sentences(&empty::walk(state)));
        return lines;
    }
    let head = screen::walk::head(state, screen::walk::columns(state));
    let all = head.iter().chain(screen::walk::lines(state).iter()).map(|line| spoken(&line.text())).collect::<Vec<_>>();
    lines.extend(all.into_iter().filter(|line| !line.is_empty()));
    lines
}

fn outbox(state: &State) -> Vec<String> {
    let mut lines = vec![format!("Outbox: {} rows.", state.snapshot.outbox.len())];
    if state.snapshot.outbox.is_empty() {
        lines.extend(sentences(&empty::outbox()));
    }
    lines.extend(state.snapshot.outbox.iter().enumerate().map(|(at, op)| {
        let (state_words, more) = screen::outbox::told(state, op);
        format!("{}. {} {}: {state_words}; {more}", at + 1, op.wish.word(), state.shown_key(&op.key))
    }));
    lines
}

/// A topic of the help.
pub(super) fn topic(state: &State, topic: Topic) -> Vec<String> {
    let page = Foreign::new(topic.page(&state.keymap));
    let lines = markdown::lay_out(&page, 76);
    lines.iter().map(|line| spoken(&line.text())).filter(|line| !line.is_empty()).collect()
}

/// What can be said here, from the table of actions.
pub(super) fn words(state: &State) -> Vec<String> {
    let topics = Topic::ALL.map(Topic::word).join(", ");
    let mut lines = vec![
        "You can say these words; behind them the number of a row or the key of a task. A number alone opens its row, an \
         empty line tells again where you are."
            .to_owned(),
        format!("help and a topic explains it: {topics}."),
    ];
    let contexts = state.room_contexts();
    lines.extend(meant::sayable(state).map(|info| {
        let keys = keys_of(&state.keymap, &contexts, info.action);
        let or = if keys.is_empty() { String::new() } else { format!(", or {keys}") };
        format!("{}{or}: {}", info.title.to_lowercase(), info.about)
    }));
    lines
}
