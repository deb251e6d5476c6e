//! The look of the pages: the site's name, logo, colour and links, and the folder with template
//! overrides.

use std::path::{Path, PathBuf};

use serde::Serialize;
use shared_claims::web::Theme;
use url::Url;

use super::picture::Picture;
use super::{ConfigError, Flags, SiteFlags};

const MAX_NAME_CHARS: usize = 60;
const MAX_LINKS: usize = 10;

/// The operator's choices for the look of the site.
#[derive(Debug, Clone, Default)]
pub struct Site {
    pub name: Option<String>,
    pub logo: Option<Picture>,
    pub theme: Option<Theme>,
    pub footer_links: Vec<FooterLink>,
    pub templates_dir: Option<PathBuf>,
    /// Whether letters land in a folder, as in development: every page then leads to them.
    pub has_dev_mailbox: bool,
}

/// A link in the footer of every page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FooterLink {
    pub label: String,
    pub url: String,
}

impl Site {
    pub fn parse(flags: &SiteFlags) -> Result<Self, ConfigError> {
        let flags = flags.tidied()?;
        Ok(Self {
            name: flags.site_name.as_deref().map(name).transpose()?,
            logo: flags.site_logo.as_deref().map(logo).transpose()?,
            theme: flags.site_color.as_deref().map(theme).transpose()?,
            footer_links: flags.footer_links.as_deref().map(links).transpose()?.unwrap_or_default(),
            templates_dir: flags.templates_dir.as_deref().map(folder).transpose()?,
            has_dev_mailbox: false,
        })
    }

    /// The first of `FOOTER_LINKS` that is called Help, Support or Contact, in English or German:
    /// whom to ask for a password that is forgotten.
    pub fn help_link(&self) -> Option<&FooterLink> {
        const CALLED: [&str; 5] = ["help", "support", "contact", "hilfe", "kontakt"];
        self.footer_links.iter().find(|link| CALLED.contains(&link.label.to_lowercase().as_str()))
    }

    /// The links in the format of `FOOTER_LINKS`.
    pub fn links_text(&self) -> String {
        let links: Vec<String> =
            self.footer_links.iter().map(|link| format!("{}={}", link.label, link.url)).collect();
        if links.is_empty() { "(none)".to_owned() } else { links.join(", ") }
    }
}

fn name(text: &str) -> Result<String, ConfigError> {
    let text = text.trim();
    if text.is_empty() || text.chars().count() > MAX_NAME_CHARS || text.chars().any(char::is_control) {
        return Err(ConfigError::new(
            "SITE_NAME",
            format!("must be one line of 1 to {MAX_NAME_CHARS} characters"),
        ));
    }
    Ok(text.to_owned())
}

fn logo(path: &Path) -> Result<Picture, ConfigError> {
    Picture::read(path).map_err(|problem| ConfigError::new("SITE_LOGO", problem))
}

fn theme(text: &str) -> Result<Theme, ConfigError> {
    Theme::parse(text).ok_or_else(|| {
        ConfigError::new("SITE_COLOR", "must be a colour such as #2348ae, or two, separated by a comma")
    })
}

fn links(text: &str) -> Result<Vec<FooterLink>, ConfigError> {
    let entries = text.split(',').map(str::trim).filter(|entry| !entry.is_empty());
    let links: Option<Vec<FooterLink>> = entries.map(FooterLink::parse).collect();
    links.filter(|links| links.len() <= MAX_LINKS).ok_or_else(|| {
        ConfigError::new(
            "FOOTER_LINKS",
            "must be up to ten links, separated by commas, such as Imprint=https://example.org/imprint; a comma within an \
             address is written %2C",
        )
    })
}

impl FooterLink {
    fn parse(text: &str) -> Option<Self> {
        let (label, address) = text.split_once('=')?;
        let (label, url) = (label.trim(), Url::parse(address.trim()).ok()?);
        // Links with any other scheme, such as javascript:, do not lead to a page.
        let is_fit = matches!(url.scheme(), "https" | "http" | "mailto");
        let is_named = !label.is_empty() && !label.chars().any(char::is_control);
        (is_fit && is_named).then(|| Self { label: label.to_owned(), url: url.into() })
    }
}

fn folder(path: &Path) -> Result<PathBuf, ConfigError> {
    if path.is_dir() {
        return Ok(path.to_owned());
    }
    Err(ConfigError::new("TEMPLATES_DIR", format!("{} is no folder that can be read", path.display())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_lead_to_something_to_read() {
        let links =
            links("Imprint = https://example.org/imprint?a=b , Help=mailto:help@example.org,").unwrap();
        assert_eq!(links[0].label, "Imprint");
        assert_eq!(links[0].url, "https://example.org/imprint?a=b");
        assert_eq!(links[1].url, "mailto:help@example.org");
        for text in
            ["Imprint", "=https://example.org", "X=javascript:alert(1)", "X=data:text/html,x", "X=/relative"]
        {
            assert!(super::links(text).is_err(), "{text}");
        }
    }

    #[test]
    fn the_link_to_help_is_known_by_its_name() {
        let help = |text: &str| {
            let site = Site { footer_links: links(text).unwrap(), ..Site::default() };
            site.help_link().map(|link| link.url.clone())
        };
        assert_eq!(
            help("Imprint=https://example.org/, HILFE=mailto:a@example.org, Help=https://example.org/h")
                .as_deref(),
            Some("mailto:a@example.org")
        );
        assert_eq!(help("Imprint=https://example.org/, Helpless=https://example.org/h"), None);
    }

    #[test]
    fn a_name_is_one_line() {
        assert_eq!(name("  Example & Sons "), Ok("Example & Sons".to_owned()));
        for text in ["", "  ", "two\nlines", &"x".repeat(61)] {
            assert!(name(text).is_err(), "{text:?}");
        }
    }
}
