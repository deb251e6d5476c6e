//! pgbouncer between the service and PostgreSQL: session mode works, and modes that mix clients'
//! statements are refused. Z28.

use std::collections::BTreeSet;
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use reqwest::Method;
use tokio::task::JoinSet;

use super::commands::Program;
use crate::stopping::Instance;
use crate::support::{PASSWORD, REFRESH, Reply, ReservedPort, TestDatabase};

/// Enough that several connections are used at once, and fewer than the pooler has.
const TABS: usize = 16;

/// A pgbouncer of the test's own. It is stopped on drop.
struct Pooler {
    child: Child,
    url: String,
    _port: ReservedPort,
    _folder: tempfile::TempDir,
}

impl Pooler {
    /// `None` on SQLite, or if pgbouncer is not installed.
    fn start(database: &TestDatabase, mode: &str) -> Option<Self> {
        let program =
            ["/usr/sbin/pgbouncer", "/usr/bin/pgbouncer"].into_iter().find(|path| Path::new(path).exists());
        let (true, Some(program)) = (database.is_postgres(), program) else {
            eprintln!("left out: this needs PostgreSQL and pgbouncer");
            return None;
        };
        let mut url = url::Url::parse(&database.url).unwrap();
        let (host, port) = (url.host_str().unwrap().to_owned(), url.port().unwrap());
        let reserved = ReservedPort::new();
        let folder = tempfile::tempdir().unwrap();
        let settings = folder.path().join("pgbouncer.ini");
        std::fs::write(
            &settings,
            format!(
                "[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {}\n\
                 auth_type = any\nunix_socket_dir =\npool_mode = {mode}\ndefault_pool_size = 20\nuser = nobody\n\
                 [databases]\n* = host={host} port={port} user={}\n",
                reserved.address.port(),
                url.username(),
            ),
        )
        .unwrap();
        let child = Command::new(program)
            .arg("-q")
            .arg(&settings)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        url.set_port(Some(reserved.address.port())).unwrap();
        let address = reserved.address;
        let pooler = Self { child, url: url.to_string(), _port: reserved, _folder: folder };
        while TcpStream::connect(address).is_err() {
            std::thread::sleep(Duration::from_millis(20));
        }
        Some(pooler)
    }
}

impl Drop for Pooler {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Z28: at the start, by commands and by the doctor.
#[tokio::test]
async fn a_pooler_that_gives_connections_to_several_in_turn_is_refused_with_the_reason() {
    for mode in ["transaction", "statement"] {
        let database = TestDatabase::create();
        let Some(pooler) = Pooler::start(&database, mode) else { return };
        let migrate = ["migrate"];
        for (what, program) in [
            ("serve", Program::new(&[]).set_all(&pooler.url)),
            ("migrate", Program::new(&migrate).set("DATABASE_URL", &pooler.url)),
        ] {
            let ended = program.run();
            ended.assert_says(3, "DATABASE_URL: leads to a pooler");
            assert!(ended.err.contains("pool_mode = session"), "{mode}, {what}: {ended:?}");
        }
        let diagnosis = Program::new(&["doctor", "--json"]).set_all(&pooler.url).examine().await;
        assert!(diagnosis.ids("error").contains(&"database-pooled"), "{mode}: {:#}", diagnosis.report);
    }
}

/// Z28: with a connection for each client it is as good as PostgreSQL itself, from the first
/// migration on. The second service gets connections of the server that the first one has used.
#[tokio::test]
async fn behind_a_pooler_in_session_mode_people_log_in_and_renew_in_many_tabs() {
    let database = TestDatabase::empty();
    let Some(pooler) = Pooler::start(&database, "session") else { return };
    let create = Program::new(&["users", "create", "ada@example.org", "--password-stdin"]);
    let ended = create.set("DATABASE_URL", &pooler.url).run_with(PASSWORD);
    assert_eq!(ended.code, 0, "{ended:?}");
    for _ in 0..2 {
        let mut service = Instance::start_as(Program::new(&[]).set_all(&pooler.url));
        let ada = service.person();
        assert_eq!(ada.get("/readyz").await.status, 200);
        assert_eq!(ada.log_in("ada@example.org", PASSWORD).await.status, 303);
        let first = ada.cookie(REFRESH).unwrap();
        let mut tabs = JoinSet::new();
        for _ in 0..TABS {
            let tab = ada.request(Method::GET, "/login?next=https://shop.example.org/").send();
            tabs.spawn(async { Reply::read(tab.await.unwrap()).await.cookie(REFRESH).unwrap().value });
        }
        let successors: BTreeSet<String> = tabs.join_all().await.into_iter().collect();
        assert!(successors.len() == 1 && !successors.contains(&first), "{successors:?}");
        ada.set_cookie(REFRESH, successors.first().unwrap());
        assert!(ada.is_logged_in().await);
        assert_eq!(service.stop(), Some(0));
    }
}
