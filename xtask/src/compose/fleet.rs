//! Two instances: what a browser and a crowd notice of their coming and going, which is nothing.

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use crate::error::{Outcome, Stop};
use crate::{e2e, process};

use super::stack::{INSTANCES, Stack};
use super::unrest::{Goes, Unrest};

/// How long the crowd logs in, each time.
const LOAD: Duration = Duration::from_secs(90);

/// Long enough that the suite is in the middle of its walk.
const INTO_THE_SUITE: Duration = Duration::from_secs(20);

/// Load and browsers while instances are restarted, then while they are killed. Afterwards the last one is dead.
pub fn test(stack: &Stack, folder: &Path, options: &e2e::Options) -> Outcome {
    let containers = INSTANCES.map(|service| stack.container(service));
    let containers = containers.into_iter().collect::<Outcome<Vec<_>>>()?;
    let disturbed = |what: &str, goes: Goes, calm: Duration, work: &dyn Fn() -> Outcome| {
        println!("\n--- {what} ---");
        let (began, unrest) = (Instant::now(), Unrest::begin(containers.clone(), goes, calm));
        let worked = work();
        let times = unrest.end();
        worked?;
        match times? {
            0 => Err(Stop::because("it was over before an instance went: nothing was shown")),
            times => {
                println!(
                    "{what}: {times} times in {:.0} s, and nobody noticed",
                    began.elapsed().as_secs_f64()
                );
                Ok(())
            }
        }
    };
    let moment = Duration::from_secs(3);
    disturbed("load while instances are restarted", Goes::Gracefully, moment, &|| {
        load(stack, folder, Goes::Gracefully)
    })?;
    disturbed("load while instances are killed", Goes::Killed, moment, &|| {
        load(stack, folder, Goes::Killed)
    })?;
    disturbed("browsers while instances are restarted", Goes::Gracefully, moment, &|| {
        stack.browse(folder, options)
    })?;
    disturbed("browsers when an instance is killed for good", Goes::KilledForGood, INTO_THE_SUITE, &|| {
        stack.browse(folder, options)
    })
}

/// Many clients that log in, renew, look at pages and log out; e2e/load says what must not happen.
fn load(stack: &Stack, folder: &Path, goes: Goes) -> Outcome {
    let mut command = Command::new("node");
    command.arg("load/crowd.mjs").current_dir(folder).envs(stack.addresses());
    command.env("LOAD_SECONDS", LOAD.as_secs().to_string());
    // Its secrets are looked for in no log: the lines of a killed instance would be missing.
    command.env("E2E_SECRETS_FILE", "/dev/null");
    if goes != Goes::Gracefully {
        command.env("LOAD_KILLS", "1");
    }
    process::run(&mut command)
}
