//! The request id: connects the log lines of a request, and an error page with its log line.

use uuid::Uuid;

use crate::random;

/// A random id for one request.
#[derive(Clone, Copy)]
pub struct RequestId(Uuid);

impl RequestId {
    pub fn random() -> Self {
        Self(random::uuid_v4())
    }

    pub fn uuid(self) -> Uuid {
        self.0
    }
}

impl std::fmt::Display for RequestId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.0)
    }
}
