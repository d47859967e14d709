//! `completions` and `man`: both generated from the one description of the command line.

use std::{fs, io::Write, path::Path};

use clap_complete::Shell;

use crate::{
    app::{ExitCode, UserError},
    cli::{args, context::Context, failure::Result},
};

pub(super) fn completions(cx: &Context, shell: Shell) -> Result<ExitCode> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut args::command(), "floorwalk", &mut script);
    cx.out.say(with_words(shell, String::from_utf8_lossy(&script).trim_end()).trim_end());
    Ok(ExitCode::Done)
}

/// The script with a part that asks the program for the words of a query, in shells that have one.
fn with_words(shell: Shell, script: &str) -> String {
    match shell {
        Shell::Bash => format!("{script}\n{}", include_str!("../shell/words.bash")),
        Shell::Fish => format!("{script}\n{}", include_str!("../shell/words.fish")),
        // What stands at its end hands over to the part that comes before it.
        Shell::Zsh => {
            let end = script.rfind("if [ \"$funcstack[1]\" = \"_floorwalk\" ]").unwrap_or(script.len());
            format!("{}\n{}", script.get(..end).unwrap_or(script).trim_end(), include_str!("../shell/words.zsh"))
        }
        _ => script.to_owned(),
    }
}

pub(super) fn man(cx: &Context, dir: Option<&Path>) -> Result<ExitCode> {
    let failed =
        |e: std::io::Error| UserError::refused(format!("the manual cannot be written: {e}"), "check the folder");
    if let Some(dir) = dir {
        fs::create_dir_all(dir).map_err(failed)?;
        clap_mangen::generate_to(args::command(), dir).map_err(failed)?;
        cx.out.say(&format!("manual pages are in {}", crate::domain::text::safe_line(&dir.display().to_string())));
        return Ok(ExitCode::Done);
    }
    let mut page = Vec::new();
    clap_mangen::Man::new(args::command()).render(&mut page).map_err(failed)?;
    let mut out = cx.out.stdout();
    let _ = out.write_all(&page).and_then(|()| out.flush());
    Ok(ExitCode::Done)
}
