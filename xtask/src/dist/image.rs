//! Container images, both in one file for `docker load`.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;
use std::process::{Command, Stdio};

use crate::error::{Context, Error, Result};
use crate::process::{self, Running};
use crate::project;

use super::archive;
use super::release::Release;

/// The Dockerfile's targets, which give the images their names.
const TARGETS: [&str; 2] = ["auth-service", "demo-service"];

/// Builds and saves the images. Without Docker, or on request, it only says that there are none.
pub fn save(release: &Release, folder: &Path, is_unwanted: bool) -> Result {
    if is_unwanted {
        println!("The container images are left out, as asked.");
        return Ok(());
    }
    let platform = ["version", "--format", "{{.Server.Os}}-{{.Server.Arch}}"];
    let Ok(platform) = process::read(Command::new("docker").args(platform)) else {
        println!("No Docker answers: the container images are left out.");
        return Ok(());
    };
    let tags = TARGETS.map(|target| tag(target, &release.version));
    for (target, tag) in TARGETS.iter().zip(&tags) {
        let mut command = docker(&["build", "--target", target, "--tag", tag, "."]);
        println!("$ {}", process::line(&command));
        process::run(&mut command)?;
    }
    let arguments: Vec<&str> = ["save"].into_iter().chain(tags.iter().map(String::as_str)).collect();
    let name = format!("auth-service-{}-{platform}-images.tar.gz", release.version);
    write(&mut docker(&arguments), &folder.join(name))
}

/// The image's name in the compose file, with its version.
fn tag(target: &str, version: &str) -> String {
    format!("sso/{target}:{version}")
}

fn docker(arguments: &[&str]) -> Command {
    let mut command = Command::new("docker");
    // The cache mounts need BuildKit, which older versions do not use by default.
    command.args(arguments).current_dir(project::root()).env("DOCKER_BUILDKIT", "1");
    command
}

/// Compresses the output of `command` into a file.
fn write(command: &mut Command, path: &Path) -> Result {
    let mut running = Running::start(command.stdout(Stdio::piped()))?;
    let (Some(mut printed), _) = running.take_output() else {
        return Err(Error::new("docker's output cannot be read"));
    };
    let mut write = || -> io::Result<()> {
        let mut file = archive::compressed(BufWriter::new(File::create(path)?));
        io::copy(&mut printed, &mut file)?;
        file.finish()?.flush()
    };
    write().with_context(|| format!("write {}", path.display()))?;
    let status = running.wait()?;
    if status.success() {
        Ok(())
    } else {
        Err(Error::new(format!("`{}` ended with {status}", process::line(command))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_images_are_the_targets_of_the_dockerfile_and_named_as_by_compose() {
        let read = |name: &str| std::fs::read_to_string(project::root().join(name)).unwrap();
        let (dockerfile, compose) = (read("Dockerfile"), read("docker-compose.yml"));
        for target in TARGETS {
            assert!(dockerfile.contains(&format!(" AS {target}\n")), "{target}");
            let name = tag(target, "0.1.0").replace(":0.1.0", "");
            assert!(compose.contains(&format!("image: {name}\n")), "{name}");
        }
    }

    #[test]
    fn what_a_program_prints_is_compressed_and_a_failing_one_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("printed.gz");
        write(Command::new("echo").arg("an image"), &path).unwrap();
        let mut text = String::new();
        let mut file = flate2::bufread::GzDecoder::new(io::BufReader::new(File::open(&path).unwrap()));
        io::Read::read_to_string(&mut file, &mut text).unwrap();
        assert_eq!(text, "an image\n");

        let Err(Error::Failed(sentence)) = write(Command::new("sh").args(["-c", "exit 4"]), &path) else {
            panic!()
        };
        assert_eq!(sentence, "`sh -c exit 4` ended with exit status: 4");
    }
}
