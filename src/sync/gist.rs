//! Making what lists remember of the texts of tasks, when they were read. Fetches nothing; what a gist is, the judge says.

use crate::{
    domain::{gist::Gist, key::TaskKey},
    judge::{
        gist::{RULES, gist},
        signal::{Product, label::Dictionary},
    },
    store::{self, Batch, Stamp, Store, StoreError, Ungisted},
};

/// Tasks whose texts are held at once.
const AT_ONCE: u32 = 250;

/// Name of the value that says by which rules the gists were made.
const RULES_NAME: &str = "gist rules";

/// Lets all gists be made anew where they were made by other rules.
///
/// # Errors
/// When the store fails.
pub async fn follow_rules(store: &dyn Store) -> store::Result<()> {
    if store.value(RULES_NAME).await?.as_deref() == Some(RULES) {
        return Ok(());
    }
    store.renew_gists().await?;
    let values = vec![(RULES_NAME.to_owned(), RULES.to_owned())];
    store.apply(Batch { values, ..Batch::default() }).await
}

/// Makes gists of texts that were written since theirs was made, of about `most` tasks. Answers with how many.
///
/// # Errors
/// When the store fails.
pub async fn catch_up(store: &dyn Store, most: u32) -> store::Result<u32> {
    let mut made = 0;
    while made < most {
        let due = store.ungisted(AT_ONCE).await?;
        let count = u32::try_from(due.len()).unwrap_or(u32::MAX);
        if count == 0 {
            break;
        }
        // Reading thousands of descriptions is work for a thread that serves no sockets.
        let gists = tokio::task::spawn_blocking(move || of_all(&due)).await;
        store.keep_gists(gists.map_err(|e| StoreError::Engine(format!("judging texts failed: {e}")))?).await?;
        made += count;
    }
    Ok(made)
}

fn of_all(due: &[Ungisted]) -> Vec<(TaskKey, Stamp, Gist)> {
    let mut dictionary = Dictionary::new();
    let mut one = |Ungisted { detail, project, stamp }: &Ungisted| {
        let body = detail.body.as_ref().map(|b| b.raw());
        let product = project.as_ref().map_or_else(Product::default, Product::of_project);
        (detail.task.key.clone(), *stamp, gist(&detail.task, body, &detail.comments, product, &mut dictionary))
    };
    due.iter().map(&mut one).collect()
}
