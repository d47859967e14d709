//! Reading a large organisation over real HTTP: a first sync, one with nothing new, and one after 500 changes. The server is a
//! process of its own, 100 ms away, and compresses; with `limits` GitHub's secondary limits hold as well.
//! `cargo bench --bench sync -- repos 5000`, `-- repos 5000 limits`, `-- tasks 100000`
#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::disallowed_methods, missing_docs, reason = "a benchmark")]

use std::{
    collections::BTreeMap,
    io::{BufRead, BufReader, Write},
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
    sync::Arc,
    time::{Duration, Instant},
};

use floorwalk::{
    demo::{Demo, DemoOptions, Manners, RequestLog, Size},
    domain::{key::TrackerName, roster::Roster, time::Now},
    store,
    sync::{SyncContext, sync},
    tracker::{
        Sources, Tracker,
        github::{GitHub, GitHubSettings},
        http::Timing,
    },
};
use jiff::Timestamp;

const LATENCY: u64 = 100;
/// In flight at once, for the time that latency alone would take.
const IN_FLIGHT: u32 = 32;
const CHANGES: u32 = 500;
const ORG: &str = "manifold";

/// What is measured.
#[derive(Clone, Copy)]
struct Plan {
    repositories: u32,
    /// Open issues of each; as in life where it is `None`.
    open: Option<u32>,
    limits: bool,
}

impl Plan {
    fn of(words: &[String]) -> Self {
        let number = words.iter().find_map(|w| w.parse().ok());
        let limits = words.iter().any(|w| w == "limits");
        if words.iter().any(|w| w == "tasks") {
            let tasks = number.unwrap_or(100_000);
            return Self { repositories: 20, open: Some(tasks / 20), limits };
        }
        Self { repositories: number.unwrap_or(5_000), open: None, limits }
    }
}

/// The kind of a request, as the plan of requests names it.
fn kind(request: &RequestLog) -> &'static str {
    let path = request.path.as_str();
    let asks = |name: &str| request.body.contains(name);
    match path {
        "/graphql" if asks("query Heads") || asks("query Head(") => "index",
        "/graphql" if asks("query Feed") => "feed",
        "/graphql" if asks("query Facts") => "facts of projects",
        "/graphql" => "other GraphQL",
        _ if path.contains("/issues/comments?") => "comments of a project",
        _ if path.contains("/issues?") => "pages of issues",
        _ if path.starts_with("/orgs/") => "listing",
        _ if path.starts_with("/search/") => "search",
        _ if path.contains("/actions/") => "workflows",
        _ => "other",
    }
}

/// The server, told what to do by lines on its standard input.
fn serve(plan: Plan) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let now = Timestamp::now();
    let options = DemoOptions { port: 0, data: None, now, helping: false };
    let demo = runtime.block_on(Demo::start(options, Arc::new(Timestamp::now))).unwrap();
    let tasks = demo.enlarge(Size { org: ORG, repositories: plan.repositories, open: plan.open }, now);
    demo.set_manners(Manners { latency: LATENCY, compress: true, limits: plan.limits });
    println!("{} {tasks}", demo.url());
    let mut seen = 0;
    for line in std::io::stdin().lines().map_while(Result::ok) {
        match line.as_str() {
            "change" => {
                let hand = demo.by("colleague-1");
                for n in 0..CHANGES {
                    let place = u64::from(n) * 5 % u64::from(plan.repositories);
                    let key = format!("{ORG}/service-{place:05}#{}", 1 + n * 5 / plan.repositories);
                    let _ =
                        if n % 10 == 0 { hand.close(&key, "completed") } else { hand.comment(&key, "Seen.").map(drop) };
                }
                println!();
            }
            _ => {
                let all = demo.requests();
                let load = demo.load();
                println!("{}", table(all.get(seen..).unwrap_or_default(), load.most, load.refused));
                seen = all.len();
            }
        }
        std::io::stdout().flush().unwrap();
    }
}

/// One line: requests by kind with those unchanged, points, bytes as sent and whole, then the load.
fn table(requests: &[RequestLog], most: u32, refused: u32) -> String {
    let mut kinds: BTreeMap<&str, [u64; 5]> = BTreeMap::new();
    for request in requests {
        let row = kinds.entry(kind(request)).or_default();
        let more =
            [1, u64::from(request.status == 304), request.points.into(), request.bytes as u64, request.whole as u64];
        row.iter_mut().zip(more).for_each(|(sum, more)| *sum += more);
    }
    serde_json::json!({ "kinds": kinds, "most": most, "refused": refused }).to_string()
}

struct Server {
    child: Child,
    orders: ChildStdin,
    answers: BufReader<ChildStdout>,
    url: String,
    tasks: u64,
}

impl Server {
    fn start(words: &[String]) -> Self {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .arg("--serve")
            .args(words)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let (orders, mut answers) = (child.stdin.take().unwrap(), BufReader::new(child.stdout.take().unwrap()));
        let mut line = String::new();
        answers.read_line(&mut line).unwrap();
        let (url, tasks) = line.trim().split_once(' ').unwrap();
        let (url, tasks) = (url.to_owned(), tasks.parse().unwrap());
        Self { child, orders, answers, url, tasks }
    }

