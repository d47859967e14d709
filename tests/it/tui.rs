//! Stories on the real loop: keys are pressed, wishes and screens are read. And pictures of every screen.

use std::time::Duration;

use floorwalk::{
    app::{Command, Event, UserError},
    config::theme::Depth,
    domain::{
        coverage::Coverage,
        marker::ReleaseReason,
        outbox::{OpId, OpStatus, Step},
        size::Size,
    },
    store::{Mark, MarkKind},
    sync::SyncProgress,
    tui::{
        state::{ExitReason, Msg, Options},
        theme::Skin,
    },
};
use ulid::Ulid;

use super::tui_world::*;

const SIZES: [(u16, u16); 4] = [(80, 24), (120, 40), (40, 15), (20, 5)];

fn pictures(name: &str, prepare: impl Fn(&mut Screen)) {
    for (columns, rows) in SIZES {
        let mut screen = Screen::new(columns, rows);
        prepare(&mut screen);
        insta::assert_snapshot!(format!("{name}_{columns}x{rows}"), screen.view());
    }
}

fn with_outbox(screen: &mut Screen) {
    let mut all = everything();
    all.outbox = vec![
        op(1, key("vision/dataloader", 31), Step::Queued, OpStatus::Ready),
        op(
            2,
            key("search/cli", 98),
            Step::Posting { since: days_ago(0) },
            OpStatus::NeedsAttention { why: "commenting is refused: ask a maintainer for access".into() },
        ),
    ];
    screen.told(Event::Snapshot(build(all)));
}

#[test]
fn pictures_of_discover() {
    pictures("discover", |screen| {
        screen.told(Event::Detail(Box::new(detail(key("vision/dataloader", 412), BODY))));
    });
}

#[test]
fn pictures_of_mine() {
    pictures("mine", |screen| {
        with_outbox(screen);
        screen.keys("3");
    });
}

#[test]
fn pictures_of_a_task() {
    pictures("task", |screen| {
        screen.keys("enter").told(Event::Detail(Box::new(detail(key("vision/dataloader", 412), BODY))));
    });
}

#[test]
fn pictures_of_the_outbox() {
    pictures("outbox", |screen| {
        with_outbox(screen);
        screen.keys("O");
    });
}

#[test]
fn pictures_of_help() {
    pictures("help", |screen| {
        screen.keys("?");
    });
}

#[test]
fn pictures_of_the_claim_dialog() {
    pictures("claim", |screen| {
        screen.keys("c right right tab tab").text("start with the log");
    });
}

#[test]
fn pictures_of_the_hand_back_dialog() {
    pictures("hand_back", |screen| {
        screen.keys("3 h").text("found the cause").keys("ctrl-j").text("branch: retry-2");
    });
}

#[test]
fn pictures_of_the_palette() {
    pictures("palette", |screen| {
        screen.keys(":").text("re");
    });
}

#[test]
fn pictures_of_a_failure() {
    pictures("failure", |screen| {
        let error = UserError::refused("search/cli#98 was claimed by @kim a moment ago", "take search/cli#131 instead");
        screen.told(Event::Failed(error));
    });
}

#[test]
fn typing_filters_and_esc_restores() {
    let mut screen = Screen::new(100, 30);
    screen.keys("/").text("flaky").shows("1 of 12").lacks("Quickstart");
    assert_eq!(screen.turns.state.discover.query.text(), "flaky");
    screen.keys("enter").text("ctr");
    assert_eq!(screen.turns.state.discover.query.text(), "flaky", "after enter keys are keys again");
    screen.keys("esc / x y esc");
    assert_eq!(screen.turns.state.discover.query.text(), "flaky", "esc takes the edit back");
    screen.keys("esc").shows("press / to search");
    assert_eq!(screen.turns.state.discover.query.text(), "");
}

#[test]
fn a_mistake_in_the_query_is_pointed_at_and_the_list_stays() {
    let mut screen = Screen::new(100, 30);
    screen.keys("/").text("sginal:docs").shows("did you mean signal").shows("cannot be understood yet");
    screen.keys("ctrl-u").lacks("did you mean").shows("10 of 12");
}

