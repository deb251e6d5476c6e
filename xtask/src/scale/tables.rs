//! The two tables: the counted day, and what it means for more people.

use super::constants::{EVENT_BYTES, LOG_BYTES, LOGIN_SECONDS, RENEWALS_A_SECOND, SESSION_BYTES, USER_BYTES};
use super::simulation::{Counts, a_second};

/// How many people the second table is for.
const POPULATIONS: [(f64, &str); 5] =
    [(1e4, "10,000"), (1e5, "100,000"), (1e6, "1 million"), (1e7, "10 million"), (1e8, "100 million")];

const GIB: f64 = 1024.0 * 1024.0 * 1024.0;
const DAYS_A_YEAR: f64 = 365.0;

/// What the simulated day had for each thousand people.
pub fn day(counts: &Counts) -> String {
    let thousands = counts.people as f64 / 1_000.0;
    let lines = [
        ("people who came", counts.active),
        ("requests with a token that services verified", counts.requests),
        ("renewals", counts.renewals.of_the_day()),
        ("renewals in the peak hour", counts.renewals.in_the_peak_hour()),
        ("renewals by another tab in the same moment", counts.repeated),
        ("logins", counts.logins.of_the_day()),
        ("logins in the peak hour", counts.logins.in_the_peak_hour()),
        ("rows in `sessions` at the end of the day", counts.sessions),
    ];
    let rows = lines.map(|(what, count)| format!("| {what} | {} |\n", short(count as f64 / thousands)));
    format!("| for each 1,000 people | a working day |\n|---|--:|\n{}", rows.concat())
}

/// What a number of people needs.
pub fn populations(counts: &Counts) -> String {
    let each = |count: u64| count as f64 / counts.people as f64;
    let peak = |count: u64| a_second(1) * each(count);
    let renewals = peak(counts.renewals.in_the_peak_hour());
    let logins = peak(counts.logins.in_the_peak_hour());
    // A working day's events count for each day of the year: that is on the safe side.
    let events = each(counts.renewals.of_the_day() + counts.repeated + counts.logins.of_the_day());
    let lines: [(&str, f64); 9] = [
        ("renewals a second in the peak hour", renewals),
        ("pairs of processors for them", renewals / RENEWALS_A_SECOND),
        ("logins a second in the peak hour", logins),
        ("processors for their hashes", logins * LOGIN_SECONDS),
        ("log of PostgreSQL a day (GiB)", each(counts.renewals.of_the_day()) * LOG_BYTES / GIB),
        ("audit rows a day (million)", events / 1e6),
        ("audit rows of a year (GiB)", events * DAYS_A_YEAR * EVENT_BYTES / GIB),
        ("audit rows of 90 days, the default (GiB)", events * 90.0 * EVENT_BYTES / GIB),
        ("users and sessions (GiB)", (USER_BYTES + each(counts.sessions) * SESSION_BYTES) / GIB),
    ];
    let heads = POPULATIONS.map(|(_, name)| name).join(" | ");
    let mut text = format!("| people | {heads} |\n|---|{}\n", "--:|".repeat(POPULATIONS.len()));
    for (what, each) in lines {
        let cells = POPULATIONS.map(|(people, _)| short(each * people)).join(" | ");
        text.push_str(&format!("| {what} | {cells} |\n"));
    }
    text
}

/// Two significant digits: the assumptions have no more.
fn short(value: f64) -> String {
    if value < 0.005 {
        return "below 0.01".to_owned();
    }
    let digits = 1 - value.log10().floor() as i32;
    match digits {
        ..=0 => {
            let step = 10_f64.powi(-digits);
            grouped((value / step).round() * step)
        }
        1 => format!("{value:.1}"),
        _ => format!("{value:.2}"),
    }
}

fn grouped(value: f64) -> String {
    let digits = format!("{value:.0}");
    let groups = digits.as_bytes().rchunks(3).rev().map(String::from_utf8_lossy);
    groups.collect::<Vec<_>>().join(",")
}

#[cfg(test)]
mod tests {
    use super::short;

    #[test]
    fn a_figure_has_two_digits_that_mean_something() {
        for (value, text) in [
            (0.001, "below 0.01"),
            (0.0347, "0.03"),
            (0.347, "0.35"),
            (3.47, "3.5"),
            (34.7, "35"),
            (347.0, "350"),
            (34_712.0, "35,000"),
            (3_471_234.0, "3,500,000"),
        ] {
            assert_eq!(short(value), text);
        }
    }
}
