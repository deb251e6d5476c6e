//! The layout around every page: flash messages, who is logged in, and a warning about too many
//! cookies.

use actix_web::HttpRequest;
use serde::Serialize;
use shared_claims::web::initials;

use crate::forms::{BrowserSession, Level, browser_session::Flash};
use crate::http::TooMany;
use crate::i18n::{Message, PreferredLanguages, preferred_languages};

#[derive(Debug, Default, Serialize)]
pub struct Layout {
    /// The flash messages of earlier requests.
    pub flash: Vec<Flash>,
    /// The current user, on pages that show it.
    pub user: Option<CurrentUser>,
    /// The tab of the account pages that is open, on those pages.
    pub tab: Option<&'static str>,
    /// The address of the cookie clean-up, if the browser has too many cookies.
    pub cleanup: Option<String>,
    /// The result of the check for too many cookies.
    pub too_many_cookies: Option<TooMany>,
    /// The reader's preferred languages.
    #[serde(skip)]
    pub preferred: PreferredLanguages,
}

/// The user whom the layout shows as logged in.
#[derive(Debug, Serialize)]
pub struct CurrentUser {
    pub email: String,
    pub name: String,
    /// Stand for them where there is no room for a name.
    pub initials: String,
}

impl CurrentUser {
    pub fn of(email: &str, name: String) -> Self {
        Self { email: email.to_owned(), initials: initials(&name), name }
    }
}

impl Layout {
    /// The layout for a browser, with its flash messages, which are used up.
    pub fn of(browser: &BrowserSession) -> Self {
        Self {
            flash: browser.take_flashes(),
            user: None,
            tab: None,
            cleanup: browser.cleanup.clone(),
            too_many_cookies: browser.too_many_cookies.clone(),
            preferred: browser.preferred.clone(),
        }
    }

    /// The same layout with one more message.
    pub fn saying(mut self, level: Level, text: Message) -> Self {
        self.flash.push(Flash { level, text });
        self
    }

    /// The layout for a request alone: it takes no flash messages.
    pub fn bare(request: &HttpRequest) -> Self {
        Self { preferred: preferred_languages(request), ..Self::default() }
    }

    /// Whether the layout shows nothing about a browser or a person.
    pub fn is_bare(&self) -> bool {
        let Self { flash, user, tab, cleanup, too_many_cookies, preferred: _ } = self;
        flash.is_empty() && user.is_none() && tab.is_none() && cleanup.is_none() && too_many_cookies.is_none()
    }

    /// A layout with every part filled in.
    pub(super) fn sample() -> Self {
        let message = |level| Flash { level, text: Message::new("logout-done") };
        Self {
            flash: [Level::Success, Level::Info, Level::Warning].map(message).into(),
            user: Some(CurrentUser::of("ada@example.org", "Ada Lovelace".to_owned())),
            tab: Some("overview"),
            cleanup: Some("/login/cookies".to_owned()),
            too_many_cookies: Some(TooMany::sample()),
            preferred: PreferredLanguages::default(),
        }
    }

    /// The same layout, with `user` as the one who is logged in.
    pub fn naming(self, user: Option<CurrentUser>) -> Self {
        Self { user, ..self }
    }

    /// The layout of an account page, with its user and its tab.
    pub fn account(browser: &BrowserSession, user: CurrentUser, tab: &'static str) -> Self {
        Self { user: Some(user), tab: Some(tab), ..Self::of(browser) }
    }
}
