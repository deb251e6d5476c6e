//! Secrets check of the container stack: they are in its volumes and nowhere else.

use std::process::Command;

use crate::error::{Error, Result};
use crate::process;

use super::stack::{PROJECT, Stack};

const IMAGES: [&str; 3] = ["sso/auth-service", "sso/demo-service", "sso/secrets"];

/// Fails if `docker inspect`, an image's layers or the logs show a secret of the stack.
pub fn test(stack: &Stack) -> Result {
    let files = ["/secrets/auth/secret-key", "/secrets/database/password"];
    let kept = process::read(&mut stack.command(&[
        "run",
        "--rm",
        "--no-deps",
        "-T",
        "secrets",
        "sh",
        "-c",
        &format!("for f in {}; do cat $f; echo; done", files.join(" ")),
    ]))?;
    let secrets: Vec<_> = kept.split_whitespace().collect();
    if secrets.len() != files.len() || secrets.iter().any(|secret| secret.len() < 32) {
        return Err(Error::new("the stack's secrets could not be read"));
    }
    let docker = |arguments: &[&str]| process::read(Command::new("docker").args(arguments));
    let filter = format!("label=com.docker.compose.project={PROJECT}");
    let containers = docker(&["ps", "--all", "--quiet", "--filter", &filter])?;
    let mut shown = Vec::new();
    for container in containers.split_whitespace() {
        shown.push((format!("docker inspect {container}"), docker(&["inspect", container])?));
        // Both streams: docker writes a container's standard error to its own.
        let logs = Command::new("sh").args(["-c", "docker logs \"$0\" 2>&1", container]).output();
        let logs =
            logs.map(|output| String::from_utf8_lossy(&output.stdout).into_owned()).unwrap_or_default();
        shown.push((format!("docker logs {container}"), logs));
    }
    for image in IMAGES {
        shown.push((format!("docker inspect {image}"), docker(&["inspect", image])?));
        shown.push((format!("docker history {image}"), docker(&["history", "--no-trunc", image])?));
    }
    for (command, text) in &shown {
        if secrets.iter().any(|secret| text.contains(secret)) {
            return Err(Error::new(format!("`{command}` shows a secret")));
        }
    }
    println!("No secret in {} answers of docker inspect, history and logs", shown.len());
    Ok(())
}
