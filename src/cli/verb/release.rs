//! `release`: hand a task back, with a note once there is work to pass on.

use super::wrote::{self, has_work, newest};
use crate::{
    app::{Command, ExitCode},
    cli::{
        args::ReleaseArgs,
        context::Context,
        failure::Result,
        open::{Need, open},
    },
};

pub(super) async fn run(cx: &Context, args: &ReleaseArgs) -> Result<ExitCode> {
    let opened = open(cx, Need::Trackers).await?;
    let mut snapshot = opened.session.snapshot().await?;
    let key = opened.find(cx, &mut snapshot, &args.key).await?;
    let mut note = args.note.clone().unwrap_or_default();
    let command = |note: &str| Command::Release { key: key.clone(), note: note.to_owned(), reason: args.reason.into() };
    if args.dry_run {
        return wrote::preview(cx, &opened, &command(&note)).await;
    }
    if note.trim().is_empty()
        && let Some(commitment) = newest(&snapshot, &key).filter(|c| c.state.is_live())
    {
        let detail = opened.session.parts().store.detail(&key).await?;
        let comments = detail.map(|d| d.comments).unwrap_or_default();
        if has_work(commitment, &comments, cx.host.now().0) {
            if cx.may_ask {
                note = cx.prompt("What should the next person know? One line, empty for nothing:").unwrap_or_default();
            }
            if note.trim().is_empty() {
                cx.confirm("hand back without a note (--note TEXT), although there may be work to pass on?")?;
            }
        }
    }
    wrote::perform(cx, &opened, command(&note), std::slice::from_ref(&key)).await
}
