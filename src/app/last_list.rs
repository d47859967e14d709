//! The whole list as it was last built, kept beside the store from one start to the next: the next start judges only what
//! happened since. It is a memory of the store; where it does not fit, all is read and judged as if it were not there.

use std::sync::{Arc, PoisonError, atomic::Ordering};

use super::{Session, UserError, reading::off_the_loop, session::Latest};
use crate::{
    index::{
        Snapshot,
        kept::{Head, KEPT, put_away},
    },
    store::{Batch, News},
};

/// Tasks from which on it pays to keep the list: fewer are judged as quickly as they are read.
const WORTH_KEEPING: usize = 2_000;

impl Session {
    /// The list as it was last built, with what happened since. Verdicts that only time changes may be of another day
    /// ([`Snapshot::is_behind`]): then [`Session::snapshot`] judges all anew. `None` where no such list fits.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn last_list(&self) -> Result<Option<Arc<Snapshot>>, UserError> {
        let mut latest = self.latest.lock().await;
        if latest.is_some() {
            return Ok(None);
        }
        let reading = self.readings.fetch_add(1, Ordering::Relaxed) + 1;
        let Some((list, position)) = self.last_list_at(reading).await? else { return Ok(None) };
        if !list.is_behind() {
            *latest = Some((list.clone(), position));
        }
        Ok(Some(list))
    }

    /// The same as of a reading; it is looked for once.
    pub(super) async fn last_list_at(&self, reading: u64) -> Result<Option<Latest>, UserError> {
        let store = &self.parts.store;
        if self.asked_for_last.swap(true, Ordering::Relaxed) {
            return Ok(None);
        }
        let Some(mut pieces) = store.pieces().and_then(|file| file.read()) else { return Ok(None) };
        let Some(head) = pieces.next().and_then(|piece| Head::read(&piece)) else { return Ok(None) };
        if store.value(KEPT).await?.as_ref() != Some(&head.name) {
            return Ok(None);
        }
        let Some(News { everything, gone }) = store.news(head.position).await? else { return Ok(None) };
        let (position, context) = (everything.position, self.context(&everything).await?);
        let list = off_the_loop(move || {
            let then = head.read_list(pieces, &context)?;
            then.caught_up(everything, &gone, &context).map(|list| list.of_reading(reading))
        });
        Ok(list.await?.map(Arc::new).zip(position))
    }

    /// Keeps the list that was built last for the next start, where that is worth it. What cannot be written is not kept.
    pub async fn keep_list(&self) {
        let built = self.unkept.lock().unwrap_or_else(PoisonError::into_inner).take();
        let Some((list, position)) = built.filter(|(list, _)| list.rows.count() >= WORTH_KEEPING) else { return };
        let Some(file) = self.parts.store.pieces() else { return };
        let name = self.parts.host.fresh_id().to_string();
        let of = name.clone();
        let written = off_the_loop(move || put_away(&list, &of, position).map(|pieces| file.write(pieces))).await;
        match written {
            Ok(Some(Ok(()))) => {}
            Ok(Some(Err(error))) => return tracing::info!("the list is not kept: {}", error.kind()),
            Ok(None) | Err(_) => return,
        }
        // Only now: a list whose name the store does not know is not used.
        let batch = Batch { values: vec![(KEPT.to_owned(), name)], ..Batch::default() };
        if let Err(error) = self.parts.store.apply(batch).await {
            tracing::info!(%error, "the list is not kept");
        }
    }
}
