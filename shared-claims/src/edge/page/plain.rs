//! The pages that say one thing.

use url::Url;

use super::Page;
use super::escape::escape;
use crate::Settings;
use crate::edge::links;

/// Logged in, without the right.
pub(in crate::edge) fn forbidden(settings: &Settings) -> Page {
    Page {
        frames: false,
        title: "Not for this account",
        content: format!(
            "<p>You are logged in, but your account may not use this page. If it should, ask whoever runs this \
             service.</p>\n<p><a href=\"{}\">Back to the front page</a> or <a href=\"{}\">your account</a></p>\n",
            escape(links::page(settings, "/").as_str()),
            escape(&settings.auth_url()),
        ),
    }
}

/// Two people's cookies. The button asks for this same address with the clearing query.
pub(in crate::edge) fn conflict(address: &Url, clear: &str) -> Page {
    let mut fields = String::new();
    for (name, value) in address.query_pairs() {
        fields +=
            &format!("<input type=\"hidden\" name=\"{}\" value=\"{}\">\n", escape(&name), escape(&value));
    }
    let mut action = address.clone();
    action.set_query(None);
    Page {
        frames: false,
        title: "Two logins at once",
        content: format!(
            "<p>Your browser sent login cookies that contradict each other. This happens when another site of this domain \
             sets a cookie that it should not. Nobody was let in.</p>\n<p>Clearing the cookies of this domain logs you \
             out everywhere on it; then you can log in again and come back here.</p>\n\
             <form method=\"get\" action=\"{}\">\n{fields}<input type=\"hidden\" name=\"{clear}\" value=\"1\">\n\
             <button type=\"submit\">Clear cookies and log in</button>\n</form>\n",
            escape(action.as_str())
        ),
    }
}

/// No keys yet.
pub(in crate::edge) fn no_keys() -> Page {
    Page {
        frames: false,
        title: "Just a moment",
        content:
            "<p>This service cannot check logins at the moment. Nothing is wrong with your account.</p>\n\
                  <p>Reload this page in a few seconds.</p>\n"
                .to_owned(),
    }
}

/// A change asked for by another site.
pub(in crate::edge) fn cross_site(settings: &Settings) -> Page {
    Page {
        frames: false,
        title: "Sent from elsewhere",
        content: format!(
            "<p>This was not sent by a page of this service, so nothing was changed.</p>\n\
             <p><a href=\"{}\">Open the front page</a> and try again from there.</p>\n",
            escape(links::page(settings, "/").as_str())
        ),
    }
}
