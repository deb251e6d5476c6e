//! Layout around every page: the service's name and icon, who is logged in, and the host at the
//! foot.

use super::Page;
use super::login_frame::SCRIPT;
use crate::Settings;
use crate::web::escape::escape;
use crate::web::initials;
use crate::web::urls;

/// The whole document of an answer with `status`, with `style` in it.
pub(super) fn document(page: &Page, status: u16, settings: &Settings, style: &str) -> String {
    let Page { language, title, content, .. } = page;
    let service = escape(&settings.appearance.name);
    let host = settings.service.host_str().unwrap_or_default();
    format!(
        "<!doctype html>\n<html lang=\"{}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <title>{title} · {service}</title>\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"robots\" content=\"noindex\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n{}{}<style>{style}</style>\n</head>\n<body>\n\
         <a class=\"skip\" href=\"#main\">{}</a>\n\
         <header class=\"site\">\n<a class=\"brand\" href=\"{}\">{} <span>{service}</span></a>\n{}</header>\n\
         <main id=\"main\" tabindex=\"-1\">\n<div class=\"card\">\n{}<h1>{title}</h1>\n{content}</div>\n</main>\n\
         <footer class=\"site\"><p>{}</p></footer>\n{}</body>\n</html>\n",
        language.tag(),
        page.reload
            .map(|seconds| format!("<meta http-equiv=\"refresh\" content=\"{seconds}\">\n"))
            .unwrap_or_default(),
        icon_link(settings),
        language.say("frame-skip", &[]),
        escape(urls::page(settings, "/").as_str()),
        mark(settings),
        menu(page, settings),
        status_line(page, status),
        language.say("frame-at", &[("host", host)]),
        if page.frames { format!("<script>{SCRIPT}</script>\n") } else { String::new() },
    )
}

fn status_line(page: &Page, status: u16) -> String {
    let line = || page.language.say("frame-status", &[("status", &status.to_string())]);
    if page.shows_status { format!("<p class=\"status\">{}</p>\n", line()) } else { String::new() }
}

fn icon_link(settings: &Settings) -> String {
    let icon = settings.appearance.icon.as_deref();
    icon.map(|path| format!("<link rel=\"icon\" href=\"{}\">\n", escape(path))).unwrap_or_default()
}

/// The icon, or the first letter of the name.
fn mark(settings: &Settings) -> String {
    match &settings.appearance.icon {
        Some(path) => format!("<img src=\"{}\" alt=\"\" height=\"32\">", escape(path)),
        None => {
            let initial: String =
                settings.appearance.name.chars().take(1).flat_map(char::to_uppercase).collect();
            format!("<span class=\"brand-initial\" aria-hidden=\"true\">{}</span>", escape(&initial))
        }
    }
}

/// Who is logged in, and the way to their account and out of it.
fn menu(page: &Page, settings: &Settings) -> String {
    let Some(name) = &page.user else { return String::new() };
    let say = |key| page.language.say(key, &[]);
    let item = |url: &str, key| format!("<li><a href=\"{}\">{}</a></li>\n", escape(url), say(key));
    format!(
        "<details class=\"menu\">\n<summary><span class=\"visually-hidden\">{} </span>\
         <span class=\"initials\" aria-hidden=\"true\">{}</span> <bdi class=\"menu-name\">{}</bdi></summary>\n\
         <ul>\n{}{}{}</ul>\n</details>\n",
        say("frame-logged-in-as"),
        escape(&initials(name)),
        escape(name),
        item(urls::account(settings).as_str(), "frame-account"),
        item(&format!("{}/account/sessions", settings.auth_url()), "frame-sessions"),
        item(urls::logout(settings).as_str(), "frame-log-out"),
    )
}
