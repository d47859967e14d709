//! The machine-readable first line of a claim comment, protocol `floorwalk/1` (trackers.md §5.3).
//!
//! A marker starts at byte 0 of a comment, so a quoted or fenced marker never counts. Who may be believed is
//! decided in [`super::lease`]; this file only reads and writes.

use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};

use super::{
    commitment::{ClaimId, DoneKind, HostReason},
    size::Size,
};

/// What a hand-back says instead of a note when there is nothing to say.
pub const NOTHING: &str = "Nothing was started, so there is nothing to pass on.";

const OPEN: &str = "<!-- floorwalk/";
const CLOSE: &str = " -->";
/// Longest accepted JSON part, bytes.
pub const MAX_JSON: usize = 2048;

/// What a marker says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MarkerKind {
    /// Start of a lease.
    Claim,
    /// Asks the host for a lease; a claim comment like any other, holding nothing until the host consents.
    Request,
    /// Its end by hand-back.
    Release,
    /// Given up because an earlier claim exists.
    Concede,
    /// Offered to somebody.
    Offer,
    /// An offer taken; itself a claim.
    Accept,
    /// Finished.
    Done,
    /// The helper asks the host for help.
    Help,
    /// The host accepts a request, a further renewal, or work said to be done.
    Consent,
    /// The host declines a request.
    Decline,
    /// The host says that finished work broke something.
    Regress,
    /// The helper posts a plan; `mentor` is who is asked for a word about it.
    Plan,
    /// The host proposes the task to somebody; `to` answers by a claim, a decline or a question (help) of the same id.
    Propose,
    /// A kind this version does not know; kept, never acted on.
    #[serde(other)]
    Unknown,
}

/// Why a task was handed back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ReleaseReason {
    /// The work is done.
    Done,
    /// No time left.
    #[default]
    NoTime,
    /// Something blocks it.
    Blocked,
    /// Moved to other work.
    Moved,
    /// A reason of a newer version.
    #[serde(other)]
    Other,
}

/// Who posted the marker. Believed only when it equals the comment's author.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MarkerBy {
    /// Login at the time of writing.
    pub login: String,
    /// Numeric id.
    pub id: u64,
    /// Name for people, where the login is no word for them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

impl MarkerBy {
    /// What people call them: the name, else the login.
    pub fn shown(&self) -> &str {
        self.name.as_deref().unwrap_or(&self.login)
    }
}

/// Something appended to the claim comment by editing it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MarkerEvent {
    /// `extend`, `pause`, `resume`, `block`, `still`, `withdraw`, `done`, `remind`, `expire`, `concede`; `lapsed` and
    /// `progress` of older versions; unknown words are kept.
    pub e: String,
    /// When, by the writer's clock.
    pub at: Timestamp,
    /// New last day of an `extend`, last day of a `pause`, day of review of a `block`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Date>,
    /// Who or what a `block` waits for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// How it was `done`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<DoneKind>,
    /// Keys of newer versions.
    #[serde(flatten)]
    pub extra: serde_json::Map<String, serde_json::Value>,
}

/// A marker, read or to be written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Marker {
    /// Kind.
    pub k: MarkerKind,
    /// The claim it belongs to.
    pub c: ClaimId,
    /// Who.
    pub by: MarkerBy,
    /// When, by the writer's clock; order is decided by server times only.
    pub at: Timestamp,
    /// Last day of the lease (claims).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Date>,
    /// Reason (releases).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<ReleaseReason>,
    /// Effort class (claims, requests, proposals).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size: Option<Size>,
    /// Login of the receiver (offers, proposals).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    /// The claim whose offer is accepted (accepts).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub taken: Option<ClaimId>,
    /// Login of the mentor named (consents, plans).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mentor: Option<String>,
    /// Why the host declines, or takes away (declines, forced releases).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<HostReason>,
    /// Events added by editing.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ev: Vec<MarkerEvent>,
    /// Keys of newer versions, kept when the comment is edited.
    #[serde(flatten)]
    pub extra: serde_json::Map<String, serde_json::Value>,
}

