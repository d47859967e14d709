//! The command line as values. Knows words and their help texts, and nothing of what they do.

mod checklist;
mod findings;
mod life;
mod registry;
mod triage;
mod walk;
mod why;

use std::{ffi::OsString, path::PathBuf};

use clap::{Args, CommandFactory, Parser, Subcommand};
use jiff::civil::Date;

pub use self::life::{
    AcceptArgs, BlockArgs, ClaimArgs, DeclineArgs, DoneArgs, HandoverArgs, HelpArgs, NoteArgs, OneArgs, PauseArgs,
    PlanArgs, ProposeArgs, Reason, ReleaseArgs, RenewArgs, RevokeArgs, SyncArgs, WarrantyArgs,
};
use crate::{
    config::theme::Depth,
    domain::{outbox::OpId, size::Size},
    index::{
        Query,
        fields::{FIELDS, SYNTAX},
        rank::Sort,
    },
    keymap::Shipped,
};

pub use checklist::ChecklistArgs;
pub use findings::{FindingsAct, FindingsArgs, RaiseArgs};
pub use registry::RegistryAct;
pub use triage::TriageArgs;
pub use walk::{WalkAct, WalkArgs};
pub use why::{WeightsArgs, WhyArgs};

/// Exit codes, printed under every help.
const AFTER: &str = "Exit codes: 0 done, 1 refused or nothing found, 2 usage, 3 configuration, 4 authentication, \
5 network or tracker, 6 store, 70 internal.";

/// Find the work that teams never get round to, help for a while, and hand it back.
///
/// Without a verb the screen opens. `floorwalk demo` shows everything with made-up data and needs nothing.
#[derive(Clone, Debug, Parser)]
#[command(name = "floorwalk", version, after_help = AFTER, disable_help_subcommand = true)]
#[command(subcommand_value_name = "VERB", subcommand_help_heading = "Verbs")]
pub struct Arguments {
    /// Flags that every verb takes.
    #[command(flatten)]
    pub global: Global,
    /// What to do; nothing opens the screen.
    #[command(subcommand)]
    pub verb: Option<Verb>,
}

/// Flags that every verb takes.
#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = "Everywhere")]
pub struct Global {
    /// Configuration file [default: $FLOORWALK_CONFIG, else floorwalk/config.toml in the XDG folder]
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Folder of the store [default: $FLOORWALK_DATA_DIR, else floorwalk in the XDG folder]
    #[arg(long, global = true, value_name = "DIR")]
    pub data_dir: Option<PathBuf>,
    /// File with the token, readable by you alone (mode 0600)
    #[arg(long, global = true, value_name = "FILE")]
    pub token_file: Option<PathBuf>,
    /// Print JSON (schema "floorwalk/1") instead of text
    #[arg(long, global = true)]
    pub json: bool,
    /// Answer yes instead of asking
    #[arg(short, long, global = true)]
    pub yes: bool,
    /// Read this repository, without any set-up; may be repeated
    #[arg(long, global = true, value_name = "OWNER/NAME")]
    pub repo: Vec<String>,
    /// Weigh scores by this preset: default, expert, mixed, intern, debt, connector, or one of your own
    #[arg(long, global = true, value_name = "NAME")]
    pub preset: Option<String>,
    /// No colour, as NO_COLOR
    #[arg(long, global = true)]
    pub no_color: bool,
    /// Colours: auto, never, 16, 256, true
    #[arg(long, alias = "color", global = true, value_name = "WHEN", value_parser = ["auto", "never", "16", "256", "true"])]
    pub colour: Option<String>,
    /// Theme of the screens, as ui.theme of the configuration
    #[arg(long, global = true, value_name = "NAME")]
    pub theme: Option<String>,
    /// Take wheel and clicks on the screens, as ui.mouse of the configuration
    #[arg(long, global = true)]
    pub mouse: bool,
    /// Begin at the list once, not where the screens were left
    #[arg(long, global = true)]
    pub afresh: bool,
    /// Lines and questions in place of screens, for screen readers and pipes
    #[arg(long, global = true)]
    pub plain: bool,
    /// Say more
    #[arg(short, long, global = true)]
    pub verbose: bool,
}

impl Global {
    /// How many colours the flags ask for; `None` leaves it to the terminal.
    pub fn depth(&self) -> Option<Depth> {
        if self.no_color { Some(Depth::None) } else { self.colour.as_deref().and_then(Depth::parse) }
    }
}

