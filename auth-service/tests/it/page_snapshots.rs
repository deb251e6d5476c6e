//! Every page in each of its states and in both languages, as a browser is sent it: so that a change is seen.
//!
//! `INSTA_UPDATE=always cargo test page_snapshots` takes what is drawn now for what should be; read the diff then.

use actix_web::test::TestRequest;
use auth_service::app::Frontend;
use auth_service::config::{AuthUrl, CookieDomain, Site};
use auth_service::i18n::preferred_languages;
use auth_service::pages::{Layout, Pages};
use auth_service::template_check;
use serde_json::Value;

use crate::support::assert_unchanged;

fn draw(pages: &Pages, language: &str, template: &str, page: &Value) -> String {
    let request = TestRequest::default().insert_header(("accept-language", language)).to_http_request();
    let shell = Layout { preferred: preferred_languages(&request), ..Layout::default() };
    without_hashes(&pages.draw_with(&shell, template, page).unwrap().html)
}

/// All of it where the page has no frame.
fn main_of(page: &str) -> &str {
    let end = page.find("</main>").map(|end| end + "</main>".len());
    page.find("<main").zip(end).map_or(page, |(start, end)| &page[start..end])
}

/// The addresses of static files hold what is in them, and that is no part of the page.
fn without_hashes(page: &str) -> String {
    let mut pieces = page.split("?v=");
    let first = pieces.next().unwrap().to_owned();
    pieces.fold(first, |page, piece| {
        page + "?v=[hash]" + piece.trim_start_matches(|c: char| c.is_ascii_hexdigit())
    })
}

#[test]
fn every_page_looks_as_it_did() {
    let domain = CookieDomain::parse("example.org").unwrap();
    let auth_url = AuthUrl::parse("https://auth.example.org", &domain).unwrap();
    let pages = Frontend::load(&Site::default(), &auth_url).unwrap().pages;
    for page in template_check::sample_pages() {
        for language in ["en", "de"] {
            let draw = |state| draw(&pages, language, page.template, state);
            let drawn: Vec<String> = page.samples().iter().map(draw).collect();
            // The frame of the first speaks for all.
            let rest = drawn[1..].iter().map(|page| main_of(page));
            let all: Vec<&str> = std::iter::once(drawn[0].as_str()).chain(rest).collect();
            let name = page.template.trim_end_matches(".html").replace('/', ".");
            assert_unchanged("pages", &format!("{name}.{language}"), &all.join("\n\n==== another state\n\n"));
        }
    }
}
