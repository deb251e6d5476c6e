//! Appearance settings: the name, colour and icon of a service on the pages that the library
//! answers with.

use url::Url;

use super::SettingsError;
use crate::web::Theme;

const MAX_NAME_CHARS: usize = 60;

/// How a service looks on the library's pages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Appearance {
    pub name: String,
    pub theme: Option<Theme>,
    /// A path of the service's own.
    pub icon: Option<String>,
}

impl Appearance {
    /// From `SERVICE_NAME`, `SERVICE_COLOR` and `SERVICE_ICON`. The name is by default the host of
    /// `service`.
    pub fn read(
        get: impl Fn(&str) -> Result<Option<String>, SettingsError>,
        service: &Url,
    ) -> Result<Self, SettingsError> {
        let name = match get("SERVICE_NAME")? {
            Some(name) => checked_name(&name)?,
            None => service.host_str().unwrap_or_default().to_owned(),
        };
        let color = get("SERVICE_COLOR")?;
        let theme = color.map(|text| {
            Theme::parse(&text).ok_or_else(|| {
                SettingsError::new(
                    "SERVICE_COLOR",
                    "must be a colour such as #2348ae, or two, separated by a comma",
                )
            })
        });
        let icon = get("SERVICE_ICON")?.map(|path| checked_icon(&path, service));
        Ok(Self { name, theme: theme.transpose()?, icon: icon.transpose()? })
    }
}

fn checked_name(name: &str) -> Result<String, SettingsError> {
    if name.chars().count() > MAX_NAME_CHARS || name.chars().any(char::is_control) {
        let problem = format!("must be one line of 1 to {MAX_NAME_CHARS} characters");
        return Err(SettingsError::new("SERVICE_NAME", problem));
    }
    Ok(name.to_owned())
}

/// The pages' policy lets pictures of the service's own origin through.
fn checked_icon(path: &str, service: &Url) -> Result<String, SettingsError> {
    let bad = || SettingsError::new("SERVICE_ICON", "must be a path on this service, such as /icon.svg");
    if !path.starts_with('/') {
        return Err(bad());
    }
    let icon = service.join(path).map_err(|_| bad())?;
    if icon.origin() != service.origin() {
        return Err(bad());
    }
    Ok(icon[url::Position::BeforePath..].to_owned())
}
