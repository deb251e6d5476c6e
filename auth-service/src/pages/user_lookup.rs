//! The user of a request, for pages that are drawn where no session is known. The application
//! supplies the look-up, because sessions are in a layer above the pages.

use std::pin::Pin;
use std::sync::Arc;

use actix_web::HttpRequest;

use super::CurrentUser;

type Found = Pin<Box<dyn Future<Output = Option<CurrentUser>>>>;

/// Finds the user of a request.
#[derive(Clone)]
pub struct UserLookup(Arc<dyn Fn(&HttpRequest) -> Found + Send + Sync>);

impl UserLookup {
    pub fn new<F>(find: impl Fn(&HttpRequest) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Option<CurrentUser>> + 'static,
    {
        Self(Arc::new(move |request| Box::pin(find(request))))
    }

    /// The user; `None` also if the look-up fails.
    pub async fn of(&self, request: &HttpRequest) -> Option<CurrentUser> {
        (self.0)(request).await
    }
}
