//! Test vectors: the files in `vectors/` are run, and compared with the tables that they are
//! generated from.

mod format;
mod make;

use std::collections::BTreeSet;

use shared_claims::{KeySet, KeySetError, LEEWAY_SECONDS, MAX_LIFE_SECONDS, Rejection, Verifier};

use crate::key_sets::read;
use format::{KeySetFile, TokenFile, bytes, load, store};

/// J1, J15: every token gives the result in the file.
#[test]
fn every_token_vector_comes_out_as_listed() {
    let file: TokenFile = load("tokens.json");
    assert_eq!((file.leeway, file.max_life), (LEEWAY_SECONDS, MAX_LIFE_SECONDS));
    let jwks = file.jwks.to_string();
    let keys = KeySet::from_json_with_signing_key(jwks.as_bytes(), &bytes(&file.signing_key)).unwrap();
    let verifier = Verifier::new(file.issuer, file.audience);
    let (mut accepted, mut refused) = (0, 0);
    for vector in file.vectors {
        let verdict = verifier.verify_at(&vector.token, &keys, vector.now);
        let reason = verdict.as_ref().err().map(Rejection::code);
        assert_eq!(reason, vector.reason.as_deref(), "{}", vector.name);
        assert_eq!(vector.verdict, if reason.is_some() { "reject" } else { "accept" }, "{}", vector.name);
        let claims = verdict.ok().map(|claims| serde_json::to_value(claims).unwrap());
        assert_eq!(claims, vector.claims, "{}", vector.name);
        *(if claims.is_some() { &mut accepted } else { &mut refused }) += 1;
    }
    println!("{accepted} accepted, {refused} refused");
}

/// K6: every key set gives the result in the file.
#[test]
fn every_key_set_vector_comes_out_as_listed() {
    let file: KeySetFile = load("key-sets.json");
    for vector in file.vectors {
        let key = vector.signing_key.as_deref().map(bytes);
        let verdict = read(&vector.document, key.as_deref());
        let reason = verdict.as_ref().err().map(KeySetError::code);
        assert_eq!(reason, vector.reason.as_deref(), "{}", vector.name);
        assert_eq!(vector.verdict, if reason.is_some() { "reject" } else { "accept" }, "{}", vector.name);
        assert_eq!(verdict.ok(), vector.key_ids, "{}", vector.name);
    }
}

#[test]
fn every_cause_has_a_vector() {
    let tokens: TokenFile = load("tokens.json");
    let tokens: BTreeSet<_> = tokens.vectors.into_iter().filter_map(|vector| vector.reason).collect();
    assert_eq!(tokens, Rejection::CODES.iter().map(|code| (*code).to_owned()).collect());
    let sets: KeySetFile = load("key-sets.json");
    let sets: BTreeSet<_> = sets.vectors.into_iter().filter_map(|vector| vector.reason).collect();
    assert_eq!(sets, KeySetError::CODES.iter().map(|code| (*code).to_owned()).collect());
}

#[test]
fn every_vector_has_a_name_of_its_own() {
    let tokens: TokenFile = load("tokens.json");
    let sets: KeySetFile = load("key-sets.json");
    for names in [
        tokens.vectors.into_iter().map(|vector| vector.name).collect::<Vec<_>>(),
        sets.vectors.into_iter().map(|vector| vector.name).collect(),
    ] {
        let mut seen = BTreeSet::new();
        let again: Vec<_> = names.iter().filter(|name| !seen.insert(*name)).collect();
        assert!(again.is_empty(), "{again:?}");
    }
}

/// Fails when a table was changed and the files were not.
#[test]
fn the_files_are_what_the_tables_make() {
    for (name, text) in make::files(&load("tokens.json")) {
        let what_to_do = "run the test write_the_files with --ignored";
        assert!(format::text_of(name) == text, "{name} is not up to date: {what_to_do}");
    }
}

/// The README of the files explains every reason in them.
#[test]
fn the_readme_explains_every_reason() {
    let readme = format::text_of("README.md");
    for code in Rejection::CODES.iter().chain(KeySetError::CODES) {
        assert!(readme.contains(&format!("| `{code}` |")), "{code}");
    }
}

#[test]
#[ignore = "writes into the source tree: cargo test -p shared-claims --test it write_the_files -- --ignored"]
fn write_the_files() {
    for (name, text) in make::files(&format::load_or_nothing("tokens.json")) {
        store(name, &text);
    }
}
