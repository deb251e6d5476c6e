//! Every template is given what it asks for, and every page there is is drawn by somebody.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use auth_service::account::AccountPage;
use auth_service::accounts::{Current, Session, SessionId};
use auth_service::audit::{Entry, Event};
use auth_service::login::{DonePage, FramePage, LoginPage, LoopPage, Remarks};
use auth_service::logout::LogoutPage;
use auth_service::registration::RegisterPage;
use auth_service::session_list::{ConfirmPage, End, SessionsPage};
use auth_service::web::error_pages::ErrorPage;
use auth_service::web::{Page, Shell};
use tera::{Context, Tera};

use crate::support::{PASSWORD, TestApp};

fn below(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(below(&path, extension));
        } else if path.extension().is_some_and(|this| this == extension) {
            found.push(path);
        }
    }
    found
}

fn package() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// All templates by their name below `templates/`.
fn templates() -> Vec<(String, String)> {
    let root = package().join("../templates");
    let name = |path: &Path| path.strip_prefix(&root).unwrap().to_str().unwrap().replace('\\', "/");
    below(&root, "html").iter().map(|path| (name(path), fs::read_to_string(path).unwrap())).collect()
}

/// The names that are pages: not the frame, not the components.
fn page_templates() -> BTreeSet<String> {
    let names = templates().into_iter().map(|(name, _)| name);
    names.filter(|name| name != "base.html" && !name.starts_with("components/")).collect()
}

/// What the sources say in `const TEMPLATE`.
fn templates_of_page_types() -> BTreeSet<String> {
    below(&package().join("src"), "rs")
        .iter()
        .flat_map(|path| {
            let text = fs::read_to_string(path).unwrap();
            let pieces: Vec<String> =
                text.split("const TEMPLATE: &'static str = \"").skip(1).map(str::to_owned).collect();
            pieces
        })
        .map(|rest| rest[..rest.find('"').unwrap()].to_owned())
        .collect()
}

fn sample<P: Page>(page: &P) -> (&'static str, Context) {
    let mut context = Context::from_serialize(page).unwrap();
    context.extend(Context::from_serialize(&Shell::default()).unwrap());
    context.insert("site", &serde_json::json!({ "auth_url": "", "style": "", "icon": "" }));
    (P::TEMPLATE, context)
}

/// Each page, as bare as it gets: what is `null` here must still be named.
async fn samples() -> Vec<(&'static str, Context)> {
    let app = TestApp::start().await;
    let user = app.user("ada@example.org", PASSWORD).await;
    let ada = app.person();
    ada.log_in("ada@example.org", PASSWORD).await;
    let session = app.session_of(&ada).await;
    let bare =
        Session { id: SessionId::new(app.clock.now()), address: None, user_agent: None, ..session.clone() };
    let id = user.id.uuid();
    let events = app.sql(move |conn| Entry::latest_of(conn, id, &[Event::Login, Event::Registered], 9)).await;
    let current = Current { user: user.clone(), session };
    let links = || (None, String::new(), String::new());
    vec![
        sample(&AccountPage::new(&user, String::new())),
        sample(&LoginPage::new("", &Remarks::default(), links())),
        sample(&LoopPage::new(String::new(), String::new())),
        sample(&DonePage {}),
        sample(&FramePage::new(None, String::new())),
        sample(&RegisterPage::new(None, None, Vec::new(), 12, links())),
        sample(&LogoutPage::new(None, String::new())),
        sample(&SessionsPage::new(
            &current.session,
            vec![bare, current.session.clone()],
            events,
            None,
            String::new(),
        )),
        sample(&ConfirmPage::new(&current, End::Others, None, String::new())),
        sample(&ErrorPage::new(
            reqwest::StatusCode::NOT_FOUND.as_u16().try_into().unwrap(),
            None,
            None,
            String::new(),
        )),
    ]
}

#[test]
fn every_page_has_a_type_and_every_type_a_page() {
    assert_eq!(page_templates(), templates_of_page_types());
}

#[tokio::test]
async fn every_template_finds_its_variables_in_its_context() {
    let mut tera = Tera::new();
    tera.autoescape_on(vec![".html"]);
    tera.add_raw_templates(templates()).unwrap();
    let samples = samples().await;
    let sampled: BTreeSet<String> = samples.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(sampled, page_templates(), "every page has a sample here");
    for (name, context) in samples {
        for variable in tera.get_template_variables(name).unwrap() {
            assert!(context.get(variable).is_some(), "{name} wants {variable}");
        }
        let html = tera.render(name, &context).unwrap();
        assert!(html.contains("</html>"), "{name}");
    }
}

/// H5
#[test]
fn no_template_holds_a_script_an_inline_style_or_an_escape_hatch() {
    for (name, text) in templates() {
        for word in
            ["<script", "<style", " style=\"", "javascript:", "| safe", " onclick", " onload", " onsubmit"]
        {
            assert!(!text.contains(word), "{name} holds {word}");
        }
    }
}
