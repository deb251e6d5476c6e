//! Every template gets the values that it uses, and every page is used.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use auth_service::assets::Files;
use auth_service::config::{AuthUrl, CookieDomain, Services, Site};
use auth_service::pages::Pages;
use auth_service::pages::static_files::StaticFiles;
use auth_service::template_check;

fn below(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(below(&path, extension));
        } else if path.extension().is_some_and(|this| this == extension) {
            found.push(path);
        }
    }
    found
}

fn package() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// All templates by their names in `templates/`.
pub fn templates() -> Vec<(String, String)> {
    let root = package().join("../templates");
    let name = |path: &Path| path.strip_prefix(&root).unwrap().to_str().unwrap().replace('\\', "/");
    let all = below(&root, "html").into_iter().chain(below(&root, "txt"));
    all.map(|path| (name(&path), fs::read_to_string(path).unwrap())).collect()
}

/// All sources of the service.
pub fn sources() -> Vec<(PathBuf, String)> {
    let read = |path: PathBuf| (path.clone(), fs::read_to_string(path).unwrap());
    below(&package().join("src"), "rs").into_iter().map(read).collect()
}

/// What pages and letters stand in.
const FRAMES: [&str; 3] = ["base.html", "letter.html", "letter.txt"];

/// The names of pages and of letters' parts, without the frames and the components.
fn drawn_templates() -> BTreeSet<String> {
    let names = templates().into_iter().map(|(name, _)| name);
    names.filter(|name| !FRAMES.contains(&name.as_str()) && !name.starts_with("components/")).collect()
}

/// The types that implement this trait, and their `const TEMPLATE`.
fn types(which: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for (_, text) in sources() {
        for piece in text.split(&format!("impl {which} for ")).skip(1) {
            let name = piece[..piece.find(' ').unwrap()].to_owned();
            let (_, rest) = piece.split_once("const TEMPLATE: &'static str = \"").unwrap();
            found.push((name, rest[..rest.find('"').unwrap()].to_owned()));
        }
    }
    found
}

#[test]
fn every_page_and_letter_has_a_type_and_every_type_its_templates() {
    let pages = types("Page").into_iter().map(|(_, template)| template);
    let letters = types("Letter")
        .into_iter()
        .flat_map(|(_, template)| [".subject.txt", ".txt", ".html"].map(|part| format!("{template}{part}")));
    assert_eq!(drawn_templates(), pages.chain(letters).collect());
}

#[test]
fn every_page_and_letter_is_tried_at_the_start() {
    let code: String = sources().into_iter().map(|(_, text)| text).collect();
    for which in ["Page", "Letter"] {
        for (name, _) in types(which) {
            assert!(code.contains(&format!("Sample{which}::of::<{name}>()")), "{name} is not tried");
        }
    }
}

#[test]
fn every_page_can_be_drawn_in_every_state_and_language() {
    let site = Site::default();
    let files = Files::embedded();
    let statics = StaticFiles::new(&files, &site, &Services::default());
    let domain = CookieDomain::parse("example.org").unwrap();
    let auth_url = AuthUrl::parse("https://auth.example.org", &domain).unwrap();
    let pages = Pages::load(files, &site, &auth_url, &statics).unwrap();
    template_check::check_all(&pages).unwrap();
}

/// H5
#[test]
fn no_template_holds_a_script_an_inline_style_or_an_escape_hatch() {
    for (name, text) in templates() {
        // A script of ours is a file.
        let mut text = text.replace("<script src=\"{{ site.", "");
        // A mail program loads no stylesheet.
        if name == "letter.html" {
            text = text.replacen("<style>", "", 1);
        }
        for word in
            ["<script", "<style", " style=\"", "javascript:", "| safe", " onclick", " onload", " onsubmit"]
        {
            assert!(!text.contains(word), "{name} holds {word}");
        }
    }
}

/// A letter that loads something tells who reads it, when, and where.
#[test]
fn a_letter_loads_nothing() {
    let drawn = types("Letter").into_iter().map(|(_, template)| format!("{template}.html"));
    let frame = ["letter.html", "components/letter_button.html", "components/letter_code.html"];
    let names: BTreeSet<String> = drawn.chain(frame.map(str::to_owned)).collect();
    let letters: Vec<_> = templates().into_iter().filter(|(name, _)| names.contains(name)).collect();
    assert_eq!(letters.len(), names.len());
    for (name, text) in letters {
        for word in
            ["url(", "src=", "srcset", "@import", "@font-face", "background=", "<link", "<img", "<base"]
        {
            assert!(!text.contains(word), "{name} holds {word}");
        }
    }
}

/// The policy of a page allows scripts exactly where its template has one.
#[test]
fn a_page_that_has_a_script_says_so_and_no_other_does() {
    for page in template_check::sample_pages() {
        let (_, text) = templates().into_iter().find(|(name, _)| name == page.template).unwrap();
        assert_eq!(text.contains("<script"), page.runs_script, "{}", page.template);
    }
}

/// A script of ours writes words as text, and knows no way to run another or to send anything.
#[test]
fn our_scripts_make_no_markup_run_no_text_and_ask_no_server() {
    let scripts: Vec<_> = Files::ours().filter(|(name, _)| name.ends_with(".js")).collect();
    assert!(scripts.len() >= 2);
    for (name, bytes) in scripts {
        let text = std::str::from_utf8(bytes).unwrap();
        for word in [
            "innerHTML",
            "outerHTML",
            "insertAdjacentHTML",
            "document.write",
            "eval(",
            "Function(",
            "import(",
            "fetch(",
            "XMLHttpRequest",
            "sendBeacon",
            "WebSocket",
            "localStorage",
            "sessionStorage",
            "cookie",
            "location",
            ".src",
            ".href",
            ".action",
        ] {
            assert!(!text.contains(word), "{name} has {word}");
        }
    }
}

fn without_style(text: &str) -> String {
    let style = text.find("<style>").zip(text.find("</style>"));
    style.map_or_else(|| text.to_owned(), |(start, end)| format!("{}{}", &text[..start], &text[end..]))
}

/// All text between tags, and in attributes that are read aloud, comes from the translations.
#[test]
fn no_template_holds_a_word_of_any_language() {
    for (name, text) in templates() {
        let text = without_style(&text);
        let mut rest = text.as_str();
        let mut bare = String::new();
        // Tera's own expressions are removed first, because they may contain tags.
        while let Some(at) = rest.find('{') {
            let end = match &rest[at..] {
                block if block.starts_with("{{") => "}}",
                block if block.starts_with("{%") => "%}",
                block if block.starts_with("{#") => "#}",
                _ => "{",
            };
            bare.push_str(&rest[..at]);
            rest = &rest[at + 1..];
            rest = &rest[rest.find(end).map_or(0, |found| found + end.len())..];
        }
        bare.push_str(rest);
        for attribute in ["alt", "title", "placeholder", "aria-label"] {
            for piece in bare.split(&format!(" {attribute}=\"")).skip(1) {
                assert!(piece.starts_with('"'), "{name}: {attribute}={}", &piece[..piece.find('"').unwrap()]);
            }
        }
        let mut is_tag = false;
        let words: String = bare
            .chars()
            .filter(|c| {
                is_tag = (is_tag || *c == '<') && *c != '>';
                !is_tag && *c != '>'
            })
            .collect();
        let words: Vec<&str> =
            words.split_whitespace().filter(|word| word.contains(char::is_alphabetic)).collect();
        assert!(words.is_empty(), "{name} says {words:?}");
    }
}
