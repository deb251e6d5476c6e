//! Cookie scopes: the domains and paths at which a cookie of this request may be set. A browser
//! deletes a cookie only by the domain and path that it was set with.

use actix_web::http::header::HeaderValue;

/// A domain and a path, as `Set-Cookie` names them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Scope {
    /// `None` for this host alone.
    domain: Option<String>,
    path: String,
    /// Whether the cookie is in the separate store that browsers keep for each embedding site
    /// (CHIPS).
    partitioned: bool,
}

/// The maximum number of path segments that are tried.
const MAX_FOLDERS: usize = 8;

/// Every scope whose cookies reach `path` on `host`, the likely ones first: the shared domain with
/// all its paths, then the other domains, then each folder of the path.
pub(super) fn scopes(host: &str, cookie_domain: &str, path: &str) -> Vec<Scope> {
    let mut domains = vec![Some(cookie_domain.to_owned())];
    let registrable = psl::domain_str(host).unwrap_or(cookie_domain);
    let parents = std::iter::successors(Some(host), |name| name.split_once('.').map(|(_, rest)| rest));
    let reachable = parents.take_while(|name| name.len() >= registrable.len());
    domains.extend(reachable.filter(|name| *name != cookie_domain).map(|name| Some(name.to_owned())));
    domains.push(None);
    let mut scopes = Vec::new();
    for path in paths(path) {
        for domain in &domains {
            for partitioned in [false, true] {
                scopes.push(Scope { domain: domain.clone(), path: path.to_owned(), partitioned });
            }
        }
    }
    scopes
}

/// `/`, then each folder without and with its trailing slash. A browser treats the two as different
/// scopes (RFC 6265bis, 5.1.4).
fn paths(path: &str) -> Vec<&str> {
    let can_be_named = |path: &&str| path.bytes().all(|byte| byte.is_ascii_graphic() && byte != b';');
    let folders = path.match_indices('/').skip(1).map(|(slash, _)| slash).take(MAX_FOLDERS);
    let mut paths = vec!["/"];
    paths.extend(folders.flat_map(|slash| [&path[..slash], &path[..=slash]]).filter(can_be_named));
    paths.extend(Some(path).filter(|path| *path != "/").filter(can_be_named));
    paths
}

impl Scope {
    /// The `Set-Cookie` value that deletes `name` in this scope; `None` if no browser accepts a
    /// cookie of that name.
    pub fn delete(&self, name: &[u8], secure: bool) -> Option<HeaderValue> {
        let starts =
            |prefix: &[u8]| name.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix));
        let is_of_one_host = starts(b"__Host-");
        if is_of_one_host && (self.domain.is_some() || self.path != "/") || self.partitioned && !secure {
            return None;
        }
        let mut line = name.to_vec();
        // A cookie needs a name or a value.
        line.extend_from_slice(if name.is_empty() { b"=x" } else { b"=" });
        if let Some(domain) = &self.domain {
            line.extend_from_slice(b"; Domain=");
            line.extend_from_slice(domain.as_bytes());
        }
        line.extend_from_slice(b"; Path=");
        line.extend_from_slice(self.path.as_bytes());
        // Some name prefixes require both flags, and with them a browser still deletes a cookie
        // that was set without.
        line.extend_from_slice(b"; Max-Age=0; HttpOnly");
        if secure || starts(b"__") {
            line.extend_from_slice(b"; Secure");
        }
        if self.partitioned {
            line.extend_from_slice(b"; Partitioned");
        }
        HeaderValue::from_bytes(&line).ok()
    }

    /// Whether our own domain cookies are set in this scope.
    pub fn is_ours(&self, cookie_domain: &str) -> bool {
        self.domain.as_deref() == Some(cookie_domain) && self.path == "/" && !self.partitioned
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(host: &str, domain: &str, path: &str) -> Vec<String> {
        let lines = scopes(host, domain, path).into_iter().filter_map(|scope| scope.delete(b"a", true));
        lines.map(|line| line.to_str().unwrap().replace("; Max-Age=0; HttpOnly; Secure", "")).collect()
    }

    #[test]
    fn the_shared_domain_comes_first_and_every_scope_is_there() {
        let lines = said("auth.sso.example.org", "sso.example.org", "/login/cookies");
        assert_eq!(lines[0], "a=; Domain=sso.example.org; Path=/");
        assert_eq!(lines[1], "a=; Domain=sso.example.org; Path=/; Partitioned");
        for domain in
            ["; Domain=sso.example.org", "; Domain=example.org", "; Domain=auth.sso.example.org", ""]
        {
            for path in ["/", "/login", "/login/", "/login/cookies"] {
                let line = format!("a={domain}; Path={path}");
                assert!(lines.contains(&line), "{line}");
            }
        }
        assert_eq!(lines.len(), 4 * 4 * 2);
        assert!(!lines.iter().any(|line| line.contains("Domain=org")));
    }

    #[test]
    fn names_are_deleted_as_they_came_and_prefixes_are_heeded() {
        let all = scopes("auth.example.org", "example.org", "/cookies");
        let line = |name: &[u8], secure| {
            all[0].delete(name, secure).map(|line| String::from_utf8_lossy(line.as_bytes()).into_owned())
        };
        assert_eq!(line(b"", false).unwrap(), "=x; Domain=example.org; Path=/; Max-Age=0; HttpOnly");
        assert!(line(b"__Secure-x", false).unwrap().ends_with("; Secure"));
        assert!(all[0].delete(b"b\xe4d", true).unwrap().as_bytes().starts_with(b"b\xe4d=;"));
        assert_eq!(line(b"__Host-x", true), None);
        let host_only = all.iter().find(|scope| scope.domain.is_none()).unwrap();
        assert!(host_only.delete(b"__Host-x", true).is_some());
    }

    #[test]
    fn a_path_that_no_line_can_name_is_left_out() {
        assert_eq!(paths("/cookies"), ["/", "/cookies"]);
        assert_eq!(paths("/a;b/cookies"), ["/"]);
        assert_eq!(paths(&format!("{}cookies", "/a".repeat(20) + "/")).len(), 1 + 2 * MAX_FOLDERS + 1);
    }
}
