//! The results of exploring our rules and changed ones.

use super::changed_rules as changed;
use super::explore::explore;
use super::rules::{Fault, Former, Judge, Rules};
use super::world::{Next, Step, Tab, World};
use crate::support::is_long_run;

/// Explores all histories with so many tokens, and prints the number of states.
fn explored(what: &str, rules: &Rules, generations: i64) -> Option<(Fault, Vec<Step>)> {
    let found = explore(rules, generations, |_, _, _| {});
    println!(
        "{what}, {generations} generations: {} states, {} steps, {} that no bearable network takes",
        found.states, found.steps, found.excluded
    );
    assert!(found.fault.is_some() || found.states > 10_000, "{what}: there is hardly anything to find");
    found.fault
}

/// R16: liveness, whatever is lost, late or reordered.
#[test]
fn without_a_thief_nobody_is_ever_logged_out() {
    let generations = if is_long_run() { 6 } else { 4 };
    assert_eq!(explored("alone, three tabs", &Rules::ALONE, generations), None);
}

/// R8, R17: safety, in any network.
#[test]
fn of_two_holders_with_tokens_of_their_own_the_second_to_renew_is_refused() {
    let generations = if is_long_run() { 7 } else { 6 };
    assert_eq!(explored("with a thief", &Rules::WITH_A_THIEF, generations), None);
    let generations = if is_long_run() { 6 } else { 4 };
    let rules = Rules { tabs: 2, ..Rules::WITH_A_THIEF };
    assert_eq!(explored("with a thief, two tabs", &rules, generations), None);
}

/// R3, R17: one instance reads, another one writes, and then the first one writes.
#[test]
fn both_hold_over_instances_that_read_a_while_before_they_write() {
    let rules = Rules { tabs: 2, reads_ahead: true, ..Rules::ALONE };
    assert_eq!(explored("instances, alone, two tabs", &rules, 5), None);
    let rules = Rules { reads_ahead: true, ..Rules::WITH_A_THIEF };
    assert_eq!(explored("instances, with a thief", &rules, 6), None);
}

/// R18
#[test]
fn a_row_that_the_former_release_moved_on_is_judged_safely() {
    let rules = Rules { former: Some(Former::IsNoticed), ..Rules::WITH_A_THIEF };
    assert_eq!(explored("beside the former release, with a thief", &rules, 6), None);
}

#[track_caller]
fn assert_found(rules: Rules, generations: i64, fault: Fault) {
    let (found, history) = explored("changed", &rules, generations).expect("the exploration finds a fault");
    println!("{found:?} after {history:?}");
    assert_eq!(found, fault, "{history:?}");
}

fn alone(judge: Judge) -> Rules {
    Rules { judge, ..Rules::ALONE }
}

fn with_a_thief(judge: Judge) -> Rules {
    Rules { judge, ..Rules::WITH_A_THIEF }
}

#[test]
fn if_no_token_came_again_a_lost_answer_would_log_its_owner_out() {
    assert_found(alone(changed::no_token_comes_again), 5, Fault::LoggedOut);
}

#[test]
fn if_a_token_that_comes_again_got_the_same_successor_a_thief_would_go_unnoticed() {
    assert_found(with_a_thief(changed::the_same_successor_again), 5, Fault::Unnoticed);
}

#[test]
fn if_successors_stayed_good_beside_the_one_that_was_shown_a_thief_would_go_unnoticed() {
    assert_found(with_a_thief(changed::siblings_stay_good), 5, Fault::Unnoticed);
}

#[test]
fn if_a_token_stayed_good_whose_successor_was_shown_a_thief_would_go_unnoticed() {
    assert_found(with_a_thief(changed::the_parent_stays_good), 5, Fault::Unnoticed);
}

#[test]
fn if_the_parent_were_theft_within_the_grace_a_late_request_would_log_its_owner_out() {
    assert_found(alone(changed::no_parent_within_the_grace), 5, Fault::LoggedOut);
}

#[test]
fn if_siblings_were_theft_within_the_grace_a_late_answer_would_log_its_owner_out() {
    assert_found(alone(changed::no_sibling_within_the_grace), 5, Fault::LoggedOut);
}

#[test]
fn if_older_successors_got_the_newest_a_browser_would_hold_two_of_them() {
    assert_found(alone(changed::older_children_get_the_newest), 5, Fault::LoggedOut);
}

