//! Searching beside the loop: what is asked, what is answered, and the thread that does it. A newer question makes the
//! older ones void. Knows no screen; what a query finds is decided by `index`.

use std::{
    fmt, io,
    sync::{
        Arc, Condvar, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
        mpsc::{Receiver, RecvTimeoutError, Sender, channel},
    },
    thread,
    time::Duration,
};

use super::message::Msg;
use crate::{
    index::{
        Query, Snapshot,
        complete::meant,
        filter::{Found, Hits, search, search_while},
        query::Field,
        rank::Sort,
        values::Values,
    },
    judge::score::Weights,
};

/// How long the loop waits for an answer before it goes on with the old rows: an answer that comes at once needs no frame
/// in between, which would only flicker.
const PATIENCE: Duration = Duration::from_millis(4);

/// After so long without a question whoever typed looks at the list.
const PAUSE: Duration = Duration::from_millis(300);

/// A question.
#[derive(Clone)]
pub struct Ask {
    /// Counts questions.
    pub turn: u64,
    /// What is searched.
    pub snapshot: Arc<Snapshot>,
    /// Weights that hold instead of those of the snapshot.
    pub weights: Option<Weights>,
    /// What is looked for.
    pub query: Query,
    /// Order.
    pub sort: Sort,
    /// Fields whose values are wanted too, to be offered.
    pub naming: Vec<Field>,
}

/// The answer to a question.
#[derive(Clone)]
pub struct Answer {
    /// The question's number.
    pub turn: u64,
    /// What was searched, weighed as was asked.
    pub snapshot: Arc<Snapshot>,
    /// What was found in it.
    pub hits: Hits,
    /// Where nothing was found: a value that no task has, with the nearest.
    pub meant: Option<String>,
    /// The values that were wanted.
    pub values: Values,
}

/// Two questions of one loop are the same when they have the same number.
impl PartialEq for Ask {
    fn eq(&self, other: &Self) -> bool {
        self.turn == other.turn
    }
}

impl Eq for Ask {}

impl fmt::Debug for Ask {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Ask({}, {:?}, {:?})", self.turn, self.query, self.sort)
    }
}

impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Answer({}, {} rows)", self.turn, self.hits.rows.len())
    }
}

impl Ask {
    fn weighed(&self) -> Arc<Snapshot> {
        match self.weights.filter(|weights| *weights != self.snapshot.weights()) {
            Some(weights) => Arc::new(self.snapshot.weighed(weights)),
            None => self.snapshot.clone(),
        }
    }

    /// Answers, however long it takes.
    pub fn answer(&self) -> Answer {
        let snapshot = self.weighed();
        let hits = search(&snapshot, &self.query, self.sort);
        self.with(snapshot, hits)
    }

    /// Answers unless a newer question comes meanwhile.
    fn answer_while(&self, newest: &AtomicU64) -> Option<Answer> {
        let wanted = || newest.load(Ordering::Relaxed) == self.turn;
        let snapshot = Some(()).filter(|()| wanted()).map(|()| self.weighed())?;
        let hits = search_while(&snapshot, &self.query, self.sort, &wanted)?;
        Some(self.with(snapshot, hits))
    }

    fn with(&self, snapshot: Arc<Snapshot>, hits: Hits) -> Answer {
        let meant = if hits.rows.is_empty() { meant(&self.query, &snapshot) } else { None };
        // Where this is a new list, the loop asks for its floor next.
        drop(snapshot.floor());
        let mut values = Values::default();
        self.naming.iter().for_each(|field| values.gather(*field, &snapshot));
        Answer { turn: self.turn, snapshot, hits, meant, values }
    }
}

/// Where an answer goes: to the loop while it waits, else into its queue.
#[derive(Default)]
struct Slot {
    state: Mutex<Place>,
    filled: Condvar,
}

#[derive(Default)]
enum Place {
    /// The loop waits.
    #[default]
    Waited,
    /// The answer is here.
    Filled(Box<Answer>),
    /// The loop went on.
    Left,
}

