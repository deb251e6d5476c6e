//! Tells random secrets from those that a person made up.
//!
//! Everyone can fetch a browser cookie and test guesses of `SECRET_KEY` against it offline, a
//! hundred thousand each second and core. So the service accepts only random secrets. No rule can
//! be certain; this one refuses what people write: words, keyboard patterns, sequences of digits,
//! repetitions. It wrongly refuses about one in ten thousand generated secrets of the minimum
//! length (32 letters and digits), and one in millions at the length of
//! `auth-service generate-secret`.

use std::collections::BTreeSet;

/// Why a text does not look random.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Guessable {
    /// It has spaces or non-ASCII characters, which generators do not write.
    Typed,
    /// It is a number, or has too few kinds of characters for its length.
    Poor,
    /// It repeats, or follows a sequence.
    Regular,
    /// Its letters follow each other as in words.
    Words,
}

/// In bits, if each character is drawn from the alphabet that the text uses.
const MIN_BITS: f64 = 100.0;

/// The minimum share of distinct groups among all groups of three characters. Random text has next
/// to no repetition.
const MIN_DISTINCT_TRIPLES: f64 = 0.85;

/// The limit for the log-likelihood ratio, in bits, of "words" against "random".
const WORDS: f64 = 12.0;

/// The limit for texts that mostly have the shape of words: long runs of letters of one case.
const WORDS_BY_SHAPE_TOO: f64 = -4.0;

/// The share of a text that such runs must cover.
const SHAPED: f64 = 0.75;

/// The letter pairs that make up seven tenths of the pairs in English words, and likewise in German
/// ones. Of random pairs they make up a fifth.
const COMMON: &str = "\
    th he in er an re on at en nd ti es or te of ed is it al ar st to nt ng se ha as ou io le \
    ve co me de hi ri ro ic ne ea ra ce li ch ll be ma si om ur ca el ta la ns di fo ho pe ec \
    pr no ct us ac ot il tr ly nc et ut ss so rs un lo wa ge ie wh ee wi em ad ol rt po we na \
    ul ni ts mo ow pa im mi ai sh ir su id os iv ia am fi ci vi pl ig tu ev ld ry mp fe bl ab";

/// The share of [`COMMON`] pairs in words, in random text, and in random text whose digits are read
/// as letters.
const IN_WORDS: f64 = 0.7;
const BY_CHANCE: f64 = 0.2;
const BY_CHANCE_READ_AS_LETTERS: f64 = 0.3;

/// Checks whether a text looks random.
pub(super) fn judge(text: &str) -> Result<(), Guessable> {
    if !text.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(Guessable::Typed);
    }
    let is_number = text.bytes().all(|byte| byte.is_ascii_digit());
    if is_number || text.len() as f64 * alphabet(text).log2() < MIN_BITS {
        return Err(Guessable::Poor);
    }
    // zxcvbn's estimate is capped at 2^64, and a random text of this length always reaches the cap.
    if distinct_triples(text) < MIN_DISTINCT_TRIPLES || zxcvbn::zxcvbn(text, &[]).guesses() < u64::MAX {
        return Err(Guessable::Regular);
    }
    if is_hexadecimal(text) {
        return Ok(());
    }
    let lower = text.to_ascii_lowercase();
    let odds = odds_of_words(&lower, BY_CHANCE);
    let read = odds_of_words(&digits_as_letters(&lower), BY_CHANCE_READ_AS_LETTERS);
    let enough = if shaped_like_words(text) >= SHAPED { WORDS_BY_SHAPE_TOO } else { WORDS };
    if odds > enough || read > WORDS { Err(Guessable::Words) } else { Ok(()) }
}

/// The size of the alphabet: the sum over the kinds of characters in the text.
fn alphabet(text: &str) -> f64 {
    if is_hexadecimal(text) {
        return 16.0;
    }
    let size = |kind: fn(&u8) -> bool, size| if text.bytes().any(|byte| kind(&byte)) { size } else { 0.0 };
    // Symbols count as in base64, because it is unknown which others a generator uses.
    size(u8::is_ascii_lowercase, 26.0)
        + size(u8::is_ascii_uppercase, 26.0)
        + size(u8::is_ascii_digit, 10.0)
        + size(u8::is_ascii_punctuation, 2.0)
}

/// Letters must all be of one case, as generators write them.
fn is_hexadecimal(text: &str) -> bool {
    let is = |letters: std::ops::RangeInclusive<u8>| {
        text.bytes().all(|byte| byte.is_ascii_digit() || letters.contains(&byte))
    };
    is(b'a'..=b'f') || is(b'A'..=b'F')
}

fn distinct_triples(text: &str) -> f64 {
    let triples = text.as_bytes().windows(3);
    let count = triples.len().max(1) as f64;
    triples.collect::<BTreeSet<_>>().len() as f64 / count
}

