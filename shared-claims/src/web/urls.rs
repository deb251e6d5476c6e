//! URLs: all are built from the settings, because the `Host` of a request is not trusted.

use std::borrow::Cow;

use url::{Url, form_urlencoded};

use super::query_encoding;
use super::request::RequestInfo;
use crate::protocol;
use crate::query::remove_parameters;
use crate::settings::with_path;
use crate::{Settings, SharedLogin};

/// The round of deleting conflicting cookies that a request continues: the number of lines that
/// were deleted so far. The button itself starts with `1`; the following rounds are `1-` and the
/// number.
pub(super) fn clearing_round(request: &RequestInfo<'_>) -> usize {
    let value = parameter(request, protocol::parameter::CLEAR).unwrap_or_default();
    value.strip_prefix("1-").and_then(|lines| lines.parse().ok()).unwrap_or(0)
}

/// The same page, for the next round.
pub(super) fn clearing(mut page: Url, round: usize) -> Url {
    page.query_pairs_mut().append_pair(protocol::parameter::CLEAR, &format!("1-{round}"));
    page
}

/// The action of this request's form while conflicting cookies are deleted. The button starts the
/// first round.
pub(super) fn clearing_form(
    request: &RequestInfo<'_>,
    settings: &Settings,
    form_owner: Option<&str>,
    round: usize,
) -> Url {
    let mut form = form_action(request, settings, form_owner);
    if round > 0 {
        return clearing(form, round);
    }
    form.query_pairs_mut().append_pair(protocol::parameter::CLEAR, "1");
    form
}

/// The login page, which returns to `next`.
pub(crate) fn login(settings: &Settings, next: Option<&Url>) -> Url {
    with_parameters(settings, &[], next.map(Url::as_str))
}

/// The login page for a person whose authentication may be at most this many seconds old.
pub(super) fn fresh_login(settings: &Settings, max_age: Option<u32>, next: &str) -> Url {
    let max_age = max_age.map(|seconds| (protocol::parameter::MAX_AGE, seconds.to_string()));
    with_parameters(settings, max_age.as_slice(), Some(next))
}

/// The login page that never shows a form, and returns to `next`.
pub(super) fn silent(settings: &Settings, next: &Url) -> Url {
    with_parameters(settings, &[(protocol::parameter::SILENT, "1".to_owned())], Some(next.as_str()))
}

/// The login page that returns to the requested page. A browser that came with the loop marker and
/// is still not logged in is reported as refused. Otherwise auth-service could not tell a loop from
/// somebody who presses a link again and again.
pub(super) fn login_and_return(request: &RequestInfo<'_>, settings: &Settings, max_age: Option<u32>) -> Url {
    let mut url = fresh_login(settings, max_age, requested_url(request, settings).as_str());
    if request.has_loop_marker() {
        url.query_pairs_mut().append_pair(protocol::parameter::REFUSED, "1");
    }
    url
}

fn with_parameters(settings: &Settings, parameters: &[(&str, String)], next: Option<&str>) -> Url {
    let mut url = with_path(&settings.auth, protocol::path::LOGIN);
    if !parameters.is_empty() {
        url.query_pairs_mut().extend_pairs(parameters);
    }
    match next {
        Some(next) => with_next(url, next),
        None => url,
    }
}

/// The longest `Location`. nginx accepts 4 KB for a response's head by default, and answers `502`
/// to a longer one. This leaves room for the rest of the head.
const MAX_LOCATION_BYTES: usize = 3072;

/// Appends `next`, in form encoding; a long one in the shortest encoding.
fn with_next(url: Url, next: &str) -> Url {
    let mut usual = url.clone();
    usual.query_pairs_mut().append_pair(protocol::parameter::NEXT, next);
    if usual.as_str().len() <= MAX_LOCATION_BYTES {
        return usual;
    }
    let mut short = url;
    let before = short.query().map(|query| format!("{query}&")).unwrap_or_default();
    short.set_query(Some(&format!("{before}next={}", query_encoding::encode_next(next))));
    short
}

/// The page that renews the login in a frame of the domain's pages. With `max_age` it says whether
/// the person has reauthenticated, and offers that in a tab.
pub(super) fn frame(settings: &Settings, max_age: Option<u32>) -> Url {
    let mut url = with_path(&settings.auth, protocol::path::LOGIN_FRAME);
    if let Some(seconds) = max_age {
        url.query_pairs_mut().append_pair(protocol::parameter::MAX_AGE, &seconds.to_string());
    }
    url
}

