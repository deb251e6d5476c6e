//! Repeated events: counted in the row of the first one, so that password guessing fills neither
//! the disk nor the log.
//!
//! A row permanently takes half a kilobyte, and a stranger could cause as many as there are places
//! in the hash queue. Events count as equal if they agree in kind, account, session, network and
//! reason within ten minutes. The typed address is not compared: it is not stored, and a new one
//! for each attempt would create a row each time.

use std::net::IpAddr;

use diesel::prelude::*;
use diesel::result::{DatabaseErrorKind, Error};

use super::{AuditEvent, EventKind, SubjectId};
use crate::db::AnyConnection;
use crate::db::schema::audit_events;

/// In seconds. The windows begin at the same times on every instance.
const WINDOW_SECONDS: i64 = 600;

impl AuditEvent {
    /// Like [`AuditEvent::record`], but an event that equals one in the current window only raises
    /// its count. Inside a transaction, call it only with a lock that excludes equal events: if two
    /// first events are concurrent, the index refuses one, which is then counted.
    pub fn record_or_count(mut self, conn: &mut AnyConnection) -> QueryResult<()> {
        let key = self.key_of_repeats();
        if self.try_count(conn, &key)? {
            return Ok(());
        }
        self.repeat_key = Some(key.clone());
        match diesel::insert_into(audit_events::table).values(&self).execute(conn) {
            Ok(_) => {
                self.log();
                Ok(())
            }
            Err(Error::DatabaseError(DatabaseErrorKind::UniqueViolation, _)) => {
                self.try_count(conn, &key)?;
                Ok(())
            }
            Err(other) => Err(other),
        }
    }

    /// [`AuditEvent::record_or_count`] in a transaction that has no such lock: takes one.
    pub fn record_or_count_locked(self, conn: &mut AnyConnection) -> QueryResult<()> {
        conn.lock_name(&self.key_of_repeats())?;
        self.record_or_count(conn)
    }

    /// Counts the event if such a row exists. The log gets the first repetition, the second, the
    /// fourth, the eighth and so on.
    fn try_count(&mut self, conn: &mut AnyConnection, key: &str) -> QueryResult<bool> {
        let same = audit_events::table.filter(audit_events::repeat_key.eq(key));
        let changed = diesel::update(same)
            .set((audit_events::repeats.eq(audit_events::repeats + 1), audit_events::last_at.eq(self.at)))
            .execute(conn)?;
        if changed == 0 {
            return Ok(false);
        }
        self.repeats = same.select(audit_events::repeats).get_result(conn).optional()?.unwrap_or(1);
        if u64::try_from(self.repeats).is_ok_and(u64::is_power_of_two) {
            self.log();
        }
        Ok(true)
    }

    /// Records which form caused the event, so that a form that was sent twice can be recognized.
    pub fn by_form(mut self, form: &str) -> Self {
        self.repeat_key = Some(key_of_form(self.event.as_str(), self.user_id, form));
        self
    }

    /// Whether this form caused an event of this kind for the user.
    pub fn was_by_form(
        conn: &mut AnyConnection,
        event: EventKind,
        user: uuid::Uuid,
        form: &str,
    ) -> QueryResult<bool> {
        let key = key_of_form(event.as_str(), Some(user.into()), form);
        let same = audit_events::table.filter(audit_events::repeat_key.eq(key));
        diesel::select(diesel::dsl::exists(same)).get_result(conn)
    }

    fn key_of_repeats(&self) -> String {
        let id = |id: Option<SubjectId>| id.map_or_else(|| "-".to_owned(), |id| id.to_string());
        let network = self.address.as_deref().map_or_else(|| "-".to_owned(), network);
        format!(
            "{} {} {} {network} {} {}",
            self.event,
            id(self.user_id),
            id(self.session_id),
            self.at.unix_seconds().div_euclid(WINDOW_SECONDS),
            self.detail.as_deref().unwrap_or("-"),
        )
    }
}

fn key_of_form(event: &str, user: Option<SubjectId>, form: &str) -> String {
    format!("{event} {} {form}", user.map_or_else(|| "-".to_owned(), |id| id.to_string()))
}

/// The address, or the /64 of an IPv6 address, which belongs to one customer.
fn network(address: &str) -> String {
    match address.parse() {
        Ok(IpAddr::V6(address)) => {
            let [a, b, c, d, ..] = address.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
        }
        Ok(IpAddr::V4(_)) | Err(_) => address.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_customer_of_ipv6_is_one_network() {
        assert_eq!(network("2001:db8:1:2:3:4:5:6"), network("2001:db8:1:2::9"));
        assert_ne!(network("2001:db8:1:2::9"), network("2001:db8:1:3::9"));
        assert_eq!(network("192.0.2.7"), "192.0.2.7");
    }
}
