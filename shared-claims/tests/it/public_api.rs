//! Public API listing: `public-api.txt` makes a change visible in review and in the changelog.
//!
//! The list has every declaration that is written `pub`, by file. It does not have what macros
//! generate: the extractors' methods and the error codes, which other tests use by name.

use std::fs;
use std::path::{Path, PathBuf};

use shared_claims::actix::{Fresh, HasRole, JustLoggedIn, MaybeUser, Staff, Superuser, User};
use shared_claims::{Claims, KeySetError, Rejection, Role};

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true => found.extend(files(&path)),
            false => found.extend(Some(path).filter(|path| path.extension().is_some_and(|end| end == "rs"))),
        }
    }
    found.sort();
    found
}

/// The declaration that begins with the first of `lines`. Of a constant or an import it is the
/// whole text, otherwise the part before the body.
fn declaration(lines: &[&str]) -> String {
    let mut all = String::new();
    for line in lines {
        let line = line.trim();
        all += if all.is_empty() { "" } else { " " };
        all += line;
        let is_whole = all.starts_with("pub use ") || all.starts_with("pub const ") && !all.contains("fn ");
        // A field or a variant is one line.
        let is_field = all.ends_with(',') && all == line;
        if line.ends_with(';') || is_field || line.ends_with('{') && !is_whole {
            break;
        }
    }
    all.trim_end_matches(['{', ' ']).to_owned()
}

/// The public declarations of a file. The code is formatted by rustfmt, so the indent shows the
/// nesting.
fn listing(code: &str) -> Vec<String> {
    let code = code.split("#[cfg(test)]\nmod tests {").next().unwrap();
    // Only attributes of whole items: those of fields and variants are error texts and similar.
    let mut in_attribute = false;
    let is_code = |line: &&str| {
        let begins = in_attribute || line.starts_with(' ') && line.trim_start().starts_with("#[");
        in_attribute = begins && !line.ends_with(']');
        !begins && !line.trim_start().starts_with("//") && !line.trim().is_empty()
    };
    let lines: Vec<&str> = code.lines().filter(is_code).collect();
    let (mut found, mut attributes, mut block) = (Vec::new(), Vec::new(), String::new());
    for (n, line) in lines.iter().enumerate() {
        let inner = line.strip_prefix("    ").filter(|inner| !inner.starts_with(' '));
        if line.starts_with("#[") {
            attributes.push(*line);
        } else if line.starts_with("pub ") || line.starts_with("impl") {
            let declared = declaration(&lines[n..]);
            if line.starts_with("pub ") {
                found.push(format!(
                    "{}{declared}",
                    attributes.iter().map(|a| format!("{a} ")).collect::<String>()
                ));
            }
            block = if line.ends_with('}') || line.ends_with(';') { String::new() } else { declared };
            attributes.clear();
        } else if *line == "}" {
            block.clear();
        } else if let Some(inner) = inner {
            let is_public = inner.starts_with("pub ")
                || block.starts_with("pub enum") && !inner.starts_with('}')
                || block.starts_with("pub trait") && inner.starts_with(['f', 'c', 't']);
            let whose = block.strip_prefix("pub ").unwrap_or(&block);
            if is_public && !block.is_empty() {
                found.push(format!("    {whose}: {}", declaration(&lines[n..])));
            }
        } else if block.starts_with("pub enum") && line.starts_with("        ") {
            found.push(format!("        {}", line.trim()));
        } else if !line.starts_with(' ') {
            attributes.clear();
        }
    }
    found
}

#[test]
fn the_public_interface_is_the_one_that_is_written_down() {
    let source = folder().join("src");
    let mut text = String::new();
    for file in files(&source) {
        let found = listing(&fs::read_to_string(&file).unwrap());
        if !found.is_empty() {
            text += &format!("\n{}\n", file.strip_prefix(&source).unwrap().display());
            found.iter().for_each(|line| text += &format!("{line}\n"));
        }
    }
    let list = folder().join("public-api.txt");
    if std::env::var_os("UPDATE_PUBLIC_API").is_some() {
        fs::write(&list, &text).unwrap();
    }
    let known = fs::read_to_string(&list).unwrap();
    let is_new = |one: &str, other: &str| -> Vec<String> {
        one.lines().filter(|line| !other.lines().any(|known| known == *line)).map(str::to_owned).collect()
    };
    assert!(
        text == known,
        "the public interface has changed: say so in CHANGELOG.md, and run this test with UPDATE_PUBLIC_API=1.\n\
         gone: {:#?}\nnew: {:#?}",
        is_new(&known, &text),
        is_new(&text, &known)
    );
}

#[test]
fn a_listing_sees_what_breaks_a_service() {
    let code = "/// A.\n#[non_exhaustive]\npub enum A {\n    /// B.\n    B { c: u8 },\n}\n\nimpl A {\n    pub fn d(\n        \
                self,\n    ) -> u8 {\n        0\n    }\n\n    fn e() {}\n}\n\npub(crate) struct F;\npub const G: u8 = 1;\n";
    let expected = [
        "#[non_exhaustive] pub enum A",
        "    enum A: B { c: u8 },",
        "    impl A: pub fn d( self, ) -> u8",
        "pub const G: u8 = 1;",
    ];
    assert_eq!(listing(code), expected);
}

struct Editor;

impl Role for Editor {
    const NAME: &str = "editor";
}

/// The names that macros generate.
#[test]
fn extractors_hand_out_their_claims_and_causes_have_codes() {
    let claims = shared_claims::testing::TestIssuer::new().claims_for("ada@example.org");
    let all: [Claims; 6] = [
        User::for_tests(claims.clone()).into_claims(),
        Staff::for_tests(claims.clone()).into_claims(),
        Superuser::for_tests(claims.clone()).into_claims(),
        HasRole::<Editor>::for_tests(claims.clone()).into_claims(),
        Fresh::<60>::for_tests(claims.clone()).into_claims(),
        JustLoggedIn::for_tests(claims.clone()).into_claims(),
    ];
    assert!(all.iter().all(|of_extractor| *of_extractor == claims));
    assert_eq!(MaybeUser::for_tests(None).into_claims(), None);
    assert!(Rejection::CODES.contains(&Rejection::Expired.code()));
    assert!(KeySetError::CODES.contains(&KeySetError::Empty.code()));
}

/// Services from before the module `web` was renamed.
#[test]
#[allow(deprecated, reason = "the old names")]
fn the_former_names_go_on_working() {
    use shared_claims::edge::{Answer, Asked, Decision, Facts, Instead, Need, answer, decide};
    let login = shared_claims::testing::TestIssuer::new().login();
    let headers = vec![("sec-fetch-mode", "navigate"), ("sec-fetch-dest", "document")];
    let asked = Asked::new("GET", "/", &headers);
    let identity = login.try_identify(asked.cookies());
    let facts = Facts::about(&asked, &identity, &login);
    let decision = decide(&asked, identity, Need::user(), login.settings(), &facts);
    let said = |instead: &Instead| -> Answer { answer(instead, &asked, login.settings(), &facts, None) };
    assert!(matches!(&decision, Decision::Deny(instead) if said(instead).status == 303));
}
