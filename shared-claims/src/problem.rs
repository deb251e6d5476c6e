//! Problem details for programs (RFC 9457). Their `code` stays the same when the wording changes.

use serde::{Serialize, Serializer};

/// A problem document under construction.
#[derive(Debug, Clone)]
pub struct Problem<'a> {
    code: &'a str,
    title: &'a str,
    detail: &'a str,
    members: Vec<(&'static str, String)>,
}

#[derive(Serialize)]
struct Document<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    title: &'a str,
    status: u16,
    detail: &'a str,
    code: &'a str,
    #[serde(flatten, serialize_with = "as_members")]
    members: &'a [(&'static str, String)],
}

impl<'a> Problem<'a> {
    /// The media type of the document.
    pub const MEDIA_TYPE: &'static str = "application/problem+json";

    /// A problem of type `about:blank`, which has no page that describes it (RFC 9457, section
    /// 4.2.1).
    pub fn new(code: &'a str, title: &'a str, detail: &'a str) -> Self {
        Self { code, title, detail, members: Vec::new() }
    }

    /// Adds an extension member, such as `login_url`.
    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.members.push((name, value.into()));
        self
    }

    /// The JSON document for a response with this status.
    ///
    /// # Panics
    /// Never: strings and a number can always be serialized.
    pub fn to_json(&self, status: u16) -> String {
        let Self { code, title, detail, members } = self;
        let document = Document { kind: "about:blank", title, status, detail, code, members };
        serde_json::to_string(&document).expect("texts and a number can be written as JSON")
    }
}

fn as_members<S: Serializer>(members: &&[(&'static str, String)], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_map(members.iter().map(|(name, value)| (name, value)))
}

#[cfg(test)]
mod tests {
    use super::Problem;

    #[test]
    fn a_problem_has_the_members_of_the_standard_a_code_and_its_own() {
        let problem = Problem::new("login_required", "Log in first", "\"Why\" & how.");
        let expected = r#"{"type":"about:blank","title":"Log in first","status":401,"detail":"\"Why\" & how.","code":"login_required""#;
        assert_eq!(problem.to_json(401), format!("{expected}}}"));
        let with_link = problem.with("login_url", "https://auth.example.org/login");
        assert_eq!(
            with_link.to_json(401),
            format!(r#"{expected},"login_url":"https://auth.example.org/login"}}"#)
        );
    }
}
