//! People who log in at the same time, each again as soon as they are answered.

use std::net::{Shutdown, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use super::client;
use super::stats;
use super::wrk::Target;
use crate::error::{Context, Error, Result};

/// The pause of somebody who was refused because too many wait.
const RETRY_AFTER: Duration = Duration::from_millis(100);

/// Dropping it ends it.
pub struct LoginLoad {
    shared: Arc<Shared>,
    people: Vec<JoinHandle<Result>>,
}

struct Shared {
    start: Instant,
    stop: AtomicBool,
    /// When each login was answered, in seconds since the start.
    answered: Mutex<Vec<f64>>,
    /// The connections of those who wait.
    waiting: Mutex<Vec<Option<TcpStream>>>,
}

impl LoginLoad {
    /// Lets `waiting` clients, each in a network of its own, log in as `people` in turn.
    pub fn start(target: &Target, people: usize, waiting: usize) -> Self {
        let shared = Arc::new(Shared {
            start: Instant::now(),
            stop: AtomicBool::new(false),
            answered: Mutex::default(),
            waiting: Mutex::new((0..waiting).map(|_| None).collect()),
        });
        let client = |n: usize| {
            let (shared, port) = (shared.clone(), target.port);
            let network = format!("100.{}.{}.7", 64 + n / 250, n % 250);
            let request = client::login_request(target.host, &client::email(n % people), Some(&network));
            thread::spawn(move || shared.run(n, port, &request))
        };
        let people = (0..waiting).map(client).collect();
        Self { shared, people }
    }

    /// The logins a second from now on, as the slope of their number over time: that is not thrown
    /// off by the one that just did not fit in.
    pub fn rate_over(&self, time: Duration) -> Result<f64> {
        lock(&self.shared.answered).clear();
        thread::sleep(time);
        let mut times = lock(&self.shared.answered).clone();
        times.sort_by(f64::total_cmp);
        stats::rate(&times).ok_or_else(|| Error::new("hardly anybody was logged in"))
    }

    /// Ends it without waiting for answers. The first failure of a client is ours.
    pub fn stop(mut self) -> Result {
        self.hang_up();
        self.people.drain(..).try_for_each(|client| {
            client.join().unwrap_or_else(|_| Err(Error::new("a client of the load panicked")))
        })
    }

    fn hang_up(&self) {
        self.shared.stop.store(true, Ordering::SeqCst);
        for stream in lock(&self.shared.waiting).iter().flatten() {
            // It may be closed already.
            let _ = stream.shutdown(Shutdown::Both);
        }
    }
}

impl Drop for LoginLoad {
    fn drop(&mut self) {
        self.hang_up();
    }
}

impl Shared {
    fn run(&self, n: usize, port: u16, request: &str) -> Result {
        while !self.stop.load(Ordering::SeqCst) {
            let answer = self.ask(n, port, request);
            if self.stop.load(Ordering::SeqCst) {
                break;
            }
            let answer = answer.with_context(|| "log somebody in".into())?;
            match client::read_login(&answer)? {
                Some(_) => lock(&self.answered).push(self.start.elapsed().as_secs_f64()),
                None => thread::sleep(RETRY_AFTER),
            }
        }
        Ok(())
    }

    fn ask(&self, n: usize, port: u16, request: &str) -> std::io::Result<String> {
        let stream = client::connect(port)?;
        lock(&self.waiting)[n] = Some(stream.try_clone()?);
        client::ask(stream, request)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
