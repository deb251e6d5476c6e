//! `POST /api/session/renew`: a browser's login, renewed by a script of one of our services.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use shared_claims::protocol::{code, path};

use crate::app::App;
use crate::audit::RequestContext;
use crate::error::Error;
use crate::pages::Problem;
use crate::sessions::RefreshToken;

/// `204` with new cookies, or `401` with the address of the login. A failed renewal takes no cookie
/// away: the failure may be another tab's success.
pub(super) async fn renew(
    app: web::Data<App>,
    request: HttpRequest,
    context: RequestContext,
) -> Result<HttpResponse, Error> {
    match app.sessions.renew(RefreshToken::of(&request), context).await? {
        Some(current) => app
            .cookies
            .set_session_cookies(HttpResponse::NoContent().finish(), &app.tokens.issue(&current).await?),
        None => {
            let login_url = app.config.auth_url.join(path::LOGIN);
            let detail = "This browser is not logged in, or not any more: send the person to login_url.";
            let problem =
                Problem::new(StatusCode::UNAUTHORIZED, "Log in first", detail, Some(code::LOGIN_REQUIRED));
            Ok(problem.login_url(&login_url).answer())
        }
    }
}
