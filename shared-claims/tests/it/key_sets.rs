//! Key sets: what is accepted and refused (K6).

use shared_claims::{KeySet, KeySetError};

use crate::key_set_table::{Row, bad_keys, bad_sets, beside_a_shared_key, good_sets};

/// Parses a document, beside a shared key if there is one.
pub fn read(document: &str, signing_key: Option<&[u8]>) -> Result<Vec<String>, KeySetError> {
    let set = match signing_key {
        Some(key) => KeySet::from_json_with_signing_key(document.as_bytes(), key)?,
        None => KeySet::from_json(document.as_bytes())?,
    };
    Ok(set.key_ids().map(str::to_owned).collect())
}

fn come_out_as_listed(rows: &[Row]) {
    for Row { name, document, signing_key, verdict } in rows {
        let read = read(document, signing_key.as_deref().map(str::as_bytes));
        assert_eq!(read, *verdict, "{name}: {document}");
    }
}

#[test]
fn sets_of_good_keys_are_read_in_their_order() {
    come_out_as_listed(&good_sets());
}

/// K6: each fault refuses the whole set, however many good keys it has.
#[test]
fn one_bad_key_refuses_the_set() {
    come_out_as_listed(&bad_keys());
}

/// K6, J9
#[test]
fn what_is_no_set_or_a_doubtful_one_is_refused() {
    come_out_as_listed(&bad_sets());
    assert_eq!(KeySet::from_json(b"\xff{").unwrap_err(), KeySetError::NotAJwks);
}

/// K6: a shared key makes an empty set acceptable, and no other.
#[test]
fn sets_beside_a_shared_key_are_read_as_strictly() {
    come_out_as_listed(&beside_a_shared_key());
    for Row { name, document, verdict, .. } in bad_keys().into_iter().chain(bad_sets()) {
        if verdict != Err(KeySetError::Empty) {
            assert_eq!(read(&document, Some(&[7; 64])), verdict, "{name}");
        }
    }
}

/// L1: an error shows the id of a bad key, and not its private part.
#[test]
fn the_text_of_an_error_shows_no_key_material() {
    let row = bad_keys().into_iter().find(|row| row.name == "the private member d").unwrap();
    let error = row.verdict.unwrap_err().to_string();
    assert_eq!(error, "the key k has its private part");
}
