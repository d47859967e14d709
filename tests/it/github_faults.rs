//! What no polite server does: broken connections, dripping bytes, bombs, bad certificates, dead proxies.

use std::{
    io::Write,
    net::{IpAddr, SocketAddr},
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use floorwalk::tracker::{
    ErrorClass, Lane, Tracker, TrackerError,
    github::{GitHub, GitHubSettings},
    http::Timing,
};
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use serde_json::json;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

use crate::github_world::*;

/// What the server does once it has read a request.
#[derive(Clone)]
enum Fault {
    /// Sends these bytes and closes in good order.
    Send(Vec<u8>),
    /// Sends these bytes and resets the connection.
    Reset(Vec<u8>),
    /// Sends the bytes, then one more every few milliseconds for ever.
    Drip(Vec<u8>),
    /// Reads the request and never answers.
    Silence,
}

/// A server on this machine. Each fault serves one request, the last one all that follow.
struct FaultServer {
    at: SocketAddr,
    requests: Arc<AtomicUsize>,
}

impl FaultServer {
    async fn start(faults: Vec<Fault>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let at = listener.local_addr().unwrap();
        let requests = Arc::new(AtomicUsize::new(0));
        let count = requests.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (faults, count) = (faults.clone(), count.clone());
                tokio::spawn(async move {
                    let _ = serve(stream, &faults, &count).await;
                });
            }
        });
        Self { at, requests }
    }

    fn url(&self) -> String {
        format!("http://{}", self.at)
    }

    fn seen(&self) -> usize {
        self.requests.load(Ordering::SeqCst)
    }
}

async fn serve(mut stream: TcpStream, faults: &[Fault], count: &AtomicUsize) -> std::io::Result<()> {
    read_request(&mut stream).await?;
    let number = count.fetch_add(1, Ordering::SeqCst);
    match faults.get(number).or(faults.last()).unwrap() {
        Fault::Send(bytes) => {
            stream.write_all(bytes).await?;
            stream.shutdown().await
        }
        Fault::Reset(bytes) => {
            stream.write_all(bytes).await?;
            stream.flush().await?;
            // The client must have the first bytes before the reset discards what is under way.
            tokio::time::sleep(Duration::from_millis(20)).await;
            stream.set_zero_linger()
        }
        Fault::Drip(bytes) => {
            stream.write_all(bytes).await?;
            loop {
                tokio::time::sleep(Duration::from_millis(5)).await;
                stream.write_all(b" ").await?;
            }
        }
        Fault::Silence => {
            let mut rest = Vec::new();
            stream.read_to_end(&mut rest).await.map(|_| ())
        }
    }
}

/// Reads a request with its body.
async fn read_request(stream: &mut TcpStream) -> std::io::Result<()> {
    let mut bytes = Vec::new();
    loop {
        let mut chunk = [0; 4096];
        let n = stream.read(&mut chunk).await?;
        if n == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        bytes.extend_from_slice(&chunk[..n]);
        let text = String::from_utf8_lossy(&bytes).to_ascii_lowercase();
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let length = head.lines().find_map(|l| l.strip_prefix("content-length: ")?.trim().parse::<usize>().ok());
        if body.len() >= length.unwrap_or(0) {
            return Ok(());
        }
    }
}

fn answer(headers: &str, body: &[u8]) -> Vec<u8> {
    let mut bytes = format!("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n{headers}\r\n").into_bytes();
    bytes.extend_from_slice(body);
    bytes
}

fn whole(body: &[u8]) -> Vec<u8> {
    answer(&format!("content-length: {}\r\n", body.len()), body)
}

fn page() -> Vec<u8> {
    json!([issue(1), issue(2)]).to_string().into_bytes()
}

async fn ask(github: &GitHub) -> Result<usize, TrackerError> {
    match github.tasks(&widgets(), Lane::Open, 1, None).await? {
        floorwalk::tracker::Conditional::Changed { value, .. } => Ok(value.tasks.len()),
        floorwalk::tracker::Conditional::Unchanged => Ok(0),
    }
}

