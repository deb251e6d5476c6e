//! Property of settings: any text as a setting and as a secret.

use shared_claims::setting::{plain, secret};

pub fn holds_for(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    for meant in [plain(text), secret(text)].into_iter().flatten().flatten() {
        assert!(text.contains(meant) && !meant.is_empty());
        assert!(!meant.contains(char::is_control));
        // Parsing the result again, as a child process would, changes nothing.
        assert_eq!(plain(meant), Ok(Some(meant)));
    }
}
