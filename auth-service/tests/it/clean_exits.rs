//! Processes end with their own exit code, whatever their threads are doing: Z27.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};

use super::commands::Program;
use super::stopping::Instance;
use crate::support::{AUTH_HOST, TestDatabase, is_long_run};

const OTHER_SECRET: &str = "Zx81qPlm0vKt93Rb6WnYcUj5HsDfGa7E";

fn times() -> usize {
    if is_long_run() { 100 } else { 4 }
}

/// Z27: while connections are being opened.
#[test]
fn a_refused_start_ends_with_its_own_exit_code() {
    let database = TestDatabase::create();
    assert_eq!(Instance::start(&database, "0s").stop(), Some(0));
    for _ in 0..times() {
        let refused = Program::new(&[]).set_all(&database.url).set("SECRET_KEY", OTHER_SECRET).run();
        refused.assert_says(2, "SECRET_KEY: does not open the signing key");
    }
}

/// Sends requests until the service is gone.
fn ask_on(address: SocketAddr) {
    while let Ok(mut stream) = TcpStream::connect(address) {
        let asked = write!(stream, "GET /readyz HTTP/1.1\r\nHost: {AUTH_HOST}\r\nConnection: close\r\n\r\n");
        if asked.and_then(|()| stream.read_to_end(&mut Vec::new())).is_err() {
            return;
        }
    }
}

/// Z27: while more and more connections are opened.
#[test]
fn a_stop_ends_with_its_own_exit_code() {
    let database = TestDatabase::create();
    for _ in 0..times() {
        let mut instance = Instance::start(&database, "0s");
        let address = instance.address;
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(move || ask_on(address));
            }
            assert_eq!(instance.stop(), Some(0));
        });
    }
}
