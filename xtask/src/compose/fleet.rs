//! Fleet test: browsers and a crowd must not notice that two instances are restarted and killed.

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use crate::error::{Error, Result};
use crate::{e2e, process};

use super::chaos::{Chaos, Disruption};
use super::stack::{INSTANCES, Stack};

/// How long the crowd works, each time.
const LOAD_DURATION: Duration = Duration::from_secs(90);

/// Long enough for the browser suite to be in progress.
const BROWSER_DELAY: Duration = Duration::from_secs(20);

/// Runs load and browsers while instances are restarted, then while they are killed. Afterwards the
/// last instance is dead.
pub fn test(stack: &Stack, folder: &Path, options: &e2e::Options) -> Result {
    let containers = INSTANCES.map(|service| stack.container(service));
    let containers = containers.into_iter().collect::<Result<Vec<_>>>()?;
    let under_disruption =
        |what: &str, disruption: Disruption, delay: Duration, work: &dyn Fn() -> Result| {
            println!("\n--- {what} ---");
            let (began, chaos) = (Instant::now(), Chaos::begin(containers.clone(), disruption, delay));
            let result = work();
            let count = chaos.end();
            result?;
            match count? {
                0 => Err(Error::new("it was over before an instance went: nothing was shown")),
                count => {
                    println!(
                        "{what}: {count} times in {:.0} s, and nobody noticed",
                        began.elapsed().as_secs_f64()
                    );
                    Ok(())
                }
            }
        };
    let short_delay = Duration::from_secs(3);
    under_disruption("load while instances are restarted", Disruption::Gracefully, short_delay, &|| {
        load(stack, folder, Disruption::Gracefully)
    })?;
    under_disruption("load while instances are killed", Disruption::Killed, short_delay, &|| {
        load(stack, folder, Disruption::Killed)
    })?;
    under_disruption("browsers while instances are restarted", Disruption::Gracefully, short_delay, &|| {
        stack.browse(folder, options)
    })?;
    under_disruption(
        "browsers when an instance is killed for good",
        Disruption::KilledForGood,
        BROWSER_DELAY,
        &|| stack.browse(folder, options),
    )
}

/// Runs e2e/load: many clients log in, renew, open pages and log out. Its own comment says what
/// counts as a failure.
fn load(stack: &Stack, folder: &Path, disruption: Disruption) -> Result {
    let mut command = Command::new("node");
    command.arg("load/crowd.mjs").current_dir(folder).envs(stack.addresses());
    command.env("LOAD_SECONDS", LOAD_DURATION.as_secs().to_string());
    // The logs are not searched for its secrets: the list of a killed instance's secrets would be
    // incomplete.
    command.env("E2E_SECRETS_FILE", "/dev/null");
    if disruption != Disruption::Gracefully {
        command.env("LOAD_KILLS", "1");
    }
    process::run(&mut command)
}
