//! Arguments of `triage`. Knows words and their help texts, and nothing of what they do.

use clap::{ArgGroup, Args};
use jiff::civil::Date;

use super::parse_date;

/// `triage`.
#[derive(Args, Clone, Debug)]
#[command(group = ArgGroup::new("act").required(true).multiple(false))]
#[command(group = ArgGroup::new("comment").multiple(false))]
#[command(after_help = "Example: floorwalk triage acme/app#12 acme/app#15 --snooze 2026-12-05\n         \
                  floorwalk triage acme/app#12 --ask-info --dry-run\n         \
                  floorwalk triage acme/app#12 --duplicates")]
pub struct TriageArgs {
    /// owner/name#12 or ABC-12, with `tracker:` in front where two trackers have it
    #[arg(value_name = "TASK", required = true)]
    pub keys: Vec<String>,
    /// For yourself: put them off until this day, as 2026-12-05
    #[arg(long, value_name = "DATE", value_parser = parse_date, group = "act")]
    pub snooze: Option<Date>,
    /// For yourself: put them off until something about them changes
    #[arg(long, group = "act")]
    pub until_changed: bool,
    /// For yourself: hide them for good
    #[arg(long, group = "act")]
    pub hide: bool,
    /// For yourself: tag them with a word of your own; `tag:WORD` finds them
    #[arg(long, value_name = "WORD", group = "act")]
    pub tag: Option<String>,
    /// For yourself: take such a tag off
    #[arg(long, value_name = "WORD", group = "act")]
    pub untag: Option<String>,
    /// On the tracker: add a label that the project has
    #[arg(long, value_name = "NAME", group = "act")]
    pub label: Option<String>,
    /// On the tracker: take a label off
    #[arg(long, value_name = "NAME", group = "act")]
    pub unlabel: Option<String>,
    /// On the tracker: ask the author for what is missing, in a comment
    #[arg(long, groups = ["act", "comment"])]
    pub ask_info: bool,
    /// On the tracker: ask the host whether it can be closed, in a comment with what was seen; closes nothing
    #[arg(long, groups = ["act", "comment"])]
    pub obsolete: bool,
    /// On the tracker: point to another task that is the same work, in a comment
    #[arg(long, value_name = "TASK", groups = ["act", "comment"])]
    pub duplicate_of: Option<String>,
    /// List tasks that look like the same work as this one; writes nothing
    #[arg(long, group = "act")]
    pub duplicates: bool,
    /// Words of the comment [default: a kind question]
    #[arg(long, value_name = "TEXT", requires = "comment")]
    pub text: Option<String>,
    /// Say what would happen to each task, and do nothing
    #[arg(long)]
    pub dry_run: bool,
}