#[test]
fn without_the_pause_a_slow_request_would_log_its_owner_out() {
    assert_found(alone(changed::no_pause), 5, Fault::LoggedOut);
}

#[test]
fn if_a_token_counted_as_shown_within_the_pause_a_late_answer_would_log_its_owner_out() {
    assert_found(Rules { pause_counts: true, ..Rules::ALONE }, 5, Fault::LoggedOut);
}

#[test]
fn if_the_grace_were_for_every_token_in_between_one_found_dead_would_live_again() {
    assert_found(with_a_thief(changed::everything_within_the_grace), 6, Fault::BothAnswered);
}

#[test]
fn without_the_guard_two_instances_would_answer_both() {
    let rules = Rules { reads_ahead: true, is_guarded: false, ..Rules::WITH_A_THIEF };
    assert_found(rules, 5, Fault::BothAnswered);
}

#[test]
fn if_a_move_of_the_former_release_went_unnoticed_both_would_be_answered() {
    let rules = Rules { former: Some(Former::GoesUnnoticed), ..Rules::WITH_A_THIEF };
    assert_found(rules, 5, Fault::BothAnswered);
}

/// A history as the service sees it: the tick and token of each renewal, and whether it succeeded.
fn seen(rules: &Rules, history: &[Step]) -> Vec<(usize, i64, bool)> {
    let (mut world, mut ticks, mut seen) = (World::new(), 0, Vec::new());
    for &step in history {
        let shown = match step {
            Step::Judge(tab) => match world.tabs[tab] {
                Tab::Asking { with, .. } => Some(with),
                other => panic!("{history:?}: nothing to judge, but {other:?}"),
            },
            Step::Thief => world.thief,
            _ => None,
        };
        ticks += usize::from(step == Step::Tick);
        world = match world.take(rules, step) {
            Next::World(world) => world,
            _ => panic!("{history:?}: no {step:?}"),
        };
        seen.extend(shown.map(|shown| (ticks, shown, !world.login.is_over)));
    }
    seen
}

const LATER: [Step; 2] = [Step::Tick, Step::Tick];

/// Why the thief's first renewal and the owner's next one are not refused: to the service they look
/// like a late response.
#[test]
fn a_thief_beside_the_owner_looks_like_a_late_answer_at_first() {
    use Step::{Arrive, Ask, Copy, Judge, Thief};
    // Tabs are sorted: idle, asking, answered. Answered ones are sorted by their tokens.
    let honest = [
        // Token 2 is late, and token 3 is later still.
        &[Ask(0), Judge(2)][..],
        &LATER,
        &[Ask(0), Judge(1)],
        &LATER,
        &[Arrive(1), Ask(0), Judge(1)],
    ]
    .concat();
    let theft = [&[Copy, Thief][..], &LATER, &[Ask(0), Judge(0), Arrive(0)], &LATER, &[Thief]].concat();
    let honest = seen(&Rules::ALONE, &honest);
    assert_eq!(honest, seen(&Rules::WITH_A_THIEF, &theft));
    assert_eq!(honest, [(0, 1, true), (2, 1, true), (4, 2, true)]);
}

/// Why a response must not arrive long after the browser has used a later one: to the service that
/// looks like a thief.
#[test]
fn an_answer_that_the_browser_passed_over_looks_like_a_thief() {
    use Step::{Arrive, Ask, Copy, Judge, Thief};
    let unbearable = Rules { is_network_bearable: false, ..Rules::ALONE };
    let honest = [
        &[Ask(0), Judge(2)][..],
        &LATER,
        &[Ask(0), Judge(1), Arrive(2)],
        &LATER,
        // The browser uses token 3, and token 2 arrives after all.
        &[Ask(0), Judge(1), Arrive(2)],
        &LATER,
        &[Arrive(2), Ask(0), Judge(2)],
    ]
    .concat();
    let theft = [
        &[Copy, Ask(0), Judge(0), Arrive(0)][..],
        &LATER,
        &[Thief],
        &LATER,
        &[Thief],
        &LATER,
        &[Ask(0), Judge(0)],
    ]
    .concat();
    let honest = seen(&unbearable, &honest);
    assert_eq!(honest, seen(&Rules::WITH_A_THIEF, &theft));
    assert_eq!(honest.last(), Some(&(6, 2, false)));
}
