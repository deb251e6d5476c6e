//! Texts: every one exists in every language, is used, and is translated.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use crate::people::Demo;

fn folder(name: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

/// The messages of a language, by name.
fn messages(language: &str) -> BTreeMap<String, String> {
    let text = fs::read_to_string(folder("texts").join(format!("{language}.ftl"))).unwrap();
    let mut found: BTreeMap<String, String> = BTreeMap::new();
    let mut last = String::new();
    for line in text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        match line.split_once(" = ") {
            Some((name, words)) if !line.starts_with([' ', '}']) => {
                last = name.to_owned();
                assert_eq!(found.insert(last.clone(), words.to_owned()), None, "{last} stands there twice");
            }
            _ => found.entry(last.clone()).or_default().push_str(line),
        }
    }
    found
}

fn sources(path: &Path) -> String {
    let entries = fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path());
    entries
        .map(|path| if path.is_dir() { sources(&path) } else { fs::read_to_string(path).unwrap() })
        .collect()
}

#[test]
fn no_language_lacks_a_text_or_has_one_too_many() {
    let names = |language| messages(language).into_keys().collect::<BTreeSet<_>>();
    assert!(names("en").len() > 50, "the texts were not read");
    assert_eq!(names("en"), names("de"));
}

#[test]
fn every_text_that_is_there_is_named() {
    let all = sources(&folder("src")) + &sources(&folder("templates"));
    let named: BTreeSet<&str> = all.split('"').collect();
    let idle: Vec<_> = messages("en").into_keys().filter(|name| !named.contains(name.as_str())).collect();
    assert_eq!(idle, Vec::<String>::new(), "there and never named");
}

#[test]
fn no_german_text_is_still_english() {
    let german = messages("de");
    for (name, words) in messages("en") {
        assert_ne!(words, german[&name], "{name}");
    }
}

/// A translation without the placeable would not say how many, or where.
#[test]
fn every_language_puts_the_same_things_in() {
    let put_in = |words: &str| -> BTreeSet<String> {
        words.split("{ $").skip(1).map(|rest| rest.split([' ', '}']).next().unwrap().to_owned()).collect()
    };
    let german = messages("de");
    for (name, words) in messages("en") {
        assert_eq!(put_in(&words), put_in(&german[&name]), "{name}");
    }
}

#[actix_web::test]
async fn who_reads_german_reads_no_english_page() {
    let demo = Demo::new();
    let grace = demo.staff("grace@example.org");
    grace.posts("/notes", "text=milk").await.redirects_to("/notes?saved");
    let anonymous = demo.anonymous();
    for (browser, path, words) in [
        (&anonymous, "/", "Willkommen bei"),
        (&grace, "/", "Sie sind auch hier angemeldet"),
        (&grace, "/notes?saved", "Gespeichert."),
        (&grace, "/notes/all", "Ihre Notiz ist dann endgültig weg."),
        (&grace, "/private", "Angemeldet mit"),
        (&grace, "/staff", "1 Notiz von 1 Person auf"),
        (&grace, "/nowhere", "Hier ist nichts"),
    ] {
        let page = browser.opens_in(path, "de-AT, de;q=0.9, en;q=0.5").await;
        page.shows("<html lang=\"de\">");
        page.shows(words);
        assert_eq!(page.header("content-language"), "de", "{path}");
        assert!(page.header("vary").contains("Accept-Language"), "{path}: {}", page.header("vary"));
        assert_eq!(browser.opens_in(path, "fr").await.header("content-language"), "en", "{path}");
    }
}
