//! Builds of the two revisions.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use crate::error::{Context, Error, Result};
use crate::{process, project};

/// The programs to upgrade from and to.
pub struct Builds {
    pub old: PathBuf,
    /// For people: a short revision and its subject.
    pub old_name: String,
    pub new: PathBuf,
    /// The last migration of each.
    pub schemas: [String; 2],
}

impl Builds {
    /// Builds the earlier revision in a worktree of its own, and the working tree.
    pub fn make(from: Option<&str>) -> Result<Self> {
        let revision = match from {
            Some(from) => from.to_owned(),
            None => before_the_last_migration()?,
        };
        let old_name = git(&["log", "-1", "--format=%h (%s)", &revision])?;
        let folder = target().join("upgrade-test");
        fs::create_dir_all(&folder).with_context(|| format!("make {}", folder.display()))?;
        let worktree = Worktree::add(folder.join("tree"), &revision)?;
        let old = build(&worktree.0, &folder.join("auth-service-old"))?;
        let new = build(&project::root(), &folder.join("auth-service-new"))?;
        let schemas = [last_migration(&worktree.0)?, last_migration(&project::root())?];
        Ok(Self { old, old_name, new, schemas })
    }
}

/// The target folder, shared by both so that common dependencies are built once.
fn target() -> PathBuf {
    env::var_os("CARGO_TARGET_DIR").map_or_else(|| project::root().join("target"), PathBuf::from)
}

/// Builds auth-service for PostgreSQL in `source`, and copies it to `place` because the next build
/// overwrites it.
fn build(source: &Path, place: &Path) -> Result<PathBuf> {
    let mut command = project::cargo(["build", "--package", "auth-service", "--features", "postgres"]);
    command.current_dir(source).env("CARGO_TARGET_DIR", target());
    println!("$ {} (in {})", process::line(&command), source.display());
    let made = project::build_one(&mut command, "auth-service")?;
    fs::copy(&made, place).with_context(|| format!("copy {}", made.display()))?;
    Ok(place.to_owned())
}

fn last_migration(source: &Path) -> Result<String> {
    let folder = source.join("migrations/postgres");
    let entries = fs::read_dir(&folder).with_context(|| format!("read {}", folder.display()))?;
    let names = entries.flatten().map(|entry| entry.file_name().to_string_lossy().into_owned());
    Ok(names.max().unwrap_or_default())
}

fn before_the_last_migration() -> Result<String> {
    let last = git(&["log", "-1", "--format=%H", "--", "migrations"])?;
    if last.is_empty() {
        return Err(Error::new("no commit here changed migrations/: name a revision with --from"));
    }
    git(&["rev-parse", "--verify", &format!("{last}^")]).map_err(|_| {
        Error::new("the commit before the last migration is not here: fetch the whole history, or use --from")
    })
}

fn git(arguments: &[&str]) -> Result<String> {
    process::read(Command::new("git").current_dir(project::root()).args(arguments))
}

/// A second checkout. Dropping it removes it.
struct Worktree(PathBuf);

impl Worktree {
    fn add(path: PathBuf, revision: &str) -> Result<Self> {
        let place = path.display().to_string();
        // Left behind by a run that was killed.
        let _ = git(&["worktree", "remove", "--force", &place]);
        git(&["worktree", "add", "--detach", "--force", &place, revision])?;
        Ok(Self(path))
    }
}

impl Drop for Worktree {
    fn drop(&mut self) {
        let _ = git(&["worktree", "remove", "--force", &self.0.display().to_string()]);
    }
}
