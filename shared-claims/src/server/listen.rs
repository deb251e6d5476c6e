//! Listener of a service (`LISTEN`): an address and a port, or the path of a Unix domain socket.

use std::fmt;
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use super::socket_file::{self, BACKLOG, SocketFile};

/// Address to listen on: `127.0.0.1:8000`, `[::1]:8000`, or `unix:/run/auth-service/http.sock`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Listen {
    /// An address and a port.
    Tcp(SocketAddr),
    /// A Unix domain socket, for a proxy on the same machine.
    Unix(PathBuf),
}

/// Why a value of `LISTEN` was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ListenError {
    /// Neither `unix:` nor an address.
    #[error(
        "must be an address and a port, such as 127.0.0.1:8000, or a socket for a proxy on this machine, such as \
         unix:/run/auth-service/http.sock"
    )]
    Neither,
    /// A relative path, which depends on the working directory, or none.
    #[error(
        "must have the whole path of the socket file after unix:, such as unix:/run/auth-service/http.sock"
    )]
    Relative,
    /// Longer than the kernel's socket addresses.
    #[error(
        "has a path above {} bytes after unix:, which is too long for a socket",
        socket_file::MAX_PATH_BYTES
    )]
    TooLong,
}

impl FromStr for Listen {
    type Err = ListenError;

    fn from_str(text: &str) -> Result<Self, ListenError> {
        let text = text.trim();
        let Some(path) = text.strip_prefix("unix:") else {
            return text.parse().map(Self::Tcp).map_err(|_| ListenError::Neither);
        };
        let names_a_file = !path.ends_with('/') && Path::new(path).file_name().is_some();
        match () {
            () if !path.starts_with('/') || !names_a_file || path.contains('\0') => {
                Err(ListenError::Relative)
            }
            () if path.len() > socket_file::MAX_PATH_BYTES => Err(ListenError::TooLong),
            () => Ok(Self::Unix(path.into())),
        }
    }
}

impl fmt::Display for Listen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tcp(address) => address.fmt(f),
            Self::Unix(path) => write!(f, "unix:{}", path.display()),
        }
    }
}

/// A bound socket, which no other process can bind any more.
#[derive(Debug)]
pub enum Listener {
    /// For [`HttpServer::listen`](actix_web::HttpServer::listen).
    Tcp(TcpListener),
    /// For [`HttpServer::listen_uds`](actix_web::HttpServer::listen_uds).
    Unix(UnixListener),
}

impl Listen {
    /// Starts to listen. Keep the second part until the service has ended: dropping it deletes the
    /// socket file, if there is one.
    ///
    /// A socket file has mode `0660`: its owner and its group can connect. One that a dead process
    /// left behind is replaced.
    ///
    /// # Errors
    /// When another process listens there, a file of another kind has that name, or permission is
    /// missing.
    pub fn bind(&self) -> io::Result<(Listener, SocketFile)> {
        match self {
            Self::Tcp(address) => {
                let listener = TcpListener::bind(address)?;
                // The standard library's backlog is 128.
                rustix::net::listen(&listener, BACKLOG)?;
                Ok((Listener::Tcp(listener), SocketFile::none()))
            }
            Self::Unix(path) => {
                let (listener, file) = socket_file::bind(path)?;
                Ok((Listener::Unix(listener), file))
            }
        }
    }
}

impl Listener {
    /// The bound address, with the port that the system chose for port 0. `None` for a socket file.
    ///
    /// # Errors
    /// When the system cannot tell.
    pub fn address(&self) -> io::Result<Option<SocketAddr>> {
        match self {
            Self::Tcp(listener) => listener.local_addr().map(Some),
            Self::Unix(_) => Ok(None),
        }
    }
}

impl From<TcpListener> for Listener {
    fn from(listener: TcpListener) -> Self {
        Self::Tcp(listener)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_or_a_path_is_taken_and_shown_as_it_is_written() {
        for text in ["127.0.0.1:8000", "0.0.0.0:80", "[::1]:8000", "unix:/run/auth-service/http.sock"] {
            let listen: Listen = text.parse().unwrap();
            assert_eq!(listen.to_string(), text);
        }
        assert_eq!(" unix:/a.sock\n".parse(), Ok(Listen::Unix("/a.sock".into())));
    }

    #[test]
    fn what_is_neither_is_refused() {
        for text in [
            "",
            "8000",
            "localhost:8000",
            "127.0.0.1",
            "/run/a.sock",
            "UNIX:/a",
            "unix",
            "http://127.0.0.1:1",
        ] {
            assert_eq!(text.parse::<Listen>(), Err(ListenError::Neither), "{text}");
        }
        for text in
            ["unix:", "unix:a.sock", "unix:@a", "unix:/", "unix:/run/", "unix:/run/..", "unix://host/../"]
        {
            assert_eq!(text.parse::<Listen>(), Err(ListenError::Relative), "{text}");
        }
        assert_eq!(format!("unix:/{}", "a".repeat(100)).parse::<Listen>(), Err(ListenError::TooLong));
    }
}
