//! The release: its version, its sources, and programs that reveal nothing about the machine that
//! built them.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::error::{Context, Error, Result};
use crate::process;
use crate::project::{self, Binaries, cargo};

/// The name that packages show for the source folder. The Dockerfile builds there too.
pub const SOURCES: &str = "/build";

/// The name that packages show for the crates' folder.
const CRATES: &str = "/cargo";

/// The properties of a package: its name and its sources.
pub struct Release {
    pub version: String,
    /// The target triple: `x86_64-unknown-linux-gnu`.
    pub triple: String,
    /// Seconds since 1970: the modification time of every file in the package. `SOURCE_DATE_EPOCH`,
    /// by default the time of the last commit.
    pub epoch: u64,
    /// Whether the working tree is the last commit.
    pub is_committed: bool,
    pub target_folder: PathBuf,
    /// The folder of each of the project's own crates.
    pub members: Vec<PathBuf>,
}

impl Release {
    /// Reads it from cargo, rustc and git.
    pub fn of_this_commit() -> Result<Self> {
        let metadata = metadata(&["--no-deps"])?;
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let packages = metadata["packages"].as_array().map(Vec::as_slice).unwrap_or_default();
        let version = packages.iter().find(|package| package["name"] == "auth-service");
        let folder =
            |package: &Value| Path::new(package["manifest_path"].as_str()?).parent().map(Path::to_path_buf);
        let rustc = env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
        let about_rustc = process::read(Command::new(rustc).arg("-vV"))?;
        let git = |arguments: &[&str]| {
            process::read(Command::new("git").args(arguments).current_dir(project::root()))
        };
        let epoch = match env::var("SOURCE_DATE_EPOCH") {
            Ok(seconds) => seconds,
            Err(_) => git(&["log", "-1", "--format=%ct"]).map_err(|_| {
                Error::new("this is no git checkout: set SOURCE_DATE_EPOCH to the release's time, in seconds since 1970")
            })?,
        };
        Ok(Self {
            version: version
                .map(|package| text(&package["version"]))
                .ok_or_else(|| Error::new("cargo knows no auth-service"))?,
            triple: host(&about_rustc)?,
            epoch: epoch.parse().map_err(|_| Error::new("SOURCE_DATE_EPOCH must be seconds since 1970"))?,
            is_committed: git(&["status", "--porcelain"]).is_ok_and(|changes| changes.is_empty()),
            target_folder: PathBuf::from(text(&metadata["target_directory"])),
            members: packages.iter().filter_map(folder).collect(),
        })
    }

    /// The package's name without an extension.
    pub fn name(&self) -> String {
        format!("auth-service-{}-{}", self.version, self.triple)
    }

    /// Every package that any feature needs on this machine, as `cargo metadata` describes it.
    pub fn packages(&self) -> Result<Vec<Value>> {
        let metadata = metadata(&["--all-features", "--filter-platform", &self.triple])?;
        Ok(metadata["packages"].as_array().cloned().unwrap_or_default())
    }

    /// Builds both programs, and checks that they do not contain the build folders.
    pub fn build(&self) -> Result<Binaries> {
        project::need_program(
            "pg_config",
            "PostgreSQL's client library is needed to build for it (Debian: `apt-get install libpq-dev`)",
        )?;
        let folders = self.folders()?;
        let mut command = cargo(["build", "--release", "--locked", "--package", "auth-service"]);
        command.args(["--package", "demo-service", "--features", "auth-service/postgres"]);
        command.env("SOURCE_DATE_EPOCH", self.epoch.to_string());
        // Not combined with the person's own flags, which would change the bytes.
        command.env("CARGO_ENCODED_RUSTFLAGS", rust_flags(&folders)).env_remove("RUSTFLAGS");
        command.env("CFLAGS", c_flags(&folders));
        let programs = project::build_with(&mut command)?;
        for program in [&programs.auth, &programs.demo] {
            let bytes = fs::read(program).with_context(|| format!("read {}", program.display()))?;
            if let Some((folder, _)) = folders.iter().find(|(folder, _)| contains(&bytes, folder)) {
                return Err(Error::new(format!("{} names the folder {folder}", program.display())));
            }
        }
        Ok(programs)
    }

