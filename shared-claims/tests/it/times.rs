//! Validity times of a token.

use shared_claims::{Claims, Rejection};

use crate::support::{Mint, NOW};

fn judge_with(change: impl Fn(&mut Claims)) -> Result<(), Rejection> {
    let mint = Mint::new();
    let mut claims = mint.claims();
    change(&mut claims);
    mint.judge(&mint.issuer.sign(&claims)).map(|_| ())
}

fn at(now: i64) -> Result<(), Rejection> {
    let mint = Mint::new();
    let token = mint.issuer.sign(&mint.claims());
    mint.verifier.verify_at(&token, &mint.keys, now).map(|_| ())
}

/// J10: five seconds of leeway, not sixty.
#[test]
fn a_token_holds_four_seconds_beyond_its_end_and_not_six() {
    let end = NOW + 300;
    assert_eq!(at(end - 1), Ok(()));
    assert_eq!(at(end), Ok(()));
    assert_eq!(at(end + 4), Ok(()));
    assert_eq!(at(end + 5), Err(Rejection::Expired));
    assert_eq!(at(end + 6), Err(Rejection::Expired));
    assert_eq!(at(end + 59), Err(Rejection::Expired));
}

/// J10: the same leeway at the beginning.
#[test]
fn a_token_holds_four_seconds_before_its_beginning_and_not_six() {
    assert_eq!(judge_with(|c| c.nbf = NOW + 4), Ok(()));
    assert_eq!(judge_with(|c| c.nbf = NOW + 6), Err(Rejection::NotYetValid));
    assert_eq!(judge_with(|c| c.iat = NOW + 4), Ok(()));
    assert_eq!(judge_with(|c| c.iat = NOW + 6), Err(Rejection::IssuedInFuture));
    assert_eq!(judge_with(|c| c.auth_time = NOW + 4), Ok(()));
    assert_eq!(judge_with(|c| c.auth_time = NOW + 6), Err(Rejection::AuthTimeInFuture));
}

/// J7: a token that expires before it becomes valid.
#[test]
fn a_token_must_end_after_it_begins() {
    assert_eq!(judge_with(|c| c.exp = c.iat), Err(Rejection::NeverValid));
    assert_eq!(judge_with(|c| c.exp = c.iat - 1), Err(Rejection::NeverValid));
    assert_eq!(judge_with(|c| c.nbf = c.exp), Err(Rejection::NeverValid));
    assert_eq!(judge_with(|c| (c.iat, c.nbf, c.exp) = (0, 0, 0)), Err(Rejection::NeverValid));
}

/// J8: signed, and refused all the same.
#[test]
fn a_token_that_lives_too_long_is_refused_although_it_is_signed() {
    assert_eq!(judge_with(|c| c.exp = NOW + 3600), Ok(()));
    assert_eq!(judge_with(|c| c.exp = NOW + 3601), Err(Rejection::LifeTooLong));
    assert_eq!(judge_with(|c| c.exp = 253_402_300_799), Err(Rejection::LifeTooLong));
}

/// J8: the maximum lifetime can be lowered, but not raised.
#[test]
fn the_longest_life_can_only_be_lowered() {
    let mint = Mint::new();
    let token = mint.issuer.sign(&mint.claims());
    let judge =
        |seconds| mint.verifier.clone().with_max_life(seconds).verify_at(&token, &mint.keys, NOW).map(|_| ());
    assert_eq!(judge(300), Ok(()));
    assert_eq!(judge(299), Err(Rejection::LifeTooLong));
    let mut long = mint.claims();
    long.exp = NOW + 7200;
    let raised = mint.verifier.clone().with_max_life(86_400);
    assert_eq!(raised.verify_at(&mint.issuer.sign(&long), &mint.keys, NOW), Err(Rejection::LifeTooLong));
}

/// A clock that is wrong by ages leads to a refusal, not to an overflow.
#[test]
fn absurd_clocks_refuse_and_do_not_panic() {
    assert_eq!(at(0), Err(Rejection::NotYetValid));
    assert_eq!(at(i64::MIN), Err(Rejection::NotYetValid));
    assert_eq!(at(i64::MAX), Err(Rejection::Expired));
}
