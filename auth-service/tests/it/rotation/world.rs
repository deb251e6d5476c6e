//! Model of a browser with tabs, a network that loses and delays, instances that crash, and a
//! thief.

use super::login::{Decision, Login};
use super::rules::{Fault, OLD, Rules};

/// The most tabs of a model.
const TABS: usize = 3;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct World {
    pub login: Login,
    /// The token that the browser holds.
    pub jar: Held,
    pub tabs: [Tab; TABS],
    /// The token that the thief holds.
    pub thief: Option<i64>,
}

/// An issued token, and the token that was used for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Held {
    pub token: i64,
    given_for: i64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Tab {
    Idle,
    /// Its request was sent so many ticks ago. An instance may have read the row for it.
    Asking {
        with: i64,
        age: u8,
        read: Option<Decision>,
    },
    /// The response is on its way, for any time.
    Answered(Held),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// A tab sends the browser's token.
    Ask(usize),
    /// The request is lost, or the instance crashes before it commits.
    LoseRequest(usize),
    /// An instance reads the row.
    Read(usize),
    /// An instance decides and commits.
    Judge(usize),
    /// The same by an instance of the previous release.
    JudgeAsBefore(usize),
    /// The response arrives, and the browser replaces its token.
    Arrive(usize),
    /// The response is lost, or the instance crashed after it committed.
    LoseAnswer(usize),
    /// A thief copies the browser's token.
    Copy,
    /// The thief renews.
    Thief,
    /// The thief renews, and the response is lost.
    ThiefInVain,
    Tick,
}

/// The result of a step.
#[expect(clippy::large_enum_variant, reason = "made millions of times, and never kept")]
pub enum Next {
    World(World),
    Fault(Fault),
    /// The rules exclude such a bad network.
    Excluded,
    /// The step is not possible in this state.
    Impossible,
}

impl World {
    pub fn new() -> Self {
        let jar = Held { token: 1, given_for: 0 };
        Self { login: Login::new(), jar, tabs: [Tab::Idle; TABS], thief: None }
    }

    /// All steps of a model.
    pub fn steps(rules: &Rules) -> Vec<Step> {
        let mut steps = vec![Step::Tick];
        for tab in 0..rules.tabs {
            steps.extend([Step::Ask(tab), Step::Judge(tab), Step::Arrive(tab)]);
            steps.extend([Step::LoseRequest(tab), Step::LoseAnswer(tab)]);
            steps.extend(rules.reads_ahead.then_some(Step::Read(tab)));
            steps.extend(rules.former.map(|_| Step::JudgeAsBefore(tab)));
        }
        if rules.has_thief {
            steps.extend([Step::Copy, Step::Thief, Step::ThiefInVain]);
        }
        steps
    }

    pub fn take(&self, rules: &Rules, step: Step) -> Next {
        let mut next = *self;
        let done = match step {
            Step::Tick => return next.tick(rules),
            Step::Copy => Ok(next.thief.replace(self.jar.token).is_none()),
            Step::Thief | Step::ThiefInVain => next.steal(rules, step == Step::Thief),
            Step::Ask(tab)
            | Step::LoseRequest(tab)
            | Step::Read(tab)
            | Step::Judge(tab)
            | Step::JudgeAsBefore(tab)
            | Step::Arrive(tab)
            | Step::LoseAnswer(tab) => {
                // Tabs in the same state are equal, so the first of them is enough.
                let is_first = !self.tabs[..tab].contains(&self.tabs[tab]);
                if is_first { next.take_in_tab(rules, step, tab) } else { Ok(false) }
            }
        };
        match done {
            Err(fault) => Next::Fault(fault),
            Ok(false) => Next::Impossible,
            Ok(true) => next.settled(rules),
        }
    }

    fn settled(mut self, rules: &Rules) -> Next {
        self.tabs[..rules.tabs].sort_unstable();
        Next::World(self)
    }

    fn take_in_tab(&mut self, rules: &Rules, step: Step, tab: usize) -> Result<bool, Fault> {
        let after = match (step, self.tabs[tab]) {
            (Step::Ask(_), Tab::Idle) => Tab::Asking { with: self.jar.token, age: 0, read: None },
            (Step::LoseRequest(_), Tab::Asking { .. }) | (Step::LoseAnswer(_), Tab::Answered(_)) => Tab::Idle,
            (Step::Arrive(_), Tab::Answered(held)) => {
                self.jar = held;
                Tab::Idle
            }
            (Step::Read(_), Tab::Asking { with, age, read: None }) => match self.login.read(rules, with) {
                Some(read) => Tab::Asking { with, age, read: Some(read) },
                None => return Ok(false),
            },
            (Step::Judge(_), Tab::Asking { with, read, .. }) => {
                let answer = self.login.renew(rules, with, read)?;
                let is_alone = self.thief.is_none() && rules.former.is_none();
                if answer.is_none() && is_alone && rules.is_network_bearable {
                    return Err(Fault::LoggedOut);
                }
                Self::answered(answer, with)
            }
            (Step::JudgeAsBefore(_), Tab::Asking { with, .. }) => match rules.former {
                Some(former) => Self::answered(self.login.renew_as_before(with, former), with),
                None => return Ok(false),
            },
            _ => return Ok(false),
        };
        self.tabs[tab] = after;
        Ok(true)
    }

    fn answered(token: Option<i64>, with: i64) -> Tab {
        token.map_or(Tab::Idle, |token| Tab::Answered(Held { token, given_for: with }))
    }

    fn steal(&mut self, rules: &Rules, arrives: bool) -> Result<bool, Fault> {
        let Some(with) = self.thief else { return Ok(false) };
        if let Some(token) = self.login.renew(rules, with, None)?
            && arrives
        {
            self.thief = Some(token);
        }
        Ok(true)
    }

    fn tick(mut self, rules: &Rules) -> Next {
        for tab in &mut self.tabs {
            if let Tab::Asking { age, .. } = tab {
                if rules.is_network_bearable && *age + 1 == OLD {
                    return Next::Excluded;
                }
                *age = (*age + 1).min(OLD - 1);
            }
        }
        if self.login.tick() && rules.is_network_bearable && !self.is_rid_of_what_it_passed_over() {
            return Next::Excluded;
        }
        self.settled(rules)
    }

    /// The browser has gone on with one of its tokens. Tokens that were issued neither for that one
    /// nor for its successor are passed over, and responses with them are lost. `false` if the
    /// browser still holds or uses one.
    fn is_rid_of_what_it_passed_over(&mut self) -> bool {
        let kept = [self.login.shown, self.login.newest()];
        let is_kept = |held: Held| kept.contains(&held.token) || kept.contains(&held.given_for);
        for tab in &mut self.tabs {
            match tab {
                Tab::Answered(held) if !is_kept(*held) => *tab = Tab::Idle,
                Tab::Asking { with, .. } if !kept.contains(with) => return false,
                _ => {}
            }
        }
        is_kept(self.jar)
    }
}