fn check(error: &TrackerError, class: &ErrorClass, words: &str) {
    assert_eq!(&error.class, class, "{error}");
    assert!(error.sentence().contains(words), "{error}");
    assert!(!format!("{error:?}{error}{}", error.hint()).contains(TOKEN));
}

fn hurried(url: &str, total: u64) -> GitHub {
    let timing = Timing { total: Duration::from_millis(total), ..quick() };
    GitHub::with_timing(settings(url), timing).unwrap()
}

#[tokio::test]
async fn a_broken_answer_is_discarded_whole_and_read_again() {
    let body = page();
    let short = answer(&format!("content-length: {}\r\n", body.len()), &body[..300]);
    let chunked = answer("transfer-encoding: chunked\r\n", b"5\r\n[{\"nu\r\n");
    for broken in [Fault::Reset(short.clone()), Fault::Send(short), Fault::Send(chunked)] {
        let server = FaultServer::start(vec![broken.clone(), Fault::Send(whole(&body))]).await;
        assert_eq!(ask(&github(&server.url())).await.unwrap(), 2);
        assert_eq!(server.seen(), 2);
        let server = FaultServer::start(vec![broken]).await;
        check(&ask(&github(&server.url())).await.unwrap_err(), &ErrorClass::Truncated, "broke off");
        assert_eq!(server.seen(), 4);
    }
}

#[tokio::test]
async fn a_connection_that_breaks_before_the_answer_is_tried_again_for_reads() {
    for broken in [Fault::Send(Vec::new()), Fault::Reset(Vec::new())] {
        let server = FaultServer::start(vec![broken.clone(), Fault::Send(whole(&page()))]).await;
        assert_eq!(ask(&github(&server.url())).await.unwrap(), 2);
        let server = FaultServer::start(vec![broken]).await;
        check(&ask(&github(&server.url())).await.unwrap_err(), &ErrorClass::Connect, "could not be reached");
    }
}

#[tokio::test]
async fn a_write_whose_answer_is_lost_is_sent_once() {
    let created = |n: usize| {
        let body = comment(1, "x").to_string();
        let head =
            format!("HTTP/1.1 201 Created\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n", body.len());
        [head.as_bytes(), &body.as_bytes()[..n]].concat()
    };
    let lost = [
        (Fault::Send(Vec::new()), ErrorClass::Connect),
        (Fault::Reset(Vec::new()), ErrorClass::Connect),
        (Fault::Reset(created(50)), ErrorClass::Truncated),
        (Fault::Send(created(50)), ErrorClass::Truncated),
        (Fault::Silence, ErrorClass::Timeout),
    ];
    for (fault, class) in lost {
        let server = FaultServer::start(vec![fault, Fault::Send(created(comment(1, "x").to_string().len()))]).await;
        let github = hurried(&server.url(), 500);
        assert_eq!(github.post_comment(&key(1), "x").await.unwrap_err().class, class);
        assert_eq!(server.seen(), 1);
        github.post_comment(&key(1), "x").await.expect("the next decision is the caller's");
        assert_eq!(server.seen(), 2);
    }
}

#[tokio::test]
async fn a_dripping_answer_ends_at_the_total() {
    let server = FaultServer::start(vec![Fault::Drip(answer("content-length: 1000000\r\n", b"["))]).await;
    let started = std::time::Instant::now();
    let error = ask(&hurried(&server.url(), 300)).await.unwrap_err();
    check(&error, &ErrorClass::Timeout, "did not answer in time");
    assert!(started.elapsed() < Duration::from_secs(5));
    let server = FaultServer::start(vec![Fault::Silence]).await;
    assert_eq!(ask(&hurried(&server.url(), 200)).await.unwrap_err().class, ErrorClass::Timeout);
}

