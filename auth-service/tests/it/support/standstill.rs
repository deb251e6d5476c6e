//! A database server that does not respond: connections stay open, and nothing arrives.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use super::TestDatabase;

/// A proxy between the service and PostgreSQL, which can stop passing data on.
pub struct Standstill {
    pub database: Arc<TestDatabase>,
    stands: Arc<AtomicBool>,
}

impl Standstill {
    /// `None` on SQLite, which has no server.
    pub fn before(database: &TestDatabase) -> Option<Self> {
        if !database.is_postgres() {
            return None;
        }
        let mut url = url::Url::parse(&database.url).unwrap();
        let server = (url.host_str().unwrap().to_owned(), url.port().unwrap());
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        url.set_port(Some(listener.local_addr().unwrap().port())).unwrap();
        let stands = Arc::new(AtomicBool::new(false));
        let stands_there = stands.clone();
        std::thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let Ok(server) = TcpStream::connect((server.0.as_str(), server.1)) else { continue };
                let ways = [(&client, &server), (&server, &client)];
                for (from, to) in ways.map(|(a, b)| (a.try_clone().unwrap(), b.try_clone().unwrap())) {
                    let stands = stands_there.clone();
                    std::thread::spawn(move || pass_on(from, to, &stands));
                }
            }
        });
        Some(Self { database: Arc::new(TestDatabase::at(url.to_string())), stands })
    }

    pub fn begin(&self) {
        self.stands.store(true, Ordering::SeqCst);
    }

    pub fn end(&self) {
        self.stands.store(false, Ordering::SeqCst);
    }
}

impl Drop for Standstill {
    fn drop(&mut self) {
        self.end();
    }
}

fn pass_on(mut from: TcpStream, mut to: TcpStream, stands: &AtomicBool) {
    let mut bytes = [0; 8192];
    while let Ok(count @ 1..) = from.read(&mut bytes) {
        while stands.load(Ordering::SeqCst) {
            std::thread::sleep(Duration::from_millis(5));
        }
        if to.write_all(&bytes[..count]).is_err() {
            break;
        }
    }
    let _ = to.shutdown(std::net::Shutdown::Both);
}
