//! Measurements of the real processes, and the page that shows them: `docs/performance.md`.
//!
//! Each thing that is measured is a file in `parts/`. All are set up first. Then rounds begin, in
//! which each is measured once, so that what disturbs the machine disturbs all of them.

mod bed;
mod client;
mod database;
mod disk;
mod fill;
mod fixed_answer;
mod instance;
mod login_load;
mod machine;
mod part;
mod parts;
mod report;
mod site;
mod stats;
mod table;
mod unverified;
mod usage;
mod wrk;

use std::fs;
use std::time::Instant;

use crate::error::{Context, Error, Result};
use crate::{interrupt, project};

use bed::{Bed, Lengths};
use part::{Measure, Part};
use table::Table;

#[derive(clap::Args)]
pub struct Options {
    /// One short round, to see that everything works and about how fast. Writes no page.
    #[arg(long)]
    quick: bool,
    /// How often each thing is measured [default: 5, and 1 with --quick].
    #[arg(long, value_name = "COUNT", value_parser = clap::value_parser!(u16).range(1..))]
    rounds: Option<u16>,
    /// The parts to measure [default: all, which writes the page].
    #[arg(last = true)]
    names: Vec<String>,
}

/// Measures, and writes the page if everything was measured at full length.
pub fn bench(options: &Options) -> Result {
    let chosen = choose(&options.names)?;
    bed::need_programs()?;
    let mut lengths = if options.quick { Lengths::quick() } else { Lengths::full() };
    if let Some(rounds) = options.rounds {
        lengths.rounds = rounds.into();
    }
    let bed = Bed::make(lengths)?;
    let machine = machine::describe(bed.folder.path())?;
    print!("{machine}");
    let start = Instant::now();
    let ready = set_up(&bed, &chosen)?;
    let set_up_in = start.elapsed().as_secs();
    let tables = measure(&bed, &chosen, ready)?;
    println!("set up in {set_up_in} s, measured in {} s", start.elapsed().as_secs() - set_up_in);
    let parts: Vec<_> = chosen.into_iter().zip(tables).collect();
    for (part, table) in &parts {
        println!("\n{}", report::section(part, table));
    }
    if options.quick || !options.names.is_empty() {
        return Ok(());
    }
    let page = project::root().join("docs/performance.md");
    fs::write(&page, report::page(&machine, bed.lengths.rounds, &parts))
        .with_context(|| format!("write {}", page.display()))?;
    println!("wrote docs/performance.md");
    Ok(())
}

/// The parts with these names, or all.
fn choose(names: &[String]) -> Result<Vec<&'static Part>> {
    let unknown = names.iter().find(|name| parts::ALL.iter().all(|part| part.name != name.as_str()));
    if let Some(unknown) = unknown {
        let known = parts::ALL.iter().map(|part| part.name).collect::<Vec<_>>().join(", ");
        return Err(Error::new(format!("there is no part {unknown}: there are {known}")));
    }
    let is_chosen = |part: &&Part| names.is_empty() || names.iter().any(|name| name == part.name);
    Ok(parts::ALL.iter().filter(is_chosen).collect())
}

/// Builds, fills and starts what the parts need.
fn set_up(bed: &Bed, chosen: &[&Part]) -> Result<Vec<Box<dyn Measure>>> {
    let mut ready = Vec::new();
    for part in chosen {
        let start = Instant::now();
        ready.push((part.make)(bed)?);
        println!("set up {} in {:.1} s", part.name, start.elapsed().as_secs_f64());
        stop_if_interrupted()?;
    }
    Ok(ready)
}

/// Measures the parts in turn, in rounds.
fn measure(bed: &Bed, chosen: &[&Part], mut ready: Vec<Box<dyn Measure>>) -> Result<Vec<Table>> {
    let mut tables: Vec<Table> = chosen.iter().map(|_| Table::default()).collect();
    for round in 1..=bed.lengths.rounds {
        for ((part, measured), table) in chosen.iter().zip(&mut ready).zip(&mut tables) {
            println!("round {round} of {}: {}", bed.lengths.rounds, part.name);
            table.add(measured.round(&bed.lengths)?);
            stop_if_interrupted()?;
        }
    }
    Ok(tables)
}

fn stop_if_interrupted() -> Result {
    if interrupt::requested() { Err(Error::Interrupted) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(chosen: &[&Part]) -> Vec<&'static str> {
        chosen.iter().map(|part| part.name).collect()
    }

    #[test]
    fn all_parts_are_measured_unless_some_are_named() {
        assert_eq!(choose(&[]).unwrap().len(), parts::ALL.len());
        let chosen = choose(&["start".into(), "renewals".into()]).unwrap();
        assert_eq!(names(&chosen), ["renewals", "start"]);
    }

    #[test]
    fn a_part_that_does_not_exist_is_refused_with_those_that_do() {
        let Err(Error::Failed(sentence)) = choose(&["renewal".into()]) else {
            panic!("there is no such part")
        };
        assert!(sentence.contains("no part renewal") && sentence.contains("renewals, form"), "{sentence}");
    }

    #[test]
    fn a_part_has_a_name_of_its_own_and_a_heading_for_each_column() {
        for (index, part) in parts::ALL.iter().enumerate() {
            assert!(parts::ALL[..index].iter().all(|other| other.name != part.name), "{}", part.name);
            assert!(part.headings.len() > 1, "{}", part.name);
        }
    }
}
