//! Reader of a posted form that can hold files (`multipart/form-data`, RFC 7578). It keeps the
//! fields and the names of the files, and drops the files' bytes as they arrive.
//!
//! The reader is fed by the adapters, so it knows no sockets and no framework. The crate that
//! parses reads a stream; here it is one that waits until it is fed.

use std::convert::Infallible;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use futures_core::Stream;
use multer::bytes::Bytes;

use super::form_entries::{ChosenFile, FormEntries};
use super::request::RequestInfo;
use super::{MAX_DISCARDED_BYTES, MAX_FORM_BYTES};

/// How many parts a form may have: fields and files.
const MAX_PARTS: usize = 1000;

/// How many bytes may stand between two parts: the boundary and the head of the second.
const MAX_HEAD_BYTES: usize = 8 * 1024;

/// How many bytes the parser gets at once, and so the most that it ever holds beside a head.
const PIECE_BYTES: usize = 4 * 1024;

/// The longest boundary (RFC 2046, section 5.1.1).
const MAX_BOUNDARY_BYTES: usize = 70;

pub(crate) struct MultipartReader {
    feed: Feed,
    parsing: Parsing,
    left: usize,
}

enum Parsing {
    Going(Pin<Box<dyn Future<Output = Option<FormEntries>> + Send>>),
    Done(Option<FormEntries>),
}

impl MultipartReader {
    /// Creates a reader for the body of a request. `None` if it is no form that can hold files, or
    /// if it announces more than is read.
    pub(crate) fn new(request: &RequestInfo<'_>) -> Option<Self> {
        let boundary = multer::parse_boundary(request.only("content-type")?).ok()?;
        let is_usual = (1..=MAX_BOUNDARY_BYTES).contains(&boundary.len());
        let is_too_large = request.announced_bytes().is_some_and(|bytes| bytes > MAX_DISCARDED_BYTES as u64);
        if !is_usual || is_too_large {
            return None;
        }
        let feed = Feed::default();
        let parsing = Parsing::Going(Box::pin(parse(feed.clone(), boundary)));
        Some(Self { feed, parsing, left: MAX_DISCARDED_BYTES })
    }

    /// Takes the next bytes of the body. False if there are too many, so that reading on is of no
    /// use.
    #[must_use]
    pub(crate) fn feed(&mut self, bytes: &[u8]) -> bool {
        match self.left.checked_sub(bytes.len()) {
            Some(left) => self.left = left,
            None => {
                self.parsing = Parsing::Done(None);
                return false;
            }
        }
        for piece in bytes.chunks(PIECE_BYTES) {
            if let Parsing::Done(_) = self.parsing {
                break;
            }
            self.feed.lock().piece = Some(Bytes::copy_from_slice(piece));
            self.parse_on();
        }
        true
    }

    /// The entries, after the last byte. `None` for a form that breaks off, has too much text, or
    /// is written as no browser does it.
    pub(crate) fn finish(mut self) -> Option<FormEntries> {
        self.feed.lock().is_over = true;
        self.parse_on();
        match self.parsing {
            Parsing::Done(entries) => entries,
            Parsing::Going(_) => None,
        }
    }

    /// Reads a whole body.
    pub(super) fn read(request: &RequestInfo<'_>, body: &[u8]) -> Option<FormEntries> {
        let mut reader = Self::new(request)?;
        if reader.feed(body) { reader.finish() } else { None }
    }

    fn parse_on(&mut self) {
        if let Parsing::Going(parsing) = &mut self.parsing
            && let Poll::Ready(entries) = parsing.as_mut().poll(&mut Context::from_waker(Waker::noop()))
        {
            self.parsing = Parsing::Done(entries);
        }
    }
}

async fn parse(feed: Feed, boundary: String) -> Option<FormEntries> {
    let mut form = FormEntries { is_multipart: true, ..FormEntries::default() };
    let mut left = MAX_FORM_BYTES;
    let mut parts = multer::Multipart::new(feed.clone(), boundary);
    for _ in 0..=MAX_PARTS {
        feed.lock().left_of_head = Some(MAX_HEAD_BYTES);
        let Some(mut part) = parts.next_field().await.ok()? else { return Some(form) };
        feed.lock().left_of_head = None;
        let field = part.name()?.to_owned();
        let file_name = part.file_name().map(str::to_owned);
        left = left.checked_sub(field.len() + file_name.as_ref().map_or(0, String::len))?;
        match file_name {
            Some(name) => {
                while part.chunk().await.ok()?.is_some() {}
                form.files.push(ChosenFile { field, name });
            }
            // Browsers send no type with a field. With one it is a file whose name could not be
            // read, or parts within a part.
            None if part.headers().contains_key("content-type") => return None,
            None => {
                let mut value = Vec::new();
                while let Some(chunk) = part.chunk().await.ok()? {
                    left = left.checked_sub(chunk.len())?;
                    value.extend_from_slice(&chunk);
                }
                form.fields.push((field, String::from_utf8_lossy(&value).into_owned()));
            }
        }
    }
    None
}

