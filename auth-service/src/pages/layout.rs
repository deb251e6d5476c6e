//! The layout around every page: flash messages, who is logged in, and a warning about too many
//! cookies.

use actix_web::HttpRequest;
use serde::Serialize;

use crate::forms::{BrowserSession, Level, browser_session::Flash};
use crate::http::TooMany;
use crate::i18n::{Message, PreferredLanguages, preferred_languages};

/// The layout around every page.
#[derive(Debug, Default, Serialize)]
pub struct Layout {
    /// Messages that an earlier request left.
    pub flash: Vec<Flash>,
    /// The current user, where the page shows it.
    pub user: Option<CurrentUser>,
    /// Where cookies that are not ours are cleared, when there are too many of them.
    pub cleanup: Option<String>,
    /// What came of those.
    pub too_many_cookies: Option<TooMany>,
    /// Which languages its reader likes.
    #[serde(skip)]
    pub preferred: PreferredLanguages,
}

/// Somebody who is logged in, as the frame shows them.
#[derive(Debug, Serialize)]
pub struct CurrentUser {
    pub email: String,
    pub name: String,
}

impl CurrentUser {
    pub fn of(email: &str, name: String) -> Self {
        Self { email: email.to_owned(), name }
    }
}

impl Layout {
    /// The frame for a browser, with the messages left for it.
    pub fn of(browser: &BrowserSession) -> Self {
        Self {
            flash: browser.take_flashes(),
            user: None,
            cleanup: browser.cleanup.clone(),
            too_many_cookies: browser.too_many_cookies.clone(),
            preferred: browser.preferred.clone(),
        }
    }

    /// The frame where nothing is known but the request: no message is taken, and nobody is named.
    pub fn bare(request: &HttpRequest) -> Self {
        Self { preferred: preferred_languages(request), ..Self::default() }
    }

    /// With all there can be in it.
    pub(super) fn sample() -> Self {
        let message = |level| Flash { level, text: Message::new("logout-done") };
        Self {
            flash: [Level::Success, Level::Info, Level::Warning].map(message).into(),
            user: Some(CurrentUser::of("ada@example.org", "Ada Lovelace".to_owned())),
            cleanup: Some("/login/cookies".to_owned()),
            too_many_cookies: Some(TooMany::sample()),
            preferred: PreferredLanguages::default(),
        }
    }

    /// The same with somebody logged in.
    pub fn for_user(browser: &BrowserSession, visitor: CurrentUser) -> Self {
        Self { user: Some(visitor), ..Self::of(browser) }
    }
}
