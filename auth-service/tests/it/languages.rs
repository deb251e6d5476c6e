//! `Accept-Language` chooses the language of every page and every message.

use std::time::Duration;

use reqwest::{Method, StatusCode};

use auth_service::i18n::Message;

use crate::support::{PASSWORD, Person, TestApp, german};

fn who_reads(app: &TestApp, languages: &'static str) -> Person {
    app.person().sending("accept-language", languages)
}

#[tokio::test]
async fn a_page_comes_in_the_language_that_the_browser_asks_for() {
    let app = TestApp::start().await;
    for (languages, tag, words) in [
        ("de", "de", "Anmelden"),
        ("de-CH, de;q=0.9, en;q=0.8", "de", "Anmelden"),
        ("en;q=0.5, de;q=0.9", "de", "Anmelden"),
        ("fr, en;q=0.8, de;q=0.5", "en", "Log in"),
        ("fr", "en", "Log in"),
        ("de;q=0", "en", "Log in"),
        ("not a language; q=x", "en", "Log in"),
    ] {
        let page = who_reads(&app, languages).get("/login").await;
        assert_eq!(page.header("content-language"), Some(tag), "{languages}");
        assert!(page.text.contains(&format!("<html lang=\"{tag}\">")), "{languages}");
        assert!(page.says(&format!("<h1>{words}</h1>")), "{languages}: {}", page.text);
        let vary: Vec<_> = page.headers.get_all("vary").iter().map(|one| one.to_str().unwrap()).collect();
        assert!(vary.join(", ").contains("Accept-Language"), "{languages}: {vary:?}");
    }
    let page = app.person().get("/login").await;
    assert_eq!(page.header("content-language"), Some("en"), "who asks for nothing");
}

#[tokio::test]
async fn what_is_wrong_with_a_form_is_told_in_german_to_who_reads_german() {
    let app = TestApp::start().await;
    let erika = who_reads(&app, "de-DE,de;q=0.9");
    let fields = [("first_name", ""), ("last_name", "Mustermann"), ("email", "erika@"), ("password", "kurz")];
    let page = erika.fill_in("/register", &fields).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    for words in [
        "Bitte prüfen Sie:",
        ">Vorname</a>",
        "Bitte geben Sie einen Namen ein.",
        "Bitte geben Sie eine E-Mail-Adresse ein",
        "Bitte verwenden Sie mindestens 12 Zeichen.",
        "value=\"Mustermann\"",
    ] {
        assert!(page.says(words), "{words}: {}", page.text);
    }
    let guessable = erika.register("erika@example.org", "passwordpassword").await;
    assert!(guessable.says("Zu leicht zu erraten: "), "{}", guessable.text);
    assert!(guessable.says("Fügen Sie zwei Wörter hinzu"), "{}", guessable.text);
    let wrong = erika.log_in("erika@example.org", PASSWORD).await;
    assert!(wrong.says(&german(&Message::new("login-wrong"))), "{}", wrong.text);
}

#[tokio::test]
async fn a_message_left_for_the_next_page_is_told_in_the_language_of_that_page() {
    let app = TestApp::start().await;
    let ada = app.person();
    assert_eq!(ada.register("ada@example.org", PASSWORD).await.status, StatusCode::SEE_OTHER);
    let page = ada.send(ada.request(Method::GET, "/").header("accept-language", "de")).await;
    assert!(page.says("Ihr Konto ist angelegt."), "{}", page.text);
}

#[tokio::test]
async fn a_persons_own_pages_speak_their_language_down_to_the_dates() {
    let app = TestApp::start().await;
    app.user("erika@example.org", PASSWORD).await;
    let erika =
        who_reads(&app, "de").using("Mozilla/5.0 (X11; Linux x86_64; rv:153.0) Gecko/20100101 Firefox/153.0");
    erika.log_in("erika@example.org", PASSWORD).await;
    let account = erika.get("/").await;
    assert!(
        account.says("<title>Ihr Konto · ") && account.says(". 2026, ") && account.says(">gerade eben<"),
        "{}",
        account.text
    );
    let list = erika.get("/account/sessions").await;
    for words in ["Wo Sie angemeldet sind", "Firefox auf Linux", "Dieser Browser", ">gerade eben<", "seit "] {
        assert!(list.says(words), "{words}: {}", list.text);
    }
    app.wait(Duration::from_secs(700));
    let asked = erika.fill_in("/account/sessions", &[("end", "others")]).await;
    assert!(
        asked.says("Gleich werden Sie <strong>in allen anderen Browsern abgemeldet</strong>"),
        "{}",
        asked.text
    );
    assert!(erika.log_out().await.status == StatusCode::SEE_OTHER);
    assert!(erika.get("/login").await.says("Sie sind jetzt abgemeldet."));
}

#[tokio::test]
async fn an_error_is_told_in_the_readers_language_and_to_programs_in_english() {
    let app = TestApp::start().await;
    let erika = who_reads(&app, "de");
    let nothing = erika.get("/nirgends").await;
    assert_eq!((nothing.status, nothing.header("content-language")), (StatusCode::NOT_FOUND, Some("de")));
    assert!(nothing.says("<h1>Hier ist nichts</h1>") && nothing.says("Fehler 404"), "{}", nothing.text);
    let request = erika.request(Method::POST, "/api/token/").header("content-type", "application/json");
    let refused = erika.send(request.body("{").header("sec-fetch-site", "same-origin")).await;
    let problem: serde_json::Value = serde_json::from_str(&refused.text).unwrap();
    assert_eq!(problem["title"], "We could not read that");
    assert_eq!(problem["detail"], "This is not JSON. Please check it and send it again.");
}

#[tokio::test]
async fn what_somebody_typed_is_never_markup_in_any_language() {
    let app = TestApp::start().await;
    let erika = who_reads(&app, "de");
    let page = erika.get("/login?next=https%3A%2F%2Fshop.example.org%2F").await;
    assert!(page.text.contains("Anmelden und weiter zu <strong>shop.example.org</strong>"), "{}", page.text);
    app.user_with("mallory@example.org", PASSWORD, |new| {
        new.first_name = auth_service::users::PersonName::parse("<b>{ $host }</b>").unwrap();
    })
    .await;
    let mallory = who_reads(&app, "de").using("<img src=x>/1");
    mallory.log_in("mallory@example.org", PASSWORD).await;
    for path in ["/", "/account/sessions", "/account/security"] {
        let page = mallory.get(path).await;
        assert!(!page.text.contains("<b>{") && !page.text.contains("<img src=x"), "{}", page.text);
    }
    assert!(mallory.get("/").await.says("<b>{ $host }</b>"), "a name is no text of ours");
}
