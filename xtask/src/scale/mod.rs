//! What a number of people makes of work, by simulation: the tables of `docs/scale.md`.

mod constants;
mod habits;
mod random;
mod simulation;
mod tables;

use crate::error::Result;

use simulation::{Counts, simulate};

/// Enough that the figures do not depend on the seed.
const PEOPLE: u64 = 5_000;
const SEED: u64 = 14;

/// Prints the tables.
pub fn scale() -> Result {
    println!("{}\n{}", tables::day(&counted()), tables::populations(&counted()));
    Ok(())
}

fn counted() -> Counts {
    simulate(PEOPLE, SEED)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::project;

    #[test]
    fn the_page_shows_what_the_simulation_prints() {
        let page = std::fs::read_to_string(project::root().join("docs/scale.md")).unwrap();
        let counts = counted();
        for table in [tables::day(&counts), tables::populations(&counts)] {
            assert!(
                page.contains(&table),
                "`cargo xtask scale` prints what docs/scale.md does not have:\n{table}"
            );
        }
    }
}
