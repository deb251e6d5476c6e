//! TEMPLATES_DIR: the operator's templates, which are checked before they are used.

use std::fs;
use std::path::Path;

use auth_service::config::{ServeFlags, SiteFlags};

use crate::commands::{Ended, Program, folder};
use crate::support::{PASSWORD, TestApp, Tweaks};

fn write(folder: &Path, name: &str, text: impl AsRef<[u8]>) {
    let path = folder.join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

fn check(folder: &Path) -> Ended {
    Program::new(&["templates", "check"]).set("TEMPLATES_DIR", folder.to_str().unwrap()).run()
}

async fn app_with(folder: &Path) -> TestApp {
    let site = SiteFlags { templates_dir: Some(folder.to_owned()), ..SiteFlags::default() };
    TestApp::start_with(Tweaks { flags: ServeFlags { site, ..ServeFlags::default() }, ..Tweaks::default() })
        .await
}

/// A frame with a variable that does not exist.
const FRAME: &str =
    "<p>{{ nickname }}</p>{% block title %}{% endblock title %}{% block content %}{% endblock content %}";

/// A page that extends ours and has this body.
fn page(body: &str) -> String {
    format!("{{% extends \"base.html\" %}}\n{{% block content %}}\n{body}\n{{% endblock content %}}\n")
}

#[tokio::test]
async fn a_file_of_the_same_name_takes_the_place_of_ours_and_all_else_stays() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "logout/logout.html", page("<h1>Leaving {{ site.name }}?</h1>{{ <mine.note /> }}"));
    write(
        folder.path(),
        "components/mine.html",
        "{% component mine.note() %}<p>A note.</p>{% endcomponent mine.note %}",
    );
    write(folder.path(), "static/style.css", "body { color: teal }");
    write(folder.path(), "static/background.webp", b"picture");
    write(folder.path(), "texts/de.ftl", "login-title = Hereinspaziert\n");
    let app = app_with(folder.path()).await;
    let person = app.person();
    let leaving = person.get("/logout").await;
    assert!(
        leaving.says("<h1>Leaving One account?</h1>") && leaving.says("<p>A note.</p>"),
        "{}",
        leaving.text
    );
    assert!(person.get("/login").await.says("<h1>Log in</h1>"), "the others are ours");
    assert_eq!(person.get("/static/style.css").await.text, "body { color: teal }");
    assert_eq!(person.get("/static/background.webp").await.header("content-type"), Some("image/webp"));
    let erika = app.person().sending("accept-language", "de");
    let german = erika.get("/login").await;
    assert!(german.says("<h1>Hereinspaziert</h1>") && german.says("E-Mail-Adresse"), "{}", german.text);
}

/// A page from before we had scripts, and a frame of one's own, work as they did.
#[tokio::test]
async fn a_page_and_a_frame_of_ones_own_need_no_script() {
    let folder = tempfile::tempdir().unwrap();
    let form = "{% <ui.form csrf_token={csrf_token} next={next}> %}<input name=\"email\">\
                <input name=\"password\" type=\"password\"><button>Go</button>{% </ui.form> %}";
    write(folder.path(), "login/login.html", page(form));
    write(folder.path(), "base.html", FRAME.replace("{{ nickname }}", "{{ site.name }}"));
    let app = app_with(folder.path()).await;
    app.user("ada@example.org", PASSWORD).await;
    let ada = app.person();
    let login = ada.get("/login").await;
    assert!(login.says("<button>Go</button>") && !login.text.contains("<script"), "{}", login.text);
    assert_eq!(ada.log_in("ada@example.org", PASSWORD).await.status, 303);
    assert!(ada.get("/register").await.text.contains("/static/forms.js"), "the other pages are ours");
    assert_eq!(check(folder.path()).code, 0);
}