impl MarkerEvent {
    /// An event of this word with nothing else said.
    pub fn new(e: &str, at: Timestamp) -> Self {
        Self { e: e.into(), at, until: None, by: None, kind: None, extra: serde_json::Map::new() }
    }
}

impl Marker {
    /// A marker with nothing but what all of them have.
    pub fn new(k: MarkerKind, c: ClaimId, by: MarkerBy, at: Timestamp) -> Self {
        Self {
            k,
            c,
            by,
            at,
            until: None,
            reason: None,
            size: None,
            to: None,
            taken: None,
            mentor: None,
            why: None,
            ev: Vec::new(),
            extra: serde_json::Map::new(),
        }
    }
}

/// A comment that starts like a marker but is none. Reported, never acted on.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MarkerError {
    /// Written by another version of the protocol.
    #[error("marker of protocol version {0}, which this program does not know")]
    Version(String),
    /// No end of the comment, too long, or not the expected JSON.
    #[error("broken marker: {0}")]
    Broken(String),
}

/// Reads the marker at byte 0 of a comment; `None` for an ordinary comment.
///
/// # Errors
/// [`MarkerError`] when the comment begins as a marker and is not a valid one.
pub fn parse(body: &str) -> Option<Result<Marker, MarkerError>> {
    let rest = body.strip_prefix(OPEN)?;
    Some(parse_rest(rest))
}

fn parse_rest(rest: &str) -> Result<Marker, MarkerError> {
    let broken = |what: &str| MarkerError::Broken(what.into());
    let (version, rest) = rest.split_once(' ').ok_or_else(|| broken("no version"))?;
    if version != "1" {
        let shown: String = version.chars().take(16).collect();
        return Err(MarkerError::Version(super::text::safe_line(&shown).into_owned()));
    }
    let (json, _) = rest.split_once(CLOSE).ok_or_else(|| broken("no end"))?;
    if json.len() > MAX_JSON {
        return Err(broken("longer than 2 KiB"));
    }
    serde_json::from_str(json).map_err(|e| MarkerError::Broken(super::text::safe_line(&e.to_string()).into_owned()))
}

/// Writes the marker line. `<`, `>` and `--` inside the JSON are escaped, so nothing in it can end the comment. The
/// JSON never exceeds [`MAX_JSON`], or nobody would believe the marker: what newer versions or foreign hands added
/// goes first, then events that decide nothing, then those that later ones have overtaken, then the ends of names (who
/// it is is told by the id).
pub fn line(marker: &Marker) -> String {
    let mut json = json(marker);
    if json.len() > MAX_JSON {
        let mut short = marker.clone();
        for shorten in [drop_extras, drop_words, drop_overtaken, cut_names, keep_the_last] {
            shorten(&mut short);
            json = self::json(&short);
            if json.len() <= MAX_JSON {
                break;
            }
        }
    }
    format!("{OPEN}1 {json}{CLOSE}")
}

fn json(marker: &Marker) -> String {
    // A marker is plain data with string keys: serialising it cannot fail.
    let json = serde_json::to_string(marker).unwrap_or_default();
    json.replace('<', "\\u003c").replace('>', "\\u003e").replace("--", "\\u002d\\u002d")
}

/// Events that the fold reads.
const READ: [&str; 11] =
    ["extend", "pause", "resume", "block", "still", "withdraw", "done", "remind", "expire", "lapsed", "concede"];

/// Events that end a claim: the first of them counts.
fn ends(e: &str) -> bool {
    matches!(e, "concede" | "lapsed" | "expire" | "withdraw" | "done")
}

/// Drops unknown keys, but for the two that the fold reads.
fn drop_extras(marker: &mut Marker) {
    marker.extra.retain(|key, value| matches!(key.as_str(), "alongside" | "forced") && value.is_boolean());
    for event in &mut marker.ev {
        event.extra.clear();
        event.by = event.by.take().map(|by| by.chars().take(40).collect());
    }
}

