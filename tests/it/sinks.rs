//! Tokens of three trackers in one home, one day of work with all of them, and then a search: in everything the program
//! printed, drew, logged, stored, sent, and handed to the programs it started.

use std::{os::unix::fs::PermissionsExt, path::Path};

use floorwalk::demo::{Dialect, Fault, FaultKind};

use crate::{
    faults_world::within,
    floor::{Desk, Floor, Ran},
    ledger::{Harm, Sheet, sheet},
    pty::Terminal,
};

const GITHUB: &str = "ghp_sinkcanary0123456789abcdefSINK0001";
const CLOUD: &str = "ATATTsinkcanary0123456789abcdefSINK0002";
const DATA_CENTER: &str = "sinkcanaryDC0123456789abcdefSINK0003";

/// Plain, in the part they share, and encoded at each of the three places where base64 may begin.
fn needles() -> Vec<String> {
    use base64::Engine;
    let encode = |text: String| base64::engine::general_purpose::STANDARD_NO_PAD.encode(text);
    let mut all = vec!["sinkcanary".to_owned()];
    for shift in 0..3 {
        let encoded = encode(format!("{}sinkcanary0", "x".repeat(shift)));
        all.push(encoded.get(4..encoded.len() - 2).unwrap().to_owned());
    }
    all
}

fn found(bytes: &[u8]) -> usize {
    needles().iter().map(|n| bytes.windows(n.len()).filter(|w| *w == n.as_bytes()).count()).sum()
}

#[test]
fn the_search_finds_a_token_plain_and_encoded() {
    use base64::Engine;
    for text in [GITHUB.to_owned(), format!("sam@acme.example:{CLOUD}"), format!("ab{DATA_CENTER}")] {
        assert!(found(text.as_bytes()) > 0);
        let encoded = base64::engine::general_purpose::STANDARD.encode(&text);
        assert!(found(encoded.as_bytes()) > 0, "{encoded}");
    }
    assert_eq!(found(b"ghp_another0123456789abcdef"), 0);
}

/// Writes down what it was given, arguments and environment, and what was asked for.
const SPY: &str = "#!/bin/sh\n{ printf '%s\\n' \"$0\" \"$@\"; env; cat /proc/$$/cmdline; } >> \"$SPY_FILE\"\n\
                   case \"$0\" in *edit*) printf '\\nNext step:\\nmeasure it first\\n' >> \"$1\";; esac\nexit 0\n";

struct Home {
    floor: Floor,
    desk: Desk,
    bin: String,
}

impl Home {
    fn new() -> Self {
        let floor = Floor::open();
        let github = format!(
            "[[tracker]]\nname = \"gh\"\nkind = \"github\"\nurl = \"https://github.com\"\napi_url = \"{}\"\n\
             repos = [\"quillfern/locker-gateway\"]\n",
            floor.demo.url()
        );
        let cloud = floor.jira_table("sam", Dialect::Cloud, "projects = [\"OPS\"]");
        let cloud = cloud.replace("FLOORWALK_JIRA_TOKEN", "CLOUD_TOKEN");
        let center = floor.jira_table("sam", Dialect::DataCenter, "projects = [\"LEDGER\"]");
        let center = center.replace("FLOORWALK_JIRA_TOKEN", "CENTER_TOKEN");
        let desk = floor.desk_of("sam", &format!("{github}{cloud}{center}"));
        let bin = desk.folder().join("bin");
        std::fs::create_dir(&bin).unwrap();
        for name in ["xdg-open", "edit.sh", "notify-send", "gh"] {
            std::fs::write(bin.join(name), SPY).unwrap();
            std::fs::set_permissions(bin.join(name), std::fs::Permissions::from_mode(0o700)).unwrap();
        }
        let bin = bin.display().to_string();
        Self { floor, desk, bin }
    }

    fn spy(&self) -> std::path::PathBuf {
        self.desk.folder().join("spy")
    }