#[test]
fn a_claim_is_exactly_what_the_dialog_shows() {
    let mut screen = Screen::new(80, 24);
    screen.go_to(&key("search/cli", 98)).keys("c").shows("until 2026-11-27, 5 working days").shows("search/cli#98");
    screen.text("x").shows("until 2026-11-24, 2 working days");
    screen.text("M").shows("until 2026-12-04, 10 working days").keys("tab tab").text("look at the log first");
    assert_eq!(screen.wishes(), []);
    screen.keys("enter");
    let claim = Command::Claim {
        keys: vec![key("search/cli", 98)],
        until: Some("2026-12-04".parse().unwrap()),
        size: Some(Size::M),
        plan: "look at the log first".into(),
        alongside: false,
        ask: false,
    };
    assert_eq!(screen.wishes(), [claim]);
    screen.lacks("working days");
}

#[test]
fn esc_leaves_a_dialog_without_a_wish() {
    let mut screen = Screen::new(80, 24);
    screen.keys("c esc enter esc 3 h esc");
    assert_eq!(screen.wishes(), []);
}

#[test]
fn marked_tasks_are_claimed_together_and_what_cannot_be_is_named() {
    let mut screen = Screen::new(120, 40);
    // A range over three rows that one could take; then one that is mine already, one that is assigned by hand.
    screen.keys("v j V").shows("3 marked");
    let free = screen.turns.state.discover.marks.clone();
    screen.with_taken();
    screen.go_to(&key("vision/dataloader", 31)).keys("v").go_to(&key("search/cli", 120)).keys("v").shows("5 marked");
    screen.keys("c").shows("Claim 4 tasks").shows("is yours already").shows("assigned by hand to @milo");
    screen.keys("enter").lacks("marked");
    let wishes = screen.wishes();
    let [Command::Claim { keys, alongside: true, .. }] = wishes.as_slice() else { panic!("{wishes:?}") };
    let mut wanted: Vec<_> = free.into_iter().chain([key("search/cli", 120)]).collect();
    wanted.sort();
    assert_eq!(*keys, wanted);
}

#[test]
fn what_is_held_says_who_has_it_and_what_else_is_free_or_is_taken_as_a_pair() {
    let mut screen = Screen::new(100, 30);
    screen
        .with_taken()
        .go_to(&key("docs/handbook", 9))
        .keys("c")
        .shows("Refused: @kim holds docs/handbook#9 until 2026-11-24");
    screen
        .shows("@kim can lift it")
        .keys("enter")
        .shows("Free and alike")
        .shows("▸ docs/handbook#5")
        .keys("down enter");
    screen.lacks("Free and alike").shows("Old screenshots in the tour").shows("Why it is here");
    assert_eq!(screen.wishes(), []);
    screen.keys("esc c").shows("Refused").keys("shift-tab right").lacks("Refused").keys("enter");
    let wishes = screen.wishes();
    assert!(matches!(wishes.as_slice(), [Command::Claim { alongside: true, .. }]), "{wishes:?}");
}

#[test]
fn handing_back_sends_note_and_reason_and_keeps_the_draft() {
    let mut screen = Screen::new(80, 24);
    screen.keys("3 h").text("half done").send(Msg::Paste("\nsee branch\x1b[31m".into()));
    screen.keys("esc h").shows("half done").shows("see branch");
    screen.keys("shift-tab right enter");
    let release = Command::Release {
        key: key("vision/dataloader", 31),
        note: "**Done so far:**\n\nhalf done\nsee branch[31m".into(),
        reason: ReleaseReason::Blocked,
    };
    assert_eq!(screen.wishes(), [release]);
    // Refused below: what was written is still there.
    screen.told(Event::Failed(UserError::refused("no", ""))).keys("h").shows("half done");
}

#[test]
fn only_ones_own_can_be_handed_back() {
    let mut screen = Screen::new(80, 24);
    screen.keys("h").shows("is not yours").shows("Mine lists");
    assert_eq!(screen.wishes(), []);
}

