//! A drawn letter as a message (RFC 5322, MIME).

use lettre::Message;
use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart, SinglePart};

use crate::pages::DrawnLetter;

/// What a message says beside the letter.
pub(super) struct Envelope<'a> {
    pub from: Mailbox,
    pub to: &'a str,
    /// The same at each attempt, so that a mailbox can tell a repetition.
    pub message_id: String,
    pub at: std::time::SystemTime,
}

/// The recipient stands there as an address alone: a name that somebody chose could pass for
/// another address (ASVS 1.3.11). lettre encodes what is not ASCII, and refuses line breaks.
pub(super) fn build(letter: DrawnLetter, envelope: Envelope) -> Result<Message, String> {
    let Envelope { from, to, message_id, at } = envelope;
    let to = Mailbox::new(None, to.parse().map_err(|error| format!("the recipient's address: {error}"))?);
    let part = |kind, body| SinglePart::builder().header(kind).body(body);
    let parts = MultiPart::alternative()
        .singlepart(part(ContentType::TEXT_PLAIN, letter.text))
        .singlepart(part(ContentType::TEXT_HTML, letter.html));
    let mut message = Message::builder()
        .from(from)
        .to(to)
        .subject(letter.subject)
        .message_id(Some(message_id))
        .date(at)
        .multipart(parts)
        .map_err(|error| error.to_string())?;
    // RFC 3834: no out-of-office answers, please.
    let name = HeaderName::new_from_ascii_str("Auto-Submitted");
    message.headers_mut().insert_raw(HeaderValue::new(name, "auto-generated".to_owned()));
    Ok(message)
}
