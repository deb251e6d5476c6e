//! Development servers (`cargo xtask dev`, `users`, `doctor`): auth-service and two services on
//! this machine, with accounts that stay.

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
    /// The port of the second service.
    #[arg(long, default_value_t = 8003)]
    lists_port: u16,
}

/// Runs the services until Ctrl-C.
pub fn dev(options: Options) -> Result {
    let all = [options.auth_port, options.demo_port, options.lists_port];
    let names = ["--auth-port", "--demo-port", "--lists-port"];
    for (at, (port, name)) in all.into_iter().zip(names).enumerate() {
        if let Some(same) = all[..at].iter().position(|other| *other == port) {
            return Err(Error::new(format!(
                "{} and {name} name the same port: each service needs its own",
                names[same]
            )));
        }
        ports::need(port, name)?;
    }
    let settings = dev_settings(all, options.access_token_lifetime);
    println!("{BUILDING}");
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

/// Said before the build, which says nothing of how long it takes.
const BUILDING: &str = "Building the services. The first time that takes two to four minutes on two cores.";

/// The ports are those of auth-service and the two services beside it.
fn dev_settings(
    [auth_port, demo_port, lists_port]: [u16; 3],
    access_token_lifetime: Option<String>,
) -> Settings {
    let data = project::root().join(".dev");
    Settings { auth_port, demo_port, lists_port, data, access_token_lifetime, has_mail: true }
}

fn welcome(settings: &Settings) -> String {
    let (auth, demo, lists) = (settings.auth_url(), settings.demo_url(), settings.lists_url());
    format!(
        "
  All services run. Open in a browser:

    {demo}    the demo: start here
    {lists}   a second service: you are logged in there too
    {auth}    register, log in, your account
    {auth}/dev/mail   the letters that it would send: codes and links are there

  To make a superuser, in another terminal:

    cargo xtask users create-superuser you@example.org

  To try a service of your own (docs/consumers.md), with its page that needs a login:

    cargo xtask doctor http://my.sso.localhost:8002/private

  Accounts and the secret key are in .dev/; delete the folder to begin anew. Ctrl-C stops all.
"
    )
}

/// Runs `auth-service users …` on the accounts of `cargo xtask dev`.
pub fn users(arguments: Vec<OsString>) -> Result {
    run_with_dev_settings("users", arguments)
}

/// Options of `cargo xtask doctor`.
#[derive(clap::Args)]
pub struct DoctorOptions {
    /// Pages that need a login, at services of yours: http://my.sso.localhost:8002/private.
    addresses: Vec<String>,
}

/// Runs `auth-service doctor` with the settings of `cargo xtask dev`.
pub fn doctor(options: DoctorOptions) -> Result {
    let services = options.addresses.into_iter().flat_map(|address| ["--service".to_owned(), address]);
    run_with_dev_settings("doctor", services.map(OsString::from).collect())
}

/// Replaces this process by a command of auth-service, so that it can ask for a password, and its
/// exit code is ours.
fn run_with_dev_settings(command: &str, arguments: Vec<OsString>) -> Result {
    // All, as `dev` builds them: auth-service alone would be built anew, with other features.
    let binary = project::build_services()?.auth;
    let settings = dev_settings([8000, 8001, 8003], None);
    settings::prepare(&settings, &binary)?;
    let failure = with_settings(&binary, &settings.for_auth()).arg(command).args(arguments).exec();
    Err(failure).with_context(|| format!("start {}", binary.display()))
}