/// The verbs.
#[derive(Clone, Debug, Subcommand)]
pub enum Verb {
    /// Show everything with a made-up organisation; needs nothing
    #[command(after_help = "Example: floorwalk demo --serve --port 8080")]
    Demo(DemoArgs),
    /// Write a first configuration
    #[command(after_help = "Example: floorwalk init --org acme")]
    Init(InitArgs),
    /// Read what changed on the trackers
    Sync(SyncArgs),
    /// List tasks: a table on a terminal, tab-separated when piped
    #[command(after_help = fields())]
    List(ListArgs),
    /// Show one task with its description and comments
    #[command(after_help = "Example: floorwalk show acme/app#12")]
    Show {
        /// owner/name#12 or ABC-12, with `tracker:` in front where two trackers have it
        #[arg(value_name = "TASK")]
        key: String,
    },
    /// Say why a task has its score, and what would raise it
    Why(WhyArgs),
    /// Show how much each part of a score counts, and keep own weights
    Weights(WeightsArgs),
    /// List debt of projects that is no issue yet, and make issues of it
    Findings(FindingsArgs),
    /// Go round: tasks of hosts you have not visited lately, fair to all
    Walk(WalkArgs),
    /// Sort tasks: put them off, hide, tag, label, ask, propose as obsolete, point to a duplicate
    Triage(TriageArgs),
    /// Take tasks for a while
    Claim(ClaimArgs),
    /// Propose a task to somebody; nobody is assigned until they take it
    Propose(ProposeArgs),
    /// Accept a request as the host, or take what was offered or proposed to you
    Accept(AcceptArgs),
    /// Decline a request as the host, or a task that was proposed to you
    Decline(DeclineArgs),
    /// Take a request back
    #[command(after_help = "Example: floorwalk withdraw acme/app#12")]
    Withdraw(OneArgs),
    /// Hold a task longer
    Renew(RenewArgs),
    /// Stop the clock while you are away
    Pause(PauseArgs),
    /// Come back from a pause or a block
    #[command(after_help = "Example: floorwalk resume acme/app#12")]
    Resume(OneArgs),
    /// Say what blocks you, and when it is looked at again
    Block(BlockArgs),
    /// Ask the host for help, and stop the clock; or ask about what was proposed to you
    NeedHelp(HelpArgs),
    /// Post your plan: a first sign of work, with a mentor named for a word about it
    Plan(PlanArgs),
    /// Your first days in a project: what to get through, and notes on gaps
    Checklist(ChecklistArgs),
    /// Answer a reminder: you are still on it
    #[command(after_help = "Example: floorwalk still-on-it acme/app#12")]
    StillOnIt(OneArgs),
    /// Offer a task to somebody, who takes it over by `accept`
    Handover(HandoverArgs),
    /// Say that it is finished, and how
    Done(DoneArgs),
    /// Hand a task back
    Release(ReleaseArgs),
    /// Take a task away from a helper, as a lead
    Revoke(RevokeArgs),
    /// List what is in warranty, or ask the helper to mend what it broke
    Warranty(WarrantyArgs),
    /// Draft a word of thanks for finished work; sends nothing
    #[command(after_help = "Example: floorwalk thanks acme/app#12")]
    Thanks {
        /// owner/name#12 or ABC-12, with `tracker:` in front where two trackers have it
        #[arg(value_name = "TASK")]
        key: String,
    },
    /// My commitments, with whose turn it is and what comes next
    #[command(after_help = "Example: floorwalk mine --json")]
    Mine {
        /// Also those that have ended
        #[arg(long)]
        all: bool,
    },
    /// Who is helping where: all teams as rooms
    #[command(after_help = "Example: floorwalk floor --json")]
    Floor,
    /// One room: its helpers, requests, load and mentors
    #[command(after_help = "Example: floorwalk team vision")]
    Team {
        /// Team or project [default: the teams you speak for]
        #[arg(value_name = "NAME")]
        name: Option<String>,
    },
    /// What waits to be sent
    #[command(after_help = "Example: floorwalk outbox retry")]
    Outbox {
        /// What to do with it; nothing lists it
        #[command(subcommand)]
        act: Option<OutboxAct>,
    },
    /// Check configuration, tokens, trackers and store, and say what to do
    #[command(after_help = "Example: floorwalk doctor --mend")]
    Doctor(DoctorArgs),
    /// Check, find, show or explain the configuration
    #[command(after_help = "Example: floorwalk config check")]
    Config {
        /// Which of them
        #[command(subcommand)]
        act: ConfigAct,
    },
    /// Teams, people and what hosts allow: check, show, ask who somebody is
    #[command(after_help = "Example: floorwalk registry check ./registry")]
    Registry {
        /// Which of them
        #[command(subcommand)]
        act: RegistryAct,
    },
    /// Print the table of actions and keys
    #[command(after_help = "Example: floorwalk keys --keymap vim --markdown")]
    Keys {
        /// Of this keymap, as it is shipped: default, vim or emacs; without it, the keys that hold for you
        #[arg(long, value_name = "NAME", value_parser = keymap_name)]
        keymap: Option<Shipped>,
        /// As Markdown
        #[arg(long)]
        markdown: bool,
        /// All shipped keymaps side by side, as Markdown
        #[arg(long, conflicts_with_all = ["keymap", "json"])]
        compare: bool,
    },
    /// Explain a topic (query, keys, lifecycle, score, policy, privacy) or a verb
    #[command(after_help = "Example: floorwalk help score")]
    Help {
        /// Topic or verb; nothing lists the topics
        #[arg(value_name = "TOPIC")]
        topic: Option<String>,
    },
    /// Print a completion script
    #[command(after_help = "Example: floorwalk completions bash")]
    Completions {
        /// For this shell
        shell: clap_complete::Shell,
    },
    /// Print what could stand in a shell's line: asked by the completion scripts
    #[command(hide = true, after_help = "Example: floorwalk complete-words -- list is:f")]
    CompleteWords {
        /// The words behind the program's name; the last one is completed
        #[arg(value_name = "WORD", trailing_var_arg = true, allow_hyphen_values = true)]
        words: Vec<String>,
    },
    /// Print the manual page, or write all pages
    #[command(after_help = "Example: floorwalk man --dir man1")]
    Man {
        /// Write a page for each verb into this folder
        #[arg(long, value_name = "DIR")]
        dir: Option<PathBuf>,
    },
}