    /// The folders that a compiler could write into a program, and what it writes instead. The last
    /// match wins.
    fn folders(&self) -> Result<Vec<(String, String)>> {
        let home = env::var_os("CARGO_HOME").map(PathBuf::from);
        let home = home.or_else(|| env::home_dir().map(|home| home.join(".cargo")));
        let home = home.ok_or_else(|| Error::new("cargo's folder is not found: set CARGO_HOME"))?;
        let text = |path: &Path| path.display().to_string();
        Ok(vec![
            (text(&home), CRATES.to_owned()),
            (text(&project::root()), SOURCES.to_owned()),
            (text(&self.target_folder), format!("{SOURCES}/target")),
        ])
    }
}

fn metadata(arguments: &[&str]) -> Result<Value> {
    let mut command = cargo(["metadata", "--format-version=1", "--locked"]);
    let answer = process::read(command.args(arguments))?;
    serde_json::from_str(&answer).with_context(|| "read what cargo says of this project".into())
}

/// The machine that `rustc -vV` compiles for.
fn host(about_rustc: &str) -> Result<String> {
    let host = about_rustc.lines().find_map(|line| line.strip_prefix("host: "));
    host.map(str::to_owned).ok_or_else(|| Error::new("rustc does not say for which machine it compiles"))
}

/// Separated by cargo's separator, because a folder's name may contain a space.
fn rust_flags(folders: &[(String, String)]) -> String {
    let flags = folders.iter().map(|(from, to)| format!("--remap-path-prefix={from}={to}"));
    flags.collect::<Vec<_>>().join("\u{1f}")
}

/// SQLite and the cryptographic library are written in C, and their assertions contain file names.
fn c_flags(folders: &[(String, String)]) -> String {
    let flags = folders.iter().map(|(from, to)| format!("-ffile-prefix-map={from}={to}"));
    flags.collect::<Vec<_>>().join(" ")
}

fn contains(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|window| window == text.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_machine_is_read_off_rustc() {
        let said = "rustc 1.95.0\nbinary: rustc\nhost: aarch64-unknown-linux-gnu\nrelease: 1.95.0";
        assert_eq!(host(said).unwrap(), "aarch64-unknown-linux-gnu");
        assert!(host("rustc 1.95.0").is_err());
    }

    #[test]
    fn a_package_is_named_by_version_and_machine() {
        if !project::root().join(".git").exists() {
            // Sources without git history have no time.
            return;
        }
        let release = Release::of_this_commit().unwrap();
        assert_eq!(release.version, env!("CARGO_PKG_VERSION"));
        assert_eq!(release.name(), format!("auth-service-{}-{}", release.version, release.triple));
        let packages = release.packages().unwrap();
        for name in ["diesel", "libsqlite3-sys", "pq-sys"] {
            assert!(packages.iter().any(|package| package["name"] == name), "{name}");
        }
    }

    #[test]
    fn both_compilers_are_told_to_forget_the_folders() {
        let folders =
            [("/home/a b/.cargo", "/cargo"), ("/src", "/build")].map(|(from, to)| (from.into(), to.into()));
        assert_eq!(
            rust_flags(&folders),
            "--remap-path-prefix=/home/a b/.cargo=/cargo\u{1f}--remap-path-prefix=/src=/build"
        );
        assert!(c_flags(&folders).ends_with(" -ffile-prefix-map=/src=/build"));
    }

    #[test]
    fn a_folder_in_a_program_is_seen() {
        assert!(contains(b"\0\x7f/home/ada/src\0", "/home/ada"));
        assert!(!contains(b"\0\x7f/build/src\0", "/home/ada"));
    }
}
