//! Logging: structured lines on standard error, at the level of `RUST_LOG` (`info` by default).
//!
//! Lines are short, whatever clients send (`fields.rs`, `line.rs`). A separate thread writes them
//! (`queue.rs`), so a stuck reader of the log delays no request. Lines of [`SECURITY`] are written
//! regardless of `RUST_LOG`, and are dropped last.

mod fields;
mod layer;
mod line;
mod queue;
mod target;

use std::env::VarError;
use std::panic::PanicHookInfo;
use std::sync::OnceLock;
use std::time::Duration;

use tracing::level_filters::LevelFilter;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::Layer;
use tracing_subscriber::filter::{FilterExt, filter_fn};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

use crate::config::LogFormat;
use layer::Lines;
use line::Form;
use queue::Queue;
pub use target::SECURITY;

/// actix logs every connection that does not speak HTTP as an error, so strangers could fill the
/// log.
const DEFAULT: &str = "info,actix_http::h1::dispatcher=off";

/// How long shutdown waits for the log's reader.
const LAST_WORDS: Duration = Duration::from_secs(2);

/// The queue of log lines, once logging is initialized.
static QUEUE: OnceLock<Queue> = OnceLock::new();

/// Writes the remaining lines when dropped, as far as the reader accepts them.
#[must_use]
pub struct Flush(());

impl Drop for Flush {
    fn drop(&mut self) {
        if let Some(queue) = QUEUE.get() {
            queue.flush(LAST_WORDS);
        }
    }
}

/// Starts logging for the whole process. A second call changes nothing.
pub fn init(format: LogFormat) -> Flush {
    let form = match format {
        LogFormat::Json => Form::Json,
        LogFormat::Pretty if std::io::IsTerminal::is_terminal(&std::io::stderr()) => Form::Colored,
        LogFormat::Pretty => Form::Plain,
    };
    let mut is_first = false;
    let queue = QUEUE.get_or_init(|| {
        is_first = true;
        Queue::start(std::io::stderr(), move |dropped| line::of_dropped(form, dropped))
    });
    if is_first {
        let (filter, is_refused) = filter();
        let always = filter_fn(|about| about.target() == SECURITY).with_max_level_hint(LevelFilter::INFO);
        let lines = Lines::new(form, queue.clone()).with_filter(filter.or(always));
        // This fails only if a subscriber, such as a test's, is set already; that one stays.
        let _ = tracing_subscriber::registry().with(lines).try_init();
        tell_of_panics();
        if is_refused {
            tracing::warn!("RUST_LOG cannot be read: write it as in info or warn,auth_service=debug");
        }
    }
    Flush(())
}

/// The filter of `RUST_LOG`, and whether it was unreadable. An empty value logs errors only.
fn filter() -> (EnvFilter, bool) {
    let asked = match std::env::var(EnvFilter::DEFAULT_ENV) {
        Err(VarError::NotPresent) => None,
        Ok(text) => Some(EnvFilter::try_new(text.trim()).ok()),
        Err(VarError::NotUnicode(_)) => Some(None),
    };
    let is_refused = matches!(asked, Some(None));
    (asked.flatten().unwrap_or_else(|| EnvFilter::new(DEFAULT)), is_refused)
}

/// Prints a command's last message to standard error. A stuck reader delays it only briefly.
pub fn say_last(words: &str) {
    match QUEUE.get() {
        None => eprintln!("{words}"),
        Some(queue) => {
            queue.push(format!("{words}\n"), true);
            queue.flush(LAST_WORDS);
        }
    }
}

/// Rust's own hook would write the panic message on the panicking thread, which may have a request
/// to answer.
fn tell_of_panics() {
    let usual = std::panic::take_hook();
    let wants_backtrace = std::env::var_os("RUST_BACKTRACE").is_some_and(|value| value != "0");
    std::panic::set_hook(Box::new(move |panic: &PanicHookInfo<'_>| {
        let place = panic.location().map(ToString::to_string);
        tracing::error!(place, words = panic.payload_as_str(), "a bug: a thread panicked");
        if wants_backtrace {
            usual(panic);
        }
    }));
}
