//! A destination that is refused: what the person and the log are told.

use shared_claims::internal::is_host_name;
use url::{Host, Url};

use crate::app::App;
use crate::config::host_and_port;
use crate::i18n::Message;

/// What to say of the destination `asked`, which is refused, to the person and in the log. `None`
/// if it is one of our own pages: those are no destinations, and nobody misses them.
pub(super) fn refusal(app: &App, asked: &str) -> Option<Message> {
    let own = app.config.auth_url.url();
    let url = own.join(asked).ok().filter(|_| !asked.is_empty());
    if asked.is_empty() || url.as_ref().is_some_and(|url| url.origin() == own.origin()) {
        return None;
    }
    let Some((url, host)) = url.and_then(|url| host_alone(&url).map(|host| (url, host))) else {
        tracing::warn!("a service sent somebody to log in with a destination that is no address");
        return Some(Message::new("login-next-unreadable"));
    };
    tracing::warn!(
        host,
        "a service sent somebody to log in with a destination that is refused: compare its SERVICE_URL with \
         COOKIE_DOMAIN, the scheme of AUTH_URL, and ALLOWED_ORIGINS"
    );
    let domain = app.config.cookie_domain.as_str();
    let is_below = matches!(url.host(), Some(Host::Domain(name)) if app.config.cookie_domain.covers(name));
    Some(match is_below {
        true => Message::new("login-next-not-allowed").with("host", host),
        false => Message::new("login-next-elsewhere").with("host", host).with("domain", domain.to_owned()),
    })
}

/// The host of an address, with its port, and nothing else: whoever makes a link could put any
/// words into the rest of it, and we would say them in our name.
fn host_alone(url: &Url) -> Option<String> {
    let is_host = match url.host()? {
        // The parser has made it lower case and ASCII (punycode).
        Host::Domain(name) => is_host_name(name),
        Host::Ipv4(_) | Host::Ipv6(_) => true,
    };
    (is_host && matches!(url.scheme(), "http" | "https")).then(|| host_and_port(url))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_refused_address_the_host_alone_is_repeated() {
        let named = |text: &str| Url::parse(text).ok().and_then(|url| host_alone(&url));
        assert_eq!(named("http://127.0.0.1:20303/a?b").as_deref(), Some("127.0.0.1:20303"));
        assert_eq!(named("https://[::1]:8000/").as_deref(), Some("[::1]:8000"));
        assert_eq!(named("https://call:us@Evil.NET/now#please").as_deref(), Some("evil.net"));
        assert_eq!(named("https://b\u{fc}cher.example/").as_deref(), Some("xn--bcher-kva.example"));
        for text in ["javascript:alert(1)", "mailto:eve@evil.net", "data:text/html,x", "https://evil!text/"] {
            assert_eq!(named(text), None, "{text}");
        }
    }
}
