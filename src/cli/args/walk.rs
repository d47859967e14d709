//! Arguments of `walk`. Knows words and their help texts, and nothing of what they do.

use clap::{
    Args, Subcommand,
    builder::{PossibleValuesParser, TypedValueParser},
    value_parser,
};
use jiff::civil::Date;

use super::parse_date;
use crate::{
    domain::walk::Reason,
    index::walk::{MOST_STOPS, STOPS},
};

/// `walk`.
#[derive(Args, Clone, Debug)]
#[command(args_conflicts_with_subcommands = true)]
#[command(
    after_help = "Example: floorwalk walk --stops 3 --dry-run\n         floorwalk walk skip acme/app#12 --reason too-big"
)]
pub struct WalkArgs {
    /// At most this many stops
    #[arg(long, value_name = "N", default_value_t = u8::try_from(STOPS).unwrap_or(7))]
    #[arg(value_parser = value_parser!(u8).range(1..=i64::try_from(MOST_STOPS).unwrap_or(50)))]
    pub stops: u8,
    /// Show the round and do not remember that it was walked
    #[arg(long)]
    pub dry_run: bool,
    /// An answer to a stop; nothing prints a round
    #[command(subcommand)]
    pub act: Option<WalkAct>,
}

/// `walk …`.
#[derive(Clone, Debug, Subcommand)]
pub enum WalkAct {
    /// Say that a task is not for you, and why; stays on this machine
    #[command(after_help = "Example: floorwalk walk skip acme/app#12 --reason other --note 'needs a Windows machine'")]
    Skip {
        /// owner/name#12 or ABC-12, with `tracker:` in front where two trackers have it
        #[arg(value_name = "TASK")]
        key: String,
        /// Why
        #[arg(long, value_name = "CODE", value_parser = reason())]
        reason: Reason,
        /// In words, one line; needed with `other`
        #[arg(long, value_name = "TEXT", default_value = "", hide_default_value = true)]
        note: String,
        /// Say what would happen and do nothing
        #[arg(long)]
        dry_run: bool,
    },
    /// Put a task off; stays on this machine
    #[command(after_help = "Example: floorwalk walk snooze acme/app#12 --until 2026-12-05")]
    Snooze {
        /// owner/name#12 or ABC-12, with `tracker:` in front where two trackers have it
        #[arg(value_name = "TASK")]
        key: String,
        /// Until this day, as 2026-12-05
        #[arg(long, value_name = "DATE", value_parser = parse_date, required_unless_present = "until_changed")]
        until: Option<Date>,
        /// Until something about it changes
        #[arg(long, conflicts_with = "until")]
        until_changed: bool,
        /// Say what would happen and do nothing
        #[arg(long)]
        dry_run: bool,
    },
}

/// The codes of [`Reason`].
fn reason() -> impl TypedValueParser<Value = Reason> {
    PossibleValuesParser::new(Reason::ALL.map(Reason::code))
        .try_map(|code| Reason::of(&code).ok_or_else(|| format!("'{code}' is no reason")))
}
