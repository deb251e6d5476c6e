//! Container stack: the running containers of docker-compose.yml, under a project name of its own.

use std::fs::{self, File, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::e2e::{self, SHORT_LIFETIME_SECONDS};
use crate::error::{Context, Error, Result};
use crate::process::{self, Running};
use crate::{interrupt, ports, project};

/// A project name of its own, so that the volumes of a stack in use are not deleted.
pub const PROJECT: &str = "sso-e2e";

/// The two instances of deploy/fleet.env.
pub const INSTANCES: [&str; 2] = ["auth-service", "auth-service-2"];

/// Dropping it removes the containers with their volumes.
pub struct Stack {
    compose: Vec<&'static str>,
    port: u16,
    is_fleet: bool,
}

impl Stack {
    /// Builds the images, starts an empty stack and waits until it answers.
    pub fn start(is_fleet: bool) -> Result<Self> {
        let [port] = ports::free()?;
        let stack = Self { compose: compose_program()?, port, is_fleet };
        stack.run(&["build"])?;
        stack.run(&["up", "--detach"])?;
        let ready = interrupt::until(Some(Duration::from_secs(120)), || {
            let hosts = ["auth.sso.localhost", "demo.sso.localhost"].map(|host| format!("{host}:{port}"));
            Ok(hosts.iter().all(|host| ports::healthy(port, host)).then_some(()))
        })?;
        if ready.is_none() {
            stack.run(&["logs", "--tail=40"])?;
            return Err(Error::new("the stack does not answer through Caddy: its last lines are above"));
        }
        Ok(stack)
    }

    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(self.compose[0]);
        command
            .args(&self.compose[1..])
            .args(["--project-name", PROJECT])
            .args(self.is_fleet.then_some("--env-file=deploy/fleet.env"))
            .args(arguments)
            .current_dir(project::root());
        command.env("SSO_PORT", self.port.to_string());
        // A network of its own too, because its addresses are fixed.
        command.env("SSO_NET", "10.213.86");
        command.env("ACCESS_TOKEN_LIFETIME", format!("{SHORT_LIFETIME_SECONDS}s"));
        // The crowd shares this machine's cores with the services.
        command.env("BCRYPT_COST", "10");
        // Without BuildKit, docker-compose 1.29 builds all stages one after the other, needed or
        // not.
        command.env("DOCKER_BUILDKIT", "1").env("COMPOSE_DOCKER_CLI_BUILD", "1");
        command
    }

    fn run(&self, arguments: &[&str]) -> Result {
        let mut command = self.command(arguments);
        println!("$ {}", process::line(&command));
        process::run(&mut command)
    }

    /// The addresses, as the suites' environment.
    pub fn addresses(&self) -> [(&'static str, String); 3] {
        [
            ("E2E_AUTH_URL", format!("http://auth.sso.localhost:{}", self.port)),
            ("E2E_DEMO_URL", format!("http://demo.sso.localhost:{}", self.port)),
            ("E2E_LISTS_URL", format!("http://lists.sso.localhost:{}", self.port)),
        ]
    }

    /// The container of a service.
    pub fn container(&self, service: &str) -> Result<String> {
        process::read(&mut self.command(&["ps", "--quiet", service]))
    }

    /// Runs the browser suite against it.
    pub fn browse(&self, folder: &Path, options: &e2e::Options) -> Result {
        let scratch = tempfile::tempdir().with_context(|| "make a folder".into())?;
        let [auth_log, demo_log, lists_log] =
            ["auth.log", "demo.log", "lists.log"].map(|name| scratch.path().join(name));
        let follow = |services: &[&str], log| -> Result<Running> {
            let file = File::create(log).with_context(|| "write a log".into())?;
            let arguments = [&["logs", "--follow", "--no-color"], services].concat();
            Running::start(self.command(&arguments).stdout(file).stderr(Stdio::null()))
        };
        let auth = if self.is_fleet { &INSTANCES[..] } else { &INSTANCES[..1] };
        let _following = [
            follow(auth, &auth_log)?,
            follow(&["demo-service"], &demo_log)?,
            follow(&["lists-service"], &lists_log)?,
        ];

        // The suite calls `auth-service users …`. Here that runs in a container of its own with the
        // same settings, because the instances may be stopped.
        let (inside, settings) = (scratch.path().join("auth-service"), scratch.path().join("auth.env"));
        let arguments = ["run", "--rm", "--no-deps", "-T", "auth-service", "auth-service"];
        let exec = process::line(&self.command(&arguments));
        let script = format!("#!/bin/sh\ncd '{}' && exec {exec} \"$@\"\n", project::root().display());
        fs::write(&inside, script).with_context(|| "write a script".into())?;
        fs::set_permissions(&inside, Permissions::from_mode(0o700))
            .with_context(|| "write a script".into())?;
        fs::write(&settings, format!("SSO_PORT={}\n", self.port)).with_context(|| "write settings".into())?;

        for browser in &options.browser {
            let mut variables = vec![
                ("E2E_ACCESS_LIFETIME_SECONDS", SHORT_LIFETIME_SECONDS.to_string().into()),
                ("E2E_AUTH_LOG", auth_log.clone().into()),
                ("E2E_DEMO_LOG", demo_log.clone().into()),
                ("E2E_LISTS_LOG", lists_log.clone().into()),
                ("E2E_AUTH_BIN", inside.clone().into()),
                ("E2E_AUTH_ENV_FILE", settings.clone().into()),
                ("E2E_SECRETS_FILE", scratch.path().join("secrets.jsonl").into()),
            ];
            variables.extend(self.addresses().map(|(name, url)| (name, url.into())));
            e2e::browse(folder, options, *browser, variables)?;
        }
        Ok(())
    }

    /// Stops everything, and fails unless every running container exits cleanly.
    pub fn stop(&self) -> Result {
        let mut services = vec!["auth-service", "demo-service", "lists-service", "caddy", "database"];
        services.extend(self.is_fleet.then_some(INSTANCES[1]));
        let mut containers = Vec::new();
        for service in services {
            let container = self.container(service)?;
            if state(&container, "Running")? == "true" {
                containers.push((service, container));
            }
        }
        let began = Instant::now();
        self.run(&["stop"])?;
        println!("The stack stopped in {:.1} s", began.elapsed().as_secs_f64());
        for (service, container) in containers {
            let code = state(&container, "ExitCode")?;
            if code != "0" {
                return Err(Error::new(format!("{service} ended with exit code {code} when it was stopped")));
            }
        }
        Ok(())
    }
}

/// A field of the `State` that `docker inspect` shows.
fn state(container: &str, field: &str) -> Result<String> {
    process::read(Command::new("docker").args([
        "inspect",
        &format!("--format={{{{.State.{field}}}}}"),
        container,
    ]))
}

impl Drop for Stack {
    fn drop(&mut self) {
        // Not by a function that is interrupted by Ctrl-C: this must run after it too.
        let removed = self.command(&["down", "--volumes", "--timeout=10"]).stdin(Stdio::null()).output();
        if !removed.is_ok_and(|output| output.status.success()) {
            eprintln!("xtask: the stack could not be removed: see `docker ps`");
        }
    }
}

/// The command `docker compose`, or `docker-compose` if only that is installed.
fn compose_program() -> Result<Vec<&'static str>> {
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
