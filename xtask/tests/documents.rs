//! Checks of the documents: links lead somewhere, and the README is short.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// The documents by path: those of the project's root, and all of `docs/`.
fn documents() -> BTreeMap<PathBuf, String> {
    let mut found = BTreeMap::new();
    for folder in [root(), root().join("docs")] {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|ending| ending == "md") {
                let text = fs::read_to_string(&path).unwrap();
                found.insert(path, text);
            }
        }
    }
    found
}

/// The text outside of code blocks.
fn prose(text: &str) -> String {
    text.split("```").step_by(2).collect()
}

/// A heading's anchor: lower case, without punctuation, a hyphen for each space.
fn anchors(text: &str) -> Vec<String> {
    let headings = prose(text);
    let headings = headings.lines().filter(|line| line.starts_with('#'));
    let anchor = |heading: &str| {
        let words = heading.trim_start_matches('#').trim().to_lowercase();
        let kept = words.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
        kept.map(|c| if c == ' ' { '-' } else { c }).collect()
    };
    headings.map(anchor).collect()
}

#[test]
fn every_link_between_the_documents_leads_to_a_file_and_its_heading() {
    let documents = documents();
    let mut dead = Vec::new();
    let mut links = 0;
    for (path, text) in &documents {
        for link in prose(text).split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            if link.contains("://") || link.starts_with("mailto:") {
                continue;
            }
            links += 1;
            let (file, heading) = link.split_once('#').map_or((link, None), |(file, at)| (file, Some(at)));
            let target = if file.is_empty() { path.clone() } else { path.parent().unwrap().join(file) };
            let leads_somewhere = match (fs::canonicalize(&target), heading) {
                (Err(_), _) => false,
                (Ok(_), None) => true,
                (Ok(target), Some(heading)) => {
                    fs::read_to_string(target).is_ok_and(|text| anchors(&text).iter().any(|a| a == heading))
                }
            };
            if !leads_somewhere {
                dead.push(format!("{}: {link}", path.display()));
            }
        }
    }
    assert!(links > 50, "the links were not read: {links}");
    assert_eq!(dead, [""; 0]);
}

#[test]
fn the_readme_fits_on_two_pages() {
    let lines = fs::read_to_string(root().join("README.md")).unwrap().lines().count();
    assert!(lines <= 120, "{lines} lines: what few readers need has a page in docs/");
}

#[test]
fn an_anchor_is_made_as_hosts_of_repositories_make_it() {
    assert_eq!(
        anchors("# Why so?\n```sh\n# no\n```\n## In, and `out` again\n"),
        ["why-so", "in-and-out-again"]
    );
}
