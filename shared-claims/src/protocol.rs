//! Names of the protocol between auth-service and services: what either side writes and the other reads.
//!
//! They are promises: none is ever changed, or used again for something else.

/// Parameters of a URL's query.
pub mod parameter {
    /// Of `/login`, `/logout` and others of auth-service: where to go afterwards.
    pub const NEXT: &str = "next";

    /// Of `/login`: `1` shows no form, whoever it is.
    pub const SILENT: &str = "silent";

    /// Of `/login`: the most seconds since the person proved who they are.
    pub const MAX_AGE: &str = "max_age";

    /// Of `/login`: `1` says that the browser came with [`LOOP`] and is nobody all the same.
    pub const REFUSED: &str = "refused";

    /// Of `/login`: what the service knows this trip by. It comes back as [`LOOP_PROOF`], beside [`LOOP`].
    pub const TRIP: &str = "trip";

    /// Of a service's page: how often in a row auth-service has sent the browser here, from three on.
    pub const LOOP: &str = "sso_loop";

    /// Of a service's page, beside [`LOOP`]: the service's own [`TRIP`]. Anybody can write the former into a link.
    pub const LOOP_PROOF: &str = "sso_trip";

    /// Of a service's page: clears conflicting cookies.
    pub const CLEAR: &str = "sso_clear";

    /// Of a form's address: the mark of the person whom it was made for.
    pub const FORM_OWNER: &str = "sso_for";
}

/// Names of cookies, without the prefix that they have wherever cookies are `Secure`.
pub mod cookie {
    /// The prefix of cookies that are set for the whole domain.
    pub const SECURE_PREFIX: &str = "__Secure-";

    /// The prefix of cookies of one host alone.
    pub const HOST_PREFIX: &str = "__Host-";

    /// The access token, of the whole domain. `ACCESS_COOKIE_NAME` says otherwise.
    pub const ACCESS: &str = "sso_access";

    /// The hint at a session, of the whole domain. `HINT_COOKIE_NAME` says otherwise.
    pub const HINT: &str = "sso_hint";

    /// Of a service: it has sent the browser to renew a token that still held.
    pub const REFRESHED_AHEAD: &str = "sso_ahead";

    /// Of a service: it has asked auth-service who is there.
    pub const ASKED: &str = "sso_asked";

    /// Of a service: the secret of the trips on which it has sent the browser.
    pub const TRIP: &str = "sso_sent";

    /// Of a service: the mark of the person whom it answered last.
    pub const FORM_OWNER: &str = "sso_for";
}

/// Paths of auth-service.
pub mod path {
    /// The login.
    pub const LOGIN: &str = "/login";

    /// The page that says that the tab can be closed.
    pub const LOGIN_DONE: &str = "/login/done";

    /// The page that renews the login in a frame of a service's page.
    pub const LOGIN_FRAME: &str = "/login/frame";

    /// The logout.
    pub const LOGOUT: &str = "/logout";

    /// Where scripts renew the login.
    pub const RENEW: &str = "/api/session/renew";

    /// The public keys.
    pub const JWKS: &str = "/.well-known/jwks.json";

    /// The last part of the path of the page that deletes cookies of others, below any path.
    pub const COOKIES: &str = "cookies";
}

/// Headers of requests.
pub mod header {
    /// What [`parameter::FORM_OWNER`](super::parameter::FORM_OWNER) is in an address, sent by a script. In lower case.
    pub const FORM_OWNER: &str = "sso-for";
}

/// Values of `code` in problems (RFC 9457) that have the same meaning wherever they come from.
pub mod code {
    /// Nobody is logged in.
    pub const LOGIN_REQUIRED: &str = "login_required";

    /// Somebody is, and must prove again who they are.
    pub const FRESH_LOGIN_REQUIRED: &str = "fresh_login_required";

    /// Logged in, without the right.
    pub const FORBIDDEN: &str = "forbidden";

    /// Login cookies of different people.
    pub const COOKIE_CONFLICT: &str = "cookie_conflict";

    /// The login was renewed several times, and does not hold.
    pub const LOGIN_LOOP: &str = "login_loop";

    /// The form was made for another account.
    pub const ANOTHER_ACCOUNT: &str = "another_account";

    /// A prefetch or prerender of what depends on who asks.
    pub const NOT_IN_ADVANCE: &str = "not_in_advance";

    /// No keys were loaded yet.
    pub const KEYS_UNAVAILABLE: &str = "keys_unavailable";

    /// A change that another site asked for.
    pub const CROSS_SITE_REQUEST: &str = "cross_site_request";

    /// More cookies than servers take.
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
