//! Icons, in the service's colour. `SERVICE_ICON` chooses one by its path.

use shared_claims::web::Theme;

/// The path of the icon where `SERVICE_ICON` names none.
pub const DEFAULT: &str = "/icon.svg";

/// The colour in the files, which the service's own replaces.
const INK: &str = "#1d7a56";

/// The icons as SVG.
pub struct Icons {
    pub notes: String,
    pub lists: String,
}

impl Icons {
    pub fn tinted(theme: Option<Theme>) -> Self {
        // A theme is written as its colours for light and for dark screens.
        let colors = theme.map(|theme| theme.to_string());
        let ink = colors.as_deref().and_then(|colors| colors.split(',').next()).unwrap_or(INK);
        Self {
            notes: include_str!("../templates/icon.svg").replace(INK, ink),
            lists: include_str!("../templates/lists.svg").replace(INK, ink),
        }
    }
}
