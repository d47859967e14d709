//! One story for every trouble: a sync, a claim and a hand-back of the real program under it, then the server is well
//! again; what was lost, what is there twice, and what went where it must not are counted from what is there in the end.

use std::{
    cell::{Cell, RefCell},
    net::SocketAddr,
    path::Path,
    process::Command,
    sync::{
        Arc, Mutex, OnceLock,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use floorwalk::demo::{Fault, RequestLog};
use serde_json::Value;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

use crate::{
    floor::{Desk, Floor, Ran},
    hostile::world::{May, REPO, faults, plain},
    ledger::Harm,
};

/// The token of every story.
pub(crate) const CANARY: &str = "ghp_storycanary0123456789abcdefSTORY01";

/// How long a verb may take under any trouble.
const PATIENCE: Duration = Duration::from_secs(20);

/// Tasks of every story.
const TASKS: usize = 3;

/// Plain, encoded, and the part that Basic authorisation would begin elsewhere.
const NEEDLES: [&str; 4] = [CANARY, "storycanary0123", "Z2hwX3N0b3J5Y2Fu", "c3RvcnljYW5hcnkw"];

/// Times that the token stands in these bytes.
pub(crate) fn tokens_in(bytes: &[u8]) -> usize {
    let count = |needle: &str| bytes.windows(needle.len()).filter(|w| *w == needle.as_bytes()).count();
    NEEDLES.into_iter().map(count).sum()
}

/// Times that the token stands in the files of a folder, and how many files that are.
pub(crate) fn tokens_beneath(folder: &Path) -> (usize, usize) {
    let mut sum = (0, 0);
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let found = match path.is_dir() {
            true => tokens_beneath(&path),
            // A file of the program that was there a moment ago may be gone.
            false => (std::fs::read(&path).map_or(0, |bytes| tokens_in(&bytes)), 1),
        };
        sum = (sum.0 + found.0, sum.1 + found.1);
    }
    sum
}

/// What a program prints, unless it takes too long: then it is ended.
pub(crate) fn within(patience: Duration, command: &mut Command) -> Option<Ran> {
    weighed(patience, command).map(|(ran, _)| ran)
}

/// The same, and the most memory that it was seen to have, KiB.
pub(crate) fn weighed(patience: Duration, command: &mut Command) -> Option<(Ran, u64)> {
    let child = command.spawn().unwrap();
    let id = child.id();
    let (done, end) = std::sync::mpsc::channel();
    std::thread::spawn(move || done.send(child.wait_with_output().unwrap()));
    let (start, mut most) = (Instant::now(), 0);
    while start.elapsed() < patience {
        most = most.max(peak(id));
        if let Ok(output) = end.recv_timeout(Duration::from_millis(5)) {
            return Some((Ran(output), most));
        }
    }
    let _ = Command::new("kill").args(["-9", &id.to_string()]).status();
    None
}

/// The most memory a process had, KiB; 0 of one that is gone.
pub(crate) fn peak(process: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or(0)
}

/// What stands between the program and its server does with a connection.
#[derive(Clone)]
pub(crate) enum Way {
    /// Lets it through.
    Through,
    /// Resets it once a request has come.
    Reset,
    /// Lets the request through and cuts the answer off in its body: with a reset, or in good order.
    Cut { reset: bool },
    /// Answers by itself and closes.
    Says(Arc<Vec<u8>>),
    /// Answers requests that begin like this with this body, and lets all others through, one on a connection.
    Instead(String, Arc<Vec<u8>>),
    /// Answers by itself and never comes to an end: this again and again, with so long between.
    Never(Arc<Vec<u8>>, Arc<Vec<u8>>, Duration),
}

/// Stands between the program and its server.
pub(crate) struct Front {
    pub(crate) at: SocketAddr,
    way: Arc<Mutex<Way>>,
    met: Arc<AtomicUsize>,
    _runtime: tokio::runtime::Runtime,
}

impl Desk {
    /// From now on this desk reaches its server through somebody.
    pub(crate) fn behind(&self, front: &Front, floor: &Floor) {
        let config = self.folder().join("config.toml");
        let text = std::fs::read_to_string(&config).unwrap();
        std::fs::write(&config, text.replace(&floor.demo.url(), &format!("http://{}", front.at))).unwrap();
    }
}

impl Front {
    pub(crate) fn of(server: &str) -> Self {
        let server: SocketAddr = server.trim_start_matches("http://").parse().unwrap();
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
        let at = listener.local_addr().unwrap();
        let (way, met) = (Arc::new(Mutex::new(Way::Through)), Arc::new(AtomicUsize::new(0)));
        let (now, count) = (way.clone(), met.clone());
        runtime.spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let (way, count) = (now.lock().unwrap().clone(), count.clone());
                tokio::spawn(async move { pass(client, server, way, &count).await });
            }
        });
        Self { at, way, met, _runtime: runtime }
    }

    pub(crate) fn set(&self, way: Way) {
        *self.way.lock().unwrap() = way;
    }

    /// Connections that met a trouble.
    pub(crate) fn met(&self) -> usize {
        self.met.load(Ordering::SeqCst)
    }
}

