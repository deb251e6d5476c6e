//! Prefetch and prerender: requests that a browser makes before anybody has clicked.
//!
//! A prefetched page may be shown minutes later, when nobody or somebody else is logged in, and
//! nobody has asked for the login to be renewed. So a page that depends on who asks is not served.
//! The click itself asks again.

use super::request::RequestInfo;

impl RequestInfo<'_> {
    /// Whether a browser says that this is a prefetch or prerender.
    ///
    /// The Fetch standard defines `Sec-Purpose`. `Purpose`, `X-Purpose` and `X-Moz` came before it,
    /// in Chromium, Safari and Firefox.
    pub fn is_prefetch(&self) -> bool {
        self.says("sec-purpose", &["prefetch", "prerender", "preview"])
            || self.says("purpose", &["prefetch", "prerender", "preview"])
            || self.says("x-purpose", &["prefetch", "prerender", "preview", "instant"])
            || self.says("x-moz", &["prefetch"])
    }

    /// Whether one of these words is among a header's list items and parameters, as in
    /// `prefetch;prerender`.
    fn says(&self, name: &'static str, words: &[&str]) -> bool {
        let values = self.all_readable(name);
        let said = values.iter().flat_map(|value| value.split([';', ',', ' ', '"']));
        said.map(str::trim).any(|said| words.iter().any(|word| said.eq_ignore_ascii_case(word)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_way_of_saying_that_nobody_has_clicked_is_understood() {
        let read = |name: &'static str, value: &'static str| {
            let headers = vec![(name, value)];
            RequestInfo::new("GET", "/", &headers).is_prefetch()
        };
        for (name, value) in [
            ("Sec-Purpose", "prefetch"),
            ("Sec-Purpose", "prefetch;prerender"),
            ("Sec-Purpose", "prefetch; anonymous-client-ip"),
            ("Sec-Purpose", "prefetch;prerender;preview"),
            ("Purpose", "prefetch"),
            ("Purpose", "Prefetch"),
            ("X-Purpose", "preview"),
            ("X-Moz", "prefetch"),
        ] {
            assert!(read(name, value), "{name}: {value}");
        }
        for (name, value) in [
            ("Sec-Purpose", ""),
            ("Purpose", "navigation"),
            ("X-Moz", "livebookmarks"),
            ("Accept", "prefetch"),
        ] {
            assert!(!read(name, value), "{name}: {value}");
        }
    }
}