#[tokio::test]
async fn a_compressed_answer_is_read_and_a_bomb_is_not() {
    let gzip = |body: &[u8]| {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(body).unwrap();
        let packed = encoder.finish().unwrap();
        answer(&format!("content-encoding: gzip\r\ncontent-length: {}\r\n", packed.len()), &packed)
    };
    let server = FaultServer::start(vec![Fault::Send(gzip(&page()))]).await;
    assert_eq!(ask(&github(&server.url())).await.unwrap(), 2);
    let server = FaultServer::start(vec![Fault::Send(gzip(&vec![b' '; 40 << 20]))]).await;
    check(&ask(&github(&server.url())).await.unwrap_err(), &ErrorClass::TooLarge, "larger than is accepted");
    assert_eq!(server.seen(), 1, "a bomb is not asked for again");
}

#[tokio::test]
async fn nobody_listening_and_no_such_name() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let at = listener.local_addr().unwrap();
    drop(listener);
    check(&ask(&github(&format!("http://{at}"))).await.unwrap_err(), &ErrorClass::Connect, "could not be reached");
    let error = ask(&github("https://no-such-host.invalid")).await.unwrap_err();
    check(&error, &ErrorClass::Dns, "no-such-host.invalid could not be resolved");
}

/// A certificate for `name` until `year`, its key, and the authority's certificate in PEM.
pub(crate) fn certificate(name: &str, year: i32) -> (rustls::ServerConfig, String) {
    let mut ca = CertificateParams::new(Vec::new()).unwrap();
    ca.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let ca_key = KeyPair::generate().unwrap();
    let ca_pem = ca.self_signed(&ca_key).unwrap().pem();
    let mut leaf = CertificateParams::new(vec![name.to_owned()]).unwrap();
    leaf.not_before = rcgen::date_time_ymd(2000, 1, 1);
    leaf.not_after = rcgen::date_time_ymd(year, 1, 1);
    let key = KeyPair::generate().unwrap();
    let signed = leaf.signed_by(&key, &Issuer::new(ca, ca_key)).unwrap();
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![signed.der().clone()], key)
        .unwrap();
    (config, ca_pem)
}

/// Answers with one body over TLS to everybody who can make the handshake.
pub(crate) fn tls_server(config: rustls::ServerConfig, on: IpAddr, body: Vec<u8>) -> SocketAddr {
    use std::io::Read;
    let listener = std::net::TcpListener::bind((on, 0)).unwrap();
    let at = listener.local_addr().unwrap();
    let config = Arc::new(config);
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let session = rustls::ServerConnection::new(config.clone()).unwrap();
            let mut tls = rustls::StreamOwned::new(session, stream);
            let mut seen = [0; 8192];
            if tls.read(&mut seen).is_ok() {
                let _ = tls.write_all(&whole(&body));
                tls.conn.send_close_notify();
                let _ = tls.flush();
            }
        }
    });
    at
}

fn with_ca(url: &str, ca: Option<PathBuf>) -> GitHub {
    GitHub::with_timing(GitHubSettings { ca_file: ca, ..settings(url) }, quick()).unwrap()
}

#[tokio::test]
async fn certificates_must_be_known_current_and_for_the_name() {
    let folder = tempfile::tempdir().unwrap();
    let ca = folder.path().join("ca.pem");
    let start = |name: &str, year: i32| {
        let (config, pem) = certificate(name, year);
        std::fs::write(&ca, pem).unwrap();
        format!("https://localhost:{}", tls_server(config, [127, 0, 0, 1].into(), page()).port())
    };
    let good = start("localhost", 2100);
    assert_eq!(ask(&with_ca(&good, Some(ca.clone()))).await.unwrap(), 2);
    check(&ask(&with_ca(&good, None)).await.unwrap_err(), &ErrorClass::Tls, "nobody known signed");
    let expired = start("localhost", 2010);
    check(&ask(&with_ca(&expired, Some(ca.clone()))).await.unwrap_err(), &ErrorClass::Tls, "has expired");
    let other = start("elsewhere.example", 2100);
    check(&ask(&with_ca(&other, Some(ca.clone()))).await.unwrap_err(), &ErrorClass::Tls, "for another name");
    std::fs::write(&ca, "no certificate").unwrap();
    let settings = GitHubSettings { ca_file: Some(ca), ..settings(&other) };
    check(&GitHub::new(settings).unwrap_err(), &ErrorClass::Tls, "no certificate in PEM form");
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("https://localhost:{}", listener.local_addr().unwrap().port());
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await;
            let _ = stream.read(&mut [0; 1024]).await;
        }
    });
    check(&ask(&github(&url)).await.unwrap_err(), &ErrorClass::Tls, "the handshake failed");
}

