//! Arguments of `why` and `weights`. Knows words and their help texts, and nothing of what they do.

use clap::Args;

use crate::judge::score::{Part, weights::MOST};

/// `why`.
#[derive(Args, Clone, Debug)]
#[command(
    after_help = "Example: floorwalk why acme/app#12\n         floorwalk why acme/app#12 --than acme/app#40\n         \
                  floorwalk why acme/app#12 --ask | pbcopy"
)]
pub struct WhyArgs {
    /// owner/name#12 or ABC-12, with `tracker:` in front where two trackers have it
    #[arg(value_name = "TASK")]
    pub key: String,
    /// Say what keeps it from being taken or listed, instead
    #[arg(long = "not", conflicts_with_all = ["than", "ask", "draft"])]
    pub not: bool,
    /// Compare with another task
    #[arg(long, value_name = "TASK", conflicts_with_all = ["ask", "draft"])]
    pub than: Option<String>,
    /// Print words to ask the host for what would raise it most, and nothing else
    #[arg(long, conflicts_with = "draft")]
    pub ask: bool,
    /// Print its description with the missing sections to fill in, and nothing else
    #[arg(long)]
    pub draft: bool,
    /// Write the missing sections in your editor ($VISUAL, else $EDITOR), see what it makes of the score, and send it
    #[arg(long, requires = "draft", conflicts_with = "fresh")]
    pub edit: bool,
    /// Ask the tracker first for its comments, history and linked pull requests
    #[arg(long)]
    pub fresh: bool,
}

/// `weights`.
#[derive(Args, Clone, Debug)]
#[command(after_help = "Example: floorwalk weights --preset debt --set skills=25 --set novelty=0 --save mine")]
pub struct WeightsArgs {
    /// Change the weight of a part: limbo, demand, readiness, skills, effort, host, onboarding, need, novelty
    #[arg(long, value_name = "PART=0-50", value_parser = parse_weight)]
    pub set: Vec<(Part, u8)>,
    /// Keep them under this name, for --preset and for me.preset of the configuration
    #[arg(long, value_name = "NAME")]
    pub save: Option<String>,
}

fn parse_weight(text: &str) -> Result<(Part, u8), String> {
    let (word, number) = text.split_once('=').ok_or("it is written as limbo=20")?;
    let part =
        Part::parse(word.trim()).ok_or_else(|| format!("the parts are {}", Part::ALL.map(Part::word).join(", ")))?;
    let weight = number.trim().parse::<u8>().ok().filter(|w| *w <= MOST);
    weight.map(|w| (part, w)).ok_or_else(|| format!("a weight is a number from 0 to {MOST}"))
}
