//! The real machine: its clock and its randomness. `FLOORWALK_NOW` stops the clock for tests and pictures.

use std::{
    sync::{Mutex, PoisonError},
    time::SystemTime,
};

use jiff::Timestamp;
use ulid::{Generator, Ulid};

use crate::{
    app::host::Host,
    config::{ConfigError, Environment},
    domain::time::Now,
};

/// Variable that stops the clock, RFC 3339.
pub const NOW_ENV: &str = "FLOORWALK_NOW";

/// Variable that breaks the clock once, at so many readings by the screens: tests see what a bug leaves behind. Only in builds
/// for builders.
#[cfg(debug_assertions)]
const BREAKS_ENV: &str = "FLOORWALK_CLOCK_BREAKS";

/// The machine the program runs on.
pub struct SystemHost {
    stopped: Option<Timestamp>,
    #[cfg(debug_assertions)]
    breaks: std::sync::atomic::AtomicU64,
    ids: Mutex<Generator>,
}

impl SystemHost {
    /// The machine; its clock stands where the environment says so.
    ///
    /// # Errors
    /// When `FLOORWALK_NOW` is no moment.
    pub fn new(env: &Environment) -> Result<Self, ConfigError> {
        let stopped = match env.get(NOW_ENV) {
            None => None,
            Some(text) => Some(text.parse().map_err(|_| ConfigError {
                file: None,
                at: None,
                what: format!("{NOW_ENV} is no moment"),
                hint: Some("it is written as 2026-12-05T09:30:00Z; unset it to use the clock".into()),
            })?),
        };
        Ok(Self {
            stopped,
            #[cfg(debug_assertions)]
            breaks: env.get(BREAKS_ENV).and_then(|at| at.parse().ok()).unwrap_or(0).into(),
            ids: Mutex::new(Generator::new()),
        })
    }

    #[cfg(debug_assertions)]
    fn read_by_the_screens(&self) {
        use std::sync::atomic::Ordering;
        if std::thread::current().name() == Some("floorwalk-ui") {
            let left = self.breaks.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1));
            assert_ne!(left, Ok(1), "the clock broke");
        }
    }

    #[expect(clippy::disallowed_methods, reason = "the one clock of the program")]
    fn timestamp(&self) -> Timestamp {
        self.stopped.unwrap_or_else(Timestamp::now)
    }
}

impl Host for SystemHost {
    fn now(&self) -> Now {
        #[cfg(debug_assertions)]
        self.read_by_the_screens();
        Now(self.timestamp())
    }

    fn fresh_id(&self) -> Ulid {
        let at = SystemTime::from(self.timestamp());
        let mut ids = self.ids.lock().unwrap_or_else(PoisonError::into_inner);
        // An overflow within one millisecond needs 2^80 ids; a fresh random one is as good then.
        ids.generate_from_datetime(at).unwrap_or_else(|_| Ulid::from_datetime(at))
    }
}
