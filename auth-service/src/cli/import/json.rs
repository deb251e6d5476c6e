//! JSON sources by `dumpdata`: a list of objects, or with `--format jsonl` one object for each
//! line. Objects are read one at a time.

use std::cell::Cell as Slot;
use std::fmt;
use std::fs::File;
use std::rc::Rc;

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::super::CliError;
use super::bounded::{Bounded, Progress};
use super::record::{Cell, Column, Place, Record};
use super::report::Shown;
use super::seen::Seen;

type Sink<'a> = &'a mut dyn FnMut(Record) -> Result<(), CliError>;

/// Passes every user in a list, or in consecutive objects, to the sink.
pub(super) fn each(
    file: &File,
    model: &str,
    is_list: bool,
    seen: &mut Seen,
    sink: Sink<'_>,
) -> Result<(), CliError> {
    let (reader, progress) = Bounded::new(file).map_err(unreadable)?;
    let mut json = serde_json::Deserializer::from_reader(reader);
    let mut failed = None;
    let row = Slot::new(0);
    let mut people = People {
        model,
        found: None,
        progress,
        row: &row,
        last_line: if is_list { 1 } else { 0 },
        seen,
        sink,
        failed: &mut failed,
    };
    let read = if is_list {
        json.deserialize_seq(&mut people).and_then(|()| json.end())
    } else {
        loop {
            match json.end() {
                Ok(()) => break Ok(()),
                Err(error) if error.is_eof() => break Err(error),
                // The input has another object.
                Err(_) => {}
            }
            if let Err(error) = people.object(&mut json) {
                break Err(error);
            }
        }
    };
    match (failed, read) {
        (Some(failure), _) => Err(failure),
        (None, Err(error)) => Err(CliError::Failed(format!("the file cannot be read as JSON: {error}"))),
        (None, Ok(())) => Ok(()),
    }
}

fn unreadable(error: std::io::Error) -> CliError {
    CliError::Failed(format!("the file cannot be read: {error}"))
}

struct People<'a> {
    /// If empty, the model whose name ends in `.user` is used.
    model: &'a str,
    found: Option<String>,
    progress: Rc<Progress>,
    row: &'a Slot<u64>,
    /// The line on which the previous object ended. In a list that is all on one line, it
    /// identifies no object.
    last_line: u64,
    seen: &'a mut Seen,
    sink: Sink<'a>,
    failed: &'a mut Option<CliError>,
}

impl People<'_> {
    fn object<'de, D: Deserializer<'de>>(&mut self, json: D) -> Result<(), D::Error> {
        let object = Object.deserialize(json)?;
        self.take(object).map_err(|()| D::Error::custom("stopped"))
    }

    fn take(&mut self, object: Parsed) -> Result<(), ()> {
        self.progress.next_record();
        let (line, before) = (self.progress.line(), self.last_line);
        self.last_line = line;
        let is_wanted = match self.model {
            "" => object.model.to_lowercase().ends_with(".user"),
            model => object.model.eq_ignore_ascii_case(model),
        };
        if !is_wanted {
            let record = &object.record;
            let looks_like_a_person = [Column::Email, Column::Password].map(|column| record.get(column));
            self.seen.model(&object.model, looks_like_a_person.iter().all(Option::is_some));
            return Ok(());
        }
        object.unknown.iter().for_each(|name| self.seen.column(name));
        let found = self.found.get_or_insert_with(|| object.model.clone());
        if !found.eq_ignore_ascii_case(&object.model) {
            let (one, other) = (Shown(found), Shown(&object.model));
            *self.failed = Some(CliError::Usage(format!(
                "the file holds people of two models, {one} and {other}: choose one with --model"
            )));
            return Err(());
        }
        self.row.set(self.row.get() + 1);
        let mut record = object.record;
        record.place = Place { row: self.row.get(), line: (line > before).then_some(line) };
        (self.sink)(record).map_err(|failure| *self.failed = Some(failure))
    }
}