#[test]
fn single_keys_wish_what_they_say() {
    let mut screen = Screen::new(80, 24);
    let first = key("vision/dataloader", 412);
    screen.keys("u r R o y Y b s z h");
    let mark = |kind, until| Command::Mark { keys: vec![first.clone()], kind, on: true, until };
    let week = now().0 + jiff::SignedDuration::from_hours(168);
    let sync = |only| Command::Sync { only, full: false };
    let wanted = [
        Command::Undo,
        sync(vec![first.project.clone()]),
        sync(Vec::new()),
        Command::Open(first.clone()),
        Command::Copy(first.clone(), false),
        Command::Copy(first.clone(), true),
        mark(MarkKind::Bookmark, None),
        mark(MarkKind::Snoozed, Some(week)),
        mark(MarkKind::Hidden, None),
    ];
    assert_eq!(screen.wishes(), wanted);
}

#[test]
fn the_outbox_retries_and_drops_rows() {
    let mut screen = Screen::new(80, 24);
    with_outbox(&mut screen);
    screen.shows("outbox 2 pending").keys("O").shows("needs you").shows("ask a maintainer").keys("r j d");
    let wanted = [Command::OutboxRetry(Some(OpId(Ulid(1)))), Command::OutboxDrop(OpId(Ulid(2)))];
    assert_eq!(screen.wishes(), wanted);
}

#[test]
fn a_description_is_asked_for_once_and_shown_when_it_comes() {
    let mut screen = Screen::new(120, 40);
    let first = key("vision/dataloader", 412);
    let asked = |s: &Screen| s.turns.world.commands.iter().filter(|c| **c == Command::Detail(first.clone())).count();
    screen.send(Msg::Resize(120, 40));
    screen.send(Msg::Resize(120, 40));
    assert_eq!(asked(&screen), 1);
    screen.told(Event::Detail(Box::new(detail(first.clone(), BODY)))).shows("What happens").shows("shard 3: timeout");
    screen.keys("enter").shows("https://ci.example.org/7").shows("@kim").shows("Still happens on");
    screen.keys("n").shows("Old screenshots").keys("p").shows("Flaky shard").keys("esc");
    screen.shows("10 of 12");
}

#[test]
fn long_descriptions_scroll_and_stop_at_the_end() {
    let mut screen = Screen::new(80, 24);
    let body: String = (0..200).map(|i| format!("row {i}\n\n")).collect();
    screen.keys("enter").told(Event::Detail(Box::new(detail(key("vision/dataloader", 412), &body))));
    screen.keys("ctrl-d ctrl-d pagedown").lacks("Flaky shard test blocks");
    screen.keys("G j j j").shows("Still happens on").shows("row 199");
    screen.keys("g").shows("Flaky shard test blocks");
}

#[test]
fn help_and_palette_come_from_the_table() {
    let mut screen = Screen::new(120, 40);
    screen.keys("?").shows("Take the task, or all marked tasks");
    screen.keys("ctrl-d").shows("Query line").keys("?").lacks("Query line");
    screen.keys(":").text("claim").shows("▸ Claim").keys("enter").shows("working days").keys("esc");
    screen
        .keys(":")
        .text("gtm")
        .keys("enter")
        .shows("Remove the old")
        .keys(":")
        .text("zzz")
        .shows("no action of that name");
    screen.keys("enter");
    assert_eq!(screen.wishes(), []);
}

#[test]
fn facets_can_be_hidden_focused_and_picked() {
    let mut screen = Screen::new(120, 40);
    screen.shows("Signals").shows("Languages");
    screen.keys("f").lacks("Signals").keys("f").shows("Signals");
    screen.keys("tab j j enter").shows("4 of 12");
    assert_eq!(screen.turns.state.discover.query.text(), "signal:docs");
    screen.keys("enter").shows("10 of 12").keys("enter").shows("4 of 12");
    screen.keys("tab").keys("esc");
    assert_eq!(screen.turns.state.discover.query.text(), "");
    let mut narrow = Screen::new(50, 20);
    narrow.keys("f").shows("too narrow");
}

#[test]
fn sorting_names_its_order() {
    let mut screen = Screen::new(80, 24);
    screen.shows("by best").keys("S").shows("by quiet").keys("S S S S").shows("by best");
}

