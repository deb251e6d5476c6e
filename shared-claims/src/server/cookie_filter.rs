//! Request head filter: leaves out cookies that are more than can be read.
//!
//! A sibling sub-domain can fill a browser with 180 cookies of 4 KB, which go along with every
//! request to every service. The HTTP library reads heads up to 128 KB, answers a larger one with
//! an empty `431`, and tells nobody. Its user then meets an error page of the browser, whatever
//! page they open. So what is too much of a `Cookie` field's value is left out here before it gets
//! there, and pages can say what is wrong.
//!
//! This reads no HTTP: it only leaves bytes out of values, where there is nothing that ends a line,
//! and never from what follows the head.

/// Of what was given out of a head. From here on a cookie keeps [`ENOUGH_OF_ONE`] bytes.
const MUCH: usize = 32 * 1024;

/// From here on, none: what comes next in the head is left for the next request, when the first are
/// gone.
const ALL: usize = 96 * 1024;

/// The name, most often; and the whole of those by which one is logged in.
const ENOUGH_OF_ONE: usize = 512;

const FIELD: &[u8] = b"cookie:";

/// One head.
#[derive(Debug, Default)]
pub(super) struct CookieFilter {
    at: At,
    given: usize,
    left_out: usize,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum At {
    /// In a line that is no cookies, the request's first one included.
    #[default]
    Other,
    /// At a line's start, with so many bytes of it like those of [`FIELD`].
    Start(usize),
    /// In a `Cookie` field's value: so many bytes since the last `;`.
    Cookie(usize),
    /// The same, with nothing more given out to the end of the line.
    Enough,
    /// Behind the empty line.
    Body,
}

impl CookieFilter {
    /// Leaves out of `bytes` what is too much, moves the rest together, and says how many are left.
    pub fn sift(&mut self, bytes: &mut [u8]) -> usize {
        let mut kept = 0;
        for n in 0..bytes.len() {
            let byte = bytes[n];
            if self.keeps(byte) {
                bytes[kept] = byte;
                kept += 1;
                self.given += 1;
            }
        }
        self.left_out += bytes.len() - kept;
        kept
    }

    /// How many bytes were left out by now.
    pub fn left_out(&self) -> usize {
        self.left_out
    }

    fn keeps(&mut self, byte: u8) -> bool {
        // Whatever the line: its end is what the parser goes by.
        if byte == b'\n' && self.at != At::Body {
            self.at = if self.at == At::Start(0) { At::Body } else { At::Start(0) };
            return true;
        }
        match self.at {
            At::Other | At::Body => true,
            At::Start(0) if byte == b'\r' => true,
            At::Start(like) => {
                self.at = match FIELD.get(like) {
                    Some(expected) if byte.eq_ignore_ascii_case(expected) && like + 1 == FIELD.len() => {
                        At::Cookie(0)
                    }
                    Some(expected) if byte.eq_ignore_ascii_case(expected) => At::Start(like + 1),
                    _ => At::Other,
                };
                true
            }
            // Part of the line's end, or what the parser refuses.
            At::Cookie(_) | At::Enough if byte == b'\r' => true,
            At::Cookie(_) if byte == b';' && self.given >= ALL => {
                self.at = At::Enough;
                false
            }
            At::Cookie(_) if byte == b';' => {
                self.at = At::Cookie(0);
                true
            }
            At::Cookie(length) => {
                self.at = At::Cookie(length + 1);
                length < ENOUGH_OF_ONE || self.given < MUCH
            }
            At::Enough => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whatever the pieces that it comes in.
    fn sifted(text: &str, piece: usize) -> (String, usize) {
        let mut sieve = CookieFilter::default();
        let mut out = Vec::new();
        for piece in text.as_bytes().chunks(piece) {
            let mut piece = piece.to_vec();
            let kept = sieve.sift(&mut piece);
            out.extend_from_slice(&piece[..kept]);
        }
        (String::from_utf8(out).unwrap(), sieve.left_out())
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
            assert_eq!(sifted(&text, 1000), (text.clone(), 0));
        }
    }

    /// C14
    #[test]
    fn as_many_cookies_as_browsers_keep_become_a_head_that_can_be_read() {
        for (count, bytes) in [(180, 4_000), (180, 2_000), (250, 1_000), (180, 590), (1, 700_000)] {
            for piece in [1, 1000, 16 * 1024] {
                let (slim, left_out) = sifted(&head(&cookies(count, bytes)), piece);
                assert!(slim.len() < 120_000 && left_out > 0, "{count} of {bytes}: {}", slim.len());
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
        assert!(sifted(&text, 999).0.contains("; __Host-sso_refresh=v1.abc.7.def\r\n"));
    }

    #[test]
    fn several_fields_are_one_bomb() {
        let field = format!("cOOKIE: {}\r\n", cookies(50, 4000));
        let text = format!("GET / HTTP/1.1\r\n{}Host: a\r\n\r\n", field.repeat(4));
        let (slim, _) = sifted(&text, 777);
        assert!(slim.len() < 120_000 && slim.ends_with("\r\nHost: a\r\n\r\n"), "{}", slim.len());
    }

    /// Nothing but values of that one field, and nothing behind the head: whoever parses must not
    /// read another request than was sent.
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
            assert_eq!(sifted(&text, 1234), (text.clone(), 0), "{text:.60}");
        }
    }
}
