//! Tells plainly irregular secrets without any dictionary.
//!
//! zxcvbn builds its dictionaries at the first estimate: 25 ms of processor time and 5 MB. Nearly
//! every start would pay that for a secret from a generator, in which there is nothing to find. So
//! zxcvbn is asked only about texts that may have a pattern. These are words in runs of letters,
//! walks along the keyboard, and sequences, also when two of them alternate (`1q2w3e`).

/// The minimum share of changes between kinds: lower case, upper case, digit, symbol. In words it
/// is small, and in generated texts nearly half.
const MIN_CHANGES: f64 = 1.0 / 3.0;

/// The maximum share of steps along the keyboard or the alphabet. By chance it is about 0.2.
const MAX_STEPS: f64 = 0.4;

/// The American keyboard. Others differ in few keys of these rows.
const ROWS: [&str; 4] = ["1234567890-=", "qwertyuiop[]", "asdfghjkl;'", "zxcvbnm,./"];

/// Whether nothing in an ASCII text looks like a pattern. Of the secrets of `generate-secret`, 99
/// in 100 are plain. `false` says nothing.
pub(super) fn is_plain(text: &str) -> bool {
    let lower = text.to_ascii_lowercase().into_bytes();
    share(text.as_bytes(), 1, is_change) >= MIN_CHANGES
        && [1, 2].into_iter().all(|distance| share(&lower, distance, is_step) <= MAX_STEPS)
}

/// The share of the pairs at a distance that `is_counted` holds for.
fn share(text: &[u8], distance: usize, is_counted: fn(u8, u8) -> bool) -> f64 {
    let pairs = text.iter().zip(text.iter().skip(distance));
    let count = pairs.clone().filter(|(a, b)| is_counted(**a, **b)).count();
    count as f64 / pairs.len().max(1) as f64
}

/// Whether the kind of character changes, other than behind the first letter of a `Word`.
fn is_change(a: u8, b: u8) -> bool {
    let kind = |byte: u8| match byte {
        b'a'..=b'z' => 0,
        b'A'..=b'Z' => 1,
        b'0'..=b'9' => 2,
        _ => 3,
    };
    kind(a) != kind(b) && !(a.is_ascii_uppercase() && b.is_ascii_lowercase())
}

/// Whether two characters are equal, or neighbours in ASCII or on the keyboard.
fn is_step(a: u8, b: u8) -> bool {
    let are_keys_neighbours = || {
        let ((row, column), (other_row, other_column)) = (key(a)?, key(b)?);
        Some(row.abs_diff(other_row) <= 1 && column.abs_diff(other_column) <= 1)
    };
    a.abs_diff(b) <= 1 || are_keys_neighbours().unwrap_or(false)
}

fn key(byte: u8) -> Option<(usize, usize)> {
    let column = |row: &str| row.bytes().position(|key| key == byte);
    ROWS.iter().enumerate().find_map(|(row, keys)| Some((row, column(keys)?)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random;

    /// Otherwise every start builds dictionaries for nothing.
    #[test]
    fn what_generate_secret_writes_is_plain() {
        use base64::Engine;
        use base64::prelude::BASE64_URL_SAFE_NO_PAD;
        let secrets = (0..1_000).map(|_| BASE64_URL_SAFE_NO_PAD.encode(random::bytes::<48>()));
        let plain = secrets.filter(|secret| is_plain(secret)).count();
        assert!(plain > 950, "{plain} of 1,000");
    }

    /// D6t
    #[test]
    fn what_has_a_pattern_is_not() {
        for patterned in [
            "qwertzuiopasdfghjklyxcvbnm1234567890",
            "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p",
            "!QAZ2wsx#EDC4rfv%TGB6yhn&UJM8ik,",
            "1q2w3e4r5t6y7u8i9o0pa1s2d3f4g5h6j7k8",
            "a1b2c3d4e5f6g7h8i9j0k1l2m3n4o5p6",
            "Qq1!Ww2@Ee3#Rr4$Tt5%Yy6^Uu7&Ii8*",
            "0123456789abcdef0123456789abcdef",
            "CorrectHorseBatteryStapleAndMore42!!",
            "Company-Production-Auth-Service-2024-Key!",
            "LoveDragonMonkeyShadowMasterKiller",
            "trustno1-letmein2-passw0rd-qwerty12",
        ] {
            assert!(!is_plain(patterned), "{patterned}");
        }
    }
}
