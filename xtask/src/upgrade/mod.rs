//! Upgrade test: an upgrade and its rollback, as operators do them. Instances on one database are
//! replaced one by one, under load.

mod builds;
mod instance;
mod load;

use std::time::Duration;

use crate::error::{Error, Result};
use crate::interrupt;
use crate::postgres::Cluster;

use builds::Builds;
use instance::{Fleet, Setting};
use load::{Counts, Load};

#[derive(clap::Args)]
pub struct Options {
    /// The revision to upgrade from [default: the one before the last change to the schema].
    #[arg(long)]
    from: Option<String>,
    /// How long the load goes on between two replacements.
    #[arg(long, default_value_t = 4, value_name = "SECONDS")]
    pause: u64,
}

/// Replaces old by new, then new by old on the new schema. Fails if a renewal failed or a person
/// was logged out.
pub fn test(options: &Options) -> Result {
    let builds = Builds::make(options.from.as_deref())?;
    let cluster = Cluster::start()?;
    let setting = Setting::new(format!("{}/postgres", cluster.url()), &builds.new)?;
    println!(
        "two instances of {} under load; the schema goes from {} to {}",
        builds.old_name, builds.schemas[0], builds.schemas[1]
    );
    let mut fleet = Fleet::default();
    for _ in 0..2 {
        fleet.add(&setting, &builds.old)?;
    }
    load::make_people(&setting, &builds.old)?;
    let load = Load::start(fleet.rotation());
    let pause = || interrupt::until(Some(Duration::from_secs(options.pause)), || Ok(None::<()>)).map(|_| ());
    let mut failed = 0;
    let mut report = |what: &str, counts: Counts| {
        println!("{what:<34} {counts}");
        failed += counts.failed;
    };
    pause()?;
    report("before", load.counts());
    for (binary, way) in [(&builds.new, "upgrade"), (&builds.old, "rollback")] {
        for which in ["first", "second"] {
            let took = fleet.replace_oldest(&setting, binary)?;
            pause()?;
            report(&format!("{way}: {which} replaced in {} ms", took.as_millis()), load.counts());
        }
    }
    let end = load.finish();
    report("at the end", end.counts);
    fleet.stop()?;
    if let Some(first) = end.first_failure {
        return Err(Error::new(format!("{failed} request(s) failed; the first: {first}")));
    }
    if end.logged_in < load::RENEWING_USERS {
        return Err(Error::new(format!(
            "{} of {} were logged out",
            load::RENEWING_USERS - end.logged_in,
            load::RENEWING_USERS
        )));
    }
    println!(
        "nobody was logged out: {} logins from before the upgrade are alive after it and back",
        end.logged_in
    );
    Ok(())
}