async fn pass(mut client: TcpStream, server: SocketAddr, way: Way, met: &AtomicUsize) -> std::io::Result<()> {
    if let Way::Through = way {
        let mut upstream = TcpStream::connect(server).await?;
        return tokio::io::copy_bidirectional(&mut client, &mut upstream).await.map(drop);
    }
    let mut request = vec![0; 64 * 1024];
    let n = client.read(&mut request).await?;
    if n == 0 {
        return Ok(());
    }
    met.fetch_add(1, Ordering::SeqCst);
    match way {
        Way::Through => Ok(()),
        Way::Reset => client.set_zero_linger(),
        Way::Instead(begin, body) if request.starts_with(begin.as_bytes()) => {
            let length = body.len();
            let head = format!("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n");
            client.write_all(format!("{head}connection: close\r\n\r\n").as_bytes()).await?;
            client.write_all(&body).await?;
            client.shutdown().await
        }
        Way::Instead(..) => {
            let mut upstream = TcpStream::connect(server).await?;
            let line = request.iter().position(|b| *b == b'\n').map_or(n, |at| at + 1);
            upstream.write_all(&request[..line]).await?;
            upstream.write_all(b"connection: close\r\n").await?;
            upstream.write_all(&request[line..n]).await?;
            tokio::io::copy_bidirectional(&mut client, &mut upstream).await.map(drop)
        }
        Way::Says(bytes) => {
            client.write_all(&bytes).await?;
            client.shutdown().await
        }
        Way::Never(head, piece, pause) => {
            client.write_all(&head).await?;
            loop {
                client.write_all(&piece).await?;
                if !pause.is_zero() {
                    tokio::time::sleep(pause).await;
                }
            }
        }
        Way::Cut { reset } => {
            let mut upstream = TcpStream::connect(server).await?;
            upstream.write_all(&request[..n]).await?;
            let mut answer = vec![0; 64 * 1024];
            let n = upstream.read(&mut answer).await?;
            let body = answer[..n].windows(4).position(|w| w == b"\r\n\r\n").map_or(n, |at| at + 4);
            client.write_all(&answer[..n.min(body + (n - body) / 2)]).await?;
            if !reset {
                return client.shutdown().await;
            }
            // The client must have the first bytes before the reset discards what is under way.
            tokio::time::sleep(Duration::from_millis(20)).await;
            client.set_zero_linger()
        }
    }
}

