//! A piece of work on its way to the writer, with the way back to its caller.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Weak;

use tokio::sync::oneshot;

use super::{AnyConnection, DatabaseError, batch};

/// Work with its caller's channel. It runs with a connection, or learns why there is none.
pub(super) type Piece = Box<dyn FnOnce(Result<&mut AnyConnection, DatabaseError>) -> Ran + Send>;

/// A piece that has run.
pub(super) struct Ran {
    pub has_panicked: bool,
    /// Answers the caller, once it is known whether the commit succeeded.
    pub answer: Box<dyn FnOnce(Result<(), DatabaseError>)>,
}

/// Makes a piece of `work`. It does not run if its caller is gone, and answers through `answer`.
pub(super) fn of<T, E>(
    work: impl FnOnce(&mut AnyConnection) -> Result<T, E> + Send + 'static,
    caller: Weak<()>,
    answer: oneshot::Sender<Result<T, E>>,
) -> Piece
where
    T: Send + 'static,
    E: From<DatabaseError> + Send + 'static,
{
    // Log lines of the work belong to the request.
    let request = tracing::Span::current();
    Box::new(move |conn| {
        let run = AssertUnwindSafe(|| match conn {
            Ok(_) if caller.strong_count() == 0 => Err(DatabaseError::Late.into()),
            Ok(conn) => {
                batch::run_for(&caller);
                request.in_scope(|| work(conn))
            }
            Err(error) => Err(error.into()),
        });
        let result = catch_unwind(run);
        Ran {
            has_panicked: result.is_err(),
            answer: Box::new(move |committed| {
                // Without an answer, the caller learns that it did not finish.
                if let Ok(result) = result {
                    let _ = answer.send(result.and_then(|value| committed.map(|()| value).map_err(E::from)));
                }
            }),
        }
    })
}