impl Slot {
    /// Puts the answer here; gives it back when nobody waits.
    fn fill(&self, answer: Answer) -> Option<Answer> {
        let mut place = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if matches!(*place, Place::Left) {
            return Some(answer);
        }
        *place = Place::Filled(Box::new(answer));
        self.filled.notify_one();
        None
    }

    /// Waits for the answer, no longer than the patience lasts.
    fn wait(&self, patience: Duration) -> Option<Box<Answer>> {
        let place = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = self.filled.wait_timeout_while(place, patience, |place| matches!(place, Place::Waited));
        let (mut place, _) = waited.unwrap_or_else(PoisonError::into_inner);
        match std::mem::replace(&mut *place, Place::Left) {
            Place::Filled(answer) => Some(answer),
            Place::Waited | Place::Left => None,
        }
    }
}

/// The thread that searches, as the loop sees it.
pub struct Seeker {
    questions: Sender<(Ask, Arc<Slot>)>,
    newest: Arc<AtomicU64>,
    /// The last answer that was waited for in vain: while it is on its way nothing is waited for.
    answered: Arc<AtomicU64>,
    patience: Duration,
}

impl Seeker {
    /// Starts the thread; answers that are not waited for go into `queue`. It ends with the seeker.
    ///
    /// # Errors
    /// When no thread can be started.
    pub fn start(queue: Sender<Msg>) -> io::Result<Self> {
        Self::patient(queue, PATIENCE)
    }

    /// The same with another patience.
    ///
    /// # Errors
    /// When no thread can be started.
    pub fn patient(queue: Sender<Msg>, patience: Duration) -> io::Result<Self> {
        let (questions, asked) = channel();
        let (newest, answered) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicU64::new(0)));
        let (by_newest, by_answered) = (newest.clone(), answered.clone());
        thread::Builder::new()
            .name("floorwalk-search".into())
            .spawn(move || seek(&asked, &queue, &by_newest, &by_answered))?;
        Ok(Self { questions, newest, answered, patience })
    }

    /// Asks; the answer when it comes at once, else it comes by the queue.
    pub fn ask(&self, ask: Ask) -> Option<Msg> {
        let before = self.newest.swap(ask.turn, Ordering::Relaxed);
        let busy = self.answered.load(Ordering::Acquire) < before;
        let slot = Arc::new(Slot::default());
        if let Err(unsent) = self.questions.send((ask, slot.clone())) {
            // The thread is gone by a bug: slow answers are better than none.
            return Some(Msg::Found(Box::new(unsent.0.0.answer())));
        }
        slot.wait(if busy { Duration::ZERO } else { self.patience }).map(Msg::Found)
    }
}

/// Answers the newest question, again and again, until nobody asks any more. Where nobody asks for a while, what was found
/// is put in order as a whole, so that whoever goes to its end waits for nothing.
fn seek(asked: &Receiver<(Ask, Arc<Slot>)>, queue: &Sender<Msg>, newest: &AtomicU64, answered: &AtomicU64) {
    let mut unordered: Option<(u64, Found)> = None;
    loop {
        let question = match unordered.take() {
            None => asked.recv().map_err(|_| RecvTimeoutError::Disconnected),
            Some((turn, rows)) => asked.recv_timeout(PAUSE).inspect_err(|end| {
                if *end == RecvTimeoutError::Timeout {
                    rows.complete(&|| newest.load(Ordering::Relaxed) == turn);
                }
            }),
        };
        let mut question = match question {
            Ok(question) => question,
            Err(RecvTimeoutError::Timeout) => continue,
            Err(RecvTimeoutError::Disconnected) => return,
        };
        while let Ok(newer) = asked.try_recv() {
            question = newer;
        }
        let (ask, slot) = question;
        let Some(answer) = ask.answer_while(newest) else { continue };
        unordered = Some((ask.turn, answer.hits.rows.clone())).filter(|(_, rows)| !rows.is_complete());
        answered.fetch_max(ask.turn, Ordering::Release);
        if let Some(late) = slot.fill(answer)
            && queue.send(Msg::Found(Box::new(late))).is_err()
        {
            return;
        }
    }
}
