//! Rejection: why a token was refused.

use crate::codes::codes;

/// Why a token was refused: one variant for each cause, for the log.
///
/// Its text never contains the token or a claim's value. Browsers get the same response whatever
/// the cause. Only the page that ends a redirect loop names it. Keep to that if you verify tokens
/// yourself.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Rejection {
    /// Longer than [`MAX_TOKEN_BYTES`](crate::MAX_TOKEN_BYTES). Nothing of it was decoded.
    #[error("the token is larger than {} bytes", crate::MAX_TOKEN_BYTES)]
    TooLarge,
    /// Not three parts separated by dots, or one of them is empty.
    #[error("the token does not have three non-empty parts")]
    NotThreeParts,
    /// A part is not canonical base64url without padding.
    #[error("the {0} is not canonical base64url")]
    NotBase64(Part),
    /// A part is not one JSON object in UTF-8.
    #[error("the {0} is not a JSON object")]
    NotJson(Part),
    /// A member name occurs twice, at whatever depth (RFC 7519, section 4).
    #[error("the {0} has a duplicate member")]
    DuplicateMember(Part),
    /// A header member other than `alg`, `typ` and `kid`: `crit`, `b64`, `jwk`, `jku`, `x5u`,
    /// `x5c`, anything.
    #[error("the header has a member other than alg, typ and kid")]
    HeaderMember,
    /// `alg`, `typ` or `kid` is missing.
    #[error("the header has no {0}")]
    HeaderMissing(&'static str),
    /// `alg`, `typ` or `kid` is not a string, or `kid` is not 1 to 128 plain characters.
    #[error("the header's {0} is not acceptable")]
    HeaderValue(&'static str),
    /// `typ` is not exactly `at+jwt` (RFC 9068, section 4).
    #[error("typ is not at+jwt")]
    WrongTyp,
    /// `alg` is none of `ES256`, `EdDSA` and `HS512`: `none`, for example, or `HS256`.
    #[error("alg is not an algorithm we verify")]
    AlgNotAllowed,
    /// `kid` names none of our keys. Carries the `kid`: plain characters, at most 128.
    #[error("no key with the id {0}")]
    UnknownKey(String),
    /// `alg` is not the algorithm of that key (RFC 8725, section 3.1): a public key is never used
    /// as a secret for HS512. No signature was computed.
    #[error("alg is not the one of the key")]
    AlgMismatch,
    /// The signature does not verify with that key.
    #[error("the signature is wrong")]
    BadSignature,
    /// A required claim is missing.
    #[error("the claim {0} is missing")]
    MissingClaim(&'static str),
    /// A claim has the wrong type or form: a time that is a string, a fraction, negative or absurd;
    /// an id that is no UUID.
    #[error("the claim {0} has the wrong form")]
    BadClaim(&'static str),
    /// `iss` is not our `AUTH_URL`.
    #[error("iss is another issuer")]
    WrongIssuer,
    /// `aud` is not our `COOKIE_DOMAIN`.
    #[error("aud is another audience")]
    WrongAudience,
    /// `token_type` is not `access`.
    #[error("token_type is not access")]
    WrongTokenType,
    /// `sub` and `user_uuid` differ.
    #[error("sub and user_uuid differ")]
    SubjectMismatch,
    /// `exp` is not after `iat` and `nbf`.
    #[error("the token expires before it begins")]
    NeverValid,
    /// `exp - iat` is above the longest lifetime.
    #[error("the token lives too long")]
    LifeTooLong,
    /// `exp` has passed by 5 seconds or more.
    #[error("the token has expired")]
    Expired,
    /// `nbf` is more than 5 seconds ahead.
    #[error("the token is not valid yet")]
    NotYetValid,
    /// `iat` is more than 5 seconds ahead.
    #[error("the token was issued in the future")]
    IssuedInFuture,
    /// `auth_time` is more than 5 seconds ahead.
    #[error("auth_time is in the future")]
    AuthTimeInFuture,
}

#[cfg(feature = "pages")]
impl Rejection {
    /// Whether only the time was wrong: the token was valid, or it will be.
    pub(crate) fn is_about_time(&self) -> bool {
        matches!(self, Self::Expired | Self::NotYetValid | Self::IssuedInFuture | Self::AuthTimeInFuture)
    }
}

codes!(Rejection {
    Rejection::TooLarge => "too_large",
    Rejection::NotThreeParts => "not_three_parts",
    Rejection::NotBase64(_) => "not_base64",
    Rejection::NotJson(_) => "not_json",
    Rejection::DuplicateMember(_) => "duplicate_member",
    Rejection::HeaderMember => "header_member",
    Rejection::HeaderMissing(_) => "header_missing",
    Rejection::HeaderValue(_) => "header_value",
    Rejection::WrongTyp => "wrong_typ",
    Rejection::AlgNotAllowed => "alg_not_allowed",
    Rejection::UnknownKey(_) => "unknown_key",
    Rejection::AlgMismatch => "alg_mismatch",
    Rejection::BadSignature => "bad_signature",
    Rejection::MissingClaim(_) => "missing_claim",
    Rejection::BadClaim(_) => "bad_claim",
    Rejection::WrongIssuer => "wrong_issuer",
    Rejection::WrongAudience => "wrong_audience",
    Rejection::WrongTokenType => "wrong_token_type",
    Rejection::SubjectMismatch => "subject_mismatch",
    Rejection::NeverValid => "never_valid",
    Rejection::LifeTooLong => "life_too_long",
    Rejection::Expired => "expired",
    Rejection::NotYetValid => "not_yet_valid",
    Rejection::IssuedInFuture => "issued_in_future",
    Rejection::AuthTimeInFuture => "auth_time_in_future",
});

/// Which of the three parts of a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// The JOSE header.
    Header,
    /// The claims.
    Payload,
    /// The signature.
    Signature,
}

impl std::fmt::Display for Part {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Header => "header",
            Self::Payload => "payload",
            Self::Signature => "signature",
        })
    }
}
