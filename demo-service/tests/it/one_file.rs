//! What a stop leaves on the disk.

use demo_service::Database;
use diesel::connection::SimpleConnection;

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
