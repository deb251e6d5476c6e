//! `auth-service users roles …` and `set-staff` and its like, and the rights in tokens.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::commands::{Ended, Program};
use crate::support::{ACCESS, PASSWORD, Reply, TestApp};

#[track_caller]
fn roles(app: &TestApp, arguments: &[&str]) -> Ended {
    Program::new(&[&["users", "roles"], arguments].concat()).set("DATABASE_URL", &app.database.url).run()
}

#[track_caller]
fn done(ended: Ended) -> String {
    assert_eq!((ended.code, ended.err.as_str()), (0, ""), "{ended:?}");
    ended.out
}

fn claim(reply: &Reply, name: &str) -> Value {
    let token = reply.cookie(ACCESS).unwrap().value;
    let claims = BASE64_URL_SAFE_NO_PAD.decode(token.split('.').nth(1).unwrap()).unwrap();
    serde_json::from_slice::<Value>(&claims).unwrap()[name].take()
}

fn roles_in(reply: &Reply) -> Value {
    claim(reply, "roles")
}

#[tokio::test]
async fn a_role_is_in_the_next_token_and_gone_from_the_one_after_it_was_taken_away() {
    let app = TestApp::start().await;
    app.user("ada@example.org", PASSWORD).await;
    let ada = app.person();
    assert_eq!(roles_in(&ada.log_in("ada@example.org", PASSWORD).await), json!([]));
    let out = done(roles(&app, &["add", "ada@example.org", "shop:editor", "author", "author"]));
    assert_eq!(out, "ada@example.org: author, shop:editor\n");
    assert_eq!(roles_in(&ada.get("/login?next=/account/sessions").await), json!(["author", "shop:editor"]));
    assert!(ada.get("/").await.says("shop:editor"));
    assert_eq!(
        done(roles(&app, &["remove", "ada@example.org", "author", "nobody"])),
        "ada@example.org: shop:editor\n"
    );
    done(roles(&app, &["remove", "ada@example.org", "shop:editor"]));
    assert_eq!(roles_in(&ada.get("/login?next=/account/sessions").await), json!([]));
    assert!(ada.get("/account/security").await.says("Roles changed by the operator"));
}

/// An account that exists need not be made anew to see the staff pages.
#[tokio::test]
async fn a_right_is_in_the_next_token_and_gone_from_the_one_after_it_was_taken_away() {
    let app = TestApp::start().await;
    app.user("ada@example.org", PASSWORD).await;
    let ada = app.person();
    let users = |arguments: &[&str]| {
        Program::new(&[&["users"], arguments].concat()).set("DATABASE_URL", &app.database.url).run()
    };
    let rights = |reply: &Reply| {
        (claim(reply, "user_is_staff") == json!(true), claim(reply, "user_is_superuser") == json!(true))
    };
    let renew = "/login?next=/account/sessions";
    assert_eq!(rights(&ada.log_in("ada@example.org", PASSWORD).await), (false, false));
    for (command, said, expected, listed) in [
        ("set-staff", "is staff now.", (true, false), "active    staff            ada@"),
        ("set-staff", "is staff anyway.", (true, false), "active    staff  "),
        ("set-superuser", "is superuser now.", (true, true), "active    superuser+staff  ada@"),
        ("unset-staff", "is not staff any more.", (false, true), "active    superuser        ada@"),
        ("unset-superuser", "is not superuser any more.", (false, false), "active    user  "),
        ("unset-superuser", "is not superuser anyway.", (false, false), "active    user  "),
    ] {
        assert_eq!(done(users(&[command, "ada@example.org"])), format!("ada@example.org {said}\n"));
        assert_eq!(rights(&ada.get(renew).await), expected, "{command}");
        let list = done(users(&["list"]));
        assert!(list.contains(listed), "{command}: {list}");
    }
    assert!(ada.get("/account/security").await.says("Rights changed by the operator"));
    let trail = app.trail().await;
    let changes = trail.iter().filter(|row| row.event == "rights_changed");
    let details: Vec<_> = changes.map(|row| row.detail.clone().unwrap()).collect();
    assert_eq!(details, ["staff given", "superuser given", "staff taken away", "superuser taken away"]);
    users(&["set-staff", "bob@example.org"]).assert_says(1, "there is no user bob@example.org");
}

#[test]
fn the_help_says_which_rights_a_new_superuser_has() {
    let help = done(Program::new(&["users", "create-superuser", "--help"]).run());
    assert!(help.contains("superuser and staff") && !help.contains("--staff"), "{help}");
    assert!(done(Program::new(&["users", "create", "--help"]).run()).contains("--staff"));
}

#[tokio::test]
async fn what_is_no_role_is_refused_and_changes_nothing() {
    let app = TestApp::start().await;
    app.user("ada@example.org", PASSWORD).await;
    for word in ["Editor", "two words", "a,b", "", &"x".repeat(33)] {
        let ended = roles(&app, &["add", "ada@example.org", word]);
        assert!(ended.code == 2 && ended.err.contains("a role has 1 to 32 lower-case letters"), "{ended:?}");
    }
    let many: Vec<String> = (0..13).map(|n| format!("r{n}")).collect();
    let words: Vec<&str> =
        ["add", "ada@example.org"].into_iter().chain(many.iter().map(String::as_str)).collect();
    roles(&app, &words).assert_says(1, "a person has at most 12 roles: they travel in every token");
    roles(&app, &["add", "bob@example.org", "editor"]).assert_says(1, "there is no user bob@example.org");
    let shown =
        Program::new(&["users", "show", "--json", "ada@example.org"]).set("DATABASE_URL", &app.database.url);
    assert_eq!(serde_json::from_str::<Value>(&done(shown.run())).unwrap()["roles"], json!([]));
}

/// Of several concurrent commands with a role each, none is lost.
#[tokio::test]
async fn roles_that_are_given_at_once_are_all_kept() {
    let app = TestApp::start().await;
    app.user("ada@example.org", PASSWORD).await;
    let url = app.database.url.clone();
    let commands: Vec<_> = (0..8)
        .map(|n| {
            let url = url.clone();
            std::thread::spawn(move || {
                let arguments = ["users", "roles", "add", "ada@example.org", &format!("r{n}")];
                Program::new(&arguments).set("DATABASE_URL", &url).run()
            })
        })
        .collect();
    for command in commands {
        done(command.join().unwrap());
    }
    let token = app.person().log_in("ada@example.org", PASSWORD).await;
    assert_eq!(roles_in(&token), json!(["r0", "r1", "r2", "r3", "r4", "r5", "r6", "r7"]));
}
