//! `auth-service export users`: writes every account, for another system.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use serde::Serialize;

use crate::config::DatabaseFlags;
use crate::users::User;

use super::user_ref::pages;
use super::{CliError, database, output, private_file};

#[derive(Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// Write all accounts, sorted by e-mail address, with their password hashes in Django's form.
    ///
    /// The UUID becomes the username. Sessions, roles and the audit trail stay here.
    Users(Users),
}

#[derive(Args)]
struct Users {
    /// The kind of document to write.
    #[arg(long, value_enum, default_value_t = Format::Django)]
    format: Format,
    /// The model that Django's `loaddata` makes of each.
    #[arg(long, default_value = "auth.user")]
    model: String,
    /// A file to write instead of standard output; only its owner can read it, because it holds the
    /// hashes.
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
    #[command(flatten)]
    database: DatabaseFlags,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// A list of objects for `manage.py loaddata users.json`.
    Django,
    /// Comma-separated values; the first line names Django's columns.
    Csv,
    /// The same objects, one a line: for `loaddata users.jsonl`, and for programs.
    Jsonl,
}

/// An account in Django's fixture format.
#[derive(Serialize)]
struct Object<'a> {
    model: &'a str,
    /// Django assigns the number.
    pk: Option<u64>,
    fields: Fields<'a>,
}

#[derive(Serialize)]
struct Fields<'a> {
    password: &'a str,
    last_login: Option<String>,
    is_superuser: bool,
    username: String,
    first_name: &'a str,
    last_name: &'a str,
    email: &'a str,
    is_staff: bool,
    is_active: bool,
    date_joined: String,
}

impl<'a> Fields<'a> {
    fn of(user: &'a User) -> Self {
        Self {
            password: user.password_hash.exported(),
            last_login: user.last_login.map(|moment| moment.rfc3339()),
            is_superuser: user.is_superuser,
            username: user.id.to_string(),
            first_name: &user.first_name,
            last_name: &user.last_name,
            email: user.email.as_str(),
            is_staff: user.is_staff,
            is_active: user.is_active,
            date_joined: user.date_joined.rfc3339(),
        }
    }
}

pub(super) fn run(arguments: Arguments) -> Result<(), CliError> {
    let What::Users(users) = arguments.what;
    let db = database::open(&users.database, false)?;
    let file = users.output.as_deref().map(private_file::create).transpose()?;
    let mut writer = Writer::new(&users, file);
    let write = |page: &[User]| page.iter().try_for_each(|user| writer.user(user)).map_err(unwritable);
    let unreadable = pages(&db, write)?;
    let formulas = writer.formulas;
    writer.end().map_err(unwritable)?;
    if formulas > 0 {
        output::warning(format_args!(
            "{formulas} account(s) with a name or an address that a spreadsheet takes for a formula: read this file by \
             programs, or open it there with every column as text"
        ));
    }
    unreadable.refuse_any("account")
}

/// If the reader stopped early, as `head` does, exit quietly.
fn unwritable(error: io::Error) -> CliError {
    if error.kind() == io::ErrorKind::BrokenPipe {
        std::process::exit(0);
    }
    CliError::Failed(format!("the output cannot be written: {error}"))
}

struct Writer<'a> {
    format: Format,
    model: &'a str,
    to: Form,
    count: u64,
    /// The number of users with a value in the CSV file that a spreadsheet would evaluate as a
    /// formula. The values are written unchanged: an escape prefix would become part of them for
    /// every other reader.
    formulas: u64,
}

/// <https://owasp.org/www-community/attacks/CSV_Injection>
fn is_formula(value: &str) -> bool {
    value.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}'])
}

enum Form {
    Json(Box<dyn Write>),
    Csv(Box<csv::Writer<Box<dyn Write>>>),
}

impl<'a> Writer<'a> {
    fn new(users: &'a Users, file: Option<File>) -> Self {
        let to: Box<dyn Write> = match file {
            Some(file) => Box::new(BufWriter::new(file)),
            None => Box::new(BufWriter::new(io::stdout())),
        };
        let to = match users.format {
            Format::Csv => Form::Csv(Box::new(csv::Writer::from_writer(to))),
            Format::Django | Format::Jsonl => Form::Json(to),
        };
        Self { format: users.format, model: &users.model, to, count: 0, formulas: 0 }
    }

    fn user(&mut self, user: &User) -> io::Result<()> {
        let fields = Fields::of(user);
        self.count += 1;
        match &mut self.to {
            Form::Csv(csv) => {
                let typed = [fields.first_name, fields.last_name, fields.email];
                self.formulas += u64::from(typed.into_iter().any(is_formula));
                csv.serialize(fields).map_err(io::Error::from)
            }
            Form::Json(to) => {
                let before = match (self.format, self.count) {
                    (Format::Jsonl, _) => "",
                    (_, 1) => "[\n",
                    _ => ",\n",
                };
                to.write_all(before.as_bytes())?;
                serde_json::to_writer(&mut *to, &Object { model: self.model, pk: None, fields })?;
                if self.format == Format::Jsonl { to.write_all(b"\n") } else { Ok(()) }
            }
        }
    }

    fn end(mut self) -> io::Result<()> {
        match &mut self.to {
            Form::Csv(csv) => csv.flush(),
            Form::Json(to) => {
                if self.format == Format::Django {
                    to.write_all(if self.count == 0 { b"[]\n" } else { b"\n]\n" })?;
                }
                to.flush()
            }
        }
    }
}
