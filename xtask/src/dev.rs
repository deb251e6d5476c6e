//! Development servers (`cargo xtask dev`, `cargo xtask users`): both services on this machine,
//! with accounts that stay.

use std::ffi::OsString;
use std::os::unix::process::CommandExt;

use crate::error::{Context, Error, Result};
use crate::services::{Logs, Services};
use crate::settings::{self, Settings, with_settings};
use crate::{ports, project};

/// Options of `cargo xtask dev`.
#[derive(clap::Args)]
pub struct Options {
    /// How long an access token lives, such as 10s to watch the silent renewal [default:
    /// auth-service's 5m].
    #[arg(long, value_name = "DURATION")]
    access_token_lifetime: Option<String>,
    /// The port of auth-service.
    #[arg(long, default_value_t = 8000)]
    auth_port: u16,
    /// The port of demo-service.
    #[arg(long, default_value_t = 8001)]
    demo_port: u16,
}

/// Runs both services until Ctrl-C.
pub fn dev(options: Options) -> Result {
    if options.auth_port == options.demo_port {
        return Err(Error::new("--auth-port and --demo-port name the same port: each service needs its own"));
    }
    ports::need(options.auth_port, "--auth-port")?;
    ports::need(options.demo_port, "--demo-port")?;
    let settings = dev_settings(options.auth_port, options.demo_port, options.access_token_lifetime);
    let session = || {
        let binaries = project::build_services()?;
        settings::prepare(&settings, &binaries.auth)?;
        let mut services = Services::start(&binaries, &settings, &Logs::Terminal)?;
        println!("{}", welcome(&settings));
        services.watch()
    };
    match session() {
        Err(Error::Interrupted) | Ok(()) => {
            println!("Stopped. Accounts are kept in .dev/ for the next time.");
            Ok(())
        }
        failed => failed,
    }
}

fn dev_settings(auth_port: u16, demo_port: u16, access_token_lifetime: Option<String>) -> Settings {
    Settings { auth_port, demo_port, data: project::root().join(".dev"), access_token_lifetime }
}

fn welcome(settings: &Settings) -> String {
    let (auth, demo) = (settings.auth_url(), settings.demo_url());
    format!(
        "
  Both services run. Open in a browser:

    {demo}   the demo: start here
    {auth}   register, log in, your account

  To make a superuser, in another terminal:

    cargo xtask users create-superuser you@example.org

  Accounts and the secret key are in .dev/; delete the folder to begin anew. Ctrl-C stops both.
"
    )
}

/// Runs `auth-service users …` on the accounts of `cargo xtask dev`.
pub fn users(arguments: Vec<OsString>) -> Result {
    let binary = project::build_auth_quietly()?;
    let settings = dev_settings(8000, 8001, None);
    settings::prepare(&settings, &binary)?;
    // It replaces this process, so that it can ask for a password, and its exit code is ours.
    let failure = with_settings(&binary, &settings.for_auth()).arg("users").args(arguments).exec();
    Err(failure).with_context(|| format!("start {}", binary.display()))
}
