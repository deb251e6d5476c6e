//! `auth-service import django …`: imports users from Django's databases and exports.
//!
//! The source is read twice. The first pass counts the users and finds duplicates, so that a source
//! that cannot be read to its end changes nothing. The second pass writes, one transaction for each
//! batch.

mod apply;
mod batch;
mod bounded;
mod csv;
mod dates;
mod decision;
mod json;
mod keys;
mod person;
mod policy;
mod record;
mod report;
mod seen;
mod source;
mod survey;
mod table;

use std::num::NonZero;
use std::path::PathBuf;

use clap::{Args, Subcommand};
use indicatif::{ProgressBar, ProgressStyle};

use crate::config::DatabaseFlags;
use crate::db::TableName;
use crate::db::types::Timestamp;
use crate::memory::Limit;

use super::{CliError, database, output};
use batch::Batches;
use keys::{Choice, Keys};
use person::Person;
use policy::{Conflict, ImportPolicy};
use report::ImportReport;
use seen::Seen;
use source::{Format, ImportSource};
use survey::Survey;

#[derive(Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    from: From,
}

#[derive(Subcommand)]
enum From {
    /// Bring the users of a Django project in: with their UUIDs, names, dates and passwords.
    #[command(after_help = AFTER_HELP)]
    Django(Box<Django>),
}

const AFTER_HELP: &str = "\
People are recognised by their e-mail address. A username that is a UUID, or else a primary key that is one, or the column of \
--uuid-column, becomes the UUID of a new account; otherwise the UUID is made from the address, the same in every import. An account \
that is there keeps its UUID.

Nobody becomes staff or superuser unless --trust-rights is given, and then only together with the password of the same row.

Exit codes: 0 everybody is in, 1 somebody could not be taken (the report says who and why) or the source cannot be read, \
2 an argument cannot be used, 3 the database.";

#[derive(Args)]
struct Django {
    /// A file by `dumpdata` (JSON or JSON Lines) or with comma-separated values, `-` for standard
    /// input, or the address of a database: `sqlite:<path>` or `postgres://<user>@<host>/<name>`,
    /// which is only read.
    #[arg(value_name = "FILE or URL")]
    source: String,
    /// What the file holds; found out by its first character unless given.
    #[arg(long, value_enum)]
    format: Option<Format>,
    /// The model in a file by `dumpdata` that holds people, such as `accounts.user` [default: the
    /// one that ends in `.user`].
    #[arg(long)]
    model: Option<String>,
    /// The table of a database that holds people.
    #[arg(long, default_value = "auth_user")]
    table: TableName,
    /// Which account wins if one with the same address is here and differs.
    #[arg(long, value_enum, default_value_t = Conflict::Keep)]
    on_conflict: Conflict,
    /// Take `is_staff` and `is_superuser` from the source too, and let it change accounts that have
    /// such rights here. Only for a source in which nobody could have given an account somebody
    /// else's address.
    #[arg(long)]
    trust_rights: bool,
    /// The column, or field, that holds the UUIDs by which services know people, where that is
    /// neither their username nor the primary key.
    #[arg(long, value_name = "NAME", conflicts_with = "ignore_uuids")]
    uuid_column: Option<String>,
    /// Make every UUID from the address. For a source whose people choose their usernames
    /// themselves: one of them could have chosen somebody else's UUID.
    #[arg(long)]
    ignore_uuids: bool,
    /// Change nothing, and print the changes that would be made.
    #[arg(long)]
    dry_run: bool,
    /// Write a line of JSON for each person to this file: what became of them, under which UUID.
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
    #[command(flatten)]
    database: DatabaseFlags,
}

pub(super) fn run(arguments: Arguments) -> Result<(), CliError> {
    let From::Django(django) = arguments.from;
    let mut source =
        ImportSource::open(&django.source, django.format, (django.model.as_deref(), &django.table))?;
    let db = database::open(&django.database, !django.dry_run)?;
    let operator = db.run_blocking(|conn| database::operator(conn).map_err(CliError::from))?;
    let now = operator.now();
    let mut policy = ImportPolicy {
        on_conflict: django.on_conflict,
        trust_rights: django.trust_rights,
        ignore_uuids: django.ignore_uuids,
        is_column_named: django.uuid_column.is_some(),
        uuid_column: django.uuid_column,
    };
    let (mut survey, seen, keys) = survey(&mut source, &policy, now)?;
    if survey.people() == 0 {
        return Err(source.nobody(&seen));
    }
    if let Some(more) = seen.other_people() {
        output::line(format_args!("Beware: {more}."))?;
    }
    match (&policy.uuid_column, keys.choose(source.kind())) {
        (Some(column), _) if !survey.has_uuids_in_column() => {
            return Err(CliError::Usage(format!(
                "--uuid-column: nobody has a UUID in the column {}",
                report::Shown(column)
            )));
        }
        (Some(_), _) | (None, Choice::Plain) => {}
        _ if policy.ignore_uuids => {}
        (None, Choice::Take(column)) => {
            output::line(format_args!("UUIDs are taken from the column {}.", report::Shown(&column)))?;
            policy.uuid_column = Some(column);
            survey = self::survey(&mut source, &policy, now)?.0;
        }
        (None, Choice::Beware(words)) => output::line(format_args!("Beware: {words}."))?,
        (None, Choice::Ask(words)) => {
            return Err(CliError::Usage(format!("the source cannot be used as it is: {words}")));
        }
    }
    if let Some(words) = seen.left_behind(policy.uuid_column.as_deref()) {
        output::line(words)?;
    }

    // The service may have another memory limit, but only this process's limit is known here.
    let threads = std::thread::available_parallelism().map_or(1, NonZero::get) as u64;
    if let Some(warning) = survey.warning(Limit::of_this_process().for_hashing(), threads) {
        output::line(format_args!("Beware: {warning}"))?;
    }

    let mut report = ImportReport::open(django.report.as_deref(), django.dry_run)?;
    let bar = progress(survey.people());
    let mut batches = Batches::new(&db, policy.clone(), operator, django.dry_run);
    let done = source.each(&mut Seen::default(), &mut |record| {
        bar.inc(1);
        match survey.judge(Person::parse(record, &policy, now)) {
            Ok(person) => batches.add(person, &mut report),
            Err(refused) => report.add(*refused),
        }
    });
    let done = done.and_then(|()| batches.finish(&mut report));
    bar.finish_and_clear();
    // The report includes what was committed before a failure.
    report.close(done)
}

/// Reads the whole source without writing.
fn survey(
    source: &mut ImportSource,
    policy: &ImportPolicy,
    now: Timestamp,
) -> Result<(Survey, Seen, Keys), CliError> {
    let (mut survey, mut seen, mut keys) =
        (Survey::new(policy.on_conflict), Seen::default(), Keys::default());
    source.each(&mut seen, &mut |record| {
        keys.see(&record);
        survey.see_columns(&record, policy);
        survey.see(&Person::parse(record, policy, now));
        Ok(())
    })?;
    Ok((survey, seen, keys))
}

/// A progress bar, which is shown on terminals only.
fn progress(people: u64) -> ProgressBar {
    let style = ProgressStyle::with_template("{bar:40} {human_pos} of {human_len} people, {eta} left");
    ProgressBar::new(people).with_style(style.expect("the template is written right"))
}
