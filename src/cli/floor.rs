//! The floor on the command line: rooms as text for people, as tab-separated rows for tools, and as JSON. Takes a
//! snapshot; knows no store and no terminal.

use jiff::{Timestamp, civil::Date};
use serde::Serialize;

use super::json::{CommitmentOut, ProposalOut, SCHEMA, UrlOf};
use crate::{
    app::{floor_words as words, proposal_words},
    domain::{
        calendar::Quiet,
        commitment::{Commitment, Nudge},
        policy::Consent,
        text::{fit, safe_line, width},
        time::Now,
    },
    index::{
        Snapshot,
        floor::{Ask, AskKind, Floor, Helper, Place, Room},
    },
};

/// `floor` and `team`.
#[derive(Debug, Serialize)]
pub struct FloorOut {
    /// Always [`SCHEMA`].
    pub schema: &'static str,
    /// The rooms: own first.
    pub rooms: Vec<RoomOut>,
    /// Who helps whom now; null for a single room.
    pub matrix: Option<MatrixOut>,
}

/// A room.
#[derive(Debug, Serialize)]
pub struct RoomOut {
    /// Id of the team; null for a project without one.
    pub team: Option<String>,
    /// `owner/name` of a project without a team.
    pub project: Option<String>,
    /// Name for people.
    pub name: String,
    /// True when you speak for it.
    pub own: bool,
    /// How to be asked.
    pub consent: Consent,
    /// Names of the leads.
    pub leads: Vec<String>,
    /// Where to ask.
    pub contact: String,
    /// Places taken, in all and free; null without a limit.
    pub places: PlacesOut,
    /// The quiet period that runs or begins within a month.
    pub quiet: Option<Quiet>,
    /// Commitments at risk.
    pub at_risk: u32,
    /// Tasks assigned by hand to people of other teams.
    pub by_hand: u32,
    /// Who helps now.
    pub helpers: Vec<HelperOut>,
    /// What waits for the room; only for those who speak for it.
    pub asks: Vec<AskOut>,
    /// Tasks proposed to people who have not answered yet; only for those who speak for it.
    pub proposed: Vec<ProposalOut>,
    /// Load of the week; only for those who speak for it.
    pub load: Option<LoadOut>,
    /// Mentors.
    pub mentors: Vec<MentorOut>,
}

/// Places for helpers.
#[derive(Debug, Serialize)]
pub struct PlacesOut {
    /// Taken.
    pub used: u32,
    /// In all.
    pub max: Option<u32>,
    /// Free.
    pub free: Option<u32>,
}

/// Somebody who helps.
#[derive(Debug, Serialize)]
pub struct HelperOut {
    /// Home team.
    pub home: Option<String>,
    /// Expected review, minutes; only for those who speak for the room.
    pub forecast_min: Option<u32>,
    /// The commitment.
    pub commitment: CommitmentOut,
}

/// Something that waits.
#[derive(Debug, Serialize)]
pub struct AskOut {
    /// What, in words.
    pub what: &'static str,
    /// The task; null for the room itself.
    pub task: Option<String>,
    /// The claim.
    pub claim_id: Option<String>,
    /// Since when.
    pub since: Timestamp,
    /// Who was told by the clock that it waits too long: `mentor` or `lead`.
    pub nudged: Option<Nudge>,
    /// True for thanks for the first task that somebody finished in its project.
    pub first: bool,
    /// What answers it.
    pub answer: String,
}

/// Load of a week.
#[derive(Debug, Serialize)]
pub struct LoadOut {
    /// Minutes of review committed.
    pub committed_min: u32,
    /// Minutes a week; null without a budget.
    pub budget_min: Option<u32>,
    /// When a new week begins.
    pub renews: Date,
}

/// A mentor.
#[derive(Debug, Serialize)]
pub struct MentorOut {
    /// Handle.
    pub handle: String,
    /// Helpers guided now.
    pub used: u32,
    /// Helpers at once.
    pub capacity: u32,
    /// On rotation.
    pub on_rotation: bool,
}

/// Who helps whom.
#[derive(Debug, Serialize)]
pub struct MatrixOut {
    /// Home teams: rows.
    pub homes: Vec<String>,
    /// Host rooms: columns.
    pub hosts: Vec<String>,
    /// Counts of commitments.
    pub cells: Vec<Vec<u32>>,
}

