//! `Set-Cookie` lines: the cookies that a service sets and deletes.

use super::request::RequestInfo;
use crate::Settings;

/// How long a silent login is not repeated, in seconds: a wrong hint costs one redirect in this
/// time.
pub(super) const ASKED_SECONDS: i64 = 300;

/// A flag: a cookie for this host alone, whose presence is all that it says.
pub(super) fn remember(settings: &Settings, name: &str, seconds: i64) -> String {
    own(settings, name, "1", seconds)
}

pub(super) fn own(settings: &Settings, name: &str, value: &str, seconds: i64) -> String {
    let name = settings.own_cookie(name);
    format!("{name}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{}", secure(settings))
}

/// The most bytes of `Set-Cookie` in one response. Most browsers and proxies accept a head of 4 KB,
/// and this leaves room for the rest of it, a long `Location` included.
const MAX_SET_COOKIE_BYTES: usize = 2048;

/// Deletes the access cookie on every scope that reaches this request, the widest first: for this
/// host alone, for the domain and each name in between, for `/` and each folder of the path.
/// Whoever planted a cookie chose its scope.
pub(super) fn delete_access(request: &RequestInfo<'_>, settings: &Settings) -> Vec<String> {
    fitting(deletions(request, settings, "").into_iter()).0
}

/// As [`delete_access`], with partitioned cookies too (CHIPS), starting at the line for which an
/// earlier response had no room. Also returns where the next response continues, if there is more.
pub(super) fn delete_access_from(
    request: &RequestInfo<'_>,
    settings: &Settings,
    from: usize,
) -> (Vec<String>, Option<usize>) {
    let all = ["", "; Partitioned"].map(|kind| deletions(request, settings, kind)).into_iter().flatten();
    let (lines, is_all) = fitting(all.skip(from));
    let next = (!is_all).then_some(from + lines.len());
    (lines, next)
}

fn deletions(request: &RequestInfo<'_>, settings: &Settings, kind: &str) -> Vec<String> {
    let name = settings.access_cookie();
    let end = format!("Max-Age=0; HttpOnly; SameSite=Lax{}{kind}", secure(settings));
    let domains = domains(settings);
    let scopes = paths(request).into_iter().flat_map(|path| domains.iter().map(move |domain| (domain, path)));
    let lines = scopes.map(|(domain, path)| format!("{name}={domain}; Path={path}; {end}"));
    // A line that is too long for any response is left out.
    lines.filter(|line| bytes_of(line) <= MAX_SET_COOKIE_BYTES).collect()
}

/// As many lines as one response can carry, and whether those are all.
fn fitting(lines: impl Iterator<Item = String>) -> (Vec<String>, bool) {
    let mut lines = lines.peekable();
    let mut bytes = 0;
    let mut fits = |line: &String| {
        bytes += bytes_of(line);
        bytes <= MAX_SET_COOKIE_BYTES
    };
    let fitting = std::iter::from_fn(|| lines.next_if(&mut fits)).collect();
    (fitting, lines.peek().is_none())
}

fn bytes_of(line: &str) -> usize {
    "set-cookie: \r\n".len() + line.len()
}

/// `None` for this host alone, then from the shared domain down to this host.
fn domains(settings: &Settings) -> Vec<String> {
    let mut domains = vec![String::new()];
    let host = settings.service.host_str().unwrap_or_default();
    let starts = std::iter::once(0).chain(host.match_indices('.').map(|(dot, _)| dot + 1));
    let shared: Vec<_> = starts
        .map(|start| &host[start..])
        .filter(|name| name.len() >= settings.cookie_domain().len())
        .map(|name| format!("; Domain={name}"))
        .collect();
    domains.extend(shared.into_iter().rev());
    domains
}

/// `/`, then each folder without and with its last slash, which are two scopes to a browser (RFC
/// 6265bis, section 5.1.4).
fn paths<'r>(request: &RequestInfo<'r>) -> Vec<&'r str> {
    let path = request.target().split('?').next().unwrap_or_default();
    let mut paths = vec!["/"];
    let can_be_named = |path: &&str| path.bytes().all(|b| b.is_ascii_graphic() && b != b';');
    for (slash, _) in path.match_indices('/').skip(1) {
        paths.extend([&path[..slash], &path[..=slash]].into_iter().filter(can_be_named));
    }
    if path.starts_with('/') && !path.ends_with('/') {
        paths.extend(Some(path).filter(can_be_named));
    }
    paths
}

fn secure(settings: &Settings) -> &'static str {
    if settings.has_secure_cookies() { "; Secure" } else { "" }
}
