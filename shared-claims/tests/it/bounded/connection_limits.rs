//! Limits of the number of connections. I8: every test here.

use super::*;

fn workers() -> usize {
    std::thread::available_parallelism().map_or(2, usize::from)
}

/// Timeouts are as long as a test may take, so a connection that ends was closed for lack of room.
fn of_connections(each_worker: usize) -> Limits {
    let (head, idle) = (TIMEOUT, TIMEOUT);
    Limits {
        head_timeout: head,
        idle_timeout: idle,
        stall_timeout: TIMEOUT,
        max_connections: each_worker * workers(),
        ..Limits::default()
    }
}

#[test]
fn whoever_waits_longest_makes_room_for_one_more() {
    let service = Service::with(of_connections(4));
    let mut idle: Vec<Client> = (0..4 * workers()).map(|_| service.connect()).collect();
    let mut halves: Vec<Client> = (0..4 * workers()).map(|_| service.connect()).collect();
    for half in &mut halves {
        half.send("GET / HT");
    }
    for _ in 0..workers() {
        let mut client = service.connect();
        client.send(&get("/"));
        client.hear("hello");
    }
    for client in &mut idle {
        // They are closed. Whether `408` comes first depends on timing.
        let heard = client.hear_all();
        assert!(heard.is_empty() || heard.starts_with("HTTP/1.1 408"), "{heard}");
    }
}

#[test]
fn whoever_is_served_keeps_their_place_and_one_more_is_refused() {
    let service = Service::with(of_connections(4));
    let mut served: Vec<Client> = (0..4 * workers()).map(|_| service.connect()).collect();
    for client in &mut served {
        client.send(&get("/patient"));
    }
    while service.seen.waiting.load(Ordering::SeqCst) < served.len() {
        std::thread::sleep(Duration::from_millis(5));
    }
    assert_eq!(service.connect().hear_all(), "");
    for client in &mut served {
        client.hear("done");
    }
    let mut client = service.connect();
    client.send(&get("/"));
    client.hear("hello");
}

#[test]
fn whoever_keeps_us_waiting_for_a_body_makes_room_too() {
    let service = Service::with(of_connections(4));
    let mut halves: Vec<Client> = (0..4 * workers()).map(|_| service.connect()).collect();
    for half in &mut halves {
        half.send("POST /form HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nabc");
    }
    for _ in 0..2 * workers() {
        let mut client = service.connect();
        client.send(&get("/"));
        client.hear("hello");
    }
}