impl FloorOut {
    /// The floor, or (with `only`) one room of it.
    pub fn new(floor: &Floor, only: Option<&Room>, snapshot: &Snapshot, url: UrlOf<'_>) -> Self {
        let rooms: Vec<&Room> = only.map_or_else(|| floor.rooms.iter().collect(), |room| vec![room]);
        let matrix = only.is_none().then(|| MatrixOut {
            homes: floor.matrix.homes.clone(),
            hosts: floor.matrix.hosts.clone(),
            cells: floor.matrix.cells.clone(),
        });
        Self { schema: SCHEMA, rooms: rooms.into_iter().map(|r| RoomOut::new(r, snapshot, url)).collect(), matrix }
    }
}

impl RoomOut {
    fn new(room: &Room, snapshot: &Snapshot, url: UrlOf<'_>) -> Self {
        let (team, project) = match &room.place {
            Place::Team(id) => (Some(id.clone()), None),
            Place::Project(project) => (None, Some(project.path().to_owned())),
        };
        let helpers = room.commitments(snapshot).map(|(h, c)| HelperOut {
            home: h.home.clone(),
            forecast_min: h.forecast_min,
            commitment: CommitmentOut::new(c, snapshot, url),
        });
        Self {
            team,
            project,
            name: room.name.clone(),
            own: room.own,
            consent: room.consent,
            leads: room.leads.clone(),
            contact: room.contact.clone(),
            places: PlacesOut { used: room.places.used, max: room.places.max, free: room.places.free() },
            quiet: room.quiet.clone(),
            at_risk: room.at_risk,
            by_hand: room.by_hand,
            helpers: helpers.collect(),
            asks: room.asks.iter().map(|ask| AskOut::new(ask, snapshot)).collect(),
            proposed: room.proposed.iter().map(|p| ProposalOut::new(p, snapshot, url)).collect(),
            load: room.load.as_ref().map(|l| LoadOut {
                committed_min: l.committed_min,
                budget_min: l.budget_min,
                renews: l.renews,
            }),
            mentors: room
                .mentors
                .iter()
                .map(|m| MentorOut { handle: m.handle.clone(), used: m.used, capacity: m.capacity, on_rotation: m.on })
                .collect(),
        }
    }
}

impl AskOut {
    fn new(ask: &Ask, snapshot: &Snapshot) -> Self {
        let key = ask.about.as_ref().map(|(key, _)| snapshot.shown_key(key));
        let c = ask.at.and_then(|at| snapshot.commitments.get(at));
        Self {
            what: ask.kind.words(),
            answer: words::answers(ask.kind, key.as_deref().unwrap_or_default()).join(" | "),
            claim_id: ask.about.as_ref().map(|(_, claim)| claim.to_string()),
            since: ask.since,
            nudged: ask.nudged,
            first: c.is_some_and(|c| ask.kind == AskKind::Thanks && snapshot.first_finished(c).is_some()),
            task: key,
        }
    }
}

/// The rooms as lines for people, each cut to the width but for what is there to be copied. Rooms in which nothing
/// happens are named in one line at the end.
pub fn lines(floor: &Floor, only: Option<&Room>, snapshot: &Snapshot, columns: usize) -> Vec<String> {
    let now = Now(snapshot.built_at.unwrap_or_default());
    let mut lines = Lines { columns, all: Vec::new() };
    let busy = |room: &&Room| only.is_some() || room.own || !room.helpers.is_empty() || !room.asks.is_empty();
    let rooms: Vec<&Room> = only.map_or_else(|| floor.rooms.iter().collect(), |room| vec![room]);
    for room in rooms.iter().copied().filter(busy) {
        if !lines.all.is_empty() {
            lines.cut("");
        }
        room_lines(room, snapshot, now, &mut lines);
    }
    let quiet: Vec<&Room> = rooms.into_iter().filter(|r| !busy(r)).collect();
    if !quiet.is_empty() {
        lines.cut("");
        lines.cut("nobody is helping in");
        quiet.iter().for_each(|r| lines.cut(&format!("  {}: {}", safe_line(&r.name), words::room(r))));
    }
    if only.is_none() {
        matrix_lines(floor, columns).iter().for_each(|line| lines.cut(line));
    }
    lines.all
}

/// Lines for a terminal of some width.
struct Lines {
    columns: usize,
    all: Vec<String>,
}

