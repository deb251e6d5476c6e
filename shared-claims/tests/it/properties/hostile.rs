//! Generator of hostile input: fragments that a parser knows, in random order, with random bytes
//! between them.

use arbtest::arbitrary::{Result, Unstructured};

/// Checks the property `holds` with many inputs, for a tenth of a second. A failure names the seed
/// that repeats it.
pub fn tried(pieces: &[&str], holds: impl Fn(&[u8])) {
    arbtest::arbtest(|chance| {
        holds(&made(chance, pieces)?);
        Ok(())
    });
}

fn made(chance: &mut Unstructured, pieces: &[&str]) -> Result<Vec<u8>> {
    let mut input = Vec::new();
    for _ in 0..chance.int_in_range(0..=24)? {
        if chance.ratio(3, 4)? {
            input.extend(chance.choose(pieces)?.bytes());
        } else {
            let length = chance.int_in_range(0..=4)?;
            for _ in 0..length {
                input.push(chance.arbitrary()?);
            }
        }
    }
    Ok(input)
}
