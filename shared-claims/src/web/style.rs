//! Stylesheet of the pages, which a service may build its own on.

use super::theme::Theme;

/// The stylesheet of the frame that auth-service's pages and this library's have: colours, type,
/// header, menu, tabs, cards, forms and messages.
///
/// Serve it before rules of your own, and people see no seam between your pages, the login, and the
/// pages that the library answers with. demo-service does so.
pub const STYLE: &str = include_str!("pages/frame.css");

/// [`STYLE`], in the colours of `theme`.
pub fn stylesheet(theme: Option<Theme>) -> String {
    STYLE.to_owned() + &theme.map(|theme| theme.rules()).unwrap_or_default()
}
