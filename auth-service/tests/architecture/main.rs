//! The house rules that `docs/architecture.md` draws, read off the sources.

mod imports;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use imports::Crate;

/// The crate's modules from the bottom to the top. A file uses only modules of lines above its module's own; the modules of
/// one line do not know each other.
const LAYERS: [&[&str]; 26] = [
    &["random", "memory"],
    &["db"],
    &["config"],
    &["telemetry", "clock", "sealed"],
    &["audit"],
    &["outbox"],
    &["assets"],
    &["i18n"],
    &["error"],
    &["http"],
    &["forms"],
    &["pages"],
    &["feature"],
    &["keyring"],
    &["rate_limit"],
    &["users"],
    &["proofs", "mail"],
    &["passwords"],
    &["sessions"],
    &["sign_in", "verification"],
    &["app"],
    // Here the features stand, each of which can be taken away without the others: `features.rs` lists them.
    &["background_tasks"],
    &["features"],
    &["template_check", "shutdown", "doctor"],
    &["server"],
    &["cli"],
];

/// Lines of a file; longer ones hold two things.
const MAX_LINES: usize = 400;

/// Where Diesel's query language may be spoken: below `db`, and in the types that are rows or columns.
const DIESEL: [&str; 45] = [
    // Ask the database what time it is.
    "clock/mod.rs",
    "audit/context.rs",
    "users/user.rs",
    "sessions/session.rs",
    "sessions/purge.rs",
    "sessions/rotate_at_once.rs",
    "sessions/store_rotation.rs",
    "sessions/amr.rs",
    "users/email.rs",
    "users/password_hash.rs",
    "cli/import/apply.rs",
    "users/roles.rs",
    "passwords/dummy_hash.rs",
    // These compose the row types' own queries, and pass on what those return.
    "sign_in/begin.rs",
    "sessions/revoke.rs",
    "sessions/current.rs",
    "sessions/renew.rs",
    "sign_in/reauthenticate.rs",
    "sign_in/new_password.rs",
    "password_reset/ask.rs",
    "password_reset/reset.rs",
    "password_reset/recovery.rs",
    "background_tasks.rs",
    "audit/event.rs",
    "audit/repeats.rs",
    "audit/evidence.rs",
    // Composes the pages of a history.
    "audit/history.rs",
    "keyring/store.rs",
    "keyring/rotation.rs",
    "keyring/key_reader.rs",
    "keyring/admin.rs",
    "outbox/delivery.rs",
    "outbox/claim.rs",
    "outbox/limit.rs",
    "proofs/proof.rs",
    "proofs/presented.rs",
    "verification/service.rs",
    "sign_in/login_notice.rs",
    "login_notice/disown.rs",
    "email_change/ask.rs",
    "email_change/confirm.rs",
    "email_change/undo.rs",
    "registration/by_mail.rs",
    // Turns an error of JSON into the transaction's.
    "mail/postbox.rs",
    // These name Diesel's error to turn it into their own.
    "keyring/error.rs",
];

/// The same for the commands.
const DIESEL_IN_COMMANDS: [&str; 8] = [
    "cli/database.rs",
    "cli/mod.rs",
    "cli/users.rs",
    "cli/sessions.rs",
    "cli/after_restore.rs",
    "cli/backup.rs",
    "cli/mail.rs",
    "cli/import/batch.rs",
];

struct Source {
    /// Below `src/`, with slashes.
    name: String,
    text: String,
}

impl Source {
    /// What it holds besides tests and comments.
    fn code(&self) -> String {
        let code = self.text.split("#[cfg(test)]\nmod tests").next().unwrap();
        code.lines().map(|line| line.split("//").next().unwrap()).collect::<Vec<_>>().join("\n")
    }
}

/// The module of the crate that a file is part of; `None` for `main.rs` and `lib.rs`.
fn module(file: &str) -> Option<&str> {
    let module = file.split('/').next().unwrap().trim_end_matches(".rs");
    (!matches!(module, "main" | "lib")).then_some(module)
}

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

fn sources_in(root: &Path) -> Vec<Source> {
    fn collect(root: &Path, folder: &Path, found: &mut Vec<Source>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                collect(root, &path, found);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let name = path.strip_prefix(root).unwrap().to_str().unwrap().replace('\\', "/");
                found.push(Source { name, text: fs::read_to_string(&path).unwrap() });
            }
        }
    }
    let mut found = Vec::new();
    collect(root, root, &mut found);
    found
}

fn sources() -> Vec<Source> {
    sources_in(&folder("src"))
}

/// The modules that `features.rs` lists.
fn features() -> Vec<String> {
    let list = fs::read_to_string(folder("src/features.rs")).unwrap();
    list.lines()
        .filter_map(|line| line.trim().strip_prefix("crate::")?.strip_suffix("::FEATURE,"))
        .map(str::to_owned)
        .collect()
}

fn layer(module: &str) -> usize {
    let beside = if features().iter().any(|feature| feature == module) { "background_tasks" } else { module };
    let known = LAYERS.iter().position(|layer| layer.contains(&beside));
    known.unwrap_or_else(|| {
        panic!("{module} stands in no layer: give it one here and in docs/architecture.md")
    })
}

#[test]
fn a_file_uses_only_the_layers_below_its_own() {
    for (file, uses) in Crate::read(&folder("src")).uses() {
        let Some(user) = module(file) else { continue };
        for used in uses.into_iter().filter_map(module).filter(|used| *used != user) {
            assert!(layer(used) < layer(user), "{file} uses {used}, which is not below {user}");
        }
    }
}

