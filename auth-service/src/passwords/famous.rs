//! Passphrases that everybody knows. An estimate of their words finds them strong, and they are in
//! every list that attackers try.

/// In lower case, letters and digits alone.
const PHRASES: &[&str] = &[
    "correcthorsebatterystaple",
    "correctbatteryhorsestaple",
    "thequickbrownfoxjumpsoverthelazydog",
    "tobeornottobethatisthequestion",
    "maytheforcebewithyou",
    "livelongandprosper",
    "openthepodbaydoorshal",
    "winteriscoming",
    "idontthinkwereinkansasanymore",
    "alongtimeagoinagalaxyfarfaraway",
    "inthebeginningwastheword",
    "alliwantforchristmasisyou",
    "iloveyoutothemoonandback",
    "franzjagtimkomplettverwahrlostentaxiquerdurchbayern",
    "seinodernichtseindasisthierdiefrage",
];

/// What else a password must have to be more than the phrase.
const MIN_CHARS_BEYOND: usize = 8;

/// Whether `text` is one of the phrases, however it is spaced and capitalised, or little more.
pub(super) fn is_famous(text: &str) -> bool {
    let plain: String = text.to_lowercase().chars().filter(|c| c.is_alphanumeric()).collect();
    PHRASES
        .iter()
        .any(|phrase| plain.contains(phrase) && plain.replace(phrase, "").chars().count() < MIN_CHARS_BEYOND)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_famous_phrase_is_known_in_every_spelling_and_with_little_added() {
        for text in [
            "correcthorsebatterystaple",
            "Correct Horse Battery Staple",
            "CORRECT-HORSE-BATTERY-STAPLE!",
            "correct horse battery staple 1234",
            "correcthorsebatterystaplecorrecthorsebatterystaple",
            "Live long and prosper",
        ] {
            assert!(is_famous(text), "{text}");
        }
        for text in
            ["correct horse", "correct horse battery staple violet harbour", "violet harbour kites 7", ""]
        {
            assert!(!is_famous(text), "{text}");
        }
    }

    #[test]
    fn phrases_are_written_as_passwords_are_compared() {
        for phrase in PHRASES {
            assert!(is_famous(phrase), "{phrase}");
        }
    }
}
