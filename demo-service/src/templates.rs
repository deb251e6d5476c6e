//! Templates: embedded in the binary, parsed once at the start, every text escaped.

use std::sync::Arc;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_TYPE, VARY};
use serde::Serialize;
use shared_claims::web::{initials, stylesheet};
use shared_claims::{Claims, SharedLogin};
use tera::{Context, Tera};

use crate::error::Error;

const FILES: [(&str, &str); 7] = [
    ("base.html", include_str!("../templates/base.html")),
    ("error.html", include_str!("../templates/error.html")),
    ("home.html", include_str!("../templates/home.html")),
    ("notes.html", include_str!("../templates/notes.html")),
    ("private.html", include_str!("../templates/private.html")),
    ("staff.html", include_str!("../templates/staff.html")),
    ("whoami.html", include_str!("../templates/whoami.html")),
];

/// A template's own values, beside those that all templates get.
pub trait Page: Serialize {
    /// The template's file.
    const TEMPLATE: &str;
}

/// Renders pages. Cheap to clone.
#[derive(Clone)]
pub struct Templates(Arc<Inner>);

struct Inner {
    tera: Tera,
    site: Site,
    style: String,
}

/// The values that every page gets from the settings. The `Host` of a request is not trusted.
#[derive(Serialize)]
struct Site {
    name: String,
    host: String,
    auth_url: String,
    login_url: String,
    logout_url: String,
}

impl Templates {
    pub fn embedded(login: &SharedLogin) -> Result<Self, tera::Error> {
        let mut tera = Tera::new();
        tera.autoescape_on(vec![".html"]);
        tera.add_raw_templates(FILES)?;
        let to_login = login.login_url(Some(&login.page_url("/")));
        let mut to_logout = to_login.clone();
        to_logout.set_path("/logout");
        let site = Site {
            name: login.settings().service_name().to_owned(),
            host: login.page_url("/").host_str().unwrap_or_default().to_owned(),
            auth_url: login.settings().auth_url(),
            login_url: to_login.into(),
            logout_url: to_logout.into(),
        };
        let style = stylesheet(login.settings().service_theme()) + include_str!("../templates/style.css");
        Ok(Self(Arc::new(Inner { tera, site, style })))
    }

    /// The style sheet: the frame that the login has too, in this service's colour, and our own
    /// rules.
    pub fn style(&self) -> &str {
        &self.0.style
    }

    /// Renders the page for `user`, whose name is at its top.
    pub fn render<P: Page>(
        &self,
        status: StatusCode,
        user: Option<&Claims>,
        page: &P,
    ) -> Result<HttpResponse, Error> {
        let mut context = Context::from_serialize(page)?;
        context.insert("site", &self.0.site);
        context.insert("template", P::TEMPLATE);
        context.insert("user", &user);
        context.insert("user_name", &user.map(Claims::full_name));
        context.insert("initials", &user.map(|user| initials(&user.full_name())));
        // The page's owner: another person of the same browser is asked before one of its forms is
        // filed under them.
        context.insert("form_mark", &user.map(Claims::form_mark));
        let html = self.0.tera.render(P::TEMPLATE, &context)?;
        Ok(HttpResponse::build(status)
            .insert_header((CONTENT_TYPE, "text/html; charset=utf-8"))
            .insert_header((CACHE_CONTROL, "no-store"))
            .insert_header((VARY, "Cookie, Sec-Fetch-Mode, Sec-Fetch-Dest"))
            .body(html))
    }
}
