//! `completions` and `man`: both generated from the one description of the command line.

use std::{fs, io::Write, path::Path};

use crate::{
    app::{ExitCode, UserError},
    cli::{args, context::Context, failure::Result},
};

pub(super) fn completions(cx: &Context, shell: clap_complete::Shell) -> Result<ExitCode> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut args::command(), "floorwalk", &mut script);
    cx.out.say(String::from_utf8_lossy(&script).trim_end());
    Ok(ExitCode::Done)
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