#[tokio::test]
async fn a_language_can_be_added_and_english_stands_in_for_what_it_lacks() {
    let folder = tempfile::tempdir().unwrap();
    write(
        folder.path(),
        "texts/fr.ftl",
        "login-title = Connexion\nlogin-to-continue = Continuer vers <em>{ $service }</em>\n",
    );
    let app = app_with(folder.path()).await;
    let claire = app.person().sending("accept-language", "fr-CA, en;q=0.5");
    let page = claire.get("/login?next=https%3A%2F%2Fshop.example.org%2F").await;
    assert_eq!(page.header("content-language"), Some("fr"));
    assert!(page.says("<h1>Connexion</h1>") && page.says("Email address"), "{}", page.text);
    assert!(page.text.contains("Continuer vers <em>shop.example.org</em>"), "{}", page.text);
    let told = check(folder.path());
    assert_eq!(told.code, 0, "{told:?}");
    assert!(told.out.contains("texts/fr.ftl: of your own"), "{told:?}");
    assert!(
        told.out.contains("texts/fr.ftl: English stands in for account-address-not-confirmed,"),
        "{told:?}"
    );
}

/// BCP 47: case does not matter, and texts that `de-AT` lacks come from `de`.
#[tokio::test]
async fn a_region_adds_to_its_language_and_another_case_is_the_same_language() {
    for (name, tag) in [("texts/de-AT.ftl", "de-AT"), ("texts/DE_at.ftl", "de-AT"), ("texts/DE.ftl", "de")] {
        let folder = tempfile::tempdir().unwrap();
        write(folder.path(), name, "login-title = Servus\n");
        let app = app_with(folder.path()).await;
        let resi = app.person().sending("accept-language", "de-AT, en;q=0.5");
        let page = resi.get("/login").await;
        assert_eq!(page.header("content-language"), Some(tag), "{name}");
        assert!(page.says("<h1>Servus</h1>") && page.says("E-Mail-Adresse"), "{name}: {}", page.text);
        let erika = app.person().sending("accept-language", "de").get("/login").await;
        assert_eq!(erika.says("<h1>Servus</h1>"), tag == "de", "{name}");
        assert!(erika.says("E-Mail-Adresse"), "{name}: ours is displaced");
        let told = check(folder.path());
        assert!(told.code == 0 && !told.out.contains("English stands in"), "{told:?}");
        assert_eq!(told.out.contains(&format!("{name}: in place of ours")), tag == "de", "{told:?}");
    }
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "texts/DE.ftl", "login-title = Servus\n");
    write(folder.path(), "texts/de.ftl", "login-title = Hallo\n");
    let told = check(folder.path());
    assert!(
        told.code == 2 && told.err.contains("texts/de.ftl: is the same language as texts/DE.ftl"),
        "{told:?}"
    );
}

