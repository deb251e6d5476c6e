//! Computes bcrypt on some threads for some time, and prints how many a second: the limit of what
//! logins can reach on this machine.
//!
//! A program of its own, so that it is built as auth-service is: `cargo xtask bench` runs it.

use std::process::ExitCode;
use std::thread;
use std::time::{Duration, Instant};

fn main() -> ExitCode {
    let numbers: Vec<u32> = std::env::args().skip(1).filter_map(|word| word.parse().ok()).collect();
    let [cost, threads, seconds] = numbers[..] else {
        eprintln!("usage: raw-bcrypt COST THREADS SECONDS");
        return ExitCode::FAILURE;
    };
    let time = Duration::from_secs(seconds.into());
    let threads: Vec<_> = (0..threads).map(|_| thread::spawn(move || hashes_a_second(cost, time))).collect();
    let rates: Option<Vec<f64>> = threads.into_iter().map(|thread| thread.join().ok().flatten()).collect();
    match rates {
        Some(rates) => {
            println!("{}", rates.iter().sum::<f64>());
            ExitCode::SUCCESS
        }
        None => {
            eprintln!("raw-bcrypt: bcrypt refused the cost");
            ExitCode::FAILURE
        }
    }
}

/// The rate of one thread, over whole hashes.
fn hashes_a_second(cost: u32, time: Duration) -> Option<f64> {
    let start = Instant::now();
    let mut count = 0;
    while start.elapsed() < time {
        // As long as what auth-service hashes: SHA-256 in hexadecimal.
        std::hint::black_box(bcrypt::hash("7".repeat(64), cost).ok()?);
        count += 1;
    }
    Some(f64::from(count) / start.elapsed().as_secs_f64())
}