/// Drops events of words that nobody here reads.
fn drop_words(marker: &mut Marker) {
    marker.ev.retain(|e| READ.contains(&e.e.as_str()));
}

/// Keeps of each word the events that still decide: the furthest and the last two extensions (they are counted), the
/// last of each answer, the first end.
fn drop_overtaken(marker: &mut Marker) {
    let furthest = marker.ev.iter().filter(|e| e.e == "extend").max_by_key(|e| e.until).cloned();
    keep_latest(marker, |e| if e == "extend" { 2 } else { 1 });
    if let Some(furthest) = furthest.filter(|e| !marker.ev.contains(e)) {
        marker.ev.insert(0, furthest);
    }
}

fn keep_latest(marker: &mut Marker, most: impl Fn(&str) -> usize) {
    let mut kept: Vec<MarkerEvent> = Vec::new();
    for event in marker.ev.iter().rev() {
        let alike = kept.iter().filter(|k| k.e == event.e).count();
        if ends(&event.e) {
            // Read from the end, so that the first one stays.
            kept.retain(|k| !ends(&k.e));
            kept.push(event.clone());
        } else if alike < most(&event.e) {
            kept.push(event.clone());
        }
    }
    kept.reverse();
    marker.ev = kept;
}

fn cut_names(marker: &mut Marker) {
    // At most six bytes per character once escaped, so that even the worst names leave room for the rest.
    let names = [marker.by.name.as_mut(), Some(&mut marker.by.login), marker.to.as_mut(), marker.mentor.as_mut()];
    for name in names.into_iter().flatten() {
        *name = name.chars().take(39).collect();
    }
    for event in &mut marker.ev {
        event.by = event.by.take().map(|by| by.chars().take(20).collect());
    }
}

/// The least that tells how it stands: the furthest day, the first end, the last reminder, and the last stop or start
/// of the clock.
fn keep_the_last(marker: &mut Marker) {
    let furthest = marker.ev.iter().filter(|e| e.e == "extend").max_by_key(|e| e.until).cloned();
    let clock = marker.ev.iter().rfind(|e| matches!(e.e.as_str(), "pause" | "resume" | "block")).cloned();
    keep_latest(marker, |e| usize::from(matches!(e, "remind" | "still")));
    marker.ev.extend(furthest.into_iter().chain(clock));
    marker.ev.sort_by_key(|e| e.at);
    marker.ev.dedup();
}

/// What people wrote in a comment of ours: without the marker, without the lines the program adds, and with names and
/// numbers as they were typed.
pub fn words(body: &str) -> String {
    let prose = body.split_once('\n').map(|(_, prose)| prose).unwrap_or_default().trim();
    let ours = |line: &str| line.starts_with("🧭 ") || line.starts_with("<sub>Posted with floorwalk");
    if !prose.lines().any(ours) {
        return loud(prose);
    }
    let own = loud(prose.lines().filter(|line| !ours(line)).collect::<Vec<_>>().join("\n").trim());
    if own == NOTHING { String::new() } else { own }
}

/// The closing note quoted in a claim comment, when the work was done.
pub fn closing(body: &str) -> Option<String> {
    let lines = body.lines().skip(1).filter_map(|line| line.strip_prefix('>'));
    let lines: Vec<&str> = lines.map(|line| line.strip_prefix(' ').unwrap_or(line)).collect();
    (!lines.is_empty()).then(|| loud(&lines.join("\n")))
}

/// The plan in a claim comment; empty where there is none.
pub fn plan(body: &str) -> String {
    let line = body.lines().skip(1).find_map(|line| line.strip_prefix("Plan: ")).unwrap_or_default();
    loud(line.trim()).chars().take(500).collect()
}

/// Takes out the joiners that keep mentions and references from working.
fn loud(text: &str) -> String {
    text.replace("@\u{2060}", "@").replace("#\u{2060}", "#").replace("&lt;!--", "<!--")
}

/// The whole comment: marker line, then what people read.
pub fn comment(marker: &Marker, prose: &str) -> String {
    format!("{}\n{prose}", line(marker))
}
