//! Exploration of every history, the shortest first.

use std::collections::{HashSet, VecDeque};

use super::rules::{Fault, Rules};
use super::world::{Next, Step, World};

/// The result of an exploration.
pub struct Exploration {
    pub states: usize,
    pub steps: usize,
    /// Steps that the rules' network does not take.
    pub excluded: usize,
    /// The first fault, and the shortest history with it.
    pub fault: Option<(Fault, Vec<Step>)>,
}

/// Explores all histories that issue no more than `generations` tokens, of any length, until one
/// has a fault. `visit` gets each state, each possible step in it, and the history that leads
/// there.
pub fn explore(
    rules: &Rules,
    generations: i64,
    mut visit: impl FnMut(&World, Step, &dyn Fn() -> Vec<Step>),
) -> Exploration {
    let steps = World::steps(rules);
    let mut found = Exploration { states: 0, steps: 0, excluded: 0, fault: None };
    let mut seen = HashSet::from([World::new()]);
    let mut queue = VecDeque::from([(World::new(), 0)]);
    // Each state's predecessor, and the step from there.
    let mut trace: Vec<(usize, Option<Step>)> = vec![(0, None)];
    while let Some((world, at)) = queue.pop_front() {
        found.states += 1;
        let history = |last: Option<Step>| {
            let (mut steps, mut at) = (Vec::from_iter(last), at);
            while let (before, Some(step)) = trace[at] {
                steps.push(step);
                at = before;
            }
            steps.reverse();
            steps
        };
        let noticed = match world.thief.filter(|_| !world.login.is_over) {
            Some(thief) => world.login.notices(rules, [world.jar.token, thief]),
            None => Ok(()),
        };
        if let Err(fault) = noticed {
            found.fault = Some((fault, history(None)));
            return found;
        }
        let mut next = Vec::with_capacity(steps.len());
        for &step in &steps {
            match world.take(rules, step) {
                Next::World(world) if world.login.newest() > generations => continue,
                Next::World(world) => next.push((step, world)),
                Next::Fault(fault) => {
                    found.fault = Some((fault, history(Some(step))));
                    return found;
                }
                Next::Excluded => found.excluded += 1,
                Next::Impossible => continue,
            }
            found.steps += 1;
            visit(&world, step, &|| history(Some(step)));
        }
        for (step, world) in next {
            if !world.login.is_over && seen.insert(world) {
                trace.push((at, Some(step)));
                queue.push_back((world, trace.len() - 1));
            }
        }
    }
    found
}
