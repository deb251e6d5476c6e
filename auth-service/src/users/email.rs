//! Email addresses in normal form. Parsing is the only way to create one.

use diesel::deserialize::FromSqlRow;
use diesel::expression::AsExpression;
use diesel::sql_types::Text;

use crate::db::types::text_column;
use email_address::{EmailAddress, Options};

/// An email address in normal form, so that two spellings cannot be two accounts.
///
/// It is in lower case, with the domain in ASCII (IDNA). The part before the `@` is ASCII, as
/// browsers require in an email field.
#[derive(Debug, Clone, PartialEq, Eq, AsExpression, FromSqlRow)]
#[diesel(sql_type = Text)]
pub struct Email(String);

/// The text is not a valid email address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is not an e-mail address, such as ada@example.org")]
pub struct InvalidEmail;

impl Email {
    /// SMTP's limit (RFC 5321, 4.5.3.1.3), without the angle brackets.
    pub const MAX_BYTES: usize = 254;

    pub fn parse(text: &str) -> Result<Self, InvalidEmail> {
        let text = text.trim();
        if text.len() > Self::MAX_BYTES {
            return Err(InvalidEmail);
        }
        let (local, domain) = text.rsplit_once('@').ok_or(InvalidEmail)?;
        // A mail program would decode an encoded word (RFC 2047), and show another address.
        if !local.bytes().all(is_local_byte) || local.contains("=?") {
            return Err(InvalidEmail);
        }
        let Ok(url::Host::Domain(domain)) = url::Host::parse(domain) else { return Err(InvalidEmail) };
        let normal = format!("{}@{domain}", local.to_ascii_lowercase());
        let options = Options::default().with_required_tld().without_domain_literal().without_display_text();
        match EmailAddress::parse_with_options(&normal, options) {
            Ok(_) if normal.len() <= Self::MAX_BYTES => Ok(Self(normal)),
            _ => Err(InvalidEmail),
        }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The characters that the HTML standard allows in the local part of an email field.
fn is_local_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b".!#$%&'*+/=?^_`{|}~-".contains(&byte)
}

impl std::fmt::Display for Email {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

text_column!(Email);

#[cfg(test)]
mod tests {
    use super::*;

    /// T4
    #[test]
    fn spellings_of_one_address_are_one_address() {
        for spelling in ["ada@example.org", "Ada@Example.ORG", "  ADA@EXAMPLE.org\t", "ada@EXAMPLE.org"] {
            assert_eq!(Email::parse(spelling).unwrap().as_str(), "ada@example.org");
        }
        assert_eq!(
            Email::parse("a@bücher.example").unwrap(),
            Email::parse("A@xn--bcher-kva.example").unwrap()
        );
    }

    /// T4: letters that only look alike are other domains, in every spelling of each.
    #[test]
    fn look_alike_domains_are_other_addresses() {
        let parse = |text: &str| Email::parse(text).unwrap();
        let latin = parse("ada@apple.example");
        let cyrillic = parse("ada@аpple.example");
        assert_ne!(latin, cyrillic);
        assert!(cyrillic.as_str().starts_with("ada@xn--"));
        assert_eq!(cyrillic, parse(&cyrillic.as_str().to_uppercase()));
        for same in ["ada@APPLE.example", "ada@ａｐｐｌｅ.example", "ada@apple。example"] {
            assert_eq!(parse(same), latin, "{same}");
        }
        for other in ["ada@app1e.example", "ada@appłe.example", "ada@ı.example", "ada@ß.example"] {
            assert_ne!(parse(other), latin);
            assert_eq!(parse(other), parse(parse(other).as_str()), "a normal form stays as it is");
        }
        assert_ne!(parse("ada@straße.example"), parse("ada@strasse.example"));
    }

    #[test]
    fn addresses_with_unusual_characters_are_taken() {
        for text in ["o'neil+tag@example.co.uk", "a.b-c_d@sub.example.org", "x@example.org", "1@2.example"] {
            assert_eq!(Email::parse(text).unwrap().as_str(), text);
        }
    }

    #[test]
    fn what_cannot_be_written_to_is_refused() {
        let long = format!("{}@example.org", "a".repeat(250));
        for text in [
            "",
            " ",
            "@",
            "ada",
            "ada@",
            "@example.org",
            "ada@localhost",
            "ada@exam ple.org",
            "a da@example.org",
            "ada@@example.org",
            "ada@example..org",
            "ada@.example.org",
            "\"a\"@example.org",
            "ada@[127.0.0.1]",
            "Ada <ada@example.org>",
            "ada@example.org\r\nBcc: x@y.org",
            "a\0@example.org",
            "ada@example.org,b@c.org",
            "äda@example.org",
            ".ada@example.org",
            "ada@127.0.0.1",
            "=?utf-8?q?ada=40example.com?=@example.org",
            "=?UTF-8?B?YWRh?=@example.org",
            "\u{200b}ada@example.org",
            "ada\u{200b}@example.org",
            "ada\u{202e}@example.org",
            "ａda@example.org",
            "аda@example.org",
            &long,
        ] {
            assert_eq!(Email::parse(text), Err(InvalidEmail), "{text:?}");
        }
    }
}
