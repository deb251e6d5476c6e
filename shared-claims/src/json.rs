//! Strict JSON parser: it refuses duplicate members at any depth and keeps numbers as they are
//! written.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::de::{Deserialize, DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};

/// An object's members by name.
pub(crate) type Members = BTreeMap<String, Value>;

/// A JSON value, as far as a header, a claim or a JWK needs it. Nested objects are checked for
/// duplicate members and then dropped, so that hostile input cannot build large values.
#[derive(Debug, PartialEq)]
pub(crate) enum Value {
    Null,
    Bool(bool),
    /// A non-negative integer, without fraction and exponent.
    Int(u64),
    /// Any other number: negative, with a fraction, or with an exponent.
    OtherNumber,
    String(String),
    /// An array of strings, possibly empty.
    Strings(Vec<String>),
    OtherArray,
    Object,
}

/// Why a text was refused.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Refused {
    Duplicate,
    NotAnObject,
}

/// Parses one JSON object. Refuses trailing text, invalid UTF-8 and, at any depth, a duplicate
/// member or more than 128 members.
pub(crate) fn object(bytes: &[u8]) -> Result<Members, Refused> {
    struct Root(Members);
    impl<'de> Deserialize<'de> for Root {
        fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
            d.deserialize_map(Object).map(Root)
        }
    }
    serde_json::from_slice::<Root>(bytes).map(|root| root.0).map_err(refused)
}

/// Parses `{"keys": [{…}, …]}`, the form of a JWKS. Other members beside `keys` are ignored (RFC
/// 7517, section 5).
pub(crate) fn key_list(bytes: &[u8]) -> Result<Vec<Members>, Refused> {
    serde_json::from_slice::<Jwks>(bytes).map_err(refused)?.0.ok_or(Refused::NotAnObject)
}

const DUPLICATE: &str = "duplicate member";
/// Members of an object, at most. More than our claims, headers and keys have; it limits the memory
/// that a few kilobytes of input can take.
const MAX_MEMBERS: usize = 128;
const TOO_MANY: &str = "too many members";

fn refused(error: serde_json::Error) -> Refused {
    // serde's errors are opaque. Ours is recognised by its text, which no input can produce.
    if error.is_data() && error.to_string().starts_with(DUPLICATE) {
        Refused::Duplicate
    } else {
        Refused::NotAnObject
    }
}

struct Object;

impl<'de> Visitor<'de> for Object {
    type Value = Members;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
        let mut members = Members::new();
        while let Some(name) = map.next_key::<String>()? {
            if members.contains_key(&name) {
                return Err(A::Error::custom(DUPLICATE));
            }
            if members.len() == MAX_MEMBERS {
                return Err(A::Error::custom(TOO_MANY));
            }
            let value = map.next_value_seed(AnyValue)?;
            members.insert(name, value);
        }
        Ok(members)
    }
}

struct AnyValue;

impl<'de> DeserializeSeed<'de> for AnyValue {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, d: D) -> Result<Value, D::Error> {
        d.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for AnyValue {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E: Error>(self, v: bool) -> Result<Value, E> {
        Ok(Value::Bool(v))
    }

    fn visit_u64<E: Error>(self, v: u64) -> Result<Value, E> {
        Ok(Value::Int(v))
    }

    fn visit_i64<E: Error>(self, v: i64) -> Result<Value, E> {
        Ok(u64::try_from(v).map_or(Value::OtherNumber, Value::Int))
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<Value, E> {
        Ok(Value::OtherNumber)
    }

    fn visit_str<E: Error>(self, v: &str) -> Result<Value, E> {
        Ok(Value::String(v.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Value, A::Error> {
        let mut strings = Some(Vec::new());
        while let Some(value) = seq.next_element_seed(AnyValue)? {
            match (value, &mut strings) {
                (Value::String(s), Some(list)) => list.push(s),
                _ => strings = None,
            }
        }
        Ok(strings.map_or(Value::OtherArray, Value::Strings))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let mut names = BTreeSet::new();
        while let Some(name) = map.next_key::<String>()? {
            if !names.insert(name) {
                return Err(A::Error::custom(DUPLICATE));
            }
            if names.len() > MAX_MEMBERS {
                return Err(A::Error::custom(TOO_MANY));
            }
            map.next_value_seed(AnyValue)?;
        }
        Ok(Value::Object)
    }
}

/// A JWKS document: its `keys`, if there are any.
struct Jwks(Option<Vec<Members>>);

impl<'de> Deserialize<'de> for Jwks {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        d.deserialize_map(JwksVisitor)
    }
}

struct JwksVisitor;

impl<'de> Visitor<'de> for JwksVisitor {
    type Value = Jwks;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object with keys")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Jwks, A::Error> {
        let mut names = BTreeSet::new();
        let mut keys = None;
        while let Some(name) = map.next_key::<String>()? {
            if name == "keys" && keys.is_none() {
                keys = Some(map.next_value::<KeyList>()?.0);
            } else {
                map.next_value_seed(AnyValue)?;
            }
            if !names.insert(name) {
                return Err(A::Error::custom(DUPLICATE));
            }
        }
        Ok(Jwks(keys))
    }
}

struct KeyList(Vec<Members>);

impl<'de> Deserialize<'de> for KeyList {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        struct Items;
        impl<'de> Visitor<'de> for Items {
            type Value = KeyList;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list of keys")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<KeyList, A::Error> {
                let mut list = Vec::new();
                while let Some(key) = seq.next_element::<Jwk>()? {
                    list.push(key.0);
                }
                Ok(KeyList(list))
            }
        }
        d.deserialize_seq(Items)
    }
}

struct Jwk(Members);

impl<'de> Deserialize<'de> for Jwk {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        d.deserialize_map(Object).map(Jwk)
    }
}
