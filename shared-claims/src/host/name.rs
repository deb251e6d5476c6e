//! Checks of host names.

/// Whether a name has only the characters of host names (RFC 1123, section 2.1) and the underscore,
/// which some hosts have too. Browsers accept others, but no real host uses them.
pub fn is_host_name(name: &str) -> bool {
    name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._".contains(&byte))
}

/// `localhost` and every name below it (RFC 6761, section 6.3).
pub fn is_localhost(name: &str) -> bool {
    let name = name.strip_suffix('.').unwrap_or(name).to_ascii_lowercase();
    name == "localhost" || name.ends_with(".localhost")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_below_localhost_is_this_machine() {
        for name in ["localhost", "LOCALHOST", "localhost.", "auth.sso.localhost", "Auth.LocalHost."] {
            assert!(is_localhost(name), "{name}");
        }
        for name in ["", "localhost..", "notlocalhost", "localhost.example.org", "127.0.0.1"] {
            assert!(!is_localhost(name), "{name}");
        }
    }

    #[test]
    fn a_host_name_has_letters_digits_hyphens_and_underscores() {
        for name in ["example.org", "xn--bcher-kva.example", "a_b.example.org", "1.example.org"] {
            assert!(is_host_name(name), "{name}");
        }
        for name in ["*.example.org", "exa!mple.org", "\"example.org\"", "bücher.example", "a b"] {
            assert!(!is_host_name(name), "{name}");
        }
    }
}
