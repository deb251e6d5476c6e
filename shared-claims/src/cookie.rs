//! Cookie parsing: access tokens out of raw `Cookie` headers.
//!
//! Frameworks parse cookies too leniently for a login: actix percent-decodes cookie names, trims
//! Unicode spaces and takes the first match, so a sibling sub-domain could plant
//! `%5F%5FSecure-sso_access` and be believed. Here names are compared as bytes, only SP and HTAB
//! are trimmed (RFC 6265bis, section 5.6), and every cookie of the name counts.

/// More cookies of the access name than this are a conflict: a browser that nobody has tampered
/// with holds one, and verifying each costs time.
pub const MAX_CANDIDATES: usize = 8;

/// The values of all cookies of one name, without duplicates.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Candidates<'a> {
    /// At most [`MAX_CANDIDATES`] different values, in the order sent. Empty if there is no such
    /// cookie.
    Few(Vec<&'a str>),
    /// More than that: somebody is planting cookies.
    TooMany,
}

/// Returns the values of the cookie `name` in the given `Cookie` headers. There may be several
/// headers (RFC 9113, section 8.2.3).
///
/// Malformed parts are skipped, so that they cannot hide a good cookie.
pub fn candidates<'a>(headers: impl IntoIterator<Item = &'a [u8]>, name: &str) -> Candidates<'a> {
    let mut found: Vec<&str> = Vec::new();
    for value in values(headers, name) {
        let Ok(value) = std::str::from_utf8(value) else { continue };
        if value.is_empty() || found.contains(&value) {
            continue;
        }
        if found.len() == MAX_CANDIDATES {
            return Candidates::TooMany;
        }
        found.push(value);
    }
    Candidates::Few(found)
}

/// Returns the raw values of all cookies of one name, in the order sent, with duplicates and empty
/// ones.
pub fn values<'a>(headers: impl IntoIterator<Item = &'a [u8]>, name: &str) -> impl Iterator<Item = &'a [u8]> {
    headers.into_iter().flat_map(|header| header.split(|b| *b == b';')).filter_map(move |pair| {
        let equals = pair.iter().position(|b| *b == b'=')?;
        (trim(&pair[..equals]) == name.as_bytes()).then(|| trim(&pair[equals + 1..]))
    })
}

fn trim(bytes: &[u8]) -> &[u8] {
    let is_space = |b: &u8| matches!(b, b' ' | b'\t');
    let start = bytes.iter().position(|b| !is_space(b)).unwrap_or(bytes.len());
    let end = bytes.iter().rposition(|b| !is_space(b)).map_or(start, |last| last + 1);
    &bytes[start..end]
}
