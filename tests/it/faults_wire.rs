//! What happens on the way between the program and its server: the story under each line of the catalogue.

use std::{io::Write, sync::Arc, time::Duration};

use crate::{
    faults_world::{Story, Trouble, Way},
    github_faults::{certificate, tls_server},
    ledger::{Sheet, sheet},
};

/// Memory that no answer may cost, KiB.
const MOST_MEMORY: u64 = 300 << 10;

fn tell(sheet: &Sheet, line: &str, words: &str, trouble: &Trouble) {
    let story = Story::begin();
    let harm = story.play(trouble);
    let said = story.said.borrow();
    assert!(said.contains(words), "{line}: '{words}' is not in: {said}");
    let most = story.most.get();
    assert!((1..MOST_MEMORY).contains(&most), "{line}: {most} KiB of memory");
    sheet.met(line, story.met.get(), harm);
}

fn elsewhere(url: &str) -> Trouble {
    Trouble::Elsewhere(url.to_owned(), Vec::new())
}

/// An address of this machine where nobody listens.
fn nobody() -> String {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().to_string()
}

#[test]
fn a_server_out_of_reach_costs_nothing() {
    let sheet = sheet!();
    tell(&sheet, "wire DNS", "could not be resolved", &elsewhere("https://no-such-host.invalid"));
    tell(&sheet, "wire refused", "could not be reached", &elsewhere(&format!("http://{}", nobody())));
}

#[test]
fn a_certificate_that_is_wrong_costs_nothing() {
    let sheet = sheet!();
    let folder = tempfile::tempdir().unwrap();
    let ca = folder.path().join("ca.pem");
    for (line, name, year, known, words) in [
        ("wire TLS issuer", "localhost", 2100, false, "nobody known signed"),
        ("wire TLS expired", "localhost", 2010, true, "has expired"),
        ("wire TLS name", "elsewhere.example", 2100, true, "for another name"),
    ] {
        let (config, pem) = certificate(name, year);
        std::fs::write(&ca, pem).unwrap();
        let port = tls_server(config, [127, 0, 0, 1].into(), b"[]".to_vec()).port();
        let env = known.then(|| ("SSL_CERT_FILE", ca.display().to_string()));
        tell(&sheet, line, words, &Trouble::Elsewhere(format!("https://localhost:{port}"), env.into_iter().collect()));
    }
}

#[test]
fn a_proxy_that_does_not_help_costs_nothing() {
    let sheet = sheet!();
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let refusing = listener.local_addr().unwrap().to_string();
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let mut request = [0; 4096];
            let _ = std::io::Read::read(&mut stream, &mut request);
            let _ = stream.write_all(b"HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 0\r\n\r\n");
        }
    });
    for (line, proxy) in [("wire proxy 407", refusing), ("wire proxy dead", nobody())] {
        let env = vec![("HTTPS_PROXY", format!("http://{proxy}"))];
        tell(&sheet, line, "the proxy", &Trouble::Elsewhere("https://github.example".into(), env));
    }
}

#[test]
fn an_answer_that_breaks_off_costs_nothing() {
    let sheet = sheet!();
    tell(&sheet, "wire reset before", "could not be reached", &Trouble::Between(Way::Reset));
    tell(&sheet, "wire reset within", "broke", &Trouble::Between(Way::Cut { reset: true }));
    tell(&sheet, "wire short", "broke", &Trouble::Between(Way::Cut { reset: false }));
}

#[test]
fn an_answer_without_end_costs_nothing() {
    let sheet = sheet!();
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(&vec![b' '; 40 << 20]).unwrap();
    let packed = encoder.finish().unwrap();
    let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n";
    let length = packed.len();
    let mut bomb = format!("{head}content-encoding: gzip\r\ncontent-length: {length}\r\n\r\n").into_bytes();
    bomb.extend(packed);
    tell(&sheet, "wire bomb", "larger than is accepted", &Trouble::Between(Way::Says(Arc::new(bomb))));
    let head = Arc::new(format!("{head}transfer-encoding: chunked\r\n\r\n").into_bytes());
    let piece = Arc::new([b"10000\r\n".as_slice(), &[b' '; 0x10000], b"\r\n"].concat());
    let endless = Way::Never(head, piece, Duration::ZERO);
    tell(&sheet, "wire endless", "larger than is accepted", &Trouble::Between(endless));
}