impl Lines {
    fn cut(&mut self, line: &str) {
        self.all.push(fit(line, self.columns).into_owned());
    }

    /// A command that is cut cannot be copied.
    fn whole(&mut self, line: String) {
        self.all.push(line);
    }
}

fn room_lines(room: &Room, snapshot: &Snapshot, now: Now, lines: &mut Lines) {
    let own = if room.own { " (yours)" } else { "" };
    lines.cut(&format!("{}{own}: {}", safe_line(&room.name), words::room(room)));
    let people = words::people(room);
    if !people.is_empty() {
        lines.cut(&format!("  ask {people}"));
    }
    if let Some(load) = &room.load {
        lines.cut(&format!("  {}", words::load(load)));
    }
    if !room.mentors.is_empty() {
        let mentors: Vec<String> = room.mentors.iter().map(words::mentor).collect();
        lines.cut(&format!("  mentors: {}", mentors.join(", ")));
    }
    for ask in &room.asks {
        let key = ask.about.as_ref().map(|(key, _)| snapshot.shown_key(key)).unwrap_or_default();
        let gap = if key.is_empty() { "" } else { " " };
        lines.cut(&format!("  ! {key}{gap}{}", words::ask(ask, snapshot, now)));
        words::answers(ask.kind, &key).into_iter().for_each(|answer| lines.whole(format!("    {answer}")));
    }
    for p in &room.proposed {
        lines.cut(&format!("  {} {}", snapshot.shown_key(&p.proposal.key), proposal_words::standing(p)));
    }
    for (helper, c) in room.commitments(snapshot) {
        helper_lines(helper, c, snapshot, now).iter().for_each(|line| lines.cut(line));
    }
}

fn helper_lines(helper: &Helper, c: &Commitment, snapshot: &Snapshot, now: Now) -> [String; 2] {
    let title = snapshot.get(&c.key).map(|row| row.task.title.line().into_owned()).unwrap_or_default();
    [
        format!("  {:<12} {}  {title}", c.state.word(), snapshot.shown_key(&c.key)),
        format!("  {:<12} {} · {}", "", words::helper(helper, c), words::standing(helper, c, snapshot, now)),
    ]
}

fn matrix_lines(floor: &Floor, columns: usize) -> Vec<String> {
    let matrix = &floor.matrix;
    if matrix.homes.is_empty() {
        return Vec::new();
    }
    // The numbers are worth more than the end of a long name.
    let most = (columns / 3).max("unknown".len());
    let name = |text: &String| fit(&safe_line(text), most).into_owned();
    let first = matrix.homes.iter().map(|h| width(&name(h))).max().unwrap_or(0).max("from".len());
    let mut lines = vec![String::new(), "who helps whom now".to_owned()];
    let header: Vec<String> = matrix.hosts.iter().map(name).collect();
    let padded = |text: &str| format!("{text}{}", " ".repeat(first.saturating_sub(width(text))));
    lines.push(format!("  {}  {}", padded("from"), header.join("  ")));
    for (home, cells) in matrix.homes.iter().zip(&matrix.cells) {
        let cells: Vec<String> = cells
            .iter()
            .zip(&header)
            .map(|(n, host)| {
                let cell = if *n == 0 { "·".to_owned() } else { n.to_string() };
                format!("{cell:>columns$}", columns = width(host))
            })
            .collect();
        lines.push(format!("  {}  {}", padded(&name(home)), cells.join("  ")));
    }
    lines
}

/// Tab-separated rows with a header, one for each helper; texts are harmless.
pub fn tsv(floor: &Floor, only: Option<&Room>, snapshot: &Snapshot) -> Vec<String> {
    let mut rows = vec!["room\tstate\tkey\twho\thome\tuntil\tclaim_id".to_owned()];
    let rooms: Vec<&Room> = only.map_or_else(|| floor.rooms.iter().collect(), |room| vec![room]);
    for room in rooms {
        for (helper, c) in room.commitments(snapshot) {
            let cells = [
                safe_line(&room.name).into_owned(),
                c.state.word().to_owned(),
                snapshot.shown_key(&c.key),
                c.who.login.line().into_owned(),
                helper.home.as_deref().map(|h| safe_line(h).into_owned()).unwrap_or_default(),
                c.until.to_string(),
                c.claim.to_string(),
            ];
            rows.push(cells.join("\t"));
        }
    }
    rows
}
