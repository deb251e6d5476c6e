//! A server that sends the same answer to every request, with as little work as possible.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::thread;

use super::wrk::Target;
use crate::error::{Context, Result};

/// It listens until the program ends.
pub struct FixedAnswer {
    port: u16,
}

impl FixedAnswer {
    pub fn start(answer: String) -> Result<Self> {
        let listener =
            TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).with_context(|| "find a free port".into())?;
        let port = listener.local_addr().with_context(|| "read a port".into())?.port();
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let answer = answer.clone();
                thread::spawn(move || serve(stream, answer.as_bytes()));
            }
        });
        Ok(Self { port })
    }

    pub fn target(&self) -> Target<'_> {
        Target { port: self.port, host: "localhost" }
    }
}

/// Answers what arrives. wrk sends a request in one piece and waits for the answer, so that one
/// reading is one request.
fn serve(mut stream: TcpStream, answer: &[u8]) {
    let mut request = [0; 4096];
    while stream.read(&mut request).is_ok_and(|length| length > 0) && stream.write_all(answer).is_ok() {}
}
