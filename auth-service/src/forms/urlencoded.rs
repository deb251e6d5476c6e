//! URL-encoded forms, parsed strictly, so that other content gets a clear `4xx`.

use actix_web::HttpRequest;
use actix_web::dev::Payload;
use actix_web::http::StatusCode;
use percent_encoding::percent_decode;
use serde::de::value::{Error as Mismatch, MapDeserializer};
use serde::de::{DeserializeOwned, Deserializer, IntoDeserializer, Visitor};

use super::body;
use crate::error::Error;
use crate::i18n::Message;

const MAX_FIELDS: usize = 64;

/// Reads the request's form as `T`. Unknown fields are refused.
pub(super) async fn read<T: DeserializeOwned>(request: &HttpRequest, payload: Payload) -> Result<T, Error> {
    require_form_type(request)?;
    let body = body::read(payload).await?;
    let fields = fields(&body).map_err(malformed)?;
    let fields = fields.into_iter().map(|(name, value)| (name, Value(value)));
    // serde's messages repeat the input, which must not reach the log.
    T::deserialize(MapDeserializer::new(fields))
        .map_err(|_: Mismatch| malformed("a field is missing, unknown, or came twice"))
}

/// X8: a page of another site can send three types of body without a preflight request, and only
/// one of them is a form.
fn require_form_type(request: &HttpRequest) -> Result<(), Error> {
    if body::media_type(request).eq_ignore_ascii_case("application/x-www-form-urlencoded") {
        return Ok(());
    }
    Err(Error::refuse(StatusCode::UNSUPPORTED_MEDIA_TYPE, Message::new("error-send-a-form")))
}

/// A field's value. Unlike serde's own string deserializer, it also fits an optional field.
struct Value(String);

impl<'de> Deserializer<'de> for Value {
    type Error = Mismatch;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        visitor.visit_string(self.0)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        visitor.visit_some(self)
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct
        newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

impl IntoDeserializer<'_> for Value {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

/// Decodes names and values. Unlike the URL standard's parser, it refuses broken escapes, invalid
/// UTF-8 and NUL.
fn fields(body: &[u8]) -> Result<Vec<(String, String)>, &'static str> {
    if body.is_empty() {
        return Ok(Vec::new());
    }
    let pairs: Vec<&[u8]> = body.split(|byte| *byte == b'&').collect();
    if pairs.len() > MAX_FIELDS {
        return Err("too many fields");
    }
    pairs
        .into_iter()
        .map(|pair| {
            let equals = pair.iter().position(|byte| *byte == b'=').ok_or("a field without a value")?;
            Ok((decode(&pair[..equals])?, decode(&pair[equals + 1..])?))
        })
        .collect()
}

fn decode(bytes: &[u8]) -> Result<String, &'static str> {
    let mut rest = bytes.iter();
    while let Some(byte) = rest.next() {
        let is_hex = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_hexdigit);
        if *byte == b'%' && !(is_hex(rest.next()) && is_hex(rest.next())) {
            return Err("a broken percent escape");
        }
    }
    let spaced: Vec<u8> = bytes.iter().map(|byte| if *byte == b'+' { b' ' } else { *byte }).collect();
    let text = percent_decode(&spaced).decode_utf8().map_err(|_| "text that is not UTF-8")?;
    if text.contains('\0') {
        return Err("a NUL character");
    }
    Ok(text.into_owned())
}

fn malformed(cause: impl Into<String>) -> Error {
    Error::refuse(StatusCode::BAD_REQUEST, Message::new("error-unreadable-form")).because(cause.into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hostile::tried;

    #[test]
    fn a_form_is_decoded() {
        let read = fields(b"first_name=Zo%C3%AB+M.&next=").unwrap();
        assert_eq!(read, [("first_name".into(), "Zoë M.".into()), ("next".into(), String::new())]);
    }

    /// I1, I5
    #[test]
    fn what_is_not_quite_a_form_is_refused() {
        for body in [
            "a=%", "a=%4", "a=%zz", "a=%ff", "a=%C3", "%ff=a", "a=%00", "a", "a=1&", "&", "a=1&&b=2",
            "a=\u{0}",
        ] {
            assert!(fields(body.as_bytes()).is_err(), "{body}");
        }
        assert!(fields(b"a=\xff").is_err());
        assert!(fields("a=1&".repeat(65).trim_end_matches('&').as_bytes()).is_err());
    }

    /// I1: arbitrary bytes as a form.
    #[test]
    fn any_body_is_refused_or_means_the_same_when_it_is_written_anew() {
        let pieces = ["email", "=", "&", "+", "%", "%C3%AB", "%00", "%ff", "%2", "%26", "\u{0}", "a", " "];
        tried(&pieces, |body| {
            let Ok(read) = fields(body) else { return };
            assert!(read.len() <= MAX_FIELDS);
            assert!(read.iter().all(|(name, value)| !name.contains('\0') && !value.contains('\0')));
            let again = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(&read).finish();
            assert_eq!(fields(again.as_bytes()).unwrap(), read);
        });
    }
}