/// The environment of a process is shared by all tests, so a proxy is tried in a process of its own.
const CHILD: &str = "FLOORWALK_TEST_PROXY_CHILD";

#[tokio::test]
async fn proxy_child() {
    if std::env::var_os(CHILD).is_none() {
        return;
    }
    let error = ask(&github("https://github.example")).await.unwrap_err();
    println!("class: {:?}; {}", error.class, error.sentence());
    let server = FaultServer::start(vec![Fault::Send(whole(&page()))]).await;
    println!("loopback: {:?}", ask(&github(&server.url())).await);
}

/// Where the child finds a server with a private certificate.
const TLS_CHILD: &str = "FLOORWALK_TEST_TLS_CHILD";

#[tokio::test]
async fn tls_child() {
    let Ok(url) = std::env::var(TLS_CHILD) else { return };
    println!("answer: {:?}", ask(&github(&url)).await);
}

#[tokio::test]
async fn the_usual_variable_names_certificates_too() {
    let folder = tempfile::tempdir().unwrap();
    let ca = folder.path().join("ca.pem");
    let (config, pem) = certificate("localhost", 2100);
    std::fs::write(&ca, pem).unwrap();
    let url = format!("https://localhost:{}", tls_server(config, [127, 0, 0, 1].into(), page()).port());
    let output = tokio::process::Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "github_faults::tls_child", "--nocapture"])
        .env(TLS_CHILD, url)
        .env("SSL_CERT_FILE", &ca)
        .output()
        .await
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(text.contains("answer: Ok(2)"), "{text}");
}

#[tokio::test]
async fn a_proxy_that_refuses_or_is_dead_is_named_and_never_used_for_this_machine() {
    let refuse = b"HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 0\r\n\r\n".to_vec();
    let proxy = FaultServer::start(vec![Fault::Send(refuse)]).await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let dead = listener.local_addr().unwrap();
    drop(listener);
    for address in [proxy.at, dead] {
        let output = tokio::process::Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "github_faults::proxy_child", "--nocapture"])
            .env(CHILD, "1")
            .env("HTTPS_PROXY", format!("http://{address}"))
            .env("HTTP_PROXY", format!("http://{address}"))
            .env_remove("NO_PROXY")
            .env_remove("no_proxy")
            .output()
            .await
            .unwrap();
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(text.contains("class: Proxy; the proxy would not let the request through"), "{text}");
        assert!(text.contains("loopback: Ok(2)"), "{text}");
    }
    assert_eq!(proxy.seen(), 1, "only the request for the other host");
}

/// The address of this machine beyond loopback, if it has one. Sends nothing.
fn outer_address() -> Option<IpAddr> {
    let socket = std::net::UdpSocket::bind("0.0.0.0:0").ok()?;
    socket.connect("192.0.2.1:9").ok()?;
    Some(socket.local_addr().ok()?.ip()).filter(|ip| !ip.is_loopback() && !ip.is_unspecified())
}

