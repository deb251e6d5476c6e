//! The log of the whole test run, in which each test searches for its secrets.

use std::io::Write;
use std::sync::{LazyLock, Mutex};

use aho_corasick::AhoCorasick;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;

static LINES: Mutex<Vec<u8>> = Mutex::new(Vec::new());

/// The most detailed level for our own code, and for libraries the level that an operator may turn
/// on. The tests' own client is left out.
static STARTED: LazyLock<()> = LazyLock::new(|| {
    let filter = EnvFilter::new("debug,auth_service=trace,reqwest=off,hyper=off,hyper_util=off,h2=off");
    tracing_subscriber::fmt().with_env_filter(filter).with_ansi(false).with_writer(Buffer).init();
});

/// Starts the logging, unless it has started. Returns the present position.
pub fn start() -> usize {
    LazyLock::force(&STARTED);
    LINES.lock().unwrap().len()
}

/// The log of all tests of this process, from there on.
pub fn since(start: usize) -> String {
    String::from_utf8_lossy(&LINES.lock().unwrap()[start..]).into_owned()
}

/// The first of `words` that was logged from there on. One search for all of them.
pub fn first_since(start: usize, words: &[String]) -> Option<&String> {
    let search = AhoCorasick::new(words).unwrap();
    let lines = LINES.lock().unwrap()[start..].to_vec();
    search.find(&lines).map(|found| &words[found.pattern()])
}

struct Buffer;

impl Write for Buffer {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        LINES.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Buffer {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        Self
    }
}