/// The API by which scripts renew the login.
pub(crate) fn renew(settings: &Settings) -> Url {
    with_path(&settings.auth, protocol::path::RENEW)
}

/// The page of auth-service that deletes other sites' cookies and returns here. Its path begins
/// with this page's own path, because the browser sends a cookie with a path only there.
pub(super) fn cleanup(request: &RequestInfo<'_>, settings: &Settings) -> Url {
    let here = requested_url(request, settings);
    let folders = here.path().trim_end_matches('/');
    let mut url = with_path(&settings.auth, &format!("{folders}/{}", protocol::path::COOKIES));
    url.query_pairs_mut().append_pair(protocol::parameter::NEXT, here.as_str());
    url
}

/// A page of this service.
pub(crate) fn page(settings: &Settings, path_and_query: &str) -> Url {
    let (path, query) = match path_and_query.split_once('?') {
        Some((path, query)) => (path, Some(query)),
        None => (path_and_query, None),
    };
    let mut url = with_path(&settings.service, path);
    url.set_query(query);
    url
}

/// The requested URL without our own parameters. All others stay as they were written.
pub(super) fn requested_url(request: &RequestInfo<'_>, settings: &Settings) -> Url {
    // The login refuses a backslash, because some parsers turn it into a slash. In a query it may
    // be escaped.
    let target = request.target().replace('\\', "%5C");
    let mut url = page(settings, &target);
    remove_parameters(&mut url, &RESERVED_PARAMETERS);
    url
}

/// The action of a form: the same page, with the mark of its owner.
pub(super) fn form_action(request: &RequestInfo<'_>, settings: &Settings, form_owner: Option<&str>) -> Url {
    let mut url = requested_url(request, settings);
    if let Some(form_owner) = form_owner {
        url.query_pairs_mut().append_pair(protocol::parameter::FORM_OWNER, form_owner);
    }
    url
}

/// The account page, which leads back to this service.
pub(super) fn account(settings: &Settings) -> Url {
    with_next(with_path(&settings.auth, "/"), page(settings, "/").as_str())
}

/// The logout page, for a person who wants to log in as another one.
pub(super) fn logout(settings: &Settings) -> Url {
    with_path(&settings.auth, protocol::path::LOGOUT)
}

/// The query parameters that belong to this crate, and not to the service.
const RESERVED_PARAMETERS: [&str; 4] = [
    protocol::parameter::CLEAR,
    protocol::parameter::LOOP,
    protocol::parameter::LOOP_PROOF,
    protocol::parameter::FORM_OWNER,
];

/// The first value of a parameter of the query.
pub(super) fn parameter<'r>(request: &RequestInfo<'r>, name: &str) -> Option<Cow<'r, str>> {
    let (_, query) = request.target().split_once('?')?;
    form_urlencoded::parse(query.as_bytes()).find(|(key, _)| key == name).map(|(_, value)| value)
}

impl SharedLogin {
    /// The login page, which returns to `next` (an absolute URL of this service).
    pub fn login_url(&self, next: Option<&Url>) -> Url {
        login(self.settings(), next)
    }

    /// The API by which scripts renew the login: `POST` with credentials.
    pub fn renew_url(&self) -> Url {
        renew(self.settings())
    }

    /// The requested page as an absolute URL.
    ///
    /// `path_and_query` is the request target. The host is that of `SERVICE_URL`, whatever the
    /// request's headers say.
    pub fn page_url(&self, path_and_query: &str) -> Url {
        page(self.settings(), path_and_query)
    }
}

impl RequestInfo<'_> {
    /// Whether this URL is short enough for a redirect to the login.
    pub(super) fn fits_in_redirect(&self, settings: &Settings) -> bool {
        login(settings, Some(&requested_url(self, settings))).as_str().len() <= MAX_LOCATION_BYTES
    }

    /// Whether the URL has the loop marker: it comes from at least three redirects to the login.
    pub(super) fn has_loop_marker(&self) -> bool {
        parameter(self, protocol::parameter::LOOP).is_some()
    }
}

/// The page to return to for a request that is no page in a tab: the page that sent it.
pub(super) fn referring_page(request: &RequestInfo<'_>, settings: &Settings) -> Url {
    request.own_referer(settings).unwrap_or_else(|| page(settings, "/"))
}
