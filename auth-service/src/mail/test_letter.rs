//! The letter of `auth-service mail test`.

use serde::Serialize;

use crate::pages::Letter;

/// Shows an operator that mail arrives, and what letters look like.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct TestLetter {}

impl Letter for TestLetter {
    const TEMPLATE: &'static str = "mail/test";

    fn samples() -> Vec<Self> {
        vec![Self {}]
    }
}
