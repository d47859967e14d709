//! Arguments of the verbs about commitments. Knows words and their help texts, and nothing of what they do.

use clap::{
    Args, ValueEnum,
    builder::{PossibleValuesParser, TypedValueParser},
};
use jiff::civil::Date;

use super::{parse_date, parse_size};
use crate::domain::{
    commitment::{DoneKind, HostReason},
    marker::ReleaseReason,
    size::Size,
};

/// A task and nothing else.
#[derive(Args, Clone, Debug)]
pub struct OneArgs {
    /// owner/name#12 or ABC-12, with `tracker:` in front where two trackers have it
    #[arg(value_name = "TASK")]
    pub key: String,
    /// Say what would happen and do nothing
    #[arg(long)]
    pub dry_run: bool,
}

/// The parts of a closing note.
#[derive(Args, Clone, Debug, Default)]
pub struct NoteArgs {
    /// What is done so far, and how one can see it
    #[arg(long, value_name = "TEXT")]
    pub done: Option<String>,
    /// What whoever comes next should do first
    #[arg(long, value_name = "TEXT")]
    pub next: Option<String>,
    /// Branch, pull request or document; may be repeated
    #[arg(long, value_name = "URL")]
    pub link: Vec<String>,
    /// What to beware of
    #[arg(long, value_name = "TEXT")]
    pub gotcha: Option<String>,
    /// All of it in one text instead
    #[arg(long, value_name = "TEXT", conflicts_with_all = ["done", "next", "link", "gotcha"])]
    pub note: Option<String>,
}

/// `claim`.
#[derive(Args, Clone, Debug)]
#[command(after_help = "Example: floorwalk claim acme/app#12 --size S --plan 'reproduce it first'")]
pub struct ClaimArgs {
    /// owner/name#12 or ABC-12, with `tracker:` in front where two trackers have it
    #[arg(required = true, value_name = "TASK")]
    pub keys: Vec<String>,
    /// Last day, as 2026-12-05 [default: by size]
    #[arg(long, value_name = "DATE", value_parser = parse_date)]
    pub until: Option<Date>,
    /// Effort: XS, S, M or L; decides how long the task is yours and what review is expected
    #[arg(long, value_parser = parse_size, value_name = "SIZE")]
    pub size: Option<Size>,
    /// One line of plan, shown in the comment
    #[arg(long, value_name = "TEXT", default_value = "")]
    pub plan: String,
    /// Ask the host even where a claim would hold at once
    #[arg(long)]
    pub ask: bool,
    /// Beside somebody who holds it or is assigned by hand
    #[arg(long)]
    pub alongside: bool,
    /// Show what would happen, the host and the expected review, and do nothing
    #[arg(long)]
    pub dry_run: bool,
}

/// `accept`.
#[derive(Args, Clone, Debug)]
#[command(after_help = "Example: floorwalk accept acme/app#12 --for lee --mentor mo")]
pub struct AcceptArgs {
    /// owner/name#12 or ABC-12, with `tracker:` in front where two trackers have it
    #[arg(value_name = "TASK")]
    pub key: String,
    /// Whose request, where several people asked
    #[arg(long = "for", value_name = "LOGIN")]
    pub helper: Option<String>,
    /// Who of the host guides the helper
    #[arg(long, value_name = "LOGIN")]
    pub mentor: Option<String>,
    /// Go over the host's own limits, once
    #[arg(long)]
    pub waive: bool,
    /// Last day of what you take [default: by size]
    #[arg(long, value_name = "DATE", value_parser = parse_date)]
    pub until: Option<Date>,
    /// Effort of what you take
    #[arg(long, value_parser = parse_size, value_name = "SIZE")]
    pub size: Option<Size>,
    /// Say what would happen and do nothing
    #[arg(long)]
    pub dry_run: bool,
}

/// `propose`.
#[derive(Args, Clone, Debug)]
#[command(after_help = "Example: floorwalk propose acme/app#12 --to ida --size S --text 'small, and mo knows it well'")]
pub struct ProposeArgs {
    /// owner/name#12 or ABC-12, with `tracker:` in front where two trackers have it
    #[arg(value_name = "TASK")]
    pub key: String,
    /// To whom; nobody is assigned until they claim it
    #[arg(long, value_name = "LOGIN")]
    pub to: String,
    /// Effort: XS, S, M or L
    #[arg(long, value_parser = parse_size, value_name = "SIZE")]
    pub size: Option<Size>,
    /// Why this task, and why them
    #[arg(long, value_name = "TEXT", default_value = "")]
    pub text: String,
    /// Say what would happen and do nothing
    #[arg(long)]
    pub dry_run: bool,
}

