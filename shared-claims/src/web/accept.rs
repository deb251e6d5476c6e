//! Content negotiation by `Accept` (RFC 9110, section 12.5.1): HTML or JSON.

/// Whether `Accept` prefers HTML: it names HTML, and no JSON type before it or with a higher
/// quality. `text/*` counts as HTML; `*/*` alone is no preference.
pub(super) fn prefers_html<'h>(accept: impl IntoIterator<Item = &'h [u8]>) -> bool {
    let mut html = 0.0;
    let mut json = 0.0;
    let values = accept.into_iter().filter_map(|value| std::str::from_utf8(value).ok());
    for range in values.flat_map(|value| value.split(',')) {
        let mut parts = range.split(';').map(str::trim);
        let essence = parts.next().unwrap_or_default().to_ascii_lowercase();
        let quality = parts
            .find_map(|p| p.strip_prefix("q=").or_else(|| p.strip_prefix("Q=")))
            .map_or(1.0, |q| q.parse::<f32>().ok().filter(|q| (0.0..=1.0).contains(q)).unwrap_or(0.0));
        match essence.as_str() {
            // Among equals the first one wins.
            "text/html" | "application/xhtml+xml" | "text/*" if quality > json => html = quality.max(html),
            other if is_json(other) && quality > html => json = quality.max(json),
            _ => {}
        }
    }
    html > json
}

/// Whether a media type is `application/json` or JSON by its suffix, such as
/// `application/problem+json` (RFC 6838, section 4.2.8).
fn is_json(essence: &str) -> bool {
    essence.ends_with("/json") || essence.ends_with("+json")
}
