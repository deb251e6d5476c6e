//! Graceful shutdown. A second signal ends the wait.
//!
//! SIGTERM: `/readyz` says 503 and everything is still answered, until proxies send nothing more
//! (`SHUTDOWN_DELAY`). Then no new connections are accepted, and requests that have begun are
//! finished. SIGINT, from a person at a terminal, skips the delay.
//!
//! SIGHUP changes nothing but writes a log line: settings are read only at the start. Elsewhere it
//! asks for the settings to be read again, or means that a terminal is gone.

use std::io;
use std::pin::pin;
use std::time::Duration;

use actix_web::dev;
use sd_notify::NotifyState;
use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::http::Draining;

/// How long a stop waits for requests that have begun, in seconds.
pub const FINISH_SECONDS: u64 = 10;

/// The outcome of a shutdown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ShutdownOutcome {
    /// Every request that had begun was answered, or had its time.
    Finished,
    /// A second signal came: requests that had begun were aborted.
    CutOff,
}

/// Serves until a signal, and then shuts down as this module says.
///
/// # Errors
/// When the server itself fails.
pub async fn serve(
    server: dev::Server,
    mut signals: Signals,
    draining: Draining,
    delay: Duration,
) -> io::Result<ShutdownOutcome> {
    let handle = server.handle();
    let mut server = pin!(server);
    tell_the_service_manager(NotifyState::Ready);
    let first = tokio::select! {
        ended = &mut server => return ended.map(|()| ShutdownOutcome::Finished),
        first = signals.next() => first,
    };
    draining.begin();
    tell_the_service_manager(NotifyState::Stopping);
    if first == SignalKind::terminate() && !delay.is_zero() {
        tracing::info!(seconds = delay.as_secs(), "stopping: not ready any more, and still answering");
        tokio::select! {
            ended = &mut server => return ended.map(|()| ShutdownOutcome::Finished),
            () = tokio::time::sleep(delay) => {}
            _ = signals.next() => tracing::info!("second signal received: not waiting for proxies"),
        }
    }
    tracing::info!("stopping: no new connections, finishing what has begun");
    // The command goes out at once; `server` ends when it is done.
    drop(handle.stop(true));
    tokio::select! {
        ended = &mut server => ended.map(|()| ShutdownOutcome::Finished),
        _ = signals.next() => Ok(ShutdownOutcome::CutOff),
    }
}

/// The signals that end the service.
pub struct Signals {
    terminate: Signal,
    interrupt: Signal,
}

impl Signals {
    /// From now on a signal is heard, and no longer the end of the process. Must be called within a
    /// runtime.
    ///
    /// # Errors
    /// When signals cannot be listened to.
    pub fn listen() -> io::Result<Self> {
        Ok(Self { terminate: signal(SignalKind::terminate())?, interrupt: signal(SignalKind::interrupt())? })
    }

    async fn next(&mut self) -> SignalKind {
        tokio::select! {
            _ = self.terminate.recv() => SignalKind::terminate(),
            _ = self.interrupt.recv() => SignalKind::interrupt(),
        }
    }
}

/// Goes on from now on when SIGHUP comes, and says so in the log. Within an actix system.
///
/// # Errors
/// When signals cannot be listened to.
pub fn survive_hangups() -> io::Result<()> {
    let mut hangups = signal(SignalKind::hangup())?;
    actix_web::rt::spawn(async move {
        while hangups.recv().await.is_some() {
            tracing::warn!(
                "SIGHUP: nothing is read again, and there is no log file to open anew; restart to change settings"
            );
        }
    });
    Ok(())
}

/// Under systemd with `Type=notify`; elsewhere nobody listens, and nothing happens.
fn tell_the_service_manager(state: NotifyState<'_>) {
    if let Err(error) = sd_notify::notify(&[state]) {
        tracing::warn!(error = error.to_string(), "NOTIFY_SOCKET cannot be written to");
    }
}
