//! Troubles on demand: which request is to go wrong, how, and how often. Knows no world; the server asks.

use std::sync::{
    Arc, Mutex, PoisonError,
    atomic::{AtomicU64, Ordering},
};

use serde::{Deserialize, Serialize};

/// How a request goes wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FaultKind {
    /// Nothing is done; this is the answer.
    Status {
        /// HTTP status.
        code: u16,
        /// Headers added to the usual ones.
        #[serde(default)]
        headers: Vec<(String, String)>,
        /// Body, verbatim. JSON unless the headers say otherwise.
        #[serde(default)]
        body: String,
    },
    /// The request takes effect; the answer says it failed.
    CommitThenStatus {
        /// HTTP status.
        code: u16,
    },
    /// The request takes effect; the connection closes without an answer.
    CommitThenDrop,
    /// Nothing is done; the connection closes without an answer.
    DropBefore,
    /// Comments written after the fault was set are not there yet.
    StaleReads {
        /// The issue's own count of comments lags as well.
        #[serde(default)]
        count_too: bool,
    },
    /// 201, but nobody is assigned.
    IgnoreAssignee,
    /// The write takes effect twice; the second answer is sent.
    DuplicateWrite,
    /// The answer, late.
    Delay {
        /// Milliseconds before anything is done.
        ms: u64,
    },
    /// The answer, late: the write takes effect at once.
    DelayAnswer {
        /// Milliseconds between doing and answering.
        ms: u64,
    },
    /// The body ends early, and the headers agree with the short body: cut JSON.
    TruncateBody {
        /// Bytes kept.
        keep: usize,
    },
    /// The connection closes in the middle of the body.
    CutBody {
        /// Bytes sent.
        keep: usize,
    },
    /// The right answer with other headers: a low budget, an SSO notice.
    Headers {
        /// Names and values; they replace those of the server.
        headers: Vec<(String, String)>,
    },
    /// 200 and a web page instead of JSON.
    Html,
}

/// One trouble. Empty conditions match everything.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fault {
    /// HTTP method, upper case; empty for any.
    #[serde(default)]
    pub method: String,
    /// Part of the path with its query.
    #[serde(default)]
    pub path: String,
    /// Part of the request body.
    #[serde(default)]
    pub body: String,
    /// Requests left to let pass before it starts.
    #[serde(default)]
    pub after: u32,
    /// How many requests it meets.
    #[serde(default = "once")]
    pub times: u32,
    /// What happens to them.
    pub kind: FaultKind,
}

fn once() -> u32 {
    1
}

impl Fault {
    /// A trouble for the next request with that method whose path holds `path`.
    pub fn new(method: &str, path: &str, kind: FaultKind) -> Self {
        Self { method: method.into(), path: path.into(), body: String::new(), after: 0, times: 1, kind }
    }

    /// The same, for `times` requests.
    #[must_use]
    pub fn times(self, times: u32) -> Self {
        Self { times, ..self }
    }

    fn meets(&self, method: &str, path: &str, body: &[u8]) -> bool {
        (self.method.is_empty() || self.method == method)
            && path.contains(&self.path)
            && (self.body.is_empty() || String::from_utf8_lossy(body).contains(&self.body))
    }
}

/// A trouble that met the request at hand, with the newest comment at the time it was set.
#[derive(Clone, Debug)]
pub(crate) struct Met {
    pub kind: FaultKind,
    pub newest_comment: u64,
}

/// The troubles of one server. Clones share them.
#[derive(Clone, Debug)]
pub struct Faults {
    rules: Arc<Mutex<Vec<(Fault, u64)>>>,
    hidden: Arc<Mutex<Vec<String>>>,
    newest_comment: Arc<AtomicU64>,
}

impl Faults {
    pub(crate) fn new(newest_comment: Arc<AtomicU64>) -> Self {
        Self { rules: Arc::default(), hidden: Arc::default(), newest_comment }
    }

    /// Sets a trouble beside those already set.
    pub fn add(&self, fault: Fault) {
        let newest = self.newest_comment.load(Ordering::SeqCst);
        self.rules.lock().unwrap_or_else(PoisonError::into_inner).push((fault, newest));
    }

    /// Hides a GraphQL field (`Issue.stateReason`), as on an older server.
    pub fn hide_field(&self, field: &str) {
        self.hidden.lock().unwrap_or_else(PoisonError::into_inner).push(field.into());
    }

    /// Ends all troubles.
    pub fn clear(&self) {
        self.rules.lock().unwrap_or_else(PoisonError::into_inner).clear();
        self.hidden.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// Troubles that have not met all their requests yet.
    pub fn pending(&self) -> Vec<Fault> {
        let rules = self.rules.lock().unwrap_or_else(PoisonError::into_inner);
        rules.iter().map(|(fault, _)| fault.clone()).collect()
    }

    pub(crate) fn hidden(&self) -> Vec<String> {
        self.hidden.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The troubles of this request; each counts down.
    pub(crate) fn take(&self, method: &str, path: &str, body: &[u8]) -> Vec<Met> {
        let mut rules = self.rules.lock().unwrap_or_else(PoisonError::into_inner);
        let mut met = Vec::new();
        for (fault, newest_comment) in rules.iter_mut().filter(|(fault, _)| fault.meets(method, path, body)) {
            if fault.after > 0 {
                fault.after -= 1;
            } else if fault.times > 0 {
                fault.times -= 1;
                met.push(Met { kind: fault.kind.clone(), newest_comment: *newest_comment });
            }
        }
        rules.retain(|(fault, _)| fault.times > 0);
        met
    }
}
