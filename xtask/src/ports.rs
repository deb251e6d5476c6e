//! Loopback ports: finding free ones, and probing services.

use std::io::{ErrorKind, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::time::Duration;

use crate::error::{Context, Error, Result};

/// Finds ports that are free now, all different.
pub fn free<const N: usize>() -> Result<[u16; N]> {
    // All stay bound until the last is found, or the system could return one twice.
    let mut held = Vec::new();
    let mut ports = [0; N];
    for port in &mut ports {
        let listener =
            TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).with_context(|| "find a free port".into())?;
        *port = listener.local_addr().with_context(|| "read a port".into())?.port();
        held.push(listener);
    }
    Ok(ports)
}

/// Fails if `port` is in use, and names `option`, the flag that chooses another.
pub fn need(port: u16, option: &str) -> Result {
    match TcpListener::bind((Ipv4Addr::LOCALHOST, port)) {
        Ok(_) => Ok(()),
        Err(cause) if cause.kind() == ErrorKind::AddrInUse => Err(Error::new(format!(
            "port {port} on 127.0.0.1 is taken: stop the program that has it (`ss -ltnp sport = :{port}` names it), \
             or choose another port with {option}"
        ))),
        Err(cause) => Err(Error::new(format!("cannot listen on port {port} of 127.0.0.1: {cause}"))),
    }
}

/// Whether the service on `port` answers `GET /healthz` with 200.
pub fn healthy(port: u16, host: &str) -> bool {
    answers_well(port, host, "/healthz")
}

/// Whether the service on `port` answers `GET /readyz` with 200.
pub fn ready(port: u16, host: &str) -> bool {
    answers_well(port, host, "/readyz")
}

fn answers_well(port: u16, host: &str, path: &str) -> bool {
    ask(port, host, path).is_ok_and(|answer| answer.starts_with("HTTP/1.1 200 "))
}

fn ask(port: u16, host: &str, path: &str) -> std::io::Result<String> {
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
    stream.set_read_timeout(Some(Duration::from_secs(2)))?;
    let question = format!("GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
    stream.write_all(question.as_bytes())?;
    let mut answer = Vec::new();
    stream.take(4096).read_to_end(&mut answer)?;
    Ok(String::from_utf8_lossy(&answer).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_taken_port_is_named_with_what_to_do() {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let Err(Error::Failed(sentence)) = need(port, "--auth-port") else { panic!("the port is ours") };
        assert!(
            sentence.contains(&format!("port {port} ")) && sentence.contains("--auth-port"),
            "{sentence}"
        );
        drop(listener);
        need(port, "--auth-port").unwrap();
    }

    #[test]
    fn only_a_200_is_healthy() {
        for (answer, expected) in
            [("HTTP/1.1 200 OK\r\n\r\n", true), ("HTTP/1.1 503 Busy\r\n\r\n", false), ("", false)]
        {
            let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
            let port = listener.local_addr().unwrap().port();
            let server = std::thread::spawn(move || {
                let (mut stream, _) = listener.accept().unwrap();
                let mut asked = [0; 1024];
                let _ = stream.read(&mut asked).unwrap();
                stream.write_all(answer.as_bytes()).unwrap();
            });
            assert_eq!(healthy(port, "a.localhost"), expected, "{answer:?}");
            server.join().unwrap();
        }
    }
}
