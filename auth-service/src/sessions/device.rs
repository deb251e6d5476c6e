//! Device names: the user agent in a form that its owner recognizes.
//!
//! Browsers have frozen most of this header, so it yields only a name and an operating system. It
//! is set by the client, so it helps its owner to recognize devices, and must not be used for
//! decisions.

use serde::Serialize;

use crate::i18n::Message;

const UNKNOWN: Message = Message::new("device-unknown");

/// The first match counts, because derived browsers also contain the names of others.
const BROWSERS: [(&str, &str); 9] = [
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Vivaldi/", "Vivaldi"),
    ("FxiOS/", "Firefox"),
    ("Firefox/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
];

const SYSTEMS: [(&str, &str); 7] = [
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("CrOS", "Chromebook"),
    ("Windows", "Windows"),
    ("Mac OS X", "Mac"),
    ("Linux", "Linux"),
];

/// What a device looks like, for a picture of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum DeviceKind {
    Desktop,
    Phone,
    Tablet,
    Program,
}

impl DeviceKind {
    pub fn of(user_agent: Option<&str>) -> Self {
        let text = user_agent.unwrap_or_default();
        let says = |mark: &str| text.contains(mark);
        match () {
            // Android's browsers say "Mobile" on telephones only.
            () if says("iPad") || says("Android") && !says("Mobile") => Self::Tablet,
            () if says("iPhone") || says("Android") => Self::Phone,
            () if text.is_empty() || says("Mozilla/") => Self::Desktop,
            () => Self::Program,
        }
    }
}

/// `Firefox on Windows`, `curl`, or "unknown".
pub fn device(user_agent: Option<&str>) -> Message {
    let Some(text) = user_agent else { return UNKNOWN };
    let found = |names: &[(&str, &'static str)]| {
        names.iter().find(|(mark, _)| text.contains(mark)).map(|(_, name)| *name)
    };
    match (found(&BROWSERS), found(&SYSTEMS)) {
        (Some(browser), Some(system)) => {
            Message::new("device").with("browser", browser).with("system", system)
        }
        (Some(browser), None) => Message::verbatim(browser),
        (None, Some(system)) => Message::new("device-unknown-on").with("system", system),
        (None, None) => program(text).map_or(UNKNOWN, Message::verbatim),
    }
}

/// The product name of another program: `curl` in `curl/8.5.0` (RFC 9110, 10.1.5).
fn program(text: &str) -> Option<&str> {
    let name = text.split(['/', ' ']).next().unwrap_or_default();
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    ((1..=40).contains(&name.len()) && name.chars().all(is_plain) && name != "Mozilla").then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::i18n::Translations;

    #[test]
    fn browsers_and_programs_are_named_as_their_owners_know_them() {
        let texts = Translations::embedded();
        for (user_agent, words) in [
            (
                "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36",
                "Chrome on Linux",
            ),
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:153.0) Gecko/20100101 Firefox/153.0",
                "Firefox on Windows",
            ),
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 \
                 Safari/537.36 Edg/156.0.0.0",
                "Edge on Windows",
            ),
            (
                "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 \
                 Safari/605.1.15",
                "Safari on Mac",
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 18_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) \
                 Version/26.0 Mobile/15E148 Safari/604.1",
                "Safari on iPhone",
            ),
            (
                "Mozilla/5.0 (iPad; CPU OS 18_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/156.0 \
                 Mobile/15E148 Safari/604.1",
                "Chrome on iPad",
            ),
            (
                "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/29.0 \
                 Chrome/136.0.0.0 Mobile Safari/537.36",
                "Samsung Internet on Android",
            ),
            (
                "Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 \
                 Safari/537.36",
                "Chrome on Chromebook",
            ),
            ("curl/8.5.0", "curl"),
            ("python-requests/2.32.3", "python-requests"),
            ("Mozilla/5.0", "Unknown browser"),
            ("<script>alert(1)</script>", "Unknown browser"),
            ("Mozilla/5.0 (Windows NT 10.0) Something/1", "Unknown browser on Windows"),
            ("", "Unknown browser"),
        ] {
            assert_eq!(texts.english(&device(Some(user_agent))), words, "{user_agent}");
        }
        assert_eq!(texts.english(&device(None)), "Unknown browser");
    }

    #[test]
    fn a_device_has_the_picture_of_its_kind() {
        for (user_agent, kind) in [
            (Some("Mozilla/5.0 (X11; Linux x86_64) Chrome/156.0.0.0 Safari/537.36"), DeviceKind::Desktop),
            (Some("Mozilla/5.0 (iPhone; CPU iPhone OS 18_7 like Mac OS X) Mobile/15E148"), DeviceKind::Phone),
            (Some("Mozilla/5.0 (Linux; Android 10; K) Chrome/156.0 Mobile Safari/537.36"), DeviceKind::Phone),
            (Some("Mozilla/5.0 (Linux; Android 10; K) Chrome/156.0 Safari/537.36"), DeviceKind::Tablet),
            (Some("Mozilla/5.0 (iPad; CPU OS 18_7 like Mac OS X) Mobile/15E148"), DeviceKind::Tablet),
            (Some("curl/8.5.0"), DeviceKind::Program),
            (None, DeviceKind::Desktop),
        ] {
            assert_eq!(DeviceKind::of(user_agent), kind, "{user_agent:?}");
        }
    }
}