/// Replaces digits by the letters they stand for: `p4ssw0rd`.
fn digits_as_letters(lower: &str) -> String {
    let letter = |c| match c {
        '0' => 'o',
        '1' | '!' => 'i',
        '3' => 'e',
        '4' | '@' => 'a',
        '5' | '$' => 's',
        '7' => 't',
        other => other,
    };
    lower.chars().map(letter).collect()
}

fn odds_of_words(lower: &str, by_chance: f64) -> f64 {
    let common: BTreeSet<&[u8]> = COMMON.split_ascii_whitespace().map(str::as_bytes).collect();
    let pairs = lower.as_bytes().windows(2).filter(|pair| pair.iter().all(u8::is_ascii_lowercase));
    let (yes, no) = ((IN_WORDS / by_chance).log2(), ((1.0 - IN_WORDS) / (1.0 - by_chance)).log2());
    pairs.map(|pair| if common.contains(pair) { yes } else { no }).sum()
}

/// The share of the text in runs of four letters or more: `word`, `Word` or `WORD`.
fn shaped_like_words(text: &str) -> f64 {
    let mut covered = 0;
    let mut run = 0;
    let mut before = b' ';
    for byte in text.bytes().chain([b' ']) {
        let goes_on = match byte {
            b'a'..=b'z' => before.is_ascii_lowercase() || (before.is_ascii_uppercase() && run == 1),
            b'A'..=b'Z' => before.is_ascii_uppercase(),
            _ => false,
        };
        if goes_on {
            run += 1;
        } else {
            covered += if run >= 4 { run } else { 0 };
            run = usize::from(byte.is_ascii_alphabetic());
        }
        before = byte;
    }
    covered as f64 / text.len() as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws_lc_rs::digest::{SHA512, digest};

    /// Bytes that look random and are the same in every run.
    fn bytes(n: u32) -> Vec<u8> {
        digest(&SHA512, &n.to_be_bytes()).as_ref().to_vec()
    }

    /// D6t
    #[test]
    fn what_generators_write_is_taken() {
        use base64::Engine;
        use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
        let letters = |alphabet: &str, n: u32| -> String {
            let alphabet = alphabet.as_bytes();
            bytes(n).iter().map(|byte| char::from(alphabet[usize::from(*byte) % alphabet.len()])).collect()
        };
        for n in 0..60 {
            for secret in [
                hex::encode(&bytes(n)[..32]),
                hex::encode_upper(&bytes(n)[..24]),
                BASE64_STANDARD.encode(&bytes(n)[..32]),
                BASE64_URL_SAFE_NO_PAD.encode(&bytes(n)[..48]),
                letters("abcdefghijklmnopqrstuvwxyz0123456789!@#$%^&*(-_=+)", n),
                letters("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789", n)[..40].to_owned(),
            ] {
                assert_eq!(judge(&secret), Ok(()), "{secret}");
            }
        }
    }

    /// D6t
    #[test]
    fn what_somebody_thought_up_is_not() {
        for (secret, why) in [
            ("correct horse battery staple 123", Guessable::Typed),
            ("schöne-grüße-aus-dem-rechenzentrum-7", Guessable::Typed),
            ("31415926535897932384626433832795028841971", Guessable::Poor),
            ("k8f3z9q2m7x4c1v6b5", Guessable::Poor),
            ("hunter2hunter2hunter2hunter2Hunter3!", Guessable::Regular),
            ("0123456789abcdef0123456789abcdef", Guessable::Regular),
            ("qwertzuiopasdfghjklyxcvbnm1234567890", Guessable::Regular),
            ("asdkjhasdkjhqweoiuzqweoiuzasdkjhzxmncb12", Guessable::Regular),
            ("Secr3tSup3rm4nDragonJ0rd4nAbc123", Guessable::Regular),
            ("m0nK3Y$H4d0wl37m31NDr4g0nba$3ball", Guessable::Regular),
            ("correct-horse-battery-staple-123456", Guessable::Words),
            ("CorrectHorseBatteryStapleAndMore42!!", Guessable::Words),
            ("c0rr3ct-h0rs3-b4tt3ry-st4pl3-2024-x", Guessable::Words),
            ("MeinHundFrisstGerneSchuheAmDienstagUndMittwoch", Guessable::Words),
            ("Company-Production-Auth-Service-2024-Key!", Guessable::Words),
            ("zwoelf-boxkaempfer-jagen-viktor-quer-1", Guessable::Words),
            ("Thequickbrownfoxjumpsoverthelazydog1", Guessable::Words),
            ("OurTeamLovesPizza&Pasta&Friday2026!!", Guessable::Words),
        ] {
            assert_eq!(judge(secret), Err(why), "{secret}");
        }
    }
}
