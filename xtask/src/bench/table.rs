//! Measured values by row and column, as a Markdown table of medians with their spreads.

use super::stats::Sample;

/// What one round found out about one thing: its name, and a value for each column that applies.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    pub name: String,
    pub values: Vec<Option<f64>>,
}

impl Row {
    pub fn new(name: impl Into<String>, values: impl IntoIterator<Item = f64>) -> Self {
        Self { name: name.into(), values: values.into_iter().map(Some).collect() }
    }

    /// The same with the columns that do not apply as `None`.
    pub fn partial(name: impl Into<String>, values: impl IntoIterator<Item = Option<f64>>) -> Self {
        Self { name: name.into(), values: values.into_iter().collect() }
    }
}

/// The values of all rounds.
#[derive(Debug, Default)]
pub struct Table {
    rows: Vec<(String, Vec<Sample>)>,
}

impl Table {
    /// Adds a round's rows. Rows with the same name are the same thing, measured again.
    pub fn add(&mut self, rows: Vec<Row>) {
        for Row { name, values } in rows {
            let index = match self.rows.iter().position(|(known, _)| *known == name) {
                Some(index) => index,
                None => {
                    self.rows.push((name, Vec::new()));
                    self.rows.len() - 1
                }
            };
            let samples = &mut self.rows[index].1;
            samples.resize(samples.len().max(values.len()), Sample::default());
            for (sample, value) in samples.iter_mut().zip(values) {
                if let Some(value) = value {
                    sample.add(value);
                }
            }
        }
    }

    /// The table in Markdown. The first heading is that of the names.
    pub fn markdown(&self, headings: &[&str]) -> String {
        let mut text = format!("| {} |\n|---|{}\n", headings.join(" | "), "--:|".repeat(headings.len() - 1));
        for (name, samples) in &self.rows {
            let mut cells = vec![name.clone()];
            cells.extend((0..headings.len() - 1).map(|n| samples.get(n).map_or_else(dash, cell)));
            text.push_str(&format!("| {} |\n", cells.join(" | ")));
        }
        text
    }
}

/// The median, and the spread behind it if there were several rounds that differ.
fn cell(sample: &Sample) -> String {
    let (Some(median), Some((low, high))) = (sample.median(), sample.spread()) else { return dash() };
    let (low, high) = (number(low), number(high));
    match sample.len() > 1 && low != high {
        true => format!("**{}** ({low}–{high})", number(median)),
        false => format!("**{}**", number(median)),
    }
}

fn dash() -> String {
    "–".to_owned()
}

/// A number with three significant digits or more, and a comma before each three digits.
pub fn number(value: f64) -> String {
    match value.abs() {
        size if size >= 99.95 => grouped(value.round()),
        size if size >= 9.995 || size == 0.0 => format!("{value:.1}"),
        size if size >= 0.1 => format!("{value:.2}"),
        _ => format!("{value:.3}"),
    }
}

fn grouped(value: f64) -> String {
    let digits = format!("{:.0}", value.abs());
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    if value < 0.0 { format!("-{text}") } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rounds_of_the_same_thing_become_one_row_with_median_and_spread() {
        let mut table = Table::default();
        table.add(vec![Row::new("renewals", [10_000.0, 4.0]), Row::new("form", [61_000.0])]);
        table.add(vec![Row::new("renewals", [12_500.0, 4.0]), Row::new("form", [59_000.0])]);
        table.add(vec![Row::new("renewals", [11_000.0, 4.0])]);
        assert_eq!(
            table.markdown(&["what", "a second", "p99 (ms)"]),
            "| what | a second | p99 (ms) |\n|---|--:|--:|\n\
             | renewals | **11,000** (10,000–12,500) | **4.00** |\n\
             | form | **60,000** (59,000–61,000) | – |\n"
        );
    }

    #[test]
    fn a_column_that_does_not_apply_stays_empty() {
        let mut table = Table::default();
        table.add(vec![Row::partial("disk", [Some(700.0), None, Some(3.0)])]);
        assert_eq!(
            table.markdown(&["what", "a", "b", "c"]),
            "| what | a | b | c |\n|---|--:|--:|--:|\n| disk | **700** | – | **3.00** |\n"
        );
    }

    #[test]
    fn a_number_has_the_digits_that_mean_something() {
        for (value, text) in [
            (0.0, "0.0"),
            (0.0312, "0.031"),
            (0.957, "0.96"),
            (7.126, "7.13"),
            (35.27, "35.3"),
            (99.96, "100"),
            (2_466.4, "2,466"),
            (1_234_567.0, "1,234,567"),
            (-1_500.0, "-1,500"),
        ] {
            assert_eq!(number(value), text);
        }
    }
}
