//! `cargo xtask compose-test`: the container stack, built, started empty, used, stopped.

mod chaos;
mod fleet;
mod secrets;
mod stack;

use crate::e2e;
use crate::error::Result;

use stack::Stack;

/// What `cargo xtask compose-test` can be told.
#[derive(clap::Args)]
#[group(id = "compose")]
pub struct Options {
    /// Two instances of auth-service behind Caddy: under load, and under the browser suite, while
    /// they are restarted one by one, and again while they are killed.
    #[arg(long)]
    fleet: bool,
    #[command(flatten)]
    suite: e2e::Options,
}

/// Runs the browser suite against the container stack, then checks that it stops cleanly, and
/// removes it.
pub fn test(options: &Options) -> Result {
    let folder = e2e::suite()?;
    let stack = Stack::start(options.fleet)?;
    if options.fleet {
        fleet::test(&stack, &folder, &options.suite)?;
    } else {
        stack.browse(&folder, &options.suite)?;
    }
    secrets::test(&stack)?;
    stack.stop()
}

#[cfg(test)]
mod tests {
    use std::fs;

    use crate::project;

    #[test]
    fn the_image_knows_every_crate_of_the_workspace() {
        let read = |name: &str| fs::read_to_string(project::root().join(name)).unwrap();
        let (manifest, dockerfile) = (read("Cargo.toml"), read("Dockerfile"));
        let members = manifest.lines().find(|line| line.starts_with("members = ")).unwrap();
        for member in members.split('"').skip(1).step_by(2) {
            let copied = format!("COPY {member}/Cargo.toml {member}/");
            assert!(dockerfile.contains(&copied), "the Dockerfile lacks `{copied}`");
            let empty = dockerfile.lines().find(|line| line.starts_with("RUN for crate in ")).unwrap();
            assert!(
                empty.split([' ', ';']).any(|word| word == member),
                "the Dockerfile makes no empty {member}"
            );
        }
    }
}
