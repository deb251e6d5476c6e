//! `docs/glossary.md` is true: what it names is there, and the words that it replaced are gone from the sources.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn glossary() -> String {
    fs::read_to_string(root().join("docs/glossary.md")).unwrap()
}

/// The cells of the tables below `heading`, row by row.
fn rows(heading: &str) -> Vec<Vec<String>> {
    let text = glossary();
    let (_, rest) = text.split_once(heading).unwrap_or_else(|| panic!("there is no {heading}"));
    let table = rest.lines().skip_while(|line| !line.starts_with("|---")).skip(1);
    let cells = |line: &str| line.trim_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect();
    table.take_while(|line| line.starts_with('|')).map(cells).collect()
}

/// What stands between backticks.
fn code(cell: &str) -> impl Iterator<Item = &str> {
    cell.split('`').skip(1).step_by(2)
}

fn sources(folder: &Path, found: &mut Vec<(PathBuf, String)>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(&path).unwrap();
            found.push((path, text));
        }
    }
}

#[test]
fn every_place_that_the_glossary_names_is_there() {
    let mut places = 0;
    for row in rows("# Glossary") {
        let mut package = String::new();
        for place in code(row.last().unwrap()).filter(|place| place.contains('/')) {
            let first = place.split('/').next().unwrap();
            let is_whole = root().join(first).is_dir();
            if is_whole {
                package = first.to_owned();
            }
            let path =
                if is_whole { root().join(place) } else { root().join(&package).join("src").join(place) };
            assert!(path.exists(), "{}: {place} is not there", row[0]);
            places += 1;
        }
    }
    assert!(places > 40, "the test sees only {places} places");
}

#[test]
fn no_source_uses_a_word_that_the_glossary_replaced() {
    let mut all = Vec::new();
    sources(&root().join("auth-service/src"), &mut all);
    let words_of = |text: &str| -> BTreeSet<String> {
        text.split(|c: char| !c.is_alphanumeric() && c != '_').map(str::to_owned).collect()
    };
    let all: Vec<(PathBuf, BTreeSet<String>)> =
        all.into_iter().map(|(path, text)| (path, words_of(&text))).collect();
    let replaced = rows("## Replaced words");
    assert!(replaced.len() > 15);
    for row in replaced {
        for word in code(&row[0]) {
            let users: Vec<_> =
                all.iter().filter(|(_, words)| words.contains(word)).map(|(path, _)| path).collect();
            assert!(users.is_empty(), "{word} is called {} now: {users:?}", row[1]);
        }
    }
}
