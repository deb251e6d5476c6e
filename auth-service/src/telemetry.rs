//! Log lines: structured, on standard error, at the level that `RUST_LOG` asks for (`info` when it does not).

use tracing_subscriber::EnvFilter;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

use crate::config::LogFormat;

/// actix reports each connection that is no HTTP as an error; strangers could fill the log with that.
const DEFAULT: &str = "info,actix_http::h1::dispatcher=off";

/// Starts logging for the whole process. A second call changes nothing.
pub fn init(format: LogFormat) {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(DEFAULT));
    let registry = tracing_subscriber::registry().with(filter);
    let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
    // It fails only when somebody, such as a test, has set a subscriber already; theirs stays.
    let _ = match format {
        LogFormat::Pretty => {
            registry.with(lines.with_ansi(std::io::IsTerminal::is_terminal(&std::io::stderr()))).try_init()
        }
        LogFormat::Json => registry.with(lines.json().flatten_event(true)).try_init(),
    };
}
