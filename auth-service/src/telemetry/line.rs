//! Formats log lines. An entry is always one line, of at most [`LINE_BYTES`] and a mark, whatever
//! its content.

use std::fmt::Write;

use serde_json::Value as Json;
use tracing::{Level, Metadata};

use super::fields::{Cut, Fields, Value};
use super::queue::Dropped;

/// The maximum length without the line break; longer lines are cut.
const LINE_BYTES: usize = 8 * 1024;

/// The format of log lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// For a terminal.
    Colored,
    /// For a file that people read.
    Plain,
    /// One JSON object for each line.
    Json,
}

/// A span around an event.
pub(super) struct Around<'a> {
    pub name: &'static str,
    pub fields: &'a Fields,
}

/// The content of a line.
pub(super) struct LogLine<'a> {
    pub level: Level,
    pub target: &'a str,
    pub fields: &'a Fields,
    /// From the outermost to the innermost.
    pub spans: &'a [Around<'a>],
}

impl<'a> LogLine<'a> {
    pub fn new(about: &'a Metadata<'a>, fields: &'a Fields, spans: &'a [Around<'a>]) -> Self {
        let target = fields.origin.as_deref().unwrap_or(about.target());
        Self { level: *about.level(), target, fields, spans }
    }
}

/// Formats a line, including its line break.
pub(super) fn write(form: Form, told: &LogLine<'_>) -> String {
    let time = now();
    let mut line = match form {
        Form::Json => json(&time, told),
        Form::Plain | Form::Colored => pretty(&time, told, form == Form::Colored),
    };
    line.push('\n');
    line
}

/// The line that reports the number of dropped lines.
pub(super) fn of_dropped(form: Form, dropped: Dropped) -> String {
    let number = |number: u64| Value::Bare(number.to_string());
    let mut fields = Fields::of_event();
    fields.message = Some("log lines were dropped: whoever reads them stood still".to_owned());
    fields.rest = vec![
        ("dropped", number(dropped.lines)),
        ("dropped_security_events", number(dropped.security)),
        ("dropped_since_the_start", number(dropped.since_the_start)),
    ];
    write(form, &LogLine { level: Level::WARN, target: module_path!(), fields: &fields, spans: &[] })
}

#[expect(clippy::disallowed_methods, reason = "a line says when it was written; nothing is decided by that")]
fn now() -> String {
    chrono::Utc::now().to_rfc3339_opts(chrono::SecondsFormat::Micros, true)
}

fn pretty(time: &str, told: &LogLine<'_>, is_colored: bool) -> String {
    let paint = |code: &str, text: &str| {
        if is_colored { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.to_owned() }
    };
    let color = match told.level {
        Level::ERROR => "31",
        Level::WARN => "33",
        Level::INFO => "32",
        Level::DEBUG => "34",
        Level::TRACE => "35",
    };
    let mut line = Cut::to(LINE_BYTES);
    // Writing into memory cannot fail.
    let _ = write!(line, "{} {} ", paint("2", time), paint(color, &format!("{:>5}", told.level.as_str())));
    for span in told.spans {
        let _ = write!(line, "{}{{", paint("1", span.name));
        let fields = span.fields.rest.iter().map(|(name, value)| format!("{name}={}", shown(value)));
        let _ = write!(line, "{}}}: ", fields.collect::<Vec<_>>().join(" "));
    }
    let _ = write!(line, "{}", paint("2", &format!("{}:", told.target)));
    if let Some(message) = &told.fields.message {
        let _ = write!(line, " {}", visible(message));
    }
    for (name, value) in &told.fields.rest {
        let _ = write!(line, " {name}={}", shown(value));
    }
    line.finish()
}

fn shown(value: &Value) -> String {
    match value {
        // Quoted, with everything escaped that could be ambiguous.
        Value::Text(text) => format!("{text:?}"),
        Value::Shown(text) => visible(text),
        Value::Bare(text) => text.clone(),
    }
}

/// Escapes line breaks and terminal control characters (L3).
fn visible(text: &str) -> String {
    let mut visible = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\u{2028}' | '\u{2029}' => visible.extend(c.escape_unicode()),
            c if c.is_control() => visible.extend(c.escape_default()),
            c => visible.push(c),
        }
    }
    visible
}

fn json(time: &str, told: &LogLine<'_>) -> String {
    let mut object = Object::begin();
    object.put("timestamp", &Json::from(time));
    object.put("level", &Json::from(told.level.as_str()));
    object.put("target", &Json::from(told.target));
    if let Some(message) = &told.fields.message {
        object.put("message", &Json::from(message.as_str()));
    }
    for (name, value) in &told.fields.rest {
        object.put(name, &as_json(value));
    }
    if let Some(span) = told.spans.last() {
        object.put("span", &span_as_json(span));
        object.put("spans", &told.spans.iter().map(span_as_json).collect());
    }
    object.end()
}

