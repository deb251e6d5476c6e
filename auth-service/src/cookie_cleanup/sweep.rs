//! Deletes cookies in rounds: a pure function of the cookies that arrived and of the position that
//! the last round reached. One response holds about forty deletions, because proxies accept
//! response heads of 4 KB. The next request shows the cookies that are left. The sweep always ends:
//! the position only advances. It returns to the beginning only if other cookies arrive than at the
//! start, as happens when a browser has more than one request holds.

use actix_web::http::header::HeaderValue;
use aws_lc_rs::digest;

use super::scope::Scope;

/// The limit for all `Set-Cookie` headers of one response.
const MAX_BYTES: usize = 2600;

/// The position of a sweep. Names are tried scope by scope in the order of their digests, because
/// that order does not change when some names disappear.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Place {
    scope: usize,
    /// Names with a digest up to this value are finished in this scope. 0 is before all names.
    after: u64,
    /// Rounds since the button was pressed.
    rounds: u32,
    /// Identifies the set of names at the start: the sum of their digests.
    came: u64,
}

/// Below the twenty redirects that Chromium and Firefox follow.
const MAX_ROUNDS: u32 = 12;

impl Place {
    /// Parses `<scope>.<after>.<rounds>.<came>` in hexadecimal; anything else means the beginning.
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split('.').map(|part| u64::from_str_radix(part, 16).ok());
        let (scope, after) = (usize::try_from(parts.next()??).ok()?, parts.next()??);
        let (rounds, came) = (u32::try_from(parts.next()??).ok()?, parts.next()??);
        let place = Self { scope, after, rounds, came };
        parts.next().is_none().then_some(place)
    }

    /// Whether to stop redirecting and show the person the progress.
    pub fn has_gone_far(self) -> bool {
        self.rounds >= MAX_ROUNDS
    }

    /// The same position after another press of the button.
    pub fn pressed_again(self) -> Self {
        Self { rounds: 0, ..self }
    }
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:x}.{:x}.{:x}.{:x}", self.scope, self.after, self.rounds, self.came)
    }
}

/// One round: the deletions, and the position of the next round; `None` when every scope has been
/// tried.
#[derive(Debug)]
pub(super) struct Round {
    pub lines: Vec<HeaderValue>,
    pub next: Option<Place>,
}

/// `delete` returns the header for a name in a scope, or `None` if no such cookie can exist or it
/// is ours.
pub(super) fn round(
    names: &[Vec<u8>],
    scopes: &[Scope],
    place: Place,
    delete: impl Fn(&Scope, &[u8]) -> Option<HeaderValue>,
) -> Round {
    let mut in_order: Vec<(u64, &[u8])> =
        names.iter().map(|name| (digest_of(name), name.as_slice())).collect();
    in_order.sort_unstable();
    let came = in_order.iter().fold(0_u64, |sum, (digest, _)| sum.wrapping_add(*digest));
    let (mut lines, mut bytes) = (Vec::new(), 0);
    let mut here = Place { rounds: place.rounds.saturating_add(1), ..place };
    let is_at_a_turn = here.after == 0 && here.scope == 1 || here.scope >= scopes.len();
    if is_at_a_turn && here.came != came {
        here = Place { scope: 0, after: 0, ..here };
    }
    if here.scope == 0 && here.after == 0 {
        here.came = came;
    }
    while let Some(scope) = scopes.get(here.scope) {
        let done_before = here.after;
        for (digest, name) in in_order.iter().filter(|(digest, _)| *digest > done_before) {
            if let Some(line) = delete(scope, name) {
                bytes += "set-cookie: \r\n".len() + line.len();
                // The first one may exceed the limit, or it could never be deleted.
                if bytes > MAX_BYTES && !lines.is_empty() {
                    return Round { lines, next: Some(here) };
                }
                lines.push(line);
            }
            here.after = *digest;
        }
        let was_the_likeliest = here.scope == 0 && !lines.is_empty();
        here = Place { scope: here.scope + 1, after: 0, ..here };
        // Most cookies are in this scope. The next request shows which are left for the other
        // scopes.
        if was_the_likeliest {
            return Round { lines, next: Some(here) };
        }
    }
    let next = (!lines.is_empty()).then_some(here);
    Round { lines, next }
}

