//! Slow and unusual clients, which are served. I7: every test here.

use super::{limits as short, *};

/// Long enough for a busy machine, on which the test itself may be late.
fn limits() -> Limits {
    let standstill = Duration::from_millis(1500);
    Limits { stall_timeout: standstill, ..short() }
}

fn start() -> Service {
    Service::with(limits())
}

#[test]
fn a_connection_is_used_again_and_again() {
    let service = start();
    let mut client = service.connect();
    for _ in 0..100 {
        client.send(&get("/"));
        client.hear("hello");
        client.send("POST /form HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nabcde");
        client.hear("5 bytes");
        client.send(
            "POST /form HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n0\r\n\r\n",
        );
        client.hear("5 bytes");
        client.send("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n");
        let head = client.hear("\r\n\r\n");
        assert!(head.contains("content-length: 5") && head.ends_with("\r\n\r\n"), "{head}");
        client.send(
            "POST /nothing HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n0\r\n\r\n",
        );
        client.hear("\r\n\r\n");
    }
}

#[test]
fn requests_sent_ahead_are_answered_in_their_order() {
    let service = start();
    let mut client = service.connect();
    let body = "b".repeat(70_000);
    let round = format!(
        "{}POST /form HTTP/1.1\r\nHost: a\r\nContent-Length: 70000\r\n\r\n{body}\r\n{}\
         POST /form HTTP/1.1\nHost: a\nTransfer-Encoding: chunked\n\n3\r\nabc\r\n11170\r\n{body}\r\n0\r\n\r\n{}",
        get("/"),
        get("/moved"),
        get("/page"),
    );
    let mut writer = client.0.try_clone().unwrap();
    let all = round.repeat(20) + &get("/other-end");
    let sender = std::thread::spawn(move || writer.write_all(all.as_bytes()).unwrap());
    let heard = client.hear("HTTP/1.1 404 ");
    sender.join().unwrap();
    let statuses: Vec<&str> = heard.split("HTTP/1.1 ").skip(1).map(|answer| &answer[..3]).collect();
    let expected: Vec<_> =
        ["200", "200", "303", "200", "200"].repeat(20).into_iter().chain(["404"]).collect();
    assert_eq!(statuses, expected);
    assert_eq!(heard.matches("70000 bytes").count(), 20);
    assert_eq!(heard.matches("70003 bytes").count(), 20);
}

#[test]
fn who_sends_a_body_slowly_gets_there() {
    let service = start();
    for framing in ["Content-Length: 512\r\n\r\n", "Transfer-Encoding: chunked\r\n\r\n200\r\n"] {
        let mut client = service.connect();
        client.send(&format!("POST /form HTTP/1.1\r\nHost: a\r\n{framing}"));
        // For twice the stall timeout.
        for _ in 0..32 {
            std::thread::sleep(limits().stall_timeout / 16);
            client.send(&"a".repeat(16));
        }
        client.send("\r\n0\r\n\r\n");
        assert!(client.hear("512 bytes").starts_with("HTTP/1.1 200 "));
    }
}

#[test]
fn who_reads_slowly_gets_everything() {
    let service = start();
    let mut client = service.connect();
    let count = 60;
    client.send(&get("/page").repeat(count - 1));
    client.send("GET /page HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    let (mut heard, mut buffer) = (0, vec![0; 128 * 1024]);
    loop {
        let length = client.0.read(&mut buffer).unwrap();
        if length == 0 {
            break;
        }
        heard += length;
        std::thread::sleep(limits().stall_timeout / 16);
    }
    assert!(heard > count * PAGE_BYTES, "{heard}");
}

/// The pause is longer than the idle timeout. The connection is not idle, although the response is
/// complete on the server.
#[test]
fn who_pauses_while_reading_is_waited_for() {
    let service = Service::with(Limits { stall_timeout: TIMEOUT, ..short() });
    let mut client = service.connect();
    client.send("GET /download HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    client.hear("\r\n\r\n");
    std::thread::sleep(short().idle_timeout + Duration::from_secs(2));
    let rest = client.hear_all();
    assert!(rest.ends_with("the end"), "{} bytes", rest.len());
}

#[test]
fn a_handler_may_take_its_time_and_so_may_an_answer() {
    let service = Service::start();
    let mut client = service.connect();
    client.send(&get("/patient"));
    client.hear("done");
    client.send(&get("/ticking"));
    assert_eq!(client.hear("\r\n0\r\n\r\n").matches("tick").count(), 8);
    client.send(&get("/"));
    client.hear("hello");
}

#[test]
fn who_asks_before_sending_a_body_is_told_to_go_on() {
    let service = start();
    let mut client = service.connect();
    client.send("POST /form HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n");
    assert!(client.hear("\r\n\r\n").starts_with("HTTP/1.1 100 "));
    std::thread::sleep(limits().stall_timeout / 4);
    client.send("abcde");
    client.hear("5 bytes");
}

#[test]
fn another_protocol_has_rules_of_its_own() {
    let service = Service::start();
    let mut client = service.connect();
    client
        .send("GET /other-protocol HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
    assert!(client.hear("\r\n\r\n").starts_with("HTTP/1.1 101 "));
    for _ in 0..3 {
        std::thread::sleep(short().stall_timeout * 2);
        client.send("ping");
        client.hear("ping");
    }
}

/// The handler is cancelled when its client has gone.
#[test]
fn who_hangs_up_while_a_handler_works_is_noticed() {
    let service = Service::start();
    let waiting = |count| {
        while service.seen.waiting.load(Ordering::SeqCst) != count {
            std::thread::sleep(Duration::from_millis(5));
        }
    };
    let mut client = service.connect();
    client.send(&get("/patient"));
    waiting(1);
    rustix::net::sockopt::set_socket_linger(&client.0, Some(Duration::ZERO)).unwrap();
    let since = std::time::Instant::now();
    drop(client);
    waiting(0);
    assert!(since.elapsed() < short().stall_timeout * 3, "the handler went on to its end");
}
