//! Templates: embedded in the binary, and overridden file by file from `TEMPLATES_DIR`. They are
//! read once at startup, and checked if any is overridden.

use std::sync::Arc;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{CONTENT_LANGUAGE, ContentType};
use serde::Serialize;
use shared_claims::web::Shades;
use tera::{Context, Tera};

use super::filters;
use super::tera_error::problem_of;
use crate::assets::{Files, TemplateProblem};
use crate::config::{AuthUrl, FooterLink, Site};
use crate::error::Error;
use crate::http::RunsScript;
use crate::i18n::Message;
use crate::i18n::{Language, PreferredLanguages, Translations};
use crate::pages::static_files::StaticFiles;
use crate::pages::{Layout, Page};

/// Draws pages.
#[derive(Clone)]
pub struct Pages(pub(super) Arc<Inner>);

pub(super) struct Inner {
    /// The templates, once for each language: a filter cannot otherwise know the page's language.
    pub(super) drawn_in: Vec<(Language, Tera, SiteContext)>,
    texts: Arc<Translations>,
    pub(super) files: Files,
}

/// Values that every page has.
#[derive(Serialize)]
pub(super) struct SiteContext {
    name: String,
    auth_url: String,
    style: String,
    /// The script of the page in a service's frame.
    frame_script: String,
    /// The script of forms with a password.
    form_script: String,
    /// The script of pages with times.
    time_script: String,
    icon: String,
    logo: String,
    links: Vec<FooterLink>,
    /// The address of the link that leads to help, if there is one.
    help: Option<String>,
    /// Whether there is a page with the letters, in development.
    has_dev_mailbox: bool,
    /// The site's colours on light and on dark screens, for letters: mail programs know no
    /// variables of CSS.
    light: LetterColors,
    dark: LetterColors,
}

/// The colours of a letter, as `#rrggbb`.
#[derive(Serialize)]
struct LetterColors {
    accent: String,
    strong: String,
    on_accent: String,
    wash: String,
}

impl From<Shades> for LetterColors {
    fn from(Shades { accent, strong, on_accent, wash }: Shades) -> Self {
        Self { accent, strong, on_accent, wash }
    }
}

/// A rendered page.
pub struct Drawn {
    pub html: String,
    /// The language as in `Content-Language`, such as `de`.
    pub language: String,
}

impl Pages {
    /// Reads all templates and messages. Errors name the file and the line.
    pub fn load(
        files: Files,
        site: &Site,
        auth_url: &AuthUrl,
        statics: &StaticFiles,
    ) -> Result<Self, TemplateProblem> {
        let texts = Arc::new(Translations::load(&files)?);
        filters::require_known_texts(&files, &texts)?;
        let mut tera = Tera::new();
        tera.autoescape_on(vec![".html"]);
        filters::register(&mut tera, &texts, texts.choose(&PreferredLanguages::default()));
        tera.add_raw_templates(files.templates()).map_err(|error| problem_of(&error, &files))?;
        let theme = site.theme.unwrap_or_default();
        let frame = |language| SiteContext {
            name: site.name.clone().unwrap_or_else(|| texts.format(language, &Message::new("site-name"))),
            auth_url: auth_url.origin(),
            style: statics.address("style.css"),
            frame_script: statics.address("frame.js"),
            form_script: statics.address("forms.js"),
            time_script: statics.address("times.js"),
            icon: statics.address("icon.svg"),
            logo: statics.logo_address(),
            links: site.footer_links.clone(),
            help: site.help_link().map(|link| link.url.clone()),
            has_dev_mailbox: site.has_dev_mailbox,
            light: theme.light().into(),
            dark: theme.dark().into(),
        };
        let drawn_in = texts.languages().map(|language| {
            let mut tera = tera.clone();
            filters::register(&mut tera, &texts, language);
            (language, tera, frame(language))
        });
        Ok(Self(Arc::new(Inner { drawn_in: drawn_in.collect(), texts, files })))
    }

    /// Draws `page` inside `shell`, in the language that the reader prefers.
    pub fn draw<P: Page>(&self, shell: &Layout, page: &P) -> Result<Drawn, Error> {
        self.draw_with(shell, P::TEMPLATE, page)
    }

    /// Draws a template with `page` as its context.
    pub fn draw_with(&self, shell: &Layout, template: &str, page: &impl Serialize) -> Result<Drawn, Error> {
        let language = self.0.texts.choose(&shell.preferred);
        let html = self
            .draw_in(language, shell, template, page)
            .map_err(|error| Error::internal(format!("{template} cannot be drawn: {error}")))?;
        Ok(Drawn { html, language: self.0.texts.tag(language).to_owned() })
    }

    /// A response with `page` as its body.
    pub fn answer<P: Page>(
        &self,
        status: StatusCode,
        shell: &Layout,
        page: &P,
    ) -> Result<HttpResponse, Error> {
        Ok(Self::respond::<P>(status, self.draw(shell, page)?))
    }

    /// A response with a page that is drawn.
    pub fn respond<P: Page>(status: StatusCode, drawn: Drawn) -> HttpResponse {
        let mut answer = HttpResponse::build(status)
            .content_type(ContentType::html())
            .insert_header((CONTENT_LANGUAGE, drawn.language))
            .body(drawn.html);
        if P::RUNS_SCRIPT {
            answer.extensions_mut().insert(RunsScript);
        }
        answer
    }

    /// The translations, for responses that are not pages.
    pub fn texts(&self) -> &Translations {
        &self.0.texts
    }

    pub(super) fn draw_in(
        &self,
        language: Language,
        shell: &Layout,
        template: &str,
        page: &impl Serialize,
    ) -> tera::TeraResult<String> {
        let found = self.0.drawn_in.iter().find(|(one, ..)| *one == language);
        let (_, tera, frame) = found.ok_or_else(|| tera::Error::message("there is no such language"))?;
        let mut context = Context::from_serialize(page)?;
        context.extend(Context::from_serialize(shell)?);
        context.insert("site", frame);
        context.insert("language", self.0.texts.tag(language));
        tera.render(template, &context)
    }
}