/// `decline`.
#[derive(Args, Clone, Debug)]
#[command(after_help = "Example: floorwalk decline acme/app#12 --reason not-now --text 'from January on, gladly'")]
pub struct DeclineArgs {
    /// owner/name#12 or ABC-12, with `tracker:` in front where two trackers have it
    #[arg(value_name = "TASK")]
    pub key: String,
    /// Why
    #[arg(long, value_name = "REASON", value_parser = host_reason())]
    pub reason: HostReason,
    /// A sentence for the helper, or for whoever proposed it
    #[arg(long, value_name = "TEXT", default_value = "")]
    pub text: String,
    /// Whose request, where several people asked
    #[arg(long = "for", value_name = "LOGIN")]
    pub helper: Option<String>,
    /// Say what would happen and do nothing
    #[arg(long)]
    pub dry_run: bool,
}

/// `revoke`.
#[derive(Args, Clone, Debug)]
#[command(
    after_help = "Example: floorwalk revoke acme/app#12 --reason needs-us --text 'it is part of the release now'"
)]
pub struct RevokeArgs {
    /// owner/name#12 or ABC-12, with `tracker:` in front where two trackers have it
    #[arg(value_name = "TASK")]
    pub key: String,
    /// Why
    #[arg(long, value_name = "REASON", value_parser = host_reason())]
    pub reason: HostReason,
    /// What the helper is told
    #[arg(long, value_name = "TEXT")]
    pub text: String,
    /// Whose, where several people are on it
    #[arg(long = "for", value_name = "LOGIN")]
    pub helper: Option<String>,
    /// Say what would happen and do nothing
    #[arg(long)]
    pub dry_run: bool,
}

/// `renew`.
#[derive(Args, Clone, Debug)]
#[command(after_help = "Example: floorwalk renew acme/app#12 --days 3 --why 'the review found one more case'")]
pub struct RenewArgs {
    /// owner/name#12 or ABC-12, with `tracker:` in front where two trackers have it
    #[arg(value_name = "TASK")]
    pub key: String,
    /// New last day, as 2026-12-05 [default: by size once more]
    #[arg(long, value_name = "DATE", value_parser = parse_date, conflicts_with = "days")]
    pub until: Option<Date>,
    /// Longer by this many working days
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=60))]
    pub days: Option<u32>,
    /// Why, one line
    #[arg(long, value_name = "TEXT")]
    pub why: String,
    /// Say what would happen and do nothing
    #[arg(long)]
    pub dry_run: bool,
}

/// `pause`.
#[derive(Args, Clone, Debug)]
#[command(after_help = "Example: floorwalk pause acme/app#12 --until 2026-12-05")]
pub struct PauseArgs {
    /// owner/name#12 or ABC-12, with `tracker:` in front where two trackers have it
    #[arg(value_name = "TASK")]
    pub key: String,
    /// Last day away
    #[arg(long, value_name = "DATE", value_parser = parse_date)]
    pub until: Date,
    /// Say what would happen and do nothing
    #[arg(long)]
    pub dry_run: bool,
}

/// `block`.
#[derive(Args, Clone, Debug)]
#[command(after_help = "Example: floorwalk block acme/app#12 --by 'the certificate of platform' --review 2026-12-01")]
pub struct BlockArgs {
    /// owner/name#12 or ABC-12, with `tracker:` in front where two trackers have it
    #[arg(value_name = "TASK")]
    pub key: String,
    /// Who or what is waited for
    #[arg(long, value_name = "TEXT")]
    pub by: String,
    /// When it is looked at again
    #[arg(long, value_name = "DATE", value_parser = parse_date)]
    pub review: Date,
    /// Say what would happen and do nothing
    #[arg(long)]
    pub dry_run: bool,
}

/// `need-help`.
#[derive(Args, Clone, Debug)]
#[command(after_help = "Example: floorwalk need-help acme/app#12 'where do the test keys come from?'")]
pub struct HelpArgs {
    /// owner/name#12 or ABC-12, with `tracker:` in front where two trackers have it
    #[arg(value_name = "TASK")]
    pub key: String,
    /// The question
    #[arg(value_name = "TEXT", default_value = "")]
    pub text: String,
    /// Whom to ask; may be repeated [default: the mentor, else the leads]
    #[arg(long, value_name = "LOGIN")]
    pub ask: Vec<String>,
    /// Say what would happen and do nothing
    #[arg(long)]
    pub dry_run: bool,
}

/// `plan`.
#[derive(Args, Clone, Debug)]
#[command(after_help = "Example: floorwalk plan acme/app#12 --text 'reproduce it, write the test, then the fix'")]
pub struct PlanArgs {
    /// owner/name#12 or ABC-12, with `tracker:` in front where two trackers have it
    #[arg(value_name = "TASK")]
    pub key: String,
    /// The plan [default: a template in your editor]
    #[arg(long, value_name = "TEXT")]
    pub text: Option<String>,
    /// Whom to ask for a word about it [default: the mentor, else a lead]
    #[arg(long, value_name = "LOGIN")]
    pub ask: Option<String>,
    /// Say what would happen and do nothing
    #[arg(long)]
    pub dry_run: bool,
}