/// Arguments of `doctor`.
#[derive(Args, Clone, Debug, Default)]
pub struct DoctorArgs {
    /// Mend what can be mended; asks about each thing, and deletes nothing
    #[arg(long)]
    pub mend: bool,
    /// Write one file to attach to a bug report, with the recording of the last screens; names and secrets are left out
    #[arg(long, value_name = "FILE")]
    pub report: Option<PathBuf>,
}

/// `demo`.
#[derive(Args, Clone, Debug)]
pub struct DemoArgs {
    /// Only serve the made-up trackers on this machine, and print their address
    #[arg(long)]
    pub serve: bool,
    /// Open the screen on a made-up store of about N tasks instead, at most two million: to see it with many
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=2_000_000), conflicts_with = "serve")]
    pub tasks: Option<u64>,
    /// Port to serve on; 0 picks a free one
    #[arg(long, value_name = "N", default_value_t = 0, requires = "serve")]
    pub port: u16,
    /// Serve issues from files OWNER__NAME.*.jsonl[.gz] in this folder
    #[arg(long, value_name = "DIR", requires = "serve")]
    pub data: Option<PathBuf>,
}

/// `init`.
#[derive(Args, Clone, Debug)]
pub struct InitArgs {
    /// Organisation to read; may be repeated. Repositories: --repo
    #[arg(long, value_name = "ORG")]
    pub org: Vec<String>,
    /// Address of the tracker
    #[arg(long, value_name = "URL", default_value = "https://github.com")]
    pub url: String,
    /// REST address, only where it cannot be derived
    #[arg(long, value_name = "URL")]
    pub api_url: Option<String>,
    /// Address of a Jira site to read as well, or alone
    #[arg(long, value_name = "URL")]
    pub jira: Option<String>,
    /// Key of a Jira project to read; may be repeated
    #[arg(long, value_name = "KEY", requires = "jira")]
    pub project: Vec<String>,
    /// E-mail address that goes with an API token of Jira Cloud
    #[arg(long, value_name = "EMAIL", requires = "jira")]
    pub email: Option<String>,
    /// Replace an existing file
    #[arg(long)]
    pub force: bool,
}