    fn command(&self, arguments: &[&str]) -> std::process::Command {
        let mut command = self.desk.command(arguments);
        command.env("FLOORWALK_GITHUB_TOKEN", GITHUB).env("CLOUD_TOKEN", CLOUD).env("CENTER_TOKEN", DATA_CENTER);
        command.env("FLOORWALK_LOG", "trace").env("RUST_BACKTRACE", "full").env("SPY_FILE", self.spy());
        command.env("PATH", format!("{}:/usr/bin:/bin", self.bin));
        command.env("EDITOR", format!("{}/edit.sh", self.bin));
        command
    }

    fn run(&self, arguments: &[&str]) -> Ran {
        within(std::time::Duration::from_secs(30), &mut self.command(arguments)).expect("it ends")
    }
}

fn met(sheet: &Sheet, line: &str, times: usize, leaked: usize) {
    [line, "I9"].iter().for_each(|line| sheet.met(line, times, Harm { leaked, ..Harm::NONE }));
}

/// Every verb that has something to print, on people's ordinary way; what was printed.
fn a_day(home: &Home) -> Vec<Ran> {
    let mut all = vec![home.run(&["sync", "-v"])];
    let listed = home.run(&["list", "is:free", "--json", "--limit", "100"]);
    let tasks = listed.json()["tasks"].as_array().unwrap().clone();
    let first = |start: &str| {
        let of = tasks.iter().map(|t| t["key"].as_str().unwrap()).find(|key| key.starts_with(start));
        of.unwrap_or_else(|| panic!("nothing of {start}: {tasks:?}")).to_owned()
    };
    all.push(listed);
    for key in ["quillfern/", "OPS-", "LEDGER-"].map(first) {
        all.push(home.run(&["show", &key, "--json"]));
        all.push(home.run(&["claim", &key, "--size", "XS", "--plan", "look into it", "--yes"]));
        all.push(home.run(&["release", &key, "--note", "half of it is done"]));
    }
    for verb in [
        &["doctor"][..],
        &["doctor", "--json"],
        &["config", "show"],
        &["config", "check"],
        &["mine", "--json"],
        &["outbox", "--json"],
        &["sync", "--full"],
        &["--token-file", "none", "sync"],
    ] {
        all.push(home.run(verb));
    }
    all
}

fn in_files(folder: &Path, spy: &Path, sums: &mut [(usize, usize); 3]) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            in_files(&path, spy, sums);
        } else if path != spy {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            let kind = if name.ends_with(".log") { 0 } else { 1 + usize::from(!name.contains(".db")) };
            sums[kind].0 += 1;
            sums[kind].1 += found(&std::fs::read(&path).unwrap());
        }
    }
}

#[test]
fn three_tokens_are_nowhere_but_in_their_headers() {
    let sheet = sheet!();
    let home = Home::new();
    let other = crate::hostile::world::plain(1).0;
    let said = a_day(&home);
    let printed: usize = said.iter().map(|ran| found(&ran.0.stdout)).sum();
    let errors: usize = said.iter().map(|ran| found(&ran.0.stderr)).sum();
    let json = said.iter().filter(|ran| ran.0.stdout.starts_with(b"{"));
    met(&sheet, "sink JSON", json.clone().count(), json.map(|ran| found(&ran.0.stdout)).sum());
    met(&sheet, "sink output", said.len(), printed);
    met(&sheet, "sink errors", said.len(), errors);
    // Sent away, and told to come back in clear text.
    let away =
        |to: String| FaultKind::Status { code: 302, headers: vec![("location".into(), to)], body: String::new() };
    for to in [format!("{}/x", other.demo.url()), "http://plain.example/x".into()] {
        home.floor.demo.faults().add(Fault::new("", "", away(to)).times(20));
        let ran = home.run(&["sync", "--full"]);
        assert_eq!(found(&ran.0.stderr), 0);
        home.floor.demo.faults().clear();
    }
    met(&sheet, "sink other hosts", 2, other.demo.requests().len());
    let requests = home.floor.demo.requests();
    assert!(requests.len() > 20 && requests.iter().any(|r| r.method == "POST"), "{}", requests.len());
    met(&sheet, "sink addresses", requests.len(), requests.iter().map(|r| found(r.path.as_bytes())).sum());
    met(&sheet, "sink bodies", requests.len(), requests.iter().map(|r| found(r.body.as_bytes())).sum());
    children(&home, &sheet);
    let mut sums = [(0, 0); 3];
    in_files(home.desk.folder(), &home.spy(), &mut sums);
    for (line, (files, leaked)) in ["sink log", "sink store", "sink files"].iter().zip(sums) {
        met(&sheet, line, files, leaked);
    }
    let log = std::fs::read_to_string(home.desk.folder().join("data/floorwalk.log")).unwrap();
    assert!(log.contains("DEBUG") || log.contains("TRACE"), "the log says much");
    // There is nothing that could be killed half-way: no token is ever written.
    sheet.met(
        "C20",
        sums.iter().map(|s| s.0).sum(),
        Harm { lost: 0, duplicated: 0, leaked: sums.iter().map(|s| s.1).sum() },
    );
}