/// `handover`.
#[derive(Args, Clone, Debug)]
#[command(after_help = "Example: floorwalk handover acme/app#12 --to lee --next 'run the migration twice'")]
pub struct HandoverArgs {
    /// owner/name#12 or ABC-12, with `tracker:` in front where two trackers have it
    #[arg(value_name = "TASK")]
    pub key: String,
    /// Who should take it; it stays yours until they accept
    #[arg(long, value_name = "LOGIN")]
    pub to: String,
    /// What they should know.
    #[command(flatten)]
    pub note: NoteArgs,
    /// Say what would happen and do nothing
    #[arg(long)]
    pub dry_run: bool,
}

/// `done`.
#[derive(Args, Clone, Debug)]
#[command(after_help = "Example: floorwalk done acme/app#12 --kind docs --link https://wiki.example/quickstart")]
pub struct DoneArgs {
    /// owner/name#12 or ABC-12, with `tracker:` in front where two trackers have it
    #[arg(value_name = "TASK")]
    pub key: String,
    /// How it was finished
    #[arg(long, value_name = "KIND", value_parser = done_kind())]
    pub kind: DoneKind,
    /// What stays to be known.
    #[command(flatten)]
    pub note: NoteArgs,
    /// Say what would happen and do nothing
    #[arg(long)]
    pub dry_run: bool,
}

/// `release`.
#[derive(Args, Clone, Debug)]
#[command(after_help = "Example: floorwalk release acme/app#12 --done 'test written' --next 'find the leak'")]
pub struct ReleaseArgs {
    /// owner/name#12 or ABC-12, with `tracker:` in front where two trackers have it
    #[arg(value_name = "TASK")]
    pub key: String,
    /// What the next person should know.
    #[command(flatten)]
    pub note: NoteArgs,
    /// Why
    #[arg(long, value_enum, default_value_t = Reason::NoTime)]
    pub reason: Reason,
    /// Say what would happen and do nothing
    #[arg(long)]
    pub dry_run: bool,
}

/// `warranty`.
#[derive(Args, Clone, Debug)]
#[command(after_help = "Example: floorwalk warranty acme/app#12 --regression https://github.com/acme/app/issues/31")]
pub struct WarrantyArgs {
    /// owner/name#12; nothing lists what is in warranty
    #[arg(value_name = "TASK", requires = "regression")]
    pub key: Option<String>,
    /// Where it shows that the finished work broke something
    #[arg(long, value_name = "URL", requires = "key")]
    pub regression: Option<String>,
    /// A sentence for the helper
    #[arg(long, value_name = "TEXT", default_value = "")]
    pub text: String,
    /// Whose work, where several people were on it
    #[arg(long = "for", value_name = "LOGIN")]
    pub helper: Option<String>,
    /// Say what would happen and do nothing
    #[arg(long)]
    pub dry_run: bool,
}

/// `sync`.
#[derive(Args, Clone, Copy, Debug)]
#[command(after_help = "Example: floorwalk sync --watch --every 30")]
pub struct SyncArgs {
    /// Read everything again, even what is fresh
    #[arg(long)]
    pub full: bool,
    /// Go on until ctrl-c: read, send what is due, wait
    #[arg(long)]
    pub watch: bool,
    /// Minutes between two rounds
    #[arg(long, value_name = "MIN", default_value_t = 10, requires = "watch")]
    #[arg(value_parser = clap::value_parser!(u32).range(1..=1440))]
    pub every: u32,
}

/// Why a task is handed back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Reason {
    /// The work is done
    Done,
    /// No time left
    NoTime,
    /// Something blocks it
    Blocked,
    /// Moved to other work
    Moved,
}

impl From<Reason> for ReleaseReason {
    fn from(reason: Reason) -> Self {
        match reason {
            Reason::Done => Self::Done,
            Reason::NoTime => Self::NoTime,
            Reason::Blocked => Self::Blocked,
            Reason::Moved => Self::Moved,
        }
    }
}

/// The words of [`HostReason`], as in markers.
fn host_reason() -> impl TypedValueParser<Value = HostReason> {
    PossibleValuesParser::new(HostReason::ALL.map(HostReason::word)).try_map(|word| {
        HostReason::ALL.into_iter().find(|r| r.word() == word).ok_or_else(|| format!("'{word}' is no reason"))
    })
}

/// The words of [`DoneKind`], as in markers.
fn done_kind() -> impl TypedValueParser<Value = DoneKind> {
    PossibleValuesParser::new(DoneKind::ALL.map(DoneKind::word)).try_map(|word| {
        DoneKind::ALL.into_iter().find(|k| k.word() == word).ok_or_else(|| format!("'{word}' is no kind"))
    })
}
