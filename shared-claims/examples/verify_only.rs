//! Verification alone: no web framework, and nothing is fetched. `--no-default-features` is enough.
//!
//! `cargo run --example verify_only -- jwks.json <token>` prints whose token it is, or why it is
//! refused.

use std::process::ExitCode;
use std::time::{SystemTime, UNIX_EPOCH};

use shared_claims::{KeySet, Verifier};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [file, token] = &arguments[..] else {
        eprintln!("usage: verify_only <file with a JWKS> <token>");
        return ExitCode::from(2);
    };
    let jwks = match std::fs::read(file) {
        Ok(jwks) => jwks,
        Err(error) => {
            eprintln!("{file}: {error}");
            return ExitCode::FAILURE;
        }
    };
    #[expect(clippy::disallowed_methods, reason = "a program has the real clock")]
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_secs() as i64);
    match verify(&jwks, token, now) {
        Ok(line) => {
            println!("{line}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("refused: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Verifies a token at a given time in seconds since 1970, and says whose it is.
pub fn verify(jwks: &[u8], token: &str, now: i64) -> Result<String, Box<dyn std::error::Error>> {
    let keys = KeySet::from_json(jwks)?;
    let verifier = Verifier::new("http://auth.sso.localhost:8000", "sso.localhost");
    let claims = verifier.verify_at(token, &keys, now)?;
    Ok(format!("{} ({})", claims.full_name(), claims.user_uuid))
}
