//! `cargo xtask compose-test`: the container stack, built, started empty, walked through by the browser suite, stopped.

use std::fs::{self, File, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::e2e::{self, ACCESS_LIFETIME_SECONDS};
use crate::error::{Doing, Outcome, Stop};
use crate::process::{self, Running};
use crate::{interrupt, ports, project};

/// Apart from a stack that somebody uses, whose volumes must not be emptied.
const PROJECT: &str = "sso-e2e";
const OURS: [&str; 3] = ["auth-service", "demo-service", "caddy"];

/// Runs the browser suite against the container stack, then checks that it stops cleanly, and removes it.
pub fn test(options: &e2e::Options) -> Outcome {
    let folder = e2e::suite()?;
    let [port] = ports::free()?;
    let stack = Stack { compose: compose_program()?, port };
    stack.run(&["build"])?;
    stack.run(&["up", "--detach"])?;
    let ready = interrupt::until(Some(Duration::from_secs(120)), || {
        let hosts = ["auth.sso.localhost", "demo.sso.localhost"].map(|host| format!("{host}:{port}"));
        Ok(hosts.iter().all(|host| ports::healthy(port, host)).then_some(()))
    })?;
    if ready.is_none() {
        stack.run(&["logs", "--tail=40"])?;
        return Err(Stop::because("the stack does not answer through Caddy: its last lines are above"));
    }
    stack.browse(&folder, options)?;
    stack.stop()
}

/// The running containers. Dropping it removes them with their volumes.
struct Stack {
    compose: Vec<&'static str>,
    port: u16,
}

impl Stack {
    fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(self.compose[0]);
        command
            .args(&self.compose[1..])
            .args(["--project-name", PROJECT])
            .args(words)
            .current_dir(project::root());
        command.env("SSO_PORT", self.port.to_string());
        command.env("ACCESS_TOKEN_LIFETIME", format!("{ACCESS_LIFETIME_SECONDS}s"));
        // docker-compose 1.29 builds without them in a way that knows no cache mounts.
        command.env("DOCKER_BUILDKIT", "1").env("COMPOSE_DOCKER_CLI_BUILD", "1");
        command
    }

    fn run(&self, words: &[&str]) -> Outcome {
        let mut command = self.command(words);
        println!("$ {}", process::line(&command));
        process::run(&mut command)
    }

    fn browse(&self, folder: &std::path::Path, options: &e2e::Options) -> Outcome {
        let scratch = tempfile::tempdir().doing(|| "make a folder".into())?;
        let (auth_log, demo_log) = (scratch.path().join("auth.log"), scratch.path().join("demo.log"));
        let follow = |service: &str, log| -> Outcome<Running> {
            let file = File::create(log).doing(|| "write a log".into())?;
            Running::start(
                self.command(&["logs", "--follow", "--no-color", service]).stdout(file).stderr(Stdio::null()),
            )
        };
        let _following = (follow("auth-service", &auth_log)?, follow("demo-service", &demo_log)?);

        // The suite calls `auth-service users …`; here that happens inside the container, which has the settings.
        let (inside, settings) = (scratch.path().join("auth-service"), scratch.path().join("auth.env"));
        let exec = process::line(&self.command(&["exec", "-T", "auth-service", "auth-service"]));
        let script = format!("#!/bin/sh\ncd '{}' && exec {exec} \"$@\"\n", project::root().display());
        fs::write(&inside, script).doing(|| "write a script".into())?;
        fs::set_permissions(&inside, Permissions::from_mode(0o700)).doing(|| "write a script".into())?;
        fs::write(&settings, format!("SSO_PORT={}\n", self.port)).doing(|| "write settings".into())?;

        for browser in &options.browser {
            let variables = vec![
                ("E2E_AUTH_URL", format!("http://auth.sso.localhost:{}", self.port).into()),
                ("E2E_DEMO_URL", format!("http://demo.sso.localhost:{}", self.port).into()),
                ("E2E_ACCESS_LIFETIME_SECONDS", ACCESS_LIFETIME_SECONDS.to_string().into()),
                ("E2E_AUTH_LOG", auth_log.clone().into()),
                ("E2E_DEMO_LOG", demo_log.clone().into()),
                ("E2E_AUTH_BIN", inside.clone().into()),
                ("E2E_AUTH_ENV_FILE", settings.clone().into()),
                ("E2E_SECRETS_FILE", scratch.path().join("secrets.jsonl").into()),
            ];
            e2e::browse(folder, options, *browser, variables)?;
        }
        Ok(())
    }

    /// Stops everything and fails unless our services ended by themselves, well.
    fn stop(&self) -> Outcome {
        let began = Instant::now();
        self.run(&["stop"])?;
        println!("The stack stopped in {:.1} s", began.elapsed().as_secs_f64());
        for service in OURS.into_iter().chain(["database"]) {
            let container = format!("{PROJECT}_{service}_1");
            // Compose v1 joins the parts of a container's name by underscores, v2 by hyphens.
            let code = |name: &str| {
                process::read(Command::new("docker").args(["inspect", "--format={{.State.ExitCode}}", name]))
            };
            let code = code(&container).or_else(|_| code(&container.replace('_', "-")))?;
            if code != "0" {
                return Err(Stop::because(format!(
                    "{service} ended with exit code {code} when it was stopped"
                )));
            }
        }
        Ok(())
    }
}

impl Drop for Stack {
    fn drop(&mut self) {
        // Also after Ctrl-C, so not by a function that looks for one.
        let removed = self.command(&["down", "--volumes", "--timeout=10"]).stdin(Stdio::null()).output();
        if !removed.is_ok_and(|output| output.status.success()) {
            eprintln!("xtask: the stack could not be removed: see `docker ps`");
        }
    }
}

/// `docker compose`, or `docker-compose` where there is only that.
fn compose_program() -> Outcome<Vec<&'static str>> {
    project::need_program(
        "docker",
        "install it, with its compose plug-in (Debian: `apt-get install docker.io docker-compose`)",
    )?;
    if process::read(Command::new("docker").args(["compose", "version"])).is_ok() {
        return Ok(vec!["docker", "compose"]);
    }
    project::need_program("docker-compose", "install it or docker's compose plug-in")?;
    Ok(vec!["docker-compose"])
}