fn as_json(value: &Value) -> Json {
    match value {
        Value::Text(text) | Value::Shown(text) => Json::from(text.as_str()),
        // A number that is too large for JSON parsers becomes a string.
        Value::Bare(text) => serde_json::from_str(text).unwrap_or_else(|_| Json::from(text.as_str())),
    }
}

fn span_as_json(span: &Around<'_>) -> Json {
    let fields = span.fields.rest.iter().map(|(name, value)| ((*name).to_owned(), as_json(value)));
    let name = ("name".to_owned(), Json::from(span.name));
    Json::Object(fields.chain([name]).collect())
}

/// A JSON object that stays valid if it becomes too long: members without room are left out and
/// counted.
struct Object {
    text: String,
    left_out: usize,
}

impl Object {
    fn begin() -> Self {
        Self { text: "{".to_owned(), left_out: 0 }
    }

    fn put(&mut self, name: &str, value: &Json) {
        let comma = if self.text.len() > 1 { "," } else { "" };
        let member = format!("{comma}{}:{value}", Json::from(name));
        if self.text.len() + member.len() > LINE_BYTES {
            self.left_out += 1;
        } else {
            self.text.push_str(&member);
        }
    }

    fn end(mut self) -> String {
        if self.left_out > 0 {
            let _ = write!(self.text, ",\"left_out\":{}", self.left_out);
        }
        self.text.push('}');
        self.text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told<'a>(fields: &'a Fields, spans: &'a [Around<'a>]) -> LogLine<'a> {
        LogLine { level: Level::INFO, target: "a::b", fields, spans }
    }

    fn fields(message: &str, rest: Vec<(&'static str, Value)>) -> Fields {
        let mut fields = Fields::of_event();
        (fields.message, fields.rest) = (Some(message.to_owned()), rest);
        fields
    }

    fn text(text: impl Into<String>) -> Value {
        Value::Text(text.into())
    }

    #[test]
    fn a_line_has_the_forms_that_it_always_had() {
        let event = fields("answered", vec![("status", Value::Bare("200".into())), ("event", text("login"))]);
        let of_span = fields("", vec![("method", Value::Shown("GET".into())), ("path", text("/login"))]);
        let spans = [Around { name: "request", fields: &of_span }];
        let line = write(Form::Plain, &told(&event, &spans));
        let expected =
            "  INFO request{method=GET path=\"/login\"}: a::b: answered status=200 event=\"login\"\n";
        assert_eq!(&line["2026-11-27T06:31:26.123456Z".len()..], expected);
        let json: Json = serde_json::from_str(&write(Form::Json, &told(&event, &spans))).unwrap();
        assert_eq!((&json["level"], &json["target"]), (&"INFO".into(), &"a::b".into()));
        assert_eq!(
            (&json["message"], &json["status"], &json["event"]),
            (&"answered".into(), &200.into(), &"login".into())
        );
        assert_eq!((&json["span"]["name"], &json["spans"][0]["path"]), (&"request".into(), &"/login".into()));
    }

    /// L6
    #[test]
    fn a_line_is_bounded_whatever_it_holds_and_stays_json() {
        let names = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"];
        // A byte that takes six in JSON.
        let event = fields("m", names.iter().map(|name| (*name, text("\u{1}".repeat(1000)))).collect());
        let of_span = fields("", vec![("path", text("p".repeat(256)))]);
        let spans = [Around { name: "request", fields: &of_span }];
        for form in [Form::Plain, Form::Colored, Form::Json] {
            let line = write(form, &told(&event, &spans));
            assert!(
                line.len() <= LINE_BYTES + 64 && line.matches('\n').count() == 1,
                "{form:?} {}",
                line.len()
            );
        }
        let json: Json = serde_json::from_str(&write(Form::Json, &told(&event, &spans))).unwrap();
        assert_eq!((&json["message"], &json["left_out"]), (&"m".into(), &9.into()));
        assert_eq!(json["span"]["name"], "request", "what is short is not left out for what is long");
        assert!(write(Form::Plain, &told(&event, &spans)).ends_with(" bytes)\n"));
    }

    /// L3
    #[test]
    fn nothing_in_a_line_begins_another_one_or_moves_a_terminals_cursor() {
        let hostile = "x\r\n2026-11-27 INFO forged\u{1b}[2J\u{9b}31m\u{2028}";
        let event = fields(hostile, vec![("a", text(hostile)), ("b", Value::Shown(hostile.into()))]);
        let spans = [Around { name: "request", fields: &event }];
        for form in [Form::Plain, Form::Json] {
            let line = write(form, &told(&event, &spans));
            let kept = line.strip_suffix('\n').unwrap();
            assert!(!kept.contains(['\r', '\n', '\u{1b}']), "{line}");
            assert!(form == Form::Json || !kept.contains(['\u{9b}', '\u{2028}']), "{line}");
        }
    }
}
