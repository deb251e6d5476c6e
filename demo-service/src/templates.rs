//! Templates: embedded in the binary, parsed once at the start, every text escaped.

use std::sync::Arc;

use serde::Serialize;
use shared_claims::SharedLogin;
use shared_claims::web::{Texts, stylesheet};
use tera::{Context, Tera};

use crate::icons::{self, Icons};
use crate::settings::OtherService;
use crate::texts;

const FILES: [(&str, &str); 7] = [
    ("base.html", include_str!("../templates/base.html")),
    ("delete_all.html", include_str!("../templates/delete_all.html")),
    ("error.html", include_str!("../templates/error.html")),
    ("home.html", include_str!("../templates/home.html")),
    ("notes.html", include_str!("../templates/notes.html")),
    ("private.html", include_str!("../templates/private.html")),
    ("staff.html", include_str!("../templates/staff.html")),
];

/// The parsed templates. Cheap to clone.
#[derive(Clone)]
pub struct Templates(Arc<Inner>);

struct Inner {
    texts: Arc<Texts>,
    /// Once for each language: a filter cannot otherwise know the page's.
    tera: Vec<Tera>,
    site: Site,
    style: String,
    icons: Icons,
}

/// The values that every page gets from the settings. The `Host` of a request is not trusted.
#[derive(Serialize)]
struct Site {
    name: String,
    icon: String,
    host: String,
    auth_url: String,
    auth_host: String,
    /// The account page, which leads back here.
    account_url: String,
    login_url: String,
    logout_url: String,
    other: Option<OtherService>,
}

/// Why templates cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TemplatesError {
    #[error(transparent)]
    Template(#[from] tera::Error),
    #[error(transparent)]
    Texts(#[from] shared_claims::web::TextsError),
}

impl Templates {
    pub fn embedded(login: &SharedLogin, other: Option<OtherService>) -> Result<Self, TemplatesError> {
        let texts = Arc::new(texts::embedded()?);
        let tera = (0..texts.translations().count()).map(|language| in_language(&texts, language));
        let tera = tera.collect::<Result<_, _>>()?;
        let style = stylesheet(login.settings().service_theme()) + include_str!("../templates/style.css");
        let icons = Icons::tinted(login.settings().service_theme());
        Ok(Self(Arc::new(Inner { tera, site: Site::of(login, other), style, icons, texts })))
    }

    /// The style sheet: the frame that the login has too, in this service's colour, and our own
    /// rules.
    pub fn style(&self) -> &str {
        &self.0.style
    }

    pub fn icons(&self) -> &Icons {
        &self.0.icons
    }

    pub fn texts(&self) -> &Texts {
        &self.0.texts
    }

    /// Draws a template in the language with this tag.
    pub fn draw(&self, language: &str, template: &str, context: &mut Context) -> Result<String, tera::Error> {
        context.insert("language", language);
        context.insert("site", &self.0.site);
        context.insert("template", template);
        let place = self.0.texts.translations().position(|translation| translation.tag() == language);
        self.0.tera[place.unwrap_or(0)].render(template, context)
    }
}

fn in_language(texts: &Arc<Texts>, language: usize) -> Result<Tera, tera::Error> {
    let mut tera = Tera::new();
    tera.autoescape_on(vec![".html"]);
    texts::register(&mut tera, texts, language);
    tera.add_raw_templates(FILES)?;
    Ok(tera)
}

impl Site {
    fn of(login: &SharedLogin, other: Option<OtherService>) -> Self {
        let settings = login.settings();
        let to_login = login.login_url(Some(&login.page_url("/")));
        let mut to_logout = to_login.clone();
        to_logout.set_path("/logout");
        let mut to_account = to_login.clone();
        to_account.set_path("/");
        let auth_url = settings.auth_url();
        Self {
            name: settings.service_name().to_owned(),
            icon: settings.service_icon().unwrap_or(icons::DEFAULT).to_owned(),
            host: login.page_url("/").host_str().unwrap_or_default().to_owned(),
            auth_host: to_login.host_str().unwrap_or_default().to_owned(),
            auth_url,
            account_url: to_account.into(),
            login_url: to_login.into(),
            logout_url: to_logout.into(),
            other,
        }
    }
}
