//! Health check of the container images: `healthcheck <path> <address>` succeeds if the service
//! answers `GET <path>` with 200.
//!
//! It asks the service at `LISTEN`, or at `<address>` if that is empty. The image contains no other
//! program that could do so.

use std::io::{Read, Write};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

/// The timeout. It is shorter than the three seconds that the image's health check allows.
const TIMEOUT: Duration = Duration::from_secs(2);

fn main() -> ExitCode {
    let path = std::env::args().nth(1).unwrap_or_else(|| "/healthz".to_owned());
    let by_itself = std::env::args().nth(2).unwrap_or_default();
    let set = std::env::var("LISTEN").unwrap_or_default();
    let listen = listens_on(&set, &by_itself);
    let answer = match listen.strip_prefix("unix:") {
        Some(socket) => connect_to_socket(Path::new(socket)).and_then(|stream| status(stream, &path)),
        None => address(listen).and_then(connect).and_then(|stream| status(stream, &path)),
    };
    match answer {
        Ok(200) => ExitCode::SUCCESS,
        Ok(status) => fail(&format!("{path} answered {status}")),
        Err(problem) => fail(&format!("{path}: {problem}")),
    }
}

/// Docker keeps the output: `docker inspect` shows it beside the container's health.
fn fail(sentence: &str) -> ExitCode {
    eprintln!("healthcheck: {sentence}");
    ExitCode::FAILURE
}

/// The value that the service uses: an empty setting counts as unset.
fn listens_on<'a>(set: &'a str, by_itself: &'a str) -> &'a str {
    match set.trim() {
        "" => by_itself,
        set => set,
    }
}

/// The address to connect to. A service that listens on all interfaces is asked on loopback.
fn address(listen: &str) -> Result<SocketAddr, String> {
    let mut address: SocketAddr = listen.parse().map_err(|_| "LISTEN is no address and port".to_owned())?;
    match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => address.set_ip(Ipv4Addr::LOCALHOST.into()),
        IpAddr::V6(ip) if ip.is_unspecified() => address.set_ip(Ipv6Addr::LOCALHOST.into()),
        _ => {}
    }
    Ok(address)
}

fn connect(address: SocketAddr) -> Result<TcpStream, String> {
    let connect = || {
        let stream = TcpStream::connect_timeout(&address, TIMEOUT)?;
        stream.set_read_timeout(Some(TIMEOUT))?;
        stream.set_write_timeout(Some(TIMEOUT))?;
        Ok(stream)
    };
    connect().map_err(|error: std::io::Error| error.to_string())
}

fn connect_to_socket(path: &Path) -> Result<UnixStream, String> {
    let connect = || {
        let stream = UnixStream::connect(path)?;
        stream.set_read_timeout(Some(TIMEOUT))?;
        stream.set_write_timeout(Some(TIMEOUT))?;
        Ok(stream)
    };
    connect().map_err(|error: std::io::Error| format!("{}: {error}", path.display()))
}

fn status(mut stream: impl Read + Write, path: &str) -> Result<u16, String> {
    let ask = || -> std::io::Result<Vec<u8>> {
        let question = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        // In one piece: `write!` would send each part separately.
        stream.write_all(question.as_bytes())?;
        let mut answer = Vec::new();
        stream.take(1024).read_to_end(&mut answer)?;
        Ok(answer)
    };
    let answer = ask().map_err(|error| error.to_string())?;
    // `HTTP/1.1 200 OK`
    let line = String::from_utf8_lossy(&answer);
    line.split(' ').nth(1).and_then(|word| word.parse().ok()).ok_or_else(|| "no answer in HTTP".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::TcpListener;
    use std::os::unix::net::UnixListener;

    /// The status of a server that sends `text` to any request.
    fn asked(text: &'static str) -> Result<u16, String> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let address = listener.local_addr().unwrap();
        let server = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut question = Vec::new();
            while !question.ends_with(b"\r\n\r\n") {
                let mut byte = [0];
                stream.read_exact(&mut byte).unwrap();
                question.push(byte[0]);
            }
            stream.write_all(text.as_bytes()).unwrap();
            String::from_utf8(question).unwrap()
        });
        let status = status(connect(address).unwrap(), "/readyz");
        assert!(server.join().unwrap().starts_with("GET /readyz HTTP/1.1\r\nHost: localhost\r\n"));
        status
    }

    #[test]
    fn the_status_is_read_off_the_first_line() {
        assert_eq!(asked("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n"), Ok(200));
        assert_eq!(asked("HTTP/1.1 503 Service Unavailable\r\n\r\n"), Ok(503));
        assert!(asked("SSH-2.0-something\r\n").is_err());
        assert!(asked("").is_err());
    }

    #[test]
    fn nobody_there_is_a_failure() {
        assert!(connect((Ipv4Addr::LOCALHOST, 1).into()).is_err());
        assert!(connect_to_socket(Path::new("/nowhere/http.sock")).is_err());
    }

    #[test]
    fn a_service_behind_a_sockets_file_is_asked_there() {
        let path = std::env::temp_dir().join(format!("healthcheck-{}.sock", std::process::id()));
        let listener = UnixListener::bind(&path).unwrap();
        let server = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut question = [0; 4096];
            let length = stream.read(&mut question).unwrap();
            stream.write_all(b"HTTP/1.1 503 Service Unavailable\r\n\r\n").unwrap();
            question[..length].starts_with(b"GET /readyz ")
        });
        let status = status(connect_to_socket(&path).unwrap(), "/readyz");
        std::fs::remove_file(&path).unwrap();
        assert_eq!((status, server.join().unwrap()), (Ok(503), true));
    }

    #[test]
    fn a_setting_that_is_blank_is_not_set() {
        for blank in ["", " ", "\t", "\r\n"] {
            assert_eq!(listens_on(blank, "127.0.0.1:8001"), "127.0.0.1:8001");
        }
        assert_eq!(listens_on(" 0.0.0.0:8000\r", "127.0.0.1:8001"), "0.0.0.0:8000");
        assert_eq!(listens_on("unix:/run/http.sock\n", "127.0.0.1:8001"), "unix:/run/http.sock");
    }

    #[test]
    fn who_listens_everywhere_is_asked_on_loopback() {
        assert_eq!(address("0.0.0.0:8000").unwrap().to_string(), "127.0.0.1:8000");
        assert_eq!(address("[::]:8000").unwrap().to_string(), "[::1]:8000");
        assert_eq!(address("10.1.2.3:80").unwrap().to_string(), "10.1.2.3:80");
        assert!(address("").is_err());
        assert!(address("8000").is_err());
    }
}
