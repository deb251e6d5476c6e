//! Batches: a few hundred users are written in one transaction.

use std::collections::HashMap;

use diesel::QueryResult;

use super::super::CliError;
use super::apply::in_one_transaction;
use super::decision::{Decision, decide};
use super::person::Person;
use super::policy::ImportPolicy;
use super::report::{ImportReport, Line, Outcome};
use crate::audit::RequestContext;
use crate::db::{AnyConnection, Database};
use crate::users::{Email, User, UserId};

/// Small enough that logins meanwhile do not wait for long.
const BATCH: usize = 500;

pub(super) struct Batches<'a> {
    rules: BatchRules,
    db: &'a Database,
    waiting: Vec<Person>,
    is_dry: bool,
}

/// The rules of every batch.
struct BatchRules {
    policy: ImportPolicy,
    operator: RequestContext,
}

impl<'a> Batches<'a> {
    pub fn new(db: &'a Database, policy: ImportPolicy, operator: RequestContext, is_dry: bool) -> Self {
        let rules = BatchRules { policy, operator };
        Self { rules, db, waiting: Vec::with_capacity(BATCH), is_dry }
    }

    pub fn add(&mut self, person: Person, report: &mut ImportReport) -> Result<(), CliError> {
        self.waiting.push(person);
        if self.waiting.len() < BATCH { Ok(()) } else { self.finish(report) }
    }

    /// Writes the waiting users, and reports them after the commit.
    pub fn finish(&mut self, report: &mut ImportReport) -> Result<(), CliError> {
        if self.waiting.is_empty() {
            return Ok(());
        }
        let (people, rules) = (&self.waiting, &self.rules);
        let lines = match self.is_dry {
            true => self.db.run_blocking(|conn| rules.batch(conn, people, false).map_err(CliError::from))?,
            false => in_one_transaction(self.db, |conn| rules.batch(conn, people, true))?,
        };
        self.waiting.clear();
        lines.into_iter().try_for_each(|line| report.add(line))
    }
}

impl BatchRules {
    fn batch(&self, conn: &mut AnyConnection, people: &[Person], writes: bool) -> QueryResult<Vec<Line>> {
        let emails: Vec<Email> = people.iter().map(|person| person.user.email.clone()).collect();
        let ids: Vec<UserId> = people.iter().map(|person| person.user.id).collect();
        let here = User::by_emails(conn, &emails)?;
        let here: HashMap<&str, &User> = here.iter().map(|user| (user.email.as_str(), user)).collect();
        let taken: HashMap<UserId, Email> = User::taken(conn, &ids)?.into_iter().collect();
        people
            .iter()
            .map(|person| match (here.get(person.user.email.as_str()), taken.get(&person.user.id)) {
                (Some(user), _) => self.meet(conn, user, person, writes),
                (None, Some(other)) => {
                    let mut line = person.line();
                    line.outcome = Outcome::Refused;
                    line.notes.push(format!("the UUID belongs to {other} here").into());
                    Ok(line)
                }
                (None, None) => {
                    if writes {
                        person.user.import(conn, &self.operator)?;
                    }
                    let mut line = person.line();
                    line.outcome = Outcome::Created;
                    line.user_uuid = Some(person.user.id.uuid());
                    Ok(line)
                }
            })
            .collect()
    }

    /// Handles a user whose address already has an account.
    fn meet(
        &self,
        conn: &mut AnyConnection,
        user: &User,
        person: &Person,
        writes: bool,
    ) -> QueryResult<Line> {
        let mut decision = self.decide(conn, user, person)?;
        if decision.new.is_some() && writes {
            // Decide again now that the row is locked.
            User::lock_row(conn, user.id)?;
            let user = User::by_id(conn, user.id)?.ok_or(diesel::result::Error::NotFound)?;
            decision = self.decide(conn, &user, person)?;
            if let Some(new) = &decision.new {
                let changed = decision.changed.join(", ");
                user.apply_import(conn, new, &self.operator, &changed)?;
            }
        }
        let mut line = person.line();
        line.outcome = decision.outcome;
        line.user_uuid = Some(user.id.uuid());
        line.differs = decision.differs;
        line.changed = decision.changed;
        line.notes.extend(decision.notes.into_iter().map(Into::into));
        Ok(line)
    }

    fn decide(&self, conn: &mut AnyConnection, user: &User, person: &Person) -> QueryResult<Decision> {
        let has_moved_on =
            user.password_hash != person.user.password_hash && self.moved_on(conn, user, person)?;
        Ok(decide(user, person, &self.policy, has_moved_on))
    }

    /// Whether the account was imported, perhaps from this source, and its owner has used it since.
    /// Then its password differs because the owner changed it, or because a login converted the
    /// hash.
    fn moved_on(&self, conn: &mut AnyConnection, user: &User, person: &Person) -> QueryResult<bool> {
        let there = &person.user;
        if user.was_imported(conn)? && user.has_activity(conn)? {
            return Ok(true);
        }
        // Audit events expire, but a converted hash still shows that a login happened.
        let became_ours = user.password_hash.is_of_our_form() && !there.password_hash.is_of_our_form();
        Ok(user.id == there.id && became_ours && user.last_login > there.last_login)
    }
}
