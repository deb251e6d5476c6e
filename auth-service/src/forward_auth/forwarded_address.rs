//! The original address, assembled from the proxy's headers and encoded for a redirect.
//!
//! This module does not decide whether the address is allowed: [`App::next`](crate::app::App::next)
//! does.

use actix_web::http::header::HeaderMap;

/// More proxies than any real chain has.
const MAX_ADDRESSES: usize = 4;

/// The absolute URLs that may be meant, the likeliest first.
///
/// A proxy behind another may add its own value, in the same header or in another one of that name.
/// The first value comes from the proxy that the person reached.
pub(super) fn addresses(headers: &HeaderMap, by_parts: bool) -> Vec<String> {
    if !by_parts {
        return whole(headers, "x-original-url");
    }
    let schemes = told(headers, "x-forwarded-proto");
    let (hosts, targets) = (told(headers, "x-forwarded-host"), whole(headers, "x-forwarded-uri"));
    let mut all = Vec::new();
    for host in &hosts {
        for scheme in &schemes {
            // Concatenate the text and do not resolve it as a reference, because `//elsewhere/`
            // would become a host.
            for target in targets.iter().filter(|target| target.starts_with('/')) {
                all.push(format!("{}://{host}{target}", scheme.to_ascii_lowercase()));
            }
        }
    }
    all
}

/// The values of a header that is a list or is repeated, without duplicates and in order.
pub(super) fn told(headers: &HeaderMap, name: &str) -> Vec<String> {
    let values = headers.get_all(name).filter_map(|value| value.to_str().ok());
    each_once(values.flat_map(|value| value.split(',')).map(str::trim).map(str::to_owned))
}

/// The values of a header with addresses, which may contain commas. Merged headers have a space
/// after the comma, and addresses never do.
fn whole(headers: &HeaderMap, name: &str) -> Vec<String> {
    let values = headers.get_all(name).map(|value| encoded(value.as_bytes()));
    each_once(values.flat_map(|value| value.split(",%20").map(str::to_owned).collect::<Vec<_>>()))
}

fn each_once(words: impl Iterator<Item = String>) -> Vec<String> {
    let mut all = Vec::new();
    for word in words.filter(|word| !word.is_empty()) {
        if !all.contains(&word) && all.len() < MAX_ADDRESSES {
            all.push(word);
        }
    }
    all
}

/// Percent-encodes characters that addresses do not allow. Browsers send some of them unchanged
/// (WHATWG URL), such as a backslash in a query or non-ASCII letters, and proxies pass them on. For
/// the service the encoded form has the same meaning.
fn encoded(raw: &[u8]) -> String {
    raw.iter().fold(String::with_capacity(raw.len()), |mut text, byte| {
        match byte {
            b'\\' | 0..=b' ' | 0x7f.. => text.push_str(&format!("%{byte:02X}")),
            _ => text.push(char::from(*byte)),
        }
        text
    })
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::{HeaderName, HeaderValue};

    use super::*;

    fn read(pairs: &[(&'static str, &[u8])]) -> Vec<String> {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(HeaderName::from_static(name), HeaderValue::from_bytes(value).unwrap());
        }
        addresses(&headers, headers.contains_key("x-forwarded-uri"))
    }

    fn of(proto: &'static str, host: &'static str, uri: &'static [u8]) -> Vec<String> {
        read(&[
            ("x-forwarded-proto", proto.as_bytes()),
            ("x-forwarded-host", host.as_bytes()),
            ("x-forwarded-uri", uri),
        ])
    }

    #[test]
    fn what_several_proxies_say_is_read_one_by_one() {
        let wiki = "https://wiki.example.org/a,b?c=d,e";
        assert_eq!(of("https, https", "wiki.example.org,wiki.example.org", b"/a,b?c=d,e"), [wiki]);
        assert_eq!(of("HTTPS", "wiki.example.org", b"/a,b?c=d,e, /a,b?c=d,e"), [wiki]);
        assert_eq!(of("https,http", "wiki.example.org, inside", b"/a,b?c=d,e")[0], wiki);
        let proto = ("x-forwarded-proto", &b"https"[..]);
        let (host, uri) = (("x-forwarded-host", &b"wiki.example.org"[..]), ("x-forwarded-uri", &b"/"[..]));
        assert_eq!(read(&[proto, host, uri, uri, host, proto]), ["https://wiki.example.org/"]);
        assert_eq!(read(&[host, uri]), [""; 0]);
    }

    #[test]
    fn letters_that_addresses_do_not_have_are_written_so_that_they_have() {
        let at = |uri| of("https", "wiki.example.org", uri).remove(0);
        assert_eq!(at(b"/a?b=\\c"), "https://wiki.example.org/a?b=%5Cc");
        assert_eq!(
            at("/stra\u{df}e?q=\u{8702}".as_bytes()),
            "https://wiki.example.org/stra%C3%9Fe?q=%E8%9C%82"
        );
        assert_eq!(at(b"/\xff"), "https://wiki.example.org/%FF");
        assert_eq!(at(b"/a%20b?c=%5C+%"), "https://wiki.example.org/a%20b?c=%5C+%");
        assert_eq!(
            read(&[("x-original-url", "https://wiki.example.org/\u{e4}?a\\b".as_bytes())]),
            ["https://wiki.example.org/%C3%A4?a%5Cb"]
        );
    }
}
