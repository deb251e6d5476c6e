//! The hidden field of a login form.

/// The value of `<input type="hidden" name="next" value="…">` in one of our pages, unescaped.
pub(super) fn hidden_next(page: &str) -> Option<String> {
    let (_, after) = page.split_once(r#"name="next" value=""#)?;
    let (value, _) = after.split_once('"')?;
    Some(unescaped(value))
}

/// Undoes the templates' escaping. `&amp;` comes last, so that nothing is unescaped twice.
fn unescaped(text: &str) -> String {
    [
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&#x27;", "'"),
        ("&#39;", "'"),
        ("&#x2F;", "/"),
        ("&amp;", "&"),
    ]
    .into_iter()
    .fold(text.to_owned(), |text, (escaped, plain)| text.replace(escaped, plain))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_is_read_as_it_was_given() {
        let page = r#"<input type="hidden" name="next" value="https:&#x2F;&#x2F;shop.example.org/?a=1&amp;b=&amp;lt;">"#;
        assert_eq!(hidden_next(page).as_deref(), Some("https://shop.example.org/?a=1&b=&lt;"));
        assert_eq!(hidden_next("<form></form>"), None);
    }
}
