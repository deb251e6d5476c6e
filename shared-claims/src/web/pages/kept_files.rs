//! Files of a kept form: a page cannot send them, so it asks to choose them again.

use crate::web::accept_language::Language;
use crate::web::escape::escape;
use crate::web::form_entries::ChosenFile;

/// How many characters of a file's name are shown.
const SHOWN_CHARS: usize = 80;

/// How many characters of a longer name are shown from its end, which has the extension.
const SHOWN_END: usize = 16;

/// How many names are shown of the files that one field held.
const SHOWN_NAMES: usize = 30;

/// A file input for each field, with the names of what was chosen in it.
pub(super) fn file_inputs(language: Language, files: &[ChosenFile]) -> String {
    let mut fields: Vec<(&str, Vec<&str>)> = Vec::new();
    for ChosenFile { field, name } in files {
        match fields.iter_mut().find(|(other, _)| other == field) {
            Some((_, names)) => names.push(name),
            None => fields.push((field, vec![name])),
        }
    }
    let inputs = fields.iter().enumerate().map(|(n, (field, names))| {
        let names: Vec<&str> = names.iter().copied().filter(|name| !name.is_empty()).collect();
        file_input(language, n, field, &names)
    });
    inputs.collect()
}

fn file_input(language: Language, n: usize, field: &str, names: &[&str]) -> String {
    let field = escape(field);
    let (label, list, attributes) = match names {
        // A browser sends it as it was: with no file. People do not see it.
        [] => return format!("<input type=\"file\" name=\"{field}\" hidden>\n"),
        [name] => {
            (language.say("kept-choose-again", &[("file", &shown(name))]), String::new(), String::new())
        }
        names => (
            language.say("kept-choose-all-again", &[("count", &names.len().to_string())]),
            list(language, n, names),
            format!(" multiple aria-describedby=\"files-{n}\""),
        ),
    };
    format!(
        "<div class=\"field\"><label for=\"file-{n}\">{label}</label>\n{list}\
         <input id=\"file-{n}\" type=\"file\" name=\"{field}\" required{attributes}></div>\n"
    )
}

fn list(language: Language, n: usize, names: &[&str]) -> String {
    let items = names.iter().take(SHOWN_NAMES);
    let items: String = items.map(|name| format!("<li><bdi>{}</bdi></li>\n", escape(&shown(name)))).collect();
    let more = match names.len().saturating_sub(SHOWN_NAMES) {
        0 => String::new(),
        more => format!("<li>{}</li>\n", language.say("kept-more-files", &[("count", &more.to_string())])),
    };
    format!("<ul id=\"files-{n}\">\n{items}{more}</ul>\n")
}

/// The name of a file as it is shown. Anybody can make one: what could change the text around it
/// or the order of its letters is replaced, and of a long one the beginning and the end are shown.
fn shown(name: &str) -> String {
    // Browsers write a quotation mark like this (WHATWG HTML, multipart/form-data). Old ones sent
    // the folder too.
    let name = name.replace("%22", "\"");
    let name = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let letters: Vec<char> = name.chars().map(|c| if is_harmless(c) { c } else { '\u{fffd}' }).collect();
    if letters.len() <= SHOWN_CHARS {
        return letters.into_iter().collect();
    }
    let (start, end) = (&letters[..SHOWN_CHARS - SHOWN_END - 1], &letters[letters.len() - SHOWN_END..]);
    start.iter().chain(&['…']).chain(end).collect()
}

/// Whether a character stands for itself: no control character, no order to write from right to
/// left, no line end, nothing invisible.
fn is_harmless(c: char) -> bool {
    !c.is_control()
        && !matches!(c,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(files: &[(&str, &str)]) -> Vec<ChosenFile> {
        let of = |(field, name): &(&str, &str)| ChosenFile { field: (*field).into(), name: (*name).into() };
        files.iter().map(of).collect()
    }

    #[test]
    fn each_field_is_asked_for_once_with_the_names_of_its_files() {
        let chosen = files(&[("cv", "cv.pdf"), ("photos[]", "a.jpg"), ("photos[]", "b.jpg"), ("none", "")]);
        let html = file_inputs(Language::English, &chosen);
        assert!(html.contains("<label for=\"file-0\">Choose <bdi>cv.pdf</bdi> again</label>"), "{html}");
        assert!(html.contains("id=\"file-0\" type=\"file\" name=\"cv\" required>"), "{html}");
        assert!(html.contains("Choose these 2 files again"), "{html}");
        assert!(html.contains("<li><bdi>a.jpg</bdi></li>\n<li><bdi>b.jpg</bdi></li>"), "{html}");
        assert!(html.contains("name=\"photos[]\" required multiple aria-describedby=\"files-1\">"), "{html}");
        assert!(html.contains("<input type=\"file\" name=\"none\" hidden>"), "{html}");
    }

    #[test]
    fn a_name_cannot_change_the_page_around_it() {
        for (name, expected) in [
            ("photo.jpg", "photo.jpg"),
            ("Größe 写真 תמונה.jpg", "Größe 写真 תמונה.jpg"),
            ("../../etc/passwd", "passwd"),
            ("C:\\fakepath\\photo.jpg", "photo.jpg"),
            ("say %22hi%22.txt", "say \"hi\".txt"),
            ("photo\u{202e}gpj.exe", "photo\u{fffd}gpj.exe"),
            (
                "a\u{0}\u{7}\u{85}\u{200b}\u{2028}\u{2066}b",
                "a\u{fffd}\u{fffd}\u{fffd}\u{fffd}\u{fffd}\u{fffd}b",
            ),
            ("..", ".."),
            ("folder/", ""),
        ] {
            assert_eq!(shown(name), expected, "{name:?}");
        }
        let evil = files(&[("\"><script>", "<script>alert(1)</script>"), ("a", "'\"&<b>")]);
        let html = file_inputs(Language::German, &evil);
        assert!(!html.contains("<script") && !html.contains("<b>"), "{html}");
        assert!(html.contains("name=\"&quot;&gt;&lt;script&gt;\""), "{html}");
    }

    #[test]
    fn of_a_long_name_the_beginning_and_the_end_are_shown() {
        let name = shown(&format!("{}.tar.gz", "é".repeat(5000)));
        assert_eq!(name.chars().count(), SHOWN_CHARS);
        assert!(name.starts_with("ééé") && name.ends_with("ééé.tar.gz") && name.contains('…'), "{name}");
    }

    #[test]
    fn of_many_files_the_first_are_named_and_how_many_follow() {
        let many: Vec<_> =
            (0..100).map(|n| ChosenFile { field: "f".into(), name: format!("{n}.jpg") }).collect();
        let html = file_inputs(Language::English, &many);
        assert_eq!(html.matches("<bdi>").count(), SHOWN_NAMES);
        assert!(html.contains("Choose these 100 files again") && html.contains("And 70 more"), "{html}");
    }
}
