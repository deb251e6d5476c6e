//! Graceful shutdown. Z6: every test here.

use super::*;

#[test]
fn what_has_begun_is_finished_and_what_waits_is_let_go() {
    let long = Limits { head_timeout: TIMEOUT, idle_timeout: TIMEOUT, ..limits() };
    let service = Service::with(long);
    let mut kept = service.connect();
    kept.send(&get("/"));
    kept.hear("hello");
    let mut served = service.connect();
    served.send(&get("/patient"));
    while service.seen.waiting.load(Ordering::SeqCst) == 0 {
        std::thread::sleep(Duration::from_millis(5));
    }
    drop(service.handle.stop(true));
    assert_eq!(kept.hear_all(), "");
    let answer = served.hear_all();
    assert!(answer.contains("connection: close") && answer.ends_with("done"), "{answer}");
    while TcpStream::connect(service.address).is_ok() {
        std::thread::sleep(Duration::from_millis(5));
    }
}