#[tokio::test]
async fn writes_to_other_hosts_keep_their_distance() {
    let Some(ip) = outer_address().filter(|_| std::env::var_os("HTTPS_PROXY").is_none()) else {
        println!("skipped: this machine has no address beyond loopback");
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let ca = folder.path().join("ca.pem");
    let (config, pem) = certificate(&ip.to_string(), 2100);
    std::fs::write(&ca, pem).unwrap();
    let at = tls_server(config, ip, comment(1, "x").to_string().into_bytes());
    let gap = Duration::from_millis(150);
    let timing = Timing { write_gap: gap, request_gap: Duration::from_millis(20), ..quick() };
    let settings = GitHubSettings { ca_file: Some(ca), ..settings(&format!("https://{at}")) };
    let github = GitHub::with_timing(settings, timing).unwrap();
    let started = std::time::Instant::now();
    for _ in 0..3 {
        github.post_comment(&key(1), "x").await.unwrap();
    }
    assert!(started.elapsed() >= gap * 2, "{:?}", started.elapsed());
}

/// Counts how many requests are answered at once.
#[derive(Clone, Default)]
struct Crowd {
    now: Arc<AtomicUsize>,
    most: Arc<AtomicUsize>,
}

impl Crowd {
    async fn answer(self) -> axum::Json<serde_json::Value> {
        let now = self.now.fetch_add(1, Ordering::SeqCst) + 1;
        self.most.fetch_max(now, Ordering::SeqCst);
        tokio::time::sleep(Duration::from_millis(10)).await;
        self.now.fetch_sub(1, Ordering::SeqCst);
        axum::Json(json!({"data": {"nodes": []}, "login": "sam"}))
    }

    async fn start(&self) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let at = listener.local_addr().unwrap();
        let crowd = self.clone();
        let app = axum::Router::new().fallback(move || crowd.clone().answer());
        tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
        format!("http://{at}")
    }
}

#[tokio::test]
async fn at_most_eight_requests_and_two_queries_are_under_way() {
    let crowd = Crowd::default();
    let github = github(&crowd.start().await);
    futures_util::future::join_all((0..40).map(|_| github.me())).await;
    assert_eq!(crowd.most.swap(0, Ordering::SeqCst), 8);
    let asked = floorwalk::tracker::Listing::Org("acme".into());
    futures_util::future::join_all((0..10).map(|_| github.feed(&asked, jiff::Timestamp::UNIX_EPOCH, None))).await;
    assert_eq!(crowd.most.swap(0, Ordering::SeqCst), 2);
    let task = key(1);
    futures_util::future::join_all((0..5).map(|_| github.edit_comment(&task, 1, "x"))).await;
    assert_eq!(crowd.most.load(Ordering::SeqCst), 1, "writes go one after another");
}

/// Keeps everything that is logged.
#[derive(Clone, Default)]
struct Log(Arc<std::sync::Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// In a process of its own: who listens to the log is decided for a whole process, and the other tests do not listen.
#[test]
fn the_log_has_neither_token_nor_bodies_at_any_level() {
    let child = ["--exact", "github_faults::child_that_logs_everything", "--ignored", "--nocapture"];
    let ran = std::process::Command::new(std::env::current_exe().unwrap()).args(child).output().unwrap();
    let said = String::from_utf8_lossy(&ran.stdout);
    assert!(ran.status.success() && said.contains("1 passed"), "{said}{}", String::from_utf8_lossy(&ran.stderr));
}

#[tokio::test]
#[ignore = "a child process of the test above"]
async fn child_that_logs_everything() {
    let log = Log::default();
    let writer = log.clone();
    let subscriber =
        tracing_subscriber::fmt().with_max_level(tracing::Level::TRACE).with_writer(move || writer.clone()).finish();
    let server = FaultServer::start(vec![Fault::Send(whole(&page()))]).await;
    let guard = tracing::subscriber::set_default(subscriber);
    let github = github(&server.url());
    ask(&github).await.unwrap();
    let _ = github.post_comment(&key(1), "a private remark").await;
    drop(guard);
    let text = String::from_utf8_lossy(&log.0.lock().unwrap()).into_owned();
    assert!(text.contains("answered") && text.contains("/repos/acme/widgets/issues"), "{text}");
    for secret in [TOKEN, "canary", "a private remark", "The lift stops"] {
        assert!(!text.contains(secret), "{text}");
    }
}