/// The bytes between the reader and the parser.
#[derive(Clone, Default)]
struct Feed(Arc<Mutex<FeedState>>);

#[derive(Default)]
struct FeedState {
    piece: Option<Bytes>,
    is_over: bool,
    /// How much of a part's head may still come, while the parser waits for one. It would wait
    /// without an end.
    left_of_head: Option<usize>,
}

impl Feed {
    fn lock(&self) -> MutexGuard<'_, FeedState> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Stream for Feed {
    type Item = Result<Bytes, Infallible>;

    fn poll_next(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let mut state = self.lock();
        let Some(piece) = state.piece.take() else {
            return if state.is_over { Poll::Ready(None) } else { Poll::Pending };
        };
        if let Some(left) = &mut state.left_of_head {
            match left.checked_sub(piece.len()) {
                Some(less) => *left = less,
                // For the parser, the form breaks off here.
                None => {
                    state.is_over = true;
                    return Poll::Ready(None);
                }
            }
        }
        Poll::Ready(Some(Ok(piece)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TYPE: &str = "multipart/form-data; boundary=----b0undary";

    /// A part with these lines as its head.
    fn part(head: &str, content: &str) -> String {
        format!("------b0undary\r\n{head}\r\n\r\n{content}\r\n")
    }

    fn field(name: &str, value: &str) -> String {
        part(&format!("Content-Disposition: form-data; name=\"{name}\""), value)
    }

    fn file(name: &str, file_name: &str, content: &str) -> String {
        let disposition =
            format!("Content-Disposition: form-data; name=\"{name}\"; filename=\"{file_name}\"");
        part(&format!("{disposition}\r\nContent-Type: application/octet-stream"), content)
    }

    fn form(parts: &[String]) -> String {
        parts.concat() + "------b0undary--\r\n"
    }

    /// Read in pieces of this many bytes.
    fn read_by(size: usize, content_type: &str, body: &[u8]) -> Option<FormEntries> {
        let headers = vec![("content-type", content_type)];
        let mut reader = MultipartReader::new(&RequestInfo::new("POST", "/", &headers))?;
        if body.chunks(size).all(|piece| reader.feed(piece)) { reader.finish() } else { None }
    }

    fn read(body: impl AsRef<[u8]>) -> Option<FormEntries> {
        read_by(usize::MAX, TYPE, body.as_ref())
    }

    fn entries(fields: &[(&str, &str)], files: &[(&str, &str)]) -> Option<FormEntries> {
        let fields = fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let file = |(field, name): &(&str, &str)| ChosenFile { field: (*field).into(), name: (*name).into() };
        Some(FormEntries { fields, files: files.iter().map(file).collect(), is_multipart: true })
    }

    #[test]
    fn fields_and_names_of_files_are_read_however_the_bytes_arrive() {
        let content = "\r\n--not the boundary\r\n------b0undar".repeat(2000);
        let body = form(&[
            field("title", "Grüße\r\nfrom here"),
            file("photo", "photo 1.jpg", &content),
            file("photo", "写真.jpg", ""),
            file("none", "", ""),
            field("empty", ""),
        ]);
        let expected = entries(
            &[("title", "Grüße\r\nfrom here"), ("empty", "")],
            &[("photo", "photo 1.jpg"), ("photo", "写真.jpg"), ("none", "")],
        );
        for size in [1, 2, 3, 7, 100, 4096, 4097, usize::MAX] {
            assert_eq!(read_by(size, TYPE, body.as_bytes()), expected, "{size}");
        }
        assert_eq!(read(form(&[])), entries(&[], &[]));
    }

    #[test]
    fn large_files_are_read_and_not_held() {
        let photo = "x".repeat(8 * 1024 * 1024);
        let body = form(&[field("a", "b"), file("photo", "photo.jpg", &photo)]);
        assert_eq!(read(body), entries(&[("a", "b")], &[("photo", "photo.jpg")]));
        let two = form(&[file("a", "a.jpg", &photo), file("b", "b.jpg", &photo)]);
        assert_eq!(read(two), None, "more than is read");
    }

    #[test]
    fn a_request_that_announces_too_much_or_has_no_usable_boundary_is_not_read() {
        let none = |headers: &[(&str, &str)]| {
            let headers = headers.to_vec();
            MultipartReader::new(&RequestInfo::new("POST", "/", &headers)).is_none()
        };
        let long = format!("multipart/form-data; boundary={}", "b".repeat(71));
        for content_type in [
            "multipart/form-data",
            "multipart/form-data; boundary=",
            "multipart/mixed; boundary=b",
            "",
            &long,
        ] {
            assert!(none(&[("content-type", content_type)]), "{content_type}");
        }
        assert!(none(&[]) && none(&[("content-type", TYPE), ("content-type", TYPE)]));
        assert!(none(&[("content-type", TYPE), ("content-length", "16777217")]));
        assert!(!none(&[("content-type", TYPE), ("content-length", "16777216")]));
    }

    #[test]
    fn text_is_bounded_as_in_other_forms() {
        let fits = |bytes| read(form(&[field("text", &"x".repeat(bytes))])).is_some();
        assert!(fits(MAX_FORM_BYTES - 4) && !fits(MAX_FORM_BYTES - 3));
        let names = |count| read(form(&vec![file("f", &"n".repeat(1000), ""); count])).is_some();
        assert!(names(60) && !names(70));
        let parts = |count| read(form(&vec![field("a", "b"); count])).is_some();
        assert!(parts(MAX_PARTS) && !parts(MAX_PARTS + 1));
    }

    /// The parser would wait for the end of a head, and hold all that comes until then.
    #[test]
    fn a_head_without_an_end_is_given_up() {
        let endless = |start: &str, line: &str| {
            let headers = vec![("content-type", TYPE)];
            let mut reader = MultipartReader::new(&RequestInfo::new("POST", "/", &headers)).unwrap();
            assert!(reader.feed(start.as_bytes()));
            let needed = (0..1000).position(|_| {
                assert!(reader.feed(line.repeat(100).as_bytes()), "what comes is read and dropped");
                matches!(reader.parsing, Parsing::Done(None))
            });
            needed.unwrap() * line.len() * 100
        };
        for (start, line) in [
            ("------b0undary\r\n", "X-Header: value\r\n"),
            ("------b0undary", "                "),
            ("", "no boundary at all"),
        ] {
            let needed = endless(start, line);
            assert!(needed <= MAX_HEAD_BYTES + 2 * PIECE_BYTES, "{start}: {needed}");
        }
    }

    #[test]
    fn what_no_browser_sends_is_not_kept() {
        let disposition = "Content-Disposition: form-data; name=\"a\"";
        for body in [
            String::new(),
            "--".to_owned(),
            "text=not+multipart".to_owned(),
            field("a", "breaks off"),
            file("a", "breaks off.jpg", "x"),
            "------b0undary\r\n".to_owned(),
            form(&[part("X: y", "no name")]),
            form(&[part("Content-Disposition: form-data; filename=\"a.jpg\"", "no name")]),
            form(&[part(&format!("{disposition}; filename*=UTF-8''a.jpg\r\nContent-Type: image/jpeg"), "x")]),
            form(&[part(
                &format!("{disposition}\r\nContent-Type: multipart/mixed; boundary=c"),
                "--c\r\n\r\n--c--",
            )]),
            form(&[part(&format!("{disposition}\r\nX\u{0}: y"), "x")]),
            form(&[part(&format!("{disposition}\r\n{}", "X: y\r\n".repeat(40).trim_end()), "x")]),
        ] {
            assert_eq!(read(&body), None, "{body}");
        }
        let latin = form(&[file("a", "Gr??e.jpg", "x")]).into_bytes();
        let latin: Vec<u8> = latin.into_iter().map(|b| if b == b'?' { 0xfc } else { b }).collect();
        assert_eq!(read(latin), None, "a name that is not UTF-8");
    }

    #[test]
    fn names_are_read_as_browsers_write_them() {
        let body = form(&[
            file("photo[0][%22x%22]", "say %22hi%22; name=b.jpg", "x"),
            file("p", "../../etc/passwd", "x"),
            file("p", "photo\u{202e}gpj.exe", "x"),
        ]);
        let expected = [
            ("photo[0][%22x%22]", "say %22hi%22; name=b.jpg"),
            ("p", "../../etc/passwd"),
            ("p", "photo\u{202e}gpj.exe"),
        ];
        assert_eq!(read(body), entries(&[], &expected));
        let twice = part(
            "Content-Disposition: form-data; name=\"a\"\r\nContent-Disposition: form-data; name=\"b\"",
            "x",
        );
        assert_eq!(read(form(&[twice])), entries(&[("b", "x")], &[]));
        assert_eq!(
            read([&form(&[field("a", "b")])[..], "an epilogue"].concat()),
            entries(&[("a", "b")], &[])
        );
    }
}
