//! Many processes that find no database yet, at the same moment.

use auth_service::db::{Database, DatabaseUrl};

use super::commands::{Program, Serving, folder};

/// D11
#[test]
fn whoever_starts_at_once_on_a_fresh_file_waits_for_the_one_who_makes_it() {
    for _ in 0..6 {
        let (_folder, url) = folder();
        let url = DatabaseUrl::parse(&url).unwrap();
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| Database::connect_for_service(&url, 4).unwrap().migrate().unwrap());
            }
        });
    }
}

/// D11: as processes, which share the file only.
#[test]
fn a_service_and_commands_start_at_once_on_a_fresh_file() {
    for _ in 0..3 {
        let (_folder, url) = folder();
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    let ended = Program::new(&["migrate"]).set("DATABASE_URL", &url).run();
                    assert_eq!(ended.code, 0, "{ended:?}");
                });
            }
            scope.spawn(|| drop(Serving::start(Program::new(&[]).set_all(&url))));
        });
    }
}
