//! The reader's preferred languages, from `Accept-Language` (RFC 9110, 12.5.4).

use actix_web::HttpRequest;
use actix_web::http::header::ACCEPT_LANGUAGE;
pub use shared_claims::internal::i18n::PreferredLanguages;

/// The languages of the browser's header. An unreadable header counts as empty.
pub fn preferred_languages(request: &HttpRequest) -> PreferredLanguages {
    let headers = request.headers().get_all(ACCEPT_LANGUAGE);
    PreferredLanguages::parse(headers.filter_map(|header| header.to_str().ok()))
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;
    use crate::i18n::Translations;

    #[test]
    fn a_page_is_in_the_language_that_is_asked_for() {
        let texts = Translations::embedded();
        for (headers, expected) in [
            (&[][..], "en"),
            (&["de"], "de"),
            (&["fr", "de"], "de"),
            (&["en;q=0.5", "de"], "de"),
            (&["en;q=0, *"], "de"),
            (&["de-DE-u-co-phonebk"], "de"),
            (&["*"], "en"),
            (&["fr"], "en"),
            (&["é, de"], "en"),
        ] {
            let mut request = TestRequest::default();
            for header in headers {
                request = request.append_header(("accept-language", *header));
            }
            let preferred = preferred_languages(&request.to_http_request());
            assert_eq!(texts.tag(texts.choose(&preferred)), expected, "{headers:?}");
        }
    }
}