/// `list`.
#[derive(Args, Clone, Debug)]
pub struct ListArgs {
    /// Free words and field:value, as in the query line of the screen; @NAME in front lists a saved view
    #[arg(value_name = "QUERY")]
    pub query: Vec<String>,
    /// List a saved view of the configuration; the query narrows it
    #[arg(long, value_name = "NAME")]
    pub view: Option<String>,
    /// Order: best, quiet, newest, updated, comments, reactions, key; -asc or -desc behind it turns it round
    #[arg(long, value_parser = parse_sort, value_name = "ORDER")]
    pub sort: Option<Order>,
    /// Print at most this many
    #[arg(long, value_name = "N")]
    pub limit: Option<usize>,
    /// Print one that can be taken now, drawn for you and this day instead of by its score
    #[arg(long, conflicts_with = "limit")]
    pub surprise: bool,
}

/// `outbox …`.
#[derive(Clone, Copy, Debug, Subcommand)]
pub enum OutboxAct {
    /// Send now what waits
    Retry {
        /// Only the row with this id
        #[arg(value_parser = parse_op)]
        id: Option<OpId>,
    },
    /// Remove a row that is not under way
    Drop {
        /// Id of the row; `floorwalk outbox` lists them
        #[arg(value_parser = parse_op)]
        id: OpId,
    },
}

/// `config …`.
#[derive(Clone, Copy, Debug, Subcommand)]
pub enum ConfigAct {
    /// Check the file and name every mistake
    Check,
    /// Print where the file is
    Path,
    /// Print all values and where each came from
    Show,
    /// Print the reference of all keys as Markdown
    Reference,
}

/// Puts a space in front of terms such as `-org:billing`, so that `list` and `findings` take them as the part of the query
/// that they are, in their place: what is left and right of an `or` matters. No flag is written with one dash and a colon
/// or a parenthesis.
pub fn shield(mut arguments: Vec<OsString>) -> Vec<OsString> {
    let is_term = |text: &str| {
        let named = |t: &str| t.contains(':') && t.starts_with(|c: char| c.is_ascii_alphabetic());
        text.strip_prefix('-').is_some_and(|t| named(t) || t.starts_with('('))
    };
    if !arguments.iter().any(|a| a == "list" || a == "findings") || arguments.iter().any(|a| a == "--") {
        return arguments;
    }
    for argument in &mut arguments {
        if let Some(text) = argument.to_str().filter(|text| is_term(text)) {
            *argument = format!(" {text}").into();
        }
    }
    arguments
}

/// The words of a query as they were typed, in one line.
pub fn line_of(words: &[String]) -> String {
    words
        .iter()
        .map(|word| word.strip_prefix(' ').filter(|w| w.starts_with('-')).unwrap_or(word))
        .collect::<Vec<_>>()
        .join(" ")
}

/// An order, and whether it is turned round.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Order {
    /// Which.
    pub sort: Sort,
    /// Turned round.
    pub reversed: bool,
}

fn parse_sort(text: &str) -> Result<Order, String> {
    let query = Query::parse(&format!("sort:{text}")).ok().filter(|query| query.is_empty());
    let known = query.and_then(|query| Some(Order { sort: query.sort?, reversed: query.reversed }));
    known.ok_or_else(|| format!("the orders are {}", Sort::ALL.map(Sort::word).join(", ")))
}

fn keymap_name(text: &str) -> Result<Shipped, String> {
    Shipped::of(text).ok_or_else(|| format!("the keymaps are {}", Shipped::ALL.map(Shipped::word).join(", ")))
}

fn parse_size(text: &str) -> Result<Size, String> {
    text.parse()
}

fn parse_op(text: &str) -> Result<OpId, String> {
    text.parse().map_err(|_| "`floorwalk outbox` lists the ids".into())
}

fn parse_date(text: &str) -> Result<Date, String> {
    text.parse().map_err(|_| "a date is written as 2026-12-05".into())
}

/// The fields of a query, for the help of `list`.
fn fields() -> String {
    let mut text = String::from("How a query is written:\n");
    for (example, about) in SYNTAX {
        text += &format!("  {example:<30} {about}\n");
    }
    text += "\nFields of a query; words without a field are searched for, '-' in front leaves out:\n";
    for info in FIELDS {
        text += &format!("  {:<26} {}\n", info.examples.first().unwrap_or(&info.name), info.about());
    }
    text + "\nExample: floorwalk list signal:docs is:free limbo:>60d\n\n" + AFTER
}

/// The whole command line, for completions and manual pages.
pub fn command() -> clap::Command {
    Arguments::command()
}
