//! Format of the vector files, as `vectors/README.md` describes it.

use std::path::PathBuf;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

#[derive(Serialize, Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub struct TokenFile {
    pub about: String,
    pub issuer: String,
    pub audience: String,
    pub leeway: i64,
    pub max_life: i64,
    pub jwks: Value,
    pub signing_key: String,
    pub vectors: Vec<TokenVector>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TokenVector {
    pub name: String,
    pub algorithm: String,
    pub now: i64,
    pub token: String,
    pub verdict: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub claims: Option<Value>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeySetFile {
    pub about: String,
    pub vectors: Vec<KeySetVector>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeySetVector {
    pub name: String,
    pub document: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub signing_key: Option<String>,
    pub verdict: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key_ids: Option<Vec<String>>,
}

pub fn bytes(base64url: &str) -> Vec<u8> {
    URL_SAFE_NO_PAD.decode(base64url).unwrap()
}

fn path(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("vectors").join(name)
}

pub fn text_of(name: &str) -> String {
    std::fs::read_to_string(path(name)).unwrap()
}

pub fn load<T: DeserializeOwned>(name: &str) -> T {
    serde_json::from_str(&text_of(name)).unwrap()
}

/// As `load`, but the default if the file is missing or has another format.
pub fn load_or_nothing<T: DeserializeOwned + Default>(name: &str) -> T {
    let text = std::fs::read_to_string(path(name)).unwrap_or_default();
    serde_json::from_str(&text).unwrap_or_default()
}

pub fn store(name: &str, text: &str) {
    std::fs::write(path(name), text).unwrap();
}