/// A trouble, and how it is made.
#[derive(Clone)]
pub(crate) enum Trouble {
    /// The server itself behaves like this. With `true` for the writes of the claim, too.
    Server(Vec<Fault>, bool),
    /// Something between.
    Between(Way),
    /// The server is looked for at this address, in this environment.
    Elsewhere(String, Vec<(&'static str, String)>),
}

/// A server that nobody should ever ask, shared by all stories.
pub(crate) fn other() -> &'static Floor {
    static OTHER: OnceLock<Floor> = OnceLock::new();
    OTHER.get_or_init(|| plain(1).0)
}

/// One person, one server, one claim.
pub(crate) struct Story {
    pub(crate) floor: Floor,
    pub(crate) desk: Desk,
    pub(crate) front: Front,
    config: String,
    env: RefCell<Vec<(&'static str, String)>>,
    leaked: Cell<usize>,
    /// The most memory that a run took, KiB.
    pub(crate) most: Cell<u64>,
    /// Times that the trouble was met.
    pub(crate) met: Cell<usize>,
    asked_elsewhere: usize,
    /// Everything said on standard error under the trouble.
    pub(crate) said: RefCell<String>,
}

pub(crate) const KEY: &str = "acme/widgets#1";

impl Story {
    pub(crate) fn begin() -> Self {
        let (floor, desk) = plain(TASKS as u64);
        let front = Front::of(&floor.demo.url());
        let file = desk.folder().join("config.toml");
        let config =
            std::fs::read_to_string(&file).unwrap().replace(&floor.demo.url(), &format!("http://{}", front.at));
        std::fs::write(&file, &config).unwrap();
        let asked_elsewhere = other().demo.requests().len();
        let story = Self {
            floor,
            desk,
            front,
            config,
            env: RefCell::default(),
            leaked: Cell::new(0),
            most: Cell::new(0),
            met: Cell::new(0),
            asked_elsewhere,
            said: RefCell::default(),
        };
        let ran = story.run(&["sync"]);
        assert_eq!(ran.code(), 0, "{}", ran.err());
        story
    }

    /// Runs the program with the token; what it prints is searched.
    pub(crate) fn run(&self, arguments: &[&str]) -> Ran {
        let mut command = self.desk.command(arguments);
        command.env("FLOORWALK_GITHUB_TOKEN", CANARY).env("FLOORWALK_LOG", "trace").env("RUST_BACKTRACE", "1");
        command.envs(self.env.borrow().iter().map(|(name, value)| (*name, value.as_str())));
        let (ran, most) = weighed(PATIENCE, &mut command).unwrap_or_else(|| panic!("{arguments:?} does not end"));
        self.most.set(self.most.get().max(most));
        assert!(![70, 101, -1].contains(&ran.code()), "{arguments:?}: {}", ran.err());
        for bytes in [&ran.0.stdout, &ran.0.stderr] {
            self.leaked.set(self.leaked.get() + tokens_in(bytes) + faults(bytes, May::Text).len());
        }
        ran
    }

    /// Runs a verb under the trouble.
    fn under(&self, trouble: &Trouble, writes_only: bool, arguments: &[&str]) -> Ran {
        match trouble {
            Trouble::Server(rules, _) => {
                for rule in rules {
                    let method = if writes_only { "POST".to_owned() } else { rule.method.clone() };
                    self.floor.demo.faults().add(Fault { method, ..rule.clone() });
                }
            }
            Trouble::Between(way) => self.front.set(way.clone()),
            Trouble::Elsewhere(url, env) => {
                let home = format!("http://{}", self.front.at);
                std::fs::write(self.desk.folder().join("config.toml"), self.config.replace(&home, url)).unwrap();
                self.env.borrow_mut().clone_from(env);
            }
        }
        let set = self.served();
        let between = self.front.met();
        let ran = self.run(arguments);
        self.said.borrow_mut().push_str(&ran.err());
        let met = match trouble {
            Trouble::Server(..) => set - self.served(),
            Trouble::Between(_) => self.front.met() - between,
            // Each run that says what is wrong met it.
            Trouble::Elsewhere(..) => usize::from(!ran.err().is_empty()),
        };
        self.met.set(self.met.get() + met);
        self.floor.demo.faults().clear();
        self.front.set(Way::Through);
        std::fs::write(self.desk.folder().join("config.toml"), &self.config).unwrap();
        self.env.borrow_mut().clear();
        ran
    }

