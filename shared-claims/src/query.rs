//! Queries of addresses, of which all that is not changed stays as it was written.

use url::{Url, form_urlencoded};

/// Takes the parameters of these names out of a query, and whether there were any.
pub fn remove_parameters(url: &mut Url, names: &[&str]) -> bool {
    let Some(query) = url.query() else { return false };
    let is_named = |part: &str| {
        form_urlencoded::parse(part.as_bytes()).any(|(name, _)| names.iter().any(|other| *other == name))
    };
    if !query.split('&').any(is_named) {
        return false;
    }
    let kept = query.split('&').filter(|part| !is_named(part)).collect::<Vec<_>>().join("&");
    url.set_query(Some(kept.as_str()).filter(|kept| !kept.is_empty()));
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_taken_out_stays_as_it_was_written() {
        for (before, after, were_there) in [
            ("https://a.example/", "https://a.example/", false),
            ("https://a.example/?", "https://a.example/?", false),
            ("https://a.example/?b=%7e+1&&c", "https://a.example/?b=%7e+1&&c", false),
            ("https://a.example/?b=%7e&x=1&y&c&x=2#x=3", "https://a.example/?b=%7e&c#x=3", true),
            ("https://a.example/?x=1", "https://a.example/", true),
            ("https://a.example/?%78=1&xx=2", "https://a.example/?xx=2", true),
        ] {
            let mut url = Url::parse(before).unwrap();
            assert_eq!(remove_parameters(&mut url, &["x", "y"]), were_there, "{before}");
            assert_eq!(url.as_str(), after);
        }
    }
}
