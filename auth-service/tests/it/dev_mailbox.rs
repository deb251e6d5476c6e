//! The mailbox of a service in development.

use crate::support::{PASSWORD, TestApp};

#[tokio::test]
async fn a_developer_reads_the_letters_of_a_service_that_sends_none() {
    let app = TestApp::start_with_mail().await;
    let ada = app.person();
    assert!(ada.get("/dev/mail").await.says("None yet."));
    ada.register("ada@example.org", PASSWORD).await;
    let letter = app.letter_to("ada@example.org").await;
    let list = ada.get("/dev/mail").await;
    assert!(list.says(&letter.subject) && list.says("ada@example.org"), "{}", list.text);
    let link = list.text.split("href=\"").find(|rest| rest.starts_with("/dev/mail/")).unwrap();
    let link = link.split('"').next().unwrap();
    let page = ada.get(link).await;
    assert!(page.says(&letter.code()), "the text part: {}", page.text);
    assert!(page.text.contains(&format!("<iframe class=\"letter\" src=\"{link}/html\"")), "{}", page.text);
    let html = ada.get(&format!("{link}/html")).await;
    assert!(html.says(&format!(">{}<", letter.code())), "{}", html.text);
    // H5
    let policy = html.header("content-security-policy").unwrap();
    assert!(
        policy.starts_with("default-src 'none'; style-src 'unsafe-inline'; form-action 'none';"),
        "{policy}"
    );
    assert!(
        !policy.contains("script") && !page.header("content-security-policy").unwrap().contains("unsafe")
    );
}

/// Whoever reads these letters could change everybody's password.
#[tokio::test]
async fn elsewhere_there_is_no_such_page() {
    let app = TestApp::start().await;
    let id = "0196f0f5-0000-7000-8000-000000000000";
    for path in ["/dev/mail".to_owned(), format!("/dev/mail/{id}"), format!("/dev/mail/{id}/html")] {
        assert_eq!(app.person().get(&path).await.status, 404, "{path}");
    }
    let with_mail = TestApp::start_with_mail().await;
    for path in
        [format!("/dev/mail/{id}"), "/dev/mail/..%2Fauth.db".to_owned(), "/dev/mail/x/html".to_owned()]
    {
        assert_eq!(with_mail.person().get(&path).await.status, 404, "{path}");
    }
}
