//! Query encoding of a URL within a URL, in as few bytes as possible.
//!
//! Form encoding escapes everything but letters, so a URL with escapes grows to three times its
//! length, and 220 Chinese letters to 5,500 bytes. But a reader of the query removes one layer of
//! escapes, and the URL parser escapes letters again (WHATWG URL, "percent-encode after encoding").
//! So the escapes of letters need no second layer.

use url::form_urlencoded;

/// Encodes `next`, a URL as the parser writes it, as the value of a parameter. Decoded and parsed,
/// it is the same again, byte for byte.
pub(super) fn encode_next(address: &str) -> String {
    let mut value = String::with_capacity(address.len());
    let mut rest = address;
    while let Some(first) = rest.chars().next() {
        if let Some(letter) = escaped_letter(rest) {
            value += letter;
            rest = &rest[letter.len()..];
            continue;
        }
        match first {
            '%' => value += "%25",
            '&' => value += "%26",
            '+' => value += "%2B",
            '#' => value += "%23",
            other => value.push(other),
        }
        rest = &rest[first.len_utf8()..];
    }
    value
}

/// The escapes of one non-ASCII letter at the start of `text`, as the parser writes them. Not those
/// of spaces and control characters: the login refuses a URL that has them unescaped.
fn escaped_letter(text: &str) -> Option<&str> {
    let bytes = match text.as_bytes() {
        [b'%', b'C' | b'D', ..] => 2,
        [b'%', b'E', ..] => 3,
        [b'%', b'F', ..] => 4,
        _ => return None,
    };
    let escapes = text.get(..bytes * 3)?;
    let is_canonical = escapes.as_bytes().chunks(3).all(|escape| {
        escape[0] == b'%' && escape[1..].iter().all(|digit| matches!(digit, b'0'..=b'9' | b'A'..=b'F'))
    });
    // Invalid UTF-8 becomes the replacement character, which is no letter.
    let (decoded, _) = form_urlencoded::parse(escapes.as_bytes()).next().filter(|_| is_canonical)?;
    let mut letters = decoded.chars();
    let letter = letters.next().filter(|_| letters.next().is_none())?;
    let is_plain = !letter.is_whitespace() && !letter.is_control() && letter != char::REPLACEMENT_CHARACTER;
    is_plain.then_some(escapes)
}

#[cfg(test)]
mod tests {
    use url::Url;

    use super::*;

    #[test]
    fn an_address_comes_out_as_it_went_in() {
        for query in [
            "q=%E4%B8%AD%E6%96%87&a=b+c&d=%26%2B%23%25",
            "q=%e4%b8%ad",
            "q=%D6%D0",
            "q=%E4%B8",
            "q=%E3%80%80%C2%A0%C2%85%E2%80%A8",
            "q=%F0%9F%A6%80%",
            "q=%ED%A0%80%F8%88%80%80%80",
            "q=%5C%00%0A%20;x=1",
            "a=(b),'c'[d]|e^f`g{h}",
            "%C3%A4=%C3%9F%C3",
        ] {
            let address = Url::parse(&format!("https://shop.example.org/%E8%B7%AF/a;b@c?{query}")).unwrap();
            let mut login = Url::parse("https://auth.example.org/login").unwrap();
            login.set_query(Some(&format!("silent=1&next={}", encode_next(address.as_str()))));
            let pairs: Vec<_> = form_urlencoded::parse(login.query().unwrap().as_bytes()).collect();
            assert_eq!(pairs.len(), 2, "{query}");
            let next = &pairs[1].1;
            let is_plain = |c: char| !c.is_whitespace() && !c.is_control() && c != '\\';
            assert!(next.chars().all(is_plain), "{query}: {next:?}");
            assert_eq!(Url::parse(next).unwrap(), address, "{query}");
        }
    }

    #[test]
    fn letters_take_no_more_than_they_took() {
        let address = format!("https://shop.example.org/?q={}", "%E4%B8%AD".repeat(220));
        assert_eq!(encode_next(&address).len(), address.len());
    }
}
