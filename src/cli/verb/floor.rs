//! `floor` and `team`: who is helping where, and what waits for the rooms I speak for.

use crate::{
    app::{ExitCode, UserError},
    cli::{
        context::Context,
        failure::Result,
        floor::{FloorOut, lines, tsv},
        open::{Need, Opened, open},
    },
    domain::text::safe_line,
    index::{
        Snapshot,
        floor::{Floor, Room},
    },
};

/// All rooms.
pub(super) async fn floor(cx: &Context) -> Result<ExitCode> {
    let opened = open(cx, Need::Store).await?;
    let snapshot = opened.session.snapshot().await?;
    let floor = snapshot.floor();
    print(cx, &opened, &snapshot, &floor, None);
    if floor.rooms.is_empty() && cx.out.is_terminal && !cx.args.json {
        cx.out.note("nobody is helping anywhere yet; `floorwalk sync` reads who claimed what");
    }
    Ok(ExitCode::Done)
}

/// One room: the one named, else the one I speak for.
pub(super) async fn team(cx: &Context, name: Option<&str>) -> Result<ExitCode> {
    let opened = open(cx, Need::Store).await?;
    let snapshot = opened.session.snapshot().await?;
    let floor = snapshot.floor();
    let rooms: Vec<&Room> = match name {
        Some(name) => vec![floor.room(name).ok_or_else(|| unknown(name, &floor))?],
        None => floor.mine().collect(),
    };
    if rooms.is_empty() {
        let hint = "`floorwalk team NAME` shows one room, `floorwalk floor` all of them";
        return Err(UserError::refused("you speak for no team", hint).into());
    }
    if cx.args.json {
        let url = |key: &_| opened.url(key);
        let mut all = FloorOut::new(&floor, rooms.first().copied(), &snapshot, &url);
        for room in rooms.iter().skip(1) {
            all.rooms.extend(FloorOut::new(&floor, Some(room), &snapshot, &url).rooms);
        }
        cx.out.document(&all);
        return Ok(ExitCode::Done);
    }
    for (i, room) in rooms.into_iter().enumerate() {
        if i > 0 && cx.out.is_terminal {
            cx.out.say("");
        }
        print(cx, &opened, &snapshot, &floor, Some(room));
    }
    Ok(ExitCode::Done)
}

fn print(cx: &Context, opened: &Opened, snapshot: &Snapshot, floor: &Floor, only: Option<&Room>) {
    if cx.args.json {
        let url = |key: &_| opened.url(key);
        cx.out.document(&FloorOut::new(floor, only, snapshot, &url));
    } else if cx.out.is_terminal {
        cx.out.say(&lines(floor, only, snapshot, cx.out.width()).join("\n"));
    } else {
        cx.out.say(&tsv(floor, only, snapshot).join("\n"));
    }
}

fn unknown(name: &str, floor: &Floor) -> UserError {
    let names: Vec<String> = floor.rooms.iter().map(|r| safe_line(&r.name).into_owned()).collect();
    let known =
        if names.is_empty() { "no room is known yet".to_owned() } else { format!("there are: {}", names.join(", ")) };
    UserError::refused(format!("no team or room '{}'", safe_line(name)), known)
}
