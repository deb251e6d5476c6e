//! Property of cookie parsing: any bytes as a `Cookie` header (C4, C8).

use shared_claims::cookie::{Candidates, MAX_CANDIDATES, candidates};

pub fn holds_for(data: &[u8]) {
    let whole = candidates([data], "n");
    if let Candidates::Few(found) = &whole {
        assert!(found.len() <= MAX_CANDIDATES);
        assert!(found.iter().all(|value| !value.is_empty() && !value.contains(';')));
    }
    // Splitting the header at a semicolon does not change the result (C6).
    if let Some(place) = data.iter().position(|byte| *byte == b';') {
        assert_eq!(whole, candidates([&data[..place], &data[place + 1..]], "n"));
    }
}