    /// Troubles that the server still has ready.
    fn served(&self) -> usize {
        self.floor.demo.faults().pending().iter().map(|f| f.times as usize).sum()
    }

    fn queued(&self) -> usize {
        self.run(&["outbox", "--json"]).json()["outbox"].as_array().unwrap().len()
    }

    /// A wish under the trouble, then without it. True when it was taken: queued, or done at once.
    fn wish(&self, trouble: &Trouble, kind: &str, writes_only: bool, arguments: &[&str]) -> bool {
        let ran = self.under(trouble, writes_only, arguments);
        let taken = ran.code() == 0 || self.queued() > 0;
        assert!(taken || ran.err().contains("error:") || ran.err().len() > 20, "refused without a word: {}", ran.out());
        self.run(&["outbox", "retry"]);
        if !taken && self.floor.markers(KEY, kind) == 0 {
            let ran = self.run(arguments);
            assert_eq!(ran.code(), 0, "what was refused under the trouble goes through without it: {}", ran.err());
        }
        taken
    }

    /// The whole story; what it cost.
    pub(crate) fn play(&self, trouble: &Trouble) -> Harm {
        let writes = matches!(trouble, Trouble::Server(_, true));
        self.wish(trouble, "claim", writes, &["claim", KEY, "--plan", "look into it"]);
        self.under(trouble, false, &["sync", "--full"]);
        self.wish(trouble, "release", false, &["release", KEY, "--note", "half of it is in a branch"]);
        let ran = self.run(&["sync"]);
        assert_eq!(ran.code(), 0, "it heals: {}", ran.err());
        self.harm()
    }

    /// What is wrong in the end.
    pub(crate) fn harm(&self) -> Harm {
        let listed = self.run(&["list", "is:taken,open", "--json"]).json();
        let rows: Vec<&str> = listed["tasks"].as_array().unwrap().iter().filter_map(|t| t["key"].as_str()).collect();
        let different: std::collections::BTreeSet<&&str> = rows.iter().collect();
        let (claims, releases) = (self.floor.markers(KEY, "claim"), self.floor.markers(KEY, "release"));
        let missing = |count: usize| usize::from(count == 0);
        let issue = self.floor.issue(KEY);
        let left = issue["assignees"].as_array().map_or(0, Vec::len);
        let log = self.desk.folder().join("data/floorwalk.log");
        let log = std::fs::read(log).map_or(0, |bytes| faults(&bytes, May::Text).len());
        let (in_files, files) = tokens_beneath(self.desk.folder());
        assert!(files >= 4, "configuration, store, log: {files}");
        let requests = self.floor.demo.requests();
        let in_requests: usize = requests.iter().map(said_by).map(|text| tokens_in(text.as_bytes())).sum();
        let elsewhere = other().demo.requests().len() - self.asked_elsewhere;
        Harm {
            lost: TASKS - different.len().min(TASKS) + missing(claims) + missing(releases) + left + self.queued(),
            duplicated: rows.len() - different.len() + claims.saturating_sub(1) + releases.saturating_sub(1),
            leaked: self.leaked.get() + in_files + in_requests + elsewhere + log,
        }
    }
}

/// What a request says besides its headers.
pub(crate) fn said_by(request: &RequestLog) -> String {
    format!("{} {}", request.path, request.body)
}

/// The page of a project's issues as its server gives it.
pub(crate) fn page_of(floor: &Floor) -> Vec<Value> {
    (1..=TASKS).map(|n| floor.issue(&format!("{REPO}#{n}"))).collect()
}
