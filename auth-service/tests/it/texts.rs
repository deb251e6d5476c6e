//! Every text exists in every language, is used, and is used for its purpose.

use std::collections::{BTreeMap, BTreeSet};

use auth_service::i18n::Translations;

use crate::support::{english, german};
use crate::templates::{sources, templates};
use auth_service::i18n::Message;

/// The messages in a file, by name.
fn messages(language: &str) -> BTreeMap<String, String> {
    let path = format!("{}/../templates/texts/{language}.ftl", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(path).unwrap();
    let mut found: BTreeMap<String, String> = BTreeMap::new();
    let mut last = String::new();
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        match line.split_once(" =") {
            Some((name, words)) if !line.starts_with([' ', '}']) => {
                last = name.to_owned();
                found.insert(last.clone(), words.to_owned());
            }
            _ => found.entry(last.clone()).or_default().push_str(line),
        }
    }
    found.remove("");
    found
}

/// The quoted strings that follow `before` in `text`.
fn quoted(text: &str, before: &str) -> Vec<String> {
    text.split(before)
        .skip(1)
        .filter_map(|rest| {
            rest.trim_start().strip_prefix('"')?.split_once('"').map(|(key, _)| key.to_owned())
        })
        .collect()
}

/// The texts that code and templates name, and their filter.
fn named() -> (BTreeSet<String>, BTreeSet<String>) {
    let (mut plain, mut rich) = (BTreeSet::new(), BTreeSet::new());
    for (path, text) in sources() {
        plain.extend(quoted(&text, "Message::new("));
        plain.extend(quoted(&text, "in_parts("));
        if path.ends_with("src/i18n/message.rs") {
            plain.extend(quoted(&text, "Self::new("));
        }
    }
    // These two pass names to a function that looks them up.
    for name in ["error_pages.rs", "events.rs"] {
        let (_, text) = sources().into_iter().find(|(path, _)| path.ends_with(name)).unwrap();
        let all = messages("en");
        plain.extend(text.split('"').filter(|piece| all.contains_key(*piece)).map(str::to_owned));
    }
    for (_, text) in templates() {
        for (at, _) in text.match_indices("\" | ") {
            let name = text[..at].rsplit('"').next().unwrap().to_owned();
            let filter = text[at + 4..].split(|c: char| !c.is_alphanumeric()).next().unwrap();
            match filter {
                "t" => plain.insert(name),
                "rich" => rich.insert(name),
                _ => false,
            };
        }
    }
    (plain, rich)
}

#[test]
fn every_text_that_is_named_is_there_and_every_text_that_is_there_is_named() {
    let (plain, rich) = named();
    let named: BTreeSet<String> = plain.union(&rich).cloned().collect();
    let there: BTreeSet<String> = messages("en").into_keys().collect();
    assert!(there.len() > 150, "the texts were not read");
    let missing: Vec<_> = named.difference(&there).collect();
    let idle: Vec<_> = there.difference(&named).collect();
    assert!(missing.is_empty(), "named and not there: {missing:?}");
    assert!(idle.is_empty(), "there and never named: {idle:?}");
}

#[test]
fn no_language_lacks_a_text_or_has_one_too_many() {
    let texts = Translations::embedded();
    let names = |language| messages(language).into_keys().collect::<BTreeSet<_>>();
    assert_eq!(names("en"), names("de"));
    let tags: Vec<&str> = texts.languages().map(|language| texts.tag(language)).collect();
    assert_eq!(tags, ["en", "de"]);
    for language in texts.languages() {
        // Also parts of texts, such as a label within a sentence.
        assert_eq!(texts.missing_in(language), Vec::<String>::new(), "{}", texts.tag(language));
    }
}

/// A translation without the placeable would not say which host, or how many.
#[test]
fn every_language_puts_the_same_things_in() {
    let variables = |words: &str| -> BTreeSet<String> {
        words.split("{ $").skip(1).map(|rest| rest.split([' ', '}']).next().unwrap().to_owned()).collect()
    };
    let german = messages("de");
    for (name, words) in messages("en") {
        assert_eq!(variables(&words), variables(&german[&name]), "{name}");
    }
}

#[test]
fn markup_stands_only_in_texts_that_are_shown_as_markup() {
    let (plain, rich) = named();
    for language in ["en", "de"] {
        for (name, words) in messages(language) {
            let has_markup = words.contains('<');
            assert!(!has_markup || rich.contains(&name), "{language}: {name} has markup");
            assert!(!has_markup || !plain.contains(&name), "{language}: {name} is shown as plain text too");
            assert!(!words.contains("<a ") && !words.contains("<script"), "{language}: {name}");
        }
    }
}

#[test]
fn no_german_text_is_still_english() {
    let german = messages("de");
    // Proper names, and mere punctuation around placeables.
    let alike = ["account-name", "event-from", "sentences", "verbatim"];
    for (name, words) in messages("en").into_iter().filter(|(name, _)| !alike.contains(&name.as_str())) {
        assert_ne!(words, german[&name], "{name}");
    }
}

#[test]
fn numbers_choose_their_words() {
    let ended = |count: usize| Message::new("sessions-ended").with("count", count);
    assert_eq!(english(&ended(0)), "There was no other login to end.");
    assert!(english(&ended(1)).starts_with("Logged out. Services there"));
    assert!(english(&ended(7)).starts_with("Those browsers are logged out. Services there"));
    assert!(german(&ended(0)).starts_with("Es gab keine"));
    assert!(german(&ended(1)).starts_with("Abgemeldet. Die Dienste"));
    assert_eq!(
        german(&Message::new("error-retry-seconds").with("seconds", 5_i64)),
        "Sie können es in 5 Sekunden wieder versuchen."
    );
}

#[test]
fn a_date_is_written_as_its_language_does() {
    let date = Message::new("date").with("day", 23_i64).with("month", 3_i64).with("year", "2026");
    assert_eq!((english(&date).as_str(), german(&date).as_str()), ("23 March 2026", "23. März 2026"));
}
