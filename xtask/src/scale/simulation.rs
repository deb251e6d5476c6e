//! Browsers, sessions and tokens over six weeks, of which the last Friday is counted.

use super::habits::{self, DAY, HOUR, MINUTE, Person, SECOND, Visit};
use super::random::Random;

/// The defaults of the settings.
const ACCESS_TOKEN_LIFETIME: u64 = 5 * MINUTE;
const REFRESH_TOKEN_LIFETIME: u64 = 5 * DAY;
const SESSION_LIFETIME: u64 = 30 * DAY;

/// How long an expired session keeps its row.
const KEEP_SESSIONS: u64 = DAY;

/// How long a renewal is under way: what another tab asks meanwhile renews as well.
const ROUND_TRIP: u64 = 150;

/// Long enough that sessions of all ages exist.
const COUNTED_DAY: u64 = 39;

/// What happened on the counted day.
#[derive(Debug, Default, Clone, PartialEq)]
pub struct Counts {
    pub people: u64,
    /// People who came.
    pub active: u64,
    /// Requests that services verified a token for.
    pub requests: u64,
    pub logins: Hours,
    pub renewals: Hours,
    /// Renewals by another tab in the same moment, which get the same successor.
    pub repeated: u64,
    /// Rows in the table of sessions at the day's end.
    pub sessions: u64,
}

/// Numbers by the hour of the day.
#[derive(Debug, Default, Clone, PartialEq)]
pub struct Hours([u64; 24]);

impl Hours {
    fn count(&mut self, at: u64) {
        self.0[usize::try_from(at % DAY / HOUR).unwrap_or_default()] += 1;
    }

    pub fn of_the_day(&self) -> u64 {
        self.0.iter().sum()
    }

    pub fn in_the_peak_hour(&self) -> u64 {
        self.0.iter().copied().max().unwrap_or_default()
    }
}

/// A browser's login.
#[derive(Clone, Copy)]
struct Session {
    began: u64,
    renewed: u64,
}

impl Session {
    fn ends(&self) -> u64 {
        (self.renewed + REFRESH_TOKEN_LIFETIME).min(self.began + SESSION_LIFETIME)
    }
}

/// Simulates this many people.
pub fn simulate(people: u64, seed: u64) -> Counts {
    let mut random = Random::new(seed);
    let mut counts = Counts { people, ..Counts::default() };
    for _ in 0..people {
        let person = Person::new(&mut random);
        let mut came = false;
        for _ in 0..person.browsers {
            let mut browser = Browser::default();
            for day in 0..=COUNTED_DAY {
                let is_counted = day == COUNTED_DAY;
                let visits = person.visits(day, &mut random);
                if is_counted {
                    came |= !visits.is_empty();
                    browser.count_requests(&visits, &mut counts, &mut random);
                } else {
                    visits.iter().for_each(|visit| browser.pass(*visit));
                }
            }
            counts.sessions += browser.rows(DAY * (COUNTED_DAY + 1));
        }
        counts.active += u64::from(came);
    }
    counts
}

#[derive(Default)]
struct Browser {
    session: Option<Session>,
    /// Sessions that ran out, each until its row goes.
    ended: Vec<u64>,
}

impl Browser {
    /// Has a visit behind it, of which only the session matters. When the last renewal was is right
    /// to within the lifetime of a token, which is little beside the days of a session.
    fn pass(&mut self, visit: Visit) {
        let is_over = self.session.is_none_or(|session| visit.begin >= session.ends());
        if is_over {
            self.begin_session(visit.begin);
        }
        if let Some(session) = &mut self.session {
            session.renewed = session.renewed.max(visit.end.saturating_sub(ACCESS_TOKEN_LIFETIME));
        }
    }

    /// Logs in: the former session, if any, ran out.
    fn begin_session(&mut self, at: u64) {
        let former = self.session.replace(Session { began: at, renewed: at });
        self.ended.extend(former.map(|session| session.ends() + KEEP_SESSIONS));
    }

    /// Counts the requests of a day's visits, which may overlap.
    fn count_requests(&mut self, visits: &[Visit], counts: &mut Counts, random: &mut Random) {
        let mut requests: Vec<(u64, (usize, u64))> = Vec::new();
        for (number, visit) in visits.iter().enumerate() {
            let of_visit = habits::requests(*visit, random);
            requests.extend(of_visit.into_iter().map(|(at, tab)| (at, (number, tab))));
        }
        requests.sort_unstable();
        let mut renewing_tab = None;
        for (at, tab) in requests {
            match &mut self.session {
                Some(session) if at < session.ends() => {
                    counts.requests += 1;
                    if at >= session.renewed + ACCESS_TOKEN_LIFETIME {
                        (session.renewed, renewing_tab) = (at, Some(tab));
                        counts.renewals.count(at);
                    } else if at < session.renewed + ROUND_TRIP && renewing_tab.is_some_and(|it| it != tab) {
                        counts.repeated += 1;
                    }
                }
                _ => {
                    self.begin_session(at);
                    renewing_tab = None;
                    counts.logins.count(at);
                }
            }
        }
    }

    /// How many rows the browser's sessions have at a moment.
    fn rows(&self, now: u64) -> u64 {
        let last = self.session.map(|session| session.ends() + KEEP_SESSIONS);
        self.ended.iter().chain(&last).filter(|gone| **gone > now).count() as u64
    }
}

/// A second's share of an hour.
pub fn a_second(in_an_hour: u64) -> f64 {
    in_an_hour as f64 / (HOUR / SECOND) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_browser_renews_once_a_lifetime_however_many_tabs_it_has() {
        let mut random = Random::new(5);
        for _ in 0..50 {
            let mut counts = Counts::default();
            let day = Visit { begin: 9 * HOUR, end: 17 * HOUR };
            Browser::default().count_requests(&[day, day], &mut counts, &mut random);
            assert_eq!(counts.logins.of_the_day(), 1);
            assert!(counts.renewals.of_the_day() < 8 * 12, "{counts:?}");
            assert!(counts.repeated < 20, "{counts:?}");
        }
    }

    #[test]
    fn a_session_ends_after_days_without_use_and_after_its_whole_life() {
        let visit = |day: u64| Visit { begin: day * DAY, end: day * DAY + MINUTE };
        let rows_of = |days: &[u64]| {
            let mut browser = Browser::default();
            days.iter().for_each(|day| browser.pass(visit(*day)));
            browser.ended.len() + 1
        };
        assert_eq!(rows_of(&[0, 4, 8]), 1);
        assert_eq!(rows_of(&[0, 6]), 2);
        assert_eq!(rows_of(&(0..=31).collect::<Vec<_>>()), 2);
    }

    #[test]
    fn a_row_stays_for_a_day_after_its_session() {
        let mut browser = Browser::default();
        browser.pass(Visit { begin: 0, end: MINUTE });
        assert_eq!([5, 6, 7].map(|day| browser.rows(day * DAY + 1)), [1, 0, 0]);
    }

    #[test]
    fn twice_as_many_people_make_about_twice_as_much_of_everything() {
        let [one, two] = [1_000, 2_000].map(|people| simulate(people, 1));
        let ratio = two.renewals.of_the_day() as f64 / one.renewals.of_the_day() as f64;
        assert!((1.7..2.3).contains(&ratio), "{ratio}");
        let ratio = two.sessions as f64 / one.sessions as f64;
        assert!((1.8..2.2).contains(&ratio), "{ratio}");
    }
}
