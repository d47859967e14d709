//! The first screen before everything is read: what was last seen of the list, kept in the store from one start to the next.

use std::sync::Arc;

use super::{Session, UserError};
use crate::{
    index::{
        Snapshot,
        page::{PAGE, Page},
    },
    store::Batch,
};

impl Session {
    /// The first rows of the list as it was last seen, with their tasks as they are now; `None` where none was kept. Each
    /// row has to be looked for in the store, so whoever asks for no more than a window shows has them sooner.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn first_page(&self, rows: usize) -> Result<Option<Arc<Snapshot>>, UserError> {
        let store = &self.parts.store;
        let Some(page) = store.value(PAGE).await?.as_deref().and_then(Page::read) else { return Ok(None) };
        let page = page.first(rows);
        // What the reader holds is shown beside the list.
        let held = store.commitments().await?.into_iter().filter(|c| c.mine && c.state.is_live()).map(|c| c.key);
        let everything = store.page(page.keys().into_iter().chain(held).collect()).await?;
        let context = self.context(&everything).await?;
        // A page of tasks that are all gone would look like a list without any.
        let first = page.fits(&context).then(|| Snapshot::of_page(everything, &context, &page));
        Ok(first.filter(|first| !first.rows.is_empty()).map(Arc::new))
    }

    /// Keeps the first page of a list for the next start. A store that cannot be written keeps the old one.
    pub async fn keep_page(&self, snapshot: &Snapshot) {
        let page = Page::of(snapshot).written();
        let store = &self.parts.store;
        if page.is_empty() || store.value(PAGE).await.ok().flatten().as_ref() == Some(&page) {
            return;
        }
        let kept = store.apply(Batch { values: vec![(PAGE.to_owned(), page)], ..Batch::default() }).await;
        if let Err(error) = kept {
            tracing::info!(%error, "the first page is not kept");
        }
    }
}