/// The importer and the doctor are whole programs of their own: they can be taken out, or moved, with their folders.
#[test]
fn nobody_but_their_commands_knows_the_importer_and_the_doctor() {
    let read = Crate::read(&folder("src"));
    for (file, uses) in read.uses() {
        for (within, door) in [("cli/import/", "cli/mod.rs"), ("doctor/", "cli/doctor.rs")] {
            let uses_it = uses.iter().any(|used| used.starts_with(within));
            assert!(!uses_it || file.starts_with(within) || file == door, "{file} uses {within}");
        }
    }
}

#[test]
fn no_file_uses_itself_by_way_of_another() {
    for package in ["auth-service", "demo-service", "shared-claims", "xtask"] {
        let read = Crate::read(&folder("..").join(package).join("src"));
        let circles = read.circles();
        assert!(circles.is_empty(), "{package}: {circles:#?}");
    }
}

/// Otherwise the two tests above would pass by seeing nothing.
#[test]
fn the_reader_of_imports_sees_every_way_to_name_a_file() {
    let demo = tempfile::tempdir().unwrap();
    let file = |name: &str, text: &str| {
        let path = demo.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    file("lib.rs", "mod a; mod b; mod c; pub use c::d::Deep;");
    file("a.rs", "use crate::b::{self, Thing}; fn f() { assert!(crate::Deep::new().is_ok()); }");
    file("b.rs", "pub struct Thing; impl Thing { fn g(_: super::c::Known) {} }");
    file("c/mod.rs", "mod d; mod e; pub use d::*; pub use e::Known;");
    file("c/d.rs", "pub use super::e::Known; pub struct Deep; #[cfg(test)] mod tests { use crate::a; }");
    file("c/e.rs", "pub struct Known; // crate::a");
    let read = Crate::read(demo.path());
    let uses = read.uses();
    let of = |file: &str| uses[file].iter().copied().collect::<Vec<_>>();
    assert_eq!(of("a.rs"), ["b.rs", "c/d.rs"]);
    assert_eq!(of("b.rs"), ["c/e.rs"]);
    assert!(of("c/d.rs").is_empty() && of("c/e.rs").is_empty() && read.circles().is_empty());

    file("c/e.rs", "pub struct Known; fn back() -> crate::b::Thing { loop {} }");
    assert_eq!(Crate::read(demo.path()).circles(), [BTreeSet::from(["b.rs", "c/e.rs"])]);
}

#[test]
fn every_module_stands_in_a_layer_and_every_layer_holds_what_there_is() {
    let modules: BTreeSet<String> =
        sources().iter().filter_map(|source| module(&source.name).map(str::to_owned)).collect();
    let layers: BTreeSet<String> = LAYERS.concat().into_iter().map(str::to_owned).chain(features()).collect();
    assert_eq!(modules, layers);
}

#[test]
fn diesel_is_spoken_in_db_and_in_the_row_types_alone() {
    let allowed: Vec<&str> = DIESEL.into_iter().chain(DIESEL_IN_COMMANDS).collect();
    let mut speakers = BTreeSet::new();
    for source in sources() {
        if source.name.starts_with("db/") || !source.code().contains("diesel") {
            continue;
        }
        assert!(allowed.contains(&source.name.as_str()), "{} speaks Diesel", source.name);
        speakers.insert(source.name);
    }
    for name in allowed {
        assert!(speakers.contains(name), "{name} speaks Diesel no longer: take it from the list");
    }
}

/// C11: the access token is looked at for services behind a proxy, and never tells us who somebody is.
#[test]
fn only_forward_auth_looks_at_access_tokens() {
    let reads = |source: &Source| {
        let code = source.code();
        ["feature_cookie(", "OwnCookie::"].iter().any(|way| code.contains(way))
            && code.contains("names.access")
    };
    let readers: BTreeSet<String> =
        sources().iter().filter(|source| reads(source)).map(|source| source.name.clone()).collect();
    assert_eq!(readers, BTreeSet::from(["forward_auth/mod.rs", "forward_auth/view.rs"].map(str::to_owned)));
}

#[test]
fn a_transaction_is_opened_by_write_alone() {
    for source in sources().iter().filter(|source| !source.name.starts_with("db/")) {
        for bare in [
            ".transaction(",
            ".transaction::<",
            "begin_transaction",
            "build_transaction",
            ".immediate_transaction(",
        ] {
            assert!(!source.code().contains(bare), "{} opens a bare transaction", source.name);
        }
    }
}

#[test]
fn no_file_holds_more_than_one_can_read_at_a_sitting() {
    for folder in [folder("src"), folder("tests")] {
        for source in sources_in(&folder) {
            let lines = source.text.lines().count();
            assert!(lines <= MAX_LINES, "{} has {lines} lines", source.name);
        }
    }
}

/// D5t
#[test]
fn both_databases_have_the_same_migrations() {
    let listing = |database: &str| -> BTreeSet<String> {
        let root = folder("../migrations").join(database);
        let names = fs::read_dir(root).unwrap().map(|entry| entry.unwrap());
        names
            .map(|entry| {
                for file in ["up.sql", "down.sql"] {
                    let text = fs::read_to_string(entry.path().join(file)).unwrap();
                    assert!(!text.trim().is_empty(), "{} {file}", entry.path().display());
                }
                entry.file_name().into_string().unwrap()
            })
            .collect()
    };
    assert_eq!(listing("sqlite"), listing("postgres"));
}
