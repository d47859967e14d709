//! Arguments of `checklist`. Knows words and their help texts, and nothing of what they do.

use clap::{
    Args,
    builder::{PossibleValuesParser, TypedValueParser},
};

use crate::domain::ledger::Point;

/// `checklist`.
#[derive(Args, Clone, Debug)]
#[command(
    after_help = "Example: floorwalk checklist acme/app#12 --tick build --tick tests\n         floorwalk checklist acme/app#12 --friction tests --dry-run"
)]
pub struct ChecklistArgs {
    /// owner/name#12 or ABC-12, with `tracker:` in front where two trackers have it
    #[arg(value_name = "TASK")]
    pub key: String,
    /// Tick this point off; may be repeated. Nobody else sees it
    #[arg(long, value_name = "POINT", value_parser = point())]
    pub tick: Vec<Point>,
    /// Take the tick off again; may be repeated
    #[arg(long, value_name = "POINT", value_parser = point())]
    pub untick: Vec<Point>,
    /// Tell the host that its documents do not say how: shows the draft of an issue and asks first
    #[arg(long, value_name = "POINT", value_parser = point(), conflicts_with_all = ["tick", "untick"])]
    pub friction: Option<Point>,
    /// Change title and text of the note in your editor first ($VISUAL, else $EDITOR)
    #[arg(long, requires = "friction")]
    pub edit: bool,
    /// Say what would happen and do nothing
    #[arg(long)]
    pub dry_run: bool,
}

fn point() -> impl TypedValueParser<Value = Point> {
    PossibleValuesParser::new(Point::ALL.map(Point::word))
        .try_map(|word| Point::of(&word).ok_or_else(|| format!("'{word}' is no point")))
}
