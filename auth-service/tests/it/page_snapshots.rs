//! Snapshots of every page and letter in each state and both languages, so that a change to them is
//! visible.
//!
//! `INSTA_UPDATE=always cargo test page_snapshots` accepts the present pages. Read the diff then.

use actix_web::test::TestRequest;
use auth_service::app::Frontend;
use auth_service::config::{AuthUrl, CookieDomain, Services, Site};
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

/// The whole text if the page has no frame.
fn main_of(page: &str) -> &str {
    let end = page.find("</main>").map(|end| end + "</main>".len());
    page.find("<main").zip(end).map_or(page, |(start, end)| &page[start..end])
}

/// Addresses of static files contain a hash of their content, which is not part of the page.
fn without_hashes(page: &str) -> String {
    let mut pieces = page.split("?v=");
    let first = pieces.next().unwrap().to_owned();
    pieces.fold(first, |page, piece| {
        page + "?v=[hash]" + piece.trim_start_matches(|c: char| c.is_ascii_hexdigit())
    })
}

#[test]
fn every_letter_looks_as_it_did() {
    let domain = CookieDomain::parse("example.org").unwrap();
    let auth_url = AuthUrl::parse("https://auth.example.org", &domain).unwrap();
    let pages = Frontend::of(&Site::default(), &Services::default(), &auth_url).unwrap().pages;
    for letter in template_check::sample_letters() {
        for language in ["en", "de"] {
            let draw = |state| {
                let drawn = pages.draw_letter(Some(language), letter.template, state).unwrap();
                // The frame's rules are the same in all letters, and its template shows them.
                let html = drawn.html.split_once("<style>").unwrap().1.split_once("</style>").unwrap().1;
                format!("{}\n\n{}\n{html}", drawn.subject, drawn.text)
            };
            let states: Vec<String> = letter.samples().iter().map(draw).collect();
            let name = format!("{}.{language}", letter.template.replace('/', "."));
            assert_unchanged("letters", &name, &states.join("\n\n==== another state\n\n"));
        }
    }
}

#[test]
fn every_page_looks_as_it_did() {
    let domain = CookieDomain::parse("example.org").unwrap();
    let auth_url = AuthUrl::parse("https://auth.example.org", &domain).unwrap();
    let pages = Frontend::of(&Site::default(), &Services::default(), &auth_url).unwrap().pages;
    for page in template_check::sample_pages() {
        for language in ["en", "de"] {
            let draw = |state| draw(&pages, language, page.template, state);
            let drawn: Vec<String> = page.samples().iter().map(draw).collect();
            // The frame is the same on all pages, so the first page's is enough.
            let rest = drawn[1..].iter().map(|page| main_of(page));
            let all: Vec<&str> = std::iter::once(drawn[0].as_str()).chain(rest).collect();
            let name = page.template.trim_end_matches(".html").replace('/', ".");
            assert_unchanged("pages", &format!("{name}.{language}"), &all.join("\n\n==== another state\n\n"));
        }
    }
}
