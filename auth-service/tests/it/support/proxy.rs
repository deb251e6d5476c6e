//! A minimal reverse proxy with one request for each connection, and the faults that proxies have.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// Its faults. By default there are none.
#[derive(Clone, Copy, Default)]
pub struct Quirks {
    /// Replaces the request's `Host` by this name.
    pub host: Option<&'static str>,
    /// Replaces the response's `Date`.
    pub date: Option<&'static str>,
    /// Removes this text from the response's head.
    pub drops: Option<&'static str>,
    /// Redirects to the host that a client sends in `X-Forwarded-Host`.
    pub believes_forwarded_host: bool,
    /// Answers this path with this body.
    pub instead: Option<(&'static str, &'static str)>,
    /// Closes the connection when this path is requested.
    pub hangs_up: Option<&'static str>,
    /// Never answers.
    pub hangs: bool,
}

/// A listening proxy, which stops on drop.
pub struct Proxy {
    pub address: SocketAddr,
    is_over: Arc<AtomicBool>,
}

impl Proxy {
    /// Reserves a port, before the upstream exists.
    pub fn reserve() -> TcpListener {
        TcpListener::bind("127.0.0.1:0").unwrap()
    }

    pub fn start(listener: TcpListener, upstream: SocketAddr, quirks: Quirks) -> Self {
        let address = listener.local_addr().unwrap();
        let is_over = Arc::new(AtomicBool::new(false));
        let is_over_there = is_over.clone();
        std::thread::spawn(move || {
            for client in listener.incoming() {
                if is_over_there.load(Ordering::SeqCst) {
                    return;
                }
                let Ok(client) = client else { continue };
                std::thread::spawn(move || pass_on(client, upstream, quirks));
            }
        });
        Self { address, is_over }
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.is_over.store(true, Ordering::SeqCst);
        let _ = TcpStream::connect(self.address);
    }
}

/// `None` if either side closes early.
fn pass_on(mut client: TcpStream, upstream: SocketAddr, quirks: Quirks) -> Option<()> {
    client.set_read_timeout(Some(Duration::from_secs(20))).ok()?;
    let head = head(&mut client)?;
    if quirks.hangs {
        // Until the client gives up.
        client.read_exact(&mut [0]).ok();
        return None;
    }
    let path = head.split(' ').nth(1)?.to_owned();
    if quirks.hangs_up == Some(path.split('?').next()?) {
        return None;
    }
    if let Some((_, body)) = quirks.instead.filter(|(of, _)| path == *of) {
        let length = body.len();
        let head =
            format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\ncontent-type: application/json\r\n");
        return client.write_all(format!("{head}connection: close\r\n\r\n{body}").as_bytes()).ok();
    }
    let forwarded = head.lines().find_map(|line| line.strip_prefix("x-forwarded-host: ")).map(str::to_owned);
    if let Some(host) = forwarded.filter(|host| quirks.believes_forwarded_host && !host.contains("localhost"))
    {
        let head = format!("HTTP/1.1 302 Found\r\nlocation: https://{host}{path}\r\ncontent-length: 0\r\n");
        return client.write_all(format!("{head}connection: close\r\n\r\n").as_bytes()).ok();
    }
    let mut server = TcpStream::connect(upstream).ok()?;
    server.write_all(changed_request(&head, quirks).as_bytes()).ok()?;
    let mut answer = Vec::new();
    server.read_to_end(&mut answer).ok()?;
    client.write_all(&changed_answer(&answer, quirks)?).ok()
}

/// Reads a request without a body.
fn head(client: &mut TcpStream) -> Option<String> {
    let mut read = Vec::new();
    while !read.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        client.read_exact(&mut byte).ok()?;
        read.push(byte[0]);
    }
    String::from_utf8(read).ok()
}

fn changed_request(head: &str, quirks: Quirks) -> String {
    let mut lines: Vec<String> = head.trim_end().lines().map(str::to_owned).collect();
    lines.retain(|line| !line.to_lowercase().starts_with("connection:"));
    if let Some(host) = quirks.host {
        lines.retain(|line| !line.to_lowercase().starts_with("host:"));
        lines.push(format!("host: {host}"));
    }
    lines.push("x-forwarded-for: 203.0.113.7".to_owned());
    lines.push("connection: close".to_owned());
    lines.join("\r\n") + "\r\n\r\n"
}

fn changed_answer(answer: &[u8], quirks: Quirks) -> Option<Vec<u8>> {
    let end = answer.windows(4).position(|window| window == b"\r\n\r\n")?;
    let mut head = String::from_utf8(answer[..end].to_vec()).ok()?;
    if let Some(date) = quirks.date {
        let mut lines: Vec<&str> =
            head.lines().filter(|line| !line.to_lowercase().starts_with("date:")).collect();
        let date = format!("date: {date}");
        lines.push(&date);
        head = lines.join("\r\n");
    }
    if let Some(words) = quirks.drops {
        head = head.replace(words, "");
    }
    Some([head.as_bytes(), &answer[end..]].concat())
}
