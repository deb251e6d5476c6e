//! A response, as a test reads it.

use std::collections::BTreeMap;

use reqwest::StatusCode;
use reqwest::header::{HeaderMap, SET_COOKIE};

/// Status, headers and text of a response.
pub struct Reply {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub text: String,
}

/// One parsed `Set-Cookie` line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetCookie {
    pub name: String,
    pub value: String,
    /// Names are in lower case. Flags have an empty value.
    pub attributes: BTreeMap<String, String>,
}

impl SetCookie {
    pub fn has(&self, attribute: &str) -> bool {
        self.attributes.contains_key(attribute)
    }

    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.get(name).map(String::as_str)
    }

    pub fn max_age(&self) -> i64 {
        self.attributes["max-age"].parse().unwrap()
    }

    fn parse(line: &str) -> Self {
        let mut parts = line.split(';').map(str::trim);
        let (name, value) = parts.next().unwrap().split_once('=').unwrap();
        let attributes = parts
            .map(|part| part.split_once('=').unwrap_or((part, "")))
            .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
            .collect();
        Self { name: name.to_owned(), value: value.to_owned(), attributes }
    }
}

impl Reply {
    pub async fn read(response: reqwest::Response) -> Self {
        Self {
            status: response.status(),
            headers: response.headers().clone(),
            text: response.text().await.unwrap(),
        }
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    pub fn location(&self) -> &str {
        self.header("location").unwrap_or_else(|| panic!("no Location, but {}: {}", self.status, self.text))
    }

    pub fn cookies(&self) -> Vec<SetCookie> {
        self.headers.get_all(SET_COOKIE).iter().map(|line| SetCookie::parse(line.to_str().unwrap())).collect()
    }

    pub fn cookie(&self, name: &str) -> Option<SetCookie> {
        self.cookies().into_iter().find(|cookie| cookie.name == name)
    }

    /// The value of the page's field called `name`, as a browser would send it.
    pub fn field(&self, name: &str) -> Option<String> {
        let at = self.text.find(&format!(" name=\"{name}\""))?;
        let start = self.text[..at].rfind('<')?;
        let tag = &self.text[start..start + self.text[start..].find('>')?];
        let (_, rest) = tag.split_once(" value=\"")?;
        let value = &rest[..rest.find('"')?];
        Some(unescape(value))
    }

    /// The tag of the page's field called `name`.
    pub fn tag(&self, name: &str) -> &str {
        let at = self.text.find(&format!(" name=\"{name}\"")).unwrap_or_else(|| panic!("no field {name}"));
        let start = self.text[..at].rfind('<').unwrap();
        &self.text[start..=start + self.text[start..].find('>').unwrap()]
    }

    /// The page without the tags of scripts that are files of ours.
    pub fn without_our_scripts(&self) -> String {
        self.text.replace("<script src=\"/static/", "")
    }

    /// The parts that an outsider can compare, without those that differ at every visit.
    pub fn seen(&self) -> String {
        let mut headers: Vec<String> = self
            .headers
            .iter()
            .filter(|(name, _)| *name != "date")
            .map(|(name, value)| {
                let value = value.to_str().unwrap();
                match value.split_once('=') {
                    // The encrypted cookie differs each time, but has the same length.
                    Some((cookie, rest)) if name == "set-cookie" => {
                        let (value, attributes) = rest.split_once(';').unwrap();
                        let length = percent_encoding::percent_decode_str(value).count();
                        format!("{name}: {cookie}=({length} bytes);{attributes}")
                    }
                    _ => format!("{name}: {value}"),
                }
            })
            .collect();
        headers.sort();
        let text = match self.field("csrf_token") {
            Some(token) => self.text.replace(&token, "(token)"),
            None => self.text.clone(),
        };
        format!("{}\n{}\n\n{text}", self.status, headers.join("\n"))
    }

    /// Whether a reader of the page sees `words`.
    pub fn says(&self, words: &str) -> bool {
        unescape(&self.text).contains(words)
    }
}

fn unescape(text: &str) -> String {
    [
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&#x27;", "'"),
        ("&#39;", "'"),
        ("&#x2F;", "/"),
        ("&amp;", "&"),
    ]
    .iter()
    .fold(text.to_owned(), |text, (escape, character)| text.replace(escape, character))
}
