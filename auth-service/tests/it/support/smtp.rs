//! A mail server of a test's own, which can refuse, stop in the middle, and come back.

use std::io::{BufRead, BufReader, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use super::mailbox::Letter;
use super::port::ReservedPort;

/// How the server treats us.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mood {
    /// It takes every message.
    Good,
    /// It ends the conversation once it has taken a message.
    TakesAndHangsUp,
    /// It takes a message, and ends the conversation without saying so.
    HangsUpWithoutAnAnswer,
    /// It ends the conversation before it has taken the message.
    HangsUpInTheMiddle,
    /// It answers the login with this code.
    Login(u16),
    /// It answers the name of the recipient with this code.
    Recipient(u16),
    /// It takes the connection and says nothing.
    Silent,
}

/// The server. Nobody listens before [`SmtpServer::start`].
pub struct SmtpServer {
    port: ReservedPort,
    state: Arc<State>,
}

struct State {
    mood: Mutex<Mood>,
    taken: Mutex<Vec<Letter>>,
    heard: Mutex<String>,
    connections: AtomicUsize,
    /// Those that it keeps waiting.
    waiting: Mutex<Vec<TcpStream>>,
}

impl SmtpServer {
    pub fn down() -> Self {
        let state = State {
            mood: Mutex::new(Mood::Good),
            taken: Mutex::default(),
            heard: Mutex::default(),
            connections: AtomicUsize::default(),
            waiting: Mutex::default(),
        };
        Self { port: ReservedPort::new(), state: Arc::new(state) }
    }

    pub fn up(mood: Mood) -> Self {
        let server = Self::down();
        server.set(mood);
        server.start();
        server
    }

    pub fn start(&self) {
        let listener = TcpListener::bind(self.port.address).unwrap();
        let state = self.state.clone();
        thread::spawn(move || {
            for client in listener.incoming() {
                let state = state.clone();
                thread::spawn(move || state.serve(&client.unwrap()));
            }
        });
    }

    pub fn address(&self) -> SocketAddr {
        self.port.address
    }

    /// `SMTP_URL` with a user and a password.
    pub fn url(&self) -> String {
        format!("smtp://ada:hunter2@{}", self.address())
    }

    /// From the next connection on, and for the next message of an open one.
    pub fn set(&self, mood: Mood) {
        *self.state.mood.lock().unwrap() = mood;
    }

    /// Every message that it has taken, with repetitions.
    pub fn taken(&self) -> Vec<Letter> {
        self.state.taken.lock().unwrap().clone()
    }

    /// What was said to it.
    pub fn heard(&self) -> String {
        self.state.heard.lock().unwrap().clone()
    }

    /// Ends the connections that it keeps waiting.
    pub fn hang_up(&self) {
        for client in self.state.waiting.lock().unwrap().drain(..) {
            let _ = client.shutdown(Shutdown::Both);
        }
    }

    /// Waits for so many connections.
    pub async fn is_reached(&self, times: usize) {
        while self.state.connections.load(Ordering::SeqCst) < times {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
}

impl State {
    fn mood(&self) -> Mood {
        *self.mood.lock().unwrap()
    }

    fn serve(&self, client: &TcpStream) {
        let mut lines = BufReader::new(client);
        let is_silent = self.mood() == Mood::Silent;
        if is_silent {
            self.waiting.lock().unwrap().push(client.try_clone().unwrap());
        }
        self.connections.fetch_add(1, Ordering::SeqCst);
        if is_silent {
            let _ = lines.read_line(&mut String::new());
            return;
        }
        let say =
            |mut client: &TcpStream, text: &str| client.write_all(format!("{text}\r\n").as_bytes()).is_ok();
        let mut is_on = say(client, "220 mail.example.org");
        while is_on {
            let mut line = String::new();
            if lines.read_line(&mut line).unwrap_or(0) == 0 {
                return;
            }
            self.heard.lock().unwrap().push_str(&line);
            let (mood, word) = (self.mood(), line.split([' ', '\r']).next().unwrap());
            is_on = match (word, mood) {
                ("EHLO", _) => say(client, "250-mail.example.org\r\n250 AUTH PLAIN"),
                ("AUTH", Mood::Login(code)) => say(client, &format!("{code} no, ada hunter2")),
                ("AUTH", _) => say(client, "235 welcome"),
                ("RCPT", Mood::Recipient(code)) => say(client, &format!("{code} no")),
                ("DATA", Mood::HangsUpInTheMiddle) => false,
                ("DATA", _) => say(client, "354 go on") && self.take(&mut lines) && self.answer(client),
                ("QUIT", _) => {
                    say(client, "221 bye");
                    false
                }
                _ => say(client, "250 OK"),
            };
        }
    }

    /// Reads a message to its end. `false` if the client goes away before.
    fn take(&self, lines: &mut impl BufRead) -> bool {
        let mut message = String::new();
        loop {
            let mut line = String::new();
            match lines.read_line(&mut line) {
                Ok(0) | Err(_) => return false,
                Ok(_) if line == ".\r\n" => break,
                Ok(_) => message.push_str(line.strip_prefix('.').unwrap_or(&line)),
            }
        }
        self.taken.lock().unwrap().push(Letter::parse(message.as_bytes()));
        true
    }

    fn answer(&self, mut client: &TcpStream) -> bool {
        let mood = self.mood();
        mood != Mood::HangsUpWithoutAnAnswer
            && client.write_all(b"250 taken\r\n").is_ok()
            && mood != Mood::TakesAndHangsUp
    }
}

impl Drop for SmtpServer {
    fn drop(&mut self) {
        self.hang_up();
    }
}
