//! Histories of the exploration, run against the real service, which must follow the rules at each
//! step.

use auth_service::db::types::Stored;
use std::collections::{HashMap, HashSet};

use auth_service::sessions::{RefreshToken, Rotation, Verdict};

use super::explore::explore;
use super::rules::{Rules, TICK};
use super::world::{Next, Step, Tab, World};
use crate::support::{PASSWORD, REFRESH, TestApp, is_long_run};

/// With a thief, two tabs, and an arbitrary network.
const RULES: Rules = Rules { tabs: 2, ..Rules::WITH_A_THIEF };

/// The relation of a token to the session that it is used for.
fn standing(row: &Rotation, shown: i64) -> &'static str {
    match shown {
        _ if shown == row.newest => "the newest",
        _ if shown == row.anchor => "the anchor",
        _ if shown == row.parent => "the parent",
        _ if shown > row.children_after => "a child",
        _ => "dead",
    }
}

/// A class of situations: who uses which token, the state of the session, and the result.
fn situation(world: &World, step: Step) -> Option<String> {
    let (who, shown) = match step {
        Step::Judge(tab) => match world.tabs[tab] {
            Tab::Asking { with, .. } => ("the owner", with),
            _ => return None,
        },
        Step::Thief => ("the thief", world.thief?),
        _ => return None,
    };
    let row = world.login.row();
    let verdict = match world.login.verdict(&RULES, shown) {
        Verdict::Rotate(_) => "rotate",
        Verdict::Again(token) if token == shown => "the same again",
        Verdict::Again(_) => "the newest",
        Verdict::Reuse => "reuse",
        Verdict::Unknown => "unknown",
    };
    let standing = standing(&row, shown);
    let (has_moved, has_siblings) = (row.anchor != row.parent, row.newest - row.children_after > 1);
    let is_pause = world.login.is_within_the_grace();
    let has_parted = world.thief.is_some();
    Some(format!("{who} {has_parted} {standing} {has_moved} {has_siblings} {is_pause} {verdict}"))
}

/// The shortest history to each situation.
fn shortest() -> Vec<Vec<Step>> {
    let (mut known, mut histories) = (HashSet::new(), Vec::new());
    explore(&RULES, 5, |world, step, history| {
        if let Some(situation) = situation(world, step)
            && known.insert(situation)
        {
            histories.push(history());
        }
    });
    histories
}

/// A random history, the same for the same seed.
fn by_chance(seed: u64) -> Vec<Step> {
    let (mut chance, mut world, mut history) = (fastrand::Rng::with_seed(seed), World::new(), Vec::new());
    let mut steps = World::steps(&RULES);
    while history.len() < 60 && !world.login.is_over {
        chance.shuffle(&mut steps);
        let next = steps.iter().find_map(|step| match world.take(&RULES, *step) {
            Next::World(next) => Some((*step, next)),
            _ => None,
        });
        let (step, next) = next.expect("time can always pass");
        history.push(step);
        world = next;
    }
    history
}

/// The same session in the model and in the service.
struct Life<'a> {
    instances: &'a [TestApp],
    world: World,
    /// The text of each generation's token.
    tokens: HashMap<i64, String>,
    renewals: usize,
}

impl<'a> Life<'a> {
    async fn begin(instances: &'a [TestApp], email: &str) -> Self {
        instances[0].user(email, PASSWORD).await;
        let ada = instances[0].person();
        assert_eq!(ada.log_in(email, PASSWORD).await.status, 303);
        let tokens = HashMap::from([(1, ada.refresh_token())]);
        Self { instances, world: World::new(), tokens, renewals: 0 }
    }

    /// Uses a token at one of the instances, on a page or by the API. Returns the new token.
    async fn show(&mut self, generation: i64) -> Option<i64> {
        self.renewals += 1;
        let token = &self.tokens[&generation];
        let person = self.instances[self.renewals % self.instances.len()].person();
        let handed_out = if self.renewals.is_multiple_of(3) {
            let reply = person.refresh(token).await;
            (reply.status == 200).then(|| reply.pair().1)
        } else {
            person.set_cookie(REFRESH, token);
            person.get("/login").await.cookie(REFRESH).map(|cookie| cookie.value)
        }?;
        let generation = RefreshToken::parse(&handed_out).unwrap().generation;
        let known = self.tokens.entry(generation).or_insert_with(|| handed_out.clone());
        assert_eq!(*known, handed_out, "one generation is one token");
        Some(generation)
    }

    /// The token that the service must issue, by the model.
    fn due(&self, shown: i64) -> Option<i64> {
        match self.world.login.verdict(&RULES, shown) {
            _ if self.world.login.is_over => None,
            Verdict::Rotate(to) => Some(to.newest),
            Verdict::Again(token) => Some(token),
            Verdict::Reuse | Verdict::Unknown => None,
        }
    }

    async fn live(&mut self, history: &[Step]) {
        for (n, &step) in history.iter().enumerate() {
            let shown = match step {
                Step::Judge(tab) => match self.world.tabs[tab] {
                    Tab::Asking { with, .. } => Some(with),
                    _ => None,
                },
                Step::Thief | Step::ThiefInVain => self.world.thief,
                _ => None,
            };
            if let Some(shown) = shown {
                let due = self.due(shown);
                assert_eq!(self.show(shown).await, due, "step {n} of {history:?}, {:?}", self.world);
            }
            if step == Step::Tick {
                self.instances[0].wait(TICK);
            }
            let Next::World(next) = self.world.take(&RULES, step) else {
                panic!("no {step:?} in {history:?}")
            };
            self.world = next;
        }
    }

    /// Asserts that the row equals the model's, and that pages accept the right tokens.
    async fn compare(&self, history: &[Step]) {
        let session = RefreshToken::parse(&self.tokens[&1]).unwrap().session;
        let row = self.instances[0].session(session).await;
        let (is_over, newest) = (self.world.login.is_over, self.world.login.newest());
        assert_eq!(row.generation, newest, "{history:?}");
        assert_eq!(
            row.revoked_because.as_ref().map(Stored::as_str),
            is_over.then_some("refresh_reuse"),
            "{history:?}"
        );
        for (&generation, token) in &self.tokens {
            let is_again = matches!(self.world.login.verdict(&RULES, generation), Verdict::Again(_));
            let is_somebody = !is_over && (generation == newest || is_again);
            let person = self.instances[0].person();
            person.set_cookie(REFRESH, token);
            assert_eq!(person.is_logged_in().await, is_somebody, "{generation} after {history:?}");
        }
    }
}

/// R17, R19: every situation by its shortest history, and random histories, over two instances.
#[tokio::test]
async fn the_service_does_in_every_history_what_the_rules_say() {
    let app = TestApp::start().await;
    let instances = [app.second_instance().await, app];
    let mut histories = shortest();
    let situations = histories.len();
    assert!(situations > 40, "{situations} situations");
    histories.extend((0..if is_long_run() { 200 } else { 2 }).map(by_chance));
    let mut renewals = 0;
    for (n, history) in histories.iter().enumerate() {
        let mut life = Life::begin(&instances, &format!("ada{n}@example.org")).await;
        life.live(history).await;
        life.compare(history).await;
        renewals += life.renewals;
    }
    println!("{situations} situations, {} histories, {renewals} renewals", histories.len());
}
