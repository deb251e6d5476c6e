//! The visitor: whoever is logged in, on pages that are open to everybody.

use actix_web::HttpRequest;

use super::App;
use crate::pages::CurrentUser;
use crate::sessions::RefreshToken;
use crate::users::User;

impl App {
    /// The user whom such a page names. Without a refresh cookie nothing is read. A page that needs
    /// no login does not need the database either, so an error means that it names nobody.
    pub fn visitor(&self, request: &HttpRequest) -> impl Future<Output = Option<CurrentUser>> + use<> {
        let (sessions, token) = (self.sessions.clone(), RefreshToken::of(request));
        async move {
            let current = sessions.current(token).await.unwrap_or_else(|error| {
                let cause = error.cause().map(ToString::to_string);
                tracing::warn!(cause, "a page names nobody, because its visitor could not be read");
                None
            });
            current.map(|current| CurrentUser::from(&current.user))
        }
    }
}

impl From<&User> for CurrentUser {
    fn from(user: &User) -> Self {
        Self::of(user.email.as_str(), user.display_name())
    }
}
