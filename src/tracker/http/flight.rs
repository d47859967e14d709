//! How many requests are under way at once, and how much of a server's time they take: few at first, more while it answers,
//! fewer when it struggles; and never more of its time than hosts allow one guest. Sends nothing.

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::{
    sync::{AcquireError, Semaphore, SemaphorePermit},
    time::Instant,
};

/// Requests under way at once, at least.
const LEAST: usize = 2;

struct Window {
    size: usize,
    /// Seats that are to be taken away when somebody leaves them.
    owed: usize,
}

/// Seats for requests under way.
pub(super) struct Flight {
    seats: Semaphore,
    window: Mutex<Window>,
    most: usize,
}

/// A seat, given back when it is dropped.
pub(super) struct Seat<'a> {
    flight: &'a Flight,
    permit: Option<SemaphorePermit<'a>>,
}

impl Flight {
    /// `first` seats, and `most` in time.
    pub(super) fn new(first: usize, most: usize) -> Self {
        Self { seats: Semaphore::new(first), window: Mutex::new(Window { size: first, owed: 0 }), most }
    }

    fn window(&self) -> MutexGuard<'_, Window> {
        self.window.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for a seat.
    pub(super) async fn seat(&self) -> Result<Seat<'_>, AcquireError> {
        Ok(Seat { flight: self, permit: Some(self.seats.acquire().await?) })
    }

    /// A good answer came: one seat more. All of them answering makes it twice as many within one way there and back.
    pub(super) fn went_well(&self) {
        let mut window = self.window();
        if window.size < self.most {
            window.size += 1;
            if window.owed > 0 {
                window.owed -= 1;
            } else {
                self.seats.add_permits(1);
            }
        }
    }

    /// The server struggles: half as many.
    pub(super) fn struggled(&self) {
        let mut window = self.window();
        let fewer = (window.size / 2).max(LEAST.min(self.most));
        window.owed += window.size.saturating_sub(fewer);
        window.size = fewer.min(window.size);
    }

    /// How many may be under way.
    #[cfg(test)]
    fn size(&self) -> usize {
        self.window().size
    }
}

impl Drop for Seat<'_> {
    fn drop(&mut self) {
        let Some(permit) = self.permit.take() else { return };
        let mut window = self.flight.window();
        if window.owed > 0 {
            window.owed -= 1;
            permit.forget();
        }
    }
}

/// Time of the server that is taken before anybody waits.
const AHEAD: Duration = Duration::from_secs(6);
/// What an answer is thought to take before the first one came.
const UNKNOWN: Duration = Duration::from_millis(200);

struct Level {
    at: Instant,
    taken: Duration,
    /// What an answer takes, lately.
    usual: Duration,
}

/// Keeps the time that a server spends on us to a share of the time that passes. GitHub allows 90 s of it within 60 s, and
/// 60 s of that for queries, and says to add up the times of the answers.
pub(super) struct Busy {
    share: f64,
    level: Mutex<Level>,
}

/// An answer that is being waited for; it is accounted for when this is dropped.
pub(super) struct Waiting<'a> {
    busy: &'a Busy,
    began: Instant,
    thought: Duration,
}

impl Busy {
    /// `share` seconds of the server for each second that passes.
    pub(super) fn new(share: f64) -> Self {
        Self { share, level: Mutex::new(Level { at: Instant::now(), taken: Duration::ZERO, usual: UNKNOWN }) }
    }

    fn level(&self) -> MutexGuard<'_, Level> {
        let now = Instant::now();
        let mut level = self.level.lock().unwrap_or_else(PoisonError::into_inner);
        let gone = now.saturating_duration_since(level.at).mul_f64(self.share);
        level.taken = level.taken.saturating_sub(gone);
        level.at = now;
        level
    }

    /// Waits until there is time of the server left for us.
    pub(super) async fn wait(&self) {
        loop {
            let over = self.level().taken.saturating_sub(AHEAD);
            if over.is_zero() {
                return;
            }
            tokio::time::sleep(over.div_f64(self.share).max(Duration::from_millis(1))).await;
        }
    }

    /// A request goes out. What it will take is reckoned at once, so that many under way do not add up unseen.
    pub(super) fn begins(&self) -> Waiting<'_> {
        let mut level = self.level();
        let thought = level.usual;
        level.taken += thought;
        Waiting { busy: self, began: level.at, thought }
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        let mut level = self.busy.level();
        let took = level.at.saturating_duration_since(self.began);
        level.taken = (level.taken + took).saturating_sub(self.thought);
        level.usual = level.usual.mul_f64(0.8) + took.mul_f64(0.2);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn seats_double_with_each_round_and_halve_when_the_server_struggles() {
        let flight = Flight::new(8, 32);
        for expected in [16, 32, 32] {
            let size = flight.size();
            (0..size).for_each(|_| flight.went_well());
            assert_eq!(flight.size(), expected);
        }
        let mut seats = Vec::new();
        while let Ok(permit) = flight.seats.try_acquire() {
            seats.push(Seat { flight: &flight, permit: Some(permit) });
        }
        assert_eq!(seats.len(), 32);
        flight.struggled();
        drop(seats);
        assert_eq!((flight.size(), flight.seats.available_permits()), (16, 16));
        (0..9).for_each(|_| flight.struggled());
        assert_eq!(flight.size(), LEAST);
    }

    #[tokio::test(start_paused = true)]
    async fn a_slow_server_is_not_asked_for_more_of_its_time_than_the_share() {
        let busy = Busy::new(1.3);
        let started = Instant::now();
        let mut spent = Duration::ZERO;
        while started.elapsed() < Duration::from_secs(60) {
            busy.wait().await;
            let visits: Vec<Waiting<'_>> = (0..4).map(|_| busy.begins()).collect();
            tokio::time::sleep(Duration::from_secs(1)).await;
            spent += Duration::from_secs(4);
            drop(visits);
        }
        assert!(spent <= Duration::from_secs(90), "{spent:?} within a minute");
        assert!(spent >= Duration::from_secs(70), "{spent:?}: it waits more than it must");
    }
}
