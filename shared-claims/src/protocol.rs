//! Names of the protocol between auth-service and services: parameters, cookies, paths, headers,
//! codes.
//!
//! Each is a promise: none is ever changed or reused for something else.

/// Parameters of a URL's query.
pub mod parameter {
    /// Of `/login`, `/logout` and other pages of auth-service: where to go afterwards.
    pub const NEXT: &str = "next";

    /// Of `/login`: `1` never shows a form.
    pub const SILENT: &str = "silent";

    /// Of `/login`: the greatest age of the authentication, in seconds.
    pub const MAX_AGE: &str = "max_age";

    /// Of `/login`: `1` says that the browser came with [`LOOP`] and is still not logged in.
    pub const REFUSED: &str = "refused";

    /// Of `/login`: the service's secret for this redirect. It comes back as [`LOOP_PROOF`], beside
    /// [`LOOP`].
    pub const TRIP: &str = "trip";

    /// Of a service's page: how often in a row auth-service has sent the browser here, from the
    /// third time on.
    pub const LOOP: &str = "sso_loop";

    /// Of a service's page, beside [`LOOP`]: the value of [`TRIP`]. It is the proof, because
    /// anybody can write [`LOOP`] into a link.
    pub const LOOP_PROOF: &str = "sso_trip";

    /// Of a service's page: clears conflicting cookies.
    pub const CLEAR: &str = "sso_clear";

    /// Of a service's page: `1` says that the browser comes from a logout. Anybody can write it
    /// into a link, so it may choose a sentence and nothing else.
    pub const LOGGED_OUT: &str = "sso_logged_out";

    /// Of a form's address: the mark of the person for whom the page was rendered.
    pub const FORM_OWNER: &str = "sso_for";
}

/// Names of cookies, without the prefix that they have if cookies are `Secure`.
pub mod cookie {
    /// The prefix of cookies for the whole domain.
    pub const SECURE_PREFIX: &str = "__Secure-";

    /// The prefix of cookies of one host alone.
    pub const HOST_PREFIX: &str = "__Host-";

    /// The access token, for the whole domain. `ACCESS_COOKIE_NAME` changes it.
    pub const ACCESS: &str = "sso_access";

    /// The hint at a session, for the whole domain. `HINT_COOKIE_NAME` changes it.
    pub const HINT: &str = "sso_hint";

    /// Of a service: it has sent the browser to renew a token that was still valid.
    pub const REFRESHED_AHEAD: &str = "sso_ahead";

    /// Of a service: it has sent the browser to the login silently.
    pub const ASKED: &str = "sso_asked";

    /// Of a service: the secret of the redirects to the login that it has sent.
    pub const TRIP: &str = "sso_sent";

    /// Of a service: the mark of the person whom it served last.
    pub const FORM_OWNER: &str = "sso_for";
}

/// Paths of auth-service.
pub mod path {
    /// The login.
    pub const LOGIN: &str = "/login";

    /// The page after a login in a tab of its own, which can be closed.
    pub const LOGIN_DONE: &str = "/login/done";

    /// The page that renews the login in a frame.
    pub const LOGIN_FRAME: &str = "/login/frame";

    /// The logout.
    pub const LOGOUT: &str = "/logout";

    /// Where scripts renew the login.
    pub const RENEW: &str = "/api/session/renew";

    /// The public keys.
    pub const JWKS: &str = "/.well-known/jwks.json";

    /// The last segment of the page that deletes other sites' cookies. It is found below any path.
    pub const COOKIES: &str = "cookies";
}

/// Headers of requests.
pub mod header {
    /// [`parameter::FORM_OWNER`](super::parameter::FORM_OWNER) as a header, sent by a script. In
    /// lower case.
    pub const FORM_OWNER: &str = "sso-for";
}

/// Values of `code` in problems (RFC 9457), with the same meaning in every response.
pub mod code {
    /// Nobody is logged in.
    pub const LOGIN_REQUIRED: &str = "login_required";

    /// Logged in, but the person must reauthenticate.
    pub const FRESH_LOGIN_REQUIRED: &str = "fresh_login_required";

    /// Logged in, without the right.
    pub const FORBIDDEN: &str = "forbidden";

    /// Login cookies of different people.
    pub const COOKIE_CONFLICT: &str = "cookie_conflict";

    /// A redirect loop: the login was renewed several times and is still refused.
    pub const LOGIN_LOOP: &str = "login_loop";

    /// The form was made for another account.
    pub const ANOTHER_ACCOUNT: &str = "another_account";

    /// A prefetch or prerender of a page that depends on who asks.
    pub const NOT_IN_ADVANCE: &str = "not_in_advance";

    /// No keys are loaded yet.
    pub const KEYS_UNAVAILABLE: &str = "keys_unavailable";

    /// A change that another site requested.
    pub const CROSS_SITE_REQUEST: &str = "cross_site_request";

    /// More cookies than servers accept.
    pub const TOO_MANY_COOKIES: &str = "too_many_cookies";
}

#[cfg(test)]
mod tests {
    use super::cookie::{ACCESS, HINT, SECURE_PREFIX};

    #[test]
    fn the_default_names_are_those_of_the_protocol() {
        assert_eq!(crate::DEFAULT_ACCESS_COOKIE, format!("{SECURE_PREFIX}{ACCESS}"));
        assert_eq!(crate::DEFAULT_HINT_COOKIE, format!("{SECURE_PREFIX}{HINT}"));
    }
}