/// The screen at work, and the programs that are started from it and from the command line.
fn children(home: &Home, sheet: &Sheet) {
    let mut screen = Terminal::of(&home.command(&[]), 110, 30);
    screen.shows("1 Discover");
    screen.settles();
    let own = std::fs::read(format!("/proc/{}/cmdline", screen.process_id())).unwrap();
    screen.press("o");
    home.floor.wait_until("the browser was started", || home.spy().exists());
    screen.settles();
    screen.press("q");
    screen.ends();
    met(sheet, "sink screen", 1, found(&screen.raw()));
    let listed = home.run(&["list", "is:free project:quillfern/locker-gateway", "--json", "--limit", "1"]).json();
    let key = listed["tasks"][0]["key"].as_str().unwrap().to_owned();
    let claimed = home.run(&["claim", &key, "--size", "XS", "--yes"]);
    assert_eq!(claimed.code(), 0, "{}", claimed.err());
    let mut plan = Terminal::of(&home.command(&["plan", &key]), 100, 30);
    plan.ends();
    let spied = std::fs::read_to_string(home.spy()).unwrap();
    assert!(spied.contains("xdg-open\nhttp"), "{spied}");
    let started = spied.matches("SPY_FILE=").count();
    met(sheet, "sink environment", started, found(spied.as_bytes()));
    met(sheet, "sink arguments", started + 1, found(&own) + found(spied.as_bytes()));
}

#[test]
fn a_panic_tells_no_token() {
    let sheet = sheet!();
    let child = std::process::Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "sinks::child_that_panics_with_a_token_in_hand", "--ignored", "--nocapture"])
        .env("FLOORWALK_GITHUB_TOKEN", GITHUB)
        .env("RUST_BACKTRACE", "full")
        .output()
        .unwrap();
    let said = [child.stdout, child.stderr].concat();
    assert!(
        String::from_utf8_lossy(&said).contains("Token(from environment FLOORWALK_GITHUB_TOKEN)"),
        "{}",
        said.len()
    );
    met(&sheet, "sink panic", 1, found(&said));
}

#[tokio::test]
#[ignore = "a child process of the test above"]
async fn child_that_panics_with_a_token_in_hand() {
    use floorwalk::config::{Environment, load::parse, secret};
    let loaded = parse(Path::new("c.toml"), "[[tracker]]\nrepos = [\"a/b\"]\n").unwrap();
    let tracker = &loaded.config.trackers[0];
    let token = secret::find(tracker, None, &Environment::real()).await.unwrap().unwrap();
    let settings = floorwalk::tracker::github::GitHubSettings {
        name: tracker.name.clone(),
        url: "https://github.com".into(),
        api_url: None,
        token: Some(token.secret.clone()),
        token_source: token.source.clone(),
        ca_file: None,
    };
    let client = floorwalk::tracker::github::GitHub::new(settings);
    panic!("{token:?} {:?} {tracker:?} {:?}", token.secret, client.is_ok());
}

