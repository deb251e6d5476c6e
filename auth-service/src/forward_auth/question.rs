//! The query of `/auth/verify`: the rights that the proxy's configuration requires.

use url::form_urlencoded;

use crate::users::Role;

/// The query, parsed strictly: a misspelt requirement must deny access and not be ignored.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Question {
    /// `role=editor`: the user needs all listed roles. With "any of them", each added role would
    /// admit more people, by mistake or through a client's query that a proxy passes on. With
    /// "all", an added role can only restrict access.
    roles: Vec<Role>,
    /// `email=any`: also return an unverified address.
    pub wants_any_email: bool,
}

/// Why a query is invalid, for the author of the proxy's configuration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum BadQuestion {
    #[error(
        "role= must name one role: 1 to 32 lower-case letters, digits, hyphens, underscores, dots or colons; for several, repeat role="
    )]
    Role,
    #[error("email= takes the one value any")]
    Email,
    #[error("the query of /auth/verify knows role= and email=, and nothing else")]
    Unknown,
}

impl Question {
    pub fn parse(query: &str) -> Result<Self, BadQuestion> {
        let mut question = Self::default();
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            match &*name {
                "role" => question.roles.push(Role::parse(&value).map_err(|_| BadQuestion::Role)?),
                "email" if value == "any" => question.wants_any_email = true,
                "email" => return Err(BadQuestion::Email),
                _ => return Err(BadQuestion::Unknown),
            }
        }
        Ok(question)
    }

    /// The first required role that is missing in `roles`.
    pub fn lacking(&self, roles: &[String]) -> Option<&str> {
        self.roles.iter().map(Role::as_str).find(|wanted| !roles.iter().any(|role| role == wanted))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_role_that_is_asked_for_is_needed() {
        let question = Question::parse("role=editor&role=author").unwrap();
        let roles = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
        assert_eq!(question.lacking(&roles(&["author", "editor", "x"])), None);
        assert_eq!(question.lacking(&roles(&["editor"])), Some("author"));
        assert_eq!(question.lacking(&roles(&["editors", "authors"])), Some("editor"));
        assert_eq!(question.lacking(&[]), Some("editor"));
        assert_eq!(Question::parse("").unwrap().lacking(&[]), None);
    }

    #[test]
    fn what_is_not_understood_is_not_answered() {
        for (query, expected) in [
            ("role=", BadQuestion::Role),
            ("role", BadQuestion::Role),
            ("role=editor&role=", BadQuestion::Role),
            ("role=editor,author", BadQuestion::Role),
            ("role=editor+author", BadQuestion::Role),
            ("role=Editor", BadQuestion::Role),
            ("role=%20editor", BadQuestion::Role),
            ("email=", BadQuestion::Email),
            ("email=any&email=verified", BadQuestion::Email),
            ("Role=editor", BadQuestion::Unknown),
            ("roles=editor", BadQuestion::Unknown),
            ("role=editor&x", BadQuestion::Unknown),
            ("role%00=editor", BadQuestion::Unknown),
        ] {
            assert_eq!(Question::parse(query), Err(expected), "{query}");
        }
    }
}
