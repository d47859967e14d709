//! A server that answers nothing well: each request gets the next kind of trouble. Knows no protocol beyond the end of a
//! request's head.

use std::{
    io::{BufRead, BufReader, Write},
    net::{TcpListener, TcpStream},
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};

/// Bytes of a large broken answer.
const LARGE: usize = 8 << 20;
/// Between two bytes of an answer that drips.
const DRIP: Duration = Duration::from_millis(40);

/// Requests that were answered, or begun to be.
pub(crate) static ASKED: AtomicUsize = AtomicUsize::new(0);

/// Starts it; its address.
pub(crate) fn start() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for (nth, stream) in listener.incoming().flatten().enumerate() {
            std::thread::spawn(move || answer(stream, nth));
        }
    });
    format!("http://{address}")
}

/// One answer for each connection; whoever asks for more connects again.
fn answer(mut stream: TcpStream, nth: usize) -> Option<()> {
    let mut head = BufReader::new(stream.try_clone().ok()?);
    let mut line = String::new();
    while head.read_line(&mut line).ok()? > 2 {
        line.clear();
    }
    ASKED.fetch_add(1, Ordering::Relaxed);
    let json = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\n";
    match nth % 4 {
        0 => write!(
            stream,
            "HTTP/1.1 502 Bad Gateway\r\ncontent-type: text/html\r\nconnection: close\r\n\r\n<h1>\x1b[2Jno"
        ),
        1 => write!(stream, "{json}content-length: {LARGE}\r\n\r\n[{}", "{\"number\":1},".repeat(LARGE / 13)),
        2 => write!(stream, "{json}content-length: 900\r\n\r\n[{{\"number\":"),
        _ => {
            write!(stream, "{json}\r\n[").ok()?;
            while stream.write_all(b" ").is_ok() {
                std::thread::sleep(DRIP);
            }
            Ok(())
        }
    }
    .ok()
}
