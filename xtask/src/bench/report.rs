//! The page that the measurements write.

use super::part::Part;
use super::table::Table;

/// What stands at the top, before the machine.
const INTRODUCTION: &str = "# How fast it is\n\n\
    Everything on this page is measured by one command, which also writes it:\n\n\
    ```sh\n\
    cargo xtask bench                        # everything, and writes this page\n\
    cargo xtask bench --quick -- renewals    # one part, for a minute: prints its table\n\
    ```\n\n\
    It builds for release, starts the real processes on loopback with databases in a temporary folder\n\
    (`TMPDIR` says on which disk), and measures each thing in turn, in several rounds. So whatever\n\
    disturbs the machine meanwhile disturbs all of them. It needs `wrk`, `sqlite3` and PostgreSQL's\n\
    programs (Debian: `apt-get install wrk sqlite3 postgresql`).\n\n\
    Load and service share the processors, so rates are what the two reach together. Believe ratios\n\
    before absolute figures, and compare those of one run with each other only. A figure is the median\n\
    of the rounds, with the lowest and the highest behind it. A request that fails, fails the run.\n";

/// The whole page.
pub fn page(machine: &str, rounds: usize, parts: &[(&Part, Table)]) -> String {
    let mut text = format!("{INTRODUCTION}\n## The machine\n\n{machine}- rounds: {rounds}\n");
    for (part, table) in parts {
        text.push_str(&format!("\n{}", section(part, table)));
    }
    text
}

/// One part: its title, what is measured, and the table.
pub fn section(part: &Part, table: &Table) -> String {
    let command = format!("Alone: `cargo xtask bench --quick -- {}`.", part.name);
    format!(
        "## {}\n\n{}\n\n{}\n{command}\n",
        part.title,
        wrapped(part.text, 100),
        table.markdown(part.headings)
    )
}

/// Breaks lines at spaces, as our documents do.
fn wrapped(text: &str, width: usize) -> String {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split(' ') {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bench::parts;
    use crate::bench::table::Row;

    #[test]
    fn the_page_has_the_machine_and_every_part_with_its_table_and_its_command() {
        let parts: Vec<(&Part, Table)> = parts::ALL
            .iter()
            .map(|part| {
                let mut table = Table::default();
                table.add(vec![Row::new("something", [1.0])]);
                (part, table)
            })
            .collect();
        let page = page("- processors: 2, of wood\n", 5, &parts);
        assert!(page.contains("- processors: 2, of wood\n- rounds: 5\n"), "{page}");
        for (part, _) in &parts {
            assert!(page.contains(&format!("\n## {}\n", part.title)), "{}", part.name);
            assert!(page.contains(&format!("cargo xtask bench --quick -- {}`", part.name)), "{}", part.name);
        }
        assert_eq!(page.matches("| something | **1.00** |").count(), parts.len());
    }

    #[test]
    fn the_page_that_is_kept_was_made_with_these_parts() {
        let kept = std::fs::read_to_string(crate::project::root().join("docs/performance.md")).unwrap();
        assert!(kept.starts_with(INTRODUCTION), "`cargo xtask bench` writes another introduction");
        for part in &parts::ALL {
            let section = section(part, &Table::default());
            let text = section.split("\n\n|").next().unwrap();
            assert!(kept.contains(text), "`cargo xtask bench` writes something else about {}", part.name);
            assert!(kept.contains(&part.headings.join(" | ")), "{}", part.name);
        }
    }

    #[test]
    fn text_is_wrapped_at_spaces() {
        assert_eq!(wrapped("one two three four", 9), "one two\nthree\nfour");
        assert!(
            parts::ALL.iter().all(|part| wrapped(part.text, 100).lines().all(|l| l.chars().count() <= 100))
        );
    }
}
