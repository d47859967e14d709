//! `sync --watch`: round after round until a signal ends it. Each round reads, moves what the clock asks for, and sends
//! what is due; after a failure or at a limit the next round comes later.

use std::sync::Arc;

use signal_hook::{
    consts::{SIGHUP, SIGINT, SIGTERM},
    iterator::Signals,
};
use tokio::sync::Notify;

use super::sync;
use crate::{
    app::{ExitCode, UserError, watch::pause},
    cli::{
        args::SyncArgs,
        context::Context,
        failure::Result,
        open::{Need, open},
    },
};

pub(super) async fn run(cx: &Context, args: &SyncArgs) -> Result<ExitCode> {
    let end = listen()?;
    let opened = open(cx, Need::Trackers).await?;
    let mut failures = 0;
    let mut full = args.full;
    loop {
        let round = async {
            let told = sync::round(cx, &opened, full).await;
            full = false;
            failures = if told.failed { failures + 1 } else { 0 };
            let until = told.waiting_until.map_or(0, |at| at.as_second().saturating_sub(cx.host.now().0.as_second()));
            let pause = pause(args.every, failures, until);
            cx.out.note(&format!("next round in {} min", pause.as_secs().div_ceil(60)));
            tokio::time::sleep(pause).await;
        };
        tokio::select! {
            () = round => {}
            () = end.notified() => {
                cx.out.note("ended; what waits in the outbox is sent by the next sync");
                return Ok(ExitCode::Done);
            }
        }
    }
}

/// Hears the signals that end a program. What is being sent at that moment is on disk, and looked up by the next run.
fn listen() -> Result<Arc<Notify>> {
    let failed = |e: std::io::Error| {
        UserError::new(ExitCode::Internal, format!("signals cannot be heard: {e}"), "run `floorwalk sync` from a timer")
    };
    let end = Arc::new(Notify::new());
    let mut signals = Signals::new([SIGINT, SIGTERM, SIGHUP]).map_err(failed)?;
    let heard = end.clone();
    let listener = move || {
        if signals.forever().next().is_some() {
            heard.notify_one();
        }
    };
    std::thread::Builder::new().name("floorwalk-signals".into()).spawn(listener).map_err(failed)?;
    Ok(end)
}
