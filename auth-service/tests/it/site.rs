//! The operator's name, logo, colour and links.

use std::fs;
use std::path::PathBuf;

use auth_service::config::{ServeFlags, SiteFlags};

use crate::commands::{Program, folder};
use crate::support::{TestApp, Tweaks};

async fn app_with(site: SiteFlags) -> TestApp {
    TestApp::start_with(Tweaks { flags: ServeFlags { site, ..ServeFlags::default() }, ..Tweaks::default() })
        .await
}

#[tokio::test]
async fn every_page_carries_the_sites_name_logo_colour_and_links() {
    let folder = tempfile::tempdir().unwrap();
    let logo = folder.path().join("Crest.PNG");
    fs::write(&logo, b"a picture").unwrap();
    let app = app_with(SiteFlags {
        site_name: Some("Example & Sons".to_owned()),
        site_logo: Some(logo),
        site_color: Some("#a51d2d".to_owned()),
        footer_links: Some(
            "Imprint=https://example.org/imprint?a=1&b=2, Help <now>=mailto:help@example.org".to_owned(),
        ),
        templates_dir: None,
    })
    .await;
    let person = app.person();
    for path in ["/login", "/register", "/logout", "/nowhere"] {
        let page = person.get(path).await;
        assert!(page.says(" · Example & Sons</title>"), "{path}: {}", page.text);
        assert!(page.text.contains("Example &amp; Sons"), "{path}");
        assert!(
            page.says("<a href=\"https://example.org/imprint?a=1&b=2\">Imprint</a>"),
            "{path}: {}",
            page.text
        );
        assert!(page.text.contains(">Help &lt;now&gt;</a>"), "{path}: {}", page.text);
    }
    let page = person.get("/login").await;
    let between = |before: &str| {
        let (_, rest) = page.text.split_once(before).unwrap_or_else(|| panic!("no {before}"));
        rest[..rest.find('"').unwrap()].replace("&amp;", "&")
    };
    let picture = person.get(&between("<img src=\"")).await;
    assert_eq!((picture.header("content-type"), picture.text.as_str()), (Some("image/png"), "a picture"));
    assert_eq!(picture.header("cache-control"), Some("public, max-age=31536000, immutable"));
    let style = person.get(&between("<link rel=\"stylesheet\" href=\"")).await;
    assert!(style.text.contains("--accent:#a51d2d"), "the colour");
}

#[tokio::test]
async fn without_settings_the_site_is_called_what_it_is_in_the_readers_language() {
    let app = TestApp::start().await;
    assert!(app.person().get("/login").await.says(" · One account</title>"));
    let erika = app.person().sending("accept-language", "de");
    let page = erika.get("/login").await;
    assert!(page.says(" · Ein Konto</title>") && !page.text.contains("<nav"), "{}", page.text);
}

#[test]
fn a_setting_of_the_site_that_cannot_be_used_refuses_the_start_in_one_line() {
    let (place, url) = folder();
    let write = |name: &str, bytes: &[u8]| -> String {
        let path: PathBuf = place.path().join(name);
        fs::write(&path, bytes).unwrap();
        path.display().to_string()
    };
    let (text, empty, large) =
        (write("a.txt", b"x"), write("e.png", b""), write("l.png", &[7; 256 * 1024 + 1]));
    for (name, value, words) in [
        ("SITE_NAME", "two\nlines", "must be one line"),
        ("SITE_LOGO", text.as_str(), "must be a file that ends in"),
        ("SITE_LOGO", "/nowhere/logo.svg", "/nowhere/logo.svg cannot be read"),
        ("SITE_LOGO", empty.as_str(), &format!("{empty} must have at most 256 KB")),
        ("SITE_LOGO", large.as_str(), &format!("{large} must have at most 256 KB")),
        ("SITE_COLOR", "red;} body{display:none", "must be a colour such as #2348ae"),
        ("FOOTER_LINKS", "Imprint=javascript:alert(1)", "must be up to ten links"),
        ("SERVICES", "Demo=https://demo.example.org, https://wiki.example.org", "entry 2 must be a name"),
        ("SERVICES", "Demo=https://demo.example.net", "entry 1 must be on COOKIE_DOMAIN or below"),
        (
            "SERVICES",
            &format!("Demo=https://demo.example.org {text}"),
            "entry 1 has an icon that must be a file that ends in",
        ),
        ("TEMPLATES_DIR", "/nowhere", "/nowhere is no folder that can be read"),
    ] {
        let ended = Program::new(&["check-config"]).set_all(&url).set(name, value).run();
        ended.assert_says(2, &format!("{name}: {words}"));
    }
}

#[test]
fn check_config_prints_how_the_site_looks() {
    let (_folder, url) = folder();
    let ended = Program::new(&["check-config"])
        .set_all(&url)
        .set("SITE_NAME", "Example")
        .set("SITE_COLOR", "#A51D2D")
        .set("FOOTER_LINKS", "Help=https://example.org/help")
        .set("SERVICES", "Demo = https://demo.example.org/ ,Wiki=https://wiki.example.org:8443")
        .run();
    for line in [
        "SITE_NAME=Example",
        "SITE_COLOR=#a51d2d,#a51d2d",
        "FOOTER_LINKS=Help=https://example.org/help",
        "SERVICES=Demo=https://demo.example.org, Wiki=https://wiki.example.org:8443",
        "TEMPLATES_DIR=(not used)",
    ] {
        assert!(ended.out.lines().any(|one| one == line), "{line}: {}", ended.out);
    }
}
