//! Request head filter: it removes cookies from a head that would be too large to parse.
//!
//! A sibling sub-domain can fill a browser with 180 cookies of 4 KB, which are sent with every
//! request to every service. The HTTP library parses heads up to 128 KB, answers a larger one with
//! an empty `431`, and does not report it. The user then sees the browser's own error page,
//! whatever they open. So the surplus of a `Cookie` field is removed here, before the parser sees
//! it, and pages can say what is wrong.
//!
//! This is no HTTP parser. It only removes bytes within values, never a line end, and nothing after
//! the head.

/// Once this many bytes of a head have passed, each cookie is cut to [`TRUNCATED_COOKIE_BYTES`].
const TRUNCATE_ABOVE: usize = 32 * 1024;

/// Once this many bytes have passed, further cookies are removed entirely. What remains leaves room
/// for the rest of the head. The removed cookies come with the next request, when the first are
/// deleted.
const DROP_ABOVE: usize = 96 * 1024;

/// Usually enough for the name, and for the whole of a login cookie.
const TRUNCATED_COOKIE_BYTES: usize = 512;

const FIELD: &[u8] = b"cookie:";

/// The filter's state within one head.
#[derive(Debug, Default)]
pub(super) struct CookieFilter {
    at: Position,
    passed: usize,
    removed: usize,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Position {
    /// In a line other than `Cookie`, the request line included.
    #[default]
    Other,
    /// At the start of a line whose first bytes are those of [`FIELD`].
    Start(usize),
    /// In the value of a `Cookie` field, this many bytes after the last `;`.
    Cookie(usize),
    /// In the value of a `Cookie` field whose rest is removed.
    Dropped,
    /// After the empty line.
    Body,
}

impl CookieFilter {
    /// Removes the surplus from `bytes`, closes the gaps, and returns how many bytes are left.
    pub fn filter(&mut self, bytes: &mut [u8]) -> usize {
        let mut kept = 0;
        for n in 0..bytes.len() {
            let byte = bytes[n];
            if self.keeps(byte) {
                bytes[kept] = byte;
                kept += 1;
                self.passed += 1;
            }
        }
        self.removed += bytes.len() - kept;
        kept
    }

    /// How many bytes were removed so far.
    pub fn removed(&self) -> usize {
        self.removed
    }

    fn keeps(&mut self, byte: u8) -> bool {
        // Line ends always pass: the parser relies on them.
        if byte == b'\n' && self.at != Position::Body {
            self.at = if self.at == Position::Start(0) { Position::Body } else { Position::Start(0) };
            return true;
        }
        match self.at {
            Position::Other | Position::Body => true,
            Position::Start(0) if byte == b'\r' => true,
            Position::Start(like) => {
                self.at = match FIELD.get(like) {
                    Some(expected) if byte.eq_ignore_ascii_case(expected) && like + 1 == FIELD.len() => {
                        Position::Cookie(0)
                    }
                    Some(expected) if byte.eq_ignore_ascii_case(expected) => Position::Start(like + 1),
                    _ => Position::Other,
                };
                true
            }
            // Part of the line end, or something that the parser refuses.
            Position::Cookie(_) | Position::Dropped if byte == b'\r' => true,
            Position::Cookie(_) if byte == b';' && self.passed >= DROP_ABOVE => {
                self.at = Position::Dropped;
                false
            }
            Position::Cookie(_) if byte == b';' => {
                self.at = Position::Cookie(0);
                true
            }
            Position::Cookie(length) => {
                self.at = Position::Cookie(length + 1);
                length < TRUNCATED_COOKIE_BYTES || self.passed < TRUNCATE_ABOVE
            }
            Position::Dropped => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Filters a text in pieces of this size.
    fn filtered(text: &str, piece: usize) -> (String, usize) {
        let mut cookie_filter = CookieFilter::default();
        let mut out = Vec::new();
        for piece in text.as_bytes().chunks(piece) {
            let mut piece = piece.to_vec();
            let kept = cookie_filter.filter(&mut piece);
            out.extend_from_slice(&piece[..kept]);
        }
        (String::from_utf8(out).unwrap(), cookie_filter.removed())
    }

    fn head(cookies: &str) -> String {
        format!("GET /cookies HTTP/1.1\r\nHost: a\r\nCookie: {cookies}\r\nAccept: */*\r\n\r\n")
    }

    fn cookies(count: usize, bytes: usize) -> String {
        (0..count).map(|n| format!("bomb-{n}={}", "x".repeat(bytes))).collect::<Vec<_>>().join("; ")
    }

    #[test]
    fn what_is_not_too_much_passes_as_it_came() {
        for text in [head(""), head("a=1; b=2"), head(&cookies(7, 4000)), head(&cookies(180, 100))] {
            assert_eq!(filtered(&text, 1000), (text.clone(), 0));
        }
    }

    /// C14
    #[test]
    fn as_many_cookies_as_browsers_keep_become_a_head_that_can_be_read() {
        for (count, bytes) in [(180, 4_000), (180, 2_000), (250, 1_000), (180, 590), (1, 700_000)] {
            for piece in [1, 1000, 16 * 1024] {
                let (slim, removed) = filtered(&head(&cookies(count, bytes)), piece);
                assert!(slim.len() < 120_000 && removed > 0, "{count} of {bytes}: {}", slim.len());
                let lines: Vec<_> = slim.split("\r\n").collect();
                assert_eq!((lines.len(), lines[1], lines[3]), (6, "Host: a", "Accept: */*"));
                for cookie in lines[2].strip_prefix("Cookie: ").unwrap().split("; ") {
                    assert!(cookie.starts_with("bomb-"), "{cookie:.30}");
                }
            }
        }
    }

    #[test]
    fn ours_behind_a_bomb_are_whole() {
        let text = head(&format!("{}; __Host-sso_refresh=v1.abc.7.def", cookies(20, 4000)));
        assert!(filtered(&text, 999).0.contains("; __Host-sso_refresh=v1.abc.7.def\r\n"));
    }

    #[test]
    fn several_fields_are_one_bomb() {
        let field = format!("cOOKIE: {}\r\n", cookies(50, 4000));
        let text = format!("GET / HTTP/1.1\r\n{}Host: a\r\n\r\n", field.repeat(4));
        let (slim, _) = filtered(&text, 777);
        assert!(slim.len() < 120_000 && slim.ends_with("\r\nHost: a\r\n\r\n"), "{}", slim.len());
    }

    /// Only values of that one field are changed, and nothing after the head: the parser must not
    /// see another request than was sent.
    #[test]
    fn nothing_else_is_touched() {
        let long = "x".repeat(200_000);
        let bomb = cookies(180, 4000);
        for text in [
            format!("GET / HTTP/1.1\r\nX-Cookie: {bomb}\r\nCookies: {bomb}\r\nCookie : {bomb}\r\n\r\n"),
            format!("GET /{long} HTTP/1.1\r\n Cookie: {bomb}\r\n\r\n"),
            format!("Cookie: {bomb}\r\nHost: a\r\n\r\n"),
            format!("POST / HTTP/1.1\r\n\r\nCookie: {bomb}\r\n\r\n{bomb}"),
            format!("POST / HTTP/1.1\nA: b\n\nx\nCookie: {bomb}\n\n{bomb}"),
        ] {
            assert_eq!(filtered(&text, 1234), (text.clone(), 0), "{text:.60}");
        }
    }
}
