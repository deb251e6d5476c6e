//! JSON bodies, parsed strictly.

use std::fmt;
use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::http::StatusCode;
use actix_web::{FromRequest, HttpRequest};
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize, DeserializeOwned, Deserializer, MapAccess, Visitor};
use serde_json::error::Category;

use super::body;
use crate::error::Error;
use crate::i18n::Message;

/// A document with a description of its structure.
pub trait Document: DeserializeOwned + 'static {
    /// A sentence for clients that send something else.
    const SHAPE: &'static str;
}

/// The body as `T`. Unknown members are refused.
pub struct Json<T>(pub T);

impl<T: Document> FromRequest for Json<T> {
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Error>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, payload) = (request.clone(), payload.take());
        Box::pin(async move {
            if !body::media_type(&request).eq_ignore_ascii_case("application/json") {
                return Err(Error::refuse(
                    StatusCode::UNSUPPORTED_MEDIA_TYPE,
                    Message::new("error-send-json"),
                ));
            }
            let bytes = body::read(payload).await?;
            // serde's messages repeat the input, which must not reach the log or the response.
            let read = serde_json::from_slice(&bytes).map(|Object(document)| Self(document));
            read.map_err(|error| match error.classify() {
                Category::Data => {
                    Error::refuse(StatusCode::UNPROCESSABLE_ENTITY, Message::verbatim(T::SHAPE))
                }
                Category::Syntax | Category::Eof | Category::Io => {
                    Error::refuse(StatusCode::BAD_REQUEST, Message::new("error-not-json"))
                }
            })
        })
    }
}

/// Accepts only an object. serde alone would also accept an array with the members' values in
/// order.
struct Object<T>(T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Members(PhantomData)).map(Self)
    }
}

struct Members<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for Members<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, members: A) -> Result<T, A::Error> {
        T::deserialize(MapAccessDeserializer::new(members))
    }
}
