//! Initials of a person, for the circle beside their name.

/// The first letters of the first and of the last word of a name, in capitals: `AL` for `Ada
/// Lovelace`. Of an e-mail address the first letter alone; empty where there is no letter or digit.
pub fn initials(name: &str) -> String {
    let name = name.split('@').next().unwrap_or_default();
    let mut letters = name.split_whitespace().filter_map(|word| word.chars().find(|c| c.is_alphanumeric()));
    let first = letters.next();
    let last = letters.next_back();
    first.into_iter().chain(last).flat_map(char::to_uppercase).collect()
}

#[cfg(test)]
mod tests {
    use super::initials;

    #[test]
    fn a_name_gives_two_letters_and_an_address_one() {
        for (name, expected) in [
            ("Ada Lovelace", "AL"),
            ("ada king, countess of lovelace", "AL"),
            ("Plato", "P"),
            ("ada.lovelace@example.org", "A"),
            ("  élodie  (she) durand ", "ÉD"),
            ("李 小龙", "李小"),
            ("!!!", ""),
            ("", ""),
        ] {
            assert_eq!(initials(name), expected, "{name}");
        }
    }
}
