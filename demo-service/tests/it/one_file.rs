//! Data file: what a shutdown leaves on the disk, and a file that disappears.

use actix_web::http::StatusCode;
use demo_service::Database;
use diesel::connection::SimpleConnection;

use crate::people::Demo;

#[actix_web::test]
async fn after_the_end_the_one_file_holds_everything() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let database = Database::open(&at("notes.db")).unwrap();
    assert!(database.run(|conn| conn.batch_execute("CREATE TABLE kept (n int)")).await.is_ok());
    database.close();
    std::fs::copy(at("notes.db"), at("copy.db")).unwrap();
    let copy = Database::open(&at("copy.db")).unwrap();
    assert!(copy.run(|conn| conn.batch_execute("SELECT n FROM kept")).await.is_ok());
}

/// Z26: SQLite would go on writing to a deleted file.
#[actix_web::test]
async fn notes_are_not_written_into_a_file_that_is_gone() {
    let demo = Demo::new();
    let ada = demo.logged_in("ada@example.org");
    ada.posts("/notes", "text=milk").await.redirects_to("/notes?saved");
    let (file, kept) = (demo.notes_file(), demo.notes_file().with_extension("kept"));
    std::fs::rename(&file, &kept).unwrap();
    for answer in [ada.posts("/notes", "text=bread").await, ada.opens("/notes").await] {
        assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
        answer.shows("Please try again later");
    }
    assert!(!file.exists(), "none was made in its place");
    // Another file takes its place.
    std::fs::copy(&kept, &file).unwrap();
    assert_eq!(ada.opens("/notes").await.status, StatusCode::SERVICE_UNAVAILABLE);
    std::fs::rename(&kept, &file).unwrap();
    let page = ada.opens("/notes").await;
    page.shows("milk");
    page.does_not_show("bread");
    std::fs::write(&file, "").unwrap();
    assert_eq!(ada.opens("/notes").await.status, StatusCode::SERVICE_UNAVAILABLE);
}
