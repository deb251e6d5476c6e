//! Every promise of `docs/security.md` is named by a test.

use std::fs;
use std::path::{Path, PathBuf};

/// Where tests are, from the workspace's root.
const TESTS: [&str; 7] = [
    "auth-service/src",
    "auth-service/tests",
    "demo-service/src",
    "demo-service/tests",
    "shared-claims/src",
    "shared-claims/tests",
    "e2e",
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

fn sources(folder: &Path, found: &mut Vec<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        if path.is_dir() && !["node_modules", "screenshots", ".venv", ".run"].contains(&name) {
            sources(&path, found);
        } else if [".rs", ".mjs", ".py"].iter().any(|ending| name.ends_with(ending)) && name != "promises.rs"
        {
            found.push(fs::read_to_string(&path).unwrap());
        }
    }
}

/// Whether `line` stands in a comment or in a test's name: `/// C4: …`, `// C4`, `test("C4: …`.
fn names(text: &str, line: &str) -> bool {
    let is_word_end = |c: Option<char>| !c.is_some_and(|c| c.is_alphanumeric() || c == '_');
    text.lines().filter(|text| text.contains("//") || text.contains('"') || text.contains('#')).any(|text| {
        text.match_indices(line).any(|(at, _)| {
            is_word_end(text[..at].chars().next_back()) && is_word_end(text[at + line.len()..].chars().next())
        })
    })
}

fn promises() -> Vec<String> {
    let table = fs::read_to_string(root().join("docs/security.md")).unwrap();
    let first_cells = table.lines().filter_map(|row| row.strip_prefix("| ")?.split(" |").next());
    // `C12`: other tables of the page begin their rows otherwise.
    let is_promise = |cell: &&str| {
        let number = cell.trim_start_matches(|c: char| c.is_ascii_uppercase());
        number.len() < cell.len() && !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit())
    };
    first_cells.filter(is_promise).map(str::to_owned).collect()
}

#[test]
fn every_promise_is_named_by_a_test() {
    let mut texts = Vec::new();
    for folder in TESTS {
        sources(&root().join(folder), &mut texts);
    }
    let promises = promises();
    assert!(promises.len() > 80, "the table was not read: {promises:?}");
    let unproven: Vec<_> =
        promises.iter().filter(|line| !texts.iter().any(|text| names(text, line))).collect();
    assert!(unproven.is_empty(), "no test names {unproven:?}");
}

#[test]
fn a_longer_word_is_not_taken_for_a_promise() {
    assert!(names("/// C1, C2: cookies", "C1") && names("/// C1, C2: cookies", "C2"));
    assert!(!names("/// C10: refused", "C1") && !names("let XC1 = 1; // no", "C1"));
}