impl<'de> Visitor<'de> for &mut People<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of objects, as dumpdata writes it")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        while let Some(object) = list.next_element_seed(Object)? {
            self.take(object).map_err(|()| A::Error::custom("stopped"))?;
        }
        Ok(())
    }
}

/// `{"model": "auth.user", "pk": 1, "fields": {…}}`
struct Object;

struct Parsed {
    model: String,
    record: Record,
    /// The fields that we do not import.
    unknown: Vec<String>,
}

impl<'de> DeserializeSeed<'de> for Object {
    type Value = Parsed;

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<Parsed, D::Error> {
        json.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Object {
    type Value = Parsed;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object with model, pk and fields, as dumpdata writes it")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Parsed, A::Error> {
        let (mut model, mut record, mut has_fields) = (None, Record::new(), false);
        let mut unknown = Vec::new();
        while let Some(name) = map.next_key::<String>()? {
            match name.as_str() {
                "model" => {
                    if model.replace(map.next_value::<String>()?).is_some() {
                        return Err(A::Error::duplicate_field("model"));
                    }
                }
                "pk" => {
                    let key: Cell = map.next_value()?;
                    record.has_key = key != Cell::Null;
                    if !record.set(Column::Id, key) {
                        return Err(A::Error::duplicate_field("pk"));
                    }
                }
                "fields" => {
                    if std::mem::replace(&mut has_fields, true) {
                        return Err(A::Error::duplicate_field("fields"));
                    }
                    map.next_value_seed(Fields(&mut record, &mut unknown))?;
                }
                _ => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        let model = model.ok_or_else(|| A::Error::missing_field("model"))?;
        if !has_fields {
            return Err(A::Error::missing_field("fields"));
        }
        Ok(Parsed { model, record, unknown })
    }
}

struct Fields<'a>(&'a mut Record, &'a mut Vec<String>);

impl<'de> DeserializeSeed<'de> for Fields<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<(), D::Error> {
        json.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Fields<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object of fields")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(name) = map.next_key::<String>()? {
            // The primary key is outside `fields`, so a field named `id` is not it.
            match Column::parse(&name).filter(|column| *column != Column::Id) {
                Some(column) => {
                    if !self.0.set(column, map.next_value()?) {
                        return Err(A::Error::duplicate_field(column.name()));
                    }
                }
                None => {
                    if let Cell::Text(text) = map.next_value()? {
                        self.0.other(&name, &text);
                    }
                    self.1.push(name);
                }
            }
        }
        Ok(())
    }
}

impl<'de> serde::Deserialize<'de> for Cell {
    fn deserialize<D: Deserializer<'de>>(json: D) -> Result<Self, D::Error> {
        struct Any;
        impl<'de> Visitor<'de> for Any {
            type Value = Cell;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a value")
            }
            fn visit_unit<E>(self) -> Result<Cell, E> {
                Ok(Cell::Null)
            }
            fn visit_bool<E>(self, value: bool) -> Result<Cell, E> {
                Ok(Cell::Bool(value))
            }
            fn visit_i64<E>(self, value: i64) -> Result<Cell, E> {
                Ok(Cell::Number(value))
            }
            fn visit_u64<E>(self, value: u64) -> Result<Cell, E> {
                Ok(i64::try_from(value).map_or(Cell::Other, Cell::Number))
            }
            fn visit_f64<E>(self, _: f64) -> Result<Cell, E> {
                Ok(Cell::Other)
            }
            fn visit_str<E>(self, value: &str) -> Result<Cell, E> {
                Ok(Cell::Text(value.to_owned()))
            }
            fn visit_string<E>(self, value: String) -> Result<Cell, E> {
                Ok(Cell::Text(value))
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Cell, A::Error> {
                while list.next_element::<IgnoredAny>()?.is_some() {}
                Ok(Cell::Other)
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Cell, A::Error> {
                while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
                Ok(Cell::Other)
            }
        }
        json.deserialize_any(Any)
    }
}
