//! How people use the services: the assumptions of the simulation, all of them.

use super::random::Random;

pub const SECOND: u64 = 1_000;
pub const MINUTE: u64 = 60 * SECOND;
pub const HOUR: u64 = 60 * MINUTE;
pub const DAY: u64 = 24 * HOUR;

/// How often somebody comes: on how many of a hundred working days.
const DAYS_OF_USE: [(u64, u64); 3] = [(95, 30), (40, 40), (5, 30)];

/// Of the days of use, how many of a hundred on a weekend.
const WEEKEND_PERCENT: u64 = 30;

/// How many of a hundred have a second browser, such as a telephone.
const SECOND_BROWSER_PERCENT: u64 = 40;

/// Visits of one browser on a day of use.
const VISITS: [(u64, u64); 5] = [(1, 35), (2, 25), (3, 20), (5, 15), (8, 5)];

/// How long a visit lasts, in minutes: from a glance to a working day.
const MINUTES: [(u64, u64); 7] = [(1, 20), (3, 20), (8, 20), (20, 18), (45, 12), (120, 6), (480, 4)];

/// Tabs of a visit, of one service or of several.
const TABS: [(u64, u64); 4] = [(1, 50), (2, 25), (3, 15), (6, 10)];

/// How long a tab waits between two requests at most, in seconds; half of it in the mean. Pages
/// that ask by script are among the short ones.
const GAP_SECONDS: [(u64, u64); 4] = [(20, 20), (60, 30), (180, 30), (600, 20)];

/// When visits begin, by the hour of the day.
const HOURS: [u64; 24] =
    [4, 2, 1, 1, 1, 3, 10, 25, 60, 80, 70, 60, 45, 65, 65, 60, 55, 45, 40, 40, 38, 32, 20, 10];

/// A person.
pub struct Person {
    percent_of_days: u64,
    pub browsers: u64,
}

/// A stretch of time in which a browser is in use, in milliseconds since the first day began.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Visit {
    pub begin: u64,
    pub end: u64,
}

impl Person {
    pub fn new(random: &mut Random) -> Self {
        let percent_of_days = random.weighted(&DAYS_OF_USE);
        Self { percent_of_days, browsers: 1 + u64::from(random.chance(SECOND_BROWSER_PERCENT)) }
    }

    /// What one of their browsers is used for on a day, in order.
    pub fn visits(&self, day: u64, random: &mut Random) -> Vec<Visit> {
        let is_weekend = day % 7 >= 5;
        let comes = random.chance(self.percent_of_days) && (!is_weekend || random.chance(WEEKEND_PERCENT));
        let count = if comes { random.weighted(&VISITS) } else { 0 };
        let mut visits: Vec<Visit> = (0..count).map(|_| visit(day, random)).collect();
        visits.sort_unstable();
        visits
    }
}

fn visit(day: u64, random: &mut Random) -> Visit {
    let hours: [(u64, u64); 24] = std::array::from_fn(|hour| (hour as u64, HOURS[hour]));
    let begin = day * DAY + random.weighted(&hours) * HOUR + random.below(HOUR);
    Visit { begin, end: begin + random.weighted(&MINUTES) * MINUTE }
}

/// The moments at which a browser asks a service for something during a visit, in order, each with
/// its tab.
pub fn requests(visit: Visit, random: &mut Random) -> Vec<(u64, u64)> {
    let mut moments = Vec::new();
    for tab in 0..random.weighted(&TABS) {
        let gap = random.weighted(&GAP_SECONDS) * SECOND;
        let mut at = visit.begin + random.below(gap);
        while at < visit.end {
            moments.push((at, tab));
            at += 1 + random.below(gap);
        }
    }
    moments.push((visit.begin, 0));
    moments.sort_unstable();
    moments
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_visit_lies_on_its_day_and_its_requests_lie_in_it() {
        let mut random = Random::new(3);
        for day in 0..200 {
            let visit = visit(day, &mut random);
            assert_eq!(visit.begin / DAY, day);
            let requests = requests(visit, &mut random);
            assert!(requests.iter().all(|(at, _)| (visit.begin..visit.end).contains(at)));
            assert!(requests.is_sorted() && requests[0].0 == visit.begin);
        }
    }

    #[test]
    fn fewer_come_on_a_weekend() {
        let mut random = Random::new(4);
        let person = Person { percent_of_days: 100, browsers: 1 };
        let mut days_of_use =
            |day| (0..1_000).filter(|_| !person.visits(day, &mut random).is_empty()).count();
        assert_eq!(days_of_use(4), 1_000);
        assert!((250..350).contains(&days_of_use(5)));
    }
}