/// The digest is never 0, because 0 means the position before all names.
fn digest_of(name: &[u8]) -> u64 {
    let digest = digest::digest(&digest::SHA256, name);
    let first = digest.as_ref().first_chunk::<8>().map_or(0, |bytes| u64::from_be_bytes(*bytes));
    first.max(1)
}

#[cfg(test)]
mod tests {
    use super::super::scope::scopes;
    use super::*;

    /// Simulates a browser's cookie store: the names in each scope. A request holds the first 130.
    fn sweep(mut jar: Vec<(usize, Vec<u8>)>, path: &str) -> (Vec<(usize, Vec<u8>)>, usize) {
        let all = scopes("auth.example.org", "example.org", path);
        let (mut place, mut answers) = (Place::default(), 0);
        loop {
            let names: Vec<_> = jar.iter().take(130).map(|(_, name)| name.clone()).collect();
            let done = round(&names, &all, place, |scope, name| scope.delete(name, true));
            answers += 1;
            assert!(
                done.lines.len() == 1
                    || done.lines.iter().map(|line| line.len() + 14).sum::<usize>() <= MAX_BYTES
            );
            jar.retain(|(scope, name)| {
                !all[*scope].delete(name, true).is_some_and(|line| done.lines.contains(&line))
            });
            match done.next {
                Some(next) if !jar.is_empty() => place = next,
                _ => return (jar, answers),
            }
        }
    }

    fn named(count: usize, scope: usize) -> Vec<(usize, Vec<u8>)> {
        (0..count).map(|n| (scope, format!("bomb-{n}").into_bytes())).collect()
    }

    #[test]
    fn what_lies_on_the_shared_domain_is_gone_in_a_few_answers() {
        let (left, answers) = sweep(named(180, 0), "/cookies");
        assert!(left.is_empty() && answers <= 9, "{answers}");
    }

    #[test]
    fn whatever_the_scope_it_is_found() {
        let count = scopes("auth.example.org", "example.org", "/login/cookies").len();
        for scope in 0..count {
            let (left, _) = sweep(named(3, scope), "/login/cookies");
            assert!(left.is_empty(), "scope {scope}");
        }
    }

    #[test]
    fn what_shows_when_others_are_gone_is_deleted_too() {
        let mixed: Vec<_> =
            named(170, 0).into_iter().enumerate().map(|(n, (_, name))| (n % 7, name)).collect();
        assert!(sweep(mixed, "/login/cookies").0.is_empty());
    }

    #[test]
    fn what_cannot_be_deleted_ends_the_sweep_all_the_same() {
        let stuck: Vec<_> = (0..180).map(|n| (usize::MAX, format!("n{n}").into_bytes())).collect();
        let all = scopes("auth.example.org", "example.org", "/cookies");
        let names: Vec<_> = stuck.into_iter().map(|(_, name)| name).collect();
        let (mut place, mut answers) = (Place::default(), 0);
        while let Some(next) = round(&names, &all, place, |scope, name| scope.delete(name, true)).next {
            (place, answers) = (next, answers + 1);
            assert!(answers < 200);
        }
        assert_eq!(place.rounds, answers);
    }

    #[test]
    fn a_name_that_fills_an_answer_by_itself_is_deleted() {
        let long: Vec<_> = (0..3).map(|n| (0, format!("{n}{}", "x".repeat(4000)).into_bytes())).collect();
        assert!(sweep(long, "/cookies").0.is_empty());
    }

    #[test]
    fn a_place_is_written_and_read() {
        let place = Place { scope: 3, after: u64::MAX, rounds: 12, came: 7 };
        assert_eq!(Place::parse(&place.to_string()), Some(place));
        for nothing in ["", "1.2.3", "1.2.3.4.5", "x.0.0.0", "-1.0.0.0", "1.2.fffffffff.0"] {
            assert_eq!(Place::parse(nothing), None, "{nothing}");
        }
    }
}
