//! Machines whose clocks differ.

use std::sync::Arc;

use crate::support::{ACCESS, PASSWORD, REFRESH, TestApp, TestClock, TestDatabase, Tweaks};

fn ahead(seconds: i64) -> Tweaks {
    Tweaks { machine_is_ahead: seconds, ..Tweaks::default() }
}

/// Z4: by a minute and by ten, in both directions. With SQLite there is one machine only, whose
/// clock is used.
#[tokio::test]
async fn instances_whose_clocks_are_wrong_log_nobody_out() {
    let database = Arc::new(TestDatabase::create());
    if !database.is_postgres() {
        return;
    }
    for wrong in [60, 600] {
        let fast = TestApp::start_on(database.clone(), TestClock::default(), ahead(wrong)).await;
        let slow = TestApp::start_on(database.clone(), TestClock::default(), ahead(-wrong)).await;
        if wrong == 60 {
            fast.user("ada@example.org", PASSWORD).await;
        }
        let ada = fast.person();
        assert_eq!(ada.log_in("ada@example.org", PASSWORD).await.status, 303);
        for round in 0..6 {
            // A tab that sends the previous token to the other instance.
            let late = ada.at(if round % 2 == 0 { &slow } else { &fast });
            let here = ada.at(if round % 2 == 0 { &fast } else { &slow });
            let renewed = here.get("/login?next=https://shop.example.org/").await;
            assert_eq!(renewed.status, 303, "{wrong} s, round {round}");
            assert_eq!(
                late.get("/login?next=https://shop.example.org/").await.status,
                303,
                "{wrong} s, round {round}"
            );
            ada.set_cookie(REFRESH, &here.refresh_token());
            // A service with a correct clock accepts the token.
            let token = renewed.cookie(ACCESS).unwrap().value;
            assert!(fast.judge_by(&token, &fast.jwks().await).is_ok(), "{wrong} s, round {round}");
        }
    }
}
