//! The mailboxes of the people in a test: letters land in a folder.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use mail_parser::{Address, MessageParser};
use tempfile::TempDir;

/// Longer than a letter takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(20);

/// The folder of `SMTP_URL=file:…`. Clones read the same mail.
#[derive(Clone)]
pub struct Mailbox {
    folder: Arc<TempDir>,
    /// The files of letters that were read.
    read: Arc<Mutex<BTreeSet<PathBuf>>>,
}

/// A letter, as a mail program shows it.
#[derive(Debug, Clone)]
pub struct Letter {
    pub to: String,
    pub from: String,
    pub subject: String,
    pub text: String,
    pub html: String,
    pub id: String,
    /// The message as it went out.
    pub source: String,
}

impl Mailbox {
    pub fn new() -> Self {
        Self { folder: Arc::new(tempfile::tempdir().unwrap()), read: Arc::default() }
    }

    pub fn folder(&self) -> PathBuf {
        self.folder.path().to_owned()
    }

    /// The next letter to `address` that was not read yet. Waits until it is there.
    pub async fn next_for(&self, address: &str) -> Letter {
        let began = Instant::now();
        loop {
            if let Some(letter) = self.unread(address).into_iter().next() {
                self.read.lock().unwrap().insert(letter.0);
                return letter.1;
            }
            assert!(began.elapsed() < PATIENCE, "no letter for {address} came");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// All letters to `address` that were not read yet, the oldest first.
    pub fn unread(&self, address: &str) -> Vec<(PathBuf, Letter)> {
        let files = fs::read_dir(self.folder.path()).unwrap().map(|entry| entry.unwrap().path());
        let mut files: Vec<PathBuf> = files
            .filter(|path| path.extension().is_some_and(|ending| ending == "eml"))
            .filter(|path| !self.read.lock().unwrap().contains(path))
            .collect();
        // Their names are ids that sort by time.
        files.sort();
        let letters = files.into_iter().map(|path| (path.clone(), Letter::parse(&fs::read(path).unwrap())));
        letters.filter(|(_, letter)| letter.to == address).collect()
    }
}

impl Letter {
    pub fn parse(source: &[u8]) -> Self {
        let message = MessageParser::default().parse(source).expect("a message");
        let address = |of: Option<&Address>| of.unwrap().first().unwrap().address().unwrap().to_owned();
        Self {
            to: address(message.to()),
            from: address(message.from()),
            subject: message.subject().unwrap().to_owned(),
            text: message.body_text(0).unwrap().into_owned(),
            html: message.body_html(0).unwrap().into_owned(),
            id: message.message_id().unwrap().to_owned(),
            source: String::from_utf8(source.to_vec()).unwrap(),
        }
    }

    /// The path and query of its link, as it stands in the text. The HTML must have the same.
    pub fn link(&self) -> String {
        let link = self.text.split_whitespace().find(|word| word.starts_with("https://")).expect(&self.text);
        let escaped = link.replace('&', "&amp;");
        assert!(self.html.contains(&format!("href=\"{escaped}\"")), "{link} {}", self.html);
        let url = url::Url::parse(link).unwrap();
        format!("{}?{}", url.path(), url.query().unwrap_or_default())
    }

    /// The secret in its link.
    pub fn token(&self) -> String {
        let link = self.link();
        let query = link.split_once('?').unwrap().1;
        let mut pairs = url::form_urlencoded::parse(query.as_bytes());
        pairs.find(|(name, _)| name == "token").expect(&link).1.into_owned()
    }

    /// Its code.
    pub fn code(&self) -> String {
        let is_code = |line: &&str| line.len() == 6 && line.bytes().all(|byte| byte.is_ascii_digit());
        let code = self.text.lines().map(str::trim).find(is_code).expect(&self.text);
        assert!(self.html.contains(&format!(">{code}<")), "{}", self.html);
        code.to_owned()
    }
}