#[test]
fn messages_come_and_go_without_taking_keys() {
    let mut screen = Screen::new(80, 24);
    screen.told(Event::Failed(UserError::refused("no room", "ask later"))).shows("no room").shows("ask later");
    screen
        .keys("j c")
        .shows("Old screenshots")
        .shows("no room")
        .keys("esc")
        .pass(Duration::from_secs(13))
        .lacks("no room");
    screen.told(Event::Clipboard("https://example.org/1".into()));
    assert_eq!(screen.turns.world.clipboard, ["https://example.org/1"]);
    screen.shows("copied https://example.org/1").keys("esc").lacks("copied");
}

#[test]
fn progress_is_shown_while_it_lasts() {
    let mut screen = Screen::new(80, 24);
    let progress = SyncProgress { done: 3, total: 9, tasks: 40, doing: "reading a/b".into(), waiting_until: None };
    screen.told(Event::Progress(progress)).shows("syncing 3/9");
    screen.told(Event::SyncEnded(Box::default())).lacks("syncing").shows("synced: 0 read");
}

#[test]
fn a_begun_sequence_is_shown_and_waits_until_it_is_ended_or_given_up() {
    let mut screen = Screen::new(80, 24);
    screen.keys("z").shows("z …").pass(Duration::from_secs(2)).shows("z …").shows("Hide").keys("esc").lacks("z …");
    screen.keys("h").shows("is not yours");
    assert_eq!(screen.wishes(), []);
    screen.keys("z").pass(Duration::from_secs(60)).keys("h");
    assert!(matches!(screen.wishes().as_slice(), [Command::Mark { kind: MarkKind::Hidden, .. }]));
}

#[test]
fn empty_screens_say_what_to_do() {
    let unset = Options { configured: false, ..Options::default() };
    Screen::with(bare(Coverage::default()), unset, 80, 24)
        .shows("No tracker is configured")
        .shows("floorwalk demo")
        .shows("floorwalk --repo owner/name")
        .shows("floorwalk init");
    let mut never = Screen::with(bare(Coverage::default()), Options::default(), 80, 24);
    never.shows("Nothing has been read yet").shows("R reads").keys("3").shows("claimed nothing");
    never.keys("O").shows("outbox is empty");
    let read = Coverage { total: 2, fresh: 2, synced_at: Some(days_ago(3)), ..Coverage::default() };
    Screen::with(bare(read), Options::default(), 80, 24).shows("No open tasks").shows("synced 17 Nov 10:00 UTC");
    let mut screen = Screen::new(80, 24);
    screen.keys("/").text("zzzqqq").shows("Nothing matches  zzzqqq").shows("esc clears");
}

#[test]
fn leaving_always_works() {
    for keys in ["q", "ctrl-c", "/ x ctrl-c", "c ctrl-c", ": ctrl-c", "3 h ctrl-c", "? q", "enter q", "z ctrl-c"] {
        let mut screen = Screen::new(80, 24);
        screen.keys(keys);
        assert_eq!(screen.exit, Some(ExitReason::Quit), "{keys}");
    }
    let mut screen = Screen::new(80, 24);
    screen.send(Msg::Signal(15));
    assert_eq!(screen.exit.unwrap().code(), 143);
}

#[test]
fn suspending_draws_everything_again() {
    let mut screen = Screen::new(80, 24);
    let before = screen.view();
    screen.keys("ctrl-z").send(Msg::Resumed).send(Msg::Suspend);
    assert_eq!((screen.turns.world.suspended, screen.turns.world.taken), (2, 1));
    assert_eq!(screen.view(), before);
}

#[test]
fn the_cursor_stays_on_its_task_when_the_list_changes() {
    let mut screen = Screen::new(80, 24);
    screen.go_to(&key("docs/handbook", 5));
    let before = screen.turns.state.discover.cursor.at;
    let mut all = everything();
    let newcomer = task(key("search/cli", 1), "Newcomer", &["ci", "docs", "tests"], 400, 365);
    all.tasks.insert(0, floorwalk::domain::task::Task { reactions: 100, ..newcomer });
    screen.told(Event::Snapshot(build(all)));
    assert_eq!(screen.turns.state.discover.cursor.at, before + 1);
    assert_eq!(screen.turns.state.selected(), Some(key("docs/handbook", 5)));
}

