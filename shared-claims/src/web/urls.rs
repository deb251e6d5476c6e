//! URLs, all built from the settings: the `Host` of a request is never believed.

use std::borrow::Cow;

use url::{Url, form_urlencoded};

use super::query_encoding;
use super::request::RequestInfo;
use crate::protocol;
use crate::settings::with_path;
use crate::{Settings, SharedLogin};

/// Where a sweep of conflicting cookies goes on: the button's own `1` is its beginning. Lines
/// deleted by now come after a hyphen.
pub(super) fn clearing_round(request: &RequestInfo<'_>) -> usize {
    let value = parameter(request, protocol::parameter::CLEAR).unwrap_or_default();
    value.strip_prefix("1-").and_then(|lines| lines.parse().ok()).unwrap_or(0)
}

/// The same page in the next round of the sweep.
pub(super) fn clearing(mut page: Url, round: usize) -> Url {
    page.query_pairs_mut().append_pair(protocol::parameter::CLEAR, &format!("1-{round}"));
    page
}

/// Where the form of this request goes while conflicting cookies are cleared. The first round is
/// the button's.
pub(super) fn clearing_form(
    request: &RequestInfo<'_>,
    settings: &Settings,
    form_owner: Option<&str>,
    round: usize,
) -> Url {
    let mut form = form_of(request, settings, form_owner);
    if round > 0 {
        return clearing(form, round);
    }
    form.query_pairs_mut().append_pair(protocol::parameter::CLEAR, "1");
    form
}

/// Where to log in, coming back to `next` afterwards.
pub(crate) fn login(settings: &Settings, next: Option<&Url>) -> Url {
    with_parameters(settings, &[], next.map(Url::as_str))
}

/// The same for who must have proved who they are in so many seconds, or prove it again.
pub(super) fn fresh_login(settings: &Settings, max_age: Option<u32>, next: &str) -> Url {
    let max_age = max_age.map(|seconds| (protocol::parameter::MAX_AGE, seconds.to_string()));
    with_parameters(settings, max_age.as_slice(), Some(next))
}

/// By the login and back, without ever seeing it.
pub(super) fn silent(settings: &Settings, next: &Url) -> Url {
    with_parameters(settings, &[(protocol::parameter::SILENT, "1".to_owned())], Some(next.as_str()))
}

/// To the login, and back to the page that was asked for. A browser that came with the mark of a
/// loop and is nobody all the same is said to be refused: without that, auth-service cannot tell a
/// circle from somebody who presses a link again and again.
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

/// nginx takes 4 KB for the head of an answer unless it is told otherwise, and answers `502` for a
/// longer one. This is what the rest of such a head leaves for `Location`.
const LONGEST_LOCATION: usize = 3072;

/// The address with a `next`, spelt as forms are; and as short as it can be where that is long.
fn with_next(url: Url, next: &str) -> Url {
    let mut usual = url.clone();
    usual.query_pairs_mut().append_pair(protocol::parameter::NEXT, next);
    if usual.as_str().len() <= LONGEST_LOCATION {
        return usual;
    }
    let mut short = url;
    let before = short.query().map(|query| format!("{query}&")).unwrap_or_default();
    short.set_query(Some(&format!("{before}next={}", query_encoding::encode_next(next))));
    short
}

/// A page that other pages of the domain may frame: loading it renews the login.
pub(super) fn frame(settings: &Settings) -> Url {
    with_path(&settings.auth, protocol::path::LOGIN_FRAME)
}

/// Where scripts renew the login.
pub(crate) fn renew(settings: &Settings) -> Url {
    with_path(&settings.auth, protocol::path::RENEW)
}

/// Where auth-service deletes cookies of others, and back to `asked`. Below this page's own path: a
/// cookie that was set for a path comes to auth-service there alone.
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

/// The address asked for, without the parameters that are ours; all others stay as they were
/// written.
pub(super) fn requested_url(request: &RequestInfo<'_>, settings: &Settings) -> Url {
    // The login takes no backslash, which some readers of addresses turn into a slash; in a query
    // it is one of the letters that may be written so.
    let target = request.target().replace('\\', "%5C");
    let mut url = page(settings, &target);
    let Some(query) = url.query() else { return url };
    let kept: Vec<&str> = query.split('&').filter(|part| !is_ours(part)).collect();
    if kept.len() < query.split('&').count() {
        let kept = kept.join("&");
        url.set_query(Some(kept.as_str()).filter(|kept| !kept.is_empty()));
    }
    url
}

/// Where a form goes that was made by somebody: the same page, with their mark.
pub(super) fn form_of(request: &RequestInfo<'_>, settings: &Settings, form_owner: Option<&str>) -> Url {
    let mut url = requested_url(request, settings);
    if let Some(form_owner) = form_owner {
        url.query_pairs_mut().append_pair(protocol::parameter::FORM_OWNER, form_owner);
    }
    url
}

/// Where somebody logs out who wants to log in as another; the login follows.
pub(super) fn logout(settings: &Settings) -> Url {
    with_path(&settings.auth, protocol::path::LOGOUT)
}

/// The parameters of a page that are this crate's, and not the service's.
const OURS: [&str; 4] = [
    protocol::parameter::CLEAR,
    protocol::parameter::LOOP,
    protocol::parameter::LOOP_PROOF,
    protocol::parameter::FORM_OWNER,
];

fn is_ours(part: &str) -> bool {
    form_urlencoded::parse(part.as_bytes()).any(|(name, _)| OURS.contains(&&*name))
}

/// The first value of a parameter of the query.
pub(super) fn parameter<'r>(request: &RequestInfo<'r>, name: &str) -> Option<Cow<'r, str>> {
    let (_, query) = request.target().split_once('?')?;
    form_urlencoded::parse(query.as_bytes()).find(|(key, _)| key == name).map(|(_, value)| value)
}

impl SharedLogin {
    /// Where to log in, coming back to `next` (an absolute URL of this service) afterwards.
    pub fn login_url(&self, next: Option<&Url>) -> Url {
        login(self.settings(), next)
    }

    /// Where scripts renew the login: `POST` with credentials.
    pub fn renew_url(&self) -> Url {
        renew(self.settings())
    }

    /// The page of this service that a request asked for, as an absolute URL. `path_and_query` is
    /// the request target; the host is the one of `SERVICE_URL`, whatever the request's headers
    /// say.
    pub fn page_url(&self, path_and_query: &str) -> Url {
        page(self.settings(), path_and_query)
    }
}

impl RequestInfo<'_> {
    /// Whether a redirect to the login can take this address along.
    pub(super) fn fits_in_redirect(&self, settings: &Settings) -> bool {
        login(settings, Some(&requested_url(self, settings))).as_str().len() <= LONGEST_LOCATION
    }

    /// Whether this is the way back from a round trip that did not help, for the third time or
    /// more.
    pub(super) fn has_loop_marker(&self) -> bool {
        parameter(self, protocol::parameter::LOOP).is_some()
    }
}

/// Where a person comes back to who did not ask for this address by opening it in a tab: the page
/// that they were on.
pub(super) fn referring_page(request: &RequestInfo<'_>, settings: &Settings) -> Url {
    request.own_referer(settings).unwrap_or_else(|| page(settings, "/"))
}
