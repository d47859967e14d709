//! `renew`: hold a task longer.

use super::wrote::{self, Whose, newest};
use crate::{
    app::{Command, ExitCode, decide::renewed_by},
    cli::{args::RenewArgs, context::Context, failure::Result},
    domain::outbox::Amendment,
};

pub(super) async fn run(cx: &Context, args: &RenewArgs) -> Result<ExitCode> {
    let now = cx.host.now();
    wrote::on_task(cx, &args.key, args.dry_run, &Whose::Mine, |snapshot, key| {
        let by_size = || newest(snapshot, &key).map(|c| renewed_by(&snapshot.roster, c, now, args.days));
        // Without a commitment any day will do: the refusal says that there is none.
        let until = args.until.or_else(by_size).unwrap_or_else(|| now.date());
        Ok(Command::Amend { key, amendment: Amendment::Renew { until, why: args.why.clone() } })
    })
    .await
}
