//! The house rules that `docs/architecture.md` draws, read off the sources.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Each module of the crate and its ring. A file uses only rings below its own.
const RINGS: [(&str, u8); 29] = [
    ("clock", 0),
    ("memory", 0),
    ("random", 0),
    ("config", 0),
    ("error", 0),
    ("text", 0),
    ("telemetry", 0),
    ("db", 0),
    ("audit", 1),
    ("web", 1),
    ("keyring", 1),
    ("accounts", 2),
    ("app", 2),
    ("account", 3),
    ("registration", 3),
    ("login", 3),
    ("logout", 3),
    ("session_list", 3),
    ("api", 3),
    ("forward_auth", 3),
    ("cookie_cleanup", 3),
    ("jwks", 3),
    ("health", 3),
    ("housekeeping", 3),
    ("every_page", 4),
    ("doctor", 4),
    ("cli", 4),
    ("server", 4),
    ("stop", 4),
];

/// Who may use a module of their own ring, and why.
const NEIGHBOURS: [(&str, &str, &str); 10] = [
    ("clock", "db", "a moment is the type that both databases keep; nothing of a database is touched"),
    ("random", "db", "UUIDv7 holds that same moment"),
    ("db", "random", "an id is made of the moment and of chance"),
    ("config", "db", "DATABASE_URL is parsed by those who know what can be opened"),
    ("error", "db", "a view's `?` turns a refusing database into an answer"),
    ("error", "text", "what a person is told has a name, and each language its words"),
    ("telemetry", "config", "LOG_FORMAT says how lines look"),
    ("app", "accounts", "what a request can reach includes the people"),
    ("web", "audit", "who sent a request is what the trail keeps of it"),
    ("keyring", "audit", "a key's event is written in the transaction that changes the key"),
];

/// Ring 4 knows everything, itself too.
const TOP: u8 = 4;

/// Lines of a file; longer ones hold two things.
const MAX_LINES: usize = 400;

/// Where Diesel's query language may be spoken: below `db`, and in the types that are rows or columns.
const DIESEL: [&str; 22] = [
    // Asks the database what time it is.
    "clock/mod.rs",
    "accounts/user.rs",
    "accounts/session.rs",
    "accounts/email.rs",
    "accounts/hashers/mod.rs",
    "accounts/hashers/sql.rs",
    "accounts/imported.rs",
    "accounts/roles.rs",
    "accounts/decoys.rs",
    // These compose the row types' own queries, and pass on what those return.
    "accounts/sign_in.rs",
    "accounts/current.rs",
    "accounts/renew.rs",
    "accounts/prove.rs",
    "housekeeping.rs",
    "audit/entry.rs",
    "audit/repeats.rs",
    "audit/evidence.rs",
    "keyring/store.rs",
    "keyring/life.rs",
    "keyring/look.rs",
    "keyring/operator.rs",
    // These name Diesel's error to turn it into their own.
    "keyring/mod.rs",
];

/// The same for the commands.
const DIESEL_IN_COMMANDS: [&str; 6] = [
    "cli/database.rs",
    "cli/mod.rs",
    "cli/users.rs",
    "cli/sessions.rs",
    "cli/after_restore.rs",
    "cli/import/batch.rs",
];

struct Source {
    /// Below `src/`, with slashes.
    name: String,
    text: String,
}

impl Source {
    /// The module of the crate that it is part of; `None` for `main.rs` and `lib.rs`.
    fn module(&self) -> Option<&str> {
        let module = self.name.split('/').next().unwrap().trim_end_matches(".rs");
        (!matches!(module, "main" | "lib")).then_some(module)
    }

    /// What it holds besides tests and comments.
    fn code(&self) -> String {
        let code = self.text.split("#[cfg(test)]\nmod tests").next().unwrap();
        code.lines().map(|line| line.split("//").next().unwrap()).collect::<Vec<_>>().join("\n")
    }

    /// The crate's modules that it names, in `use crate::…` or in the middle of an expression.
    fn uses(&self) -> BTreeSet<String> {
        let code = self.code();
        let mut modules = BTreeSet::new();
        for rest in code.split("crate::").skip(1) {
            let names = match rest.strip_prefix('{') {
                Some(list) => top_level_names(list),
                None => vec![word(rest)],
            };
            modules.extend(names.into_iter().filter(|name| !name.is_empty()).map(str::to_owned));
        }
        modules
    }
}

fn word(text: &str) -> &str {
    let end = text.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(text.len());
    &text[..end]
}

/// The first word of each entry of `a::B, c::{D, E}}`.
fn top_level_names(list: &str) -> Vec<&str> {
    let (mut names, mut depth, mut start) = (Vec::new(), 0, 0);
    for (at, c) in list.char_indices() {
        match c {
            '{' => depth += 1,
            ',' | '}' if depth == 0 => {
                names.push(word(list[start..at].trim()));
                if c == '}' {
                    break;
                }
                start = at + 1;
            }
            '}' => depth -= 1,
            _ => {}
        }
    }
    names
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

fn ring(module: &str) -> u8 {
    let known = RINGS.iter().find(|(name, _)| *name == module);
    known
        .unwrap_or_else(|| panic!("{module} stands in no ring: give it one here and in docs/architecture.md"))
        .1
}

#[test]
fn a_file_uses_only_the_rings_below_its_own() {
    let mut exceptions_met = BTreeSet::new();
    for source in sources() {
        let Some(module) = source.module() else { continue };
        for used in source.uses() {
            if used == module || ring(&used) < ring(module) || ring(module) == TOP {
                continue;
            }
            let exception = NEIGHBOURS.iter().position(|(who, whom, _)| *who == module && *whom == used);
            match exception {
                Some(exception) => exceptions_met.insert(exception),
                None => panic!("{} uses {used}, which is not below it", source.name),
            };
        }
    }
    for (n, (who, whom, _)) in NEIGHBOURS.iter().enumerate() {
        assert!(exceptions_met.contains(&n), "{who} uses {whom} no longer: take the exception away");
    }
}

#[test]
fn the_reader_of_these_rules_sees_every_way_to_name_a_module() {
    let source = Source {
        name: "login/view.rs".to_owned(),
        text: "use crate::app::App;\nuse crate::{web::{a, b}, error::Error, db};\nfn f(x: crate::clock::Clock) {}\n\
               // use crate::cli;\n#[cfg(test)]\nmod tests { use crate::server; }"
            .to_owned(),
    };
    let uses = source.uses();
    assert_eq!(uses.iter().map(String::as_str).collect::<Vec<_>>(), ["app", "clock", "db", "error", "web"]);
}

#[test]
fn every_module_stands_in_a_ring_and_every_ring_holds_what_there_is() {
    let modules: BTreeSet<String> =
        sources().iter().filter_map(|source| source.module().map(str::to_owned)).collect();
    let rings: BTreeSet<String> = RINGS.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(modules, rings);
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
    for source in sources() {
        let is_allowed = source.module() == Some("forward_auth") || source.name == "web/cookie_guard.rs";
        assert!(
            is_allowed || !source.code().contains("access_tokens"),
            "{} reads access tokens",
            source.name
        );
    }
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
