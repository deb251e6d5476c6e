//! The glossary is true, and prose is wrapped: what `docs/glossary.md` names is there, and the words
//! that it replaced are gone from the sources.

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

/// Fails for each word of a table that is still in one of the folders.
fn assert_unused(heading: &str, folders: &[&str]) {
    let mut all = Vec::new();
    folders.iter().for_each(|folder| sources(&root().join(folder), &mut all));
    // The deprecated aliases are the former names.
    all.retain(|(path, _)| !path.ends_with("shared-claims/src/edge.rs"));
    let words_of = |text: &str| -> BTreeSet<String> {
        text.split(|c: char| !c.is_alphanumeric() && c != '_').map(str::to_owned).collect()
    };
    let all: Vec<(PathBuf, BTreeSet<String>)> =
        all.into_iter().map(|(path, text)| (path, words_of(&text))).collect();
    let replaced = rows(heading);
    assert!(all.len() > 30 && replaced.len() > 10, "{heading}: the test sees too little");
    for row in replaced {
        for word in code(&row[0]) {
            let users: Vec<_> =
                all.iter().filter(|(_, words)| words.contains(word)).map(|(path, _)| path).collect();
            assert!(users.is_empty(), "{word} is called {} now: {users:?}", row[1]);
        }
    }
}

#[test]
fn no_source_of_auth_service_uses_a_word_that_the_glossary_replaced() {
    assert_unused("## Replaced words", &["auth-service/src"]);
}

#[test]
fn no_other_source_uses_a_word_that_the_glossary_replaced() {
    let folders = ["shared-claims/src", "demo-service/src", "xtask/src", "deploy/healthcheck/src"];
    assert_unused("### In the other crates", &folders);
}

/// The columns of prose.
const WIDTH: usize = 100;

/// Whether a line is too wide although it could be broken at a space outside of code and links.
fn is_too_wide(line: &str) -> bool {
    if line.chars().count() <= WIDTH {
        return false;
    }
    let indent = line.len() - line.trim_start().len();
    let (mut is_code, mut is_link) = (false, false);
    line.char_indices().skip_while(|(n, _)| *n < indent).take(WIDTH).any(|(_, c)| {
        match c {
            '`' => is_code = !is_code,
            '[' => is_link = true,
            ']' | ')' => is_link = false,
            _ => {}
        }
        c == ' ' && !is_code && !is_link
    })
}

/// The lines outside of blocks of code and of tables that are too wide.
fn wide_lines(path: &Path, prose: impl Iterator<Item = (usize, String)>) -> Vec<String> {
    let mut is_block = false;
    let mut found = Vec::new();
    for (number, line) in prose {
        let text = line.trim_start().trim_start_matches(['/', '!']).trim_start();
        if text.starts_with("```") {
            is_block = !is_block;
        } else if !is_block && !text.starts_with('|') && is_too_wide(&line) {
            found.push(format!("{}:{}: {line}", path.display(), number + 1));
        }
    }
    found
}

#[test]
fn prose_is_wrapped() {
    let mut found = Vec::new();
    let documents = fs::read_dir(root().join("docs")).unwrap().map(|entry| entry.unwrap().path());
    let others = ["README.md", "CONTRIBUTING.md", "CHANGELOG.md", "shared-claims/README.md"];
    for path in documents.chain(others.map(|name| root().join(name))) {
        if path.extension().is_some_and(|extension| extension == "md") {
            let text = fs::read_to_string(&path).unwrap();
            found.extend(wide_lines(&path, text.lines().map(str::to_owned).enumerate()));
        }
    }
    let mut all = Vec::new();
    let folders = ["auth-service/src", "shared-claims/src", "demo-service/src", "xtask/src"];
    for folder in folders.into_iter().chain(["deploy/healthcheck/src"]) {
        sources(&root().join(folder), &mut all);
    }
    for (path, text) in all {
        let comments = text.lines().enumerate().filter(|(_, line)| line.trim_start().starts_with("//"));
        found.extend(wide_lines(&path, comments.map(|(number, line)| (number, line.to_owned()))));
    }
    assert!(found.is_empty(), "wider than {WIDTH} columns:\n{}", found.join("\n"));
}