#[test]
fn nothing_is_sent_in_clear_text_beyond_this_machine() {
    let sheet = sheet!();
    let home = Home::new();
    let file = home.desk.folder().join("config.toml");
    let config = std::fs::read_to_string(&file).unwrap();
    let port = home.floor.demo.url().rsplit(':').next().unwrap().to_owned();
    let mut tried = 0;
    for host in ["127.0.0.1.nip.example", "localhost.example", "0.0.0.0", "10.0.0.1", "[::ffff:10.0.0.1]"] {
        std::fs::write(&file, config.replace(&home.floor.demo.url(), &format!("http://{host}:{port}"))).unwrap();
        let before = home.floor.demo.requests().len();
        let ran = home.run(&["sync"]);
        assert_eq!(ran.code(), 3, "{host}: {}", ran.err());
        assert!(ran.err().contains("https"), "{host}: {}", ran.err());
        met(&sheet, "sink plain http", 1, home.floor.demo.requests().len() - before + found(&ran.0.stderr));
        tried += 1;
    }
    assert_eq!(tried, 5);
}

/// A proxy that carries connections to one place, whatever name it is asked for, and keeps what it carries.
fn proxy(to: std::net::SocketAddr) -> (String, std::sync::Arc<std::sync::Mutex<Vec<u8>>>) {
    use std::io::{Read, Write};
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let at = listener.local_addr().unwrap().to_string();
    let carried = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
    let kept = carried.clone();
    std::thread::spawn(move || {
        for mut client in listener.incoming().flatten() {
            let mut request = [0; 4096];
            let n = client.read(&mut request).unwrap_or(0);
            kept.lock().unwrap().extend_from_slice(&request[..n]);
            let mut server = std::net::TcpStream::connect(to).unwrap();
            client.write_all(b"HTTP/1.1 200 OK\r\n\r\n").unwrap();
            let (mut back, mut out) = (server.try_clone().unwrap(), client.try_clone().unwrap());
            std::thread::spawn(move || std::io::copy(&mut back, &mut out));
            let kept = kept.clone();
            std::thread::spawn(move || {
                let mut buffer = [0; 4096];
                while let Ok(n @ 1..) = client.read(&mut buffer) {
                    kept.lock().unwrap().extend_from_slice(&buffer[..n]);
                    if server.write_all(&buffer[..n]).is_err() {
                        return;
                    }
                }
            });
        }
    });
    (at, carried)
}

#[test]
fn a_company_s_proxy_and_its_own_certificates_are_used_and_hear_no_token() {
    let sheet = sheet!();
    let home = Home::new();
    let (config, pem) = crate::github_faults::certificate("api.example", 2100);
    let ca = home.desk.folder().join("ca.pem");
    std::fs::write(&ca, pem).unwrap();
    let body = br#"{"login":"sam","id":7,"type":"User"}"#.to_vec();
    let (at, carried) = proxy(crate::github_faults::tls_server(config, [127, 0, 0, 1].into(), body));
    let file = home.desk.folder().join("config.toml");
    let written = std::fs::read_to_string(&file).unwrap();
    let (github, _) = written.split_once("\n[[tracker]]\nname = \"cloud\"").unwrap_or((&written, ""));
    let github = github.split("[[tracker]]\nname = \"cloud\"").next().unwrap();
    std::fs::write(&file, github.replace(&home.floor.demo.url(), "https://api.example")).unwrap();
    let ask = |with_ca: bool| {
        let mut command = home.command(&["doctor"]);
        command.env("HTTPS_PROXY", format!("http://{at}"));
        if with_ca {
            command.env("SSL_CERT_FILE", &ca);
        }
        within(std::time::Duration::from_secs(30), &mut command).unwrap()
    };
    let refused = ask(false);
    let told = refused.out() + &refused.err();
    assert!(told.contains("nobody known signed") || told.contains("certificate"), "{told}");
    let trusted = ask(true);
    let told = trusted.out() + &trusted.err();
    assert!(told.contains("sam") && !told.contains("nobody known signed"), "{told}");
    let carried = carried.lock().unwrap();
    assert!(carried.starts_with(b"CONNECT api.example:443 "), "{}", String::from_utf8_lossy(&carried));
    met(&sheet, "sink other hosts", 2, found(&carried));
}