    fn order(&mut self, order: &str) -> String {
        writeln!(self.orders, "{order}").unwrap();
        let mut line = String::new();
        self.answers.read_line(&mut line).unwrap();
        line
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Time on the processor so far, of this process.
fn processor() -> Duration {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after = stat.rsplit_once(')').map_or("", |(_, rest)| rest);
    let ticks: u64 = after.split_whitespace().skip(11).take(2).filter_map(|n| n.parse::<u64>().ok()).sum();
    Duration::from_millis(ticks * 10)
}

/// Megabytes resident: now, and at most since the last call with `anew`.
fn resident(anew: bool) -> (u64, u64) {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let of = |name: &str| {
        let line = status.lines().find_map(|l| l.strip_prefix(name));
        line.and_then(|l| l.split_whitespace().next()?.parse::<u64>().ok()).unwrap_or(0) / 1_000
    };
    let told = (of("VmRSS:"), of("VmHWM:"));
    if anew {
        let _ = std::fs::write("/proc/self/clear_refs", "5");
    }
    told
}

fn report(title: &str, server: &mut Server, took: Duration, busy: Duration, read: u32) {
    let told: serde_json::Value = serde_json::from_str(&server.order("report")).unwrap();
    println!("\n{title}: {read} tasks read");
    println!("  {:<24}{:>9}{:>9}{:>8}{:>11}{:>11}", "requests", "", "304", "points", "kB sent", "kB whole");
    let mut sum = [0_u64; 5];
    for (name, row) in told["kinds"].as_object().unwrap() {
        let row: Vec<u64> = row.as_array().unwrap().iter().map(|n| n.as_u64().unwrap()).collect();
        println!("  {name:<24}{:>9}{:>9}{:>8}{:>11}{:>11}", row[0], row[1], row[2], row[3] / 1_000, row[4] / 1_000);
        sum.iter_mut().zip(row).for_each(|(sum, more)| *sum += more);
    }
    println!("  {:<24}{:>9}{:>9}{:>8}{:>11}{:>11}", "all", sum[0], sum[1], sum[2], sum[3] / 1_000, sum[4] / 1_000);
    let pure = Duration::from_millis(sum[0].div_ceil(IN_FLIGHT.into()) * LATENCY);
    println!(
        "  wall {:.2} s; {IN_FLIGHT} in flight take {:.2} s for latency alone: {:.2}x; at most {} under way, {} refused",
        took.as_secs_f64(),
        pure.as_secs_f64(),
        took.as_secs_f64() / pure.as_secs_f64(),
        told["most"],
        told["refused"],
    );
    let each = if read == 0 {
        String::new()
    } else {
        format!(", {:.2} s for 100 000 tasks", busy.as_secs_f64() * 1e5 / f64::from(read))
    };
    println!("  processor {:.2} s{each}; memory at most {} MB", busy.as_secs_f64(), resident(false).1);
}

fn main() {
    let words: Vec<String> = std::env::args().skip(1).filter(|w| w != "--bench").collect();
    let plan = Plan::of(&words);
    if words.iter().any(|w| w == "--serve") {
        return serve(plan);
    }
    let mut server = Server::start(&words);
    println!("{} repositories, {} open issues, {LATENCY} ms away", plan.repositories, server.tasks);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let dir = tempfile::tempdir().unwrap();
    let store = store::open(dir.path()).unwrap();
    let name = TrackerName::parse("gh").unwrap();
    let settings = GitHubSettings {
        name,
        url: "https://github.com".into(),
        api_url: Some(server.url.clone()),
        token: Some("demo-sam".to_owned().into()),
        token_source: "a benchmark".into(),
        ca_file: None,
    };
    let timing = Timing { everywhere: plan.limits, ..Timing::default() };
    let tracker = runtime.block_on(async { GitHub::with_timing(settings, timing).unwrap() });
    let sources = Sources { orgs: vec![ORG.into()], ..Sources::default() };
    for title in ["first sync", "nothing new", "after 500 changes"] {
        if title.starts_with("after") {
            server.order("change");
        }
        resident(true);
        let (started, before) = (Instant::now(), processor());
        let done = runtime.block_on(sync(&SyncContext {
            store: store.as_ref(),
            tracker: &tracker as &dyn Tracker,
            sources: &sources,
            only: &[],
            full: false,
            filters: &[],
            label: "floating-help",
            roster: &Roster::default(),
            clock: Arc::new(|| Now(Timestamp::now())),
            fresh_id: Arc::new(|| ulid::Ulid::from_datetime(std::time::SystemTime::now())),
            progress: Arc::new(|_| {}),
        }));
        let (took, busy) = (started.elapsed(), processor() - before);
        let done = done.unwrap();
        for (_, what, _) in done.problems.iter().take(3) {
            println!("  problem: {what}");
        }
        report(title, &mut server, took, busy, done.read);
    }
}
