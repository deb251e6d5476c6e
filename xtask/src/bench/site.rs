//! A database with people, and the settings to run the services on it.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;

use super::bed::Bed;
use super::client::{self, PASSWORD};
use super::database::Database;
use super::instance::Instance;
use super::wrk::Target;
use crate::error::{Context, Error, Result};
use crate::settings::{self, Settings, with_settings};
use crate::{ports, project};

pub struct Site {
    auth: PathBuf,
    demo: PathBuf,
    data: PathBuf,
    pub database: Database,
    changed: Vec<(&'static str, String)>,
}

impl Site {
    /// A site on SQLite. Everything that is measured has a folder of its own.
    pub fn sqlite(bed: &Bed, name: &str) -> Result<Self> {
        let file = bed.folder.path().join(name).join("auth.db");
        Self::on(bed, name, Database::Sqlite(file))
    }

    /// A site on a PostgreSQL.
    pub fn postgres(bed: &Bed, name: &str, url: String) -> Result<Self> {
        Self::on(bed, name, Database::Postgres(url))
    }

    fn on(bed: &Bed, name: &str, database: Database) -> Result<Self> {
        let data = bed.folder.path().join(name);
        settings::prepare(&on_ports(&data, [0; 3]), &bed.binaries.auth)?;
        let changed = vec![
            ("DATABASE_URL", database.url()),
            // Every renewal rotates: no answer is a repetition.
            ("REFRESH_GRACE", "0s".to_owned()),
        ];
        let project::Binaries { auth, demo } = bed.binaries.clone();
        Ok(Self { auth, demo, data, database, changed })
    }

    /// The same with another value of a setting.
    pub fn with(mut self, name: &'static str, value: &str) -> Self {
        self.changed.push((name, value.to_owned()));
        self
    }

    /// The same with another demo-service.
    pub fn with_demo(mut self, demo: PathBuf) -> Self {
        self.demo = demo;
        self
    }

    /// The same with a copy of the program, which shares no memory with other instances.
    pub fn with_own_program(mut self) -> Result<Self> {
        let copy = self.data.join("auth-service");
        fs::copy(&self.auth, &copy).with_context(|| "copy the program".into())?;
        self.auth = copy;
        Ok(self)
    }

    /// Starts auth-service, on a port of its own each time: one that was found free earlier may be
    /// taken by now.
    pub fn start(&self) -> Result<Instance> {
        let settings = on_ports(&self.data, ports::free()?);
        let log = self.data.join("auth.log");
        let command = self.command(&settings);
        Instance::start(command, settings.auth_port, &settings.auth_host(), log, ports::ready)
    }

    /// Starts demo-service for a running auth-service.
    pub fn start_demo(&self, auth: &Instance) -> Result<Instance> {
        let [demo_port, lists_port] = ports::free()?;
        let settings = on_ports(&self.data, [auth.target().port, demo_port, lists_port]);
        let command = with_settings(&self.demo, &settings.for_demo());
        let log = self.data.join(format!("demo-{demo_port}.log"));
        Instance::start(command, demo_port, &settings.demo_host(), log, ports::healthy)
    }

    /// The file of refresh tokens, one a line.
    pub fn tokens(&self) -> PathBuf {
        self.data.join("tokens")
    }

    /// Makes people, numbered from 0.
    pub fn make_people(&self, count: usize) -> Result {
        (0..count).try_for_each(|n| self.make_person(&client::email(n)))
    }

    fn make_person(&self, email: &str) -> Result {
        let mut command = self.command(&on_ports(&self.data, [0; 3]));
        command.args(["users", "create", email, "--first-name", "Ada", "--password-stdin"]);
        command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped());
        let mut child = command.spawn().with_context(|| "make an account".into())?;
        if let Some(mut stdin) = child.stdin.take() {
            stdin.write_all(PASSWORD.as_bytes()).with_context(|| "give an account a password".into())?;
        }
        let output = child.wait_with_output().with_context(|| "make an account".into())?;
        match output.status.success() {
            true => Ok(()),
            false => Err(Error::new(format!(
                "the account {email} was not made: {}",
                String::from_utf8_lossy(&output.stderr).trim()
            ))),
        }
    }

    /// Begins `logins` sessions of each of the `people` and keeps their refresh tokens. As many log
    /// in at the same time as there are processors.
    pub fn log_in(&self, target: &Target, people: usize, logins: usize) -> Result {
        let cores = thread::available_parallelism().map_or(1, usize::from);
        let share = |nth: usize| {
            let mine = (0..people * logins).filter(|n| n % cores == nth);
            mine.map(|n| self.refresh_token(target, n % people)).collect::<Result<Vec<_>>>()
        };
        let shares: Result<Vec<Vec<String>>> = thread::scope(|scope| {
            let share = &share;
            let threads: Vec<_> = (0..cores).map(|nth| scope.spawn(move || share(nth))).collect();
            let joined = threads.into_iter().map(|thread| thread.join());
            joined.map(|share| share.unwrap_or_else(|_| Err(Error::new("a login panicked")))).collect()
        });
        let lines = shares?.concat().join("\n");
        fs::write(self.tokens(), lines + "\n").with_context(|| "keep tokens".into())
    }

    fn refresh_token(&self, target: &Target, person: usize) -> Result<String> {
        let tokens = client::log_in(target, &client::email(person))?;
        tokens.map(|tokens| tokens.refresh).ok_or_else(|| Error::new("the service is too busy for a login"))
    }

    /// Lets another site have a copy of this one's tokens, secret and settings, and of its people
    /// and sessions if they are in a file. Neither runs meanwhile.
    pub fn copy_to(&self, copy: Self) -> Result<Self> {
        for entry in fs::read_dir(&self.data).with_context(|| "read a folder".into())?.flatten() {
            let to = copy.data.join(entry.file_name());
            fs::copy(entry.path(), to).with_context(|| "copy a database".into())?;
        }
        Ok(Self { changed: [copy.changed, self.settings_of_copies()].concat(), ..copy })
    }

    /// What was changed beside the database.
    fn settings_of_copies(&self) -> Vec<(&'static str, String)> {
        self.changed.iter().filter(|(name, _)| *name != "DATABASE_URL").cloned().collect()
    }

    fn command(&self, settings: &Settings) -> Command {
        let mut variables = settings.for_auth();
        variables.extend(self.changed.iter().cloned());
        with_settings(&self.auth, &variables)
    }

    pub fn folder(&self) -> &Path {
        &self.data
    }
}

/// The settings of services with their data in a folder, on these ports.
fn on_ports(data: &Path, [auth_port, demo_port, lists_port]: [u16; 3]) -> Settings {
    Settings {
        auth_port,
        demo_port,
        lists_port,
        data: data.to_owned(),
        access_token_lifetime: None,
        has_mail: false,
    }
}
