//! Warnings of a program that listens to nobody: without a `tracing` subscriber they go to stderr.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::{Mutex, PoisonError};

/// How many different lines are written at most.
const MAX_LINES: usize = 10;

static WRITTEN: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());

/// Writes what an event has just said to stderr, if the event reached no subscriber: once, and
/// with the way to see the rest.
///
/// A developer who is new to `tracing` learns from this why the login does not work.
pub(crate) fn tell_unheard(warning: fmt::Arguments<'_>) {
    if tracing::dispatcher::get_default(|dispatch| !dispatch.is::<tracing::subscriber::NoSubscriber>()) {
        return;
    }
    let mut written = WRITTEN.lock().unwrap_or_else(PoisonError::into_inner);
    let is_first = written.is_empty();
    if written.len() < MAX_LINES && written.insert(warning.to_string()) {
        eprintln!("shared-claims: {warning}");
    }
    if is_first {
        eprintln!(
            "shared-claims: this program has no `tracing` subscriber, so little more is told. \
             `tracing_subscriber::fmt().init()` at its start shows everything."
        );
    }
}