#[test]
fn what_is_wrong_is_told_with_file_and_line_and_refuses_the_start() {
    let long = page(&"<p></p>\n".repeat(3));
    for (name, text, line, words) in [
        (
            "login/login.html",
            page("<p>{{ unknown }}</p>"),
            ":3",
            "unknown is nothing that login/login.html is given",
        ),
        (
            "login/login.html",
            page("{% if nobody %}<p></p>{% endif %}"),
            ":3",
            "nobody is nothing that login/login.html is given",
        ),
        ("login/login.html", page("{{ form.emial.name }}"), ":3", ""),
        ("login/login.html", page("{% if next %}\n{{ form.nothing }}\n{% endif %}"), ":4", ""),
        ("error.html", page("{% if retry_after %}{{ retry_after.x.y }}{% endif %}"), ":3", ""),
        ("account/account.html", long.clone() + "{% block more %}", "", ""),
        (
            "logout/logout.html",
            page("{{ \"no-such-text\" | t }}"),
            ":3",
            "there is no text named no-such-text",
        ),
        ("logout/logout.html", page("{{ \"logout-what\" | translate }}"), ":3", ""),
        ("logout/logout.html", page("<p>{{ csrf_token</p>"), ":3", ""),
        (
            "logout/logout.html",
            "{% extends \"bsae.html\" %}".to_owned(),
            ":1",
            "extends bsae.html, which is not there",
        ),
        ("base.html", FRAME.to_owned(), ":1", "nickname is nothing that"),
        (
            "texts/de.ftl",
            "login-title = Anmelden\nlogin-again = { $wer }\n".to_owned(),
            ":2",
            "login-again has { $wer }, and is given nothing",
        ),
        ("texts/de.ftl", "login-title = Anmelden\n\nlogin-again { $wer }\n".to_owned(), ":3", ""),
        ("texts/klingon!.ftl", "a = b".to_owned(), "", "is not named for a language"),
        ("login/login.md", "x".to_owned(), "", "is none of those that are read: *.html, *.txt, texts/"),
        ("static/run.js", "x".to_owned(), "", "a file of static/ is .css"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        write(folder.path(), name, &text);
        let place = format!("TEMPLATES_DIR: {}{line}", folder.path().join(name).display());
        let told = check(folder.path());
        told.assert_says(2, &place);
        assert!(told.err.contains(words), "{name}: {words}: {told:?}");
        // The start fails with the same message.
        let (_database, url) = self::folder();
        let start =
            Program::new(&[]).set_all(&url).set("TEMPLATES_DIR", folder.path().to_str().unwrap()).run();
        assert_eq!((start.code, start.err.lines().last()), (2, told.err.lines().last()), "{start:?}");
    }
}

#[test]
fn a_file_that_cannot_be_a_template_is_told_and_hidden_ones_are_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    // A mounted ConfigMap: a folder of versions, with links into it.
    write(folder.path(), "..2026_11_25/logout.html", page("<h1>Out</h1>"));
    write(folder.path(), ".git/config", "x");
    fs::create_dir(folder.path().join("logout")).unwrap();
    std::os::unix::fs::symlink("../..2026_11_25/logout.html", folder.path().join("logout/logout.html"))
        .unwrap();
    let told = check(folder.path());
    assert!(told.code == 0 && told.out.contains("logout/logout.html: in place of ours"), "{told:?}");
    write(folder.path(), "login/login.html", [0xff, 0xfe]);
    assert!(check(folder.path()).err.contains("is not UTF-8"));
    write(folder.path(), "login/login.html", vec![b'x'; 1024 * 1024 + 1]);
    assert!(check(folder.path()).err.contains("is no file of at most 1 MB"));
    fs::remove_file(folder.path().join("login/login.html")).unwrap();
    std::os::unix::fs::symlink(folder.path(), folder.path().join("login/again")).unwrap();
    assert!(check(folder.path()).err.contains("lies too deep"), "a circle of links ends");
}

#[test]
fn ours_can_be_listed_and_copied_to_begin_from() {
    let place = tempfile::tempdir().unwrap();
    let folder = place.path().join("mine");
    let list = Program::new(&["templates", "list"]).run();
    let names: Vec<&str> = list.out.lines().collect();
    assert!(names.contains(&"login/login.html") && names.contains(&"texts/de.ftl"), "{list:?}");
    let to = folder.to_str().unwrap();
    let some = Program::new(&["templates", "copy", to, "login/login.html", "texts/de.ftl"]).run();
    assert_eq!((some.code, some.out.lines().count()), (0, 2), "{some:?}");
    write(&folder, "login/login.html", page("<h1>Mine</h1>"));
    let all = Program::new(&["templates", "copy", to]).run();
    assert!(all.out.contains("login/login.html is there already and stays as it is"), "{all:?}");
    assert_eq!(fs::read_to_string(folder.join("login/login.html")).unwrap(), page("<h1>Mine</h1>"));
    let told = check(&folder);
    assert!(
        told.code == 0 && told.out.lines().count() == names.len() + 1,
        "a full copy of ours is good: {told:?}"
    );
    Program::new(&["templates", "copy", to, "login/logni.html"])
        .run()
        .assert_says(1, "there is no login/logni.html");
}