#[test]
fn an_idle_hour_draws_nothing_and_wakes_for_nothing() {
    let mut screen = Screen::new(120, 40);
    screen.keys("j").told(Event::Said("hello".into())).pass(Duration::from_secs(60));
    let (frames, waits) = (screen.turns.frames, screen.script.waits);
    screen.pass(Duration::from_secs(3_600));
    assert_eq!(screen.turns.frames, frames);
    assert_eq!(screen.script.waits, waits + 1, "one wait for the whole hour");
}

#[test]
fn a_flood_is_drawn_once() {
    let mut screen = Screen::new(80, 24);
    let frames = screen.turns.frames;
    for _ in 0..999 {
        screen.turns.state.now = now();
        screen.script_push(Msg::Key("j".parse().unwrap()));
    }
    screen.settle();
    assert_eq!(screen.turns.frames, frames + 1);
}

#[test]
fn without_colours_nothing_is_coloured_and_the_cursor_is_still_seen() {
    let skin = Skin { design: None, depth: Depth::None };
    let plain = Options { skin, ..Options::default() };
    let mut screen = Screen::with(snapshot(), plain, 120, 40);
    screen.shows("▸");
    let buffer = screen.turns.terminal.backend().buffer();
    assert!(
        buffer.content().iter().all(|c| c.fg == ratatui::style::Color::Reset && c.bg == ratatui::style::Color::Reset)
    );
    assert!(buffer.content().iter().any(|c| c.modifier.contains(ratatui::style::Modifier::REVERSED)));
}

#[test]
fn comments_that_no_sync_read_are_asked_for_once_when_a_task_is_opened() {
    let mut screen = Screen::new(120, 40);
    let first = key("vision/dataloader", 412);
    let mut bare = detail(first.clone(), BODY);
    bare.comments.clear();
    let asked = |s: &Screen| s.turns.world.commands.iter().filter(|c| **c == Command::Comments(first.clone())).count();
    screen.told(Event::Detail(Box::new(bare.clone()))).shows("1 comment, not read yet");
    assert_eq!(asked(&screen), 0, "the preview sends no request");
    screen.keys("enter").told(Event::Detail(Box::new(bare)));
    assert_eq!(asked(&screen), 1, "an answer that stays short is not asked for again");
    screen.told(Event::Detail(Box::new(detail(first.clone(), BODY)))).shows("@kim").lacks("not read yet");
}

#[test]
fn a_private_mark_says_how_it_is_found_again_and_goes_with_the_same_key() {
    let mut screen = Screen::new(120, 40);
    screen.keys("s").shows("is:snoozed lists it");
    let first = key("vision/dataloader", 412);
    let mut known = everything();
    known.marks = vec![Mark { key: first.clone(), kind: MarkKind::Hidden, until: None, changed: None }];
    screen.told(Event::Snapshot(build(known)));
    screen.wishes();
    screen.keys("/").text("is:hidden").keys("enter z h").shows("is on the list again");
    let wish = Command::Mark { keys: vec![first], kind: MarkKind::Hidden, on: false, until: None };
    assert_eq!(screen.wishes(), [wish]);
}

#[test]
fn another_order_shows_its_top_to_whoever_is_at_the_top() {
    let mut screen = Screen::new(80, 24);
    screen.keys("S").shows("by quiet").shows("▸");
    assert_eq!(screen.turns.state.discover.cursor.at, 0);
    screen.keys("j j");
    let held = screen.turns.state.selected();
    screen.keys("S");
    assert_eq!(screen.turns.state.selected(), held, "elsewhere the cursor stays on its task");
}

#[test]
fn the_palette_knows_the_verbs_of_the_command_line() {
    let mut screen = Screen::new(80, 24);
    screen.keys(":").text("sync").shows("Refresh this").keys("esc :").text("release").shows("Hand back");
}
