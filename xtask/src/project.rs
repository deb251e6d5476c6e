//! Project: its folder, its cargo commands and its programs.

use std::env;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::error::{Error, Result};
use crate::process::{self, Running};

/// The programs that `cargo build` produced.
#[derive(Clone)]
pub struct Binaries {
    pub auth: PathBuf,
    pub demo: PathBuf,
}

/// The folder of the workspace.
pub fn root() -> PathBuf {
    // Cargo sets it when it runs this program. Started by hand, the value from build time applies.
    let here = env::var_os("CARGO_MANIFEST_DIR").unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").into());
    Path::new(&here).parent().map(Path::to_path_buf).unwrap_or_default()
}

/// Runs one test per core, for tests that keep the cores busy or share a database server.
/// `.cargo/config.toml` says how many there are otherwise.
pub fn test_one_per_core(command: &mut Command) -> &mut Command {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    command.env("RUST_TEST_THREADS", cores.to_string())
}

/// A cargo command in the workspace.
pub fn cargo<const N: usize>(arguments: [&str; N]) -> Command {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(root()).args(arguments);
    // Cargo's variables about this crate would make other crates' build scripts run again.
    for (name, _) in env::vars_os() {
        let said = name.to_string_lossy();
        let about_us = ["CARGO_PKG_", "CARGO_MANIFEST_", "CARGO_BIN_", "CARGO_CRATE_", "CARGO_PRIMARY_"];
        if said == "OUT_DIR" || about_us.iter().any(|start| said.starts_with(start)) {
            command.env_remove(name);
        }
    }
    command
}

/// Builds both services and returns their paths.
pub fn build_services() -> Result<Binaries> {
    build_with(&mut cargo(["build", "--package", "auth-service", "--package", "demo-service"]))
}

/// Builds both services with another `cargo build` command, and returns their paths.
pub fn build_with(command: &mut Command) -> Result<Binaries> {
    let messages = build(command)?;
    Ok(Binaries {
        auth: executable(&messages, "auth-service")?,
        demo: executable(&messages, "demo-service")?,
    })
}

/// Builds auth-service alone, without output, and returns its path.
pub fn build_auth_quietly() -> Result<PathBuf> {
    let messages = build(&mut cargo(["build", "--quiet", "--package", "auth-service"]))?;
    executable(&messages, "auth-service")
}

/// Builds with `command` and returns the path of the program `name`.
pub fn build_one(command: &mut Command, name: &str) -> Result<PathBuf> {
    executable(&build(command)?, name)
}

/// Builds and returns cargo's messages, which name the programs in any target folder.
fn build(command: &mut Command) -> Result<String> {
    need_a_c_compiler()?;
    command.arg("--message-format=json-render-diagnostics").stdout(Stdio::piped());
    let mut running = Running::start(command)?;
    let (stdout, _) = running.take_output();
    // Read on another thread: a full pipe would make cargo wait for us.
    let reader = std::thread::spawn(move || {
        stdout.map(std::io::read_to_string).and_then(Result::ok).unwrap_or_default()
    });
    if !running.wait()?.success() {
        return Err(Error::new("the services do not build: the compiler's messages are above"));
    }
    Ok(reader.join().unwrap_or_default())
}

/// The path of the program `name` in cargo's messages, one JSON object a line.
fn executable(messages: &str, name: &str) -> Result<PathBuf> {
    let found = messages.lines().find_map(|line| {
        let message: serde_json::Value = serde_json::from_str(line).ok()?;
        let made = message["reason"] == "compiler-artifact" && message["target"]["name"] == name;
        made.then(|| message["executable"].as_str()).flatten().map(PathBuf::from)
    });
    found.ok_or_else(|| Error::new(format!("cargo built no program named {name}")))
}

/// Checks for a C compiler. SQLite and the cryptographic library are written in C, and without this
/// check the failure is a page long.
fn need_a_c_compiler() -> Result {
    let asked = env::var("CC").ok().filter(|cc| !cc.is_empty());
    let found = asked
        .iter()
        .map(String::as_str)
        .chain(["cc", "gcc", "clang"])
        .any(|name| find_program(name).is_some());
    if found {
        Ok(())
    } else {
        Err(Error::new("no C compiler is installed: install gcc or clang (Debian: `apt-get install gcc`)"))
    }
}

/// Searches PATH for a program, as a shell does.
pub fn find_program(name: &str) -> Option<PathBuf> {
    let name = name.split_whitespace().next()?;
    if name.contains('/') {
        return Some(PathBuf::from(name)).filter(|path| path.is_file());
    }
    env::split_paths(&env::var_os("PATH")?).map(|folder| folder.join(name)).find(|path| path.is_file())
}

/// Fails with `remedy` unless `name` is installed.
pub fn need_program(name: &str, remedy: &str) -> Result {
    find_program(name).map(drop).ok_or_else(|| Error::new(format!("{name} is not installed: {remedy}")))
}

/// Prints a cargo command and runs it on our terminal.
pub fn run_cargo(command: &mut Command) -> Result {
    println!("$ {}", process::line(command));
    process::run(command)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_workspace_is_found() {
        assert!(root().join("Cargo.lock").is_file());
    }

    #[test]
    fn a_built_program_is_found_among_cargos_messages() {
        let messages = r#"{"reason":"compiler-artifact","target":{"name":"auth_service"},"executable":null}
not json
{"reason":"compiler-artifact","target":{"name":"auth-service"},"executable":"/somewhere/auth-service"}
{"reason":"build-finished","success":true}"#;
        assert_eq!(executable(messages, "auth-service").unwrap(), PathBuf::from("/somewhere/auth-service"));
        assert!(executable(messages, "demo-service").is_err());
    }

    #[test]
    fn programs_are_found_in_path_and_strangers_are_not() {
        assert!(find_program("sh").is_some());
        assert!(find_program("sh -e").is_some(), "CC may carry options");
        assert!(find_program("no-such-program").is_none());
    }
}
