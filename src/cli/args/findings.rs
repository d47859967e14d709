//! Arguments of `findings`. Knows words and their help texts, and nothing of what they do.

use clap::{Args, Subcommand};

/// `findings`.
#[derive(Args, Clone, Debug)]
#[command(args_conflicts_with_subcommands = true)]
#[command(
    after_help = "Example: floorwalk findings signal:ci\n         floorwalk findings raise acme/app red-branch --dry-run"
)]
pub struct FindingsArgs {
    /// Free words, a project, and field:value, as in the query line of the screen
    #[arg(value_name = "QUERY")]
    pub query: Vec<String>,
    /// Print at most this many
    #[arg(long, value_name = "N")]
    pub limit: Option<usize>,
    /// What to do with one; nothing lists them
    #[command(subcommand)]
    pub act: Option<FindingsAct>,
}

/// `findings …`.
#[derive(Clone, Debug, Subcommand)]
pub enum FindingsAct {
    /// Make an issue of a finding, which anybody can claim then; shows the text and asks first
    #[command(after_help = "Example: floorwalk findings raise acme/app contributing --edit")]
    Raise(RaiseArgs),
}

/// `findings raise`.
#[derive(Args, Clone, Debug)]
pub struct RaiseArgs {
    /// Project: owner/name or ABC
    #[arg(value_name = "PROJECT")]
    pub project: String,
    /// Id of the finding, as `floorwalk findings` lists it
    #[arg(value_name = "ID")]
    pub id: String,
    /// Title instead of that of the draft
    #[arg(long, value_name = "TEXT")]
    pub title: Option<String>,
    /// Change title and text in your editor first ($VISUAL, else $EDITOR)
    #[arg(long)]
    pub edit: bool,
    /// Show the text and do nothing
    #[arg(long)]
    pub dry_run: bool,
}
