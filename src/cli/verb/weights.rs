//! `weights`: how much each part of a score counts, and keeping own weights under a name.

use serde::Serialize;

use crate::{
    app::ExitCode,
    cli::{args::WeightsArgs, context::Context, failure::Result, json::SCHEMA, open},
    config::taste,
    judge::score::{Part, Preset, Weights},
};

/// `weights --json`.
#[derive(Serialize)]
struct WeightsOut {
    schema: &'static str,
    /// Name of the model with a short hash of the weights.
    model: String,
    weights: Vec<WeightOut>,
    /// Names that `--preset` takes.
    presets: Vec<String>,
}

#[derive(Serialize)]
struct WeightOut {
    part: Part,
    weight: u8,
    /// The most points it can give, 0–100.
    most: f64,
}

pub(super) fn run(cx: &Context, args: &WeightsArgs) -> Result<ExitCode> {
    let config = cx.load()?.config;
    let start = open::taste(cx, &config)?.weights;
    let weights = args.set.iter().fold(start, |weights, (part, weight)| weights.with(*part, *weight));
    let file = taste::presets_file(&cx.paths.config.path);
    if let Some(name) = &args.save {
        taste::save(&file, name, weights)?;
        cx.out.note(&format!("kept as '{name}' in {}; `--preset {name}` weighs by it", file.display()));
    }
    let own = taste::presets(&file)?;
    let presets = Preset::ALL.iter().map(|p| p.word().to_owned()).chain(own.into_keys()).collect();
    print(cx, weights, presets);
    Ok(ExitCode::Done)
}

fn print(cx: &Context, weights: Weights, presets: Vec<String>) {
    let all: Vec<WeightOut> = Part::ALL
        .into_iter()
        .zip(weights.shares())
        .map(|(part, most)| WeightOut { part, weight: weights.get(part), most })
        .collect();
    if cx.args.json {
        cx.out.document(&WeightsOut { schema: SCHEMA, model: weights.mark(), weights: all, presets });
        return;
    }
    for w in &all {
        cx.out.say(&format!("{:<10} {:>3}  at most {:>5.2} points", w.part.word(), w.weight, w.most));
    }
    cx.out.say(&format!("presets: {}", presets.join(", ")));
}
